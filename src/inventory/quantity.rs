//! Sizes as people write them: Kubernetes quantities (`500m`, `1.5Gi`, `2e3`) and Compose byte values (`512M`, `1g`).

/// A Kubernetes quantity as a plain number: `500m` is 0.5, `1Gi` is 1073741824. None where it is not one.
///
/// Suffixes: `n u m k M G T P E` (powers of 1000) and `Ki Mi Gi Ti Pi Ei` (powers of 1024), or an exponent.
/// Source: Kubernetes API reference, `resource.Quantity`.
#[must_use]
pub fn quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    if let Some(exponent) = suffix.strip_prefix(['e', 'E'])
        && exponent.parse::<i32>().is_ok()
    {
        return finite(text.parse().ok()?);
    }
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024f64,
        "Mi" => 1024f64.powi(2),
        "Gi" => 1024f64.powi(3),
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        _ => return None,
    };
    finite(number.parse::<f64>().ok()? * factor)
}

/// A Compose byte value in bytes: units `b k kb m mb g gb t tb`, in either case, all powers of 1024; no unit is bytes.
///
/// Source: Compose specification, "Specifying byte values", and `docker/go-units` `RAMInBytes`.
#[must_use]
pub fn compose_bytes(text: &str) -> Option<f64> {
    let text = text.trim().to_ascii_lowercase();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let power = match unit.trim().trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    finite(number.parse::<f64>().ok()? * 1024f64.powi(power))
}

/// A duration of Compose in nanoseconds: numbers with the units `ns us ms s m h d w` after one another, as `1m30s`.
///
/// Source: Compose specification, "Specifying durations"; days and weeks as the reference loader takes them.
#[must_use]
pub fn duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        let tail = &rest[digits..];
        let unit = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let nanoseconds = match &tail[..unit] {
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "d" => 86_400e9,
            "w" => 604_800e9,
            _ => return None,
        };
        total += number * nanoseconds;
        rest = &tail[unit..];
    }
    (total < i64::MAX as f64).then_some(total as i64)
}

fn finite(value: f64) -> Option<f64> {
    (value.is_finite() && value >= 0.0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubernetes_quantities() {
        assert_eq!(quantity("500m"), Some(0.5));
        assert_eq!(quantity("1.5Gi"), Some(1.5 * 1024.0 * 1024.0 * 1024.0));
        assert_eq!(quantity("2e3"), Some(2000.0));
        assert_eq!(quantity("4E"), Some(4e18));
        assert_eq!(quantity("128974848"), Some(128_974_848.0));
        assert_eq!(quantity("1 Gi"), None);
        assert_eq!(quantity("lots"), None);
        assert_eq!(quantity("-1"), None);
    }

    #[test]
    fn compose_byte_values() {
        assert_eq!(compose_bytes("512M"), Some(512.0 * 1024.0 * 1024.0));
        assert_eq!(compose_bytes("1.5 gb"), Some(1.5 * 1024.0 * 1024.0 * 1024.0));
        assert_eq!(compose_bytes("64"), Some(64.0));
        assert_eq!(compose_bytes("64q"), None);
        assert_eq!(duration("1m30.5s"), Some(90_500_000_000));
        assert_eq!((duration("0"), duration("10"), duration("1x")), (Some(0), None, None));
    }
}
