//! The checkpoint of a proof, and the trust in its log key from outside the proof.
//!
//! Always holds: a proof names its own log key, so trust is missing until a pin, a policy or a
//! person names it too; a fork is reported only for a checkpoint that the pinned key signed.
//! Not here: where pins and policies are kept (`ledger`). Source: FORMAT.md sections 11 and 12.

use crate::event::args::{Args, LedgerOpened};
use crate::event::vocabulary::RekeyReason;
use crate::key::PublicKey;
use crate::merkle::{Inclusion, subtrees};
use crate::pin::Pin;
use crate::rule::{Fault, Rule};
use crate::tlog::{KeyKind, Signed};
use crate::verify::examine::Examined;
use crate::verify::pinned::pin_damage;
use crate::verify::proof::form::Proof;
use crate::verify::proof::outcome::{ProofContext, ProofOutcome, ProofTrust, in_form};
use std::collections::BTreeMap;

/// The args of event 0, if it is a `ledger.opened` in form.
pub fn opened(events: &BTreeMap<u64, Examined>) -> Option<LedgerOpened> {
    let (_, statement) = in_form(events.get(&0)?)?;
    match &statement.args {
        Args::LedgerOpened(args) => Some(args.clone()),
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

/// Checks the checkpoint's origin and signatures, then the pin, policy and log key of the context.
pub fn check(
    proof: &Proof,
    opened: Option<&LedgerOpened>,
    context: &ProofContext,
    outcome: &mut ProofOutcome,
) {
    let Some(opened) = opened else {
        let why = "event 0 is not here as a ledger.opened in form";
        outcome.faults.push(Fault::of(Rule::ProofOpening, why));
        outcome.trust.missing.push("the proof names no log key".to_owned());
        check_lines(proof, context, 0, outcome);
        if let Some(bytes) = context.pin.as_deref().filter(|bytes| Pin::parse(bytes).is_none()) {
            outcome.faults.push(Fault::of(Rule::PinDamaged, pin_damage(bytes)));
        }
        return;
    };
    outcome.log_keys = log_keys(opened, &outcome.events);
    let origin: &str = &opened.origin;
    if proof.checkpoint.origin != origin {
        let why = format!("expected {origin}, found {}", proof.checkpoint.origin);
        outcome.faults.push(Fault::of(Rule::CheckpointOrigin, why));
    }
    let mut bad = Vec::new();
    for key in &outcome.log_keys {
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
        outcome.faults.push(Fault::of(Rule::CheckpointSignature, bad.join("; ")));
    }
    let keys = outcome.log_keys.clone();
    let known = known_lines(proof, origin, &keys);
    check_pin(proof, opened, context, outcome);
    let named = |name: &str, key: &PublicKey| name == origin && keys.contains(key);
    check_policy(context, named, &mut outcome.trust);
    check_log_key(context, named, &mut outcome.trust);
    check_lines(proof, context, known, outcome);
    if outcome.trust.named_by.is_empty() && outcome.trust.missing.is_empty() {
        let key = keys.first().map(|key| crate::tlog::vkey(origin, key)).unwrap_or_default();
        outcome.trust.missing.push(format!(
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

/// Rules 802 to 804; the pin's log key must be the proof's.
fn check_pin(
    proof: &Proof,
    opened: &LedgerOpened,
    context: &ProofContext,
    outcome: &mut ProofOutcome,
) {
    let Some(bytes) = &context.pin else { return };
    let Some(pin) = Pin::parse(bytes) else {
        outcome.faults.push(Fault::of(Rule::PinDamaged, pin_damage(bytes)));
        return;
    };
    let (kept, size) = (&pin.checkpoint, proof.checkpoint.size);
    if kept.origin != *opened.origin {
        let why = format!("the pin is of {}, the proof is of {}", kept.origin, opened.origin);
        outcome.faults.push(Fault::of(Rule::PinOrigin, why));
        return;
    }
    // The pin's log keys at the proof's size; they begin at size 1.
    let keys_then = pin.log.iter().rev().find(|keys| keys.size <= size.max(1));
    if !keys_then.is_some_and(|keys| outcome.log_keys.contains(&keys.key)) {
        let key = keys_then.map(|keys| keys.key.to_string()).unwrap_or_default();
        outcome.trust.missing.push(format!(
            "the pinned log key, {key}, is not the proof's; move the pin forward by a whole verify"
        ));
        return;
    }
    let is_unrelated = |fault: &Fault| {
        let number = fault.rule.number();
        !((1001..=1006).contains(&number) || number == 702 || number == 703)
    };
    if !outcome.faults.iter().all(is_unrelated) {
        return;
    }
    match forked(&pin, proof, outcome) {
        Some(why) => outcome.faults.push(Fault::of(Rule::ForkedFromPin, why)),
        None => {
            outcome.trust.pin_size = Some(kept.size);
            outcome.trust.named_by.push(format!("the pin of size {}", kept.size));
        }
    }
}

/// The difference between the proof and the pin, if there is one.
fn forked(pin: &Pin, proof: &Proof, outcome: &ProofOutcome) -> Option<String> {
    let hash = |position: u64| outcome.events.get(&position).map(|event| event.reading.hash);
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

fn check_policy(
    context: &ProofContext,
    named: impl Fn(&str, &PublicKey) -> bool,
    trust: &mut ProofTrust,
) {
    let Some(policy) = context.policy.as_ref().filter(|policy| !policy.logs.is_empty()) else {
        return;
    };
    match policy.logs.iter().any(|log| named(&log.key.name, &log.key.public)) {
        true => trust.named_by.push("the policy".to_owned()),
        false => trust.missing.push("no log of the policy is the proof's".to_owned()),
    }
}

fn check_log_key(
    context: &ProofContext,
    named: impl Fn(&str, &PublicKey) -> bool,
    trust: &mut ProofTrust,
) {
    let Some(key) = &context.log_key else { return };
    match key.kind == KeyKind::Note && named(&key.name, &key.public) {
        true => trust.named_by.push("the log key that was given".to_owned()),
        false => trust.missing.push(format!("the log key that was given, {key}, is not its own")),
    }
}

/// Rule 1010, the quorum, and the number of lines of unknown keys; `known` lines are of log keys.
fn check_lines(proof: &Proof, context: &ProofContext, known: usize, outcome: &mut ProofOutcome) {
    let ignored = proof.note.signatures.len() - known;
    outcome.trust.ignored_lines = ignored;
    let Some(policy) = &context.policy else { return };
    let lines = policy.check(&proof.note);
    if let Some(why) = lines.refusal() {
        outcome.faults.push(Fault::of(Rule::Cosignature, why));
    }
    outcome.trust.ignored_lines = ignored.saturating_sub(lines.lines);
    outcome.trust.missing.extend(lines.no_quorum());
    outcome.trust.witnesses = lines.witnesses;
}
