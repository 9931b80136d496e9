//! Cosignatures: requests them from the witnesses of the policy, and shows each answer by name.
//!
//! Always holds: a record that is published is not contradicted by any signed checkpoint.

use crate::cli::terminal::{CliError, Context, note, visible};
use crate::ledger::exchange::policy_file::PolicyFile;
use crate::ledger::exchange::witnesses::{
    CosignatureCollection, Timeouts, collect as ask_witnesses,
};
use crate::ledger::reader::Record;
use crate::witness::ask::WitnessError;
use annals_core::time::Time;
use serde::Serialize;
use std::time::Duration;

/// Requests cosignatures before a publication, if the policy has witnesses, and reports their
/// answers on stderr; `None` if there are none to ask. Their verdict is *yes* if the record may be
/// published: no signed checkpoint contradicts it, and its checkpoint meets the quorum of the
/// policy.
pub fn collect_for_publication(
    context: &Context,
    record: &Record,
) -> Result<Option<CosignatureCollection>, CliError> {
    let Some(trust) = PolicyFile::read(&record.paths)? else { return Ok(None) };
    if trust.policy.witnesses.is_empty() {
        return Ok(None);
    }
    let patience = Timeouts { witness: Duration::from_secs(10), writer: context.wait()? };
    let collected = ask_witnesses(record, &trust.policy, patience)?;
    lines(&collected).iter().for_each(note);
    Ok(Some(collected))
}

/// The answers of witnesses, for programs.
#[derive(Serialize)]
pub struct CollectReport<'a> {
    size: u64,
    quorum: bool,
    witnesses: Vec<CollectWitness<'a>>,
}

#[derive(Serialize)]
struct CollectWitness<'a> {
    name: &'a str,
    cosigned: Option<String>,
    why_not: Option<String>,
    contradicts: bool,
}

impl CollectReport<'_> {
    /// The answers by name.
    pub fn of(collected: &CosignatureCollection) -> CollectReport<'_> {
        let witnesses = collected.witnesses.iter().map(|(name, heard)| CollectWitness {
            name,
            cosigned: heard.as_ref().ok().map(|time| spelled(*time)),
            why_not: heard.is_err().then(|| sentence(heard)),
            contradicts: matches!(heard, Err(WitnessError::Contradicts(_))),
        });
        let (size, quorum) = (collected.size, collected.quorum);
        CollectReport { size, quorum, witnesses: witnesses.collect() }
    }
}

pub fn lines(collected: &CosignatureCollection) -> Vec<String> {
    let CosignatureCollection { size, witnesses, cosigned: has, quorum } = collected;
    let mut lines: Vec<String> = witnesses
        .iter()
        .map(|(name, heard)| format!("{}: {}", visible(name), visible(&sentence(heard))))
        .collect();
    let cosigned = witnesses.iter().filter(|(_, heard)| heard.is_ok()).count();
    let quorum = if *quorum { "met" } else { "not met" };
    let of = witnesses.len();
    let before = match has.checked_sub(cosigned) {
        Some(before @ 1..) => format!(" now, {before} before"),
        _ => String::new(),
    };
    lines.push(format!(
        "the checkpoint of {size} events: {cosigned} of {of} witnesses cosigned{before}, the \
         quorum is {quorum}"
    ));
    lines
}

pub fn sentence(heard: &Result<u64, WitnessError>) -> String {
    match heard {
        Ok(time) => format!("cosigned {}", spelled(*time)),
        Err(WitnessError::Silent(why) | WitnessError::Strange(why)) => format!("no answer: {why}"),
        Err(WitnessError::Refused(status, why)) => format!("will not ({status}): {why}"),
        Err(WitnessError::Unproven(why)) => format!("says without proof that {why}"),
        Err(WitnessError::Contradicts(why)) => format!("contradicts this record: {why}"),
    }
}

/// Seconds since 1970 as a time.
pub fn spelled(seconds: u64) -> String {
    let micros = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
    match micros.and_then(Time::from_micros) {
        Some(time) => time.to_string(),
        None => format!("at {seconds} seconds"),
    }
}
