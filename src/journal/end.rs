//! Where the record ends: which bytes at the end of a journal are an unfinished commit.
//!
//! ```text
//! … commit │ events  = 41 root sum │ events  = 57 root sum │ bytes
//!                                  │                       └─ after the last one: unfinished
//!                                  └─ the last commit: unfinished too, if its sum or size does not
//!                                     hold and the checkpoint's size is at most 41
//! ```
//!
//! Always holds: only the last file that has a closing line is read, at most 64 MiB and a commit;
//! the events before it are counted by its name. Not here: any change to a file (`write.rs`).
//! Source: FORMAT.md section 9, "End of the record".

use super::files::{self, LogFile};
use super::frame::{Commit, Framer, Item, Wanted};
use crate::disk::{self, DiskError};
use crate::hash::{Hash, Running};
use crate::verify::source::ClosingLine;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The end of a record.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct End {
    /// Which of the journal's files the record ends in.
    pub file: usize,
    /// How many bytes of that file belong to the record.
    pub offset: u64,
    /// How many events the record has.
    pub size: u64,
    /// How many bytes after the end there are, in that file and those after it.
    pub ignored: u64,
    /// Why nothing may be appended here; `None` if all is well.
    pub fault: Option<&'static str>,
}

/// The last commit of a file, and what its closing line says.
struct Last {
    commit: Commit,
    counted: u64,
    said: Option<ClosingLine>,
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
        judge(&mut end, file, &last, covered)?;
        end.ignored += file.bytes.saturating_sub(end.offset);
        return Ok(end);
    }
    if logs.first().is_some_and(|file| file.first > 0) {
        end.fault = Some("its first file is not named as the first");
    }
    Ok(end)
}

/// Whether the record ends with the last commit or before it.
fn judge(
    end: &mut End,
    file: &LogFile,
    last: &Last,
    covered: Option<u64>,
) -> Result<(), DiskError> {
    let sum = sum(file, &last.commit)?;
    let holds = last.said.is_some_and(|said| said.size == last.counted && said.sum == sum);
    if !holds && covered.unwrap_or(0) <= last.commit.before {
        end.offset = last.commit.start;
        end.size = last.commit.before;
        return Ok(());
    }
    end.offset = last.commit.end;
    end.size = last.counted;
    if !holds {
        end.fault = Some("the last closing line does not hold");
    }
    Ok(())
}

/// The last closed commit of a file, if there is one.
fn scan(file: &LogFile) -> Result<Option<Last>, DiskError> {
    let wanted = Wanted { from: u64::MAX, sums: false };
    let failed = || disk::error("read", &file.path);
    let reader = File::open(&file.path).map_err(failed())?.take(file.bytes);
    let mut framer = Framer::new(reader, files::name(&file.path), file.first, wanted);
    let mut last = None;
    while let Some(item) = framer.next().map_err(failed())? {
        if let Item::Closing(closing) = item {
            last =
                Some(Last { commit: framer.commit, counted: closing.counted, said: closing.said });
        }
    }
    Ok(last)
}

/// SHA-256 of a commit's bytes before its closing line.
fn sum(file: &LogFile, commit: &Commit) -> Result<Hash, DiskError> {
    let failed = || disk::error("read", &file.path);
    let mut reader = File::open(&file.path).map_err(failed())?;
    reader.seek(SeekFrom::Start(commit.start)).map_err(failed())?;
    let mut rest = reader.take(commit.closing - commit.start);
    let mut buffer = vec![0; 1 << 18];
    let mut running = Running::default();
    loop {
        let count = rest.read(&mut buffer).map_err(failed())?;
        if count == 0 {
            return Ok(running.finish());
        }
        running.add(&buffer[..count]);
    }
}
