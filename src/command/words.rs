//! Words of a command line before clap has parsed them: which are flags, which are values of flags, and which are
//! neither. Known from clap's own tree, so that it holds for whatever flags there are.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// What a word is.
#[derive(Clone, Debug)]
pub(super) enum Kind<'c> {
    /// A flag, or several letters after one hyphen; with the value where it stands in the same word.
    Flags(Vec<&'c Arg>),
    /// A flag that no command knows.
    UnknownFlag,
    /// The value of the flag before it.
    Value,
    /// Neither: the name of a command, of a file, of an object.
    Operand,
    /// `--`, after which all words are operands.
    Separator,
}

/// The flags of a tree of commands.
pub(super) struct Flags<'c> {
    commands: Vec<&'c Command>,
}

/// What the words of a command line are.
#[derive(Debug, Default)]
pub(super) struct Scan<'c> {
    /// One kind for each word.
    pub(super) kinds: Vec<Kind<'c>>,
    /// The flag that waits for a value after the last word.
    pub(super) open: Option<&'c Arg>,
    /// Flags that were given, with the values that they have.
    pub(super) given: Vec<(&'c Arg, Option<String>)>,
    /// Whether `--` was among the words.
    pub(super) separated: bool,
}

impl<'c> Flags<'c> {
    /// The flags of a tree that was built, those of the preferred command first.
    pub(super) fn of(root: &'c Command, preferred: &'c Command) -> Self {
        let mut commands = vec![preferred, root];
        let mut open: Vec<&Command> = root.get_subcommands().collect();
        while let Some(command) = open.pop() {
            open.extend(command.get_subcommands());
            commands.push(command);
        }
        Self { commands }
    }

    fn find(&self, is_it: impl Fn(&Arg) -> bool) -> Option<&'c Arg> {
        self.commands.iter().flat_map(|command| command.get_arguments()).find(|argument| is_it(argument))
    }

    pub(super) fn long(&self, name: &str) -> Option<&'c Arg> {
        self.find(|argument| {
            argument.get_long() == Some(name)
                || argument.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
        })
    }

    pub(super) fn short(&self, letter: char) -> Option<&'c Arg> {
        self.find(|argument| {
            argument.get_short() == Some(letter)
                || argument.get_all_short_aliases().is_some_and(|aliases| aliases.contains(&letter))
        })
    }

    /// What each word is.
    pub(super) fn scan(&self, words: &[OsString]) -> Scan<'c> {
        let mut scan = Scan::default();
        for word in words {
            let word = word.to_string_lossy();
            let kind = self.kind(&word, &mut scan);
            scan.kinds.push(kind);
        }
        scan
    }

    fn kind(&self, word: &str, scan: &mut Scan<'c>) -> Kind<'c> {
        if scan.separated {
            return Kind::Operand;
        }
        if let Some(argument) = scan.open.take()
            && (!looks_like_a_flag(word) || argument.is_allow_hyphen_values_set())
        {
            if let Some((_, value)) = scan.given.last_mut() {
                *value = Some(word.to_owned());
            }
            return Kind::Value;
        }
        if word == "--" {
            scan.separated = true;
            Kind::Separator
        } else if let Some(name) = word.strip_prefix("--") {
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (name, None),
            };
            let Some(argument) = self.long(name) else { return Kind::UnknownFlag };
            if value.is_none() && waits_for_a_value(argument) {
                scan.open = Some(argument);
            }
            scan.given.push((argument, value));
            Kind::Flags(vec![argument])
        } else if looks_like_a_flag(word) {
            self.letters(&word[1..], scan)
        } else {
            Kind::Operand
        }
    }

    /// The flags in `-abc`, where a letter that takes a value takes the rest of the word, or else the next word.
    fn letters(&self, letters: &str, scan: &mut Scan<'c>) -> Kind<'c> {
        let mut found = Vec::new();
        for (at, letter) in letters.char_indices() {
            let Some(argument) = self.short(letter) else { return Kind::UnknownFlag };
            found.push(argument);
            if waits_for_a_value(argument) {
                let rest = &letters[at + letter.len_utf8()..];
                let value = (!rest.is_empty()).then(|| rest.strip_prefix('=').unwrap_or(rest).to_owned());
                scan.open = value.is_none().then_some(argument);
                scan.given.push((argument, value));
                break;
            }
            scan.given.push((argument, None));
        }
        Kind::Flags(found)
    }
}

/// Whether a word is a flag for clap, which takes `-` alone for an operand.
pub(super) fn looks_like_a_flag(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-')
}

/// Whether the word after the flag is its value.
fn waits_for_a_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
        && !argument.is_require_equals_set()
        && argument.get_num_args().is_none_or(|count| count.max_values() > 0)
}

impl Scan<'_> {
    /// The places of the operands, in their order.
    pub(super) fn operands(&self) -> impl Iterator<Item = usize> {
        self.kinds.iter().enumerate().filter(|(_, kind)| matches!(kind, Kind::Operand)).map(|(at, _)| at)
    }

    /// The place of the first operand, unless it stands after `--`.
    pub(super) fn first_operand(&self) -> Option<usize> {
        let first = self.operands().next()?;
        let is_separated = self.kinds[..first].iter().any(|kind| matches!(kind, Kind::Separator));
        (!is_separated).then_some(first)
    }

    /// Whether a flag stands among the words that no command knows.
    pub(super) fn has_unknown_flags(&self) -> bool {
        self.kinds.iter().any(|kind| matches!(kind, Kind::UnknownFlag))
    }
}

/// A word as text.
pub(super) fn text(word: &OsStr) -> Cow<'_, str> {
    word.to_string_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ArgAction;

    fn tree() -> Command {
        let flag = |name: &'static str| Arg::new(name).long(name);
        let switch = |name: &'static str| flag(name).action(ArgAction::SetTrue);
        let mut tree = Command::new("root").arg(flag("color").global(true)).subcommand(
            Command::new("assess")
                .arg(flag("namespace").short('n').alias("ns"))
                .arg(switch("all").short('A'))
                .arg(flag("live").num_args(0..=1).require_equals(true))
                .arg(flag("pattern").allow_hyphen_values(true)),
        );
        tree.build();
        tree
    }

    fn shown(words: &[&str]) -> String {
        let tree = tree();
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let scan = Flags::of(&tree, &tree).scan(&words);
        let letter = |kind: &Kind<'_>| match kind {
            Kind::Flags(_) => 'F',
            Kind::UnknownFlag => '?',
            Kind::Value => 'V',
            Kind::Operand => 'O',
            Kind::Separator => '-',
        };
        let open = scan.open.map_or("", |argument| argument.get_id().as_str());
        format!("{} {open}", scan.kinds.iter().map(letter).collect::<String>()).trim_end().to_owned()
    }

    #[test]
    fn words_are_told_apart() {
        for (words, kinds) in [
            (&["-n", "shop", "web"][..], "FVO"),
            (&["-nshop", "web"], "FO"),
            (&["-n=shop", "web"], "FO"),
            (&["-An", "shop", "web"], "FVO"),
            (&["-nA", "web"], "FO"),
            (&["--ns", "shop", "-A", "web"], "FVFO"),
            (&["--namespace=shop", "web"], "FO"),
            (&["--live", "web", "--color", "never"], "FOFV"),
            (&["--pattern", "-x", "web"], "FVO"),
            (&["-n", "--all", "web"], "FFO"),
            (&["-n", "--", "web"], "F-O"),
            (&["--unknown", "web", "-x"], "?O?"),
            (&["-Ax"], "?"),
            (&["--", "--all", "-n"], "-OO"),
            (&["-", "", "-n"], "OOF namespace"),
            (&["-é", "--é=ü"], "??"),
        ] {
            assert_eq!(shown(words), kinds, "{words:?}");
        }
    }
}
