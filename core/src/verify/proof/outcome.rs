//! The outcome of the verification of a proof, and the context that it is verified in.

use crate::event::args::Args;
use crate::event::body::{Body, Content};
use crate::event::record::{Place, Statement};
use crate::event::vocabulary::Type;
use crate::key::PublicKey;
use crate::naming::{self, HeldName};
use crate::rule::{Class, Fault};
use crate::state::Undoings;
use crate::text::Person;
use crate::tlog::VerifierKey;
use crate::tlog::policy::Policy;
use crate::transfer::Changed;
use crate::verdict::Verdict;
use crate::verify::examine::{BodyFound, Examined};
use crate::verify::proof::form::Proof;
use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::fmt;

/// The outcome of the verification of a proof.
#[derive(Default)]
pub struct ProofOutcome {
    /// The proof, if it is in form.
    pub proof: Option<Proof>,
    /// The version in its first line, if it is a later one: nothing of it is verified then.
    pub later_version: Option<u64>,
    /// How the file was changed in transfer: nothing of it is verified then.
    pub changed: Option<Changed>,
    /// Its examined events, by position.
    pub events: BTreeMap<u64, Examined>,
    /// The keys with a name here that a reader could mistake for another person's.
    pub alike: HashSet<PublicKey>,
    /// All faults, by position (those of no event first), then rule.
    pub faults: Vec<Fault>,
    /// The log key, and the old one where there is one.
    pub log_keys: Vec<PublicKey>,
    /// Quotations that hold in documents of the file.
    pub quotations: u64,
    /// Quotations whose document is not in the file.
    pub not_checkable: u64,
    /// What else names the log key, and who cosigned.
    pub trust: ProofTrust,
}

impl ProofOutcome {
    /// The verdict: the gravest fault decides, then a later version, then trust.
    pub fn verdict(&self) -> Verdict {
        match self.faults.iter().map(|fault| fault.rule.class()).max() {
            Some(Class::Fork) => Verdict::Forked,
            Some(Class::Fault) => Verdict::No,
            Some(Class::Damage) => Verdict::CouldNotTell,
            None if self.later_version.is_some() || self.changed.is_some() => Verdict::CouldNotTell,
            None if self.trust.missing.is_empty() => Verdict::Yes,
            None => Verdict::TrustMissing,
        }
    }

    /// The statement of the event at a position, if it is present and in form.
    pub fn statement(&self, position: u64) -> Option<&Statement> {
        in_form(self.events.get(&position)?).map(|(_, statement)| statement)
    }

    /// The body of the event at a position, if it is present and the committed one.
    pub fn body(&self, position: u64) -> Option<&Body> {
        let examined = self.events.get(&position)?;
        body(examined, self.statement(position)?)
    }

    /// The last name of a key's holder in the events of this file just before a position (of the
    /// founder and of a new key, that which the event gives), with digits of the key where a reader
    /// could mistake it for another person's; the digits alone of a key that is enrolled without a
    /// name here. A name does not count where it was undone.
    pub fn name(&self, key: &PublicKey, position: u64, undoings: &Undoings) -> Option<String> {
        let mut name = None;
        for at in self.events.range(..=position).map(|(at, _)| *at) {
            let (Some(statement), Some(body)) = (self.statement(at), self.body(at)) else {
                continue;
            };
            let named = named_key(statement);
            match &body.content {
                Content::LedgerOpened(body) if statement.by == *key => name = Some(&*body.name),
                Content::EditorEnrolled(body) if named == Some(*key) => name = Some(&*body.name),
                Content::EditorChanged(body)
                    if named == Some(*key)
                        && at < position
                        && !undoings.was_undone(at, position) =>
                {
                    name = Some(&*body.name);
                }
                _ => {}
            }
        }
        let digits = || format!("key {}", key.short());
        match name {
            Some(name) if self.alike.contains(key) => Some(format!("{name} ({})", digits())),
            Some(name) => Some(name.to_owned()),
            None if self.is_enrolled(key) => Some(digits()),
            None => None,
        }
    }

    /// Whether an event of this file enrols a key.
    fn is_enrolled(&self, key: &PublicKey) -> bool {
        self.events.keys().filter_map(|at| self.statement(*at)).any(|statement| {
            matches!(statement.kind, Type::EditorEnrolled) && named_key(statement) == Some(*key)
                || matches!(statement.kind, Type::LedgerOpened) && statement.by == *key
        })
    }
}

/// The keys that events name with a name that a reader could mistake for another person's.
pub fn alike(events: &BTreeMap<u64, Examined>) -> HashSet<PublicKey> {
    let mut persons = BTreeMap::<PublicKey, &Person>::new();
    let mut named = Vec::new();
    for examined in events.values() {
        let Some((_, statement)) = in_form(examined) else { continue };
        let key = named_key(statement).unwrap_or(statement.by);
        match &statement.args {
            Args::LedgerOpened(args) => _ = persons.insert(key, &args.person),
            Args::EditorEnrolled(args) => _ = persons.insert(key, &args.person),
            _ => {}
        }
        let name = match body(examined, statement).map(|body| &body.content) {
            Some(Content::LedgerOpened(body)) => &body.name,
            Some(Content::EditorEnrolled(body)) => &body.name,
            Some(Content::EditorChanged(body)) => &body.name,
            _ => continue,
        };
        named.push((key, name));
    }
    naming::alike(named.iter().map(|(key, name)| {
        let person = persons.get(key).copied();
        HeldName { key, person, name }
    }))
}

/// Place and statement, if none of 101, 102, 103, 105 is broken.
pub fn in_form(examined: &Examined) -> Option<(&Place, &Statement)> {
    let reading = &examined.reading;
    let (place, statement) = (reading.place.as_ref()?, reading.statement.as_ref()?);
    reading.faults.is_empty().then_some((place, statement))
}

/// The body, if it passes 601, 104 and 602.
pub fn body<'a>(examined: &'a Examined, statement: &Statement) -> Option<&'a Body> {
    match &examined.body {
        BodyFound::Good(body) => {
            let same = body.by == statement.by && body.content.kind() == statement.kind;
            same.then_some(body)
        }
        _ => None,
    }
}

/// The key that an enrolment, a change or a revocation names.
pub fn named_key(statement: &Statement) -> Option<PublicKey> {
    match &statement.args {
        Args::EditorEnrolled(args) => Some(args.key),
        Args::EditorChanged(args) => Some(args.key),
        Args::EditorRevoked(args) => Some(args.key),
        _ => None,
    }
}

/// Something that was given beside a proof and is of another record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherRecord {
    /// What it is: `pin`, `policy` or `log key`.
    pub what: &'static str,
    /// The origin of its record; of a policy with several logs, all of theirs.
    pub origin: String,
}

impl fmt::Display for OtherRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} is of another record ({})", self.what, self.origin)
    }
}

/// What else than the proof vouches for its checkpoint.
#[derive(Clone, Debug, Default)]
pub struct ProofTrust {
    /// Which of the requested trust is missing; empty if none is.
    pub missing: Vec<String>,
    /// What was given and is of another record.
    pub other_records: Vec<OtherRecord>,
    /// What names the log key, as text.
    pub named_by: Vec<String>,
    /// Names and times (seconds since 1970) of witnesses of the policy that cosigned.
    pub witnesses: Vec<(String, u64)>,
    /// Size of the pin, if one was compared.
    pub pin_size: Option<u64>,
    /// Signature lines of unknown keys.
    pub ignored_lines: usize,
}

/// What the verifier has besides the proof.
#[derive(Clone, Debug, Default)]
pub struct ProofContext {
    /// The bytes of a pin.
    pub pin: Option<Vec<u8>>,
    /// A policy.
    pub policy: Option<Policy>,
    /// A log key with its origin.
    pub log_key: Option<VerifierKey>,
}
