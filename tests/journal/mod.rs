//! The journal on disk: what is written can be read. `torn.rs`: the remains of a crash;
//! `damage.rs`: damage.

mod damage;
mod torn;

use annals::disk::lock::Lock;
use annals::journal::{Journal, JournalError, JournalWriter, LINE_BOUND, ROTATE_AT};
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::verify::source::{BATCH, Batch, CommitLine, Source};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

fn entry(number: u64) -> Entry {
    let record = format!("{{\"seq\":{number}}}\nstatement {number}\nsignature\n").into_bytes();
    let body = match number % 3 {
        0 => None,
        1 => Some(Vec::new()),
        _ => Some(format!("{{\"salt\":{number}}}").into_bytes()),
    };
    Entry { record, body }
}

fn entries(from: u64, to: u64) -> Vec<Entry> {
    (from..to).map(entry).collect()
}

fn root(size: u64) -> Hash {
    Hash::of(&[b"root", &size.to_be_bytes()])
}

fn commit(writer: &mut JournalWriter, count: u64) {
    let (from, to) = (writer.size(), writer.size() + count);
    writer.commit(&entries(from, to), to, root(to)).unwrap();
}

/// A journal with commits of these sizes.
fn journal(commits: &[u64]) -> TempDir {
    rotating_journal(commits, ROTATE_AT)
}

fn rotating_journal(commits: &[u64], rotate_at: u64) -> TempDir {
    let ledger = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(ledger.path(), rotate_at).unwrap();
    commits.iter().for_each(|count| commit(&mut writer, *count));
    ledger
}

fn file(ledger: &TempDir, first: u64) -> PathBuf {
    ledger.path().join(format!("journal/{first:020}.log"))
}

fn files(ledger: &TempDir) -> Vec<String> {
    let listed = fs::read_dir(ledger.path().join("journal")).unwrap();
    let mut names: Vec<_> =
        listed.map(|found| found.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn open(ledger: &TempDir, covered: Option<u64>) -> Journal {
    Journal::open(ledger.path(), covered).unwrap()
}

/// The whole walk as one batch; checks that the batches are consecutive.
fn walk(journal: &Journal, from: u64) -> Batch {
    let mut all = Batch { first: from, ..Batch::default() };
    for span in journal.walk(from).unwrap() {
        let span = span.unwrap();
        assert!(span.entries.len() <= BATCH);
        if !span.entries.is_empty() {
            assert_eq!(span.first, from + all.entries.len() as u64);
        }
        all.entries.extend(span.entries);
        all.commit_lines.extend(span.commit_lines);
        all.damage.extend(span.damage);
    }
    all
}

fn whole(closing: &CommitLine) -> bool {
    let said = closing.parsed.unwrap();
    closing.sum_holds && said.size == closing.counted && said.root == root(said.size)
}

/// The journal holds this number of entries, with all commits complete, and nothing else.
fn expect(ledger: &TempDir, covered: Option<u64>, size: u64) {
    let journal = open(ledger, covered);
    let all = walk(&journal, 0);
    assert_eq!(journal.size(), size);
    assert_eq!(all.entries, entries(0, size));
    assert!(all.commit_lines.iter().all(whole));
    assert_eq!(all.commit_lines.last().map_or(0, |closing| closing.counted), size);
    assert_eq!(all.damage, []);
}

#[test]
fn what_is_committed_is_read() {
    let ledger = journal(&[1, 5, 3_000, 2]);
    expect(&ledger, None, 3_008);
    let journal = open(&ledger, Some(3_008));
    assert_eq!(journal.ignored_bytes(), 0);
    let counted: Vec<_> = walk(&journal, 0).commit_lines.iter().map(|c| c.counted).collect();
    assert_eq!(counted, [1, 6, 3_006, 3_008]);
    for from in [1, 5, 6, 1_024, 1_030, 3_007, 3_008, 4_000] {
        let part = walk(&journal, from);
        assert_eq!(part.entries, entries(from, 3_008));
        assert!(part.commit_lines.iter().all(|c| whole(c) && c.counted > from));
        assert_eq!(part.damage, []);
    }
    assert_eq!(journal.read(4..9).unwrap(), entries(4, 9));
    assert_eq!(journal.read(3_000..u64::MAX).unwrap(), entries(3_000, 3_008));
    assert_eq!(journal.read(9..9).unwrap(), []);
}

#[test]
fn an_empty_journal_is_a_record_of_size_0() {
    let ledger = journal(&[]);
    expect(&ledger, None, 0);
    assert_eq!(files(&ledger), ["00000000000000000000.log"]);
    let again = JournalWriter::create(ledger.path(), ROTATE_AT);
    assert!(matches!(again, Err(JournalError::ThereAlready(_))));
    fs::remove_file(file(&ledger, 0)).unwrap();
    expect(&ledger, None, 0);
    let (mut writer, aside) = JournalWriter::open(ledger.path(), None, ROTATE_AT).unwrap();
    assert_eq!(aside, None);
    commit(&mut writer, 2);
    expect(&ledger, None, 2);
    let nowhere = Path::new("no ledger here");
    assert!(matches!(Journal::open(nowhere, None), Err(JournalError::Missing(_))));
}

#[test]
fn a_large_file_is_followed_by_a_new_one() {
    let ledger = rotating_journal(&[1, 2, 3, 4, 5, 6], 200);
    let names: Vec<_> = [0, 3, 6, 10, 15].iter().map(|first| format!("{first:020}.log")).collect();
    assert_eq!(files(&ledger), names);
    expect(&ledger, None, 21);
    let journal = open(&ledger, None);
    for from in 0..22 {
        assert_eq!(walk(&journal, from).entries, entries(from, 21));
        assert_eq!(journal.read(from..from + 4).unwrap(), entries(from, (from + 4).min(21)));
    }
    let (mut writer, _) = JournalWriter::open(ledger.path(), Some(21), 200).unwrap();
    commit(&mut writer, 1);
    expect(&ledger, Some(22), 22);
    assert!(file(&ledger, 21).exists());
}

#[test]
fn a_writer_knows_its_journal_without_reading_it() {
    let ledger = tempfile::tempdir().unwrap();
    let known = |writer: &JournalWriter| {
        let found = Journal::open(ledger.path(), Some(writer.size())).unwrap();
        assert_eq!(format!("{:?}", writer.journal()), format!("{found:?}"));
        assert_eq!(walk(&writer.journal(), 0).entries, entries(0, writer.size()));
    };
    let mut writer = JournalWriter::create(ledger.path(), 200).unwrap();
    known(&writer);
    for count in [1, 2, 9, 1] {
        commit(&mut writer, count);
        known(&writer);
    }
    let last = files(&ledger).pop().unwrap();
    let mut torn = fs::OpenOptions::new();
    let mut torn = torn.append(true).open(ledger.path().join("journal").join(last)).unwrap();
    torn.write_all(b"a torn commit\n").unwrap();
    let (mut writer, aside) = JournalWriter::open(ledger.path(), Some(13), 200).unwrap();
    assert!(aside.is_some());
    known(&writer);
    commit(&mut writer, 3);
    known(&writer);
}

#[test]
fn large_bodies_come_in_smaller_spans() {
    let ledger = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(ledger.path(), ROTATE_AT).unwrap();
    let large = Entry { body: Some(vec![b'x'; 1_048_576]), ..entry(0) };
    let batch = vec![large; 40];
    writer.commit(&batch, 40, root(40)).unwrap();
    let journal = open(&ledger, None);
    let spans: Vec<_> = journal.walk(0).unwrap().map(|span| span.unwrap().entries.len()).collect();
    assert_eq!(spans, [16, 16, 8]);
    assert_eq!(journal.read(38..40).unwrap(), batch[38..]);
}

#[test]
fn many_entries_at_once_are_those_that_are_read_one_by_one() {
    let ledger = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(ledger.path(), 1 << 20).unwrap();
    let (mut written, mut offsets) = (Vec::new(), Vec::new());
    for (number, length) in
        (0..60).zip([0, 40, 3_900, 4_096, 9_000, 140_000, 400_000].iter().cycle())
    {
        let entry = Entry { body: Some(vec![b'x'; *length]), ..entry(number) };
        offsets.push(writer.next_offset());
        writer.commit(std::slice::from_ref(&entry), number + 1, root(number + 1)).unwrap();
        written.push(entry);
    }
    assert!(files(&ledger).len() > 2);
    let journal = open(&ledger, None);
    for first in 0..60 {
        for end in [first, first + 1, first + 2, first + 9, 60] {
            let end = end.min(60);
            let found = journal.fetch_from(first as u64, &offsets[first..end]).unwrap();
            assert!(found == written[first..end], "{first} to {end}");
        }
        let one = journal.fetch(first as u64, offsets[first]).unwrap();
        assert!(one.as_ref() == Some(&written[first]), "{first}");
    }
    // Where there are no four lines, they end.
    let beyond = [offsets[58], offsets[59], 1 << 40];
    assert!(journal.fetch_from(58, &beyond).unwrap() == written[58..]);
}

#[test]
fn what_would_not_be_read_back_is_refused() {
    let ledger = journal(&[1]);
    let bytes = fs::read(file(&ledger, 0)).unwrap();
    let (mut writer, _) = JournalWriter::open(ledger.path(), None, ROTATE_AT).unwrap();
    let long = "x".repeat(LINE_BOUND);
    let mut refuse = |record: &str, body: Option<&str>| {
        let record = record.as_bytes().to_vec();
        let body = body.map(|text| text.as_bytes().to_vec());
        let batch = [entry(1), Entry { record, body }];
        let answer = writer.commit(&batch, 3, root(3));
        assert!(matches!(answer, Err(JournalError::Unwritable { position: 2, .. })));
    };
    for record in ["", "a\nb\n", "a\nb\nc", "a\nb\nc\nd\n", "= a\nb\nc\n", "a\nb\n= \n"] {
        refuse(record, None);
    }
    for body in ["-", "a\n", "= 1", long.as_str()] {
        refuse("a\nb\nc\n", Some(body));
    }
    for (batch, said) in [(vec![], 1), (entries(1, 2), 1), (entries(1, 2), 3)] {
        let answer = writer.commit(&batch, said, root(said));
        assert!(matches!(answer, Err(JournalError::Size { .. })));
    }
    assert_eq!(fs::read(file(&ledger, 0)).unwrap(), bytes);
    commit(&mut writer, 1);
    expect(&ledger, None, 2);
}

#[test]
fn a_reader_reads_what_was_there_when_it_opened_and_writes_nothing() {
    let ledger = journal(&[3]);
    let (mut writer, _) = JournalWriter::open(ledger.path(), None, 1).unwrap();
    let journal = open(&ledger, None);
    commit(&mut writer, 3);
    assert_eq!(walk(&journal, 0).entries, entries(0, 3));
    expect(&ledger, None, 6);
    let names = ["00000000000000000000.log", "00000000000000000003.log"];
    assert_eq!(files(&ledger), names);
}

#[test]
fn documents_are_read_by_their_digest() {
    let ledger = journal(&[]);
    let digest = Hash::of(&[b"text"]);
    assert_eq!(open(&ledger, None).document(&digest).unwrap(), None);
    let path = Journal::document_path(ledger.path(), &digest);
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, "text").unwrap();
    assert_eq!(open(&ledger, None).document(&digest).unwrap().unwrap(), b"text");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(open(&ledger, None).document(&digest).is_err());
}

#[test]
fn the_lock_of_the_writer_keeps_no_reader_out() {
    let ledger = journal(&[1]);
    let _lock = Lock::take(&ledger.path().join("lock"), Duration::ZERO).unwrap();
    expect(&ledger, None, 1);
}
