//! `annals key list` and `annals key show`: the keys here, and their persons in the record.
//!
//! Always holds: no passphrase is requested and nothing is written; a file that should be a key and
//! cannot be read is reported. Source: `keys::folder`.

use crate::cli::render::{broken, provenance};
use crate::cli::shared::shown;
use crate::cli::terminal::output::line_of_answer;
use crate::cli::terminal::{CliError, Context, Exit, Format, json, note, out, shown_path, visible};
use crate::disk;
use crate::keys::{KeyFolder, KeyName, KeyPresence, ListedKey};
use crate::ledger::error::chain;
use crate::ledger::query::{AsOf, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::table::Table;
use annals_core::event::args::Roles;
use annals_core::key::PublicKey;
use annals_core::text::Origin;
use serde::Serialize;
use std::io::Write;

/// A key in the folder.
#[derive(Serialize)]
struct KeyTableRow {
    name: String,
    key: Option<PublicKey>,
    secret: KeyPresence,
    #[serde(flatten)]
    enrolled: Option<EnrolledKey>,
}

/// The key's enrolment in the record here.
#[derive(Clone, Serialize)]
struct EnrolledKey {
    holder: String,
    roles: Roles,
    enrolled: u64,
    revoked: Option<u64>,
}

/// The part of the record here that is shown.
struct Here {
    as_of: AsOf,
    origin: Option<Origin>,
    rows: Vec<(PublicKey, EnrolledKey)>,
    exit: Exit,
}

#[derive(Serialize)]
struct KeysJson {
    #[serde(flatten)]
    as_of: Option<AsOf>,
    origin: Option<Origin>,
    keys: Vec<KeyTableRow>,
}

impl Here {
    fn read(context: &Context, record: &Record) -> Result<Here, CliError> {
        let (view, names) = provenance::view_of(context, record, None, &no_fact)?;
        let fold = &view.state().fold;
        let row = |member: &annals_core::roster::Member| {
            let holder = names.of(&member.key);
            let (roles, enrolled, revoked) = (member.roles, member.enrolled, member.revoked);
            (member.key, EnrolledKey { holder, roles, enrolled, revoked })
        };
        Ok(Here {
            as_of: view.as_of(),
            origin: fold.ledger.as_ref().map(|ledger| ledger.origin.clone()),
            rows: fold.roster.members().iter().map(row).collect(),
            exit: provenance::warn(&view, 0),
        })
    }

    /// The record's entry of a key, which may have several names here.
    fn entry(&self, key: &PublicKey) -> Option<EnrolledKey> {
        self.rows.iter().find(|(known, _)| known == key).map(|(_, entry)| entry.clone())
    }
}

fn row(listed: ListedKey, here: Option<&Here>) -> KeyTableRow {
    let enrolled = here.zip(listed.public).and_then(|(here, key)| here.entry(&key));
    KeyTableRow {
        name: listed.handle.to_string(),
        key: listed.public,
        secret: listed.held,
        enrolled,
    }
}

pub fn list(context: &mut Context) -> Result<Exit, CliError> {
    let keys = KeyFolder::open(context.keys()?)?;
    let record = context.record_here()?;
    let here = record.as_ref().map(|record| Here::read(context, record)).transpose()?;
    let listing = keys.list()?;
    let rows = listing.keys.into_iter().map(|listed| row(listed, here.as_ref())).collect();
    for fault in &listing.faults {
        note(format!("warning: {}", chain(fault)));
    }
    let exit = here.as_ref().map_or(Exit::Yes, |here| here.exit);
    write(context, rows, here)?;
    Ok(if listing.faults.is_empty() { exit } else { Exit::Unknown })
}

fn write(context: &Context, rows: Vec<KeyTableRow>, here: Option<Here>) -> Result<(), CliError> {
    let mut out = out(context.format());
    let origin = here.as_ref().and_then(|here| here.origin.clone());
    let as_of = here.map(|here| here.as_of);
    match context.format() {
        Format::Text => {
            let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
            for row in &rows {
                let key = row.key.map(|key| key.short()).unwrap_or_default();
                let enrolled = standing(row, origin.as_ref());
                let (name, secret) = (&row.name, row.secret.word());
                let line = format!("{name:<width$}  {secret:<11}  {key:<16}  {enrolled}");
                writeln!(out, "{}", line_of_answer(line.trim_end(), 4))?;
            }
            writeln!(out, "{} {}", rows.len(), if rows.len() == 1 { "key" } else { "keys" })?;
            if let Some(as_of) = &as_of {
                provenance::line(&mut out, as_of)?;
            }
        }
        Format::Json => json(&mut out, &KeysJson { as_of, origin, keys: rows })?,
        Format::Jsonl => {
            for row in &rows {
                json(&mut out, row)?;
            }
        }
        Format::Csv => csv(&mut out, &rows, as_of.as_ref())?,
    }
    Ok(out.flush()?)
}

fn csv(out: &mut dyn Write, rows: &[KeyTableRow], as_of: Option<&AsOf>) -> Result<(), CliError> {
    let mut table = Table::new(out);
    let columns =
        ["as_of", "head", "name", "key", "secret", "holder", "roles", "enrolled", "revoked"];
    table.row(&columns).map_err(broken)?;
    let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
    for row in rows {
        let enrolled = row.enrolled.as_ref();
        let fields = [
            number(as_of.and_then(|it| it.position)),
            as_of.and_then(|it| it.head).map(|head| head.to_string()).unwrap_or_default(),
            row.name.clone(),
            row.key.map(|key| key.to_string()).unwrap_or_default(),
            row.secret.word().to_owned(),
            enrolled.map(|it| it.holder.clone()).unwrap_or_default(),
            enrolled.map(|it| shown(it.roles)).unwrap_or_default(),
            number(enrolled.map(|it| it.enrolled)),
            number(enrolled.and_then(|it| it.revoked)),
        ];
        table.row(&fields).map_err(broken)?;
    }
    Ok(table.end()?)
}

/// The person of a key in the record here.
fn standing(row: &KeyTableRow, origin: Option<&Origin>) -> String {
    match (&row.enrolled, origin) {
        (Some(it), _) => {
            let state = match it.revoked {
                Some(at) => format!("revoked by {at}"),
                None => "active".to_owned(),
            };
            format!("{}, {}, {state}", visible(&it.holder), shown(it.roles))
        }
        (None, Some(_)) if row.key.is_none() => {
            format!("not known without its passphrase: {}.pub is not beside it", row.name)
        }
        (None, Some(origin)) => format!("not enrolled in {origin}"),
        (None, None) => String::new(),
    }
}

pub fn show(context: &mut Context, name: &str) -> Result<Exit, CliError> {
    let keys = KeyFolder::open(context.keys()?)?;
    let handle = if name == "log" { KeyName::log() } else { KeyName::new(name)? };
    let listed = keys.look(handle.clone())?;
    if listed.public.is_none() && listed.held == KeyPresence::Elsewhere {
        // Neither file exists: reading the public one gives the error.
        keys.public(&handle)?;
    }
    let record = context.record_here()?;
    let here = record.as_ref().map(|record| Here::read(context, record)).transpose()?;
    let row = row(listed, here.as_ref());
    let exit = here.as_ref().map_or(Exit::Yes, |here| here.exit);
    let mut out = out(context.format());
    if context.format() != Format::Text {
        json(&mut out, &row)?;
        out.flush()?;
        return Ok(exit);
    }
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<9}{value}");
    line("name", &row.name)?;
    line("key", &row.key.map_or("not shown without its passphrase".into(), |it| it.to_string()))?;
    let secret = match row.secret {
        KeyPresence::Elsewhere => "not here".to_owned(),
        held => format!("{}, {}", held.word(), shown_path(&keys.secret_path(&handle))),
    };
    line("secret", &secret)?;
    let files = [keys.public_path(&handle), keys.request_path(&handle)];
    for (name, path) in ["public", "request"].iter().zip(files) {
        if disk::is_file_at(&path)? {
            line(name, &shown_path(&path))?;
        }
    }
    let origin = here.as_ref().and_then(|here| here.origin.as_ref());
    let enrolled = match name {
        "log" => origin.map(|origin| format!("signs checkpoints of {origin}")).unwrap_or_default(),
        _ => standing(&row, origin),
    };
    if !enrolled.is_empty() {
        line("record", &enrolled)?;
    }
    if let Some(here) = &here {
        provenance::line(&mut out, &here.as_of)?;
    }
    out.flush()?;
    Ok(exit)
}
