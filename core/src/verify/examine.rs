//! The parallel part of verification: what can be judged of one event alone.
//!
//! Always holds: an [`Examined`] depends on its entry's bytes and nothing else, so any number of
//! threads reach the same verdict. Not here: what one event means for another (`chain`).
//! Source: FORMAT.md sections 2, 3, 5.

use crate::event::Entry;
use crate::event::body::Body;
use crate::event::record::Reading;
use crate::event::vocabulary::Type;
use crate::hash::Hash;
use crate::key::{PublicKey, Recomputed, ThreadKeys, settle};
use crate::rule::Rule;

/// What was found of a body.
#[derive(Debug)]
pub enum BodyFound {
    /// Withheld.
    Withheld,
    /// There, but not the committed one, or not in form: the rule and why.
    Bad(Rule, String),
    /// There, committed and in form.
    Good(Box<Body>),
    /// There, but the statement is not, so nothing says whether it is the one; or not looked at.
    Unknown,
}

/// One event, examined by itself.
#[derive(Debug)]
pub struct Examined {
    /// Its record.
    pub reading: Reading,
    /// Its body.
    pub body: BodyFound,
    /// How many bytes its four lines have in a journal.
    pub bytes: u64,
    /// Rules 301 and 302 that are broken.
    pub signature: Vec<(Rule, String)>,
    by_refused: bool,
}

/// Examines one entry, but for its signature: see [`check_signatures`].
pub fn examine(entry: &Entry) -> Examined {
    let reading = Reading::of(&entry.record);
    let body = find_body(entry, &reading);
    Examined { reading, body, bytes: bytes(entry), signature: Vec::new(), by_refused: false }
}

/// Examines entries, their signatures included: what is about to be signed over is judged by this.
pub fn examine_whole(entries: &[Entry], keys: &mut ThreadKeys<'_>) -> Vec<Examined> {
    let mut examined: Vec<Examined> = entries.iter().map(examine).collect();
    check_signatures(&mut examined, keys);
    examined
}

/// Examines an entry that was verified before: of the bodies, only those that say what a document
/// is are read.
pub fn examine_known(entry: &Entry) -> Examined {
    let reading = Reading::of(&entry.record);
    let of_document = reading
        .statement
        .as_ref()
        .is_some_and(|said| matches!(said.kind, Type::DocumentCaptured | Type::DocumentDescribed));
    let body = match &entry.body {
        Some(_) if !of_document => BodyFound::Unknown,
        _ => find_body(entry, &reading),
    };
    Examined { reading, body, bytes: bytes(entry), signature: Vec::new(), by_refused: false }
}

fn bytes(entry: &Entry) -> u64 {
    (entry.record.len() + entry.body.as_ref().map_or(1, Vec::len) + 1) as u64
}

fn find_body(entry: &Entry, reading: &Reading) -> BodyFound {
    let Some(bytes) = &entry.body else { return BodyFound::Withheld };
    let Some(statement) = &reading.statement else { return BodyFound::Unknown };
    let digest = Hash::of(&[bytes]);
    if digest != statement.body {
        let why = format!("expected a body of digest {}, found {digest}", statement.body);
        return BodyFound::Bad(Rule::BodyDigest, why);
    }
    match Body::parse(bytes) {
        Ok(body) => BodyFound::Good(Box::new(body)),
        Err(why) => BodyFound::Bad(Rule::BodyForm, why),
    }
}

/// Rules 301 and 302 of events that are in form. Every signature is judged by itself; only the
/// encoding of the recomputed points is shared.
pub fn check_signatures(events: &mut [Examined], keys: &mut ThreadKeys<'_>) {
    let mut recomputed = Vec::with_capacity(events.len());
    let mut whose = Vec::with_capacity(events.len());
    for (index, event) in events.iter_mut().enumerate() {
        if !event.reading.faults.is_empty() {
            continue;
        }
        match recompute(event, keys) {
            Some(point) => {
                recomputed.push(point);
                whose.push(index);
            }
            None => event.refuse_signature(),
        }
    }
    for (index, good) in whose.into_iter().zip(settle(&recomputed)) {
        if !good && let Some(event) = events.get_mut(index) {
            event.refuse_signature();
        }
    }
}

/// What the signature recomputes to; `None` where 302 is broken already, or cannot be judged
/// because 301 is.
fn recompute(event: &mut Examined, keys: &mut ThreadKeys<'_>) -> Option<Recomputed> {
    let (statement, signature) = (event.reading.statement.as_ref()?, event.reading.signature?);
    let refused = |key: PublicKey| (Rule::KeyRefused, format!("the key {key} is not acceptable"));
    if let Some(key) = statement.args.key()
        && !keys.accepts(&key)
    {
        event.signature.push(refused(key));
    }
    if !keys.accepts(&statement.by) {
        event.signature.push(refused(statement.by));
        event.by_refused = true;
        return None;
    }
    keys.recompute(&statement.by, &event.reading.signed_bytes(), &signature)
}

impl Examined {
    fn refuse_signature(&mut self) {
        if let Some(statement) = self.reading.statement.as_ref().filter(|_| !self.by_refused) {
            let why = format!("not a signature of {}", statement.by);
            self.signature.push((Rule::Signature, why));
        }
    }
}
