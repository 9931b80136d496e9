//! Draft files: typed input, kept in a file until it is written, so that an error loses nothing.
//!
//! Always holds: the file is private; its name is printed when it is created, and again if the
//! drafts were not written; it is removed once they are. Not here: the content.

use crate::cli::terminal::ask::{UnfinishedLine, typed};
use crate::cli::terminal::{CliError, Context, Exit, note, wrapped};
use crate::disk::{self, FileMode};
use crate::ledger::error::LedgerError;
use crate::ledger::shell_word::{shell_path, shell_word};
use crate::ledger::write::draft::{
    Draft, DraftForm, Input, Separator, read_json_lines, read_table, read_toml,
};
use std::io;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of drafts that are not written yet.
pub struct DraftFile {
    path: PathBuf,
    ours: bool,
    /// The option of who signs, where the command has it.
    by: Option<String>,
}

/// The name of the key that a command says.
fn signer(context: &Context) -> Option<String> {
    // A variable says it to the next command too.
    let is_set = std::env::var_os("ANNALS_EDITOR").is_some();
    context.global.editor.clone().filter(|_| !is_set)
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
                Ok(()) => return Ok(DraftFile { path, ours: true, by: signer(context) }),
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
        Ok(DraftFile { path: path.to_owned(), ours, by: signer(context) })
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
        disk::replace(&self.path, text.as_bytes(), FileMode::Private).map_err(LedgerError::from)?;
        typed::forget();
        Ok(())
    }

    /// Keeps a line that is not finished in a file beside the drafts.
    pub fn save_line(&self, line: &UnfinishedLine) -> Result<(), CliError> {
        let text = serde_json::to_string(line).map_err(io::Error::other)?;
        let saved = disk::replace(&self.line_path(), text.as_bytes(), FileMode::Private);
        Ok(saved.map_err(LedgerError::from)?)
    }

    /// The line that was not finished when the drafts were left.
    pub fn unfinished_line(&self) -> Option<UnfinishedLine> {
        let bytes = disk::read_optional(&self.line_path(), LINE_BOUND).ok().flatten()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn line_path(&self) -> PathBuf {
        self.path.with_extension("line")
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
                let (path, file) = (self.path.display(), shell_path(&self.path));
                let by = self.by.as_deref().map(|by| format!(" --by {}", shell_word(by)));
                let by = by.unwrap_or_default();
                note(format!(
                    "note: your drafts are kept in {path}; annals append {how}{file}{by}"
                ));
            }
        }
        outcome
    }

    /// Removes the file.
    pub fn drop(&self) -> Result<(), CliError> {
        if self.ours && disk::is_there(&self.line_path())? {
            std::fs::remove_file(self.line_path())?;
        }
        Ok(std::fs::remove_file(&self.path)?)
    }
}

/// The maximum size of a line that is not finished, in bytes.
const LINE_BOUND: u64 = 1 << 20;

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
    let text = text(bytes).map_err(|why| CliError::usage(format!("{name}: {why}")))?;
    let input = match DraftForm::of_file(file) {
        DraftForm::Toml => read_toml(&text),
        DraftForm::JsonLines => read_json_lines(&text),
        DraftForm::Csv => read_table(&text, Separator::Found),
        DraftForm::Tsv => read_table(&text, Separator::Tab),
    };
    let rows: Vec<String> = input.passed_over.iter().map(usize::to_string).collect();
    if let Some(first) = rows.first() {
        let (row, are) = match rows.as_slice() {
            [_] => (format!("row {first}"), "begins with #, and is"),
            _ => (format!("rows {}", rows.join(", ")), "begin with #, and are"),
        };
        note(wrapped(
            &format!(
                "note: {row} {are} passed over; a cell that is meant to begin with # has an \
                 apostrophe before it: '#"
            ),
            0,
        ));
    }
    Ok(input)
}

/// The text of a file without its byte order mark, or why it is none.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    let known = [
        (&b"\xff\xfe"[..], "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
        (b"PK\x03\x04", "a spreadsheet or an archive"),
    ];
    if let Some((_, found)) = known.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(format!(
            "expected UTF-8, found {found}; save it as UTF-8 (a spreadsheet: CSV UTF-8)"
        ));
    }
    if bytes.contains(&0) {
        return Err("expected UTF-8, found zero bytes, such as UTF-16 has; save it as UTF-8 (a \
                    spreadsheet: CSV UTF-8)"
            .to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let from = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..from).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!(
            "expected UTF-8, found other bytes, such as Windows-1252 has, from byte {from} (line \
             {line}) on; save it as UTF-8 (a spreadsheet: CSV UTF-8)"
        )
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
