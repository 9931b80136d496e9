//! The folder of keys: its files, their permissions, and their content.
//!
//! ```text
//! keys/ada.key        secret key, mode 0600          keys/log.key    log key, unencrypted, 0600
//! keys/ada.pub        public key                     keys/log.pub    its public key
//! keys/ada.request    ada's request to an admin      keys/log.marks  its marks (`marks`)
//!                     earlier log keys: `log_key`
//! ```
//!
//! Always holds: no file is ever overwritten, except by the same key under another passphrase,
//! atomically; a failed write leaves nothing; a secret key file that group or others may access is
//! refused; a secret key that does not belong to the public key beside it is refused, because a
//! damaged file can give another key without an error. Not here: prompts; which of the keys may
//! sign (`roster`). Source: commands of `annals init` and `annals key`.

use crate::disk;
use crate::entropy::Entropy;
use crate::keys::error::KeysError;
use crate::keys::file::{self, FileMode, Links};
use crate::keys::key_name::KeyName;
use crate::keys::marks::HighWaterMarks;
use crate::keys::request::Request;
use crate::keys::secret::{self, Ask, Protection, read_secret, write_secret};
use crate::keys::{import, pem, public};
use annals_core::key::{PublicKey, SecretKey};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// An existing folder of keys.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    path: PathBuf,
}

/// Whether and how a secret key is available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPresence {
    /// It is not here.
    Elsewhere,
    /// It is here, encrypted with a passphrase.
    Encrypted,
    /// It is here, unencrypted.
    Unencrypted,
}

impl KeyPresence {
    /// How a key is available that was stored here with this protection.
    pub fn of(protection: Protection<'_>) -> KeyPresence {
        match protection {
            Protection::Passphrase(_) => KeyPresence::Encrypted,
            Protection::Unencrypted => KeyPresence::Unencrypted,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            KeyPresence::Elsewhere => "elsewhere",
            KeyPresence::Encrypted => "encrypted",
            KeyPresence::Unencrypted => "unencrypted",
        }
    }
}

/// A new key to be stored.
pub struct NewKey<'a> {
    /// Its name in the folder.
    pub handle: &'a KeyName,
    /// The key.
    pub secret: &'a SecretKey,
    /// The protection of its file.
    pub protection: Protection<'a>,
    /// The request of its holder, if the key is to be enrolled.
    pub request: Option<&'a Request>,
}

/// One line of the list of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// Its name in the folder.
    pub handle: KeyName,
    /// Its public key; `None` if there is only an encrypted secret key.
    pub public: Option<PublicKey>,
    /// Whether and how its secret key is available.
    pub held: KeyPresence,
}

/// The content of a folder of keys: the keys in the order of their names, without the log key, and
/// the errors of files that should be keys and cannot be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The keys.
    pub keys: Vec<ListedKey>,
    /// The errors of the other files.
    pub faults: Vec<KeysError>,
}

impl KeyFolder {
    /// Opens the folder, which must exist.
    pub fn open(path: impl Into<PathBuf>) -> Result<KeyFolder, KeysError> {
        let path = path.into();
        match disk::is_folder_at(&path)? {
            true => Ok(KeyFolder { path }),
            false => Err(KeysError::NoFolder { found: disk::no_folder(&path)?, path }),
        }
    }

    /// Opens the folder, or creates it; its parent must exist.
    pub fn make(path: impl Into<PathBuf>) -> Result<KeyFolder, KeysError> {
        let path = path.into();
        if !disk::is_folder_at(&path)? {
            file::make_folder(&path)?;
        }
        KeyFolder::open(path)
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `NAME.key`.
    pub fn secret_path(&self, handle: &KeyName) -> PathBuf {
        self.path.join(format!("{handle}.key"))
    }

    /// `NAME.pub`.
    pub fn public_path(&self, handle: &KeyName) -> PathBuf {
        self.path.join(format!("{handle}.pub"))
    }

    /// `NAME.request`.
    pub fn request_path(&self, handle: &KeyName) -> PathBuf {
        self.path.join(format!("{handle}.request"))
    }

    /// Refuses a name that has a key here, secret or public; called before a passphrase is
    /// requested.
    pub fn check_free(&self, handle: &KeyName) -> Result<(), KeysError> {
        for path in [self.secret_path(handle), self.public_path(handle)] {
            // A dangling link occupies the name too.
            if disk::is_there(&path)? {
                return Err(KeysError::Exists { path });
            }
        }
        Ok(())
    }

    /// Stores a secret key and its public key, both new.
    pub fn add(
        &self,
        handle: &KeyName,
        secret: &SecretKey,
        protection: Protection<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<(), KeysError> {
        self.check_free(handle)?;
        let text = write_secret(secret, protection, entropy)?;
        file::write_new(&self.secret_path(handle), text.as_bytes(), FileMode::Private)?;
        self.add_public(handle, &secret.public())
    }

    /// Stores a new key and its request: all files or none.
    pub fn add_new(&self, new: &NewKey<'_>, entropy: &mut dyn Entropy) -> Result<(), KeysError> {
        self.check_free(new.handle)?;
        let request = self.request_path(new.handle);
        if new.request.is_some() && disk::is_there(&request)? {
            return Err(KeysError::Exists { path: request });
        }
        let kept = self.add(new.handle, new.secret, new.protection, entropy).and_then(|()| {
            new.request.map_or(Ok(()), |it| self.add_request(new.handle, it).map(|_| ()))
        });
        if kept.is_err() {
            self.remove_new(new);
        }
        kept
    }

    /// Removes a new key that is not needed because a later step failed.
    pub fn remove_new(&self, new: &NewKey<'_>) {
        let request = new.request.map(|_| self.request_path(new.handle));
        let files =
            [Some(self.secret_path(new.handle)), Some(self.public_path(new.handle)), request];
        for path in files.into_iter().flatten() {
            // Best effort: the error that led here is the one to report.
            let _ = fs::remove_file(path);
        }
    }

    /// Replaces the file of a secret key by one with another passphrase, or with none.
    pub fn protect(
        &self,
        handle: &KeyName,
        secret: &SecretKey,
        protection: Protection<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<(), KeysError> {
        let text = write_secret(secret, protection, entropy)?;
        Ok(disk::replace(&self.secret_path(handle), text.as_bytes(), FileMode::Private)?)
    }

    /// Stores a public key under a name that has none here.
    pub fn add_public(&self, handle: &KeyName, key: &PublicKey) -> Result<(), KeysError> {
        let text = public::write_public(key);
        file::write_new(&self.public_path(handle), text.as_bytes(), FileMode::Shared)
    }

    /// Stores a new request.
    pub fn add_request(&self, handle: &KeyName, request: &Request) -> Result<PathBuf, KeysError> {
        let path = self.request_path(handle);
        file::write_new(&path, request.write().as_bytes(), FileMode::Shared)?;
        Ok(path)
    }

    /// Reads the secret key of a name; requests its passphrase if it is encrypted.
    pub fn secret(&self, handle: &KeyName, ask: &mut Ask<'_>) -> Result<SecretKey, KeysError> {
        let path = self.secret_path(handle);
        let secret = read_secret(&path, &read_private(&path)?, ask)?;
        let public = self.public_path(handle);
        match self.public(handle) {
            Ok(key) if key == secret.public() => Ok(secret),
            Err(KeysError::Missing { .. }) => Ok(secret),
            Ok(_) => Err(KeysError::NotOfItsPublic { path, public }),
            Err(fault) => Err(fault),
        }
    }

    /// The public key of this name.
    pub fn public(&self, handle: &KeyName) -> Result<PublicKey, KeysError> {
        let path = self.public_path(handle);
        let opened = file::open(&path, Links::Refuse)?;
        let text = file::read(&opened, &path, pem::MAX_BYTES)?;
        public::read_public(&path, &text.ok_or_else(|| import::too_long(&path))?)
    }

    /// Stores the log key: unencrypted, because it signs without a person present, and apart from
    /// the editors' keys, which cannot have its name.
    pub fn add_log(&self, secret: &SecretKey, entropy: &mut dyn Entropy) -> Result<(), KeysError> {
        self.add(&KeyName::log(), secret, Protection::Unencrypted, entropy)
    }

    /// The log key.
    pub fn log(&self) -> Result<SecretKey, KeysError> {
        self.secret(&KeyName::log(), &mut |_| Ok(None))
    }

    /// The marks of the log key.
    pub fn marks(&self) -> HighWaterMarks {
        HighWaterMarks::at(self.path.join("log.marks"))
    }

    /// The keys in the folder, in the order of their names.
    pub fn list(&self) -> Result<Listing, KeysError> {
        let read = || fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect();
        let names: std::io::Result<Vec<_>> = read();
        let names = names.map_err(KeysError::io("list", &self.path))?;
        let named = names.iter().filter_map(|name| name.to_str());
        let stem = |name: &str| {
            let stem = name.strip_suffix(".key").or_else(|| name.strip_suffix(".pub"));
            stem.map(str::to_owned)
        };
        let mut stems: Vec<String> = named.filter_map(stem).collect();
        stems.sort();
        stems.dedup();
        let mut listing = Listing::default();
        for stem in stems {
            match KeyName::new(stem).and_then(|handle| self.look(handle)) {
                Ok(listed) => listing.keys.push(listed),
                Err(KeysError::Reserved { .. }) => {}
                Err(fault) => listing.faults.push(fault),
            }
        }
        Ok(listing)
    }

    /// The public keys of the secret keys here, in the order of their names. A file that cannot be
    /// read is none.
    pub fn held(&self) -> Result<Vec<PublicKey>, KeysError> {
        let here = self.list()?.keys.into_iter();
        let here = here.filter(|listed| listed.held != KeyPresence::Elsewhere);
        Ok(here.filter_map(|listed| listed.public).collect())
    }

    /// Whether the log key of a record is here, and not that of another one.
    pub fn has_log_key(&self, log_key: &PublicKey) -> bool {
        let name = KeyName::log();
        self.public(&name).is_ok_and(|here| here == *log_key)
            && disk::is_file_at(&self.secret_path(&name)).unwrap_or(false)
    }

    /// The name of a public key here, the first if there are several; `None` if it has none.
    pub fn handle_of(&self, key: &PublicKey) -> Result<Option<KeyName>, KeysError> {
        let keys = self.list()?.keys;
        let found = keys.into_iter().find(|listed| listed.public == Some(*key));
        Ok(found.map(|listed| listed.handle))
    }

    /// Whether and how the key of a name is available.
    pub fn look(&self, handle: KeyName) -> Result<ListedKey, KeysError> {
        let beside = match self.public(&handle) {
            Err(KeysError::Missing { .. }) => None,
            other => Some(other?),
        };
        let path = self.secret_path(&handle);
        let text = match read_private(&path) {
            Err(KeysError::Missing { .. }) => {
                return Ok(ListedKey { handle, public: beside, held: KeyPresence::Elsewhere });
            }
            other => other?,
        };
        let (encrypted, own) = secret::look(&path, &text)?;
        if let (Some(own), Some(beside)) = (own, beside)
            && own != beside
        {
            let public = self.public_path(&handle);
            return Err(KeysError::NotOfItsPublic { path, public });
        }
        let held = if encrypted { KeyPresence::Encrypted } else { KeyPresence::Unencrypted };
        Ok(ListedKey { handle, public: beside.or(own), held })
    }
}

/// Reads a request from any path.
pub fn read_request(path: &Path) -> Result<Request, KeysError> {
    let opened = file::open(path, Links::Follow).map_err(|fault| match fault {
        KeysError::Missing { path } => KeysError::NoRequest { path },
        other => other,
    })?;
    match file::read(&opened, path, pem::MAX_BYTES)? {
        Some(text) => Request::parse(path, &text),
        None => Err(import::too_long(path)),
    }
}

/// The text of a file that only its owner may access; wiped when dropped.
fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeysError> {
    let opened = file::open(path, Links::Refuse)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Read from the open file, so that the path cannot be replaced in between.
        let mode = opened.metadata().map_err(KeysError::io("read", path))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeysError::Exposed { path: path.to_owned(), mode: mode & 0o7777 });
        }
    }
    file::read(&opened, path, pem::MAX_BYTES)?.ok_or_else(|| import::too_long(path))
}
