//! What runs, held against the manifests that it was made from.

use super::*;

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
