//! `annals append`: drafts from a file, all or nothing.

use crate::cli::ask;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{note, out, visible};
use crate::disk;
use crate::ledger::append::{Prepared, Receipt, Resumed, Signer, commit, prepare, resume};
use crate::ledger::draft::{DraftError, Placed, json_lines, toml_tables};
use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::writer::Writer;
use clap::Args;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Enter drafts from a file
#[derive(Debug, Args)]
pub struct AppendArgs {
    /// Drafts: JSON Lines (.jsonl), TOML (.toml), or - for JSON Lines on standard input
    file: PathBuf,
    /// Check and show, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Enter it again, though the same input was entered before
    #[arg(long)]
    again: bool,
}

/// The most bytes of a file of drafts.
const BOUND: u64 = 1 << 30;

pub fn run(context: &mut Context, args: AppendArgs) -> Result<Exit, Failure> {
    let drafts = read(&args.file)?;
    let folder = args.file.parent().unwrap_or(Path::new("")).to_owned();
    let options = Submission { dry_run: args.dry_run, again: args.again, folder };
    submit(context, &drafts, &options)
}

/// How drafts are submitted.
pub struct Submission {
    /// Check and show only.
    pub dry_run: bool,
    /// Enter again what was entered before.
    pub again: bool,
    /// The folder that files of drafts are relative to.
    pub folder: PathBuf,
}

/// Settles, shows, asks, writes: what every command that writes facts ends in.
pub fn submit(
    context: &mut Context,
    drafts: &[Placed],
    options: &Submission,
) -> Result<Exit, Failure> {
    if drafts.is_empty() {
        return Err(Failure::usage("there are no drafts in the input; nothing was written"));
    }
    let mut writer = context.writer()?;
    let key = context.signer(&writer)?;
    let yes = context.global.yes;
    let (clock, entropy) = (&mut context.clock, &mut *context.entropy);
    let mut signer = Signer { key: &key, clock, entropy };
    let folder = &options.folder;
    let resumed = match options.again || options.dry_run {
        true => None,
        false => resume(&mut writer, drafts, &mut signer, folder)?,
    };
    let prepared = match resumed {
        Some(Resumed::Already(receipt)) => return tell(&receipt, &writer),
        Some(Resumed::Again(prepared)) => {
            note("note: this was signed before and not written; the same bytes are written now");
            prepared
        }
        None => prepare(&mut writer, drafts, &mut signer, folder)?,
    };
    if options.dry_run || (!yes && ask::on_terminal()) {
        preview(&prepared, &mut std::io::stderr())?;
    }
    if options.dry_run {
        note(format!("{} drafts would be written; nothing was", prepared.entries.len()));
        return Ok(Exit::Yes);
    }
    ask::may_write(yes, &format!("sign and write {} events?", prepared.entries.len()))?;
    let receipt = commit(&mut writer, &prepared)?;
    tell(&receipt, &writer)
}

/// The receipt: where the events stand, and the head after them.
pub fn tell(receipt: &Receipt, writer: &Writer) -> Result<Exit, Failure> {
    let Receipt { first, count, already } = *receipt;
    let mut out = out();
    let what = if already { "already at" } else { "written at" };
    let last = first + count.saturating_sub(1);
    match count {
        1 => writeln!(out, "{what} {first}")?,
        _ => writeln!(out, "{what} {first} to {last} ({count} events)")?,
    }
    if !already && let Some(head) = writer.judge.chain.head {
        writeln!(out, "head {head}, {} events", writer.size())?;
    }
    out.flush()?;
    Ok(Exit::Yes)
}

/// One line for each prepared event.
fn preview(prepared: &Prepared, out: &mut dyn Write) -> Result<(), Failure> {
    use crate::event::body::Content;
    for (settled, position) in prepared.settled.iter().zip(prepared.first..) {
        let words = match &settled.content {
            Content::FactAsserted(content) => content.fact.claim.to_string(),
            Content::FactCorrected(content) => content.fact.claim.to_string(),
            Content::DocumentCaptured(content) => content.title.to_string(),
            Content::FactDisputed(content)
            | Content::FactUpheld(content)
            | Content::FactReinstated(content) => content.statement.to_string(),
            Content::FactRetracted(content) | Content::RelationWithdrawn(content) => {
                content.statement.to_string()
            }
            _ => String::new(),
        };
        let on = settled.args.positions().first().map(|p| format!(" {p}")).unwrap_or_default();
        writeln!(out, "{position:>6}  {}{on}  {}", settled.args.kind(), visible(&words))?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Placed>, Failure> {
    let text = match file.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().lock().take(BOUND).read_to_string(&mut text)?;
            text
        }
        false => {
            let bytes = disk::read(file, BOUND).map_err(LedgerError::from)?;
            String::from_utf8(bytes).map_err(|error| {
                Failure::usage(format!("{}: not UTF-8: {error}", file.display()))
            })?
        }
    };
    let toml = file.extension().is_some_and(|extension| extension == "toml");
    let drafts = if toml { toml_tables(&text) } else { json_lines(&text) };
    drafts.map_err(|errors| {
        let refusal = |DraftError { line, why }| Refusal { line: Some(line), name: None, why };
        LedgerError::Refused(errors.into_iter().map(refusal).collect()).into()
    })
}
