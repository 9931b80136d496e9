//! The verdict on what is published after a copy, before anything of it is written.
//!
//! ```text
//! new      the copy's stamp holds: only the new events are verified, by a verifier that goes on
//!          from what they name (`write::slice`)
//! whole    otherwise, and wherever the other way says anything but yes: the copy's own events and
//!          the new ones, by one verifier from the first event on
//! ```
//!
//! Always holds: a fault is found by the whole way alone, so both give one verdict. The root of the
//! joined record is that of the published checkpoint, which the log key of that record signed. Not
//! here: what a fault says of the publisher (`contradiction`), writing (`commit`).
//! Source: FORMAT.md sections 5 to 9.

use crate::archive::published::PublishedSource;
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::follow::joined_source::{Joined, JoinedFound};
use crate::ledger::paths::Paths;
use crate::ledger::query::acts::QueryError;
use crate::ledger::reader::pin_of;
use crate::ledger::write::slice::{Needs, RecordSlice, log_keys};
use crate::ledger::write::stamped::StampedRecord;
use annals_core::event::Entry;
use annals_core::event::args::Seal;
use annals_core::event::record::Reading;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::key::{KeyCache, SecretKey, ThreadKeys};
use annals_core::pin::Pin;
use annals_core::rule::Fault;
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, Note};
use annals_core::verdict::Verdict;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::examine_whole;
use annals_core::verify::source::{Source, SourceError};
use annals_core::verify::{Options, Verifier, verify};
use std::collections::BTreeSet;

/// Up to this many new events are verified through the index.
const MOST_NEW: u64 = 65_536;

/// What is to be written to a copy: everything of it is verified.
pub struct JudgedPull {
    /// The name of the record.
    pub origin: Origin,
    /// The checkpoint, as it is published.
    pub note: Vec<u8>,
    /// Its values.
    pub checkpoint: Checkpoint,
    /// The pin of the whole record.
    pub pin: Pin,
    /// What the walk of the verdict found.
    pub found: JoinedFound,
    /// The events whose bodies the copy must not have.
    pub closed: BTreeSet<u64>,
}

/// A copy whose journal and index are as the last pull left them, verified.
pub struct StampedCopy(pub StampedRecord);

impl StampedCopy {
    /// The copy, if its stamp, signed by this key, holds and is of its checkpoint.
    pub fn of(paths: &Paths, key: &SecretKey) -> Result<Option<StampedCopy>, LedgerError> {
        Ok(StampedRecord::open(paths, &[key.public()])?.map(StampedCopy))
    }

    /// The verdict on the new events alone; `None` where it is not a plain yes. A published place
    /// that cannot be read is an error.
    pub fn judge(
        &mut self,
        published: &PublishedSource,
    ) -> Result<Option<JudgedPull>, LedgerError> {
        let StampedRecord { journal, slice, .. } = &mut self.0;
        let size = slice.size();
        let Some(target) = PublishedTarget::of(published) else { return Ok(None) };
        if !(size..=size + MOST_NEW).contains(&target.checkpoint.size) {
            return Ok(None);
        }
        let Some(survey) = Survey::of(published, size)? else { return Ok(None) };
        slice.add(&Needs::positions(survey.named));
        let joined = Joined::new(Some(journal), Some(slice.index()), published);
        let verifier = match verify_new(journal, slice, &joined) {
            Ok(Some(verifier)) => verifier,
            Ok(None) => return Ok(None),
            Err(error) => return index_or(error),
        };
        let anchors = target.anchors();
        let is_good = verifier.faults.is_empty()
            && verifier.contents.unexplained(&verifier.chain.state, size).is_empty()
            && verifier.chain.size() == target.checkpoint.size
            && verifier.anchor_faults(&anchors, &joined).is_empty();
        if !is_good {
            return Ok(None);
        }
        let (Ok(tree), Ok(genesis)) = (slice.index().tree(size), slice.index().hash(0)) else {
            return Ok(None);
        };
        let found = JoinedFound { tree, ..joined.found() };
        let pin = target.pin(genesis, &verifier);
        Ok(pin.map(|pin| target.judged(pin, found, survey.sealed)))
    }
}

/// A verifier of the new events; `None` where it has to end before the last one.
fn verify_new(
    journal: &Journal,
    slice: &RecordSlice,
    joined: &Joined<'_>,
) -> Result<Option<Verifier>, QueryError> {
    let mut verifier = slice.verifier(journal)?;
    let cache = KeyCache::default();
    let mut keys = ThreadKeys::new(&cache);
    let elsewhere = |error: SourceError| QueryError::Failed(LedgerError::Elsewhere(error));
    for batch in joined.later().map_err(elsewhere)? {
        let batch = batch.map_err(elsewhere)?;
        let examined = examine_whole(&batch.entries, &mut keys);
        for examined in examined.map_err(|error| elsewhere(error.into()))? {
            if verifier.chain.later_version(&examined).is_some() {
                return Ok(None);
            }
            slice.before(journal, &mut verifier, &examined)?;
            verifier.event(&examined, joined, CheckDepth::All).map_err(elsewhere)?;
        }
        if !verifier.faults.is_empty() || !batch.damage.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(verifier))
}

/// Where the index cannot answer, the whole record is verified.
fn index_or<T>(error: QueryError) -> Result<Option<T>, LedgerError> {
    match error {
        QueryError::Failed(error @ LedgerError::Elsewhere(_)) => Err(error),
        QueryError::Index(_) | QueryError::Failed(_) => Ok(None),
    }
}

/// What is known of the new events before they are verified.
#[derive(Default)]
struct Survey {
    /// Every position that they may name.
    named: BTreeSet<u64>,
    /// Those that are sealed.
    sealed: BTreeSet<u64>,
}

impl Survey {
    /// Reads the new events; `None` where one of them changes which earlier bodies may be shown, or
    /// is no event.
    fn of(published: &PublishedSource, size: u64) -> Result<Option<Survey>, LedgerError> {
        let mut survey = Survey::default();
        for batch in published.walk(size).map_err(LedgerError::Elsewhere)? {
            let batch = batch.map_err(LedgerError::Elsewhere)?;
            for (entry, position) in batch.entries.iter().zip(batch.first..) {
                if !survey.add(position, entry) {
                    return Ok(None);
                }
            }
        }
        Ok(Some(survey))
    }

    fn add(&mut self, position: u64, entry: &Entry) -> bool {
        let Some(statement) = Reading::of(&entry.record).statement else { return false };
        let is_plain = match statement.kind {
            Type::BodyReleased | Type::BodyRedacted => false,
            // One that strikes events has positions.
            Type::EditorRevoked => statement.args.positions().is_empty(),
            _ => true,
        };
        if statement.args.sealed() != Seal::Open {
            self.sealed.insert(position);
        }
        self.named.extend(statement.args.positions());
        let body = entry.body.as_deref().and_then(|body| serde_json::from_slice(body).ok());
        numbers(&body.unwrap_or_default(), &mut self.named);
        is_plain
    }
}

/// Every number of a body, except those that are places in a text.
fn numbers(value: &serde_json::Value, found: &mut BTreeSet<u64>) {
    match value {
        serde_json::Value::Number(number) => found.extend(number.as_u64()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| numbers(value, found)),
        serde_json::Value::Object(fields) => {
            let named = fields.iter().filter(|(field, _)| *field != "span");
            named.for_each(|(_, value)| numbers(value, found));
        }
        _ => {}
    }
}

/// The published checkpoint, if it is in form.
struct PublishedTarget {
    origin: Origin,
    note: Vec<u8>,
    checkpoint: Checkpoint,
}

impl PublishedTarget {
    fn of(published: &PublishedSource) -> Option<PublishedTarget> {
        let note = published.checkpoint()?.to_vec();
        let checkpoint = Checkpoint::parse(&Note::parse(&note)?.text)?;
        let origin = Origin::new(checkpoint.origin.as_str()).ok()?;
        Some(PublishedTarget { origin, note, checkpoint })
    }

    fn anchors(&self) -> Anchors {
        Anchors { checkpoint: Some(self.note.clone()), ..Anchors::default() }
    }

    /// The pin of the record that was verified up to this checkpoint.
    fn pin(&self, genesis: Hash, verifier: &Verifier) -> Option<Pin> {
        Some(Pin {
            genesis,
            head: verifier.chain.head?,
            peaks: verifier.chain.tree().peaks().to_vec(),
            log: log_keys(&verifier.chain.state),
            note: Note::parse(&self.note)?,
            checkpoint: self.checkpoint.clone(),
        })
    }

    fn judged(self, pin: Pin, found: JoinedFound, closed: BTreeSet<u64>) -> JudgedPull {
        let PublishedTarget { origin, note, checkpoint } = self;
        JudgedPull { origin, note, checkpoint, pin, found, closed }
    }
}

/// How the whole record is verified.
#[derive(Clone, Copy)]
pub struct WholeJudging<'a> {
    /// The copy's own events, if it has some.
    pub own: Option<&'a Journal>,
    /// The copy's own checkpoint, if it has one.
    pub signed: Option<&'a Checkpoint>,
    /// What is published.
    pub published: &'a PublishedSource,
    /// Number of threads.
    pub jobs: usize,
    /// Called periodically with the number of events that are verified.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

impl WholeJudging<'_> {
    /// The verdict on the copy's own events and those that are published after them: what is to be
    /// written, or every fault.
    pub fn judge(self) -> Result<Result<JudgedPull, Vec<Fault>>, LedgerError> {
        let WholeJudging { own, signed, published, jobs, progress } = self;
        let joined = Joined::new(own, None, published).signed(signed.map(|signed| signed.size));
        let checkpoint = published.checkpoint().map(<[u8]>::to_vec);
        let anchors = Anchors { checkpoint, ..Anchors::default() };
        let options = Options { progress, ..Options::whole(jobs) };
        let mut report = verify(&joined, &anchors, options).map_err(LedgerError::Elsewhere)?;
        published.set_unread_apart(&mut report.faults);
        if report.verdict() == Verdict::No
            && let Some(doubt) = published.doubt()
        {
            return Err(LedgerError::Elsewhere(doubt));
        }
        if let Some((position, v)) = report.later_version {
            return Err(LedgerError::Later { position, v });
        }
        let target = PublishedTarget::of(published).filter(|_| report.faults.is_empty());
        let fold = &report.state.fold;
        let is_closed = |at: &u64| fold.seal(*at).is_some() || fold.is_redacted(*at);
        let closed = (0..report.size).filter(is_closed).collect();
        let found = joined.found();
        // What contradicts the copy's own checkpoint is no continuation of it, whatever is signed.
        let continues = found.signed_root == signed.map(|signed| signed.root);
        let target = target.filter(|target| continues && target.checkpoint.size == report.size);
        let pin = pin_of(&report, &anchors);
        let judged = target.zip(pin).map(|(target, pin)| target.judged(pin, found, closed));
        Ok(judged.ok_or(report.faults))
    }
}
