//! What a ledger that was made of a bag may do: be read, or go on once its log key is another.
//!
//! Always holds: a file that is not in form means that nothing may be written. Not here: how a bag
//! becomes a ledger (`import`). Source: FORMAT.md section 14, "Import".

use crate::disk::DiskError;
use crate::disk::read_optional;
use crate::keys::HighWaterMarks;
use crate::ledger::error::LedgerError;
use crate::ledger::error::chain;
use crate::ledger::paths::Paths;
use annals_core::fold::Ledger;
use annals_core::key::PublicKey;
use annals_core::tlog::decimal;
use annals_core::version_line::later;

const FIRST: &str = "annals imported v1\n";
const READ_ONLY: &str = "read-only ";
const REKEY: &str = "rekey ";

/// The most bytes that the file may have.
const BOUND: u64 = 1 << 10;

/// What is wrong with the files that an import leaves in a ledger: `imported`, and the earlier
/// checkpoints. A file of a later version is not judged.
pub fn damaged(paths: &Paths) -> Vec<String> {
    let said = match read_optional(&paths.imported(), BOUND) {
        Ok(Some(bytes)) if Imported::parse(&bytes).is_none() => match later(&bytes, "imported") {
            Some(_) => None,
            None => Some(format!("{} is not in form", paths.imported().display())),
        },
        Ok(_) => None,
        Err(error) => Some(chain(&error)),
    };
    let said = said.map(|why| {
        format!(
            "{why}: whether this ledger is a copy to read, and of what, is not known, so nothing \
             is written to it; put the file back, or import the bag again"
        )
    });
    let kept = HighWaterMarks::at(paths.checkpoints()).check().err();
    let kept = kept.map(|error| format!("earlier checkpoints: {}", chain(&error)));
    said.into_iter().chain(kept).collect()
}

/// What the file `imported` of a ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// There is none: the ledger was not imported, or was taken over with its log key.
    No,
    /// A copy to read, of a record of so many events; 0 where that is not known.
    ReadOnly(u64),
    /// Taken over without the memory of this log key: it must sign nothing here any more.
    Rekey(PublicKey),
}

impl Imported {
    /// Reads the file of a ledger.
    pub fn of(paths: &Paths) -> Result<Imported, DiskError> {
        match read_optional(&paths.imported(), BOUND) {
            Ok(None) => Ok(Imported::No),
            Ok(Some(bytes)) => Ok(Imported::parse(&bytes).unwrap_or(Imported::ReadOnly(0))),
            // What is there and is no such file says nothing that could be believed.
            Err(DiskError::Strange { .. } | DiskError::TooLarge { .. }) => {
                Ok(Imported::ReadOnly(0))
            }
            Err(error) => Err(error),
        }
    }

    fn parse(bytes: &[u8]) -> Option<Imported> {
        let text = std::str::from_utf8(bytes).ok()?;
        let said = text.strip_prefix(FIRST)?.strip_suffix('\n')?;
        match said.strip_prefix(READ_ONLY) {
            Some(of) => Some(Imported::ReadOnly(decimal(of)?)),
            None => PublicKey::parse(said.strip_prefix(REKEY)?).map(Imported::Rekey),
        }
    }

    /// The file; `None` where there is to be none.
    pub fn write(&self) -> Option<String> {
        match self {
            Imported::No => None,
            Imported::ReadOnly(of) => Some(format!("{FIRST}{READ_ONLY}{of}\n")),
            Imported::Rekey(key) => Some(format!("{FIRST}{REKEY}{key}\n")),
        }
    }

    /// Of how many events the record was, of which a copy of so many is a part; `None` where it is
    /// none, or nothing says so.
    pub fn part_of(&self, size: u64) -> Option<u64> {
        match self {
            Imported::ReadOnly(of) => Some(*of).filter(|of| *of > size),
            _ => None,
        }
    }

    /// Refuses every writer of a copy to read.
    pub fn expect_writable(&self, paths: &Paths) -> Result<(), LedgerError> {
        match self {
            Imported::ReadOnly(_) => Err(LedgerError::ImportedCopy(paths.ledger.clone())),
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
