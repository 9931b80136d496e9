//! `annals repair`: a lost or damaged store is built again from the journal.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{note, out};
use crate::ledger::repair::repair;
use clap::Args;
use std::io::Write;

/// Build a lost or damaged store again from the journal
#[derive(Debug, Args)]
pub struct RepairArgs {}

pub fn run(context: &mut Context, _: RepairArgs) -> Result<Exit, Failure> {
    let paths = context.paths()?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let repaired = repair(&paths, jobs, context.wait()?)?;
    let mut out = out();
    writeln!(out, "the store was built from the journal: {} events", repaired.events)?;
    out.flush()?;
    if let Some(aside) = repaired.aside {
        note(format!("the old store is kept at {}", aside.display()));
    }
    Ok(Exit::Yes)
}
