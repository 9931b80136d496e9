//! Exit codes, and the report of an error.
//!
//! Always holds: there is one enum for all commands; an error is printed with its causes, line by
//! line.

use crate::cli::terminal::ask::hidden_input::is_left;
use crate::cli::terminal::streams::err;
use crate::clock::Clock;
use crate::disk::DiskError;
use crate::key_agent::AgentError;
use crate::keys::KeysError;
use crate::ledger::error::{LedgerError, Refusal, chain};
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
    /// Forked, or shorter than what was pinned or signed.
    Forked = 4,
    /// The requested trust is missing.
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
    /// An operation of the ledger failed.
    Ledger(LedgerError),
    /// Standard output is closed: nobody reads on, and that is not an error.
    ClosedPipe,
    /// Output or input failed.
    Io(io::Error),
    /// The arguments are wrong.
    Usage(String),
    /// The user declined.
    Declined,
    /// Another writer was at work before this one could write: the command runs again.
    WentOn,
}

impl CliError {
    /// A usage error.
    pub fn usage(why: impl Into<String>) -> CliError {
        CliError::Usage(why.into())
    }

    /// Prints the error on stderr; returns its exit code.
    pub fn report(&self) -> Exit {
        let mut err = err();
        // If stderr itself fails, nothing can be printed.
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
        for Refusal { line, name, why } in refusals {
            let line = line.map(|line| format!("line {line}")).unwrap_or_default();
            let name = name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            match format!("{line}{name}").trim_start() {
                "" => writeln!(err, "  {why}")?,
                place => writeln!(err, "  {place}: {why}")?,
            }
        }
    }
    Ok(())
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

impl From<AgentError> for CliError {
    fn from(error: AgentError) -> CliError {
        CliError::Usage(chain(&error))
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

/// Reports on stderr that the clock is set, in every run.
pub fn announce_clock(clock: &Clock) {
    if let Clock::Set(time) = clock {
        let _ = writeln!(err(), "note: the clock is set to {time} by ANNALS_CLOCK");
    }
}
