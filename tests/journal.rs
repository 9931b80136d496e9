//! The journal on disk: what is written is read, and what a crash or damage leaves is told apart.

use annals::disk::lock::Lock;
use annals::event::Entry;
use annals::hash::Hash;
use annals::journal::{Aside, Journal, JournalError, JournalWriter, LINE_BOUND, ROTATE_AT};
use annals::verify::source::{Closing, SPAN, Source, Span};
use proptest::prelude::*;
use std::fs;
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
    writer.commit(&entries(from, to), (to, root(to))).unwrap();
}

/// A journal of commits of these many entries.
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
    let mut names: Vec<_> = listed
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn open(ledger: &TempDir, covered: Option<u64>) -> Journal {
    Journal::open(ledger.path(), covered).unwrap()
}

/// Everything of a walk as one span; checks that the spans follow on each other.
fn walk(journal: &Journal, from: u64) -> Span {
    let mut all = Span {
        first: from,
        ..Span::default()
    };
    for span in journal.walk(from).unwrap() {
        let span = span.unwrap();
        assert!(span.entries.len() <= SPAN);
        if !span.entries.is_empty() {
            assert_eq!(span.first, from + all.entries.len() as u64);
        }
        all.entries.extend(span.entries);
        all.closings.extend(span.closings);
        all.damage.extend(span.damage);
    }
    all
}

fn whole(closing: &Closing) -> bool {
    let said = closing.said.unwrap();
    closing.sum_holds && said.size == closing.counted && said.root == root(said.size)
}

/// The journal holds these many entries, all commits whole, and nothing else.
fn expect(ledger: &TempDir, covered: Option<u64>, size: u64) {
    let journal = open(ledger, covered);
    let all = walk(&journal, 0);
    assert_eq!(journal.size(), size);
    assert_eq!(all.entries, entries(0, size));
    assert!(all.closings.iter().all(whole));
    assert_eq!(
        all.closings.last().map_or(0, |closing| closing.counted),
        size
    );
    assert_eq!(all.damage, []);
}

#[test]
fn what_is_committed_is_read() {
    let ledger = journal(&[1, 5, 3_000, 2]);
    expect(&ledger, None, 3_008);
    let journal = open(&ledger, Some(3_008));
    assert_eq!(journal.ignored_bytes(), 0);
    let counted: Vec<_> = walk(&journal, 0)
        .closings
        .iter()
        .map(|c| c.counted)
        .collect();
    assert_eq!(counted, [1, 6, 3_006, 3_008]);
    for from in [1, 5, 6, 1_024, 1_030, 3_007, 3_008, 4_000] {
        let part = walk(&journal, from);
        assert_eq!(part.entries, entries(from, 3_008));
        assert!(part.closings.iter().all(|c| whole(c) && c.counted > from));
        assert_eq!(part.damage, []);
    }
    assert_eq!(journal.read(4..9).unwrap(), entries(4, 9));
    assert_eq!(
        journal.read(3_000..u64::MAX).unwrap(),
        entries(3_000, 3_008)
    );
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
    assert!(matches!(
        Journal::open(nowhere, None),
        Err(JournalError::Missing(_))
    ));
}

#[test]
fn a_large_file_is_followed_by_a_new_one() {
    let ledger = rotating_journal(&[1, 2, 3, 4, 5, 6], 200);
    let names: Vec<_> = [0, 3, 6, 10, 15]
        .iter()
        .map(|first| format!("{first:020}.log"))
        .collect();
    assert_eq!(files(&ledger), names);
    expect(&ledger, None, 21);
    let journal = open(&ledger, None);
    for from in 0..22 {
        assert_eq!(walk(&journal, from).entries, entries(from, 21));
        assert_eq!(
            journal.read(from..from + 4).unwrap(),
            entries(from, (from + 4).min(21))
        );
    }
    let (mut writer, _) = JournalWriter::open(ledger.path(), Some(21), 200).unwrap();
    commit(&mut writer, 1);
    expect(&ledger, Some(22), 22);
    assert!(file(&ledger, 21).exists());
}

#[test]
fn a_new_file_that_is_still_empty_is_no_damage() {
    let ledger = rotating_journal(&[2, 2], 1);
    fs::write(file(&ledger, 4), "").unwrap();
    expect(&ledger, Some(4), 4);
    let (mut writer, aside) = JournalWriter::open(ledger.path(), Some(4), 1).unwrap();
    assert_eq!(aside, None);
    commit(&mut writer, 1);
    expect(&ledger, Some(5), 5);
}

/// Cut at each length, the record ends with the commit before, and the next writer goes on there.
#[test]
fn a_torn_commit_is_no_part_of_the_record() {
    let ledger = journal(&[2, 3]);
    let path = file(&ledger, 0);
    let before = fs::metadata(&path).unwrap().len() as usize;
    let (mut writer, _) = JournalWriter::open(ledger.path(), Some(5), ROTATE_AT).unwrap();
    commit(&mut writer, 2);
    let bytes = fs::read(&path).unwrap();
    for length in before..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        expect(&ledger, Some(5), 5);
        let ignored = (length - before) as u64;
        assert_eq!(open(&ledger, Some(5)).ignored_bytes(), ignored);
        let (mut writer, aside) = JournalWriter::open(ledger.path(), Some(5), ROTATE_AT).unwrap();
        let path_aside = ledger.path().join("journal/aside-5");
        let expected = Aside {
            path: path_aside.clone(),
            bytes: ignored,
        };
        assert_eq!(aside, (ignored > 0).then_some(expected));
        if ignored > 0 {
            assert_eq!(fs::read(&path_aside).unwrap(), &bytes[before..length]);
            fs::remove_file(path_aside).unwrap();
        }
        commit(&mut writer, 2);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn the_first_commit_can_be_torn_too() {
    let ledger = journal(&[2]);
    let bytes = fs::read(file(&ledger, 0)).unwrap();
    for length in 0..bytes.len() {
        fs::write(file(&ledger, 0), &bytes[..length]).unwrap();
        expect(&ledger, None, 0);
        let (mut writer, _) = JournalWriter::open(ledger.path(), None, ROTATE_AT).unwrap();
        commit(&mut writer, 2);
        expect(&ledger, None, 2);
    }
}

/// A power cut can leave zeros where a page was not written, behind it the closing line.
#[test]
fn a_commit_whose_sum_does_not_hold_is_unfinished_unless_covered() {
    let ledger = journal(&[2, 3]);
    let path = file(&ledger, 0);
    let before = fs::metadata(&path).unwrap().len() as usize;
    let (mut writer, _) = JournalWriter::open(ledger.path(), Some(5), ROTATE_AT).unwrap();
    commit(&mut writer, 4);
    let mut bytes = fs::read(&path).unwrap();
    bytes[before + 10..before + 60].fill(0);
    fs::write(&path, &bytes).unwrap();
    for covered in [None, Some(2), Some(5)] {
        expect(&ledger, covered, 5);
        let ignored = (bytes.len() - before) as u64;
        assert_eq!(open(&ledger, covered).ignored_bytes(), ignored);
    }
    for covered in [Some(6), Some(9), Some(u64::MAX)] {
        let journal = open(&ledger, covered);
        assert_eq!(journal.ignored_bytes(), 0);
        assert!(!walk(&journal, 0).closings[2].sum_holds);
        let refused = JournalWriter::open(ledger.path(), covered, ROTATE_AT);
        assert!(matches!(refused, Err(JournalError::Damaged { .. })));
    }
    let (_, aside) = JournalWriter::open(ledger.path(), Some(5), ROTATE_AT).unwrap();
    assert_eq!(fs::read(aside.unwrap().path).unwrap(), &bytes[before..]);
    expect(&ledger, Some(5), 5);
}

#[test]
fn a_last_closing_line_of_another_size_is_unfinished_unless_covered() {
    let ledger = journal(&[2, 3]);
    let text = fs::read_to_string(file(&ledger, 0)).unwrap();
    fs::write(file(&ledger, 0), text.replace("\n= 5 ", "\n= 4 ")).unwrap();
    expect(&ledger, Some(2), 2);
    let journal = open(&ledger, Some(3));
    assert_eq!(journal.size(), 5);
    let last = walk(&journal, 0).closings.pop().unwrap();
    assert!(last.sum_holds);
    assert_eq!((last.counted, last.said.unwrap().size), (5, 4));
}

#[test]
fn an_unfinished_commit_alone_in_its_file_goes_with_the_file() {
    let ledger = rotating_journal(&[2, 2, 2], 1);
    let last = file(&ledger, 4);
    let bytes = fs::read(&last).unwrap();
    for left in [&bytes[..bytes.len() - 1], &bytes[..7], &[0; 4_096], b"= \n"] {
        fs::write(&last, left).unwrap();
        expect(&ledger, Some(4), 4);
        let (mut writer, aside) = JournalWriter::open(ledger.path(), Some(4), 1).unwrap();
        assert_eq!(fs::read(aside.unwrap().path).unwrap(), left);
        commit(&mut writer, 2);
        assert_eq!(fs::read(&last).unwrap(), bytes);
    }
    let asides = files(&ledger)
        .into_iter()
        .filter(|name| name.starts_with("aside-4"));
    assert_eq!(asides.count(), 4);
}

/// Framing damage is told, and the next closing line sets the framing right.
#[test]
fn lines_that_are_no_event_are_damage_until_the_next_closing_line() {
    let ledger = journal(&[2, 3, 1]);
    let text = fs::read_to_string(file(&ledger, 0)).unwrap();
    fs::write(file(&ledger, 0), text.replace("{\"seq\":3}\n", "")).unwrap();
    let all = walk(&open(&ledger, Some(6)), 0);
    assert_eq!(all.damage.len(), 1);
    assert_eq!(all.damage[0].counted, 4);
    let expected = "00000000000000000000.log, line 21: 3 of the 4 lines of an event stand before \
                    the closing line";
    assert_eq!(all.damage[0].why, expected);
    let told: Vec<_> = all
        .closings
        .iter()
        .map(|c| (c.counted, c.sum_holds))
        .collect();
    assert_eq!(told, [(2, true), (4, false), (5, true)]);
    assert_eq!(all.entries[..3], entries(0, 3));
    assert_eq!(all.entries[4], entry(5));
}

#[test]
fn a_flipped_byte_is_a_sum_that_does_not_hold_or_damage() {
    let ledger = journal(&[2, 3, 2]);
    let path = file(&ledger, 0);
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        for bit in [0, 1, 5, 7] {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            fs::write(&path, &changed).unwrap();
            let journal = open(&ledger, Some(7));
            let all = walk(&journal, 0);
            let noticed = !all.damage.is_empty()
                || all.closings.len() != 3
                || all
                    .closings
                    .iter()
                    .any(|closing| closing.said.is_none() || !whole(closing))
                || journal.size() < 7;
            assert!(noticed, "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_missing_or_misnamed_file_is_damage() {
    let ledger = rotating_journal(&[2, 2, 2], 1);
    fs::rename(file(&ledger, 2), file(&ledger, 3)).unwrap();
    let all = walk(&open(&ledger, Some(6)), 0);
    assert_eq!(all.entries, entries(0, 6));
    let told: Vec<_> = all.damage.iter().map(|damage| damage.counted).collect();
    assert_eq!(told, [2]);
    fs::remove_file(file(&ledger, 3)).unwrap();
    let all = walk(&open(&ledger, Some(6)), 0);
    assert_eq!(all.entries.len(), 4);
    assert_eq!(all.damage.len(), 1);
    fs::write(ledger.path().join("journal/7.log"), "").unwrap();
    fs::write(ledger.path().join("journal/99999999999999999999.log"), "").unwrap();
    fs::write(ledger.path().join("journal/aside-3"), "").unwrap();
    assert_eq!(walk(&open(&ledger, Some(6)), 0).damage.len(), 3);
    fs::remove_file(file(&ledger, 0)).unwrap();
    assert_eq!(walk(&open(&ledger, Some(6)), 0).damage[2].counted, 0);
}

#[test]
fn a_file_that_does_not_end_with_a_commit_is_damage_unless_it_is_the_last() {
    let ledger = rotating_journal(&[2, 2], 1);
    let whole = fs::read(file(&ledger, 0)).unwrap();
    for tail in ["x", "x\ny\n", "1\n2\n3\n4\n", "= no end"] {
        fs::write(file(&ledger, 0), [&whole, tail.as_bytes()].concat()).unwrap();
        let journal = open(&ledger, Some(4));
        let all = walk(&journal, 0);
        assert!(
            all.damage[0]
                .why
                .contains("the file ends without a closing line"),
            "{tail}"
        );
        assert!(
            all.closings.iter().all(|closing| closing.sum_holds),
            "{tail}"
        );
        assert_eq!(journal.ignored_bytes(), 0);
    }
}

#[test]
fn a_line_over_the_bound_is_damage_and_takes_no_more_memory() {
    let ledger = journal(&[1, 1]);
    let text = fs::read_to_string(file(&ledger, 0)).unwrap();
    let long = "x".repeat(3 * LINE_BOUND + 17);
    fs::write(file(&ledger, 0), text.replace("statement 0", &long)).unwrap();
    let all = walk(&open(&ledger, Some(2)), 0);
    assert_eq!(
        (all.entries.len(), all.damage.len(), all.closings.len()),
        (1, 1, 2)
    );
    assert!(all.damage[0].why.contains("over 2097152 bytes"));
    assert!(all.closings[1].sum_holds);
    let closing = text.replace("\n= 1 ", &format!("\n= {long}\n= 1 "));
    fs::write(file(&ledger, 0), closing).unwrap();
    let all = walk(&open(&ledger, Some(2)), 0);
    assert_eq!(
        (all.entries.len(), all.damage.len(), all.closings.len()),
        (2, 0, 3)
    );
    assert_eq!((all.closings[0].counted, all.closings[0].said), (1, None));
}

#[test]
fn large_bodies_come_in_smaller_spans() {
    let ledger = tempfile::tempdir().unwrap();
    let mut writer = JournalWriter::create(ledger.path(), ROTATE_AT).unwrap();
    let large = Entry {
        body: Some(vec![b'x'; 1_048_576]),
        ..entry(0)
    };
    let batch = vec![large; 40];
    writer.commit(&batch, (40, root(40))).unwrap();
    let journal = open(&ledger, None);
    let spans: Vec<_> = journal
        .walk(0)
        .unwrap()
        .map(|span| span.unwrap().entries.len())
        .collect();
    assert_eq!(spans, [16, 16, 8]);
    assert_eq!(journal.read(38..40).unwrap(), batch[38..]);
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
        let answer = writer.commit(&batch, (3, root(3)));
        assert!(matches!(
            answer,
            Err(JournalError::Unwritable { position: 2, .. })
        ));
    };
    for record in [
        "",
        "a\nb\n",
        "a\nb\nc",
        "a\nb\nc\nd\n",
        "= a\nb\nc\n",
        "a\nb\n= \n",
    ] {
        refuse(record, None);
    }
    for body in ["-", "a\n", "= 1", long.as_str()] {
        refuse("a\nb\nc\n", Some(body));
    }
    for (batch, said) in [(vec![], 1), (entries(1, 2), 1), (entries(1, 2), 3)] {
        let answer = writer.commit(&batch, (said, root(said)));
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
    assert_eq!(
        open(&ledger, None).document(&digest).unwrap().unwrap(),
        b"text"
    );
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Any bytes in any files: no panic, all that is told is within bounds, and a writer that
    /// opens goes on.
    #[test]
    fn any_bytes_are_read(
        files in prop::collection::vec(
            (0_u64..6, "([a-c]{0,2}\n|-\n|= \n|= [0-9] x y\n|\\PC{0,3}){0,12}"), 0..4),
        covered in prop::option::of(0_u64..6),
        from in 0_u64..6,
    ) {
        let ledger = journal(&[]);
        for (first, text) in &files {
            fs::write(file(&ledger, *first), text).unwrap();
        }
        let journal = open(&ledger, covered);
        let all = walk(&journal, 0);
        prop_assert!(all.closings.iter().all(|closing| !closing.sum_holds));
        for span in journal.walk(from).unwrap() {
            prop_assert!(span.unwrap().first >= from);
        }
        journal.read(from..from + 2).unwrap();
        if let Ok((mut writer, _)) = JournalWriter::open(ledger.path(), covered, 9) {
            let size = writer.size();
            prop_assert_eq!(size, journal.size());
            commit(&mut writer, 2);
            prop_assert_eq!(open(&ledger, covered).size(), size + 2);
        }
    }
}
