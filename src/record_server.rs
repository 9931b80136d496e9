//! Requests to a server that keeps a record: submissions, documents, turns.
//!
//! Always holds: every wait and every size is bounded; no redirect is followed, so only the named
//! host hears of an event; what a server says is shown without invisible characters. Not here: what
//! an answer is worth (`ledger::exchange::submitting`), reading what is published (`archive::web`).
//! Source: FORMAT.md section 17; RFC 9457.

use crate::archive::web::{agent, cause};
use annals_core::hash::Hash;
use annals_core::receipt::MAX_RECEIPT;
use annals_core::signed_request::REQUEST_HEADER;
use annals_core::text::is_invisible;
use annals_core::tlog::Note;
use serde::Deserialize;
use std::io::{self, Read};
use std::time::Duration;
use ureq::Agent;

/// The maximum time to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// The maximum time until an answer begins, and until it ends.
const ANSWER: Duration = Duration::from_secs(30);
/// The slowest line on which a document is sent.
const BYTES_PER_SECOND: u64 = 20_000;
/// How long a server lets wait for the next event, in seconds.
const WAIT: u64 = 20;
/// The maximum size of an answer that is not a receipt, in bytes.
const SMALL: u64 = 64 << 10;
/// The maximum number of characters of a server's words that are shown.
const MAX_SHOWN: usize = 1_000;

/// A server, by its address.
pub struct ServerConnection {
    agent: Agent,
    address: String,
}

/// An answer of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAnswer {
    /// What was asked for.
    Done(Vec<u8>),
    /// Something else.
    Refused(ServerProblem),
}

/// Problem details, as a server sent them; what a stranger sent in their place has a status alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServerProblem {
    /// `urn:annals:` and a word.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    #[serde(skip)]
    pub status: u16,
    /// What was expected and found, and what to do.
    pub detail: String,
    /// The rule that refuses the submission.
    pub rule: Option<u16>,
    /// The documents that are missing.
    pub documents: Vec<String>,
    /// After how many seconds the same request may be sent again.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl ServerProblem {
    /// Whether it is of this type: the word after `urn:annals:`.
    pub fn is(&self, word: &str) -> bool {
        self.kind.strip_prefix("urn:annals:") == Some(word)
    }

    /// Whether the server itself says so, and that nothing was placed; what somebody between
    /// answers leaves that open.
    pub fn says_unplaced(&self) -> bool {
        const WORDS: [&str; 7] =
            ["form", "unsigned", "role", "outrun", "documents-missing", "too-large", "refused"];
        WORDS.iter().any(|word| self.is(word))
    }
}

/// What a server says of itself.
#[derive(Deserialize)]
struct ServerHealth {
    server: String,
}

impl ServerConnection {
    /// The server at an address that can be used (`archive::web::Web::at`).
    pub fn new(address: &str) -> ServerConnection {
        let address = address.trim_end_matches('/').to_owned();
        ServerConnection { agent: agent(CONNECT, ANSWER, ANSWER), address }
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether a server of records answers there, and not one that has files alone: then the
    /// checkpoint is one of these.
    ///
    /// Errors: nobody answers, or something else than either, as a proxy or a page to sign in.
    pub fn is_server(&self) -> io::Result<bool> {
        let (status, body) = self.get("/v1/health", SMALL)?;
        if let Ok(health) = serde_json::from_slice::<ServerHealth>(&body) {
            return Ok(health.server == "annals");
        }
        if status < 500 {
            let (status, body) = self.get("/checkpoint", SMALL)?;
            if status == 200 && Note::parse(&body).is_some() {
                return Ok(false);
            }
        }
        Err(io::Error::other(format!("its answer has the status {status}, and is not a server's")))
    }

    /// Status and body of what is at a path.
    fn get(&self, path: &str, most: u64) -> io::Result<(u16, Vec<u8>)> {
        let answer = self.agent.get(format!("{}{path}", self.address)).call().map_err(cause)?;
        let status = answer.status().as_u16();
        Ok((status, read(answer.into_body().into_reader(), most)?))
    }

    /// Waits until the record has more than `size` events, for a while: whether it has.
    ///
    /// Errors: nobody answers, or something else than a server.
    pub fn wait_after(&self, size: u64) -> io::Result<bool> {
        let (status, body) = self.get(&format!("/v1/tail?from={size}&wait={WAIT}"), SMALL)?;
        match status {
            200 if Note::parse(&body).is_none() => {
                Err(io::Error::other("its answer is no checkpoint"))
            }
            200 => Ok(true),
            204 => Ok(false),
            other => Err(io::Error::other(format!("its answer has the status {other}"))),
        }
    }

    /// Sends a submission; the answer is its receipt.
    ///
    /// Errors: nobody answers, or not in time: whether it is placed is not known.
    pub fn submit(&self, submission: &[u8]) -> io::Result<ServerAnswer> {
        let request = self.agent.post(format!("{}/v1/submit", self.address));
        let answer = request.content_type("text/plain; charset=utf-8").send(submission);
        answered(answer.map_err(cause)?, 200, MAX_RECEIPT as u64 + 1)
    }

    /// Sends a document; `signature` is the value of the header that signs the request.
    ///
    /// Errors: nobody answers, or not in time.
    pub fn put_document(
        &self,
        digest: &Hash,
        bytes: &[u8],
        signature: &str,
    ) -> io::Result<ServerAnswer> {
        let most = ANSWER + Duration::from_secs(bytes.len() as u64 / BYTES_PER_SECOND);
        let request =
            agent(CONNECT, most, most).put(format!("{}{}", self.address, document_path(digest)));
        let answer = request.header(REQUEST_HEADER, signature).send(bytes);
        answered(answer.map_err(cause)?, 201, SMALL)
    }

    /// Asks for a turn; `signature` is the value of the header that signs the request.
    ///
    /// Errors: nobody answers, or not in time.
    pub fn take_turn(&self, signature: &str) -> io::Result<ServerAnswer> {
        let request = self.agent.post(format!("{}{TURN_PATH}", self.address));
        let answer = request.header(REQUEST_HEADER, signature).send_empty();
        answered(answer.map_err(cause)?, 200, SMALL)
    }
}

/// The path of a turn, as it is signed.
pub const TURN_PATH: &str = "/v1/turn";

/// The path of a document, as it is signed.
pub fn document_path(digest: &Hash) -> String {
    format!("/v1/document/{digest}")
}

/// An answer; what was asked for has the status `good`.
fn answered(
    answer: ureq::http::Response<ureq::Body>,
    good: u16,
    most: u64,
) -> io::Result<ServerAnswer> {
    let status = answer.status().as_u16();
    let retry = answer.headers().get("retry-after");
    let retry_after = retry.and_then(|retry| retry.to_str().ok()?.parse().ok());
    let body = read(answer.into_body().into_reader(), most)?;
    if status == good {
        return Ok(ServerAnswer::Done(body));
    }
    let mut problem: ServerProblem = serde_json::from_slice(&body).unwrap_or_default();
    problem.detail = shown(&problem.detail);
    (problem.status, problem.retry_after) = (status, retry_after);
    Ok(ServerAnswer::Refused(problem))
}

fn read(body: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    body.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).take(MAX_SHOWN).collect()
}
