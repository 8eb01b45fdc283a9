//! Suppressions, from source text to the answer: each form, each state, and what they do to the need.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use kubeworthy::assessment::{Assessment, SuppressionState, SystemAssessment};
use kubeworthy::source::Collected;
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, OwnFiles, assess};

fn kit() -> &'static Kit {
    static KIT: std::sync::OnceLock<Kit> = std::sync::OnceLock::new();
    KIT.get_or_init(|| Kit::load(&OwnFiles::default()).expect("the kit"))
}

fn collected(files: &[(&str, &str)]) -> Collected {
    let mut files: Vec<SourceFile> = files.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Collected { files, ..Collected::default() }
}

fn judged(files: &[(&str, &str)]) -> Assessment {
    assess(&collected(files), kit())
}

fn unhonoured(files: &[(&str, &str)]) -> Assessment {
    let mut collected = collected(files);
    collected.choices.no_ignores = true;
    assess(&collected, kit())
}

/// Every suppression: what is named, what became of it, and its line.
fn states(assessment: &Assessment) -> Vec<(String, &'static str, u32)> {
    let told = |each: &kubeworthy::assessment::Suppression| {
        (each.rules.join(","), each.state.id(), each.place.as_ref().map_or(0, |place| place.line))
    };
    assessment.suppressions.iter().map(told).collect()
}

fn state(assessment: &Assessment) -> &'static str {
    let [one] = assessment.suppressions.as_slice() else { panic!("{:?}", states(assessment)) };
    one.state.id()
}

fn suppressed(system: &SystemAssessment) -> Vec<&str> {
    let mut codes: Vec<&str> = system.suppressed.iter().map(|each| each.code.as_str()).collect();
    codes.dedup();
    codes
}

fn claims(system: &SystemAssessment) -> Vec<&str> {
    system.claims.iter().flat_map(|claim| &claim.rules).map(String::as_str).collect()
}

fn findings(system: &SystemAssessment) -> Vec<&str> {
    system.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// All numbers and words of an answer that suppressions may move.
fn numbers(assessment: &Assessment) -> Vec<String> {
    let of = |system: &SystemAssessment| {
        let need = &system.need;
        let claims: Vec<String> = system
            .claims
            .iter()
            .map(|claim| format!("{} {:?} {}", claim.capability, claim.grade, claim.share))
            .collect();
        let findings: Vec<String> =
            system.findings.iter().map(|each| format!("{} {}", each.code, each.message)).collect();
        let unknowns: Vec<String> =
            system.unknowns.iter().map(|each| format!("{} {:?}", each.key, each.could_move)).collect();
        format!(
            "{} {:?} {} {} {} {} {} {:?} {claims:?} {findings:?} {unknowns:?} {:?}",
            system.id,
            system.verdict,
            need.score,
            need.low,
            need.high,
            need.if_self_hosted,
            system.confidence,
            system.suggested,
            system.availability
        )
    };
    assessment.systems.iter().chain([&assessment.estate]).map(of).collect()
}

const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: shop/web:1
          readinessProbe: {httpGet: {path: /, port: 80}}
          resources: {requests: {cpu: 500m, memory: 1Gi}}
";

const SCALER: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 30
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}
";

/// The text with a comment behind the line that holds some words.
fn behind(text: &str, line: &str, comment: &str) -> String {
    assert!(text.contains(line), "{line}");
    text.replacen(line, &format!("{line} {comment}"), 1)
}

/// The text with a comment alone above the line that holds some words.
fn above(text: &str, line: &str, comment: &str) -> String {
    let written = text.lines().find(|each| each.contains(line)).expect("the line");
    let indent = &written[..written.len() - written.trim_start().len()];
    text.replacen(written, &format!("{indent}{comment}\n{written}"), 1)
}

#[test]
fn what_is_not_suppressed_is_what_it_was() {
    let plain = judged(&[("web.yaml", WEB)]);
    assert!(claims(&plain.estate).contains(&"KW103"), "{:?}", claims(&plain.estate));
    assert_eq!((plain.suppressions.len(), plain.estate.suppressed.len()), (0, 0));
    assert_eq!(plain.estate.need.unsuppressed, None);
}

#[test]
fn a_comment_on_a_line_covers_what_stands_on_it() {
    let plain = judged(&[("web.yaml", WEB)]);
    let text = behind(WEB, "replicas: 3", "# kubeworthy: ignore[KW103] a habit of the template");
    let told = judged(&[("web.yaml", &text)]);
    assert_eq!(states(&told), [("KW103".to_owned(), "applied", 6)]);
    assert!(!claims(&told.estate).contains(&"KW103"));
    let [only] = told.systems.as_slice() else { panic!("one system") };
    for system in [&told.estate, only] {
        assert_eq!(suppressed(system), ["KW103"]);
        assert_eq!(system.suppressed[0].reason, "a habit of the template");
        assert_eq!(system.suppressed[0].evidence[0].line, 6);
        assert_eq!(system.need.unsuppressed, Some(plain.estate.need.score));
        let share = ((plain.estate.need.score - system.need.score) * 10.0).round() / 10.0;
        assert!((system.suppressed[0].share - share).abs() < 1e-9, "{} {share}", system.suppressed[0].share);
    }
    // Another line is not covered.
    let text = behind(WEB, "image: shop/web:1", "# kubeworthy: ignore[KW103] a habit of the template");
    let told = judged(&[("web.yaml", &text)]);
    assert_eq!(state(&told), "unused");
    assert_eq!(numbers(&told), numbers(&plain));
}

#[test]
fn a_comment_above_a_node_covers_the_node() {
    let comment = "# kubeworthy: ignore[KW103] by contract";
    for (line, expected) in [
        ("replicas: 3", "applied"),
        ("spec:", "applied"),
        ("apiVersion", "applied"),
        ("selector", "unused"),
        ("metadata:", "unused"),
        ("- name: web", "applied"),
    ] {
        assert_eq!(state(&judged(&[("web.yaml", &above(WEB, line, comment))])), expected, "{line}");
    }
    // Several in a row, with an empty line between.
    let text =
        above(WEB, "replicas: 3", "# kubeworthy: ignore[KW103] one\n  # a word\n\n  # kubeworthy: ignore[KW101] two");
    let told = judged(&[("web.yaml", &text)]);
    assert_eq!(states(&told), [("KW103".to_owned(), "applied", 6), ("KW101".to_owned(), "unused", 9)]);
}

#[test]
fn a_comment_above_an_item_covers_the_item() {
    let text = above(WEB, "- name: web", "# kubeworthy: ignore[all] the container");
    let told = judged(&[("web.yaml", &text)]);
    let [one] = told.suppressions.as_slice() else { panic!("one") };
    assert!(one.place.as_ref().expect("a place").path.ends_with("containers[0]"), "{:?}", one.place);
    assert!(!claims(&told.estate).contains(&"KW103"), "the probe in it is part of what is said");
}

#[test]
fn files_end_lines_and_begin_as_they_like() {
    let text = behind(WEB, "replicas: 3", "# kubeworthy: ignore[KW103] é").replace('\n', "\r\n");
    let told = judged(&[("web.yaml", &format!("\u{feff}{text}"))]);
    assert_eq!(states(&told), [("KW103".to_owned(), "applied", 6)]);
    assert_eq!(told.suppressions[0].reason.as_deref(), Some("é"));
    let text = format!("\u{feff}# kubeworthy: ignore-file[KW103] all of it\r\n{}", WEB.replace('\n', "\r\n"));
    assert_eq!(states(&judged(&[("web.yaml", &text)])), [("KW103".to_owned(), "applied", 1)]);
}

#[test]
fn words_in_texts_are_no_comments() {
    let text = format!(
        "{WEB}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: notes}}\ndata:\n  note: |\n    # kubeworthy: ignore[KW103] no comment\n  other: \"# kubeworthy: ignore[KW103] none either\"\n"
    );
    assert_eq!(states(&judged(&[("web.yaml", &text)])), []);
}

#[test]
fn a_comment_at_the_head_covers_every_document_of_the_file() {
    let other = WEB.replace("web", "api");
    let file = format!(
        "---\n# about this file\n\n# kubeworthy: ignore-file[KW103, KW204] by contract\n{WEB}---\n{other}---\n{SCALER}"
    );
    let told = judged(&[("all.yaml", &file)]);
    assert_eq!(states(&told).iter().map(|each| each.1).collect::<Vec<_>>(), ["applied", "applied"]);
    assert!(!claims(&told.estate).contains(&"KW103") && !claims(&told.estate).contains(&"KW204"));
    // Not in another file, and not below content.
    let told = judged(&[
        (
            "a.yaml",
            &format!(
                "# kubeworthy: ignore-file[KW103] by contract\n{}",
                WEB.replace("web", "api").replace("replicas: 3", "replicas: 1")
            ),
        ),
        ("b.yaml", WEB),
    ]);
    assert_eq!(state(&told), "unused");
    let told = judged(&[("a.yaml", &above(WEB, "replicas", "# kubeworthy: ignore-file[KW103] by contract"))]);
    assert_eq!(state(&told), "not-understood");
}

#[test]
fn annotations_cover_everything_about_the_object() {
    let annotated = |text: &str| {
        text.replacen("  name: web\n", "  name: web\n  annotations:\n    ignore.kubeworthy/KW204: even load\n    ignore.kubeworthy/KW1xx: \"by contract\"\n", 1)
    };
    let told = judged(&[("web.yaml", &annotated(WEB)), ("scaler.yaml", SCALER)]);
    assert_eq!(
        states(&told).iter().map(|each| each.1).collect::<Vec<_>>(),
        ["applied", "applied"],
        "{:?}",
        states(&told)
    );
    assert!(
        !claims(&told.estate).iter().any(|code| code.starts_with("KW1") || *code == "KW204"),
        "{:?}",
        claims(&told.estate)
    );
    // Of the pod template.
    let text = WEB.replacen(
        "      labels: {app: web}\n",
        "      labels: {app: web}\n      annotations: {ignore.kubeworthy/KW103: x}\n",
        1,
    );
    assert_eq!(state(&judged(&[("web.yaml", &text)])), "applied");
    // In a list only the item.
    let item =
        |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>().replacen("    ", "  - ", 1);
    let list = format!("apiVersion: v1\nkind: List\nitems:\n{}{}", item(&text), item(&WEB.replace("web", "api")));
    let told = judged(&[("list.yaml", &list)]);
    assert_eq!(state(&told), "applied");
    assert_eq!(suppressed(&told.estate), ["KW103"]);
    assert!(claims(&told.estate).contains(&"KW103"), "the other one still claims it");
}

#[test]
fn annotations_of_every_level_of_a_timetable_count() {
    let at = |level: &str| {
        let annotations = |here: &str| {
            if here == level { "annotations: {ignore.kubeworthy/KW801: by hand}" } else { "labels: {a: b}" }
        };
        format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: night\n  {}\nspec:\n  schedule: '0 2 * * *'\n  jobTemplate:\n    metadata:\n      {}\n    spec:\n      template:\n        metadata:\n          {}\n        spec:\n          restartPolicy: Never\n          containers: [{{name: night, image: shop/night:1}}]\n",
            annotations("own"),
            annotations("job"),
            annotations("pod")
        )
    };
    for level in ["own", "job", "pod"] {
        let told = judged(&[("night.yaml", &at(level))]);
        assert_eq!(state(&told), "applied", "{level}");
        assert!(!claims(&told.estate).contains(&"KW801"));
    }
}

const COMPOSE: &str = "\
services:
  web:
    image: shop/web:1
    restart: always
    deploy:
      replicas: 3
  db:
    image: postgres:17
    restart: always
    volumes: [data:/var/lib/postgresql/data]
volumes:
  data: {}
";

#[test]
fn compose_files_say_it_in_comments_and_in_extensions() {
    let plain = judged(&[("compose.yaml", COMPOSE)]);
    assert!(
        claims(&plain.estate).contains(&"KW101") && claims(&plain.estate).contains(&"KW501"),
        "{:?}",
        claims(&plain.estate)
    );
    let service =
        COMPOSE.replacen("  db:\n", "  db:\n    x-kubeworthy: {ignore: {KW501: it can be lost, KW101: no}}\n", 1);
    let told = judged(&[("compose.yaml", &service)]);
    assert_eq!(states(&told), [("KW501".to_owned(), "applied", 8), ("KW101".to_owned(), "applied", 8)]);
    assert!(!claims(&told.estate).contains(&"KW501") && claims(&told.estate).contains(&"KW101"));
    let top = format!("x-kubeworthy:\n  ignore:\n    KW501: it can be lost\n    all: a try\n{COMPOSE}");
    let told = judged(&[("compose.yaml", &top)]);
    assert!(told.suppressions.iter().all(|each| each.state == SuppressionState::Applied), "{:?}", states(&told));
    assert_eq!(claims(&told.estate), Vec::<&str>::new());
    let comment = above(COMPOSE, "  db:", "# kubeworthy: ignore[KW501] it can be lost");
    let told = judged(&[("compose.yaml", &comment)]);
    assert_eq!(state(&told), "applied");
    let merged = COMPOSE
        .replacen("services:\n", "x-base: &base\n  x-kubeworthy: {ignore: {KW101: by hand}}\nservices:\n", 1)
        .replace("    restart: always\n", "    restart: always\n    <<: *base\n");
    let told = judged(&[("compose.yaml", &merged)]);
    assert_eq!(state(&told), "applied");
    assert!(!claims(&told.estate).contains(&"KW101"));
    for wrong in ["x-kubeworthy: {ignored: {KW501: x}}\n", "x-kubeworthy: yes\n", "x-kubeworthy: {ignore: [KW501]}\n"] {
        assert_eq!(state(&judged(&[("compose.yaml", &format!("{wrong}{COMPOSE}"))])), "not-understood", "{wrong}");
    }
}

#[test]
fn kustomizations_count_where_a_value_is_written() {
    let ignore = "# kubeworthy: ignore[KW103] by contract";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 4\n";
    let base = "resources: [web.yaml]\n";
    let overlay = "resources: [../base]\npatches: [{path: patch.yaml}]\n";
    let files = |web: &str, patch: &str| -> Vec<(String, String)> {
        let files = [
            ("base/kustomization.yaml", base),
            ("base/web.yaml", web),
            ("prod/kustomization.yaml", overlay),
            ("prod/patch.yaml", patch),
        ];
        files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    };
    let told = |files: &[(String, String)]| {
        judged(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>())
    };
    let at_the_patch = told(&files(WEB, &behind(patch, "replicas: 4", ignore)));
    assert_eq!(states(&at_the_patch), [("KW103".to_owned(), "applied", 5)]);
    assert!(!claims(&at_the_patch.estate).contains(&"KW103"));
    let at_the_base = told(&files(&behind(WEB, "replicas: 3", ignore), patch));
    assert_eq!(state(&at_the_base), "unused", "the line does not say how many");
    let of_the_object = told(&files(&format!("{ignore}\n{WEB}"), patch));
    assert_eq!(state(&of_the_object), "applied", "the object is the base's");
    let annotated = WEB.replacen("  name: web\n", "  name: web\n  annotations: {ignore.kubeworthy/KW103: x}\n", 1);
    let told_once = told(&files(&annotated, patch));
    assert_eq!(states(&told_once), [("KW103".to_owned(), "applied", 5)]);
}

#[test]
fn overlays_are_chosen_by_what_counts() {
    let base = ("base/kustomization.yaml", "resources: [web.yaml]\n");
    let small = ("small/kustomization.yaml", "resources: [../base]\nreplicas: [{name: web, count: 1}]\n");
    let large = "resources: [../base]\nreplicas: [{name: web, count: 3}]\n";
    let files = [base, ("base/web.yaml", WEB), small, ("large/kustomization.yaml", large)];
    let plain = judged(&files);
    let assessed =
        |assessment: &Assessment| assessment.systems[0].overlay.as_ref().expect("an overlay").assessed.clone();
    assert_eq!(assessed(&plain), "large");
    let set_aside = (
        "small/kustomization.yaml",
        "resources: [../base]\n# kubeworthy: ignore[KW103] one is enough\nreplicas: [{name: web, count: 1}]\n",
    );
    let told = judged(&[base, ("base/web.yaml", WEB), set_aside, ("large/kustomization.yaml", large)]);
    assert_eq!(state(&told), "not-asked", "nobody asked the overlay that was set aside");
    assert_eq!(numbers(&told), numbers(&plain));
}

#[test]
fn templates_count_as_they_are() {
    let chart = ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    let text = format!(
        "{{{{- if .Values.on }}}}\n{{{{- end }}}}\n# kubeworthy: ignore-file[KW1xx] the chart's own\n{}",
        WEB.replace("image: shop/web:1", "image: {{ .Values.image }}")
    );
    let told = judged(&[chart, ("chart/templates/web.yaml", &text)]);
    assert_eq!(state(&told), "applied");
    assert!(!claims(&told.estate).iter().any(|code| code.starts_with("KW1")));
    let rendered = format!(
        "---\n# Source: web/templates/web.yaml\n# kubeworthy: ignore-file[KW103] the chart's own\n{WEB}---\n# Source: web/templates/api.yaml\n{}",
        WEB.replace("web", "api")
    );
    let told = judged(&[("rendered.yaml", &rendered)]);
    assert_eq!(suppressed(&told.estate), ["KW103"], "{:?}", states(&told));
}

#[test]
fn what_cannot_count_says_why() {
    let with = |comment: &str| judged(&[("web.yaml", &behind(WEB, "replicas: 3", comment))]);
    let told = with("# kubeworthy: ignore[KW103]");
    assert_eq!(states(&told), [("KW103".to_owned(), "without-reason", 6)]);
    assert!(claims(&told.estate).contains(&"KW103"), "it does not count");
    let told = with("# kubeworthy: ignore[KW1O3] reason");
    assert_eq!(state(&told), "not-understood");
    assert_eq!(told.suppressions[0].help.to_string(), "did you mean KW103?");
    for malformed in [
        "# kubeworthy: ignore[KW103 reason",
        "# kubeworthy: ignore KW103",
        "# kubeworthy: ignore[] x",
        "# kubeworthy: ingore[KW103] x",
    ] {
        assert_eq!(state(&with(malformed)), "not-understood", "{malformed}");
    }
    assert_eq!(
        state(&judged(&[("web.yaml", &format!("{WEB}# kubeworthy: ignore[KW103] nothing below\n"))])),
        "not-understood"
    );
    let told = with("# kubeworthy: ignore[KW103, KW999, KW203] reason");
    assert_eq!(states(&told).iter().map(|each| each.1).collect::<Vec<_>>(), ["applied", "not-understood", "unused"]);
}

#[test]
fn a_rule_that_could_not_be_asked_is_not_unused() {
    let live = kit().rules.iter().find(|rule| rule.needs_live_state()).expect("a rule of live state").code.clone();
    let told =
        judged(&[("web.yaml", &behind(WEB, "replicas: 3", &format!("# kubeworthy: ignore[{live}] seen in June")))]);
    assert_eq!(state(&told), "not-asked");
}

#[test]
fn auditors_see_everything_as_it_is() {
    let text = behind(WEB, "replicas: 3", "# kubeworthy: ignore[KW103] by contract");
    let text = text.replacen("KW103", "KW101", 1);
    let annotated = SCALER.replacen("{name: web}", "{name: web, annotations: {ignore.kubeworthy/all: x}}", 1);
    let text = above(&text, "spec:", "# kubeworthy: ignore[KW1xx] by contract").replacen(
        " # kubeworthy: ignore[KW101] by contract",
        "",
        1,
    );
    let told = unhonoured(&[("web.yaml", &text), ("scaler.yaml", &annotated)]);
    assert!(told.suppressions.iter().all(|each| each.state == SuppressionState::NotHonoured), "{:?}", states(&told));
    assert_eq!(numbers(&told), numbers(&judged(&[("web.yaml", WEB), ("scaler.yaml", SCALER)])));
    assert!(told.estate.suppressed.is_empty() && told.estate.need.unsuppressed.is_none());
}

#[test]
fn comments_travel_with_their_lines_and_annotations_with_their_objects() {
    let text = behind(WEB, "replicas: 3", "# kubeworthy: ignore[KW103] by contract");
    let notes = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\ndata: {a: b}\n";
    let moved = format!("# a new first line\n\n{notes}---\n{text}");
    let before = judged(&[("web.yaml", &text), ("notes.yaml", notes)]);
    let after = judged(&[("renamed/everything.yaml", &moved)]);
    assert_eq!((state(&before), state(&after)), ("applied", "applied"));
    assert_eq!(before.estate.need, after.estate.need);
}

#[test]
fn findings_and_questions_can_be_suppressed() {
    let bare = WEB
        .replace("          readinessProbe: {httpGet: {path: /, port: 80}}\n", "")
        .replace("          resources: {requests: {cpu: 500m, memory: 1Gi}}\n", "");
    let plain = judged(&[("web.yaml", &bare)]);
    let codes: Vec<String> = findings(&plain.estate).into_iter().map(str::to_owned).collect();
    assert!(!codes.is_empty());
    for code in codes {
        let places = plain.estate.findings.iter().any(|each| each.code == code && !each.evidence.is_empty());
        let told = judged(&[("web.yaml", &format!("# kubeworthy: ignore-file[{code}] known\n{bare}"))]);
        assert_eq!(!findings(&told.estate).contains(&code.as_str()), places, "{code}");
    }
}

#[test]
fn the_share_is_how_far_the_need_would_rise() {
    let large = WEB.replace("replicas: 3", "replicas: 40").replace("cpu: 500m, memory: 1Gi", "cpu: 8, memory: 32Gi");
    let plain = judged(&[("web.yaml", &large), ("scaler.yaml", SCALER)]);
    for claim in plain.estate.claims.iter().filter(|claim| claim.share > 0.0) {
        let rules = claim.rules.join(", ");
        let file = |text: &str| format!("# kubeworthy: ignore-file[{rules}] by contract\n{text}");
        let told = judged(&[("web.yaml", &file(&large)), ("scaler.yaml", &file(SCALER))]);
        let (need, all) = (told.estate.need.score, told.estate.need.unsuppressed.expect("something is suppressed"));
        assert_eq!(all, plain.estate.need.score, "{rules}");
        assert!(need < all, "{rules}: {need} {all}");
        let most = told.estate.suppressed.iter().map(|each| each.share).fold(0.0, f64::max);
        assert!(most > 0.0 && most <= all - need + 0.051, "{rules}: {most} of {need} to {all}");
        assert_eq!(told.estate.need.score, told.systems[0].need.score);
    }
}

/// The folders of systems that the properties are held against.
fn many() -> Vec<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let stories = std::fs::read_dir(root.join("fixtures")).expect("the fixtures").filter_map(Result::ok);
    // One story is about suppressions itself.
    let is_plain = |path: &std::path::PathBuf| path.join("expect.yaml").is_file() && !path.ends_with("said-in-place");
    let mut folders: Vec<_> = stories.map(|entry| entry.path()).filter(is_plain).collect();
    folders.sort();
    folders
}

fn read(folder: &std::path::Path) -> Collected {
    let inputs = [kubeworthy::source::Input::Path(folder.to_owned())];
    kubeworthy::source::collect(&inputs, &kubeworthy::choices::Choices::default())
}

/// The same files with a line before each of those that are YAML.
fn headed(collected: &Collected, line: &str) -> Collected {
    let is_manifest = |file: &SourceFile| {
        [".yaml", ".yml"].iter().any(|end| file.name.ends_with(end)) && !file.text.trim_start().starts_with(['{', '%'])
    };
    let head = |file: &SourceFile| {
        if is_manifest(file) {
            SourceFile::new(file.name.as_str(), format!("{line}\n{}", file.text))
        } else {
            file.clone()
        }
    };
    Collected {
        files: collected.files.iter().map(head).collect(),
        choices: collected.choices.clone(),
        ..Collected::default()
    }
}

#[test]
fn what_ignores_nothing_that_fires_changes_no_number() {
    let mut asked = 0;
    for folder in many() {
        let collected = read(&folder);
        let plain = assess(&headed(&collected, "# nothing"), kit());
        let fires: Vec<String> = numbers(&plain);
        let quiet: Vec<&str> = kit()
            .rules
            .iter()
            .map(|rule| rule.code.as_str())
            .filter(|code| {
                !fires.iter().any(|line| line.contains(*code))
                    && !plain.estate.claims.iter().any(|claim| {
                        claim.rules.iter().any(|rule| rule == code) || claim.lowered_by.as_deref() == Some(*code)
                    })
            })
            .collect();
        let of_systems = |code: &&&str| plain.systems.iter().all(|system| !claims(system).contains(*code));
        let quiet: Vec<&str> = quiet.iter().filter(of_systems).copied().collect();
        let told =
            assess(&headed(&collected, &format!("# kubeworthy: ignore-file[{}] nothing", quiet.join(", "))), kit());
        assert_eq!(numbers(&told), numbers(&plain), "{}", folder.display());
        asked += told.suppressions.len();
    }
    assert!(asked > 1000, "{asked}");
}

#[test]
fn auditors_get_the_numbers_of_the_input_without_suppressions() {
    let mut moved = 0;
    for folder in many() {
        let collected = read(&folder);
        let plain = assess(&headed(&collected, "# nothing"), kit());
        let mut all = headed(&collected, "# kubeworthy: ignore-file[all] a try");
        let told = assess(&all, kit());
        moved += usize::from(told.estate.need.score < plain.estate.need.score);
        if told.estate.overlay == plain.estate.overlay && !told.estate.suppressed.is_empty() {
            assert_eq!(told.estate.need.unsuppressed, Some(plain.estate.need.score), "{}", folder.display());
        }
        all.choices.no_ignores = true;
        assert_eq!(numbers(&assess(&all, kit())), numbers(&plain), "{}", folder.display());
    }
    assert!(moved > 5, "{moved}");
}

/// The report on a folder with these files, as the program gives it on a day.
fn report(files: &[(&str, &str)], arguments: &[&str]) -> serde_json::Value {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(["assess", "-q", "-o", "json"])
        .args(arguments)
        .env("SOURCE_DATE_EPOCH", "1795651200")
        .current_dir(folder.path())
        .output()
        .expect("the program runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// The states of what the configuration suppresses, with the lines.
fn configured(report: &serde_json::Value) -> Vec<(String, String, u64)> {
    let list = report["suppressions"].as_array().expect("a list").iter();
    let of_configuration = list.filter(|each| each["form"] == "configuration");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    of_configuration
        .map(|each| (text(&each["rules"][0]), text(&each["state"]), each["place"]["line"].as_u64().unwrap_or(0)))
        .collect()
}

#[test]
fn the_configuration_suppresses_by_files_systems_and_days() {
    let ignore = |entry: &str| format!("ignore:\n  - {entry}\n");
    let other = WEB.replace("web", "api");
    let told = |entry: &str| {
        let report =
            report(&[("kubeworthy.yaml", &ignore(entry)), ("shop/web.yaml", WEB), ("other/api.yaml", &other)], &["."]);
        let still = report["estate"]["claims"].as_array().expect("claims").iter();
        let still =
            still.flat_map(|claim| claim["rules"].as_array().cloned().unwrap_or_default()).any(|rule| rule == "KW103");
        let states: Vec<String> = configured(&report).into_iter().map(|each| each.1).collect();
        (states.join(","), still)
    };
    let applied = |still: bool| ("applied".to_owned(), still);
    assert_eq!(told("{rules: KW103, reason: by contract}"), applied(false));
    assert_eq!(told("{rules: availability, paths: 'shop/**', reason: by contract}"), applied(true));
    assert_eq!(told("{rules: KW103, paths: ['shop/**', 'other/*.yaml'], reason: by contract}"), applied(false));
    assert_eq!(told("{rules: KW103, systems: other, reason: by contract}"), applied(true));
    assert_eq!(told("{rules: KW103, paths: 'gone/**', reason: by contract}"), ("unused".to_owned(), true));
    assert_eq!(told("{rules: KW103, systems: othre, reason: by contract}"), ("unused".to_owned(), true));
    assert_eq!(told("{rules: KW105, reason: by contract}"), ("unused".to_owned(), true));
    assert_eq!(told("{rules: KW103}"), ("without-reason".to_owned(), true));
    // The program's day is 2026-11-26: the day itself still counts.
    assert_eq!(told("{rules: KW103, reason: x, until: 2026-11-26}"), applied(false));
    assert_eq!(told("{rules: KW103, reason: x, until: 2026-11-25}"), ("expired".to_owned(), true));
}

#[test]
fn what_names_nothing_is_unused_where_everything_was_read() {
    let ignore = "ignore: [{rules: KW103, paths: 'gone/**', reason: x}, {rules: KW103, systems: nots, reason: x}]\n";
    let files = [(".git/HEAD", ""), ("kubeworthy.yaml", ignore), ("shop/web.yaml", WEB), ("other/notes.txt", "")];
    let states =
        |paths: &[&str]| -> Vec<String> { configured(&report(&files, paths)).into_iter().map(|each| each.1).collect() };
    assert_eq!(states(&["."]), ["unused", "unused"]);
    assert_eq!(states(&["shop"]), ["not-asked", "not-asked"]);
    assert_eq!(states(&["shop/web.yaml"]), ["not-asked", "not-asked"]);
    assert_eq!(states(&["shop", "."]), ["unused", "unused"]);
}

#[test]
fn the_configuration_of_the_estate_covers_what_is_said_of_the_estate() {
    let other = WEB.replace("web", "api");
    let own = "require-reason: true\n";
    let files = |root: &'static str| {
        [
            ("kubeworthy.yaml", root),
            ("a/kubeworthy.yaml", own),
            ("a/web.yaml", WEB),
            ("b/kubeworthy.yaml", own),
            ("b/api.yaml", other.as_str()),
        ]
        .map(|(name, text)| (name, text.to_owned()))
    };
    let told = |root: &'static str| {
        let files = files(root);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        report(&files, &["."])
    };
    let plain = told("teams: 1\n");
    let codes = |report: &serde_json::Value, of: &str| -> Vec<String> {
        let list = if of == "estate" { &report["estate"]["findings"] } else { &report["systems"][0]["findings"] };
        list.as_array().expect("a list").iter().map(|each| each["code"].as_str().expect("a code").to_owned()).collect()
    };
    let of_systems = codes(&plain, "systems");
    let of_all = codes(&plain, "estate").into_iter().find(|code| !of_systems.contains(code)).expect("a finding of all");
    let ignore: &'static str = Box::leak(format!("ignore: [{{rules: {of_all}, reason: x}}]\n").into_boxed_str());
    let told = told(ignore);
    assert!(!codes(&told, "estate").contains(&of_all), "{of_all}");
    assert_eq!(configured(&told), [(of_all, "applied".to_owned(), 1)]);
}

#[test]
fn reasons_are_asked_for_by_the_configuration_that_holds_where_a_suppression_stands() {
    let bare = format!("# kubeworthy: ignore-file[KW103]\n{WEB}");
    let other = bare.replace("web", "api");
    let files =
        [("one/kubeworthy.yaml", "require-reason: false\n"), ("one/web.yaml", &bare), ("other/api.yaml", &other)];
    let states = |files: &[(&str, &str)], path: &str| -> Vec<String> {
        let report = report(files, &[path]);
        let list = report["suppressions"].as_array().expect("a list");
        list.iter().map(|each| each["state"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(states(&files, "."), ["applied", "without-reason"]);
    let turned = [
        ("one/web.yaml", bare.as_str()),
        ("other/kubeworthy.yaml", "require-reason: false\n"),
        ("other/api.yaml", &other),
    ];
    assert_eq!(states(&turned, "."), ["without-reason", "applied"]);
}

#[test]
fn a_draft_is_as_good_as_a_file() {
    let text = behind(WEB, "replicas: 3", "# kubeworthy: ignore[KW103]");
    let draft = |name: &str, text: &str| SourceFile::new(name, text);
    let mut collected = Collected {
        files: vec![draft("notes/kubeworthy.yaml", "require-reason: false\n"), draft("notes/web.yaml", &text)],
        ..Collected::default()
    };
    kubeworthy::source::find(&mut collected, &[]);
    assert_eq!(state(&assess(&collected, kit())), "applied");
}

#[test]
fn near_misses_are_told_and_prose_is_left_alone() {
    for comment in [
        "# Kubeworthy: Ignore[KW103] r",
        "# kubeworthy: ignore[KW103] until=2020-01-01",
        "# kubeworthy ignore[KW103] r",
    ] {
        assert_eq!(
            state(&judged(&[("web.yaml", &behind(WEB, "replicas: 3", comment))])),
            "not-understood",
            "{comment}"
        );
    }
    for comment in ["# Kubeworthy says more", "# kubeworthy ignores [this]", "# Kubeworthy: ignore the rest"] {
        assert_eq!(states(&judged(&[("web.yaml", &behind(WEB, "replicas: 3", comment))])), [], "{comment}");
    }
    // A family by its number alone, wherever it is written.
    let annotated = WEB.replacen("  name: web\n", "  name: web\n  annotations: {ignore.kubeworthy/KW1: x}\n", 1);
    assert_eq!(state(&judged(&[("web.yaml", &annotated)])), "applied");
}

#[test]
fn lines_may_end_as_on_old_machines() {
    let text = above(WEB, "selector", "# kubeworthy: ignore[KW103] about the selector alone").replace('\n', "\r");
    let told = judged(&[("web.yaml", &text)]);
    assert_eq!(state(&told), "unused");
    let text = format!("# kubeworthy: ignore-file[KW103] all of it\n{WEB}").replace('\n', "\r");
    assert_eq!(state(&judged(&[("web.yaml", &text)])), "applied");
}

#[test]
fn many_suppressions_take_no_longer_than_few() {
    let documents = |count: usize, comment: &str| -> String {
        let one = |number: usize| format!("{comment}{}---\n", WEB.replace("web", &format!("web{number}")));
        (0..count).map(one).collect()
    };
    let seconds = |text: &str| {
        let start = std::time::Instant::now();
        judged(&[("web.yaml", text)]);
        start.elapsed().as_secs_f64()
    };
    let comment = "# kubeworthy: ignore[KW103, KW108] by contract\n";
    let (plain, told) = (seconds(&documents(1500, "")), seconds(&documents(1500, comment)));
    assert!(told < 4.0 * plain + 1.0, "{told} s with suppressions, {plain} s without");
}

#[test]
fn an_entry_that_several_files_extend_is_one_suppression() {
    let base = "ignore: [{rules: KW103, reason: by contract}]\n";
    let own = "extends: ../base/kubeworthy.yaml\n";
    let single = WEB.replace("web", "api").replace("replicas: 3", "replicas: 1");
    let files = [
        ("base/kubeworthy.yaml", base),
        ("shop/kubeworthy.yaml", own),
        ("shop/web.yaml", WEB),
        ("other/kubeworthy.yaml", own),
        ("other/api.yaml", single.as_str()),
        (".git/HEAD", "ref: refs/heads/main\n"),
    ];
    let told = report(&files, &["."]);
    assert_eq!(configured(&told), [("KW103".to_owned(), "applied".to_owned(), 1)]);
}

#[test]
fn reasons_may_be_left_out_where_the_configuration_says_so() {
    let text = behind(WEB, "replicas: 3", "# kubeworthy: ignore[KW103]");
    let files = [("kubeworthy.yaml", "require-reason: false\n"), ("web.yaml", text.as_str())];
    assert_eq!(report(&files, &["."])["suppressions"][0]["state"], "applied");
    assert_eq!(report(&files[1..], &["."])["suppressions"][0]["state"], "without-reason");
    assert_eq!(report(&files, &[".", "--no-ignores"])["suppressions"][0]["state"], "not-honoured");
}
