//! `annals editor list`: every enrolled key as of a point, with each act on it. Writes nothing.

use crate::cli::render::{broken, called, effect, provenance};
use crate::cli::shared::shown;
use crate::cli::terminal::{CliError, Context, Exit, Format, json, minute, out, visible, wrapped};
use crate::ledger::query::effect::Effects;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::{FieldChange, Named};
use crate::ledger::query::{AsOf, View, no_fact};
use crate::ledger::table::Table;
use annals_core::event::args::{self, Roles};
use annals_core::event::vocabulary::RevokeReason;
use annals_core::fold::operation::{Operation, Revoked};
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::roster::Member;
use annals_core::text::Person;
use annals_core::time::Time;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

#[derive(Debug, Args)]
pub struct EditorListArgs {
    /// Who might sign at this point [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
}

/// A key of the roster.
#[derive(Serialize)]
struct EditorTableRow {
    name: String,
    key: PublicKey,
    person: Person,
    roles: Roles,
    enrolled: Deeds,
    /// The changes of its name and roles.
    changed: Vec<KeyEdit>,
    revoked: Option<Deeds>,
    reason: Option<RevokeReason>,
    /// The least event from which on a revocation in force has it suspect.
    suspect_from: Option<u64>,
    /// The revocations in force: a key that left may later be found stolen.
    revocations: Vec<KeyRevocation>,
    /// The revocations that a later suspect revocation undid: the key signs in spite of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undone_revocations: Vec<UndoneRevocation>,
}

impl EditorTableRow {
    /// The revocation that says from which event on the key is suspect.
    fn suspect_by(&self) -> Option<u64> {
        let suspect = self.revocations.iter().filter(|row| row.suspect_from.is_some());
        suspect.min_by_key(|row| row.suspect_from).map(|row| row.act.event)
    }
}

/// A change of a key's name or roles, and the revocation that undid it, if one did.
#[derive(Clone, Serialize)]
struct KeyEdit {
    #[serde(flatten)]
    act: Deeds,
    /// The fields with their values before and after.
    changes: Vec<FieldChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<Deeds>,
}

/// A revocation of a key.
#[derive(Serialize)]
struct KeyRevocation {
    #[serde(flatten)]
    act: Deeds,
    reason: RevokeReason,
    suspect_from: Option<u64>,
}

/// A revocation of a key that does not count, and the revocation that undid it.
#[derive(Serialize)]
struct UndoneRevocation {
    #[serde(flatten)]
    revocation: KeyRevocation,
    undone_by: Deeds,
}

/// Time and signer of an act.
#[derive(Clone, Serialize)]
struct Deeds {
    event: u64,
    at: Option<Time>,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_now: Option<String>,
}

#[derive(Serialize)]
struct EditorsJson<'a> {
    #[serde(flatten)]
    as_of: AsOf,
    editors: &'a [EditorTableRow],
}

#[derive(Serialize)]
struct EditorLine<'a> {
    as_of: Option<u64>,
    head: Option<Hash>,
    #[serde(flatten)]
    row: &'a EditorTableRow,
}

pub fn run(context: &mut Context, args: EditorListArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view_of(context, &record, args.as_of.as_deref(), &no_fact)?;
    let rows = rows(&view, &names)?;
    let as_of = view.as_of();
    let mut out = out(context.format());
    match context.format() {
        Format::Text => text(&mut out, &rows, &as_of)?,
        Format::Json => json(&mut out, &EditorsJson { as_of, editors: &rows })?,
        Format::Jsonl => {
            for row in &rows {
                json(&mut out, &EditorLine { as_of: as_of.position, head: as_of.head, row })?;
            }
        }
        Format::Csv => csv(&mut out, &rows, &as_of)?,
    }
    out.flush()?;
    Ok(provenance::warn(&view, 0))
}

fn rows(view: &View<'_>, names: &Names) -> Result<Vec<EditorTableRow>, CliError> {
    let members = view.state().fold.roster.members();
    let revocations = revocations(view);
    let edits = edits(view);
    let mut positions: Vec<u64> =
        members.iter().flat_map(|row| [Some(row.enrolled), row.revoked]).flatten().collect();
    positions.extend(revocations.iter().flat_map(|row| [Some(row.0), row.2]).flatten());
    positions.extend(edits.iter().flat_map(|edit| [Some(edit.event), edit.undone_by]).flatten());
    positions.sort_unstable();
    positions.dedup();
    let effects = Effects::new(view, names);
    let (mut operations, mut changes) = (BTreeMap::new(), BTreeMap::new());
    view.at(&positions, &mut |event| {
        let by = event
            .statement()
            .map(|statement| names.at(&statement.by, event.position))
            .unwrap_or_default();
        let position = event.position;
        if let Some(args::Args::EditorChanged(args)) = event.statement().map(|it| &it.args) {
            changes.insert(position, effects.changed_key(event, args));
        }
        operations.insert(
            position,
            Deeds { event: position, at: event.at(), by: by.then, by_now: by.now },
        );
    })?;
    let operation = |event: u64| {
        let unread = || Deeds { event, at: None, by: String::new(), by_now: None };
        operations.get(&event).cloned().unwrap_or_else(unread)
    };
    let row = |row: &Member| {
        let edit = |edit: &RolesEdit| KeyEdit {
            act: operation(edit.event),
            changes: changes.get(&edit.event).cloned().unwrap_or_default(),
            undone_by: edit.undone_by.map(operation),
        };
        let (mut in_force, mut undone_revocations) = (Vec::new(), Vec::new());
        for (event, revoked, undone_by) in revocations.iter().filter(|of| of.1.key == row.key) {
            let (act, reason) = (operation(*event), revoked.reason);
            let revocation = KeyRevocation { act, reason, suspect_from: revoked.suspect_from };
            match undone_by.map(operation) {
                Some(undone_by) => {
                    undone_revocations.push(UndoneRevocation { revocation, undone_by });
                }
                None => in_force.push(revocation),
            }
        }
        let revocations = in_force;
        let first = revocations.iter().find(|revoked| Some(revoked.act.event) == row.revoked);
        EditorTableRow {
            name: names.of(&row.key),
            key: row.key,
            person: row.person.clone(),
            roles: row.roles,
            enrolled: operation(row.enrolled),
            changed: edits.iter().filter(|edit| edit.key == row.key).map(edit).collect(),
            revoked: row.revoked.map(operation),
            reason: first.map(|revoked| revoked.reason),
            suspect_from: revocations.iter().filter_map(|revoked| revoked.suspect_from).min(),
            revocations,
            undone_revocations,
        }
    };
    Ok(members.iter().map(row).collect())
}

/// A change of a key's name or roles, by position.
struct RolesEdit {
    event: u64,
    key: PublicKey,
    undone_by: Option<u64>,
}

/// The changes of keys, oldest first, and what undid each.
fn edits(view: &View<'_>) -> Vec<RolesEdit> {
    let acts = view.state().history.acts().iter();
    let edits = acts.filter_map(|act| match &act.operation {
        Operation::RolesChanged(change) => {
            let undone_by = view.undone_by(act.position);
            Some(RolesEdit { event: act.position, key: change.key, undone_by })
        }
        _ => None,
    });
    edits.collect()
}

/// The revocations with their positions, oldest first, and what undid each.
fn revocations<'a>(view: &'a View<'_>) -> Vec<(u64, &'a Revoked, Option<u64>)> {
    let acts = view.state().history.acts().iter();
    let revocations = acts.filter_map(|act| match &act.operation {
        Operation::Revoked(revoked) => {
            Some((act.position, &**revoked, view.undone_by(act.position)))
        }
        _ => None,
    });
    revocations.collect()
}

fn text(out: &mut dyn Write, rows: &[EditorTableRow], as_of: &AsOf) -> Result<(), CliError> {
    for (index, row) in rows.iter().enumerate() {
        let state = if row.revoked.is_some() { "revoked" } else { "active" };
        let first = format!("{}, {}, {state}", visible(&row.name), shown(row.roles));
        writeln!(out, "{}", wrapped(&first, 0))?;
        writeln!(out, "    key {}", row.key)?;
        let first = rows.iter().take(index).find(|other| other.person == row.person);
        if let Some(first) = first {
            let same = format!("the same person as {}", called(&first.name, &first.key));
            writeln!(out, "{}", wrapped(&same, 4))?;
        }
        let enrolled = format!("enrolled by {}", operation(&row.enrolled));
        writeln!(out, "{}", wrapped(&enrolled, 4))?;
        for KeyEdit { act, changes, undone_by } in &row.changed {
            let changes: Vec<String> = changes.iter().map(effect::field).collect();
            let mut edit = format!("changed by {}", operation(act));
            if !changes.is_empty() {
                edit.push_str(&format!(": {}", changes.join("; ")));
            }
            if let Some(by) = undone_by {
                edit = format!("not {edit}; undone by {}", operation(by));
            }
            writeln!(out, "{}", wrapped(&edit, 4))?;
        }
        for KeyRevocation { act, reason, suspect_from } in &row.revocations {
            let is_first = row.revoked.as_ref().is_some_and(|revoked| revoked.event == act.event);
            let how = if is_first { "revoked" } else { "and" };
            let suspect = suspect_from.map(|from| format!(", suspect from {from}"));
            let suspect = suspect.unwrap_or_default();
            let revoked = format!("{how} by {}: {reason}{suspect}", operation(act));
            writeln!(out, "{}", wrapped(&revoked, 4))?;
        }
        for UndoneRevocation { revocation, undone_by } in &row.undone_revocations {
            let KeyRevocation { act, reason, .. } = revocation;
            let (act, by) = (operation(act), operation(undone_by));
            let undone = format!("not revoked by {act}: {reason}; undone by {by}");
            writeln!(out, "{}", wrapped(&undone, 4))?;
        }
    }
    let active = rows.iter().filter(|row| row.revoked.is_none()).count();
    let keys = if rows.len() == 1 { "key" } else { "keys" };
    writeln!(out, "{} {keys}, {active} active", rows.len())?;
    provenance::line(out, as_of)
}

fn operation(operation: &Deeds) -> String {
    let by = Named { then: operation.by.clone(), now: operation.by_now.clone() };
    format!("{}, {}, {}", operation.event, minute(operation.at), visible(&by.to_string()))
}

const COLUMNS: [&str; 15] = [
    "as_of",
    "head",
    "name",
    "key",
    "person",
    "roles",
    "enrolled",
    "enrolled_at",
    "enrolled_by",
    "revoked",
    "revoked_at",
    "revoked_by",
    "reason",
    "suspect_from",
    "suspect_by",
];

fn csv(out: &mut dyn Write, rows: &[EditorTableRow], as_of: &AsOf) -> Result<(), CliError> {
    fn some(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let mut table = Table::new(out);
    table.row(&COLUMNS).map_err(broken)?;
    for row in rows {
        let revoked = row.revoked.as_ref();
        let fields = [
            some(as_of.position),
            some(as_of.head),
            row.name.clone(),
            row.key.to_string(),
            row.person.to_string(),
            shown(row.roles),
            row.enrolled.event.to_string(),
            some(row.enrolled.at),
            row.enrolled.by.clone(),
            some(revoked.map(|operation| operation.event)),
            some(revoked.and_then(|operation| operation.at)),
            some(revoked.map(|operation| &operation.by)),
            some(row.reason),
            some(row.suspect_from),
            some(row.suspect_by()),
        ];
        table.row(&fields).map_err(broken)?;
    }
    Ok(table.end()?)
}
