//! What a record says, from the assessment: the values of the template's names.

use minijinja::Value;
use serde::Serialize;

use super::options::{self, Choice, Kind, Today};
use super::{Wish, confirming_command};
use crate::assessment::{Assessment, Claim, Fit, SystemAssessment, Verdict};
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::report::markup::{self, code, cut, inline, place, sentence};
use crate::report::{Layout, sentences, suppressed, words};

/// How many entries a list has.
pub(super) const LIST: usize = 12;
/// How many rows the table of systems has.
const SYSTEMS: usize = 60;

#[derive(Debug, Serialize)]
pub(super) struct Record {
    title: String,
    status: &'static str,
    date: Option<String>,
    language: &'static str,
    consulted: Vec<String>,
    system: System,
    problem: Vec<Value>,
    systems: Vec<Row>,
    systems_left_out: Option<Value>,
    drivers: Vec<Driver>,
    statements: Vec<Statement>,
    options: Vec<Opt>,
    chosen: Option<String>,
    because: Value,
    equally_good: Option<Value>,
    find_out: Vec<Value>,
    consequences: Vec<Argument>,
    confirmation: Confirmation,
    more: Vec<Value>,
    appendix: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct System {
    name: String,
    id: String,
    is_estate: bool,
    workloads: usize,
    verdict: &'static str,
    need: f64,
    low: f64,
    high: f64,
    confidence: u8,
    sentence: Value,
    survives: Value,
    carried: Value,
}

#[derive(Debug, Serialize)]
struct Row {
    name: Value,
    verdict: Value,
    need: Value,
    range: Value,
    confidence: u8,
    suggested: Value,
}

#[derive(Debug, Serialize)]
struct Driver {
    text: Value,
    capability: String,
    meaning: Value,
    message: Value,
    share: f64,
    grade: &'static str,
    rules: Vec<String>,
    places: Vec<Value>,
}

#[derive(Debug, Serialize)]
struct Statement {
    text: Value,
    key: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Opt {
    name: String,
    summary: Value,
    is_chosen: bool,
    is_today: bool,
    arguments: Vec<Argument>,
}

#[derive(Debug, Serialize)]
struct Argument {
    kind: &'static str,
    text: Value,
}

#[derive(Debug, Serialize)]
struct Confirmation {
    text: Value,
    command: String,
    holds: Vec<Value>,
}

#[derive(Debug, Serialize)]
pub(super) struct Part {
    pub(super) title: Value,
    pub(super) entries: Vec<Value>,
    pub(super) table: Option<Value>,
}

/// Markdown of ours, not to be escaped again.
pub(super) fn marked(markdown: impl Into<String>) -> Value {
    Value::from_safe_string(markdown.into())
}

/// The record about a system, or about all of them, and its title.
pub(super) fn of(
    assessment: &Assessment,
    system: Option<&SystemAssessment>,
    wish: &Wish<'_>,
    layout: Layout,
) -> (Record, String) {
    let writer = Writer { assessment, system: system.unwrap_or(&assessment.estate), layout };
    let record = writer.record(wish);
    let title = record.title.clone();
    (record, title)
}

pub(super) struct Writer<'a> {
    pub(super) assessment: &'a Assessment,
    pub(super) system: &'a SystemAssessment,
    pub(super) layout: Layout,
}

impl<'a> Writer<'a> {
    pub(super) fn say(&self, prose: &Prose) -> Value {
        marked(sentence(self.layout.voice, prose))
    }

    /// Begins with a capital letter, as a sentence does.
    pub(super) fn sentence(&self, prose: &Prose) -> Value {
        let text = self.layout.voice.say(&markup::shortened(prose));
        let mut characters = text.chars();
        let first = characters.next().into_iter().flat_map(char::to_uppercase);
        let text: String = first.chain(characters).collect();
        marked(inline(&text))
    }

    pub(super) fn words(&self, text: &str) -> Value {
        marked(inline(&self.layout.voice.words(text)))
    }

    /// The target that is chosen; none where nothing can be concluded.
    fn chosen(&self) -> Option<&'a Fit> {
        words::suggested(self.system).filter(|_| self.system.verdict != Verdict::Inconclusive)
    }

    fn name(&self) -> String {
        if self.system.is_estate {
            self.layout.voice.say(&say!("the estate of {} systems", self.assessment.systems.len()))
        } else {
            cut(&self.system.name, 80)
        }
    }

    fn title(&self) -> String {
        let name = self.name();
        let title = match self.chosen() {
            Some(fit) => say!("Where {} runs: {}", name, fit.name.as_str()),
            None => say!("Where {} runs: to be decided", name),
        };
        self.layout.voice.say(&title)
    }

    fn record(&self, wish: &Wish<'_>) -> Record {
        let (assessment, system, layout) = (self.assessment, self.system, self.layout);
        let title = wish.title.map_or_else(|| self.title(), str::to_owned);
        let mut consulted: Vec<String> =
            system.statements.iter().filter_map(|one| one.owner.as_ref()).map(|owner| cut(owner, 80)).collect();
        consulted.sort();
        consulted.dedup();
        let (systems, systems_left_out) = self.systems();
        Record {
            title,
            status: "proposed",
            date: layout.today.map(|day| day.to_string()),
            language: layout.voice.language().tag(),
            consulted,
            system: System {
                name: system.name.clone(),
                id: system.id.clone(),
                is_estate: system.is_estate,
                workloads: system.workloads,
                verdict: system.verdict.id(),
                need: system.need.score,
                low: system.need.low,
                high: system.need.high,
                confidence: system.confidence,
                sentence: marked(inline(&self.layout.voice.say(&words::verdict_sentence(assessment, system)))),
                survives: self.sentence(&sentences::survives(assessment, system)),
                carried: self.sentence(&sentences::carried(assessment, system)),
            },
            problem: self.problem(),
            systems,
            systems_left_out,
            drivers: self.drivers(),
            statements: self.statements(),
            options: self.options(),
            chosen: self.chosen().map(|fit| fit.name.clone()),
            because: self.because(),
            equally_good: self.equally_good(),
            find_out: self.find_out(),
            consequences: self.consequences(),
            confirmation: self.confirmation(wish),
            more: self.more(),
            appendix: self.appendix(),
        }
    }

    fn problem(&self) -> Vec<Value> {
        let (assessment, system) = (self.assessment, self.system);
        let subject = if system.is_estate {
            say!("The estate of {} systems (workloads: {})", assessment.systems.len(), system.workloads)
        } else {
            say!("The system {} (workloads: {})", cut(&system.name, 80), system.workloads)
        };
        let question = match options::today(assessment, system) {
            Today::Manifests => say!(
                "{} is written for Kubernetes. Do its availability and its scale justify that, and if not, what simpler target would do?",
                subject
            ),
            Today::Compose => say!(
                "{} is written in Compose files. Do its availability and its scale call for Kubernetes, or does something simpler do?",
                subject
            ),
            Today::Both => say!(
                "{} is written for Kubernetes and in Compose files. Which of them do its availability and its scale call for?",
                subject
            ),
            Today::Cluster => say!(
                "{} runs on Kubernetes. Do its availability and its scale justify that, and if not, what simpler target would do?",
                subject
            ),
        };
        let mut problem = vec![self.sentence(&question)];
        problem.push(marked(inline(&self.layout.voice.say(&words::verdict_sentence(assessment, system)))));
        problem.push(self.sentence(&say!(
            "The measured need for Kubernetes is {} of 100, in a range of {} to {}, with a confidence of {} %.",
            suppressed::counted(&system.need),
            words::points(system.need.low),
            words::points(system.need.high),
            system.confidence
        )));
        if let Some(text) = words::guests_sentence(assessment, system) {
            problem.push(marked(inline(&self.layout.voice.say(&text))));
        }
        problem.push(self.words(
            "This is a draft from what was read. Its status is proposed: people decide, and may change any word of it.",
        ));
        problem
    }

    /// A row for each of several systems, the neediest first, and how many have none.
    fn systems(&self) -> (Vec<Row>, Option<Value>) {
        if !self.system.is_estate {
            return (Vec::new(), None);
        }
        let voice = self.layout.voice;
        let mut sorted: Vec<&SystemAssessment> = self.assessment.systems.iter().collect();
        sorted.sort_by(|a, b| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
        let left = sorted.len().saturating_sub(SYSTEMS);
        let rows = sorted.into_iter().take(SYSTEMS).map(|one| Row {
            name: marked(code(&one.name)),
            verdict: marked(inline(&words::verdict_word(one.verdict, self.layout.voice))),
            need: self.say(&say!("{}", words::points(one.need.score))),
            range: self.say(&say!("{} to {}", words::points(one.need.low), words::points(one.need.high))),
            confidence: one.confidence,
            suggested: words::suggested(one).map_or_else(|| marked("–"), |fit| marked(markup::name(&fit.name))),
        });
        let rest = (left > 0)
            .then(|| marked(inline(&voice.say(&say!("{} more systems, all with less need, have no row here.", left)))));
        (rows.collect(), rest)
    }

    /// The needs that decide: those with a share first, then those that a simpler target has to meet.
    pub(super) fn driving(&self) -> Vec<&'a Claim> {
        let claims = &self.system.claims;
        let mut driving: Vec<&Claim> = claims.iter().filter(|claim| claim.share > 0.0).take(LIST).collect();
        let mut others: Vec<&Claim> =
            claims.iter().filter(|claim| claim.share <= 0.0 && claim.grade > Grade::Declared).collect();
        others.sort_by_key(|claim| std::cmp::Reverse(claim.grade));
        driving.extend(others);
        driving.truncate(LIST);
        driving
    }

    fn drivers(&self) -> Vec<Driver> {
        let voice = self.layout.voice;
        self.driving()
            .into_iter()
            .map(|claim| {
                let meaning = inline(&voice.words(words::meaning(self.assessment, &claim.capability)));
                let message = sentence(voice, &claim.message);
                let share = if claim.share > 0.0 {
                    inline(&voice.say(&say!("+{} points", words::points(claim.share))))
                } else {
                    inline(&voice.words("no points"))
                };
                let grade = inline(&voice.words(claim.grade.id()));
                let mut places: Vec<String> = claim.evidence.iter().map(place).collect();
                // Several fields of one live object are one place.
                places.dedup();
                let rest = places.len().saturating_sub(3);
                places.truncate(3);
                let mut about = vec![share, grade];
                about.extend(claim.rules.iter().map(|rule| inline(rule)));
                about.extend(places.iter().cloned());
                match rest {
                    0 => {}
                    1 => about.push(inline(&voice.words("and 1 more place"))),
                    rest => about.push(inline(&voice.say(&say!("and {} more places", rest)))),
                }
                Driver {
                    text: marked(format!(
                        "{meaning}{}{message} ({})",
                        voice.words(": "),
                        about.join(&voice.words("; "))
                    )),
                    capability: claim.capability.clone(),
                    meaning: marked(meaning),
                    message: marked(message),
                    share: claim.share,
                    grade: claim.grade.id(),
                    rules: claim.rules.clone(),
                    places: places.into_iter().map(marked).collect(),
                }
            })
            .collect()
    }

    fn statements(&self) -> Vec<Statement> {
        let voice = self.layout.voice;
        self.system
            .statements
            .iter()
            .take(LIST)
            .map(|statement| {
                let by = [&statement.owner, &statement.date, &statement.source];
                let mut by: Vec<String> = by.into_iter().flatten().map(|text| markup::name(text)).collect();
                by.extend(statement.evidence.iter().map(place));
                let stated = inline(&voice.words("the owner states"));
                let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(&voice.words("; "))) };
                Statement {
                    text: marked(format!(
                        "{stated} {}{}{}{by}",
                        code(&statement.key),
                        voice.words(": "),
                        markup::name(&statement.value)
                    )),
                    key: statement.key.clone(),
                    value: statement.value.clone(),
                }
            })
            .collect()
    }

    fn options(&self) -> Vec<Opt> {
        let (assessment, system, layout) = (self.assessment, self.system, self.layout);
        let chosen = self.chosen();
        options::choices(assessment, system)
            .iter()
            .map(|choice| Opt {
                name: options::name(choice, layout),
                summary: self.sentence(&options::summary(choice)),
                is_chosen: matches!(choice, Choice::Target(fit) if chosen.is_some_and(|one| one.id == fit.id)),
                is_today: options::is_today(choice, assessment, system),
                arguments: options::arguments(choice, assessment, system, layout)
                    .into_iter()
                    .map(|(kind, prose)| self.argument(kind, &prose))
                    .collect(),
            })
            .collect()
    }

    fn argument(&self, kind: Kind, prose: &Prose) -> Argument {
        Argument { kind: kind.word(), text: self.say(prose) }
    }

    fn because(&self) -> Value {
        let (assessment, system) = (self.assessment, self.system);
        let Some(fit) = self.chosen() else {
            let none = match system.verdict {
                Verdict::Inconclusive if system.workloads == 0 => {
                    say!(
                        "No option is chosen: no workload could be read, so nothing can be concluded. To be found out first:"
                    )
                }
                Verdict::Inconclusive => {
                    say!(
                        "No option is chosen: too little could be understood to conclude anything. To be found out first:"
                    )
                }
                _ => say!("No option is chosen: no target may be considered. To be found out first:"),
            };
            return self.say(&none);
        };
        let (effort, chance) = (fit.effort_with_split(), words::in_percent(fit.least_shortfall()));
        self.say(&match system.verdict {
            Verdict::Needless => say!(
                "nothing that was read needs Kubernetes, and this does with an effort of {} of 10 and a chance of {} % to fall short",
                effort,
                chance
            ),
            Verdict::Debatable if system.need.score < assessment.bands.0 => say!(
                "it would probably do, with an effort of {} of 10 and a chance of {} % to fall short, though too much is unknown to be sure",
                effort,
                chance
            ),
            Verdict::Debatable => say!(
                "both can be argued, and this takes an effort of {} of 10, with a chance of {} % to fall short",
                effort,
                chance
            ),
            Verdict::KubernetesNative => {
                say!("this system is made of Kubernetes, and this is the lightest that would do, with an effort of {} of 10", effort)
            }
            Verdict::Justified | Verdict::Inconclusive => match &system.through {
                Some(through) => say!(
                    "the needs call for Kubernetes, through {}, and this meets them with an effort of {} of 10 and a chance of {} % to fall short",
                    through,
                    effort,
                    chance
                ),
                None => say!(
                    "the needs call for Kubernetes, and this meets them with an effort of {} of 10 and a chance of {} % to fall short",
                    effort,
                    chance
                ),
            },
        })
    }

    fn equally_good(&self) -> Option<Value> {
        let fit = self.chosen()?;
        let names: Vec<String> = words::equally_good(self.system, fit).map(|other| other.name.clone()).collect();
        if names.is_empty() {
            return None;
        }
        Some(self.say(&say!(
            "Equally good by these measures, so that other reasons may decide: {}.",
            options::some_of(&names, 8)
        )))
    }

    /// What has to be known before anything can be chosen.
    fn find_out(&self) -> Vec<Value> {
        if self.chosen().is_some() {
            return Vec::new();
        }
        let mut questions: Vec<Value> = self
            .assessment
            .inputs
            .not_understood
            .iter()
            .take(LIST)
            .map(|entry| {
                let at = entry.line.map_or_else(|| entry.file.clone(), |line| format!("{}:{line}", entry.file));
                self.say(&say!("what stands in {}: {}", at, entry.reason.as_str()))
            })
            .collect();
        questions.extend(
            self.system
                .unknowns
                .iter()
                .take(LIST)
                .map(|unknown| self.sentence(&say!("{} ({})", &unknown.question, unknown.key.as_str()))),
        );
        if questions.is_empty() {
            questions.push(self.words("what is to run at all: nothing that was read holds a workload"));
        }
        questions
    }

    /// What follows from the chosen option.
    fn consequences(&self) -> Vec<Argument> {
        let Some(fit) = self.chosen() else {
            return vec![Argument {
                kind: Kind::Neutral.word(),
                text: self.words("everything stays as it is until the questions above are answered"),
            }];
        };
        let choice = Choice::Target(fit);
        options::arguments(&choice, self.assessment, self.system, self.layout)
            .into_iter()
            .map(|(kind, prose)| self.argument(kind, &prose))
            .collect()
    }

    fn confirmation(&self, wish: &Wish<'_>) -> Confirmation {
        let (assessment, system) = (self.assessment, self.system);
        let (below, from) = assessment.bands;
        let mut holds = match system.verdict {
            Verdict::Needless => vec![
                say!("the verdict is still {}", self.verdict()),
                say!("the need stays below {} of 100", words::points(below)),
            ],
            Verdict::Debatable => vec![
                say!("the verdict is still {}", self.verdict()),
                say!("the need stays below {} of 100", words::points(from)),
            ],
            Verdict::Justified | Verdict::KubernetesNative => vec![
                say!("the verdict is still {}", self.verdict()),
                say!("the need does not fall below {} of 100, else something simpler would do", words::points(below)),
            ],
            Verdict::Inconclusive => vec![say!("the verdict is no longer {}", self.verdict())],
        };
        if !system.flips.is_empty() {
            holds.push(say!("nothing of what would change the decision, as listed below, has come true"));
        }
        let text = match system.verdict {
            Verdict::Inconclusive => {
                self.words("A decision can be made once this command, run where the files are, gives another answer:")
            }
            _ => self
                .words("The decision holds as long as this command, run where the files are, gives the same answer:"),
        };
        if !system.is_estate && assessment.systems.len() > 1 {
            holds.insert(0, say!("it is about the system {}", cut(&system.name, 80)));
        }
        Confirmation {
            text,
            command: wish.command.map_or_else(|| confirming_command(&[".".to_owned()], self.layout), str::to_owned),
            holds: holds.iter().map(|prose| self.say(prose)).collect(),
        }
    }

    fn verdict(&self) -> String {
        words::verdict_word(self.system.verdict, self.layout.voice).into_owned()
    }

    fn more(&self) -> Vec<Value> {
        let (assessment, system) = (self.assessment, self.system);
        let mut more = vec![
            self.sentence(&say!(
                "Availability: {}, {}.",
                sentences::rungs(system.availability),
                sentences::survives(assessment, system)
            )),
            self.sentence(&say!(
                "Scale: {}, {}.",
                sentences::rungs(system.scale),
                sentences::carried(assessment, system)
            )),
        ];
        if let Some(free) = system.need.without_constraints.filter(|free| (free - system.need.score).abs() >= 0.05) {
            more.push(self.say(&say!("Without what the owner rules out, the need would be {}.", words::points(free))));
        }
        if (system.need.if_self_hosted - system.need.score).abs() >= 0.05 {
            let own = say!(
                "If everything had to be self-hosted, the need would be {}.",
                words::points(system.need.if_self_hosted)
            );
            more.push(self.say(&own));
        }
        if let Some(overlay) = &system.overlay {
            more.push(marked(inline(&self.layout.voice.say(&words::overlay_sentence(overlay)))));
        }
        more
    }
}
