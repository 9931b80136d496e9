//! Facts as CSV on standard output, and the error of a failed row.

use crate::cli::terminal::CliError;
use crate::ledger::query::AsOf;
use crate::ledger::query::columns::{Facts, NameColumn};
use crate::ledger::query::row::FactRow;
use std::io::{self, Write};

/// Writes a header and a row for each fact.
pub fn write<'a>(
    out: &mut dyn Write,
    as_of: &AsOf,
    facts: impl Iterator<Item = &'a FactRow>,
) -> Result<(), CliError> {
    let mut table = Facts::new(out, as_of, NameColumn::AtEvent).map_err(broken)?;
    for row in facts {
        table.row(row).map_err(broken)?;
    }
    table.end().map_err(broken)
}

/// The error of a failed row; a closed pipe inside an error of the library stays a closed pipe.
pub fn broken(error: csv::Error) -> CliError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => io::Error::other(format!("{other:?}")).into(),
    }
}
