//! The ordered part of verification: place, link, base, time, legality.
//!
//! Always holds: events come in the order of the record; an event is applied to the state if and
//! only if FORMAT.md section 5 says so. Not here: signatures (`examine`), bodies (`content`).
//! Source: FORMAT.md sections 5 and 6.

use crate::event::record::{Place, Statement};
use crate::event::vocabulary::Type;
use crate::fold::operation::Operation;
use crate::hash::Hash;
use crate::legal::context::Proposal;
use crate::merkle::{NodeCollector, Tree};
use crate::rule::{Fault, Rule};
use crate::state::State;
use crate::time::Time;
use crate::verify::examine::Examined;
use hashbrown::HashTable;
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// Everything that the events so far leave for the judgement of the next one.
#[derive(Default)]
pub struct Chain {
    /// The state of all applied events.
    pub state: State,
    /// The tree of all events, and the subtrees that an end needs.
    pub nodes: NodeCollector,
    /// Hash of the last event.
    pub head: Option<Hash>,
    /// Time of the last event whose place was in form.
    pub at: Option<Time>,
    /// The number of the first event that the record itself says is not as it was written.
    pub contradicted: Option<u64>,
    expected: u64,
    recent: VecDeque<(u64, Hash)>,
    seen: LastEvent,
}

/// What became of one event.
#[derive(Debug)]
pub struct EventOutcome {
    /// Its position.
    pub position: u64,
    /// How many events stand before it.
    pub index: u64,
    /// Whether it was applied to the state.
    pub applied: bool,
    /// Whether nothing is wrong with it here.
    pub clean: bool,
    /// Whether an earlier event has the same body digest.
    pub body_repeated: bool,
}

impl Chain {
    /// How many events there were.
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

    /// A format above 1 that this event was promised to have: the verdict ends before it.
    pub fn later_version(&self, examined: &Examined) -> Option<u64> {
        examined.reading.later_version.filter(|v| Some(*v) <= self.state.history.upgraded)
    }

    /// Judges the next event, applies it if it may be, and tells its faults.
    pub fn judge(&mut self, examined: &Examined, faults: &mut Vec<Fault>) -> EventOutcome {
        let reading = &examined.reading;
        let position = reading.place.map_or(self.expected, |place| place.seq);
        let mut broken: Vec<(Rule, String)> = reading.faults.clone();
        if let Some(v) = reading.later_version {
            broken.retain(|(rule, _)| *rule != Rule::StatementForm);
            broken.push((Rule::Version, format!("format {v} was not announced by an upgrade")));
        }
        if let Some(place) = &reading.place {
            self.check_place(place, &mut broken);
        }
        let index = self.size();
        let mut judged =
            EventOutcome { position, index, applied: false, clean: false, body_repeated: false };
        if let Some(statement) = &reading.statement {
            let seen = self.seen.keep(&statement.body, &reading.statement_digest);
            judged.body_repeated = seen.body;
            if let Some(place) = reading.place.as_ref().filter(|_| reading.faults.is_empty()) {
                if seen.statement {
                    let why = "an earlier event has the same statement".to_owned();
                    broken.push((Rule::RepeatedStatement, why));
                }
                self.check_base(place, statement, &mut broken);
                broken.extend(examined.signature.iter().cloned());
                judged.applied = self.judge_legality(place, statement, &mut broken);
            }
        }
        let retimed = judged.applied
            && reading.statement.as_ref().is_some_and(|s| s.kind == Type::LedgerRetimed);
        if let Some(place) = &reading.place {
            self.check_time(place, retimed, &mut broken);
        }
        broken.sort();
        broken.dedup_by_key(|(rule, _)| *rule);
        judged.clean = broken.is_empty();
        self.contradict(index, &broken);
        faults.extend(broken.into_iter().map(|(rule, why)| Fault::at(position, rule, why)));
        self.go_on(position, examined);
        judged
    }

    /// Keeps the first event whose bytes are not those that were written, by what is broken here.
    fn contradict(&mut self, index: u64, broken: &[(Rule, String)]) {
        let contradicted = |(rule, _): &(Rule, String)| match rule {
            Rule::RecordForm
            | Rule::PlaceForm
            | Rule::StatementForm
            | Rule::SignatureForm
            | Rule::Place
            | Rule::Version
            | Rule::KeyRefused
            | Rule::Signature => Some(index),
            // The event before is another than the one that this one was written behind.
            Rule::Link => Some(index.saturating_sub(1)),
            _ => None,
        };
        let found = broken.iter().filter_map(contradicted);
        self.contradicted = self.contradicted.into_iter().chain(found).min();
    }

    fn check_place(&self, place: &Place, broken: &mut Vec<(Rule, String)>) {
        if place.seq != self.expected {
            let why = format!("expected position {}, found {}", self.expected, place.seq);
            broken.push((Rule::Place, why));
        }
        if place.prev != self.head {
            let show = |hash: Option<Hash>| hash.map_or("null".to_owned(), |h| h.to_string());
            let why = format!("expected prev {}, found {}", show(self.head), show(place.prev));
            broken.push((Rule::Link, why));
        }
    }

    fn check_base(&self, place: &Place, said: &Statement, broken: &mut Vec<(Rule, String)>) {
        let window = self.state.fold.ledger.as_ref().map_or(0, |ledger| ledger.window);
        let exact =
            matches!(said.kind.as_str().split_once('.'), Some(("ledger" | "editor" | "body", _)));
        let why = match place.seq.checked_sub(said.base) {
            None => Some(format!("base {} is after position {}", said.base, place.seq)),
            Some(gap) if gap > window => Some(format!(
                "base {} is {gap} before position {}, the window is {window}",
                said.base, place.seq
            )),
            Some(gap) if exact && gap > 0 => {
                Some(format!("{} stands at its base, {}, only", said.kind, said.base))
            }
            Some(_) if said.after != self.hash_before(said.base) => {
                Some(format!("after is not the hash of the event before {}", said.base))
            }
            Some(_) => None,
        };
        if let Some(why) = why {
            broken.push((Rule::Base, why));
        }
        if let Some(named) = said.args.positions().into_iter().find(|named| *named >= said.base) {
            let why = format!("args name position {named}, base is {}", said.base);
            broken.push((Rule::NamedPosition, why));
        }
    }

    fn hash_before(&self, base: u64) -> Option<Hash> {
        let position = base.checked_sub(1)?;
        let found = self.recent.iter().rev().find(|(at, _)| *at == position);
        found.map(|(_, hash)| *hash)
    }

    fn check_time(&self, place: &Place, retimed: bool, broken: &mut Vec<(Rule, String)>) {
        if let Some(before) = self.at
            && place.at <= before
            && !retimed
        {
            let why = format!("expected a time after {before}, found {}", place.at);
            broken.push((Rule::Time, why));
        }
    }

    /// Section 6, where nothing else hinders; applies the event if it is legal.
    fn judge_legality(
        &mut self,
        place: &Place,
        said: &Statement,
        broken: &mut Vec<(Rule, String)>,
    ) -> bool {
        let harmless =
            |rule: &Rule| matches!(rule, Rule::Place | Rule::Link | Rule::Base | Rule::Time);
        if place.seq < self.expected || !broken.iter().all(|(rule, _)| harmless(rule)) {
            return false;
        }
        let operation = Operation::of(&said.args);
        let (position, at, by) = (place.seq, Some(place.at), said.by);
        match self.state.judge(&Proposal { position, at, by, operation: &operation }) {
            Ok(()) => {
                self.state.apply(position, by, operation);
                true
            }
            Err(breach) => {
                broken.push(breach);
                false
            }
        }
    }

    fn go_on(&mut self, position: u64, examined: &Examined) {
        let reading = &examined.reading;
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
            self.recent.pop_front();
        }
    }
}

/// Digests of all bodies, and enough of their statements to see a repeated one.
#[derive(Default)]
struct LastEvent {
    rows: Vec<(Hash, [u8; 8])>,
    table: HashTable<u32>,
    hasher: BuildHasherDefault<DefaultHasher>,
}

struct Repeated {
    body: bool,
    statement: bool,
}

impl LastEvent {
    /// Keeps an event's digests and tells which were there before. A repeated statement has a
    /// repeated body, so only bodies are looked up.
    fn keep(&mut self, body: &Hash, statement: &Hash) -> Repeated {
        let mut start = [0; 8];
        start.copy_from_slice(&statement.0[..8]);
        let hash = self.hasher.hash_one(body);
        let rows = &self.rows;
        let same = |row: &u32| rows.get(*row as usize).is_some_and(|(digest, _)| digest == body);
        let before: Vec<u32> =
            self.table.iter_hash(hash).copied().filter(|row| same(row)).collect();
        let repeated = Repeated {
            body: !before.is_empty(),
            statement: before.iter().any(|row| rows[*row as usize].1 == start),
        };
        let next = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push((*body, start));
        let rows = &self.rows;
        let hasher = &self.hasher;
        let rehash = |row: &u32| rows.get(*row as usize).map_or(0, |(d, _)| hasher.hash_one(d));
        self.table.insert_unique(hash, next, rehash);
        repeated
    }
}
