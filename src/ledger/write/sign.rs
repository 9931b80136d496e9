//! Signing: from a resolved draft to the three lines and the body.
//!
//! Always holds: the signature fixes the exact position (base = seq); the salt comes from
//! `entropy`. Not here: verification (`append`). Source: FORMAT.md section 2.

use crate::entropy::{Entropy, draw};
use crate::ledger::error::LedgerError;
use crate::ledger::write::resolve::ResolvedDraft;
use annals_core::event::args::Args;
use annals_core::event::record::{self, Place, Statement, VERSION};
use annals_core::event::{Entry, body};
use annals_core::hash::Hash;
use annals_core::key::{EVENT_TAG, PublicKey, SigningKey, signed_bytes};
use annals_core::time::Time;

/// The place of the next event.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its position.
    pub position: u64,
    /// Hash of the event before it.
    pub head: Option<Hash>,
    /// Time of the event before it.
    pub after: Option<Time>,
    /// The writer's clock.
    pub now: Time,
}

impl Slot {
    /// The slot after this one, which holds an event with this record.
    pub fn next(&self, record: &[u8]) -> Slot {
        let (head, after, now) = (Some(record::hash(record)), Some(self.at()), self.now);
        Slot { position: self.position + 1, head, after, now }
    }

    /// The ledger's time for the event: the current time, and later than the event before it.
    pub fn at(&self) -> Time {
        let next = self.after.and_then(|after| after.plus_micros(1));
        next.map_or(self.now, |next| next.max(self.now))
    }
}

/// The body of an event that is to be signed: it does not depend on the events before it.
pub struct WrittenBody {
    bytes: Vec<u8>,
    digest: Hash,
}

impl WrittenBody {
    /// The body of a resolved draft by this key, with this salt.
    pub fn of(resolved: &ResolvedDraft, key: &PublicKey, salt: &Hash) -> WrittenBody {
        let bytes = body::write(salt, key, &resolved.content);
        WrittenBody { digest: Hash::of(&[&bytes]), bytes }
    }
}

/// Signs a resolved draft for its slot.
pub fn sign_draft(
    resolved: &ResolvedDraft,
    slot: &Slot,
    key: &dyn SigningKey,
    entropy: &mut dyn Entropy,
) -> Result<Entry, LedgerError> {
    let body = WrittenBody::of(resolved, &key.public(), &Hash(draw(entropy)?));
    sign_body(&resolved.args, body, slot, key)
}

/// Signs arguments and a written body for their slot.
pub fn sign_body(
    args: &Args,
    body: WrittenBody,
    slot: &Slot,
    key: &dyn SigningKey,
) -> Result<Entry, LedgerError> {
    let statement = Statement {
        v: VERSION,
        base: slot.position,
        after: slot.head,
        said: slot.now,
        by: key.public(),
        kind: args.kind(),
        args: args.clone(),
        body: body.digest,
    };
    let statement = statement.to_bytes();
    let signature = key.sign(&signed_bytes(EVENT_TAG, &statement))?;
    let place = Place { seq: slot.position, prev: slot.head, at: slot.at() };
    let record = record::write(&place, &statement, &signature);
    Ok(Entry { record, body: Some(body.bytes) })
}
