//! The keys of one verification: each is parsed once, for all threads.
//!
//! Always holds: a key that signed many events gets a [`PrecomputedTable`], which changes the speed
//! of a verdict and not the verdict; memory is bounded whatever keys a forger names. Not here: the
//! verdict (`key`). Source: FORMAT.md section 2, "Verdict on a signature".

use crate::key::multiples::PrecomputedTable;
use crate::key::{PublicKey, Recomputed, Signature, VerifyingKey};
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
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
    base: OnceLock<PrecomputedTable>,
    made: AtomicUsize,
}

/// An acceptable key, and its multiples once it has signed enough.
struct CachedKey {
    key: VerifyingKey,
    uses: AtomicUsize,
    minus: OnceLock<PrecomputedTable>,
}

/// One thread's view of the cache.
pub struct ThreadKeys<'a> {
    cache: &'a KeyCache,
    local: HashMap<PublicKey, Option<Arc<CachedKey>>>,
}

impl<'a> ThreadKeys<'a> {
    /// A view for one thread.
    pub fn new(cache: &'a KeyCache) -> ThreadKeys<'a> {
        ThreadKeys { cache, local: HashMap::new() }
    }

    /// Whether the key is acceptable (rule 301).
    pub fn accepts(&mut self, key: &PublicKey) -> bool {
        self.get(key).is_some()
    }

    /// Recomputes a signature by an acceptable key, as [`VerifyingKey::recompute`].
    pub fn recompute(
        &mut self,
        key: &PublicKey,
        message: &[u8],
        signature: &Signature,
    ) -> Option<Recomputed> {
        let cache = self.cache;
        let known = self.get(key)?;
        match cache.multiples(known) {
            Some((base, minus)) => known.key.recompute_by(base, minus, message, signature),
            None => known.key.recompute(message, signature),
        }
    }

    fn get(&mut self, key: &PublicKey) -> Option<&CachedKey> {
        if self.local.len() > MOST_KEYS {
            self.local.clear();
        }
        let cache = self.cache;
        self.local.entry(*key).or_insert_with(|| cache.find(key)).as_deref()
    }
}

impl KeyCache {
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

    /// The multiples of B and of −A, if the key has signed enough and the limit is not reached.
    fn multiples<'k>(
        &'k self,
        known: &'k CachedKey,
    ) -> Option<(&'k PrecomputedTable, &'k PrecomputedTable)> {
        let minus = match known.minus.get() {
            Some(minus) => minus,
            None => {
                let uses = known.uses.fetch_add(1, Ordering::Relaxed);
                if uses < WORTH || self.made.load(Ordering::Relaxed) >= MOST_MULTIPLES {
                    return None;
                }
                known.minus.get_or_init(|| {
                    self.made.fetch_add(1, Ordering::Relaxed);
                    PrecomputedTable::of(&known.key.minus)
                })
            }
        };
        Some((self.base.get_or_init(|| PrecomputedTable::of(&ED25519_BASEPOINT_POINT)), minus))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{SecretKey, check_recomputed};

    #[test]
    fn the_verdict_is_the_same_before_and_after_multiples() {
        let secret = SecretKey::from_seed([3; 32]);
        let (cache, public) = (KeyCache::default(), secret.public());
        let mut keys = ThreadKeys::new(&cache);
        for number in 0..WORTH + 40 {
            let message = number.to_be_bytes();
            let good = secret.sign(&message);
            let mut verdict = |message: &[u8], signature: &Signature| {
                let found = keys.recompute(&public, message, signature);
                found.is_some_and(|found| check_recomputed(&[found]) == [true])
            };
            assert!(verdict(&message, &good));
            assert!(!verdict(b"other", &good));
            let mut bent = good;
            bent.0[40] ^= 1;
            assert!(!verdict(&message, &bent));
            bent.0[63] |= 0xf0;
            assert!(!verdict(&message, &bent));
        }
        assert_eq!(cache.made.load(Ordering::Relaxed), 1);
        assert!(!ThreadKeys::new(&cache).accepts(&PublicKey([0; 32])));
    }
}
