//! Key files: the keys that can sign here, protected from other users.
//!
//! Always holds: no key file is ever overwritten, except by the same key under another passphrase.
//! A secret leaves this module only as a [`SecretKey`], a text for its file or a text for paper,
//! each wiped when dropped; no message contains one. A passphrase comes from a closure of the
//! caller, randomness from
//! [`Entropy`](crate::entropy::Entropy). Not here: prompts (`cli`), who may sign (`roster`,
//! `legal`), keys that are unlocked for a while (`key_agent`).
//! Source: RFC 5208, 5958, 8018, 8410 (files); FORMAT.md sections 4 and 9 (proofs, marks).
//!
//! ```
//! use annals::entropy::Seeded;
//! use annals::keys::{generate, KeyName, KeyFolder, Protection};
//! # let place = tempfile::tempdir()?;
//! # let place = place.path();
//! let mut entropy = Seeded::new("an example");
//! let keys = KeyFolder::make(place.join("keys"))?;
//! let (ada, secret) = (KeyName::new("ada")?, generate(&mut entropy)?);
//! keys.add(&ada, &secret, Protection::Passphrase("correct horse"), &mut entropy)?;
//! let mut ask = |_attempt| Ok(Some(String::from("correct horse").into()));
//! assert_eq!(keys.secret(&ada, &mut ask)?.public(), secret.public());
//! assert_eq!(keys.handle_of(&secret.public())?, Some(ada));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`SecretKey`]: annals_core::key::SecretKey

mod error;
mod file;
mod folder;
mod key_name;
mod import;
mod log_key;
mod marks;
mod openssh;
mod found_secret;
mod pem;
mod public;
mod recovery;
mod request;
mod schemes;
mod secret;

pub use error::KeysError;
pub use folder::{KeyFolder, KeyPresence, ListedKey, Listing, NewKey, read_request};
pub use found_secret::{found_secret, without_secrets};
pub use import::{OpensshUse, import};
pub use key_name::{KeyName, key_name_from};
pub use log_key::{HeldLogKeys, had_log_key};
pub use marks::{HeldMarks, HighWaterMarks, Mark};
pub use public::{read_public, write_public};
pub use recovery::{RECOVERY_LINES, check_recovery_line, read_recovery, write_recovery};
pub use request::Request;
pub use secret::{Ask, Protection, TRIES, generate, read_secret, write_secret};
