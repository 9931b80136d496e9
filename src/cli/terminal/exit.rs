//! Exit codes, and why a command ended.
//!
//! Always holds: there is one enum for all commands. Not here: the report of an error
//! (`error_report`). Source: docs/programs.md.

use crate::cli::terminal::ask::hidden_input::is_left;
use crate::cli::terminal::streams::err;
use crate::clock::Clock;
use crate::disk::DiskError;
use crate::key_agent::AgentError;
use crate::keys::KeysError;
use crate::ledger::answer::AnswerError;
use crate::ledger::error::{LedgerError, chain};
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

impl Exit {
    /// The class of an error that ends with this code; none where nothing failed.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Exit::Yes => None,
            Exit::No => Some("no"),
            Exit::Unknown => Some("could-not-tell"),
            Exit::Conflict => Some("conflict"),
            Exit::Forked => Some("forked"),
            Exit::Untrusted => Some("trust-missing"),
        }
    }
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
    /// A question has no answer, because there is no terminal to ask on.
    NoAnswer {
        /// The question.
        question: String,
        /// What answers it.
        advice: String,
    },
    /// The user declined.
    Declined,
    /// Another writer was at work before this one could write: the command runs again.
    RecordChanged,
}

impl CliError {
    /// A usage error.
    pub fn usage(why: impl Into<String>) -> CliError {
        CliError::Usage(why.into())
    }

    /// What happened, without its causes.
    pub fn message(&self) -> String {
        match self {
            CliError::Ledger(error) => error.to_string(),
            CliError::ClosedPipe => String::new(),
            CliError::Io(error) => format!("cannot write: {error}"),
            CliError::Usage(why) => why.clone(),
            CliError::NoAnswer { question, advice } => format!("{question}: {advice}"),
            CliError::Declined => "nothing was written".to_owned(),
            CliError::RecordChanged => {
                "another writer was faster; nothing was written; run the same command again"
                    .to_owned()
            }
        }
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            CliError::Ledger(error) => Exit::from(error.verdict()),
            CliError::ClosedPipe => Exit::Yes,
            CliError::Declined | CliError::RecordChanged => Exit::Conflict,
            CliError::Io(_) | CliError::Usage(_) | CliError::NoAnswer { .. } => Exit::Unknown,
        }
    }
}

impl From<LedgerError> for CliError {
    fn from(error: LedgerError) -> CliError {
        CliError::Ledger(error)
    }
}

impl From<AnswerError> for CliError {
    fn from(error: AnswerError) -> CliError {
        match error {
            AnswerError::Ledger(error) => error.into(),
            AnswerError::Output(error) => error.into(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes and the classes in the table of a page: `| 1 | … | `no` |`.
    fn table(page: &str) -> Vec<(u8, Option<&str>)> {
        page.lines()
            .filter_map(|line| {
                let mut cells = line.strip_prefix("| ")?.split('|').map(str::trim);
                let code = cells.next()?.parse().ok()?;
                let class = cells.nth(1)?.trim_matches('`');
                Some((code, Some(class).filter(|class| !class.is_empty())))
            })
            .collect()
    }

    #[test]
    fn the_table_of_exit_codes_is_that_of_the_program() {
        let all = [Exit::Yes, Exit::No, Exit::Unknown, Exit::Conflict, Exit::Forked];
        let all = all.into_iter().chain([Exit::Untrusted]);
        let expected: Vec<(u8, Option<&str>)> =
            all.map(|exit| (exit as u8, exit.class())).collect();
        assert_eq!(table(include_str!("../../../docs/programs.md")), expected);
    }

    #[test]
    fn every_verdict_has_its_exit_code() {
        let rows = [
            (Verdict::Yes, 0),
            (Verdict::No, 1),
            (Verdict::CouldNotTell, 2),
            (Verdict::Conflict, 3),
            (Verdict::Forked, 4),
            (Verdict::TrustMissing, 5),
        ];
        for (verdict, code) in rows {
            assert_eq!(Exit::from(verdict) as u8, code, "{verdict:?}");
        }
    }
}
