//! Large clusters: memory, requests and time.

use super::*;

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
