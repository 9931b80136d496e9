//! What the files of a bag are made of, and how they are written.
//!
//! Not here: which files there are (`derive`).

use crate::disk::DiskError;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::Derived;
use crate::ledger::query::View;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::names::Names;
use std::io;
use std::io::Write;

/// Everything that the derived files are made of.
pub struct BagContext<'a> {
    /// The record, as of its end.
    pub view: &'a View<'a>,
    /// Names of keys.
    pub names: &'a Names,
    /// Facts and documents.
    pub rows: &'a Rows<'a, 'a>,
    /// What it is about.
    pub about: &'a Derived,
}

/// A file of a bag that is written as it is made.
pub type Out<'a> = dyn Write + 'a;

/// Why a file of a bag could not be written.
pub fn failed(error: io::Error) -> LedgerError {
    match error.downcast::<DiskError>() {
        Ok(error) => error.into(),
        Err(error) => LedgerError::Usage(format!("a file of the bag cannot be made: {error}")),
    }
}
