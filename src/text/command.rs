//! Command lines as a person would type them, for messages that say what to run.

use std::borrow::Cow;

/// A word of a command line, quoted for a shell where it has to be.
#[must_use]
pub fn for_shell(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:+=@%,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
    }
}

/// A folder as a path that no tool takes for a flag or for the name of something remote; the empty one is `.`.
#[must_use]
pub fn local_path(folder: &str) -> String {
    match folder {
        "" => ".".to_owned(),
        path if path.starts_with(['/', '.']) => path.to_owned(),
        path => format!("./{path}"),
    }
}

/// A release name that Helm accepts, from the last part of a chart's folder.
#[must_use]
pub fn release_name(folder: &str) -> String {
    /// Helm's own limit.
    const LONGEST: usize = 53;
    let last = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let mut name = String::new();
    for character in last.chars().take(LONGEST) {
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "release".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_names_can_be_typed() {
        assert_eq!(for_shell("charts/web"), "charts/web");
        assert_eq!(for_shell("my charts/it's"), "'my charts/it'\\''s'");
        assert_eq!(release_name("charts/My_web__chart/"), "my-web-chart");
        assert_eq!(release_name("."), "release");
        assert_eq!(release_name("charts/-x"), "x");
        assert_eq!((local_path(""), local_path("-x"), local_path("../x")), (".".into(), "./-x".into(), "../x".into()));
    }
}
