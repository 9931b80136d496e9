//! A folder of keys that was named (`--keys`, `ANNALS_KEYS`) and is not there: a name with a slip
//! would leave the log key's memory and the policy out of a verdict without a word.
//!
//! Not here: the keys in it (`keys`).

use crate::cli::terminal::{CliError, Context, note};
use crate::disk::is_folder_at;
use std::path::Path;

/// Notes that the named folder is not there, and what was therefore not compared.
///
/// Errors: it cannot be looked at.
pub fn note_missing(context: &Context) -> Result<(), CliError> {
    if let Some(keys) = missing(context)? {
        note(format!(
            "note: there is no folder of keys at {}: neither a log key's memory nor a policy in it \
             was compared",
            keys.display()
        ));
    }
    Ok(())
}

/// Refuses a publication by a policy in a folder that is not there.
///
/// Errors: the named folder is not there.
pub fn expect_there(context: &Context) -> Result<(), CliError> {
    match missing(context)? {
        Some(keys) => Err(CliError::usage(format!(
            "expected a folder of keys at {}, found none: nothing was published, for a policy in \
             it has to be met first; --no-witness publishes without one",
            keys.display()
        ))),
        None => Ok(()),
    }
}

fn missing(context: &Context) -> Result<Option<&Path>, CliError> {
    let Some(keys) = context.global.keys.as_deref() else { return Ok(None) };
    Ok((!is_folder_at(keys)?).then_some(keys))
}
