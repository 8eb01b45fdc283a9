//! Peak memory grows with the input and no faster: a few times the file, and a constant for the program itself.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

/// What a longer run takes whatever its file holds, in MiB: the threads that a small file does not start.
const THREADS: f64 = 3.0;

/// The most that the program may need whatever it reads, in MiB: its rules and its threads. Its own code is not counted,
/// which is mapped from its file and several times as large in a program without optimisation.
const MOST_FOR_ITSELF: f64 = 20.0;

/// The most memory that a run over one file took, in MiB, without what is mapped from files.
fn peak(name: &str, text: &str) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(["assess", "-o", "json=/dev/null"])
        .arg(&path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    // The high-water mark stays, so that looking often enough finds it.
    while child.try_wait().expect("a child").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kibibytes = |key: &str| -> Option<f64> {
            text.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
        };
        if let (Some(all), Some(mapped)) = (kibibytes("VmHWM:"), kibibytes("RssFile:")) {
            peak = (all - mapped) / 1024.0;
        }
        std::thread::sleep(std::time::Duration::from_micros(500));
    }
    peak
}

fn deployment(number: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{number}\n  labels:\n    app.kubernetes.io/name: web-{number}\n    app.kubernetes.io/part-of: shop\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: web-{number}\n  template:\n    metadata:\n      labels:\n        app.kubernetes.io/name: web-{number}\n    spec:\n      containers:\n        - name: web\n          image: registry.example.org/shop/web:1.{number}\n          ports:\n            - containerPort: 8080\n          env:\n            - name: DATABASE_URL\n              value: postgres://database:5432/shop\n          resources:\n            requests:\n              cpu: 100m\n              memory: 128Mi\n          readinessProbe:\n            httpGet:\n              path: /healthz\n              port: 8080\n"
    )
}

fn service(number: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-{number}\n  namespace: shop\n  annotations:\n    example.org/description: \"the service that stands before the web servers of team {number}\"\nspec:\n  type: ClusterIP\n  selector:\n    app.kubernetes.io/name: web-{number}\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n"
    )
}

/// Text of a size, made of numbered parts.
fn filled(bytes: usize, head: &str, part: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + 4096);
    text.push_str(head);
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&part(number));
        number += 1;
    }
    text
}

/// Text of a size as the list of items of one JSON document.
fn json_list(bytes: usize, item: impl Fn(usize) -> String) -> String {
    let mut text = filled(bytes, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[", |number| {
        format!("{}{}", if number > 0 { "," } else { "" }, item(number))
    });
    text.push_str("]}");
    text
}

#[test]
fn memory_is_a_few_times_the_file() {
    let constant = peak("tiny.yaml", "services: {web: {image: example/web}}\n");
    println!("the program itself     {constant:.1} MiB, at most {MOST_FOR_ITSELF}");
    assert!(constant < MOST_FOR_ITSELF, "the program itself takes {constant:.1} MiB");
    let constant = constant + THREADS;
    // Without optimisation, reading takes long; the ratio is the same.
    let mebibytes = if cfg!(debug_assertions) { 2 } else { 15 };
    let bytes = mebibytes << 20;
    let as_json = |number: usize| {
        let value: serde_json::Value = serde_saphyr::from_str(&deployment(number)).expect("YAML");
        value.to_string()
    };
    let shapes: [(&str, &str, f64, String); 10] = [
        // Not the reading but the report is what takes memory here: it names every place of every claim, which for
        // thousands of workloads is many times the input. Each workload takes some 50 KB.
        ("workloads", "a.yaml", 60.0, filled(bytes, "", |number| format!("---\n{}", deployment(number)))),
        ("workloads, JSON", "a.json", 75.0, json_list(bytes, as_json)),
        ("one document", "a.yaml", 4.0, {
            let mut text = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n");
            text = filled(bytes, &text, |number| format!("  key-{number}: a value of some length, {number}\n"));
            text
        }),
        ("one block text", "a.yaml", 4.0, {
            let head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n";
            filled(bytes, head, |number| format!("    a line of text, number {number}\n"))
        }),
        // A document takes some 700 bytes beside its nodes, so that 50,000 of them, the most in a file, take 35 MiB.
        ("tiny documents", "a.yaml", 16.0, {
            let part = |number| format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{number}}}\n");
            filled(bytes.min(49_000 * 55), "", part)
        }),
        // Each object takes some 2 KB whatever its size, so that short ones weigh more.
        ("services", "a.yaml", 8.0, filled(bytes.min(14 << 20), "", |number| format!("---\n{}", service(number)))),
        (
            "services, JSON",
            "a.json",
            8.0,
            json_list(bytes, |number| {
                let value: serde_json::Value = serde_saphyr::from_str(&service(number)).expect("YAML");
                value.to_string()
            }),
        ),
        ("flow style", "a.yaml", 4.0, {
            let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {";
            let mut text = filled(bytes, head, |number| format!("k{number}: v{number}, "));
            text.push('}');
            text
        }),
        // A node takes 20 bytes, and here every second byte is one.
        ("one-letter flow", "a.yaml", 14.0, {
            let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: [";
            let mut text = filled(bytes.min(7 << 20), head, |_| "a,".to_owned());
            text.push(']');
            text
        }),
        ("escapes", "a.yaml", 4.0, {
            let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
            filled(bytes, head, |number| format!("  k{number}: \"a\\tb and some more text, {number}\"\n"))
        }),
    ];
    let mut over = Vec::new();
    for (shape, name, times, text) in shapes {
        let size = text.len() as f64 / f64::from(1 << 20);
        let peak = peak(name, &text);
        let ratio = (peak - constant) / size;
        println!(
            "{shape:<16} {size:>5.1} MiB  peak {peak:>6.1} MiB  ({ratio:.1} times and {constant:.1} MiB, at most {times})"
        );
        if ratio > times {
            over.push(format!("{shape}: {ratio:.1}"));
        }
    }
    assert!(over.is_empty(), "{over:?}");
}
