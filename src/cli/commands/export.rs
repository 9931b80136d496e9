//! `annals export`: the record in a bag that can be opened without this program.

use crate::archive::bag::target::FolderBagTarget;
use crate::cli::render::provenance;
use crate::cli::shared::{JobsArgs, WriteStatus, named_keys};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, done_as, formats, json, note,
    shown_path,
};
use crate::disk::{self, Links};
use crate::keys::KeyFolder;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::export::{ExportOptions, export};
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::folder_kind::expect_free_ground;
use crate::ledger::query::point::Bound;
use crate::ledger::shell_word::shell_path;
use annals_core::key::SecretKey;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write the record, whole or up to a point, into a bag that outlives this program
///
/// A bag is a BagIt folder (RFC 8493): the journal, bodies, documents, checkpoints and tiles; the
/// state as JSON, the facts as CSV and in the words of schema.org, PREMIS events, RO-Crate
/// metadata, earlier states with a TimeMap; and VERIFY.txt, which says how to check all of it with
/// sha512sum, openssl and python3. It holds what the ledger holds, sealed words too: what may be
/// shown to everybody is for annals publish.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The folder to make; it must not be there yet
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Only what the record held at this point; needs the log key or its marks [default: head]
    #[arg(long, value_name = "POINT")]
    as_of: Option<String>,
    /// Leave the log key's signatures out where it is not at hand
    #[arg(long)]
    unsigned: bool,
    #[command(flatten)]
    jobs: JobsArgs,
}

/// What was exported, for programs.
#[derive(Serialize)]
struct ExportReceipt {
    status: WriteStatus,
    folder: String,
    size: u64,
    of: u64,
    files: u64,
    checkpoint: Option<BagCheckpoint>,
    signed: bool,
}

/// The checkpoint in the bag.
#[derive(Serialize)]
struct BagCheckpoint {
    size: u64,
}

impl Command for ExportArgs {
    const GROUP: Group = Group::Archivist;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

/// The log keys in a folder of keys; none if there is no such folder.
fn log_keys(folder: &Path) -> Result<Vec<SecretKey>, LedgerError> {
    match disk::kind(folder, Links::Follow)?.is_some() {
        true => Ok(KeyFolder::open(folder)?.log_keys()?.keys),
        false => Ok(Vec::new()),
    }
}

fn run(context: &mut Context, args: ExportArgs) -> Result<Exit, CliError> {
    let record = context.signed_record()?;
    named_keys::expect_there(context, named_keys::NOT_WRITTEN)?;
    expect_unprotected(&args.to, &ProtectedPlace::of(&record.paths))?;
    expect_free_ground(&args.to)?;
    let until = match &args.as_of {
        Some(text) => provenance::point(context, &record, text, Bound::End)?,
        None => record.size(),
    };
    let jobs = args.jobs.count();
    let (keys, unread) = match log_keys(&record.paths.keys) {
        Ok(keys) => (keys, None),
        Err(why) if args.unsigned => (Vec::new(), Some(chain(&why))),
        Err(why) => return Err(why.into()),
    };
    let mut target = FolderBagTarget::open(&args.to, context.wait()?).map_err(LedgerError::from)?;
    let progress = Progress::new(record.size(), "verify");
    let report = |step, done| progress.step(step, done);
    let steps = Steps(Some(&report));
    let options = ExportOptions { until, jobs, unsigned: args.unsigned, steps };
    let exported = export(&record, &keys, &options, &mut target)?;
    drop(progress);
    let mut out = done_as(context.format());
    let unsigned = match unread {
        Some(why) => format!("note: the log key is not at hand ({why}): the bag is not signed"),
        None => "note: the log key is not at hand: the bag is not signed".to_owned(),
    };
    if context.format() != Format::Text {
        let receipt = ExportReceipt {
            status: WriteStatus::Written,
            folder: args.to.display().to_string(),
            size: exported.size,
            of: exported.of,
            files: exported.files,
            checkpoint: exported.checkpoint.map(|size| BagCheckpoint { size }),
            signed: exported.signed,
        };
        json(&mut out, &receipt)?;
        out.flush()?;
        if !exported.signed {
            note(unsigned);
        }
        return Ok(Exit::Yes);
    }
    let (size, of, files) = (exported.size, exported.of, exported.files);
    writeln!(out, "exported {size} of {of} events, {files} files, to {}", shown_path(&args.to))?;
    match exported.checkpoint {
        Some(signed) => writeln!(out, "checkpoint: of size {signed}")?,
        None => writeln!(out, "checkpoint: none")?,
    }
    match exported.signed {
        true => writeln!(out, "the log key signed the bag")?,
        false => note(unsigned),
    }
    writeln!(out, "VERIFY.txt in it says how to check it; annals verify {}", shell_path(&args.to))?;
    out.flush()?;
    Ok(Exit::Yes)
}
