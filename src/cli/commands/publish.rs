//! `annals publish`: the record as static files for any web server.

use crate::archive::publish_target::FolderTarget;
use crate::cli::shared::{
    CollectReport, JobsArgs, WriteStatus, collect_for_publication, named_keys,
};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, counted, done_as, formats, json,
    note, shown_path,
};
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_folder_apart};
use crate::ledger::exchange::publish::incremental::publish_new;
use crate::ledger::exchange::publish::{Publication, PublishableRecord, expect_whole};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::exchange::witnesses::CosignatureCollection;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// Write the record as static files, only what is new
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct PublishArgs {
    /// A folder of an earlier publication of this record, or an empty or new one
    dir: PathBuf,
    #[command(flatten)]
    jobs: JobsArgs,
    /// Do not ask the witnesses of the policy to cosign first
    #[arg(long)]
    no_witness: bool,
    /// Verify the whole record first, and compare every published file with it, not only what is
    /// new
    #[arg(long)]
    verify_first: bool,
}

const AFTER_HELP: &str = "\
The record is verified first, and its checkpoint must cover all of it. The files are laid out as
C2SP tlog-tiles has it (FORMAT.md section 9); annals verify DIR, or the address at which a web
server serves it, judges them. An interrupted publication is finished by the next one. What is
sealed or redacted is not published, and is removed if it was.

Where the last publication into DIR was whole, and the last writer left the record as it judged it,
only what is new is read and written. Everywhere else, and with --verify-first, the whole record is
verified, and every file there is compared with it and written again if it is damaged or missing.

Where keys/policy names witnesses, they are asked first. Nothing is published where their
cosignatures do not meet the policy's quorum (exit 5; --no-witness publishes all the same), or where
a signed checkpoint shows another or a longer record (exit 4). An answer that nobody signed is
reported, whatever it says, and stops nothing.";

/// What was published, for programs.
#[derive(Serialize)]
struct PublishReceipt<'a> {
    status: WriteStatus,
    folder: String,
    size: u64,
    before: Option<u64>,
    files_written: u64,
    files_removed: u64,
    files_mended: u64,
    /// The answers of the witnesses, if they were asked.
    collected: Option<CollectReport<'a>>,
}

impl<'a> PublishReceipt<'a> {
    fn of(
        args: &PublishArgs,
        done: &Publication,
        asked: Option<&'a CosignatureCollection>,
    ) -> Self {
        PublishReceipt {
            status: if is_there(done) { WriteStatus::Already } else { WriteStatus::Written },
            folder: args.dir.display().to_string(),
            size: done.size,
            before: Some(done.before),
            files_written: done.written,
            files_removed: done.removed,
            files_mended: done.mended,
            collected: asked.map(CollectReport::of),
        }
    }

    /// Nothing was published, by the answers of the witnesses.
    fn refused(args: &PublishArgs, asked: &'a CosignatureCollection) -> Self {
        PublishReceipt {
            status: WriteStatus::Refused,
            folder: args.dir.display().to_string(),
            size: asked.size,
            before: None,
            files_written: 0,
            files_removed: 0,
            files_mended: 0,
            collected: Some(CollectReport::of(asked)),
        }
    }
}

/// Whether the same was published there before: nothing was written or removed.
fn is_there(done: &Publication) -> bool {
    done.before == done.size && done.size > 0 && done.written == 0 && done.removed == 0
}

impl Command for PublishArgs {
    const GROUP: Group = Group::Archivist;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: PublishArgs) -> Result<Exit, CliError> {
    let mut record = context.signed_record()?;
    record.journal()?;
    expect_whole(&record)?;
    expect_folder_apart(&args.dir, &ProtectedPlace::of(&record.paths))?;
    let jobs = args.jobs.count();
    let asked = match args.no_witness {
        true => None,
        false => {
            named_keys::expect_there(context, named_keys::NOT_PUBLISHED)?;
            collect_for_publication(context, &record)?
        }
    };
    if let Some(asked) = &asked
        && let exit = Exit::from(asked.verdict())
        && exit != Exit::Yes
    {
        note(match exit {
            Exit::Untrusted => "nothing was published; --no-witness publishes without the quorum",
            _ => "nothing was published",
        });
        if context.format() != Format::Text {
            let mut out = done_as(context.format());
            json(&mut out, &PublishReceipt::refused(&args, asked))?;
            out.flush()?;
        }
        return Ok(exit);
    }
    if asked.is_some() {
        // The checkpoint may have new lines now.
        record = context.signed_record()?;
    }
    let mut target = FolderTarget::open(&args.dir, context.wait()?)?;
    let progress = Progress::new(record.size(), "verify");
    let report = |step, done| progress.step(step, done);
    let steps = Steps(Some(&report));
    let continued = match args.verify_first {
        true => None,
        false => publish_new(&record, &mut target, steps)?,
    };
    let publication = match continued {
        Some(publication) => publication,
        None => PublishableRecord::of(&record, jobs, Some(&|done| progress.at(done)))?
            .reporting(steps)
            .publish(&mut target)?,
    };
    drop(progress);
    let mut out = done_as(context.format());
    let (dir, size) = (shown_path(&args.dir), publication.size);
    match (context.format(), publication.before) {
        (Format::Text, 0) => writeln!(out, "published {} in {dir}", counted(size, "event"))?,
        (Format::Text, before) if before == size => match is_there(&publication) {
            true => writeln!(out, "published already: {} in {dir}", counted(size, "event"))?,
            // Such as a checkpoint with more cosignatures.
            false => writeln!(out, "published anew: {} in {dir}", counted(size, "event"))?,
        },
        (Format::Text, before) => {
            writeln!(out, "published events {before} to {} in {dir}", size - 1)?;
        }
        _ => json(&mut out, &PublishReceipt::of(&args, &publication, asked.as_ref()))?,
    }
    out.flush()?;
    let written = counted(publication.written, "file");
    note(format!("{written} written, {} removed", publication.removed));
    match publication.mended {
        0 => {}
        1 => note("1 of them was damaged or missing there, and was written again"),
        more => note(format!("{more} of them were damaged or missing there, and written again")),
    }
    Ok(Exit::Yes)
}
