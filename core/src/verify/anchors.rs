//! The end of a record against what was signed, remembered or pinned of it.
//!
//! Always holds: nothing here accuses unless two things that are whole disagree.
//! Not here: the events (`chain`), the pin (`pinned`), what a record explains by itself
//! (`explained`). Source: FORMAT.md section 9, rules 701–707.

use crate::merkle::Plan;
use crate::pin::Pin;
use crate::rule::{Fault, Rule};
use crate::tlog::{Checkpoint, Note, Signed};
use crate::transfer::changed;
use crate::verify::explained::Remembered;
use crate::verify::pinned::{self, Against, VerifiedTree};
use crate::verify::tree_head::TreeHead;
use std::collections::BTreeMap;

/// What is known of a record's end, besides the record.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    /// The checkpoint's bytes; `None` if there is none.
    pub checkpoint: Option<Vec<u8>>,
    /// The last mark, where the log key's memory is at hand.
    pub mark: Option<Remembered>,
    /// The pin's bytes, where one is compared.
    pub pin: Option<Vec<u8>>,
}

/// What an end turned out to be.
#[derive(Clone, Debug, Default)]
pub struct AnchorResults {
    /// The checkpoint, if it is in form.
    pub checkpoint: Option<Checkpoint>,
    /// Whether it holds: signed by the log key, root and origin the record's.
    pub checkpoint_holds: bool,
    /// Signature lines of other keys, ignored by rule.
    pub ignored_lines: usize,
    /// The pin, if it is in form.
    pub pin: Option<Pin>,
    /// Whether it holds.
    pub pin_holds: bool,
    /// Differences that the record explains by itself, in words: nobody is accused of them.
    pub explained: Vec<String>,
}

impl Anchors {
    /// The sizes at which the record must be looked at.
    pub fn sizes(&self) -> Vec<u64> {
        let checkpoint = self.note().map(|(_, checkpoint)| checkpoint.size);
        let pin = self.pinned().map(|pin| pin.checkpoint.size);
        let mark = self.mark.as_ref().map(|mark| mark.checkpoint.size);
        [checkpoint, pin, mark].into_iter().flatten().collect()
    }

    /// The subtrees whose hashes must be kept of a record of `size` events.
    pub fn plans(&self, size: u64) -> Vec<Plan> {
        self.pinned().map_or_else(Vec::new, |pin| pinned::plans(&pin, size))
    }

    /// The pin, if there is one and it is in form.
    pub fn pinned(&self) -> Option<Pin> {
        Pin::parse(self.pin.as_deref()?)
    }

    fn note(&self) -> Option<(Note, Checkpoint)> {
        let note = Note::parse(self.checkpoint.as_deref()?)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        Some((note, checkpoint))
    }

    /// Compares every end with the record, seen at the sizes of [`Anchors::sizes`] and with the
    /// subtrees of [`Anchors::plans`].
    pub fn judge(&self, record: VerifiedTree<'_>, faults: &mut Vec<Fault>) -> AnchorResults {
        let VerifiedTree { size, seen, .. } = record;
        let mut found = AnchorResults::default();
        let before = faults.len();
        match self.note() {
            None => faults.push(match self.checkpoint.as_deref().map(changed) {
                None => Fault::of(Rule::CheckpointForm, "there is no checkpoint"),
                Some(Some(changed)) => {
                    Fault::of(Rule::Unreadable, format!("the checkpoint is not judged: {changed}"))
                }
                Some(None) => {
                    let why = "the checkpoint is not a signed note of three lines";
                    Fault::of(Rule::CheckpointForm, why)
                }
            }),
            Some((note, checkpoint)) => {
                found.ignored_lines = judge_note(&note, &checkpoint, (size, seen), faults);
                found.checkpoint = Some(checkpoint);
                found.checkpoint_holds = faults.len() == before;
            }
        }
        // Where no opening was applied there is no origin, and no mark is of it.
        let named = seen.values().any(|seen| seen.ledger.is_some());
        if let Some(mark) = self.mark.as_ref().filter(|_| named) {
            found.take(against_mark(mark, record), faults);
        }
        if let Some(bytes) = &self.pin {
            found.pin = self.pinned();
            found.pin_holds = match &found.pin {
                Some(pin) => found.take(pinned::judge(pin, record), faults),
                None => {
                    faults.push(Fault::of(Rule::PinDamaged, pinned::damaged(bytes)));
                    false
                }
            };
        }
        found
    }
}

impl AnchorResults {
    /// Tells what speaks against the record; whether nothing does.
    fn take(&mut self, against: Against, faults: &mut Vec<Fault>) -> bool {
        match against {
            Against::Nothing => return true,
            Against::Broken(rule, why) => faults.push(Fault::of(rule, why)),
            Against::Explained(why) => self.explained.push(why),
            Against::Lost(why) => {
                if !faults.iter().any(|fault| fault.rule == Rule::Short) {
                    faults.push(Fault::of(Rule::Short, why.clone()));
                }
                self.explained.push(why);
            }
        }
        false
    }
}

/// Rule 707, or 911 of a mark that is not whole.
fn against_mark(mark: &Remembered, record: VerifiedTree<'_>) -> Against {
    let (size, marked) = (record.size, mark.checkpoint.size);
    let there = record.seen.get(&marked).filter(|_| marked <= size);
    if there.is_some_and(|seen| seen.root == mark.checkpoint.root) {
        return Against::Nothing;
    }
    if mark.is_damaged(record.log) {
        return Against::Broken(Rule::Unreadable, mark.damage());
    }
    let why = match there {
        Some(_) => format!("the log key signed another root for size {marked}"),
        None => format!("the log key signed size {marked}, the record has {size}"),
    };
    match there {
        Some(_) if record.damaged.explains(marked) => Against::Explained(why),
        None if record.damaged.lost => Against::Lost(why),
        _ => Against::Broken(Rule::BehindMark, why),
    }
}

fn judge_note(
    note: &Note,
    checkpoint: &Checkpoint,
    record: (u64, &BTreeMap<u64, TreeHead>),
    faults: &mut Vec<Fault>,
) -> usize {
    let (size, seen) = record;
    let at = seen.get(&checkpoint.size);
    // The origin is the whole record's; the log key is that of the checkpoint's size, and beyond
    // the record's end nobody knows it.
    let ledger = at.and_then(|seen| seen.ledger.as_ref());
    let whole = seen.get(&size).and_then(|seen| seen.ledger.as_ref());
    let mut tell = |rule: Rule, why: String| faults.push(Fault::of(rule, why));
    let mut known = 0;
    if let Some(ledger) = whole.filter(|whole| *checkpoint.origin != *whole.origin) {
        let why = format!("expected {}, found {}", ledger.origin, checkpoint.origin);
        tell(Rule::CheckpointOrigin, why);
    }
    if checkpoint.size <= size && ledger.is_none() {
        tell(Rule::CheckpointSignature, "no log key is known".to_owned());
    }
    if let Some(ledger) = ledger.filter(|_| checkpoint.size <= size) {
        let mut bad = Vec::new();
        let keys = [Some(ledger.log_key), ledger.old_log_key];
        for key in keys.into_iter().flatten() {
            let id = crate::tlog::key_id(&ledger.origin, &key);
            let mine =
                |line: &&crate::tlog::NoteSignature| *line.name == *ledger.origin && line.id == id;
            known += note.signatures.iter().filter(mine).count();
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
            tell(Rule::CheckpointSignature, bad.join("; "));
        }
    }
    if checkpoint.size > size {
        let first = size;
        let why = format!(
            "the checkpoint speaks of {} events, the record has {size}: events {first} to {} are \
             missing",
            checkpoint.size,
            checkpoint.size - 1
        );
        tell(Rule::Short, why);
    } else if at.is_some_and(|seen| seen.root != checkpoint.root) {
        let why = format!("the record of size {} has another root", checkpoint.size);
        tell(Rule::CheckpointRoot, why);
    }
    note.signatures.len() - known
}
