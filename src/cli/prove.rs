//! `annals prove`: one file that shows a fact to be in the signed record.
//!
//! Always holds: the file is whole or not there, and no file is written over; what is left out is
//! told. Not here: what is put in (`ledger::prove`). Source: FORMAT.md section 12.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{note, out};
use crate::disk::{self, Mode};
use crate::ledger::error::LedgerError;
use crate::ledger::prove::{c2sp, left_out, prove};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Make one file that proves a fact, its acts and their signers to others
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
}

pub fn run(context: &mut Context, args: ProveArgs) -> Result<Exit, Failure> {
    let record = context.record()?;
    let proof = prove(&record, args.position, args.with_documents)?;
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
    match args.output.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => write(path, &text)?,
        None => {
            let mut out = out();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }
    let (fact, bytes) = (args.position, text.len());
    let events = if args.c2sp { 1 } else { proof.events.len() };
    note(format!("fact {fact} in the record of size {size}: {events} events, {bytes} bytes"));
    if !args.c2sp {
        note(format!("left out: {}", left_out(&proof).unwrap_or_else(|| "nothing".to_owned())));
    }
    if size < record.size() {
        let rest = record.size() - size;
        note(format!("the last {rest} events are not yet signed and not in it"));
    }
    Ok(Exit::Yes)
}

fn write(path: &Path, text: &str) -> Result<(), LedgerError> {
    match disk::write_new(path, text.as_bytes(), Mode::Shared) {
        Err(error) if error.is_there_already() => Err(LedgerError::ThereAlready(path.to_owned())),
        other => Ok(other?),
    }
}
