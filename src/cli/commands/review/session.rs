//! Reviewing on a terminal: one key a fact.
//!
//! Always holds: an answer counts for the revision that was shown; one that was given can be gone
//! back to; every answer is kept in a file at once. Not here: which facts wait, signing.

use crate::cli::commands::review::page::page;
use crate::cli::shared::DraftFile;
use crate::cli::terminal::ask::unsaved_answers;
use crate::cli::terminal::ask::{ChoiceQuestion, LineQuestion};
use crate::cli::terminal::{CliError, ask, note};
use crate::ledger::query::View;
use crate::ledger::query::row::FactRow;
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::{ConfirmationMethod, ErrorIn, Reason, Type};

/// The keys, each with what it does.
const KEYS: [(char, &str); 6] = [
    ('c', "confirm"),
    ('d', "dispute"),
    ('e', "edit as correct"),
    ('s', "skip"),
    ('b', "back"),
    ('q', "finish"),
];

/// The questions for a statement.
const WHY: &str = "statement (why, in a sentence for readers)";
const WHAT: &str = "statement (what was wrong, in a sentence for readers)";

/// A review of facts on a terminal.
pub struct ReviewSession<'a, 'r> {
    /// The record.
    pub view: &'a View<'r>,
    /// The facts.
    pub rows: &'a [FactRow],
    /// How they are confirmed.
    pub how: ConfirmationMethod,
    /// Where answers are kept.
    pub kept: &'a DraftFile,
    /// The answers so far, by fact.
    answers: Vec<Option<Draft>>,
    /// The facts that are asked about one after the other; the way back leads to each.
    asked: Vec<usize>,
    /// The fact that is asked about; their number after the last one.
    at: usize,
    /// Whether all of `asked` was asked once.
    is_walked: bool,
}

impl<'a, 'r> ReviewSession<'a, 'r> {
    /// A review of each fact; where there are answers already, of the facts alone whose answer was
    /// of an earlier revision. The other answers stay.
    pub fn new(
        view: &'a View<'r>,
        rows: &'a [FactRow],
        how: ConfirmationMethod,
        kept: &'a DraftFile,
        answers: Vec<Draft>,
    ) -> ReviewSession<'a, 'r> {
        let is_on = |draft: &Draft, revision: u64| draft.on == Some(Name::Position(revision));
        let of_row =
            |row: &FactRow| answers.iter().find(|draft| is_on(draft, row.revision)).cloned();
        let is_earlier = |row: &FactRow| {
            let mut revisions = row.revisions.iter().map(|revision| revision.act.event);
            of_row(row).is_none()
                && revisions.any(|revision| answers.iter().any(|draft| is_on(draft, revision)))
        };
        let is_asked = |at: &usize| answers.is_empty() || rows.get(*at).is_some_and(&is_earlier);
        let asked: Vec<usize> = (0..rows.len()).filter(is_asked).collect();
        let at = asked.first().copied().unwrap_or(rows.len());
        let answers = rows.iter().map(of_row).collect();
        ReviewSession { view, rows, how, kept, answers, asked, at, is_walked: false }
    }

    /// Asks for each fact until there is none or no more is wanted; what is to be signed. Called
    /// again, it goes back to the fact that was asked about last.
    pub fn run(&mut self) -> Result<Vec<Draft>, CliError> {
        if self.is_walked && self.at == self.rows.len() {
            self.at = self.asked.last().copied().unwrap_or(self.rows.len().saturating_sub(1));
        }
        self.is_walked = true;
        while let Some(row) = self.rows.get(self.at) {
            page(&mut std::io::stderr().lock(), self.view, row)?;
            if let Some(kind) = self.answers.get(self.at).and_then(|answer| answer.as_ref()?.kind) {
                note(format!("so far: {kind}"));
            }
            let of = self.rows.len();
            let answer = match ask::key(&format!("{} of {of}", self.at + 1), &KEYS)? {
                'c' => Some(self.confirmed(row)),
                'd' => match disputed(row)? {
                    Some(draft) => Some(draft),
                    None => continue,
                },
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
            let next = self.asked.iter().find(|asked| **asked > self.at);
            self.at = next.copied().unwrap_or(self.rows.len());
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

/// A dispute; `None` where the way back was taken.
fn disputed(row: &FactRow) -> Result<Option<Draft>, CliError> {
    let is_of_dispute = |reason: &Reason| *reason != Reason::MorePrecise;
    let reasons: Vec<Reason> = Reason::ALL.iter().copied().filter(is_of_dispute).collect();
    note("< goes back");
    while let Some(reason) = ChoiceQuestion::new("reason", &reasons).word_or_back()? {
        while let Some(statement) = LineQuestion::new(WHY).filled().ask_or_back()? {
            unsaved_answers::add(WHY, &statement);
            let question = "the error is in the";
            let Some(error_in) = ChoiceQuestion::new(question, ErrorIn::ALL).word_or_back()? else {
                continue;
            };
            return Ok(Some(Draft {
                reason: Some(reason),
                error_in: Some(error_in),
                statement: Some(statement),
                ..of(row, Type::FactDisputed)
            }));
        }
    }
    Ok(None)
}

/// A correction of the claim; `None` where it stays as it is.
fn corrected(row: &FactRow) -> Result<Option<Draft>, CliError> {
    let before = row.words.claim.clone().unwrap_or_default();
    let mut begun = before.clone();
    loop {
        let claim = match LineQuestion::new("claim (< goes back)").initial(&begun).ask_or_back()? {
            Some(claim) if claim != before && !claim.is_empty() => claim,
            _ => {
                note("the claim stays as it is");
                return Ok(None);
            }
        };
        unsaved_answers::add("claim", &claim);
        while let Some(reason) = ChoiceQuestion::new("reason", Reason::ALL).word_or_back()? {
            let Some(statement) = LineQuestion::new(WHAT).filled().ask_or_back()? else { continue };
            return Ok(Some(Draft {
                fact: Some(Name::Position(row.fact)),
                claim: Some(claim),
                reason: Some(reason),
                statement: Some(statement),
                ..of(row, Type::FactCorrected)
            }));
        }
        begun = claim;
    }
}
