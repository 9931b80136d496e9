//! The verdict for people: one line for each check, what stands around it, the first faults.
//!
//! Always holds: strangers' text goes through `visible`. Not here: what is told (`told`).

use crate::cli::exit::Failure;
use crate::cli::output::visible;
use crate::cli::verify::proof;
use crate::cli::verify::told::{NO_INDEX, Stretch, Told, ToldFault};
use crate::cli::zone::moment;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

/// How many faults are told in full; the rest are counted by rule.
const IN_FULL: usize = 20;

/// Writes the verdict.
pub fn write(out: &mut dyn Write, told: &Told, seconds: f64) -> Result<(), Failure> {
    for check in &told.checks {
        let verdict = match check.faults {
            0 => "good".to_owned(),
            1 => "1 fault".to_owned(),
            more => format!("{more} faults"),
        };
        writeln!(out, "{:<12}{:>9} {:<28}{verdict}", check.check, check.checked, check.of)?;
    }
    open(out, told)?;
    around(out, told)?;
    faults(out, told)?;
    advice(out, told)?;
    let (size, rate) = (told.size, told.size as f64 / seconds.max(1e-9));
    writeln!(out, "{}, in {seconds:.2} s ({rate:.0} events/s)", told.verdict)?;
    if let (Some(head), Some(at)) = (told.head, told.recorded) {
        writeln!(out, "size {size}, head {head}, recorded {}", moment(at))?;
    }
    Ok(())
}

/// What was left open, and why.
fn open(out: &mut dyn Write, told: &Told) -> Result<(), Failure> {
    if told.not_checked_again > 0 {
        let known = told.not_checked_again;
        writeln!(
            out,
            "only what is new: signatures, bodies and quotations of the first {known} events were \
             not checked again"
        )?;
    }
    if told.not_checkable > 0 {
        let withheld = !told.faults.iter().any(|fault| matches!(fault.rule, 104 | 601..=606));
        let why = match withheld {
            true => "withheld by events",
            false => "for what is withheld by events, missing or damaged",
        };
        writeln!(out, "not checkable: {} checks, {why}", told.not_checkable)?;
    }
    if told.ignored_signature_lines > 0 {
        let lines = match told.ignored_signature_lines {
            1 => "1 signature line".to_owned(),
            more => format!("{more} signature lines"),
        };
        writeln!(out, "ignored: {lines} of unknown keys")?;
    }
    if told.ignored_bytes > 0 {
        let bytes = told.ignored_bytes;
        writeln!(out, "ignored: {bytes} bytes of an unfinished commit after the record's end")?;
    }
    let signed = told.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    if told.faults.is_empty() && signed < told.size {
        let after = told.size - signed;
        writeln!(out, "not yet signed for: the last {after} events; the next writer does it")?;
    }
    Ok(())
}

fn around(out: &mut dyn Write, told: &Told) -> Result<(), Failure> {
    match (told.store.state, &told.store.why) {
        ("same", _) => writeln!(out, "store: {} events, as in the journal", told.size)?,
        (_, Some(why)) => writeln!(out, "store: not compared: {why}")?,
        _ => writeln!(out, "store: differs from the journal")?,
    }
    match (told.index.state, &told.index.why) {
        ("same", _) => writeln!(out, "index: {} events, as folded anew", told.size)?,
        // What is derived and not there is nobody's concern.
        (_, Some(why)) if *why != NO_INDEX => writeln!(out, "index: not compared: {why}")?,
        (_, Some(_)) => {}
        _ => writeln!(out, "index: differs from what the journal folds to")?,
    }
    match (told.pin.state, told.memory_compared) {
        ("none", false) if told.published => {
            writeln!(out, "nothing but what is published there was compared (see --pin)")?;
        }
        ("none", false) => {
            writeln!(out, "nothing outside this folder was compared (see --pin)")?;
        }
        ("none", true) => writeln!(
            out,
            "compared with the log key's own memory; nothing else outside this folder (see --pin)"
        )?,
        _ => {}
    }
    let size = told.pin.size.unwrap_or_default();
    match (told.pin.state, told.pin.before) {
        ("made", _) => writeln!(out, "pin: made at size {size}")?,
        ("holds", _) => writeln!(out, "pin: holds at size {size}; nothing new is signed for")?,
        ("moved", Some(from)) => {
            writeln!(out, "pin: holds at size {from}, moved forward to {size}")?;
        }
        ("kept", _) => writeln!(
            out,
            "pin: holds at size {size}; left there, for only what is new was checked"
        )?,
        ("later", _) => writeln!(
            out,
            "pin: of size {size}, later than this part; left as it was, and nobody is accused"
        )?,
        ("left", _) => writeln!(out, "pin: left as it was")?,
        _ => {}
    }
    for witness in &told.witnesses {
        let (name, at) = (visible(&witness.name), proof::at(witness.time));
        writeln!(out, "witness: {name} cosigned the checkpoint at {at}")?;
    }
    for missing in &told.trust_missing {
        writeln!(out, "missing: {}", visible(missing))?;
    }
    if let Some(evidence) = &told.evidence {
        let (claim, file) = (evidence.claim, visible(&evidence.file));
        writeln!(out, "evidence ({claim}): {file}; annals verify judges it alone")?;
    }
    if let Some(why) = &told.no_evidence {
        writeln!(out, "no evidence file: {why}; keep the pin")?;
    }
    for (label, text) in told.tally.lines() {
        writeln!(out, "{label}: {text}")?;
    }
    for why in &told.explained {
        writeln!(out, "explained: {why}: the faults here explain it, and nobody is accused")?;
    }
    if told.anchored.events > 0 {
        writeln!(out, "anchored: {}", Anchors(&told.anchored))?;
    }
    if told.unanchored.events > 0 {
        let range = Range(&told.unanchored);
        writeln!(
            out,
            "unanchored: {range}: neither a pin nor a signed checkpoint speaks for them"
        )?;
    }
    Ok(())
}

/// The first and last event of a stretch, in words.
pub struct Range<'a>(pub &'a Stretch);

impl fmt::Display for Range<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.first, self.0.last) {
            (Some(first), Some(last)) if first == last => write!(f, "event {first}"),
            (Some(first), Some(last)) => write!(f, "events {first} to {last}"),
            _ => f.write_str("no events"),
        }
    }
}

/// A stretch with what anchors it, in words.
pub struct Anchors<'a>(pub &'a Stretch);

impl fmt::Display for Anchors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Range(self.0))?;
        let by = |what: &str, size: Option<u64>| size.map(|size| format!("{what} of size {size}"));
        let by = [by("the pin", self.0.by_pin), by("the checkpoint", self.0.by_checkpoint)];
        let by: Vec<String> = by.into_iter().flatten().collect();
        write!(f, " (by {})", by.join(" and "))
    }
}

/// The first faults in full, the rest counted by rule.
pub fn faults(out: &mut dyn Write, told: &Told) -> Result<(), Failure> {
    for fault in told.faults.iter().take(IN_FULL) {
        writeln!(out, "{}", visible(&sentence(fault)))?;
    }
    for ((rule, name), count) in rest(told) {
        writeln!(out, "and {count} more of rule {rule} {name}")?;
    }
    if let Some(later) = &told.later_version {
        writeln!(
            out,
            "event {} is of format {}, which this program does not know: all before it was \
             checked, it and what follows was not",
            later.position, later.format
        )?;
    }
    Ok(())
}

/// Which repair may help: the journal from what is whole, documents from another copy.
fn advice(out: &mut dyn Write, told: &Told) -> Result<(), Failure> {
    let found = |wanted: &dyn Fn(u16) -> bool| told.faults.iter().any(|fault| wanted(fault.rule));
    if told.published {
        if !told.faults.is_empty() && told.exit != 4 {
            writeln!(
                out,
                "what to do: whoever publishes it verifies the ledger, removes the files that are \
                 wrong and publishes again; a reader takes it from another place"
            )?;
        }
        return Ok(());
    }
    if found(&|rule| matches!(rule, 101..=604 | 607..=616 | 704..=707 | 910)) {
        writeln!(
            out,
            "what to do: annals repair builds a damaged journal from the store, if that is whole; \
             annals repair --from COPY takes it from another copy"
        )?;
    }
    if found(&|rule| matches!(rule, 605 | 606)) {
        writeln!(out, "what to do: annals repair --from COPY takes documents from another copy")?;
    }
    if found(&|rule| matches!(rule, 701..=703)) {
        writeln!(
            out,
            "what to do: put back a copy of the checkpoint; without one the next writer signs it"
        )?;
    }
    Ok(())
}

/// A fault in one line.
fn sentence(fault: &ToldFault) -> String {
    let ToldFault { rule, name, class, position, why } = fault;
    match position {
        Some(position) => format!("{class}: event {position}: rule {rule} {name}: {why}"),
        None => format!("{class}: rule {rule} {name}: {why}"),
    }
}

/// How many faults of each rule are not told in full.
fn rest(told: &Told) -> BTreeMap<(u16, &'static str), usize> {
    let mut rest = BTreeMap::new();
    for fault in told.faults.iter().skip(IN_FULL) {
        *rest.entry((fault.rule, fault.name)).or_default() += 1;
    }
    rest
}
