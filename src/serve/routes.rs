//! The requests of the server: which path has which answer.
//!
//! Always holds: what needs no signature is what everybody may read; a request is judged in the
//! order of what that costs (length, form, signature, the queue). Every error is a problem detail.
//! Not here: connections and deadlines (`listen`), the writer (`sequencer`). Source: FORMAT.md
//! section 17; C2SP tlog-tiles v0.1.0.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::placing::{captured, placed_before, receipt};
use crate::ledger::exchange::publish::served::{FileChange, ServedFile, ServedRecord};
use crate::serve::asker::{active, signer};
use crate::serve::conditions::{expect_match, expect_uncoded};
use crate::serve::parameters::{Parameters, position};
use crate::serve::problem::{Problem, ProblemKind};
use crate::serve::read::{self, READ_ROUTES};
use crate::serve::served_head::ServedHead;
use crate::serve::state::{ServerState, Shared, bounded, failed};
use crate::serve::trouble::MOVED;
use crate::serve::uploads::{DocumentLengths, UploadError};
use crate::serve::{metrics, openapi};
use annals_core::event::Entry;
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use annals_core::key::{KeyCache, SignedMessage, ThreadKeys};
use annals_core::rule::{Fault, Rule};
use annals_core::submission::{MAX_SUBMISSION, SubmissionText, SubmittedEvent};
use annals_core::text::{Origin, counted};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post, put};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, SemaphorePermit, mpsc};
use tokio::task::block_in_place;
use tokio_stream::wrappers::ReceiverStream;

/// The longest wait for the next event, in seconds.
const MOST_WAIT: u64 = 60;
/// How many bytes of each submission are received whatever others send: who sends large ones
/// without end keeps out large ones alone. As many connections as there are bound them.
const FIRST_BYTES: usize = 64 << 10;
/// How long a body may take, the slowest that it may come, and the longest silence in it.
const BODY: Duration = Duration::from_secs(20);
const BYTES_PER_SECOND: u64 = 20_000;
const SILENCE: Duration = Duration::from_secs(10);
/// After how many seconds a server is asked again whose record is kept elsewhere.
const MOVED_PAUSE: u64 = 60;
/// The paths whose requests have a body.
const BODIES: [&str; 2] = ["/v1/submit", "/v1/document/{digest}"];
/// After how much silence a tail says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The router of all paths.
pub fn routes(state: Arc<ServerState>) -> Router {
    let mut router = Router::new();
    for Route { method, path, parameters, handler } in all() {
        let has_tags = READ_ROUTES.iter().any(|read| read.path == path);
        let has_body = BODIES.contains(&path);
        let other = async move |found: Method| {
            let why = format!("expected the method {method}, found {found}");
            Problem::new(ProblemKind::Method, why)
        };
        let known = move |request: Request, next: Next| async move {
            let headers = request.headers();
            let judged = Parameters::read(request.uri(), parameters)
                .and_then(|_| if has_body { expect_uncoded(headers) } else { Ok(()) })
                .and_then(|()| if has_tags { Ok(()) } else { expect_match(headers, None) });
            match judged {
                Ok(()) => next.run(request).await,
                Err(refused) => refused.into_response(),
            }
        };
        let handler = handler.layer(middleware::from_fn(known)).fallback(other);
        router = router.route(path, handler);
    }
    router
        .fallback(async || Problem::new(ProblemKind::NotFound, "expected a path of this server"))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), kept_here))
        .layer(middleware::from_fn(count_answer))
        .with_state(state)
}

/// A path with its method.
struct Route {
    method: &'static str,
    path: &'static str,
    /// The parameters of its query.
    parameters: &'static [&'static str],
    handler: MethodRouter<Arc<ServerState>>,
}

/// All routes of the server; those that read the record come last.
fn all() -> Vec<Route> {
    let route = |method, path, parameters, handler| Route { method, path, parameters, handler };
    let mut all = vec![
        route("POST", "/v1/submit", &[][..], post(submit)),
        route("GET", "/v1/submission/{digest}", &["body"], get(submission)),
        route("PUT", "/v1/document/{digest}", &[], put(document)),
        route("POST", "/v1/turn", &[], post(turn)),
        route("GET", "/v1/events", &["from"], get(events)),
        route("GET", "/v1/tail", &["from", "wait"], get(tail)),
        route("GET", "/v1/health", &[], get(health)),
        route("GET", "/v1/openapi.json", &[], get(described)),
        route("GET", "/checkpoint", &[], get(file)),
        route("GET", "/tile/{*name}", &[], get(file)),
        route("GET", "/body/{*name}", &[], get(file)),
        route("GET", "/document/{*name}", &[], get(file)),
    ];
    let read = READ_ROUTES.iter();
    all.extend(read.map(|read| route("GET", read.path, read.parameters, read::handler(read))));
    all
}

/// The description of all paths.
async fn described(State(state): Shared) -> Result<Response, Problem> {
    let text = openapi::document().map_err(|why| failed(&state, &LedgerError::Usage(why)))?;
    let kind = (header::CONTENT_TYPE, "application/json");
    Ok(([kind, (header::CACHE_CONTROL, "no-cache")], text).into_response())
}

/// Answers nothing from a record that is kept elsewhere by now: a reader who has more would take
/// what is here for one that was cut.
async fn kept_here(State(state): Shared, request: Request, next: Next) -> Response {
    let is_about_server = ["/v1/health", "/v1/openapi.json"].contains(&request.uri().path());
    match state.sequencer.is_moved() && !is_about_server {
        true => Problem::busy(MOVED, MOVED_PAUSE).into_response(),
        false => next.run(request).await,
    }
}

/// Counts each answer by its status, and forbids clients to guess its media type (`nosniff`).
async fn count_answer(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    metrics::answered(response.status().as_u16());
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// A published file.
async fn file(State(state): Shared, uri: Uri) -> Result<Response, Problem> {
    let head = state.sequencer.head();
    let name = uri.path().trim_start_matches('/');
    let _making = state.making.acquire().await;
    let found = block_in_place(|| head.record.file(name));
    let none = || {
        Problem::new(ProblemKind::NotFound, "expected the name of a file of the published record")
    };
    let ServedFile { bytes, change } =
        found.map_err(|why| failed(&state, &why))?.ok_or_else(none)?;
    let (kind, cache) = match change {
        FileChange::Always => ("text/plain; charset=utf-8", "no-cache"),
        FileChange::Withheld => ("application/octet-stream", "public, max-age=60"),
        FileChange::Never => ("application/octet-stream", "public, max-age=31536000, immutable"),
    };
    let body = bounded(&state, bytes)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], body).into_response())
}

/// Places a submission.
async fn submit(State(state): Shared, body: Body) -> Result<Response, Problem> {
    let (bytes, _held) = whole(&state, body, MAX_SUBMISSION).await?;
    let head = state.sequencer.head();
    let mut found = block_in_place(|| received(&state, &head, &bytes))?;
    if let Received::New(_, Err(problem)) = &found
        && depends_on_roster(problem)
    {
        let head = state.sequencer.caught_up().await?;
        found = block_in_place(|| received(&state, &head, &bytes))?;
    }
    let (submission, signed) = match found {
        Received::Given(receipt) => return Ok(plain(receipt)),
        Received::New(submission, signed) => (submission, signed),
    };
    let (from, count) = (submission.from, submission.events.len());
    let placed = match signed {
        Ok(lengths) => state.sequencer.submit(*submission, lengths).await,
        Err(unsigned) => Err(unsigned),
    };
    let events = counted(count as u64, "event");
    (state.log)(&match &placed {
        Ok(_) => format!("{events} for {from}: placed"),
        Err(problem) => {
            let status = problem.kind.status().as_u16();
            format!("{events} for {from}: {status}, {}", problem.detail)
        }
    });
    Ok(plain(placed?))
}

/// Whether a refusal may be another one by what another server committed a moment ago.
fn depends_on_roster(problem: &Problem) -> bool {
    let rules = [Rule::SignerUnknown, Rule::SignerRevoked].map(Rule::number);
    problem.rule.is_some_and(|rule| rules.contains(&rule))
}

/// A submission in form.
enum Received {
    /// It is in the record already; its receipt.
    Given(Vec<u8>),
    /// It is not, and whether it may wait for its place: then with the lengths of the documents
    /// that were sent for it.
    New(Box<SubmissionText>, Result<DocumentLengths, Problem>),
}

/// Reads a submission, and finds out whether it is to be placed.
fn received(state: &ServerState, head: &ServedHead, bytes: &[u8]) -> Result<Received, Problem> {
    let form = |fault: Fault| Problem {
        rule: Some(fault.rule.number()),
        ..Problem::new(ProblemKind::Form, fault.to_string())
    };
    let submission = SubmissionText::parse(bytes).map_err(form)?;
    if let Some(receipt) = given_before(head, &submission).map_err(|why| failed(state, &why))? {
        return Ok(Received::Given(receipt));
    }
    let allowed = expect_signed(&state.keys, head, &submission);
    let allowed = allowed.and_then(|()| fitting_documents(state, &submission));
    Ok(Received::New(Box::new(submission), allowed))
}

/// The most bytes that the documents of one submission have together, because they are judged with
/// it in memory.
const MOST_DOCUMENTS: u64 = 128 << 20;

/// The lengths of the documents that were sent for a submission; refuses one whose documents are
/// too large together.
fn fitting_documents(
    state: &ServerState,
    submission: &SubmissionText,
) -> Result<DocumentLengths, Problem> {
    let lengths = state.uploads.lengths(captured(submission));
    let found: u64 = lengths.values().sum();
    match found <= MOST_DOCUMENTS {
        true => Ok(lengths),
        false => {
            let why = format!(
                "expected documents of at most {MOST_DOCUMENTS} bytes in one submission, found \
                 {found}: capture them in several"
            );
            Err(Problem::new(ProblemKind::TooLarge, why))
        }
    }
}

/// The receipt of a submission that is in the record already, even if its signer may not
/// sign any more.
fn given_before(
    head: &ServedHead,
    submission: &SubmissionText,
) -> Result<Option<Vec<u8>>, LedgerError> {
    let record = &head.record;
    if *submission.origin != *record.origin() {
        return Ok(None);
    }
    match placed_before(submission, record)? {
        Some(first) => Ok(Some(receipt(submission, first, record)?.text())),
        None => Ok(None),
    }
}

/// Refuses statements, before they wait in the queue, whose key may not sign here: it is neither an
/// enrolled one that was not revoked, nor the recovery key.
fn expect_signed(
    keys: &KeyCache,
    head: &ServedHead,
    submission: &SubmissionText,
) -> Result<(), Problem> {
    let messages: Option<Vec<SignedMessage>> =
        submission.events.iter().map(SubmittedEvent::signed_message).collect();
    let refused = |number: usize, rule: Rule, why: &str| {
        let key = submission.events.get(number).map(|event| event.statement().by.to_string());
        let (key, rule) = (key.unwrap_or_default(), rule.number());
        let why = format!("rule {rule}: the key {key} {why}");
        let problem = Problem::new(ProblemKind::Unsigned, why);
        Problem { rule: Some(rule), event: Some(number as u64), ..problem }
    };
    for (event, number) in submission.events.iter().zip(0..) {
        let key = &event.statement().by;
        match head.roster.member(key) {
            Some(member) if member.revoked.is_some() => {
                return Err(refused(number, Rule::SignerRevoked, "is revoked"));
            }
            None if head.recovery != Some(key.digest()) => {
                let why = "is not enrolled in this record";
                return Err(refused(number, Rule::SignerUnknown, why));
            }
            _ => {}
        }
    }
    // Only keys of the record come into the cache.
    let verdicts = ThreadKeys::new(keys).verify(&messages.unwrap_or_default());
    let verdicts = verdicts.unwrap_or_default();
    let signed = |number: &usize| verdicts.get(*number).copied().unwrap_or(false);
    match (0..submission.events.len()).find(|number| !signed(number)) {
        Some(number) => Err(refused(number, Rule::Signature, "did not sign this statement")),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
struct WithBody {
    body: String,
}

/// The receipt of the statement with this digest and this body, if it is in the record.
async fn submission(
    State(state): Shared,
    digest: Result<Path<String>, PathRejection>,
    asked: Result<Query<WithBody>, QueryRejection>,
) -> Result<Response, Problem> {
    let digest = digest_in_path(digest)?;
    let form = "expected the digest of the statement's body: ?body=<sha256>";
    let Query(WithBody { body }) = asked.map_err(|_| Problem::new(ProblemKind::Form, form))?;
    let body = digest_of(&body)?;
    let head = state.sequencer.head();
    let found = block_in_place(|| found_statement(&head.record, &digest, &body));
    let none = || {
        let why = "no statement of this digest, with this body, is in the record";
        Problem::new(ProblemKind::NotFound, why)
    };
    Ok(plain(found.map_err(|why| failed(&state, &why))?.ok_or_else(none)?))
}

fn found_statement(
    record: &ServedRecord,
    digest: &Hash,
    body: &Hash,
) -> Result<Option<Vec<u8>>, LedgerError> {
    let Some(position) = record.position(digest, body)? else { return Ok(None) };
    let entries = record.entries(position..position + 1)?;
    let submission = entries.first().and_then(|entry| recorded(record.origin(), entry));
    let receipt = submission.map(|it| receipt(&it, position, record)).transpose()?;
    Ok(receipt.map(|receipt| receipt.text()))
}

/// The submission of an event that is in the record.
fn recorded(origin: &str, entry: &Entry) -> Option<SubmissionText> {
    let Reading { statement, signature, .. } = Reading::of(&entry.record);
    // A receipt says nothing of the body.
    let event = SubmittedEvent::new(statement?, &signature?, b"{}".to_vec());
    SubmissionText::free(&Origin::new(origin).ok()?, vec![event]).ok()
}

/// Takes a document.
async fn document(
    State(state): Shared,
    digest: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
    mut body: Body,
) -> Result<StatusCode, Problem> {
    let digest = digest_in_path(digest)?;
    let member = signer(&state, &headers, &Method::PUT, &uri, digest).await?;
    let Ok(_receiving) = state.receiving.acquire().await else {
        return Err(Problem::busy("the server is being stopped", 5));
    };
    let refused = |error: UploadError| match error {
        UploadError::Disk(error) => failed(&state, &error.into()),
        UploadError::TooLarge => Problem::new(ProblemKind::TooLarge, error.to_string()),
        UploadError::TooMuch(_) => Problem::new(ProblemKind::TooMuch, error.to_string()),
        UploadError::Second => {
            let problem = Problem::new(ProblemKind::TooMuch, error.to_string());
            Problem { retry_after: Some(1), ..problem }
        }
        UploadError::Digest { .. } => Problem::new(ProblemKind::Form, error.to_string()),
    };
    let now = state.clock.peek();
    let mut upload =
        block_in_place(|| state.uploads.begin(&member.key, digest, now)).map_err(refused)?;
    let (mut read, began) = (0, Instant::now());
    while let Some(bytes) = next_bytes(&mut body, began, read).await? {
        read += bytes.len();
        block_in_place(|| upload.add(&bytes)).map_err(refused)?;
    }
    block_in_place(|| upload.finish()).map_err(refused)?;
    Ok(StatusCode::CREATED)
}

/// How long a turn lasts.
#[derive(Serialize)]
struct TurnJson {
    seconds: f64,
}

/// Gives an admin a turn.
async fn turn(State(state): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let member = signer(&state, &headers, &Method::POST, &uri, Hash::of(&[])).await?;
    let member = match member.roles.admin {
        true => member,
        false => active(&*state.sequencer.caught_up().await?, &member.key)?,
    };
    if !member.roles.admin {
        let why = format!("expected a key with the role admin, found {}", member.key);
        return Err(Problem::new(ProblemKind::Role, why));
    }
    let length = state.sequencer.turn(member.key).await?;
    Ok(axum::Json(TurnJson { seconds: length.as_secs_f64() }).into_response())
}

/// A request for the events from a position on, and how many seconds to wait for the first one.
struct From {
    from: u64,
    wait: Option<u64>,
}

fn from(uri: &Uri) -> Result<From, Problem> {
    let parameters = Parameters::read(uri, &["from", "wait"])?;
    let form = "expected a position, and perhaps seconds to wait: ?from=N&wait=N";
    let none = || Problem::new(ProblemKind::Form, form);
    let from = parameters.position("from")?.ok_or_else(none)?;
    Ok(From { from, wait: parameters.number("wait", "seconds such as 20")? })
}

/// Events as a journal has them.
async fn events(State(state): Shared, uri: Uri) -> Result<Response, Problem> {
    let none = || Problem::new(ProblemKind::Form, "expected a position: ?from=N");
    let from = Parameters::read(&uri, &["from"])?.position("from")?.ok_or_else(none)?;
    let head = state.sequencer.head();
    let _making = state.making.acquire().await;
    let text = block_in_place(|| head.record.events(from)).map_err(|why| failed(&state, &why))?;
    let size = HeaderValue::from(head.record.size());
    let mut response = plain(bounded(&state, text)?);
    response.headers_mut().insert("annals-size", size);
    Ok(response)
}

/// The checkpoints from here on, as they come: as events of a stream, or the next one.
async fn tail(State(state): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    // A browser that connects again says what it had last.
    let seen = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    let seen = seen.map(|id| position("Last-Event-ID", id)).transpose()?;
    let From { from, wait } = from(&uri)?;
    let from = seen.unwrap_or(from);
    let Ok(slot) = Arc::clone(&state.tails).try_acquire_owned() else {
        return Err(Problem::busy("too many wait for the next event", 5));
    };
    match wait {
        Some(seconds) => next_checkpoint(&state, from, seconds.min(MOST_WAIT)).await,
        None => Ok(stream(&state, from, slot)),
    }
}

async fn next_checkpoint(state: &ServerState, from: u64, wait: u64) -> Result<Response, Problem> {
    let (mut heads, mut stopping) = (state.sequencer.watch(), state.stopping.clone());
    let later = heads.wait_for(|head| head.record.size() > from);
    // What is there is answered, also where nobody waits.
    let found = tokio::select! {
        biased;
        found = later => found.ok().map(|head| head.record.note().to_vec()),
        () = tokio::time::sleep(Duration::from_secs(wait)) => None,
        _ = stopping.wait_for(|stopping| *stopping) => None,
    };
    Ok(match found {
        Some(note) => plain(note),
        None => (StatusCode::NO_CONTENT, no_store()).into_response(),
    })
}

/// A stream of checkpoints: the newest one after `from`, then each next one that the reader is fast
/// enough for.
fn stream(state: &Arc<ServerState>, from: u64, slot: OwnedSemaphorePermit) -> Response {
    let (mut heads, mut stopping) = (state.sequencer.watch(), state.stopping.clone());
    let (send, events) = mpsc::channel::<Result<Event, Infallible>>(1);
    tokio::spawn(async move {
        metrics::tails(1.0);
        let mut seen = from;
        loop {
            let later = heads.wait_for(|head| head.record.size() > seen);
            let event = tokio::select! {
                head = later => match head {
                    Ok(head) => {
                        seen = head.record.size();
                        let note = String::from_utf8_lossy(head.record.note()).into_owned();
                        Event::default().id(seen.to_string()).data(note)
                    }
                    Err(_) => break,
                },
                _ = stopping.wait_for(|stopping| *stopping) => break,
                () = send.closed() => break,
            };
            if send.send(Ok(event)).await.is_err() {
                break;
            }
        }
        metrics::tails(-1.0);
        drop(slot);
    });
    let stream = Sse::new(ReceiverStream::new(events));
    let stream = stream.keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    (no_store(), stream).into_response()
}

/// Whether events can be placed.
#[derive(Serialize)]
struct HealthJson {
    server: &'static str,
    status: &'static str,
    origin: String,
    size: u64,
    home: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

async fn health(State(state): Shared) -> Response {
    let (head, trouble) = (state.sequencer.head(), state.sequencer.trouble());
    let status = match trouble.is_none() {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let health = HealthJson {
        server: "annals",
        status: if trouble.is_none() { "ok" } else { "trouble" },
        origin: head.record.origin().to_owned(),
        size: head.record.size(),
        home: state.sequencer.home,
        trouble,
        warning: state.sequencer.warning(),
    };
    (status, no_store(), axum::Json(health)).into_response()
}

/// The bytes of a body, at most `most`; what all bodies that are being read have is bounded until
/// the permits are dropped.
async fn whole<'a>(
    state: &'a ServerState,
    mut body: Body,
    most: usize,
) -> Result<(Vec<u8>, Vec<SemaphorePermit<'a>>), Problem> {
    let (mut bytes, mut held, began) = (Vec::new(), Vec::new(), Instant::now());
    while let Some(data) = next_bytes(&mut body, began, bytes.len()).await? {
        if bytes.len() + data.len() > most {
            let why = format!("expected at most {most} bytes, found more");
            return Err(Problem::new(ProblemKind::TooLarge, why));
        }
        let counted = |length: usize| length.saturating_sub(FIRST_BYTES);
        let count = counted(bytes.len() + data.len()) - counted(bytes.len());
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let Ok(permit) = state.bytes.try_acquire_many(count) else {
            return Err(Problem::busy("too many submissions are being received", 1));
        };
        held.push(permit);
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, held))
}

/// The next bytes of a body of which `read` were read since it began; `None` at its end.
async fn next_bytes(
    body: &mut Body,
    began: Instant,
    read: usize,
) -> Result<Option<Bytes>, Problem> {
    loop {
        let allowed = BODY + Duration::from_secs(read as u64 / BYTES_PER_SECOND);
        let left = allowed.saturating_sub(began.elapsed()).min(SILENCE);
        match tokio::time::timeout(left, body.frame()).await {
            Err(_) => {
                let why =
                    format!("expected the body in {} s, found {read} bytes", allowed.as_secs());
                return Err(Problem::new(ProblemKind::TooSlow, why));
            }
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => {
                let why = "the body of the request ended early";
                return Err(Problem::new(ProblemKind::Form, why));
            }
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn digest_in_path(found: Result<Path<String>, PathRejection>) -> Result<Hash, Problem> {
    // What is no text is no digest.
    digest_of(&found.map_or_else(|_| String::new(), |Path(text)| text))
}

fn digest_of(text: &str) -> Result<Hash, Problem> {
    let form = "expected a SHA-256 in 64 hexadecimal digits, in lower case";
    Hash::parse(text).ok_or_else(|| Problem::new(ProblemKind::Form, form))
}

fn plain(bytes: impl Into<Body>) -> Response {
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    ([kind, (header::CACHE_CONTROL, "no-store")], bytes.into()).into_response()
}

fn no_store() -> [(header::HeaderName, &'static str); 1] {
    [(header::CACHE_CONTROL, "no-store")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::{BTreeMap, BTreeSet};

    /// Each operation, as `GET /v1/log`, with the parameters of its query.
    type Operations = BTreeMap<String, BTreeSet<String>>;

    /// What a reference leads to.
    fn at<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(place) => document.pointer(place.trim_start_matches('#')).expect(place),
            None => value,
        }
    }

    fn described(document: &Value) -> Operations {
        let mut found = Operations::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let all = operation["parameters"].as_array().into_iter().flatten();
                let all = all.map(|parameter| at(document, parameter));
                let query = all.clone().filter(|parameter| parameter["in"] == "query");
                let query = query.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
                found.insert(format!("{} {path}", method.to_uppercase()), query);
                // Each part of the path in braces is described.
                let parts = path.split('/').filter_map(|part| part.strip_prefix('{'));
                let parts: Vec<&str> = parts.map(|part| part.trim_end_matches('}')).collect();
                let places = all.filter(|parameter| parameter["in"] == "path");
                let places: Vec<&str> = places.map(|it| it["name"].as_str().unwrap()).collect();
                assert_eq!(parts, places, "{path}");
            }
        }
        found
    }

    #[test]
    fn every_path_and_parameter_is_described_and_no_other() {
        let document: Value = serde_json::from_str(openapi::document().unwrap()).unwrap();
        let route = |route: &Route| {
            let path = route.path.replace("{*", "{");
            let query = route.parameters.iter().map(|name| (*name).to_owned()).collect();
            (format!("{} {path}", route.method), query)
        };
        let served: Operations = all().iter().map(route).collect();
        assert_eq!(described(&document), served);
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere_in_it() {
        fn each(document: &Value, value: &Value, count: &mut usize) {
            match value {
                Value::Object(parts) => {
                    if parts.contains_key("$ref") {
                        *count += 1;
                        at(document, value);
                    }
                    parts.values().for_each(|part| each(document, part, count));
                }
                Value::Array(parts) => parts.iter().for_each(|part| each(document, part, count)),
                _ => {}
            }
        }
        let document: Value = serde_json::from_str(openapi::document().unwrap()).unwrap();
        let mut count = 0;
        each(&document, &document, &mut count);
        assert!(count > 200, "{count}");
        // Every answer of JSON has a schema.
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                for answer in operation["responses"].as_object().unwrap().values() {
                    let content = at(&document, answer)["content"].as_object();
                    for (kind, media) in content.into_iter().flatten() {
                        assert!(!kind.contains("json") || media["schema"].is_object(), "{media}");
                    }
                }
            }
        }
    }
}
