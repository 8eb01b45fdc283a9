//! French typography: the spaces that do not break, the apostrophe, and numbers.

/// A space that does not break, before `:` and `%` and inside of quotation marks.
pub(super) const NO_BREAK: char = '\u{a0}';
/// A narrow one, before `;`, `!` and `?` and between groups of three digits.
pub(super) const NARROW: char = '\u{202f}';

/// Units that stay on the line of their number.
const UNITS: [&str; 9] = ["Gio", "Mio", "vCPU", "VM", "min", "ms", "s", "h", "€"];

/// A text of ours with the spaces and the apostrophe of French typography. What stands between backticks stays as it is.
pub(super) fn typeset(text: &str) -> String {
    // With an odd number of backticks the last one opens nothing.
    let last = text.matches('`').count() / 2 * 2;
    let parts = text.split('`').enumerate();
    let mut set = String::with_capacity(text.len() + 8);
    for (index, part) in parts {
        if index > 0 {
            set.push('`');
        }
        if index % 2 == 1 && index < last { set.push_str(part) } else { set_prose(part, &mut set) }
    }
    set
}

fn set_prose(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        match character {
            '\'' => into.push('\u{2019}'),
            ' ' => into.push(space(into, after)),
            _ => into.push(character),
        }
        rest = after;
    }
}

/// Which space stands between what is before it and what is after it.
fn space(before: &str, after: &str) -> char {
    let mut following = after.chars();
    let next = following.next().unwrap_or(' ');
    let ends = following.next().is_none_or(|character| !character.is_alphanumeric());
    match next {
        ':' | '%' if ends => NO_BREAK,
        '»' => NO_BREAK,
        ';' | '!' | '?' if ends => NARROW,
        _ if before.ends_with('«') => NO_BREAK,
        _ if before.ends_with(|character: char| character.is_ascii_digit()) => {
            let digits = after.chars().take_while(char::is_ascii_digit).count();
            let word: &str =
                after.split(|character: char| !character.is_alphanumeric() && character != '€').next().unwrap_or("");
            match digits {
                3 => NARROW,
                _ if UNITS.contains(&word) => NO_BREAK,
                _ => ' ',
            }
        }
        _ => ' ',
    }
}

/// A number with so many decimals: a comma, and groups of three digits from five digits on.
pub(super) fn number(value: f64, decimals: usize) -> String {
    let english = format!("{value:.decimals$}");
    let (whole, fraction) = english.split_once('.').map_or((english.as_str(), None), |(a, b)| (a, Some(b)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut french = String::from(sign);
    let grouped = digits.len() > 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    for (index, digit) in digits.char_indices() {
        if grouped && index > 0 && (digits.len() - index).is_multiple_of(3) {
            french.push(NARROW);
        }
        french.push(digit);
    }
    if let Some(fraction) = fraction {
        french.push(',');
        french.push_str(fraction);
    }
    french
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_are_those_of_french_typography() {
        let set = |text: &str| typeset(text).replace(NO_BREAK, "~").replace(NARROW, "_");
        assert_eq!(set("Suggéré : l'hôte ; combien ?"), "Suggéré~: l’hôte_; combien_?");
        assert_eq!(set("« non rendu » à 99,95 % !"), "«~non rendu~» à 99,95~%_!");
        assert_eq!(set("12 000 charges sur 64 Gio, 2 hôtes"), "12_000 charges sur 64~Gio, 2 hôtes");
        assert_eq!(set("écrire `a : 'b' ?` ou c'est ?"), "écrire `a : 'b' ?` ou c’est_?");
        assert_eq!(set("{} % de `"), "{}~% de `");
        assert_eq!(set("a :b et %n et http://x/?y=1"), "a :b et %n et http://x/?y=1");
    }

    #[test]
    fn numbers_have_a_comma_and_narrow_groups() {
        let number = |value: f64, decimals| number(value, decimals).replace(NARROW, "_");
        assert_eq!(number(99.95, 2), "99,95");
        assert_eq!(number(1234.0, 0), "1234");
        assert_eq!(number(-1_234_567.25, 1), "-1_234_567,2");
        assert_eq!(number(12_345.0, 0), "12_345");
        assert_eq!(number(f64::INFINITY, 0), "inf");
    }
}
