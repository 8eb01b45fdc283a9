//! What somebody suppressed: comments, annotations, extensions of Compose files and entries of the configuration, read
//! from what was read, and what each of them covers.

mod annotations;
mod codes;
mod comments;
mod configured;
mod directive;
mod index;
mod reach;
mod texts;

pub use configured::{Configured, Held, HeldSystem};
pub use texts::{FAMILY, SuppressionText, SuppressionTexts};

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::inventory::model::Workload;
use crate::language::{Prose, say};
use crate::rules::Rules;
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{DocumentId, Place, Tree};
use index::Index;
use reach::Reach;

/// Where and how a suppression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SuppressionForm {
    /// `# kubeworthy: ignore[KW203] reason`, on a line or above a node.
    Comment,
    /// `# kubeworthy: ignore-file[KW203] reason`, at the head of a file.
    FileComment,
    /// `ignore.kubeworthy/KW203: reason`, on an object or its pod template.
    Annotation,
    /// `x-kubeworthy: {ignore: {KW203: reason}}`, in a Compose file.
    Extension,
    /// An entry under `ignore` in the configuration.
    Configuration,
}

impl SuppressionForm {
    /// The name for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::FileComment => "file-comment",
            Self::Annotation => "annotation",
            Self::Extension => "extension",
            Self::Configuration => "configuration",
        }
    }
}

/// What became of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SuppressionState {
    /// It covers something.
    Applied,
    /// It covers nothing: what it was written for is gone, or never was.
    Unused,
    /// Its last day is over.
    Expired,
    /// It gives no reason where one is demanded, so that it does not count.
    WithoutReason,
    /// It cannot be understood, or names a rule that is not there.
    NotUnderstood,
    /// It would cover something, and was not to be honoured.
    NotHonoured,
    /// The rule could not be asked in this run, so that nobody can say whether it covers anything.
    NotAsked,
}

impl SuppressionState {
    /// The name for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::WithoutReason => "without-reason",
            Self::NotUnderstood => "not-understood",
            Self::NotHonoured => "not-honoured",
            Self::NotAsked => "not-asked",
        }
    }

    /// The code under which it is told, where somebody should do something about it.
    #[must_use]
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Unused => Some("KW951"),
            Self::Expired => Some("KW952"),
            Self::WithoutReason => Some("KW953"),
            Self::NotUnderstood => Some("KW954"),
            Self::Applied | Self::NotHonoured | Self::NotAsked => None,
        }
    }

    /// Whether somebody should do something about it.
    #[must_use]
    pub fn is_mistaken(self) -> bool {
        matches!(self, Self::Unused | Self::Expired | Self::WithoutReason | Self::NotUnderstood)
    }
}

/// One rule, family or `all`, suppressed at one place.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Where and how it is written.
    pub form: SuppressionForm,
    /// The rule or family as it was written; empty where none could be read.
    pub rule: String,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Day>,
    /// Where it is written.
    pub site: Site,
    /// Why it does not count.
    pub mistake: Option<Mistake>,
    /// Whether what configures it asks for a reason.
    needs_reason: bool,
    /// The codes of the rules that are meant, sorted.
    codes: Vec<String>,
    reach: Reach,
}

/// Where a suppression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// The file.
    pub source: SourceId,
    /// Its bytes; none where `place` says it.
    pub span: Option<Span>,
    /// For a comment what it stands beside or above; else the node that it is.
    pub place: Option<Place>,
}

/// Why a suppression does not count.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// What became of it.
    pub state: SuppressionState,
    /// What is wrong.
    pub message: Prose,
    /// What to do about it.
    pub help: Prose,
}

impl Mistake {
    fn not_understood((message, help): (Prose, Prose)) -> Self {
        Self { state: SuppressionState::NotUnderstood, message, help }
    }
}

/// What is asked whether it is covered: something that a rule says.
#[derive(Clone, Copy)]
pub struct Said<'s> {
    /// The rule's code.
    pub rule: &'s str,
    /// The name and the id of the system of which it says it; none for the estate.
    pub system: Option<(&'s str, &'s str)>,
    /// The workload that it is about.
    pub workload: Option<&'s Workload>,
    /// Where the input says so.
    pub places: &'s [Place],
}

/// Everything that suppressions are read from.
#[derive(Clone, Copy)]
pub struct Written<'t> {
    /// Every document of the run.
    pub trees: &'t [Tree],
    /// The files.
    pub files: &'t [SourceFile],
    /// The rules that may be named.
    pub rules: &'t Rules,
    /// What is configured.
    pub configured: Configured<'t>,
    /// The day on which they are read; none where no suppression expires.
    pub today: Option<Day>,
}

/// Every suppression of a run.
pub struct Ignores<'t> {
    written: Written<'t>,
    ignores: Vec<Ignore>,
    /// Those that count, by what they are about.
    index: Index,
    /// Which of them cover something.
    applied: Vec<AtomicBool>,
}

impl<'t> Ignores<'t> {
    /// Reads them, in the order of files and lines, those of the configuration last.
    #[must_use]
    pub fn read(written: Written<'t>) -> Self {
        let mut ignores = Vec::new();
        // Most runs have none: nothing is looked for where no text names the program.
        if written.files.iter().any(|file| comments::speaks_of_it(&file.text)) {
            comments::read(&written, &mut ignores);
            annotations::read(&written, &mut ignores);
        }
        configured::read(&written, &mut ignores);
        let place = |ignore: &Ignore| {
            let span = ignore
                .site
                .span
                .or_else(|| reach::written_span(written.trees, ignore.site.place?).map(|(_, span)| span));
            let name = written.files.get(ignore.site.source.0 as usize).map_or("", |file| file.name.as_str());
            (ignore.form == SuppressionForm::Configuration, name, span, ignore.form)
        };
        ignores.sort_by(|a, b| place(a).cmp(&place(b)));
        ignores.iter_mut().for_each(|ignore| ignore.check(&written));
        let applied = ignores.iter().map(|_| AtomicBool::new(false)).collect();
        Self { index: Index::of(&ignores, written.trees), applied, written, ignores }
    }

    /// None of them, for asking what would be without.
    #[must_use]
    pub fn none(&self) -> Self {
        Self { written: self.written, ignores: Vec::new(), index: Index::default(), applied: Vec::new() }
    }

    /// Whether there is none that counts.
    #[must_use]
    pub fn cover_nothing(&self) -> bool {
        self.index.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Ignore> {
        self.ignores.iter()
    }

    /// The first that covers what a rule says. All that do are noted. `file` names the file of a place as reports do.
    pub fn covering(&self, said: &Said<'_>, file: &dyn Fn(Place) -> Option<String>) -> Option<usize> {
        let mut first: Option<usize> = None;
        self.index.covering(said, &self.ignores, self.written.trees, file, &mut |by| {
            self.applied[by].store(true, Ordering::Relaxed);
            first = Some(first.map_or(by, |first| first.min(by)));
        });
        first
    }

    /// Notes that a rule had no answer for a workload, or for a system as a whole.
    pub fn note_open(&self, rule: &str, workload: Option<&Workload>) {
        self.index.note_open(rule, workload, self.written.trees);
    }

    /// What became of each of them, after everything was asked. `aside` are the documents of overlays that were not
    /// assessed, `reads_live` says whether a cluster was read.
    #[must_use]
    pub fn states(&self, is_honoured: bool, aside: &BTreeSet<DocumentId>, reads_live: bool) -> Vec<SuppressionState> {
        let only_aside = reach::written_aside(self.written.trees, aside);
        let state = |(index, ignore): (usize, &Ignore)| {
            if let Some(mistake) = &ignore.mistake {
                mistake.state
            } else if self.applied[index].load(Ordering::Relaxed) {
                if is_honoured { SuppressionState::Applied } else { SuppressionState::NotHonoured }
            } else if self.index.is_open(ignore)
                || !reads_live && self.needs_live(ignore)
                || ignore.reach.is_aside(&only_aside, aside)
                || ignore.reach.is_elsewhere(&self.written)
            {
                SuppressionState::NotAsked
            } else {
                SuppressionState::Unused
            }
        };
        self.ignores.iter().enumerate().map(state).collect()
    }

    /// Whether a rule that is meant asks for what only a live cluster shows.
    fn needs_live(&self, ignore: &Ignore) -> bool {
        let is_seen = |code: &String| self.written.rules.find(code).is_some_and(crate::rules::Rule::needs_live_state);
        ignore.codes.iter().any(is_seen)
    }
}

impl Ignore {
    fn new(form: SuppressionForm, rule: &str, reason: Option<&str>, site: Site, reach: Reach) -> Self {
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
        Self {
            form,
            rule: rule.to_owned(),
            reason,
            until: None,
            site,
            mistake: None,
            needs_reason: true,
            codes: Vec::new(),
            reach,
        }
    }

    /// Finds the rules that are meant, and what is wrong, the worst first.
    fn check(&mut self, written: &Written<'_>) {
        if self.mistake.is_some() {
            return;
        }
        match codes::meant(&self.rule, written.rules) {
            Ok(codes) => self.codes = codes,
            Err(mistake) => {
                self.mistake = Some(Mistake::not_understood(mistake));
                return;
            }
        }
        let is_over = |until: &Day| written.today.is_some_and(|today| *until < today);
        let optional = written.configured.reasons_are_optional.get(self.site.source.0 as usize);
        let may_leave_it_out = self.form != SuppressionForm::Configuration && optional.copied().unwrap_or(false);
        self.mistake = if let Some(until) = self.until.filter(is_over) {
            Some(Mistake {
                state: SuppressionState::Expired,
                message: say!("the suppression of {} ended on {}", &self.rule, until.to_string()),
                help: say!("do what was put off, or give it another day"),
            })
        } else if self.reason.is_none() && self.needs_reason && !may_leave_it_out {
            Some(Mistake {
                state: SuppressionState::WithoutReason,
                message: say!("the suppression of {} gives no reason, so that it does not count", &self.rule),
                help: say!("write the reason behind it"),
            })
        } else {
            None
        };
    }
}
