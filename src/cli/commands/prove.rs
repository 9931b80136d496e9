//! `annals prove`: one file that proves that a fact is in the signed record.
//!
//! Always holds: the file is written whole or not at all, and no file is overwritten; omitted parts
//! are reported, and so is a record that does not verify. Not here: the content
//! (`ledger::audit::prove`). Source: FORMAT.md section 12.

use crate::cli::shared::{WriteStatus, named_keys};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, Progress, data, done_as, formats, json, note,
};
use crate::disk::together::cores;
use crate::disk::{self, FileMode};
use crate::ledger::audit::audit;
use crate::ledger::audit::options::Audit;
use crate::ledger::audit::prove::{ProofDocuments, c2sp, left_out, prove};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected};
use crate::ledger::reader::Record;
use crate::ledger::write::stamp::as_judged;
use annals_core::state::Status;
use annals_core::verdict::Verdict;
use annals_core::verify::Report;
use annals_core::verify::proof::{LeftOut, fact_status};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Make one file that proves a fact, its acts and their signers to others
///
/// The whole record is verified too, unless its last writer judged it and left it so: a proof that
/// holds by itself can be made of a record that does not verify, and then this is reported and the
/// exit is that of annals verify.
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Position of the fact
    position: u64,
    /// The file to make [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Put the documents in, not only their digests
    #[arg(long, conflicts_with = "c2sp")]
    with_documents: bool,
    /// Write the C2SP tlog-proof text (a draft) of the fact's event alone
    #[arg(long)]
    c2sp: bool,
    /// Verify the whole record first, whatever its last writer left
    #[arg(long)]
    verify_first: bool,
}

impl Command for ProveArgs {
    const GROUP: Group = Group::Auditor;

    fn formats(&self) -> &'static [Format] {
        // On standard output it is the file itself.
        if self.file().is_some() { formats::OBJECT } else { formats::TEXT }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

impl ProveArgs {
    /// The file to make; `None` for standard output.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }
}

/// The proof that was made, for programs.
#[derive(Serialize)]
struct ProveReceipt {
    status: WriteStatus,
    file: String,
    bytes: usize,
    fact: u64,
    /// How the fact stands by the proof; null if its assertion was undone.
    fact_status: Option<Status>,
    corrected: u32,
    suspect: bool,
    size: u64,
    /// Number of events of the whole record, if this is a part of one by its own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<u64>,
    /// Number of events in the file.
    events: usize,
    /// Positions of the events whose body, or whose document, is left out.
    bodies_left_out: Vec<u64>,
    documents_left_out: Vec<u64>,
    /// Number of events after those that are signed.
    unsigned: u64,
    /// The verdict on the whole record: the exit code.
    exit: Exit,
}

fn run(context: &mut Context, args: ProveArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    named_keys::expect_there(context, named_keys::NOT_WRITTEN)?;
    let output = args.file();
    if let Some(path) = output {
        expect_unprotected(path, &ProtectedPlace::of(&record.paths))?;
        expect_free(path)?;
    }
    let documents = match args.with_documents {
        true => ProofDocuments::Included,
        false => ProofDocuments::LeftOut,
    };
    let proof = prove(&record, args.position, documents)?;
    let report = match !args.verify_first && as_judged(&record)?.is_some() {
        true => None,
        false => Some(verified(&record)?),
    };
    let size = proof.checkpoint.size;
    let text = match c2sp(&proof, args.position).filter(|_| args.c2sp) {
        Some(text) => {
            note(
                "note: C2SP tlog-proof is a draft; it shows that the event is in the log, no more",
            );
            text.write()
        }
        None => proof.write(),
    };
    match output {
        Some(path) => write(path, &text)?,
        None => {
            let mut out = data();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }
    let (fact, bytes) = (args.position, text.len());
    let events = if args.c2sp { 1 } else { proof.events.len() };
    let verdict = report.as_ref().map_or(Verdict::Yes, Report::verdict);
    let exit = Exit::from(verdict);
    let stands = fact_status(&proof);
    if let Some(path) = output.filter(|_| context.format() != Format::Text) {
        let left_out = |of: fn(&LeftOut) -> Option<u64>| proof.left_out.iter().filter_map(of);
        let receipt = ProveReceipt {
            status: WriteStatus::Written,
            file: path.display().to_string(),
            bytes,
            fact,
            fact_status: stands.status,
            corrected: stands.corrected,
            suspect: stands.suspect,
            size,
            part_of: record.part_of,
            events,
            bodies_left_out: left_out(body).collect(),
            documents_left_out: left_out(document).collect(),
            unsigned: record.size().saturating_sub(size),
            exit,
        };
        let mut out = done_as(context.format());
        json(&mut out, &receipt)?;
        out.flush()?;
    }
    let of = match record.part_of {
        Some(of) => format!("the first {size} events, a part of a record of {of}"),
        None => format!("the record of size {size}"),
    };
    note(format!("fact {fact} in {of}: {events} events, {bytes} bytes"));
    note(format!("fact {fact}: {}, as of size {size}; there may be later acts", stands));
    if !args.c2sp {
        note(format!("left out: {}", left_out(&proof).unwrap_or_else(|| "nothing".to_owned())));
    }
    if size < record.size() {
        let rest = record.size() - size;
        note(format!("the last {rest} events are not yet signed and not in it"));
    }
    Ok(report.map_or(exit, |report| warn(&report)))
}

/// The verdict on the whole record.
fn verified(record: &Record) -> Result<Report, LedgerError> {
    let progress = Progress::new(record.size(), "verify");
    let jobs = cores();
    let options = Audit { jobs, ..Audit::default() };
    Ok(audit(record, &options, Some(&|done| progress.at(done)))?.report)
}

/// Reports a record that does not verify; returns the exit code.
fn warn(report: &Report) -> Exit {
    if report.verdict() != Verdict::Yes {
        let faults = match report.faults.len() {
            0 => "could not be read to its end".to_owned(),
            1 => "has 1 fault".to_owned(),
            count => format!("has {count} faults"),
        };
        note(format!(
            "warning: the record {faults}; the proof holds by itself and says nothing of that; \
             annals verify lists all faults"
        ));
    }
    Exit::from(report.verdict())
}

fn body(left_out: &LeftOut) -> Option<u64> {
    match left_out {
        LeftOut::Body(position) => Some(*position),
        LeftOut::Document(_) => None,
    }
}

fn document(left_out: &LeftOut) -> Option<u64> {
    match left_out {
        LeftOut::Document(position) => Some(*position),
        LeftOut::Body(_) => None,
    }
}

/// Checked before any work; the write itself never overwrites either.
fn expect_free(path: &Path) -> Result<(), LedgerError> {
    match disk::open::look(path).map_err(disk::error("look at", path))? {
        Some(_) => Err(LedgerError::ThereAlready(path.to_owned())),
        None => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> Result<(), LedgerError> {
    match disk::write_new(path, text.as_bytes(), FileMode::Shared) {
        Err(error) if error.is_there_already() => Err(LedgerError::ThereAlready(path.to_owned())),
        other => Ok(other?),
    }
}
