//! The sender of a request: the member whose key signed it.
//!
//! Always holds: a key that is not known here is one that no server of the record had enrolled when
//! the request came. Not here: the signatures of events (`routes`). Source: FORMAT.md section 17.

use crate::serve::problem::{Problem, ProblemKind};
use crate::serve::served_head::ServedHead;
use crate::serve::state::ServerState;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::roster::Member;
use annals_core::rule::Rule;
use annals_core::signed_request::{REQUEST_HEADER, RequestSignature, RequestText};
use axum::http::{HeaderMap, Method, Uri};

/// How far the time of a signed request may be from the server's clock, in microseconds.
const APART: i64 = 300 * 1_000_000;

/// Who signed a request; an error if no permitted key signed it.
pub async fn signer(
    state: &ServerState,
    headers: &HeaderMap,
    method: &Method,
    uri: &Uri,
    body: Hash,
) -> Result<Member, Problem> {
    let unsigned = |why: String| Problem::new(ProblemKind::Unsigned, why);
    let value = headers.get(REQUEST_HEADER).and_then(|value| value.to_str().ok());
    let signature = value.and_then(RequestSignature::parse).ok_or_else(|| {
        unsigned(format!("expected a header {REQUEST_HEADER} with key, time and signature"))
    })?;
    let now = state.clock.peek();
    if (signature.created.micros() - now.micros()).abs() > APART {
        return Err(unsigned(format!(
            "expected a request signed within 300 seconds of the server's clock, {now}, found one \
             of {}: set the clock of the machine that signed",
            signature.created
        )));
    }
    let mut head = state.sequencer.head();
    let member = match active(&head, &signature.key) {
        Ok(member) => member,
        Err(_) => {
            head = state.sequencer.caught_up().await?;
            active(&head, &signature.key)?
        }
    };
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let request = RequestText { origin: head.record.origin(), method: method.as_str(), path, body };
    match signature.is_of(&request) {
        true => Ok(member),
        false => Err(unsigned(format!(
            "the signature is not one of the key {} over this request",
            signature.key
        ))),
    }
}

/// The member whose key this is, if it is not revoked.
pub fn active(head: &ServedHead, key: &PublicKey) -> Result<Member, Problem> {
    let (rule, why) = match head.roster.member(key) {
        Some(member) if member.revoked.is_none() => return Ok(member.clone()),
        Some(_) => (Rule::SignerRevoked, format!("the key {key} is revoked")),
        None => (Rule::SignerUnknown, format!("the key {key} is not enrolled in this record")),
    };
    let problem = Problem::new(ProblemKind::Unsigned, why);
    Err(Problem { rule: Some(rule.number()), ..problem })
}
