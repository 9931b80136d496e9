//! `annals witness collect`: requests cosignatures from every witness, and reports each by name.

use crate::cli::shared::{CollectReport, lines};
use crate::cli::terminal::{CliError, Context, Exit, Format, done_as, json, span};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::policy_file::PolicyFile;
use crate::ledger::exchange::witnesses::{Timeouts, collect as ask_witnesses};
use crate::ledger::reader::Record;
use clap::Args;
use std::io::Write;
use std::time::Duration;

/// Ask all witnesses of the policy to cosign the checkpoint
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// How long to wait for each step of an answer, such as 10s
    #[arg(long, default_value = "10s", value_name = "TIME")]
    timeout: String,
}

pub fn collect(context: &mut Context, args: CollectArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let trust = trust(&record)?;
    let patience = Timeouts { witness: timeout(&args.timeout)?, writer: context.wait()? };
    let collected = ask_witnesses(&record, &trust.policy, patience)?;
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => lines(&collected).iter().try_for_each(|line| writeln!(out, "{line}"))?,
        _ => json(&mut out, &CollectReport::of(&collected))?,
    }
    out.flush()?;
    Ok(Exit::from(collected.verdict()))
}

fn timeout(text: &str) -> Result<Duration, CliError> {
    match span("--timeout", text)? {
        Duration::ZERO => Err(CliError::usage("--timeout: expected more than no time")),
        span => Ok(span),
    }
}

/// The policy, which must exist.
pub fn trust(record: &Record) -> Result<PolicyFile, CliError> {
    let missing = || {
        LedgerError::NotFound(format!(
            "no policy at {}; annals witness add NAME VKEY URL makes it",
            record.paths.keys.join("policy").display()
        ))
    };
    Ok(PolicyFile::read(&record.paths)?.ok_or_else(missing)?)
}
