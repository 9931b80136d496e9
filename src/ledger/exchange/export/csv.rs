//! `facts.csv`: a row for each fact, for whoever opens the bag with a spreadsheet.
//!
//! Always holds: the columns are those of `ledger::view::columns`. Not here: the columns.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::derive::Around;
use crate::ledger::query::columns::{self, NameColumn};

/// The file.
pub fn facts(around: &Around<'_>) -> Result<Vec<u8>, LedgerError> {
    let mut out = Vec::new();
    let facts = around.gathered.facts.values();
    let written = columns::write(&mut out, &around.view.as_of(), facts, NameColumn::Last);
    written.map_err(|error| LedgerError::Usage(format!("facts.csv cannot be made: {error}")))?;
    Ok(out)
}
