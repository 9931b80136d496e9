//! How the file of a new key is kept from others: a passphrase, or none on purpose.

use crate::cli::terminal::CliError;
use crate::cli::terminal::ask;
use crate::keys::KeyName;
use crate::keys::Protection;
use zeroize::Zeroizing;
/// A passphrase for the file of a new key, or none, on purpose.
pub fn new_phrase(handle: &KeyName, none: bool) -> Result<Option<Zeroizing<String>>, CliError> {
    match none {
        true => Ok(None),
        false => ask::new_passphrase(handle).map(Some),
    }
}

/// How a file is kept from others.
pub fn protection(phrase: Option<&Zeroizing<String>>) -> Protection<'_> {
    phrase.map_or(Protection::Unencrypted, |phrase| Protection::Passphrase(phrase))
}
