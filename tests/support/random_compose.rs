//! Random Compose projects out of valid pieces, the same for the same seed.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fmt::Write as _;
use std::path::Path;

/// A generator of numbers that looks random enough (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }

    fn one_in(&mut self, chance: usize) -> bool {
        self.below(chance) == 0
    }

    fn pick<'p>(&mut self, pool: &[&'p str]) -> &'p str {
        pool[self.below(pool.len())]
    }
}

const SERVICES: [&str; 5] = ["a", "b", "c.d", "e-f", "x-g"];

/// Fields of services with values in all their forms.
const FIELDS: &[(&str, &[&str])] = &[
    ("image", &["img:1", "img:2", "\"img:${TAG}\"", "\"${NONE:-img}:${TAG:+x}\"", "*image"]),
    (
        "ports",
        &[
            "[\"80:80\"]",
            "[\"80-83:80-83\", 443]",
            "[{target: 80, published: \"80\"}, \"80\"]",
            "[\"81:81/udp\", \"81:81\"]",
            "[\"82:82\", \"127.0.0.1:80:80\", \"[::1]:80-81:80-81\"]",
            "[\"8000-8002:80\", \"8001:80\"]",
            "[{target: 81, published: \"80-90\", mode: host}]",
            "[\"${PORT}:80\", \"82-84:81-83\"]",
            "[0x50, 80]",
        ],
    ),
    (
        "volumes",
        &[
            "[\"./a:/a\"]",
            "[\"v:/a:ro\", \"/b/\"]",
            "[{type: bind, source: ./b, target: /b, read_only: true}]",
            "[\"/a\", \"./x/../y:/y/\"]",
            "[\"../c:/c\", \"~/d:/d\", \"${PWD}/e:/e\", \"${DIR:-./f}:/f\"]",
            "[{type: tmpfs, target: /b}, {type: volume, source: v, target: /a}]",
            "[\"/var/run/docker.sock:/b:ro\"]",
        ],
    ),
    (
        "depends_on",
        &[
            "[a]",
            "[a, b]",
            "{b: {condition: service_healthy}}",
            "{a: {condition: service_started, restart: true, required: false}}",
        ],
    ),
    ("environment", &["[A=1, B]", "{A: 2, C: null}", "{A: \"${TAG}\", D: 1.5}", "[C=3]"]),
    ("labels", &["[a=1]", "{a: 2, b: true}"]),
    (
        "deploy",
        &[
            "{replicas: 2}",
            "{replicas: \"${N}\", resources: {limits: {cpus: \"0.5\", memory: 100M}}}",
            "{mode: global}",
            "{resources: {limits: {memory: 1g}, reservations: {cpus: \"0.1\", devices: [{capabilities: [gpu], count: 2}]}}}",
            "{placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.zone}]}}",
            "{placement: {constraints: [node.role == worker, node.id == x], max_replicas_per_node: 1}, restart_policy: {condition: none}}",
            "{restart_policy: {condition: any}, resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}]}}}",
            "null",
        ],
    ),
    (
        "healthcheck",
        &[
            "{test: x, interval: 10s}",
            "{test: [CMD, y], retries: 3, timeout: 1m}",
            "{disable: true}",
            "{test: [NONE]}",
            "{start_period: 5s, interval: \"${TIME:-1m30s}\"}",
        ],
    ),
    ("command", &["x y", "[x, y]", "null", "[]"]),
    ("restart", &["always", "\"no\"", "on-failure:3", "unless-stopped"]),
    ("privileged", &["true", "false", "\"${YES}\""]),
    ("scale", &["3", "\"${N}\"", "0"]),
    ("cpus", &["1.5", "\"0.25\""]),
    ("mem_limit", &["64m", "1g", "1000000"]),
    ("mem_reservation", &["32m"]),
    ("profiles", &["[p]", "[q]", "[p, q]", "[]"]),
    ("devices", &["[\"/dev/a:/dev/b\"]", "[\"/dev/b\"]", "[{source: /dev/c, target: /dev/b}]"]),
    ("gpus", &["all", "[{count: 2}]", "[{capabilities: [gpu], device_ids: [\"0\"]}]"]),
    ("networks", &["[n]", "{n: {aliases: [x]}}", "{n: null, m: null}"]),
    ("network_mode", &["host", "\"service:a\"", "bridge"]),
    ("pid", &["host", "\"service:b\""]),
    ("links", &["[a]", "[\"b:alias\"]"]),
    ("volumes_from", &["[a]", "[\"b:ro\", \"container:x\"]"]),
    ("logging", &["{driver: json-file, options: {a: b}}", "{driver: syslog}", "{options: {c: d}}"]),
    ("ulimits", &["{nofile: 1}", "{nofile: {soft: 1, hard: 2}}"]),
    ("dns", &["1.1.1.1", "[8.8.8.8, 1.1.1.1]"]),
    ("tmpfs", &["/t", "[/t, /u]"]),
    ("secrets", &["[s]", "[{source: s, target: x}]"]),
    ("configs", &["[f]", "[{source: f, target: /f}]"]),
    ("build", &[".", "{context: ./b, args: {A: 1}}", "{context: ., args: [B=2]}"]),
    ("runtime", &["nvidia"]),
    ("env_file", &["[e.env]", "e.env", "[{path: e.env, required: false}]"]),
];

/// A service with some fields, and tags where they may change something.
fn service(random: &mut Random, extends: &[&str], has_image: bool) -> String {
    let mut fields = Vec::new();
    if !extends.is_empty() && random.one_in(2) {
        fields.push(format!("extends: {}", random.pick(extends)));
    }
    if random.one_in(4) {
        fields.push("<<: *common".to_owned());
    } else if random.one_in(8) {
        fields.push("<<: [*common, *other]".to_owned());
    }
    let from = random.below(FIELDS.len());
    let count = random.below(7);
    let mut chosen: Vec<usize> = (0..count).map(|step| (from + step * 5 + random.below(5)) % FIELDS.len()).collect();
    if has_image {
        chosen.push(0);
    }
    chosen.sort_unstable();
    chosen.dedup();
    for index in chosen {
        let (key, values) = FIELDS[index];
        let tag = match random.below(14) {
            // An alias has no tag.
            _ if key == "image" => "",
            0 => "!override ",
            1 => "!reset ",
            _ => "",
        };
        let value = random.pick(values);
        fields.push(format!("{key}: {tag}{value}"));
    }
    format!("{{{}}}", fields.join(", "))
}

fn file(random: &mut Random, include: &[&str], extends: &[&str], is_first: bool) -> String {
    let mut text = String::from(
        "x-image: &image img:3\nx-common: &common {restart: always, ports: [\"70:70\"], volumes: [\"./common:/common\"]}\n\
         x-other: &other {restart: \"no\", privileged: true}\n",
    );
    let document = |random: &mut Random, text: &mut String| {
        if !include.is_empty() && random.one_in(2) {
            let _ = writeln!(text, "include: [{}]", random.pick(include));
        }
        let _ = writeln!(text, "services:");
        let has_all = is_first || random.one_in(3);
        for name in SERVICES {
            if has_all || random.one_in(2) {
                let tag = if !is_first && random.one_in(12) { "!override " } else { "" };
                // The first two extend nothing, so that nothing extends itself.
                let extends = if matches!(name, "a" | "b") { &[] } else { extends };
                let _ = writeln!(text, "  {name}: {tag}{}", service(random, extends, is_first || !tag.is_empty()));
            }
        }
    };
    document(random, &mut text);
    let _ = writeln!(
        text,
        "volumes: {{v: }}\nnetworks: {{n: , m: {{}}}}\nsecrets: {{s: {{file: ./s}}}}\nconfigs: {{f: {{file: ./f}}}}"
    );
    text
}

/// Writes a project into a folder and returns the files that make it up.
pub fn write(folder: &Path, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let put = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    };
    put(".env", "TAG=7\nPORT=8080\nN=4\nYES=true\nDIR=\n".to_owned());
    put("inner/.env", "TAG=8\nTIME=7s\n".to_owned());
    let base_extends = ["{service: a}", "b", "{file: ../deep/base.yaml, service: c.d}"];
    put("sub/base.yaml", file(&mut random, &[], &base_extends, true));
    put("deep/base.yaml", file(&mut random, &[], &["{service: b}"], true));
    let inner_include = ["../sub/base.yaml", "deeper/compose.yaml"];
    put(
        "inner/compose.yaml",
        file(&mut random, &inner_include, &["a", "{file: ../sub/base.yaml, service: e-f}"], true),
    );
    put("inner/deeper/compose.yaml", file(&mut random, &[], &["{file: ../../sub/base.yaml, service: a}"], true));
    let include = [
        "inner/compose.yaml",
        "inner/compose.yaml, sub/base.yaml",
        "{path: [inner/compose.yaml, sub/base.yaml]}",
        "{path: sub/base.yaml, project_directory: inner}",
        "{path: deep/base.yaml, env_file: inner/.env}",
    ];
    let extends = ["a", "{service: b}", "{file: sub/base.yaml, service: a}", "{file: sub/base.yaml, service: e-f}"];
    let names = ["compose.yaml", "more.yaml", "third.yaml"];
    let count = 1 + random.below(3);
    for (index, name) in names.iter().take(count).enumerate() {
        let include: &[&str] = if random.one_in(3) { &include } else { &[] };
        put(name, file(&mut random, include, &extends, index == 0));
    }
    names.iter().take(count).map(|name| folder.join(name).display().to_string()).collect()
}

const PIECES_OF_VALUES: &[&str] = &[
    "$A",
    "${A}",
    "${B:-b}",
    "${B-c}",
    "${E:-e}",
    "${E-f}",
    "${A:+x}",
    "${E:+y}",
    "${B+z}",
    "${E+w}",
    "${A:?m}",
    "${A?m}",
    "${B:-${A}}",
    "${B:-$A}",
    "${B:-${C:-d}-$E}",
    "$$",
    "$$A",
    "$${A}",
    "$1",
    "$",
    "${",
    "}",
    "{",
    "${B:-{}}",
    "${B:-}",
    "${A:-x}y}",
    " ",
    " #",
    "#",
    "x",
    "1.0",
    "-",
    ":",
    "=",
    "\u{e9}",
    "${AB}",
    "$AB",
    "$A_B",
    "${a}",
    "${B:-a:-b}",
    "${B:-a?b}",
    "${B:-a+b}",
    "${A:-${B",
    "$-",
    "%A%",
    "`x`",
    ";",
    "|",
    "\u{a0}",
    "${B:-'q'}",
    "${B:-\u{22}r\u{22}}",
    "${A:+${E:-e}}",
];

const PIECES_OF_ENVIRONMENTS: &[&str] = &[
    "A=1",
    "B=",
    "B=two words",
    "A=\"x\"",
    "A='x'",
    "A=\"x\\ny\"",
    "A='x\\ny'",
    "A=\"a\\\"b\"",
    "A='a\\'b'",
    "E=$A",
    "E=${A}",
    "E=\"${A:-z}\"",
    "E='$A'",
    "E=\"\\$A\"",
    "E=$$A",
    "export A=2",
    "export  B = 3",
    "export",
    "export A",
    "A",
    "B",
    " A=4",
    "A = 5",
    "A: 6",
    "A:7",
    "A=8 # c",
    "A=9#c",
    "# c",
    "#A=1",
    "A=\"x\" # c",
    "A='x' B=y",
    "A=\"x\\ty\"",
    "A=a\\nb",
    "A=\"over\nlines\"",
    "A='over\nlines'",
    "A.B=1",
    "A-B=1",
    "A[0]=1",
    "A=[1, 2]",
    "A={\"a\": 1}",
    "=x",
    "A==x",
    "A=\"\"",
    "A=''",
    "A=\t x \t",
    "A=\"\\0101\"",
    "A=\"\\x41\"",
    "A=\"\\q\"",
    "A=\"\\\\n\"",
    "A=\"a$$b\"",
    "A=a$$b",
    "\u{feff}A=1",
    "A=\u{e9}",
    "A=\\",
    "A=\"\\",
    "A='x",
    "A B=1",
    "A\u{a0}=1",
    "A=x\u{a0}",
    "E=${B:?m}",
    "E=${B:-${A}}",
    "A=#",
    "A= #",
    "A=x #y #z",
    "A=\"#\"",
    "E=\"$A\\$A$$A\"",
    "A=\"'\"",
    "A='\"'",
    "A=x'y'",
    "A=x\"y\"",
    "A=\"\\c\"",
    "A=\"\\\\\"",
    "A=\"\\\\\\n\"",
    "A=\"\\01\"",
    "A=\"\\0400\"",
    "A=\"\\08\"",
];

/// Writes a project whose images are made of variables, and its variables.
pub fn write_variables(folder: &Path, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let mut environment = String::new();
    for _ in 0..1 + random.below(6) {
        environment.push_str(random.pick(PIECES_OF_ENVIRONMENTS));
        environment.push_str(random.pick(&["\n", "\n", "\n", "\r\n", "\n\n", " \n", ""]));
    }
    let mut text = "services:\n".to_owned();
    for name in ["a", "b"] {
        let value: String = (0..1 + random.below(4)).map(|_| random.pick(PIECES_OF_VALUES)).collect();
        // Two of them would be a template that has not been rendered, which is read otherwise on purpose.
        let value = value.replace("{{", "{ {");
        let _ = writeln!(text, "  {name}: {{image: 'i:{}'}}", value.replace('\'', "''"));
    }
    text.push_str("  values: {image: 'A=<${A}> B=<${B}> E=<${E}>'}\n");
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(".env"), environment).expect("written");
    std::fs::write(folder.join("compose.yaml"), text).expect("written");
    vec![folder.join("compose.yaml").display().to_string()]
}
