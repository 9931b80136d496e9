//! Signed notes, checkpoints, cosignatures, verifier keys and policies, as C2SP has them.
//!
//! Always holds: a value that is read is written as the same bytes, or the bytes are refused; a
//! signature counts only if its key was known before. Not here: tiles, inclusion proofs (`merkle`).
//! Source: C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1, and the
//! drafts tlog-policy and tlog-proof; FORMAT.md sections 9, 11 and 12.

pub mod cosignature;
pub mod policy;
pub mod proof;
pub mod verifier;

mod checkpoint;
mod note;

pub use checkpoint::Checkpoint;
pub use note::{Note, NoteSignature, Signed};
pub use verifier::{KeyKind, VerifierKey, key_id, vkey};

use crate::hash::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The greatest number of bytes of a note.
pub const MAX_NOTE: usize = 1 << 20;

/// Base64 (RFC 4648 section 4), padded, strict.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads strict base64; `None` if it is not the one spelling of its bytes.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a 32-byte hash from base64.
pub fn hash_from_base64(text: &str) -> Option<Hash> {
    Some(Hash(from_base64(text)?.try_into().ok()?))
}

/// Reads a decimal number in its one spelling: no sign, no leading zero, below 2^53.
pub fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    let value = text.parse().ok().filter(|_| digits && !leading)?;
    (value <= crate::event::canonical::MAX_INTEGER).then_some(value)
}
