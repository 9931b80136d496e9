//! Receipts: what a command wrote, for people and for programs.
//!
//! Always holds: every receipt has a `status`; no secret is in one. Not here: submission
//! (`submit`), what one command adds (`commands`). Source: docs/programs.md.

use crate::cli::render::words::far_apart;
use crate::cli::terminal::{CliError, Context, Exit, Format, done_as, json, note, out, wrapped};
use crate::ledger::write::prepared_batch::{EventNote, Receipt};
use crate::ledger::write::writer::Writer;
use annals_core::event::record::Reading;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use serde::Serialize;
use std::io::{self, Write};

/// What came of a command that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteStatus {
    /// It was written.
    Written,
    /// It was there before.
    Already,
    /// It would be written, and was only tried.
    DryRun,
    /// It was not written: a rule or a server refuses it, the requested trust is missing, or the
    /// record is contradicted; or a server did not answer, and it may be written yet.
    Refused,
    /// There was nothing to write.
    Nothing,
}

/// What was written to the record.
#[derive(Serialize)]
pub struct ReceiptJson {
    status: WriteStatus,
    position: u64,
    count: u64,
    head: Option<Hash>,
    size: u64,
}

impl ReceiptJson {
    /// What a receipt says.
    pub fn of(receipt: &Receipt, writer: &Writer) -> ReceiptJson {
        let Receipt { first, count, already } = *receipt;
        ReceiptJson {
            status: if already { WriteStatus::Already } else { WriteStatus::Written },
            position: first,
            count,
            head: writer.verifier.chain.head,
            size: writer.size(),
        }
    }
}

/// What would be written and was not.
#[derive(Serialize)]
struct DryRunJson {
    status: WriteStatus,
    position: u64,
    count: u64,
}

/// What one event of a submission is.
#[derive(Clone, Debug)]
pub struct ReceiptPart {
    /// Its position, if it is in the record already; else it is one of the new events, in order.
    pub already: Option<u64>,
    /// What it is.
    pub kind: PartKind,
    /// The line for people, if the receipt needs one.
    pub text: Option<String>,
}

/// The kinds of parts.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum PartKind {
    /// A document.
    Document {
        /// Its place in a capture.
        part: DocumentPart,
        /// Its media type.
        media_type: String,
    },
    /// An act on a fact.
    Act {
        /// The type of the event.
        #[serde(rename = "type")]
        kind: Type,
        /// The fact.
        fact: u64,
        /// The revision that was shown.
        revision: u64,
    },
}

/// The documents of one capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentPart {
    /// The bytes as they were captured.
    Captured,
    /// The text made of them, which can be quoted.
    Text,
}

#[derive(Serialize)]
struct PartJson<'a> {
    position: u64,
    status: WriteStatus,
    #[serde(flatten)]
    kind: &'a PartKind,
}

/// What a receipt says of the events of a submission.
#[derive(Clone, Copy, Debug, Default)]
pub struct Details<'a> {
    /// What each event is; empty where the events say enough.
    pub parts: &'a [ReceiptPart],
    /// The notes for their signer.
    pub notes: &'a [EventNote],
}

impl<'a> Details<'a> {
    /// The parts alone.
    pub fn of(parts: &'a [ReceiptPart]) -> Details<'a> {
        Details { parts, notes: &[] }
    }
}

#[derive(Serialize)]
struct NoteJson<'a> {
    position: u64,
    note: &'a str,
}

/// An object with the parts of a submission, if its command names them, and the notes for its
/// signer, if there are some.
#[derive(Serialize)]
struct WithDetails<'a, T: Serialize> {
    #[serde(flatten)]
    receipt: T,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteJson<'a>>,
}

impl<'a, T: Serialize> WithDetails<'a, T> {
    fn new(receipt: T, parts: Vec<PartJson<'a>>, notes: &'a [EventNote]) -> WithDetails<'a, T> {
        let note = |it: &'a EventNote| NoteJson { position: it.position, note: &it.text };
        WithDetails { receipt, parts, notes: notes.iter().map(note).collect() }
    }
}

/// The parts in order; those that are new have the positions from the first one on.
fn parts(first: u64, status: WriteStatus, of: &[ReceiptPart]) -> Vec<PartJson<'_>> {
    let mut new = first..;
    let placed = of.iter().filter_map(|ReceiptPart { already, kind, .. }| {
        let (position, status) = match already {
            Some(position) => (*position, WriteStatus::Already),
            None => (new.next()?, status),
        };
        Some(PartJson { position, status, kind })
    });
    placed.collect()
}

/// Prints the receipt of a submission, with what each event is.
pub fn print_receipt(
    context: &Context,
    receipt: &Receipt,
    writer: &Writer,
    details: &Details,
) -> Result<Exit, CliError> {
    let of = details.parts;
    let mut out = done_as(context.format());
    let json_of = ReceiptJson::of(receipt, writer);
    let parts = parts(receipt.first, json_of.status, of);
    match context.format() {
        Format::Text => {
            write_receipt(&mut out, receipt, writer)?;
            for (PartJson { position, .. }, part) in parts.iter().zip(of) {
                if let Some(text) = &part.text {
                    writeln!(out, "{position:>6}  {text}")?;
                }
            }
        }
        _ => json(&mut out, &WithDetails::new(json_of, parts, details.notes))?,
    }
    out.flush()?;
    note_far_clock(context, receipt, writer);
    Ok(Exit::Yes)
}

/// Notes that the clock of this machine is far from the server's, which gave these events their
/// time.
fn note_far_clock(context: &Context, receipt: &Receipt, writer: &Writer) {
    if receipt.already || writer.server_address().is_none() {
        return;
    }
    let Some(Reading { place: Some(place), statement: Some(statement), .. }) =
        writer.reading_of(receipt.first)
    else {
        return;
    };
    // What was signed before and sent again has an older time of its own.
    let (now, at) = (context.clock.peek(), place.at);
    if let Some(span) = far_apart(now, at)
        && far_apart(statement.said, at).is_some()
    {
        let side = if now > at { "ahead of" } else { "behind" };
        let text = format!(
            "note: the clock of this machine is {span} {side} the server's: the record shows both \
             times; set the clock"
        );
        note(wrapped(&text, 0));
    }
}

/// Prints the receipt of events that several submissions wrote before: a line for each run of
/// positions.
pub fn print_recorded(
    context: &Context,
    of: &[ReceiptPart],
    writer: &Writer,
) -> Result<Exit, CliError> {
    let mut runs: Vec<Receipt> = Vec::new();
    for position in of.iter().filter_map(|part| part.already) {
        match runs.last_mut().filter(|run| run.first + run.count == position) {
            Some(run) => run.count += 1,
            None => runs.push(Receipt { first: position, count: 1, already: true }),
        }
    }
    let count = runs.iter().map(|run| run.count).sum();
    let first = runs.first().map_or(0, |run| run.first);
    if context.format() != Format::Text {
        let receipt = Receipt { first, count, already: true };
        return print_receipt(context, &receipt, writer, &Details::of(of));
    }
    let mut out = done_as(context.format());
    for run in &runs {
        write_receipt(&mut out, run, writer)?;
    }
    out.flush()?;
    Ok(Exit::Yes)
}

/// What would be written and was not, for programs.
pub fn print_dry_run(
    context: &Context,
    position: u64,
    count: u64,
    details: &Details,
) -> Result<Exit, CliError> {
    if context.format() != Format::Text {
        let status = WriteStatus::DryRun;
        let receipt = DryRunJson { status, position, count };
        let mut out = out(context.format());
        let parts = parts(position, status, details.parts);
        json(&mut out, &WithDetails::new(receipt, parts, details.notes))?;
        out.flush()?;
    }
    Ok(Exit::Yes)
}

/// The lines of a receipt.
pub fn write_receipt(out: &mut dyn Write, receipt: &Receipt, writer: &Writer) -> io::Result<()> {
    let Receipt { first, count, already } = *receipt;
    let what = if already { "already at" } else { "written at" };
    let last = first + count.saturating_sub(1);
    match count {
        1 => writeln!(out, "{what} {first}")?,
        _ => writeln!(out, "{what} {first} to {last} ({count} events)")?,
    }
    if !already && let Some(head) = writer.verifier.chain.head {
        writeln!(out, "head {head}, {} events", writer.size())?;
    }
    Ok(())
}
