//! Requests to a server that keeps a record: submissions, documents, turns.
//!
//! Always holds: every wait and every size is bounded; no redirect is followed, so only the named
//! host hears of an event; what a server says is shown without invisible characters; an answer that
//! is neither what was asked for nor a problem of a server's counts as nobody's. Not here: what
//! an answer is worth (`ledger::exchange::submitting`), reading what is published (`archive::web`).
//! Source: FORMAT.md section 17; RFC 9457.

use crate::archive::CHECKPOINT;
use crate::archive::files::is_html;
use crate::archive::web::{agent, between, cause};
use annals_core::hash::Hash;
use annals_core::receipt::{MAX_RECEIPT, ReceiptText};
use annals_core::signed_request::REQUEST_HEADER;
use annals_core::text::is_invisible;
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note};
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
/// The maximum number of characters of a server's words that are shown, and of an address.
const MAX_SHOWN: usize = 1_000;
const MAX_ADDRESS: usize = 200;
/// How the type of a problem of a server begins.
const PROBLEM: &str = "urn:annals:";

/// A server, by its address.
pub struct ServerConnection {
    agent: Agent,
    address: String,
}

/// An answer to a request of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAnswer<T> {
    /// What was asked for.
    Done(T),
    /// A problem.
    Refused(ServerProblem),
    /// Neither: somebody between answered, or changed the answer on its way.
    Strange(StrangeAnswer),
}

/// An answer that is not a server's: a sign-in page, a redirect, a part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrangeAnswer {
    /// Its status, and what it is.
    pub what: String,
    /// After how many seconds the same request may be sent again.
    pub retry_after: Option<u64>,
    /// Whether the same request is answered so until somebody changes something.
    pub stays: bool,
}

/// Problem details, as a server sent them.
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
        self.kind.strip_prefix(PROBLEM) == Some(word)
    }

    /// Whether it says that nothing was placed.
    pub fn says_unplaced(&self) -> bool {
        const WORDS: [&str; 7] =
            ["form", "unsigned", "role", "outrun", "documents-missing", "too-large", "refused"];
        WORDS.iter().any(|word| self.is(word))
    }
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ServerHealth {
    /// The name of its program.
    pub server: String,
    /// What kind of home its record has.
    #[serde(default)]
    pub home: String,
    /// Why it can place nothing now, if so.
    #[serde(default)]
    pub trouble: Option<String>,
}

/// What a server answers who asked for a turn: how long it lasts.
#[derive(Deserialize)]
struct TurnAnswer {
    #[serde(rename = "seconds")]
    _seconds: f64,
}

/// An answer as it came.
struct RawAnswer {
    status: u16,
    retry_after: Option<u64>,
    /// Where a redirect leads to.
    location: Option<String>,
    body: Vec<u8>,
}

impl RawAnswer {
    /// An answer with at most so many bytes.
    fn of(
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
        most: u64,
    ) -> io::Result<RawAnswer> {
        let answer = answer.map_err(cause)?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let status = answer.status().as_u16();
        let retry_after = header("retry-after").and_then(|retry| retry.parse().ok());
        let location = header("location").filter(|_| (300..400).contains(&status));
        let location = location.map(|to| shown(to, MAX_ADDRESS));
        let mut body = Vec::new();
        answer.into_body().into_reader().take(most).read_to_end(&mut body)?;
        Ok(RawAnswer { status, retry_after, location, body })
    }

    /// The checkpoint that it is.
    fn checkpoint(&self) -> Option<Checkpoint> {
        let note = Some(&self.body).filter(|_| self.status == 200);
        Checkpoint::parse(&Note::parse(note?)?.text)
    }

    /// What it says to a request that is answered with this status by something in form.
    fn to<T>(self, wanted: u16, name: &str, form: impl Fn(&[u8]) -> Option<T>) -> ServerAnswer<T> {
        if self.status == wanted {
            return match form(&self.body) {
                Some(done) => ServerAnswer::Done(done),
                None => self.instead_of(&format!(" with something else than {name}")),
            };
        }
        match serde_json::from_slice::<ServerProblem>(&self.body) {
            Ok(mut problem) if problem.kind.starts_with(PROBLEM) => {
                problem.detail = shown(&problem.detail, MAX_SHOWN);
                (problem.status, problem.retry_after) = (self.status, self.retry_after);
                ServerAnswer::Refused(problem)
            }
            _ => self.instead_of(""),
        }
    }

    fn instead_of<T>(self, other: &str) -> ServerAnswer<T> {
        let what = format!("status {}", self.described(other));
        let stays = between(self.status).is_some();
        ServerAnswer::Strange(StrangeAnswer { what, retry_after: self.retry_after, stays })
    }

    /// The error of an answer that says nothing of a server.
    fn strange(&self) -> io::Error {
        let kind = match self.status {
            401 | 407 => io::ErrorKind::PermissionDenied,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, format!("its answer has the status {}", self.described("")))
    }

    /// The status, and what came with it.
    fn described(&self, other: &str) -> String {
        let status = self.status;
        let what = match &self.location {
            Some(to) => format!("{status}, which leads to {to}"),
            None if is_html(&self.body) => format!("{status} with a page of HTML"),
            None => format!("{status}{other}"),
        };
        match between(status) {
            Some(why) => format!("{what}: {why}"),
            None => what,
        }
    }
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
    /// Errors: nobody answers, or somebody who is neither: a proxy that does not reach the server
    /// behind it, a network that asks to sign in.
    pub fn is_server(&self) -> io::Result<bool> {
        let health = self.get("v1/health", SMALL)?;
        if let Ok(said) = serde_json::from_slice::<ServerHealth>(&health.body) {
            return Ok(said.server == "annals");
        }
        // A host of files answers a name that it does not have in many ways, but it has a
        // checkpoint, and no part of an object.
        let may_be_files = health.status < 500 && !health.body.starts_with(b"{");
        if may_be_files && self.get(CHECKPOINT, MAX_NOTE as u64 + 1)?.checkpoint().is_some() {
            return Ok(false);
        }
        Err(health.strange())
    }

    /// What the server says of itself.
    ///
    /// Errors: nobody answers, or something else than a server of records.
    pub fn health(&self) -> io::Result<ServerHealth> {
        let answer = self.get("v1/health", SMALL)?;
        match serde_json::from_slice::<ServerHealth>(&answer.body) {
            Ok(mut health) if health.server == "annals" => {
                health.trouble = health.trouble.map(|why| shown(&why, MAX_SHOWN));
                Ok(health)
            }
            _ => Err(answer.strange()),
        }
    }

    /// Waits until the record has more than `size` events, for a while: whether it has.
    ///
    /// Errors: nobody answers, or something else than a server.
    pub fn wait_after(&self, size: u64) -> io::Result<bool> {
        let answer = self.get(&format!("v1/tail?from={size}&wait={WAIT}"), MAX_NOTE as u64 + 1)?;
        match answer.status {
            200 if answer.checkpoint().is_some_and(|signed| signed.size > size) => Ok(true),
            204 => Ok(false),
            _ => Err(answer.strange()),
        }
    }

    fn get(&self, name: &str, most: u64) -> io::Result<RawAnswer> {
        RawAnswer::of(self.agent.get(format!("{}/{name}", self.address)).call(), most)
    }

    /// Sends a submission; the answer is its receipt, in form.
    ///
    /// Errors: nobody answers, or not in time: whether it is placed is not known.
    pub fn submit(&self, submission: &[u8]) -> io::Result<ServerAnswer<ReceiptText>> {
        let request = self.agent.post(format!("{}/v1/submit", self.address));
        let answer = request.content_type("text/plain; charset=utf-8").send(submission);
        let answer = RawAnswer::of(answer, MAX_RECEIPT as u64 + 1)?;
        Ok(answer.to(200, "a receipt", |body| ReceiptText::parse(body).ok()))
    }

    /// Sends a document; `signature` is the value of the header that signs the request.
    ///
    /// Errors: nobody answers, or not in time.
    pub fn put_document(
        &self,
        digest: &Hash,
        bytes: &[u8],
        signature: &str,
    ) -> io::Result<ServerAnswer<()>> {
        let most = ANSWER + Duration::from_secs(bytes.len() as u64 / BYTES_PER_SECOND);
        let request =
            agent(CONNECT, most, most).put(format!("{}{}", self.address, document_path(digest)));
        let answer = request.header(REQUEST_HEADER, signature).send(bytes);
        Ok(RawAnswer::of(answer, SMALL)?.to(201, "the word that it is kept", |_| Some(())))
    }

    /// Asks for a turn; `signature` is the value of the header that signs the request.
    ///
    /// Errors: nobody answers, or not in time.
    pub fn take_turn(&self, signature: &str) -> io::Result<ServerAnswer<()>> {
        let request = self.agent.post(format!("{}{TURN_PATH}", self.address));
        let answer = request.header(REQUEST_HEADER, signature).send_empty();
        let turn = |body: &[u8]| serde_json::from_slice::<TurnAnswer>(body).ok().map(drop);
        Ok(RawAnswer::of(answer, SMALL)?.to(200, "a turn", turn))
    }
}

/// The path of a turn, as it is signed.
pub const TURN_PATH: &str = "/v1/turn";

/// The path of a document, as it is signed.
pub fn document_path(digest: &Hash) -> String {
    format!("/v1/document/{digest}")
}

fn shown(text: &str, most: usize) -> String {
    text.chars().filter(|c| !is_invisible(*c)).take(most).collect()
}
