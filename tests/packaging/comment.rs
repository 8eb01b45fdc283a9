//! The comment of the action, written by the real `gh` to what stands for GitHub: a socket that answers as its API does.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::PROGRAM;
use crate::action::BLOG;
use crate::runner::{Run, Workspace, obeyed};
use crate::tools::{or_skip, required, run};

/// A request: method, path and body.
type Request = (String, String, Value);

/// What stands for GitHub: the comments of a pull request, and every request that changed them.
#[derive(Clone, Debug, Default)]
struct Comments {
    comments: Arc<Mutex<Vec<(u64, bool, String)>>>,
    changes: Arc<Mutex<Vec<Request>>>,
    /// Whether the token may read, and may write.
    denied: Arc<Mutex<(bool, bool)>>,
}

impl Comments {
    /// Listens at a socket, for as long as the tests run.
    fn listen(socket: &Path) -> Self {
        let comments = Self::default();
        let listener = UnixListener::bind(socket).expect("a socket");
        let answering = comments.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answering = answering.clone();
                std::thread::spawn(move || answering.talk(stream));
            }
        });
        comments
    }

    fn talk(&self, stream: UnixStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("the stream"));
        let mut stream = stream;
        loop {
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push(line.trim().to_owned());
            }
            let length =
                head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).expect("a body");
            assert!(head.iter().any(|line| line.to_lowercase() == "authorization: token token-of-the-job"), "{head:?}");
            let first: Vec<&str> = head[0].split(' ').collect();
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let (status, answer) = self.answer(first[0], first[1], body);
            let answer = answer.to_string();
            let text = format!(
                "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
                answer.len()
            );
            stream.write_all(text.as_bytes()).expect("an answer");
        }
    }

    fn answer(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let denied = *self.denied.lock().expect("a lock");
        let mut comments = self.comments.lock().expect("a lock");
        if path == "/graphql" {
            if denied.0 {
                return (403, json!({"message": "Resource not accessible by integration"}));
            }
            let variables = &body["variables"];
            assert_eq!(
                (&variables["owner"], &variables["name"], &variables["number"]),
                (&json!("shop"), &json!("deploy"), &json!(12))
            );
            // Pages of two, so that the pages are asked for one after another.
            let from: usize = variables["endCursor"].as_str().map_or(0, |cursor| cursor.parse().expect("a cursor"));
            let nodes: Vec<Value> = comments
                .iter()
                .skip(from)
                .take(2)
                .map(|(id, own, body)| json!({"databaseId": id, "viewerDidAuthor": own, "body": body}))
                .collect();
            let more = comments.len() > from + 2;
            let page = json!({"hasNextPage": more, "endCursor": (from + 2).to_string()});
            return (
                200,
                json!({"data": {"repository": {"pullRequest": {"comments": {"pageInfo": page, "nodes": nodes}}}}}),
            );
        }
        if denied.1 {
            return (403, json!({"message": "Resource not accessible by integration"}));
        }
        self.changes.lock().expect("a lock").push((method.to_owned(), path.to_owned(), body.clone()));
        let text = body["body"].as_str().expect("a body").to_owned();
        if method == "PATCH" {
            let id: u64 = path.rsplit('/').next().expect("a number").parse().expect("a number");
            comments.iter_mut().find(|comment| comment.0 == id).expect("the comment").2 = text;
        } else {
            let id = 100 + comments.len() as u64;
            comments.push((id, true, text));
        }
        (200, json!({"id": 1}))
    }

    fn changes(&self) -> Vec<Request> {
        std::mem::take(&mut *self.changes.lock().expect("a lock"))
    }
}

/// Whether there is a `gh`, installed first where that is asked for.
fn gh() -> Result<(), String> {
    if run(Command::new("gh").arg("--version")).is_ok() {
        return Ok(());
    }
    if !required() {
        return Err("there is no gh; KUBEWORTHY_REQUIRE_TOOLS=1 installs Debian's".to_owned());
    }
    run(Command::new("apt-get").arg("update"))?;
    let words = ["install", "-y", "--no-install-recommends", "gh"];
    run(Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
}

fn workspace() -> Option<(Workspace, Comments)> {
    or_skip(gh())?;
    let mut workspace = Workspace::new();
    workspace.write("deploy/blog.yaml", BLOG);
    workspace.pull_request = "12".to_owned();
    let socket = workspace.temp().join("github");
    let comments = Comments::listen(&socket);
    let folder = workspace.temp().join("gh");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("config.yml"), format!("http_unix_socket: {}\n", socket.display())).expect("written");
    workspace.variables.insert("GH_CONFIG_DIR".to_owned(), folder.display().to_string());
    Some((workspace, comments))
}

fn commented(workspace: &Workspace, paths: &str) -> Run {
    workspace.run(&[("program", PROGRAM), ("fail-on", "needless"), ("comment", "true"), ("paths", paths)])
}

#[test]
fn there_is_one_comment_and_it_is_changed_from_then_on() {
    let Some((workspace, comments)) = workspace() else { return };
    // Somebody has written a great deal before.
    for id in 0..5 {
        comments.comments.lock().expect("a lock").push((id, id == 3, "I do not think so.".to_owned()));
    }
    let run = commented(&workspace, ".");
    // The gate failed, and the comment is there all the same.
    assert_eq!((run.passed, run.outputs["exit-code"].as_str()), (false, "1"), "{}", run.log);
    let changes = comments.changes();
    assert_eq!(changes.len(), 1, "{}", run.log);
    let (method, path, body) = &changes[0];
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/repos/shop/deploy/issues/12/comments"));
    let text = body["body"].as_str().expect("a text");
    let (mark, report) = text.split_once('\n').expect("a mark");
    assert!(mark.starts_with("<!-- kubeworthy ") && mark.ends_with(" -->"), "{mark}");
    assert_eq!(report, run.summary);

    workspace.write("deploy/wiki.yaml", &BLOG.replace("blog", "wiki"));
    let run = commented(&workspace, ".");
    let changes = comments.changes();
    let (method, path, body) = &changes[0];
    assert_eq!((changes.len(), method.as_str(), path.as_str()), (1, "PATCH", "/repos/shop/deploy/issues/comments/105"));
    assert_eq!(body["body"], format!("{mark}\n{}", run.summary));

    // Another use of the action has a comment of its own.
    commented(&workspace, "deploy");
    assert_eq!(comments.changes()[0].0, "POST");
}

#[test]
fn what_others_wrote_is_left_alone() {
    let Some((workspace, comments)) = workspace() else { return };
    commented(&workspace, ".");
    let mark =
        comments.changes()[0].2["body"].as_str().and_then(|text| text.lines().next()).expect("a mark").to_owned();
    // The same first line from somebody else, and from us further down.
    *comments.comments.lock().expect("a lock") =
        vec![(1, false, format!("{mark}\nmine")), (2, true, format!("As I said:\n{mark}"))];
    commented(&workspace, ".");
    let changes = comments.changes();
    assert_eq!((changes.len(), changes[0].0.as_str()), (1, "POST"), "{changes:?}");
}

#[test]
fn a_comment_that_cannot_be_written_decides_nothing() {
    let Some((mut workspace, comments)) = workspace() else { return };
    for denied in [(true, true), (false, true)] {
        *comments.denied.lock().expect("a lock") = denied;
        let run = workspace.run(&[("program", PROGRAM), ("fail-on", "inconclusive"), ("comment", "true")]);
        assert!(run.passed, "{}", run.log);
        let warned = obeyed(&run.log);
        assert!(
            warned.iter().any(|line| line.starts_with("::warning") && line.contains("pull-requests: write")),
            "{warned:?}"
        );
        assert!(comments.changes().is_empty());
    }
    // A number that is none reaches no address.
    workspace.pull_request = "12/../../../user".to_owned();
    let run = workspace.run(&[("program", PROGRAM), ("fail-on", "inconclusive"), ("comment", "true")]);
    assert!(run.passed && obeyed(&run.log).iter().any(|line| line.contains("there is no pull request")), "{}", run.log);
    // Without being asked, and outside of a pull request, nothing is said to anybody.
    workspace.pull_request = String::new();
    let run = workspace.run(&[("program", PROGRAM), ("fail-on", "inconclusive"), ("comment", "true")]);
    assert!(run.passed && !run.steps.iter().any(|step| step.contains("Comment")), "{:?}", run.steps);
    assert!(comments.changes().is_empty());
}
