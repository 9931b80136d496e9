//! Reviewing on a terminal: one key a fact.
//!
//! Always holds: an answer counts for the revision that was shown; one that was given can be gone
//! back to; every answer is kept in a file at once. Not here: which facts wait, signing.

use crate::cli::commands::review::page::page;
use crate::cli::shared::{DraftFile, ErrorArgs, errors};
use crate::cli::terminal::{CliError, ask, note};
use crate::ledger::query::View;
use crate::ledger::query::row::FactRow;
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::{ErrorIn, How, Reason, Type};

/// The keys, each with what it does.
const KEYS: [(char, &str); 6] = [
    ('c', "confirm"),
    ('d', "dispute"),
    ('e', "edit as correct"),
    ('s', "skip"),
    ('b', "back"),
    ('q', "finish"),
];

/// A review of facts on a terminal.
pub struct ReviewSession<'a> {
    /// The record.
    pub view: &'a View<'a>,
    /// The facts.
    pub rows: &'a [FactRow],
    /// How they are confirmed.
    pub how: How,
    /// Where answers are kept.
    pub kept: &'a DraftFile,
    /// The answers so far, by fact.
    answers: Vec<Option<Draft>>,
    /// The fact that is asked about.
    at: usize,
}

impl<'a> ReviewSession<'a> {
    /// A review that begins with the first fact.
    pub fn new(
        view: &'a View<'a>,
        rows: &'a [FactRow],
        how: How,
        kept: &'a DraftFile,
    ) -> ReviewSession<'a> {
        ReviewSession { view, rows, how, kept, answers: vec![None; rows.len()], at: 0 }
    }

    /// Asks for each fact until there is none or no more is wanted; what is to be signed. Called
    /// again, it goes back to the fact that was asked about last.
    pub fn run(&mut self) -> Result<Vec<Draft>, CliError> {
        self.at = self.at.min(self.rows.len().saturating_sub(1));
        while let Some(row) = self.rows.get(self.at) {
            page(&mut std::io::stderr().lock(), self.view, row)?;
            if let Some(kind) = self.answers.get(self.at).and_then(|answer| answer.as_ref()?.kind) {
                note(format!("so far: {kind}"));
            }
            let of = self.rows.len();
            let answer = match ask::key(&format!("{} of {of}", self.at + 1), &KEYS)? {
                'c' => Some(self.confirmed(row)),
                'd' => Some(disputed(row)?),
                'e' => match corrected(row)? {
                    Some(draft) => Some(draft),
                    None => continue,
                },
                's' => None,
                'b' if self.at == 0 => {
                    note("this is the first fact");
                    continue;
                }
                'b' => {
                    self.at -= 1;
                    continue;
                }
                _ => break,
            };
            if let Some(place) = self.answers.get_mut(self.at) {
                *place = answer;
            }
            self.kept.save(&self.drafts())?;
            self.at += 1;
        }
        Ok(self.drafts())
    }

    fn drafts(&self) -> Vec<Draft> {
        self.answers.iter().flatten().cloned().collect()
    }

    fn confirmed(&self, row: &FactRow) -> Draft {
        Draft { how: Some(self.how), ..of(row, Type::FactConfirmed) }
    }
}

/// A draft of an act on the revision that was shown.
fn of(row: &FactRow, kind: Type) -> Draft {
    Draft { kind: Some(kind), on: Some(Name::Position(row.revision)), ..Draft::default() }
}

fn disputed(row: &FactRow) -> Result<Draft, CliError> {
    let (reason, statement) = errors(&ErrorArgs::default())?;
    let error_in = ask::word(None, ErrorIn::ALL, "the error is in the", "")?;
    Ok(Draft {
        reason: Some(reason),
        error_in: Some(error_in),
        statement: Some(statement),
        ..of(row, Type::FactDisputed)
    })
}

/// A correction of the claim; `None` where it stays as it is.
fn corrected(row: &FactRow) -> Result<Option<Draft>, CliError> {
    let before = row.words.claim.clone().unwrap_or_default();
    let claim = match ask::line_or_back("claim (< goes back)", &before, &[], None)? {
        Some(claim) if claim != before && !claim.is_empty() => claim,
        _ => {
            note("the claim stays as it is");
            return Ok(None);
        }
    };
    let reason = ask::word(None, Reason::ALL, "reason", "")?;
    let statement = ask::line("statement (what was wrong, in a sentence for readers)", "", None)?;
    Ok(Some(Draft {
        fact: Some(Name::Position(row.fact)),
        claim: Some(claim),
        reason: Some(reason),
        statement: Some(statement),
        ..of(row, Type::FactCorrected)
    }))
}
