//! The marks of the log key after a failed sync: the next mark does not rely on earlier unsynced
//! bytes.
//!
//! Needs strace, as `calls` does.

use crate::faults::newsroom::newsroom;
use crate::torture::calls::{has_strace, traced};

#[test]
fn the_next_mark_is_written_with_the_lines_before_it() {
    if !has_strace() {
        return;
    }
    let room = newsroom().copy();
    let marks = room.path("keys/log.marks").canonicalize().unwrap();
    let marks = marks.to_str().unwrap();
    let failing = ["/dev/null", "-P", marks, "-e", "inject=fdatasync:error=EIO"];
    let output = traced(&room, &failing, "ledger change --title First").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    // The line exists, but may not be on the disk: it is written again, and so are the lines before
    // it.
    let log = tempfile::NamedTempFile::new().unwrap();
    let log = log.path().to_str().unwrap().to_owned();
    let looking = [log.as_str(), "-P", marks, "-s", "9999", "-e", "trace=write"];
    let output = traced(&room, &looking, "ledger change --title Second").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let whole = String::from_utf8(room.read("keys/log.marks")).unwrap();
    let written = std::fs::read_to_string(&log).unwrap();
    let last = written.lines().last().unwrap();
    assert!(last.contains(&format!("\"{}\"", whole.replace('\n', "\\n"))), "{written}");
    assert_eq!(
        whole.lines().count(),
        whole.lines().collect::<std::collections::BTreeSet<_>>().len()
    );
}
