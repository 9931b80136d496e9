//! The keys of one verification: each is parsed once, for all threads.
//!
//! Always holds: a key that signed many events gets its multiples, which change the speed of a
//! verdict and not the verdict; memory is bounded whatever keys a forger names. Not here: the
//! verdict (`key`), the ways to it (`annals-ed25519`). Source: FORMAT.md section 2, "Verdict on a
//! signature".

use crate::key::{PublicKey, Signature, VerifyingKey};
use annals_ed25519::{Disagreement, Engine, Job, Multiples, Way};
use hashbrown::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The number of signatures of a key from which on its multiples are computed: computing them costs
/// about as much as verifying these.
const WORTH: usize = 64;
/// The greatest number of keys with multiples: 84 MB.
const MOST_MULTIPLES: usize = 128;
/// The greatest number of keys that are kept: a forger can name a new one in every event.
const MOST_KEYS: usize = 65_536;

/// Keys that were parsed, shared by the threads of one verification.
#[derive(Default)]
pub struct KeyCache {
    known: Mutex<HashMap<PublicKey, Option<Arc<CachedKey>>>>,
    engine: Engine,
    made: AtomicUsize,
}

/// An acceptable key, and its multiples once it has signed enough.
struct CachedKey {
    key: VerifyingKey,
    uses: AtomicUsize,
    minus: OnceLock<Option<Multiples>>,
}

/// One thread's view of the cache.
pub struct ThreadKeys<'a> {
    cache: &'a KeyCache,
    local: HashMap<PublicKey, Option<Arc<CachedKey>>>,
}

/// A signature to be verified.
#[derive(Clone, Copy)]
pub struct SignedMessage {
    /// The key.
    pub by: PublicKey,
    /// The bytes that are signed ([`signed_bytes`](crate::key::signed_bytes)).
    pub message: [u8; 47],
    /// The signature.
    pub signature: Signature,
}

impl<'a> ThreadKeys<'a> {
    /// A view for one thread.
    pub fn new(cache: &'a KeyCache) -> ThreadKeys<'a> {
        ThreadKeys { cache, local: HashMap::new() }
    }

    /// Whether the key is acceptable (rule 301).
    pub fn accepts(&mut self, key: &PublicKey) -> bool {
        if self.local.len() > MOST_KEYS {
            self.local.clear();
        }
        let cache = self.cache;
        self.local.entry(*key).or_insert_with(|| cache.find(key)).is_some()
    }

    /// For each signature, whether it is valid (rule 302); not, where the key is not acceptable.
    pub fn verify(&mut self, all: &[SignedMessage]) -> Result<Vec<bool>, Disagreement> {
        let held = all.iter().map(|one| self.get(&one.by)).collect::<Vec<_>>();
        let (mut jobs, mut indexes) = (Vec::with_capacity(all.len()), Vec::new());
        for (index, (one, held)) in all.iter().zip(&held).enumerate() {
            let Some(held) = held else { continue };
            let SignedMessage { message, signature, .. } = one;
            let multiples = self.cache.multiples(held);
            jobs.push(Job { key: &held.key.0, multiples, message, signature: &signature.0 });
            indexes.push(index);
        }
        let mut verdicts = vec![false; all.len()];
        for (index, verdict) in indexes.into_iter().zip(self.cache.engine.verify(&jobs)?) {
            if let Some(place) = verdicts.get_mut(index) {
                *place = verdict;
            }
        }
        Ok(verdicts)
    }

    fn get(&mut self, key: &PublicKey) -> Option<Arc<CachedKey>> {
        let accepted = self.accepts(key);
        self.local.get(key).filter(|_| accepted).cloned().flatten()
    }
}

impl KeyCache {
    /// A cache for signatures that are verified in one way.
    pub fn new(way: Way) -> KeyCache {
        KeyCache { engine: Engine::new(way), ..KeyCache::default() }
    }

    fn find(&self, key: &PublicKey) -> Option<Arc<CachedKey>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > MOST_KEYS {
            known.clear();
        }
        let parse = || {
            let key = key.accept()?;
            Some(Arc::new(CachedKey { key, uses: AtomicUsize::new(0), minus: OnceLock::new() }))
        };
        known.entry(*key).or_insert_with(parse).clone()
    }

    /// The multiples of −A, if the key has signed enough and the limit is not reached.
    fn multiples<'k>(&self, known: &'k CachedKey) -> Option<&'k Multiples> {
        if let Some(minus) = known.minus.get() {
            return minus.as_ref();
        }
        let uses = known.uses.fetch_add(1, Ordering::Relaxed);
        if uses < WORTH || self.made.load(Ordering::Relaxed) >= MOST_MULTIPLES {
            return None;
        }
        let make = || {
            self.made.fetch_add(1, Ordering::Relaxed);
            self.engine.multiples(&known.key.0)
        };
        known.minus.get_or_init(make).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use crate::verify::source::SourceError;

    #[test]
    fn the_verdict_is_the_same_before_and_after_multiples() {
        let secret = SecretKey::from_seed([3; 32]);
        for way in [Way::Fastest, Way::FourAtOnce, Way::OneByOne, Way::Reference] {
            let (cache, by) = (KeyCache::new(way), secret.public());
            let mut keys = ThreadKeys::new(&cache);
            for number in 0..WORTH + 40 {
                let message = [u8::try_from(number).expect("small"); 47];
                let signature = secret.sign(&message);
                let good = SignedMessage { by, message, signature };
                let other = SignedMessage { message: [255; 47], ..good };
                let (mut bent, mut large) = (good, good);
                bent.signature.0[40] ^= 1;
                large.signature.0[63] |= 0xf0;
                let unacceptable = SignedMessage { by: PublicKey([0; 32]), ..good };
                let found = keys.verify(&[other, good, bent, unacceptable, large]);
                assert_eq!(found, Ok(vec![false, true, false, false, false]));
            }
            assert_eq!(cache.made.load(Ordering::Relaxed), 1);
        }
        assert!(!ThreadKeys::new(&KeyCache::default()).accepts(&PublicKey([0; 32])));
    }

    /// The multiples of another key stand for a faulty processor: the lanes then refuse what dalek
    /// accepts.
    #[test]
    fn a_fault_of_the_lanes_is_an_error_and_no_verdict() {
        let (secret, other) = (SecretKey::from_seed([3; 32]), SecretKey::from_seed([4; 32]));
        let by = secret.public();
        let signed = [[1; 47], [2; 47]].map(|message| {
            let signature = secret.sign(&message);
            SignedMessage { by, message, signature }
        });
        for way in [Way::Fastest, Way::FourAtOnce] {
            let cache = KeyCache::new(way);
            if cache.engine.at_once() == 1 {
                continue;
            }
            let mut keys = ThreadKeys::new(&cache);
            let held = keys.get(&by).expect("an acceptable key");
            let wrong = other.public().accept().expect("an acceptable key");
            assert!(held.minus.set(cache.engine.multiples(&wrong.0)).is_ok());
            let disagreement = keys.verify(&signed).expect_err("the ways differ");
            let error = SourceError::from(disagreement);
            assert_eq!(error.to_string(), "cannot read the signatures");
            let why = error.cause.to_string();
            for words in
                ["which only dalek accepts", "nothing was judged", "annals verify --reference"]
            {
                assert!(why.contains(words), "{words} stands in {why}");
            }
        }
        let reference = KeyCache::new(Way::Reference);
        assert_eq!(ThreadKeys::new(&reference).verify(&signed), Ok(vec![true, true]));
    }
}
