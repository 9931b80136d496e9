//! The files of an index that is built or checked, and the part of the record needed to continue.
//!
//! Always holds: the content depends only on the events and on their offsets in the journal.
//! Not here: when it is built, and the handling of a failure (`build`).

use crate::disk;
use crate::index::compare_or_write::{CompareOrWrite, Difference};
use crate::index::node::{Child, Node};
use crate::index::node_file::{self, After, Bytes};
use crate::index::read::{Snapshot, is_other_version};
use crate::index::row::{EventMark, Row, RowValue};
use crate::index::status::{BuildMode, IndexStatus};
use crate::index::stored_row::{StoredRow, has_long_lists};
use crate::index::terms::TermFiles;
use crate::index::totals::Totals;
use crate::index::trie::{self, NodeWriter, Root};
use crate::index::words::{Events, WordFiles};
use crate::index::{
    EVENT, HASH, HEADER, IndexError, NAMES, STRIDE, TreeKind, bytes_of, check, damaged, folder,
    numbers, stored_hash_index,
};
use crate::journal::Journal;
use annals_core::event::args::Args;
use annals_core::event::vocabulary::Type;
use annals_core::fold::history::Act;
use annals_core::fold::operation::Operation;
use annals_core::fold::{Fold, Target};
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::refold::Undone;
use annals_core::rule::Rule;
use annals_core::state::State;
use annals_core::verify::chain::EventOutcome;
use annals_core::verify::examine::{BodyFound, Examined};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The file `tree`, to which rows and nodes are added.
struct NodeFile {
    tree: CompareOrWrite,
    hashes: CompareOrWrite,
    /// The event that is being added.
    after: After,
    /// The nodes that were read or added last.
    kept: Mutex<HashMap<u64, Node>>,
}

/// The number of nodes kept, and that of rows.
const KEPT: usize = 8_192;

impl NodeFile {
    /// The files, before an event is added.
    fn new(tree: CompareOrWrite, hashes: CompareOrWrite) -> NodeFile {
        let after = After { event: 0, hash: Hash([0; 32]) };
        NodeFile { tree, hashes, after, kept: Mutex::default() }
    }

    fn keep(&self, at: u64, node: &Node) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(at, node.clone());
    }
}

impl Bytes for NodeFile {
    fn bytes(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError> {
        self.tree.read(at, count)
    }

    fn hash(&self, event: u64) -> Result<Hash, IndexError> {
        let bytes = self.hashes.read(stored_hash_index(0, event) * HASH, size_of::<Hash>())?;
        bytes.try_into().map(Hash).map_err(|_| damaged(format!("hash of event {event}")))
    }

    fn node(&self, at: u64) -> Result<Node, IndexError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&at).cloned();
        match kept {
            Some(node) => Ok(node),
            None => {
                let node = node_file::node(self, at)?;
                self.keep(at, &node);
                Ok(node)
            }
        }
    }
}

impl NodeWriter for NodeFile {
    fn place(&mut self, node: &Node) -> Result<u64, IndexError> {
        let at = self.tree.length();
        self.tree.put(&node_file::framed("node", at, &self.after, node)?)?;
        self.keep(at, node);
        Ok(at)
    }
}

/// The files, and the part of the record needed to continue them.
pub(super) struct IndexFiles {
    nodes: NodeFile,
    keys: CompareOrWrite,
    roots: CompareOrWrite,
    terms: TermFiles,
    words: WordFiles,
    events: CompareOrWrite,
    size: u64,
    merkle: Tree,
    /// The number of keys added.
    named: u32,
    /// The number of roots added.
    rooted: u32,
    /// The offset of the next event in its journal file.
    pub(super) place: u64,
    /// The first positions of journal files.
    starts: BTreeSet<u64>,
    tops: [Root; 3],
    /// The changes since the last root.
    since: [BTreeMap<u64, Child>; 3],
    totals: Totals,
    /// The rows of facts and documents that were added last, by their offset.
    recent: HashMap<u64, Row>,
}

impl IndexFiles {
    /// Opens the existing files; `None` if there are none and creating them is not allowed.
    pub(super) fn open(
        ledger: &Path,
        starts: BTreeSet<u64>,
        mode: BuildMode,
    ) -> Result<Option<IndexFiles>, IndexError> {
        let folder = folder(ledger);
        let may_write = mode == BuildMode::Write;
        match folder.symlink_metadata() {
            Ok(about) if about.is_dir() => {}
            Ok(about) => {
                let found = disk::open::name(about.file_type());
                return Err(IndexError::Other(format!("expected the folder index, found {found}")));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            Err(_) if !may_write => return Ok(None),
            Err(_) => {
                disk::create_dir(&folder).map_err(|error| IndexError::Other(error.to_string()))?;
            }
        }
        let file = |name| CompareOrWrite::open(&folder, name, mode);
        let [tree, keys, hashes, roots, terms, sorted, _, _, _, events] = NAMES;
        let mut tree = file(tree)?;
        let header = tree.first::<{ HEADER.len() }>()?;
        if !may_write && header.is_some_and(|header| is_other_version(&header)) {
            return Err(IndexError::Version);
        }
        tree.put(HEADER)?;
        let nodes = NodeFile::new(tree, file(hashes)?);
        Ok(Some(IndexFiles {
            terms: TermFiles::new(file(terms)?, file(sorted)?, &nodes)?,
            nodes,
            keys: file(keys)?,
            roots: file(roots)?,
            words: WordFiles::open(ledger, mode)?,
            events: file(events)?,
            size: 0,
            merkle: Tree::default(),
            named: 0,
            rooted: 0,
            place: 0,
            starts,
            tops: [Root::default(); 3],
            since: Default::default(),
            totals: Totals::default(),
            recent: HashMap::new(),
        }))
    }

    /// Opens complete files of a record to continue them: `last` is the end of the index, whose
    /// journal goes on at the offset `place` of its file.
    pub(super) fn resume(
        ledger: &Path,
        last: &Snapshot<'_>,
        journal: &Journal,
        place: u64,
    ) -> Result<IndexFiles, IndexError> {
        let folder = folder(ledger);
        let file = |name| CompareOrWrite::resume(&folder, name);
        let [tree, keys, hashes, roots, terms, sorted, _, _, _, events] = NAMES;
        let entry = match last.size.checked_sub(1) {
            Some(event) => last.index().event(event)?,
            None => return Err(IndexError::Absent),
        };
        let [named, rooted] = [entry.keys, entry.roots].map(u32::try_from);
        let counts = || damaged("a number of keys or roots");
        let nodes = NodeFile::new(file(tree)?, file(hashes)?);
        Ok(IndexFiles {
            terms: TermFiles::new(file(terms)?, file(sorted)?, &nodes)?,
            nodes,
            keys: file(keys)?,
            roots: file(roots)?,
            words: WordFiles::resume(ledger, last.size, journal.clone())?,
            events: file(events)?,
            size: last.size,
            merkle: last.index().tree(last.size)?,
            named: named.map_err(|_| counts())?,
            rooted: rooted.map_err(|_| counts())?,
            place,
            starts: journal.starts().collect(),
            tops: last.tops,
            since: last.since.clone(),
            totals: last.totals()?,
            recent: HashMap::new(),
        })
    }

    /// The lengths of the files as added, by name.
    pub(super) fn lengths(&self) -> [(&'static str, u64); NAMES.len()] {
        let IndexFiles { nodes: NodeFile { tree, hashes, .. }, keys, roots, events, .. } = self;
        let TermFiles { terms, sorted, .. } = &self.terms;
        let [words, runs, redacted] = self.words.files();
        [tree, keys, hashes, roots, terms, sorted, words, runs, redacted, events]
            .map(|file| (file.name(), file.length()))
    }

    pub(super) fn each_file(
        &mut self,
        mut work: impl FnMut(&mut CompareOrWrite) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        self.each_of_rows(&mut work)?;
        let IndexFiles { words, nodes, events, .. } = self;
        words.each_file(&mut work, &EventsOf { nodes, events })?;
        work(events)
    }

    /// Allows files that were only compared to be written.
    pub(super) fn allow(&mut self, folder: &Path) -> Result<(), IndexError> {
        self.each_of_rows(&mut |file| file.allow_writes(folder))?;
        let IndexFiles { words, nodes, events, .. } = self;
        words.allow(&EventsOf { nodes, events })?;
        events.allow_writes(folder)
    }

    /// All files but those of the words and `events`.
    fn each_of_rows(
        &mut self,
        work: &mut dyn FnMut(&mut CompareOrWrite) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let IndexFiles { nodes: NodeFile { tree, hashes, .. }, keys, roots, .. } = self;
        [tree, keys, hashes, roots].into_iter().try_for_each(&mut *work)?;
        if self.terms.is_known() {
            let TermFiles { terms, sorted, .. } = &mut self.terms;
            [terms, sorted].into_iter().try_for_each(work)?;
        }
        Ok(())
    }

    /// Whether the files of words leave out only what the record redacts.
    pub(super) fn is_as_foretold(&self) -> bool {
        self.words.is_as_foretold()
    }

    pub(super) fn found(&self) -> IndexStatus {
        let IndexFiles { nodes: NodeFile { tree, hashes, .. }, keys, roots, events, .. } = self;
        let TermFiles { terms, sorted, .. } = &self.terms;
        let mut files = vec![tree, keys, hashes, roots, events];
        if self.terms.is_known() {
            files.extend([terms, sorted]);
        }
        if self.words.is_known() {
            files.extend(self.words.files());
        }
        let mut behind = false;
        for file in &files {
            match file.differs {
                Some(Difference::At(at)) => {
                    return IndexStatus::Differs(format!("{}, byte {at}", file.name()));
                }
                Some(Difference::Ends) => behind = true,
                None => {}
            }
        }
        let wrote = files.iter().any(|file| file.wrote());
        if behind { IndexStatus::Behind } else { IndexStatus::Same { events: self.size, wrote } }
    }

    /// Adds one event: its rows, its hash, its entry, and a root after every 256 events.
    pub(super) fn event(
        &mut self,
        state: &State,
        examined: &Examined,
        judged: &EventOutcome,
    ) -> Result<(), IndexError> {
        let position = judged.position;
        let act = state.history.act(position).filter(|_| judged.applied && judged.clean);
        let (Some(act), Some(place)) = (act, examined.reading.place) else {
            return Err(faulty(position));
        };
        // A body that is not the committed one is not what was signed; one that is not in form is.
        if let BodyFound::Bad(violation) = &examined.body
            && violation.rule == Rule::BodyDigest
        {
            return Err(faulty(position));
        }
        if position != self.size || position != place.seq {
            return Err(IndexError::Other(format!("event {position} has another place")));
        }
        if self.starts.contains(&position) {
            self.place = 0;
        }
        let hash = examined.reading.hash;
        self.nodes.after = After { event: position, hash };
        let hashes = &mut self.nodes.hashes;
        let mut put = Ok(());
        self.merkle.push_with(hash, |_, node| {
            if put.is_ok() {
                put = entry_put(hashes, "hash", None, &node.0);
            }
        });
        put?;
        while let Some(key) = state.history.key(self.named) {
            let entry = [&position.to_le_bytes()[..], &key.0].concat();
            entry_put(&mut self.keys, "key", Some(&hash), &entry)?;
            self.named += 1;
        }
        let about = self.about(state, act)?;
        let first = self.nodes.tree.length();
        self.rows(state, act, &about)?;
        if let Some(Args::BodyRedacted(args)) =
            examined.reading.statement.as_ref().map(|statement| &statement.args)
        {
            let (event, by, reason) = (args.event, act.by, args.reason);
            let what = RowValue::Redaction { event, by, reason };
            self.row(position, Cause::acting(position), what)?;
        }
        let after = self.nodes.tree.length();
        self.terms.event(position, examined, &self.nodes)?;
        let IndexFiles { words, nodes, events, .. } = self;
        words.event(position, examined, &EventsOf { nodes, events })?;
        self.size += 1;
        if suspects(&act.operation) || self.size.is_multiple_of(STRIDE) {
            self.root()?;
        }
        let name = |index: usize| about.get(index).map_or(0, |position| position + 1);
        let micros = place.at.micros().cast_unsigned();
        let counts = u64::from(self.named) | u64::from(self.rooted) << 32;
        let entry = bytes_of(&[micros, self.place, first, after, name(0), name(1), counts]);
        entry_put(&mut self.events, "event", Some(&hash), &entry)?;
        self.place += examined.bytes;
        Ok(())
    }

    /// The facts or the document that an act creates or is about.
    fn about(&self, state: &State, act: &Act) -> Result<Vec<u64>, IndexError> {
        let fold = &state.fold;
        let target = |event: u64| fold.target(event);
        Ok(match &act.operation {
            Operation::Asserted | Operation::Captured | Operation::Sealed(_) => vec![act.position],
            Operation::Described { document } => vec![*document],
            Operation::Related(triple) => vec![triple.from, triple.to],
            Operation::Withdrawn { relation } => match target(*relation) {
                Some(Target::Relation(triple)) => vec![triple.from, triple.to],
                _ => Vec::new(),
            },
            Operation::Upheld { dispute: event } | Operation::Reinstated { retraction: event } => {
                match target(*event) {
                    Some(Target::Dispute(fact) | Target::Retraction(fact, _)) => vec![fact],
                    _ => Vec::new(),
                }
            }
            Operation::Released { event } | Operation::Redacted { event } => {
                self.entry_about(*event)?
            }
            operation => {
                let fact = operation.on().and_then(|on| fold.fact_of_revision(on));
                fact.map(|fact| fact.position).into_iter().collect()
            }
        })
    }

    /// The objects of an earlier event, from its own entry.
    fn entry_about(&self, event: u64) -> Result<Vec<u64>, IndexError> {
        let bytes = self.events.read(event * EVENT, EVENT as usize)?;
        let [.., one, other, _] = numbers::<7>(&bytes);
        Ok([one, other].iter().filter_map(|name| name.checked_sub(1)).collect())
    }

    /// Adds the rows of an act.
    fn rows(&mut self, state: &State, act: &Act, about: &[u64]) -> Result<(), IndexError> {
        let (fold, position) = (&state.fold, act.position);
        for of in about {
            // What a revocation set aside still has words that can be released or redacted.
            let what = match standing(fold, *of) {
                Some(what) => Some(what),
                None => self.standing_row(*of)?.and_then(|what| what.gone()),
            };
            if let Some(what) = what {
                self.row(*of, Cause::acting(position), what)?;
            }
        }
        match &act.operation {
            Operation::Related(triple) => {
                self.row(position, Cause::acting(position), RowValue::relation(triple))
            }
            Operation::Withdrawn { relation } => match fold.target(*relation) {
                Some(Target::Relation(triple)) => {
                    self.row(*relation, Cause::acting(position), RowValue::withdrawn(&triple))
                }
                _ => Ok(()),
            },
            Operation::Released { event } | Operation::Redacted { event } => {
                let mark = RowValue::Mark(EventMark::of(state, *event));
                self.row(*event, Cause::acting(position), mark)
            }
            operation if of_people(operation.kind()) => {
                let retimed = matches!(operation, Operation::Retimed);
                let ledger = fold.ledger.as_ref();
                let confirmations = ledger.map_or(1, |ledger| ledger.confirmations);
                let what = RowValue::Administration { retimed, confirmations };
                self.row(position, Cause::acting(position), what)?;
                if suspects(operation) { self.restate(state, position) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn row(&mut self, of: u64, cause: Cause, what: RowValue) -> Result<(), IndexError> {
        let Cause { event, acted } = cause;
        let which = what.which();
        // An event has no earlier row of what it creates.
        let before = match of == event {
            true => 0,
            false => self.standing_at(which, of)?.map_or(0, |child| child.to),
        };
        let to = self.nodes.tree.length();
        let kinds = what.kinds();
        let mut row = Row { of, event, acted, before, whole: to, what };
        let mut stored = StoredRow::whole(&row);
        if which == TreeKind::Standing {
            let earlier = match before {
                0 => None,
                before => match self.recent.remove(&before) {
                    Some(earlier) => Some(earlier),
                    None => Some(node_file::row(&self.nodes, before)?),
                },
            };
            self.totals.replace(earlier.as_ref().map(|earlier| &earlier.what), &row.what);
            if let Some(earlier) = earlier.filter(|_| has_long_lists(&row))
                && let Some(changed) = self.changed(&row, earlier)?
            {
                (row.whole, stored) = changed;
            }
            if self.recent.len() >= KEPT {
                self.recent.clear();
            }
            self.recent.insert(to, row);
        }
        self.nodes.tree.put(&node_file::framed("row", to, &self.nodes.after, &stored)?)?;
        self.since[which as usize].insert(of, Child { to, kinds });
        Ok(())
    }

    /// A row with long lists as the change since the last one that is whole, and the offset of that
    /// one; `earlier` is the row before.
    fn changed(&self, row: &Row, earlier: Row) -> Result<Option<(u64, StoredRow)>, IndexError> {
        let whole = match earlier.whole == row.before {
            true => earlier,
            false => node_file::row(&self.nodes, earlier.whole)?,
        };
        Ok(StoredRow::changed(row, &whole).map(|stored| (whole.whole, stored)))
    }

    /// The row of a fact, a document or a relation that was added last.
    fn standing_row(&self, of: u64) -> Result<Option<RowValue>, IndexError> {
        let child = self.standing_at(TreeKind::Standing, of)?;
        child.map(|child| Ok(node_file::row(&self.nodes, child.to)?.what)).transpose()
    }

    fn standing_at(&self, which: TreeKind, of: u64) -> Result<Option<Child>, IndexError> {
        match self.since[which as usize].get(&of) {
            Some(child) => Ok(Some(*child)),
            None => trie::get(&self.nodes, self.tops[which as usize], of),
        }
    }

    /// Adds, after a suspect revocation, a row for everything whose state it changed.
    fn restate(&mut self, state: &State, position: u64) -> Result<(), IndexError> {
        let fold = &state.fold;
        let mut standing_before = BTreeMap::new();
        let mut marked: BTreeSet<u64> =
            state.undone().iter().map(|Undone { event, .. }| *event).collect();
        for (which, rows) in [(TreeKind::Standing, true), (TreeKind::Marks, false)] {
            let top = self.tops[which as usize];
            let mut put = |of: u64, child: Child| {
                if rows {
                    standing_before.insert(of, child.to);
                } else {
                    marked.insert(of);
                }
            };
            trie::walk(&self.nodes, top, &(0..u64::MAX), &|_| true, &mut put)?;
            self.since[which as usize].iter().for_each(|(of, child)| put(*of, *child));
        }
        let now = fold.facts().iter().map(|fact| fact.position);
        let now = now.chain(fold.documents().iter().map(|document| document.position));
        let now = now.chain(fold.relations().keys().copied());
        let all: BTreeSet<u64> = now.chain(standing_before.keys().copied()).collect();
        for of in all {
            let before = match standing_before.get(&of) {
                Some(to) => Some(node_file::row(&self.nodes, *to)?.what),
                None => None,
            };
            let what = standing(fold, of).or_else(|| before.as_ref().and_then(RowValue::gone));
            if let Some(what) = what.filter(|what| before.as_ref() != Some(what)) {
                self.row(of, Cause::restating(position), what)?;
            }
        }
        for event in marked {
            let what = RowValue::Mark(EventMark::of(state, event));
            let before = match self.standing_at(TreeKind::Marks, event)? {
                Some(child) => Some(node_file::row(&self.nodes, child.to)?.what),
                None => None,
            };
            if before.as_ref() != Some(&what) {
                self.row(event, Cause::restating(position), what)?;
            }
        }
        self.totals.undo(state.undone());
        Ok(())
    }

    /// Adds a root over everything so far.
    fn root(&mut self) -> Result<(), IndexError> {
        for which in TreeKind::ALL {
            let changes = std::mem::take(&mut self.since[which as usize]);
            let changes: Vec<(u64, Child)> = changes.into_iter().collect();
            let top = self.tops[which as usize];
            self.tops[which as usize] = trie::put(&mut self.nodes, top, &changes)?;
        }
        let nodes = self.tops.map(|top| top.node);
        let heights = self.tops.iter().rev().fold(0, |all, top| all << 8 | u64::from(top.height));
        let totals = self.nodes.tree.length();
        let framed = node_file::framed("totals", totals, &self.nodes.after, &self.totals)?;
        self.nodes.tree.put(&framed)?;
        let after = self.nodes.tree.length();
        let [standing, marks, administration] = nodes;
        let entry = [self.size, after, standing, marks, administration, heights, totals];
        let entry = bytes_of(&entry);
        let hash = self.nodes.after.hash;
        self.rooted += 1;
        entry_put(&mut self.roots, "root", Some(&hash), &entry)
    }
}

/// What the files have of earlier events.
struct EventsOf<'a> {
    nodes: &'a NodeFile,
    events: &'a CompareOrWrite,
}

impl Events for EventsOf<'_> {
    fn hash(&self, event: u64) -> Result<Hash, IndexError> {
        self.nodes.hash(event)
    }

    fn place(&self, event: u64) -> Result<u64, IndexError> {
        let bytes = self.events.read(event * EVENT, EVENT as usize)?;
        let [_, place, ..] = numbers::<7>(&bytes);
        Ok(place)
    }
}

/// The event for which a row is written.
#[derive(Clone, Copy)]
struct Cause {
    event: u64,
    /// Whether it acted on the row's object, or changed it by revoking another event.
    acted: bool,
}

impl Cause {
    /// An event that acts on the row's object.
    fn acting(event: u64) -> Cause {
        Cause { event, acted: true }
    }

    /// A revocation that changes the state of the row's object.
    fn restating(event: u64) -> Cause {
        Cause { event, acted: false }
    }
}

/// Adds an entry of a file with entries of equal length, with its check.
fn entry_put(
    file: &mut CompareOrWrite,
    what: &str,
    after: Option<&Hash>,
    bytes: &[u8],
) -> Result<(), IndexError> {
    let number = file.length() / (bytes.len() as u64 + 8);
    let check = check(what, number, after, bytes);
    file.put(bytes)?;
    file.put(&check)
}

/// The state of a fact, a document or a relation.
fn standing(fold: &Fold, of: u64) -> Option<RowValue> {
    let fact = fold.fact(of).map(|fact| RowValue::fact(fold, fact));
    let document = || fold.document(of).map(|document| RowValue::document(fold, document));
    let relation = || fold.relations().get(&of).map(RowValue::relation);
    fact.or_else(document).or_else(relation)
}

fn of_people(kind: Type) -> bool {
    matches!(kind.as_str().split_once('.'), Some(("ledger" | "editor", _)))
}

fn suspects(operation: &Operation) -> bool {
    matches!(operation, Operation::Revoked(revoked) if revoked.suspect_from.is_some())
}

/// What of a record with a fault is not built, and not compared.
fn faulty(position: u64) -> IndexError {
    IndexError::Other(format!("event {position} has a fault"))
}
