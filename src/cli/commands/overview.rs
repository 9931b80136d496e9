//! `annals` with nothing given, where a ledger is: who you are here, what waits for you, what
//! happened since you looked.
//!
//! Always holds: what a person looked at is kept in one file beside the keys, by record, because
//! ledgers may have one folder of keys; this command alone writes it and nothing else reads it; the
//! ledger is not written to. Not here: the ledger's summary (`status`).

mod keys_here;

use crate::cli::commands::overview::keys_here::{KeysHere, SignerHere, all_here, has_keys, here};
use crate::cli::render::{events, provenance};
use crate::cli::shared::draft_file::{DraftOrigin, kept_files};
use crate::cli::shared::waiting::{self, ReviewScope, waits_for};
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{
    CliError, Context, Exit, Format, counted, json, minute, note, out, visible, whole_words,
};
use crate::disk::closed::is_closed;
use crate::disk::{self, FileMode, read_optional};
use crate::keys::{KeyFolder, KeyName, KeyPresence};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::submitting::still_waiting;
use crate::ledger::following::FoundEvidence;
use crate::ledger::imported::ImportStatus;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{EventRow, on, row};
use crate::ledger::query::names::Names;
use crate::ledger::query::{AsOf, View};
use crate::ledger::shell_word::shell_path;
use annals_core::event::args::Roles;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::text::Person;
use annals_core::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How many events since the last look are listed, and how many files of drafts.
const LISTED: usize = 10;
/// The most bytes of the file that remembers the last looks, and of how many records it does.
const BOUND: u64 = 32 << 10;
const RECORDS: usize = 64;

/// A record as it was at the last look.
#[derive(Clone, Serialize, Deserialize)]
struct LastLook {
    size: u64,
    head: Hash,
    at: Time,
}

/// The last look at each record, which the hash of its event 0 names.
#[derive(Default, Serialize, Deserialize)]
struct LastLooks {
    records: BTreeMap<Hash, LastLook>,
}

impl LastLooks {
    /// Adds a look; forgets the oldest of too many.
    fn add(&mut self, record: Hash, look: LastLook) {
        self.records.insert(record, look);
        while self.records.len() > RECORDS {
            let oldest = self.records.iter().min_by_key(|(_, look)| look.at);
            let Some((&oldest, _)) = oldest else { return };
            self.records.remove(&oldest);
        }
    }
}

/// Whether there is a ledger here or above, or one is named.
pub fn is_here(context: &Context) -> Result<bool, CliError> {
    Ok(context.record_here()?.is_some())
}

/// Shows it.
pub fn run(context: &mut Context) -> Result<Exit, CliError> {
    match context.format() {
        Format::Text => {}
        Format::Csv => {
            let why = "annals without a command: expected --format text, json or jsonl, found csv";
            return Err(CliError::usage(why));
        }
        _ => return for_programs(context),
    }
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let looked = record.paths.last_look();
    let mut out = out(Format::Text);
    // What waits names commands, each in one line.
    let mut line = |name: &str, value: &str| match name {
        "" | "waits" => writeln!(out, "{name:<8}{value}"),
        _ => {
            let indented = whole_words("").subsequent_indent("        ");
            writeln!(out, "{}", textwrap::fill(&format!("{name:<8}{value}"), indented))
        }
    };
    let origin = view.state().fold.ledger.as_ref().map(|ledger| ledger.origin.to_string());
    let title = names.title.as_deref().map(|title| format!(": {}", visible(title)));
    let origin = origin.unwrap_or_else(|| "unknown: no event of it is here".to_owned());
    line("record", &format!("{origin}{}", title.unwrap_or_default()))?;
    let is_read_only = matches!(ImportStatus::of(&record.paths)?, ImportStatus::ReadOnly(_));
    if let Some(copy) = copy(record.part_of, view.as_of().size, is_read_only) {
        line("copy", &copy)?;
    }
    if let Some(evidence) = FoundEvidence::of(&record.paths).filter(|found| found.is_latest) {
        line("copy", &visible(&evidence.text()))?;
    }
    if !record.is_emptied() {
        line("you", &you(context, &view, &names)?)?;
    }
    let waits = waits(context, &view, &names, is_read_only)?;
    for (at, text) in waits.iter().enumerate() {
        line(if at == 0 { "waits" } else { "" }, text)?;
    }
    let size = view.as_of().size;
    let looker = looker(context, &view)?;
    let mut looks = if is_closed(&looked) { LastLooks::default() } else { last_looks(&looked) };
    let last = looker.and_then(|looker| looks.records.get(&looker).cloned());
    let is_part = record.part_of.is_some() || is_read_only;
    let since = since(&view, last.as_ref(), is_part)?;
    line("since", &with_places(&since.text))?;
    for row in listed(&view, &names, since.from)? {
        events::text(&mut out, &row, None)?;
    }
    let left_out = size.saturating_sub(since.from).saturating_sub(LISTED as u64);
    if left_out > 0 {
        let log = format!("log --from {}", since.from + LISTED as u64);
        writeln!(out, "    and {left_out} more: {}", context.global.command(&log))?;
    }
    writeln!(out, "help    annals --help")?;
    out.flush()?;
    let exit = provenance::warn(&view, 0);
    if let Some(head) = view.as_of().head
        && let Some(looker) = looker
        && has_keys(&record.paths.keys)?
        && last.as_ref().is_none_or(|last| last.size <= size)
    {
        looks.add(looker, LastLook { size, head, at: context.clock.peek() });
        remember(&looked, &looks)?;
    }
    Ok(exit)
}

/// Who is here, what waits and what is new, for programs. A program's look does not count as one:
/// what a person has not seen stays new.
#[derive(Serialize)]
struct OverviewJson<'a> {
    #[serde(flatten)]
    as_of: AsOf,
    origin: Option<String>,
    title: Option<&'a str>,
    /// The keys here that may sign.
    keys: Vec<OverviewKey>,
    /// Who reviews, if that is one person.
    reviewer: Option<String>,
    /// Facts that wait for the reviewer.
    waiting: Vec<u64>,
    /// The reviewer's own facts that are disputed.
    disputed: Vec<u64>,
    /// Files of drafts that are not written.
    drafts: Vec<String>,
    since: SinceJson,
    /// The first events since the last look.
    events: Vec<EventRow>,
    /// Number of events since the last look that are not among them.
    left_out: u64,
    /// What shows that the publisher contradicted a copy.
    evidence: Option<FoundEvidence>,
}

#[derive(Serialize)]
struct OverviewKey {
    name: String,
    key: PublicKey,
    holder: String,
    roles: Roles,
}

/// The last look, and whether the record goes on from it.
#[derive(Serialize)]
struct SinceJson {
    /// When it was; `None` before the first.
    at: Option<Time>,
    /// Number of events then.
    size: Option<u64>,
    /// Whether the record now is a continuation of what was seen.
    goes_on: bool,
}

fn for_programs(context: &Context) -> Result<Exit, CliError> {
    let record = context.record()?;
    let (view, names) = provenance::view(context, &record, None)?;
    let last = last_look(context, &view, &record.paths.last_look())?;
    let since = since(&view, last.as_ref(), false)?;
    let reviewer = provenance::reviewer(context, &view, &names).ok();
    let person = reviewer.as_ref().map(|(_, person)| person);
    let keys = here(context, &view)?.into_iter().map(|(name, member)| OverviewKey {
        name: name.to_string(),
        key: member.key,
        holder: names.of(&member.key),
        roles: member.roles,
    });
    let events = listed(&view, &names, since.from)?;
    let new = view.as_of().size.saturating_sub(since.from);
    let drafts = match has_keys(&record.paths.keys)? {
        true => drafts(&view)?,
        false => Vec::new(),
    };
    let home = OverviewJson {
        as_of: view.as_of(),
        origin: view.state().fold.ledger.as_ref().map(|ledger| ledger.origin.to_string()),
        title: names.title.as_deref(),
        keys: keys.collect(),
        waiting: person.map(|person| waiting_for(&view, person)).unwrap_or_default(),
        disputed: person.map(|person| disputed(&view, person)).unwrap_or_default(),
        reviewer: reviewer.as_ref().map(|(name, _)| name.clone()),
        drafts: drafts.iter().map(|kept| kept.path.display().to_string()).collect(),
        since: SinceJson {
            at: last.as_ref().map(|last| last.at),
            size: last.as_ref().map(|last| last.size),
            goes_on: since.goes_on,
        },
        left_out: new.saturating_sub(events.len() as u64),
        events,
        evidence: FoundEvidence::of(&record.paths),
    };
    let mut out = out(context.format());
    json(&mut out, &home)?;
    out.flush()?;
    Ok(provenance::warn(&view, 0))
}

/// The first events from this one on.
fn listed(view: &View<'_>, names: &Names, from: u64) -> Result<Vec<EventRow>, CliError> {
    let effects = Effects::new(view, names);
    let mut rows = Vec::new();
    view.walk(from, view.as_of().size, &mut |seen| {
        let said = seen.statement();
        let about = said.map(|said| on(view, seen.position, &said.args)).unwrap_or_default();
        rows.push(row(&effects, seen, about));
        rows.len() < LISTED
    })?;
    Ok(rows.into_iter().collect::<Result<_, _>>()?)
}

/// The facts that wait for a person.
fn waiting_for(view: &View<'_>, person: &Person) -> Vec<u64> {
    let facts = view.state().fold.facts().iter();
    let waiting =
        facts.filter(|fact| waits_for(person, view.state(), fact, ReviewScope::Unconfirmed));
    waiting.map(|fact| fact.position).collect()
}

/// That the record here is a part of one, or a copy that is only read.
fn copy(part_of: Option<u64>, size: u64, is_read_only: bool) -> Option<String> {
    let part = part_of.map(|whole| format!("the first {size} of {whole} events"));
    let read = is_read_only.then(|| "an imported copy, to be read only".to_owned());
    let parts: Vec<String> = part.into_iter().chain(read).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Who the keys here make the reader.
fn you(context: &Context, view: &View<'_>, names: &Names) -> Result<String, CliError> {
    let named = context.global.editor.as_deref();
    let keys = KeysHere::read(context, view, names)?;
    let is_meant = |key: &&SignerHere| named.is_none_or(|named| named == &*key.name);
    let signers: Vec<&SignerHere> = keys.signers.iter().filter(is_meant).collect();
    let unknown = match named {
        Some(_) => String::new(),
        None => keys.unknown_too(),
    };
    Ok(match signers.as_slice() {
        [] => named.and_then(|name| keys.named_reader(name)).unwrap_or_else(|| keys.reader()),
        [one] => format!("{}{unknown}", one.text),
        [first, others @ ..] if !context.needs_by(&view.state().fold.roster)? => {
            let also: Vec<&str> = others.iter().map(|key| &*key.name).collect();
            let also = also.join(", ");
            format!("{}; the same key is here as {also} too{unknown}", first.text)
        }
        several => {
            let several: Vec<&str> = several.iter().map(|key| key.text.as_str()).collect();
            format!("one of {}; --by says which{unknown}", several.join("; "))
        }
    })
}

/// What waits: facts to review, disputes of one's own facts, files of drafts. In a copy to read
/// nothing can be done about them.
fn waits(
    context: &Context,
    view: &View<'_>,
    names: &Names,
    is_read_only: bool,
) -> Result<Vec<String>, CliError> {
    let mut waits = Vec::new();
    if let Ok((name, person)) = provenance::reviewer(context, view, names) {
        match waiting_for(view, &person).len() {
            some if some == 0 || is_read_only || here(context, view)?.is_empty() => {
                waits.push(waiting::sentence(some, &name))
            }
            some => {
                // Any key of the one person.
                let first = match context.needs_by(&view.state().fold.roster)? {
                    true => here(context, view)?.first().map(|(name, _)| name.to_string()),
                    false => None,
                };
                let by = context.global.editor.as_deref().or(first.as_deref());
                let review = context.global.signing_command("review", by);
                waits.push(format!("{}: {review}", waiting::sentence(some, &name)));
            }
        }
        let line = |position: &u64| {
            let log = context.global.command(&format!("log {position}"));
            format!("fact {position} of yours is disputed: {log}")
        };
        waits.extend(disputed(view, &person).iter().map(line));
    }
    let has_keys = has_keys(&view.record.paths.keys)?;
    let drafts = match is_read_only || !has_keys {
        true => Vec::new(),
        false => drafts(view)?,
    };
    if has_keys && !view.record.is_published() {
        let outbox = context.global.command("outbox");
        waits.extend(waiting::outbox(still_waiting(&view.record.paths)?.count(), &outbox));
    }
    for KeptDrafts { path, by } in drafts.iter().take(LISTED) {
        let file = shell_path(path);
        let of = by.as_ref().map(|by| format!(" of {}", visible(by))).unwrap_or_default();
        if let Some(by) = by.as_deref().filter(|by| !is_secret_here(view, by)) {
            let by = visible(by);
            waits.push(format!(
                "drafts{of} that are not written, and no key {by} is here: rm {file} gives them up"
            ));
            continue;
        }
        let by = by.as_deref().or(context.global.editor.as_deref());
        let by = match by {
            None if context.needs_by(&view.state().fold.roster)? => Some("NAME"),
            by => by,
        };
        let enter = context.global.signing_command(&format!("append {file}"), by);
        let line = format!("drafts{of} that are not written: {enter} (or remove the file)");
        waits.push(line);
    }
    if let Some(more) = drafts.len().checked_sub(LISTED).filter(|more| *more > 0) {
        waits.push(format!("and {} of drafts", counted(more as u64, "more file")));
    }
    Ok(waits)
}

/// Whether a secret key of this name is here.
fn is_secret_here(view: &View<'_>, name: &str) -> bool {
    let keys = KeyFolder::open(&view.record.paths.keys);
    let look = |keys: KeyFolder| keys.look(KeyName::new(name)?);
    // What cannot be looked at is reported where it is used.
    keys.and_then(look).map_or(true, |listed| listed.held != KeyPresence::Elsewhere)
}

/// The open disputes of a person's facts.
fn disputed(view: &View<'_>, person: &Person) -> Vec<u64> {
    let state = view.state();
    let own = state.fold.facts().iter().filter(|fact| {
        fact.retraction().is_none() && state.history.person(fact.author) == Some(person)
    });
    let disputed = own.filter(|fact| !fact.disputes().is_empty());
    disputed.map(|fact| fact.position).collect()
}

/// A file of drafts, and the name of the key that was to sign them.
struct KeptDrafts {
    path: PathBuf,
    by: Option<String>,
}

/// The files of drafts that were typed for this record, by name; they may be of several records.
fn drafts(view: &View<'_>) -> Result<Vec<KeptDrafts>, CliError> {
    let record = view.event(0)?.map(|event| event.hash());
    let mut drafts = Vec::new();
    // What cannot be read hides nothing else.
    let read = |failure: CliError| {
        let why = match &failure {
            CliError::Ledger(error) => chain(error),
            other => other.message(),
        };
        note(format!("note: drafts are not listed: {why}"));
    };
    let kept = kept_files(&view.record.paths.drafts()).unwrap_or_else(|failure| {
        read(failure);
        Vec::new()
    });
    for path in kept {
        let origin = match DraftOrigin::of(&path) {
            Ok(origin) => origin,
            Err(failure) => {
                read(failure);
                continue;
            }
        };
        let is_here =
            origin.as_ref().zip(record).is_none_or(|(origin, record)| origin.is_of(&record));
        if is_here {
            let by = origin.and_then(|origin| origin.by().map(str::to_owned));
            drafts.push(KeptDrafts { path, by });
        }
    }
    Ok(drafts)
}

/// From which event on there is something new, and the line that says so.
struct Since {
    from: u64,
    /// Whether the record is a continuation of what was seen.
    goes_on: bool,
    text: String,
}

/// `is_part`: the record here is a part, or a copy that does not go on by itself.
fn since(view: &View<'_>, last: Option<&LastLook>, is_part: bool) -> Result<Since, CliError> {
    let size = view.as_of().size;
    let Some(last) = last else {
        return Ok(Since { from: size, goes_on: true, text: "this is your first look".to_owned() });
    };
    let at = minute(Some(last.at));
    let event = match last.size.checked_sub(1) {
        Some(event) if event < size => view.event(event)?,
        _ => None,
    };
    if event.map(|event| event.hash()) != Some(last.head) {
        let text = match last.size > size {
            true if is_part => format!(
                "at your last look, {at}, there were {} events, and here are {size}: an older copy",
                last.size
            ),
            // An older copy is none of another record; whether something was lost, `verify` says.
            true => format!(
                "at your last look, {at}, there were {} events, and here are {size}: an older \
                 copy, or some were lost (annals verify)",
                last.size
            ),
            false => format!(
                "at your last look, {at}, there were {} events, and these are not a continuation \
                 of them: annals verify",
                last.size
            ),
        };
        return Ok(Since { from: size, goes_on: false, text });
    }
    let text = match size - last.size {
        0 => format!("nothing new since {at}"),
        1 => format!("1 event since {at}"),
        more => format!("{more} events since {at}"),
    };
    Ok(Since { from: last.size, goes_on: true, text })
}

/// The last look at the record of a view.
fn last_look(
    context: &Context,
    view: &View<'_>,
    path: &Path,
) -> Result<Option<LastLook>, CliError> {
    if is_closed(path) {
        return Ok(None);
    }
    let looker = looker(context, view)?;
    Ok(looker.and_then(|looker| last_looks(path).records.remove(&looker)))
}

/// Under which name a look is remembered: the hash of event 0, which is the name of a record; of
/// one of several persons whose keys are here, that with the key.
fn looker(context: &Context, view: &View<'_>) -> Result<Option<Hash>, CliError> {
    let Some(record) = view.event(0)?.map(|event| event.hash()) else { return Ok(None) };
    let is_one_of_several = all_here(context, view)?.len() > 1;
    Ok(Some(match here(context, view)?.as_slice() {
        [(_, member)] if is_one_of_several => {
            Hash::of(&[record.to_string().as_bytes(), member.key.to_string().as_bytes()])
        }
        _ => record,
    }))
}

/// The last looks; a file that cannot be read, or says not of which record it is, counts for
/// nothing.
fn last_looks(path: &Path) -> LastLooks {
    match read_optional(path, BOUND) {
        Ok(None) => LastLooks::default(),
        Ok(Some(bytes)) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(error) => {
            note(format!("warning: {}", chain(&error)));
            LastLooks::default()
        }
    }
}

/// Failing to remember is no failure of the answer.
fn remember(path: &Path, looks: &LastLooks) -> Result<(), CliError> {
    let text = serde_json::to_string(looks).map_err(std::io::Error::other)?;
    if let Err(error) = disk::replace(path, format!("{text}\n").as_bytes(), FileMode::Private) {
        let error = LedgerError::from(error);
        note(format!("warning: this look is not remembered: {}", chain(&error)));
    }
    Ok(())
}
