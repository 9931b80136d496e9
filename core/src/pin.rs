//! Pins: an auditor's summary of a verified record, to compare later copies with.
//!
//! Always holds: a pin has the lines of FORMAT.md section 9 in this order; its last line is the
//! digest of the others, which distinguishes damage from a fork; its log keys signed its
//! checkpoint, so that it is evidence for others. Not here: when a pin is updated (`ledger`), its
//! comparison with a record (`verify::pinned`). Source: FORMAT.md section 9.

use crate::hash::Hash;
use crate::key::PublicKey;
use crate::merkle::Tree;
use crate::tlog::{Checkpoint, Note, Signed, decimal, hash_from_base64, to_base64};

/// The greatest number of bytes of a pin.
pub const MAX_PIN: usize = 4 << 20;

const FIRST: &str = "annals pin v1\n";

/// The keys that sign the checkpoints of a record from a size on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogKeys {
    /// The number of events from which on they are valid.
    pub size: u64,
    /// The log key.
    pub key: PublicKey,
    /// The log key before it, where it was rotated: it signs as well.
    pub old: Option<PublicKey>,
}

impl LogKeys {
    /// The log key, and the log key before it, if any.
    pub fn each(&self) -> impl Iterator<Item = PublicKey> {
        [Some(self.key), self.old].into_iter().flatten()
    }

    /// Whether each of these keys signed the note under `origin`, without a bad line.
    pub fn signed(&self, note: &Note, origin: &str) -> bool {
        self.each().all(|key| signed_by(note, origin, &key) == Signed::Yes)
    }
}

/// Whether a note is signed by a key of any 32 bytes; a key that is not acceptable signs nothing.
pub fn signed_by(note: &Note, origin: &str, key: &PublicKey) -> Signed {
    key.accept().map_or(Signed::Refused, |accepted| note.signed_by(origin, &accepted, key))
}

/// A record as an auditor verified it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Hash of event 0.
    pub genesis: Hash,
    /// Hash of the last event.
    pub head: Hash,
    /// The roots of the complete subtrees of its tree, largest first.
    pub peaks: Vec<Hash>,
    /// Its log keys, by size.
    pub log: Vec<LogKeys>,
    /// The signed checkpoint.
    pub note: Note,
    /// The values of the checkpoint: origin, size and root.
    pub checkpoint: Checkpoint,
}

impl Pin {
    /// The text of the pin file, as FORMAT.md defines it.
    pub fn write(&self) -> String {
        let mut lines = format!("{FIRST}genesis {}\nhead {}\n", self.genesis, self.head);
        for peak in &self.peaks {
            lines.push_str(&format!("peak {}\n", to_base64(&peak.0)));
        }
        for LogKeys { size, key, old } in &self.log {
            let old = old.map_or("-".to_owned(), |old| old.to_string());
            lines.push_str(&format!("log {size} {key} {old}\n"));
        }
        lines.push_str(&note_lines("checkpoint", &self.note));
        with_sum(lines)
    }

    /// Reads the file; `None` if it is not in form or its sum does not hold.
    ///
    /// ```
    /// use annals_core::pin::Pin;
    /// assert_eq!(Pin::parse(b"annals pin v1\n"), None);
    /// ```
    pub fn parse(bytes: &[u8]) -> Option<Pin> {
        let mut lines = PinLines::of(bytes, FIRST, MAX_PIN)?;
        let genesis = Hash::parse(lines.value("genesis")?)?;
        let head = Hash::parse(lines.value("head")?)?;
        let (mut peaks, mut log) = (Vec::new(), Vec::new());
        while let Some(peak) = lines.value("peak") {
            peaks.push(hash_from_base64(peak)?);
        }
        while let Some(keys) = lines.value("log") {
            log.push(log_keys(keys)?);
        }
        let note = lines.note("checkpoint")?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        let pin = Pin { genesis, head, peaks, log, note, checkpoint };
        (pin.is_whole() && pin.write().as_bytes() == bytes).then_some(pin)
    }

    /// Whether the parts of the pin are consistent.
    fn is_whole(&self) -> bool {
        let Checkpoint { origin, size, root } = &self.checkpoint;
        let tree = Tree::from_peaks(*size, self.peaks.clone());
        let last_leaf = size % 2 == 0 || self.peaks.last() == Some(&self.head);
        let only_leaf = *size != 1 || self.genesis == self.head;
        let begins = self.log.first().is_some_and(|first| first.size == 1 && first.old.is_none());
        let rises = self.log.windows(2).all(|pair| pair[0].size < pair[1].size);
        let last = self.log.last().filter(|last| last.size <= *size);
        *size > 0
            && tree.is_some_and(|tree| tree.root() == *root)
            && (last_leaf && only_leaf && begins && rises)
            && last.is_some_and(|last| last.signed(&self.note, origin))
    }
}

fn log_keys(value: &str) -> Option<LogKeys> {
    let mut words = value.split(' ');
    let (size, key, old) = (words.next()?, words.next()?, words.next()?);
    let old = match old {
        "-" => None,
        key => Some(PublicKey::parse(key)?),
    };
    let keys = LogKeys { size: decimal(size)?, key: PublicKey::parse(key)?, old };
    words.next().is_none().then_some(keys)
}

/// A note after a line with the number of its lines.
pub(crate) fn note_lines(name: &str, note: &Note) -> String {
    let note = note.write();
    format!("{name} {}\n{note}", note.matches('\n').count())
}

/// The lines, and a last line with their digest.
pub(crate) fn with_sum(lines: String) -> String {
    let sum = Hash::of(&[lines.as_bytes()]);
    format!("{lines}sum {sum}\n")
}

/// The lines of a pin or an evidence file, read in order. The caller writes the value again and
/// compares the bytes, which checks the sum and that nothing is left over.
pub(crate) struct PinLines<'a> {
    rest: &'a str,
}

impl<'a> PinLines<'a> {
    /// The lines after the first one, which must be `first`.
    pub(crate) fn of(bytes: &'a [u8], first: &str, bound: usize) -> Option<PinLines<'a>> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= bound)?;
        Some(PinLines { rest: text.strip_prefix(first)? })
    }

    /// The next line, without its LF.
    pub(crate) fn line(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        Some(line)
    }

    /// The rest of the next line after `name` and a space; `None`, and nothing is read, if it is
    /// another line.
    pub(crate) fn value(&mut self, name: &str) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        let value = line.strip_prefix(name)?.strip_prefix(' ')?;
        self.rest = rest;
        Some(value)
    }

    /// A note after the line `name`, which has the number of its lines.
    pub(crate) fn note(&mut self, name: &str) -> Option<Note> {
        let count = decimal(self.value(name)?)?;
        let start = self.rest;
        let mut length = 0;
        for _ in 0..count {
            length += self.line()?.len() + 1;
        }
        Note::parse(start.get(..length)?.as_bytes())
    }
}
