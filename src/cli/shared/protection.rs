//! The protection of a new key file: a passphrase, or none on request.

use crate::cli::terminal::{CliError, ask};
use crate::keys::{KeyName, Protection};
use zeroize::Zeroizing;
/// A passphrase for the file of a new key, or `None` on request.
pub fn new_phrase(handle: &KeyName, none: bool) -> Result<Option<Zeroizing<String>>, CliError> {
    match none {
        true => Ok(None),
        false => ask::new_passphrase(handle).map(Some),
    }
}

/// The protection by this passphrase.
pub fn protection(phrase: Option<&Zeroizing<String>>) -> Protection<'_> {
    phrase.map_or(Protection::Unencrypted, |phrase| Protection::Passphrase(phrase))
}
