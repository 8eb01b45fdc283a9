//! What may fail, as it is written after `--fail-on` and in the configuration.

use std::collections::BTreeMap;

use crate::assessment::RuleText;
use crate::naming::{self, Named, causes};

/// One thing that fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A system that runs on Kubernetes is needless.
    Needless,
    /// A verdict is worse than in the baseline, or a system that is not in it arrives needless.
    Regression,
    /// Nothing can be concluded of a system.
    Inconclusive,
    /// A suppression covers nothing, is over, gives no reason, or is not understood.
    UnusedIgnore,
    /// A rule, or a family of rules, finds something that the baseline does not know.
    Rules {
        /// As it was written.
        written: String,
        /// The codes that it stands for, sorted.
        codes: Vec<String>,
    },
}

impl Cause {
    /// Reads one cause; none for `none`.
    ///
    /// # Errors
    ///
    /// With what may stand there, where it is none.
    pub fn parse(written: &str, rules: &BTreeMap<String, RuleText>) -> Result<Option<Self>, String> {
        let text = written.trim();
        match text.to_ascii_lowercase().as_str() {
            "needless" => return Ok(Some(Self::Needless)),
            "regression" => return Ok(Some(Self::Regression)),
            "inconclusive" => return Ok(Some(Self::Inconclusive)),
            "unused-ignore" => return Ok(Some(Self::UnusedIgnore)),
            "none" => return Ok(None),
            _ => {}
        }
        let codes: Vec<String> = naming::meant(text, named(rules)).into_iter().map(str::to_owned).collect();
        if codes.is_empty() {
            Err(help(text, rules))
        } else {
            Ok(Some(Self::Rules { written: text.to_owned(), codes }))
        }
    }

    /// As it may be written after `--fail-on`.
    #[must_use]
    pub fn written(&self) -> &str {
        match self {
            Self::Needless => "needless",
            Self::Regression => "regression",
            Self::Inconclusive => "inconclusive",
            Self::UnusedIgnore => "unused-ignore",
            Self::Rules { written, .. } => written,
        }
    }

    /// Whether it names rules, and none of them is as asked.
    #[must_use]
    pub fn is_without(&self, is_so: &dyn Fn(&String) -> bool) -> bool {
        matches!(self, Self::Rules { codes, .. } if !codes.iter().any(is_so))
    }

    /// Whether it is about findings of a rule.
    #[must_use]
    pub fn is_of(&self, code: &str) -> bool {
        matches!(self, Self::Rules { codes, .. } if codes.iter().any(|each| each == code))
    }
}

fn named(rules: &BTreeMap<String, RuleText>) -> impl Iterator<Item = Named<'_>> + Clone {
    rules.iter().map(|(code, rule)| Named { code, name: &rule.name, family: &rule.family })
}

/// What may stand in the place of a cause that is none.
fn help(text: &str, rules: &BTreeMap<String, RuleText>) -> String {
    let mut families: Vec<&str> = named(rules).map(|rule| rule.family).filter(|name| !name.is_empty()).collect();
    families.sort_unstable();
    families.dedup();
    let guess = naming::nearest(text, named(rules), causes());
    let guess = if guess.is_empty() { guess } else { format!("{guess} ") };
    let mut list: Vec<&str> = causes().collect();
    list.extend(families);
    format!("{guess}What may fail: {}, a family such as KW2xx, or the code of a rule", list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> BTreeMap<String, RuleText> {
        let rule = |name: &str, family: &str| RuleText {
            name: name.to_owned(),
            family: family.to_owned(),
            finds: true,
            title: String::new(),
            why: String::new(),
            remedy: String::new(),
            sources: Vec::new(),
            page: None,
        };
        [("KW201", rule("a", "scale")), ("KW203", rule("one-copy", "scale")), ("KW301", rule("b", "state"))]
            .map(|(code, rule)| (code.to_owned(), rule))
            .into()
    }

    #[test]
    fn causes_are_read() {
        let parsed = |text: &str| {
            Cause::parse(text, &rules()).map(|cause| match cause {
                Some(Cause::Rules { codes, .. }) => codes.join(" "),
                Some(cause) => cause.written().to_owned(),
                None => String::new(),
            })
        };
        for family in ["KW2xx", "kw2xx", "KW2*", "KW2", "KW20", "scale", "SCALE"] {
            assert_eq!(parsed(family), Ok("KW201 KW203".to_owned()), "{family}");
        }
        assert_eq!(parsed("kw301"), Ok("KW301".to_owned()));
        assert_eq!(parsed("one-copy"), Ok("KW203".to_owned()));
        assert_eq!(parsed("One-Copy"), Ok("KW203".to_owned()));
        assert_eq!(parsed(" Needless "), Ok("needless".to_owned()));
        assert_eq!(parsed("none"), Ok(String::new()));
        for (wrong, guess) in
            [("needles", "`needless`"), ("regresion", "`regression`"), ("KW230", "`KW203`"), ("skale", "`scale`")]
        {
            let help = parsed(wrong).expect_err("no cause");
            assert!(help.contains(&format!("did you mean {guess}?")) && help.contains("unused-ignore"), "{help}");
        }
        for wrong in ["KW", "K", "*", "x", "", "KW9"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
