//! Precedence: a key that was outrun comes before the others.
//!
//! A key whose submission was placed learns the record's new end at once; a key that was outrun has
//! to read it first. Without this, one editor who sends one submission after another for the very
//! end would keep out all others who do.
//!
//! Always holds: nobody waits longer than [`GRACE`] for the key that was outrun last; what needs no
//! exact end waits for nobody. Not here: the queue (`waiting`), the turns of admins (`turns`).

use annals_core::key::PublicKey;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long others wait for a key that was outrun, which reads the end, signs and sends again.
pub const GRACE: Duration = Duration::from_millis(50);

/// The keys that were outrun a short time ago and were not placed since.
#[derive(Debug, Default)]
pub struct Precedence {
    keys: BTreeMap<PublicKey, OutrunKey>,
}

#[derive(Debug)]
struct OutrunKey {
    /// When it was outrun first.
    since: Instant,
    /// When it was outrun last.
    last: Instant,
}

impl Precedence {
    /// Gives precedence to a key that was outrun, or extends it.
    pub fn outrun(&mut self, key: PublicKey, now: Instant) {
        self.keys.retain(|_, outrun| now.duration_since(outrun.last) < GRACE);
        self.keys.entry(key).or_insert(OutrunKey { since: now, last: now }).last = now;
    }

    /// Ends the precedence of a key whose submission was placed.
    pub fn placed(&mut self, key: &PublicKey) {
        self.keys.remove(key);
    }

    /// Since when a key has precedence; `None` if it has none. The earlier, the sooner it is its
    /// turn.
    pub fn since(&self, key: &PublicKey, now: Instant) -> Option<Instant> {
        let outrun = self.keys.get(key)?;
        (now.duration_since(outrun.last) < GRACE).then_some(outrun.since)
    }

    /// How long a key without precedence still waits; `None` if no key has precedence.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let last = self.keys.values().map(|outrun| outrun.last).max()?;
        GRACE.checked_sub(now.duration_since(last)).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_outrun_has_precedence_until_it_is_placed_or_does_not_come() {
        let [one, other] = [1, 2].map(|byte| PublicKey([byte; 32]));
        let (start, at) = (Instant::now(), Duration::from_millis);
        let mut precedence = Precedence::default();
        assert_eq!(precedence.left(start), None);
        precedence.outrun(one, start);
        precedence.outrun(other, start + at(10));
        precedence.outrun(one, start + at(40));
        assert_eq!(precedence.since(&one, start + at(40)), Some(start));
        assert_eq!(precedence.since(&other, start + at(40)), Some(start + at(10)));
        assert_eq!(precedence.left(start + at(40)), Some(GRACE));
        // One of them does not come.
        assert_eq!(precedence.since(&other, start + at(60)), None);
        precedence.placed(&one);
        assert_eq!(precedence.since(&one, start + at(41)), None);
        assert_eq!(precedence.left(start + at(60)), None);
        // It begins anew.
        precedence.outrun(other, start + at(70));
        assert_eq!(precedence.since(&other, start + at(71)), Some(start + at(70)));
        assert_eq!(precedence.left(start + at(120)), None);
    }
}
