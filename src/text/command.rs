//! Command lines as a person would type them, for messages that say what to run.

use std::borrow::Cow;

/// The program's own name.
pub const PROGRAM: &str = "kubeworthy";

/// The commands that hints send a person to.
const COMMANDS: &[&str] = &[
    "adr",
    "assess",
    "baseline",
    "check",
    "completion",
    "config",
    "diff",
    "init",
    "man",
    "mcp",
    "merge",
    "rbac",
    "rule",
    "snapshot",
    "targets",
];

/// A text of ours whose hints (`kubeworthy rule KW103`) name the program as it was called. Only the name before a command
/// is touched, since a file or an object may have that name too.
#[must_use]
pub fn as_called<'t>(text: &'t str, program: &str) -> Cow<'t, str> {
    if program == PROGRAM || !text.contains(PROGRAM) {
        return Cow::Borrowed(text);
    }
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PROGRAM) {
        let (before, after) = (&rest[..at], &rest[at + PROGRAM.len()..]);
        let begins = before.chars().next_back().or_else(|| named.chars().next_back());
        let begins = begins.is_none_or(|c| c.is_whitespace() || matches!(c, '`' | '(' | '|'));
        let command = after.strip_prefix(' ').map(|after| {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            &after[..end]
        });
        named.push_str(before);
        let is_hint = begins && command.is_some_and(|command| COMMANDS.contains(&command));
        named.push_str(if is_hint { program } else { PROGRAM });
        rest = after;
    }
    named.push_str(rest);
    Cow::Owned(named)
}

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
    fn hints_name_the_program_as_it_was_called() {
        let said = |text: &'static str| as_called(text, "kubectl worthy").into_owned();
        assert_eq!(
            said("`kubeworthy rule` lists; kubeworthy targets X"),
            "`kubectl worthy rule` lists; kubectl worthy targets X"
        );
        assert_eq!(said("helm template a | kubeworthy assess -"), "helm template a | kubectl worthy assess -");
        for untouched in
            ["kubeworthy.yaml", "ns/kubeworthy rule", "kubeworthy keeps 3 copies", "kubeworthy rules", "kubeworthy"]
        {
            assert_eq!(said(untouched), untouched);
        }
        assert_eq!(as_called("`kubeworthy rule`", PROGRAM), "`kubeworthy rule`");
    }

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
