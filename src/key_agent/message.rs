//! What is said on the agent's socket: requests and replies, each with its length before it.
//!
//! ```text
//! 2 bytes    length of the rest, big-endian, at most 4096
//! rest       postcard of one `AgentRequest` or `AgentReply`
//! ```
//!
//! Always holds: a request is read into one buffer that is wiped, and a seed is never copied out of
//! it but into a key; what is read has a bound. The variants stay in this order, new ones come
//! last: then an agent of an earlier version can still be ended. Source: postcard's wire format.

use annals_core::key::PublicKey;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::time::Duration;
use zeroize::Zeroizing;

/// The most bytes of a message.
const MAX_BYTES: usize = 4096;

/// What a command asks of the agent.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgentRequest<'a> {
    /// Forget all keys, and end.
    Lock,
    /// Which keys are held?
    List,
    /// Sign this with that key.
    Sign {
        /// The public key.
        key: [u8; 32],
        /// What is signed.
        message: &'a [u8],
    },
    /// Hold a key.
    Unlock {
        /// Its secret key.
        seed: &'a [u8],
        /// Its name here.
        name: &'a str,
        /// For how long.
        seconds: u64,
    },
}

/// What the agent answers.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgentReply {
    /// It is done.
    Done,
    /// The keys that are held.
    Keys(Vec<UnlockedKey>),
    /// The 64 bytes of a signature.
    Signature(Vec<u8>),
    /// Why not.
    Refused(String),
}

/// A key that the agent holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlockedKey {
    /// Its name where it was unlocked.
    pub name: String,
    /// The public key.
    pub key: PublicKey,
    /// For how long it is held from now on.
    pub left: Duration,
}

/// Writes a message.
pub fn write(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0; 2 + MAX_BYTES]);
    let (length, rest) = bytes.split_at_mut(2);
    let size = postcard::to_slice(message, rest).map_err(io::Error::other)?.len();
    length.copy_from_slice(&u16::try_from(size).map_err(io::Error::other)?.to_be_bytes());
    to.write_all(bytes.get(..2 + size).unwrap_or_default())?;
    to.flush()
}

/// Reads the bytes of a message; `None` where there is no further one.
pub fn read(from: &mut impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut length = [0; 2];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let size = usize::from(u16::from_be_bytes(length));
    if size > MAX_BYTES {
        return Err(io::Error::other("expected a shorter message"));
    }
    let mut bytes = Zeroizing::new(vec![0; size]);
    from.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}
