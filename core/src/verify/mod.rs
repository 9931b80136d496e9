//! Verification: every byte, link, signature, role and quotation of a record.
//!
//! Always holds: faults are data and all of them are collected; `Err` means only "could not read".
//! No verdict depends on a clock, a locale or the number of threads. Not here: files (`journal`,
//! `store`), words for people (`cli`). Source: FORMAT.md sections 5–9.

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
pub mod source;
pub mod tree_head;
pub mod visible_documents;

use crate::hash::Hash;
use crate::merkle::{NodeCollector, Tree};
use crate::pin::LogKeys;
use crate::rule::{Class, Fault, Rule};
use crate::state::State;
use crate::time::Time;
use crate::verdict::Verdict;
use crate::verify::anchors::{AnchorResults, Anchors};
use crate::verify::tree_head::TreeHead;
use chain::{Chain, EventOutcome};
use content::{CheckDepth, Contents, Counts, EventContext};
use examine::Examined;
use explained::{Closed, Damaged};
use pinned::VerifiedTree;
use pipeline::{ExaminedSpan, ReadPlan};
use source::{CommitLine, Source, SourceError};
use std::collections::BTreeMap;

/// How to verify.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Number of threads that examine events; at least 1.
    pub jobs: usize,
    /// Whether signatures are checked. Only a verdict needs them, and a log key that signs.
    pub signatures: bool,
    /// How many events from the start the log key signed for: where signatures are checked, theirs
    /// are not checked again; 0 for all.
    pub signed_for: u64,
    /// Whether bodies and documents are checked.
    pub contents: bool,
    /// How many events from the start were verified before, as their pin says: their signatures,
    /// bodies and quotations are not checked again; 0 for a whole verdict.
    pub known: u64,
    /// The number of events after which to stop; `u64::MAX` for all.
    pub until: u64,
    /// Told the number of events so far, now and then.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
    /// Told of each event and each closing line in its turn.
    pub follower: Option<&'a dyn Follower>,
}

/// Who follows a walk over a record, beside its judge.
pub trait Follower {
    /// An event was judged; `state` is the one after it.
    fn event(&self, state: &State, examined: &Examined, judged: &EventOutcome);

    /// A closing line stands next.
    fn closing(&self, closing: &CommitLine);
}

impl Options<'_> {
    /// A whole verdict on `jobs` threads.
    pub fn whole(jobs: usize) -> Options<'static> {
        let until = u64::MAX;
        let (progress, follower) = (None, None);
        let (signatures, contents, signed_for, known) = (true, true, 0, 0);
        Options { jobs, signatures, signed_for, contents, known, until, progress, follower }
    }

    /// The state only, of the first `until` events: for reading and writing, not for verdicts.
    pub fn state(until: u64) -> Options<'static> {
        Options { signatures: false, contents: false, until, ..Options::whole(1) }
    }
}

/// What verification found.
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
    /// The log keys, by the size from which on they are.
    pub log: Vec<LogKeys>,
    /// What the record was at the sizes that its ends speak of, and is at its own.
    pub seen: BTreeMap<u64, TreeHead>,
    /// What the record says against itself.
    pub damaged: Damaged,
    /// How many events from the start were not checked again.
    pub known: u64,
    /// Time of the last event.
    pub at: Option<Time>,
    /// The state of all applied events.
    pub state: State,
    /// All faults, by position (those of no event first), then rule.
    pub faults: Vec<Fault>,
    /// Content checks.
    pub counts: Counts,
    /// Closing lines that hold.
    pub closings: u64,
    /// The ends of the record.
    pub ends: AnchorResults,
    /// Position and format of an event that this program is too old to judge.
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
        let AnchorResults { checkpoint, checkpoint_holds, pin, pin_holds, .. } = &self.ends;
        let size = |checkpoint: &crate::tlog::Checkpoint| checkpoint.size;
        Anchored {
            by_pin: pin.as_ref().filter(|_| *pin_holds).map(|pin| size(&pin.checkpoint)),
            by_checkpoint: checkpoint.as_ref().filter(|_| *checkpoint_holds).map(size),
        }
    }

    /// What it comes to: the gravest fault decides.
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

/// Which events something outside their own bytes speaks for; both are sizes from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anchored {
    /// By the pin, if it holds.
    pub by_pin: Option<u64>,
    /// By the checkpoint, if it holds.
    pub by_checkpoint: Option<u64>,
}

impl Anchored {
    /// How many events from the start are anchored by either.
    pub fn events(&self) -> u64 {
        self.by_pin.max(self.by_checkpoint).unwrap_or(0)
    }
}

/// Verifies a record: walk, examine on every core, judge in order, compare the ends.
pub fn verify(
    source: &dyn Source,
    ends: &Anchors,
    options: Options<'_>,
) -> Result<Report, SourceError> {
    let mut judge = Verifier::new(ends);
    if let Some(why) = source.changed() {
        judge.faults.push(Fault::of(Rule::Unreadable, why));
        return Ok(judge.end(false).0);
    }
    ends.plans(source.size()).iter().for_each(|plan| judge.chain.nodes.want(plan));
    follow(source, options, &mut judge)?;
    // The ends are a verdict's: who only reads the state has none to compare.
    let whole = options.signatures && options.until == u64::MAX && judge.later_version.is_none();
    let (mut report, nodes) = judge.end(whole && options.contents);
    if whole {
        report.damaged.lost |= source.ignored_bytes() > 0;
        let mut faults = std::mem::take(&mut report.faults);
        let Report { size, genesis, seen, log, damaged, .. } = &report;
        let (size, genesis, damaged, nodes) = (*size, *genesis, *damaged, &nodes);
        let looked = VerifiedTree { size, genesis, seen, nodes, log, damaged };
        let found = ends.judge(looked, &mut faults);
        (report.ends, report.faults) = (found, faults);
    }
    report.known = options.known.min(report.size);
    report.faults.sort();
    report.ignored_bytes = source.ignored_bytes();
    Ok(report)
}

/// Walks a source and lets `judge` take each event in order.
pub fn follow(
    source: &dyn Source,
    options: Options<'_>,
    judge: &mut Verifier,
) -> Result<(), SourceError> {
    let Options { jobs, signatures, signed_for, known, until, .. } = options;
    let plan = ReadPlan { jobs, signatures, signed_for, known, until };
    pipeline::run(source, plan, &mut |span| judge.take(span, source, options))
}

/// The judgement so far: chain, content and faults. A writer goes on from here.
#[derive(Default)]
pub struct Verifier {
    /// Places, links and the state.
    pub chain: Chain,
    /// Documents and what was counted.
    pub contents: Contents,
    /// All faults so far.
    pub faults: Vec<Fault>,
    watched: Vec<u64>,
    seen: BTreeMap<u64, TreeHead>,
    genesis: Option<Hash>,
    log: Vec<LogKeys>,
    closings: u64,
    closing_broken: bool,
    closed_at: Option<u64>,
    closed: Closed,
    damaged: Damaged,
    later_version: Option<(u64, u64)>,
}

impl Verifier {
    /// A judge that keeps what the record is at the sizes that its ends speak of.
    pub fn new(ends: &Anchors) -> Verifier {
        let mut judge = Verifier { watched: ends.sizes(), ..Verifier::default() };
        judge.watch();
        judge
    }

    /// Position and format of an event that this program is too old to judge, if there is one.
    pub fn later_version(&self) -> Option<(u64, u64)> {
        self.later_version
    }

    /// One span in its turn; false ends the walk.
    fn take(
        &mut self,
        span: ExaminedSpan,
        source: &dyn Source,
        options: Options<'_>,
    ) -> Result<bool, SourceError> {
        let mut closings = span.closings.into_iter().peekable();
        let damage = span.damage.into_iter();
        for examined in &span.events {
            if let Some(v) = self.chain.later_version(examined) {
                self.later_version = Some((self.chain.expected(), v));
                let before = self.chain.size();
                self.tell(damage.filter(|place| place.counted <= before));
                return Ok(false);
            }
            let known = self.chain.size() < options.known;
            let asked = if known { CheckDepth::Known } else { CheckDepth::of(options.contents) };
            let judged = self.event(examined, source, asked)?;
            self.watch();
            if let Some(follower) = options.follower {
                follower.event(&self.chain.state, examined, &judged);
            }
            while let Some(closing) = closings.next_if(|c| c.counted <= self.chain.size()) {
                self.close(&closing, options);
            }
        }
        for closing in closings {
            self.close(&closing, options);
        }
        self.tell(damage);
        if let Some(progress) = options.progress {
            progress(self.chain.size());
        }
        Ok(true)
    }

    fn tell(&mut self, damage: impl Iterator<Item = source::Damage>) {
        for place in damage {
            match place.rule {
                Rule::JournalFraming => {
                    self.damaged.lost = true;
                    self.contradict(place.counted);
                }
                Rule::TileHash => self.contradict(place.counted),
                Rule::BundleMissing | Rule::BundleForm => self.damaged.lost = true,
                _ => {}
            }
            self.faults.push(Fault::at(place.counted, place.rule, place.why));
        }
    }

    fn contradict(&mut self, from: u64) {
        self.damaged.from = self.damaged.from.into_iter().chain([from]).min();
    }

    /// What the record says against itself so far.
    fn damaged(&self) -> Damaged {
        let from = [self.damaged.from, self.chain.contradicted, self.closed.contradicted()];
        Damaged { from: from.into_iter().flatten().min(), ..self.damaged }
    }

    /// Judges one event: its chain and, if asked, its content.
    pub fn event(
        &mut self,
        examined: &Examined,
        source: &dyn Source,
        asked: CheckDepth,
    ) -> Result<EventOutcome, SourceError> {
        let judged = self.chain.judge(examined, &mut self.faults);
        self.genesis.get_or_insert(examined.reading.hash);
        self.watch_log_keys();
        if asked != CheckDepth::Nothing {
            let known = asked == CheckDepth::Known;
            let around = EventContext { state: &self.chain.state, source, known };
            self.contents.judge((examined, &judged), around, &mut self.faults)?;
        }
        Ok(judged)
    }

    /// Keeps the log keys where they are others than before.
    fn watch_log_keys(&mut self) {
        let Some(ledger) = &self.chain.state.fold.ledger else { return };
        let keys = |log: &LogKeys| (log.key, log.old);
        if self.log.last().map(keys) != Some((ledger.log_key, ledger.old_log_key)) {
            let (size, key, old) = (self.chain.size(), ledger.log_key, ledger.old_log_key);
            self.log.push(LogKeys { size, key, old });
        }
    }

    /// Keeps what the record is at a size that an end speaks of.
    fn watch(&mut self) {
        if self.watched.contains(&self.chain.size()) {
            self.seen.insert(self.chain.size(), self.look());
        }
    }

    fn look(&self) -> TreeHead {
        TreeHead {
            root: self.chain.tree().root(),
            peaks: self.chain.tree().peaks().to_vec(),
            head: self.chain.head,
            ledger: self.chain.state.fold.ledger.clone(),
        }
    }

    /// Rule 706, told once.
    fn close(&mut self, closing: &CommitLine, options: Options<'_>) {
        if let Some(follower) = options.follower {
            follower.closing(closing);
        }
        let root = self.chain.tree().root();
        let counted = closing.counted;
        self.closed.take(counted, closing.said.is_some_and(|said| said.root == root));
        let why = match &closing.said {
            None => Some("the closing line is not in form".to_owned()),
            Some(_) if self.closed_at == Some(counted) || counted == 0 => {
                Some("the commit has no event".to_owned())
            }
            Some(said) if said.size != counted => {
                Some(format!("the closing line says {} events, there are {counted}", said.size))
            }
            Some(said) if said.root != root => Some("the root does not hold".to_owned()),
            Some(_) if !closing.sum_holds => Some("the sum does not hold".to_owned()),
            Some(_) => None,
        };
        self.closed_at = Some(counted);
        match why {
            None => self.closings += 1,
            Some(why) if !self.closing_broken => {
                self.closing_broken = true;
                self.faults.push(Fault::at(counted, Rule::Closing, why));
            }
            Some(_) => {}
        }
    }

    /// What the ends say against the record so far. The judge must have been made for them.
    pub fn against(&self, ends: &Anchors, source: &dyn Source) -> Vec<Fault> {
        let (size, genesis, nodes) = (self.chain.size(), self.genesis, &self.chain.nodes);
        let mut seen = self.seen.clone();
        seen.insert(size, self.look());
        let mut damaged = self.damaged();
        damaged.lost |= source.ignored_bytes() > 0;
        let (seen, log) = (&seen, &self.log[..]);
        let mut faults = Vec::new();
        ends.judge(VerifiedTree { size, genesis, seen, nodes, log, damaged }, &mut faults);
        faults
    }

    fn end(&mut self, contents: bool) -> (Report, NodeCollector) {
        if self.later_version.is_some() {
            // Tiles reach over events that were not judged.
            let of_tiles =
                [Rule::BundleMissing, Rule::BundleForm, Rule::TileMissing, Rule::TileHash];
            self.faults.retain(|fault| !of_tiles.contains(&fault.rule));
        }
        if contents {
            self.contents.end(&self.chain.state, &mut self.faults);
        }
        self.seen.insert(self.chain.size(), self.look());
        let damaged = self.damaged();
        let chain = std::mem::take(&mut self.chain);
        let tree = chain.tree().clone();
        let report = Report {
            size: chain.size(),
            head: chain.head,
            genesis: self.genesis,
            root: tree.root(),
            tree,
            log: std::mem::take(&mut self.log),
            seen: std::mem::take(&mut self.seen),
            damaged,
            known: 0,
            at: chain.at,
            state: chain.state,
            faults: std::mem::take(&mut self.faults),
            counts: self.contents.counts,
            closings: self.closings,
            ends: AnchorResults::default(),
            later_version: self.later_version,
            ignored_bytes: 0,
        };
        (report, chain.nodes)
    }
}
