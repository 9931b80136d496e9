//! `annals import`: makes a ledger of a bag, or of a published record.

use crate::archive::bag::read::{is_bag, is_partial, sizes};
use crate::archive::cache::CachePlace;
use crate::cli::shared::{JobsArgs, WriteStatus};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done_as, formats, json,
    note, shown_path,
};
use crate::disk::{self, Links};
use crate::keys::KeyFolder;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::import::{ImportOptions, import};
use crate::ledger::exchange::published_copy::{PublishedImport, import_published};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::file_kind::found_at;
use crate::ledger::folder_kind::any_kind;
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use annals_core::key::PublicKey;
use annals_core::verify::source::Source;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Make a ledger of a bag or a published record: a copy to read, or with --take-over the one that
/// goes on
///
/// A published record, in its folder or at its http(s) address, is verified whole and becomes a
/// copy to read, without what is sealed or redacted. Only a bag can be taken over.
///
/// Taken over with the log key and its memory (log.marks) at hand, which must end where the bag
/// ends, the ledger goes on as if it had never left. Without them nobody can know whether the log
/// key has signed more elsewhere: an admin then first names a new one, with annals ledger rekey
/// --reason compromised. Make sure that nobody writes to the ledger that the bag was made of.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The bag, the published directory, or the address of a published record
    #[arg(value_name = "BAG|DIR|URL")]
    bag: PathBuf,
    /// The ledger's folder to make; it must not be there yet
    #[arg(long, value_name = "LEDGER")]
    to: PathBuf,
    /// Go on with this ledger: only where the one that the bag was made of is lost, or left for
    /// good
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    jobs: JobsArgs,
}

/// What was imported, for programs.
#[derive(Serialize)]
struct ImportReceipt {
    status: WriteStatus,
    folder: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<u64>,
    /// Whether it can be written to.
    taken_over: bool,
    /// The log key that signs nothing here any more, if it was not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_key: Option<PublicKey>,
}

impl ImportReceipt {
    fn of(paths: &Paths, size: u64, imported: ImportStatus) -> ImportReceipt {
        ImportReceipt {
            status: WriteStatus::Written,
            folder: paths.ledger.display().to_string(),
            size,
            part_of: match imported {
                ImportStatus::ReadOnly(of) if of > size => Some(of),
                _ => None,
            },
            taken_over: !matches!(imported, ImportStatus::ReadOnly(_)),
            old_key: match imported {
                ImportStatus::Rekey(key) => Some(key),
                _ => None,
            },
        }
    }
}

impl Command for ImportArgs {
    const GROUP: Group = Group::Archivist;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ImportArgs) -> Result<Exit, CliError> {
    if let Some(place) = PublishedPlace::of(&args.bag)? {
        return published(context, &place, args);
    }
    let bag = &args.bag;
    if !is_bag(bag)? && !is_partial(bag)? {
        let found = found_at(bag)?.unwrap_or("none");
        let none = match PublishedPlace::without_scheme(bag) {
            Some(hint) => format!("{found}; {hint}"),
            None => format!(
                "{found}: name a bag that annals export wrote, a folder that annals publish wrote, \
                 or the address of a published record"
            ),
        };
        let found = any_kind(bag)?.unwrap_or(none);
        let bag = bag.display();
        let why = format!("expected a bag or a published record at {bag}, found {found}");
        return Err(LedgerError::NotFound(why).into());
    }
    let paths = Paths::new(args.to, context.global.keys.clone());
    let keys = match args.take_over && disk::kind(&paths.keys, Links::Follow)?.is_some() {
        true => KeyFolder::open(&paths.keys)?.log_keys()?.keys,
        false => Vec::new(),
    };
    let take_over = args.take_over.then_some(keys.as_slice());
    let jobs = args.jobs.count();
    let progress = Progress::new(sizes(&args.bag)?.map_or(0, |sizes| sizes.bag), "verify");
    let report = |step, done| progress.step(step, done);
    let options =
        ImportOptions { take_over, jobs, wait: context.wait()?, steps: Steps(Some(&report)) };
    let made = import(&args.bag, &paths, &options)?;
    drop(progress);
    let (size, to) = (made.size, shown_path(&paths.ledger));
    let mut out = done_as(context.format());
    match (context.format(), made.imported) {
        (Format::Text, ImportStatus::ReadOnly(of)) if of > size => {
            writeln!(out, "imported a part, {size} of {of} events to {to}: a copy to read")?;
        }
        (Format::Text, ImportStatus::ReadOnly(_)) => {
            writeln!(out, "imported {} to {to}: a copy to read", counted(size, "event"))?;
        }
        (Format::Text, ImportStatus::No) => {
            writeln!(out, "taken over: {} at {to}; it goes on from there", counted(size, "event"))?;
        }
        (Format::Text, ImportStatus::Rekey(_)) => {
            let events = counted(size, "event");
            writeln!(out, "taken over: {events} at {to}; it goes on with a new log key")?;
        }
        (_, imported) => json(&mut out, &ImportReceipt::of(&paths, size, imported))?,
    }
    out.flush()?;
    if let ImportStatus::Rekey(key) = made.imported {
        note(format!(
            "note: the log key {key} or its memory is not at hand in {}, so it may have signed \
                 more than this bag holds; before anything else an admin says annals ledger rekey \
                 --reason compromised",
            paths.keys.display()
        ));
    }
    Ok(Exit::Yes)
}

fn published(
    context: &Context,
    place: &PublishedPlace,
    args: ImportArgs,
) -> Result<Exit, CliError> {
    if args.take_over {
        return Err(CliError::usage(
            "--take-over: expected a bag, found a published record, which has nothing of what is \
             sealed; import it without --take-over to read it",
        ));
    }
    let paths = Paths::new(args.to, context.global.keys.clone());
    let mut published = place.open(&CachePlace::Scratch)?.with_documents();
    let progress = Progress::new(published.size(), "import");
    let options = PublishedImport {
        jobs: args.jobs.count(),
        wait: context.wait()?,
        progress: Some(&|done| progress.at(done)),
    };
    let size = import_published(place, &mut published, &paths, &options)?;
    drop(progress);
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => {
            let (events, to) = (counted(size, "event"), shown_path(&paths.ledger));
            writeln!(out, "imported {events} to {to}: a copy to read")?;
        }
        _ => json(&mut out, &ImportReceipt::of(&paths, size, ImportStatus::ReadOnly(size)))?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}
