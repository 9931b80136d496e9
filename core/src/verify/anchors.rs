//! A record compared with its anchors: the checkpoint, the log key's mark and a pin.
//!
//! Always holds: a fork is reported only where two undamaged values disagree.
//! Not here: the events (`chain`), the pin (`pinned`), differences that damage explains
//! (`explained`). Source: FORMAT.md section 9, rules 701–707.

use crate::merkle::Plan;
use crate::pin::Pin;
use crate::rule::{Fault, Rule};
use crate::tlog::{Checkpoint, MAX_NOTE, Note, Signed};
use crate::transfer::{Changed, changed, changed_text};
use crate::verify::explained::MarkedCheckpoint;
use crate::verify::pinned::{self, AnchorComparison, VerifiedTree};

/// The values outside a record that the record is compared with.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    /// The checkpoint's bytes; `None` if there is none.
    pub checkpoint: Option<Vec<u8>>,
    /// The last mark, where the log key's memory is available.
    pub mark: Option<MarkedCheckpoint>,
    /// The pin's bytes, if there is a pin.
    pub pin: Option<Vec<u8>>,
}

/// The results of the comparison with each anchor.
#[derive(Clone, Debug, Default)]
pub struct AnchorResults {
    /// The checkpoint, if it is in form.
    pub checkpoint: Option<Checkpoint>,
    /// Whether it holds: the log key signed it, and root and origin are those of the record.
    pub checkpoint_holds: bool,
    /// How the checkpoint was changed in transfer, if it was: it is not judged.
    pub checkpoint_changed: Option<Changed>,
    /// Signature lines of other keys, ignored by rule.
    pub ignored_lines: usize,
    /// The pin, if it is in form.
    pub pin: Option<Pin>,
    /// Whether it holds.
    pub pin_holds: bool,
    /// The version of the pin, if a newer program wrote it.
    pub pin_later_version: Option<u64>,
    /// Differences that the record's own damage explains, as messages: no fork is reported for
    /// them.
    pub explained: Vec<String>,
}

impl Anchors {
    /// The sizes at which the record's tree head is needed.
    pub fn sizes(&self) -> Vec<u64> {
        let checkpoint = self.note().map(|(_, checkpoint)| checkpoint.size);
        let pin = self.pinned().map(|pin| pin.checkpoint.size);
        let mark = self.mark.as_ref().map(|mark| mark.checkpoint.size);
        [checkpoint, pin, mark].into_iter().flatten().collect()
    }

    /// The subtrees of a record of `size` events whose hashes are needed.
    pub fn plans(&self, size: u64) -> Vec<Plan> {
        self.pinned().map_or_else(Vec::new, |pin| pinned::plans(&pin, size))
    }

    /// The pin, if there is one and it is in form.
    pub fn pinned(&self) -> Option<Pin> {
        Pin::parse(self.pin.as_deref()?)
    }

    /// Whether there is a checkpoint, and it is in form.
    pub fn has_checkpoint_in_form(&self) -> bool {
        self.note().is_some()
    }

    fn note(&self) -> Option<(Note, Checkpoint)> {
        let note = Note::parse(self.checkpoint.as_deref()?)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        Some((note, checkpoint))
    }

    /// Compares each anchor with the record. `record` has the tree heads of [`Anchors::sizes`] and
    /// the subtrees of [`Anchors::plans`].
    pub fn compare(&self, record: VerifiedTree<'_>, faults: &mut Vec<Fault>) -> AnchorResults {
        let mut results = AnchorResults::default();
        let before = faults.len();
        match self.note() {
            None => {
                results.checkpoint_changed = self.checkpoint.as_deref().and_then(changed_note);
                faults.push(match (results.checkpoint_changed, &self.checkpoint) {
                    (Some(changed), _) => {
                        let why = format!("the checkpoint is not judged: {changed}");
                        Fault::of(Rule::Unreadable, why)
                    }
                    (None, None) => Fault::of(Rule::CheckpointForm, "there is no checkpoint"),
                    (None, Some(_)) => {
                        let why = "the checkpoint is not a signed note of three lines";
                        Fault::of(Rule::CheckpointForm, why)
                    }
                });
            }
            Some((note, checkpoint)) => {
                results.ignored_lines = check_note(&note, &checkpoint, record, faults);
                results.checkpoint = Some(checkpoint);
                results.checkpoint_holds = faults.len() == before;
            }
        }
        // Where no opening was applied there is no origin, so no mark belongs to the record.
        let opened = record.heads.values().any(|head| head.ledger.is_some());
        if let Some(mark) = self.mark.as_ref().filter(|_| opened) {
            results.take(compare_mark(mark, record), faults);
        }
        if let Some(bytes) = &self.pin {
            results.pin = self.pinned();
            results.pin_holds = match &results.pin {
                Some(pin) => results.take(pinned::compare(pin, record), faults),
                None => {
                    results.pin_later_version = pinned::later_version(bytes);
                    faults.push(Fault::of(Rule::PinDamaged, pinned::pin_damage(bytes)));
                    false
                }
            };
        }
        results
    }
}

impl AnchorResults {
    /// Reports a difference; returns whether there is none.
    fn take(&mut self, comparison: AnchorComparison, faults: &mut Vec<Fault>) -> bool {
        match comparison {
            AnchorComparison::Same => return true,
            AnchorComparison::Broken(rule, why) => faults.push(Fault::of(rule, why)),
            AnchorComparison::Explained(why) => self.explained.push(why),
            AnchorComparison::Lost(why) => {
                if !faults.iter().any(|fault| fault.rule == Rule::Short) {
                    faults.push(Fault::of(Rule::Short, why.clone()));
                }
                self.explained.push(why);
            }
        }
        false
    }
}

/// How a checkpoint that is not in form was changed in transfer. Of one that is longer than a note
/// may be, only the start was read.
fn changed_note(bytes: &[u8]) -> Option<Changed> {
    match bytes.len() <= MAX_NOTE {
        true => changed_text(bytes),
        false => changed(bytes),
    }
}

/// Rule 707, or 911 for a damaged mark.
fn compare_mark(mark: &MarkedCheckpoint, record: VerifiedTree<'_>) -> AnchorComparison {
    let (size, marked) = (record.size, mark.checkpoint.size);
    let head = record.heads.get(&marked).filter(|_| marked <= size);
    if head.is_some_and(|head| head.root == mark.checkpoint.root) {
        return AnchorComparison::Same;
    }
    if mark.is_damaged(record.log) {
        return AnchorComparison::Broken(Rule::Unreadable, mark.damage());
    }
    let why = match head {
        Some(_) => format!("the log key signed another root for size {marked}"),
        None => format!("the log key signed size {marked}, the record has {size}"),
    };
    match head {
        Some(_) if record.damage.explains(marked) => AnchorComparison::Explained(why),
        None if record.damage.lost => AnchorComparison::Lost(why),
        _ => AnchorComparison::Broken(Rule::BehindMark, why),
    }
}

/// Rules 702 to 705; returns the number of signature lines of unknown keys.
fn check_note(
    note: &Note,
    checkpoint: &Checkpoint,
    record: VerifiedTree<'_>,
    faults: &mut Vec<Fault>,
) -> usize {
    let VerifiedTree { size, heads, .. } = record;
    let head = heads.get(&checkpoint.size);
    // The origin is that of the whole record. The log key is that of the checkpoint's size; beyond
    // the end of the record it is unknown.
    let ledger = head.and_then(|head| head.ledger.as_ref());
    let whole = heads.get(&size).and_then(|head| head.ledger.as_ref());
    let mut report = |rule: Rule, why: String| faults.push(Fault::of(rule, why));
    let mut known = 0;
    if let Some(ledger) = whole.filter(|whole| *checkpoint.origin != *whole.origin) {
        let why = format!("expected {}, found {}", ledger.origin, checkpoint.origin);
        report(Rule::CheckpointOrigin, why);
    }
    if checkpoint.size <= size && ledger.is_none() {
        report(Rule::CheckpointSignature, "no log key is known".to_owned());
    }
    if let Some(ledger) = ledger.filter(|_| checkpoint.size <= size) {
        let mut bad = Vec::new();
        let keys = [Some(ledger.log_key), ledger.old_log_key];
        for key in keys.into_iter().flatten() {
            let id = crate::tlog::key_id(&ledger.origin, &key);
            let by_key =
                |line: &&crate::tlog::NoteSignature| *line.name == *ledger.origin && line.id == id;
            known += note.signatures.iter().filter(by_key).count();
            let accepted = key.accept();
            let signed = accepted.map(|k| note.signed_by(&ledger.origin, &k, &key));
            let why = match signed {
                Some(Signed::Yes) => continue,
                Some(Signed::Refused) => "does not verify",
                _ => "is not there",
            };
            bad.push(format!("the signature of log key {key} {why}"));
        }
        if !bad.is_empty() {
            report(Rule::CheckpointSignature, bad.join("; "));
        }
    }
    if checkpoint.size > size {
        let missing = pinned::events(&(size..checkpoint.size));
        let are = if checkpoint.size - size == 1 { "is" } else { "are" };
        let why = format!(
            "the checkpoint covers {} events, the record has {size}: {missing} {are} missing",
            checkpoint.size,
        );
        report(Rule::Short, why);
    } else if head.is_some_and(|head| head.root != checkpoint.root) {
        let why = format!("the record of size {} has another root", checkpoint.size);
        report(Rule::CheckpointRoot, why);
    }
    // Which of them are the log key's is not known beyond the end of the record.
    if checkpoint.size > size { 0 } else { note.signatures.len() - known }
}
