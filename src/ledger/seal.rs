//! Sealing: from settled words to the three lines and the body.
//!
//! Always holds: the signature fixes the exact position (base = seq); the salt comes from the one
//! source of randomness. Not here: whether it may stand (`append`). Source: FORMAT.md section 2.

use crate::entropy::{Entropy, EntropyError, draw};
use crate::event::Entry;
use crate::event::body::Body;
use crate::event::record::{self, Place, Statement, VERSION};
use crate::hash::Hash;
use crate::key::SecretKey;
use crate::ledger::settle::Settled;
use crate::time::Time;

/// Where the next event stands.
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
    /// The ledger's time for the event: now, and later than the one before.
    pub fn at(&self) -> Time {
        let next = self.after.and_then(|after| after.plus_micros(1));
        next.map_or(self.now, |next| next.max(self.now))
    }
}

/// Signs a settled draft for its slot.
pub fn seal(
    settled: &Settled,
    slot: &Slot,
    key: &SecretKey,
    entropy: &mut dyn Entropy,
) -> Result<Entry, EntropyError> {
    let salt = Hash(draw(entropy)?);
    let body = Body { salt, by: key.public(), content: settled.content.clone() }.to_bytes();
    let statement = Statement {
        v: VERSION,
        base: slot.position,
        after: slot.head,
        said: slot.now,
        by: key.public(),
        kind: settled.args.kind(),
        args: settled.args.clone(),
        body: Hash::of(&[&body]),
    };
    let signature = statement.sign(key);
    let place = Place { seq: slot.position, prev: slot.head, at: slot.at() };
    let record = record::write(&place, &statement.to_bytes(), &signature);
    Ok(Entry { record, body: Some(body) })
}
