//! `annals tail`: the events as they come, until the command is ended.
//!
//! Always holds: of a copy, an event is shown once the copy has it, verified. Not here: writing
//! events (`render/events`), the copy (`exchange::follow`).

use crate::archive::web::shown_address;
use crate::cli::render::{Printer, provenance};
use crate::cli::shared::pull_options;
use crate::cli::terminal::{
    CliError, Command, Context, EditorOption, Exit, Format, Group, formats, note, out, span,
    wrapped,
};
use crate::disk::together::cores;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::follow::{PullDepth, PullOptions, pull};
use crate::ledger::exchange::submitting::CopyServer;
use crate::ledger::following::FollowingMark;
use crate::ledger::paths::Paths;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{on, row};
use crate::ledger::query::{ViewedEvent, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::shell_word::shell_word;
use crate::ledger::write::writer::RecordServer;
use annals_core::verify::source::SourceError;
use clap::Args;
use std::io::{ErrorKind, Write};
use std::time::{Duration, Instant};

/// Show the newest events, and each further one as it comes
///
/// In a copy, each event is shown once it is in the copy, verified: a server is asked to say when
/// there is one; published files, and a ledger here, are looked at again after a while. Ends with
/// --count events, when nobody reads on, or by Ctrl-C; exit 4 where what is published contradicts
/// the copy.
#[derive(Debug, Args)]
pub struct TailArgs {
    /// Begin with the event at this position [default: the last ten, or --count of them]
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,
    /// End after so many events
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// How often to ask if the server cannot notify
    #[arg(long, value_name = "TIME", default_value = "5s")]
    every: String,
}

/// How many events are shown first.
const LAST: u64 = 10;
/// The shortest wait.
const LEAST: Duration = Duration::from_millis(100);
/// The pause before a server that does not answer is asked again; and how long it takes at least
/// until one is asked again that had nothing new.
const PAUSE: Duration = Duration::from_secs(2);

impl Command for TailArgs {
    const GROUP: Group = Group::Archivist;
    const EDITOR: EditorOption = EditorOption::Unused;

    fn formats(&self) -> &'static [Format] {
        formats::LINES
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: TailArgs) -> Result<Exit, CliError> {
    let every = span("--every", &args.every)?.max(LEAST);
    let paths = context.paths()?;
    paths.expect_ledger().map_err(|error| match error {
        LedgerError::AnotherFolder(place, found) if found == paths.published() => {
            let shown = shell_word(&shown_address(&paths.ledger.to_string_lossy()));
            let found = format!(
                "a published record: annals clone {shown} DIR makes a copy, in which tail shows \
                 what is published from then on"
            );
            LedgerError::AnotherFolder(place, found)
        }
        error => error,
    })?;
    let server = context.copy_server(&paths)?;
    let mut shown = 0;
    let mut next = args.from;
    let mut is_first = true;
    loop {
        let record = Record::open(paths.clone())?;
        let size = record.size();
        if std::mem::take(&mut is_first) {
            if let Some(whole) = record.part_of {
                note(format!("note: a part of a record: {size} of {whole} events are here"));
            }
            if let (Some(from), Some(last)) = (args.from, size.checked_sub(1))
                && from > size
            {
                note(format!("note: there is no event {from} yet; the last is {last}"));
            }
        }
        let newest = args.count.map_or(LAST, |count| count.min(LAST));
        let from = next.unwrap_or(size.saturating_sub(newest));
        let left = args.count.map_or(u64::MAX, |count| count - shown);
        let until = size.min(from.saturating_add(left));
        if from < until {
            show(context, &record, from, until)?;
            shown += until - from;
        }
        next = Some(from.max(until));
        if args.count.is_some_and(|count| shown >= count) {
            return Ok(Exit::Yes);
        }
        match &server {
            Some(server) => wait_for_server(server, size)?,
            None => wait(context, &paths, every)?,
        }
    }
}

/// Shows the events from one position up to another.
fn show(context: &Context, record: &Record, from: u64, until: u64) -> Result<(), CliError> {
    let (view, names) = provenance::view_of(context, record, None, &no_fact)?;
    let (effects, as_of) = (Effects::new(&view, &names), view.as_of());
    let mut out = out(context.format());
    let mut printer = Printer::new(&mut out, context.format(), &as_of)?;
    let mut failed = Ok(());
    view.walk(from, until, &mut |event: &ViewedEvent| {
        let statement = event.statement();
        let on = statement.map(|statement| on(&view, event.position, &statement.args));
        let row = row(&effects, event, on.unwrap_or_default()).map_err(CliError::from);
        failed = row.and_then(|row| printer.row(&row));
        failed.is_ok()
    })?;
    failed?;
    Ok(out.flush()?)
}

/// Waits for what the server says, and brings the copy up to date. A server that does not answer,
/// or answers at once that there is nothing new, is asked again after a pause.
///
/// Errors: also where a proxy asks for a name and a password.
fn wait_for_server(server: &CopyServer, size: u64) -> Result<(), CliError> {
    let mut is_silent = false;
    loop {
        let began = Instant::now();
        let waited = match server.wait_after(size) {
            Err(why) if why.kind() == ErrorKind::PermissionDenied => {
                return Err(LedgerError::Elsewhere(SourceError {
                    what: server.address().to_owned(),
                    cause: why,
                })
                .into());
            }
            waited => waited.map_err(|why| why.to_string()),
        };
        let pulled = waited.and_then(|_| match server.pull() {
            Err(LedgerError::Elsewhere(why)) if why.cause.kind() != ErrorKind::PermissionDenied => {
                Err(chain(&why))
            }
            pulled => Ok(pulled),
        });
        match pulled.map(|pulled| pulled.map(|pulled| pulled > size)) {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => std::thread::sleep(PAUSE.saturating_sub(began.elapsed())),
            Ok(Err(error)) => return Err(error.into()),
            Err(why) => {
                if !is_silent {
                    let text = format!("note: the server does not answer ({why}); asking again");
                    note(wrapped(&text, 0));
                }
                is_silent = true;
                std::thread::sleep(PAUSE);
            }
        }
    }
}

/// Waits a while; brings a copy of published files up to date.
fn wait(context: &Context, paths: &Paths, every: Duration) -> Result<(), CliError> {
    std::thread::sleep(every);
    if !FollowingMark::is_at(paths)? {
        return Ok(());
    }
    let key = context.stamp_key()?;
    let options = pull_options(context, cores(), PullDepth::New)?;
    match pull(paths, PullOptions { key: key.as_ref(), ..options }) {
        // It may answer the next time.
        Err(LedgerError::Elsewhere(_)) => Ok(()),
        pulled => Ok(pulled.map(drop)?),
    }
}
