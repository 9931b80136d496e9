//! `facts.csv`: a row for each fact, for readers with a spreadsheet.
//!
//! Always holds: the columns are those of `ledger::query::columns`. Not here: the columns.

use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::context::{BagContext, BagOutput, failed};
use crate::ledger::query::columns::{Facts, NameColumn};
use std::io;

/// Writes the file.
pub fn facts(around: &BagContext<'_, '_>, out: &mut BagOutput<'_>) -> Result<(), LedgerError> {
    let as_of = around.view.as_of();
    let mut facts = Facts::new(out, &as_of, NameColumn::Last).map_err(broken)?;
    around.rows.each(&mut |row| {
        around.steps.at("facts", row.fact);
        facts.row(&row).map_err(broken)
    })?;
    facts.end().map_err(broken)
}

fn broken(error: csv::Error) -> LedgerError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => failed(error),
        other => failed(io::Error::other(format!("facts.csv cannot be made: {other:?}"))),
    }
}
