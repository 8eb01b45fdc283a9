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

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;

use cluster::{Server, control_plane};
use product::{Place, Report};
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
        assert!(report.gaps().is_empty(), "{words:?}: {}", report.gaps_in_words());
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
    let (mut lists, mut others) = (Vec::new(), BTreeSet::new());
    for line in log.iter().filter(ours) {
        let uri = line["requestURI"].as_str().expect("a path");
        let verb = line["verb"].as_str().expect("a verb");
        match &line["objectRef"] {
            Value::Null => {
                assert_eq!(verb, "get", "{line}");
                others.insert(uri.split('?').next().unwrap().to_owned());
            }
            object => {
                assert_eq!(
                    (verb, &object["subresource"], &object["name"]),
                    ("list", &Value::Null, &Value::Null),
                    "{line}"
                );
                let resource = object["resource"].as_str().expect("a resource");
                assert!(!["secrets", "configmaps"].contains(&resource), "{line}");
                assert!(!uri.contains("watch"), "{line}");
                let is_paged = object["apiGroup"] != "metrics.k8s.io";
                assert_eq!(uri.contains("limit="), is_paged, "{line}");
                if line["impersonatedUser"]["username"] == "auditor" {
                    assert!(!is_paged || uri.contains("limit=500"), "{line}");
                    lists.push(format!("{}/{resource}", object["apiGroup"].as_str().unwrap_or_default()));
                }
            }
        }
    }
    assert_eq!(others, BTreeSet::from(["/api".to_owned(), "/apis".to_owned(), "/version".to_owned()]));
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
