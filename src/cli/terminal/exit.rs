//! Exit codes, and how a failure is told.
//!
//! Always holds: one enum for all commands; an error is told with its causes, line by line.

use crate::cli::terminal::ask::hidden_input::is_left;
use crate::cli::terminal::streams::err;
use crate::clock::Clock;
use crate::disk::DiskError;
use crate::keys::KeysError;
use crate::ledger::error::{InputPlace, LedgerError, Refusal};
use annals_core::verdict::Verdict;
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Yes.
    Yes = 0,
    /// No: a fault; a draft that the rules refuse.
    No = 1,
    /// Could not tell: usage, files, damage.
    Unknown = 2,
    /// Conflict: nothing was written.
    Conflict = 3,
    /// Forked, or cut below what was pinned or signed.
    Forked = 4,
    /// The trust that was asked for is missing.
    Untrusted = 5,
}

/// In JSON it is the number.
impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Yes => Exit::Yes,
            Verdict::No => Exit::No,
            Verdict::CouldNotTell => Exit::Unknown,
            Verdict::Conflict => Exit::Conflict,
            Verdict::Forked => Exit::Forked,
            Verdict::TrustMissing => Exit::Untrusted,
        }
    }
}

/// Why a command ended.
#[derive(Debug)]
pub enum CliError {
    /// A use failed.
    Ledger(LedgerError),
    /// Standard output is closed: nobody reads on, and that is no error.
    ClosedPipe,
    /// Output or input failed.
    Io(io::Error),
    /// The arguments do not make sense.
    Usage(String),
    /// The answer to a question was no.
    Declined,
    /// Another writer was at work before this one could write: the command goes through again.
    WentOn,
}

impl CliError {
    /// A usage failure.
    pub fn usage(why: impl Into<String>) -> CliError {
        CliError::Usage(why.into())
    }

    /// Prints the failure on stderr; its exit code.
    pub fn report(&self) -> Exit {
        let mut err = err();
        // Nothing can be printed where stderr itself fails.
        let _ = match self {
            CliError::Ledger(error) => report_ledger(&mut err, error),
            CliError::ClosedPipe => Ok(()),
            CliError::Io(error) => writeln!(err, "annals: cannot write: {error}"),
            CliError::Usage(why) => writeln!(err, "annals: {why}"),
            CliError::Declined => writeln!(err, "nothing was written"),
            CliError::WentOn => {
                writeln!(err, "annals: another writer was faster; nothing was written; do it again")
            }
        };
        match self {
            CliError::Ledger(error) => Exit::from(error.verdict()),
            CliError::ClosedPipe => Exit::Yes,
            CliError::Declined | CliError::WentOn => Exit::Conflict,
            CliError::Io(_) | CliError::Usage(_) => Exit::Unknown,
        }
    }
}

fn report_ledger(err: &mut dyn Write, error: &LedgerError) -> io::Result<()> {
    writeln!(err, "annals: {error}")?;
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        writeln!(err, "  {inner}")?;
        cause = inner.source();
    }
    if let Some(advice) = error.advice() {
        writeln!(err, "  {advice}")?;
    }
    if let LedgerError::Refused(refusals) = error {
        for Refusal { place, name, why } in refusals {
            match named(place.as_ref(), name.as_deref()).as_str() {
                "" => writeln!(err, "  {why}")?,
                place => writeln!(err, "  {place}: {why}")?,
            }
        }
    }
    Ok(())
}

/// Where a draft stands, with its `ref`.
fn named(place: Option<&InputPlace>, name: Option<&str>) -> String {
    let (place, column) = match place {
        None => (String::new(), None),
        Some(InputPlace::Line(line)) => (format!("line {line}"), None),
        Some(InputPlace::Row { row, column }) => (format!("row {row}"), column.as_ref()),
    };
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    let column = column.map(|column| match column.name.as_str() {
        "" => format!(", column {}", column.letters()),
        name => format!(", column {} ({name})", column.letters()),
    });
    format!("{place}{name}{}", column.unwrap_or_default()).trim_start().to_owned()
}

impl From<LedgerError> for CliError {
    fn from(error: LedgerError) -> CliError {
        CliError::Ledger(error)
    }
}

impl From<DiskError> for CliError {
    fn from(error: DiskError) -> CliError {
        CliError::Ledger(error.into())
    }
}

impl From<KeysError> for CliError {
    fn from(error: KeysError) -> CliError {
        match &error {
            KeysError::Asking { source } if is_left(source) => CliError::Declined,
            _ => CliError::Ledger(error.into()),
        }
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> CliError {
        match error.kind() {
            io::ErrorKind::BrokenPipe => CliError::ClosedPipe,
            _ => CliError::Io(error),
        }
    }
}

/// Tells on stderr that the clock is set, each time.
pub fn announce_clock(clock: &Clock) {
    if let Clock::Set(time) = clock {
        let _ = writeln!(err(), "note: the clock is set to {time} by ANNALS_CLOCK");
    }
}
