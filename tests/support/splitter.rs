//! A small strict splitter of journals, for tests that have no disk.
//!
//! Always holds: it follows FORMAT.md section 9, "End of the record" and "Framing", sentence by
//! sentence, and checks nothing else. Not here: the journal of the program (`src/journal`).

use super::files::{CHECKPOINT, Files};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::rule::Rule;
use annals_core::tlog::{Checkpoint, Note, decimal, hash_from_base64};
use annals_core::verify::source::{CommitLine, CommitLineValues, Damage};

/// A journal split into the input of `verify`.
#[derive(Debug, Default)]
pub struct Split {
    pub entries: Vec<Entry>,
    pub commit_lines: Vec<CommitLine>,
    pub damage: Vec<Damage>,
    pub ignored: u64,
}

/// The bytes of one commit with its commit line, or the rest after the last commit of a file.
struct Piece<'a> {
    lines: Vec<&'a [u8]>,
    closing: Option<&'a [u8]>,
    bytes: &'a [u8],
}

/// Splits the journal of `files`.
pub fn split(files: &Files) -> Split {
    let journal: Vec<(&str, &[u8])> = files
        .iter()
        .filter_map(|(name, bytes)| Some((name.strip_prefix("ledger/journal/")?, &bytes[..])))
        .filter(|(name, _)| is_journal_name(name))
        .collect();
    let pieces: Vec<Vec<Piece>> = journal.iter().map(|(_, bytes)| pieces(bytes)).collect();
    let mut out = Split::default();
    let has_closing = |file: &Vec<Piece>| file.iter().any(|piece| piece.closing.is_some());
    let Some(last) = pieces.iter().rposition(has_closing) else {
        out.ignored = journal.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        return out;
    };
    out.ignored = journal[last + 1..].iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let by_names = by_names(&journal[..=last], &pieces[..=last]);
    for (index, file) in pieces.iter().enumerate().take(last + 1) {
        let named: Option<u64> = journal[index].0[..20].parse().ok();
        let counted = out.entries.len() as u64;
        let (damaged, closed) = (out.damage.len(), out.commit_lines.len());
        if named != Some(counted) {
            let why = format!("{} stands after {counted} events", journal[index].0);
            out.damage.push(framing(counted, &why));
        }
        let closes = file.iter().filter(|piece| piece.closing.is_some()).count();
        for (place, piece) in file.iter().enumerate() {
            let end = End {
                last_file: index == last,
                last_commit: index == last && place + 1 == closes,
                signed: checkpoint_size(files),
                by_names,
            };
            take(piece, end, &mut out);
        }
        if out.commit_lines.len() == closed && index == last {
            // The whole file is unfinished, so its name is not checked.
            out.damage.truncate(damaged);
        }
    }
    out
}

/// The inputs for finding the end of the record.
#[derive(Clone, Copy)]
struct End {
    last_file: bool,
    last_commit: bool,
    /// The checkpoint's size.
    signed: u64,
    by_names: Option<u64>,
}

/// The number of events by the name of the last file, if the names agree with the commit lines that
/// end the files before.
fn by_names(journal: &[(&str, &[u8])], pieces: &[Vec<Piece>]) -> Option<u64> {
    let mut named = 0;
    for (index, (name, bytes)) in journal.iter().enumerate() {
        if name[..20].parse() != Ok(named) {
            return None;
        }
        if index + 1 < journal.len() {
            let line = bytes.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?;
            named = closing_line(line)?.size;
        }
    }
    let closed = pieces.last()?.iter().filter(|piece| piece.closing.is_some());
    Some(named + closed.map(|piece| piece.lines.len() as u64 / 4).sum::<u64>())
}

fn take(piece: &Piece, end: End, out: &mut Split) {
    let before = out.entries.len();
    let counted = before as u64;
    if piece.closing.is_none() && end.last_file {
        out.ignored += piece.bytes.len() as u64;
        return;
    }
    let events = piece.lines.chunks_exact(4);
    let odd = !events.remainder().is_empty();
    for event in events {
        let record = [event[0], b"\n", event[1], b"\n", event[2], b"\n"].concat();
        let body = (event[3] != b"-").then(|| event[3].to_vec());
        out.entries.push(Entry { record, body });
    }
    let after = out.entries.len() as u64;
    let Some(closing) = piece.closing else {
        if !piece.bytes.is_empty() {
            out.damage.push(framing(after, "the file ends without a closing line"));
        }
        return;
    };
    let said = closing_line(closing);
    let sum_holds = said.is_some_and(|said| said.sum == Hash::of(&[piece.bytes]));
    let right = |said: CommitLineValues| said.size == after || Some(said.size) == end.by_names;
    let holds = sum_holds && said.is_some_and(right);
    if end.last_commit && !holds && end.signed <= counted {
        out.entries.truncate(before);
        out.ignored += (piece.bytes.len() + closing.len() + 1) as u64;
        return;
    }
    if odd {
        out.damage.push(framing(after, "fewer than four lines"));
    }
    out.commit_lines.push(CommitLine { counted: after, parsed: said, sum_holds });
}

fn framing(counted: u64, why: &str) -> Damage {
    Damage { counted, rule: Rule::JournalFraming, why: why.to_owned() }
}

fn pieces(bytes: &[u8]) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut lines = Vec::new();
    while let Some(length) = bytes[at..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[at..at + length];
        if line.starts_with(b"= ") {
            let lines = std::mem::take(&mut lines);
            out.push(Piece { lines, closing: Some(line), bytes: &bytes[start..at] });
            start = at + length + 1;
        } else {
            lines.push(line);
        }
        at += length + 1;
    }
    out.push(Piece { lines, closing: None, bytes: &bytes[start..] });
    out
}

fn closing_line(line: &[u8]) -> Option<CommitLineValues> {
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let mark = words.next()?;
    let (size, root, sum) = (words.next()?, words.next()?, words.next()?);
    let size = decimal(size)?;
    let (root, sum) = (hash_from_base64(root)?, hash_from_base64(sum)?);
    (mark == "=" && words.next().is_none()).then_some(CommitLineValues { size, root, sum })
}

fn checkpoint_size(files: &Files) -> u64 {
    let note = files.get(CHECKPOINT).and_then(|bytes| Note::parse(bytes));
    note.and_then(|note| Checkpoint::parse(&note.text)).map_or(0, |checkpoint| checkpoint.size)
}

fn is_journal_name(name: &str) -> bool {
    name.len() == 24
        && name.ends_with(".log")
        && name.as_bytes()[..20].iter().all(|byte| byte.is_ascii_digit())
}
