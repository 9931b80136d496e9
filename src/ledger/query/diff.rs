//! What changed between two points of one record: facts with their acts, and all other events.
//!
//! Always holds: a fact is listed if an event acted on it after the first point and up to the
//! second, or if its state differs (for example because acts of a stolen key were undone). An act
//! that was undone is listed as undone. Not here: texts for people (`cli/diff`); opening both
//! points as slices (`since`).

use crate::ledger::error::LedgerError;
use crate::ledger::query::content_text::statement_text;
use crate::ledger::query::effect::{Effects, Subject};
use crate::ledger::query::event::{EventRow, on, row};
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::{Names, act};
use crate::ledger::query::row::{ActRow, Charge, FactRow, StatementRow, Withheld, WordsRow};
use crate::ledger::query::undoing::{
    AffectedActs, DocumentChange, affected_acts, document_changes, documents, is_any_turned, turned,
};
use crate::ledger::query::{View, owners};
use annals_core::event::args::Args;
use annals_core::event::vocabulary::{ErrorIn, Type};
use annals_core::fold::Fact;
use annals_core::fold::operation::Operation;
use annals_core::hash::Hash;
use annals_core::state::Status;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// The words for what happened to a fact, in the order of the output.
const WORDS: [&str; 15] = [
    "new",
    "corrected",
    "disputed",
    "upheld",
    "resolved",
    "confirmed",
    "retracted",
    "reinstated",
    "redacted",
    "released",
    "threshold-changed",
    "undone",
    "restored",
    "suspect",
    "cleared",
];

/// An act on a fact between the points.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeStep {
    /// Signer, time and position.
    #[serde(flatten)]
    pub act: ActRow,
    /// The closed word that gives the reason or manner; for an act that is not about the fact but
    /// changed its status, what the act did.
    pub why: Option<String>,
    /// The subject whose key the act revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Where the error is, by the statement.
    pub error_in: Option<ErrorIn>,
    /// The disputes or the retraction that the act ends.
    pub ends: Vec<u64>,
    /// The statement.
    pub statement: Option<String>,
    /// Why the statement is withheld.
    pub withheld: Option<Withheld>,
    /// Of a revocation: what it did to acts on the fact.
    #[serde(skip)]
    pub effect: RevocationEffect,
}

/// What a suspect revocation did to the acts on a fact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationEffect {
    /// It changed the status of the fact alone.
    #[default]
    StatusOnly,
    /// It undid some.
    Undone,
    /// It put some in force again.
    Restored,
    /// Both.
    Both,
}

impl fmt::Display for RevocationEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RevocationEffect::StatusOnly => "another status",
            RevocationEffect::Undone => "undone",
            RevocationEffect::Restored => "in force again",
            RevocationEffect::Both => "undone and in force again",
        })
    }
}

/// A fact that changed.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The fact.
    pub fact: u64,
    /// The hash of its assertion.
    pub hash: Hash,
    /// What happened to it: words of a closed list, in the order of that list.
    pub changes: Vec<&'static str>,
    /// Its status as of the first point; `None` if the fact did not exist.
    pub status_before: Option<Status>,
    /// Its status as of the second point; `None` if the fact does not stand any more.
    pub status: Option<Status>,
    /// The revision as of the first point; `None` if the fact did not exist.
    pub revision_before: Option<u64>,
    /// The revision as of the second point; of a fact that does not stand any more its last one.
    pub revision: u64,
    /// The words as of the first point, if they differ from those of the second.
    pub before: Option<WordsRow>,
    /// The words of this revision.
    pub now: WordsRow,
    /// The acts, by position.
    pub acts: Vec<ChangeStep>,
    /// The earlier acts that are undone or in force again.
    #[serde(flatten)]
    pub affected: AffectedActs,
}

/// Everything that changed between the points.
#[derive(Default)]
pub struct PointDiff {
    /// Facts, by position.
    pub facts: Vec<Change>,
    /// Their rows as of the second point.
    pub rows: Vec<FactRow>,
    /// Relations made and withdrawn.
    pub relations: Vec<EventRow>,
    /// Captures and descriptions; releases and redactions of the words of documents.
    pub documents: Vec<EventRow>,
    /// Enrolments, changes and revocations.
    pub editors: Vec<EventRow>,
    /// Events of the ledger itself; releases and redactions of the words of other events.
    pub ledger: Vec<EventRow>,
    /// Earlier events, not acts on facts, that are undone as of the second point only.
    pub undone: Vec<EventRow>,
    /// Earlier events, not acts on facts, that are undone as of the first point only.
    pub restored: Vec<EventRow>,
    /// How the documents differ that some of these are about.
    pub described: Vec<DocumentChange>,
    /// The number of bodies that do not have the signed digest.
    pub damaged: u64,
}

impl PointDiff {
    /// The facts of relations that were made, withdrawn, undone, or are in force again.
    pub fn relation_ends(&self) -> impl Iterator<Item = u64> {
        let events = self.relations.iter().chain(&self.undone).chain(&self.restored);
        let of_facts =
            |row: &&EventRow| matches!(row.kind, Some(Type::FactRelated | Type::RelationWithdrawn));
        events.filter(of_facts).flat_map(|row| row.on.iter().copied())
    }
}

/// The changes after the point of `from` up to the point of `to`.
pub fn between(
    from: &View<'_>,
    to: &View<'_>,
    names: &Names,
    wanted: &dyn Fn(u64) -> bool,
) -> Result<PointDiff, LedgerError> {
    let first = from.as_of().size;
    let mut changed = restated(from, to);
    for act in to.state().history.acts().iter().filter(|act| act.position >= first) {
        changed.extend(acted_on(to, act.position));
    }
    let mut earlier = turned(from, to);
    earlier.retain(|event| {
        let facts = acted_on(to, *event);
        changed.extend(facts.iter().copied());
        facts.is_empty()
    });
    let gathered = gather(to, names, &|fact| changed.contains(&fact) && wanted(fact))?;
    let mut all = PointDiff { damaged: gathered.damaged, ..PointDiff::default() };
    let effects = Effects::new(to, names);
    let turns = turns(&effects, first)?;
    for event in to.events(&earlier)? {
        let on = event.statement().map(|statement| on(to, event.position, &statement.args));
        let row = row(&effects, &event, on.unwrap_or_default())?;
        if row.undone_by.is_some() { &mut all.undone } else { &mut all.restored }.push(row);
    }
    let documents = documents(to, &earlier);
    if !documents.is_empty() {
        let before = gather(from, names, &|_| false)?;
        all.described = document_changes(documents, first, &before, &gathered);
    }
    let is_turned = is_any_turned(to, first);
    for row in gathered.facts.into_values() {
        let affected = match is_turned {
            true => affected_acts(from, &row),
            false => AffectedActs::default(),
        };
        all.facts.push(change(from, to, &turns, affected, &row));
        all.rows.push(row);
    }
    let mut failed = Ok(());
    to.walk(first, to.as_of().size, &mut |event| {
        if let Some(statement) = event.statement() {
            let on = on(to, event.position, &statement.args);
            let of_fact = on.iter().any(|on| to.is_fact(*on));
            let list = match statement.kind {
                Type::FactRelated | Type::RelationWithdrawn => &mut all.relations,
                Type::DocumentCaptured | Type::DocumentDescribed => &mut all.documents,
                Type::EditorEnrolled | Type::EditorChanged | Type::EditorRevoked => {
                    &mut all.editors
                }
                Type::BodyReleased | Type::BodyRedacted if of_fact => return true,
                Type::BodyReleased | Type::BodyRedacted if !on.is_empty() => &mut all.documents,
                kind if kind.as_str().starts_with("fact.") => return true,
                _ => &mut all.ledger,
            };
            match row(&effects, event, on) {
                Ok(row) => list.push(row),
                Err(error) => failed = Err(error),
            }
        }
        failed.is_ok()
    })?;
    failed.map(|()| all)
}

/// The facts that an event acts on; none if it relates facts, or is about something else.
fn acted_on(view: &View<'_>, event: u64) -> Vec<u64> {
    let operation = view.state().history.act(event).map(|act| &act.operation);
    if matches!(operation, Some(Operation::Related(_) | Operation::Withdrawn { .. })) {
        return Vec::new();
    }
    let mut facts = owners(view, event);
    facts.retain(|fact| view.is_fact(*fact));
    facts
}

/// An act between the points that is not about a fact but changed the status of some.
struct StatusTurn {
    step: ChangeStep,
    /// The facts whose status it changed.
    facts: BTreeSet<u64>,
    /// The events that it undid.
    undone: BTreeSet<u64>,
    /// The events that it put in force again.
    restored: BTreeSet<u64>,
}

impl StatusTurn {
    /// The step of a fact with these acts, if it changed its status, undid one of them, or put one
    /// in force again.
    fn of(&self, row: &FactRow, acts: &[ChangeStep]) -> Option<ChangeStep> {
        let any = |of: &BTreeSet<u64>| acts.iter().any(|step| of.contains(&step.act.event));
        let effect = match (any(&self.undone), any(&self.restored)) {
            (true, true) => RevocationEffect::Both,
            (true, false) => RevocationEffect::Undone,
            (false, true) => RevocationEffect::Restored,
            (false, false) => RevocationEffect::StatusOnly,
        };
        let concerns = self.facts.contains(&row.fact) || effect != RevocationEffect::StatusOnly;
        concerns.then(|| ChangeStep { effect, ..self.step.clone() })
    }
}

fn turns(effects: &Effects<'_, '_>, first: u64) -> Result<Vec<StatusTurn>, LedgerError> {
    let (view, mut turns) = (effects.view(), Vec::new());
    for event in effects.turning(first) {
        let (Some(impact), Some(event)) = (effects.impact(event)?, view.event(event)?) else {
            continue;
        };
        let row = row(effects, &event, Vec::new())?;
        let why = match &row.args {
            Some(Args::LedgerChanged(args)) => {
                let confirmations =
                    row.effect.changes.iter().find(|change| change.field == "confirmations");
                let Some(change) = confirmations else { continue };
                let noun = if args.confirmations == 1 { "confirmation" } else { "confirmations" };
                format!("{} {noun}, before {}", args.confirmations, change.before)
            }
            Some(Args::EditorRevoked(args)) => {
                let from = args.suspect_from.unwrap_or_default();
                format!("{}, suspect from {from}", args.reason)
            }
            _ => continue,
        };
        let Some(act) = act(view, effects.names, &event) else { continue };
        let subject = row.effect.subject.clone();
        let said = statement_text(view.content(&event));
        let step = ChangeStep { subject, ..step(&act, Some(why), &said) };
        let facts = impact.facts.iter().map(|changed| changed.fact).collect();
        let undone = impact.struck.iter().chain(&impact.set_aside).copied().collect();
        let restored = impact.restored.iter().copied().collect();
        turns.push(StatusTurn { step, facts, undone, restored });
    }
    Ok(turns)
}

/// Facts whose state differs, whatever the reason.
fn restated(from: &View<'_>, to: &View<'_>) -> BTreeSet<u64> {
    let same = |old: &Fact, new: &Fact| {
        old.revision == new.revision
            && from.state().status(old) == to.state().status(new)
            && old.suspect == new.suspect
            && old.confirmed_by() == new.confirmed_by()
            && old.disputes() == new.disputes()
            && old.retraction() == new.retraction()
    };
    let (old, new) = (&from.state().fold, &to.state().fold);
    let other = |now: &&Fact| old.fact(now.position).is_none_or(|then| !same(then, now));
    let gone = |then: &&Fact| new.fact(then.position).is_none();
    let facts = new.facts().iter().filter(other).chain(old.facts().iter().filter(gone));
    facts.map(|fact| fact.position).collect()
}

fn change(
    from: &View<'_>,
    to: &View<'_>,
    turns: &[StatusTurn],
    affected: AffectedActs,
    row: &FactRow,
) -> Change {
    let first = from.as_of().size;
    let mut acts = steps(row);
    let turns: Vec<ChangeStep> = turns.iter().filter_map(|turn| turn.of(row, &acts)).collect();
    acts.retain(|step| step.act.event >= first);
    let mut changes: BTreeSet<&str> = BTreeSet::new();
    if !affected.undone.is_empty() || acts.iter().any(|step| step.act.undone_by.is_some()) {
        changes.insert("undone");
    }
    if !affected.restored.is_empty() {
        changes.insert("restored");
    }
    let standing = acts.iter().filter(|step| step.act.undone_by.is_none());
    changes.extend(standing.clone().map(|step| word(step.act.kind)));
    if standing.clone().any(|s| s.act.kind == Type::FactCorrected && !s.ends.is_empty()) {
        changes.insert("resolved");
    }
    if turns.iter().any(|step| step.act.kind == Type::LedgerChanged) {
        changes.insert("threshold-changed");
    }
    let old = from.state().fold.fact(row.fact);
    let new = to.state().fold.fact(row.fact);
    if row.fact >= first {
        changes.insert("new");
    }
    acts.extend(turns);
    acts.sort_by_key(|step| step.act.event);
    let was_suspect = old.is_some_and(|old| old.suspect);
    let is_suspect = new.is_some_and(|new| new.suspect);
    match (was_suspect, is_suspect) {
        (false, true) => drop(changes.insert("suspect")),
        (true, false) => drop(changes.insert("cleared")),
        _ => {}
    }
    let revision_before = old.map(|old| old.revision);
    let revision = match new {
        Some(new) => new.revision,
        None => revision_before.unwrap_or(row.revision),
    };
    let words = |event: u64| {
        let revision = row.revisions.iter().find(|other| other.act.event == event);
        revision.map(|revision| revision.words.clone())
    };
    let earlier = revision_before.filter(|before| *before != revision);
    Change {
        fact: row.fact,
        hash: row.hash,
        changes: WORDS.into_iter().filter(|word| changes.contains(word)).collect(),
        status_before: old.map(|old| from.state().status(old)),
        status: row.status,
        revision_before,
        revision,
        before: earlier.and_then(words),
        now: words(revision).unwrap_or_else(|| row.words.clone()),
        acts,
        affected,
    }
}

fn word(kind: Type) -> &'static str {
    match kind {
        Type::FactAsserted => "new",
        Type::FactCorrected => "corrected",
        Type::FactConfirmed => "confirmed",
        Type::FactDisputed => "disputed",
        Type::FactUpheld => "upheld",
        Type::FactRetracted => "retracted",
        Type::FactReinstated => "reinstated",
        Type::BodyReleased => "released",
        _ => "redacted",
    }
}

fn step(act: &ActRow, why: Option<String>, said: &StatementRow) -> ChangeStep {
    ChangeStep {
        act: act.clone(),
        why,
        subject: None,
        error_in: None,
        ends: Vec::new(),
        statement: said.statement.clone(),
        withheld: said.withheld,
        effect: RevocationEffect::StatusOnly,
    }
}

/// Every act on a fact, by position.
fn steps(row: &FactRow) -> Vec<ChangeStep> {
    let mut steps: Vec<ChangeStep> = Vec::new();
    for revision in &row.revisions {
        let why = revision.reason.map(|reason| reason.to_string());
        let mut step = step(&revision.act, why, &StatementRow::default());
        step.error_in = revision.error_in;
        step.ends.clone_from(&revision.resolves);
        step.statement.clone_from(&revision.statement);
        step.withheld = revision.words.withheld;
        steps.push(step);
    }
    let confirmations = row.confirmations.iter();
    steps.extend(confirmations.map(|row| step(&row.act, Some(row.how.to_string()), &row.said)));
    for charge in row.disputes.iter().chain(&row.retractions) {
        let Charge { act, reason, error_in, said, ended, other_ends, .. } = charge;
        let charged = step(act, Some(reason.to_string()), said);
        steps.push(ChangeStep { error_in: Some(*error_in), ..charged });
        // A correction that resolves a dispute is listed as a correction only.
        let ended =
            other_ends.iter().chain(ended).filter(|ended| ended.act.kind != Type::FactCorrected);
        steps.extend(ended.map(|ended| ChangeStep {
            ends: vec![act.event],
            ..step(&ended.act, None, &ended.said)
        }));
    }
    let bodies = row.bodies.iter();
    steps.extend(bodies.map(|opening| ChangeStep {
        ends: vec![opening.of],
        ..step(&opening.act, opening.reason.map(|reason| reason.to_string()), &opening.said)
    }));
    steps.sort_by_key(|step| step.act.event);
    steps
}
