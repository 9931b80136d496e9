//! Exit codes, and the report of an error.
//!
//! Always holds: there is one enum for all commands; an error is printed with its causes, line by
//! line.

use crate::cli::terminal::ask::hidden_input::is_left;
use crate::cli::terminal::options::Format;
use crate::cli::terminal::streams::err;
use crate::clock::Clock;
use crate::disk::DiskError;
use crate::key_agent::AgentError;
use crate::keys::KeysError;
use crate::ledger::error::{Column, InputPlace, LedgerError, Refusal, chain};
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

    /// Prints the failure on stderr, as text or as one JSON object; its exit code.
    pub fn report(&self, format: Format) -> Exit {
        let mut err = err();
        let text = !matches!(format, Format::Json | Format::Jsonl);
        // Nothing can be printed where stderr itself fails.
        let _ = match self {
            CliError::ClosedPipe => Ok(()),
            _ if !text => report_json(&mut err, self),
            CliError::Ledger(error) => report_ledger(&mut err, error),
            CliError::Declined => writeln!(err, "{}", self.message()),
            _ => writeln!(err, "annals: {}", self.message()),
        };
        self.exit()
    }

    /// What happened, without its causes.
    fn message(&self) -> String {
        match self {
            CliError::Ledger(error) => error.to_string(),
            CliError::ClosedPipe => String::new(),
            CliError::Io(error) => format!("cannot write: {error}"),
            CliError::Usage(why) => why.clone(),
            CliError::Declined => "nothing was written".to_owned(),
            CliError::WentOn => {
                "another writer was faster; nothing was written; do it again".to_owned()
            }
        }
    }

    /// The exit code.
    fn exit(&self) -> Exit {
        match self {
            CliError::Ledger(error) => Exit::from(error.verdict()),
            CliError::ClosedPipe => Exit::Yes,
            CliError::Declined | CliError::WentOn => Exit::Conflict,
            CliError::Io(_) | CliError::Usage(_) => Exit::Unknown,
        }
    }
}

/// A failure, for programs.
#[derive(Serialize)]
struct ErrorJson<'a> {
    error: &'static str,
    message: String,
    causes: Vec<String>,
    hint: Option<&'a str>,
    refused: Vec<RefusalJson<'a>>,
    exit: Exit,
}

/// A refusal, with where it stands: a line, or a row and a column of a table.
#[derive(Serialize)]
struct RefusalJson<'a> {
    line: Option<usize>,
    row: Option<usize>,
    column: Option<String>,
    field: Option<&'a str>,
    #[serde(rename = "ref")]
    name: Option<&'a str>,
    message: &'a str,
}

impl<'a> RefusalJson<'a> {
    fn of(refusal: &'a Refusal) -> RefusalJson<'a> {
        let (line, row, column) = match &refusal.place {
            None => (None, None, None),
            Some(InputPlace::Line(line)) => (Some(*line), None, None),
            Some(InputPlace::Row { row, column }) => (None, Some(*row), column.as_ref()),
        };
        RefusalJson {
            line,
            row,
            column: column.map(Column::letters),
            field: column.map(|column| column.name.as_str()).filter(|name| !name.is_empty()),
            name: refusal.name.as_deref(),
            message: &refusal.why,
        }
    }
}

fn report_json(err: &mut dyn Write, failure: &CliError) -> io::Result<()> {
    let exit = failure.exit();
    let error = match exit {
        Exit::Yes | Exit::No => "no",
        Exit::Unknown => "could-not-tell",
        Exit::Conflict => "conflict",
        Exit::Forked => "forked",
        Exit::Untrusted => "trust-missing",
    };
    let ledger = match failure {
        CliError::Ledger(error) => Some(error),
        _ => None,
    };
    let refused = match ledger {
        Some(LedgerError::Refused(refusals)) => refusals.as_slice(),
        _ => &[],
    };
    let first = ledger.and_then(|error| std::error::Error::source(error));
    let causes = std::iter::successors(first, |cause| cause.source());
    let json = ErrorJson {
        error,
        message: failure.message(),
        causes: causes.map(ToString::to_string).collect(),
        hint: ledger.and_then(LedgerError::advice),
        refused: refused.iter().map(RefusalJson::of).collect(),
        exit,
    };
    writeln!(err, "{}", serde_json::to_string(&json).map_err(io::Error::other)?)
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
