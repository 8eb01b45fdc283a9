//! One request and its answer: bounded in time, in size, and in how often it is tried. Nothing but GET is ever sent.

use std::cell::Cell;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;

use super::failure::{chain, quoted, unreachable};
use super::{Connection, Failure, shown_duration};
use crate::limits::PAGE_BYTES;

/// How often a request is tried while the server is thought to be busy, and once others were tried in vain.
const TRIES: [u32; 3] = [4, 2, 1];
/// After how many requests in a row that were tried in vain patience wears thinner.
const IN_VAIN: [u32; 2] = [2, 6];
/// The first pause between two tries; each further one is four times as long.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that the server did not ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// What the server answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    /// How long to wait before the next try, where the server says so.
    retry_after: Option<Duration>,
}

/// Why there is no answer.
pub(super) enum Lost {
    /// The time for the whole cluster is over.
    Overtime,
    /// This request took too long.
    Slow(Duration),
    /// The answer is larger than any that is read.
    TooLarge,
    /// The answer broke off.
    BrokenOff(String),
    /// No answer began.
    Unreachable(Box<kube::Error>),
}

/// A conversation with one API server.
pub(super) struct Exchange<'c> {
    client: Client,
    pub(super) connection: &'c Connection,
    /// Whether it ever answered: a server that never did is not tried again.
    has_answered: Cell<bool>,
    /// How many requests in a row were tried in vain.
    in_vain: Cell<u32>,
}

impl<'c> Exchange<'c> {
    /// Prepares it; nothing is sent.
    pub(super) fn new(connection: &'c Connection) -> Result<Self, Failure> {
        let client = Client::try_from(connection.config.clone()).map_err(|error| Failure {
            message: format!("{} cannot be used: {}", connection.described, quoted(&chain(&error))),
            help: "check the certificates, the key and the proxy that it names".to_owned(),
        })?;
        Ok(Self { client, connection, has_answered: Cell::new(false), in_vain: Cell::new(0) })
    }

    /// Asks for a path. A server that is busy, or that resets the connection before it answers, is asked again a few
    /// times.
    pub(super) async fn get(&self, path: &str, accept: &str) -> Result<Answer, Lost> {
        let level = IN_VAIN.iter().filter(|limit| self.in_vain.get() >= **limit).count();
        let mut tried = 0;
        loop {
            let outcome = self.once(path, accept).await;
            tried += 1;
            let asked_for = match &outcome {
                Ok(answer) if matches!(answer.status, 429 | 503 | 504) => answer.retry_after,
                Err(Lost::Unreachable(_)) if self.has_answered.get() => None,
                _ => {
                    self.in_vain.set(0);
                    return outcome;
                }
            };
            let pause = asked_for.unwrap_or_else(|| (PAUSE * 4_u32.pow(tried - 1)).min(LONGEST_PAUSE));
            if tried >= TRIES[level] || pause >= self.connection.deadline.left() {
                self.in_vain.set(self.in_vain.get() + 1);
                return outcome;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, path: &str, accept: &str) -> Result<Answer, Lost> {
        let left = self.connection.deadline.left();
        if left.is_zero() {
            return Err(Lost::Overtime);
        }
        let limit = self.connection.request_limit.map_or(left, |limit| limit.min(left));
        match tokio::time::timeout(limit, self.exchange(path, accept)).await {
            Ok(outcome) => outcome,
            Err(_) if self.connection.deadline.has_passed() => Err(Lost::Overtime),
            Err(_) => Err(Lost::Slow(limit)),
        }
    }

    async fn exchange(&self, path: &str, accept: &str) -> Result<Answer, Lost> {
        let unreachable = |error: kube::Error| Lost::Unreachable(Box::new(error));
        let request = http::Request::get(path)
            .header(ACCEPT, accept)
            .body(Body::empty())
            .map_err(|error| unreachable(kube::Error::HttpError(error)))?;
        let response = self.client.send(request).await.map_err(unreachable)?;
        self.has_answered.set(true);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let seconds = header(RETRY_AFTER).and_then(|text| text.trim().parse().ok());
        if header(CONTENT_LENGTH).and_then(|text| text.parse::<usize>().ok()).is_some_and(|size| size > PAGE_BYTES) {
            return Err(Lost::TooLarge);
        }
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase(),
            body: Vec::new(),
            retry_after: seconds.map(Duration::from_secs),
        };
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Lost::BrokenOff(quoted(&chain(&error))))?;
            if let Some(bytes) = frame.data_ref() {
                if answer.body.len() + bytes.len() > PAGE_BYTES {
                    return Err(Lost::TooLarge);
                }
                answer.body.extend_from_slice(bytes);
            }
        }
        Ok(answer)
    }
}

impl Lost {
    /// Why a list is missing or incomplete.
    pub(super) fn reason(&self, connection: &Connection) -> String {
        match self {
            Self::Overtime => format!("the time limit of {} was reached (--timeout)", connection.deadline.shown()),
            Self::Slow(limit) => {
                format!("the server did not answer within {} (--request-timeout)", shown_duration(*limit))
            }
            Self::TooLarge => {
                format!("a page has more than {} MiB; ask for smaller ones with --chunk-size", PAGE_BYTES / (1 << 20))
            }
            Self::BrokenOff(said) => format!("the answer broke off: {said}"),
            Self::Unreachable(error) => {
                unreachable(&connection.server, connection.proxy.as_deref(), error.as_ref()).message
            }
        }
    }

    /// Why the cluster cannot be read at all, where the very first request was lost.
    pub(super) fn failure(&self, connection: &Connection) -> Failure {
        let server = &connection.server;
        match self {
            Self::Unreachable(error) => unreachable(server, connection.proxy.as_deref(), error.as_ref()),
            Self::Overtime | Self::Slow(_) => Failure {
                message: format!("{server} does not answer: {}", self.reason(connection)),
                help: "check the network and whether a VPN has to be up, or give it more time".to_owned(),
            },
            Self::TooLarge | Self::BrokenOff(_) => Failure {
                message: format!("{server} gave no usable answer: {}", self.reason(connection)),
                help: "check that an API server listens there, and not something else".to_owned(),
            },
        }
    }
}
