//! The parallel part of verification: the checks of one event alone.
//!
//! Always holds: an [`Examined`] depends on nothing but the bytes of its entry, so any number of
//! threads reach the same verdict. Not here: what one event means for another (`chain`).
//! Source: FORMAT.md sections 2, 3, 5.

use crate::event::Entry;
use crate::event::body::Body;
use crate::event::record::{self, Reading, RecordDigests};
use crate::event::vocabulary::Type;
use crate::hash::{Hash, Preimage};
use crate::key::{Disagreement, PublicKey, SignedMessage, ThreadKeys};
use crate::rule::{Rule, Violation};

/// The state of a body.
#[derive(Debug)]
pub enum BodyFound {
    /// Withheld.
    Withheld,
    /// Present, but not the committed one, or not in form.
    Bad(Violation),
    /// Present, committed and in form.
    Good(Box<Body>),
    /// Not examined, or present without a statement in form to compare it with.
    Unknown,
}

/// One event, examined by itself.
#[derive(Debug)]
pub struct Examined {
    /// Its record.
    pub reading: Reading,
    /// Its body.
    pub body: BodyFound,
    /// The number of bytes of its four lines in a journal.
    pub bytes: u64,
    /// Rules 301 and 302 that are broken.
    pub signature: Vec<Violation>,
    by_refused: bool,
}

/// The number of entries that are examined together: their bytes stay in the processor's cache
/// from one step to the next.
const TOGETHER: usize = 64;

/// The digests of an entry.
struct EntryDigests {
    record: RecordDigests,
    body: Option<Hash>,
}

impl EntryDigests {
    fn of(entry: &Entry) -> EntryDigests {
        let body = entry.body.as_ref().map(|body| Hash::of(&[body]));
        EntryDigests { record: RecordDigests::of(&entry.record), body }
    }

    /// Those of many entries, in order.
    fn of_each(entries: &[Entry]) -> impl Iterator<Item = EntryDigests> {
        let mut preimages = Vec::with_capacity(3 * entries.len());
        for Entry { record, body } in entries {
            preimages.extend(record::preimages(record));
            preimages.extend(body.as_ref().map(|bytes| Preimage { first: None, bytes }));
        }
        let mut digests = Hash::of_each(preimages.into_iter()).into_iter();
        entries.iter().map_while(move |entry| {
            let record = RecordDigests { record: digests.next()?, statement: digests.next()? };
            let body = entry.body.as_ref().and_then(|_| digests.next());
            Some(EntryDigests { record, body })
        })
    }
}

/// Examines one entry without its signature: see [`check_signatures`].
pub fn examine(entry: &Entry) -> Examined {
    examine_hashed(entry, EntryDigests::of(entry))
}

/// Examines entries without their signatures, and adds them in order: see [`check_signatures`].
pub fn examine_each(entries: &[Entry], to: &mut Vec<Examined>) {
    to.reserve(entries.len());
    for entries in entries.chunks(TOGETHER) {
        for (entry, digests) in entries.iter().zip(EntryDigests::of_each(entries)) {
            to.push(examine_hashed(entry, digests));
        }
    }
}

fn examine_hashed(entry: &Entry, digests: EntryDigests) -> Examined {
    let reading = Reading::with(&entry.record, digests.record);
    let body = find_body(entry, &reading, digests.body);
    Examined { reading, body, bytes: bytes(entry), signature: Vec::new(), by_refused: false }
}

/// Examines entries with their signatures, before a log key signs a checkpoint over them.
pub fn examine_whole(
    entries: &[Entry],
    keys: &mut ThreadKeys<'_>,
) -> Result<Vec<Examined>, Disagreement> {
    let mut examined = Vec::new();
    examine_each(entries, &mut examined);
    check_signatures(examined.iter_mut(), keys)?;
    Ok(examined)
}

/// Examines an entry that was verified before. Only bodies that describe a document are read.
pub fn examine_known(entry: &Entry) -> Examined {
    let reading = Reading::of(&entry.record);
    let of_document = reading
        .statement
        .as_ref()
        .is_some_and(|s| matches!(s.kind, Type::DocumentCaptured | Type::DocumentDescribed));
    let body = match &entry.body {
        Some(_) if !of_document => BodyFound::Unknown,
        body => find_body(entry, &reading, body.as_ref().map(|body| Hash::of(&[body]))),
    };
    Examined { reading, body, bytes: bytes(entry), signature: Vec::new(), by_refused: false }
}

fn bytes(entry: &Entry) -> u64 {
    (entry.record.len() + entry.body.as_ref().map_or(1, Vec::len) + 1) as u64
}

/// The state of an entry's body, whose digest is this.
fn find_body(entry: &Entry, reading: &Reading, digest: Option<Hash>) -> BodyFound {
    let (Some(bytes), Some(digest)) = (&entry.body, digest) else { return BodyFound::Withheld };
    let Some(statement) = &reading.statement else { return BodyFound::Unknown };
    if digest != statement.body {
        let why = format!("expected a body of digest {}, found {digest}", statement.body);
        return BodyFound::Bad(Violation::of(Rule::BodyDigest, why));
    }
    match Body::parse(bytes) {
        Ok(body) => BodyFound::Good(Box::new(body)),
        Err(why) => BodyFound::Bad(Violation::of(Rule::BodyForm, why)),
    }
}

/// Rules 301 and 302 of events that are in form. Each signature has its own verdict; they are
/// computed together. Where the ways to verify disagree, every signature is refused.
pub fn check_signatures<'a>(
    events: impl Iterator<Item = &'a mut Examined>,
    keys: &mut ThreadKeys<'_>,
) -> Result<(), Disagreement> {
    let (mut signed, mut signers) = (Vec::new(), Vec::new());
    for event in events.filter(|event| event.reading.faults.is_empty()) {
        match signed_message(event, keys) {
            Some(message) => {
                signed.push(message);
                signers.push(event);
            }
            None => event.refuse_signature(),
        }
    }
    let (verdicts, outcome) = match keys.verify(&signed) {
        Ok(verdicts) => (verdicts, Ok(())),
        Err(disagreement) => (vec![false; signed.len()], Err(disagreement)),
    };
    for (event, good) in signers.into_iter().zip(verdicts) {
        if !good {
            event.refuse_signature();
        }
    }
    outcome
}

/// What is to be verified; `None` where 302 is broken already, or cannot be checked because 301 is
/// broken.
fn signed_message(event: &mut Examined, keys: &mut ThreadKeys<'_>) -> Option<SignedMessage> {
    let (statement, signature) = (event.reading.statement.as_ref()?, event.reading.signature?);
    let refused = |key: PublicKey| {
        Violation::of(Rule::KeyRefused, format!("the key {key} is not acceptable"))
    };
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
    Some(SignedMessage { by: statement.by, message: event.reading.signed_bytes(), signature })
}

impl Examined {
    fn refuse_signature(&mut self) {
        if let Some(statement) = self.reading.statement.as_ref().filter(|_| !self.by_refused) {
            let why = format!("not a signature of {}", statement.by);
            self.signature.push(Violation::of(Rule::Signature, why));
        }
    }
}
