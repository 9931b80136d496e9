//! The key with which a user's copies are stamped as verified.
//!
//! A copy has no log key, so its stamp (`write::stamp`) is signed by a key of the user, in the
//! folder that the system has for the user's caches, which nobody else can look into. Whoever can
//! write to the copy, but not there, cannot make a stamp that holds.
//!
//! Always holds: a key that is lost or damaged is made again; then the next pull verifies the whole
//! record. It signs nothing that leaves the machine. Not here: when a stamp holds (`write::stamp`).

use crate::disk;
use crate::entropy::{Entropy, draw};
use crate::ledger::error::LedgerError;
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use std::path::Path;

const NAME: &str = "stamp.key";
/// The maximum size of the file, in bytes.
const BOUND: u64 = 128;

/// The stamp key in the user's private folder, which is made if it is not there.
pub fn stamp_key(folder: &Path, entropy: &mut dyn Entropy) -> Result<SecretKey, LedgerError> {
    disk::ensure_private(folder)?;
    let path = folder.join(NAME);
    let kept = disk::read_optional(&path, BOUND).ok().flatten();
    let kept = kept.and_then(|bytes| Hash::parse(String::from_utf8(bytes).ok()?.trim_end()));
    if let Some(Hash(seed)) = kept {
        return Ok(SecretKey::from_seed(seed));
    }
    let seed: [u8; 32] = draw(entropy)?;
    disk::put_private(&path, format!("{}\n", Hash(seed)).as_bytes())?;
    Ok(SecretKey::from_seed(seed))
}
