//! What `annals verify` was given: told by content, in this one place.
//!
//! Always holds: a folder is a ledger, a file is what its first line says; what is none of these is
//! an error that names what can be verified. Not here: the verdicts (`verify`, `proof`).

use crate::cli::exit::Failure;
use crate::disk;
use crate::verify::proof::form::{MAX_PROOF, is_proof};
use std::path::Path;

/// Something that can be verified.
pub enum What {
    /// A ledger's folder.
    Ledger,
    /// The bytes of a proof.
    Proof(Vec<u8>),
}

/// What stands at a path; a ledger where none is given.
pub fn what(path: Option<&Path>) -> Result<What, Failure> {
    let Some(path) = path.filter(|path| path.is_file()) else { return Ok(What::Ledger) };
    let read = |most| disk::read_up_to(path, most);
    let head = read(64).map_err(crate::ledger::error::LedgerError::from)?;
    if is_proof(&head) {
        let bytes = read(MAX_PROOF as u64 + 1).map_err(crate::ledger::error::LedgerError::from)?;
        return Ok(What::Proof(bytes));
    }
    let found = if head.starts_with(b"annals pin ") {
        "a pin, which is given with --pin beside what is verified"
    } else if head.starts_with(b"c2sp.org/tlog-proof@") {
        "a C2SP proof of one event, which says nothing of a fact and its signers; annals prove \
         without --c2sp makes one that does"
    } else {
        "another file"
    };
    Err(Failure::usage(format!(
        "{}: expected a ledger's folder or a proof, found {found}",
        path.display()
    )))
}
