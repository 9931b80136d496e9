//! The name of a folder while a record is moved into it, or out of it.
//!
//! ```text
//! annals move v1                              <ledger>/home.move
//! name <16 random bytes, 32 hex>
//! ```
//!
//! Several machines have copies of one record at the same path. What the database says of a move
//! has these words of one of them alone, so that no other one takes the move for its own and ends
//! it. Not here: the move itself. Source: FORMAT.md section 18.

use crate::disk::{self, FileMode, read_optional};
use crate::entropy::{Entropy, draw};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use std::fs;

const FIRST: &str = "annals move v1\nname ";
/// Bytes of the file.
const LENGTH: u64 = FIRST.len() as u64 + 33;

/// The folder as the database names it, if a move was begun here.
pub fn begun(paths: &Paths) -> Result<Option<String>, LedgerError> {
    let Some(bytes) = read_optional(&paths.moving(), LENGTH)? else { return Ok(None) };
    let text = String::from_utf8(bytes).unwrap_or_default();
    let name = text.strip_prefix(FIRST).and_then(|rest| rest.strip_suffix('\n'));
    let is_hex = |name: &&str| name.len() == 32 && name.bytes().all(|c| c.is_ascii_hexdigit());
    name.filter(is_hex).map(|name| named(paths, name)).transpose()
}

/// The folder as the database names it, while it is moved from here or to here.
pub fn begin(paths: &Paths, entropy: &mut dyn Entropy) -> Result<String, LedgerError> {
    if let Some(place) = begun(paths)? {
        return Ok(place);
    }
    let name = hex::encode(draw::<16>(entropy)?);
    let text = format!("{FIRST}{name}\n");
    disk::replace(&paths.moving(), text.as_bytes(), FileMode::Shared)?;
    named(paths, &name)
}

/// Ends the move.
pub fn end(paths: &Paths) -> Result<(), LedgerError> {
    let path = paths.moving();
    if disk::is_there(&path)? {
        fs::remove_file(&path).map_err(disk::error("remove", &path))?;
    }
    Ok(())
}

/// Whether these words of a database name this folder. The name of the move is gone once it is
/// finished, so of two machines with a folder at one path both are named.
pub fn is_of(paths: &Paths, words: &str) -> Result<bool, LedgerError> {
    let any = named(paths, "")?;
    Ok(words.starts_with(any.trim_end_matches(')')))
}

fn named(paths: &Paths, name: &str) -> Result<String, LedgerError> {
    let folder = std::path::absolute(&paths.ledger);
    let folder = folder.map_err(disk::error("find", &paths.ledger))?;
    Ok(format!("the folder {} (move {name})", folder.display()))
}
