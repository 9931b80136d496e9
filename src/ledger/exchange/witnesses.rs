//! Witnesses: cosignatures of the ledger's checkpoint, requested from all at once.
//!
//! Always holds: no request is sent before the checkpoint is known to be that of the local record,
//! so that local damage is never reported as a fork. A record is contradicted only by a checkpoint
//! that the log or the witness signed, and not if the record grew meanwhile. A slow or silent
//! witness delays no other. The checkpoint's text never changes, only its witness lines. Not here:
//! the request to one witness (`witness::ask`), the list of witnesses (`policy_file`). Source:
//! FORMAT.md section 13.

use crate::disk::lock::LockWait;
use crate::disk::{self, FileMode, read_optional};
use crate::keys::{HighWaterMarks, Mark};
use crate::ledger::error::LedgerError;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::slice::log_keys;
use crate::witness::ask::{Question, ShownCheckpoint, WitnessError, ask};
use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::merkle::{NodeCollector, Plan};
use annals_core::rule::{Fault, Rule};
use annals_core::text::Origin;
use annals_core::tlog::cosignature::{Cosigned, cosigned_by};
use annals_core::tlog::policy::{Policy, Witness};
use annals_core::tlog::{Checkpoint, KeyKind, MAX_NOTE, Note, NoteSignature, Signed, VerifierKey};
use annals_core::verdict::Verdict;
use annals_core::verify::source::{Source, SourceError};
use std::time::Duration;

/// The maximum size of the file of earlier checkpoints, in bytes.
const MAX_CHECKPOINTS: u64 = 256 << 20;

/// The timeouts of a collection.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For each step of a request to one witness.
    pub witness: Duration,
    /// For another writer's lock.
    pub writer: LockWait,
}

/// The result of a collection.
#[derive(Clone, Debug)]
pub struct CosignatureCollection {
    /// The size of the checkpoint.
    pub size: u64,
    /// For each witness of the policy, in order, its name and the time of its cosignature (seconds
    /// since 1970), or why there is none.
    pub witnesses: Vec<(String, Result<u64, WitnessError>)>,
    /// How many of them have cosigned the checkpoint by now, also before.
    pub cosigned: usize,
    /// Whether the checkpoint meets the policy's quorum afterwards.
    pub quorum: bool,
}

impl CosignatureCollection {
    /// Whether a signed checkpoint is of another or a longer record.
    fn is_contradicted(&self) -> bool {
        let contradicts = |(_, heard): &(String, Result<u64, WitnessError>)| {
            matches!(heard, Err(WitnessError::Contradicts(_)))
        };
        self.witnesses.iter().any(contradicts)
    }

    /// The verdict: "forked" if a checkpoint contradicts, "trust missing" without a quorum.
    pub fn verdict(&self) -> Verdict {
        match (self.is_contradicted(), self.quorum) {
            (true, _) => Verdict::Forked,
            (false, false) => Verdict::TrustMissing,
            (false, true) => Verdict::Yes,
        }
    }
}

/// Requests a cosignature of the ledger's checkpoint from every witness of the policy that has an
/// address, and writes the cosignatures into it.
pub fn collect(
    record: &Record,
    policy: &Policy,
    patience: Timeouts,
) -> Result<CosignatureCollection, LedgerError> {
    // What they sign is kept beside the journal.
    record.journal()?;
    let (note, checkpoint) = checkpoint_of(record)?;
    let signed = Note { signatures: lines_of(&note, &checkpoint.origin), ..note.clone() };
    let prove = |old| prove(record, &checkpoint, old).map_err(|error| error.to_string());
    let contradicts =
        |shown: &ShownCheckpoint<'_>| contradiction(record, &checkpoint, shown).ok().flatten();
    let question = Question {
        note: &signed,
        checkpoint: &checkpoint,
        prove: &prove,
        contradicts: &contradicts,
        patience: patience.witness,
    };
    let answers = ask_all(&policy.witnesses, &question);
    if answers.iter().any(|heard| matches!(heard, Err(WitnessError::Contradicts(_)))) {
        // Another process may meanwhile have written here and collected cosignatures of a later
        // checkpoint.
        let now = read_optional(&record.paths.checkpoint(), MAX_NOTE as u64)?;
        if now.as_deref().and_then(Note::parse).is_some_and(|now| now.text != note.text) {
            return Err(grew());
        }
    }
    let lines: Vec<NoteSignature> =
        answers.iter().filter_map(|heard| Some(heard.as_ref().ok()?.0.clone())).collect();
    let note = match lines.is_empty() {
        true => note,
        false => keep(record, &note, &lines, patience.writer)?,
    };
    let names = policy.witnesses.iter().map(|witness| witness.name.clone());
    Ok(CosignatureCollection {
        size: checkpoint.size,
        witnesses: names.zip(answers.into_iter().map(|heard| heard.map(|(_, at)| at))).collect(),
        cosigned: policy.witnesses.iter().filter(|one| has_cosigned(&note, one)).count(),
        quorum: policy.check(&note).quorum,
    })
}

/// Whether a note has a cosignature of a witness that verifies.
fn has_cosigned(note: &Note, witness: &Witness) -> bool {
    matches!(cosigned_by(note, &witness.key), Cosigned::At(_))
}

/// The checkpoint, if it is that of the local record.
fn checkpoint_of(record: &Record) -> Result<(Note, Checkpoint), LedgerError> {
    record.expect_events()?;
    let note = record.checkpoint.as_deref().and_then(Note::parse);
    let read = note.and_then(|note| Some((Checkpoint::parse(&note.text)?, note)));
    let Some((checkpoint, note)) = read else {
        let why = "the ledger has no checkpoint in form; annals verify shows more";
        return Err(LedgerError::NotFound(why.to_owned()));
    };
    prove(record, &checkpoint, 0)?;
    Ok((note, checkpoint))
}

/// The log's own lines of a checkpoint.
fn lines_of(note: &Note, origin: &str) -> Vec<NoteSignature> {
    note.signatures.iter().filter(|line| line.name == origin).cloned().collect()
}

/// The consistency proof from a smaller size to the checkpoint's; an error if the record is not the
/// one that the checkpoint signs.
fn prove(record: &Record, checkpoint: &Checkpoint, old: u64) -> Result<Vec<Hash>, LedgerError> {
    let plan = Plan::consistency(old, checkpoint.size);
    let plan = plan.ok_or_else(|| LedgerError::Usage(format!("size {old} is beyond the end")))?;
    if let Some(proof) = prove_by_index(record, checkpoint, &plan) {
        return Ok(proof);
    }
    let mut wanted = NodeCollector::default();
    wanted.want(&plan);
    for entry in record.source.entries(0)? {
        let (position, entry) = entry?;
        if position < checkpoint.size {
            wanted.push(hash(&entry.record));
        }
    }
    let size = wanted.tree().size();
    if size < checkpoint.size {
        let why = format!("the checkpoint covers {}, there are {size}", checkpoint.size);
        return Err(LedgerError::Faulty(vec![Fault::of(Rule::Short, why)]));
    }
    if wanted.tree().root() != checkpoint.root {
        let why = format!("the record of size {size} has another root");
        return Err(LedgerError::Faulty(vec![Fault::of(Rule::CheckpointRoot, why)]));
    }
    let missing = || SourceError {
        what: "the journal".to_owned(),
        cause: std::io::Error::other("it changed while it was read"),
    };
    plan.hashes(|subtree| wanted.get(subtree).ok_or_else(|| missing().into()))
}

/// The proof that [`prove`] gives, by the index; `None` if the index has another root or cannot be
/// read, so that the whole record decides.
fn prove_by_index(record: &Record, checkpoint: &Checkpoint, plan: &Plan) -> Option<Vec<Hash>> {
    let index = record.index().ok()?;
    let Checkpoint { size, root, .. } = checkpoint;
    let holds = *size <= record.size() && index.root(*size).ok()? == *root;
    holds.then(|| plan.hashes(|subtree| index.subtree(subtree)).ok())?
}

/// The contradiction between a checkpoint in an answer and the record, if any: the log or the
/// witness signed it, and it is of a longer record, or has another root at its size.
fn contradiction(
    record: &Record,
    ours: &Checkpoint,
    shown: &ShownCheckpoint<'_>,
) -> Result<Option<String>, LedgerError> {
    let Checkpoint { size, root, .. } = *shown.checkpoint;
    let who = if is_signed_by_log(record, shown)? {
        "the log key signed"
    } else if shown.by_witness {
        "it cosigned"
    } else {
        return Ok(None);
    };
    if size > ours.size {
        return Ok(Some(format!("{who} size {size}, this record has {} events", ours.size)));
    }
    let is_ours = record.has_root(size, root)?;
    Ok((!is_ours).then(|| format!("{who} another record of size {size}")))
}

/// Whether the log key that the record names for the checkpoint's size signed it; for a size beyond
/// the record, the present log key.
fn is_signed_by_log(record: &Record, shown: &ShownCheckpoint<'_>) -> Result<bool, LedgerError> {
    let Checkpoint { origin, size, .. } = shown.checkpoint;
    let view = View::some(record, record.size(), &no_fact)?;
    let log = match view.state().undone() {
        [] => log_keys(view.state()),
        // What was undone may be a change of the log key.
        _ => record.state(u64::MAX)?.log,
    };
    let Some(keys) = log.iter().rev().find(|keys| keys.size <= (*size).max(1)) else {
        return Ok(false);
    };
    let mut keys = [Some(keys.key), keys.old].into_iter().flatten();
    Ok(keys.any(|key| {
        let key = VerifierKey::new(origin, KeyKind::Note, key);
        key.is_some_and(|key| {
            shown.note.signed_by(origin, key.accepted(), &key.public) == Signed::Yes
        })
    }))
}

fn grew() -> LedgerError {
    LedgerError::Outrun(
        "the record grew while its witnesses were asked: they cosigned an earlier checkpoint"
            .to_owned(),
    )
}

/// A witness's cosignature and its time.
type Heard = Result<(NoteSignature, u64), WitnessError>;

/// Sends the request to all witnesses at once; returns their answers in order.
fn ask_all(witnesses: &[Witness], question: &Question<'_>) -> Vec<Heard> {
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            witnesses.iter().map(|witness| scope.spawn(|| ask(witness, question))).collect();
        let failed = || Err(WitnessError::Silent("the thread that asked it failed".to_owned()));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| failed())).collect()
    })
}

/// Records that a checkpoint was cosigned, by its size and the log's line: others may have seen it,
/// so `ledger::exchange::publish` keeps its partial tiles.
fn remember(record: &Record, note: &Note) -> Result<(), LedgerError> {
    let path = record.paths.checkpoints();
    let Some(checkpoint) = Checkpoint::parse(&note.text) else { return Ok(()) };
    let Ok(origin) = Origin::new(checkpoint.origin.clone()) else { return Ok(()) };
    let known = HighWaterMarks::at(&path).all_for(&origin, checkpoint.size)?;
    let line = note.signatures.iter().find(|line| line.name == *origin);
    let mark = line.and_then(|line| Mark::of(&origin, &checkpoint, line));
    let Some(mark) = mark.filter(|mark| known.iter().all(|known| known.size != mark.size)) else {
        return Ok(());
    };
    let mut lines = read_optional(&path, MAX_CHECKPOINTS)?.unwrap_or_default();
    lines.extend(mark.line().as_bytes());
    Ok(disk::replace(&path, &lines, FileMode::Shared)?)
}

/// Puts lines into the ledger's checkpoint; each replaces an earlier line of the same key.
fn keep(
    record: &Record,
    sent: &Note,
    lines: &[NoteSignature],
    wait: LockWait,
) -> Result<Note, LedgerError> {
    let paths = &record.paths;
    let _lock = paths.take_lock(wait)?;
    let now = read_optional(&paths.checkpoint(), MAX_NOTE as u64)?;
    let Some(mut note) = now.as_deref().and_then(Note::parse).filter(|n| n.text == sent.text)
    else {
        return Err(grew());
    };
    for line in lines {
        note.signatures.retain(|old| (&old.name, old.id) != (&line.name, line.id));
        note.signatures.push(line.clone());
    }
    disk::replace(&paths.checkpoint(), note.write().as_bytes(), FileMode::Shared)?;
    remember(record, &note)?;
    Ok(note)
}
