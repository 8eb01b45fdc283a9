//! Shards: parts of an assessment that are judged apart and put together give byte for byte what one run gives, and what
//! does not belong together is refused.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clap::ValueEnum as _;
use kubeworthy::assessment::{Assessment, Part, Share, Step};
use kubeworthy::choices::Choices;
use kubeworthy::language::{Argument, Language, Prose, Voice};
use kubeworthy::report::{Format, Layout, Verbosity, render};
use kubeworthy::shard::{Merged, Refusal, Shard, merge, parse, written};
use kubeworthy::source::{Collected, Input, collect};
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, OwnFiles, assess_inventory_of, assess_part};
use proptest::prelude::*;
use tempfile::TempDir;

const COUNTS: [usize; 4] = [1, 2, 3, 7];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn kit() -> Kit {
    Kit { today: kubeworthy::day::Day::parse("2026-11-26"), ..support::kit() }
}

fn collected(paths: &[PathBuf]) -> Collected {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::Path).collect();
    collect(&inputs, &Choices::default())
}

/// The text of each shard with the name of its file, the last one first.
fn texts(collected: &Collected, kit: &Kit, of: usize) -> Vec<(String, String)> {
    let inventory = kubeworthy::read(collected, kit).expect("no overlay was named");
    let text = |number: usize| {
        let part = Part { number, of };
        let shard = Shard::new(part, assess_part(collected, &inventory, kit, part), kit, &collected.choices);
        (format!("part-{number}.json"), written(&shard).expect("it can be written"))
    };
    (1..=of).rev().map(text).collect()
}

fn merged(texts: &[(String, String)]) -> Result<Merged, Refusal> {
    let shards: Result<Vec<_>, Refusal> =
        texts.iter().map(|(name, text)| Ok((name.clone(), parse(name, text)?))).collect();
    merge(shards?, &support::kit())
}

fn single(collected: &Collected, kit: &Kit) -> Assessment {
    assess_inventory_of(collected, &kubeworthy::read(collected, kit).expect("no overlay was named"), kit)
}

/// Both are the same in every field, those too that no format shows.
fn are_equal(single: &Assessment, merged: &Assessment, what: &str) {
    assert_eq!(single.systems.len(), merged.systems.len(), "{what}");
    let systems = |assessment: &Assessment| -> Vec<String> {
        let all = std::iter::once(&assessment.estate).chain(&assessment.systems);
        all.map(|system| format!("{system:?}")).collect()
    };
    for (one, other) in systems(single).iter().zip(systems(merged)) {
        assert!(*one == other, "{what}: a system differs:\n{}", first_difference(one, &other));
    }
    let rest = |assessment: &Assessment| format!("{:?}", Assessment { systems: Vec::new(), ..assessment.clone() });
    let (one, other) = (rest(single), rest(merged));
    assert!(one == other, "{what}: something beside the systems differs:\n{}", first_difference(&one, &other));
}

fn first_difference(one: &str, other: &str) -> String {
    let at = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| text.chars().skip(at.saturating_sub(120)).take(240).collect::<String>();
    format!("{}\n{}", around(one), around(other))
}

/// Both give the same bytes in every format and language.
fn read_the_same(single: &Assessment, merged: &Assessment, what: &str) {
    for format in Format::value_variants() {
        for language in Language::value_variants() {
            let verbosity = if *format == Format::Full { Verbosity::Verbose } else { Verbosity::Normal };
            let layout = Layout { voice: Voice::of(*language), verbosity, ..Layout::default() };
            let is_same = render(single, *format, layout) == render(merged, *format, layout);
            assert!(is_same, "{what}: {format:?} in {language:?} differs");
        }
    }
}

#[test]
fn every_story_is_the_same_in_parts() {
    let kit = kit();
    let mut stories: Vec<PathBuf> = std::fs::read_dir(fixtures())
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    stories.sort();
    assert!(stories.len() > 20);
    for story in stories {
        let name = story.display().to_string();
        let collected = collected(&[story]);
        let single = single(&collected, &kit);
        for of in COUNTS {
            let merged = merged(&texts(&collected, &kit, of)).expect("they belong together").assessment;
            are_equal(&single, &merged, &format!("{name} in {of}"));
            if of == 3 {
                read_the_same(&single, &merged, &name);
            }
        }
    }
}

#[test]
fn the_corpus_is_the_same_in_parts() {
    let Some(corpus) = support::corpus() else { return };
    let kit = kit();
    let collected = collected(&[corpus.join("files"), corpus.join("files-invalid"), corpus.join("charts")]);
    let single = single(&collected, &kit);
    for of in COUNTS {
        let merged = merged(&texts(&collected, &kit, of)).expect("they belong together").assessment;
        are_equal(&single, &merged, &format!("the corpus in {of}"));
        if of == 7 {
            read_the_same(&single, &merged, "the corpus");
        }
    }
}

#[test]
fn several_clusters_are_each_judged_alone_once() {
    let kit = kit();
    let path = fixtures().join("shop-on-a-cluster/shop-eu.snapshot.jsonl");
    let text = std::fs::read_to_string(path).expect("the snapshot");
    let other = text.replacen("shop-eu", "shop-us", 1);
    assert_ne!(text, other);
    let clusters = [("shop-eu", text), ("shop-us", other)];
    let files = clusters.into_iter().map(|(name, text)| SourceFile::new_cluster(name, text)).collect();
    let collected = Collected { files, ..Collected::default() };
    let single = single(&collected, &kit);
    assert!(single.inputs.clusters.len() > 1 && single.inputs.clusters.iter().all(|cluster| cluster.alone.is_some()));
    for of in COUNTS {
        let texts = texts(&collected, &kit, of);
        let merged = merged(&texts).expect("they belong together").assessment;
        are_equal(&single, &merged, &format!("two clusters in {of}"));
        let alone = texts.iter().map(|(name, text)| {
            let shard = parse(name, text).expect("a shard");
            shard.judged.inputs.clusters.iter().filter(|cluster| cluster.alone.is_some()).count()
        });
        assert_eq!(alone.sum::<usize>(), single.inputs.clusters.len());
    }
}

#[test]
fn what_several_parts_point_at_on_one_line_is_shown_as_in_one_run() {
    let kit = kit();
    for (one, other) in [("aa", "bb"), ("\"a #a\"", "\"b #b\""), ("\"é #é\"", "bb # c\n")] {
        let files = vec![SourceFile::new("all.yaml", two_on_a_line(one, other))];
        let collected = Collected { files, ..Collected::default() };
        let single = single(&collected, &kit);
        assert_eq!(single.systems.len(), 2);
        let texts = texts(&collected, &kit, 3);
        let line = |(name, text): &(String, String)| {
            parse(name, text).expect("a shard").judged.excerpts.line("all.yaml", 2).map(str::to_owned)
        };
        let lines: Vec<String> = texts.iter().filter_map(line).collect();
        let shown = single.excerpts.line("all.yaml", 2).expect("the line is quoted");
        assert!(shown.contains(one) && lines.iter().any(|line| line != shown), "this proves nothing: {lines:?}");
        are_equal(&single, &merged(&texts).expect("they belong together").assessment, one);
    }
}

/// Two applications, whose claims are named on the second line.
fn two_on_a_line(one: &str, other: &str) -> String {
    let claim = |name: &str| format!("volumes: [{{name: d, persistentVolumeClaim: {{claimName: {name}}}}}]");
    let container = |name: &str| {
        format!(
            "containers: [{{name: {name}, image: postgres, volumeMounts: [{{name: d, mountPath: /var/lib/postgresql/data}}]}}]"
        )
    };
    let deployment =
        |name: &str| format!("apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: {name}}}");
    format!(
        "{{apiVersion: v1, kind: List, items: [{{{}, spec: {{template: {{spec: {{{},\n{}}}}}}}}}, {{spec: {{template: {{spec: \
         {{{},\n{}}}}}}}, {}}}]}}\n",
        deployment("a"),
        container("a"),
        claim(one),
        claim(other),
        container("b"),
        deployment("b"),
    )
}

const OWN_RULE: &str = "\
code: ZZ100
name: too-many-copies
title: Many copies
scope: workload
since: 1.0.0
when:
  at-least: {workload.copies: 7}
claim:
  capability: exceeds-one-vm
  grade: declared
message: \"{workload.name} runs {workload.copies} copies\"
evidence: [workload.copies]
why: A test.
remedy: None.
sources: [{title: Our judgement}]
examples:
  fires: []
  quiet: []
";

#[test]
fn own_rules_come_with_the_shards() {
    let own = OwnFiles { rules: vec![("own/rule.yaml".to_owned(), OWN_RULE.to_owned())], targets: Vec::new() };
    let own = Kit { today: kit().today, ..Kit::load(&own).expect("the own rule") };
    let collected = collected(&[fixtures().join("sale-season")]);
    let single = single(&collected, &own);
    assert_ne!(single.rules_digest, kit().digest);
    let mut parts = texts(&collected, &own, 3);
    let all = merged(&parts).expect("they belong together").assessment;
    are_equal(&single, &all, "own rules");
    parts[0] = texts(&collected, &kit(), 3).swap_remove(0);
    let refusal = merged(&parts).expect_err("other rules");
    assert_eq!(refusal.message, "part-1.json and part-3.json were judged by different rules");
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let kit = kit();
    let shop = collected(&[fixtures().join("sale-season")]);
    let parts = texts(&shop, &kit, 4);
    let message = |texts: &[(String, String)]| {
        let refusal = merged(texts).expect_err("a refusal");
        assert!(!refusal.help.is_empty());
        refusal.message
    };
    let numbers = |numbers: &[usize]| -> Vec<(String, String)> {
        numbers.iter().map(|number| parts[4 - number].clone()).collect()
    };
    assert_eq!(message(&numbers(&[1, 2, 4])), "shard 3 of 4 is missing");
    assert_eq!(message(&numbers(&[3])), "shards 1, 2, 4 of 4 are missing");
    let many = texts(&shop, &kit, 30);
    assert!(message(&many[..2]).ends_with(" and 8 more of 30 are missing"), "{}", message(&many[..2]));
    let mut twice = numbers(&[1, 2, 3, 4, 2]);
    twice[4].0 = "copy.json".to_owned();
    assert_eq!(message(&twice), "shard 2 of 4 is there twice: copy.json and part-2.json");
    let with = |text: String| -> Vec<(String, String)> {
        let mut all = numbers(&[1, 2, 3]);
        all.push(("part-4.json".to_owned(), text));
        all
    };
    let of = |collected: &Collected, kit: &Kit, of: usize| texts(collected, kit, of).swap_remove(0).1;
    assert_eq!(message(&with(many[0].1.clone())), "part-1.json is one of 4 shards, and part-4.json one of 30");
    let others = collected(&[fixtures().join("one-vm-blog")]);
    let both = "part-1.json and part-4.json";
    assert_eq!(message(&with(of(&others, &kit, 4))), format!("{both} were made from different inputs"));
    let choices = Choices { no_ignores: true, ..Choices::default() };
    let asked = collect(&[Input::Path(fixtures().join("sale-season"))], &choices);
    assert_eq!(message(&with(of(&asked, &kit, 4))), format!("{both} were made with different arguments"));
    let later = Kit { today: kubeworthy::day::Day::parse("2026-11-27"), ..support::kit() };
    let different_days = format!("{both} were judged on different days, 2026-11-26 and 2026-11-27");
    assert_eq!(message(&with(of(&shop, &later, 4))), different_days);

    let last = &parts[0].1;
    let cut = &last[..last.len() / 2];
    assert!(message(&with(cut.to_owned())).starts_with("part-4.json is no shard, or not all of it: EOF"));
    assert_eq!(message(&with(String::new())), "part-4.json is empty");
    assert!(message(&with("a: b".to_owned())).starts_with("part-4.json is no shard"));
    let report = render(&single(&shop, &kit), Format::Json, Layout::default());
    assert!(message(&with(report)).contains("its schema is `kubeworthy/report/v1`, not `kubeworthy/shard/v1`"));
    let changed = last.replacen("\"number\":4", "\"number\":3", 1);
    assert_ne!(changed, *last);
    assert!(message(&with(changed)).starts_with("part-4.json is damaged"));
    let version = format!("\"program\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let older = last.replacen(&version, "\"program\":\"0.0.1\"", 1);
    let expected = format!("part-4.json was written by kubeworthy 0.0.1, and this is {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(message(&with(older)), expected);
    let other_build = last.replacen(&kit.digest, "sha256:0", 1);
    assert!(message(&with(other_build)).contains("another build"));
}

#[test]
fn what_became_of_a_suppression_is_known_whoever_judged_it() {
    use kubeworthy::assessment::SuppressionState::{Applied, NotHonoured, Unused};
    let kit = kit();
    let application = |name: &str, ignored: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {name}}}\nspec:\n  replicas: 3 # kubeworthy: \
             ignore[{ignored}] as we know\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: \
             {name}}}}}\n    spec: {{containers: [{{name: {name}, image: \"shop/{name}:1\"}}]}}\n"
        )
    };
    let applications = [("a", "all"), ("b", "all"), ("c", "KW501")]
        .map(|(name, ignored)| SourceFile::new(format!("{name}.yaml"), application(name, ignored)));
    for no_ignores in [false, true] {
        let choices = Choices { no_ignores, ..Choices::default() };
        let collected = Collected { files: applications.to_vec(), choices, ..Collected::default() };
        let single = single(&collected, &kit);
        let states: Vec<_> = single.suppressions.iter().map(|suppression| suppression.state).collect();
        let covers = if no_ignores { NotHonoured } else { Applied };
        assert_eq!(states, [covers, covers, Unused], "{:?}", single.suppressions);
        for of in COUNTS {
            let merged = merged(&texts(&collected, &kit, of)).expect("they belong together").assessment;
            are_equal(&single, &merged, &format!("suppressions in {of}"));
        }
    }
}

proptest! {
    #[test]
    fn numbers_and_sentences_come_back_as_they_were(bits in any::<u64>(), decimals in 0_usize..20, name in ".*") {
        let number = Some(f64::from_bits(bits)).filter(|number| number.is_finite()).unwrap_or(-0.0);
        let inner = Prose::new("{} of {}", vec![Argument::Name(name.clone()), Argument::Number(number, decimals)]);
        let what = Prose::new("as it is: {}", vec![Argument::Prose(inner)]);
        let step = Step { percent: number, what, source: Prose::name(name.clone()), checked_on: name };
        let text = serde_json::to_string(&step).expect("it can be written");
        let back: Step = serde_json::from_str(&text).expect("it can be read");
        prop_assert_eq!(back.percent.to_bits(), number.to_bits());
        prop_assert_eq!(format!("{back:?}"), format!("{step:?}"));
    }
}

#[test]
fn a_number_of_decimals_that_cannot_be_written_is_refused() {
    let text = |decimals: u64| format!("{{\"Number\":[1.5,{decimals}]}}");
    assert!(serde_json::from_str::<Argument>(&text(2)).is_ok());
    assert!(serde_json::from_str::<Argument>(&text(100_000)).is_err());
}

#[test]
fn every_system_is_judged_by_one_part_and_empty_parts_are_fine() {
    let kit = kit();
    let collected = collected(&[fixtures().join("ladder")]);
    let inventory = kubeworthy::read(&collected, &kit).expect("no overlay was named");
    let count = inventory.systems.len();
    assert!(count > 1);
    for of in [1, 2, 5, count + 10, 1000] {
        let shares: Vec<Share> = (1..=of).map(|number| Share::of(&inventory, Part { number, of })).collect();
        let mut judged: Vec<usize> = shares.iter().flat_map(|share| share.systems.iter().copied()).collect();
        judged.sort_unstable();
        assert_eq!(judged, (0..count).collect::<Vec<_>>(), "of {of}");
        assert_eq!(shares.iter().filter(|share| share.estate).count(), 1);
        if of > count + 1 {
            assert!(shares.contains(&Share::default()), "there is nothing left for some of {of}");
        }
    }
}

#[test]
fn a_shard_holds_no_secret() {
    let canary = "CANARY-7f3a";
    let files = vec![SourceFile::new("web.yaml", SECRETS.replace("CANARY", canary))];
    let collected = Collected { files, ..Collected::default() };
    for (name, text) in texts(&collected, &kit(), 2) {
        assert!(!text.contains(canary) && !text.contains("Q0FOQVJZ"), "{name} holds a secret");
    }
    assert!(texts(&collected, &kit(), 1)[0].1.contains("replicas: 2"), "what is quoted is there");
}

const SECRETS: &str = r#"apiVersion: v1
kind: Secret
metadata: {name: s, annotations: {token: CANARY}}
data: {a: Q0FOQVJZ}
stringData: {b: CANARY}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {password: CANARY}} # CANARY
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "https://me:CANARY@registry.example/shop/web:1", args: ["--password=CANARY", CANARY], env: [{name: A, value: CANARY}]}
"#;

fn program(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    command.args(words).current_dir(folder).env("NO_COLOR", "1").env("SOURCE_DATE_EPOCH", "1795651200");
    for variable in ["JOB_COMPLETION_INDEX", "CI_NODE_INDEX", "CI_NODE_TOTAL"] {
        command.env_remove(variable);
    }
    command.env("KUBECONFIG", "/dev/null");
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    program(folder, words).output().expect("the program runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("a code")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

const OUTPUTS: [&str; 10] =
    ["-o", "full", "-o", "json=out.json", "-o", "adr=out.md", "-o", "sarif=out.sarif", "--verbose", "--explain"];

/// Everything that a run wrote.
fn outputs(folder: &Path, output: &Output) -> Vec<String> {
    let files = ["out.json", "out.md", "out.sarif"].map(|name| std::fs::read(folder.join(name)).expect("an output"));
    let all = files.into_iter().chain([output.stdout.clone()]);
    all.map(|bytes| String::from_utf8(bytes).expect("text")).collect()
}

#[test]
fn the_program_gives_what_one_run_gives() {
    let folder = folder();
    let here = folder.path();
    let story = fixtures().join("broken-neighbours");
    let subject = [story.to_str().expect("a path"), "--set", "availability-target=99.95"];
    let one = run(here, &[&["assess"], &subject[..], &OUTPUTS[..]].concat());
    let expected = outputs(here, &one);
    assert!(expected[1].contains("--set availability-target=99.95"), "the record says how to confirm it");

    // Both as Kubernetes counts, the first half of its own arguments.
    let by_job = |index: &str| {
        let file = format!("part-{index}.json");
        let words = [&["assess"], &subject[..], &["--shard", "3", "--shard-file", &file]].concat();
        program(here, &words).env("JOB_COMPLETION_INDEX", index).output().expect("the program runs")
    };
    for index in ["0", "1", "2"] {
        let output = by_job(index);
        assert_eq!(code(&output), code(&one), "{}", said(&output));
        assert!(output.stdout.is_empty());
        assert_eq!(said(&output), said(&one), "problems are said by every shard");
    }
    let files = ["merge", "part-2.json", "part-0.json", "part-1.json"];
    let merged = run(here, &[&files[..], &OUTPUTS[..]].concat());
    assert_eq!(code(&merged), code(&one), "{}", said(&merged));
    assert_eq!(outputs(here, &merged), expected);
    assert!(said(&merged).is_empty(), "and by no merge: {}", said(&merged));

    let beyond = by_job("3");
    assert_eq!(code(&beyond), 2);
    assert!(said(&beyond).contains("as the Job has `completions`"), "{}", said(&beyond));
    let missing = run(here, &["merge", "part-0.json", "part-2.json"]);
    assert_eq!((code(&missing), missing.stdout.len()), (2, 0));
    assert!(said(&missing).contains("shard 2 of 3 is missing"), "{}", said(&missing));
    let none = run(here, &["merge", "nowhere.json", "out.json"]);
    assert_eq!(code(&none), 2);
    assert!(said(&none).contains("nowhere.json") && said(&none).contains("kubeworthy/report/v1"), "{}", said(&none));
}

#[test]
fn standard_input_and_a_snapshot_are_read_in_parts() {
    let folder = folder();
    let here = folder.path();
    let manifest = std::fs::read(fixtures().join("one-vm-blog/compose.yaml"));
    let text = manifest.unwrap_or_else(|_| SECRETS.as_bytes().to_vec());
    let piped = |words: &[&str]| {
        let mut child = program(here, words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("its input"), &text).expect("it reads");
        child.wait_with_output().expect("it ends")
    };
    let one = piped(&["assess", "-", "-o", "json"]);
    for part in ["1/2", "2/2"] {
        let shard = piped(&["assess", "-", "--shard", part]);
        assert_eq!(code(&shard), 0, "{}", said(&shard));
        std::fs::write(here.join(part.replace('/', "-")), &shard.stdout).expect("it is written");
    }
    let merged = run(here, &["merge", "1-2", "2-2", "-o", "json"]);
    assert!(merged.stdout == one.stdout && !one.stdout.is_empty(), "{}", said(&merged));

    let snapshot = fixtures().join("shop-on-a-cluster/shop-eu.snapshot.jsonl");
    let snapshot = snapshot.to_str().expect("a path");
    let one = run(here, &["assess", snapshot, "-o", "full", "--lang", "fr"]);
    for index in ["1", "2"] {
        let file = format!("{index}.json");
        let words = ["assess", snapshot, "--shard", "2", "--shard-file", &file];
        let gitlab = program(here, &words).env("CI_NODE_INDEX", index).env("CI_NODE_TOTAL", "2").output();
        assert_eq!(code(&gitlab.expect("the program runs")), 0);
    }
    let merged = run(here, &["merge", "1.json", "2.json", "-o", "full", "--lang", "fr"]);
    assert!(merged.stdout == one.stdout && !one.stdout.is_empty(), "{}", said(&merged));
}

#[test]
fn codes_are_those_of_one_run() {
    let folder = folder();
    let here = folder.path();
    std::fs::write(here.join("none.yaml"), "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n").expect("a file");
    for number in ["1", "2"] {
        let (part, file) = (format!("{number}/2"), format!("{number}.json"));
        let shard = run(here, &["assess", "none.yaml", "--shard", &part, "--shard-file", &file]);
        assert_eq!(code(&shard), 3, "{}", said(&shard));
        assert!(said(&shard).contains("nothing to assess"), "{}", said(&shard));
    }
    let merged = run(here, &["merge", "1.json", "2.json"]);
    let one = run(here, &["assess", "none.yaml"]);
    assert_eq!((code(&merged), said(&merged)), (3, said(&one)));
    assert_eq!(merged.stdout, one.stdout);
    for (words, part_of_message) in [
        (vec!["assess", ".", "--shard", "5/4"], "--shard 1/4"),
        (vec!["assess", ".", "--shard", "2"], "JOB_COMPLETION_INDEX"),
        (vec!["assess", ".", "--live", "--shard", "1/2"], "kubeworthy snapshot"),
        (vec!["assess", ".", "--shard", "1/2", "-o", "json"], "cannot be used with"),
        (vec!["assess", ".", "--shard-file", "x"], "--shard"),
        (vec!["assess", "nowhere", "--shard", "1/2"], "nowhere"),
        (vec!["merge", "1.json", "2.json", "--fail-on", "needless"], "--check"),
        (vec!["merge", "1.json", "2.json", "-o", "full", "-o", "json"], "standard output"),
    ] {
        let output = run(here, &words);
        assert_eq!(code(&output), 2, "{words:?}: {}", said(&output));
        assert!(said(&output).contains(part_of_message), "{words:?}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn merge_is_the_gate_of_what_was_checked_in_shards() {
    let folder = folder();
    let here = folder.path();
    let story = fixtures().join("the-tutorial-that-stayed");
    let story = story.to_str().expect("a path");
    for number in ["1", "2"] {
        let (part, file) = (format!("{number}/2"), format!("{number}.json"));
        let shard = run(here, &["check", story, "--shard", &part, "--shard-file", &file]);
        assert_eq!(code(&shard), 0, "a shard is no gate: {}", said(&shard));
    }
    for (fails_on, expected) in [("needless", 1), ("KW999", 2), ("inconclusive", 0)] {
        let one = run(here, &["check", story, "--fail-on", fails_on, "-o", "json"]);
        let merged = run(here, &["merge", "1.json", "2.json", "--check", "--fail-on", fails_on, "-o", "json"]);
        assert_eq!((code(&one), code(&merged)), (expected, expected), "{fails_on}: {}", said(&merged));
        assert!(one.stdout == merged.stdout, "{fails_on}");
        assert_eq!(said(&one), said(&merged));
    }
    let refused = run(here, &["check", story, "--shard", "1/2", "--fail-on", "needless"]);
    assert_eq!(code(&refused), 2);
    assert!(said(&refused).contains("kubeworthy merge --check"), "{}", said(&refused));
}

/// The fenced blocks of the page in YAML.
fn examples() -> Vec<String> {
    let page = include_str!("../docs/shards.md");
    page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_examples_of_the_page_are_right() {
    let examples = examples();
    assert_eq!(examples.len(), 3, "a matrix, parallel jobs, and an indexed Job");
    for example in &examples {
        for document in serde_yaml::Deserializer::from_str(example) {
            let value: serde_yaml::Value = serde::Deserialize::deserialize(document).expect("YAML");
            assert!(value.is_mapping());
        }
    }
    let job = examples.iter().find(|example| example.contains("kind: Job")).expect("the Job");
    let value: serde_yaml::Value = serde_yaml::from_str(job).expect("one document");
    let spec = &value["spec"];
    assert_eq!(spec["completionMode"], "Indexed");
    assert_eq!(spec["completions"], spec["parallelism"]);
    let words = spec["template"]["spec"]["containers"][0]["args"].as_sequence().expect("the arguments");
    let words: Vec<&str> = words.iter().filter_map(serde_yaml::Value::as_str).collect();
    let count = spec["completions"].as_u64().expect("a number").to_string();
    let at = words.iter().position(|word| *word == "--shard").expect("the flag");
    assert_eq!(words[at + 1], count, "as many shards as completions");
    assert_eq!(spec["template"]["spec"]["restartPolicy"], "Never");

    // The product reads it as what it is, and warns of nothing in it.
    let files = vec![SourceFile::new("job.yaml", job.as_str())];
    let assessment = single(&Collected { files, ..Collected::default() }, &kit());
    assert_eq!((assessment.estate.workloads, assessment.inputs.not_understood.len()), (1, 0));
    assert!(assessment.inputs.gaps.is_empty(), "{:?}", assessment.inputs.gaps);
    let findings = &assessment.estate.findings;
    let loudest = findings.iter().map(|finding| finding.level).max();
    assert!(loudest <= Some(kubeworthy::rules::file::Level::Note), "{findings:?}");
}
