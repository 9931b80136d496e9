//! The verdict on an evidence file: which log contradicted itself, and at which sizes.
//!
//! Always holds: the text claims no more than the file shows. Not here: the verification
//! (`verify::evidence`).

use crate::cli::commands::verify::what::Unjudged;
use crate::cli::terminal::{CliError, Context, Exit, Format, json, out, visible};
use annals_core::evidence::{Claim, ForkEvidence};
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::mailed::how_damaged;
use annals_core::tlog::{to_base64, vkey};
use annals_core::verify::evidence::{EvidenceVerdict, ShownFork, verify_evidence};
use serde::Serialize;
use std::io::Write;

/// The verdict as JSON.
#[derive(Serialize)]
struct EvidenceReport {
    report: &'static str,
    shown: &'static str,
    exit: Exit,
    claim: Option<Claim>,
    origin: Option<String>,
    key: Option<PublicKey>,
    verifier: Option<String>,
    named_by: Option<u64>,
    first: Option<HeadReport>,
    second: Option<HeadReport>,
    parted_at: Option<u64>,
    why: Vec<String>,
}

#[derive(Serialize)]
struct HeadReport {
    size: u64,
    root: String,
    root_where_parted: Option<String>,
}

/// Verifies evidence, if it can be read.
pub fn run(context: &Context, evidence: Result<&ForkEvidence, Unjudged>) -> Result<Exit, CliError> {
    let report = match evidence {
        Ok(evidence) => evidence_report(evidence, verify_evidence(evidence)),
        Err(Unjudged::Changed(changed)) => unjudged("changed", format!("the evidence: {changed}")),
        Err(Unjudged::Damaged(how)) => {
            let why = "the evidence is not in form or its sum does not hold";
            unjudged("damaged", format!("{why}{}", how_damaged(how)))
        }
        Err(Unjudged::Later(version)) => {
            let why = format!("evidence of version {version}: this program knows version 1");
            unjudged("later", why)
        }
    };
    let mut out = out(context.format());
    match context.format() {
        Format::Text => text(&mut out, &report)?,
        _ => json(&mut out, &report)?,
    }
    out.flush()?;
    Ok(report.exit)
}

fn unjudged(shown: &'static str, why: String) -> EvidenceReport {
    EvidenceReport {
        report: "annals evidence 1",
        shown,
        exit: Exit::Unknown,
        claim: None,
        origin: None,
        key: None,
        verifier: None,
        named_by: None,
        first: None,
        second: None,
        parted_at: None,
        why: vec![why],
    }
}

fn evidence_report(evidence: &ForkEvidence, verdict: EvidenceVerdict) -> EvidenceReport {
    let exit = Exit::from(verdict.verdict());
    let origin = evidence.first.checkpoint.origin.clone();
    let base64 = |root: &Hash| to_base64(&root.0);
    let head =
        |signed: &annals_core::evidence::SignedCheckpoint,
         before: Option<&annals_core::evidence::EarlierCheckpoint>| HeadReport {
            size: signed.checkpoint.size,
            root: base64(&signed.checkpoint.root),
            root_where_parted: before.map(|before| base64(&before.root)),
        };
    let forked_at = evidence.forked_at.as_ref();
    let (shown, why) = match verdict.shown {
        ShownFork::Contradiction => ("contradiction", Vec::new()),
        ShownFork::Nothing => ("nothing", Vec::new()),
        ShownFork::NotShown(why) => ("not-shown", why),
    };
    EvidenceReport {
        report: "annals evidence 1",
        shown,
        exit,
        claim: Some(evidence.claim()),
        verifier: Some(vkey(&origin, &evidence.key)),
        origin: Some(origin),
        key: Some(evidence.key),
        named_by: verdict.named_by,
        first: Some(head(&evidence.first, forked_at.map(|at| &at.first))),
        second: Some(head(&evidence.second, forked_at.map(|at| &at.second))),
        parted_at: forked_at.map(|at| at.size),
        why,
    }
}

fn text(out: &mut dyn Write, report: &EvidenceReport) -> Result<(), CliError> {
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<10}{}", visible(value));
    if let (Some(claim), Some(origin), Some(verifier)) =
        (report.claim, &report.origin, &report.verifier)
    {
        line("claim", &claim.to_string())?;
        line("origin", origin)?;
        line("key", verifier)?;
        let named = match report.named_by {
            Some(event) => format!("the log key, by event {event} of the second tree"),
            None => "this file does not show that it is the log key of the ledger".to_owned(),
        };
        line("named", &named)?;
    }
    for (which, head) in [("first", &report.first), ("second", &report.second)] {
        let Some(head) = head else { continue };
        line(which, &format!("size {}, root {}", head.size, head.root))?;
        if let (Some(at), Some(root)) = (report.parted_at, &head.root_where_parted) {
            line("", &format!("whose first {at} events have the root {root}"))?;
        }
    }
    for why in &report.why {
        line("why", why)?;
    }
    writeln!(out, "{}", sentence(report))?;
    Ok(())
}

fn sentence(report: &EvidenceReport) -> String {
    let sizes = match (&report.first, &report.second) {
        (Some(first), Some(second)) => format!("sizes {} and {}", first.size, second.size),
        _ => String::new(),
    };
    match report.shown {
        "contradiction" => format!(
            "shown: this key contradicted itself: it signed {sizes}, which cannot both be of one \
             append-only log"
        ),
        "nothing" => format!(
            "shown: this key signed {sizes}; not shown: which is later, or that anything was \
             withheld; both can be of one append-only log"
        ),
        "not-shown" => "not shown: the evidence does not show what it claims".to_owned(),
        "later" => "could not tell: a newer program is needed".to_owned(),
        "changed" => {
            "could not tell: the evidence was changed on its way, and shows nothing".to_owned()
        }
        _ => "could not tell: the evidence is damaged, and shows nothing".to_owned(),
    }
}
