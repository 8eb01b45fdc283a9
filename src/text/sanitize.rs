//! Makes text from somebody's files safe to show.
//!
//! Names, messages and file paths come from input that nobody has vetted. Before they reach a terminal, control
//! characters, escape sequences and characters that reorder or hide text are replaced one by one, so that columns keep
//! their meaning.

use std::borrow::Cow;

/// Whether a character could move the cursor, start an escape sequence, or reorder or hide text on a terminal.
#[must_use]
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{61c}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The text with every unsafe character replaced by `\u{fffd}`, line breaks and tabs included: for one line on a
/// terminal.
#[must_use]
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) {
        Cow::Owned(text.chars().map(|character| if is_unsafe(character) { '\u{fffd}' } else { character }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The text with every unsafe character replaced by as many `?` as it has bytes, so that byte offsets still fit; line
/// feeds and tabs stay. For source lines shown under a message.
#[must_use]
pub fn keeping_offsets(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) && !matches!(character, '\n' | '\t' | '\r') {
            safe.extend(std::iter::repeat_n('?', character.len_utf8()));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// The text without the user information of URLs (`https://user:password@host` becomes `https://…@host`).
#[must_use]
pub fn without_credentials(text: &str) -> Cow<'_, str> {
    let mut result = Cow::Borrowed(text);
    let mut from = 0;
    while let Some(found) = result[from..].find("://") {
        let start = from + found + 3;
        let end = result[start..]
            .find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace())
            .map_or(result.len(), |at| start + at);
        if let Some(at) = result[start..end].rfind('@') {
            let mut masked = result[..start].to_owned();
            masked.push('…');
            masked.push_str(&result[start + at..]);
            result = Cow::Owned(masked);
        }
        from = start;
    }
    result
}

/// The text without the user information of URLs, and without what stands behind words that announce a secret, as in
/// `password: …`, `token=…` or `Authorization: Bearer …`: for what other programs say.
#[must_use]
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    const WORDS: [&str; 8] = ["password", "passwd", "secret", "token", "apikey", "api-key", "api_key", "authorization"];
    let masked = without_credentials(text);
    let lower = masked.to_ascii_lowercase();
    let mut result = String::new();
    let mut from = 0;
    while let Some((found, word)) =
        WORDS.iter().filter_map(|word| Some((lower[from..].find(word)?, *word))).min_by_key(|(at, _)| *at)
    {
        let mut end = from + found + word.len();
        // The rest of a longer key, such as `token-file`.
        end += lower[end..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(0);
        let rest = &masked[end..];
        let behind = rest.trim_start_matches(['"', '\'', ' ']);
        result.push_str(&masked[from..end]);
        from = end;
        if let Some(value) = behind.strip_prefix([':', '=']) {
            let value = value.trim_start();
            let start = masked.len() - value.len();
            // A quoted value ends with its quotation mark, an authorization with the line, others with a space.
            let length = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or(value.len(), |at| at + 2),
                _ if word == "authorization" => value.len(),
                _ => value.find([' ', ',', ';', '&', ')']).unwrap_or(value.len()),
            };
            result.push_str(&masked[end..start]);
            result.push('…');
            from = start + length;
        }
    }
    if from == 0 {
        return masked;
    }
    result.push_str(&masked[from..]);
    Cow::Owned(result)
}

/// A quoted line of a file that could not be parsed, with everything behind the first `:` or `=` masked: keys help
/// the reader, values may be secrets. A line without a key is masked whole. The length in bytes stays.
#[must_use]
pub fn keys_only(line: &str) -> String {
    let trimmed = line.trim_start();
    let lead = line.len() - trimmed.len();
    let is_key_character = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '"' | '\'' | '$');
    let body = trimmed.strip_prefix("- ").unwrap_or(trimmed);
    let body_start = line.len() - body.len();
    let key_length = body.find(|c: char| !is_key_character(c)).unwrap_or(0);
    let after_key = body[key_length..].chars().next();
    let shown = if key_length > 0 && matches!(after_key, Some(':')) { body_start + key_length + 1 } else { lead };
    let mut masked = line[..shown].to_owned();
    for character in line[shown..].chars() {
        if character.is_whitespace() || matches!(character, '{' | '}' | '[' | ']' | ',' | ':' | '-' | '%') {
            masked.push(character);
        } else {
            masked.extend(std::iter::repeat_n('*', character.len_utf8()));
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_direction_marks_do_not_pass() {
        let shown = for_terminal("a\u{1b}[31mred\u{202e}\u{9b}x\r\n");
        assert!(!shown.chars().any(is_unsafe), "{shown:?}");
        assert!(shown.contains("red"));
    }

    #[test]
    fn credentials_leave_urls() {
        assert_eq!(without_credentials("see https://me:hunter2@host/path"), "see https://…@host/path");
        assert_eq!(without_credentials("redis://:p@ss@cache:6379/0"), "redis://…@cache:6379/0");
        assert_eq!(without_credentials("https://host/a@b"), "https://host/a@b");
    }

    #[test]
    fn what_programs_say_keeps_its_sense_and_loses_its_secrets() {
        assert_eq!(without_secrets("401: token=abc, retry"), "401: token=…, retry");
        assert_eq!(without_secrets("db.password: \"a b\" is weak"), "db.password: … is weak");
        assert_eq!(without_secrets("{\"apiKey\":\"abc\"}"), "{\"apiKey\":…}");
        assert_eq!(without_secrets("Authorization: Bearer abc"), "Authorization: …");
        assert_eq!(without_secrets("the secret is missing"), "the secret is missing");
        assert_eq!(without_secrets("https://a:b@host/ PASSWORD=ü"), "https://…@host/ PASSWORD=…");
    }

    #[test]
    fn an_unparsed_line_shows_its_key_only() {
        assert_eq!(keys_only("  password: hunter2 # x"), "  password: ******* * *");
        assert_eq!(keys_only("  - name: [oops"), "  - name: [****");
        assert_eq!(keys_only("hunter2"), "*******");
        let masked = keys_only("{{ $pw := \"hunter2\" }}");
        assert!(masked.starts_with("{{ ") && !masked.contains("hunter2"), "{masked}");
    }

    proptest! {
        #[test]
        fn masking_keeps_the_length(line in "\\PC{0,60}") {
            prop_assert_eq!(keys_only(&line).len(), line.len());
            prop_assert_eq!(keeping_offsets(&line).len(), line.len());
            let _ = without_secrets(&line);
        }
    }
}
