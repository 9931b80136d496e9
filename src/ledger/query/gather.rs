//! Gathering: the rows of facts and documents, each built from its events in order.
//!
//! Always holds: only applied events are used; a row lists an event that was undone and marks it
//! so. For a record of any size only a part of the rows is in memory, unless they are collected.
//! Not here: the form of a row (`row`); which rows are requested (`cli`).

use crate::disk::together::together;
use crate::ledger::error::LedgerError;
use crate::ledger::query::content_text::{statement_text, words};
use crate::ledger::query::effect::{differences, object};
use crate::ledger::query::names::{Names, act};
use crate::ledger::query::row::{
    ActRow, Charge, Confirmation, DocumentRow, Ended, EvidenceRow, FactRow, Opening, Redescribed,
    RelationRow, Revision, StatementRow, Withheld, WordsRow,
};
use crate::ledger::query::{View, ViewedEvent};
use annals_core::event::args::{Args, FactRelated};
use annals_core::event::body::{Captured, Content};
use annals_core::event::vocabulary::{ErrorIn, Reason, RedactReason};
use annals_core::fold::history;
use annals_core::fold::operation::{EntryKind, Operation};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The requested rows.
#[derive(Default)]
pub struct GatheredRows {
    /// Facts by position.
    pub facts: BTreeMap<u64, FactRow>,
    /// All documents by position.
    pub documents: BTreeMap<u64, DocumentRow>,
    /// The number of bodies that do not have the signed digest.
    pub damaged: u64,
}

/// Gathers the facts whose positions are in `wanted`, and all documents.
pub fn gather(
    view: &View<'_>,
    names: &Names,
    wanted: &dyn Fn(u64) -> bool,
) -> Result<GatheredRows, LedgerError> {
    let rows = Rows::read(view, names, wanted)?;
    let mut facts = BTreeMap::new();
    rows.each(&mut |row| {
        facts.insert(row.fact, row);
        Ok::<(), LedgerError>(())
    })?;
    let damaged = rows.damaged();
    Ok(GatheredRows { facts, documents: rows.documents, damaged })
}

/// The minimum number of facts whose rows are built at once.
pub const PART: usize = 512;
/// The maximum number of parts in which rows are built where each part may read much of the
/// record.
const PARTS: usize = 8;

/// An event that is used for the row of a fact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Owned {
    fact: u64,
    event: u64,
}

/// The documents, and the events of each requested fact. Rows are built when they are taken, one
/// part at a time.
pub struct Rows<'a, 'v> {
    view: &'a View<'v>,
    names: &'a Names,
    /// All documents by position.
    pub documents: BTreeMap<u64, DocumentRow>,
    /// The requested facts.
    facts: Vec<u64>,
    /// Their events, by fact and position.
    owned: Vec<Owned>,
    /// The events read so far whose bodies do not have the signed digest.
    damaged: Mutex<BTreeSet<u64>>,
}

impl<'a, 'v> Rows<'a, 'v> {
    /// Reads all documents, and finds the events of the facts whose positions are in `wanted`.
    pub fn read(
        view: &'a View<'v>,
        names: &'a Names,
        wanted: &dyn Fn(u64) -> bool,
    ) -> Result<Rows<'a, 'v>, LedgerError> {
        let mut owners = Owners { view, facts: Vec::new(), owned: Vec::new() };
        let mut described = Vec::new();
        for act in view.state().history.acts() {
            match owners.take(act, wanted) {
                Whose::Document => described.push(act.position),
                Whose::Other => {}
            }
        }
        let Owners { facts, mut owned, .. } = owners;
        owned.sort_unstable();
        let mut rows = Rows {
            view,
            names,
            documents: BTreeMap::new(),
            facts,
            owned,
            damaged: Mutex::default(),
        };
        let mut made = BuiltRows::default();
        view.at(&described, &mut |event| {
            RowBuilder { rows: &rows, event, into: &mut made }.document()
        })?;
        rows.documents = made.documents;
        Ok(rows)
    }

    /// How many of the bodies read so far do not have the signed digest.
    pub fn damaged(&self) -> u64 {
        self.damaged_now().len() as u64
    }

    /// The events read so far whose bodies do not have the signed digest.
    pub fn damaged_events(&self) -> BTreeSet<u64> {
        self.damaged_now().clone()
    }

    fn damaged_now(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `each` with the row of each fact, by position.
    pub fn each<E: From<LedgerError>>(
        &self,
        take: &mut dyn FnMut(FactRow) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_of(&self.facts, take)
    }

    /// Calls `each` with the rows of these requested facts, in ascending order. While it is called
    /// with those of one part, those of the next are built.
    pub fn each_of<E: From<LedgerError>>(
        &self,
        facts: &[u64],
        take: &mut dyn FnMut(FactRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let part = match self.view.has_places() {
            true => PART,
            false => PART.max(facts.len().div_ceil(PARTS)),
        };
        let mut take_all = |rows: BTreeMap<u64, FactRow>| -> Result<(), E> {
            rows.into_values().try_for_each(&mut *take)
        };
        let mut parts = facts.chunks(part);
        let mut present = parts.next().map(|part| self.part(part)).transpose()?;
        while let Some(rows) = present {
            let (taken, next) = match parts.next() {
                Some(part) => together(|| take_all(rows), || Some(self.part(part))),
                None => (take_all(rows), None),
            };
            taken?;
            present = next.transpose()?;
        }
        Ok(())
    }

    fn part(&self, facts: &[u64]) -> Result<BTreeMap<u64, FactRow>, LedgerError> {
        let mut owned: Vec<Owned> = Vec::new();
        for fact in facts {
            let first = self.owned.partition_point(|owned| owned.fact < *fact);
            let rest = self.owned.get(first..).unwrap_or_default();
            owned.extend(rest.iter().take_while(|owned| owned.fact == *fact));
        }
        owned.sort_unstable_by_key(|owned| (owned.event, owned.fact));
        let mut events: Vec<u64> = owned.iter().map(|owned| owned.event).collect();
        events.dedup();
        let mut made = BuiltRows::default();
        self.view.at(&events, &mut |event| {
            let first = owned.partition_point(|owned| owned.event < event.position);
            let rest = owned.get(first..).unwrap_or_default();
            for owned in rest.iter().take_while(|owned| owned.event == event.position) {
                RowBuilder { rows: self, event, into: &mut made }.fact(owned.fact);
            }
        })?;
        for row in made.facts.values_mut() {
            finish(self.view, row);
            for evidence in evidence_of(row) {
                let document = self.documents.get(&evidence.evidence.document);
                let about = document.and_then(|row| row.about.as_ref());
                evidence.title = about.map(|about| about.title.to_string());
                evidence.sha256 = about.map(|about| about.sha256);
            }
            row.described_anew = described_anew(row, &self.documents);
            row.suspect_documents = suspect_documents(row, self.view);
        }
        Ok(made.facts)
    }
}

/// The object of an act.
enum Whose {
    Document,
    Other,
}

/// Assigns events to the rows of facts.
struct Owners<'a, 'v> {
    view: &'a View<'v>,
    facts: Vec<u64>,
    owned: Vec<Owned>,
}

impl Owners<'_, '_> {
    fn take(&mut self, act: &history::Act, wanted: &dyn Fn(u64) -> bool) -> Whose {
        let event = act.position;
        match &act.operation {
            Operation::Captured | Operation::Described { .. } => return Whose::Document,
            Operation::Sealed(entry) if entry.kind == EntryKind::Document => {
                return Whose::Document;
            }
            Operation::Asserted | Operation::Sealed(_) if wanted(event) => {
                self.facts.push(event);
                self.own(event, &[event]);
            }
            Operation::Related(triple) => self.own(event, &[triple.from, triple.to]),
            Operation::Withdrawn { relation } => {
                let related = self.view.state().history.act(*relation).map(|act| &act.operation);
                if let Some(Operation::Related(triple)) = related {
                    self.own(event, &[triple.from, triple.to]);
                }
            }
            Operation::Upheld { dispute: on }
            | Operation::Reinstated { retraction: on }
            | Operation::Released { event: on }
            | Operation::Redacted { event: on } => self.own_as(event, *on),
            operation => {
                if let Some(on) = operation.on() {
                    self.own_as(event, on);
                }
            }
        }
        Whose::Other
    }

    /// Records that the event is about these facts, as far as they are requested.
    fn own(&mut self, event: u64, facts: &[u64]) {
        let mut facts: Vec<u64> =
            facts.iter().copied().filter(|fact| self.facts.binary_search(fact).is_ok()).collect();
        facts.sort_unstable();
        facts.dedup();
        self.owned.extend(facts.into_iter().map(|fact| Owned { fact, event }));
    }

    /// Records that the event is about the same facts as an earlier one; the index also knows
    /// events that are not read.
    fn own_as(&mut self, event: u64, earlier: u64) {
        let facts = self.view.about(earlier).unwrap_or_else(|| {
            let first = self.owned.partition_point(|owned| owned.event < earlier);
            let rest = self.owned.get(first..).unwrap_or_default().iter();
            rest.take_while(|owned| owned.event == earlier).map(|owned| owned.fact).collect()
        });
        self.own(event, &facts);
    }
}

/// Rows under construction.
#[derive(Default)]
struct BuiltRows {
    facts: BTreeMap<u64, FactRow>,
    documents: BTreeMap<u64, DocumentRow>,
    /// Of each document its descriptions so far, also those that were undone later.
    descriptions: BTreeMap<u64, Vec<Description>>,
}

/// A description of a document as its fields; none where they are withheld.
struct Description {
    event: u64,
    fields: Map<String, Value>,
}

struct RowBuilder<'a, 'b, 'v> {
    rows: &'a Rows<'b, 'v>,
    event: &'a ViewedEvent,
    into: &'a mut BuiltRows,
}

impl RowBuilder<'_, '_, '_> {
    /// The event is about a document.
    fn document(mut self) {
        match self.event.statement().map(|statement| &statement.args) {
            Some(Args::DocumentCaptured(_)) => self.captured(),
            Some(Args::DocumentDescribed(args)) => self.described(args.document),
            _ => {}
        }
    }

    /// The event is about this fact.
    fn fact(mut self, fact: u64) {
        let Some(statement) = self.event.statement() else { return };
        match &statement.args {
            Args::FactAsserted(_) => self.asserted(),
            Args::FactRelated(args) => self.related(fact, args),
            Args::RelationWithdrawn(args) => self.withdrawn(fact, args.relation),
            Args::BodyReleased(args) => self.opened(fact, args.event, None),
            Args::BodyRedacted(args) => self.opened(fact, args.event, Some(args.reason)),
            args => self.act_on(fact, args),
        }
    }

    fn act(&self) -> Option<ActRow> {
        act(self.rows.view, self.rows.names, self.event)
    }

    fn content(&mut self) -> Result<&Content, Withheld> {
        let found = self.rows.view.content(self.event);
        if found == Err(Withheld::Damaged) {
            self.rows.damaged_now().insert(self.event.position);
        }
        found
    }

    fn statement_row(&mut self) -> StatementRow {
        statement_text(self.content())
    }

    fn ended(&mut self) -> Option<Ended> {
        Some(Ended { act: self.act()?, said: self.statement_row() })
    }

    fn asserted(&mut self) {
        let (position, hash) = (self.event.position, self.event.hash());
        let Some(first) = self.revision() else { return };
        self.into.facts.insert(
            position,
            FactRow {
                fact: position,
                hash,
                status: None,
                revision: position,
                corrected: 0,
                suspect: false,
                document_disputed: false,
                described_anew: Vec::new(),
                suspect_documents: Vec::new(),
                sealed: false,
                redacted: false,
                words: WordsRow::default(),
                revisions: vec![first],
                confirmations: Vec::new(),
                disputes: Vec::new(),
                retractions: Vec::new(),
                relations: Vec::new(),
                bodies: Vec::new(),
            },
        );
    }

    fn revision(&mut self) -> Option<Revision> {
        let act = self.act()?;
        let (statement, words) = match self.content() {
            Ok(Content::FactAsserted(body)) => (None, words(&body.fact)),
            Ok(Content::FactCorrected(body)) => {
                (Some(body.statement.to_string()), words(&body.fact))
            }
            Ok(_) => return None,
            Err(why) => (None, WordsRow { withheld: Some(why), ..WordsRow::default() }),
        };
        let (mut on, mut reason, mut error_in, mut resolves) = (None, None, None, Vec::new());
        if let Some(Args::FactCorrected(args)) =
            self.event.statement().map(|statement| &statement.args)
        {
            (on, reason, error_in) = (Some(args.on), Some(args.reason), Some(args.error_in));
            resolves.clone_from(&args.resolves);
        }
        Some(Revision { act, on, reason, error_in, resolves, statement, words })
    }

    fn act_on(&mut self, fact: u64, args: &Args) {
        let Some(act) = self.act() else { return };
        match args {
            Args::FactCorrected(args) => {
                let Some(revision) = self.revision() else { return };
                let ended = Ended {
                    act,
                    said: StatementRow {
                        statement: revision.statement.clone(),
                        ..StatementRow::default()
                    },
                };
                let Some(row) = self.into.facts.get_mut(&fact) else { return };
                for dispute in &mut row.disputes {
                    if args.resolves.contains(&dispute.act.event) {
                        end_with(&mut dispute.ended, &mut dispute.other_ends, ended.clone());
                    }
                }
                row.revisions.push(revision);
            }
            Args::FactConfirmed(args) => {
                let (on, how, said) = (args.on, args.how, self.statement_row());
                let row = Confirmation { act, on, how, stands: false, said };
                self.row(fact, |fact| fact.confirmations.push(row));
            }
            Args::FactDisputed(args) => {
                let (on, said) = (args.on, self.statement_row());
                let row = charged(act, on, args.reason, args.error_in, said);
                self.row(fact, |fact| fact.disputes.push(row));
            }
            Args::FactRetracted(args) => {
                let (on, said) = (args.on, self.statement_row());
                let row = charged(act, on, args.reason, args.error_in, said);
                self.row(fact, |fact| fact.retractions.push(row));
            }
            Args::FactUpheld(args) => self.end(fact, args.dispute),
            Args::FactReinstated(args) => self.end(fact, args.retraction),
            _ => {}
        }
    }

    fn row(&mut self, fact: u64, change: impl FnOnce(&mut FactRow)) {
        if let Some(row) = self.into.facts.get_mut(&fact) {
            change(row);
        }
    }

    /// Records that this event ends a dispute or a retraction.
    fn end(&mut self, fact: u64, charge: u64) {
        let Some(ended) = self.ended() else { return };
        self.row(fact, |row| {
            let charges = row.disputes.iter_mut().chain(&mut row.retractions);
            for charge in charges.filter(|other| other.act.event == charge) {
                end_with(&mut charge.ended, &mut charge.other_ends, ended.clone());
            }
        });
    }

    fn related(&mut self, fact: u64, args: &FactRelated) {
        let (Some(act), said) = (self.act(), self.statement_row()) else { return };
        let FactRelated { from, rel, to } = *args;
        let (stands, ended, other_ends) = (false, None, Vec::new());
        let row = RelationRow { act, from, rel, to, said, stands, ended, other_ends };
        self.row(fact, |fact| fact.relations.push(row));
    }

    fn withdrawn(&mut self, fact: u64, relation: u64) {
        let Some(ended) = self.ended() else { return };
        self.row(fact, |row| {
            for row in row.relations.iter_mut().filter(|row| row.act.event == relation) {
                end_with(&mut row.ended, &mut row.other_ends, ended.clone());
            }
        });
    }

    fn opened(&mut self, fact: u64, of: u64, reason: Option<RedactReason>) {
        let (Some(act), said) = (self.act(), self.statement_row()) else { return };
        self.row(fact, |row| row.bodies.push(Opening { act, of, reason, said }));
    }

    fn captured(&mut self) {
        let (position, hash) = (self.event.position, self.event.hash());
        let Some(captured) = self.act() else { return };
        let (about, withheld) = match self.content() {
            Ok(Content::DocumentCaptured(body)) => (Some(Box::new(body.clone())), None),
            Ok(_) => (None, Some(Withheld::Damaged)),
            Err(why) => (None, Some(why)),
        };
        let fold = &self.rows.view.state().fold;
        let row = DocumentRow {
            document: position,
            hash,
            suspect: self.rows.view.is_suspect_document(position),
            set_aside: self.rows.view.is_set_aside(position),
            sealed: fold.seal(position).is_some(),
            redacted: fold.is_redacted(position),
            captured,
            about,
            withheld,
            described: Vec::new(),
        };
        let fields = row.about.as_ref().map(object).unwrap_or_default();
        self.into.descriptions.insert(position, vec![Description { event: position, fields }]);
        self.into.documents.insert(position, row);
    }

    /// The description of a document just before this event: the last one that was not undone then.
    fn description_before(&self, document: u64) -> Option<&Description> {
        let (view, at) = (self.rows.view, self.event.position);
        let mut earlier = self.into.descriptions.get(&document)?.iter().rev();
        earlier.find(|it| it.event == document || !view.was_undone(it.event, at))
    }

    fn described(&mut self, document: u64) {
        let Some(act) = self.act() else { return };
        let content = self.content().cloned();
        let withheld = content.as_ref().err().copied();
        let (mut statement, mut changes, mut fields) = (None, Vec::new(), Map::new());
        if let Ok(Content::DocumentDescribed(body)) = content {
            statement = Some(body.statement.to_string());
            fields = object(&body);
            let none = Map::new();
            let before = self.description_before(document).map_or(&none, |before| &before.fields);
            changes = differences(before, &fields);
            let row = self.into.documents.get_mut(&document);
            let about = row.and_then(|row| row.about.as_mut());
            if let Some(about) = about.filter(|_| act.undone_by.is_none()) {
                **about = Captured {
                    sha256: about.sha256,
                    bytes: about.bytes,
                    media_type: body.media_type,
                    title: body.title,
                    lang: body.lang,
                    captured_at: body.captured_at,
                    derived_from: body.derived_from,
                    method: body.method,
                    url: body.url,
                    publisher: body.publisher,
                    authors: body.authors,
                    published: body.published,
                    archived_at: body.archived_at,
                    rights: body.rights,
                };
            }
        }
        let event = self.event.position;
        self.into.descriptions.entry(document).or_default().push(Description { event, fields });
        if let Some(row) = self.into.documents.get_mut(&document) {
            row.described.push(Redescribed { act, statement, withheld, changes });
        }
    }
}

/// A dispute or a retraction that nothing has ended yet.
fn charged(act: ActRow, on: u64, reason: Reason, error_in: ErrorIn, said: StatementRow) -> Charge {
    let other_ends = Vec::new();
    Charge { act, on, reason, error_in, said, stands: false, ended: None, other_ends }
}

/// Puts the last act that ends something in the place of the one before it.
fn end_with(ended: &mut Option<Ended>, other_ends: &mut Vec<Ended>, last: Ended) {
    other_ends.extend(ended.replace(last));
}

/// Of all acts that ended something, the last one that was not undone is its end, unless it stands;
/// where each was undone, the last one stays.
fn settle_end(stands: bool, ended: &mut Option<Ended>, other_ends: &mut Vec<Ended>) {
    other_ends.extend(ended.take());
    let in_force = other_ends.iter().rposition(|end| end.act.undone_by.is_none());
    let last = in_force.or(other_ends.len().checked_sub(1));
    if let Some(last) = last.filter(|_| !stands) {
        *ended = Some(other_ends.remove(last));
    }
}

/// Adds to the row what the state holds of the fact.
fn finish(view: &View<'_>, row: &mut FactRow) {
    let state = view.state();
    let fact = state.fold.fact(row.fact);
    // A fact that does not stand is shown with the words of its assertion.
    let revision = fact.map_or(row.fact, |fact| fact.revision);
    row.sealed = state.fold.seal(revision).is_some();
    row.redacted = state.fold.is_redacted(revision);
    let present = row.revisions.iter().find(|row| row.act.event == revision);
    row.words = present.map(|revision| revision.words.clone()).unwrap_or_default();
    let Some(fact) = fact else { return };
    row.status = Some(state.status(fact));
    row.revision = revision;
    row.corrected = fact.corrected;
    row.suspect = fact.suspect;
    row.document_disputed = fact.disputes().iter().any(|dispute| dispute.in_document);
    for row in &mut row.confirmations {
        row.stands = row.on == fact.revision && row.act.undone_by.is_none();
    }
    for charge in row.disputes.iter_mut().chain(&mut row.retractions) {
        let event = charge.act.event;
        let open = fact.disputes().iter().any(|dispute| dispute.position == event);
        charge.stands = open || fact.retraction() == Some(event);
        settle_end(charge.stands, &mut charge.ended, &mut charge.other_ends);
    }
    for row in &mut row.relations {
        row.stands = state.fold.relations().contains_key(&row.act.event);
        settle_end(row.stands, &mut row.ended, &mut row.other_ends);
    }
}

/// The descriptions of a fact's documents that are in force and later than its present revision.
fn described_anew(row: &FactRow, documents: &BTreeMap<u64, DocumentRow>) -> Vec<u64> {
    let cited = row.words.evidence.iter().map(|evidence| evidence.evidence.document);
    let cited: BTreeSet<u64> = cited.collect();
    let rows = cited.iter().filter_map(|document| documents.get(document));
    let later = rows.flat_map(DocumentRow::standing_descriptions);
    let later = later.filter(|described| described.act.event > row.revision);
    let mut events: Vec<u64> = later.map(|described| described.act.event).collect();
    events.sort_unstable();
    events
}

/// The documents of a fact's present words that are suspect.
fn suspect_documents(row: &FactRow, view: &View<'_>) -> Vec<u64> {
    let cited = row.words.evidence.iter().map(|evidence| evidence.evidence.document);
    let cited: BTreeSet<u64> = cited.collect();
    cited.into_iter().filter(|document| view.is_suspect_document(*document)).collect()
}

/// All evidence of a row.
fn evidence_of(row: &mut FactRow) -> impl Iterator<Item = &mut EvidenceRow> {
    let FactRow { words, revisions, confirmations, disputes, retractions, .. } = row;
    let revisions = revisions.iter_mut().flat_map(|row| &mut row.words.evidence);
    let confirmations = confirmations.iter_mut().flat_map(|row| &mut row.said.evidence);
    let charges = disputes.iter_mut().chain(retractions).flat_map(|row| {
        let ended = row.ended.iter_mut().chain(&mut row.other_ends);
        let ended = ended.flat_map(|ended| &mut ended.said.evidence);
        row.said.evidence.iter_mut().chain(ended)
    });
    words.evidence.iter_mut().chain(revisions).chain(confirmations).chain(charges)
}
