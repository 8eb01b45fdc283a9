//! What stands at the end of a record: what would change the decision, what is unknown or was not read, the evidence, the
//! rules, versions and digests.

use minijinja::Value;

use super::record::{LIST, Part, Writer, marked};
use crate::language::say;
use crate::report::markdown::page::Page;
use crate::report::markup::{self, code, inline, place};
use crate::report::{suppressed, words};

/// How many rows the evidence has.
const EVIDENCE: usize = 40;
/// The evidence is no larger than this, in bytes.
const PART: usize = 60_000;

impl Writer<'_> {
    pub(super) fn appendix(&self) -> Vec<Part> {
        let mut parts = vec![
            self.flips(),
            self.suppressed(),
            self.unknowns(),
            self.not_read(),
            self.evidence(),
            self.rules(),
            self.versions(),
        ];
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

    /// What somebody decided that it does not count, which those who sign the record have to know.
    fn suppressed(&self) -> Part {
        let all = &self.system.suppressed;
        let mut entries: Vec<Value> = all
            .iter()
            .take(LIST)
            .map(|each| self.say(&suppressed::told(each, self.layout.voice, &each.code)))
            .collect();
        if all.len() > LIST {
            entries.push(self.say(&say!("… and {} more", all.len() - LIST)));
        }
        let title = self.layout.voice.words("Suppressed: what does not count");
        Part { title: marked(inline(&title)), entries, table: None }
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
