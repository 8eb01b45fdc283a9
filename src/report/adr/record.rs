//! What a record says, from the assessment: the values of the template's names.

use minijinja::Value;
use serde::Serialize;

use super::options::{self, Choice, Kind, Today};
use super::{Wish, confirming_command};
use crate::assessment::{Assessment, Claim, Fit, SystemAssessment, Verdict};
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::report::markdown::page::Page;
use crate::report::markup::{self, code, cut, inline, place, sentence};
use crate::report::{Layout, sentences, words};

/// How many entries a list has.
const LIST: usize = 12;
/// How many rows the evidence has.
const EVIDENCE: usize = 40;
/// How many rows the table of systems has.
const SYSTEMS: usize = 60;
/// No part is larger than this, in bytes.
const PART: usize = 60_000;

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
struct Part {
    title: Value,
    entries: Vec<Value>,
    table: Option<Value>,
}

/// Markdown of ours, not to be escaped again.
fn marked(markdown: impl Into<String>) -> Value {
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

struct Writer<'a> {
    assessment: &'a Assessment,
    system: &'a SystemAssessment,
    layout: Layout,
}

impl<'a> Writer<'a> {
    fn say(&self, prose: &Prose) -> Value {
        marked(sentence(self.layout.voice, prose))
    }

    /// Begins with a capital letter, as a sentence does.
    fn sentence(&self, prose: &Prose) -> Value {
        let text = self.layout.voice.say(&markup::shortened(prose));
        let mut characters = text.chars();
        let first = characters.next().into_iter().flat_map(char::to_uppercase);
        let text: String = first.chain(characters).collect();
        marked(inline(&text))
    }

    fn words(&self, text: &str) -> Value {
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
            words::points(system.need.score),
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
    fn driving(&self) -> Vec<&'a Claim> {
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
                if rest > 0 {
                    about.push(inline(&voice.say(&say!("and {} more places", rest))));
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
        Confirmation {
            text: self
                .words("The decision holds as long as this command, run where the files are, gives the same answer:"),
            command: wish.command.map_or_else(|| confirming_command(&[], false, self.layout), str::to_owned),
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

    fn appendix(&self) -> Vec<Part> {
        let mut parts =
            vec![self.flips(), self.unknowns(), self.not_read(), self.evidence(), self.rules(), self.versions()];
        parts.retain(|part| part.table.is_some() || !part.entries.is_empty());
        parts
    }

    fn flips(&self) -> Part {
        let entries = self.system.flips.iter().map(|flip| {
            let verdict = words::verdict_word(flip.verdict, self.layout.voice).to_lowercase();
            self.say(&say!("{}, with a need of {}, if {}", verdict, words::points(flip.need), &flip.change))
        });
        let title = self.layout.voice.words("What would change the decision");
        Part { title: marked(inline(&title)), entries: entries.collect(), table: None }
    }

    fn unknowns(&self) -> Part {
        let shown = self.system.unknowns.iter().take(LIST).map(|unknown| {
            let (low, high) = unknown.could_move;
            let question = self.layout.voice.say(&unknown.question);
            let moves = if (high - low).abs() < 0.05 {
                say!("{} The need would stay. ({})", question, unknown.key.as_str())
            } else {
                say!("{} The need could move up to {}. ({})", question, words::points(high), unknown.key.as_str())
            };
            self.sentence(&moves)
        });
        let title = self.layout.voice.words("What is unknown");
        Part { title: marked(inline(&title)), entries: shown.collect(), table: None }
    }

    fn not_read(&self) -> Part {
        let inputs = &self.assessment.inputs;
        let broken = inputs.not_understood.iter().map(|entry| {
            let at = entry.line.map_or_else(|| entry.file.clone(), |line| format!("{}:{line}", entry.file));
            (at, entry.reason.clone())
        });
        let gaps = inputs.gaps.iter().map(|gap| (gap.scope.clone(), self.layout.voice.say(&gap.reason)));
        let lists = inputs.clusters.iter().flat_map(|cluster| &cluster.gaps);
        let lists = lists.map(|gap| (gap.resource.clone(), self.layout.voice.say(&gap.reason)));
        let all: Vec<(String, String)> = broken.chain(lists).chain(gaps).collect();
        let mut entries: Vec<Value> =
            all.iter().take(LIST).map(|(at, reason)| marked(format!("{}: {}", code(at), inline(reason)))).collect();
        if all.len() > LIST {
            entries.push(self.say(&say!("… and {} more", all.len() - LIST)));
        }
        let title = self.layout.voice.words("What was not read, or read in part");
        Part { title: marked(inline(&title)), entries, table: None }
    }

    /// Every place that the drivers stand on, with the line itself where it may be quoted.
    fn evidence(&self) -> Part {
        let voice = self.layout.voice;
        let mut rows = Vec::new();
        let mut all = 0;
        for claim in self.driving() {
            for location in &claim.evidence {
                all += 1;
                if rows.len() >= EVIDENCE {
                    continue;
                }
                let line = self.assessment.excerpts.line(&location.file, location.line);
                let what = location.observed.as_deref().or(line).map_or_else(|| code(&location.path), code);
                rows.push(vec![
                    place(location),
                    location.object.as_ref().map_or_else(|| "–".to_owned(), |object| code(object)),
                    what,
                    inline(&voice.words(words::meaning(self.assessment, &claim.capability))),
                    inline(&claim.rules.join(", ")),
                ]);
            }
        }
        let mut page = Page::part(voice, PART);
        let titles = [
            voice.words("where"),
            voice.words("object"),
            voice.words("what is written"),
            voice.words("need"),
            voice.words("rules"),
        ];
        let titles: Vec<&str> = titles.iter().map(AsRef::as_ref).collect();
        page.table(&titles, &rows, EVIDENCE);
        page.rest(all - rows.len());
        let table = page.finish();
        let table = table.trim_end();
        let title = voice.words("Evidence");
        Part { title: marked(inline(&title)), entries: Vec::new(), table: (!table.is_empty()).then(|| marked(table)) }
    }

    /// The rules that the drivers and findings name, with their titles.
    fn rules(&self) -> Part {
        let voice = self.layout.voice;
        let claimed = self.driving().into_iter().flat_map(|claim| &claim.rules);
        let found = self.system.findings.iter().map(|finding| &finding.code);
        let mut codes: Vec<&String> = claimed.chain(found).collect();
        codes.sort();
        codes.dedup();
        let entries = codes.into_iter().filter_map(|code| {
            let rule = self.assessment.rules.get(code)?;
            let shown = match &rule.page {
                Some(page) => format!("[{code}]({page})"),
                None => markup::name(code),
            };
            Some(marked(format!("{shown}{}{}", voice.words(": "), inline(&voice.words(&rule.title)))))
        });
        let entries = entries.collect();
        let title = voice.words("Rules");
        Part { title: marked(inline(&title)), entries, table: None }
    }

    fn versions(&self) -> Part {
        let inputs = &self.assessment.inputs;
        let mut entries = vec![
            self.say(&say!("kubeworthy {}", env!("CARGO_PKG_VERSION"))),
            self.say(&say!(
                "{} of {} documents understood, {} files",
                inputs.understood,
                inputs.documents,
                inputs.files
            )),
        ];
        entries.extend(inputs.clusters.iter().map(|cluster| {
            let day = cluster.taken.clone().unwrap_or_default();
            self.say(&say!("cluster {}, looked at once, on {}", cluster.name.as_str(), day))
        }));
        let digest = |title: String, digest: &str| marked(format!("{} {}", inline(&title), code(digest)));
        entries
            .push(digest(self.layout.voice.words("Digest of the rules:").into_owned(), &self.assessment.rules_digest));
        entries.push(digest(self.layout.voice.words("Digest of the inputs:").into_owned(), &inputs.digest));
        let title = self.layout.voice.words("Versions and digests");
        Part { title: marked(inline(&title)), entries, table: None }
    }
}
