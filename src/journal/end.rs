//! The end of the record: which bytes at the end of a journal are an unfinished commit.
//!
//! ```text
//! … commit │ events  = 41 root sum │ events  = 57 root sum │ bytes
//!                                  │                       └─ after the last one: unfinished
//!                                  └─ the last commit: unfinished too, if its sum or size does not
//!                                     hold and the checkpoint's size is at most 41
//! ```
//!
//! Always holds: the size before the last commit is the true number of events. Only the last file
//! that has a commit line is read whole, and the last line of each file before it; all events are
//! counted if file names and commit lines disagree, or if the last commit does not hold.
//! Not here: changing a file (`write.rs`). Source: FORMAT.md section 9, "End of the record".

use crate::disk::open::{Links, open};
use crate::disk::{self, DiskError};
use crate::journal::commit_line;
use crate::journal::files::{self, LogFile};
use crate::journal::frame::{Commit, FrameItem, Framer, Wanted};
use annals_core::hash::{Hash, RunningHash};
use annals_core::verify::source::{CommitLine, CommitLineValues};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Take};

/// The end of a record.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct End {
    /// The index of the file in which the record ends.
    pub file: usize,
    /// The number of bytes of that file that belong to the record.
    pub offset: u64,
    /// The number of events of the record.
    pub size: u64,
    /// The root in the record's last commit line, if the record ends with that line.
    pub root: Option<Hash>,
    /// The number of bytes after the end, in that file and the files after it.
    pub ignored: u64,
    /// Why nothing may be appended here; `None` if appending is allowed.
    pub fault: Option<&'static str>,
    /// Whether the name of a file of the record may be wrong: then no position may be taken from a
    /// name.
    pub misnamed: bool,
}

/// The number of bytes read to find the last line of a file; a commit line is shorter.
const TAIL: u64 = 256;

/// The last commit of a file, counted from the file's start, and its commit line.
struct Last {
    commit: Commit,
    counted: u64,
    closing: Option<CommitLineValues>,
}

/// Finds the end of a record whose checkpoint is of size `covered`; `None`: no checkpoint.
pub(super) fn find(logs: &[LogFile], covered: Option<u64>) -> Result<End, DiskError> {
    let mut end = End::default();
    for (index, file) in logs.iter().enumerate().rev() {
        let Some(last) = scan(file)? else {
            end.ignored += file.bytes;
            continue;
        };
        end.file = index;
        place_end(&mut end, logs, file, &last, covered)?;
        end.ignored += file.bytes.saturating_sub(end.offset);
        step_back(&mut end, logs, file)?;
        return Ok(end);
    }
    if logs.first().is_some_and(|file| file.first > 0) {
        end.misnamed = true;
        end.fault = Some("its first file is not named as the first");
    }
    Ok(end)
}

/// The end of the commit after which a correctly named record has `size` events; `None` if no
/// commit ends there.
pub(super) fn up_to(logs: &[LogFile], whole: &End, size: u64) -> Result<Option<End>, DiskError> {
    if whole.misnamed || whole.fault.is_some() {
        return Ok(None);
    }
    let before = logs.iter().take(whole.file + 1).take_while(|log| log.first < size).count();
    let Some((index, log)) = before.checked_sub(1).and_then(|at| Some((at, logs.get(at)?))) else {
        return Ok(None);
    };
    let mut framer = framer(log)?;
    while let Some(item) = framer.next().map_err(disk::error("read", &log.path))? {
        let FrameItem::CommitLine(CommitLine { counted, parsed: Some(closing), .. }) = item else {
            continue;
        };
        if closing.size == size && log.first + counted == size {
            let (offset, root) = (framer.commit.end, Some(closing.root));
            return Ok(Some(End { file: index, offset, size, root, ..End::default() }));
        }
    }
    Ok(None)
}

/// Sets the end of the record: after the last commit, or before it.
fn place_end(
    end: &mut End,
    logs: &[LogFile],
    file: &LogFile,
    last: &Last,
    covered: Option<u64>,
) -> Result<(), DiskError> {
    let sum = sum(file, &last.commit)?;
    let holds = |before: u64| {
        last.closing
            .is_some_and(|closing| closing.size == before + last.counted && closing.sum == sum)
    };
    let earlier = &logs[..end.file];
    end.misnamed = !named(&logs[..=end.file])?;
    let mut before = if earlier.is_empty() { 0 } else { file.first };
    if !earlier.is_empty() && (end.misnamed || !holds(before)) {
        before = count(earlier)?;
        end.misnamed |= before != file.first;
    }
    let holds = holds(before);
    if !holds && covered.unwrap_or(0) <= before + last.commit.before {
        end.offset = last.commit.start;
        end.size = before + last.commit.before;
        return Ok(());
    }
    end.offset = last.commit.end;
    end.size = before + last.counted;
    end.root = last.closing.map(|closing| closing.root);
    if !holds {
        end.fault = Some("the last closing line does not hold");
    }
    Ok(())
}

/// If no byte of the last file belongs to the record, and its name is not that of the next commit's
/// file, the record ends in the file before it.
fn step_back(end: &mut End, logs: &[LogFile], file: &LogFile) -> Result<(), DiskError> {
    if end.file == 0 || end.offset > 0 || file.first == end.size {
        return Ok(());
    }
    end.file -= 1;
    end.offset = logs[end.file].bytes;
    let closed = closes(&logs[end.file])?.filter(|closing| closing.size == end.size);
    end.root = closed.map(|closing| closing.root);
    end.misnamed = closed.is_none() || !named(&logs[..=end.file])?;
    Ok(())
}

/// Whether the first file is named 0, and each later one as the commit line before it requires.
fn named(logs: &[LogFile]) -> Result<bool, DiskError> {
    if logs.first().is_some_and(|file| file.first > 0) {
        return Ok(false);
    }
    for (file, next) in logs.iter().zip(logs.iter().skip(1)) {
        if closes(file)?.map(|closing| closing.size) != Some(next.first) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The last line of a file, parsed; `None` if it is not a well-formed commit line.
fn closes(file: &LogFile) -> Result<Option<CommitLineValues>, DiskError> {
    let failed = || disk::error("read", &file.path);
    let start = file.bytes.saturating_sub(TAIL);
    let mut reader = open(&file.path, Links::Refuse).map_err(failed())?;
    reader.seek(SeekFrom::Start(start)).map_err(failed())?;
    let mut tail = Vec::new();
    reader.take(file.bytes - start).read_to_end(&mut tail).map_err(failed())?;
    let Some(text) = tail.strip_suffix(b"\n") else { return Ok(None) };
    let line = match text.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => &text[at + 1..],
        None if start == 0 => text,
        None => return Ok(None),
    };
    Ok(commit_line::parse(line))
}

/// The number of events in these files.
fn count(logs: &[LogFile]) -> Result<u64, DiskError> {
    let mut counted = 0;
    for file in logs {
        let mut framer = framer(file)?;
        while framer.next().map_err(disk::error("read", &file.path))?.is_some() {}
        counted += framer.counted;
    }
    Ok(counted)
}

/// A framer of a file that computes no sums and keeps no entries.
fn framer(file: &LogFile) -> Result<Framer<Take<File>>, DiskError> {
    let wanted = Wanted { from: u64::MAX, sums: false };
    let reader = open(&file.path, Links::Refuse).map_err(disk::error("read", &file.path))?;
    Ok(Framer::new(reader.take(file.bytes), files::name(&file.path), 0, wanted))
}

/// The last commit of a file, if there is one.
fn scan(file: &LogFile) -> Result<Option<Last>, DiskError> {
    let mut framer = framer(file)?;
    let mut last = None;
    while let Some(item) = framer.next().map_err(disk::error("read", &file.path))? {
        if let FrameItem::CommitLine(closing) = item {
            last = Some(Last {
                commit: framer.commit,
                counted: closing.counted,
                closing: closing.parsed,
            });
        }
    }
    Ok(last)
}

/// The SHA-256 of a commit's bytes before its commit line.
fn sum(file: &LogFile, commit: &Commit) -> Result<Hash, DiskError> {
    let failed = || disk::error("read", &file.path);
    let mut reader = open(&file.path, Links::Refuse).map_err(failed())?;
    reader.seek(SeekFrom::Start(commit.start)).map_err(failed())?;
    let mut rest = reader.take(commit.closing - commit.start);
    let mut buffer = vec![0; 1 << 18];
    let mut running = RunningHash::default();
    loop {
        let count = rest.read(&mut buffer).map_err(failed())?;
        if count == 0 {
            return Ok(running.finish());
        }
        running.add(&buffer[..count]);
    }
}
