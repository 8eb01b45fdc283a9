//! Throughput: parsing alone against the whole assessment, and one thread against two, interleaved in one run so that
//! the ratios hold on a noisy machine. `cargo bench`, or `cargo bench -- FOLDER` for other files.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]
use std::path::{Path, PathBuf};
use std::time::Instant;

use kubeworthy::choices::Choices;
use kubeworthy::limits::Limits;
use kubeworthy::source::{Collected, Input, collect};
use kubeworthy::text::SourceId;
use kubeworthy::yaml::parse_documents;
use kubeworthy::{Kit, OwnFiles, assess};

const ROUNDS: usize = 7;

fn main() {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = root.join("../shared/corpus/files");
    let folder = given.unwrap_or_else(|| if corpus.is_dir() { corpus } else { root.join("fixtures") });
    let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
    let collected = collect(&[Input::Path(folder.clone())], &Choices::default());
    // What is left alone unparsed would flatter both sides: only files that are parsed count.
    let parsed = parsed_files(collected, &kit);
    let bytes: usize = parsed.files.iter().map(|file| file.text.len()).sum();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
    let (one, two) = (pool(1), pool(2));
    let (mut parsing, mut whole, mut both) = (Vec::new(), Vec::new(), Vec::new());
    let mut documents = 0;
    for _ in 0..ROUNDS {
        parsing.push(time(|| one.install(|| documents = parse_only(&parsed))));
        whole.push(time(|| one.install(|| drop(assess(&parsed, &kit)))));
        both.push(time(|| two.install(|| drop(assess(&parsed, &kit)))));
    }
    let (parsing, whole, both) = (median(parsing), median(whole), median(both));
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{} files, {documents} documents, {megabytes:.1} MB, medians of {ROUNDS} interleaved rounds",
        parsed.files.len()
    );
    let line = |name: &str, seconds: f64| {
        println!("{name:<28} {:>8.1} MB/s {:>10.0} documents/s", megabytes / seconds, documents as f64 / seconds);
    };
    line("parsing, one thread", parsing);
    line("whole assessment, one thread", whole);
    line("whole assessment, two threads", both);
    println!("whole assessment / parsing: {:.2} (to be at least 0.50)", parsing / whole);
    println!("two threads / one thread:   {:.2} (to be at least 1.60)", whole / both);
}

fn parsed_files(mut collected: Collected, kit: &Kit) -> Collected {
    let assessment = assess(&collected, kit);
    let skipped: std::collections::BTreeSet<&str> = assessment
        .inputs
        .skipped
        .iter()
        .filter(|(_, reason)| reason.pattern().starts_with("no Kubernetes object"))
        .map(|(file, _)| file.as_str())
        .collect();
    collected.files.retain(|file| !skipped.contains(file.name.as_str()));
    collected
}

fn parse_only(collected: &Collected) -> usize {
    let files = collected.files.iter().enumerate();
    files.map(|(index, file)| parse_documents(SourceId(index as u32), &file.text, &Limits::DEFAULT).len()).sum()
}

fn time(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
