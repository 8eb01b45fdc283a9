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

/// A Compose byte value in bytes: units `b k kb kib m mb mib g gb gib t tb tib p pb pib`, in either case, all powers of
/// 1024, with one space before them or none; no unit is bytes. Parts of a byte are cut off.
///
/// Source: Compose specification, "Specifying byte values", and `docker/go-units` `RAMInBytes`.
#[must_use]
pub fn compose_bytes(text: &str) -> Option<f64> {
    let end = text.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '))?;
    let number = if text[end..].starts_with(' ') { &text[..end] } else { &text[..=end] };
    let unit = text[end + 1..].to_ascii_lowercase();
    let power = match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit) {
        "" if unit != "ib" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    finite((number.parse::<f64>().ok()? * 1024f64.powi(power)).trunc())
}

/// A duration of Compose in nanoseconds: numbers with the units `ns us ms s m h d w` after one another, as `1m30s`, with
/// a sign or none.
///
/// Source: Compose specification, "Specifying durations"; days and weeks as the reference loader takes them.
#[must_use]
pub fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (whole, tail) = rest.split_at(digits(rest));
        let (fraction, tail) = match tail.strip_prefix('.') {
            Some(tail) => tail.split_at(digits(tail)),
            None => ("", tail),
        };
        let (unit, tail) = tail.split_at(tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len()));
        let nanoseconds: i64 = match unit {
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            "w" => 604_800_000_000_000,
            _ => return None,
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let part: f64 = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().ok()? };
        let part = (part * nanoseconds as f64) as i64;
        total = total.checked_add(whole.checked_mul(nanoseconds)?.checked_add(part)?)?;
        rest = tail;
    }
    Some(sign * total)
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
        assert_eq!((compose_bytes("10 m"), compose_bytes("1e3k")), (Some(10_485_760.0), Some(1_024_000.0)));
        assert_eq!((compose_bytes("10ib"), compose_bytes("kb"), compose_bytes("-1")), (None, None, None));
        assert_eq!((compose_bytes("1.5"), compose_bytes("1  k"), compose_bytes("1kbb")), (Some(1.0), None, None));
        assert_eq!((duration("-1s"), duration(".5s"), duration(".s")), (Some(-1_000_000_000), Some(500_000_000), None));
        assert_eq!(duration("99999999999w"), None);
    }

    proptest::proptest! {
        #[test]
        fn sizes_and_durations_come_back(amount in 0u32.., spaced: bool) {
            let space = if spaced { " " } else { "" };
            for (power, units) in [["b", "B", ""], ["k", "Kb", "kib"], ["m", "MB", "MiB"], ["g", "gB", "GIB"]].iter().enumerate() {
                for unit in units {
                    let expected = f64::from(amount) * 1024f64.powi(power as i32);
                    proptest::prop_assert_eq!(compose_bytes(&format!("{amount}{space}{unit}")), Some(expected));
                }
            }
            let amount = i64::from(amount) * 997;
            let (seconds, rest) = (amount / 1_000_000_000, amount % 1_000_000_000);
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            let written = format!("{hours}h{minutes}m{}s{}ms{}us{}ns", seconds % 60, rest / 1_000_000, rest / 1000 % 1000, rest % 1000);
            proptest::prop_assert_eq!(duration(&written), Some(amount));
            proptest::prop_assert_eq!(duration(&format!("-{written}")), Some(-amount));
        }

        #[test]
        fn any_text_is_a_size_and_a_duration_or_not(text in "([0-9.]|ns|us|\u{b5}s|ms|s|m|h|d|w|k|b|ib| |-|\\PC){0,12}") {
            let _ = (compose_bytes(&text), duration(&text), quantity(&text));
        }
    }
}
