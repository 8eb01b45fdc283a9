//! Lines for a screen: broken and cut by the width that characters take. Marks (`marks.rs`) take no width.

use unicode_width::UnicodeWidthChar;

use super::marks;

/// The columns that a text takes on a screen.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn width_of(character: char) -> usize {
    if marks::is_mark(character) { 0 } else { character.width().unwrap_or(0) }
}

/// Text broken at spaces so that no line is wider than the width; a word that is wider is broken too, behind a slash where
/// it has one. What is marked over the end of a line is marked again on the next.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if used > 0 && used + 1 + width(word) > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        let mut rest = word;
        while used + width(rest) > room {
            let (part, behind) = rest.split_at(fitting(rest, room - used));
            line.push_str(part);
            lines.push(std::mem::take(&mut line));
            (used, rest) = (0, behind);
        }
        line.push_str(rest);
        used += width(rest);
    }
    lines.push(line);
    marks::carry_over(&mut lines);
    lines
}

/// How many bytes of a word fit into so many columns: up to the last slash, unless that were less than half.
fn fitting(word: &str, room: usize) -> usize {
    let mut used = 0;
    let too_far = |(_, character): &(usize, char)| {
        used += width_of(*character);
        used > room
    };
    let end = word.char_indices().find(too_far).map_or(word.len(), |(at, _)| at);
    match word[..end].rfind('/') {
        Some(slash) if slash + 1 > end / 2 => slash + 1,
        _ => end,
    }
}

/// Text cut to a width, with a sign where something is missing.
pub(super) fn cut(text: &str, room: usize, sign: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width(sign);
    for character in text.chars() {
        used += width_of(character);
        if used > room {
            break;
        }
        kept.push(character);
    }
    kept.push_str(sign);
    kept
}

/// Text cut to a width from its beginning, since the end of a path tells more.
pub(super) fn end_of(text: &str, room: usize, sign: &str) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = width(sign);
    for character in text.chars().rev() {
        used += width_of(character);
        if used > room {
            break;
        }
        kept.push(character);
    }
    kept.reverse();
    // Whole folders read better than the end of one, where that costs little.
    let whole = kept.iter().position(|character| *character == '/').filter(|slash| *slash <= kept.len() / 3);
    sign.chars().chain(kept.into_iter().skip(whole.unwrap_or(0))).collect()
}

/// Text filled up to a width on its right.
pub(super) fn left(text: &str, room: usize) -> String {
    format!("{text}{}", " ".repeat(room.saturating_sub(width(text))))
}

/// Text filled up to a width on its left.
pub(super) fn right(text: &str, room: usize) -> String {
    format!("{}{text}", " ".repeat(room.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::marks::Mark;

    #[test]
    fn lines_are_broken_and_cut_by_width() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("extraordinarily long", 8), ["extraord", "inarily", "long"]);
        assert_eq!(wrap("in deploy/charts/web.yaml", 15), ["in", "deploy/charts/", "web.yaml"]);
        assert_eq!(cut("日本語のなまえ", 7, "…"), "日本語…");
        assert_eq!(cut("short", 7, "…"), "short");
        assert_eq!(end_of("a/long/path.yaml", 12, "..."), "...path.yaml");
        assert_eq!(end_of("deploy/long/path.yaml", 15, "…"), "…/path.yaml");
    }

    #[test]
    fn marks_take_no_room_and_go_on_over_the_end_of_a_line() {
        let lines = wrap(&format!("{} c", Mark::Code.around("a b")), 1);
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1], Mark::Code.around("b"));
    }

    proptest! {
        #[test]
        fn no_line_is_wider(text in "\\PC{0,80}", room in 2usize..40) {
            for line in wrap(&text, room) {
                prop_assert!(width(&line) <= room, "{line:?}");
            }
            prop_assert!(width(&cut(&text, room, "…")) <= room);
            prop_assert!(width(&end_of(&text, room, "…")) <= room);
        }

        #[test]
        fn nothing_is_lost(text in "\\PC{0,80}", room in 2usize..40) {
            let kept: String = wrap(&text, room).concat().replace(' ', "");
            prop_assert_eq!(kept, text.replace(' ', ""));
        }
    }
}
