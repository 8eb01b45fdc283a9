//! The servers that the end-to-end tests ask are what they say they are: a real control plane whose pods run, users without
//! rights who are refused, pages that add up, and faults that happen as told.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail and print")]

#[path = "support/cluster.rs"]
mod cluster;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use cluster::{CANARY, START_LIMIT, Server, control_plane};
use serde_json::Value;

/// The shared control plane with the estate in which a word is planted everywhere.
fn estate() -> Option<&'static Server> {
    static POPULATED: OnceLock<()> = OnceLock::new();
    let server = control_plane()?;
    POPULATED.get_or_init(|| {
        server.populate("canary", &[]);
    });
    Some(server)
}

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().expect("a list")
}

fn failure(output: &Output) -> String {
    let said: String = String::from_utf8_lossy(&output.stdout).chars().take(300).collect();
    assert!(!output.status.success(), "it should have failed: {said}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn condition<'a>(object: &'a Value, kind: &str) -> &'a str {
    let conditions = object["status"]["conditions"].as_array().expect("conditions");
    conditions.iter().find(|each| each["type"] == kind).and_then(|each| each["status"].as_str()).unwrap_or("missing")
}

#[test]
fn a_control_plane_is_ready_within_two_minutes() {
    let Some(server) = control_plane() else { return };
    assert!(server.started_within < START_LIMIT, "{:?}", server.started_within);
    let version = server.raw("/version");
    assert!(version["gitVersion"].as_str().expect("a version").starts_with("v1."), "{version}");
    let nodes = server.raw("/api/v1/nodes");
    assert_eq!(items(&nodes).len(), 6);
    let mut zones = BTreeMap::new();
    for node in items(&nodes) {
        assert_eq!(condition(node, "Ready"), "True", "{node}");
        assert_eq!(node["status"]["nodeInfo"]["kubeletVersion"], version["gitVersion"]);
        assert_eq!(node["status"]["allocatable"]["cpu"], "3920m");
        let zone = node["metadata"]["labels"]["topology.kubernetes.io/zone"].as_str().expect("a zone");
        *zones.entry(zone).or_insert(0) += 1;
    }
    assert_eq!(zones, BTreeMap::from([("eu-west-a", 2), ("eu-west-b", 2), ("eu-west-c", 2)]));
}

#[test]
fn pods_run_on_distinct_nodes_and_controllers_write_status() {
    let Some(server) = estate() else { return };
    let pods = server.raw("/api/v1/namespaces/payments/pods?labelSelector=app.kubernetes.io%2Fname%3Ddatabase");
    let nodes: BTreeSet<&str> = items(&pods).iter().filter_map(|pod| pod["spec"]["nodeName"].as_str()).collect();
    assert_eq!((items(&pods).len(), nodes.len()), (3, 3));
    for pod in items(&pods) {
        assert_eq!((condition(pod, "Ready"), pod["status"]["phase"].as_str()), ("True", Some("Running")));
        assert!(pod["status"]["podIP"].is_string() && pod["status"]["hostIP"].is_string(), "{}", pod["status"]);
    }
    let claims = server.raw("/api/v1/namespaces/payments/persistentvolumeclaims");
    assert_eq!(items(&claims).iter().filter(|claim| claim["status"]["phase"] == "Bound").count(), 3);
    let job = server.raw("/apis/batch/v1/namespaces/reporting/jobs/import");
    assert_eq!((condition(&job, "Complete"), &job["status"]["succeeded"]), ("True", &Value::from(1)));
    let agents = server.raw("/apis/apps/v1/namespaces/monitoring/daemonsets/node-agent");
    assert_eq!(agents["status"]["numberReady"], 6);
    let budget = server.raw("/apis/policy/v1/namespaces/payments/poddisruptionbudgets/database");
    assert_eq!(
        (&budget["status"]["expectedPods"], &budget["status"]["disruptionsAllowed"]),
        (&Value::from(3), &Value::from(1))
    );
    let quota = server.raw("/api/v1/namespaces/payments/resourcequotas/payments");
    assert_eq!(quota["status"]["used"]["persistentvolumeclaims"], "3");
    assert_eq!(items(&server.raw("/apis/ledger.example.com/v1/ledgers")).len(), 2);

    let pod = server.raw("/api/v1/namespaces/payments/pods/database-2");
    let mut statuses = pod["status"]["containerStatuses"].clone();
    statuses[0]["restartCount"] = Value::from(7);
    server.patch_status("payments", "pod/database-2", &serde_json::json!({"status": {"containerStatuses": statuses}}));
    let path = "/api/v1/namespaces/payments/pods/database-2";
    assert_eq!(server.raw(path)["status"]["containerStatuses"][0]["restartCount"], 7);
}

#[test]
fn an_autoscaler_scales_by_what_pods_use() {
    let Some(server) = estate() else { return };
    let path = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web";
    // 280m over requests of 100m: four pods at 70 %.
    server.wait("autoscaler at four replicas", Duration::from_secs(60), || {
        server.raw(path)["status"]["currentReplicas"] == 4
    });
    let autoscaler = server.raw(path);
    assert!(autoscaler["status"]["lastScaleTime"].is_string(), "{}", autoscaler["status"]);
    assert_eq!(condition(&autoscaler, "ScalingActive"), "True");
    server.wait_for_ready_pods("shop", "app.kubernetes.io/name=web", 4);
    let events = server.raw("/api/v1/namespaces/shop/events");
    assert!(items(&events).iter().any(|event| event["reason"] == "SuccessfulRescale"));
    let usage = server.raw("/apis/metrics.k8s.io/v1beta1/nodes");
    assert_eq!(items(&usage).len(), 6);
    assert!(server.told(&["top", "pods", "-n", "payments"]).contains("database-0"));
}

#[test]
fn users_are_refused_what_they_may_not_list() {
    let Some(server) = estate() else { return };
    let allowed = |user: &str, path: &str| {
        let output = server.kubectl(user, &["get", "--raw", path]);
        let refused = !output.status.success();
        assert!(!refused || failure(&output).contains("Forbidden"), "{user} {path}: {}", failure(&output));
        !refused
    };
    let nodes = "/api/v1/nodes";
    let autoscalers = "/apis/autoscaling/v2/horizontalpodautoscalers";
    let pods = "/api/v1/pods";
    let of_shop = "/api/v1/namespaces/shop/pods";
    let secrets = "/api/v1/namespaces/shop/secrets";
    let usage = "/apis/metrics.k8s.io/v1beta1/nodes";
    let cases = [
        ("nothing", [false, false, false, false, false, false]),
        ("no-nodes", [false, true, true, true, false, false]),
        ("no-autoscalers", [true, false, true, true, false, true]),
        ("namespaced", [false, false, false, true, false, false]),
    ];
    for (user, expected) in cases {
        let asked = [nodes, autoscalers, pods, of_shop, secrets, usage].map(|path| allowed(user, path));
        assert_eq!(asked, expected, "{user}");
        // Everyone may ask what is served.
        assert!(allowed(user, "/apis"), "{user}");
    }
    assert!(!allowed("reader", of_shop) && !allowed("reader-token", of_shop));
    server.told(&["create", "rolebinding", "reader", "--clusterrole=lists-namespaced", "--user=reader", "-n", "shop"]);
    server.wait("right of the reader", Duration::from_secs(10), || allowed("reader", of_shop));
    assert!(allowed("reader-token", of_shop) && !allowed("reader", pods));
    let verbs: BTreeSet<String> = server
        .audit_log()
        .iter()
        .filter(|line| line["user"]["username"] == "namespaced" && line["objectRef"]["resource"].is_string())
        .map(|line| line["verb"].as_str().expect("a verb").to_owned())
        .collect();
    assert_eq!(verbs, BTreeSet::from(["list".to_owned()]));
}

#[test]
fn files_are_applied_as_far_as_they_are_taken() {
    let Some(server) = control_plane() else { return };
    let folder = tempfile::tempdir().unwrap();
    let files = [folder.path().join("some.yaml"), folder.path().join("more.yaml"), folder.path().join("template.yaml")];
    let some = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ghost, namespace: applied}\nspec:\n  replicas: 2\n  \
                selector: {matchLabels: {app: ghost}}\n  template:\n    metadata: {labels: {app: ghost}}\n    spec:\n      \
                containers: [{name: ghost, image: 'ghost:5'}]\n---\napiVersion: example.com/v1\nkind: Nobody\nmetadata: {name: knows}\n";
    let more = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: Wrong_Name}}\n- {apiVersion: v1, \
                kind: ConfigMap, metadata: {name: right, namespace: applied}}\n";
    for (file, text) in files.iter().zip([some, more, "{{ .Values.all }}: [\n"]) {
        std::fs::write(file, text).unwrap();
    }
    let (accepted, refused) = server.apply_files(&files);
    let of: Vec<&str> = refused.iter().map(|each| each["kind"].as_str().unwrap_or("nothing")).collect();
    assert_eq!((accepted, of), (2, vec!["nothing", "Nobody", "Service"]), "{refused:?}");
    assert!(refused[1]["reason"].as_str().unwrap().contains("no matches for kind"), "{refused:?}");
    server.wait_for_ready_pods("applied", "app=ghost", 2);
}

#[test]
fn the_canary_is_where_secrets_may_be() {
    let Some(server) = estate() else { return };
    let planted = |path: &str| server.raw(path).to_string().contains(CANARY);
    let secret = server.raw("/api/v1/namespaces/shop/secrets/web");
    assert!(
        secret["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"]
            .to_string()
            .contains(CANARY)
    );
    assert!(secret["data"]["canary"].is_string() && planted("/api/v1/namespaces/shop/configmaps/web"));
    let mut containers = 0;
    for namespace in ["shop", "payments", "reporting", "ledger-system", "monitoring"] {
        for pod in items(&server.raw(&format!("/api/v1/namespaces/{namespace}/pods"))) {
            assert_eq!(pod["metadata"]["annotations"]["example.com/note"], CANARY);
            for container in pod["spec"]["containers"].as_array().expect("containers") {
                assert!(
                    container["env"].to_string().contains(CANARY) && container["args"].to_string().contains(CANARY)
                );
                containers += 1;
            }
        }
    }
    assert!(containers >= 17, "{containers}");
    assert!(planted("/apis/batch/v1/namespaces/reporting/cronjobs") && planted("/apis/ledger.example.com/v1/ledgers"));
}

#[test]
fn nothing_stays_of_a_control_plane() {
    let runs = |process: u32| {
        // A process that nobody has waited for yet has ended all the same.
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
    };
    let Some(mut server) = Server::control_plane(1) else { return };
    let children = server.children();
    assert_eq!(children.len(), 5);
    assert!(children.iter().copied().all(runs), "{children:?}");
    server.kill();
    server.wait("end of all components", Duration::from_secs(10), || !children.iter().copied().any(runs));
    std::fs::remove_dir_all(server.directory()).expect("nobody was left to remove it");

    let Some(server) = Server::control_plane(1) else { return };
    let (children, directory) = (server.children(), server.directory().to_owned());
    drop(server);
    assert!(!children.iter().copied().any(runs) && !directory.exists());
}

/// Every page of a list: the names in it, and how many pages there were.
fn pages(server: &Server, path: &str, limit: usize) -> (Vec<String>, usize) {
    let (mut names, mut count, mut token) = (Vec::new(), 0, String::new());
    loop {
        let separator = if path.contains('?') { '&' } else { '?' };
        let page = server.raw(&format!("{path}{separator}limit={limit}{token}"));
        count += 1;
        assert!(items(&page).len() <= limit);
        for item in items(&page) {
            let metadata = &item["metadata"];
            names.push(format!(
                "{}/{}",
                metadata["namespace"].as_str().unwrap_or_default(),
                metadata["name"].as_str().expect("a name")
            ));
        }
        match page["metadata"]["continue"].as_str() {
            None | Some("") => return (names, count),
            Some(next) => token = format!("&continue={next}"),
        }
    }
}

#[test]
fn the_paging_server_pages() {
    let flags = ["--nodes", "30", "--pods", "1234", "--workloads", "100", "--keda", "--forbid", "apps/daemonsets"];
    let Some(server) = Server::paging(&flags) else { return };
    let (names, count) = pages(&server, "/api/v1/pods", 500);
    assert_eq!((names.len(), count), (1234, 3));
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), 1234);
    let (of_team, _) = pages(&server, "/api/v1/namespaces/team-001/pods", 100);
    assert!(!of_team.is_empty() && of_team.iter().all(|name| name.starts_with("team-001/")));
    let first = server.raw("/api/v1/namespaces/team-001/pods?limit=1");
    assert_eq!(first["metadata"]["remainingItemCount"], of_team.len() - 1);

    let pod = &first["items"][0];
    let size = pod.to_string().len();
    assert!((5000..9000).contains(&size), "{size}");
    let owner = &pod["metadata"]["ownerReferences"][0];
    assert_eq!(pod["spec"]["containers"].as_array().map(Vec::len), Some(2));
    let label = pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().expect("a label");
    let chosen = server.raw(&format!("/api/v1/pods?labelSelector=app.kubernetes.io%2Fname%3D{label}"));
    assert!(
        !items(&chosen).is_empty()
            && items(&chosen).iter().all(|each| each["metadata"]["ownerReferences"][0]["uid"] == owner["uid"])
    );
    let sets = server.raw("/apis/apps/v1/replicasets");
    let known: BTreeSet<String> = items(&sets).iter().map(|set| set["metadata"]["uid"].to_string()).collect();
    for pod in items(&server.raw("/api/v1/pods")) {
        let owner = &pod["metadata"]["ownerReferences"][0];
        assert!(owner["kind"] != "ReplicaSet" || known.contains(&owner["uid"].to_string()), "{owner}");
    }

    let refused = failure(&server.kubectl("admin", &["get", "--raw", "/apis/apps/v1/daemonsets"]));
    assert!(refused.contains("Forbidden"), "{refused}");
    assert_eq!(server.told(&["auth", "can-i", "list", "deployments", "-A"]).trim(), "yes");
    assert!(!server.kubectl("admin", &["auth", "can-i", "list", "daemonsets.apps", "-A"]).status.success());
}

#[test]
fn the_paging_server_is_discovered_in_both_ways() {
    let Some(server) = Server::paging(&["--nodes", "3", "--pods", "20", "--workloads", "20", "--rollouts"]) else {
        return;
    };
    let listed = server.told(&["api-resources", "-o", "name"]);
    for name in ["pods", "horizontalpodautoscalers.autoscaling", "rollouts.argoproj.io", "pods.metrics.k8s.io"] {
        assert!(listed.lines().any(|line| line == name), "{name} in {listed}");
    }
    assert!(!listed.contains("keda.sh"));
    let group = server.raw("/apis")["groups"].as_array().expect("groups").iter().any(|group| group["name"] == "policy");
    assert!(group);
    let resources = server.raw("/apis/policy/v1");
    assert_eq!(resources["resources"][0]["kind"], "PodDisruptionBudget");

    let requests = server.requests();
    let aggregated = requests.iter().find(|line| line["path"] == "/apis").expect("discovery");
    assert!(aggregated["accept"].as_str().expect("a header").contains("as=APIGroupDiscoveryList"), "{aggregated}");
    assert!(
        requests.iter().all(|line| line["method"] == "GET"
            && line["userAgent"].as_str().is_some_and(|name| name.starts_with("kubectl")))
    );
    // The token is as good as the certificate, and nothing is not.
    assert!(server.kubectl("token", &["get", "pods", "-A"]).status.success());
    let nobody = server.kubectl("token", &["get", "--raw", "/api/v1/pods", "--token", "wrong"]);
    assert!(failure(&nobody).contains("Unauthorized"), "{}", failure(&nobody));
}

/// A proxy with one fault in front of a small paging server.
fn faulty(upstream: &Server, fault: &str) -> Server {
    faulty_at(&upstream.kubeconfig("admin"), fault)
}

fn faulty_at(upstream: &Path, fault: &str) -> Server {
    Server::proxy(upstream, &[fault]).expect("the program is built")
}

fn next_page(server: &Server) -> String {
    let first = server.raw("/api/v1/pods?limit=50");
    format!("/api/v1/pods?limit=50&continue={}", first["metadata"]["continue"].as_str().expect("a second page"))
}

fn small() -> Option<Server> {
    Server::paging(&["--nodes", "5", "--pods", "200", "--workloads", "20"])
}

#[test]
fn a_proxy_without_faults_changes_nothing() {
    let Some(upstream) = small() else { return };
    let proxy = Server::proxy(&upstream.kubeconfig("token"), &[]).expect("the program is built");
    assert_eq!(pages(&proxy, "/api/v1/pods", 50), pages(&upstream, "/api/v1/pods", 50));
    assert_eq!(proxy.raw("/version"), upstream.raw("/version"));
}

#[test]
fn a_page_is_cut_or_halved() {
    let Some(upstream) = small() else { return };
    // Whether a server's end is read as an end or as a reset depends on how much of the page was still on its way.
    let ends: [(&str, &[&str]); 2] = [
        ("cut,resource=pods,page=2", &["stream error"]),
        ("die,resource=pods,page=2", &["unexpected EOF", "connection reset by peer"]),
    ];
    for (fault, messages) in ends {
        let proxy = faulty(&upstream, fault);
        let path = next_page(&proxy);
        let said = failure(&proxy.kubectl("admin", &["get", "--raw", &path]));
        assert!(messages.iter().any(|message| said.contains(message)), "{fault}: {said}");
        let after = proxy.kubectl("admin", &["get", "--raw", "/version"]);
        assert_eq!(after.status.success(), fault.starts_with("cut"), "{fault}");
    }
    let proxy = faulty(&upstream, "half-page,resource=pods,page=2");
    let path = next_page(&proxy);
    let whole = upstream.told(&["get", "--raw", &path]);
    let half = proxy.told(&["get", "--raw", &path]);
    assert_eq!(half, whole[..half.len()]);
    assert_eq!(half.len(), whole.len() / 2);
}

#[test]
fn a_proxy_answers_late_or_slowly() {
    let Some(upstream) = small() else { return };
    let proxy = faulty(&upstream, "delay=2s,resource=pods");
    let began = Instant::now();
    proxy.raw("/api/v1/pods?limit=1");
    assert!(began.elapsed() >= Duration::from_secs(2));
    let began = Instant::now();
    proxy.raw("/api/v1/nodes?limit=1");
    assert!(began.elapsed() < Duration::from_secs(2));

    let proxy = faulty(&upstream, "trickle=20ms,resource=namespaces");
    let began = Instant::now();
    let said = failure(&proxy.kubectl("admin", &["get", "--raw", "/api/v1/namespaces", "--request-timeout=2s"]));
    assert!(said.contains("deadline") || said.contains("Timeout") || said.contains("canceled"), "{said}");
    assert!(began.elapsed() >= Duration::from_secs(2));
}

#[test]
fn a_proxy_answers_with_a_status() {
    let Some(upstream) = small() else { return };
    for (code, reason) in
        [(410, "refused on purpose"), (403, "Forbidden"), (500, "refused on purpose"), (401, "Unauthorized")]
    {
        let proxy = faulty(&upstream, &format!("status={code},resource=pods,page=2"));
        let path = next_page(&proxy);
        let said = failure(&proxy.kubectl("admin", &["get", "--raw", &path]));
        assert!(said.contains(reason) || said.contains("logged in"), "{code}: {said}");
        let status = proxy.requests().last().expect("a request")["status"].clone();
        assert_eq!(status, code);
    }
    // kubectl itself waits as long as told and asks again.
    for code in [429, 503] {
        let proxy = faulty(&upstream, &format!("status={code},resource=pods,retry-after=1,times=2"));
        let began = Instant::now();
        assert_eq!(items(&proxy.raw("/api/v1/pods?limit=7")).len(), 7);
        assert!(began.elapsed() >= Duration::from_secs(2), "{code}: {:?}", began.elapsed());
        let requests = proxy.requests();
        let of_pods = requests.iter().filter(|line| line["path"] == "/api/v1/pods");
        let statuses: Vec<&Value> = of_pods.map(|line| &line["status"]).collect();
        assert_eq!(statuses, [&Value::from(code), &Value::from(code), &Value::from(200)]);
    }
}

#[test]
fn a_list_never_ends_or_is_no_list() {
    let Some(upstream) = small() else { return };
    for (fault, distinct) in [("endless,resource=pods", 6), ("endless=same,resource=pods", 1)] {
        let proxy = faulty(&upstream, fault);
        let (mut tokens, mut token) = (BTreeSet::new(), String::new());
        for _ in 0..6 {
            let page = proxy.raw(&format!("/api/v1/pods?limit=500{token}"));
            assert_eq!(items(&page).len(), 200);
            let next = page["metadata"]["continue"].as_str().expect("it goes on").to_owned();
            token = format!("&continue={next}");
            tokens.insert(next);
        }
        assert_eq!(tokens.len(), distinct, "{fault}");
    }
    let proxy = faulty(&upstream, "not-json,resource=pods");
    assert!(proxy.told(&["get", "--raw", "/api/v1/pods"]).starts_with("<!DOCTYPE html>"));
    assert!(!proxy.raw("/api/v1/nodes")["items"].is_null());
}

#[test]
fn a_proxy_stands_in_front_of_the_real_server_too() {
    let Some(server) = control_plane() else { return };
    let upstream = server.kubeconfig("nothing");
    let proxy = faulty_at(&upstream, "status=503,path=/apis/apps");
    let refused = failure(&proxy.kubectl("admin", &["get", "--raw", "/api/v1/nodes"]));
    assert!(refused.contains("Forbidden"), "{refused}");
    assert!(!proxy.kubectl("admin", &["get", "--raw", "/apis/apps/v1/deployments"]).status.success());
    assert_eq!(proxy.raw("/version"), server.raw("/version"));
}

/// How long a large cluster takes is printed: it depends on what else the machine does.
#[test]
#[ignore = "takes minutes; run it with `--ignored`"]
fn a_thousand_nodes_with_five_thousand_pods() {
    let Some(server) = Server::control_plane(3) else { return };
    eprint!("{}", server.populate("large", &["--nodes", "1000", "--pods", "5000", "--wait", "15m"]));
    let (pods, pages_of_pods) = pages(&server, "/api/v1/pods?fieldSelector=status.phase%3DRunning", 500);
    assert_eq!((pods.len(), pages_of_pods), (5000, 10));
    assert_eq!(pages(&server, "/api/v1/nodes", 500).0.len(), 1000);
}
