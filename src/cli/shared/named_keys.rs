//! A folder of keys that was named (`--keys`, `ANNALS_KEYS`) and is not there, or is a ledger, a bag
//! or a published record: a name with a slip would leave the log key's memory and the policy out of a verdict without a word.
//!
//! Always holds: no verdict that rests on them is "yes", and nothing is made for others without
//! them. Not here: the keys in it (`keys`).

use crate::cli::terminal::{CliError, Context, note};
use crate::disk::is_folder_at;
use crate::ledger::folder_kind::not_keys;
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
    let said = |named: NoKeys<'_>| {
        let keys = named.folder.display();
        let there = match named.found {
            None => format!("there is no folder of keys at {keys}"),
            Some(found) => format!("expected a folder of keys at {keys}, found {found}"),
        };
        format!("{there}: neither a log key's memory nor a policy in it was compared")
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
        Some(named) => Err(CliError::usage(format!(
            "expected a folder of keys at {}, found {}: {undone}",
            named.folder.display(),
            named.found.as_deref().unwrap_or("none")
        ))),
        None => Ok(()),
    }
}

/// A folder that was named as one of keys and is none.
struct NoKeys<'a> {
    folder: &'a Path,
    /// What it is, if something is there.
    found: Option<String>,
}

/// The named folder, if it is not there, or is a folder of another kind.
fn folder(context: &Context) -> Result<Option<NoKeys<'_>>, CliError> {
    let Some(folder) = context.global.keys.as_deref() else { return Ok(None) };
    if !is_folder_at(folder)? {
        return Ok(Some(NoKeys { folder, found: None }));
    }
    Ok(not_keys(folder)?.map(|found| NoKeys { folder, found: Some(found) }))
}
