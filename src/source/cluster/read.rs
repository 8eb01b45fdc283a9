//! The lists of one cluster, page by page, at most two at once. What does not come is recorded with its reason.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::exchange::{Answer, Exchange, Lost};
use super::failure::{forbidden, quoted, status_message};
use super::{Connection, Failure, discovery};
use crate::limits::{EMPTY_PAGES, PAGES_PER_LIST};
use crate::snapshot::{ListRequest, Outcome, Recorder};

const OBJECTS: &str = "application/json";
/// Names and labels alone, where the server knows how to leave the rest out.
const NAMES: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// Hears of each page: the name of the resource, and how many objects came so far.
pub type Progress<'p> = &'p dyn Fn(&str, usize);

/// Discovers what the cluster serves and reads every list that the recorder names.
///
/// # Errors
///
/// When not even the first question is answered. Whatever goes wrong later is recorded as the outcome of a list.
pub fn read(connection: &Connection, recorder: &mut Recorder, progress: Progress<'_>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    let runtime = runtime.map_err(|error| Failure {
        message: format!("the network could not be used: {error}"),
        help: "check the limits on open files and threads".to_owned(),
    })?;
    let outcome = runtime.block_on(async {
        let exchange = Exchange::new(connection)?;
        let served = discovery::discover(&exchange).await?;
        recorder.version(served.version.as_deref());
        let requests = recorder.plan(&served.resources);
        let lists = Lists {
            exchange: &exchange,
            recorder: RefCell::new(recorder),
            progress,
            next: Cell::new(0),
            objects: Cell::new(0),
        };
        tokio::join!(lists.work(&requests), lists.work(&requests));
        Ok(())
    });
    // A look-up of a name that hangs is not waited for.
    runtime.shutdown_background();
    outcome
}

struct Lists<'l> {
    exchange: &'l Exchange<'l>,
    recorder: RefCell<&'l mut Recorder>,
    progress: Progress<'l>,
    /// The next list to read.
    next: Cell<usize>,
    /// How many objects came so far.
    objects: Cell<usize>,
}

/// How a list ended.
struct Ended {
    outcome: Outcome,
    reason: Option<String>,
}

impl Ended {
    fn with(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: Some(reason.into()) }
    }

    /// A failure, or a cut where pages came before it.
    fn broken(pages: usize, reason: impl Into<String>) -> Self {
        Self::with(if pages == 0 { Outcome::Failed } else { Outcome::CutOff }, reason)
    }
}

impl Lists<'_> {
    /// Reads one list after another until none is left.
    async fn work(&self, requests: &[ListRequest]) {
        loop {
            let at = self.next.get();
            let Some(request) = requests.get(at) else { return };
            self.next.set(at + 1);
            let ended = self.list(request).await;
            self.recorder.borrow_mut().ended(request, ended.outcome, ended.reason);
        }
    }

    async fn list(&self, request: &ListRequest) -> Ended {
        let connection = self.exchange.connection;
        let accept = if request.metadata_only { NAMES } else { OBJECTS };
        let (mut pages, mut empty, mut objects) = (0, 0, 0);
        let mut token: Option<String> = None;
        let mut tokens = BTreeSet::new();
        let mut has_restarted = false;
        loop {
            let path = path(request, connection.page_size, token.as_deref());
            let answer = match self.exchange.get(&path, accept).await {
                Ok(answer) => answer,
                Err(lost) => {
                    let reason = lost.reason(connection);
                    return match lost {
                        Lost::Overtime | Lost::Slow(_) if pages == 0 => Ended::with(Outcome::TimedOut, reason),
                        _ => Ended::broken(pages, reason),
                    };
                }
            };
            match answer.status {
                200 => {}
                // The server has forgotten the state that the pages before came from.
                410 if token.is_some() && !has_restarted => {
                    has_restarted = true;
                    self.recorder.borrow_mut().restart(request);
                    self.objects.set(self.objects.get() - objects);
                    (pages, empty, objects, token) = (0, 0, 0, None);
                    tokens.clear();
                    continue;
                }
                _ => return refused(&answer, pages),
            }
            if !answer.content_type.contains("json") {
                let what = if answer.content_type.contains("html") { "a web page" } else { "something else than JSON" };
                return Ended::broken(pages, format!("the server answered with {what}"));
            }
            let end = match self.recorder.borrow_mut().page(request, &answer.body) {
                Ok(end) => end,
                Err(error) => return Ended::broken(pages, quoted(&error.to_string())),
            };
            pages += 1;
            empty = if end.items == 0 { empty + 1 } else { 0 };
            objects += end.items;
            self.objects.set(self.objects.get() + end.items);
            (self.progress)(&request.resource, self.objects.get());
            let Some(next) = end.continue_token.filter(|next| !next.is_empty()) else {
                return Ended { outcome: Outcome::Complete, reason: None };
            };
            if pages >= PAGES_PER_LIST || empty >= EMPTY_PAGES || !tokens.insert(next.clone()) {
                return Ended::with(Outcome::CutOff, format!("its pages do not end; {pages} were read"));
            }
            token = Some(next);
        }
    }
}

/// What an answer other than a page means for its list.
fn refused(answer: &Answer, pages: usize) -> Ended {
    let said = status_message(&answer.body).unwrap_or_default();
    match answer.status {
        403 if pages == 0 => {
            let reason =
                if said.is_empty() { "the server does not allow this list".to_owned() } else { forbidden(&said) };
            Ended::with(Outcome::Forbidden, reason)
        }
        404 if pages == 0 => Ended { outcome: Outcome::NotServed, reason: None },
        401 => Ended::broken(pages, "the server no longer accepts the credentials (401 Unauthorized)"),
        410 => Ended::broken(pages, "the server forgot the list while it was being read, twice (410 Gone)"),
        429 => Ended::broken(pages, "the server asks for fewer requests (429 Too Many Requests)"),
        status => {
            let said = if said.is_empty() { String::new() } else { format!(": {}", forbidden(&said)) };
            Ended::broken(pages, format!("the server answered with an error ({status}){said}"))
        }
    }
}

/// The path of one page.
fn path(request: &ListRequest, page_size: u32, token: Option<&str>) -> String {
    let mut path = request.path.clone();
    let mut mark = '?';
    let mut add = |name: &str, value: &str| {
        path.push(mark);
        mark = '&';
        path.push_str(name);
        path.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                path.push(byte.into());
            } else {
                path.push_str(&format!("%{byte:02X}"));
            }
        }
    };
    if request.paged && page_size > 0 {
        add("limit", &page_size.to_string());
    }
    if let Some(selector) = &request.label_selector {
        add("labelSelector", selector);
    }
    if let Some(selector) = &request.field_selector {
        add("fieldSelector", selector);
    }
    if let Some(token) = token {
        add("continue", token);
    }
    path
}
