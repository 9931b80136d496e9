//! Documents that a ledger captured and whose files are not in its folder.
//!
//! Always holds: what an event withholds is not missing. Not here: whether a file has the captured
//! bytes (`audit`).

use crate::disk;
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::{View, all_documents};
use crate::ledger::reader::Record;

/// The positions of the documents whose files are missing.
///
/// Errors: the record or its folder of documents cannot be read.
pub fn absent_documents(record: &Record) -> Result<Vec<u64>, LedgerError> {
    let view = View::some(record, record.size(), &all_documents)?;
    let rows = gather(&view, &Names::read(&view)?, &|_| false)?.documents;
    let mut absent = Vec::new();
    for (position, row) in rows {
        let Some(about) = row.about.filter(|_| !row.sealed && !row.redacted) else { continue };
        if !disk::is_there(&record.paths.documents().join(about.sha256.to_string()))? {
            absent.push(position);
        }
    }
    Ok(absent)
}
