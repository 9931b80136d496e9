//! The checkpoint of a proof, and who else vouches for its log key.
//!
//! Always holds: a proof names its log key itself, so trust is missing until a pin, a policy or a
//! person names it too; nobody is accused of a fork but by a checkpoint that the pinned key signed.
//! Not here: where pins and policies are kept (`ledger`). Source: FORMAT.md sections 11 and 12.

use crate::event::args::{Args, LedgerOpened};
use crate::event::vocabulary::RekeyReason;
use crate::key::PublicKey;
use crate::merkle::{Inclusion, subtrees};
use crate::pin::Pin;
use crate::rule::{Fault, Rule};
use crate::tlog::{KeyKind, Signed};
use crate::verify::examine::Examined;
use crate::verify::pinned::damaged;
use crate::verify::proof::form::Proof;
use crate::verify::proof::outcome::ProofOutcome;
use crate::verify::proof::outcome::in_form;
use crate::verify::proof::outcome::{ProofContext, ProofTrust};
use std::collections::BTreeMap;

/// Signer and args of event 0, if it is a `ledger.opened` in form.
pub fn opened(events: &BTreeMap<u64, Examined>) -> Option<(PublicKey, LedgerOpened)> {
    let (_, statement) = in_form(events.get(&0)?)?;
    match &statement.args {
        Args::LedgerOpened(args) => Some((statement.by, args.clone())),
        _ => None,
    }
}

/// The log key of a proof and, where there is one, the old log key.
fn log_keys(opened: &LedgerOpened, events: &BTreeMap<u64, Examined>) -> Vec<PublicKey> {
    let (mut key, mut old) = (opened.log_key, None);
    for (_, statement) in events.values().filter_map(in_form) {
        if let Args::LedgerRekeyed(args) = &statement.args {
            old = (args.reason == RekeyReason::Rotated).then_some(key);
            key = args.log_key;
        }
    }
    std::iter::once(key).chain(old).collect()
}

/// Judges the checkpoint's origin and signatures, then what is given.
pub fn judge(
    proof: (&Proof, Option<&(PublicKey, LedgerOpened)>),
    given: &ProofContext,
    judged: &mut ProofOutcome,
) {
    let (proof, opened) = proof;
    let mut faults = Vec::new();
    let Some((_, opened)) = opened else {
        let why = "event 0 is not here as a ledger.opened in form";
        judged.faults.push(Fault::of(Rule::ProofOpening, why));
        judged.trust.missing.push("the proof names no log key".to_owned());
        judge_lines(proof, given, (judged, 0));
        if let Some(bytes) = given.pin.as_deref().filter(|bytes| Pin::parse(bytes).is_none()) {
            judged.faults.push(Fault::of(Rule::PinDamaged, damaged(bytes)));
        }
        return;
    };
    judged.log_keys = log_keys(opened, &judged.events);
    let origin: &str = &opened.origin;
    if proof.checkpoint.origin != origin {
        let why = format!("expected {origin}, found {}", proof.checkpoint.origin);
        faults.push(Fault::of(Rule::CheckpointOrigin, why));
    }
    let mut bad = Vec::new();
    for key in &judged.log_keys {
        let signed = key.accept().map(|k| proof.note.signed_by(origin, &k, key));
        match signed {
            Some(Signed::Yes) => {}
            Some(Signed::Refused) => {
                bad.push(format!("the signature of log key {key} does not verify"));
            }
            _ => bad.push(format!("the signature of log key {key} is not there")),
        }
    }
    if !bad.is_empty() {
        faults.push(Fault::of(Rule::CheckpointSignature, bad.join("; ")));
    }
    judged.faults.append(&mut faults);
    let keys = judged.log_keys.clone();
    let known = known_lines(proof, origin, &keys);
    judge_pin((proof, opened), given, judged);
    let named = |name: &str, key: &PublicKey| name == origin && keys.contains(key);
    judge_policy(given, named, &mut judged.trust);
    judge_log_key(given, named, &mut judged.trust);
    judge_lines(proof, given, (judged, known));
    if judged.trust.named_by.is_empty() && judged.trust.missing.is_empty() {
        let key = keys.first().map(|key| crate::tlog::vkey(origin, key)).unwrap_or_default();
        judged.trust.missing.push(format!(
            "nobody but the proof itself names its log key, {key}; compare it with one that you \
             have from elsewhere and give --pin, --policy or --log-key"
        ));
    }
}

fn known_lines(proof: &Proof, origin: &str, keys: &[PublicKey]) -> usize {
    let ids: Vec<[u8; 4]> = keys.iter().map(|key| crate::tlog::key_id(origin, key)).collect();
    let lines = proof.note.signatures.iter();
    lines.filter(|line| line.name == origin && ids.contains(&line.id)).count()
}

fn judge_pin(proof: (&Proof, &LedgerOpened), given: &ProofContext, judged: &mut ProofOutcome) {
    let (proof, opened) = proof;
    let Some(bytes) = &given.pin else { return };
    let Some(pin) = Pin::parse(bytes) else {
        judged.faults.push(Fault::of(Rule::PinDamaged, damaged(bytes)));
        return;
    };
    let (kept, size) = (&pin.checkpoint, proof.checkpoint.size);
    if kept.origin != *opened.origin {
        let why = format!("the pin is of {}, the proof is of {}", kept.origin, opened.origin);
        judged.faults.push(Fault::of(Rule::PinOrigin, why));
        return;
    }
    // The keys of the proof's size, as far as the pin knows; it begins at size 1.
    let by_then = pin.log.iter().rev().find(|keys| keys.size <= size.max(1));
    if !by_then.is_some_and(|keys| judged.log_keys.contains(&keys.key)) {
        let key = by_then.map(|keys| keys.key.to_string()).unwrap_or_default();
        judged.trust.missing.push(format!(
            "the pinned log key, {key}, is not the proof's; move the pin forward by a whole verify"
        ));
        return;
    }
    let whole = |fault: &Fault| {
        let number = fault.rule.number();
        !((1001..=1006).contains(&number) || number == 702 || number == 703)
    };
    if !judged.faults.iter().all(whole) {
        return;
    }
    match forked(&pin, proof, judged) {
        Some(why) => judged.faults.push(Fault::of(Rule::ForkedFromPin, why)),
        None => {
            judged.trust.pin_size = Some(kept.size);
            judged.trust.named_by.push(format!("the pin of size {}", kept.size));
        }
    }
}

/// What of the proof is not what was pinned.
fn forked(pin: &Pin, proof: &Proof, judged: &ProofOutcome) -> Option<String> {
    let hash = |position: u64| judged.events.get(&position).map(|event| event.reading.hash);
    if hash(0) != Some(pin.genesis) {
        return Some(format!("event 0 is not the pinned one, {}", pin.genesis));
    }
    let (size, kept) = (proof.checkpoint.size, &pin.checkpoint);
    if size == kept.size && proof.checkpoint.root != kept.root {
        return Some(format!(
            "the log key signed another root than the pinned one for size {size}"
        ));
    }
    for (subtree, peak) in subtrees(0..kept.size).iter().zip(&pin.peaks) {
        for shown in &proof.events {
            let leaf =
                hash(shown.position).filter(|_| shown.position >> subtree.level == subtree.index);
            let index = shown.position;
            let inclusion = Inclusion { index, size, path: shown.path.clone() };
            let root = leaf.and_then(|leaf| inclusion.subtree(&leaf, subtree.level));
            if root.is_some_and(|root| root != *peak) {
                return Some(format!("event {index} is not among those that were pinned"));
            }
        }
    }
    None
}

fn judge_policy(
    given: &ProofContext,
    named: impl Fn(&str, &PublicKey) -> bool,
    trust: &mut ProofTrust,
) {
    let Some(policy) = given.policy.as_ref().filter(|policy| !policy.logs.is_empty()) else {
        return;
    };
    match policy.logs.iter().any(|log| named(&log.key.name, &log.key.public)) {
        true => trust.named_by.push("the policy".to_owned()),
        false => trust.missing.push("no log of the policy is the proof's".to_owned()),
    }
}

fn judge_log_key(
    given: &ProofContext,
    named: impl Fn(&str, &PublicKey) -> bool,
    trust: &mut ProofTrust,
) {
    let Some(key) = &given.log_key else { return };
    match key.kind == KeyKind::Note && named(&key.name, &key.public) {
        true => trust.named_by.push("the log key that was given".to_owned()),
        false => trust.missing.push(format!("the log key that was given, {key}, is not its own")),
    }
}

/// Rule 1010, the quorum, and how many lines are of nobody known; `known` of the log keys.
fn judge_lines(proof: &Proof, given: &ProofContext, out: (&mut ProofOutcome, usize)) {
    let (judged, known) = out;
    let ignored = proof.note.signatures.len() - known;
    judged.trust.ignored_lines = ignored;
    let Some(policy) = &given.policy else { return };
    let lines = policy.judge(&proof.note);
    if let Some(why) = lines.refusal() {
        judged.faults.push(Fault::of(Rule::Cosignature, why));
    }
    judged.trust.ignored_lines = ignored.saturating_sub(lines.lines);
    judged.trust.missing.extend(lines.no_quorum());
    judged.trust.witnesses = lines.witnesses;
}
