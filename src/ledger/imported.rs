//! What a ledger that was made of a bag may do: be read, or go on once its log key is another.
//!
//! Always holds: a file that is not in form means that nothing may be written. Not here: how a bag
//! becomes a ledger (`import`). Source: FORMAT.md section 14, "Import".

use crate::disk::DiskError;
use crate::fold::Ledger;
use crate::key::PublicKey;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::record::read_if_there;

const FIRST: &str = "annals imported v1\n";
const READ_ONLY: &str = "read-only\n";
const REKEY: &str = "rekey ";

/// What the file `imported` of a ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// There is none: the ledger was not imported, or was taken over with its log key.
    No,
    /// A copy to read.
    ReadOnly,
    /// Taken over without the memory of this log key: it must sign nothing here any more.
    Rekey(PublicKey),
}

impl Imported {
    /// Reads the file of a ledger.
    pub fn of(paths: &Paths) -> Result<Imported, DiskError> {
        let Some(bytes) = read_if_there(&paths.imported(), 1 << 10)? else {
            return Ok(Imported::No);
        };
        let text = String::from_utf8_lossy(&bytes);
        let key = text.strip_prefix(FIRST).and_then(|rest| rest.strip_prefix(REKEY));
        let key = key.and_then(|key| PublicKey::parse(key.strip_suffix('\n')?));
        Ok(key.map_or(Imported::ReadOnly, Imported::Rekey))
    }

    /// The file; `None` where there is to be none.
    pub fn write(&self) -> Option<String> {
        match self {
            Imported::No => None,
            Imported::ReadOnly => Some(format!("{FIRST}{READ_ONLY}")),
            Imported::Rekey(key) => Some(format!("{FIRST}{REKEY}{key}\n")),
        }
    }

    /// Refuses every writer of a copy to read.
    pub fn expect_writable(&self, paths: &Paths) -> Result<(), LedgerError> {
        match self {
            Imported::ReadOnly => Err(LedgerError::ImportedCopy(paths.ledger.clone())),
            _ => Ok(()),
        }
    }

    /// Refuses to let a log key sign whose memory is not here: the record has another one first.
    pub fn expect_rekeyed(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let Imported::Rekey(key) = self else { return Ok(()) };
        match [Some(ledger.log_key), ledger.old_log_key].contains(&Some(*key)) {
            true => Err(LedgerError::NotRekeyed(*key)),
            false => Ok(()),
        }
    }
}
