//! A slice of a record: as much of its state as the next events need, read through the index.
//!
//! Always holds: the verifier of a slice gives, for events that name nothing beyond what the slice
//! was made for, the verdict of the verifier of the whole record. Each event that is read has the
//! hash in the index. What a slice cannot have (the whole history, for a key that is revoked as
//! suspect) is taken from the whole record instead. Not here: when an index may be trusted
//! (`stamp`). Source: FORMAT.md sections 5 to 8.

use crate::index::{Index, IndexError, RowKind, Snapshot, Term, Terms, TreeKind, quoted};
use crate::journal::Journal;
use crate::ledger::query::acts::{Acts, QueryError, cite, one};
use crate::ledger::query::ever_derived_by;
use crate::ledger::query::indexed::{administration, lives};
use crate::ledger::write::draft::{Draft, Name};
use crate::ledger::write::draft_input::LoadedInput;
use crate::ledger::write::passages::{MOST_NAMED, MOST_READ, Passages, claim_of};
use crate::ledger::write::resolve::KnownAgent;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Captured, Content, Fact};
use annals_core::event::record::{Reading, Statement};
use annals_core::event::vocabulary::{RekeyReason, Type};
use annals_core::fold::operation::Operation;
use annals_core::hash::Hash;
use annals_core::pin::LogKeys;
use annals_core::state::State;
use annals_core::verify::Verifier;
use annals_core::verify::chain::{Chain, ResumedChain};
use annals_core::verify::examine::{BodyFound, Examined};
use annals_core::verify::library::{Library, LibraryRow};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

/// The number of positions of earlier needs that are read again with new ones.
const MOST_KEPT: usize = 1_024;

/// What events are to be verified for: a slice is made for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The positions that are named, and perhaps others.
    positions: BTreeSet<u64>,
    /// Whether any document may be meant.
    all_documents: bool,
}

impl Needs {
    /// What drafts name.
    pub fn of(input: &LoadedInput) -> Needs {
        let mut needs = Needs::default();
        for loaded in &input.drafts {
            needs.positions.extend(named(&loaded.draft));
            needs.all_documents |= leaves_document_open(&loaded.draft);
        }
        needs
    }

    /// These positions.
    pub fn positions(positions: impl IntoIterator<Item = u64>) -> Needs {
        Needs { positions: positions.into_iter().collect(), all_documents: false }
    }

    /// What these events name; `None` where one of them needs the whole history.
    pub fn of_entries(entries: &[Entry]) -> Option<Needs> {
        let mut positions = BTreeSet::new();
        for entry in entries {
            let Some(statement) = Reading::of(&entry.record).statement else { continue };
            if needs_history(&statement) {
                return None;
            }
            positions.extend(statement.args.positions());
            if let Ok(body) = Body::parse(entry.body.as_deref().unwrap_or_default()) {
                add_named(&body.content, &mut positions);
            }
        }
        Some(Needs { positions, all_documents: false })
    }

    fn join(&mut self, others: &Needs) {
        self.positions.extend(&others.positions);
        self.all_documents |= others.all_documents;
    }
}

/// Adds the positions that a body names.
pub(in crate::ledger) fn add_named(content: &Content, named: &mut BTreeSet<u64>) {
    cite(content, named);
    match content {
        Content::DocumentCaptured(captured) => named.extend(captured.derived_from),
        Content::DocumentDescribed(described) => named.extend(described.derived_from),
        _ => {}
    }
}

/// The positions that a draft names.
fn named(draft: &Draft) -> impl Iterator<Item = u64> {
    draft.names().filter_map(|name| match name {
        Name::Position(position) => Some(*position),
        Name::Ref(_) => None,
    })
}

/// Whether a draft has evidence that names no document: it is of the record's only document.
fn leaves_document_open(draft: &Draft) -> bool {
    let mut evidence = draft.evidence.iter().flatten();
    draft.quote.is_some() && draft.document.is_none()
        || evidence.any(|entry| entry.document.is_none())
}

/// An open index, and what was read of the record through it.
pub struct RecordSlice {
    index: Index,
    terms: Terms,
    needs: Needs,
    /// The events whose passages were added to those that a new fact may repeat.
    compared: BTreeSet<u64>,
    /// The type and role of each agent at its first use after the slice was made.
    later_agents: HashMap<String, KnownAgent>,
}

impl RecordSlice {
    /// A slice of nothing but the ledger and its editors, of the record of this size and root;
    /// `terms` is the length of the file of terms.
    pub fn open(
        ledger: &Path,
        size: u64,
        root: Hash,
        terms: u64,
    ) -> Result<RecordSlice, IndexError> {
        let (index, terms) = (Index::open(ledger, size, root)?, Index::terms(ledger, terms)?);
        let (needs, compared, later_agents) = Default::default();
        Ok(RecordSlice { index, terms, needs, compared, later_agents })
    }

    /// A slice of nothing but the ledger and its editors, of the same record with `size` events and
    /// this root: what was read of the index is kept.
    ///
    /// Errors: the index was made again.
    pub fn grown(&self, size: u64, root: Hash) -> Result<RecordSlice, IndexError> {
        let index = self.index.grown(size, root)?;
        let terms = self.terms.grown(&index)?;
        let (needs, compared, later_agents) = Default::default();
        Ok(RecordSlice { index, terms, needs, compared, later_agents })
    }

    /// The number of events of the record when the index was opened.
    pub fn size(&self) -> u64 {
        self.index.size()
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The length of the file of terms when it was opened.
    pub fn terms_length(&self) -> u64 {
        self.terms.length()
    }

    /// Whether the slice has what these needs name. The verifier that goes on from it has all later
    /// events.
    pub fn has(&self, needs: &Needs) -> bool {
        let mut earlier = needs.positions.range(..self.size());
        earlier.all(|position| self.needs.positions.contains(position))
            && (!needs.all_documents || self.needs.all_documents)
    }

    /// Adds needs; the verifier is to be made again. Earlier ones are forgotten where they are
    /// many.
    pub fn add(&mut self, needs: &Needs) {
        if self.needs.positions.len() > MOST_KEPT {
            self.needs = Needs::default();
        }
        self.needs.join(needs);
    }

    /// The needs so far.
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// A verifier that continues the record, with the state that the needs name.
    pub(in crate::ledger) fn verifier(&self, journal: &Journal) -> Result<Verifier, QueryError> {
        let RecordSlice { index, needs, .. } = self;
        let last = index.snapshot(index.size())?;
        let mut acts = Acts::none(journal, index);
        let mut events = administration(&last)?;
        let mut named = BTreeSet::new();
        for position in needs.positions.range(..index.size()) {
            events.insert(*position);
            named.extend(index.event(*position)?.about.into_iter().flatten());
        }
        if needs.all_documents {
            named.extend(last.positions(RowKind::Documents)?);
        }
        acts.add(events)?;
        acts.add(lives(&last, &named)?)?;
        named.extend(&acts.cited);
        let library = library(&mut acts, &last, &self.terms, &named)?;
        let state = acts.fold(&last)?;
        let log = log_keys(&state);
        let (chain, genesis) = (self.chain(state)?, index.hash(0)?);
        Ok(Verifier::resume(chain, library, log, genesis))
    }

    fn chain(&self, state: State) -> Result<Chain, IndexError> {
        let index = &self.index;
        let size = index.size();
        let last = size.saturating_sub(1);
        let window = state.fold.ledger.as_ref().map_or(0, |ledger| ledger.window);
        let recent = size.saturating_sub(window + 1)..size;
        let recent: Result<VecDeque<(u64, Hash)>, IndexError> =
            recent.map(|position| Ok((position, index.hash(position)?))).collect();
        Ok(Chain::from(ResumedChain {
            state,
            tree: index.tree(size)?,
            head: index.hash(last)?,
            at: index.event(last)?.at,
            recent: recent?,
        }))
    }

    fn event(&self, journal: &Journal, position: u64) -> Result<Examined, QueryError> {
        let found = one(journal, &self.index, position)?;
        found.ok_or(QueryError::Index(IndexError::Changed(position)))
    }

    /// Gives the verifier what it must know of earlier events before it verifies this one: an
    /// earlier event with the same body, or an earlier capture of the same document.
    pub(in crate::ledger) fn before(
        &self,
        journal: &Journal,
        verifier: &mut Verifier,
        examined: &Examined,
    ) -> Result<(), QueryError> {
        let Some(statement) = &examined.reading.statement else { return Ok(()) };
        if needs_history(statement) {
            let why = "a key that is revoked as suspect needs the whole record".to_owned();
            return Err(QueryError::Index(IndexError::Other(why)));
        }
        for position in self.terms.find(&self.index, Term::Body(&statement.body))? {
            let earlier = self.event(journal, position)?.reading;
            if let Some(found) = earlier.statement.filter(|found| found.body == statement.body) {
                verifier.chain.keep_earlier(&found.body, &earlier.statement_digest);
            }
        }
        let BodyFound::Good(body) = &examined.body else { return Ok(()) };
        let Content::DocumentCaptured(captured) = &body.content else { return Ok(()) };
        if verifier.contents.library.earlier(&captured.sha256).is_some() {
            return Ok(());
        }
        let last = self.index.snapshot(self.size())?;
        for position in self.terms.find(&self.index, Term::Document(&captured.sha256))? {
            let earlier = self.event(journal, position)?;
            let BodyFound::Good(body) = &earlier.body else { continue };
            let Content::DocumentCaptured(found) = &body.content else { continue };
            if found.sha256 == captured.sha256 {
                let mark = last.mark(position)?;
                verifier.chain.state.fold.put_opening(position, mark.opening());
                let library = &mut verifier.contents.library;
                if library.row(position).is_none() {
                    library.add(position, row_of(found));
                }
            }
        }
        Ok(())
    }

    /// Adds to `passages` those of the facts of the record that have the claim of this one, which
    /// has this digest, and the first that quote the same passage; to the state how these facts
    /// stand; and to the library the other documents that they quote the same words of.
    pub(in crate::ledger) fn compare(
        &mut self,
        journal: &Journal,
        verifier: &mut Verifier,
        passages: &mut Passages,
        fact: &Fact,
        claim: Hash,
    ) -> Result<(), QueryError> {
        let mut events = BTreeSet::from_iter(self.terms.find(&self.index, Term::Claim(&claim))?);
        for passage in quoted(fact) {
            let same = self.terms.find(&self.index, Term::Passage(passage))?;
            // Of the revisions of one fact the last one counts.
            let mut facts = BTreeMap::new();
            for position in same.iter().copied().filter(|at| *at < self.size()).take(MOST_READ) {
                if let Some(of) = self.index.event(position)?.about[0] {
                    facts.insert(of, position);
                }
            }
            if facts.len() > MOST_NAMED || same.len() > MOST_READ {
                passages.cut_off(passage);
            }
            events.extend(facts.into_values().take(MOST_NAMED));
        }
        let last = self.index.snapshot(self.size())?;
        for position in events {
            if position >= self.size() || !self.compared.insert(position) {
                continue;
            }
            let examined = self.event(journal, position)?;
            let (Some(words), Some(of)) =
                (fact_in(&examined), self.index.event(position)?.about[0])
            else {
                continue;
            };
            passages.add(position, words, claim_of(words));
            let fold = &mut verifier.chain.state.fold;
            if fold.fact(of).is_none()
                && let Some(row) = last.get(TreeKind::Standing, of)?
            {
                row.put(fold)?;
                fold.put_revision(position, of);
                if let Some(revision) = row.revision() {
                    fold.put_revision(revision, of);
                }
            }
        }
        let known = &mut verifier.contents.library;
        let elsewhere = passages.elsewhere(fact, claim).map(|one| one.other);
        let others: BTreeSet<u64> =
            elsewhere.filter(|document| known.row(*document).is_none()).collect();
        if !others.is_empty() {
            let mut acts = Acts::none(journal, &self.index);
            for (document, row) in library(&mut acts, &last, &self.terms, &others)?.documents() {
                if known.row(document).is_none() {
                    known.add(document, row.clone());
                }
            }
        }
        Ok(())
    }

    /// Keeps the agents of a fact that was committed after the slice was made.
    pub(in crate::ledger) fn keep_agents(&mut self, fact: &Fact) {
        for hop in fact.attribution.iter().flatten() {
            let later = self.later_agents.entry_ref(&*hop.agent);
            later.or_insert_with(|| KnownAgent::of(hop));
        }
    }

    /// The agent of the record that has one of these names, the first ones first, as at its first
    /// use.
    pub(in crate::ledger) fn agent(
        &self,
        journal: &Journal,
        names: &[String],
    ) -> Result<Option<KnownAgent>, QueryError> {
        for name in names {
            for position in self.terms.find(&self.index, Term::Agent(name))? {
                let found = agent_in(&self.event(journal, position)?, name);
                if found.is_some() {
                    return Ok(found);
                }
            }
            if let Some(later) = self.later_agents.get(name.as_str()) {
                return Ok(Some(later.clone()));
            }
        }
        Ok(None)
    }
}

/// The words of a fact in an event.
fn fact_in(examined: &Examined) -> Option<&Fact> {
    let BodyFound::Good(body) = &examined.body else { return None };
    body.content.fact()
}

/// An agent as an event has it.
fn agent_in(examined: &Examined, name: &str) -> Option<KnownAgent> {
    let hop = fact_in(examined)?.attribution.iter().flatten().find(|hop| &*hop.agent == name)?;
    Some(KnownAgent::of(hop))
}

/// The rows of these documents and of those that they were derived from. Of one that is no text
/// those that are derived from it too, because one of these may be its text.
fn library(
    acts: &mut Acts<'_>,
    last: &Snapshot<'_>,
    terms: &Terms,
    named: &BTreeSet<u64>,
) -> Result<Library, QueryError> {
    let mut library = Library::default();
    let mut open: BTreeSet<u64> = named.clone();
    let mut seen = BTreeSet::new();
    while let Some(of) = open.pop_first() {
        let is_document =
            last.get(TreeKind::Standing, of)?.is_some_and(|row| row.what.is_document());
        if !is_document || !seen.insert(of) {
            continue;
        }
        let life = last.life(of)?;
        acts.add(life.iter().copied().collect())?;
        for event in life {
            // A description that was undone stays in the library (FORMAT.md section 7).
            let found = one(acts.source, acts.index, event)?;
            let examined = found.ok_or(QueryError::Index(IndexError::Changed(event)))?;
            let BodyFound::Good(body) = &examined.body else { continue };
            match &body.content {
                Content::DocumentCaptured(captured) => library.add(of, row_of(captured)),
                Content::DocumentDescribed(described) => {
                    if let Some(row) = library.row_mut(of) {
                        row.media_type = described.media_type.to_string();
                        row.lang = described.lang.clone();
                        row.derived_from = described.derived_from;
                    }
                }
                _ => {}
            }
        }
        if let Some(row) = library.row(of) {
            open.extend(row.derived_from);
            if row.media_type != "text/plain" {
                open.extend(ever_derived_by(last, terms, of)?);
            }
        }
    }
    Ok(library)
}

fn row_of(captured: &Captured) -> LibraryRow {
    LibraryRow {
        digest: captured.sha256,
        media_type: captured.media_type.to_string(),
        lang: captured.lang.clone(),
        derived_from: captured.derived_from,
    }
}

/// The log keys of the record, each with the size from which it is valid.
pub(in crate::ledger) fn log_keys(state: &State) -> Vec<LogKeys> {
    let mut log: Vec<LogKeys> = Vec::new();
    for act in state.history.acts() {
        let (key, old) = match &act.operation {
            Operation::Opened(opened) => (opened.log_key, None),
            Operation::Rekeyed(rekeyed) => {
                let rotated = rekeyed.reason == RekeyReason::Rotated;
                (rekeyed.log_key, log.last().filter(|_| rotated).map(|before| before.key))
            }
            _ => continue,
        };
        log.push(LogKeys { size: act.position + 1, key, old });
    }
    log
}

/// Whether an event needs the whole history: one that revokes a key as suspect.
fn needs_history(statement: &Statement) -> bool {
    statement.kind == Type::EditorRevoked && !statement.args.positions().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::write::draft::FIELDS;
    use serde_json::{Value, json};

    #[test]
    fn every_position_that_a_draft_can_name_is_needed() {
        let mut expected = 0;
        for (field, position) in FIELDS.iter().map(|field| field.name).zip(100_u64..) {
            let values = [json!(position), json!([position]), json!([{ "document": position }])];
            let reads = |value: &Value| serde_json::from_value(json!({ field: value })).ok();
            let Some(draft) = values.iter().find_map(reads) else { continue };
            let found: Vec<u64> = named(&draft).collect();
            let is_position = !matches!(field, "nth");
            assert_eq!(found, if is_position { vec![position] } else { Vec::new() }, "{field}");
            expected += 1;
        }
        assert!(expected >= 11, "{expected}");
    }
}
