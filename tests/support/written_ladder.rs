//! The rows of the ladder written out as files, under `fixtures/ladder/`. A file named `service.x12.yaml` is a template:
//! it stands for twelve documents, with `@NUMBER@` replaced by 1 to 12.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};

use kubeworthy::Kit;
use kubeworthy::assessment::Assessment;
use kubeworthy::choices::Choices;
use kubeworthy::source::Collected;
use kubeworthy::text::SourceFile;

/// The columns of the ladder, in their order.
pub const COLUMNS: [&str; 3] = ["effective", "corroborated", "proven"];

/// One cell pair of the ladder, written out.
pub struct Written {
    pub system: String,
    pub column: &'static str,
    /// The need of the table: any hosting, self-hosted.
    pub expected: (f64, f64),
    /// What the files give; none where they cannot say it.
    pub found: Option<(f64, f64)>,
    /// Why they cannot.
    pub why_not: String,
}

impl Written {
    /// How far the files are from the table at most, in points.
    pub fn difference(&self) -> f64 {
        self.found.map_or(0.0, |(any, own)| (any - self.expected.0).abs().max((own - self.expected.1).abs()))
    }
}

/// Every row in every column.
pub fn all(kit: &Kit) -> Vec<Written> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let table = std::fs::read_to_string(root.join("ladder.tsv")).expect("the ladder");
    let folders = std::fs::read_to_string(root.join("ladder/folders.tsv")).expect("the folders of its rows");
    let mut all = Vec::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let row = folders.lines().map(|row| row.split('\t').collect::<Vec<_>>()).find(|row| row[1] == cells[0]);
        let row = row.unwrap_or_else(|| panic!("no folder for {}", cells[0]));
        for (index, column) in COLUMNS.into_iter().enumerate() {
            let number = |offset: usize| cells[3 + 2 * index + offset].parse().expect("a number");
            let said = row[2] != column;
            all.push(Written {
                system: cells[0].to_owned(),
                column,
                expected: (number(0), number(1)),
                found: said.then(|| {
                    let estate = assess(&root.join("ladder").join(row[0]), column, kit).estate;
                    (estate.need.score, estate.need.if_self_hosted)
                }),
                why_not: if said { String::new() } else { row[3].to_owned() },
            });
        }
    }
    all
}

/// One row in one column. The column of what is proven takes the files of the one before it, unless it has its own, and
/// a context that states the rest.
pub fn assess(folder: &Path, column: &str, kit: &Kit) -> Assessment {
    let mut files = written_out(&folder.join(column));
    if files.is_empty() {
        files = written_out(&folder.join("corroborated"));
    }
    assess_files(files, Some(&folder.join(column).join("kubeworthy.yaml")), kit)
}

/// A folder of manifests and templates, with the `kubeworthy.yaml` in it or without.
pub fn assess_folder(folder: &Path, with_context: bool, kit: &Kit) -> Assessment {
    let context = folder.join("kubeworthy.yaml");
    assess_files(written_out(folder), with_context.then_some(context.as_path()), kit)
}

fn assess_files(mut files: Vec<SourceFile>, context: Option<&Path>, kit: &Kit) -> Assessment {
    let mut choices = Choices::default();
    if let Some(context) = context.filter(|context| context.is_file()) {
        let text = std::fs::read_to_string(context).expect("the context");
        files.push(SourceFile::new("kubeworthy.yaml", text));
        choices.configuration_files.push("kubeworthy.yaml".to_owned());
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    kubeworthy::assess(&Collected { files, choices, ..Collected::default() }, kit)
}

/// The manifests of a folder, templates written out.
fn written_out(folder: &Path) -> Vec<SourceFile> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name();
    let paths = walk.into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let manifests: Vec<PathBuf> =
        paths.filter(|path| path.is_file() && path.file_name().is_none_or(|name| name != "kubeworthy.yaml")).collect();
    let mut files = Vec::new();
    for path in manifests {
        let name = path.file_name().unwrap_or_default().display().to_string();
        let text = std::fs::read_to_string(&path).expect("a manifest");
        match times(&name) {
            None => files.push(SourceFile::new(name, text)),
            Some(times) => files.extend((1..=times).map(|number| {
                let text = text.replace("@NUMBER@", &number.to_string());
                SourceFile::new(format!("{number}-{name}"), text)
            })),
        }
    }
    files
}

fn times(name: &str) -> Option<usize> {
    name.strip_suffix(".yaml")?.rsplit_once(".x")?.1.parse().ok()
}
