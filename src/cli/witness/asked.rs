//! `annals witness collect`: every witness is asked, and each is told of by name.

use super::trust;
use crate::cli::args::Format;
use crate::cli::context::{Context, span};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{done_as, json, note, visible};
use crate::ledger::record::Record;
use crate::ledger::trust::Trust;
use crate::ledger::witnesses::{Collected, Patience, collect as ask_witnesses};
use crate::time::Time;
use crate::witness::ask::Unheard;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::time::Duration;

/// Ask all witnesses of the policy to cosign the checkpoint
#[derive(Debug, Args)]
pub struct CollectArgs {
    /// How long to wait for each step of an answer, such as 10s
    #[arg(long, default_value = "10s", value_name = "TIME")]
    timeout: String,
}

#[derive(Serialize)]
struct Told<'a> {
    size: u64,
    quorum: bool,
    witnesses: Vec<ToldWitness<'a>>,
}

#[derive(Serialize)]
struct ToldWitness<'a> {
    name: &'a str,
    cosigned: Option<String>,
    why_not: Option<String>,
    contradicts: bool,
}

pub fn collect(context: &mut Context, args: CollectArgs) -> Result<Exit, Failure> {
    let record = context.record()?;
    let trust = trust(&record)?;
    let patience = Patience { witness: timeout(&args.timeout)?, writer: context.wait()? };
    let collected = ask_witnesses(&record, &trust.policy, patience)?;
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => lines(&collected).iter().try_for_each(|line| writeln!(out, "{line}"))?,
        _ => json(&mut out, &told(&collected))?,
    }
    out.flush()?;
    Ok(Exit::of(collected.exit()))
}

/// Before a record is published: asks the witnesses, if there are any, and reports their answers on
/// stderr. The exit code is 0 where the record may be published: nothing signed contradicts it, and
/// its checkpoint meets the quorum of the policy.
pub fn collect_for_publication(context: &Context, record: &Record) -> Result<Exit, Failure> {
    let Some(trust) = Trust::read(&record.paths)? else { return Ok(Exit::Yes) };
    if trust.policy.witnesses.is_empty() {
        return Ok(Exit::Yes);
    }
    let patience = Patience { witness: Duration::from_secs(10), writer: context.wait()? };
    let collected = ask_witnesses(record, &trust.policy, patience)?;
    lines(&collected).iter().for_each(note);
    Ok(Exit::of(collected.exit()))
}

fn lines(collected: &Collected) -> Vec<String> {
    let Collected { size, witnesses, quorum } = collected;
    let mut lines: Vec<String> = witnesses
        .iter()
        .map(|(name, heard)| format!("{}: {}", visible(name), visible(&sentence(heard))))
        .collect();
    let cosigned = witnesses.iter().filter(|(_, heard)| heard.is_ok()).count();
    let quorum = if *quorum { "met" } else { "not met" };
    let of = witnesses.len();
    lines.push(format!(
        "the checkpoint of {size} events: {cosigned} of {of} witnesses cosigned, the quorum is \
         {quorum}"
    ));
    lines
}

fn sentence(heard: &Result<u64, Unheard>) -> String {
    match heard {
        Ok(time) => format!("cosigned {}", spelled(*time)),
        Err(Unheard::Silent(why)) => format!("no answer: {why}"),
        Err(Unheard::Refused(status, why)) => format!("will not ({status}): {why}"),
        Err(Unheard::Unproven(why)) => format!("says without proof that {why}"),
        Err(Unheard::Contradicts(why)) => format!("contradicts this record: {why}"),
    }
}

fn told(collected: &Collected) -> Told<'_> {
    let witnesses = collected.witnesses.iter().map(|(name, heard)| ToldWitness {
        name,
        cosigned: heard.as_ref().ok().map(|time| spelled(*time)),
        why_not: heard.is_err().then(|| sentence(heard)),
        contradicts: matches!(heard, Err(Unheard::Contradicts(_))),
    });
    Told { size: collected.size, quorum: collected.quorum, witnesses: witnesses.collect() }
}

/// Seconds since 1970 as a time.
pub fn spelled(seconds: u64) -> String {
    let micros = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
    match micros.and_then(Time::from_micros) {
        Some(time) => time.to_string(),
        None => format!("at {seconds} seconds"),
    }
}

fn timeout(text: &str) -> Result<Duration, Failure> {
    match span("--timeout", text)? {
        Duration::ZERO => Err(Failure::usage("--timeout: expected more than no time")),
        span => Ok(span),
    }
}
