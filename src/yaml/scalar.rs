//! What a scalar without quotes means. Kubernetes and Docker disagree, and neither follows YAML 1.2.

use std::borrow::Cow;

/// Whose rules decide the type of a scalar without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `sigs.k8s.io/yaml`, as kubectl and the API server read: YAML 1.1 (`yes`, `0644`, `1_000`).
    Kubernetes,
    /// `go.yaml.in/yaml/v4`, as Docker Compose reads: YAML 1.2 booleans, octal `0644` and `0o644`.
    Compose,
}

/// A scalar with its type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// Nothing: empty, `~` or `null`.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number that only fits without a sign.
    Large(u64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(&'t str),
}

/// Whether the text of a scalar without quotes is null.
#[must_use]
pub fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The typed value of a scalar without quotes.
#[must_use]
pub fn resolve(text: &str, dialect: Dialect) -> Scalar<'_> {
    if is_null(text) {
        return Scalar::Null;
    }
    match text {
        "true" | "True" | "TRUE" => return Scalar::Boolean(true),
        "false" | "False" | "FALSE" => return Scalar::Boolean(false),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if dialect == Dialect::Kubernetes => {
            return Scalar::Boolean(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if dialect == Dialect::Kubernetes => {
            return Scalar::Boolean(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    // Numbers start with a sign, a digit or a point; everything else is text.
    match text.as_bytes().first() {
        Some(b'.') if is_fraction(text) => float(&text.replace('_', "")).unwrap_or(Scalar::Text(text)),
        Some(b'+' | b'-' | b'0'..=b'9') => number(text, dialect).unwrap_or(Scalar::Text(text)),
        _ => Scalar::Text(text),
    }
}

/// A number that begins with a sign or a digit. Underscores count for nothing, wherever they stand.
fn number(text: &str, dialect: Dialect) -> Option<Scalar<'static>> {
    if dialect == Dialect::Compose && matches!(text, "-0" | "-0.0") {
        return Some(Scalar::Float(-0.0));
    }
    let plain = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    if let Some(value) = go_integer(&plain) {
        return Some(value);
    }
    if is_yaml_float(&plain) {
        return float(&plain);
    }
    // The older library reads what stands behind `0b` once more, and takes a sign there.
    let signed = plain.strip_prefix("0b").filter(|_| dialect == Dialect::Kubernetes)?;
    let digits = signed.strip_prefix(['+', '-'])?;
    let magnitude = magnitude(digits, 2)?;
    i64::try_from(if signed.starts_with('-') { -magnitude } else { magnitude }).ok().map(Scalar::Integer)
}

/// A number that is too large for a float is text.
fn float(text: &str) -> Option<Scalar<'static>> {
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(Scalar::Float)
}

/// What begins with a point is read by `strconv.ParseFloat`, which takes underscores between digits alone.
fn is_fraction(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let between_digits = |at: usize| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    bytes.iter().enumerate().all(|(at, byte)| *byte != b'_' || between_digits(at))
        && is_yaml_float(&text.replace('_', ""))
}

/// Go's `strconv.ParseInt` and `ParseUint` with base 0 after underscores are gone: decimal, `0x`, `0o`, `0b` and a
/// leading `0` for octal.
fn go_integer(text: &str) -> Option<Scalar<'static>> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(sign @ (b'+' | b'-')) => (Some(*sign), &text[1..]),
        _ => (None, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', _, ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let magnitude = magnitude(digits, radix)?;
    match i64::try_from(if sign == Some(b'-') { -magnitude } else { magnitude }) {
        Ok(value) => Some(Scalar::Integer(value)),
        Err(_) if sign.is_none() => u64::try_from(magnitude).ok().map(Scalar::Large),
        Err(_) => None,
    }
}

/// Digits without a sign.
fn magnitude(digits: &str, radix: u32) -> Option<i128> {
    if digits.starts_with(['+', '-']) { None } else { i128::from_str_radix(digits, radix).ok() }
}

/// The pattern of both Go libraries: `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_yaml_float(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    mantissa_fits && exponent_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubernetes_reads_yaml_1_1() {
        let read = |text| resolve(text, Dialect::Kubernetes);
        assert_eq!(read("yes"), Scalar::Boolean(true));
        assert_eq!(read("Off"), Scalar::Boolean(false));
        assert_eq!(read("0644"), Scalar::Integer(420));
        assert_eq!(read("0o644"), Scalar::Integer(420));
        assert_eq!(read("1_000"), Scalar::Integer(1000));
        assert_eq!(read("1e3"), Scalar::Float(1000.0));
        assert_eq!(read("12:30:45"), Scalar::Text("12:30:45"));
        assert_eq!(read("0899"), Scalar::Float(899.0), "not octal, so the float pattern takes it");
        assert_eq!(read("-"), Scalar::Text("-"));
        assert_eq!(read("1.2.3"), Scalar::Text("1.2.3"));
        assert_eq!(read("~"), Scalar::Null);
        assert_eq!(read("9223372036854775808"), Scalar::Large(9_223_372_036_854_775_808));
        assert_eq!(
            read("+9223372036854775808"),
            Scalar::Float(9_223_372_036_854_775_808.0),
            "a sign, so no whole number"
        );
        assert_eq!(read("1e400"), Scalar::Text("1e400"), "too large for any number");
        assert_eq!(read("0b-101"), Scalar::Integer(-5));
        assert_eq!((read(".5_0"), read("._5")), (Scalar::Float(0.5), Scalar::Text("._5")));
    }

    #[test]
    fn docker_keeps_yes_and_no_as_text() {
        assert_eq!(resolve("no", Dialect::Compose), Scalar::Text("no"));
        assert_eq!(resolve("2222:22", Dialect::Compose), Scalar::Text("2222:22"));
        assert_eq!(resolve("true", Dialect::Compose), Scalar::Boolean(true));
        assert_eq!(resolve("0b-101", Dialect::Compose), Scalar::Text("0b-101"));
        assert_eq!(resolve("-0", Dialect::Compose), Scalar::Float(0.0));
    }
}
