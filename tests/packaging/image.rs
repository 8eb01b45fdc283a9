//! The image: its binary is built as the Containerfile says, with what the Containerfile copies, and run in what the image
//! will be. No registry is asked: the stage that builds is played by this machine, without optimisation.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::action::BLOG;
use crate::tools::{cache, or_skip, required, run};
use crate::{checkout, text_of};

const CONTAINERFILE: &str = "packaging/Containerfile";

/// The instructions of the Containerfile, each with its text on one line.
fn instructions() -> Vec<(String, String)> {
    let text = text_of(CONTAINERFILE).replace("\\\n", " ");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').unwrap_or_else(|| panic!("an instruction and its text: {line}")))
        .map(|(word, text)| (word.to_owned(), text.trim().to_owned()))
        .collect()
}

#[test]
fn the_image_is_the_program_alone_without_root() {
    let all = instructions();
    let stages: Vec<&str> = all.iter().filter(|(word, _)| word == "FROM").map(|(_, text)| text.as_str()).collect();
    assert_eq!(stages.len(), 2);
    // An exact version or a digest, from a registry that is named.
    let image = regex::Regex::new(r"^[a-z.]+/[a-z/]+:\d+\.\d+\.\d+-[a-z-]+(@sha256:[0-9a-f]{64})? AS build$")
        .expect("a pattern");
    assert!(image.is_match(stages[0]), "{}", stages[0]);
    assert_eq!(stages[1], "scratch");
    let last = all.iter().rposition(|(word, _)| word == "FROM").expect("a stage");
    let after: Vec<(&str, &str)> = all[last + 1..].iter().map(|(word, text)| (word.as_str(), text.as_str())).collect();
    assert!(after.contains(&("USER", "65532:65532")), "{after:?}");
    assert!(after.contains(&("ENTRYPOINT", "[\"/kubeworthy\"]")), "{after:?}");
    assert!(!after.iter().any(|(word, _)| *word == "RUN"), "{after:?}");
    // The compiler is new enough, and no more than that is asked of whoever has it already.
    let version = stages[0].split(':').nth(1).and_then(|tag| tag.split('-').next()).expect("a version");
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let number = |text: &str| text.split('.').map(|part| part.parse().expect("a number")).collect::<Vec<u32>>();
    assert!(number(version) >= number(wanted), "{version} is older than {wanted}");
}

/// Copies what differs, so that cargo builds only what changed.
fn bring(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.expect("a file");
        let below = entry.path().strip_prefix(from).expect("below");
        let place = if below.as_os_str().is_empty() { to.to_path_buf() } else { to.join(below) };
        if entry.file_type().is_dir() {
            fs::create_dir_all(&place).expect("a folder");
        } else {
            let text = fs::read(entry.path()).expect("a file");
            if fs::read(&place).ok().as_ref() != Some(&text) {
                fs::create_dir_all(place.parent().expect("a folder")).expect("the folder");
                fs::write(&place, text).expect("written");
            }
        }
    }
}

/// The binary of the first stage, in a folder of its own.
fn built() -> Result<PathBuf, String> {
    if !required() {
        return Err("KUBEWORTHY_REQUIRE_TOOLS=1 builds the static binary, which takes minutes".to_owned());
    }
    let place = cache()?.join("image");
    let (source, stage) = (place.join("source"), place.join("stage"));
    fs::create_dir_all(&stage).map_err(|error| error.to_string())?;
    for folder in ["benches", "rules", "src"] {
        // A file that is gone must not be built.
        let old = walkdir::WalkDir::new(source.join(folder)).into_iter().flatten();
        for entry in old.filter(|entry| entry.file_type().is_file()) {
            let path = entry.path().strip_prefix(&source).map_err(|error| error.to_string())?;
            if !checkout().join(path).exists() {
                fs::remove_file(entry.path()).map_err(|error| error.to_string())?;
            }
        }
    }
    let all = instructions();
    let build = all.iter().rposition(|(word, _)| word == "FROM").expect("a stage");
    let mut shell = Command::new("sh");
    for (word, text) in &all[..build] {
        match word.as_str() {
            "COPY" => {
                let words: Vec<&str> = text.split(' ').collect();
                let (to, from) = words.split_last().expect("where to");
                for name in from {
                    let to = if *to == "./" { name } else { to };
                    bring(&checkout().join(name), &source.join(to));
                }
            }
            "ENV" => {
                let (name, value) = text.split_once('=').expect("a value");
                shell.env(name, value.trim_matches('"'));
            }
            "RUN" => {
                let script = text.replace(" /kubeworthy", " \"$STAGE/kubeworthy\"");
                assert_ne!(&script, text, "the binary is put where the next stage takes it");
                shell.args(["-e", "-c", &script]);
            }
            _ => {}
        }
    }
    shell.env("STAGE", &stage).current_dir(&source).env_remove("CARGO_TARGET_DIR").env("CARGO_INCREMENTAL", "0");
    shell.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0").env("CARGO_PROFILE_RELEASE_LTO", "off");
    shell.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    run(&mut shell)?;
    Ok(stage)
}

/// Whether there is a buildah, installed first.
fn buildah() -> Result<(), String> {
    if run(Command::new("buildah").arg("--version")).is_ok() {
        return Ok(());
    }
    run(Command::new("apt-get").arg("update"))?;
    let words = ["install", "-y", "--no-install-recommends", "buildah"];
    run(Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
}

#[test]
fn the_image_is_built_and_run_without_root_network_or_a_place_to_write() {
    let Some(stage) = or_skip(built()) else { return };
    let program = stage.join("kubeworthy");
    let linked = Command::new("ldd").arg(&program).output().expect("ldd starts");
    let linked = [linked.stdout, linked.stderr].concat();
    let linked = String::from_utf8_lossy(&linked);
    assert!(linked.contains("statically linked") || linked.contains("not a dynamic executable"), "{linked}");

    if or_skip(buildah()).is_none() {
        return;
    }
    let place = tempfile::tempdir().expect("a folder");
    // Another user has to come through.
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let store = |name: &str| place.path().join(name);
    let buildah = |words: &[&str]| {
        let mut command = Command::new("buildah");
        command
            .args(["--storage-driver", "vfs", "--root"])
            .arg(store("root"))
            .arg("--runroot")
            .arg(store("run"))
            .args(words);
        run(&mut command).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    };
    // The last stage alone, from the Containerfile itself.
    let build = format!("build={}", stage.display());
    let file = checkout().join(CONTAINERFILE).display().to_string();
    let context = store("context");
    fs::create_dir(&context).expect("a folder");
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(checkout().join(name), context.join(name)).expect("a copy");
    }
    let context = context.display().to_string();
    buildah(&["bud", "--isolation", "chroot", "--build-context", &build, "-f", &file, "-t", "kubeworthy", &context]);
    let container = buildah(&["from", "localhost/kubeworthy"]);
    let container = container.trim();

    let repository = store("repository");
    fs::create_dir(&repository).expect("a folder");
    fs::write(repository.join("blog.yaml"), BLOG).expect("written");
    // As the user of the image: what it writes is theirs.
    fs::set_permissions(&repository, fs::Permissions::from_mode(0o777)).expect("permissions");
    let volume = format!("{}:/repository", repository.display());
    let words = [
        "run",
        "--isolation",
        "chroot",
        "-v",
        &volume,
        container,
        "--",
        "/kubeworthy",
        "assess",
        ".",
        "-o",
        "json=report.json",
    ];
    buildah(&words);
    assert_eq!(fs::metadata(repository.join("report.json")).expect("a report").uid(), 65532);

    // With nothing that can be written to, and no network.
    let root = buildah(&["mount", container]);
    let script = "\
        mount --bind \"$1\" \"$1\" && mount --bind \"$2\" \"$1/repository\"\n\
        mount -o remount,bind,ro \"$1/repository\" && mount -o remount,bind,ro \"$1\"\n\
        exec chroot --userspec=65532:65532 --groups= \"$1\" /kubeworthy \
        check /repository --fail-on needless -o concise -o json=$3\n";
    let closed = |file: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net", "sh", "-e", "-c", script, "sh", root.trim()]).arg(&repository).arg(file);
        let output = command.output().expect("unshare starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (code, said) = closed("/dev/stdout");
    assert_eq!(code, Some(2), "there is no /dev in it: {said}");
    let (code, said) = closed("/repository/report.json");
    assert!(code == Some(2) && said.contains("Read-only file system"), "{code:?} {said}");
    let script = script.replace(" -o json=$3", "");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "sh", "-e", "-c", &script, "sh", root.trim()]).arg(&repository);
    let output = command.output().expect("unshare starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("blog: needless"), "{said}");
}
