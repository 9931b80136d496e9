//! The folder of keys: which files there are, who may read them, and what they hold.
//!
//! ```text
//! keys/ada.key        secret key, mode 0600          keys/log.key    log key, unencrypted, 0600
//! keys/ada.pub        public key                     keys/log.pub    its public key
//! keys/ada.request    what ada sends to an admin     keys/log.marks  its memory (`marks`)
//!                     log keys before the present one: `log_key`
//! ```
//!
//! Always holds: no file is ever overwritten, but one by the same key under another passphrase, in
//! one step; what fails to be kept whole leaves nothing; a secret key file that group or others may
//! touch is refused; a secret key that is not that of the public key beside it is refused, for a
//! damaged file gives another key in silence. Not here: prompts; which of the keys may sign
//! (`roster`). Source: commands of `annals init` and `annals key`.

use crate::disk;
use crate::entropy::Entropy;
use crate::keys::error::KeysError;
use crate::keys::file::{self, FileMode, Links};
use crate::keys::handle::KeyName;
use crate::keys::marks::HighWaterMarks;
use crate::keys::request::Request;
use crate::keys::secret::{self, Ask, Protection, read_secret, write_secret};
use crate::keys::{import, pem, public};
use annals_core::key::{PublicKey, SecretKey};
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A folder of keys that is there.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    path: PathBuf,
}

/// How a secret key is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPresence {
    /// It is not here.
    Elsewhere,
    /// It is here, and needs its passphrase.
    Encrypted,
    /// It is here, in the clear.
    Unencrypted,
}

/// A key that is to be kept here, new.
pub struct NewKey<'a> {
    /// Its name here.
    pub handle: &'a KeyName,
    /// The key.
    pub secret: &'a SecretKey,
    /// How its file is kept from others.
    pub protection: Protection<'a>,
    /// What its holder sends to an admin, where it is to be enrolled.
    pub request: Option<&'a Request>,
}

/// One line of the list of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// Its name here.
    pub handle: KeyName,
    /// Its public key; `None` if only an encrypted secret key is here.
    pub public: Option<PublicKey>,
    /// How its secret key is at hand.
    pub held: KeyPresence,
}

/// What is in a folder of keys: the keys in the order of their handles, the log key not among them,
/// and the files that should be keys and cannot be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The keys.
    pub keys: Vec<ListedKey>,
    /// Why a file is not among them.
    pub faults: Vec<KeysError>,
}

impl KeyFolder {
    /// The folder, which must be there.
    pub fn open(path: impl Into<PathBuf>) -> Result<KeyFolder, KeysError> {
        let path = path.into();
        match disk::is_folder_at(&path)? {
            true => Ok(KeyFolder { path }),
            false => Err(KeysError::NoFolder { path }),
        }
    }

    /// The folder, made if it is not there (the folder that it lies in must be).
    pub fn make(path: impl Into<PathBuf>) -> Result<KeyFolder, KeysError> {
        let path = path.into();
        if !disk::is_folder_at(&path)? {
            file::make_folder(&path)?;
        }
        KeyFolder::open(path)
    }

    /// Where it is.
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

    /// Refuses a handle that has a key here, secret or public: to be asked before a passphrase is.
    pub fn check_free(&self, handle: &KeyName) -> Result<(), KeysError> {
        for path in [self.secret_path(handle), self.public_path(handle)] {
            // Also a dangling link stands in the way.
            if disk::is_there(&path)? {
                return Err(KeysError::Exists { path });
            }
        }
        Ok(())
    }

    /// Keeps a secret key and its public key, both new.
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

    /// Keeps a new key and its request, all or nothing.
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

    /// Takes away a new key that is of no use, because what it was made for failed.
    pub fn remove_new(&self, new: &NewKey<'_>) {
        let request = new.request.map(|_| self.request_path(new.handle));
        let files =
            [Some(self.secret_path(new.handle)), Some(self.public_path(new.handle)), request];
        for path in files.into_iter().flatten() {
            // Best effort: the error that led here is the one to tell.
            let _ = fs::remove_file(path);
        }
    }

    /// Writes the file of a secret key that is here anew, under another passphrase or none.
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

    /// Keeps a public key under a handle that has none here.
    pub fn add_public(&self, handle: &KeyName, key: &PublicKey) -> Result<(), KeysError> {
        let text = public::write_public(key);
        file::write_new(&self.public_path(handle), text.as_bytes(), FileMode::Shared)
    }

    /// Keeps a request, new.
    pub fn add_request(&self, handle: &KeyName, request: &Request) -> Result<PathBuf, KeysError> {
        let path = self.request_path(handle);
        file::write_new(&path, request.write().as_bytes(), FileMode::Shared)?;
        Ok(path)
    }

    /// The secret key of a handle, asking for its passphrase if it is encrypted.
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

    /// The public key of a handle.
    pub fn public(&self, handle: &KeyName) -> Result<PublicKey, KeysError> {
        let path = self.public_path(handle);
        let opened = file::open(&path, Links::Refuse)?;
        let text = file::read(&opened, &path, pem::MAX_BYTES)?;
        public::read_public(&path, &text.ok_or_else(|| import::too_long(&path))?)
    }

    /// Keeps the log key: unencrypted, for it signs with nobody there to type, and apart from the
    /// editors' keys, which never have its name.
    pub fn add_log(&self, secret: &SecretKey, entropy: &mut dyn Entropy) -> Result<(), KeysError> {
        self.add(&KeyName::log(), secret, Protection::Unencrypted, entropy)
    }

    /// The log key.
    pub fn log(&self) -> Result<SecretKey, KeysError> {
        self.secret(&KeyName::log(), &mut |_| Ok(None))
    }

    /// The log key's memory.
    pub fn marks(&self) -> HighWaterMarks {
        HighWaterMarks::at(self.path.join("log.marks"))
    }

    /// The keys that are here, in the order of their handles.
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

    /// The handle that a public key has here, of several the first; `None` if it has none.
    pub fn handle_of(&self, key: &PublicKey) -> Result<Option<KeyName>, KeysError> {
        let keys = self.list()?.keys;
        let found = keys.into_iter().find(|listed| listed.public == Some(*key));
        Ok(found.map(|listed| listed.handle))
    }

    /// How the key of a handle is at hand.
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

/// Reads a request that somebody sent, from wherever it lies.
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

/// The text of a file that only its owner may touch; wiped when dropped.
fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeysError> {
    let opened = file::open(path, Links::Refuse)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Asked of the open file, so that nobody can change places in between.
        let mode = opened.metadata().map_err(KeysError::io("read", path))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeysError::Exposed { path: path.to_owned(), mode: mode & 0o7777 });
        }
    }
    file::read(&opened, path, pem::MAX_BYTES)?.ok_or_else(|| import::too_long(path))
}
