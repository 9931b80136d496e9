//! Verification: every byte, link, signature, role and quotation of a record.
//!
//! Always holds: a fault is data, and all faults are collected; `Err` means only that the source
//! could not be read. No verdict depends on a clock, a locale or the number of threads. Not here:
//! files (`journal`, `store`), messages for people (`cli`). Source: FORMAT.md sections 5–9.

pub mod chain;
pub mod content;
pub mod cosigned;
pub mod anchors;
pub mod evidence;
pub mod examine;
pub mod explained;
pub mod independent;
pub mod library;
pub mod memory;
pub mod pinned;
pub mod pipeline;
pub mod proof;
pub mod receipt;
pub mod source;
pub mod tree_head;
pub mod visible_documents;

use crate::hash::Hash;
use crate::key::Way;
use crate::merkle::Tree;
use crate::pin::LogKeys;
use crate::rule::{Class, Fault, Rule};
use crate::state::State;
use crate::time::Time;
use crate::tlog::Checkpoint;
use crate::verdict::Verdict;
use crate::verify::anchors::{AnchorResults, Anchors};
use crate::verify::tree_head::TreeHead;
use chain::{Chain, ChainBefore, EventOutcome};
use content::{CheckDepth, Contents, ContentsBefore, Counts, EventContext};
use examine::Examined;
use explained::{CommitRoots, RecordDamage};
use library::Library;
use pinned::VerifiedTree;
use pipeline::{ExaminedBatch, ReadPlan};
use source::{CommitLine, Damage, Source, SourceError};
use std::collections::BTreeMap;

/// How to verify.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Number of threads that examine events; at least 1.
    pub jobs: usize,
    /// Whether signatures are checked. A verdict needs them, and so does a log key before it signs.
    pub signatures: bool,
    /// Number of events from the start that the log key has signed. Where signatures are checked,
    /// those of these events are skipped; 0 to check all.
    pub signed_for: u64,
    /// Whether bodies and documents are checked.
    pub contents: bool,
    /// Number of events from the start that a pin covers. Their signatures, bodies and quotations
    /// were verified before and are skipped; 0 to check all.
    pub known: u64,
    /// The number of events after which to stop; `u64::MAX` for all.
    pub until: u64,
    /// How signatures are verified. The verdict is the same in every way.
    pub way: Way,
    /// Called periodically with the number of events processed.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
    /// Receives each event and each commit line, in order.
    pub follower: Option<&'a dyn Follower>,
}

/// Follows a verification, event by event, on one thread after another.
pub trait Follower: Sync {
    /// Receives a verified event; `state` is the state after it.
    fn event(&self, state: &State, examined: &Examined, outcome: &EventOutcome);

    /// Receives the commit line that comes next.
    fn commit_line(&self, line: &CommitLine);
}

impl Options<'_> {
    /// A whole verdict on `jobs` threads.
    pub fn whole(jobs: usize) -> Options<'static> {
        Options {
            jobs,
            signatures: true,
            signed_for: 0,
            contents: true,
            known: 0,
            until: u64::MAX,
            way: Way::default(),
            progress: None,
            follower: None,
        }
    }

    /// Only the state after the first `until` events: for reading and writing, not for verdicts.
    pub fn state(until: u64) -> Options<'static> {
        Options { signatures: false, contents: false, until, ..Options::whole(1) }
    }

    /// How deep the content of the event at `index` is checked.
    fn depth(&self, index: u64) -> CheckDepth {
        match self.contents {
            _ if index < self.known => CheckDepth::Known,
            true => CheckDepth::All,
            false => CheckDepth::Nothing,
        }
    }
}

/// The result of a verification.
pub struct Report {
    /// Number of events.
    pub size: u64,
    /// Hash of the last event.
    pub head: Option<Hash>,
    /// Hash of event 0.
    pub genesis: Option<Hash>,
    /// Root of the tree.
    pub root: Hash,
    /// The tree itself.
    pub tree: Tree,
    /// The log keys, each with the size from which it is valid.
    pub log: Vec<LogKeys>,
    /// The record at the sizes that its anchors name, and at its own size.
    pub heads: BTreeMap<u64, TreeHead>,
    /// Damage that the record itself shows.
    pub damage: RecordDamage,
    /// Number of events from the start whose checks were skipped.
    pub known: u64,
    /// Time of the last event.
    pub at: Option<Time>,
    /// The state of all applied events.
    pub state: State,
    /// All faults, by position (those of no event first), then rule.
    pub faults: Vec<Fault>,
    /// Content checks.
    pub counts: Counts,
    /// Number of commit lines that hold.
    pub commit_lines: u64,
    /// The comparison with the anchors.
    pub anchors: AnchorResults,
    /// Position and format of the first event of a later format, which this program cannot verify.
    pub later_version: Option<(u64, u64)>,
    /// Bytes after the end of the record, ignored by rule.
    pub ignored_bytes: u64,
}

impl Report {
    /// The gravest class of fault; `None` if there is none.
    pub fn class(&self) -> Option<Class> {
        self.faults.iter().map(|fault| fault.rule.class()).max()
    }

    /// Which events are covered by the pin and by the checkpoint.
    pub fn anchored(&self) -> Anchored {
        let AnchorResults { checkpoint, checkpoint_holds, pin, pin_holds, .. } = &self.anchors;
        let size = |checkpoint: &Checkpoint| checkpoint.size;
        Anchored {
            by_pin: pin.as_ref().filter(|_| *pin_holds).map(|pin| size(&pin.checkpoint)),
            by_checkpoint: checkpoint.as_ref().filter(|_| *checkpoint_holds).map(size),
        }
    }

    /// The verdict: the gravest fault decides.
    pub fn verdict(&self) -> Verdict {
        match self.class() {
            Some(Class::Fork) => Verdict::Forked,
            Some(Class::Fault) => Verdict::No,
            Some(Class::Damage) => Verdict::CouldNotTell,
            None if self.later_version.is_some() => Verdict::CouldNotTell,
            None => Verdict::Yes,
        }
    }
}

/// Which events an anchor outside the record covers; both values are sizes from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anchored {
    /// By the pin, if it holds.
    pub by_pin: Option<u64>,
    /// By the checkpoint, if it holds.
    pub by_checkpoint: Option<u64>,
}

impl Anchored {
    /// Number of events from the start that the pin or the checkpoint covers.
    pub fn events(&self) -> u64 {
        self.by_pin.max(self.by_checkpoint).unwrap_or(0)
    }
}

/// Verifies a record: reads it, examines its events on every core, verifies them in order, and
/// compares the anchors.
pub fn verify(
    source: &dyn Source,
    anchors: &Anchors,
    options: Options<'_>,
) -> Result<Report, SourceError> {
    let mut verifier = Verifier::new(anchors);
    if let Some(why) = source.changed() {
        verifier.faults.push(Fault::of(Rule::Unreadable, why));
        return Ok(verifier.report(AnchorResults::default(), 0, 0));
    }
    anchors.plans(source.size()).iter().for_each(|plan| verifier.chain.nodes.want(plan));
    follow(source, options, &mut verifier)?;
    // Anchors belong to a verdict: reading a state compares none.
    let whole = options.signatures && options.until == u64::MAX && verifier.later_version.is_none();
    let mut results = AnchorResults::default();
    if whole {
        if options.contents {
            verifier.contents.check_absent(&verifier.chain.state, &mut verifier.faults);
        }
        verifier.damage.lost |= source.ignored_bytes() > 0;
        let mut faults = Vec::new();
        let unread = source.is_sized_by_checkpoint() && !anchors.has_checkpoint_in_form();
        let alone;
        let compared = match unread {
            true => {
                alone = Anchors { checkpoint: anchors.checkpoint.clone(), ..Anchors::default() };
                &alone
            }
            false => anchors,
        };
        results = verifier.compare(compared, verifier.damage(), &mut faults);
        verifier.faults.append(&mut faults);
    }
    let known = options.known.min(verifier.chain.size());
    Ok(verifier.report(results, known, source.ignored_bytes()))
}

/// Reads a source and lets `verifier` take each event in order.
pub fn follow(
    source: &dyn Source,
    options: Options<'_>,
    verifier: &mut Verifier,
) -> Result<(), SourceError> {
    let Options { jobs, signatures, signed_for, known, until, way, .. } = options;
    let plan = ReadPlan { jobs, signatures, signed_for, known, until, way };
    pipeline::run(source, plan, &mut |batch| verifier.take(batch, source, options))
}

/// An incremental verification: chain, content and faults so far. A writer continues from here.
#[derive(Default)]
pub struct Verifier {
    /// Places, links and the state.
    pub chain: Chain,
    /// Documents and the counts of content checks.
    pub contents: Contents,
    /// All faults so far.
    pub faults: Vec<Fault>,
    /// The sizes that the anchors name.
    anchor_sizes: Vec<u64>,
    heads: BTreeMap<u64, TreeHead>,
    genesis: Option<Hash>,
    log: Vec<LogKeys>,
    commit_lines: u64,
    commit_lines_broken: bool,
    closed_at: Option<u64>,
    commit_roots: CommitRoots,
    damage: RecordDamage,
    later_version: Option<(u64, u64)>,
    /// The verification before each event since [`Verifier::keep_changes`]; `None` if that is not
    /// kept.
    before: Option<Vec<Before>>,
}

/// A verification before an event.
#[derive(Clone, Debug)]
struct Before {
    chain: ChainBefore,
    contents: ContentsBefore,
    faults: usize,
    genesis: Option<Hash>,
    log: usize,
}

impl Verifier {
    /// A verifier that keeps the tree head at each size that the anchors name.
    pub fn new(anchors: &Anchors) -> Verifier {
        let mut verifier = Verifier { anchor_sizes: anchors.sizes(), ..Verifier::default() };
        verifier.keep_tree_head();
        verifier
    }

    /// A verifier that continues a record without faults after events that it has not read: from
    /// `chain`, with the rows of the documents that the next events name, the record's log keys,
    /// and the hash of event 0.
    pub fn resume(chain: Chain, library: Library, log: Vec<LogKeys>, genesis: Hash) -> Verifier {
        let (contents, genesis) = (Contents::from(library), Some(genesis));
        Verifier { chain, contents, log, genesis, ..Verifier::default() }
    }

    /// Position and format of the first event of a later format, which this program cannot verify.
    pub fn later_version(&self) -> Option<(u64, u64)> {
        self.later_version
    }

    /// Takes the next batch; returns false where the verification ends.
    fn take(
        &mut self,
        batch: ExaminedBatch,
        source: &dyn Source,
        options: Options<'_>,
    ) -> Result<bool, SourceError> {
        let mut commit_lines = batch.commit_lines.into_iter().peekable();
        let damage = batch.damage.into_iter();
        for examined in &batch.events {
            if let Some(v) = self.chain.later_version(examined) {
                self.later_version = Some((self.chain.expected(), v));
                let before = self.chain.size();
                self.report_damage(damage.filter(|damage| damage.counted <= before));
                return Ok(false);
            }
            let depth = options.depth(self.chain.size());
            let outcome = self.event(examined, source, depth)?;
            self.keep_tree_head();
            if let Some(follower) = options.follower {
                follower.event(&self.chain.state, examined, &outcome);
            }
            while let Some(closing) = commit_lines.next_if(|c| c.counted <= self.chain.size()) {
                self.close(&closing, options);
            }
        }
        for closing in commit_lines {
            self.close(&closing, options);
        }
        self.report_damage(damage);
        if let Some(progress) = options.progress {
            progress(self.chain.size());
        }
        Ok(true)
    }

    fn report_damage(&mut self, damage: impl Iterator<Item = Damage>) {
        for Damage { counted, rule, why } in damage {
            match rule {
                Rule::JournalFraming => {
                    self.damage.lost = true;
                    self.contradict(counted);
                }
                Rule::TileHash => self.contradict(counted),
                Rule::BundleMissing | Rule::BundleForm => self.damage.lost = true,
                _ => {}
            }
            self.faults.push(Fault::at(counted, rule, why));
        }
    }

    fn contradict(&mut self, from: u64) {
        self.damage.from = self.damage.from.into_iter().chain([from]).min();
    }

    /// The damage that the record shows so far.
    fn damage(&self) -> RecordDamage {
        let from = [self.damage.from, self.chain.contradicted, self.commit_roots.contradicted()];
        RecordDamage { from: from.into_iter().flatten().min(), ..self.damage }
    }

    /// Verifies one event: its chain and, as deep as `depth`, its content.
    pub fn event(
        &mut self,
        examined: &Examined,
        source: &dyn Source,
        depth: CheckDepth,
    ) -> Result<EventOutcome, SourceError> {
        if let Some(before) = &mut self.before {
            let (chain, contents) = (self.chain.before(), self.contents.before());
            let (faults, genesis, log) = (self.faults.len(), self.genesis, self.log.len());
            before.push(Before { chain, contents, faults, genesis, log });
        }
        let outcome = self.chain.verify(examined, &mut self.faults);
        self.genesis.get_or_insert(examined.reading.hash);
        self.keep_log_keys();
        if depth != CheckDepth::Nothing {
            self.contents.keep_carrier(&outcome);
            let (outcome, state, reading) = (&outcome, &self.chain.state, &examined.reading);
            if let (Some(place), Some(statement)) = (&reading.place, &reading.statement) {
                let context = EventContext { outcome, place, statement, state, source, depth };
                self.contents.verify(&examined.body, context, &mut self.faults)?;
            }
        }
        Ok(outcome)
    }

    /// From now on keeps what each event changes, so that [`Verifier::take_back`] can take it back;
    /// forgets what was kept before. Commit lines cannot be taken back.
    pub fn keep_changes(&mut self) {
        self.chain.keep_changes();
        self.contents.keep_changes();
        self.before = Some(Vec::new());
    }

    /// The number of events that can be taken back.
    pub fn revertible(&self) -> u64 {
        self.before.as_ref().map_or(0, |before| before.len() as u64)
    }

    /// Takes back the last event that was verified since [`Verifier::keep_changes`]: all that it
    /// changed, and its faults. Returns false if there is none.
    pub fn take_back(&mut self) -> bool {
        let Some(before) = self.before.as_mut().and_then(Vec::pop) else { return false };
        let Before { chain, contents, faults, genesis, log } = before;
        self.chain.take_back(chain);
        self.contents.take_back(contents);
        self.faults.truncate(faults);
        self.genesis = genesis;
        self.log.truncate(log);
        true
    }

    /// Keeps the log keys where they change.
    fn keep_log_keys(&mut self) {
        let Some(ledger) = &self.chain.state.fold.ledger else { return };
        let keys = |log: &LogKeys| (log.key, log.old);
        if self.log.last().map(keys) != Some((ledger.log_key, ledger.old_log_key)) {
            let (size, key, old) = (self.chain.size(), ledger.log_key, ledger.old_log_key);
            self.log.push(LogKeys { size, key, old });
        }
    }

    /// Keeps the tree head where an anchor names this size.
    fn keep_tree_head(&mut self) {
        if self.anchor_sizes.contains(&self.chain.size()) {
            self.heads.insert(self.chain.size(), self.tree_head());
        }
    }

    fn tree_head(&self) -> TreeHead {
        TreeHead {
            root: self.chain.tree().root(),
            peaks: self.chain.tree().peaks().to_vec(),
            head: self.chain.head,
            ledger: self.chain.state.fold.ledger.clone(),
        }
    }

    /// Checks a commit line. Rule 706 is reported once.
    fn close(&mut self, closing: &CommitLine, options: Options<'_>) {
        if let Some(follower) = options.follower {
            follower.commit_line(closing);
        }
        let root = self.chain.tree().root();
        let counted = closing.counted;
        self.commit_roots.take(closing, &root);
        let why = match &closing.parsed {
            None => Some("the closing line is not in form".to_owned()),
            Some(_) if self.closed_at == Some(counted) || counted == 0 => {
                Some("the commit has no event".to_owned())
            }
            Some(line) if line.size != counted => {
                Some(format!("the closing line says {} events, there are {counted}", line.size))
            }
            Some(line) if line.root != root => Some("the root does not hold".to_owned()),
            Some(_) if !closing.sum_holds => Some("the sum does not hold".to_owned()),
            Some(_) => None,
        };
        self.closed_at = Some(counted);
        match why {
            None => self.commit_lines += 1,
            Some(why) if !self.commit_lines_broken => {
                self.commit_lines_broken = true;
                self.faults.push(Fault::at(counted, Rule::Closing, why));
            }
            Some(_) => {}
        }
    }

    /// The faults of the record so far against its anchors. [`Verifier::new`] must have received
    /// the same anchors.
    pub fn anchor_faults(&self, anchors: &Anchors, source: &dyn Source) -> Vec<Fault> {
        let mut damage = self.damage();
        damage.lost |= source.ignored_bytes() > 0;
        let mut faults = Vec::new();
        self.compare(anchors, damage, &mut faults);
        faults
    }

    /// Compares the record so far with its anchors.
    fn compare(
        &self,
        anchors: &Anchors,
        damage: RecordDamage,
        faults: &mut Vec<Fault>,
    ) -> AnchorResults {
        let heads = &self.all_heads();
        let (size, genesis, nodes) = (self.chain.size(), self.genesis, &self.chain.nodes);
        let tree = VerifiedTree { size, genesis, heads, nodes, log: &self.log, damage };
        anchors.compare(tree, faults)
    }

    /// The tree heads at the sizes that the anchors name, and at the present size.
    fn all_heads(&self) -> BTreeMap<u64, TreeHead> {
        let mut heads = self.heads.clone();
        heads.insert(self.chain.size(), self.tree_head());
        heads
    }

    /// The report of a verification that has ended.
    fn report(mut self, anchors: AnchorResults, known: u64, ignored_bytes: u64) -> Report {
        if self.later_version.is_some() {
            // Tiles also cover the events that were not verified.
            let of_tiles =
                [Rule::BundleMissing, Rule::BundleForm, Rule::TileMissing, Rule::TileHash];
            self.faults.retain(|fault| !of_tiles.contains(&fault.rule));
        }
        self.faults.sort();
        let (heads, damage) = (self.all_heads(), self.damage());
        let tree = self.chain.tree().clone();
        Report {
            size: tree.size(),
            head: self.chain.head,
            genesis: self.genesis,
            root: tree.root(),
            tree,
            log: self.log,
            heads,
            damage,
            known,
            at: self.chain.at,
            state: self.chain.state,
            faults: self.faults,
            counts: self.contents.counts,
            commit_lines: self.commit_lines,
            anchors,
            later_version: self.later_version,
            ignored_bytes,
        }
    }
}
