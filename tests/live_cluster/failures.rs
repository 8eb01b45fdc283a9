//! Servers that fail in every way: a report that names the gap, or a clear error, within the time limit.

use super::*;

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
