//! What `annals verify` was given, told by its content.
//!
//! Always holds: a file that begins as evidence is judged as evidence, also if it is damaged.
//! Not here: the verdict (`ledger::audit`, `verify::evidence`).

use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::evidence::{Evidence, MAX_EVIDENCE, is_evidence};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::record::Record;
use std::path::PathBuf;

/// What is to be judged.
pub enum What {
    /// A ledger.
    Ledger(Box<Record>),
    /// An evidence file; `None` if it is damaged.
    Evidence(Option<Box<Evidence>>),
}

impl What {
    /// Opens what was named; the ledger of the context if nothing was.
    pub fn open(named: Option<PathBuf>, context: &Context) -> Result<What, Failure> {
        let ledger = |paths| Ok(What::Ledger(Box::new(Record::open(paths)?)));
        let Some(named) = named else { return ledger(context.paths()?) };
        if !named.is_file() {
            return ledger(Paths::new(named, context.global.keys.clone()));
        }
        let bytes = crate::disk::read(&named, MAX_EVIDENCE as u64).map_err(LedgerError::from)?;
        match is_evidence(&bytes) {
            true => Ok(What::Evidence(Evidence::parse(&bytes).map(Box::new))),
            false => Err(Failure::usage(format!(
                "{}: expected a ledger's folder or an evidence file, found another file",
                named.display()
            ))),
        }
    }
}
