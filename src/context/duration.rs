//! Lengths of time as people write them.

/// The seconds of a length of time: a number and a unit (`s`, `m`, `h` or `d`), as in `90s` or `1.5h`; a bare 0 needs no
/// unit. None for anything else.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if text == "0" {
        return Some(0.0);
    }
    let unit = match text.chars().last()? {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3_600.0,
        'd' => 86_400.0,
        _ => return None,
    };
    let number = &text[..text.len() - 1];
    let fits = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    number.parse::<f64>().ok().filter(|number| fits && number.is_finite()).map(|number| number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_a_unit() {
        let read = ["90s", "5m", "1.5h", "2d", "0"].map(seconds);
        assert_eq!(read, [Some(90.0), Some(300.0), Some(5_400.0), Some(172_800.0), Some(0.0)]);
        for wrong in ["90", "5 minutes", "-3s", "", "m", "1e3s", "ms"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
