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
use crate::verify::proof::outcome::{OtherRecord, ProofContext, ProofTrust, in_form};
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
pub fn log_keys(opened: &LedgerOpened, events: &BTreeMap<u64, Examined>) -> Vec<PublicKey> {
    let (mut key, mut old) = (opened.log_key, None);
    for (_, statement) in events.values().filter_map(in_form) {
        if let Args::LedgerRekeyed(args) = &statement.args {
            old = (args.reason == RekeyReason::Rotated).then_some(key);
            key = args.log_key;
        }
    }
    std::iter::once(key).chain(old).collect()
}

/// A proof with its examined events, and what the verifier has besides it.
pub struct ProofSubject<'a> {
    /// The proof.
    pub proof: &'a Proof,
    /// Its events, by position.
    pub events: &'a BTreeMap<u64, Examined>,
    /// The args of event 0.
    pub opened: Option<&'a LedgerOpened>,
    /// The log key, and the old one where there is one; none without event 0.
    pub log_keys: &'a [PublicKey],
    /// What the verifier has besides the proof.
    pub context: &'a ProofContext,
}

impl ProofSubject<'_> {
    /// Checks the checkpoint's origin and signatures, then the pin, policy and log key of the
    /// context. `faults` has the faults of the events.
    pub fn trust(&self, faults: &mut Vec<Fault>) -> ProofTrust {
        let mut trust = ProofTrust::default();
        let Some(opened) = self.opened else {
            let why = "event 0 is not here as a ledger.opened in form";
            faults.push(Fault::of(Rule::ProofOpening, why));
            trust.missing.push("the proof names no log key".to_owned());
            self.check_lines(0, faults, &mut trust);
            let pin = self.context.pin.as_deref();
            if let Some(bytes) = pin.filter(|bytes| Pin::parse(bytes).is_none()) {
                faults.push(Fault::of(Rule::PinDamaged, pin_damage(bytes)));
            }
            return trust;
        };
        let origin: &str = &opened.origin;
        self.check_checkpoint(origin, faults);
        self.check_pin(origin, faults, &mut trust);
        let named = |name: &str, key: &PublicKey| name == origin && self.log_keys.contains(key);
        check_policy(self.context, origin, named, &mut trust);
        check_log_key(self.context, origin, named, &mut trust);
        self.check_lines(self.known_lines(origin), faults, &mut trust);
        if trust.named_by.is_empty() && trust.missing.is_empty() {
            let key = self.log_keys.first().map(|key| crate::tlog::vkey(origin, key));
            trust.missing.push(format!(
                "nobody but the proof itself names its log key, {}; compare it with one that you \
                 have from elsewhere and give --pin, --policy or --log-key",
                key.unwrap_or_default()
            ));
        }
        trust
    }

    /// Rules 702 and 703.
    fn check_checkpoint(&self, origin: &str, faults: &mut Vec<Fault>) {
        if self.proof.checkpoint.origin != origin {
            let why = format!("expected {origin}, found {}", self.proof.checkpoint.origin);
            faults.push(Fault::of(Rule::CheckpointOrigin, why));
        }
        let mut bad = Vec::new();
        for key in self.log_keys {
            let signed = key.accept().map(|k| self.proof.note.signed_by(origin, &k, key));
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
    }

    fn known_lines(&self, origin: &str) -> usize {
        let id = |key| crate::tlog::key_id(origin, key);
        let ids: Vec<[u8; 4]> = self.log_keys.iter().map(id).collect();
        let lines = self.proof.note.signatures.iter();
        lines.filter(|line| line.name == origin && ids.contains(&line.id)).count()
    }

    /// Rules 802 to 804; the pin's log key must be the proof's.
    fn check_pin(&self, origin: &str, faults: &mut Vec<Fault>, trust: &mut ProofTrust) {
        let Some(bytes) = &self.context.pin else { return };
        let Some(pin) = Pin::parse(bytes) else {
            faults.push(Fault::of(Rule::PinDamaged, pin_damage(bytes)));
            return;
        };
        let (kept, size) = (&pin.checkpoint, self.proof.checkpoint.size);
        if kept.origin != *origin {
            let why = format!("the pin is of {}, the proof is of {origin}", kept.origin);
            faults.push(Fault::of(Rule::PinOrigin, why));
            trust.other_records.push(OtherRecord { what: "pin", origin: kept.origin.clone() });
            return;
        }
        // The pin's log keys at the proof's size; they begin at size 1.
        let keys_then = pin.log.iter().rev().find(|keys| keys.size <= size.max(1));
        if !keys_then.is_some_and(|keys| self.log_keys.contains(&keys.key)) {
            let genesis = self.events.get(&0).map(|event| event.reading.hash);
            if genesis != Some(pin.genesis) {
                trust.missing.push(format!(
                    "the pin is of another record named {origin}: its event 0 is {}, and this \
                     proof's is {}; give a pin of the record that the proof is of",
                    pin.genesis,
                    genesis.map(|hash| hash.to_string()).unwrap_or_default()
                ));
                return;
            }
            let key = keys_then.map(|keys| keys.key.to_string()).unwrap_or_default();
            trust.missing.push(format!(
                "the pinned log key, {key}, is not the proof's; move the pin forward by a whole \
                 verify"
            ));
            return;
        }
        let is_unrelated = |fault: &Fault| {
            let number = fault.rule.number();
            !((1001..=1006).contains(&number) || number == 702 || number == 703)
        };
        if !faults.iter().all(is_unrelated) {
            return;
        }
        match self.forked(&pin) {
            Some(why) => faults.push(Fault::of(Rule::ForkedFromPin, why)),
            None => {
                trust.pin_size = Some(kept.size);
                trust.named_by.push(format!("the pin of size {}", kept.size));
            }
        }
    }

    /// The difference between the proof and the pin, if there is one.
    fn forked(&self, pin: &Pin) -> Option<String> {
        let hash = |position: u64| self.events.get(&position).map(|event| event.reading.hash);
        if hash(0) != Some(pin.genesis) {
            return Some(format!("event 0 is not the pinned one, {}", pin.genesis));
        }
        let (signed, kept) = (&self.proof.checkpoint, &pin.checkpoint);
        let size = signed.size;
        if size == kept.size && signed.root != kept.root {
            return Some(format!(
                "the log key signed another root than the pinned one for size {size}"
            ));
        }
        for (subtree, peak) in subtrees(0..kept.size).iter().zip(&pin.peaks) {
            for shown in &self.proof.events {
                let index = shown.position;
                let leaf = hash(index).filter(|_| index >> subtree.level == subtree.index);
                let inclusion = Inclusion { index, size, path: shown.path.clone() };
                let root = leaf.and_then(|leaf| inclusion.subtree(&leaf, subtree.level));
                if root.is_some_and(|root| root != *peak) {
                    return Some(format!("event {index} is not among those that were pinned"));
                }
            }
        }
        None
    }

    /// Rule 1010, the quorum, and the number of lines of unknown keys; `known` lines are of log
    /// keys.
    fn check_lines(&self, known: usize, faults: &mut Vec<Fault>, trust: &mut ProofTrust) {
        let ignored = self.proof.note.signatures.len() - known;
        trust.ignored_lines = ignored;
        let Some(policy) = &self.context.policy else { return };
        let lines = policy.check(&self.proof.note);
        if let Some(why) = lines.refusal() {
            faults.push(Fault::of(Rule::Cosignature, why));
        }
        trust.ignored_lines = ignored.saturating_sub(lines.lines);
        trust.missing.extend(lines.no_quorum());
        trust.witnesses = lines.witnesses;
    }
}

fn check_policy(
    context: &ProofContext,
    origin: &str,
    named: impl Fn(&str, &PublicKey) -> bool,
    trust: &mut ProofTrust,
) {
    let Some(policy) = context.policy.as_ref().filter(|policy| !policy.logs.is_empty()) else {
        return;
    };
    match policy.logs.iter().any(|log| named(&log.key.name, &log.key.public)) {
        true => trust.named_by.push("the policy".to_owned()),
        false => {
            let others = policy.other_origins(origin);
            let other = others.map(|origin| OtherRecord { what: "policy", origin });
            trust.other_records.extend(other);
            trust.missing.push("no log of the policy is the proof's".to_owned());
        }
    }
}

fn check_log_key(
    context: &ProofContext,
    origin: &str,
    named: impl Fn(&str, &PublicKey) -> bool,
    trust: &mut ProofTrust,
) {
    let Some(key) = &context.log_key else { return };
    match key.kind == KeyKind::Note && named(&key.name, &key.public) {
        true => trust.named_by.push("the log key that was given".to_owned()),
        false => {
            if key.kind == KeyKind::Note && key.name != origin {
                let origin = key.name.clone();
                trust.other_records.push(OtherRecord { what: "log key", origin });
            }
            trust.missing.push(format!("the log key that was given, {key}, is not its own"));
        }
    }
}
