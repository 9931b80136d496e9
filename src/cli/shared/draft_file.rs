//! Draft files: typed input, kept in a file until it is written, so that an error loses nothing.
//!
//! Always holds: the file is private; its name is printed when it is created, and again if the
//! drafts were not written; it is removed once they are. Not here: the content.

use crate::cli::terminal::Context;
use crate::cli::terminal::note;
use crate::cli::terminal::{CliError, Exit};
use crate::disk::{self, FileMode};
use crate::ledger::error::LedgerError;
use crate::ledger::write::draft::Draft;
use crate::ledger::write::draft::Input;
use crate::ledger::write::draft::read_json_lines;
use crate::ledger::write::draft::read_toml;
use std::io;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of drafts that are not written yet.
pub struct DraftFile {
    path: PathBuf,
    ours: bool,
}

impl DraftFile {
    /// Creates a file beside the keys, with this ending and these first bytes.
    pub fn new(context: &Context, ending: &str, first: &str) -> Result<DraftFile, CliError> {
        let paths = context.paths()?;
        paths.expect_ledger()?;
        let folder = paths.drafts();
        if !disk::is_folder_at(&folder)? {
            disk::create_dir(&folder).map_err(LedgerError::from)?;
        }
        let now = context.clock.peek();
        let stamp = now.as_str().get(..19).unwrap_or_default().replace(':', "-");
        for count in 1.. {
            let more = if count == 1 { String::new() } else { format!("-{count}") };
            let path = folder.join(format!("{stamp}{more}.{ending}"));
            match disk::write_new(&path, first.as_bytes(), FileMode::Private) {
                Err(error) if error.is_there_already() => {}
                Err(error) => return Err(LedgerError::from(error).into()),
                Ok(()) => return Ok(DraftFile { path, ours: true }),
            }
        }
        Err(CliError::usage("no name is free for a file of drafts"))
    }

    /// Opens an existing file; it is removed later only if this program created it.
    pub fn there(context: &Context, path: &Path) -> Result<DraftFile, CliError> {
        let drafts = context.paths()?.drafts();
        let real = |folder: &Path| folder.canonicalize().map_err(disk::error("look at", folder));
        let ours = match path.parent() {
            Some(folder) if disk::is_folder_at(&drafts)? && disk::is_folder_at(folder)? => {
                real(&drafts)? == real(folder)?
            }
            _ => false,
        };
        Ok(DraftFile { path: path.to_owned(), ours })
    }

    /// Whether it stands in the folder of drafts.
    pub fn is_ours(&self) -> bool {
        self.ours
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the drafts in the file by these.
    pub fn save(&self, drafts: &[Draft]) -> Result<(), CliError> {
        let mut text = String::new();
        for draft in drafts {
            text.push_str(&serde_json::to_string(draft).map_err(io::Error::other)?);
            text.push('\n');
        }
        let saved = disk::replace(&self.path, text.as_bytes(), FileMode::Private);
        Ok(saved.map_err(LedgerError::from)?)
    }

    /// Removes the file if this program created it and its drafts were written.
    pub fn written(self, outcome: Result<Exit, CliError>, dry_run: bool) -> Result<Exit, CliError> {
        if self.ours && !dry_run && matches!(outcome, Ok(Exit::Yes)) {
            self.drop()?;
        }
        outcome
    }

    /// Ends the use: removes the file if its drafts were written or it has none; otherwise prints
    /// its name, and the command that submits it.
    pub fn end(
        self,
        outcome: Result<Exit, CliError>,
        how: &str,
        dry_run: bool,
    ) -> Result<Exit, CliError> {
        let empty = std::fs::metadata(&self.path).is_ok_and(|file| file.len() == 0);
        match (&outcome, dry_run) {
            _ if empty => self.drop()?,
            (Ok(Exit::Yes), false) if self.ours => self.drop()?,
            (Ok(Exit::Yes), false) => {}
            _ => {
                let path = self.path.display();
                note(format!("note: your drafts are kept in {path}; annals append {how}{path}"));
            }
        }
        outcome
    }

    /// Removes the file.
    pub fn drop(&self) -> Result<(), CliError> {
        Ok(std::fs::remove_file(&self.path)?)
    }
}

/// The maximum size of a file of drafts, in bytes.
pub const BOUND: u64 = 1 << 30;

/// The drafts of a file.
pub fn read(file: &Path) -> Result<Input, CliError> {
    let mut bytes = Vec::new();
    let name = match file.as_os_str() == "-" {
        true => {
            let mut input = std::io::stdin().lock().take(BOUND);
            input.read_to_end(&mut bytes).map_err(|error| {
                CliError::usage(format!("standard input: cannot be read: {error}"))
            })?;
            "standard input".to_owned()
        }
        false => {
            bytes = disk::read_named(file, BOUND).map_err(LedgerError::from)?;
            file.display().to_string()
        }
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let from = error.utf8_error().valid_up_to();
        CliError::usage(format!("{name}: expected UTF-8, found other bytes from byte {from} on"))
    })?;
    let toml = file.extension().is_some_and(|extension| extension == "toml");
    Ok(if toml { read_toml(&text) } else { read_json_lines(&text) })
}
