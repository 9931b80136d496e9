//! The server of the copy here, found, and the copy brought up to date, before a command that
//! writes reads anything of it.
//!
//! Always holds: the writer takes what was found at the beginning of the command, if that was just
//! now; where questions were answered, or an input was waited for, the copy is brought up to date
//! again; a note is printed once. Not here: who opens a writer (`context`), the pull
//! (`exchange::follow`).

use crate::cli::terminal::ask;
use crate::cli::terminal::exit::CliError;
use crate::cli::terminal::output::{note, wrapped};
use crate::ledger::error::chain;
use crate::ledger::exchange::submitting::{CopyServer, ServerFound, is_of_reading};
use crate::ledger::write::writer::RecordServer;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// How long what was found counts as found just now.
const NOW: Duration = Duration::from_secs(1);

/// What was found of the server of a copy.
#[derive(Default)]
pub struct ServerCache {
    /// What the beginning of the command found, and when, until a writer is opened with it.
    found: RefCell<Option<(Instant, Option<CopyServer>)>>,
    /// The last note.
    noted: RefCell<Option<String>>,
}

impl ServerCache {
    /// Finds the server and brings the copy up to date, but not for a dry run.
    ///
    /// Errors: as a pull's, if it is not one of reading.
    pub fn begin(&self, server: Option<CopyServer>, dry_run: bool) -> Result<(), CliError> {
        let found = self.look(server, dry_run)?;
        self.found.replace(Some((Instant::now(), found)));
        Ok(())
    }

    /// The server, as the beginning of the command found it, if that was just now and nothing was
    /// asked since; otherwise it is found again.
    pub fn find(
        &self,
        server: impl FnOnce() -> Result<Option<CopyServer>, CliError>,
        dry_run: bool,
    ) -> Result<Option<CopyServer>, CliError> {
        match self.found.take() {
            Some((at, found)) if at.elapsed() < NOW && !ask::on_terminal() => Ok(found),
            _ => self.look(server()?, dry_run),
        }
    }

    /// Finds out whether events can be sent, and brings the copy up to date.
    fn look(
        &self,
        server: Option<CopyServer>,
        dry_run: bool,
    ) -> Result<Option<CopyServer>, CliError> {
        let Some(server) = server else { return Ok(None) };
        match server.find() {
            ServerFound::Files => return Ok(None),
            ServerFound::Server if dry_run => self.note(
                "note: a dry run does not pull: this is on the record as it was at the last pull \
                 (annals pull)"
                    .to_owned(),
            ),
            ServerFound::Server => match server.pull() {
                Err(error) if is_of_reading(&error) => self.note_unread(&server, &chain(&error)),
                pulled => drop(pulled?),
            },
            ServerFound::Silent(why) => {
                self.note_unread(&server, &why.to_string());
                return Ok(Some(server.silent()));
            }
        }
        Ok(Some(server))
    }

    /// Notes that a copy is not brought up to date: what is signed waits in the outbox, if it must.
    fn note_unread(&self, server: &CopyServer, why: &str) {
        self.note(format!(
            "note: the server at {} does not answer ({why}): this is on the record as it was at \
             the last pull",
            server.address()
        ));
    }

    fn note(&self, text: String) {
        let is_known = self.noted.borrow().as_ref() == Some(&text);
        if !is_known {
            note(wrapped(&text, 0));
            self.noted.replace(Some(text));
        }
    }
}
