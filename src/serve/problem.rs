//! Problem details: every answer of the server that is an error.
//!
//! Always holds: a problem has the words of the command for people, and a type, a status and fields
//! for programs; never a path of the server's machine or the words of a library. Not here: which
//! problem a request has (`routes`, `sequencer`). Source: RFC 9457; FORMAT.md section 17.

use crate::ledger::exchange::placing::PlacingError;
use annals_core::hash::Hash;
use annals_core::rule::Rule;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An error in answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its type.
    pub kind: ProblemKind,
    /// What was expected and found here, and what to do.
    pub detail: String,
    /// The rule that refuses it.
    pub rule: Option<u16>,
    /// The number of the event in the submission that is refused, from 0.
    pub event: Option<u64>,
    /// The size of the record.
    pub size: Option<u64>,
    /// The documents that are missing.
    pub documents: Vec<String>,
    /// After how many seconds the same request may be sent again.
    pub retry_after: Option<u64>,
}

/// A problem as it is sent.
#[derive(Serialize)]
struct ProblemJson<'a> {
    /// `urn:annals:` and a word.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, the same for all of its type.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    documents: &'a [String],
}

/// The types of problems: a word, a title and a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// It cannot be read.
    Form,
    /// Nobody who may ask signed it.
    Unsigned,
    /// The signer may not do this.
    Role,
    /// Nothing has this name.
    NotFound,
    /// The method is not one that this path has.
    Method,
    /// The record went on.
    Outrun,
    /// Documents that it captures are not here.
    DocumentsMissing,
    /// The answer is not one that the asker names, or has no name.
    Precondition,
    /// It is too large.
    TooLarge,
    /// The body is compressed, or in another coding.
    Coding,
    /// A rule refuses it.
    Refused,
    /// The answer would need too much of the record.
    Bound,
    /// This key sent too much: submissions, documents or requests for a turn.
    TooMuch,
    /// It did not arrive in time.
    TooSlow,
    /// The server cannot do it now.
    Busy,
}

impl ProblemKind {
    fn word(self) -> &'static str {
        match self {
            ProblemKind::Form => "form",
            ProblemKind::Unsigned => "unsigned",
            ProblemKind::Role => "role",
            ProblemKind::NotFound => "not-found",
            ProblemKind::Method => "method",
            ProblemKind::Outrun => "outrun",
            ProblemKind::DocumentsMissing => "documents-missing",
            ProblemKind::Precondition => "precondition",
            ProblemKind::TooLarge => "too-large",
            ProblemKind::Coding => "coding",
            ProblemKind::Refused => "refused",
            ProblemKind::Bound => "bound",
            ProblemKind::TooMuch => "too-much",
            ProblemKind::TooSlow => "too-slow",
            ProblemKind::Busy => "busy",
        }
    }

    fn title(self) -> &'static str {
        match self {
            ProblemKind::Form => "The request cannot be read",
            ProblemKind::Unsigned => "The signature is missing or does not count",
            ProblemKind::Role => "The signer may not do this",
            ProblemKind::NotFound => "There is nothing of this name",
            ProblemKind::Method => "This is not asked for in this way",
            ProblemKind::Outrun => "The record went on",
            ProblemKind::DocumentsMissing => "Documents are missing",
            ProblemKind::Precondition => "The condition of the request does not hold",
            ProblemKind::TooLarge => "The request is too large",
            ProblemKind::Coding => "The body is in a coding that is not read here",
            ProblemKind::Refused => "A rule refuses it",
            ProblemKind::Bound => "The answer would need too much of the record",
            ProblemKind::TooMuch => {
                "One key sent too many events, documents or requests for a turn"
            }
            ProblemKind::TooSlow => "The request did not arrive in time",
            ProblemKind::Busy => "The server cannot do it now",
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            ProblemKind::Form => StatusCode::BAD_REQUEST,
            ProblemKind::Unsigned => StatusCode::UNAUTHORIZED,
            ProblemKind::Role => StatusCode::FORBIDDEN,
            ProblemKind::NotFound => StatusCode::NOT_FOUND,
            ProblemKind::Method => StatusCode::METHOD_NOT_ALLOWED,
            ProblemKind::Outrun | ProblemKind::DocumentsMissing => StatusCode::CONFLICT,
            ProblemKind::Precondition => StatusCode::PRECONDITION_FAILED,
            ProblemKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ProblemKind::Coding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ProblemKind::Refused | ProblemKind::Bound => StatusCode::UNPROCESSABLE_ENTITY,
            ProblemKind::TooMuch => StatusCode::TOO_MANY_REQUESTS,
            ProblemKind::TooSlow => StatusCode::REQUEST_TIMEOUT,
            ProblemKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Problem {
    /// A problem of this type.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem {
            kind,
            detail: detail.into(),
            rule: None,
            event: None,
            size: None,
            documents: Vec::new(),
            retry_after: None,
        }
    }

    /// The server cannot do it now: the same bytes may be sent again after so many seconds.
    pub fn busy(detail: impl Into<String>, seconds: u64) -> Problem {
        Problem { retry_after: Some(seconds), ..Problem::new(ProblemKind::Busy, detail) }
    }
}

impl From<PlacingError> for Problem {
    fn from(error: PlacingError) -> Problem {
        match error {
            PlacingError::Outrun { from, size } => Problem {
                size: Some(size),
                ..Problem::new(
                    ProblemKind::Outrun,
                    format!(
                        "expected a submission for the record's end, {size}, found one for {from}: \
                         pull, and sign again"
                    ),
                )
            },
            PlacingError::OtherOrigin { expected, found } => Problem::new(
                ProblemKind::Refused,
                format!("expected a submission to {expected}, found one to {found}"),
            ),
            PlacingError::Clock { at, now } => Problem::new(
                ProblemKind::Refused,
                format!(
                    "expected a time within 10 seconds of the server's clock, {now}, found {at}: \
                     set the clock of the machine that signed; if it is right, run the same \
                     command again, which signs anew"
                ),
            ),
            PlacingError::DocumentsMissing(digests) => Problem {
                documents: digests.iter().map(Hash::to_string).collect(),
                ..Problem::new(
                    ProblemKind::DocumentsMissing,
                    "expected the documents that it captures to be here first; send them, then \
                     this again",
                )
            },
            PlacingError::Refused { event, rule, why } => {
                let kind = match rule {
                    Some(
                        Rule::KeyRefused
                        | Rule::Signature
                        | Rule::SignerUnknown
                        | Rule::SignerRevoked,
                    ) => ProblemKind::Unsigned,
                    Some(Rule::SignerRole) => ProblemKind::Role,
                    _ => ProblemKind::Refused,
                };
                Problem { rule: rule.map(Rule::number), event, ..Problem::new(kind, why) }
            }
            // What failed is in the log of the server.
            PlacingError::Failed(_) => Problem::busy(
                "the server could not write it, or not say whether it did: send the same bytes \
                 again, and nothing is written twice",
                2,
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let json = ProblemJson {
            kind: format!("urn:annals:{}", self.kind.word()),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            rule: self.rule,
            event: self.event,
            size: self.size,
            documents: &self.documents,
        };
        let body = serde_json::to_vec(&json).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 section 15.5.2: how the asker is named.
            let challenge = HeaderValue::from_static("Annals-Request");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if self.kind == ProblemKind::Coding {
            // RFC 9110 section 15.5.16: what is read here.
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
