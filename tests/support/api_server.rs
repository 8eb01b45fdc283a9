//! An API server on loopback, as far as a reader of lists needs one: it serves discovery and empty lists, does for single
//! paths what a test tells it to, and records every request.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<String>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let is_it = |line: &&String| line.split(':').next().is_some_and(|found| found.eq_ignore_ascii_case(name));
        self.headers.iter().find(is_it).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }

    /// The token that the next page is asked for with.
    pub(crate) fn token(&self) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix("continue="))
    }
}

/// What is answered.
pub(crate) enum Reply {
    /// A status, further headers and a body in JSON.
    Json(u16, Vec<(&'static str, String)>, Value),
    /// A status, a type and a body.
    Text(u16, &'static str, String),
    /// The beginning of a long answer, and then the end of the connection.
    Cut(String),
    /// Nothing, and the end of the connection.
    Reset,
    /// Nothing for so long.
    Hang(Duration),
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self::Json(200, Vec::new(), body)
    }

    /// What an API server says when it refuses.
    pub(crate) fn status(code: u16, message: &str) -> Self {
        Self::Json(
            code,
            Vec::new(),
            json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}),
        )
    }

    /// As above, and when to come back.
    pub(crate) fn busy(code: u16, seconds: u32) -> Self {
        let body = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "busy", "code": code});
        Self::Json(code, vec![("Retry-After", seconds.to_string())], body)
    }
}

type Script = dyn Fn(&Request, usize) -> Option<Reply> + Send + Sync;

/// A page of a list.
pub(crate) fn page(items: Vec<Value>, token: Option<&str>) -> Value {
    json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1", "continue": token.unwrap_or_default()}, "items": items})
}

pub(crate) fn deployment(name: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "shop"}, "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "a"}},
        "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1.29"}]}}}})
}

pub(crate) struct ApiServer {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    most_at_once: Arc<AtomicUsize>,
    is_dead: Arc<AtomicBool>,
    folder: tempfile::TempDir,
}

impl ApiServer {
    /// A server that does what the script says; the number is how often this path was asked for before.
    pub(crate) fn new(script: impl Fn(&Request, usize) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let is_dead = Arc::new(AtomicBool::new(false));
        let shared = (Arc::clone(&requests), Arc::clone(&most_at_once), Arc::clone(&is_dead));
        let script: Arc<Script> = Arc::new(script);
        let at_once = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (requests, most, is_dead) = (Arc::clone(&shared.0), Arc::clone(&shared.1), Arc::clone(&shared.2));
                let (script, at_once) = (Arc::clone(&script), Arc::clone(&at_once));
                std::thread::spawn(move || {
                    // A client that goes away ends the conversation.
                    let _ = serve(&stream, &requests, &most, &at_once, &is_dead, script.as_ref());
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                });
            }
        });
        let folder = tempfile::tempdir().expect("a folder");
        let server = Self { address, requests, most_at_once, is_dead, folder };
        server.write_config();
        server
    }

    /// From now on every connection is closed without an answer.
    pub(crate) fn die_switch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_dead)
    }

    fn write_config(&self) {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: fake\n\
             clusters:\n- {{name: fake, cluster: {{server: \"{}\"}}}}\n- {{name: gone, cluster: {{server: \"http://127.0.0.1:1\"}}}}\n\
             users: [{{name: me, user: {{token: CANARY-token}}}}]\n\
             contexts:\n- {{name: fake, context: {{cluster: fake, user: me, namespace: shop}}}}\n\
             - {{name: twin, context: {{cluster: fake, user: me, namespace: shop}}}}\n\
             - {{name: gone, context: {{cluster: gone, user: me}}}}\n- {{name: lost, context: {{cluster: gone, user: me}}}}\n",
            self.address
        );
        std::fs::write(self.kubeconfig(), text).expect("written");
    }

    pub(crate) fn kubeconfig(&self) -> std::path::PathBuf {
        self.folder.path().join("kubeconfig")
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Every request so far, sorted by path and query.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let mut requests = self.requests.lock().expect("the requests").clone();
        requests.sort_by(|a, b| (&a.path, &a.query).cmp(&(&b.path, &b.query)));
        requests
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests().iter().filter(|request| request.path == path).count()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }
}

fn serve(
    stream: &TcpStream,
    requests: &Mutex<Vec<Request>>,
    most: &AtomicUsize,
    at_once: &AtomicUsize,
    is_dead: &AtomicBool,
    script: &Script,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.trim_end().is_empty() {
                break;
            }
            lines.push(line.trim_end().to_owned());
        }
        if is_dead.load(Ordering::SeqCst) {
            return Ok(());
        }
        let first = lines.remove(0);
        let mut words = first.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let (path, query) = words.next().unwrap_or_default().split_once('?').map_or_else(
            || (first.split(' ').nth(1).unwrap_or_default().to_owned(), String::new()),
            |(path, query)| (path.to_owned(), query.to_owned()),
        );
        let request = Request { method, path, query, headers: lines };
        let before = {
            let mut all = requests.lock().expect("the requests");
            let before = all.iter().filter(|other| other.path == request.path).count();
            all.push(request.clone());
            before
        };
        most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Long enough for a third request to be noticed, if there were one.
        std::thread::sleep(Duration::from_millis(3));
        let reply = script(&request, before).unwrap_or_else(|| usual(&request.path));
        let outcome = answer(stream, reply);
        at_once.fetch_sub(1, Ordering::SeqCst);
        if !outcome? {
            return Ok(());
        }
    }
}

/// Whether the connection goes on.
fn answer(mut stream: &TcpStream, reply: Reply) -> std::io::Result<bool> {
    let (status, headers, kind, body) = match reply {
        Reply::Json(status, headers, body) => (status, headers, "application/json", body.to_string()),
        Reply::Text(status, kind, body) => (status, Vec::new(), kind, body),
        Reply::Cut(body) => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n{body}")?;
            return Ok(false);
        }
        Reply::Reset => return Ok(false),
        Reply::Hang(time) => {
            std::thread::sleep(time);
            return Ok(false);
        }
    };
    let mut head = format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes())?;
    Ok(true)
}

fn usual(path: &str) -> Reply {
    match path {
        "/api" => Reply::ok(groups(&[(
            "",
            "v1",
            &["pods Pod n", "nodes Node", "services Service n", "namespaces Namespace"],
        )])),
        "/apis" => Reply::ok(groups(&[
            ("apps", "v1", &["deployments Deployment n", "statefulsets StatefulSet n", "daemonsets DaemonSet n"]),
            ("autoscaling", "v2", &["horizontalpodautoscalers HorizontalPodAutoscaler n"]),
            ("metrics.k8s.io", "v1beta1", &["nodes NodeMetrics", "pods PodMetrics n"]),
            ("keda.sh", "v1alpha1", &["scaledobjects ScaledObject n"]),
        ])),
        "/version" => Reply::ok(json!({"gitVersion": "v1.37.2"})),
        _ => Reply::ok(page(Vec::new(), None)),
    }
}

/// Discovery in its aggregated form.
pub(crate) fn groups(groups: &[(&str, &str, &[&str])]) -> Value {
    let items: Vec<Value> = groups
        .iter()
        .map(|(group, version, resources)| {
            let resources: Vec<Value> = resources
                .iter()
                .map(|words| {
                    let words: Vec<&str> = words.split(' ').collect();
                    let scope = if words.len() > 2 { "Namespaced" } else { "Cluster" };
                    json!({"resource": words[0], "responseKind": {"group": group, "version": version, "kind": words[1]},
                        "scope": scope, "verbs": ["get", "list"]})
                })
                .collect();
            json!({"metadata": {"name": group}, "versions": [{"version": version, "resources": resources, "freshness": "Current"}]})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items})
}
