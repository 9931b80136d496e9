//! The framing of a journal: lines become entries, commit lines and damage.
//!
//! Always holds: from the end of a commit, lines are taken in fours until one begins with `= `;
//! whatever the lines are, the next commit line restores the framing. Every byte before a commit
//! line is in the sum, damage too. An event with a line over
//! [`crate::journal::LINE_BOUND`] is damage and is not counted.
//! Not here: which bytes belong to the record (`end.rs`), which file comes next (`read.rs`).
//! Source: FORMAT.md section 9, "Framing".

use crate::journal::commit_line;
use crate::journal::line::JournalLines;
use annals_core::event::Entry;
use annals_core::hash::RunningHash;
use annals_core::rule::Rule;
use annals_core::verify::source::{CommitLine, CommitLineValues, Damage};
use std::io::{self, Read};

/// The next item of a journal.
#[derive(Debug)]
pub(super) enum FrameItem {
    /// An event at or after the first wanted position.
    Entry(Entry),
    CommitLine(CommitLine),
    Damage(Damage),
}

/// The last commit of the present file: byte offsets in the file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Commit {
    /// Its first byte.
    pub start: u64,
    /// The first byte of its commit line.
    pub closing: u64,
    /// The first byte after it.
    pub end: u64,
    /// The number of events of the record before it.
    pub before: u64,
}

/// The length in bytes that most records do not exceed.
const USUAL: usize = 768;

/// What a framer returns beside the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Entries from this position on; earlier ones are only counted.
    pub from: u64,
    /// Whether sums are computed. If not, no sum holds.
    pub sums: bool,
}

/// Frames one file after the other.
pub(super) struct Framer<R> {
    lines: JournalLines<R>,
    wanted: Wanted,
    /// The name of the present file, for damage.
    file: String,
    /// The number of lines and of bytes taken from the file, and the offset of the present line.
    line: u64,
    offset: u64,
    line_start: u64,
    /// The number of events of the record so far.
    pub counted: u64,
    /// The last commit; before the first one, an empty one at the file's start.
    pub commit: Commit,
    /// The number of events before the present commit.
    closed_at: u64,
    sum: RunningHash,
    /// The event that is being read.
    entry: Entry,
    /// The number of its complete lines.
    parts: u8,
    /// Whether one of its lines is over the bound.
    long: bool,
    /// Whether the present line began in an earlier piece.
    inside: Inside,
    next: Option<FrameItem>,
}

/// The line that continues over several pieces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    No,
    Event,
    CommitLine,
}

impl<R: Read> Framer<R> {
    /// A framer of a file before which there are `counted` events.
    pub fn new(reader: R, file: String, counted: u64, wanted: Wanted) -> Framer<R> {
        Framer {
            lines: JournalLines::new(reader),
            wanted,
            file,
            line: 0,
            offset: 0,
            line_start: 0,
            counted,
            commit: Commit::default(),
            closed_at: counted,
            sum: RunningHash::default(),
            entry: Entry::default(),
            parts: 0,
            long: false,
            inside: Inside::No,
            next: None,
        }
    }

    /// Continues with the next file. The present one must be at its end.
    pub fn turn_to(&mut self, reader: R, file: String) {
        self.lines.turn_to(reader);
        self.file = file;
        self.line = 0;
        self.offset = 0;
        self.commit = Commit::default();
    }

    /// The next item of the file; `None` at its end.
    pub fn next(&mut self) -> io::Result<Option<FrameItem>> {
        if let Some(item) = self.next.take() {
            return Ok(Some(item));
        }
        loop {
            let inside = self.inside;
            let Some(piece) = self.lines.next()? else {
                return Ok(self.end_file().map(FrameItem::Damage));
            };
            let (bytes, ends) = (piece.bytes, piece.ends);
            if inside == Inside::No {
                self.line_start = self.offset;
            }
            self.offset += bytes.len() as u64;
            let closes = inside == Inside::CommitLine
                || (inside == Inside::No && bytes.starts_with(commit_line::BEGINS));
            if closes && ends {
                let whole = inside == Inside::No;
                let parsed = commit_line::parse(&bytes[..bytes.len() - 1]).filter(|_| whole);
                return Ok(Some(self.close(parsed)));
            }
            if closes {
                self.inside = Inside::CommitLine;
                continue;
            }
            if self.wanted.sums {
                self.sum.add(bytes);
            }
            self.long |= inside == Inside::Event || !ends;
            if !ends {
                self.inside = Inside::Event;
                continue;
            }
            if !self.long && self.counted >= self.wanted.from {
                collect(&mut self.entry, self.parts, bytes);
            }
            if let Some(item) = self.end_line() {
                return Ok(Some(item));
            }
        }
    }

    /// Handles a complete line of an event; returns the event if it is complete.
    fn end_line(&mut self) -> Option<FrameItem> {
        self.inside = Inside::No;
        self.line += 1;
        self.parts += 1;
        if self.parts < 4 {
            return None;
        }
        let long = self.long;
        let entry = self.begin_event();
        if long {
            let why = format!("an event of a line over {} bytes ends", crate::journal::LINE_BOUND);
            return Some(FrameItem::Damage(self.damage(&why)));
        }
        self.counted += 1;
        (self.counted > self.wanted.from).then_some(FrameItem::Entry(entry))
    }

    /// Handles a complete commit line. Lines of an incomplete event before it are reported first.
    fn close(&mut self, parsed: Option<CommitLineValues>) -> FrameItem {
        self.inside = Inside::No;
        self.line += 1;
        let sum = self.sum.finish();
        let closing = FrameItem::CommitLine(CommitLine {
            counted: self.counted,
            parsed,
            sum_holds: self.wanted.sums && parsed.is_some_and(|parsed| parsed.sum == sum),
        });
        self.commit = Commit {
            start: self.commit.end,
            closing: self.line_start,
            end: self.offset,
            before: self.closed_at,
        };
        self.closed_at = self.counted;
        let parts = self.parts;
        self.begin_event();
        if parts == 0 {
            return closing;
        }
        let why = format!("{parts} of the 4 lines of an event stand before the closing line");
        self.next = Some(closing);
        FrameItem::Damage(self.damage(&why))
    }

    /// Handles the end of the file; nothing is damaged if the last commit ends there.
    fn end_file(&mut self) -> Option<Damage> {
        let inside = self.inside != Inside::No;
        let open = inside || self.parts > 0 || self.offset > self.commit.end;
        self.begin_event();
        self.sum.finish();
        self.inside = Inside::No;
        self.closed_at = self.counted;
        // A second call finds nothing more.
        self.commit.end = self.offset;
        open.then(|| self.damage("the file ends without a closing line"))
    }

    fn begin_event(&mut self) -> Entry {
        self.parts = 0;
        self.long = false;
        std::mem::take(&mut self.entry)
    }

    fn damage(&self, why: &str) -> Damage {
        let why = format!("{}, line {}: {why}", self.file, self.line);
        Damage { counted: self.counted, rule: Rule::JournalFraming, why }
    }
}

/// Adds a complete line, with its LF, to its event.
fn collect(entry: &mut Entry, parts: u8, line: &[u8]) {
    if parts == 0 {
        entry.record.reserve(USUAL);
    }
    match (parts, line) {
        (0..3, _) => entry.record.extend_from_slice(line),
        (_, b"-\n") => entry.body = None,
        _ => entry.body = Some(line[..line.len() - 1].to_vec()),
    }
}
