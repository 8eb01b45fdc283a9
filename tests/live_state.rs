//! What a live cluster says: observations raise grades, lists that failed make facts unknown, and files that differ from
//! what runs are findings.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use kubeworthy::assessment::{Assessment, SystemAssessment, Verdict};
use kubeworthy::choices::Choices;
use kubeworthy::grade::Grade;
use kubeworthy::report::{self, Format, Layout};
use kubeworthy::source::Collected;
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, OwnFiles, assess};

/// A cluster with these lists beside complete ones, this scope, and these objects.
fn cluster(name: &str, extra: &str, lists: &str, objects: &[&str]) -> SourceFile {
    let complete = [
        "deployments.apps",
        "statefulsets.apps",
        "daemonsets.apps",
        "jobs.batch",
        "cronjobs.batch",
        "pods",
        "nodes",
        "services",
        "horizontalpodautoscalers.autoscaling",
        "poddisruptionbudgets.policy",
        "clusterroles.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
        "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
        "customresourcedefinitions.apiextensions.k8s.io",
    ];
    let complete: Vec<String> = complete
        .iter()
        .filter(|resource| !lists.contains(&format!("\"{resource}\"")))
        .map(|resource| format!(r#""{resource}":{{"outcome":"complete","objects":1}}"#))
        .chain((!lists.is_empty()).then(|| lists.to_owned()))
        .collect();
    let header = format!(
        r#"{{"apiVersion":"kubeworthy/v1","kind":"ClusterSnapshot","metadata":{{"name":"{name}"}},"taken":"2026-11-26T12:00:00Z",{extra}"lists":{{{}}}}}"#,
        complete.join(",")
    );
    let text: Vec<String> = std::iter::once(header).chain(objects.iter().map(|object| (*object).to_owned())).collect();
    SourceFile::new_cluster(name, format!("{}\n", text.join("\n")))
}

const SEEN: &str = r#""version":"v1.35.2","seen":{"nodes":3,"node-zones":3},"#;

fn web(namespace: &str, more: &str, seen: &str) -> String {
    format!(
        r#"{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"web","namespace":"{namespace}"}},"spec":{{"replicas":2,"selector":{{"matchLabels":{{"app":"web"}}}},"template":{{"metadata":{{"labels":{{"app":"web"}}}},"spec":{{{more}"containers":[{{"name":"web","image":"shop/web:1","readinessProbe":{{"httpGet":{{"port":80}}}}}}]}}}}}},"seen":{{{seen}}}}}"#
    )
}

fn assessed(files: Vec<SourceFile>) -> Assessment {
    let kit = Kit::load(&OwnFiles::default()).expect("built-in rules");
    let collected = Collected { files, choices: Choices::default(), ..Collected::default() };
    assess(&collected, &kit)
}

fn screen(assessment: &Assessment) -> String {
    report::render(assessment, Format::Full, Layout { width: 100, ..Layout::default() })
}

fn grade(system: &SystemAssessment, capability: &str) -> Option<Grade> {
    system.claims.iter().find(|claim| claim.capability == capability).map(|claim| claim.grade)
}

fn codes(system: &SystemAssessment) -> Vec<&str> {
    system.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn what_was_seen_proves() {
    let web = web("shop", "", r#""copies":2,"ready":2,"hosts":2,"zones":2,"restarts":0"#);
    let assessment = assessed(vec![cluster("prod", SEEN, "", &[&web])]);
    let estate = &assessment.estate;
    assert_eq!(grade(estate, "survive-host-loss"), Some(Grade::Proven));
    assert_eq!(assessment.systems[0].id, "namespace:shop");
    // Nobody was asked, and one of three firm claims is proven; that no live state was seen costs nothing any more.
    let claims = 0.8 + 0.2 / 3.0;
    assert_eq!((f64::from(estate.confidence), estate.verdict), ((claims * 90.0_f64).round(), Verdict::Needless));
    let claim = estate.claims.iter().find(|claim| claim.capability == "survive-host-loss").expect("a claim");
    assert!(claim.evidence.iter().all(|place| place.is_live && place.file == "cluster prod"), "{claim:?}");
    let screen = screen(&assessment);
    assert!(screen.contains("cluster prod: Deployment/shop/web"), "{screen}");
    assert!(!screen.contains("cluster prod:1"), "{screen}");
}

#[test]
fn the_same_on_one_host_is_a_habit() {
    let web = web("shop", "", r#""copies":2,"ready":2,"hosts":1,"zones":1"#);
    let seen = r#""version":"v1.31.2","seen":{"nodes":1,"node-zones":1},"#;
    let assessment = assessed(vec![cluster("prod", seen, "", &[&web])]);
    assert_eq!(grade(&assessment.estate, "survive-host-loss"), Some(Grade::Declared));
    let codes = codes(&assessment.estate);
    assert!(["KW107", "KW113", "KW408"].iter().all(|code| codes.contains(code)), "{codes:?}");
}

#[test]
fn a_list_that_failed_is_unknown_and_named() {
    let web = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    let whole = assessed(vec![cluster("prod", SEEN, "", &[&web])]);
    for (resource, code) in [("horizontalpodautoscalers.autoscaling", "KW204"), ("nodes", "KW113")] {
        for outcome in ["forbidden", "timed-out", "cut-off", "failed"] {
            let list = format!(r#""{resource}":{{"outcome":"{outcome}","objects":0,"reason":"told so"}}"#);
            let seen = if resource == "nodes" { r#""version":"v1.35.2","# } else { SEEN };
            let assessment = assessed(vec![cluster("prod", seen, &list, &[&web])]);
            let (estate, known) = (&assessment.estate, &whole.estate);
            assert!(estate.confidence < known.confidence, "{resource} {outcome}");
            assert!(estate.need.high >= known.need.high, "{resource} {outcome}");
            let gap = &assessment.inputs.clusters[0].gaps[0];
            assert!(gap.rules.iter().any(|rule| rule == code), "{resource}: {:?}", gap.rules);
            let screen = screen(&assessment);
            assert!(screen.contains(resource) && screen.contains("told so"), "{screen}");
            assert!(screen.contains("kubeworthy rbac"), "{screen}");
        }
    }
    let list = r#""horizontalpodautoscalers.autoscaling":{"outcome":"forbidden","objects":0,"reason":"no"}"#;
    let assessment = assessed(vec![cluster("prod", SEEN, list, &[&web])]);
    assert!(
        assessment
            .estate
            .unknowns
            .iter()
            .any(|unknown| unknown.key == "KW204" && unknown.reason.to_string().contains("forbidden"))
    );
    // What the cluster does not know is no gap.
    let list = r#""horizontalpodautoscalers.autoscaling":{"outcome":"not-served","objects":0}"#;
    let assessment = assessed(vec![cluster("prod", SEEN, list, &[&web])]);
    assert_eq!(assessment.estate.confidence, whole.estate.confidence);
}

#[test]
fn without_a_kind_of_workloads_nothing_is_needless() {
    let web = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    for resource in ["deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "jobs.batch"] {
        for outcome in ["forbidden", "cut-off", "timed-out", "failed", "not-asked"] {
            let list = format!(r#""{resource}":{{"outcome":"{outcome}","objects":1}}"#);
            let assessment = assessed(vec![cluster("prod", SEEN, &list, &[&web])]);
            assert_eq!(assessment.estate.verdict, Verdict::Inconclusive, "{resource} {outcome}");
            for system in &assessment.systems {
                assert_ne!(system.verdict, Verdict::Needless, "{resource} {outcome}");
            }
        }
    }
}

#[test]
fn rights_matter_where_an_account_may_hold_them() {
    let list = r#""clusterrolebindings.rbac.authorization.k8s.io":{"outcome":"forbidden","objects":0}"#;
    let without = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    let whole = assessed(vec![cluster("prod", SEEN, "", &[&without])]).estate.confidence;
    let assessment = assessed(vec![cluster("prod", SEEN, list, &[&without])]);
    assert_eq!(assessment.estate.confidence, whole);
    let with = web("shop", r#""serviceAccountName":"operator","#, r#""copies":2,"ready":2,"hosts":2"#);
    let assessment = assessed(vec![cluster("prod", SEEN, list, &[&with])]);
    assert!(assessment.estate.confidence < whole, "{}", assessment.estate.confidence);
    assert!(
        assessment.estate.unknowns.iter().any(|unknown| unknown.reason.to_string().contains("clusterrolebindings"))
    );
}

#[test]
fn files_that_differ_from_what_runs_are_findings() {
    let written = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - {name: web, image: 'shop/web:2', resources: {requests: {cpu: 2}}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker}\nspec:\n  selector: {matchLabels: {app: worker}}\n  template:\n    metadata: {labels: {app: worker}}\n    spec:\n      containers:\n        - {name: worker, image: 'shop/worker:2'}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  minReplicas: 2\n  maxReplicas: 9\n";
    let live = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    let other = live.replace("\"name\":\"web\"", "\"name\":\"extra\"");
    let files = vec![SourceFile::new("deploy/all.yaml", written), cluster("prod", SEEN, "", &[&live, &other])];
    let assessment = assessed(files);
    let codes = codes(&assessment.estate);
    for code in ["KW911", "KW912", "KW913", "KW914", "KW915", "KW916"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    // The live number counts, and what the cluster does not have claims nothing there.
    let message = |code: &str| {
        assessment.estate.findings.iter().find(|finding| finding.code == code).unwrap().message.to_string()
    };
    assert!(message("KW911").contains("web runs 2 copies; the files write 3"), "{}", message("KW911"));
    assert_eq!(grade(&assessment.estate, "autoscale"), None);
    // It is one system with the files that write it.
    assert!(assessment.systems.iter().any(|system| system.id == "directory:deploy" && system.workloads == 2));
}

#[test]
fn files_that_agree_with_what_runs_say_nothing() {
    let written = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - {name: web, image: 'shop/web:1'}\n";
    let live = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    let assessment = assessed(vec![SourceFile::new("deploy/all.yaml", written), cluster("prod", SEEN, "", &[&live])]);
    assert!(codes(&assessment.estate).iter().all(|code| !code.starts_with("KW91")), "{:?}", codes(&assessment.estate));
    assert_eq!(assessment.estate.workloads, 1);
}

#[test]
fn the_platform_is_not_what_the_cluster_is_for() {
    let proxy = web("kube-system", "", r#""copies":3,"ready":3"#);
    let own = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    let assessment = assessed(vec![cluster("prod", SEEN, "", &[&own, &proxy])]);
    assert_eq!(assessment.estate.workloads, 1);
    // Whoever asks for such a namespace gets it.
    let scope = r#""scope":{"namespaces":["kube-system"]},"#;
    let assessment = assessed(vec![cluster("prod", scope, "", &[&proxy])]);
    assert_eq!(assessment.estate.workloads, 1);
}

#[test]
fn several_clusters_are_one_estate_with_a_row_each() {
    let own = web("shop", "", r#""copies":2,"ready":2,"hosts":2"#);
    let files = vec![cluster("east", SEEN, "", &[&own]), cluster("west", SEEN, "", &[&own])];
    let assessment = assessed(files);
    let ids: Vec<&str> = assessment.systems.iter().map(|system| system.id.as_str()).collect();
    assert_eq!(ids, ["namespace:east:shop", "namespace:west:shop"]);
    assert_eq!(assessment.inputs.clusters.len(), 2);
    assert!(assessment.inputs.clusters.iter().all(|cluster| cluster.alone.is_some() && cluster.workloads == 1));
    let screen = screen(&assessment);
    assert!(screen.contains("Clusters") && screen.contains("  east ") && screen.contains("  west "), "{screen}");
}

#[test]
fn an_operator_is_found_by_its_rights() {
    let operator = web("ops", r#""serviceAccountName":"operator","#, r#""copies":1,"ready":1,"hosts":1"#);
    let definition = |group: &str| {
        format!(
            r#"{{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{{"name":"things.{group}"}},"spec":{{"group":"{group}","names":{{"kind":"Thing"}}}}}}"#
        )
    };
    let role = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"operator"},"rules":[{"apiGroups":["own.example.com"],"resources":["things"],"verbs":["update"]}]}"#;
    let binding = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"operator"},"roleRef":{"kind":"ClusterRole","name":"operator"},"subjects":[{"kind":"ServiceAccount","name":"operator","namespace":"ops"}]}"#;
    let (own, foreign) = (definition("own.example.com"), definition("provider.example.com"));
    let assessment = assessed(vec![cluster("prod", SEEN, "", &[&operator, &own, &foreign, role, binding])]);
    assert_eq!(assessment.systems.len(), 1);
    assert_eq!(assessment.systems[0].verdict, Verdict::KubernetesNative);
}

#[test]
fn what_is_listed_is_what_facts_name() {
    let kit = Kit::load(&OwnFiles::default()).expect("built-in rules");
    let (named, groups) = (kubeworthy::facts::resources(), kit.tables.custom_groups());
    let group = |resource: &str| resource.split_once('.').map_or("", |(_, group)| group).to_owned();
    for kind in kubeworthy::snapshot::KINDS {
        let is_named = named.contains(kind.resource) || groups.contains(group(kind.resource).as_str());
        assert!(is_named, "{} is listed for nothing", kind.resource);
    }
    for resource in named {
        assert!(kubeworthy::snapshot::kind(resource).is_some(), "{resource} is named and never listed");
    }
}
