//! Where a record is published: a folder, or an address.
//!
//! Always holds: a folder with tiles and no journal is a published record, but for the data of a
//! bag; what has `://` is an address. Nothing is asked of a host before its address is found to be
//! one that can be used.
//! Not here: what is in the files (`archive::published`), the verdict (`audit`, `reader`).
//! Source: FORMAT.md section 9, "Published directory".

use crate::archive::CHECKPOINT;
use crate::archive::cache::{Cache, CachePlace, CachedFiles};
use crate::archive::files::PublishedFolder;
use crate::archive::published::PublishedSource;
use crate::archive::web::{Web, shown_address};
use crate::disk::{self, DiskError, Links, PathKind};
use crate::ledger::error::LedgerError;
use crate::ledger::folder_kind::{is_payload, lost_its_tiles};
use crate::ledger::second_look::SecondLook;
use annals_core::verify::source::{Source, SourceError};
use std::fmt;
use std::path::{Path, PathBuf};

/// How deep tiles can lie in their folder.
const DEEP: usize = 12;

/// A place where a record is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishedPlace {
    /// A folder.
    Folder(PathBuf),
    /// An address.
    Address(String),
}

impl PublishedPlace {
    /// The address that is named; `None` where a path is.
    pub fn address(named: &Path) -> Option<PublishedPlace> {
        let address = named.to_str().filter(|text| text.contains("://"));
        address.map(|address| PublishedPlace::Address(address.to_owned()))
    }

    /// What to write where a server was named without `http://`: `127.0.0.1:8090`.
    pub fn without_scheme(named: &Path) -> Option<String> {
        let named = named.to_str()?;
        let rest = named.strip_prefix("http:").or_else(|| named.strip_prefix("https:"));
        let named = rest.unwrap_or(named).trim_start_matches('/');
        let host = named.split('/').next()?;
        let (name, port) = host.rsplit_once(':')?;
        let is_server = !name.is_empty() && port.parse::<u16>().is_ok();
        is_server.then(|| format!("for the server, write http://{named} or https://{named}"))
    }

    /// The place that is named; `None` where something else is.
    pub fn of(named: &Path) -> Result<Option<PublishedPlace>, DiskError> {
        if let Some(address) = PublishedPlace::address(named) {
            return Ok(Some(address));
        }
        let is_published = disk::kind(named, Links::Follow)? == Some(PathKind::Folder)
            && (disk::is_folder_at(&named.join("tile"))? || lost_its_tiles(named)?)
            && !disk::is_there(&named.join("journal"))?
            && !is_payload(named)?;
        Ok(is_published.then(|| PublishedPlace::Folder(named.to_owned())))
    }

    /// Opens what is published here. What comes from a server is kept as `cache` says.
    ///
    /// Errors: nothing is published here; the place cannot be read.
    pub fn open(&self, cache: &CachePlace) -> Result<PublishedSource, LedgerError> {
        self.open_as(cache, PublishedFolder::new)
    }

    /// Opens what is published here as [`PublishedPlace::open`] does, for a verdict: a file of a
    /// folder that cannot be read counts as missing, and is named ([`PublishedSource::unread`]).
    pub fn open_for_verdict(&self, cache: &CachePlace) -> Result<PublishedSource, LedgerError> {
        self.open_as(cache, PublishedFolder::for_verdict)
    }

    /// Reads the checkpoint again, for some seconds, while an address shows fewer events than this:
    /// of several servers of one record, the one that answers may be behind ([`SecondLook`]).
    ///
    /// Errors: it cannot be read; the server there says of itself why it is behind.
    pub fn catch_up(&self, published: &mut PublishedSource, size: u64) -> Result<(), SourceError> {
        let PublishedPlace::Address(address) = self else { return Ok(()) };
        if published.size() >= size {
            return Ok(());
        }
        let looks = SecondLook::at(address);
        let behind = |cause| SourceError { what: format!("{self}/{CHECKPOINT}"), cause };
        while published.size() < size && looks.again().map_err(behind)? {
            published.look_again()?;
        }
        Ok(())
    }

    fn open_as(
        &self,
        cache: &CachePlace,
        folder_at: impl Fn(&Path) -> PublishedFolder,
    ) -> Result<PublishedSource, LedgerError> {
        let published = match self {
            PublishedPlace::Folder(folder) => PublishedSource::open(Box::new(folder_at(folder))),
            PublishedPlace::Address(address) => {
                let web = Web::at(address).map_err(|why| LedgerError::Usage(why.to_string()))?;
                let cache = Cache::of(cache, address)?;
                PublishedSource::open_served(Box::new(CachedFiles::new(web, cache)))
            }
        };
        let published = published.map_err(LedgerError::Elsewhere)?;
        // Tiles without a checkpoint are a record that lost it: rule 701 says so.
        let lost = |folder: &PathBuf| holds_a_file(&folder.join("tile"), DEEP);
        let is_lost = matches!(self, PublishedPlace::Folder(folder) if lost(folder));
        match published.checkpoint().is_some() || is_lost {
            true => Ok(published),
            false => Err(LedgerError::NotFound(format!(
                "no record is published at {self}: expected a file `checkpoint` there; {}",
                match self {
                    PublishedPlace::Folder(_) => "annals publish DIR writes it last",
                    PublishedPlace::Address(_) => {
                        "the address of a record may have a path, as …/record: ask who runs the \
                         server"
                    }
                }
            ))),
        }
    }
}

impl fmt::Display for PublishedPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PublishedPlace::Folder(folder) => write!(out, "{}", folder.display()),
            PublishedPlace::Address(address) => out.write_str(&shown_address(address)),
        }
    }
}

/// Whether a file stands in a folder, or in one below it.
fn holds_a_file(folder: &Path, deep: usize) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| match entry.file_type() {
        Ok(about) if about.is_dir() => deep > 0 && holds_a_file(&entry.path(), deep - 1),
        found => found.is_ok(),
    })
}
