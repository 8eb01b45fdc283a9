//! The program against real servers, as its users run it: a Kubernetes control plane, users without rights, a proxy that
//! fails, and an estate of 50,000 pods.
#![cfg(all(feature = "cluster", unix))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/product.rs"]
mod product;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use cluster::{CANARY, Server, control_plane};
use product::{Place, Report, Run};
use serde_json::Value;

/// The shared control plane with the estate in which a word is planted everywhere, after its autoscaler has come to rest.
/// No test changes what is in it.
fn estate() -> Option<&'static Server> {
    static POPULATED: OnceLock<()> = OnceLock::new();
    let server = control_plane()?;
    POPULATED.get_or_init(|| {
        server.populate("canary", &[]);
        let path = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web";
        server.wait("autoscaler at four replicas", Duration::from_secs(60), || {
            server.raw(path)["status"]["currentReplicas"] == 4
        });
        server.wait_for_ready_pods("shop", "app.kubernetes.io/name=web", 4);
        // Usage of the new pod is told a moment later.
        server.wait("usage of every pod", Duration::from_secs(60), || {
            let usage = server.raw("/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods");
            usage["items"].as_array().is_some_and(|pods| pods.len() == 5)
        });
    });
    Some(server)
}

/// A control plane that tests change, each in namespaces of its own.
fn workshop() -> Option<&'static Server> {
    static WORKSHOP: OnceLock<Option<Server>> = OnceLock::new();
    WORKSHOP.get_or_init(|| Server::control_plane(6)).as_ref()
}

/// What the administrator sees of it.
fn whole(server: &Server) -> &'static Report {
    static WHOLE: OnceLock<Report> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let report = Place::new().report(&server.kubeconfig("admin"), &["-A"]);
        assert!(report.gaps().is_empty(), "{}", report.gaps_in_words());
        report
    })
}

#[test]
fn kubectl_worthy_says_what_runs() {
    let Some(server) = estate() else { return };
    let (place, admin) = (Place::new(), server.kubeconfig("admin"));
    let screen = place.kubectl_worthy(&admin, &["-A"]);
    assert_eq!((screen.code, screen.said.as_str()), (0, ""), "{}", screen.said);
    for words in ["estate of 4 systems", "Kubernetes need", "6 nodes that take pods in 3 zones", "kubectl worthy rule"]
    {
        assert!(screen.out.contains(words), "{words} in {}", screen.out);
    }
    let report = whole(server);
    assert_eq!(report.names(), ["ledger-system", "monitoring", "reporting", "shop"]);
    for (system, capability) in [
        ("shop", "survive-host-loss"),
        ("shop", "survive-zone-loss"),
        ("shop", "autoscale"),
        ("shop", "volume"),
        ("reporting", "cron"),
        ("ledger-system", "drives-kubernetes"),
    ] {
        assert_eq!(report.grade(system, capability), Some(3), "{system} {capability}: {}", report.0["systems"]);
    }
    assert_eq!(report.0["inputs"]["clusters"][0]["nodes"], 6);

    let names = |words: &[&str]| {
        let run = place.kubectl_worthy(&admin, &[words, &["-o", "json"]].concat());
        let report = run.report();
        // One object takes the lists of its own kind alone.
        let has_gap = report.gaps().iter().any(|gap| gap["reason"] != "it was not asked for");
        assert!(!has_gap, "{words:?}: {}", report.gaps_in_words());
        let workloads: u64 = report.systems().iter().map(|(_, system)| system["workloads"].as_u64().unwrap()).sum();
        (report.names().into_iter().map(str::to_owned).collect::<Vec<_>>(), workloads)
    };
    let shop = (vec!["shop".to_owned()], 2);
    assert_eq!(names(&["-n", "shop"]), shop);
    assert_eq!(names(&["--namespace=shop", "--request-timeout", "20s"]), shop);
    assert_eq!(names(&["-n", "shop", "-n", "payments"]), (vec!["shop".to_owned()], 4));
    assert_eq!(names(&["-A", "-l", "app.kubernetes.io/part-of=shop"]), (vec!["shop".to_owned()], 4));
    let (one, count) = names(&["deployment/web", "-n", "shop"]);
    assert_eq!((one.len(), count), (1, 1));
    let (one, count) = names(&["-n", "payments", "sts/database"]);
    assert_eq!((one.len(), count), (1, 1));
    // The namespace of the context is `default`, in which nothing runs.
    let bare = place.kubectl_worthy(&admin, &[]);
    assert_eq!(bare.code, 3, "{}{}", bare.out, bare.said);
    // What kubectl itself says of a flag before the plugin's name is its own.
    let unknown = place.kubectl_worthy(&admin, &["-A", "--nonsense"]);
    assert!(unknown.code != 0 && unknown.said.contains("--nonsense"), "{}", unknown.said);
}

#[test]
fn the_audit_log_shows_lists_and_nothing_else() {
    let Some(server) = estate() else { return };
    let place = Place::new();
    // A name of our own in the log: that of the impersonated user's extra group does not change what is asked.
    let run = place.run(
        &server.kubeconfig("admin"),
        &["assess", "--live", "-A", "-q", "--as", "auditor", "--as-group", "system:masters"],
    );
    assert_eq!(run.code, 0, "{}", run.said);
    let ours = |line: &&Value| line["userAgent"].as_str().is_some_and(|agent| agent.starts_with("kubeworthy/"));
    let log = server.audit_log();
    let (mut lists, mut others, mut times) = (Vec::new(), BTreeSet::new(), Vec::new());
    for line in log.iter().filter(ours) {
        let uri = line["requestURI"].as_str().expect("a path");
        let verb = line["verb"].as_str().expect("a verb");
        match &line["objectRef"] {
            Value::Null => {
                assert_eq!(verb, "get", "{line}");
                others.insert(uri.split('?').next().unwrap().to_owned());
            }
            object => {
                // Where one object is meant, the log tells its name from the field selector.
                let is_list = object["name"].is_null() || uri.contains("fieldSelector=metadata.name");
                assert!(verb == "list" && object["subresource"].is_null() && is_list, "{line}");
                let resource = object["resource"].as_str().expect("a resource");
                assert!(!["secrets", "configmaps"].contains(&resource), "{line}");
                assert!(!uri.contains("watch"), "{line}");
                let is_paged = object["apiGroup"] != "metrics.k8s.io";
                assert_eq!(uri.contains("limit="), is_paged, "{line}");
                if line["impersonatedUser"]["username"] == "auditor" {
                    let time = |key: &str| line[key].as_str().expect("a time").to_owned();
                    times.extend([(time("requestReceivedTimestamp"), 1), (time("stageTimestamp"), -1)]);
                    assert!(!is_paged || uri.contains("limit=500"), "{line}");
                    lists.push(format!("{}/{resource}", object["apiGroup"].as_str().unwrap_or_default()));
                }
            }
        }
    }
    assert_eq!(others, BTreeSet::from(["/api".to_owned(), "/apis".to_owned(), "/version".to_owned()]));
    // The times are of one length and zone, so that they sort as text; an end before a beginning of the same moment.
    times.sort();
    let mut at_once = 0;
    let most = times.iter().map(|(_, change)| {
        at_once += change;
        at_once
    });
    assert!((1..=2).contains(&most.max().expect("lists")), "at most two lists at once: {times:?}");
    let distinct: BTreeSet<&String> = lists.iter().collect();
    assert_eq!(distinct.len(), lists.len(), "each list is read once, of a cluster of this size: {lists:?}");
    for resource in [
        "/pods",
        "/nodes",
        "/events",
        "apps/deployments",
        "autoscaling/horizontalpodautoscalers",
        "metrics.k8s.io/pods",
    ] {
        assert!(lists.iter().any(|each| each == resource), "{resource} in {lists:?}");
    }
    assert!(!lists.iter().any(|each| each.starts_with("keda.sh") || each.starts_with("gateway.")), "{lists:?}");
}

/// Every list of a cluster that is refused to everybody without a right to it.
fn assert_answers_are_named(report: &Report, resources: &[(&str, &str)]) {
    for (resource, rule) in resources {
        let gap = report.gap(resource).unwrap_or_else(|| panic!("{resource} is no gap: {}", report.gaps_in_words()));
        assert!(gap["reason"].as_str().unwrap().starts_with("forbidden"), "{gap}");
        let rules = gap["rules"].as_array().unwrap();
        assert!(rules.iter().any(|each| each == rule), "{resource} leaves {rule} open: {rules:?}");
    }
}

#[test]
fn who_may_not_see_everything_is_told_what_is_missing() {
    let Some(server) = estate() else { return };
    let (place, whole) = (Place::new(), whole(server));
    let high = |report: &Report, name: &str| report.system(name).expect(name)["need"]["high"].as_f64().unwrap();
    for (user, missing) in [
        ("no-nodes", &[("nodes", "KW104"), ("nodes", "KW113")][..]),
        ("no-autoscalers", &[("horizontalpodautoscalers.autoscaling", "KW204")]),
    ] {
        let report = place.report(&server.kubeconfig(user), &["-A"]);
        assert_answers_are_named(&report, missing);
        report.assert_no_bolder_than(whole, user);
        assert_eq!(report.names(), whole.names(), "{user}");
        for name in report.names() {
            let (part, all) = (high(&report, name), high(whole, name));
            assert!(part >= all, "{user}: {name} needs {part} at most, and {all} where all is seen");
        }
        let confidence = |report: &Report| report.0["estate"]["confidence"].as_u64().unwrap();
        assert!(confidence(&report) < confidence(whole), "{user}: {}", confidence(&report));
        let screen = place.kubectl_worthy(&server.kubeconfig(user), &["-A"]);
        assert!(
            screen.out.contains("? forbidden: you may not list it") && screen.out.contains("kubectl worthy rbac"),
            "{}",
            screen.out
        );
    }
    let of_shop = place.report(&server.kubeconfig("namespaced"), &["-n", "shop"]);
    assert_answers_are_named(&of_shop, &[("nodes", "KW104"), ("clusterroles.rbac.authorization.k8s.io", "KW701")]);
    assert_eq!(of_shop.names(), ["shop"]);
    of_shop.assert_no_bolder_than(&place.report(&server.kubeconfig("admin"), &["-n", "shop"]), "namespaced");
    for user in ["nothing", "namespaced"] {
        let run = place.run(&server.kubeconfig(user), &["assess", "--live", "-A", "-o", "json"]);
        assert!(run.code == 2 && run.said.contains("kubeworthy rbac"), "{} {}", run.code, run.said);
        let report = Report(serde_json::from_str(&run.out).expect("JSON"));
        report.assert_no_bolder_than(whole, user);
        assert_eq!(report.0["estate"]["verdict"], "inconclusive");
        assert_answers_are_named(&report, &[("deployments.apps", "KW301"), ("pods", "KW101"), ("nodes", "KW113")]);
    }
}

#[test]
fn the_printed_role_is_enough() {
    let Some(server) = estate() else { return };
    let place = Place::new();
    let printed = |words: &[&str]| {
        let run = place.kubectl_worthy(&server.kubeconfig("admin"), words);
        assert_eq!(run.code, 0, "{}", run.said);
        assert!(!run.out.contains("secrets") && !run.out.contains("configmaps"), "{}", run.out);
        let verbs = run.out.lines().filter(|line| line.trim_start().starts_with("verbs:"));
        assert!(
            verbs.clone().count() > 5 && verbs.into_iter().all(|line| line.trim() == "verbs: [list]"),
            "{}",
            run.out
        );
        run.out.replace("WHO-RUNS-KUBEWORTHY", "reader")
    };
    let reader = server.kubeconfig("reader");
    let told = |words: &[&str]| {
        let run = place.run(&reader, &[&["assess", "--live", "-o", "json"], words].concat());
        Report(serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{words:?}: {}", run.said)))
    };
    let namespaced = printed(&["rbac", "-n", "shop"]);
    server.apply(&namespaced);
    server.wait("rights of the reader", Duration::from_secs(10), || told(&["-n", "shop"]).gap("pods").is_none());
    let report = told(&["-n", "shop"]);
    assert!(report.gaps().is_empty(), "{}", report.gaps_in_words());
    assert!(told(&["-n", "payments"]).gap("pods").is_some(), "the role is for one namespace");
    server.apply(&printed(&["rbac"]));
    server.wait("rights of the reader", Duration::from_secs(10), || told(&["-A"]).gap("pods").is_none());
    let report = told(&["-A"]);
    assert!(report.gaps().is_empty(), "{}", report.gaps_in_words());
    assert_eq!(report.names(), whole(server).names());
    let refused = server.audit_log().into_iter().any(|line| {
        line["user"]["username"] == "reader"
            && line["responseStatus"]["code"] == 403
            && line["requestURI"].as_str().is_some_and(|uri| uri.contains("/secrets") || uri.contains("/configmaps"))
    });
    assert!(!refused, "nothing secret was asked for");
}

/// A fault, how the program is called, and what it says of the list.
struct Case {
    fault: &'static str,
    words: &'static [&'static str],
    /// The list that the fault is about; none where it is gone again.
    list: Option<&'static str>,
    /// A part of the reason.
    reason: &'static str,
    /// Whether something of the list was read.
    some: bool,
    limit: u64,
}

const fn case(
    fault: &'static str,
    words: &'static [&'static str],
    list: &'static str,
    reason: &'static str,
    some: bool,
) -> Case {
    Case { fault, words, list: Some(list), reason, some, limit: 20 }
}

const fn clears(fault: &'static str) -> Case {
    Case { fault, words: &[], list: None, reason: "", some: false, limit: 20 }
}

/// Runs a case through a proxy before a server, as its administrator.
fn through(upstream: &Path, case: &Case, place: &Place, more: &[&str]) -> Option<Run> {
    let proxy = Server::proxy(upstream, &[case.fault])?;
    let words = [&["assess", "--live", "-A", "-o", "json"], case.words, more].concat();
    let run = place.run(&proxy.kubeconfig("admin"), &words);
    assert!(run.took < Duration::from_secs(case.limit), "{}: {:?}", case.fault, run.took);
    Some(run)
}

fn assert_case(case: &Case, run: &Run, whole: &Report) {
    let report = run.report();
    report.assert_no_bolder_than(whole, case.fault);
    let Some(list) = case.list else {
        assert!(report.gaps().is_empty(), "{}: {}", case.fault, report.gaps_in_words());
        assert_eq!(report.names(), whole.names());
        return;
    };
    let gap = report.gap(list).unwrap_or_else(|| panic!("{}: no gap in {}", case.fault, report.gaps_in_words()));
    let reason = gap["reason"].as_str().expect("a reason");
    assert!(reason.contains(case.reason), "{}: {reason}", case.fault);
    assert_eq!(gap["objects"].as_u64().expect("a number") > 0, case.some, "{}: {gap}", case.fault);
    assert_eq!(reason.starts_with("cut off"), case.some, "{}: {gap}", case.fault);
    assert!(!gap["rules"].as_array().expect("rules").is_empty(), "{}: {gap}", case.fault);
}

const SMALL_PAGES: &[&str] = &["--chunk-size", "2"];
const IMPATIENT: &[&str] = &["--request-timeout", "2s"];

/// Every way to fail, before a real API server. Each list is hit by some of them.
const FAULTS: &[Case] = &[
    case("cut,resource=deployments", &[], "deployments.apps", "broke off", false),
    case("cut,resource=deployments,page=2", SMALL_PAGES, "deployments.apps", "broke off", true),
    case("half-page,resource=statefulsets", &[], "statefulsets.apps", "not valid JSON", false),
    case("half-page,resource=nodes,page=2", SMALL_PAGES, "nodes", "not valid JSON", true),
    case("delay=30s,resource=deployments", IMPATIENT, "deployments.apps", "within 2s", false),
    case(
        "delay=30s,resource=nodes,page=2",
        &["--request-timeout", "2s", "--chunk-size", "2"],
        "nodes",
        "within 2s",
        true,
    ),
    case("trickle,resource=statefulsets", IMPATIENT, "statefulsets.apps", "within 2s", false),
    case("trickle,resource=deployments", &["--timeout", "4s"], "deployments.apps", "time limit of 4s", false),
    case("status=410,resource=deployments,page=2", SMALL_PAGES, "deployments.apps", "twice (410 Gone)", true),
    clears("status=410,resource=deployments,page=2,times=1"),
    clears("status=429,resource=statefulsets,retry-after=1,times=1"),
    case("status=429,resource=statefulsets,retry-after=600", &[], "statefulsets.apps", "429", false),
    clears("status=503,resource=deployments,times=2"),
    case("status=503,resource=deployments", &[], "deployments.apps", "(503)", false),
    case("status=500,resource=statefulsets", &[], "statefulsets.apps", "(500)", false),
    case("status=403,resource=deployments,page=2", SMALL_PAGES, "deployments.apps", "(403)", true),
    case("not-json,resource=nodes", &[], "nodes", "web page", false),
    case("endless=same,resource=deployments", &[], "deployments.apps", "do not end", true),
    case("endless,resource=statefulsets", &["--timeout", "6s"], "statefulsets.apps", "", true),
];

/// Runs work on several at once, as much as the machine has.
fn in_parallel<T: Sync>(all: &[T], work: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(each) = all.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    work(each);
                }
            });
        }
    });
}

#[test]
fn each_failure_ends_in_a_report_that_names_it() {
    let Some(server) = estate() else { return };
    let (admin, whole) = (server.kubeconfig("admin"), whole(server));
    in_parallel(FAULTS, |case| {
        let place = Place::new();
        let Some(run) = through(&admin, case, &place, &[]) else { return };
        assert_case(case, &run, whole);
    });
}

/// Pods bear workloads too, and everything that was seen comes from them.
#[test]
fn missing_pods_make_nothing_needless() {
    let Some(server) = estate() else { return };
    let (admin, whole) = (server.kubeconfig("admin"), whole(server));
    let faults = [
        case("cut,resource=pods,path=/api/v1", &[], "pods", "broke off", false),
        case("half-page,resource=pods,page=2", SMALL_PAGES, "pods", "not valid JSON", true),
        case("status=410,resource=pods,page=2", SMALL_PAGES, "pods", "twice (410 Gone)", true),
        case("delay=30s,resource=pods,path=/api/v1", IMPATIENT, "pods", "within 2s", false),
    ];
    in_parallel(&faults, |case| {
        let Some(run) = through(&admin, case, &Place::new(), &[]) else { return };
        assert_case(case, &run, whole);
    });
}

#[test]
fn a_server_that_dies_or_never_answers_is_no_empty_cluster() {
    let Some(server) = estate() else { return };
    let (admin, place) = (server.kubeconfig("admin"), Place::new());
    // With its first list, and once workloads were read.
    for (fault, code) in [("die,resource=statefulsets", 2), ("die,resource=horizontalpodautoscalers", 0)] {
        let proxy = Server::proxy(&admin, &[fault]).expect("it runs already");
        let run = place.run(&proxy.kubeconfig("admin"), &["assess", "--live", "-A", "-o", "json"]);
        assert!(run.took < Duration::from_secs(30), "{:?}", run.took);
        assert_eq!(run.code, code, "{fault}: {}", run.said);
        let report = Report(serde_json::from_str(&run.out).expect("JSON"));
        report.assert_no_bolder_than(whole(server), fault);
        for list in ["horizontalpodautoscalers.autoscaling", "events", "nodes.metrics.k8s.io"] {
            assert!(report.gap(list).is_some(), "{fault} {list}: {}", report.gaps_in_words());
        }
    }
    for (fault, words) in [
        ("status=503", &[][..]),
        ("status=500", &[]),
        ("not-json", &[]),
        ("cut", &[]),
        ("half-page", &[]),
        ("delay=30s", &["--request-timeout", "2s"]),
        ("trickle", &["--timeout", "3s"]),
        ("status=401", &[]),
        ("status=403", &[]),
    ] {
        let proxy = Server::proxy(&admin, &[fault]).expect("it runs already");
        let run = place.run(&proxy.kubeconfig("admin"), &[&["assess", "--live", "-A", "-o", "json"], words].concat());
        assert!(run.is_clear_error() && run.took < Duration::from_secs(20), "{fault}: {run:?}");
    }
}

/// How many requests a list of so many objects takes.
fn pages(objects: usize) -> usize {
    objects.div_ceil(500).max(1)
}

/// The requests of a paging server by path: how many there were, and the most that were answered at once.
fn requests_by_path(server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in server.requests() {
        assert!(request["userAgent"].as_str().is_some_and(|agent| agent.starts_with("kubeworthy/")), "{request}");
        assert_eq!(request["method"], "GET", "{request}");
        // What every API server serves is asked for even where discovery does not show it, as here.
        let missing = ["/api/v1/replicationcontrollers", "/apis/storage.k8s.io/v1/csidrivers"];
        let path = request["path"].as_str().expect("a path");
        assert!(request["status"] == 200 || missing.contains(&path), "{request}");
        *counts.entry(request["path"].as_str().expect("a path").to_owned()).or_default() += 1;
    }
    counts
}

/// The program as it is shipped, where it has been built since its sources changed; else the one under test.
fn shipped() -> PathBuf {
    let tested = Path::new(env!("CARGO_BIN_EXE_kubeworthy"));
    let release = tested.parent().and_then(Path::parent).map(|folder| folder.join("release/kubeworthy"));
    let changed = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
    let newest = walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .into_iter()
        .filter_map(|entry| changed(entry.ok()?.path()))
        .max();
    release.filter(|path| changed(path).is_some_and(|built| Some(built) >= newest)).unwrap_or_else(|| tested.to_owned())
}

/// What a live assessment may hold, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;

#[test]
fn fifty_thousand_pods_take_little_memory_and_few_requests() {
    let (nodes, pods) = (5_000, 50_000);
    let place = Place::new();
    let program = shipped();
    // The program under test is not optimised: it takes a little more, and longer, so it does the more important half.
    let is_shipped = program != Path::new(env!("CARGO_BIN_EXE_kubeworthy"));
    let most = if is_shipped { MOST_MEMORY } else { MOST_MEMORY + MOST_MEMORY / 4 };
    for words in [&["assess", "--live", "-A", "--timeout", "4m"][..], &["snapshot", "-A", "-o", "large.snapshot.jsonl"]]
    {
        if !is_shipped && words[0] == "snapshot" {
            continue;
        }
        let Some(server) = Server::paging(&[]) else { return };
        let run = place.run_build(&program, &server.kubeconfig("admin"), words);
        assert_eq!((run.code, run.said.as_str()), (0, ""), "{}", run.said);
        let counts = requests_by_path(&server);
        let total: usize = counts.values().sum();
        let peak = run.peak_kib.expect("its memory");
        println!("{}: {words:?}: {} MiB, {total} requests, {:?}", program.display(), peak / 1024, run.took);
        assert!(peak < most, "{words:?}: {} MiB", peak / 1024);
        for path in
            ["/api", "/apis", "/version", "/apis/metrics.k8s.io/v1beta1/pods", "/apis/metrics.k8s.io/v1beta1/nodes"]
        {
            assert_eq!(counts.get(path), Some(&1), "{path}");
        }
        assert_eq!((counts["/api/v1/pods"], counts["/api/v1/nodes"]), (pages(pods), pages(nodes)));
        for (path, count) in counts.iter().filter(|(_, count)| **count > 1) {
            let first = server.raw(&format!("{path}?limit=1"));
            let objects = first["metadata"]["remainingItemCount"].as_u64().expect("more than one") as usize + 1;
            assert!(*count <= pages(objects), "{path}: {count} requests for {objects} objects");
        }
        assert!(!counts.keys().any(|path| path.contains("secrets") || path.contains("configmaps")), "{counts:?}");
        if words[0] == "assess" {
            let end: String = run.out.lines().rev().take(20).collect::<Vec<_>>().join("\n");
            assert!(run.out.contains("5000 nodes that take pods"), "{end}");
        } else {
            let text = std::fs::read_to_string(place.path("large.snapshot.jsonl")).expect("a snapshot");
            let header: Value = serde_json::from_str(text.lines().next().expect("a header")).expect("JSON");
            for (list, objects) in [("pods", pods), ("nodes", nodes), ("pods.metrics.k8s.io", pods)] {
                assert_eq!(header["lists"][list], serde_json::json!({"outcome": "complete", "objects": objects}));
            }
        }
    }
}

#[test]
fn several_contexts_are_one_estate_and_one_that_is_away_is_named() {
    let Some(server) = estate() else { return };
    let Some(paging) = Server::paging(&["--nodes", "6", "--pods", "60", "--workloads", "12", "--namespaces", "2"])
    else {
        return;
    };
    let place = Place::new();
    let config = |server: &Server| -> Value {
        serde_json::from_str(
            &String::from_utf8(server.kubectl("admin", &["config", "view", "--raw", "-o", "json"]).stdout).unwrap(),
        )
        .unwrap()
    };
    let mut merged =
        serde_json::json!({"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": []});
    let mut add = |name: &str, mut from: Value| {
        for list in ["clusters", "users", "contexts"] {
            let mut entry = from[list][0].take();
            entry["name"] = Value::from(name);
            if list == "contexts" {
                entry["context"]["cluster"] = Value::from(name);
                entry["context"]["user"] = Value::from(name);
            }
            merged[list].as_array_mut().unwrap().push(entry);
        }
    };
    add("blue", config(server));
    add("green", config(&paging));
    let mut away = config(server);
    // Nothing listens there.
    away["clusters"][0]["cluster"]["server"] = Value::from("https://127.0.0.1:9");
    add("grey", away);
    let file = place.path("config");
    std::fs::write(&file, merged.to_string()).unwrap();

    let both = ["-A", "--context", "blue", "--context", "green"];
    let report = place.report(&file, &both);
    let clusters: Vec<&str> =
        report.0["inputs"]["clusters"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap()).collect();
    assert_eq!(clusters, ["blue", "green"]);
    assert!(report.names().len() > whole(server).names().len(), "{:?}", report.names());
    let screen = place.kubectl_worthy(&file, &both);
    for cluster in clusters {
        assert!(
            screen.out.lines().any(|line| line.trim_start().starts_with(&format!("cluster {cluster}"))),
            "{}",
            screen.out
        );
    }
    let run = place.kubectl_worthy(&file, &["-A", "--context", "blue", "--context", "grey", "-o", "json"]);
    let report = run.report();
    assert!(run.said.contains("cluster grey") && run.said.contains("127.0.0.1:9"), "{}", run.said);
    let skipped = report.0["inputs"].to_string();
    assert!(skipped.contains("cluster grey"), "{skipped}");
    let run = place.kubectl_worthy(&file, &["-A", "--context", "grey"]);
    assert!(run.is_clear_error(), "{run:?}");
}

/// A report in both forms: its screen and its JSON.
fn both_forms(place: &Place, kubeconfig: &Path, words: &[&str]) -> (String, String) {
    let json = place.path("both.json");
    let output = format!("json={}", json.display());
    let run = place.run(kubeconfig, &[&["assess"], words, &["-o", "full", "-o", &output, "--explain"]].concat());
    assert_eq!(run.code, 0, "{}", run.said);
    (run.out, std::fs::read_to_string(json).expect("a report"))
}

/// Where nothing changed between two snapshots, what was read between them is what they show.
fn assert_replay(server: &Server, user: &str, scope: &[&str]) {
    let (place, kubeconfig) = (Place::new(), server.kubeconfig(user));
    let file = |name: &str| place.path(&format!("{name}.snapshot.jsonl"));
    let snapshot = |name: &str| {
        let file = file(name);
        let run = place.run(&kubeconfig, &[&["snapshot", "-o", file.to_str().unwrap()], scope].concat());
        assert_eq!(run.code, 0, "{}", run.said);
        std::fs::read_to_string(file).expect("a snapshot")
    };
    for _ in 0..20 {
        let before = snapshot("before");
        let live = both_forms(&place, &kubeconfig, &[&["--live"], scope].concat());
        if before != snapshot("after") {
            std::thread::sleep(Duration::from_millis(500));
            continue;
        }
        let before = file("before");
        let replayed = both_forms(&place, Path::new("/dev/null"), &[before.to_str().unwrap()]);
        assert_eq!(live.0, replayed.0, "{user} {scope:?}");
        assert!(live.1 == replayed.1, "{user} {scope:?}: the JSON differs");
        let check = place.run(Path::new("/dev/null"), &["snapshot", "--check", before.to_str().unwrap()]);
        assert!(check.code == 0 && check.out.contains("Nothing else is in it"), "{}{}", check.out, check.said);
        return;
    }
    panic!("the cluster never came to rest");
}

#[test]
fn a_snapshot_gives_the_live_report() {
    let Some(server) = estate() else { return };
    for (user, scope) in [
        ("admin", &["-A"][..]),
        ("admin", &["-n", "shop", "-n", "payments"]),
        ("admin", &["-A", "-l", "app.kubernetes.io/part-of=shop"]),
        ("admin", &["-n", "shop", "deployment/web"]),
        ("no-nodes", &["-A"]),
        ("namespaced", &["-n", "shop"]),
    ] {
        assert_replay(server, user, scope);
    }
}

#[test]
fn a_large_snapshot_gives_the_live_report() {
    let flags = [
        "--nodes",
        "300",
        "--pods",
        "3000",
        "--workloads",
        "300",
        "--keda",
        "--rollouts",
        "--gateways",
        "--forbid",
        "apps/daemonsets",
    ];
    let Some(server) = Server::paging(&flags) else { return };
    assert_replay(&server, "admin", &["-A"]);
}

#[test]
fn pseudonyms_change_names_and_nothing_else() {
    let Some(server) = estate() else { return };
    let (place, admin) = (Place::new(), server.kubeconfig("admin"));
    let key = place.path("key");
    std::fs::write(&key, "a key of more than sixteen bytes").unwrap();
    let file = place.path("pseudonyms.snapshot.jsonl");
    let words = ["snapshot", "-A", "-o", file.to_str().unwrap(), "--pseudonyms", key.to_str().unwrap()];
    assert_eq!(place.run(&admin, &words).code, 0);
    let text = std::fs::read_to_string(&file).unwrap();
    for name in
        ["catalogue", "storefront", "payments", "shop", "ledger", "nightly", "node-agent", "example.com", "kwok-node"]
    {
        assert!(!text.contains(name), "{name} in {:?}", text.lines().find(|line| line.contains(name)));
    }
    let check = place.run(&admin, &["snapshot", "--check", file.to_str().unwrap()]);
    assert!(check.code == 0 && check.out.contains("pseudonyms"), "{}{}", check.out, check.said);
    let run = place.run(Path::new("/dev/null"), &["assess", file.to_str().unwrap(), "-o", "json"]);
    let renamed = run.report();
    let needs = |report: &Report| {
        let of = |system: &Value| {
            let claims = system["claims"].as_array().unwrap().iter();
            let claims: BTreeSet<String> =
                claims.map(|claim| format!("{} {} {}", claim["capability"], claim["grade"], claim["share"])).collect();
            (system["verdict"].to_string(), system["need"].to_string(), system["confidence"].to_string(), claims)
        };
        let mut systems: Vec<_> = report.systems().into_iter().map(|(_, system)| of(system)).collect();
        systems.sort();
        systems
    };
    assert_eq!(needs(&renamed), needs(whole(server)));
}

#[test]
fn the_canary_is_in_no_output() {
    let Some(server) = estate() else { return };
    let (place, admin) = (Place::new(), server.kubeconfig("admin"));
    let key = place.path("key");
    std::fs::write(&key, "a key of more than sixteen bytes").unwrap();
    let proxy =
        Server::proxy(&admin, &["half-page,resource=deployments", "status=500,resource=secrets", "cut,resource=nodes"])
            .expect("it runs already");
    let faulty = proxy.kubeconfig("admin");
    // Each run looks for the word in what it printed; here the files are looked at too.
    for (number, (kubeconfig, words)) in [
        (&admin, &["assess", "--live", "-A", "--explain", "--width", "60"][..]),
        (&admin, &["assess", "--live", "-A", "-o", "json=OUT"]),
        (&admin, &["assess", "--live", "-A", "-o", "full=OUT", "--explain", "-q"]),
        (&admin, &["assess", "--live", "-n", "shop", "deployment/web", "--explain"]),
        (&admin, &["snapshot", "-A"]),
        (&admin, &["snapshot", "-A", "-o", "OUT"]),
        (&admin, &["snapshot", "-A", "-o", "OUT", "--pseudonyms", key.to_str().unwrap()]),
        (&admin, &["snapshot", "--check", "OUT"]),
        (&admin, &["assess", "OUT", "--explain"]),
        (&admin, &["assess", "--live", "-A", "-v=9"]),
        (&admin, &["assess", "--live", "-A", "--nonsense"]),
        (&admin, &["assess", "--live", "-A", "--user", "nobody"]),
        (&admin, &["assess", "--live", "nonsense/web"]),
        (&faulty, &["assess", "--live", "-A", "--explain"]),
        (&faulty, &["assess", "--live", "-A", "-o", "json=OUT"]),
        (&faulty, &["snapshot", "-A", "-o", "OUT"]),
        (&faulty, &["snapshot", "--check", "OUT"]),
    ]
    .into_iter()
    .enumerate()
    {
        let out = place.path("canary.snapshot.jsonl");
        let words: Vec<String> = words.iter().map(|word| word.replace("OUT", out.to_str().unwrap())).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = place.run(kubeconfig, &words);
        assert!(!run.out.is_empty() || !run.said.is_empty() || out.exists(), "{number}: nothing was written");
        let written = std::fs::read_to_string(&out).unwrap_or_default();
        assert!(!written.contains(CANARY) && !written.contains("not-so-secret"), "{number}: {words:?}");
    }
    // The word is where it may be looked for, so this can fail.
    assert!(server.told(&["get", "pods", "-A", "-o", "json"]).contains(CANARY));
}

/// A deployment of the namespace `drift` with two copies.
fn part(name: &str, lines: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: drift, labels: {{app.kubernetes.io/part-of: \
         drift}}}}\nspec:\n  {lines}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: \
         {name}}}}}\n    spec:\n      containers:\n      - name: main\n        image: registry.example.com/{name}:1.0.0\n        \
         resources: {{requests: {{cpu: 100m, memory: 128Mi}}}}\n---\n"
    )
}

#[test]
fn files_and_the_cluster_disagree_only_where_they_differ() {
    let Some(server) = workshop() else { return };
    let (place, admin) = (Place::new(), server.kubeconfig("admin"));
    let folder = place.path("deploy");
    std::fs::create_dir(&folder).unwrap();
    let guards = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: front, namespace: drift}\nspec:\n  \
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: front}\n  minReplicas: 2\n  maxReplicas: 5\n  metrics: [{type: \
        Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]\n---\napiVersion: \
        policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: front, namespace: drift}\nspec: {minAvailable: 1, selector: \
        {matchLabels: {app: front}}}\n";
    // The autoscaler decides about the copies of `front`.
    let written =
        part("front", "minReadySeconds: 0") + &part("back", "replicas: 2") + &part("side", "replicas: 2") + guards;
    let file = folder.join("all.yaml");
    std::fs::write(&file, &written).unwrap();
    let (accepted, refused) = server.apply_files(std::slice::from_ref(&file));
    assert_eq!((accepted, refused.len()), (5, 0), "{refused:?}");
    let ready = |name: &str, count: usize| server.wait_for_ready_pods("drift", &format!("app={name}"), count);
    ["front", "back", "side"].into_iter().for_each(|name| ready(name, 2));
    let report = || place.report(&admin, &["-n", "drift", folder.to_str().unwrap()]);
    let differences = |report: &Report| -> BTreeMap<String, String> {
        let codes = "KW911".."KW917";
        report.findings().into_iter().filter(|(code, _)| codes.contains(&code.as_str())).collect()
    };
    let same = report();
    assert_eq!(differences(&same), BTreeMap::new());
    assert_eq!(same.names(), ["drift"]);
    assert_eq!(same.grade("drift", "survive-host-loss"), Some(3), "what runs proves what is written");

    server.told(&["scale", "-n", "drift", "deployment/back", "--replicas=4"]);
    ready("back", 4);
    let codes = |report: &Report| differences(report).into_keys().collect::<Vec<_>>();
    let found = report();
    assert_eq!(codes(&found), ["KW911"]);
    assert_eq!(found.finding("KW911").as_deref(), Some("back runs 4 copies; the files write 2"));
    server.told(&["set", "image", "-n", "drift", "deployment/front", "main=registry.example.com/front:2.0.0"]);
    assert_eq!(codes(&report()), ["KW911", "KW912"]);
    server.told(&["set", "resources", "-n", "drift", "deployment/side", "--requests=cpu=700m"]);
    assert_eq!(codes(&report()), ["KW911", "KW912", "KW913"]);
    server.told(&["delete", "-n", "drift", "hpa/front", "pdb/front"]);
    assert_eq!(codes(&report()), ["KW911", "KW912", "KW913", "KW915"]);
    std::fs::write(&file, written + "---\n" + &part("ghost", "replicas: 1")).unwrap();
    server.apply(&part("stray", "replicas: 1"));
    ready("stray", 1);
    let all = report();
    assert_eq!(codes(&all), ["KW911", "KW912", "KW913", "KW914", "KW915", "KW916"], "{:?}", differences(&all));
    // As the files are applied again, the cluster is what they say, but for what they do not name.
    server.apply_files(std::slice::from_ref(&file));
    ready("ghost", 1);
    ready("back", 2);
    ready("side", 2);
    ready("front", 2);
    assert_eq!(codes(&report()), ["KW916"]);
}

/// What reports say of all their systems together: what is claimed, with the best grade of each.
fn claims(report: &Report) -> BTreeMap<String, usize> {
    let mut best = BTreeMap::new();
    for (name, system) in report.systems() {
        for claim in system["claims"].as_array().expect("claims") {
            let capability = claim["capability"].as_str().expect("a capability");
            let grade = report.grade(name, capability).expect("it is claimed");
            let known = best.entry(capability.to_owned()).or_insert(grade);
            *known = grade.max(*known);
        }
    }
    best
}

#[test]
fn published_manifests_say_the_same_as_files_and_as_they_run() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/files");
    if !corpus.exists() {
        eprintln!("skipped: there is no ../shared/corpus beside the checkout");
        return;
    }
    let Some(server) = workshop() else { return };
    let (place, admin) = (Place::new(), server.kubeconfig("admin"));
    for (namespace, folder, workloads) in [
        ("boutique", "GoogleCloudPlatform__microservices-demo/kubernetes-manifests", 12),
        ("sock-shop", "microservices-demo__microservices-demo/deploy/kubernetes/manifests", 14),
        ("wordpress", "GoogleCloudPlatform__kubernetes-engine-samples/quickstarts/wordpress-persistent-disks", 2),
        ("cockroach-operator-system", "cockroachdb__cockroach-operator/install", 1),
    ] {
        let folder = corpus.join(folder);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .expect("a folder of the corpus")
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml"))
            .collect();
        files.sort();
        let (_, refused) = server.apply_files_in(namespace, &files);
        for each in &refused {
            println!("{namespace}: refused {} {}: {}", each["kind"], each["name"], each["reason"]);
        }
        let all_run = || {
            let list = server.raw(&format!("/apis/apps/v1/namespaces/{namespace}/deployments"));
            let deployments = list["items"].as_array().expect("deployments");
            let runs = |each: &Value| each["status"]["readyReplicas"] == each["spec"]["replicas"];
            deployments.len() == workloads && deployments.iter().all(runs)
        };
        server.wait(&format!("everything of {namespace}"), Duration::from_secs(60), all_run);
        let folder = folder.to_str().expect("a path");
        let written = place.run(&admin, &["assess", folder, "-q", "-o", "json"]).report();
        let running = place.report(&admin, &["-n", namespace, "-q"]);
        let both = place.report(&admin, &["-n", namespace, folder, "-q"]);
        assert!(running.gaps().is_empty(), "{}", running.gaps_in_words());
        let (in_files, live, together) = (claims(&written), claims(&running), claims(&both));
        for capability in in_files.keys().chain(live.keys()).collect::<BTreeSet<_>>() {
            let grades = [&in_files, &live, &together].map(|all| all.get(capability).copied());
            if grades[0] != grades[1] {
                println!(
                    "{namespace}: {capability}: files {:?}, live {:?}, both {:?}",
                    grades[0], grades[1], grades[2]
                );
            }
            assert!(grades[1] >= grades[0], "{namespace}: {capability} is claimed less of what runs: {grades:?}");
            assert!(grades[2] >= grades[0], "{namespace}: {capability} is claimed less of both: {grades:?}");
        }
        for report in [&running, &both] {
            let count: u64 = report.systems().iter().map(|(_, system)| system["workloads"].as_u64().unwrap()).sum();
            assert_eq!(count, workloads as u64, "{namespace}: {:?}", report.names());
            // Autoscalers and people change nothing here, so neither do the findings about differences.
            let differences =
                report.findings().into_iter().filter(|(code, _)| code.starts_with("KW91")).collect::<Vec<_>>();
            assert_eq!(differences, [], "{namespace}");
        }
        let verdicts = |report: &Report| -> BTreeSet<String> {
            report.systems().into_iter().map(|(_, system)| system["verdict"].to_string()).collect()
        };
        assert_eq!(verdicts(&written), verdicts(&running), "{namespace}");
        assert_eq!(verdicts(&written), verdicts(&both), "{namespace}");
    }
}

#[test]
#[ignore = "takes minutes: 1,000 nodes and 5,000 pods on a real control plane"]
fn a_thousand_nodes_of_a_real_control_plane() {
    let Some(server) = Server::control_plane(1) else { return };
    let place = Place::new();
    println!("{}", server.populate("large", &["--nodes", "1000", "--pods", "5000", "--wait", "15m"]).trim());
    let run = place.run_build(&shipped(), &server.kubeconfig("admin"), &["assess", "--live", "-A", "-o", "json"]);
    let report = run.report();
    assert!(report.gaps().is_empty(), "{}", report.gaps_in_words());
    let lists: Vec<Value> = server
        .audit_log()
        .into_iter()
        .filter(|line| line["userAgent"].as_str().is_some_and(|agent| agent.starts_with("kubeworthy/")))
        .collect();
    let peak = run.peak_kib.expect("its memory");
    println!("{} MiB, {} requests, {:?}", peak / 1024, lists.len(), run.took);
    let pages_of = |resource: &str| {
        let of = |line: &&Value| line["objectRef"]["resource"] == resource && line["objectRef"]["apiGroup"].is_null();
        lists.iter().filter(of).count()
    };
    let cluster = &report.0["inputs"]["clusters"][0];
    assert!(cluster["nodes"].as_u64().is_some_and(|nodes| nodes >= 1000), "{cluster}");
    assert!((2..=3).contains(&pages_of("nodes")), "{}", pages_of("nodes"));
    assert!((10..=12).contains(&pages_of("pods")), "{}", pages_of("pods"));
    assert!(peak < MOST_MEMORY && run.took < Duration::from_secs(60), "{} MiB, {:?}", peak / 1024, run.took);
}
