//! The data that the files of a bag are made of, and writing such a file.
//!
//! Not here: the list of files (`derive`).

use crate::archive::bag::Bagger;
use crate::disk::DiskError;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::steps::Steps;
use crate::ledger::query::View;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::names::Names;
use std::io;
use std::io::{BufWriter, Write};

/// The data that the derived files are made of.
pub struct BagContext<'a, 'v> {
    /// The record as of its end.
    pub view: &'a View<'v>,
    /// Names of keys.
    pub names: &'a Names,
    /// Facts and documents.
    pub rows: &'a Rows<'a, 'v>,
    /// Title, licence, origin and time.
    pub about: &'a Derived,
    /// Receives the progress.
    pub steps: Steps<'a>,
}

/// The output of one file of a bag.
pub type BagOutput<'a> = dyn Write + 'a;

/// The error for a file of a bag that could not be written.
pub fn failed(error: io::Error) -> LedgerError {
    match error.downcast::<DiskError>() {
        Ok(error) => error.into(),
        Err(error) => LedgerError::Usage(format!("a file of the bag cannot be made: {error}")),
    }
}

/// Title, licence, origin and time of a bag.
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

/// Writes a file of a bag through a buffer.
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

/// The size of the buffer, in bytes.
pub const HELD: usize = 64 << 10;
