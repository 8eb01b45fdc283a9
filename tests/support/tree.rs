//! Trees as JSON, typed as Kubernetes types them, and the comparison of such JSON with that of another reader.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use kubeworthy::yaml::{Dialect, Node, Scalar};
use serde_json::{Map, Value};

/// What Kubernetes makes of a node, merge keys followed, the later of two equal keys counting; the error is why it has no
/// JSON.
pub fn json(node: Node<'_>) -> Result<Value, String> {
    if node.is_mapping() {
        let mut map = Map::new();
        for (key, value) in node.entries() {
            map.insert(key_text(key)?, json(value)?);
        }
        return Ok(Value::Object(map));
    }
    if node.is_sequence() {
        return node.items().map(json).collect::<Result<Vec<_>, _>>().map(Value::Array);
    }
    Ok(match node.scalar(Dialect::Kubernetes).ok_or("no scalar")? {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => value.into(),
        Scalar::Integer(value) => value.into(),
        Scalar::Large(value) => value.into(),
        Scalar::Float(value) if value.is_finite() => value.into(),
        Scalar::Float(value) => return Err(format!("{value} is no JSON")),
        Scalar::Text(text) => text.into(),
    })
}

/// Keys are typed first and made text again after that.
fn key_text(key: Node<'_>) -> Result<String, String> {
    match key.scalar(Dialect::Kubernetes).ok_or("a collection as a key")? {
        Scalar::Null => Err("null as a key".to_owned()),
        Scalar::Boolean(value) => Ok(value.to_string()),
        Scalar::Integer(value) => Ok(value.to_string()),
        // The library has forgotten these.
        Scalar::Large(_) => Err("a large number as a key".to_owned()),
        Scalar::Float(value) => Ok(float_text(value)),
        Scalar::Text(text) => Ok(text.to_owned()),
    }
}

/// Go's `strconv.FormatFloat(value, 'g', -1, 32)`.
fn float_text(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    let value = value as f32;
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("a number");
    if (-4..6).contains(&exponent) {
        format!("{value}")
    } else {
        format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    }
}

/// The first place at which two values differ.
pub fn difference(ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            if let Some(key) = ours.keys().find(|key| !theirs.contains_key(*key)) {
                return Some(format!(": {key:?} is ours alone"));
            }
            if let Some(key) = theirs.keys().find(|key| !ours.contains_key(*key)) {
                return Some(format!(": {key:?} is theirs alone"));
            }
            ours.iter().find_map(|(key, value)| difference(value, &theirs[key]).map(|rest| format!(".{key}{rest}")))
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            if ours.len() != theirs.len() {
                return Some(format!(": {} items against {}", ours.len(), theirs.len()));
            }
            let mut pairs = ours.iter().zip(theirs).enumerate();
            pairs.find_map(|(at, (ours, theirs))| difference(ours, theirs).map(|rest| format!("[{at}]{rest}")))
        }
        // JSON has one kind of number, and the reader of the replies may be off by the last bit.
        (Value::Number(one), Value::Number(other)) if one.is_f64() || other.is_f64() => {
            let (one, other) = (one.as_f64().expect("a number"), other.as_f64().expect("a number"));
            ((one - other).abs() > one.abs() * 4e-16).then(|| format!(": {one} against {other}"))
        }
        _ => (ours != theirs).then(|| format!(": {ours} against {theirs}")),
    }
}

/// How many scalars a value holds, keys not counted.
pub fn scalars(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(scalars).sum(),
        Value::Array(items) => items.iter().map(scalars).sum(),
        _ => 1,
    }
}
