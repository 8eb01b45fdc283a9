//! Snapshots of clusters: they say what the manifests say, hold nothing secret, and do not depend on the order of what
//! came.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod manifests;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use kubeworthy::assessment::Assessment;
use kubeworthy::choices::Choices;
use kubeworthy::snapshot::{
    KINDS, LabelSelector, ListRequest, ObjectName, Outcome, PseudonymKey, Recorder, Scope, ServedResource, Timestamp,
    check, is_snapshot, split,
};
use kubeworthy::source::Collected;
use kubeworthy::tables::Tables;
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, assess};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{corpus, kit};

fn tables() -> Tables {
    Tables::built_in().expect("the tables")
}

fn taken() -> Timestamp {
    Timestamp::parse("2026-11-26T18:05:00Z").expect("a moment")
}

/// Everything that is listed under a fixed name, and custom resources of these groups and kinds.
fn served(custom: &BTreeSet<(String, String, String)>) -> Vec<ServedResource> {
    let fixed = KINDS.iter().map(|kind| ServedResource {
        group: kind.group.to_owned(),
        version: kind.versions[0].to_owned(),
        plural: kind.plural.to_owned(),
        kind: kind.kind.to_owned(),
        namespaced: kind.namespaced,
        can_list: true,
    });
    let custom = custom.iter().map(|(group, version, kind)| ServedResource {
        group: group.clone(),
        version: version.clone(),
        plural: format!("{}s", kind.to_ascii_lowercase()),
        kind: kind.clone(),
        namespaced: true,
        can_list: true,
    });
    fixed.chain(custom).collect()
}

fn text_of<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn group_and_kind(object: &Value) -> (String, String) {
    let version = text_of(object, "/apiVersion");
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    (group.to_owned(), text_of(object, "/kind").to_owned())
}

fn page(request: &ListRequest, items: &[Value], next: Option<&str>) -> String {
    // Items of a list say neither their kind nor their version.
    let items: Vec<Value> = items
        .iter()
        .map(|item| {
            let mut item = item.clone();
            let object = item.as_object_mut().expect("an object");
            object.shift_remove("apiVersion");
            object.shift_remove("kind");
            item
        })
        .collect();
    let metadata = next.map_or(json!({"resourceVersion": "1"}), |token| json!({"continue": token}));
    json!({"kind": format!("{}List", request.kind), "apiVersion": request.api_version, "metadata": metadata, "items": items})
        .to_string()
}

/// Records objects as an API server would list them, in pages of this size, with the lists in another order where asked.
fn record(objects: &[Value], scope: Scope, size: usize, backwards: bool, key: Option<&PseudonymKey>) -> String {
    let tables = tables();
    let custom = objects
        .iter()
        .filter_map(|object| {
            let (group, kind) = group_and_kind(object);
            let version = text_of(object, "/apiVersion").rsplit('/').next()?.to_owned();
            let is_fixed = KINDS.iter().any(|known| known.group == group && known.kind == kind);
            (group.contains('.') && !is_fixed).then_some((group, version, kind))
        })
        .collect();
    let mut recorder = Recorder::new("prod", scope, taken(), &tables);
    recorder.version(Some("v1.35.2"));
    let mut requests = recorder.plan(&served(&custom));
    if backwards {
        requests.reverse();
    }
    for request in &requests {
        let group = request.api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let mut items: Vec<Value> = objects
            .iter()
            .filter(|object| group_and_kind(object) == (group.to_owned(), request.kind.clone()))
            .filter(|object| {
                request.namespace.as_deref().is_none_or(|namespace| text_of(object, "/metadata/namespace") == namespace)
            })
            .cloned()
            .collect();
        if backwards {
            items.reverse();
        }
        let pages: Vec<&[Value]> = if items.is_empty() { vec![&[]] } else { items.chunks(size).collect() };
        for (number, items) in pages.iter().enumerate() {
            let next = (number + 1 < pages.len()).then_some("more");
            let end = recorder.page(request, page(request, items, next).as_bytes()).expect("a page");
            assert_eq!((end.items, end.continue_token.as_deref()), (items.len(), next));
        }
        recorder.ended(request, Outcome::Complete, None);
    }
    recorder.finish(key)
}

fn everything(objects: &[Value]) -> String {
    record(objects, Scope::default(), 500, false, None)
}

fn object(text: &str, kind: &str, name: &str) -> Value {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut found = lines.filter(|line| text_of(line, "/kind") == kind && text_of(line, "/metadata/name") == name);
    found.next().unwrap_or_else(|| panic!("no {kind} {name} in\n{text}"))
}

fn header(text: &str) -> Value {
    serde_json::from_str(text.lines().next().expect("a header")).expect("JSON")
}

fn shop() -> Vec<Value> {
    let pod = |name: &str, node: &str, hash: &str| {
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "shop", "uid": "CANARY-uid", "labels": {"app": "web", "pod-template-hash": hash},
                "annotations": {"note": "CANARY-annotation"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": format!("web-{hash}"), "controller": true}]},
            "spec": {"nodeName": node, "containers": [{"name": "web", "image": "registry/web:1", "command": ["CANARY-command"],
                "env": [{"name": "PASSWORD", "value": "CANARY-value"}],
                "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}}}, {"name": "istio-proxy", "image": "istio/proxyv2"}]},
            "status": {"phase": "Running", "podIP": "10.1.2.3", "hostIP": "10.9.9.9",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [{"restartCount": 3, "lastState": {"terminated": {"finishedAt": "2026-11-20T00:00:00Z"}}}]}})
    };
    let node = |name: &str, zone: &str| {
        json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": "eu-1"}},
            "spec": {}, "status": {"addresses": [{"address": "CANARY-address"}], "capacity": {"cpu": "4", "memory": "16Gi"},
                "allocatable": {"cpu": "4", "memory": "16Gi"}, "conditions": [{"type": "Ready", "status": "True"}]}})
    };
    vec![
        json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web", "acme.com/team": "payments"},
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "CANARY-applied"}},
            "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": "web"}},
                "spec": {"serviceAccountName": "web", "containers": [{"name": "web", "image": "me:CANARY-password@registry/web:1",
                    "args": ["--token=CANARY-token"], "env": [{"name": "A", "value": "CANARY-value"}]}]}}},
            "status": {"observedGeneration": 1, "replicas": 2, "readyReplicas": 2,
                "conditions": [{"type": "Progressing", "reason": "NewReplicaSetAvailable", "lastUpdateTime": "2026-11-16T18:05:00Z", "message": "CANARY-message"}]}}),
        pod("web-5d4-aaaaa", "CANARY-node-1", "5d4"),
        pod("web-5d4-bbbbb", "CANARY-node-2", "5d4"),
        node("CANARY-node-1", "eu-1a"),
        node("CANARY-node-2", "eu-1b"),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.77", "selector": {"app": "web"}, "ports": [{"port": 80}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}, {"hostname": "CANARY-host"}]}}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "other", "namespace": "shop"},
            "spec": {"selector": {"app": "other"}}}),
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 1, "maxReplicas": 9},
            "status": {"lastScaleTime": "2026-11-22T18:05:00Z", "currentReplicas": 2, "desiredReplicas": 2}}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "web", "namespace": "shop"},
            "roleRef": {"kind": "Role", "name": "web"},
            "subjects": [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}, {"kind": "User", "name": "CANARY-user"},
                {"kind": "Group", "name": "CANARY-group"}, {"kind": "User", "name": "system:node:CANARY-node-1"}]}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "web", "namespace": "shop"},
            "rules": [{"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create"], "resourceNames": ["CANARY-resource"]}]}),
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "unused", "namespace": "shop"},
            "rules": []}),
        json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "shop"}, "reason": "Preempted",
            "message": "CANARY-message", "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-5d4-ccccc"}}),
        json!({"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "metadata": {"name": "web-5d4-aaaaa", "namespace": "shop"},
            "containers": [{"name": "web", "usage": {"cpu": "100m", "memory": "256Mi"}}]}),
        json!({"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "metadata": {"name": "web-5d4-bbbbb", "namespace": "shop"},
            "containers": [{"name": "web", "usage": {"cpu": "50000000n", "memory": "256Mi"}}]}),
    ]
}

#[test]
fn pods_are_folded_into_what_made_them() {
    let text = everything(&shop());
    assert_eq!(
        object(&text, "Deployment", "web")["seen"],
        json!({"copies": 2, "cpu-now": 0.15, "cpu-requested": 0.5, "days-since-rollout": 10, "hosts": 2, "left-minimum": true,
            "memory-gib-now": 0.5, "memory-gib-requested": 1, "meshed": 2, "preempted": 1, "ready": 2, "regions": 1, "restarts": 6,
            "scaled": true, "watched-days": 4, "zones": 2})
    );
    assert_eq!(object(&text, "Service", "web")["seen"], json!({"public-addresses": 2}));
    assert_eq!(object(&text, "HorizontalPodAutoscaler", "web")["seen"], json!({"current": 2, "desired": 2}));
    let header = header(&text);
    assert_eq!(header["seen"]["nodes"], 2);
    assert_eq!(header["seen"]["cpu-requested"], 0.5);
    assert_eq!(header["seen"]["platform-cpu-requested"], 0);
    assert_eq!(header["lists"]["pods"], json!({"outcome": "complete", "objects": 2}));
    assert!(!text.contains("\"kind\":\"Pod\"") && !text.contains("\"unused\""));
}

#[test]
fn nothing_secret_is_in_the_text_and_the_check_says_so() {
    let objects = shop();
    for key in [None, PseudonymKey::new(b"0123456789abcdef0123")] {
        let text = record(&objects, Scope::default(), 500, false, key.as_ref());
        for secret in ["CANARY", "203.0.113.7", "10.0.0.77", "10.1.2.3"] {
            assert!(!text.contains(secret), "{secret} in\n{text}");
        }
        assert!(is_snapshot(&text));
        let contents = check(&text, &tables()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(contents.clusters.len(), 1);
        assert_eq!(contents.clusters[0].kinds.get("Deployment"), Some(&1));
        assert_eq!(contents.clusters[0].pseudonyms, key.is_some());
    }
    let text = everything(&objects);
    let subjects = &object(&text, "RoleBinding", "web")["subjects"];
    let names: Vec<&str> =
        subjects.as_array().expect("a list").iter().map(|subject| text_of(subject, "/name")).collect();
    assert_eq!(names, ["web", "user-1", "group-1"]);
}

#[test]
fn a_hand_edited_snapshot_is_refused_where_it_was_edited() {
    let text = everything(&shop());
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} is not in\n{text}");
        let edited = text.replacen(from, to, 1);
        let error = check(&edited, &tables()).expect_err(to);
        let line = edited.lines().nth(error.position.line as usize - 1).expect("a line");
        let at: String = line.chars().skip(error.position.column as usize - 1).take(12).collect();
        (at, error.message)
    };
    let (at, message) = refused(r#""kind":"HorizontalPodAutoscaler""#, r#""kind":"Secret""#);
    assert!(at.starts_with("\"kind\"") && message.contains("Secret"), "{at} {message}");
    let (at, message) = refused(r#""spec":{"replicas":2"#, r#""spec":{"revision":"x","replicas":2"#);
    assert!(at.starts_with("\"revision\""), "{at} {message}");
    let (at, _) =
        refused(r#"{"image":"registry/web:1"#, r#"{"env":[{"name":"A","value":"x"}],"image":"registry/web:1"#);
    assert!(at.starts_with("\"env\""), "{at}");
    let (at, _) = refused(r#""labels":{"acme.com"#, r#""annotations":{"x":"y"},"labels":{"acme.com"#);
    assert!(at.starts_with("\"x\""), "{at}");
    let (at, _) = refused("user-1", "jane");
    assert!(at.starts_with("\"name\""), "{at}");
    let (at, _) = refused(r#""taken""#, r#""host":"x","taken""#);
    assert!(at.starts_with("\"host\""), "{at}");
    let (at, _) = refused(r#""copies":2"#, r#""copies":2,"pods":["a"]"#);
    assert!(at.starts_with("\"pods\""), "{at}");
    assert_eq!(
        check(&text[..text.len() - 9], &tables()).expect_err("half a line").message,
        "this line is not valid JSON"
    );
}

#[test]
fn several_clusters_stand_in_one_file() {
    let one = everything(&shop());
    let two = format!("{one}{}", one.replacen("\"prod\"", "\"stage\"", 1));
    let parts = split(&two).expect("a snapshot");
    assert_eq!(parts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["prod", "stage"]);
    assert_eq!(parts[0].1, one);
    let newer = one.replacen("kubeworthy/v1", "kubeworthy/v9", 1);
    assert!(is_snapshot(&newer) && split(&newer).is_err());
    for text in ["", "apiVersion: v1\nkind: Pod\n", "{\"kind\":\"List\"}\n"] {
        assert!(!is_snapshot(text) && split(text).is_err(), "{text}");
    }
}

#[test]
fn one_bad_item_costs_itself_and_makes_a_gap() {
    let tables = tables();
    let mut recorder = Recorder::new("prod", Scope::default(), taken(), &tables);
    let requests = recorder.plan(&served(&BTreeSet::new()));
    let of = |resource: &str| requests.iter().find(|request| request.resource == resource).expect("a request").clone();
    let bad = r#"{"kind":"L","items":[{"metadata":{"name":"ok","namespace":"a"},"spec":{"containers":[{"image":"x"}],"template":{"spec":{"containers":[{"image":"x"}]}}}},
        5, null, [], {}, {"metadata":null}, {"metadata":{"name":7}}, {"metadata":{"name":"x\u001b[31m"},"spec":{"containers":[]}},
        {"metadata":{"name":"negative"},"spec":{"replicas":-3,"containers":5}}, {"metadata":{"name":"\ud800"}}]}"#;
    for resource in ["deployments.apps", "pods"] {
        let request = of(resource);
        assert_eq!(recorder.page(&request, bad.as_bytes()).expect("a page").items, 10);
        recorder.ended(&request, Outcome::Complete, None);
    }
    for resource in ["nodes", "events", "pods.metrics.k8s.io", "nodes.metrics.k8s.io"] {
        let request = of(resource);
        let _ = recorder.page(&request, bad.as_bytes()).expect("a page");
        recorder.ended(&request, Outcome::Complete, None);
    }
    // A list that is read again from its beginning counts once.
    let services = of("services");
    let service = br#"{"kind":"ServiceList","items":[{"metadata":{"name":"a","namespace":"a"}},{"metadata":{"name":"b","namespace":"a"}}]}"#;
    recorder.page(&services, service).expect("a page");
    assert!(recorder.page(&services, &service[..60]).is_err(), "half a page");
    recorder.restart(&services);
    recorder.page(&services, service).expect("a page");
    recorder.ended(&services, Outcome::Forbidden, Some("no right".to_owned()));
    let text = recorder.finish(None);
    let header = header(&text);
    assert_eq!(header["lists"]["services"], json!({"outcome": "cut-off", "objects": 2, "reason": "no right"}));
    for resource in ["deployments.apps", "pods"] {
        assert_eq!(header["lists"][resource]["outcome"], "cut-off", "{header}");
        assert_eq!(header["lists"][resource]["skipped"], 9, "{header}");
    }
    assert_eq!(header["lists"]["statefulsets.apps"]["outcome"], "failed", "nobody read it");
    check(&text, &tables).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(!text.contains('\u{1b}') && text.contains("\"ok\""));
}

#[test]
fn a_part_of_the_pods_gives_no_numbers() {
    let tables = tables();
    let mut recorder = Recorder::new("prod", Scope::default(), taken(), &tables);
    let requests = recorder.plan(&served(&BTreeSet::new()));
    let objects = shop();
    for (resource, outcome) in
        [("deployments.apps", Outcome::Complete), ("pods", Outcome::CutOff), ("nodes", Outcome::CutOff)]
    {
        let request = requests.iter().find(|request| request.resource == resource).expect("a request");
        let first = objects.iter().find(|object| object["kind"] == request.kind.as_str()).expect("an object");
        recorder.page(request, page(request, std::slice::from_ref(first), Some("more")).as_bytes()).expect("a page");
        recorder.ended(request, outcome, Some("token=hunter2 \u{1b}[31m".to_owned()));
    }
    let text = recorder.finish(None);
    assert_eq!(object(&text, "Deployment", "web")["seen"], json!({"copies": 2, "days-since-rollout": 10, "ready": 2}));
    let header = header(&text);
    assert_eq!((&header["seen"], header.get("nodes")), (&json!({}), None));
    assert_eq!(header["lists"]["pods"]["outcome"], "cut-off");
    assert!(!text.contains("hunter2") && !text.contains("\\u001b"), "{header}");
}

#[test]
fn what_is_not_served_is_no_gap_and_a_scope_is_asked_for() {
    let tables = tables();
    let mut recorder = Recorder::new("prod", Scope::default(), taken(), &tables);
    let core: Vec<ServedResource> =
        served(&BTreeSet::new()).into_iter().filter(|resource| resource.group.is_empty()).collect();
    let requests = recorder.plan(&core);
    let paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    assert!(paths.contains(&"/apis/apps/v1/deployments"), "what every server has is asked for: {paths:?}");
    assert!(!paths.iter().any(|path| path.contains("keda") || path.contains("secrets") || path.contains("configmaps")));
    assert_eq!(header(&recorder.finish(None))["lists"]["scaledobjects.keda.sh"]["outcome"], "not-served");

    let scope = Scope {
        namespaces: Some(vec!["b".to_owned(), "a".to_owned()]),
        object: ObjectName::parse("deploy/web"),
        selector: None,
    };
    let mut recorder = Recorder::new("prod", scope, taken(), &tables);
    let requests = recorder.plan(&served(&BTreeSet::new()));
    assert_eq!(requests[0].path, "/apis/apps/v1/namespaces/a/deployments");
    assert_eq!(requests[0].field_selector.as_deref(), Some("metadata.name=web"));
    assert!(!requests.iter().any(|request| request.resource == "statefulsets.apps"));
    assert!(requests.iter().any(|request| request.path == "/api/v1/nodes"));
    let header = header(&recorder.finish(None));
    assert_eq!(header["lists"]["statefulsets.apps"]["outcome"], "not-asked");
    assert_eq!(header["scope"], json!({"namespaces": ["a", "b"], "object": "Deployment/web"}));
}

#[test]
fn a_choice_keeps_what_stands_around_it() {
    let mut objects = shop();
    objects.push(
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "other", "namespace": "shop"},
        "spec": {"template": {"metadata": {"labels": {"app": "other"}}, "spec": {"containers": [{"image": "x"}]}}}}),
    );
    let by_name = Scope { object: ObjectName::parse("deploy/web"), ..Scope::default() };
    let by_label = Scope { selector: LabelSelector::parse("app=web"), ..Scope::default() };
    for scope in [by_name, by_label] {
        let text = record(&objects, scope, 500, false, None);
        let names: Vec<(String, String)> = text
            .lines()
            .skip(1)
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .map(|object| (text_of(&object, "/kind").to_owned(), text_of(&object, "/metadata/name").to_owned()))
            .collect();
        let kinds: Vec<&str> = names.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["Deployment", "HorizontalPodAutoscaler", "Role", "RoleBinding", "Service"], "{names:?}");
        assert!(names.iter().all(|(_, name)| name == "web"));
    }
}

#[test]
fn owners_that_no_list_shows_are_made_up() {
    let mut objects: Vec<Value> = shop().into_iter().filter(|object| object["kind"] != "Deployment").collect();
    objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kube-apiserver-CANARY-node-1", "namespace": "kube-system",
        "ownerReferences": [{"kind": "Node", "name": "CANARY-node-1", "controller": true}]},
        "spec": {"nodeName": "CANARY-node-1", "containers": [{"image": "kube-apiserver", "resources": {"requests": {"cpu": 1}}}]}}));
    objects.push(
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "calico-x", "namespace": "kube-system",
        "ownerReferences": [{"kind": "DaemonSet", "name": "calico", "controller": true}]},
        "spec": {"nodeName": "CANARY-node-1", "containers": [{"image": "calico/node:v3"}],
            "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms":
                [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["CANARY-node-1"]}]}]}}}}}),
    );
    objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "namespace": "shop"},
        "spec": {"nodeName": "CANARY-node-1", "containers": [{"image": "x"}]}, "status": {"phase": "Running"}}));
    objects.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ended", "namespace": "shop"},
        "spec": {"containers": [{"image": "x"}]}, "status": {"phase": "Succeeded"}}));
    let text = everything(&objects);
    assert!(!text.contains("CANARY") && !text.contains("ended"), "{text}");
    let set = object(&text, "ReplicaSet", "web-5d4");
    assert_eq!((&set["spec"]["replicas"], &set["seen"]["copies"]), (&json!(2), &json!(2)));
    assert_eq!(object(&text, "Pod", "bare")["seen"]["copies"], 1);
    object(&text, "DaemonSet", "kube-apiserver");
    assert_eq!(
        object(&text, "DaemonSet", "calico")["spec"]["template"]["spec"],
        json!({"containers": [{"image": "calico/node:v3"}], "affinity": {}})
    );
    assert_eq!(header(&text)["seen"]["network-plugin"], "Calico");
    assert_eq!(header(&text)["seen"]["platform-cpu-requested"], 1);
    check(&text, &tables()).unwrap_or_else(|error| panic!("{error}\n{text}"));
}

#[test]
fn fifty_thousand_pods_leave_a_line() {
    let mut pods = Vec::new();
    for number in 0..500 {
        pods.push(json!({"metadata": {"name": format!("web-5d4-{number}"), "namespace": "shop", "labels": {"pod-template-hash": "5d4"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "web-5d4", "controller": true}]},
            "spec": {"nodeName": format!("node-{}", number % 40), "containers": [{"image": "x", "resources": {"requests": {"cpu": "1m"}}}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}));
    }
    let tables = tables();
    let mut recorder = Recorder::new("prod", Scope::default(), taken(), &tables);
    let requests = recorder.plan(&served(&BTreeSet::new()));
    let request = requests.iter().find(|request| request.resource == "pods").expect("a request");
    let body = json!({"kind": "PodList", "items": pods}).to_string();
    for page in 0..100 {
        let body = body.replace("web-5d4-", &format!("web-5d4-{page}x"));
        recorder.page(request, body.as_bytes()).expect("a page");
    }
    recorder.ended(request, Outcome::Complete, None);
    let text = recorder.finish(None);
    let set = object(&text, "ReplicaSet", "web-5d4");
    assert_eq!(
        (&set["seen"]["copies"], &set["seen"]["hosts"], &set["seen"]["cpu-requested"]),
        (&json!(50_000), &json!(40), &json!(50))
    );
    assert!(text.len() < 20_000, "{}", text.len());
}

/// The shape of a text: everything but names.
fn shape(text: &str) -> Vec<(String, usize, Value, usize)> {
    let mut lines: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| {
            let value: Value = serde_json::from_str(line).expect("JSON");
            let nodes = count(&value);
            (text_of(&value, "/kind").to_owned(), nodes, value["seen"].clone(), 0)
        })
        .collect();
    lines.sort_by_key(|line| (line.0.clone(), line.1, line.2.to_string()));
    lines
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(count).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        _ => 1,
    }
}

#[test]
fn pseudonyms_hide_names_and_keep_what_belongs_together() {
    let key = PseudonymKey::new(b"0123456789abcdef0123").expect("a key");
    assert!(PseudonymKey::new(b"short").is_none());
    let plain = everything(&shop());
    let hidden = record(&shop(), Scope::default(), 500, false, Some(&key));
    assert_eq!(shape(&plain), shape(&hidden));
    for name in ["shop", "payments", "acme", "\"web", "prod", "registry"] {
        assert!(!hidden.contains(name), "{name} in\n{hidden}");
    }
    assert_eq!(hidden, record(&shop(), Scope::default(), 500, false, Some(&key)), "the same key, the same text");
    let assessed = |text: &str| assess_cluster(text, &kit());
    assert_eq!(claims(&assessed(&plain)), claims(&assessed(&hidden)));
    check(&hidden, &tables()).unwrap_or_else(|error| panic!("{error}\n{hidden}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_order_and_size_of_pages_never_show(size in 1usize..6, backwards: bool) {
        prop_assert_eq!(everything(&shop()), record(&shop(), Scope::default(), size, backwards, None));
    }

    #[test]
    fn no_page_and_no_text_is_too_strange(text in "(\\{|\\}|\\[|\\]|,|:|\"(kind|items|metadata|spec|name|PodList)\"|[0-9]{1,3}|null|\\PC){0,40}") {
        let tables = tables();
        let mut recorder = Recorder::new("prod", Scope::default(), taken(), &tables);
        let requests = recorder.plan(&served(&BTreeSet::new()));
        for request in &requests {
            let _ = recorder.page(request, text.as_bytes());
            let _ = recorder.page(request, format!("{{\"kind\":\"L\",\"items\":[{text}]}}").as_bytes());
        }
        let snapshot = recorder.finish(None);
        prop_assert!(check(&snapshot, &tables).is_ok(), "{}", snapshot);
        let _ = (is_snapshot(&text), split(&text).is_ok(), check(&text, &tables).is_ok());
        let edited = format!("{}{text}\n", snapshot);
        let _ = check(&edited, &tables).is_ok();
    }
}

fn assess_cluster(text: &str, kit: &Kit) -> Assessment {
    let files = vec![SourceFile::new_cluster("prod", text)];
    assess(&Collected { files, choices: Choices::default(), ..Collected::default() }, kit)
}

/// What the estate claims, and how much it asks for.
fn claims(assessment: &Assessment) -> (usize, BTreeMap<String, String>, String) {
    let estate = &assessment.estate;
    let claims = estate.claims.iter().map(|claim| (claim.capability.clone(), claim.grade.id().to_owned())).collect();
    (estate.workloads, claims, format!("{:?}", estate.need))
}
