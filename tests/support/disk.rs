//! A record's files on a disk, and the reading of them by the program's journal.
//!
//! Always holds: the result must equal that of the splitter, which follows FORMAT.md sentence by
//! sentence. Not here: the splitter (`splitter`).

use super::files::{CHECKPOINT, Files};
use super::splitter::{Split, split};
use annals::journal::Journal;
use annals_core::verify::source::Source;
use std::path::Path;

/// Writes files below a folder.
pub fn write(folder: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, bytes).expect("it can be written");
    }
}

/// Reads the journal of these files from a disk and compares events, commit lines, damage and
/// ignored bytes with those of the splitter.
pub fn expect_read_as_split(name: &str, files: &Files) {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), files);
    let ledger = folder.path().join("ledger");
    if !ledger.join("journal").is_dir() {
        return;
    }
    let covered = annals::ledger::reader::covered(files.get(CHECKPOINT).map(|bytes| &bytes[..]));
    let journal = Journal::open(&ledger, covered).expect("it can be read");
    let expected = split(files);
    let mut found = Split { ignored: journal.ignored_bytes(), ..Split::default() };
    for span in journal.walk(0).expect("it can be walked") {
        let span = span.expect("it can be read");
        found.entries.extend(span.entries);
        found.commit_lines.extend(span.commit_lines);
        found.damage.extend(span.damage);
    }
    assert_eq!(found.entries, expected.entries, "{name}");
    assert_eq!(found.commit_lines, expected.commit_lines, "{name}");
    assert_eq!(found.ignored, expected.ignored, "{name}");
    let told = |split: &Split| -> Vec<_> {
        split.damage.iter().map(|damage| (damage.rule, damage.counted)).collect()
    };
    assert_eq!(told(&found), told(&expected), "{name}");
    // Names and commit lines that agree are trusted before anything is counted.
    if expected.damage.is_empty() {
        assert_eq!(journal.size(), expected.entries.len() as u64, "{name}");
    }
}
