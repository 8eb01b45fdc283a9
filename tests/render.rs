//! Templates that nobody rendered, rendering with the user's own tools, and rendered text on standard input.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]
#![cfg(unix)]

mod support;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use kubeworthy::assessment::SystemAssessment;
use kubeworthy::choices::Choices;
use kubeworthy::facts::{Fact, FactSet, SystemView};
use kubeworthy::inventory::Inventory;
use kubeworthy::source::{Input, collect};
use serde_json::Value;

/// A folder of its own for one test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(path, text).expect("written");
        self
    }

    /// A program that stands for one of the user's tools, in `bin/`.
    fn tool(&self, name: &str, script: &str) -> &Self {
        self.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
        let path = self.path().join("bin").join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
        self
    }

    /// Runs `assess` in this folder with nothing but its own tools on PATH.
    fn assess(&self, arguments: &[&str], input: &str) -> Output {
        std::fs::create_dir_all(self.path().join("bin")).expect("the folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
            .args(["assess", "--color", "never"])
            .args(arguments)
            .current_dir(self.path())
            .env("PATH", format!("{}/bin:/nowhere", self.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("read by the program");
        drop(stdin);
        child.wait_with_output().expect("it ends")
    }

    /// The report, and what was said beside it.
    fn report(&self, arguments: &[&str], input: &str) -> (Value, String) {
        let output = self.assess(&[arguments, &["-o", "json"]].concat(), input);
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(0), "{said}");
        (serde_json::from_slice(&output.stdout).expect("JSON"), said.replace("\n  │ ", " ").replace("\n        ", " "))
    }
}

/// A report without what is long.
fn brief(report: &Value) -> String {
    let mut report = report.clone();
    let systems = report["systems"].as_array_mut().expect("a list").iter_mut();
    systems.for_each(|system| system["targets"] = Value::Null);
    report["estate"] = Value::Null;
    format!("{report:#}")
}

fn system<'r>(report: &'r Value, id: &str) -> &'r Value {
    let systems = report["systems"].as_array().expect("a list");
    systems.iter().find(|system| system["id"] == id).unwrap_or_else(|| panic!("{id} among {systems:#?}"))
}

/// The first place of a claim.
fn evidence<'r>(report: &'r Value, capability: &str) -> &'r Value {
    let claims = report["estate"]["claims"].as_array().expect("a list");
    &claims.iter().find(|claim| claim["capability"] == capability).expect("the claim")["evidence"][0]
}

/// A chart with a store of its own, a web server whose copies are a matter of values, and a worker that may be switched
/// off.
fn chart(folder: &Folder, at: &str) {
    folder.write(&format!("{at}/Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 0.1.0\n");
    folder.write(
        &format!("{at}/values.yaml"),
        "apiVersion: apps/v1\nkind: Deployment\nimage: postgres:17\nservices:\n  web: {image: shop/web, ports: ['80:80']}\n",
    );
    folder.write(
        &format!("{at}/values-live.yaml"),
        "services:\n  web: {image: shop/web, restart: always}\n  db: {image: postgres:17, volumes: ['db:/data']}\n",
    );
    folder.write(&format!("{at}/values.schema.json"), "{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"services\": {}}");
    folder.write(
        &format!("{at}/templates/_pieces.yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: piece}\nspec: {containers: [{name: a, image: b}]}\n",
    );
    folder.write(&format!("{at}/templates/NOTES.txt"), "apiVersion kind services\n");
    folder.write(
        &format!("{at}/templates/store.yaml"),
        r#"{{/* the store */}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}-store
spec:
  serviceName: {{ .Release.Name }}-store
  replicas: {{ .Values.store.replicas }}
  selector:
    matchLabels: {app: store}
  template:
    metadata:
      labels: {app: store}
    spec:
      hostNetwork: true
      containers:
        - name: store
          image: redis:{{ .Values.store.tag }}
          env:
            - {name: PASSWORD, value: {{ default "CANARY-7f3a9" .Values.store.password | quote }}}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: "{{ .Values.store.size }}"}}
"#,
    );
    folder.write(
        &format!("{at}/templates/web.yaml"),
        r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.name" . }}-web
spec:
  {{- if not .Values.autoscaling }}
  replicas: 1
  {{- end }}
  selector:
    matchLabels: {{- include "shop.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "shop.labels" . | nindent 8 }}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image }}"
"#,
    );
    folder.write(
        &format!("{at}/templates/worker.yaml"),
        "{{- if .Values.worker }}\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker}\nspec:\n  template:\n    \
         spec: {containers: [{name: w, image: shop/worker}]}\n{{- end }}\n",
    );
}

/// What helm makes of it.
const RENDERED: &str = r"---
# Source: shop/templates/store.yaml
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: live-store}
spec:
  serviceName: live-store
  replicas: 1
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers:
        - {name: store, image: 'redis:7'}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce]}
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: live-web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: shop/web}
";

fn prints(text: &str) -> String {
    format!("/bin/cat <<'END'\n{text}END")
}

#[test]
fn a_chart_that_nobody_rendered_says_what_is_certain_and_leaves_the_rest_open() {
    let folder = Folder::new();
    chart(&folder, "charts/shop");
    let (report, said) = folder.report(&["."], "");
    let shop = system(&report, "chart:charts/shop");
    assert_eq!((&shop["workloads"], &shop["partial"], &shop["confidence"]), (&2.into(), &2.into(), &0.into()));
    assert_eq!(report["systems"].as_array().map(Vec::len), Some(1), "values are no system: {}", brief(&report));
    assert_eq!(shop["verdict"], "inconclusive");
    assert_eq!(shop["need"]["high"], 100.0);
    // What stands there without a condition claims as usual, where it stands.
    let volume = evidence(&report, "volume");
    assert_eq!((&volume["file"], &volume["line"]), (&"charts/shop/templates/store.yaml".into(), &22.into()));
    assert_eq!(volume["object"], "StatefulSet/‹.Release.Name›-store");
    assert_eq!(evidence(&report, "host-access")["line"], 15);
    // What is missing says nothing.
    let findings = shop["findings"].as_array().expect("a list");
    for code in ["KW108", "KW109", "KW110", "KW310", "KW506"] {
        assert!(findings.iter().all(|finding| finding["code"] != code), "{code}");
    }
    // The worker is counted once, and by its pointer alone.
    let hidden = report["inputs"]["not_understood"].as_array().expect("a list");
    assert_eq!(hidden.len(), 1, "{hidden:?}");
    assert_eq!(hidden[0]["kinds"], serde_json::json!(["Deployment"]));
    let gap = report["inputs"]["gaps"].to_string();
    assert!(gap.contains("workloads read in part: 2, not visible: 1"), "{gap}");
    assert!(gap.contains("--render") && gap.contains("helm template shop ./charts/shop"), "{gap}");
    assert_eq!(said.matches("was not rendered").count(), 1, "{said}");
    assert!(!said.contains("CANARY") && !report.to_string().contains("CANARY"));
    for folder in ["charts/shop/values.yaml", "charts/shop/values-live.yaml", "charts/shop/values.schema.json"] {
        assert!(report["inputs"]["skipped"].to_string().contains(folder), "{folder}");
    }
}

#[test]
fn facts_of_a_template_are_known_or_unknown_and_never_absent() {
    let folder = Folder::new();
    chart(&folder, "shop");
    let kit = support::kit();
    let collected = collect(&[Input::Path(folder.path().join("shop"))], &Choices::default());
    let inventory = Inventory::read(&collected.files, &[], &collected.choices, &kit.tables);
    let view = SystemView::new(&inventory, &kit.tables, &inventory.systems[0]);
    let system = FactSet::of_system(&view);
    let facts = |name: &str| {
        let workload = view.workloads().find(|workload| workload.object_name().contains(name)).expect("the workload");
        FactSet::of_workload(&workload, &system)
    };
    let (store, web) = (facts("store"), facts("web"));
    let unknown =
        |fact: &Fact| matches!(fact, Fact::Unknown { reason, .. } if *reason == "the template is not rendered");
    for name in ["workload.copies", "workload.most-copies", "workload.readiness", "workload.budget", "workload.sized"] {
        assert!(unknown(store.named(name)) && unknown(web.named(name)), "{name}: {:?}", store.named(name));
    }
    for name in ["workload.volume", "workload.engine", "workload.host-access", "workload.account-unbound"] {
        assert!(unknown(web.named(name)), "{name}: {:?}", web.named(name));
    }
    assert_eq!(store.named("workload.own-volumes").as_boolean(), Some(true));
    assert_eq!(store.named("workload.host-access").as_boolean(), Some(true));
    assert!(matches!(store.named("workload.engine"), Fact::Known { .. }), "the name of its image is certain");
    assert_eq!(web.named("workload.own-volumes").as_boolean(), Some(false), "a Deployment cannot have them");
    assert_eq!(web.named("workload.timed").as_boolean(), Some(false));
    for name in ["system.all-single", "system.static-files", "system.windows", "system.timed-jobs-only"] {
        assert!(unknown(system.named(name)), "{name}: {:?}", system.named(name));
    }
    assert!(matches!(system.named("system.services"), Fact::AtLeast { value: 2.0, .. }));
}

#[test]
fn a_flag_for_the_election_of_a_leader_and_rights_count_in_templates() {
    let folder = Folder::new();
    folder.write("c/Chart.yaml", "name: operator\n");
    folder.write(
        "c/templates/all.yaml",
        r#"apiVersion: {{ include "api" . }}
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  template:
    spec:
      serviceAccountName: {{ include "operator.account" . }}
      containers:
        - {name: manager, image: "{{ .Values.image }}", args: ["--leader-elect"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: {{ include "operator.role" . }}}
rules:
  - {apiGroups: [apps], resources: [deployments], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b}
roleRef: {kind: ClusterRole, name: {{ include "operator.role" . }}}
subjects:
  - {kind: ServiceAccount, name: {{ include "operator.account" . }}, namespace: {{ .Release.Namespace }}}
"#,
    );
    // Another chart uses the same names, which are not the same.
    folder.write("d/Chart.yaml", "name: other\n");
    folder.write(
        "d/templates/web.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \"{{ .Release.Name }}\"}\nspec:\n  template:\n    spec:\n      \
         serviceAccountName: {{ include \"operator.account\" . }}\n      containers: [{name: a, image: web}]\n",
    );
    let (report, _) = folder.report(&["."], "");
    let verdict = |id: &str| system(&report, id)["verdict"].clone();
    assert_eq!(
        (verdict("chart:c"), verdict("chart:d")),
        ("k8s-native".into(), "inconclusive".into()),
        "{}",
        brief(&report)
    );
}

#[test]
fn sub_charts_belong_to_their_chart_and_missing_ones_are_not_visible() {
    let folder = Folder::new();
    chart(&folder, "shop");
    folder.write("shop/Chart.yaml", "name: shop\ndependencies:\n  - {name: cache}\n  - {name: mail}\n");
    chart(&folder, "shop/charts/cache");
    let (report, _) = folder.report(&["."], "");
    assert_eq!(report["systems"].as_array().map(Vec::len), Some(1));
    let gaps = report["inputs"]["gaps"].to_string();
    assert!(gaps.contains("workloads read in part: 4, not visible: 3"), "{gaps}");
}

#[test]
fn templates_outside_of_charts_and_of_jinja_are_read_in_part_too() {
    let folder = Folder::new();
    folder.write(
        "web.yaml",
        "{% if tls %}\n# note\n{% endif %}\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: \
         {{ copies }}\n  template:\n    spec:\n      containers: [{name: web, image: 'shop/web:{{ tag }}'}]\n",
    );
    folder.write(
        "plain.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: b}]}\n",
    );
    folder.write("broken.yaml", "apiVersion: v1\nkind: Pod\n{{ if .x }}\nmetadata: {name: never}\n");
    folder.write("compose.yaml", "services:\n  web:\n    image: {{ registry }}/web\n");
    let (report, _) = folder.report(&["."], "");
    let estate = &report["estate"];
    assert_eq!((&estate["workloads"], &estate["partial"]), (&2.into(), &1.into()), "{}", brief(&report));
    let kinds = report["inputs"]["not_understood"].to_string();
    assert!(kinds.contains("Pod") && kinds.contains("Compose service"), "{kinds}");
}

#[test]
fn rendering_takes_the_place_of_the_sources_and_points_back_at_them() {
    let folder = Folder::new();
    chart(&folder, "charts/shop");
    folder.write("charts/shop/crds/cart.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: carts.example.com}\nspec: {group: example.com, names: {kind: Cart}}\n");
    folder.tool("helm", &format!("echo \"$@\" >&2\n{}", prints(RENDERED)));
    let arguments =
        [".", "--render", "--values=a b.yaml", "--helm-set", "db.password=CANARY-7f3a9", "--release-namespace", "live"];
    let (report, said) = folder.report(&arguments, "");
    let shop = system(&report, "chart:charts/shop");
    assert_eq!(report["systems"].as_array().map(Vec::len), Some(1));
    assert_eq!((&shop["workloads"], &shop["partial"]), (&2.into(), &0.into()), "{}", brief(&report));
    assert_eq!(evidence(&report, "extends-kubernetes")["file"], "charts/shop/crds/cart.yaml");
    let volume = evidence(&report, "volume");
    assert_eq!(
        (&volume["file"], &volume["line"]),
        (&"charts/shop/templates/store.yaml".into(), &22.into()),
        "{volume}"
    );
    assert_eq!(volume["rendered"]["document"], "charts/shop (rendered by helm)");
    assert_eq!(volume["rendered"]["template"], "shop/templates/store.yaml");
    assert!(report["inputs"]["skipped"].to_string().contains("read as part of charts/shop (rendered by helm)"));
    assert!(report["inputs"]["gaps"].as_array().is_some_and(Vec::is_empty), "{}", brief(&report));
    assert!(said.contains("helm template shop ./charts/shop '--values=a b.yaml' "), "{said}");
    assert!(said.contains("template shop ./charts/shop --values=a b.yaml"), "the tool's own words: {said}");
    assert!(said.contains("--namespace=live"), "{said}");
    // The tool echoes its arguments; the value of `--set` is shown by neither.
    assert!(!said.contains("CANARY"), "{said}");
}

#[test]
fn kustomizations_are_rendered_as_roots_by_either_tool() {
    const BUILT: &str = r"apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    config.kubernetes.io/origin: |
      path: ../base/web.yaml
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'shop/web:1'}]
";
    let folder = Folder::new();
    folder.write("k/base/kustomization.yaml", "resources: [web.yaml]\n");
    folder.write("k/base/web.yaml", "# the web\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  template:\n    spec: {containers: [{name: web, image: 'shop/web:1'}]}\n");
    folder.write("k/live/kustomization.yaml", "resources: [../base]\n");
    folder.tool("kubectl", &format!("test \"$1\" = kustomize || exit 7\n{}", prints(BUILT)));
    let (report, said) = folder.report(&[".", "--render"], "");
    let web = system(&report, "kustomization:k/base");
    assert_eq!((&web["workloads"], report["systems"].as_array().map(Vec::len)), (&1.into(), Some(1)));
    let copies = evidence(&report, "survive-host-loss");
    assert_eq!((&copies["file"], &copies["line"]), (&"k/base/web.yaml".into(), &6.into()), "{copies}");
    assert_eq!(copies["rendered"]["document"], "k/live (rendered by kubectl kustomize)");
    assert!(said.contains("k/live: kubectl kustomize ./k/live") && !said.contains("kustomize ./k/base"), "{said}");
    folder.tool("kustomize", "test \"$1\" = build || exit 7\necho 'no such base' >&2; exit 1");
    let (report, said) = folder.report(&[".", "--render"], "");
    assert!(said.contains("kustomize build ./k/live") && said.contains("no such base"), "{said}");
    assert!(report["estate"]["workloads"].as_u64() == Some(1), "the sources are read instead");
}

#[test]
fn a_tool_that_fails_loses_nothing() {
    let folder = Folder::new();
    chart(&folder, "shop");
    let plain = folder.report(&["."], "").0;
    let same = |report: &Value| {
        assert_eq!(report["estate"]["verdict"], plain["estate"]["verdict"]);
        assert_eq!(report["systems"], plain["systems"]);
    };
    let (report, said) = folder.report(&[".", "--render"], "");
    same(&report);
    assert!(
        said.contains("helm is not installed") && said.contains("`helm template shop ./shop | kubeworthy assess -`"),
        "{said}"
    );

    let words =
        "printf 'Error: \\033[31mno\\033[0m https://me:CANARY-7f3a9@example.com/x token=CANARY-7f3a9\\n' >&2; exit 3";
    folder.tool("helm", words);
    let (report, said) = folder.report(&[".", "--render", "-q"], "");
    same(&report);
    assert!(said.contains("exit code 3") && said.contains("https://…@example.com/x"), "{said}");
    assert!(!said.contains("CANARY") && !said.contains('\u{1b}'), "{said}");

    folder.tool("helm", "echo 'found in Chart.yaml, but missing in charts/ directory: db' >&2; exit 1");
    let (report, said) = folder.report(&[".", "--render"], "");
    same(&report);
    assert!(said.contains("run `helm dependency build shop` first"), "{said}");

    folder.tool("helm", "echo 'Have a nice day.'");
    let (report, said) = folder.report(&[".", "--render"], "");
    same(&report);
    assert!(said.contains("holds no Kubernetes object"), "{said}");

    folder.tool("helm", "while :; do echo 'apiVersion: v1 # kind'; done");
    let (report, said) = folder.report(&[".", "--render", "--max-file-size", "100KiB"], "");
    same(&report);
    assert!(said.contains("printed more than 0.1 MiB"), "{said}");

    for hangs in ["exec /bin/sleep 30", "/bin/sleep 30 & wait"] {
        folder.tool("helm", hangs);
        let start = Instant::now();
        let (report, said) = folder.report(&[".", "--render", "--render-timeout", "1"], "");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
        same(&report);
        assert!(said.contains("took longer than 1 second") && said.contains("--render-timeout"), "{said}");
    }
}

#[test]
fn what_only_renders_is_refused_without_rendering_and_names_are_no_flags() {
    let folder = Folder::new();
    chart(&folder, "-shop");
    for arguments in [&["--values", "x.yaml"][..], &["--helm-set", "a=b"], &["--render", "--release=--post-renderer"]] {
        assert_eq!(folder.assess(arguments, "").status.code(), Some(2), "{arguments:?}");
    }
    folder.tool("helm", &format!("test \"$3\" = ./-shop || exit 9\n{}", prints(RENDERED)));
    let (report, said) = folder.report(&[".", "--render"], "");
    assert_eq!(report["estate"]["partial"], 0, "{said}");
    // A chart that makes nothing with these values is no failure, and nothing is left to assess.
    folder.tool("helm", "exit 0");
    assert_eq!(folder.assess(&[".", "--render"], "").status.code(), Some(3));
}

#[test]
fn rendered_text_on_standard_input_names_its_templates() {
    let folder = Folder::new();
    let (report, _) = folder.report(&["-"], RENDERED);
    let volume = evidence(&report, "volume");
    assert_eq!((&volume["file"], &volume["line"]), (&"<stdin>".into(), &16.into()), "{volume}");
    assert_eq!(volume["object"], "StatefulSet/live-store");
    assert_eq!(volume["rendered"]["template"], "shop/templates/store.yaml");
    let screen = folder.assess(&["-", "--width", "200"], RENDERED).stdout;
    let screen = String::from_utf8(screen).expect("text");
    assert!(screen.contains("<stdin>:16:18 (shop/templates/store.yaml)"), "{screen}");
    // What kustomize prints has no such comment, and stands for itself.
    let built = RENDERED.replace("# Source: ", "# ");
    let (report, _) = folder.report(&["-"], &built);
    assert_eq!((&report["estate"]["workloads"], &evidence(&report, "volume")["rendered"]), (&2.into(), &Value::Null));
    // A comment that is no path is none.
    let hostile = RENDERED.replace("shop/templates/store.yaml", &"x".repeat(400));
    let (report, _) = folder.report(&["-"], &hostile);
    assert_eq!(evidence(&report, "volume")["rendered"], Value::Null);
}

#[test]
fn tests_of_a_chart_are_no_part_of_what_it_runs() {
    let pod = |hook: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {hook}, annotations: {{helm.sh/hook: {hook}}}}}\nspec: \
             {{containers: [{{name: a, image: b}}]}}\n"
        )
    };
    let (report, _) = Folder::new().report(&["-"], &(RENDERED.to_owned() + &pod("test") + &pod("post-install")));
    assert_eq!(report["estate"]["workloads"], 3);
}

/// What `kubectl get deployments,replicasets,pods -o yaml` prints.
const LISTED: &str = r#"apiVersion: v1
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    annotations:
      deployment.kubernetes.io/revision: "3"
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"}}
    creationTimestamp: "2026-01-01T00:00:00Z"
    generation: 3
    managedFields:
    - apiVersion: apps/v1
      fieldsType: FieldsV1
      fieldsV1: {f:spec: {f:replicas: {}}}
      manager: kubectl-client-side-apply
      operation: Update
    name: web
    namespace: shop
    resourceVersion: "1234"
    uid: 00000000-0000-0000-0000-000000000001
  spec:
    progressDeadlineSeconds: 600
    replicas: 2
    selector:
      matchLabels: {app: web}
    strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 25%}, type: RollingUpdate}
    template:
      metadata: {creationTimestamp: null, labels: {app: web}}
      spec:
        containers:
        - image: shop/web:1
          name: web
          readinessProbe: {httpGet: {path: /, port: 80}}
          resources: {requests: {cpu: 100m, memory: 64Mi}}
  status: {availableReplicas: 2, readyReplicas: 2, replicas: 2}
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata:
    name: web-5d4f
    namespace: shop
    ownerReferences:
    - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true, uid: 00000000-0000-0000-0000-000000000001}
  spec:
    replicas: 2
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: 'shop/web:1'}]}
- apiVersion: v1
  kind: Pod
  metadata:
    name: web-5d4f-x1
    namespace: shop
    labels: {app: web}
    ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4f, controller: true}]
  spec: {nodeName: node-1, containers: [{name: web, image: 'shop/web:1'}]}
  status: {phase: Running}
kind: List
metadata:
  resourceVersion: ""
"#;

#[test]
fn lists_of_a_cluster_on_standard_input_are_read_without_what_the_cluster_made() {
    let folder = Folder::new();
    let (report, said) = folder.report(&["-"], LISTED);
    assert_eq!(report["estate"]["workloads"], 1, "{}", brief(&report));
    assert_eq!(system(&report, "namespace:shop")["claims"], report["estate"]["claims"]);
    assert_eq!(evidence(&report, "survive-host-loss")["object"], "Deployment/shop/web");
    assert!(!said.contains("not valid"), "{said}");
    let value: Value = serde_saphyr::from_str(LISTED).expect("YAML");
    let as_json = serde_json::to_string_pretty(&value).expect("JSON");
    let (from_json, _) = folder.report(&["-"], &as_json);
    for key in ["workloads", "verdict", "need", "confidence", "axes"] {
        assert_eq!(from_json["estate"][key], report["estate"][key], "{key}");
    }
    let lone_pod = &LISTED[LISTED.find("- apiVersion: v1\n  kind: Pod").expect("the pod")..];
    let (report, _) = folder.report(&["-"], &format!("apiVersion: v1\nitems:\n{lone_pod}"));
    assert_eq!(report["estate"]["workloads"], 1, "its owner is not in the input");
}

/// A real helm, from its Go module; none where there is no Go.
fn helm() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
    let bin = cache.join("kubeworthy-tools/bin");
    let helm = bin.join("helm");
    if !helm.exists() {
        let built = Command::new("go")
            .args(["install", "helm.sh/helm/v3/cmd/helm@v3.22.0"])
            .env("GOBIN", &bin)
            .stdin(Stdio::null())
            .status();
        if !built.is_ok_and(|status| status.success()) || !helm.exists() {
            return None;
        }
    }
    Some(bin)
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).expect("a folder");
        } else {
            std::fs::write(target, std::fs::read(entry.path()).expect("a file")).expect("written");
        }
    }
}

fn shown(estate: &SystemAssessment) -> String {
    format!("{:<12} need {:>5.1}  confidence {:>2} %", estate.verdict.id(), estate.need.score, estate.confidence)
}

#[test]
fn real_charts_unrendered_are_never_needless_and_rendered_are_understood() {
    let Some(corpus) = support::corpus() else { return };
    let Some(bin) = helm() else {
        println!("skipped: there is no helm, and no Go to build it with");
        return;
    };
    let kit = support::kit();
    // The charts with empty stand-ins for those that they take from elsewhere, and for the Kubernetes of any helm.
    for (name, chart, missing) in [
        // It refuses to render without secrets; it brings values for trying it out.
        ("mastodon", "mastodon__chart", &["elasticsearch", "postgresql", "redis"][..]),
        ("sock-shop", "microservices-demo__microservices-demo/deploy/kubernetes/helm-chart", &["nginx-ingress"]),
        ("podinfo", "stefanprodan__podinfo/charts/podinfo", &["redis"][..0]),
    ] {
        let source = corpus.join("charts").join(chart);
        let unrendered = support::assess_paths(std::slice::from_ref(&source), &kit).estate;
        let folder = Folder::new();
        let target = folder.path().join(name);
        copy(&source, &target);
        for dependency in missing {
            folder.write(
                &format!("{name}/charts/{dependency}/Chart.yaml"),
                &format!("apiVersion: v2\nname: {dependency}\nversion: 99.0.0\n"),
            );
        }
        let description = std::fs::read_to_string(target.join("Chart.yaml")).expect("a description");
        let kept: Vec<&str> = description.lines().filter(|line| !line.starts_with("kubeVersion")).collect();
        std::fs::write(target.join("Chart.yaml"), kept.join("\n")).expect("written");
        std::fs::create_dir_all(folder.path().join("bin")).expect("a folder");
        std::os::unix::fs::symlink(bin.join("helm"), folder.path().join("bin/helm")).expect("a link");
        let values = format!("--values={name}/dev-values.yaml");
        let mut arguments = vec![name, "--render"];
        if target.join("dev-values.yaml").exists() {
            arguments.push(&values);
        }
        let (report, said) = folder.report(&arguments, "");
        let estate = &report["estate"];
        println!(
            "{name:<10} unrendered: {}   rendered: {:<12} need {:>5.1}  confidence {:>2} %  {} workloads",
            shown(&unrendered),
            estate["verdict"].as_str().unwrap_or_default(),
            estate["need"]["score"].as_f64().unwrap_or_default(),
            estate["confidence"],
            estate["workloads"]
        );
        assert!(f64::from(unrendered.confidence) < 60.0 && unrendered.verdict.id() != "needless", "{name}");
        assert_eq!(estate["partial"], 0, "{said}");
        assert!(estate["workloads"].as_u64().is_some_and(|count| count >= 1), "{said}");
        assert!(estate["confidence"].as_u64().is_some_and(|percent| percent >= 60), "{}", brief(&report));
        // Everything that is shown points into the chart itself.
        for claim in estate["claims"].as_array().expect("a list") {
            for place in claim["evidence"].as_array().expect("a list") {
                let file = place["file"].as_str().unwrap_or_default();
                assert!(file.starts_with(&format!("{name}/templates/")), "{place}");
                let line = place["line"].as_u64().unwrap_or_default();
                let text = std::fs::read_to_string(folder.path().join(file)).expect("a template");
                assert!(line >= 1 && line as usize <= text.lines().count(), "{place}");
            }
        }
    }
}
