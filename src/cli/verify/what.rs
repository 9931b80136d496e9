//! What `annals verify` was given: told by content, in this one place.
//!
//! Always holds: an address and a folder with tiles and no journal are a published record, any other
//! folder is a ledger, a file is what its first line says; what is none of these is an error that
//! names what can be verified. Nothing is asked of a host before its address is found to be one
//! that can be used. Not here: the verdicts (`verify`, `proof`).

use crate::archive::files::{Files, Folder};
use crate::archive::published::Published;
use crate::archive::web::Web;
use crate::cli::exit::Failure;
use crate::cli::output::visible;
use crate::disk;
use crate::ledger::error::LedgerError;
use crate::verify::proof::form::{MAX_PROOF, is_proof};
use std::path::Path;

/// Something that can be verified.
pub enum What {
    /// A ledger's folder.
    Ledger,
    /// The bytes of a proof.
    Proof(Vec<u8>),
    /// A published record, in a folder or on a server.
    Published(Box<Published>),
}

/// What stands at a path; a ledger where none is given.
pub fn what(path: Option<&Path>) -> Result<What, Failure> {
    let Some(path) = path else { return Ok(What::Ledger) };
    if let Some(address) = path.to_str().filter(|text| text.contains("://")) {
        let web = Web::at(address).map_err(|error| Failure::usage(error.to_string()))?;
        return published(Box::new(web), address);
    }
    if path.join("tile").is_dir() && !path.join("journal").exists() {
        return published(Box::new(Folder::new(path)), &path.to_string_lossy());
    }
    if !path.is_file() {
        return Ok(What::Ledger);
    }
    let read = |most| disk::read_up_to(path, most);
    let head = read(64).map_err(LedgerError::from)?;
    if is_proof(&head) {
        let bytes = read(MAX_PROOF as u64 + 1).map_err(LedgerError::from)?;
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
        "{}: expected a ledger's folder, a published directory or a proof, found {found}",
        path.display()
    )))
}

fn published(files: Box<dyn Files>, place: &str) -> Result<What, Failure> {
    let published = Published::open(files).map_err(LedgerError::Elsewhere)?;
    if published.checkpoint().is_none() {
        let why = format!(
            "no record is published at {}: expected a file `checkpoint` there; annals publish DIR \
             writes it last",
            visible(place)
        );
        return Err(LedgerError::NotFound(why).into());
    }
    Ok(What::Published(Box::new(published)))
}
