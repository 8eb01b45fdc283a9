//! An estate of many systems, each in a folder of its own and each another: the same every time.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fmt::Write as _;
use std::path::Path;

/// Writes so many systems into a folder.
pub fn write(folder: &Path, systems: usize) {
    for index in 0..systems {
        let name =
            format!("{}-{index}", ["shop", "billing", "search", "mail", "portal", "archive", "ledger"][index % 7]);
        let place = folder.join(&name);
        std::fs::create_dir_all(&place).expect("a folder");
        let (file, text) =
            if index % 3 == 0 { ("compose.yaml", compose(index)) } else { ("all.yaml", manifests(&name, index)) };
        std::fs::write(place.join(file), text).expect("written");
    }
}

fn compose(index: usize) -> String {
    let mut text = String::from("services:\n");
    for service in 0..=index % 5 {
        let _ = write!(text, "  part-{service}:\n    image: example/part:{index}\n    restart: always\n");
    }
    if index.is_multiple_of(2) {
        text.push_str(
            "  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data: {}\n",
        );
    }
    text
}

fn manifests(name: &str, index: usize) -> String {
    let mut text = String::new();
    for part in 0..=index % 4 {
        let (copies, cpu) = (1 + (index + part) % 5, 1 + (index * (part + 1)) % 9);
        let _ = write!(
            text,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: part-{part}, namespace: {name}}}\nspec:\n  \
             replicas: {copies}\n  selector: {{matchLabels: {{app: part-{part}}}}}\n  template:\n    metadata: {{labels: \
             {{app: part-{part}}}}}\n    spec:\n      containers:\n        - name: main\n          image: \
             example/part:{index}\n          resources: {{requests: {{cpu: \"{cpu}\", memory: {cpu}Gi}}}}\n          \
             readinessProbe: {{httpGet: {{path: /, port: 80}}}}\n"
        );
    }
    if index.is_multiple_of(4) {
        let _ = write!(
            text,
            "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: part-0, namespace: \
             {name}}}\nspec:\n  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: part-0}}\n  minReplicas: 2\n  \
             maxReplicas: {}\n",
            4 + index
        );
    }
    if index.is_multiple_of(5) {
        let _ = write!(
            text,
            "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: store, namespace: {name}}}\nspec:\n  replicas: \
             3\n  serviceName: store\n  template:\n    spec:\n      containers:\n        - {{name: store, image: \
             \"mongo:8\"}}\n  volumeClaimTemplates:\n    - metadata: {{name: data}}\n      spec: {{accessModes: \
             [ReadWriteOnce], resources: {{requests: {{storage: 10Gi}}}}}}\n"
        );
    }
    text
}
