//! Effects: how an event changed its object, each field with its value before and after.
//!
//! Always holds: a value before is the value just before the event, even where something later
//! undid the event that gave it; a withheld text is null. The impact of an event (events undone,
//! statuses changed) is the difference of two folds. Not here: sentences (`cli`). Source: FORMAT.md
//! sections 4 and 8.

use crate::ledger::error::LedgerError;
use crate::ledger::query::names::Names;
use crate::ledger::query::revocation_impact::{RevocationImpact, RevokedKey, StandingFacts};
use crate::ledger::query::row::FieldChange;
use crate::ledger::query::{View, ViewedEvent};
use annals_core::event::args::{Args, EditorChanged, Roles};
use annals_core::event::body::{Content, Described};
use annals_core::fold::history::Act;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
use annals_core::state::State;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The key that an event names, and the name of its holder just before the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The name just before the event; for a key that the event enrols, the name that it gives.
    pub name: String,
    /// The name as of the view's point, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_now: Option<String>,
    /// The key.
    pub key: PublicKey,
}

/// How an event changed its object.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Effect {
    /// The person whom the event names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The fields that it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// The events that it undid, and the facts whose status it changed without acting on them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<RevocationImpact>,
}

/// The effects of the events of a view.
pub struct Effects<'a, 'v> {
    pub(super) view: &'a View<'v>,
    pub(super) names: &'a Names,
    impacts: RefCell<BTreeMap<u64, Rc<RevocationImpact>>>,
}

impl<'a, 'v> Effects<'a, 'v> {
    /// Creates the effects of this view.
    pub fn new(view: &'a View<'v>, names: &'a Names) -> Effects<'a, 'v> {
        Effects { view, names, impacts: RefCell::new(BTreeMap::new()) }
    }

    /// The view.
    pub fn view(&self) -> &'a View<'v> {
        self.view
    }

    /// The effect of one event.
    pub fn of(&self, event: &ViewedEvent) -> Result<Effect, LedgerError> {
        let Some(statement) = event.statement() else { return Ok(Effect::default()) };
        let content = self.view.content(event).ok();
        let (changes, subject) = match &statement.args {
            Args::LedgerOpened(args) => {
                let mut changes = self.ledger(event.position, args.confirmations, content);
                changes.insert(0, change("origin", Value::Null, json!(args.origin)));
                changes.push(change("log_key", Value::Null, json!(args.log_key)));
                changes.push(change("roles", Value::Null, roles(args.roles)));
                (changes, Some(statement.by))
            }
            Args::LedgerChanged(args) => {
                (self.ledger(event.position, args.confirmations, content), None)
            }
            Args::LedgerRekeyed(args) => {
                let before = json!(self.names.log_key_before(event.position));
                (vec![change("log_key", before, json!(args.log_key))], None)
            }
            Args::LedgerRetimed(_) => {
                let earlier = event.position.checked_sub(1).map(|before| self.view.event(before));
                let earlier = earlier.transpose()?.flatten().and_then(|earlier| earlier.at());
                (vec![change("at", json!(earlier), json!(event.at()))], None)
            }
            Args::LedgerUpgraded(args) => {
                let before = json!(self.names.format_before(event.position));
                (vec![change("v", before, json!(args.v))], None)
            }
            Args::EditorEnrolled(args) => {
                let mut changes = vec![change("roles", Value::Null, roles(args.roles))];
                let others = self.names.keys_of_person(&args.key, event.position);
                if !others.is_empty() {
                    let all = others.iter().copied().chain([args.key]);
                    let all: Vec<PublicKey> = all.collect();
                    changes.push(change("keys_of_person", json!(others), json!(all)));
                }
                (changes, Some(args.key))
            }
            Args::EditorChanged(args) => (self.changed_key(event, args), Some(args.key)),
            Args::EditorRevoked(args) => (Vec::new(), Some(args.key)),
            Args::DocumentDescribed(args) => match content {
                Some(Content::DocumentDescribed(body)) => {
                    (self.described(args.document, event.position, body)?, None)
                }
                _ => (Vec::new(), None),
            },
            Args::FactCorrected(args) => match content {
                Some(Content::FactCorrected(body)) => {
                    let earlier = self.view.event(args.on)?;
                    let before = earlier.as_ref().and_then(|earlier| self.fact(earlier));
                    (differences(&before.unwrap_or_default(), &object(&body.fact)), None)
                }
                _ => (Vec::new(), None),
            },
            _ => (Vec::new(), None),
        };
        let subject = subject.map(|key| {
            let named = self.names.at(&key, event.position);
            Subject { name: named.then, name_now: named.now, key }
        });
        Ok(Effect { subject, changes, impact: self.impact(event.position)?.as_deref().cloned() })
    }

    /// The fields that an `editor.changed` changed: the name, if its text is here, and the roles.
    pub fn changed_key(&self, event: &ViewedEvent, args: &EditorChanged) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        if let Ok(Content::EditorChanged(body)) = self.view.content(event) {
            let before = json!(self.names.plain_at(&args.key, event.position));
            differ(&mut changes, "name", before, json!(body.name));
        }
        let before = self.names.roles_before(&args.key, event.position).map(roles);
        differ(&mut changes, "roles", json!(before), roles(args.roles));
        changes
    }

    fn ledger(
        &self,
        event: u64,
        confirmations: u64,
        content: Option<&Content>,
    ) -> Vec<FieldChange> {
        let (before, needed) = self.names.ledger_before(event);
        let mut changes = Vec::new();
        differ(&mut changes, "confirmations", json!(needed), json!(confirmations));
        let words = match content {
            Some(Content::LedgerOpened(body)) => {
                Some((&body.title, &body.licence, &body.corrections_policy))
            }
            Some(Content::LedgerChanged(body)) => {
                Some((&body.title, &body.licence, &body.corrections_policy))
            }
            _ => None,
        };
        if let Some((title, licence, policy)) = words {
            differ(&mut changes, "title", json!(before.title), json!(title));
            differ(&mut changes, "licence", json!(before.licence), json!(licence));
            let old = json!(before.corrections_policy);
            differ(&mut changes, "corrections_policy", old, json!(policy));
        }
        changes
    }

    /// The fields that a description changed, compared with the description before it.
    fn described(
        &self,
        document: u64,
        event: u64,
        body: &Described,
    ) -> Result<Vec<FieldChange>, LedgerError> {
        for earlier in self.view.life(document).into_iter().rev().filter(|other| *other < event) {
            // A description that was undone before this event does not count.
            if earlier != document && self.view.was_undone(earlier, event) {
                continue;
            }
            let Some(event) = self.view.event(earlier)? else { continue };
            let before = match (event.statement().map(|it| &it.args), self.view.content(&event)) {
                (_, Ok(Content::DocumentCaptured(body))) => object(body),
                (_, Ok(Content::DocumentDescribed(body))) => object(body),
                // What is withheld is not what was before it.
                (Some(Args::DocumentCaptured(_) | Args::DocumentDescribed(_)), _) => Map::new(),
                _ => continue,
            };
            return Ok(differences(&before, &object(body)));
        }
        Ok(differences(&Map::new(), &object(body)))
    }

    fn fact(&self, event: &ViewedEvent) -> Option<Map<String, Value>> {
        match self.view.content(event) {
            Ok(Content::FactAsserted(body)) => Some(object(&body.fact)),
            Ok(Content::FactCorrected(body)) => Some(object(&body.fact)),
            _ => None,
        }
    }

    /// The impact of an event: events undone and facts changed by a suspect revocation, and facts
    /// changed by a new number of confirmations. `None` for every other event, and for one that was
    /// undone.
    pub fn impact(&self, event: u64) -> Result<Option<Rc<RevocationImpact>>, LedgerError> {
        let act = self.view.state().history.act(event);
        match act.is_some_and(turns) && self.view.undone_by(event).is_none() {
            true => self.impact_then(event),
            false => Ok(None),
        }
    }

    /// The impact that an event had when it was recorded, also of one that was undone since.
    pub fn impact_then(&self, event: u64) -> Result<Option<Rc<RevocationImpact>>, LedgerError> {
        if !self.view.state().history.act(event).is_some_and(turns) {
            return Ok(None);
        }
        if let Some(known) = self.impacts.borrow().get(&event) {
            return Ok(Some(known.clone()));
        }
        if self.view.is_folded() {
            *self.impacts.borrow_mut() = all(self.view.state(), self.names);
        } else if let Some(facts) = self.view.turned_by(event) {
            let impact = RevocationImpact { facts, ..RevocationImpact::default() };
            self.impacts.borrow_mut().insert(event, Rc::new(impact));
        } else {
            let stood = |size: u64| -> Result<StandingFacts, LedgerError> {
                Ok(StandingFacts::of(View::standing(self.view.record, size)?.state()))
            };
            let name = |key: &PublicKey| self.names.of(key);
            let operation = self.view.state().history.act(event).map(|act| &act.operation);
            let revoked = operation.and_then(|operation| revoked(operation, &name));
            let impact = RevocationImpact::between(&stood(event)?, &stood(event + 1)?, revoked);
            self.impacts.borrow_mut().insert(event, Rc::new(impact));
        }
        Ok(self.impacts.borrow().get(&event).cloned())
    }

    /// The events of the view from `first` on that may change facts other than their object.
    pub fn turning(&self, first: u64) -> Vec<u64> {
        let acts = self.view.state().history.acts().iter();
        let turning = acts.filter(|act| act.position >= first && turns(act));
        turning.map(|act| act.position).collect()
    }
}

/// Whether an event may change the status of any fact.
fn turns(act: &Act) -> bool {
    match &act.operation {
        Operation::Changed { .. } => true,
        Operation::Revoked(revoked) => revoked.suspect_from.is_some(),
        _ => false,
    }
}

/// The key that a revocation names.
fn revoked<'a>(
    operation: &Operation,
    name: &'a dyn Fn(&PublicKey) -> String,
) -> Option<RevokedKey<'a>> {
    match operation {
        Operation::Revoked(revoked) => Some(RevokedKey { key: revoked.key, name }),
        _ => None,
    }
}

/// The impact of each such event of a history, in one pass.
fn all(state: &State, names: &Names) -> BTreeMap<u64, Rc<RevocationImpact>> {
    let (history, mut fold) = (&state.history, State::default());
    let mut found = BTreeMap::new();
    let name = |key: &PublicKey| names.of(key);
    let needed = |state: &State| state.fold.ledger.as_ref().map(|ledger| ledger.confirmations);
    for act in history.acts() {
        let Some(key) = history.key(act.by) else { continue };
        let same = matches!(act.operation, Operation::Changed { confirmations }
            if needed(&fold) == Some(confirmations));
        let before = (turns(act) && !same).then(|| StandingFacts::of(&fold));
        fold.apply(act.position, key, act.operation.clone());
        if turns(act) {
            let revoked = revoked(&act.operation, &name);
            let after = StandingFacts::of(&fold);
            let impact = before.map(|before| RevocationImpact::between(&before, &after, revoked));
            found.insert(act.position, Rc::new(impact.unwrap_or_default()));
        }
    }
    found
}

fn roles(roles: Roles) -> Value {
    json!(roles)
}

/// The fields of a value as a JSON object.
pub(crate) fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn change(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { field: field.to_owned(), before, after }
}

fn differ(changes: &mut Vec<FieldChange>, field: &str, before: Value, after: Value) {
    if before != after {
        changes.push(change(field, before, after));
    }
}

/// The fields that differ: those of the second value first, in their order.
pub(crate) fn differences(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<FieldChange> {
    // These fields are not part of a description: they belong to one event.
    const OWN: [&str; 3] = ["statement", "sha256", "bytes"];
    let gone = before.keys().filter(|field| !after.contains_key(*field));
    let mut changes = Vec::new();
    for field in after.keys().chain(gone).filter(|field| !OWN.contains(&field.as_str())) {
        let value = |fields: &Map<String, Value>| fields.get(field).cloned().unwrap_or_default();
        differ(&mut changes, field, value(before), value(after));
    }
    changes
}
