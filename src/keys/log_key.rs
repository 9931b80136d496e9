//! The log keys: the present one and the earlier ones.
//!
//! ```text
//! log.key                 the present log key          log.pub
//! log-<16 digits>.key     an earlier one, by the digits of its public key; or one that is about
//!                         to become the present one    log-<16 digits>.pub
//! ```
//!
//! Always holds: a used log key is never deleted and never overwritten; wherever a change of log
//! keys is interrupted, every key is in a file that [`KeyFolder::log_keys`] reads.
//! Not here: which one is the present one (the record names it). Source: FORMAT.md section 9.

use crate::disk;
use crate::entropy::Entropy;
use crate::keys::error::KeysError;
use crate::keys::folder::KeyFolder;
use crate::keys::key_name::KeyName;
use crate::keys::secret::Protection;
use annals_core::key::{PublicKey, SecretKey};
use std::fs;
use std::path::Path;

/// The log keys of a folder, and the errors of files that should be log keys and cannot be read.
#[derive(Debug, Default)]
pub struct HeldLogKeys {
    /// The keys.
    pub keys: Vec<SecretKey>,
    /// The errors of the other files.
    pub faults: Vec<KeysError>,
}

impl KeyFolder {
    /// Every log key here: `log.key`, if it exists, and the others. An unreadable file of another
    /// log key, as an interrupted rekeying can leave, is skipped and added to the faults; a record
    /// that needs its key reports that the key is missing.
    pub fn log_keys(&self) -> Result<HeldLogKeys, KeysError> {
        let mut found = HeldLogKeys::default();
        for handle in self.log_handles()? {
            match self.secret(&handle, &mut |_| Ok(None)) {
                Ok(key) => found.keys.push(key),
                Err(KeysError::Missing { .. }) => {}
                Err(fault) if handle == KeyName::log() => return Err(fault),
                Err(fault) => found.faults.push(fault),
            }
        }
        Ok(found)
    }

    /// Stores a log key that is about to become the present one.
    pub fn add_next_log(
        &self,
        secret: &SecretKey,
        entropy: &mut dyn Entropy,
    ) -> Result<(), KeysError> {
        self.add(&KeyName::log_of(&secret.public()), secret, Protection::Unencrypted, entropy)
    }

    /// Renames the file of the present log key to `log.key` if it has another name, and the file
    /// that had this name to a name of its own. Returns whether anything was renamed.
    pub fn name_log(&self, present: &PublicKey) -> Result<bool, KeysError> {
        let log = KeyName::log();
        let next = KeyName::log_of(present);
        let held = match self.log() {
            Err(KeysError::Missing { .. }) => None,
            other => Some(other?.public()),
        };
        if held == Some(*present) || !disk::is_file_at(&self.secret_path(&next))? {
            return Ok(false);
        }
        // If the secret key is lost, its public key still has the name.
        let before = held.or_else(|| self.public(&log).ok());
        if let Some(before) = before.filter(|before| before != present) {
            self.rename(&log, &KeyName::log_of(&before))?;
        }
        self.rename(&next, &log)?;
        Ok(true)
    }

    /// Renames the public key first: a secret key without a public key is readable, one beside
    /// another's is not.
    fn rename(&self, from: &KeyName, to: &KeyName) -> Result<(), KeysError> {
        let files = [
            (self.public_path(from), self.public_path(to)),
            (self.secret_path(from), self.secret_path(to)),
        ];
        for (from, to) in files {
            if disk::is_file_at(&from)? {
                if disk::is_there(&to)? {
                    return Err(KeysError::Exists { path: to });
                }
                fs::rename(&from, &to).map_err(KeysError::io("rename", &from))?;
            }
        }
        Ok(disk::sync_folder(self.path())?)
    }

    fn log_handles(&self) -> Result<Vec<KeyName>, KeysError> {
        let mut handles = vec![KeyName::log()];
        let listed = fs::read_dir(self.path()).map_err(KeysError::io("list", self.path()))?;
        let mut names = Vec::new();
        for entry in listed {
            names.push(entry.map_err(KeysError::io("list", self.path()))?.file_name());
        }
        names.sort();
        let stem = |name: &std::ffi::OsString| {
            let name = Path::new(name);
            let key = name.extension().is_some_and(|ending| ending == "key");
            Some(name.file_stem()?.to_str()?.to_owned()).filter(|_| key)
        };
        handles.extend(names.iter().filter_map(stem).filter_map(|stem| KeyName::former_log(&stem)));
        Ok(handles)
    }
}

/// Whether a folder of keys has, or had, the log key of a record: if the secret key is lost, its
/// public key, its marks or an earlier log key remain. No other file has such a name.
pub fn had_log_key(folder: &Path) -> bool {
    let Ok(listed) = fs::read_dir(folder) else { return false };
    listed.flatten().any(|found| {
        let name = found.file_name();
        let parts = name.to_str().and_then(|name| name.split_once('.'));
        parts.is_some_and(|(stem, rest)| {
            let is_log = stem == KeyName::log().to_string() || KeyName::former_log(stem).is_some();
            is_log && ["key", "pub", "marks"].iter().any(|kind| rest.starts_with(kind))
        })
    })
}
