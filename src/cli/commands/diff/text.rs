//! A diff for people: each fact with its acts, their signers, times and reasons.
//!
//! Always holds: changed words are marked, even without colour. Not here: other forms.

use crate::cli::render::{changed_claim, effect, events, fields, hanging, words};
use crate::cli::shared::{UNDATED, facts};
use crate::cli::terminal::output::line_of_answer;
use crate::cli::terminal::{CliError, visible};
use crate::ledger::answer::diff::DiffAnswer;
use crate::ledger::query::diff::{Change, ChangeStep, PointDiff};
use crate::ledger::query::event::EventRow;
use crate::ledger::query::row::ActRow;
use crate::ledger::query::undoing::{AffectedActs, DocumentChange};
use annals_core::event::vocabulary::Type;
use std::io::Write;

/// Columns before the words: position, two spaces, status, two spaces.
const INDENT: usize = 19;

/// Writes everything except the provenances.
pub fn write(out: &mut dyn Write, answer: &DiffAnswer, when: Option<&str>) -> Result<(), CliError> {
    for change in &answer.facts {
        fact(out, change)?;
    }
    if !answer.undated.is_empty() {
        writeln!(out, "{}:\n", facts(answer.undated.len(), UNDATED))?;
        for change in &answer.undated {
            fact(out, change)?;
        }
    }
    let PointDiff { relations, documents, editors, ledger, undone, restored, described, .. } =
        &answer.changes;
    let sections = [
        ("relations", relations),
        ("documents", documents),
        ("editors", editors),
        ("the ledger", ledger),
        ("undone", undone),
        ("in force again", restored),
    ];
    for (heading, events) in sections {
        section(out, heading, events)?;
    }
    redescribed(out, described)?;
    let when = when.map(|when| format!(", when {when}")).unwrap_or_default();
    let events = answer.to.size - answer.from.size;
    let events = format!("{events} event{} between the points", if events == 1 { "" } else { "s" });
    Ok(writeln!(out, "{}{when}; {events}", facts(answer.facts.len(), "changed"))?)
}

fn section(out: &mut dyn Write, heading: &str, events: &[EventRow]) -> Result<(), CliError> {
    if events.is_empty() {
        return Ok(());
    }
    writeln!(out, "{heading}\n")?;
    for event in events {
        events::text(out, event, None)?;
    }
    Ok(writeln!(out)?)
}

/// The documents that are described otherwise, or suspect, since events about them were undone.
fn redescribed(out: &mut dyn Write, documents: &[DocumentChange]) -> Result<(), CliError> {
    if documents.is_empty() {
        return Ok(());
    }
    writeln!(out, "documents, by what was undone or is in force again\n")?;
    for DocumentChange { document, changes } in documents {
        let fields: Vec<String> = changes.iter().map(effect::field).collect();
        writeln!(out, "{}", hanging(&format!("{document:>6}  "), &fields.join("; "), 8))?;
    }
    Ok(writeln!(out)?)
}

fn fact(out: &mut dyn Write, change: &Change) -> Result<(), CliError> {
    let status = words::status(change.status);
    let was = change.status_before.filter(|before| Some(*before) != change.status);
    let was = was.map(|before| format!("; was {before}")).unwrap_or_default();
    let done = change.changes.join(", ").replace('-', " ").replace("restored", "in force again");
    let done = if done.is_empty() { "stands otherwise".to_owned() } else { done };
    let line = format!("{:>6}  {status}  {done}{was}", change.fact);
    writeln!(out, "{}", line_of_answer(&line, INDENT))?;
    let mut below = |text: &str| writeln!(out, "{}", hanging(&" ".repeat(INDENT), text, INDENT));
    match &change.before {
        None => below(&words::claim(&change.now))?,
        Some(before) => {
            match (before.claim.as_deref(), change.now.claim.as_deref()) {
                (Some(old), Some(new)) => below(&changed_claim(old, new))?,
                _ => {
                    below(&format!("before: {}", words::claim(before)))?;
                    below(&format!("now: {}", words::claim(&change.now)))?;
                }
            }
            for line in fields(before, &change.now) {
                below(&line)?;
            }
        }
    }
    let AffectedActs { undone, restored } = &change.affected;
    for (heading, acts) in [("undone", undone), ("in force again", restored)] {
        if !acts.is_empty() {
            let acts: Vec<String> = acts.iter().map(act_text).collect();
            below(&format!("{heading}: {}", acts.join(", ")))?;
        }
    }
    for step in &change.acts {
        below(&step_text(step))?;
    }
    Ok(writeln!(out)?)
}

/// `8 confirmed`.
fn act_text(act: &ActRow) -> String {
    format!("{} {}", act.event, kind_text(act.kind))
}

fn kind_text(kind: Type) -> &'static str {
    kind.as_str().split('.').next_back().unwrap_or_default()
}

/// `10: corrected, wrong-date: “Wednesday was the 26th” — Bo Berg, 2022-02-01 09:00`
fn step_text(step: &ChangeStep) -> String {
    let ends: Vec<String> = step.ends.iter().map(u64::to_string).collect();
    let ends = ends.join(", ");
    let what = match step.act.kind {
        Type::FactCorrected if !ends.is_empty() => format!("corrected, resolves dispute {ends}"),
        Type::FactUpheld => format!("upheld, ends dispute {ends}"),
        Type::FactReinstated => format!("reinstated, ends retraction {ends}"),
        Type::BodyReleased => format!("words of {ends} released"),
        Type::BodyRedacted => format!("words of {ends} redacted"),
        Type::LedgerChanged => {
            let why = step.why.clone().unwrap_or_default();
            let who = words::who(&step.act);
            return format!("{}: the ledger asks for {why} — {who}", step.act.event);
        }
        Type::EditorRevoked => {
            let who = step.subject.as_ref().map(effect::named).unwrap_or_default();
            format!("{} by the revocation of {who}", step.effect)
        }
        kind => kind_text(kind).to_owned(),
    };
    let why = step.why.as_ref().map(|why| format!(", {why}")).unwrap_or_default();
    let place = step.error_in.map(|place| format!(", error in the {place}")).unwrap_or_default();
    let statement = match (&step.statement, step.withheld) {
        (Some(statement), _) => format!(": “{}”", visible(statement)),
        (None, Some(why)) => format!(": {}", words::withheld_text(Some(why))),
        (None, None) => String::new(),
    };
    format!("{}: {what}{why}{place}{statement} — {}", step.act.event, words::who(&step.act))
}
