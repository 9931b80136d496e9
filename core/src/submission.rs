//! Submissions: signed events as an editor's machine sends them to a server that keeps a record.
//!
//! Always holds: a submission that is read is written as the same bytes; its statements are in
//! form, and its places fit together (rules 1101 and 1102). Not here: what only the record can
//! judge (origin, signatures, roles, content: `verify`), its answer (`receipt`), HTTP.
//! Source: FORMAT.md section 17, "Submission".

use crate::event::Entry;
use crate::event::canonical;
use crate::event::record::{self, Place, Reading, Statement};
use crate::hash::{Hash, read_hex};
use crate::key::{EVENT_TAG, Signature, SignedMessage, signed_bytes};
use crate::rule::{Fault, Rule};
use crate::text::Origin;
use crate::text::in_quotes;
use crate::tlog::decimal;
use crate::version_line::later;
use std::fmt::{self, Write};

/// The greatest number of bytes of a submission.
pub const MAX_SUBMISSION: usize = 8 << 20;
/// The greatest number of events of a submission, and of places of a receipt.
pub const MAX_SUBMITTED: u64 = 4_096;

/// The word in the first line.
const WORD: &str = "submission";
/// The number of lines before the first event.
const HEAD_LINES: usize = 4;

/// Who writes the places of submitted events, and where the server may place them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placing {
    /// The submission has the places: whole records, at the end of the record.
    Exact,
    /// The server writes the place of one event, at the end of the record.
    Next,
    /// The server writes the places, one directly after the other, within the window.
    Free,
}

impl Placing {
    /// Every placing, with the word that begins its line.
    const ALL: [Placing; 3] = [Placing::Exact, Placing::Next, Placing::Free];

    /// The word that begins its line: `exact`, `next` or `free`.
    pub fn as_str(self) -> &'static str {
        match self {
            Placing::Exact => "exact",
            Placing::Next => "next",
            Placing::Free => "free",
        }
    }

    /// The number of lines that an event has in a submission of this placing.
    fn lines(self) -> usize {
        match self {
            Placing::Exact => 4,
            Placing::Next | Placing::Free => 3,
        }
    }
}

impl fmt::Display for Placing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An event of a submission: statement, signature and body, and in `exact` its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmittedEvent {
    place: Option<Place>,
    statement: Statement,
    /// The lines of statement and signature, each with its LF.
    signed: Vec<u8>,
    body: Vec<u8>,
}

impl SubmittedEvent {
    /// An event whose place the server writes. The body is without LF.
    pub fn new(statement: Statement, signature: &Signature, body: Vec<u8>) -> SubmittedEvent {
        let signed = signed_lines(&statement.to_bytes(), signature);
        SubmittedEvent { place: None, statement, signed, body }
    }

    /// Its place; there is one if and only if the placing is `exact`.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Its statement.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// SHA-256 of the statement's line without LF, as `Reading::statement_digest` has it: what
    /// the editor signs, and what names the event before it has a place.
    pub fn digest(&self) -> Hash {
        Hash::of(&[self.signed.split(|byte| *byte == b'\n').next().unwrap_or_default()])
    }

    /// What its signer signed, to be verified (rules 301 and 302).
    pub fn signed_message(&self) -> Option<SignedMessage> {
        let mut lines = self.signed.split(|byte| *byte == b'\n');
        let (statement, signature) = (lines.next()?, lines.next()?);
        let signature = Signature(read_hex(std::str::from_utf8(signature).ok()?)?);
        let message = signed_bytes(EVENT_TAG, statement);
        Some(SignedMessage { by: self.statement.by, message, signature })
    }

    /// The lines of statement and signature, each with its LF.
    pub fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// The body, without LF.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The three lines of its record at a place.
    pub fn record(&self, place: &Place) -> Vec<u8> {
        let mut record = canonical::write(place);
        record.push(b'\n');
        record.extend_from_slice(&self.signed);
        record
    }

    /// The event at a place, as a source holds it.
    pub fn entry(&self, place: &Place) -> Entry {
        Entry { record: self.record(place), body: Some(self.body.clone()) }
    }
}

/// A submission: `annals submission v1`.
///
/// ```
/// use annals_core::submission::{Placing, SubmissionText, SubmittedEvent};
/// use annals_core::{Reading, Rule};
///
/// // The last event of the project's own record, submitted anew: whole, and for a place of the
/// // server's.
/// let ledger = concat!(env!("CARGO_MANIFEST_DIR"), "/../ledger");
/// let journal = std::fs::read_to_string(format!("{ledger}/journal/00000000000000000000.log"))?;
/// let lines: Vec<&str> = journal.split_inclusive('\n').collect();
/// let event = &lines[lines.len() - 5..];
/// let (record, body) = (event[..3].concat().into_bytes(), event[3].trim_end().as_bytes());
/// let entry = annals_core::Entry { record, body: Some(body.to_vec()) };
/// let origin = annals_core::text::Origin::new("example.org/record")?;
///
/// let exact = SubmissionText::exact(&origin, &[entry.clone()])?;
/// assert_eq!(exact.placing, Placing::Exact);
/// assert_eq!(SubmissionText::parse(&exact.text())?, exact);
/// let place = exact.events[0].place().ok_or("exact has places")?;
/// assert_eq!(exact.events[0].entry(place), entry);
///
/// let reading = Reading::of(&entry.record);
/// let statement = reading.statement.ok_or("in form")?;
/// let signature = reading.signature.ok_or("in form")?;
/// let event = SubmittedEvent::new(statement, &signature, body.to_vec());
/// assert_eq!(event.digest(), reading.statement_digest);
/// let next = SubmissionText::next(&origin, event.clone())?;
/// assert_eq!(next.from, event.statement().base);
///
/// let damaged = String::from_utf8(next.text())?.replacen("next ", "next 1", 1);
/// let fault = SubmissionText::parse(damaged.as_bytes()).unwrap_err();
/// assert_eq!(fault.rule, Rule::SubmissionForm);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionText {
    /// The record that the events are for.
    pub origin: Origin,
    /// Who writes their places.
    pub placing: Placing,
    /// The number of events of the record that the submission was made on: in `exact` the position
    /// of the first event, else the `base` of every event.
    pub from: u64,
    /// The events in their order, 1 to 4,096.
    pub events: Vec<SubmittedEvent>,
}

impl SubmissionText {
    /// Reads a submission and judges it by itself.
    ///
    /// # Errors
    /// The rule that is broken (1101 or 1102, without a position); the text names the line, what
    /// was expected and what was found.
    pub fn parse(bytes: &[u8]) -> Result<SubmissionText, Fault> {
        let read = SubmissionText::read(bytes);
        let submission = read.map_err(|why| Fault::of(Rule::SubmissionForm, why))?;
        let places = submission.check_places();
        places.map_err(|why| Fault::of(Rule::SubmissionPlace, why))?;
        Ok(submission)
    }

    /// The submission of whole records, which follow each other.
    ///
    /// # Errors
    /// As [`SubmissionText::parse`]: an event is not in form, has no body or does not follow the
    /// one before it; or there are too few, too many, or too many bytes.
    pub fn exact(origin: &Origin, entries: &[Entry]) -> Result<SubmissionText, Fault> {
        let first = entries.first().and_then(|entry| Reading::of(&entry.record).place);
        let from = first.map_or(0, |place| place.seq);
        let mut text = head(origin, Placing::Exact, from, entries.len());
        for entry in entries {
            text.extend_from_slice(&entry.record);
            text.extend_from_slice(entry.body.as_deref().unwrap_or(b"-"));
            text.push(b'\n');
        }
        SubmissionText::parse(&with_digest(text))
    }

    /// The submission of one event for the end of the record, which is its `base`.
    ///
    /// # Errors
    /// As [`SubmissionText::parse`]: a body with a LF, or too many bytes.
    pub fn next(origin: &Origin, event: SubmittedEvent) -> Result<SubmissionText, Fault> {
        SubmissionText::unplaced(origin, Placing::Next, vec![event])
    }

    /// The submission of independent events of one `base`.
    ///
    /// # Errors
    /// As [`SubmissionText::parse`]: the events have more than one `base`; or there are too few,
    /// too many, or too many bytes.
    pub fn free(origin: &Origin, events: Vec<SubmittedEvent>) -> Result<SubmissionText, Fault> {
        SubmissionText::unplaced(origin, Placing::Free, events)
    }

    fn unplaced(
        origin: &Origin,
        placing: Placing,
        events: Vec<SubmittedEvent>,
    ) -> Result<SubmissionText, Fault> {
        let from = events.first().map_or(0, |event| event.statement.base);
        let submission = SubmissionText { origin: origin.clone(), placing, from, events };
        SubmissionText::parse(&submission.text())
    }

    /// The bytes of the submission, as FORMAT.md defines them.
    pub fn text(&self) -> Vec<u8> {
        let mut text = head(&self.origin, self.placing, self.from, self.events.len());
        for event in &self.events {
            match &event.place {
                Some(place) => text.extend_from_slice(&event.record(place)),
                None => text.extend_from_slice(&event.signed),
            }
            text.extend_from_slice(&event.body);
            text.push(b'\n');
        }
        with_digest(text)
    }

    /// Reads a submission; the error is a breach of rule 1101 (its form).
    fn read(bytes: &[u8]) -> Result<SubmissionText, String> {
        let mut lines = NumberedLines::of(bytes, WORD, MAX_SUBMISSION)?;
        let origin = lines.origin()?;
        let line = lines.line("exact <position>, next <position> or free <position>")?;
        let placing = Placing::ALL.into_iter().find_map(|placing| {
            let position = line.strip_prefix(placing.as_str())?.strip_prefix(' ')?;
            Some((placing, decimal(position)?))
        });
        let Some((placing, from)) = placing else {
            return Err(lines.found("exact, next or free, a space and a position", line));
        };
        let count = lines.count()?;
        let mut events = Vec::new();
        for _ in 0..count {
            events.push(lines.event(placing)?);
        }
        let above = bytes.get(..bytes.len() - lines.rest.len()).unwrap_or_default();
        let (expected, found) = (Hash::of(&[above]), lines.value("sum")?);
        if found != expected.to_string() {
            return Err(lines.found(&format!("the sum {expected}"), found));
        }
        lines.end()?;
        Ok(SubmissionText { origin, placing, from, events })
    }

    /// Checks rule 1102: the places of the events, or their bases, fit the placing.
    fn check_places(&self) -> Result<(), String> {
        if self.placing == Placing::Next && self.events.len() != 1 {
            let line = HEAD_LINES;
            return Err(format!("line {line}: expected one event, found {}", self.events.len()));
        }
        let mut before: Option<Hash> = None;
        for (index, event) in self.events.iter().enumerate() {
            let line = HEAD_LINES + 1 + index * self.placing.lines();
            match &event.place {
                None if event.statement.base == self.from => {}
                None => {
                    let (base, from) = (event.statement.base, self.from);
                    return Err(format!("line {line}: expected base {from}, found {base}"));
                }
                Some(place) => {
                    let expected = self.from.saturating_add(index as u64);
                    if place.seq != expected {
                        let found = place.seq;
                        return Err(format!("line {line}: expected seq {expected}, found {found}"));
                    }
                    if before.is_some() && place.prev != before {
                        return Err(format!("line {line}: {}", unlinked(before, place.prev)));
                    }
                    before = Some(record::hash(&event.record(place)));
                }
            }
        }
        Ok(())
    }
}

/// What was expected and found of a `prev` that is not the hash of the event before.
pub(crate) fn unlinked(expected: Option<Hash>, found: Option<Hash>) -> String {
    let text = |hash: Option<Hash>| hash.map_or("null".to_owned(), |hash| hash.to_string());
    format!("expected prev {}, found {}", text(expected), text(found))
}

/// The lines before the events.
fn head(origin: &Origin, placing: Placing, from: u64, count: usize) -> Vec<u8> {
    format!("annals {WORD} v1\norigin {origin}\n{placing} {from}\ncount {count}\n").into_bytes()
}

fn signed_lines(statement: &[u8], signature: &Signature) -> Vec<u8> {
    [statement, b"\n", signature.to_string().as_bytes(), b"\n"].concat()
}

/// The lines, and a last line with their digest.
fn with_digest(mut lines: Vec<u8>) -> Vec<u8> {
    let sum = Hash::of(&[&lines]);
    lines.extend_from_slice(format!("sum {sum}\n").as_bytes());
    lines
}

/// The lines of a submission or a receipt, read in order; errors name the line.
pub(crate) struct NumberedLines<'a> {
    rest: &'a str,
    /// The number of the line that was read last, from 1.
    number: usize,
}

impl<'a> NumberedLines<'a> {
    /// The lines after the first one, which must be `annals WORD v1`.
    pub(crate) fn of(
        bytes: &'a [u8],
        word: &str,
        bound: usize,
    ) -> Result<NumberedLines<'a>, String> {
        if bytes.len() > bound {
            return Err(format!("expected at most {bound} bytes, found {}", bytes.len()));
        }
        if let Some(version) = later(bytes, word) {
            return Err(format!("line 1: version {version} of the form; this program reads 1"));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))?;
        let mut lines = NumberedLines { rest: text, number: 0 };
        let first = format!("annals {word} v1");
        let line = lines.line(&first)?;
        if line == first { Ok(lines) } else { Err(lines.found(&first, line)) }
    }

    /// The next line, without its LF.
    pub(crate) fn line(&mut self, expected: &str) -> Result<&'a str, String> {
        self.number += 1;
        let Some((line, rest)) = self.rest.split_once('\n') else {
            return Err(match self.rest {
                "" => format!("line {}: expected {expected}, found the end", self.number),
                rest => self.found(&format!("{expected} and LF"), rest),
            });
        };
        self.rest = rest;
        Ok(line)
    }

    /// The rest of the next line, after `name` and a space.
    pub(crate) fn value(&mut self, name: &str) -> Result<&'a str, String> {
        let line = self.line(&format!("{name} and its value"))?;
        let value = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
        value.ok_or_else(|| self.found(&format!("{name}, a space and its value"), line))
    }

    /// The number in the next line, after `name`.
    pub(crate) fn number(&mut self, name: &str) -> Result<u64, String> {
        let text = self.value(name)?;
        decimal(text).ok_or_else(|| self.found(&format!("{name} and a decimal number"), text))
    }

    /// The number of events in the next line.
    pub(crate) fn count(&mut self) -> Result<u64, String> {
        let count = self.number("count")?;
        match count {
            1..=MAX_SUBMITTED => Ok(count),
            _ => Err(self.found(&format!("a count of 1 to {MAX_SUBMITTED}"), &count.to_string())),
        }
    }

    /// The origin in the next line.
    pub(crate) fn origin(&mut self) -> Result<Origin, String> {
        let text = self.value("origin")?;
        Origin::new(text).map_err(|error| format!("line {}: {error}", self.number))
    }

    /// The place in the next line.
    pub(crate) fn place(&mut self) -> Result<Place, String> {
        let line = self.line("a place")?;
        canonical::read(line.as_bytes()).map_err(|why| self.refused(Rule::PlaceForm, &why))
    }

    /// The lines that were not read.
    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    /// What was expected in the line that was read last, and what was found.
    pub(crate) fn found(&self, expected: &str, found: &str) -> String {
        let mut out = format!("line {}: expected {expected}, found ", self.number);
        let start: String = found.chars().take(80).collect();
        // Writing to a string does not fail.
        let _ = write!(out, "{}", in_quotes(&start));
        out
    }

    fn refused(&self, rule: Rule, why: &str) -> String {
        format!("line {}: {rule}: {why}", self.number)
    }

    fn event(&mut self, placing: Placing) -> Result<SubmittedEvent, String> {
        let place = match placing {
            Placing::Exact => Some(self.place()?),
            Placing::Next | Placing::Free => None,
        };
        let line = self.line("a statement")?;
        let statement = Statement::parse(line.as_bytes());
        let statement = statement.map_err(|why| self.refused(Rule::StatementForm, &why))?;
        let digits = self.line("a signature")?;
        let Some(signature) = read_hex(digits).map(Signature) else {
            return Err(self.refused(Rule::SignatureForm, "expected 128 lower-case hex digits"));
        };
        let signed = signed_lines(line.as_bytes(), &signature);
        let body = self.line("a body")?;
        if body == "-" {
            return Err(self.found("a body, which is not withheld", body));
        }
        Ok(SubmittedEvent { place, statement, signed, body: body.as_bytes().to_vec() })
    }

    /// Nothing stands behind the lines that were read.
    fn end(&self) -> Result<(), String> {
        match self.rest {
            "" => Ok(()),
            rest => Err(format!(
                "line {}: expected the end, found {} bytes more",
                self.number + 1,
                rest.len()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENT: &str = concat!(
        r#"{"v":1,"base":5,"after":"#,
        r#""f9dba05cf92b4a1db28f55c1f2f429e68be9125ee5ab24bb7280fa592ccb5204","#,
        r#""said":"2026-01-01T00:00:05.000000Z","by":"#,
        r#""6b4645910a5623dd7e946888016a15fb73a176efb666bd81bf1ec08a306729c5","#,
        r#""type":"fact.confirmed","args":{"on":3,"how":"reread"},"body":"#,
        r#""57fd5a7442ec1180a4b0fa7d5011b115c2e8baea07741979ec9afd3b129cc9a6"}"#,
    );

    fn event(base: u64, body: impl Into<Vec<u8>>) -> SubmittedEvent {
        let mut statement = Statement::parse(STATEMENT.as_bytes()).unwrap();
        statement.base = base;
        SubmittedEvent::new(statement, &Signature([0; 64]), body.into())
    }

    fn free(events: Vec<SubmittedEvent>) -> Result<usize, Rule> {
        let submission = SubmissionText::free(&origin(), events);
        submission.map(|it| it.events.len()).map_err(|fault| fault.rule)
    }

    fn origin() -> Origin {
        Origin::new("example.org/record").unwrap()
    }

    #[test]
    fn a_submission_has_1_to_4096_events() {
        assert_eq!(free(Vec::new()), Err(Rule::SubmissionForm));
        assert_eq!(free(vec![event(5, "{}"); 4_096]), Ok(4_096));
        assert_eq!(free(vec![event(5, "{}"); 4_097]), Err(Rule::SubmissionForm));
        assert_eq!(SubmissionText::exact(&origin(), &[]).unwrap_err().rule, Rule::SubmissionForm);
    }

    #[test]
    fn a_submission_has_at_most_8_388_608_bytes() {
        let short = SubmissionText::next(&origin(), event(5, "")).unwrap().text().len();
        let most = MAX_SUBMISSION - short;
        let whole = SubmissionText::next(&origin(), event(5, vec![b' '; most])).unwrap();
        assert_eq!(whole.text().len(), MAX_SUBMISSION);
        let fault = SubmissionText::next(&origin(), event(5, vec![b' '; most + 1])).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "rule 1101 submission-form: expected at most 8388608 bytes, found 8388609"
        );
    }

    #[test]
    fn events_that_cannot_be_submitted_are_refused() {
        assert_eq!(free(vec![event(5, "{}"), event(6, "{}")]), Err(Rule::SubmissionPlace));
        for body in ["-", "{}\n", "{}\n{}"] {
            assert_eq!(free(vec![event(5, body)]), Err(Rule::SubmissionForm), "{body:?}");
        }
        assert_eq!(free(vec![event(5, [0xFF])]), Err(Rule::SubmissionForm));
        let place = Place {
            seq: 5,
            prev: None,
            at: crate::time::Time::parse("2026-01-01T00:00:05.000000Z").unwrap(),
        };
        let entry = event(5, "{}").entry(&place);
        let exact = |entries: &[Entry]| {
            let submission = SubmissionText::exact(&origin(), entries);
            submission.map(|it| it.from).map_err(|fault| fault.rule)
        };
        assert_eq!(exact(std::slice::from_ref(&entry)), Ok(5));
        assert_eq!(exact(&[entry.clone(), entry.clone()]), Err(Rule::SubmissionPlace));
        let withheld = Entry { body: None, ..entry.clone() };
        assert_eq!(exact(&[withheld]), Err(Rule::SubmissionForm));
        let cut = Entry { record: entry.record[1..].to_vec(), ..entry };
        assert_eq!(exact(&[cut]), Err(Rule::SubmissionForm));
    }
}
