//! The keys that the agent holds, each until its end, and what it signs with them.
//!
//! Always holds: a key that is past its end is wiped before anything is answered; what is signed is
//! a tag of the record and a digest, 47 bytes, so that no signature of an agent is one of another
//! protocol, nor a proof of possession. Not here: the socket (`serve`), the clock (a parameter).
//! Source: FORMAT.md section 2, "Signature"; section 9, "Outbox".

use crate::key_agent::hardening::lock_memory;
use crate::key_agent::message::UnlockedKey;
use annals_core::key::{EVENT_TAG, KEPT_TAG, PublicKey, REQUEST_TAG, SecretKey, Signature};
use std::time::Duration;

/// How many keys an agent holds at most.
pub const MAX_UNLOCKED: usize = 16;

/// The keys. They do not move in memory, so that no copy of one is left behind.
pub struct Vault {
    held: Vec<HeldKey>,
}

struct HeldKey {
    secret: SecretKey,
    name: String,
    /// When it ends, by the time since the machine started.
    until: Duration,
}

impl Vault {
    /// One without keys.
    pub fn empty() -> Vault {
        let held = Vec::with_capacity(MAX_UNLOCKED);
        lock_memory(&held);
        Vault { held }
    }

    /// Holds a key until a time; one that is held already gets this end.
    pub fn hold(&mut self, secret: SecretKey, name: &str, until: Duration) -> Result<(), String> {
        let key = secret.public();
        if let Some(held) = self.held.iter_mut().find(|held| held.secret.public() == key) {
            (held.name, held.until) = (name.to_owned(), until);
            return Ok(());
        }
        if self.held.len() == MAX_UNLOCKED {
            return Err(format!("expected at most {MAX_UNLOCKED} keys; annals lock forgets all"));
        }
        self.held.push(HeldKey { secret, name: name.to_owned(), until });
        Ok(())
    }

    /// Wipes the keys that are past their end.
    pub fn expire(&mut self, now: Duration) {
        self.held.retain(|held| held.until > now);
    }

    /// Wipes all keys.
    pub fn clear(&mut self) {
        self.held.clear();
    }

    /// When the next key ends; `None` where none is held.
    pub fn next_end(&self) -> Option<Duration> {
        self.held.iter().map(|held| held.until).min()
    }

    /// The keys that are held.
    pub fn list(&self, now: Duration) -> Vec<UnlockedKey> {
        let unlocked = |held: &HeldKey| {
            let left = held.until.saturating_sub(now);
            UnlockedKey { name: held.name.clone(), key: held.secret.public(), left }
        };
        self.held.iter().map(unlocked).collect()
    }

    /// The signature by a key, or why there is none.
    pub fn sign(&self, key: &PublicKey, message: &[u8]) -> Result<Signature, String> {
        let ours = [EVENT_TAG, KEPT_TAG, REQUEST_TAG].iter().any(|tag| message.starts_with(*tag));
        if !ours || message.len() != 47 {
            return Err(
                "expected the 47 bytes that an event, the outbox or a request signs, found others"
                    .to_owned(),
            );
        }
        let held = self.held.iter().find(|held| held.secret.public() == *key);
        let held = held.ok_or("this key is not unlocked, or not any more")?;
        Ok(held.secret.sign(message))
    }
}
