//! Values of options: names and texts within their bounds.
//!
//! Always holds: an error names the option, what was expected and what was found.

use crate::cli::terminal::CliError;
use crate::ledger::write::resolve::fields::{NO_ADDRESSES, is_seen};
use annals_core::naming::unfit;
use annals_core::text::{TextError, Words};

/// Refuses a name with invisible characters, or one that resembles a text of the program.
pub fn fit_name(option: &str, name: &str) -> Result<(), CliError> {
    match unfit(name) {
        None => Ok(()),
        Some(found) => Err(CliError::usage(format!(
            "{option}: expected a name that a reader sees as it is, found {found}"
        ))),
    }
}

/// Words of which a reader sees at least one character, or a usage error that names its option.
pub fn seen<const MAX: usize>(option: &str, text: &str) -> Result<Words<MAX>, CliError> {
    match text.is_empty() || is_seen(text) {
        true => words(option, Words::new(text)),
        false => Err(CliError::usage(format!(
            "{option}: expected words, found only characters that nobody sees"
        ))),
    }
}

/// As [`seen`], for words that may be an address: one that a browser runs or shows by itself is
/// refused.
pub fn words_or_address<const MAX: usize>(
    option: &str,
    text: &str,
) -> Result<Words<MAX>, CliError> {
    // What has a space behind the colon is no address: "Data: corrected within a day".
    let scheme = text.trim().split_once(':');
    let scheme = scheme.filter(|(_, rest)| !rest.starts_with(char::is_whitespace));
    let scheme = scheme.map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.filter(|scheme| NO_ADDRESSES.contains(&scheme.as_str())) {
        None => seen(option, text),
        Some(scheme) => Err(CliError::usage(format!(
            "{option}: expected words or an address, found {scheme}:, which is a program or a text"
        ))),
    }
}

/// A value of a closed grammar or within bounds, or a usage error that names its option.
pub fn words<T>(option: &str, value: Result<T, TextError>) -> Result<T, CliError> {
    value.map_err(|error| CliError::usage(format!("{option}: {error}")))
}
