//! The ordered part of verification: place, link, base, time, legality.
//!
//! Always holds: events come in the order of the record; an event is applied to the state exactly
//! where FORMAT.md section 5 requires it. Not here: signatures (`examine`), bodies (`content`).
//! Source: FORMAT.md sections 5 and 6.

use crate::event::record::{Place, Statement};
use crate::event::vocabulary::Type;
use crate::fold::operation::Operation;
use crate::hash::Hash;
use crate::legal::context::Proposal;
use crate::merkle::{NodeCollector, Tree};
use crate::rule::{Fault, Rule, Violation};
use crate::state::State;
use crate::time::Time;
use crate::verify::examine::Examined;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::{BTreeSet, VecDeque};
use std::hash::{BuildHasher, Hasher};

/// What the verification of the next event needs of the events before it.
#[derive(Default)]
pub struct Chain {
    /// The state of all applied events.
    pub state: State,
    /// The tree of all events, and the subtrees that the anchors need.
    pub nodes: NodeCollector,
    /// Hash of the last event.
    pub head: Option<Hash>,
    /// Time of the last event whose place was in form.
    pub at: Option<Time>,
    /// The first event that is not as it was written, by the record itself.
    pub contradicted: Option<u64>,
    expected: u64,
    recent: VecDeque<(u64, Hash)>,
    /// The place in the record of the last event whose position is another one.
    misplaced: Option<u64>,
    digests: EventDigests,
    /// What the window left behind since [`Chain::keep_changes`]; `None` if it is not kept.
    passed: Option<Vec<(u64, Hash)>>,
}

/// A chain before an event, as far as its state does not have it.
#[derive(Clone, Debug)]
pub(super) struct ChainBefore {
    tree: Tree,
    head: Option<Hash>,
    at: Option<Time>,
    contradicted: Option<u64>,
    expected: u64,
    misplaced: Option<u64>,
    digests: usize,
    passed: usize,
    /// The number of acts that can be taken back.
    acts: usize,
}

/// The end of a record, from which its verification continues without its events.
pub struct ResumedChain {
    /// The state, or as much of it as the next events need.
    pub state: State,
    /// The tree of all events.
    pub tree: Tree,
    /// Hash of the last event.
    pub head: Hash,
    /// Time of the last event.
    pub at: Time,
    /// The last events' positions and hashes, in order: as many as the window of the ledger and one
    /// more, or all.
    pub recent: VecDeque<(u64, Hash)>,
}

/// The outcome for one event.
#[derive(Debug)]
pub struct EventOutcome {
    /// Its position.
    pub position: u64,
    /// Number of events before it.
    pub index: u64,
    /// Whether it was applied to the state.
    pub applied: bool,
    /// Whether it breaks no rule of the chain.
    pub clean: bool,
    /// Whether an earlier event has the same body digest.
    pub body_repeated: bool,
}

impl From<ResumedChain> for Chain {
    /// Continues a record without faults, in which each event's position is its place. Whether an
    /// earlier event has a body is known only of those that [`Chain::keep_earlier`] was given.
    fn from(resumed: ResumedChain) -> Chain {
        let ResumedChain { state, tree, head, at, recent } = resumed;
        let (head, at, expected) = (Some(head), Some(at), tree.size());
        let nodes = NodeCollector::from(tree);
        Chain { state, nodes, head, at, expected, recent, ..Chain::default() }
    }
}

impl Chain {
    /// Keeps the digests of an earlier event's body and statement, which a later event may repeat.
    pub fn keep_earlier(&mut self, body: &Hash, statement: &Hash) {
        self.digests.keep(body, statement);
    }

    /// From now on keeps what events change; forgets what was kept before.
    pub(super) fn keep_changes(&mut self) {
        self.state.keep_changes();
        self.passed = Some(Vec::new());
    }

    /// The chain before the next event.
    pub(super) fn before(&self) -> ChainBefore {
        ChainBefore {
            tree: self.tree().clone(),
            head: self.head,
            at: self.at,
            contradicted: self.contradicted,
            expected: self.expected,
            misplaced: self.misplaced,
            digests: self.digests.rows.len(),
            passed: self.passed.as_ref().map_or(0, Vec::len),
            acts: self.state.revertible(),
        }
    }

    /// Goes back to before the last event.
    pub(super) fn take_back(&mut self, before: ChainBefore) {
        let ChainBefore { tree, head, at, contradicted, expected, misplaced, .. } = before;
        let ChainBefore { digests, passed, acts, .. } = before;
        while self.state.revertible() > acts {
            self.state.take_back();
        }
        self.nodes.go_back(tree);
        (self.head, self.at, self.expected) = (head, at, expected);
        (self.contradicted, self.misplaced) = (contradicted, misplaced);
        self.digests.truncate(digests);
        self.recent.pop_back();
        let left = self.passed.as_mut().map(|all| all.split_off(passed)).unwrap_or_default();
        left.into_iter().rev().for_each(|event| self.recent.push_front(event));
    }

    /// Number of events.
    pub fn size(&self) -> u64 {
        self.tree().size()
    }

    /// The tree of all events.
    pub fn tree(&self) -> &Tree {
        self.nodes.tree()
    }

    /// The position that should come next.
    pub fn expected(&self) -> u64 {
        self.expected
    }

    /// The format of this event, if it is above 1 and an upgrade announced it: the verdict ends
    /// before it.
    pub fn later_version(&self, examined: &Examined) -> Option<u64> {
        examined.reading.later_version.filter(|v| Some(*v) <= self.state.history.upgraded)
    }

    /// Verifies the next event, applies it if it is legal, and reports its faults.
    pub fn verify(&mut self, examined: &Examined, faults: &mut Vec<Fault>) -> EventOutcome {
        let reading = &examined.reading;
        let position = reading.place.map_or(self.expected, |place| place.seq);
        let index = self.size();
        let mut violations = reading.faults.clone();
        if let Some(v) = reading.later_version {
            violations.retain(|violation| violation.rule != Rule::StatementForm);
            let why = format!("format {v} was not announced by an upgrade");
            violations.push(Violation::of(Rule::Version, why));
        }
        if let Some(place) = &reading.place {
            self.check_place(place, &mut violations);
        }
        let repeated = match &reading.statement {
            Some(statement) => self.digests.keep(&statement.body, &reading.statement_digest),
            None => Repeated::default(),
        };
        let mut applied = false;
        let mut retimes = false;
        if let (Some(place), Some(statement)) = (&reading.place, &reading.statement)
            && reading.faults.is_empty()
        {
            if repeated.statement {
                let why = "an earlier event has the same statement";
                violations.push(Violation::of(Rule::RepeatedStatement, why));
            }
            self.check_base(place, statement, &mut violations);
            violations.extend(examined.signature.iter().cloned());
            applied = self.apply_if_legal(place, statement, &mut violations);
            retimes = applied && statement.kind == Type::LedgerRetimed;
        }
        if let Some(place) = reading.place.as_ref().filter(|_| !retimes) {
            self.check_time(place, &mut violations);
        }
        let clean = violations.is_empty();
        self.note_contradiction(index, &violations);
        faults.extend(Violation::faults(position, violations));
        self.advance(position, examined);
        EventOutcome { position, index, applied, clean, body_repeated: repeated.body }
    }

    /// Keeps the first event that is not as it was written, by the rules that are broken here.
    fn note_contradiction(&mut self, index: u64, violations: &[Violation]) {
        let contradicted = |violation: &Violation| match violation.rule {
            Rule::RecordForm
            | Rule::PlaceForm
            | Rule::StatementForm
            | Rule::SignatureForm
            | Rule::Place
            | Rule::Version
            | Rule::KeyRefused
            | Rule::Signature => Some(index),
            // This event was written after another event than the one before it.
            Rule::Link => Some(index.saturating_sub(1)),
            _ => None,
        };
        let found = violations.iter().filter_map(contradicted);
        self.contradicted = self.contradicted.into_iter().chain(found).min();
    }

    fn check_place(&self, place: &Place, violations: &mut Vec<Violation>) {
        if place.seq != self.expected {
            let why = format!("expected position {}, found {}", self.expected, place.seq);
            violations.push(Violation::of(Rule::Place, why));
        }
        if place.prev != self.head {
            let show = |hash: Option<Hash>| hash.map_or("null".to_owned(), |h| h.to_string());
            let why = format!("expected prev {}, found {}", show(self.head), show(place.prev));
            violations.push(Violation::of(Rule::Link, why));
        }
    }

    fn check_base(&self, place: &Place, statement: &Statement, violations: &mut Vec<Violation>) {
        let window = self.state.fold.ledger.as_ref().map_or(0, |ledger| ledger.window);
        let exact = statement.kind.stands_at_its_base();
        let why = match place.seq.checked_sub(statement.base) {
            None => Some(format!("base {} is after position {}", statement.base, place.seq)),
            Some(gap) if gap > window => Some(format!(
                "base {} is {gap} before position {}, the window is {window}",
                statement.base, place.seq
            )),
            Some(gap) if exact && gap > 0 => {
                Some(format!("{} stands at its base, {}, only", statement.kind, statement.base))
            }
            Some(_) if statement.after != self.hash_before(statement.base) => {
                Some(format!("after is not the hash of the event before {}", statement.base))
            }
            Some(_) => None,
        };
        if let Some(why) = why {
            violations.push(Violation::of(Rule::Base, why));
        }
        if let Some(named) =
            statement.args.positions().into_iter().find(|named| *named >= statement.base)
        {
            let why = format!("args name position {named}, base is {}", statement.base);
            violations.push(Violation::of(Rule::NamedPosition, why));
        }
    }

    fn hash_before(&self, base: u64) -> Option<Hash> {
        let position = base.checked_sub(1)?;
        // An event after the last misplaced one is at its place, and no later one has its position.
        let size = self.size();
        if position < size && self.misplaced.is_none_or(|misplaced| position > misplaced) {
            let back = usize::try_from(size - position).ok()?;
            let (at, hash) = self.recent.get(self.recent.len().checked_sub(back)?)?;
            return (*at == position).then_some(*hash);
        }
        let found = self.recent.iter().rev().find(|(at, _)| *at == position);
        found.map(|(_, hash)| *hash)
    }

    fn check_time(&self, place: &Place, violations: &mut Vec<Violation>) {
        if let Some(before) = self.at
            && place.at <= before
        {
            let why = format!("expected a time after {before}, found {}", place.at);
            violations.push(Violation::of(Rule::Time, why));
        }
    }

    /// Checks section 6, unless another violation excludes the event, and applies the event if it
    /// is legal. Returns whether it was applied.
    fn apply_if_legal(
        &mut self,
        place: &Place,
        statement: &Statement,
        violations: &mut Vec<Violation>,
    ) -> bool {
        let is_harmless = |violation: &Violation| {
            matches!(violation.rule, Rule::Place | Rule::Link | Rule::Base | Rule::Time)
        };
        if place.seq < self.expected || !violations.iter().all(is_harmless) {
            return false;
        }
        let operation = Operation::of(&statement.args);
        let (position, at, by) = (place.seq, Some(place.at), statement.by);
        match self.state.check(&Proposal { position, at, by, operation: &operation }) {
            Ok(()) => {
                self.state.apply(position, by, operation);
                true
            }
            Err(violation) => {
                violations.push(violation);
                false
            }
        }
    }

    /// Moves on to the next event.
    fn advance(&mut self, position: u64, examined: &Examined) {
        let reading = &examined.reading;
        if position != self.size() {
            self.misplaced = Some(self.size());
        }
        self.nodes.push(reading.hash);
        self.head = Some(reading.hash);
        match &reading.place {
            Some(place) => {
                self.at = Some(place.at);
                self.expected = self.expected.max(place.seq.saturating_add(1));
            }
            None => self.expected += 1,
        }
        let window = self.state.fold.ledger.as_ref().map_or(0, |ledger| ledger.window);
        self.recent.push_back((position, reading.hash));
        while self.recent.len() as u64 > window + 1 {
            let passed = self.recent.pop_front();
            if let Some(kept) = &mut self.passed {
                kept.extend(passed);
            }
        }
    }
}

/// The digests of all bodies, and enough of their statements to find a repeated one.
///
/// Always holds: an event costs the same, however many have its body.
#[derive(Default)]
struct EventDigests {
    rows: Vec<(Hash, [u8; 8])>,
    /// The first row of each body.
    table: HashTable<u32>,
    /// The other rows: the first row of their body, how their statement begins, their number.
    repeats: BTreeSet<(u32, [u8; 8], u32)>,
    hasher: DefaultHashBuilder,
}

#[derive(Clone, Copy, Default)]
struct Repeated {
    body: bool,
    statement: bool,
}

/// A hash for the table of the digests of bodies.
fn hash_of(hasher: &DefaultHashBuilder, body: &Hash) -> u64 {
    let (halves, _) = body.0.as_chunks::<16>();
    let mut state = hasher.build_hasher();
    halves.iter().for_each(|half| state.write_u128(u128::from_le_bytes(*half)));
    state.finish()
}

impl EventDigests {
    fn hash(&self, body: &Hash) -> u64 {
        hash_of(&self.hasher, body)
    }

    /// The first row of a body.
    fn first(&self, hash: u64, body: &Hash) -> Option<u32> {
        let same = |row: &u32| self.rows.get(*row as usize).is_some_and(|(known, _)| known == body);
        self.table.find(hash, same).copied()
    }

    /// Removes all but the first `count` events.
    fn truncate(&mut self, count: usize) {
        while self.rows.len() > count {
            let Some((body, start)) = self.rows.pop() else { return };
            let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
            let hash = self.hash(&body);
            match self.table.find_entry(hash, |other| *other == row) {
                Ok(found) => _ = found.remove(),
                Err(_) => {
                    let first = self.first(hash, &body);
                    first.map(|first| self.repeats.remove(&(first, start, row)));
                }
            }
        }
    }

    /// Keeps an event's digests; returns which of them an earlier event has. A repeated statement
    /// has a repeated body, so only bodies are looked up.
    fn keep(&mut self, body: &Hash, statement: &Hash) -> Repeated {
        let mut start = [0; 8];
        start.copy_from_slice(&statement.0[..8]);
        let hash = self.hash(body);
        let next = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let first = self.first(hash, body);
        self.rows.push((*body, start));
        let Some(first) = first else {
            let (rows, hasher) = (&self.rows, &self.hasher);
            let rehash = |row: &u32| rows.get(*row as usize).map_or(0, |(d, _)| hash_of(hasher, d));
            self.table.insert_unique(hash, next, rehash);
            return Repeated::default();
        };
        let is_that_of_first = self.rows.get(first as usize).is_some_and(|(_, of)| *of == start);
        let mut others = self.repeats.range((first, start, 0)..=(first, start, u32::MAX));
        let statement = is_that_of_first || others.next().is_some();
        self.repeats.insert((first, start, next));
        Repeated { body: true, statement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The naive model: all events, searched from the first on.
    fn naive(events: &[(Hash, Hash)], body: &Hash, statement: &Hash) -> [bool; 2] {
        let with_body = || events.iter().filter(|(known, _)| known == body);
        [with_body().count() > 0, with_body().any(|(_, known)| known == statement)]
    }

    #[test]
    fn repeats_are_found_and_taken_back_as_by_a_search_of_all() {
        let mut digests = EventDigests::default();
        let mut events: Vec<(Hash, Hash)> = Vec::new();
        let mut random = 1_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) % below
        };
        let mut repeated = [0; 2];
        for _ in 0..20_000 {
            if next(10) == 0 {
                let count = usize::try_from(next(events.len() as u64 + 1)).unwrap();
                let count = count.max(events.len().saturating_sub(50));
                digests.truncate(count);
                events.truncate(count);
            }
            let body = Hash::of(&[&next(40).to_le_bytes()]);
            let statement = Hash::of(&[&next(6).to_le_bytes(), &body.0]);
            let expected = naive(&events, &body, &statement);
            let found = digests.keep(&body, &statement);
            assert_eq!([found.body, found.statement], expected, "event {}", events.len());
            repeated[0] += usize::from(found.body);
            repeated[1] += usize::from(found.statement);
            events.push((body, statement));
        }
        assert!(repeated[0] > 1_000 && repeated[1] > 1_000, "{repeated:?}");
        assert_eq!(digests.table.len() + digests.repeats.len(), events.len());
    }
}
