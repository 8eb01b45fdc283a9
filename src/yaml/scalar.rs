//! What a scalar without quotes means. Kubernetes and Docker disagree, and neither follows YAML 1.2.

/// Whose rules decide the type of a scalar without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `sigs.k8s.io/yaml`, as kubectl and the API server read: YAML 1.1 (`yes`, `0644`, `1_000`).
    Kubernetes,
    /// `gopkg.in/yaml.v3`, as Docker Compose reads: YAML 1.2 booleans, octal `0644` and `0o644`.
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
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Scalar::Text(text);
    }
    let plain = if text.contains('_') { std::borrow::Cow::Owned(text.replace('_', "")) } else { text.into() };
    if let Some(value) = go_integer(&plain) {
        return Scalar::Integer(value);
    }
    if is_yaml_float(&plain)
        && let Ok(value) = plain.parse::<f64>()
    {
        return Scalar::Float(value);
    }
    Scalar::Text(text)
}

/// Go's `strconv.ParseInt(text, 0, 64)` after underscores are gone: decimal, `0x`, `0o`, `0b` and a leading `0` for
/// octal.
fn go_integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
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
        assert_eq!(read("9223372036854775808"), Scalar::Float(9_223_372_036_854_775_808.0));
    }

    #[test]
    fn docker_keeps_yes_and_no_as_text() {
        assert_eq!(resolve("no", Dialect::Compose), Scalar::Text("no"));
        assert_eq!(resolve("2222:22", Dialect::Compose), Scalar::Text("2222:22"));
        assert_eq!(resolve("true", Dialect::Compose), Scalar::Boolean(true));
    }
}
