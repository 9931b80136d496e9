//! `annals` with nothing given, where a ledger is: who you are here, what waits for you, what
//! happened since you looked.
//!
//! Always holds: what was looked at is kept in one file beside the keys, which this command alone
//! writes and nothing else reads; the ledger is not written to. Not here: the ledger's summary
//! (`status`).

use crate::cli::render::{events, provenance};
use crate::cli::shared::waiting::{self, ReviewScope, waits_for};
use crate::cli::terminal::{CliError, Context, Exit, Format, minute, note, out, visible};
use crate::disk::{self, FileMode, is_folder_at, read_optional};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::query::View;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{on, row};
use crate::ledger::query::names::Names;
use annals_core::event::vocabulary::Role;
use annals_core::hash::Hash;
use annals_core::text::Person;
use annals_core::time::Time;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::PathBuf;

/// How many events since the last look are listed, and how many files of drafts.
const LISTED: usize = 10;
/// The most bytes of the file that remembers the last look.
const BOUND: u64 = 4_096;

/// The record as it was at the last look.
#[derive(Serialize, Deserialize)]
struct LastLook {
    size: u64,
    head: Hash,
    at: Time,
}

/// Whether there is a ledger here or above, or one is named.
pub fn is_here(context: &Context) -> Result<bool, CliError> {
    Ok(context.record_here()?.is_some())
}

/// Shows it.
pub fn run(context: &mut Context) -> Result<Exit, CliError> {
    if context.format() != Format::Text {
        return Err(CliError::usage("annals without a command has one form, --format text"));
    }
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let looked = record.paths.last_look();
    let mut out = out(Format::Text);
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<8}{value}");
    let origin = view.state().fold.ledger.as_ref().map(|ledger| ledger.origin.to_string());
    let title = names.title.as_deref().map(|title| format!(": {}", visible(title)));
    let origin = origin.unwrap_or_else(|| "not opened".to_owned());
    line("record", &format!("{origin}{}", title.unwrap_or_default()))?;
    line("you", &you(context, &view, &names)?)?;
    let waits = waits(context, &view, &names)?;
    for (at, text) in waits.iter().enumerate() {
        line(if at == 0 { "waits" } else { "" }, text)?;
    }
    let size = view.as_of().size;
    let last = last_look(&looked);
    let since = since(&view, last.as_ref())?;
    line("since", &since.text)?;
    let effects = Effects::new(&view, &names);
    let mut rows = Vec::new();
    view.walk(since.from, size, &mut |event| {
        let statement = event.statement();
        let about = statement
            .map(|statement| on(&view, event.position, &statement.args))
            .unwrap_or_default();
        rows.push(row(&effects, event, about));
        rows.len() < LISTED
    })?;
    for row in rows {
        events::text(&mut out, &row?, None)?;
    }
    let left_out = size.saturating_sub(since.from).saturating_sub(LISTED as u64);
    if left_out > 0 {
        writeln!(out, "    and {left_out} more: annals log --from {}", since.from + LISTED as u64)?;
    }
    writeln!(out, "help    annals --help")?;
    out.flush()?;
    let exit = provenance::warn(&view, 0);
    if let Some(head) = view.as_of().head
        && is_folder_at(&record.paths.keys)?
    {
        remember(&looked, &LastLook { size, head, at: context.clock.peek() })?;
    }
    Ok(exit)
}

/// Who the keys here make the reader.
fn you(context: &Context, view: &View<'_>, names: &Names) -> Result<String, CliError> {
    let roster = &view.state().fold.roster;
    let signers = match is_folder_at(&view.record.paths.keys)? {
        true => context.signers(roster)?,
        false => Vec::new(),
    };
    let wanted = context.global.editor.as_deref();
    let fits = |name: &String| wanted.is_none_or(|wanted| wanted == name);
    let mut found = Vec::new();
    for (key_name, key) in &signers {
        let key_name = key_name.to_string();
        if fits(&key_name) {
            let roles = roster.member(key).map(|member| Vec::<Role>::from(member.roles));
            let roles = roles.unwrap_or_default();
            let roles: Vec<String> = roles.iter().map(Role::to_string).collect();
            found.push(format!("{} ({key_name}): {}", visible(&names.of(key)), roles.join(", ")));
        }
    }
    Ok(match found.as_slice() {
        [] => "a reader: no key here may sign; annals key new makes one".to_owned(),
        [one] => one.clone(),
        several => format!("one of {}; --by says which", several.join("; ")),
    })
}

/// What waits: facts to review, disputes of one's own facts, files of drafts.
fn waits(context: &Context, view: &View<'_>, names: &Names) -> Result<Vec<String>, CliError> {
    let mut waits = Vec::new();
    if let Ok((name, person)) = provenance::reviewer(context, view, names) {
        let facts = view.state().fold.facts().iter();
        let waiting =
            facts.filter(|fact| waits_for(&person, view.state(), fact, ReviewScope::Unconfirmed));
        match waiting.count() {
            0 => waits.push(waiting::sentence(0, &name)),
            some => waits.push(format!("{}: annals review", waiting::sentence(some, &name))),
        }
        waits.extend(disputed(view, &person));
    }
    let drafts = drafts(&view.record.paths.drafts())?;
    for path in drafts.iter().take(LISTED) {
        waits.push(format!("drafts that are not written: annals append {}", path.display()));
    }
    if let Some(more) = drafts.len().checked_sub(LISTED).filter(|more| *more > 0) {
        waits.push(format!("and {more} more files of drafts"));
    }
    Ok(waits)
}

/// The open disputes of a person's facts.
fn disputed(view: &View<'_>, person: &Person) -> Vec<String> {
    let state = view.state();
    let own = state.fold.facts().iter().filter(|fact| {
        fact.retraction().is_none() && state.history.person(fact.author) == Some(person)
    });
    let disputed = own.filter(|fact| !fact.disputes().is_empty());
    let line = |fact: &annals_core::fold::Fact| {
        let position = fact.position;
        format!("fact {position} of yours is disputed: annals log {position}")
    };
    disputed.map(line).collect()
}

/// The files of drafts, by name.
fn drafts(folder: &std::path::Path) -> Result<Vec<PathBuf>, CliError> {
    if !is_folder_at(folder)? {
        return Ok(Vec::new());
    }
    let listed = std::fs::read_dir(folder).map_err(disk::error("list", folder))?;
    let mut drafts: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    drafts.retain(|path| {
        path.extension().is_some_and(|ending| ending == "jsonl" || ending == "toml")
    });
    drafts.sort();
    Ok(drafts)
}

/// From which event on there is something new, and the line that says so.
struct Since {
    from: u64,
    text: String,
}

fn since(view: &View<'_>, last: Option<&LastLook>) -> Result<Since, CliError> {
    let size = view.as_of().size;
    let Some(last) = last else {
        return Ok(Since { from: size, text: "this is your first look".to_owned() });
    };
    let at = minute(Some(last.at));
    let event = match last.size.checked_sub(1) {
        Some(event) if event < size => view.event(event)?,
        _ => None,
    };
    if event.map(|event| event.hash()) != Some(last.head) {
        let text = format!(
            "at your last look, {at}, there were {} events, and these are not a continuation of \
             them: annals verify",
            last.size
        );
        return Ok(Since { from: size, text });
    }
    let text = match size - last.size {
        0 => format!("nothing new since {at}"),
        1 => format!("1 event since {at}"),
        more => format!("{more} events since {at}"),
    };
    Ok(Since { from: last.size, text })
}

/// The last look; one that cannot be read counts for nothing.
fn last_look(path: &std::path::Path) -> Option<LastLook> {
    match read_optional(path, BOUND) {
        Ok(bytes) => serde_json::from_slice(&bytes?).ok(),
        Err(error) => {
            note(format!("warning: {}", chain(&error)));
            None
        }
    }
}

/// Failing to remember is no failure of the answer.
fn remember(path: &std::path::Path, look: &LastLook) -> Result<(), CliError> {
    let text = serde_json::to_string(look).map_err(std::io::Error::other)?;
    if let Err(error) = disk::replace(path, format!("{text}\n").as_bytes(), FileMode::Private) {
        let error = LedgerError::from(error);
        note(format!("warning: this look is not remembered: {}", chain(&error)));
    }
    Ok(())
}
