//! `annals outbox`: signed events that may not be in the record yet; to send them again, or to
//! give them up.
//!
//! Always holds: what is sent again are the same statements, so nothing is written twice. Not here:
//! how they came there (`submit`).

use crate::cli::render::objects::objects;
use crate::cli::shared::WriteStatus;
use crate::cli::shared::draft_file::forget_submitted;
use crate::cli::shared::submit::note_overtaken;
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, done_as, formats, json, note, out,
    visible,
};
use crate::keys::KeyFolder;
use crate::ledger::error::{KeptEvents, LedgerError, chain};
use crate::ledger::exchange::submitting::{CopyServer, still_waiting};
use crate::ledger::paths::Paths;
use crate::ledger::query::content_text::statement_text;
use crate::ledger::query::event::on;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::append::resend_way;
use crate::ledger::write::earlier::{SupersededEvent, SupersededKind, overtaken, why_refused};
use crate::ledger::write::outbox::{
    DamagedFile, OutboxFiles, WaitingEvents, is_late, is_movable, same_act, short_name,
};
use crate::ledger::write::prepared_batch::Receipt;
use crate::ledger::write::repeats::written_since;
use crate::ledger::write::slice::Needs;
use crate::ledger::write::writer::{RecordServer, SentEvents};
use annals_core::event::Entry;
use annals_core::event::args::Args as EventArgs;
use annals_core::event::body::{Body, Content};
use annals_core::event::record::{Reading, Statement};
use annals_core::event::vocabulary::Type;
use annals_core::rule::Rule;
use annals_core::text::in_quotes;
use annals_core::time::Time;
use annals_core::verdict::Verdict;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;

/// Show signed events that wait to be written, send them again, or give them up
#[derive(Debug, Args)]
pub struct OutboxArgs {
    #[command(subcommand)]
    what: Option<OutboxCommand>,
}

#[derive(Debug, Subcommand)]
enum OutboxCommand {
    /// Send what waits to the server again: the same bytes, so that nothing is written twice
    Send,
    /// Give up what waits under this name; the server may have placed it all the same
    Drop {
        /// Its name, or 8 or more of its first digits
        name: String,
    },
}

impl Command for OutboxArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        // A reader has no folder of keys, so nothing waits. A folder that is named must exist.
        if context.global.keys.is_some() {
            KeyFolder::open(&context.paths()?.keys)?;
        }
        match self.what {
            None => list(context),
            Some(OutboxCommand::Send) => send(context),
            Some(OutboxCommand::Drop { name }) => give_up(context, &name),
        }
    }
}

/// What waits, for programs.
#[derive(Serialize)]
struct OutboxReport {
    waiting: Vec<WaitingJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<DamagedJson>,
}

/// A file that cannot be read.
#[derive(Serialize)]
struct DamagedJson {
    name: String,
    file: String,
    why: String,
}

impl DamagedJson {
    fn of(damaged: &DamagedFile) -> DamagedJson {
        let DamagedFile { path, name, why } = damaged;
        DamagedJson {
            name: name.clone(),
            file: path.to_string_lossy().into_owned(),
            why: why.clone(),
        }
    }

    /// One line for people.
    fn line(&self) -> String {
        let name = short_name(&self.name);
        with_places(&format!(
            "{name}: cannot be read: {}: {}; run the command that signed it again, which signs it \
             anew; annals outbox drop {name} removes the file",
            visible(&self.file),
            visible(&self.why)
        ))
        .into_owned()
    }
}

/// Events that were signed together.
#[derive(Serialize)]
struct WaitingJson {
    name: String,
    /// When they were signed, by the editor's clock.
    said: Option<Time>,
    events: Vec<WaitingEventJson>,
}

#[derive(Serialize)]
struct WaitingEventJson {
    #[serde(rename = "type")]
    kind: Option<Type>,
    /// The facts or documents that it acts on.
    on: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<String>,
    /// What it acts on, and its words, for people.
    #[serde(skip)]
    object: String,
}

/// The greatest number of events of one submission that are shown in its line.
const SHOWN: usize = 3;

impl WaitingJson {
    /// Events that wait; the view is of the record here, if it can be read.
    fn of(waiting: &WaitingEvents, view: Option<&View<'_>>) -> WaitingJson {
        let readings = || waiting.entries.iter().map(|entry| Reading::of(&entry.record));
        let events = readings().zip(&waiting.entries).map(|(reading, entry)| {
            let args = reading.statement.as_ref().map(|statement| &statement.args);
            let on = args.map(|args| acts_on(args, view)).unwrap_or_default();
            WaitingEventJson {
                kind: args.map(EventArgs::kind),
                object: object(args, &on, entry.body.as_deref()),
                claim: entry.body.as_deref().and_then(claim),
                on,
            }
        });
        WaitingJson {
            name: waiting.name(),
            said: readings().next().and_then(|reading| Some(reading.statement?.said)),
            events: events.collect(),
        }
    }

    /// One line for people.
    fn line(&self) -> String {
        let name = short_name(&self.name);
        let said = self.said.map(|said| format!(", signed {}", said.as_str())).unwrap_or_default();
        let what = match self.events.as_slice() {
            [WaitingEventJson { kind: Some(Type::FactAsserted), claim: Some(claim), .. }] => {
                visible(claim)
            }
            [WaitingEventJson { kind: Some(kind), object, .. }] => format!("{kind}{object}"),
            more => {
                let object = |event: &WaitingEventJson| match (&event.claim, event.kind) {
                    (Some(claim), Some(Type::FactAsserted)) => format!("“{}”", visible(claim)),
                    (_, Some(kind)) => format!("{kind}{}", event.object),
                    (_, None) => String::new(),
                };
                let shown: Vec<String> = more.iter().take(SHOWN).map(object).collect();
                let rest = more.len().checked_sub(SHOWN).filter(|rest| *rest > 0);
                let rest = rest.map(|rest| format!(" and {rest} more")).unwrap_or_default();
                format!("{} events: {}{rest}", more.len(), shown.join(", "))
            }
        };
        format!("{name}{said}: {what}")
    }
}

/// The facts or documents that an event acts on by the record here; the positions that it names,
/// where the record does not have them.
fn acts_on(args: &EventArgs, view: Option<&View<'_>>) -> Vec<u64> {
    let positions = args.positions();
    let known = |view: &View<'_>| on(view, u64::MAX, args);
    let mut found = view.filter(|_| !positions.is_empty()).map(known).unwrap_or_default();
    if found.is_empty() {
        found = positions;
    }
    found
}

/// What an event acts on, and its words: ` 3 (revision 5) “One.”`.
fn object(args: Option<&EventArgs>, on: &[u64], body: Option<&[u8]>) -> String {
    let about = args.map(|args| objects(args, on)).unwrap_or_default();
    let content = body.and_then(|body| Body::parse(body).ok()).map(|body| body.content);
    let words = content.and_then(|content| match content {
        Content::DocumentCaptured(content) => Some(content.title.to_string()),
        Content::FactCorrected(content) => Some(content.fact.claim.to_string()),
        content => statement_text(Ok(&content)).statement,
    });
    let words = words.map(|words| format!(" “{}”", visible(&words))).unwrap_or_default();
    format!("{about}{words}")
}

/// What is made of all that waits: by a view of the record here, if it can be read.
fn waiting_json(paths: &Paths, waiting: &[WaitingEvents]) -> Vec<WaitingJson> {
    let record = (!waiting.is_empty()).then(|| Record::open(paths.clone()).ok()).flatten();
    let view = record.as_ref().and_then(|it| View::some(it, it.size(), &no_fact).ok());
    waiting.iter().map(|one| WaitingJson::of(one, view.as_ref())).collect()
}

fn claim(body: &[u8]) -> Option<String> {
    Some(Body::parse(body).ok()?.content.fact()?.claim.to_string())
}

fn list(context: &mut Context) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    paths.expect_ledger()?;
    let OutboxFiles { waiting, damaged } = still_waiting(&paths)?;
    let waiting = waiting_json(&paths, &waiting);
    let damaged: Vec<DamagedJson> = damaged.iter().map(DamagedJson::of).collect();
    let mut out = out(context.format());
    match context.format() {
        Format::Text if waiting.is_empty() && damaged.is_empty() => {
            writeln!(out, "nothing waits")?;
        }
        Format::Text => {
            for one in &waiting {
                writeln!(out, "{}", one.line())?;
            }
            for one in &damaged {
                writeln!(out, "{}", one.line())?;
            }
        }
        _ => json(&mut out, &OutboxReport { waiting, damaged })?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}

/// What became of what waited, for programs.
#[derive(Serialize)]
struct SentReport {
    status: WriteStatus,
    sent: Vec<SentJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    damaged: Vec<DamagedJson>,
}

#[derive(Serialize)]
struct SentJson {
    name: String,
    status: WriteStatus,
    /// Position of the first event.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    count: u64,
    /// Why it was not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Whether the record refuses it, and to send it again is of no use.
    #[serde(skip)]
    is_refused: bool,
}

fn send(context: &mut Context) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    paths.expect_ledger()?;
    let OutboxFiles { waiting, damaged } = still_waiting(&paths)?;
    let Some(server) = context.copy_server(&paths)? else {
        return Err(crate::ledger::exchange::submitting::no_server(&paths)?.into());
    };
    // What the pull brought is placed already: its receipt is given again.
    let left: Vec<String> =
        still_waiting(&paths)?.waiting.iter().map(WaitingEvents::name).collect();
    let (mut sent, mut first, now) = (Vec::new(), None, context.clock.peek());
    for one in &waiting {
        if left.contains(&one.name()) {
            match found_before(&paths, &server, one)? {
                FoundBefore::Nothing => {}
                FoundBefore::Same(position, over) => {
                    one.keeping.forget()?;
                    note_overtaken(&over);
                    sent.push(SentJson::placed(one, WriteStatus::Already, position));
                    continue;
                }
                FoundBefore::Refused(error) => {
                    sent.push(SentJson::of_error(one, &error));
                    first.get_or_insert(error);
                    continue;
                }
            }
        }
        let (done, failed) = send_one(&server, one, now)?;
        if let Some(first) = done.position.filter(|_| !left.contains(&one.name())) {
            let receipt = Receipt { first, count: done.count, already: true };
            note_overtaken(&overtaken_of(&server, receipt)?);
        }
        sent.push(done);
        first = first.or(failed);
    }
    let written = sent.iter().filter(|one| one.position.is_some());
    forget_submitted(context, &written.map(|one| one.name.as_str()).collect::<Vec<_>>())?;
    let damaged: Vec<DamagedJson> = damaged.iter().map(DamagedJson::of).collect();
    let exit = match damaged.is_empty() {
        true => Exit::Yes,
        false => Exit::from(Verdict::CouldNotTell),
    };
    let exit = first.map_or(exit, |error| Exit::from(error.verdict()));
    let status = match (sent.is_empty() && damaged.is_empty(), exit) {
        (true, _) => WriteStatus::Nothing,
        (_, Exit::Yes) => WriteStatus::Written,
        (_, _) => WriteStatus::Refused,
    };
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text if status == WriteStatus::Nothing => writeln!(out, "nothing waits")?,
        Format::Text => {
            sent.iter().try_for_each(|one| writeln!(out, "{}", one.line()))?;
            damaged.iter().try_for_each(|one| writeln!(out, "{}", one.line()))?;
        }
        _ => json(&mut out, &SentReport { status, sent, damaged })?,
    }
    out.flush()?;
    Ok(exit)
}

/// Sends what waits under one name: what became of it, and the error if it was not written.
fn send_one(
    server: &CopyServer,
    one: &WaitingEvents,
    now: Time,
) -> Result<(SentJson, Option<LedgerError>), CliError> {
    let placed = server.place(&SentEvents { entries: &one.entries, documents: &[] }, None);
    let error = match placed {
        Ok(position) => {
            one.keeping.prune_to_records(&one.entries)?;
            return Ok((SentJson::placed(one, WriteStatus::Written, position), None));
        }
        Err(LedgerError::ServerRefused { status: 422, .. }) if is_late(&one.entries, now) => {
            LedgerError::Outrun("they were signed for an earlier time".to_owned())
        }
        Err(LedgerError::NotSent { address, why, reached, .. }) => {
            let kept = resend_way(&one.entries);
            LedgerError::NotSent { address, why, reached, kept }
        }
        Err(error) => error,
    };
    Ok((SentJson::of_error(one, &error), Some(error)))
}

/// What the record has of what waits, before it is sent again.
enum FoundBefore {
    /// Nothing.
    Nothing,
    /// Another machine of this key wrote this act, at this position; and how it stands.
    Same(u64, Vec<SupersededEvent>),
    /// What it is not sent again for.
    Refused(LedgerError),
}

fn found_before(
    paths: &Paths,
    server: &CopyServer,
    one: &WaitingEvents,
) -> Result<FoundBefore, LedgerError> {
    if let Some(kind) = one.entries.first().and_then(kind)
        && !is_of_history(&one.entries, paths)?
    {
        let why =
            "it was signed after an event that this record does not have: for another record \
                   of this name, or for one that lost events; it was not sent; the command that \
                   signed it signs it anew for this one"
                .to_owned();
        return Ok(FoundBefore::Refused(LedgerError::NotAllowed { kind, why }));
    }
    if let [entry] = one.entries.as_slice()
        && let Some(kind) = kind(entry)
        && is_movable(entry)
        && let Some(position) = same_act(entry, &Record::open(paths.clone())?.source)?
    {
        let over = overtaken_of(server, Receipt { first: position, count: 1, already: true })?;
        if over.iter().all(|act| act.kind == SupersededKind::Entry) {
            return Ok(FoundBefore::Same(position, over));
        }
        let why = format!(
            "{}; the command that signed it writes it once more with --again",
            why_refused(&over)
        );
        return Ok(FoundBefore::Refused(LedgerError::NotAllowed { kind, why }));
    }
    Ok(match came_since(server, one)? {
        Some(why) => {
            FoundBefore::Refused(LedgerError::NotAllowed { kind: Type::FactAsserted, why })
        }
        None => FoundBefore::Nothing,
    })
}

/// Whether the record has the event after which the first of these was signed.
fn is_of_history(entries: &[Entry], paths: &Paths) -> Result<bool, LedgerError> {
    let statement = entries.first().and_then(|entry| Reading::of(&entry.record).statement);
    let Some(Statement { base, after: Some(after), .. }) = statement else { return Ok(true) };
    let before = base.checked_sub(1).map(|before| Record::open(paths.clone())?.event(before));
    let before = before.transpose()?.flatten();
    Ok(before.is_some_and(|event| event.reading.hash == after))
}

/// Which of the events of a receipt do not hold any more.
fn overtaken_of(
    server: &CopyServer,
    receipt: Receipt,
) -> Result<Vec<SupersededEvent>, LedgerError> {
    let mut writer = server.writer()?;
    writer.need(&Needs::positions(receipt.first..receipt.first.saturating_add(receipt.count)))?;
    Ok(overtaken(&writer.verifier.chain.state, &receipt))
}

/// Why what waits repeats a fact that the record got from elsewhere since it was signed.
fn came_since(server: &CopyServer, one: &WaitingEvents) -> Result<Option<String>, LedgerError> {
    if !one.entries.iter().any(|entry| kind(entry) == Some(Type::FactAsserted)) {
        return Ok(None);
    }
    let mut writer = server.writer()?;
    for entry in &one.entries {
        if let Some(why) = written_since(&mut writer, entry)? {
            return Ok(Some(why));
        }
    }
    Ok(None)
}

fn kind(entry: &Entry) -> Option<Type> {
    Reading::of(&entry.record).statement.map(|statement| statement.kind)
}

/// Whether sending them again is of no use, and neither is the command that signed them. A key that
/// the server does not know may be enrolled yet.
fn is_refused(error: &LedgerError, again: KeptEvents) -> bool {
    match error {
        LedgerError::NotAllowed { .. } => true,
        LedgerError::ServerRefused { status: 401, rule, .. } => {
            *rule != Some(Rule::SignerUnknown.number())
        }
        LedgerError::ServerRefused { status: 403, .. } => true,
        LedgerError::ServerRefused { status: 400 | 422, .. } => again == KeptEvents::ByOutbox,
        _ => false,
    }
}

impl SentJson {
    /// What is in the record from this position on.
    fn placed(one: &WaitingEvents, status: WriteStatus, position: u64) -> SentJson {
        let (name, count, position) = (one.name(), one.entries.len() as u64, Some(position));
        SentJson { name, status, position, count, why: None, is_refused: false }
    }

    /// What was not written because of an error.
    fn of_error(one: &WaitingEvents, error: &LedgerError) -> SentJson {
        let (name, count) = (one.name(), one.entries.len() as u64);
        let is_refused = is_refused(error, resend_way(&one.entries));
        let short = short_name(&name);
        let why = match error {
            LedgerError::Outrun(_) if count == 1 => format!(
                "the record or the time went on further than this event may be placed after what \
                 it was signed for: run the command that signed it again; where that signs \
                 another, annals outbox drop {short} gives this one up"
            ),
            LedgerError::Outrun(_) => format!(
                "the record or the time went on, and these events keep their places: run the \
                 command that signed them again; where that signs others, annals outbox drop \
                 {short} gives these up"
            ),
            LedgerError::NotAllowed { why, .. } => {
                format!("{why}; annals outbox drop {short} gives it up")
            }
            error if is_refused => format!(
                "{}; as the record is now these bytes are not taken: annals outbox drop {short} \
                 gives them up",
                chain(error)
            ),
            error => chain(error),
        };
        let why = with_places(&why).into_owned();
        let (status, why) = (WriteStatus::Refused, Some(why));
        SentJson { name, status, position: None, count, why, is_refused }
    }

    fn line(&self) -> String {
        let name = short_name(&self.name);
        match (self.position, &self.why) {
            (Some(position), _) if self.status == WriteStatus::Already => {
                format!("{name}: already at {position}")
            }
            (Some(position), _) if self.count == 1 => format!("{name}: written at {position}"),
            (Some(position), _) => {
                let last = position + self.count.saturating_sub(1);
                format!("{name}: written at {position} to {last} ({} events)", self.count)
            }
            (None, why) => {
                let what = if self.is_refused { "is refused" } else { "waits still" };
                format!("{name}: {what}: {}", visible(why.as_deref().unwrap_or_default()))
            }
        }
    }
}

/// What was given up, for programs.
#[derive(Serialize)]
struct DroppedReport {
    status: WriteStatus,
    name: String,
}

fn give_up(context: &mut Context, name: &str) -> Result<Exit, CliError> {
    let paths = context.paths()?;
    paths.expect_ledger()?;
    let OutboxFiles { waiting, damaged } = still_waiting(&paths)?;
    let is_named = |whole: &str| name.len() >= 8 && whole.starts_with(name);
    let found: Vec<&WaitingEvents> = waiting.iter().filter(|one| is_named(&one.name())).collect();
    let broken: Vec<&DamagedFile> = damaged.iter().filter(|one| is_named(&one.name)).collect();
    let question = "give this up?";
    let name = match (found.as_slice(), broken.as_slice()) {
        ([one], []) => {
            let shown = waiting_json(&paths, std::slice::from_ref(*one));
            shown.iter().for_each(|one| note(one.line()));
            ask::confirm_write(context.global.yes, question)?;
            one.keeping.forget()?;
            one.name()
        }
        ([], [one]) => {
            note(DamagedJson::of(one).line());
            ask::confirm_write(context.global.yes, question)?;
            one.remove()?;
            one.name.clone()
        }
        _ => {
            return Err(LedgerError::NotFound(format!(
                "expected the name of one that waits, found {}; annals outbox shows them",
                in_quotes(name)
            ))
            .into());
        }
    };
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => writeln!(out, "given up; a server that has it may still write it")?,
        _ => json(&mut out, &DroppedReport { status: WriteStatus::Written, name })?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}
