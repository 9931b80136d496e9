//! The file of a proof: how it is read and written, in one spelling.
//!
//! Always holds: a [`Proof`] that was read is written as the same bytes; its checkpoint is a note
//! of three lines. Not here: whether it holds (`proof`). Source: FORMAT.md section 12.

use crate::event::Entry;
use crate::event::record::Statement;
use crate::event::vocabulary::Type;
use crate::hash::Hash;
use crate::merkle::MAX_PATH;
use crate::tlog::{Checkpoint, Note, decimal, from_base64, hash_from_base64, to_base64};
use std::collections::BTreeMap;

/// The greatest number of bytes of a proof.
pub const MAX_PROOF: usize = 256 << 20;
/// The greatest number of events in a proof.
pub const MAX_EVENTS: usize = 4_096;

const FIRST: &str = "annals proof v1";

/// What a proof leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The body of the event at this position.
    Body(u64),
    /// The document captured at this position.
    Document(u64),
}

/// An event with its inclusion proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofEvent {
    /// Its position, as the file gives it.
    pub position: u64,
    /// Its record and body.
    pub entry: Entry,
    /// The inclusion proof.
    pub path: Vec<Hash>,
}

/// A proof in form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The parts that the file declares as left out, in its order.
    pub left_out: Vec<LeftOut>,
    /// Position of the fact.
    pub fact: u64,
    /// The events, by position.
    pub events: Vec<ProofEvent>,
    /// The documents, by the position of their capture.
    pub documents: BTreeMap<u64, Vec<u8>>,
    /// The checkpoint as it was signed and cosigned.
    pub note: Note,
    /// The values of the checkpoint.
    pub checkpoint: Checkpoint,
}

/// Whether bytes begin as a proof, in form or not.
pub fn is_proof(bytes: &[u8]) -> bool {
    bytes.starts_with(b"annals proof ")
}

impl Proof {
    /// The file.
    pub fn write(&self) -> String {
        let mut out = format!("{FIRST}\n");
        for left_out in &self.left_out {
            out.push_str(&match left_out {
                LeftOut::Body(position) => format!("without body {position}\n"),
                LeftOut::Document(position) => format!("without document {position}\n"),
            });
        }
        if self.left_out.is_empty() {
            out.push_str("complete\n");
        }
        out.push_str(&format!("fact {}\n", self.fact));
        for ProofEvent { position, entry, path } in &self.events {
            out.push_str(&format!("event {position}\n"));
            out.push_str(&String::from_utf8_lossy(&entry.record));
            let body = entry.body.as_deref().unwrap_or(b"-");
            out.push_str(&String::from_utf8_lossy(body));
            out.push_str("\npath");
            for hash in path {
                out.push(' ');
                out.push_str(&to_base64(&hash.0));
            }
            out.push('\n');
        }
        for (position, bytes) in &self.documents {
            out.push_str(&format!("document {position}\n{}\n", to_base64(bytes)));
        }
        out.push('\n');
        out.push_str(&self.note.write());
        out
    }

    /// Reads the file.
    ///
    /// # Errors
    /// What was expected, and at which line.
    pub fn parse(bytes: &[u8]) -> Result<Proof, String> {
        if bytes.len() > MAX_PROOF {
            return Err(format!("expected at most {MAX_PROOF} bytes, found {}", bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))?;
        let mut lines = ProofLines { rest: text, number: 0 };
        match lines.next() {
            Some(FIRST) => {}
            _ => return Err(lines.expected(FIRST)),
        }
        let left_out = lines.left_out()?;
        let fact = lines.number_after("fact ")?;
        let mut events: Vec<ProofEvent> = Vec::new();
        while lines.rest.starts_with("event ") {
            let shown = lines.event()?;
            if events.last().is_some_and(|last| last.position >= shown.position) {
                return Err(lines.expected("events by ascending position"));
            }
            events.push(shown);
        }
        if events.is_empty() || events.len() > MAX_EVENTS {
            return Err(lines.expected(&format!("1 to {MAX_EVENTS} events")));
        }
        let mut documents = BTreeMap::new();
        while lines.rest.starts_with("document ") {
            let position = lines.number_after("document ")?;
            let ascending = documents.last_key_value().is_none_or(|(last, _)| *last < position);
            let known = events.binary_search_by_key(&position, |shown| shown.position).is_ok();
            if !ascending || !known {
                return Err(lines.expected("documents of events here, by ascending position"));
            }
            let document = lines.next().and_then(from_base64);
            documents.insert(position, document.ok_or_else(|| lines.expected("base64"))?);
        }
        if lines.next() != Some("") {
            return Err(lines.expected("event, document or an empty line"));
        }
        let note = Note::parse(lines.rest.as_bytes());
        let checkpoint = note.as_ref().and_then(|note| Checkpoint::parse(&note.text));
        let (Some(note), Some(checkpoint)) = (note, checkpoint) else {
            return Err("the checkpoint is not a signed note of three lines".to_owned());
        };
        Ok(Proof { left_out, fact, events, documents, note, checkpoint })
    }

    /// The event at a position.
    pub fn event(&self, position: u64) -> Option<&ProofEvent> {
        let index = self.events.binary_search_by_key(&position, |shown| shown.position).ok()?;
        self.events.get(index)
    }

    /// The parts that are missing from this file, computed from its content.
    pub fn missing_parts(&self) -> Vec<LeftOut> {
        let withheld = self.events.iter().filter(|shown| shown.entry.body.is_none());
        let bodies = withheld.map(|shown| LeftOut::Body(shown.position));
        let captured = self.events.iter().filter(|shown| {
            let second = shown.entry.record.split(|byte| *byte == b'\n').nth(1);
            let statement = second.and_then(|line| Statement::parse(line).ok());
            statement.is_some_and(|statement| statement.kind == Type::DocumentCaptured)
        });
        let documents = captured
            .filter(|shown| !self.documents.contains_key(&shown.position))
            .map(|shown| LeftOut::Document(shown.position));
        bodies.chain(documents).collect()
    }
}

/// The lines of the file, counted.
struct ProofLines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> ProofLines<'a> {
    /// The next line that is ended by LF.
    fn next(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        self.number += 1;
        Some(line)
    }

    fn expected(&self, what: &str) -> String {
        format!("line {}: expected {what}", self.number.max(1))
    }

    fn number_after(&mut self, word: &str) -> Result<u64, String> {
        let number = self.next().and_then(|line| decimal(line.strip_prefix(word)?));
        number.ok_or_else(|| self.expected(&format!("{word}<position>")))
    }

    fn left_out(&mut self) -> Result<Vec<LeftOut>, String> {
        let mut left_out = Vec::new();
        if let Some(rest) = self.rest.strip_prefix("complete\n") {
            self.rest = rest;
            self.number += 1;
            return Ok(left_out);
        }
        while self.rest.starts_with("without body ") {
            left_out.push(LeftOut::Body(self.number_after("without body ")?));
        }
        while self.rest.starts_with("without document ") {
            left_out.push(LeftOut::Document(self.number_after("without document ")?));
        }
        match left_out.is_empty() || !left_out.is_sorted_by(|a, b| a < b) {
            true => Err(self.expected("complete, or what is left out, by ascending position")),
            false => Ok(left_out),
        }
    }

    fn event(&mut self) -> Result<ProofEvent, String> {
        let position = self.number_after("event ")?;
        let mut record = Vec::new();
        for _ in 0..3 {
            let line = self.next().ok_or_else(|| self.expected("the three lines of a record"))?;
            record.extend_from_slice(line.as_bytes());
            record.push(b'\n');
        }
        let body = self.next().ok_or_else(|| self.expected("a body or -"))?;
        let body = (body != "-").then(|| body.as_bytes().to_vec());
        let path = self.next().and_then(path_of);
        let path = path.ok_or_else(|| self.expected("path and at most 63 hashes in base64"))?;
        Ok(ProofEvent { position, entry: Entry { record, body }, path })
    }
}

fn path_of(line: &str) -> Option<Vec<Hash>> {
    let mut words = line.split(' ');
    let path = match words.next() {
        Some("path") => words.map(hash_from_base64).collect::<Option<Vec<Hash>>>()?,
        _ => return None,
    };
    (path.len() <= MAX_PATH).then_some(path)
}
