//! Gathering: the events of a view in order, filling the rows of facts and documents.
//!
//! Always holds: only applied events are taken; an event that was undone is taken and says so.
//! Not here: what a row looks like (`row`); which rows are asked for (`cli`).

use crate::ledger::error::LedgerError;
use crate::ledger::query::content_text::{said, words};
use crate::ledger::query::effect::{differences, object};
use crate::ledger::query::names::Names;
use crate::ledger::query::names::act;
use crate::ledger::query::row::{
    ActRow, Charge, Confirmation, DocumentRow, Ended, EvidenceRow, FactRow, Opening, Redescribed,
    RelationRow, Revision, StatementRow, Withheld, WordsRow,
};
use crate::ledger::query::{ReadEvent, View};
use annals_core::event::args::Args;
use annals_core::event::body::{Captured, Content};
use annals_core::event::vocabulary::{RedactReason, Relation};
use annals_core::state::Status;
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};

/// The rows that were asked for.
#[derive(Default)]
pub struct Gathered {
    /// Facts by position.
    pub facts: BTreeMap<u64, FactRow>,
    /// All documents by position.
    pub documents: BTreeMap<u64, DocumentRow>,
    /// How many bodies are not the ones that were signed.
    pub damaged: u64,
    /// The fact that an event acts on, for the events of facts that were asked for.
    owners: HashMap<u64, u64>,
}

/// Gathers the facts that `wanted` names by position, and all documents.
pub fn gather(
    view: &View<'_>,
    names: &Names,
    wanted: &dyn Fn(u64) -> bool,
) -> Result<Gathered, LedgerError> {
    let mut gathered = Gathered::default();
    view.each(&mut |seen| {
        if view.is_applied(seen.position) {
            Gathering { view, names, wanted, seen, into: &mut gathered }.take();
        }
    })?;
    for row in gathered.facts.values_mut() {
        finish(view, row);
        for evidence in evidence_of(row) {
            let document = gathered.documents.get(&evidence.evidence.document);
            let about = document.and_then(|row| row.about.as_ref());
            evidence.title = about.map(|about| about.title.to_string());
            evidence.sha256 = about.map(|about| about.sha256);
        }
        row.described_anew = described_anew(row, &gathered.documents);
    }
    Ok(gathered)
}

struct Gathering<'a, 'v> {
    view: &'a View<'v>,
    names: &'a Names,
    wanted: &'a dyn Fn(u64) -> bool,
    seen: &'a ReadEvent,
    into: &'a mut Gathered,
}

impl Gathering<'_, '_> {
    fn take(mut self) {
        let Some(said) = self.seen.statement() else { return };
        let position = self.seen.position;
        match &said.args {
            Args::DocumentCaptured(_) => self.document(),
            Args::DocumentDescribed(args) => self.described(args.document),
            Args::FactAsserted(_) if (self.wanted)(position) => self.asserted(),
            Args::FactRelated(args) => {
                for fact in [args.from, args.to] {
                    self.related(fact, (args.from, args.rel, args.to));
                }
            }
            Args::RelationWithdrawn(args) => self.withdrawn(args.relation),
            Args::BodyReleased(args) => self.opened(args.event, None),
            Args::BodyRedacted(args) => self.opened(args.event, Some(args.reason)),
            // It names an event from which on a key is suspect: that is no act on a fact.
            Args::EditorRevoked(_) => {}
            args => {
                let target = args.positions().first().copied();
                if let Some(fact) = target.and_then(|target| self.owner(target)) {
                    self.into.owners.insert(position, fact);
                    self.act_on(fact, args);
                }
            }
        }
    }

    /// The fact, of those asked for, that an earlier event is about: the index knows also of events
    /// that are not read.
    fn owner(&self, event: u64) -> Option<u64> {
        match self.view.about(event) {
            Some(about) => about.into_iter().find(|of| self.into.facts.contains_key(of)),
            None => self.into.owners.get(&event).copied(),
        }
    }

    fn act(&self) -> Option<ActRow> {
        act(self.view, self.names, self.seen)
    }

    fn content(&mut self) -> Result<&Content, Withheld> {
        let found = self.view.content(self.seen);
        if found == Err(Withheld::Damaged) {
            self.into.damaged += 1;
        }
        found
    }

    fn said(&mut self) -> StatementRow {
        said(self.content())
    }

    fn ended(&mut self) -> Option<Ended> {
        Some(Ended { act: self.act()?, said: self.said() })
    }

    fn asserted(&mut self) {
        let (position, hash) = (self.seen.position, self.seen.hash());
        let Some(first) = self.revision() else { return };
        self.into.owners.insert(position, position);
        self.into.facts.insert(
            position,
            FactRow {
                fact: position,
                hash,
                status: Status::Asserted,
                revision: position,
                corrected: 0,
                suspect: false,
                document_disputed: false,
                described_anew: Vec::new(),
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
        let (mut reason, mut error_in, mut resolves) = (None, None, Vec::new());
        if let Some(Args::FactCorrected(args)) = self.seen.statement().map(|said| &said.args) {
            (reason, error_in) = (Some(args.reason), Some(args.error_in));
            resolves.clone_from(&args.resolves);
        }
        Some(Revision { act, reason, error_in, resolves, statement, words })
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
                        dispute.ended = Some(ended.clone());
                    }
                }
                row.revisions.push(revision);
            }
            Args::FactConfirmed(args) => {
                let (on, how, said) = (args.on, args.how, self.said());
                let row = Confirmation { act, on, how, stands: false, said };
                self.row(fact, |fact| fact.confirmations.push(row));
            }
            Args::FactDisputed(args) => {
                let (on, reason, error_in) = (args.on, args.reason, args.error_in);
                let said = self.said();
                let row = Charge { act, on, reason, error_in, said, stands: false, ended: None };
                self.row(fact, |fact| fact.disputes.push(row));
            }
            Args::FactRetracted(args) => {
                let (on, reason, error_in) = (args.on, args.reason, args.error_in);
                let said = self.said();
                let row = Charge { act, on, reason, error_in, said, stands: false, ended: None };
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

    /// This event ends a dispute or a retraction.
    fn end(&mut self, fact: u64, charge: u64) {
        let ended = self.ended();
        self.row(fact, |row| {
            let charges = row.disputes.iter_mut().chain(&mut row.retractions);
            for charge in charges.filter(|other| other.act.event == charge) {
                charge.ended.clone_from(&ended);
            }
        });
    }

    fn related(&mut self, fact: u64, triple: (u64, Relation, u64)) {
        if !self.into.facts.contains_key(&fact) {
            return;
        }
        let (Some(act), said) = (self.act(), self.said()) else { return };
        let (from, rel, to) = triple;
        let row = RelationRow { act, from, rel, to, said, stands: false, ended: None };
        self.row(fact, |fact| fact.relations.push(row));
        self.into.owners.entry(self.seen.position).or_insert(fact);
    }

    fn withdrawn(&mut self, relation: u64) {
        let Some(owner) = self.owner(relation) else { return };
        self.into.owners.insert(self.seen.position, owner);
        let ended = self.ended();
        let find = |fact: &FactRow| {
            fact.relations
                .iter()
                .find(|row| row.act.event == relation)
                .map(|row| (row.from, row.to))
        };
        let Some((from, to)) = self.into.facts.get(&owner).and_then(find) else { return };
        for fact in [from, to] {
            self.row(fact, |row| {
                for row in row.relations.iter_mut().filter(|row| row.act.event == relation) {
                    row.ended.clone_from(&ended);
                }
            });
        }
    }

    fn opened(&mut self, of: u64, reason: Option<RedactReason>) {
        let Some(fact) = self.owner(of) else { return };
        self.into.owners.insert(self.seen.position, fact);
        let (Some(act), said) = (self.act(), self.said()) else { return };
        self.row(fact, |row| row.bodies.push(Opening { act, of, reason, said }));
    }

    fn document(&mut self) {
        let (position, hash) = (self.seen.position, self.seen.hash());
        let Some(captured) = self.act() else { return };
        let (about, withheld) = match self.content() {
            Ok(Content::DocumentCaptured(body)) => (Some(Box::new(body.clone())), None),
            Ok(_) => (None, Some(Withheld::Damaged)),
            Err(why) => (None, Some(why)),
        };
        let fold = &self.view.state().fold;
        let row = DocumentRow {
            document: position,
            hash,
            suspect: fold.document(position).is_some_and(|document| document.suspect),
            sealed: fold.seal(position).is_some(),
            redacted: fold.is_redacted(position),
            captured,
            about,
            withheld,
            described: Vec::new(),
        };
        self.into.documents.insert(position, row);
    }

    fn described(&mut self, document: u64) {
        let Some(act) = self.act() else { return };
        let content = self.content().cloned();
        let Some(row) = self.into.documents.get_mut(&document) else { return };
        let withheld = content.as_ref().err().copied();
        let (mut statement, mut changes) = (None, Vec::new());
        if let Ok(Content::DocumentDescribed(body)) = content {
            statement = Some(body.statement.to_string());
            if let Some(about) = &row.about {
                changes = differences(&object(about), &object(&body));
            }
            if let Some(about) = row.about.as_mut().filter(|_| act.undone_by.is_none()) {
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
        row.described.push(Redescribed { act, statement, withheld, changes });
    }
}

/// What the state says of the fact.
fn finish(view: &View<'_>, row: &mut FactRow) {
    let state = view.state();
    let Some(fact) = state.fold.fact(row.fact) else { return };
    row.status = state.status(fact);
    row.revision = fact.revision;
    row.corrected = fact.corrected;
    row.suspect = fact.suspect;
    row.document_disputed = fact.disputes().iter().any(|dispute| dispute.in_document);
    row.sealed = state.fold.seal(fact.revision).is_some();
    row.redacted = state.fold.is_redacted(fact.revision);
    let present = row.revisions.iter().find(|revision| revision.act.event == fact.revision);
    row.words = present.map(|revision| revision.words.clone()).unwrap_or_default();
    for row in &mut row.confirmations {
        row.stands = row.on == fact.revision && row.act.undone_by.is_none();
    }
    for charge in row.disputes.iter_mut().chain(&mut row.retractions) {
        let event = charge.act.event;
        let open = fact.disputes().iter().any(|dispute| dispute.position == event);
        charge.stands = open || fact.retraction() == Some(event);
        if charge.stands {
            charge.ended = None;
        }
    }
    for row in &mut row.relations {
        row.stands = state.fold.relations().contains_key(&row.act.event);
        if row.stands {
            row.ended = None;
        }
    }
}

/// The descriptions of a fact's documents that stand and came after its present revision.
fn described_anew(row: &FactRow, documents: &BTreeMap<u64, DocumentRow>) -> Vec<u64> {
    let cited = row.words.evidence.iter().map(|evidence| evidence.evidence.document);
    let cited: BTreeSet<u64> = cited.collect();
    let rows = cited.iter().filter_map(|document| documents.get(document));
    let later = rows.flat_map(|document| &document.described).filter(|described| {
        described.act.event > row.revision && described.act.undone_by.is_none()
    });
    let mut events: Vec<u64> = later.map(|described| described.act.event).collect();
    events.sort_unstable();
    events
}

/// All evidence of a row.
fn evidence_of(row: &mut FactRow) -> impl Iterator<Item = &mut EvidenceRow> {
    let FactRow { words, revisions, confirmations, disputes, retractions, .. } = row;
    let revisions = revisions.iter_mut().flat_map(|row| &mut row.words.evidence);
    let confirmations = confirmations.iter_mut().flat_map(|row| &mut row.said.evidence);
    let charges = disputes.iter_mut().chain(retractions).flat_map(|row| {
        let ended = row.ended.iter_mut().flat_map(|ended| &mut ended.said.evidence);
        row.said.evidence.iter_mut().chain(ended)
    });
    words.evidence.iter_mut().chain(revisions).chain(confirmations).chain(charges)
}
