//! Values of options: names and texts within their bounds.
//!
//! Always holds: an error names the option, what was expected and what was found.

use crate::cli::terminal::CliError;
use annals_core::naming::unfit;
use annals_core::text::TextError;
/// Refuses a name with invisible characters, or one that resembles a text of the program.
pub fn fit_name(option: &str, name: &str) -> Result<(), CliError> {
    match unfit(name) {
        None => Ok(()),
        Some(found) => Err(CliError::usage(format!(
            "{option}: expected a name that a reader sees as it is, found {found}"
        ))),
    }
}

/// A value of a closed grammar or within bounds, or a usage error that names its option.
pub fn words<T>(option: &str, value: Result<T, TextError>) -> Result<T, CliError> {
    value.map_err(|error| CliError::usage(format!("{option}: {error}")))
}
