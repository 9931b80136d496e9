//! Periods: which key could sign with which role, from which event to which.
//!
//! Always holds: periods are made from applied events. An event that a suspect revocation undid
//! changes nothing, but an enrolment that was undone is listed with the event that undid it. Not
//! here: who signed what.
//! Source: FORMAT.md sections 4, 6 and 8.

use crate::ledger::reader::ReadEvent;
use annals_core::event::body::Content;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::text::Person;
use annals_core::time::Time;
use annals_core::verify::Report;
use annals_core::verify::source::{Source, SourceError};
use serde::Serialize;

/// An event that begins or ends a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Border {
    /// The position of the event.
    pub event: u64,
    /// The time of the event by the ledger's clock, if readable.
    pub at: Option<Time>,
    /// What the event did.
    pub what: &'static str,
}

/// A range of events in which a key could sign with these roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The key.
    pub key: PublicKey,
    /// The person who holds it.
    pub person: Person,
    /// The name in the body of the event that began the period, if readable.
    pub name: Option<String>,
    /// Whether the key could sign as admin.
    pub admin: bool,
    /// Whether the key could sign as editor.
    pub editor: bool,
    /// The event that began the period.
    pub from: Border,
    /// The event that ended the period; `None` if it has not ended.
    pub until: Option<Border>,
    /// The first event from which the key is suspect, if its revocation names one.
    pub suspect_from: Option<u64>,
}

/// All periods of a record, ordered by the position of the event that began them.
pub fn periods(source: &dyn Source, report: &Report) -> Result<Vec<Period>, SourceError> {
    let mut all: Vec<Period> = Vec::new();
    let state = &report.state;
    for act in state.history.acts() {
        let border = |what| Border { event: act.position, at: None, what };
        let (key, roles, what) = match &act.operation {
            Operation::Opened(opened) => (state.history.key(act.by), Some(opened.roles), "opened"),
            Operation::Enrolled(enrolled) => (Some(enrolled.key), Some(enrolled.roles), "enrolled"),
            Operation::RolesChanged(change) => (Some(change.key), Some(change.roles), "changed"),
            Operation::Revoked(revoked) => (Some(revoked.key), None, revoked.reason.as_str()),
            _ => continue,
        };
        let Some(key) = key else { continue };
        let undone = state.undone().iter().find(|undone| undone.event == act.position);
        let enrols = matches!(act.operation, Operation::Opened(_) | Operation::Enrolled(_));
        if undone.is_some() && !enrols {
            continue;
        }
        let before = all.iter_mut().rev().find(|period| period.key == key);
        let person = match (&act.operation, &before) {
            (Operation::Opened(opened), _) => opened.person.clone(),
            (Operation::Enrolled(enrolled), _) => enrolled.person.clone(),
            (_, Some(before)) => before.person.clone(),
            (_, None) => continue,
        };
        if let Some(before) = before {
            before.until = before.until.or(Some(border(what)));
            if let Operation::Revoked(revoked) = &act.operation {
                before.suspect_from = before.suspect_from.or(revoked.suspect_from);
            }
        }
        if let Some(roles) = roles {
            let (admin, editor) = (roles.admin, roles.editor);
            let until = undone.map(|undone| Border { event: undone.by, at: None, what: "undone" });
            let from = border(what);
            all.push(Period {
                key,
                person,
                name: None,
                admin,
                editor,
                from,
                until,
                suspect_from: None,
            });
        }
    }
    for period in &mut all {
        let read = event(source, period.from.event)?;
        period.from.at = time(read.as_ref());
        period.name = read.and_then(|read| name(&read));
        if let Some(until) = &mut period.until {
            until.at = time(event(source, until.event)?.as_ref());
        }
    }
    Ok(all)
}

fn event(source: &dyn Source, position: u64) -> Result<Option<ReadEvent>, SourceError> {
    for span in source.walk(position)? {
        let span = span?;
        let index = position.checked_sub(span.first).and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| span.entries.get(index)) {
            return Ok(Some(ReadEvent::of(entry)));
        }
    }
    Ok(None)
}

fn time(read: Option<&ReadEvent>) -> Option<Time> {
    read?.reading.place.map(|place| place.at)
}

fn name(read: &ReadEvent) -> Option<String> {
    match &read.body.as_ref()?.content {
        Content::LedgerOpened(body) => Some(body.name.to_string()),
        Content::EditorEnrolled(body) | Content::EditorChanged(body) => Some(body.name.to_string()),
        _ => None,
    }
}
