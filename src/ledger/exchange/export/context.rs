//! What the files of a bag are made of, and how they are written.
//!
//! Not here: which files there are (`derive`).

use crate::archive::bag::Bagger;
use crate::disk::DiskError;
use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::names::Names;
use std::io;
use std::io::BufWriter;
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
pub type BagOutput<'a> = dyn Write + 'a;

/// Why a file of a bag could not be written.
pub fn failed(error: io::Error) -> LedgerError {
    match error.downcast::<DiskError>() {
        Ok(error) => error.into(),
        Err(error) => LedgerError::Usage(format!("a file of the bag cannot be made: {error}")),
    }
}

/// What the derived files are about.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// The ledger's title.
    pub title: String,
    /// Its licence.
    pub licence: String,
    /// Its origin.
    pub origin: String,
    /// Time of its last event.
    pub at: String,
}

/// Writes a file of a bag as it is made.
pub fn write(
    bag: &mut Bagger<'_>,
    name: &str,
    make: &mut dyn FnMut(&mut BagOutput<'_>) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    bag.begin(name)?;
    let mut out = BufWriter::with_capacity(HELD, &mut *bag);
    make(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    Ok(bag.end()?)
}

/// How many bytes of a file are held before they are written.
pub const HELD: usize = 64 << 10;
