//! Entropy: the one source of randomness of the whole program.
//!
//! Always holds: every salt, nonce, person and secret key is drawn through [`Entropy`], passed as a
//! parameter, so that a test can seed it and get the same hashes each time.
//! Not here: signatures, which draw none (Ed25519 is deterministic); time (`clock`).
//! Source: the operating system, by the `getrandom` crate; SHA-256 over a counter for [`Seeded`].

use annals_core::hash::Hash;

/// The operating system could not provide random bytes.
#[derive(Debug, thiserror::Error)]
#[error("expected random bytes from the operating system, found none")]
pub struct EntropyError {
    #[from]
    source: getrandom::Error,
}

/// A source of random bytes: unpredictable, or repeatable in tests.
pub trait Entropy {
    /// Fills all of `out`, or returns an error; after an error the content of `out` must not be
    /// used.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// Draws `N` bytes.
///
/// ```
/// use annals::entropy::{Seeded, draw};
/// let salt: [u8; 32] = draw(&mut Seeded::new("a story"))?;
/// assert_eq!(salt, draw(&mut Seeded::new("a story"))?);
/// assert_ne!(salt, draw(&mut Seeded::new("another"))?);
/// # Ok::<(), annals::entropy::EntropyError>(())
/// ```
pub fn draw<const N: usize>(entropy: &mut dyn Entropy) -> Result<[u8; N], EntropyError> {
    let mut out = [0; N];
    entropy.fill(&mut out)?;
    Ok(out)
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Entropy for System {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), EntropyError> {
        Ok(getrandom::fill(out)?)
    }
}

/// A stream that anyone who knows the seed can repeat, for tests and demonstrations only: a secret
/// key drawn from it is not secret.
///
/// Block *i* is SHA-256(seed digest ‖ *i* as 8 bytes, big-endian). Bytes of a block that one draw
/// leaves are used by the next, so the stream does not depend on how it is divided into draws.
#[derive(Clone, Debug)]
pub struct Seeded {
    seed: Hash,
    /// Bytes drawn so far.
    drawn: u64,
}

impl Seeded {
    /// The stream of a seed.
    pub fn new(seed: impl AsRef<[u8]>) -> Seeded {
        Seeded { seed: Hash::of(&[seed.as_ref()]), drawn: 0 }
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), EntropyError> {
        let mut rest = out;
        while !rest.is_empty() {
            let block = Hash::of(&[&self.seed.0, &(self.drawn / 32).to_be_bytes()]).0;
            let fresh = &block[(self.drawn % 32) as usize..];
            let count = fresh.len().min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(&fresh[..count]);
            self.drawn += count as u64;
            rest = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_does_not_depend_on_the_draws() {
        let (mut whole, mut pieces) = (Seeded::new("s"), Seeded::new("s"));
        let expected: [u8; 100] = draw(&mut whole).unwrap();
        let mut found = Vec::new();
        for count in [0, 1, 31, 32, 33, 3] {
            let mut piece = vec![0; count];
            pieces.fill(&mut piece).unwrap();
            found.extend(piece);
        }
        assert_eq!(found, expected);
        assert_eq!(expected[..32], Hash::of(&[&Hash::of(&[b"s"]).0, &[0; 8]]).0);
    }

    #[test]
    fn the_system_does_not_repeat_itself() {
        let first: [u8; 32] = draw(&mut System).unwrap();
        assert_ne!(first, draw::<32>(&mut System).unwrap());
    }
}
