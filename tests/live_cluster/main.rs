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

#[path = "../support/cluster.rs"]
mod cluster;
mod failures;
mod manifests;
#[path = "../support/product.rs"]
mod product;
mod size;
mod snapshots;

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
    let formats = [
        "full", "concise", "wide", "narrated", "yaml", "csv", "markdown", "html", "sarif", "github", "gitlab", "junit",
        "rdjson", "adr",
    ];
    let outputs: Vec<String> =
        formats.iter().map(|format| format!("{format}={}", place.path(format).display())).collect();
    let mut every_format = vec!["assess", "--live", "-A", "--verbose", "--lang", "fr"];
    every_format.extend(outputs.iter().flat_map(|output| ["-o", output]));
    for (number, (kubeconfig, words)) in [
        (&admin, every_format.as_slice()),
        (&admin, &["assess", "--live", "-A", "--verbose"]),
        (&admin, &["adr", "--live", "-A", "--print"]),
        (&admin, &["assess", "--live", "-A", "--explain", "--width", "60"]),
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
        let is_written = out.exists() || formats.iter().any(|format| place.path(format).exists());
        assert!(!run.out.is_empty() || !run.said.is_empty() || is_written, "{number}: nothing was written");
        let written = std::fs::read_to_string(&out).unwrap_or_default();
        assert!(!written.contains(CANARY) && !written.contains("not-so-secret"), "{number}: {words:?}");
    }
    for format in formats {
        let written = std::fs::read_to_string(place.path(format)).expect("a report");
        assert!(!written.contains(CANARY) && !written.contains("not-so-secret"), "{format}");
        assert!(written.len() > 1, "{format}: {written:?}");
    }
    // The word is where it may be looked for, so this can fail.
    assert!(server.told(&["get", "pods", "-A", "-o", "json"]).contains(CANARY));
}
