//! A folder of keys that was named (`--keys`, `ANNALS_KEYS`) and is not there: a name with a slip
//! would leave the log key's memory and the policy out of a verdict without a word.
//!
//! Always holds: no verdict that rests on them is "yes", and nothing is made for others without
//! them. Not here: the keys in it (`keys`).

use crate::cli::terminal::{CliError, Context, note};
use crate::disk::{is_folder_at, no_folder};
use std::path::Path;

/// What a command that makes something for others does not do without the named folder.
pub const NOT_PUBLISHED: &str = "nothing was published, for a policy in it has to be met first; \
                                 --no-witness publishes without one";
/// What a command that compares only the log key's memory does not do without the named folder.
pub const NOT_WRITTEN: &str =
    "nothing was written, for the log key's memory in it is compared first";

/// That the named folder is not there, and what is therefore not compared.
///
/// Errors: it cannot be looked at.
pub fn missing(context: &Context) -> Result<Option<String>, CliError> {
    let said = |keys: &Path| {
        format!(
            "there is no folder of keys at {}: neither a log key's memory nor a policy in it was \
             compared",
            keys.display()
        )
    };
    Ok(folder(context)?.map(said))
}

/// Notes that the named folder is not there.
///
/// Errors: it cannot be looked at.
pub fn note_missing(context: &Context) -> Result<bool, CliError> {
    let missing = missing(context)?;
    if let Some(why) = &missing {
        note(format!("warning: {why}"));
    }
    Ok(missing.is_some())
}

/// Refuses what needs the named folder; `undone` says what was not done.
///
/// Errors: the named folder is not there.
pub fn expect_there(context: &Context, undone: &str) -> Result<(), CliError> {
    match folder(context)? {
        Some(keys) => Err(CliError::usage(format!(
            "expected a folder of keys at {}, found {}: {undone}",
            keys.display(),
            no_folder(keys)?
        ))),
        None => Ok(()),
    }
}

/// The named folder, if it is not there.
fn folder(context: &Context) -> Result<Option<&Path>, CliError> {
    let Some(keys) = context.global.keys.as_deref() else { return Ok(None) };
    Ok((!is_folder_at(keys)?).then_some(keys))
}
