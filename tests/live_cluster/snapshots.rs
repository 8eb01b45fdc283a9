//! Snapshots give the live report again, with pseudonyms too.

use super::*;

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
