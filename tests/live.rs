//! Live clusters from the command line, against an API server of our own on loopback: what is asked, and what comes of every
//! way in which an answer can go wrong.
#![cfg(feature = "cluster")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/api_server.rs"]
mod api_server;

use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use api_server::{ApiServer, Reply, deployment, groups, page};
use serde_json::{Value, json};

struct Run {
    code: i32,
    out: String,
    said: String,
    took: Duration,
}

impl Run {
    /// The outcome of a list, from the header of the snapshot.
    fn list(&self, resource: &str) -> Value {
        assert_eq!(self.code, 0, "{}", self.said);
        let header: Value = serde_json::from_str(self.out.lines().next().expect("a header")).expect("JSON");
        header["lists"][resource].clone()
    }

    fn outcome(&self, resource: &str) -> String {
        self.list(resource)["outcome"].as_str().unwrap_or("none").to_owned()
    }

    fn reason(&self, resource: &str) -> String {
        self.list(resource)["reason"].as_str().unwrap_or_default().to_owned()
    }
}

fn run(server: &ApiServer, arguments: &[&str]) -> Run {
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    for name in ["KUBECONFIG", "KUBERC", "HTTP_PROXY", "http_proxy", "KUBEWORTHY_TOKEN", "KUBERNETES_SERVICE_HOST"] {
        command.env_remove(name);
    }
    let output = command
        .args(arguments)
        .arg("--kubeconfig")
        .arg(server.kubeconfig())
        .env("HOME", server.folder())
        .env("SOURCE_DATE_EPOCH", "1795716000")
        .current_dir(server.folder())
        .output()
        .expect("the program runs");
    let run = Run {
        code: output.status.code().expect("a code"),
        out: String::from_utf8(output.stdout).expect("text"),
        said: String::from_utf8(output.stderr).expect("text"),
        took: start.elapsed(),
    };
    for text in [&run.out, &run.said] {
        assert!(!text.contains("CANARY") && !text.contains('\u{1b}'), "{text}");
    }
    run
}

#[test]
fn lists_come_in_pages_and_nothing_but_lists_is_asked_for() {
    let server = ApiServer::new(|request, _| match (request.path.as_str(), request.token()) {
        ("/apis/apps/v1/deployments", None) => Some(Reply::ok(page(vec![deployment("a")], Some("t/1=")))),
        ("/apis/apps/v1/deployments", Some("t%2F1%3D")) => Some(Reply::ok(page(vec![deployment("b")], Some("t2")))),
        ("/apis/apps/v1/deployments", Some("t2")) => Some(Reply::ok(page(vec![deployment("c")], None))),
        ("/apis/apps/v1/deployments", _) => Some(Reply::status(400, "no such token")),
        _ => None,
    });
    let run = run(&server, &["snapshot", "-A"]);
    assert_eq!(run.list("deployments.apps"), json!({"outcome": "complete", "objects": 3}));
    assert_eq!(run.said, "", "nothing is said where nobody watches");
    let requests = server.requests();
    for request in &requests {
        assert_eq!(request.method, "GET", "{request:?}");
        assert_eq!(request.header("user-agent"), Some(concat!("kubeworthy/", env!("CARGO_PKG_VERSION"))));
        assert_eq!(request.header("authorization"), None, "nothing secret goes over plain HTTP");
        assert!(!request.query.contains("watch") && !request.query.contains("resourceVersion"), "{request:?}");
        let (is_discovery, is_metrics) =
            (["/api", "/apis", "/version"].contains(&request.path.as_str()), request.path.contains("metrics.k8s.io"));
        assert_eq!(request.query.contains("limit=500"), !is_discovery && !is_metrics, "{request:?}");
        for forbidden in ["secrets", "configmaps", "/log", "/exec"] {
            assert!(!request.path.contains(forbidden), "{request:?}");
        }
    }
    assert_eq!(server.count("/apis/apps/v1/deployments"), 3);
    assert_eq!(["/api", "/apis", "/version"].map(|path| server.count(path)), [1, 1, 1]);
    assert_eq!(server.count("/apis/argoproj.io/v1alpha1/rollouts"), 0, "what is not served is not asked for");
    assert_eq!(server.count("/apis/keda.sh/v1alpha1/scaledobjects"), 1);
    assert_eq!(server.most_at_once(), 2, "two lists are read at once");
}

#[test]
fn every_way_to_go_wrong_has_its_outcome_and_none_is_an_empty_list() {
    let server = ApiServer::new(|request, before| {
        let first = || Reply::ok(page(vec![deployment("a")], Some("next")));
        Some(match (request.path.as_str(), request.token()) {
            ("/api/v1/nodes", _) => {
                Reply::status(403, "nodes is forbidden: User \"CANARY\u{1b}[31m\" cannot list resource \"nodes\"")
            }
            ("/apis/autoscaling/v2/horizontalpodautoscalers", _) => Reply::status(404, "no"),
            // Busy once, with a time to come back and without.
            ("/api/v1/services", _) if before == 0 => Reply::busy(429, 1),
            ("/apis/apps/v1/daemonsets", _) if before == 0 => Reply::status(503, "starting"),
            ("/api/v1/namespaces", _) if before == 0 => Reply::Reset,
            // Busy for ever, and longer than anybody waits.
            ("/apis/batch/v1/jobs", _) => Reply::busy(503, 0),
            ("/apis/batch/v1/cronjobs", _) => Reply::busy(429, 3600),
            // Forgotten in the middle, once and always.
            ("/apis/apps/v1/deployments", Some(_)) if before == 1 => Reply::status(410, "expired"),
            ("/apis/apps/v1/deployments", Some(_)) => Reply::ok(page(vec![deployment("b")], None)),
            ("/apis/apps/v1/deployments", None) => first(),
            ("/apis/apps/v1/statefulsets", Some(_)) => Reply::status(410, "expired"),
            ("/apis/apps/v1/statefulsets", None) => first(),
            // Broken off, in the middle of the bytes and of the JSON.
            ("/api/v1/pods", _) => Reply::Cut("{\"items\": [".to_owned()),
            ("/api/v1/persistentvolumeclaims", None) => first(),
            ("/api/v1/persistentvolumeclaims", Some(_)) => Reply::Cut("{\"items\": [".to_owned()),
            ("/apis/policy/v1/poddisruptionbudgets", _) => {
                Reply::Text(200, "application/json", "{\"items\": [{\"metadata\"".to_owned())
            }
            ("/apis/networking.k8s.io/v1/ingresses", _) => {
                Reply::Text(200, "text/html", "<html>Log in, CANARY</html>".to_owned())
            }
            ("/apis/networking.k8s.io/v1/networkpolicies", _) => Reply::ok(json!({"kind": "Status"})),
            ("/api/v1/resourcequotas", _) => Reply::Hang(Duration::from_secs(3)),
            // Pages without end: the same token, and new ones with nothing behind them.
            ("/apis/rbac.authorization.k8s.io/v1/roles", _) => Reply::ok(page(Vec::new(), Some("same"))),
            ("/apis/rbac.authorization.k8s.io/v1/rolebindings", _) => {
                Reply::ok(page(Vec::new(), Some(&format!("t{before}"))))
            }
            ("/apis/rbac.authorization.k8s.io/v1/clusterroles", _) => Reply::status(500, "etcd: password=CANARY"),
            ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", _) => Reply::status(401, "who are you"),
            _ => return None,
        })
    });
    let run = run(&server, &["snapshot", "-A", "--request-timeout", "1s", "--timeout", "20s"]);
    let expected = [
        ("nodes", "forbidden", "cannot list resource \"nodes\""),
        ("horizontalpodautoscalers.autoscaling", "not-served", ""),
        ("services", "complete", ""),
        ("daemonsets.apps", "complete", ""),
        ("namespaces", "complete", ""),
        ("jobs.batch", "failed", "(503)"),
        ("cronjobs.batch", "failed", "429"),
        ("deployments.apps", "complete", ""),
        ("statefulsets.apps", "cut-off", "410"),
        ("pods", "failed", "broke off"),
        ("persistentvolumeclaims", "cut-off", "broke off"),
        ("poddisruptionbudgets.policy", "failed", "not valid JSON"),
        ("ingresses.networking.k8s.io", "failed", "web page"),
        ("networkpolicies.networking.k8s.io", "failed", "no list"),
        ("resourcequotas", "timed-out", "within 1s"),
        ("roles.rbac.authorization.k8s.io", "cut-off", "do not end"),
        ("rolebindings.rbac.authorization.k8s.io", "cut-off", "do not end"),
        ("clusterroles.rbac.authorization.k8s.io", "failed", "(500)"),
        ("clusterrolebindings.rbac.authorization.k8s.io", "failed", "401"),
        ("rollouts.argoproj.io", "not-served", ""),
    ];
    for (resource, outcome, reason) in expected {
        assert_eq!(run.outcome(resource), outcome, "{resource}: {}", run.reason(resource));
        assert!(run.reason(resource).contains(reason), "{resource}: {}", run.reason(resource));
        assert_eq!(run.reason(resource).is_empty(), ["complete", "not-served"].contains(&outcome), "{resource}");
    }
    assert_eq!(run.list("deployments.apps")["objects"], 2, "read again from its beginning, each object once");
    assert_eq!(server.count("/apis/apps/v1/statefulsets"), 4, "read again once and no more");
    assert_eq!(server.count("/apis/batch/v1/jobs"), 4, "tried four times");
    assert_eq!(server.count("/apis/batch/v1/cronjobs"), 1, "an hour is not waited");
    assert_eq!(server.count("/apis/rbac.authorization.k8s.io/v1/roles"), 2);
    assert_eq!(server.count("/apis/rbac.authorization.k8s.io/v1/rolebindings"), 20);
    assert!(run.took < Duration::from_secs(8), "{:?}", run.took);
    // The report from it names the gaps, and is a report.
    let file = server.folder().join("x.snapshot.jsonl");
    std::fs::write(&file, &run.out).expect("written");
    let check = self::run(&server, &["snapshot", "--check", "x.snapshot.jsonl"]);
    assert_eq!(check.code, 0, "{}", check.said);
    assert!(check.out.contains("nodes forbidden: ") && check.out.contains("resourcequotas timed-out"), "{}", check.out);
}

#[test]
fn a_cluster_that_cannot_be_asked_at_all_is_an_error() {
    for (path, reply, said) in [
        (
            "/api",
            (|| Reply::status(401, "Unauthorized CANARY")) as fn() -> Reply,
            "does not accept the credentials of context",
        ),
        ("/api", || Reply::status(403, "forbidden"), "does not let you see what it serves"),
        ("/apis", || Reply::status(403, "forbidden"), "does not let you see what it serves"),
        ("/api", || Reply::status(404, "none"), "serves no Kubernetes API"),
        ("/api", || Reply::Text(200, "text/html", "<html>CANARY</html>".to_owned()), "a web page"),
        ("/api", || Reply::Text(200, "text/plain", "CANARY".to_owned()), "something else than JSON"),
        ("/api", || Reply::busy(503, 0), "(503)"),
        ("/api", || Reply::Reset, "could not be reached"),
        ("/api", || Reply::Cut("{".to_owned()), "no usable answer"),
        ("/api", || Reply::Hang(Duration::from_secs(4)), "does not answer"),
    ] {
        let server = ApiServer::new(move |request, _| (request.path == path).then(reply));
        let run = run(&server, &["assess", "--live", "--request-timeout", "500ms"]);
        let words = run.said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{said}: {words}");
        assert!(words.contains(said) && words.contains("cluster fake"), "{said}: {words}");
        assert!(words.contains("help: "), "{words}");
        assert!(run.took < Duration::from_secs(4), "{said}: {:?}", run.took);
    }
}

#[test]
fn the_time_limit_holds_whatever_the_server_does() {
    let server = ApiServer::new(|request, _| {
        (request.path.matches('/').count() > 2).then(|| Reply::Hang(Duration::from_secs(10)))
    });
    let run = run(&server, &["snapshot", "-A", "--timeout", "1s", "--request-timeout", "0"]);
    for resource in ["deployments.apps", "pods", "nodes", "events"] {
        assert_eq!(run.outcome(resource), "timed-out");
        assert!(run.reason(resource).contains("time limit of 1s"), "{}", run.reason(resource));
    }
    assert!(run.took < Duration::from_secs(4), "{:?}", run.took);
}

#[test]
fn a_server_that_dies_in_the_middle_leaves_named_gaps() {
    let switch = std::sync::Arc::new(std::sync::OnceLock::<std::sync::Arc<std::sync::atomic::AtomicBool>>::new());
    let inside = std::sync::Arc::clone(&switch);
    let server = ApiServer::new(move |request, _| {
        let is_dead = || inside.get().is_some_and(|switch| switch.load(Ordering::SeqCst));
        if request.path != "/apis/apps/v1/deployments" {
            // The other list that is read at the time waits for the end, so that no third one comes before it.
            while request.path.matches('/').count() > 2 && !is_dead() {
                std::thread::sleep(Duration::from_millis(5));
            }
            return None;
        }
        if let Some(switch) = inside.get() {
            switch.store(true, Ordering::SeqCst);
        }
        Some(Reply::ok(page(vec![deployment("a")], Some("more"))))
    });
    switch.set(server.die_switch()).expect("once");
    let run = run(&server, &["snapshot", "-A", "--timeout", "3s"]);
    assert_eq!(run.outcome("deployments.apps"), "cut-off", "{}", run.out);
    assert_eq!(run.list("deployments.apps")["objects"], 1);
    for resource in ["nodes", "services", "events"] {
        assert!(
            ["failed", "timed-out"].contains(&run.outcome(resource).as_str()),
            "{resource}: {}",
            run.list(resource)
        );
    }
    assert!(run.took < Duration::from_secs(5), "{:?}", run.took);
}

#[test]
fn namespaces_are_listed_one_by_one_where_they_are_named() {
    let server = ApiServer::new(|request, _| {
        let is_closed = request.path.starts_with("/api/v1/namespaces/closed/") || request.path == "/api/v1/nodes";
        is_closed.then(|| Reply::status(403, "forbidden: User \"CANARY\" in the namespace \"closed\""))
    });
    let run = run(&server, &["snapshot", "-n", "shop", "-n", "closed"]);
    assert_eq!(run.list("services")["outcome"], "forbidden");
    assert_eq!(run.list("services")["namespaces"], json!(["closed"]));
    assert_eq!(run.outcome("nodes"), "forbidden");
    assert_eq!(server.count("/apis/apps/v1/namespaces/shop/deployments"), 1);
    assert_eq!(server.count("/apis/apps/v1/deployments"), 0);
    // Without a name the namespace of the context is meant; with all of them none is tried by itself.
    let server = ApiServer::new(|request, _| {
        (request.path == "/api/v1/services").then(|| Reply::status(403, "at the cluster scope"))
    });
    let one = self::run(&server, &["snapshot"]);
    assert_eq!(one.outcome("services"), "complete");
    assert!(server.requests().iter().any(|request| request.path == "/api/v1/namespaces/shop/services"));
    let all = self::run(&server, &["snapshot", "-A"]);
    assert_eq!(all.outcome("services"), "forbidden");
    assert_eq!(server.count("/api/v1/namespaces/shop/services"), 1, "of the run before");
}

#[test]
fn servers_without_aggregated_discovery_and_extensions_that_are_down() {
    let resource = |name: &str, kind: &str| json!({"name": name, "kind": kind, "namespaced": true, "verbs": ["list"]});
    let server = ApiServer::new(move |request, _| {
        Some(match request.path.as_str() {
            "/api" => Reply::ok(json!({"kind": "APIVersions", "versions": ["v1"]})),
            "/apis" => Reply::ok(json!({"kind": "APIGroupList", "groups": [
                {"name": "apps", "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}},
                {"name": "metrics.k8s.io", "versions": [{"version": "v1beta1"}], "preferredVersion": {"version": "v1beta1"}}]})),
            "/api/v1" => Reply::ok(
                json!({"kind": "APIResourceList", "resources": [resource("pods", "Pod"), resource("pods/log", "Pod")]}),
            ),
            "/apis/apps/v1" => {
                Reply::ok(json!({"kind": "APIResourceList", "resources": [resource("deployments", "Deployment")]}))
            }
            "/apis/apps/v1/deployments" => Reply::ok(page(vec![deployment("a")], None)),
            path if path.starts_with("/apis/metrics.k8s.io") => Reply::busy(503, 0),
            _ => return None,
        })
    });
    let old = run(&server, &["snapshot", "-A"]);
    assert_eq!(old.list("deployments.apps")["objects"], 1);
    assert_eq!(old.outcome("pods.metrics.k8s.io"), "failed", "an extension that does not answer is a gap");
    assert_eq!(old.outcome("scaledobjects.keda.sh"), "not-served");
    let server = ApiServer::new(|request, _| match request.path.as_str() {
        "/apis" => {
            let mut list = groups(&[("metrics.k8s.io", "v1beta1", &[]), ("apps", "v1", &["deployments Deployment n"])]);
            list["items"][0]["versions"][0]["freshness"] = "Stale".into();
            Some(Reply::ok(list))
        }
        path if path.starts_with("/apis/metrics.k8s.io") => Some(Reply::busy(503, 0)),
        _ => None,
    });
    assert_eq!(run(&server, &["snapshot", "-A"]).outcome("nodes.metrics.k8s.io"), "failed");
}

#[test]
fn several_clusters_are_read_in_turn_and_one_may_be_missing() {
    let server = ApiServer::new(|request, _| {
        (request.path == "/apis/apps/v1/deployments").then(|| Reply::ok(page(vec![deployment("web\u{1b}[31m")], None)))
    });
    let both = run(&server, &["snapshot", "-A", "--context", "twin", "--context", "fake", "--context", "gone"]);
    let names: Vec<Value> = both
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|object| object["kind"] == "ClusterSnapshot")
        .map(|header| header["metadata"]["name"].clone())
        .collect();
    assert_eq!((both.code, names), (0, vec![json!("fake"), json!("twin")]));
    assert!(both.said.contains("cluster gone") && both.said.contains("connection refused"), "{}", both.said);
    let none = run(&server, &["snapshot", "-A", "--context", "gone", "--context", "lost"]);
    assert_eq!((none.code, none.out.as_str()), (2, ""), "{}", none.said);
    let mixed = run(&server, &["snapshot", "--context", "fake", "--context", "gone", "--server", "http://x"]);
    assert!(mixed.code == 2 && mixed.said.contains("--server says something about one cluster"), "{}", mixed.said);
}

#[test]
fn a_snapshot_is_written_whole_or_not_at_all() {
    let server = ApiServer::new(|_, _| None);
    let file = server.folder().join("a.snapshot.jsonl");
    let written = run(&server, &["snapshot", "-A", "-o", "a.snapshot.jsonl"]);
    assert_eq!((written.code, written.out.as_str()), (0, ""), "{}", written.said);
    let text = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(text, run(&server, &["snapshot", "-A"]).out, "the same cluster gives the same bytes");
    let failed = run(&server, &["snapshot", "-A", "-o", "a.snapshot.jsonl", "--context", "gone"]);
    assert_eq!(failed.code, 2);
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), text, "what was there stays");
    assert_eq!(run(&server, &["snapshot", "-A", "-o", "none/a.snapshot.jsonl"]).code, 2);
    let left: Vec<_> =
        std::fs::read_dir(server.folder()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn flags_for_clusters_are_refused_where_there_is_none_to_read() {
    let server = ApiServer::new(|_, _| None);
    for (arguments, said) in [
        (&["assess", ".", "-n", "shop"][..], "--namespace is for live clusters"),
        (&["assess", ".", "--context", "x.yaml"], "--config"),
        (&["assess", "--live", "--password", "CANARY"], "--password of kubectl is not taken here"),
        (&["assess", "--live", "deploy/a", "deploy/b"], "one workload can be named at a time"),
        (&["assess", "--live", "widgets/a"], "neither a file nor a workload"),
        (&["snapshot", "widgets/a"], "no workload"),
        (&["snapshot", "--context", "fak"], "there are: fake"),
        (&["snapshot", "--pseudonyms", "none"], "could not be read"),
    ] {
        let run = run(&server, arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.said);
        assert!(run.said.contains(said), "{arguments:?}: {}", run.said);
    }
    assert!(server.requests().is_empty());
    let role = run(&server, &["rbac", "-n", "shop"]);
    assert!(
        role.code == 0 && role.out.contains("namespace: \"shop\"") && !role.out.contains("\"secrets\""),
        "{}",
        role.out
    );
}
