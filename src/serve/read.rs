//! What everybody may ask of the facts: the JSON of the reading commands over HTTP.
//!
//! ```text
//! parameters ─► the record as of its checkpoint ─► points ─► ETag; 304 if the asker has it
//!     ─► the answer of the command (`ledger::answer`)
//! ```
//!
//! Always holds: an answer is, byte for byte, what the command prints with `--format json` of the
//! part of the record that the checkpoint covers; nothing in it is sealed or redacted. An answer
//! reads a bounded part of the record, by the index alone, and has a bounded size. No answer may be
//! kept without asking again, because of a redaction. Not here: what an answer is
//! (`ledger::answer`), the other requests (`routes`). Source: RFC 9110 sections 8.8.3 and 13.1.2.

use crate::ledger::answer::AnswerError;
use crate::ledger::answer::blame::BlameView;
use crate::ledger::answer::diff::{DiffPoints, DiffReach, DiffView};
use crate::ledger::answer::find::{FindRequest, FindView};
use crate::ledger::answer::log::{LogAnswer, LogOrder, LogRequest, kind};
use crate::ledger::answer::order::expect_forward;
use crate::ledger::answer::page::FactPage;
use crate::ledger::answer::replay::FactsView;
use crate::ledger::answer::show::ShowAnswer;
use crate::ledger::audit::prove::{ProofDocuments, c2sp, prove};
use crate::ledger::error::LedgerError;
use crate::ledger::query::point::{Bound, DateClock, Point, PointContext};
use crate::ledger::reader::Record;
use crate::serve::conditions::{expect_match, listed};
use crate::serve::parameters::{Parameters, position, refused};
use crate::serve::problem::{Problem, ProblemKind};
use crate::serve::served_head::ServedHead;
use crate::serve::state::{ServerState, Shared, bounded, failed};
use annals_core::hash::Hash;
use annals_core::search::WordMatch;
use annals_core::text::in_quotes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::block_in_place;
use tokio::time::timeout;

/// The most events of the record that an answer reads.
const MOST_READ: u64 = 65_536;
/// The most bytes of an answer.
const MOST_BYTES: usize = 32 << 20;
/// How long a request waits until those before it are answered.
const WAIT: Duration = Duration::from_secs(10);

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// A path that is read, and how.
pub struct ReadRoute {
    /// The path; a name in braces stands for a position.
    pub path: &'static str,
    /// The parameters of its query.
    pub parameters: &'static [&'static str],
    /// The media type of its answer.
    media_type: &'static str,
    prepare: for<'a> fn(&ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem>,
}

/// All paths that are read.
pub const READ_ROUTES: &[ReadRoute] = &[
    ReadRoute {
        path: "/v1/facts",
        parameters: &[
            "as-of", "when", "topic", "status", "document", "by", "after", "limit", "tz", "clock",
        ],
        media_type: JSON,
        prepare: facts,
    },
    ReadRoute {
        path: "/v1/facts/{position}",
        parameters: &["as-of", "tz", "clock"],
        media_type: JSON,
        prepare: fact,
    },
    ReadRoute {
        path: "/v1/log",
        parameters: &[
            "position", "from", "until", "as-of", "type", "document", "topic", "by", "newest",
            "limit", "tz", "clock",
        ],
        media_type: JSON,
        prepare: log,
    },
    ReadRoute {
        path: "/v1/diff",
        parameters: &["from", "to", "when", "topic", "status", "document", "by", "tz", "clock"],
        media_type: JSON,
        prepare: diff,
    },
    ReadRoute {
        path: "/v1/find",
        parameters: &[
            "words", "part", "as-of", "when", "topic", "status", "document", "by", "limit", "tz",
            "clock",
        ],
        media_type: JSON,
        prepare: find,
    },
    ReadRoute {
        path: "/v1/blame/{position}",
        parameters: &["as-of", "when", "topic", "status", "document", "by", "limit", "tz", "clock"],
        media_type: JSON,
        prepare: blame,
    },
    ReadRoute {
        path: "/v1/proof/{position}",
        parameters: &["c2sp"],
        media_type: TEXT,
        prepare: proof,
    },
];

/// The handler of a path.
pub fn handler(route: &'static ReadRoute) -> MethodRouter<Arc<ServerState>> {
    get(move |state: Shared, headers: HeaderMap, uri: Uri| answer(state, headers, uri, route))
}

/// A request, on an open record.
struct ReadRequest<'a> {
    state: &'a ServerState,
    record: &'a Record,
    parameters: &'a Parameters,
    /// The last part of the path.
    last: &'a str,
    around: PointContext,
    clock: DateClock,
}

/// What is needed to write an answer.
struct PreparedAnswer<'a> {
    /// The numbers of events up to the requested points.
    sizes: Vec<u64>,
    write: Box<AnswerWriter<'a>>,
}

type AnswerWriter<'a> = dyn FnOnce(&mut dyn Write) -> Result<(), AnswerError> + 'a;

/// Answers a request.
async fn answer(
    State(state): Shared,
    headers: HeaderMap,
    uri: Uri,
    route: &'static ReadRoute,
) -> Result<Response, Problem> {
    let parameters = Parameters::read(&uri, route.parameters)?;
    let Ok(Ok(_reading)) = timeout(WAIT, state.reading.acquire()).await else {
        return Err(Problem::busy("too many answers are being read", 2));
    };
    let head = state.sequencer.head();
    block_in_place(|| {
        let record = head.record.record(MOST_READ).map_err(|why| failed(&state, &why))?;
        let request = ReadRequest::new(&state, &record, &parameters, uri.path())?;
        let prepared = (route.prepare)(&request)?;
        let tag = tag(&state, &head, &uri, &parameters, &prepared.sizes)?;
        let cache = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let caching: [(HeaderName, HeaderValue); 2] = [(header::ETAG, tag.clone()), cache];
        let expected = expect_match(&headers, Some(&tag));
        let known = known(&headers, &tag);
        if known == KnownAnswer::This && expected.is_ok() {
            return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
        }
        let mut bytes = AnswerBytes::default();
        (prepared.write)(&mut bytes).map_err(|error| problem(&state, error))?;
        if let Some(why) = record.trouble() {
            return Err(failed(&state, &LedgerError::IndexFailed(why)));
        }
        // A condition is judged where there is an answer.
        expected?;
        if known == KnownAnswer::Any {
            return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(route.media_type))];
        Ok((caching, kind, bounded(&state, bytes.0)?).into_response())
    })
}

/// The entity tag of an answer, which changes when the answer may change. It is a digest of the
/// request, of the record's checkpoint and number of withheld bodies, and of the server's start,
/// since bodies or documents may have been removed before it.
fn tag(
    state: &ServerState,
    head: &ServedHead,
    uri: &Uri,
    parameters: &Parameters,
    sizes: &[u64],
) -> Result<HeaderValue, Problem> {
    let checkpoint = &head.record.checkpoint().checkpoint;
    let withheld = head.record.withheld().map_err(|why| failed(state, &why))?;
    let (version, path, spelling) = (env!("CARGO_PKG_VERSION"), uri.path(), parameters.spelling());
    let (size, root) = (checkpoint.size, checkpoint.root);
    let text = format!("{version}\n{size} {root}\n{withheld}\n{sizes:?}\n{path}\n{spelling}");
    let digest = Hash::of(&[&state.start, text.as_bytes()]);
    HeaderValue::from_str(&format!("\"{digest}\""))
        .map_err(|_| Problem::busy("the server could not name its answer", 2))
}

/// Which answers the asker has, by its own account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KnownAnswer {
    /// None.
    None,
    /// The one with this tag: it was given with status 200.
    This,
    /// Whichever there is: whether there is one is known once it is written.
    Any,
}

/// Whether the asker has the answer with this tag.
fn known(headers: &HeaderMap, tag: &HeaderValue) -> KnownAnswer {
    let mut known = KnownAnswer::None;
    for one in listed(headers, header::IF_NONE_MATCH) {
        if one.strip_prefix("W/").unwrap_or(one).as_bytes() == tag.as_bytes() {
            return KnownAnswer::This;
        }
        if one == "*" {
            known = KnownAnswer::Any;
        }
    }
    known
}

impl<'a> ReadRequest<'a> {
    fn new(
        state: &'a ServerState,
        record: &'a Record,
        parameters: &'a Parameters,
        path: &'a str,
    ) -> Result<ReadRequest<'a>, Problem> {
        let zone = parameters.one("tz")?.unwrap_or("UTC");
        let around = PointContext::new(zone, state.clock.peek());
        let around = around.map_err(|why| refused("tz", after_name(&why.to_string())))?;
        let clock = match parameters.one("clock")? {
            None | Some("recorded") => DateClock::Recorded,
            Some("corrected") => DateClock::Corrected,
            Some(found) => {
                let why = format!("expected recorded or corrected, found {}", in_quotes(found));
                return Err(refused("clock", &why));
            }
        };
        let last = path.rsplit('/').next().unwrap_or_default();
        Ok(ReadRequest { state, record, parameters, last, around, clock })
    }

    /// The position in the path.
    fn position(&self) -> Result<u64, Problem> {
        position("position", self.last)
    }

    /// The number of events that a point stands for; `otherwise` if it is not there.
    fn point(&self, name: &str, bound: Bound, otherwise: u64) -> Result<u64, Problem> {
        let Some(text) = self.parameters.one(name)? else { return Ok(otherwise) };
        let size = Point::parse(text, &self.around)
            .and_then(|point| point.resolve(self.record, bound, self.clock));
        match size {
            Ok(size) => Ok(size.size),
            Err(error @ (LedgerError::Usage(_) | LedgerError::NotFound(_))) => {
                Err(refused(name, &error.to_string()))
            }
            Err(error) => Err(of_ledger(self.state, &error)),
        }
    }

    /// The number of events as of which the answer is.
    fn as_of(&self) -> Result<u64, Problem> {
        self.point("as-of", Bound::End, self.record.size())
    }
}

fn facts<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, size) = (request.record, request.as_of()?);
    let filters = request.parameters.filters()?;
    let after = request.parameters.position("after")?;
    let page = FactPage { after, most: request.parameters.limit()? };
    let write = move |out: &mut dyn Write| {
        let of = FactsView::open(record, size, &filters, page)?;
        let mut answer = of.answer()?;
        let undone = answer.undone()?.undone;
        answer.write_json(out, &undone)
    };
    Ok(PreparedAnswer { sizes: vec![size], write: Box::new(write) })
}

fn fact<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, size, position) = (request.record, request.as_of()?, request.position()?);
    let write =
        move |out: &mut dyn Write| ShowAnswer::read(record, size, position)?.write_json(out);
    Ok(PreparedAnswer { sizes: vec![size], write: Box::new(write) })
}

fn log<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, parameters) = (request.record, request.parameters);
    // The command has both names for the last point.
    let last = if parameters.one("as-of")?.is_some() { "as-of" } else { "until" };
    if last == "as-of" && parameters.one("until")?.is_some() {
        return Err(refused("until", "expected one last point, found as-of too"));
    }
    let until = request.point(last, Bound::End, record.size())?;
    let from = request.point("from", Bound::Start, 0)?;
    if let (Some(first), Some(last)) = (parameters.one("from")?, parameters.one(last)?) {
        expect_forward(record, first, "--until", last, &request.around, request.clock)
            .map_err(|error| of_ledger(request.state, &error))?;
    }
    let kind_of = |text: &str| {
        kind(text).map_err(|why| refused("type", &format!("{why}, found {}", in_quotes(text))))
    };
    let order = match parameters.flag("newest")? {
        true => LogOrder::NewestFirst,
        false => LogOrder::OldestFirst,
    };
    let asked = LogRequest {
        position: parameters.position("position")?,
        from,
        until,
        by: parameters.by()?,
        kind: parameters.one("type")?.map(kind_of).transpose()?,
        document: parameters.position("document")?,
        topic: parameters.one("topic")?.map(str::to_owned),
        order,
        most: parameters.limit()?,
    };
    let write = move |out: &mut dyn Write| LogAnswer::open(record, asked)?.write_json(out);
    Ok(PreparedAnswer { sizes: vec![from, until], write: Box::new(write) })
}

fn diff<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, parameters) = (request.record, request.parameters);
    let missing = || refused("from", "expected a point, found none; it is the earlier one of two");
    let from = parameters.one("from")?.ok_or_else(missing)?.to_owned();
    let to = parameters.one("to")?.unwrap_or("head").to_owned();
    let first = request.point("from", Bound::End, 0)?;
    let last = request.point("to", Bound::End, record.size())?;
    let filters = parameters.filters()?;
    let write = move |out: &mut dyn Write| {
        let points = DiffPoints { from: &from, to: &to, first, last };
        let both = DiffView::open(record, points, &filters, DiffReach::Between)?;
        both.answer()?.write_json(out)
    };
    Ok(PreparedAnswer { sizes: vec![first, last], write: Box::new(write) })
}

fn find<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, parameters) = (request.record, request.parameters);
    let size = request.as_of()?;
    let words = parameters.all("words");
    if words.is_empty() {
        return Err(refused("words", "expected words to find, found none"));
    }
    let matching = if parameters.flag("part")? { WordMatch::Part } else { WordMatch::Whole };
    let asked = FindRequest::new(words, matching, parameters.limit()?);
    let asked = asked.map_err(|why| refused("words", &why.to_string()))?;
    let filters = parameters.filters()?;
    let write = move |out: &mut dyn Write| {
        FindView::open(record, size, &filters)?.answer(&asked)?.write_json(out)
    };
    Ok(PreparedAnswer { sizes: vec![size], write: Box::new(write) })
}

fn blame<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, size, document) = (request.record, request.as_of()?, request.position()?);
    let (filters, most) = (request.parameters.filters()?, request.parameters.limit()?);
    let write = move |out: &mut dyn Write| {
        BlameView::open(record, size, document, &filters)?.answer(most)?.write_json(out)
    };
    Ok(PreparedAnswer { sizes: vec![size], write: Box::new(write) })
}

fn proof<'a>(request: &ReadRequest<'a>) -> Result<PreparedAnswer<'a>, Problem> {
    let (record, position) = (request.record, request.position()?);
    let is_c2sp = request.parameters.flag("c2sp")?;
    let write = move |out: &mut dyn Write| {
        let proof = prove(record, position, ProofDocuments::LeftOut)?;
        let text = match c2sp(&proof, position).filter(|_| is_c2sp) {
            Some(text) => text.write(),
            None => proof.write(),
        };
        Ok(out.write_all(text.as_bytes())?)
    };
    Ok(PreparedAnswer { sizes: Vec::new(), write: Box::new(write) })
}

/// The bytes of an answer, at most so many.
#[derive(Default)]
struct AnswerBytes(Vec<u8>);

impl Write for AnswerBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The problem of an answer that was not written.
fn problem(state: &ServerState, error: AnswerError) -> Problem {
    match error {
        AnswerError::Output(error) if error.kind() == io::ErrorKind::FileTooLarge => Problem::new(
            ProblemKind::Bound,
            format!(
                "expected an answer of at most {MOST_BYTES} bytes, found a larger one; ask for \
                     less of it at a time"
            ),
        ),
        AnswerError::Output(error) => failed(state, &LedgerError::IndexFailed(error.to_string())),
        AnswerError::Ledger(error) => of_ledger(state, &error),
    }
}

/// The problem with a request. An error of the record itself is described in the server's log
/// alone.
fn of_ledger(state: &ServerState, error: &LedgerError) -> Problem {
    let text = error.to_string();
    // A command has options where a request has parameters of the same names.
    let of_parameter = text.starts_with("--");
    let text = text.replace("DOCUMENT: ", "position: ");
    let words = text.split(' ').map(|word| word.strip_prefix("--").unwrap_or(word));
    let words: Vec<&str> = words.collect();
    let kind = match error {
        LedgerError::Usage(_) => ProblemKind::Form,
        LedgerError::NotFound(_) if of_parameter => ProblemKind::Form,
        LedgerError::NotFound(_) => ProblemKind::NotFound,
        LedgerError::BeyondBound { .. } | LedgerError::ProofTooLarge(_) => ProblemKind::Bound,
        error => return failed(state, error),
    };
    Problem::new(kind, words.join(" "))
}

/// A message without the name of its option.
fn after_name(text: &str) -> &str {
    text.split_once(": ").map_or(text, |(_, rest)| rest)
}
