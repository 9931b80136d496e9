//! What became of a proof.

use crate::event::body::Body;
use crate::event::body::Content;
use crate::event::record::Statement;
use crate::key::PublicKey;
use crate::rule::Class;
use crate::rule::Fault;
use crate::transfer::Changed;
use crate::transfer::changed;
use crate::verify::examine::Examined;
use crate::verify::proof::events;
use crate::verify::proof::form::Proof;
use crate::verify::proof::trust::Trust;
use crate::version_line::later;
use std::collections::BTreeMap;

/// What became of a proof.
pub struct Judged {
    /// The proof, if it is in form.
    pub proof: Option<Proof>,
    /// The version that it says, if that is a later one: then nothing of it is judged.
    pub later_version: Option<u64>,
    /// What was changed of the file on its way: then nothing of it is judged.
    pub changed: Option<Changed>,
    /// Its events, read, by position.
    pub events: BTreeMap<u64, Examined>,
    /// All faults, by position (those of no event first), then rule.
    pub faults: Vec<Fault>,
    /// The log key, and the old one where there is one.
    pub log_keys: Vec<PublicKey>,
    /// Quotations that hold in documents of the file.
    pub quotations: u64,
    /// Quotations whose document is not in the file.
    pub not_checkable: u64,
    /// Who else names the log key, and who cosigned.
    pub trust: Trust,
}

impl Judged {
    /// The exit code: 4 forked, 1 fault, 2 damage or a later version, 5 trust missing, 0 yes.
    pub fn exit(&self) -> u8 {
        match self.faults.iter().map(|fault| fault.rule.class()).max() {
            Some(Class::Fork) => 4,
            Some(Class::Fault) => 1,
            Some(Class::Damage) => 2,
            None if self.later_version.is_some() || self.changed.is_some() => 2,
            None if self.trust.missing.is_empty() => 0,
            None => 5,
        }
    }

    /// The statement of the event at a position, if it is here and in form.
    pub fn statement(&self, position: u64) -> Option<&Statement> {
        events::in_form(self.events.get(&position)?).map(|(_, statement)| statement)
    }

    /// The body of the event at a position, if it is here and the committed one.
    pub fn body(&self, position: u64) -> Option<&Body> {
        let examined = self.events.get(&position)?;
        events::body(examined, self.statement(position)?)
    }

    /// The last name of a key in the events of this file up to a position.
    pub fn name(&self, key: &PublicKey, position: u64) -> Option<&str> {
        let mut name = None;
        for at in self.events.range(..=position).map(|(at, _)| *at) {
            let (Some(said), Some(body)) = (self.statement(at), self.body(at)) else { continue };
            let named = crate::verify::proof::events::names(said);
            match &body.content {
                Content::LedgerOpened(body) if said.by == *key => name = Some(&*body.name),
                Content::EditorEnrolled(body) if named == Some(*key) => name = Some(&*body.name),
                Content::EditorChanged(body) if named == Some(*key) => name = Some(&*body.name),
                _ => {}
            }
        }
        name
    }
}
