//! Periods: which key could sign with which role, from which event to which.
//!
//! Always holds: periods are made from applied events. An event counts from its position up to the
//! suspect revocation that undid it, and again from the one that put it in force again. Not here:
//! who signed what.
//! Source: FORMAT.md sections 4, 6 and 8.

use crate::ledger::reader::ReadEvent;
use annals_core::event::args::Roles;
use annals_core::event::body::Content;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::state::State;
use annals_core::text::Person;
use annals_core::time::Time;
use annals_core::verify::Report;
use annals_core::verify::source::{Source, SourceError};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Of the last period of a key: the first event from which it is suspect by a revocation that
    /// stands.
    pub suspect_from: Option<u64>,
}

/// All periods of a record, ordered by the position of the event that began them.
pub fn periods(source: &dyn Source, report: &Report) -> Result<Vec<Period>, SourceError> {
    let state = &report.state;
    let mut by_key: BTreeMap<PublicKey, Vec<KeyAct<'_>>> = BTreeMap::new();
    for act in state.history.acts() {
        let (key, does) = match &act.operation {
            Operation::Opened(opened) => {
                let does = Does::Enrols { roles: opened.roles, person: &opened.person };
                (state.history.key(act.by), does)
            }
            Operation::Enrolled(enrolled) => {
                let does = Does::Enrols { roles: enrolled.roles, person: &enrolled.person };
                (Some(enrolled.key), does)
            }
            Operation::RolesChanged(change) => (Some(change.key), Does::Changes(change.roles)),
            Operation::Revoked(revoked) => {
                let does = Does::Revokes { suspect_from: revoked.suspect_from };
                (Some(revoked.key), does)
            }
            _ => continue,
        };
        let what = match &act.operation {
            Operation::Opened(_) => "opened",
            Operation::Enrolled(_) => "enrolled",
            Operation::Revoked(revoked) => revoked.reason.as_str(),
            _ => "changed",
        };
        let Some(key) = key else { continue };
        by_key.entry(key).or_default().push(KeyAct { position: act.position, what, does });
    }
    let mut all = Vec::new();
    for (key, acts) in &by_key {
        for (mut period, named_by) in periods_of(*key, acts, state) {
            period.from.at = time(event(source, period.from.event)?.as_ref());
            period.name = event(source, named_by)?.and_then(|read| name(&read));
            if let Some(until) = &mut period.until {
                until.at = time(event(source, until.event)?.as_ref());
            }
            all.push(period);
        }
    }
    all.sort_by_key(|period| period.from.event);
    Ok(all)
}

/// An event that is about a key.
struct KeyAct<'a> {
    position: u64,
    what: &'static str,
    does: Does<'a>,
}

/// What such an event does to the key.
enum Does<'a> {
    Enrols { roles: Roles, person: &'a Person },
    Changes(Roles),
    Revokes { suspect_from: Option<u64> },
}

/// The periods of a key, each with the position of the event that has its name: at every event that
/// may change what the key can sign, the last event in force decides.
fn periods_of(key: PublicKey, acts: &[KeyAct<'_>], state: &State) -> Vec<(Period, u64)> {
    let undoings = state.undoings();
    let turns = acts.iter().flat_map(|act| undoings.ranges(act.position));
    let turns = turns.flat_map(|range| [range.start, range.end]).filter(|at| *at < u64::MAX);
    let points: BTreeSet<u64> = acts.iter().map(|act| act.position).chain(turns).collect();
    let mut all: Vec<(Period, u64)> = Vec::new();
    for point in points {
        let in_force = |act: &&KeyAct<'_>| {
            act.position <= point && !undoings.was_undone(act.position, point + 1)
        };
        let last = acts.iter().rfind(in_force);
        let of_last = last.filter(|act| act.position == point).map(|act| act.what);
        let border = |what| Border { event: point, at: None, what };
        let roles = match last.map(|act| &act.does) {
            Some(Does::Enrols { roles, .. } | Does::Changes(roles)) => Some(*roles),
            Some(Does::Revokes { .. }) | None => None,
        };
        let decided_by = last.map_or(0, |act| act.position);
        if let Some((open, by)) = all.last_mut().filter(|(open, _)| open.until.is_none()) {
            if roles.is_some() && *by == decided_by {
                continue;
            }
            let revoked = last.filter(|_| roles.is_none()).map(|act| act.what);
            open.until = Some(border(of_last.or(revoked).unwrap_or("undone")));
        }
        let person = acts.iter().rev().filter(in_force).find_map(|act| match act.does {
            Does::Enrols { person, .. } => Some(person.clone()),
            _ => None,
        });
        if let (Some(roles), Some(person)) = (roles, person) {
            let (admin, editor) = (roles.admin, roles.editor);
            let from = border(of_last.unwrap_or("restored"));
            let (name, until, suspect_from) = (None, None, None);
            let period = Period { key, person, name, admin, editor, from, until, suspect_from };
            all.push((period, decided_by));
        }
    }
    let standing = acts.iter().filter(|act| state.undone_by(act.position).is_none());
    let suspect_from = standing.filter_map(|act| match act.does {
        Does::Revokes { suspect_from } => suspect_from,
        _ => None,
    });
    if let Some((period, _)) = all.last_mut().filter(|(period, _)| period.until.is_some()) {
        period.suspect_from = suspect_from.min();
    }
    all
}

fn event(source: &dyn Source, position: u64) -> Result<Option<ReadEvent>, SourceError> {
    let entry = source.entries(position)?.next().transpose()?;
    Ok(entry.map(|(_, entry)| ReadEvent::of(&entry)))
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
