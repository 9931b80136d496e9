//! What `annals verify` was given: a ledger, a published directory, or an address of one.
//!
//! Always holds: nothing is asked of a host before the address is found to be one that can be used.
//! Not here: the verdict (`ledger::audit`).

use crate::archive::files::{Files, Folder};
use crate::archive::published::Published;
use crate::archive::web::Web;
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::output::visible;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::record::Record;
use crate::verify::source::Source;
use std::path::PathBuf;

/// What is to be judged.
pub enum What {
    /// A ledger.
    Ledger(Box<Record>),
    /// A published record, in a folder or on a server.
    Published(Box<Published>),
}

impl What {
    /// Opens what was named; the ledger of the context if nothing was.
    pub fn open(named: Option<PathBuf>, context: &Context) -> Result<What, Failure> {
        let ledger = |paths| Ok(What::Ledger(Box::new(Record::open(paths)?)));
        let Some(named) = named else { return ledger(context.paths()?) };
        let address = named.to_str().filter(|text| text.contains("://"));
        if let Some(address) = address {
            let web = Web::at(address).map_err(|error| Failure::usage(error.to_string()))?;
            return published(Box::new(web), address);
        }
        if named.join("tile").is_dir() && !named.join("journal").exists() {
            return published(Box::new(Folder::new(&named)), &named.to_string_lossy());
        }
        ledger(Paths::new(named, context.global.keys.clone()))
    }

    /// How many events it says it has.
    pub fn size(&self) -> u64 {
        match self {
            What::Ledger(record) => record.size(),
            What::Published(published) => published.size(),
        }
    }
}

fn published(files: Box<dyn Files>, place: &str) -> Result<What, Failure> {
    let published = Published::open(files)?;
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
