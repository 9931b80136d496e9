//! The remains of a crash in the middle of a commit, for readers and for the next writer.

use super::*;
use annals::journal::Aside;

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

/// Truncated at each length, the record ends with the commit before, and the next writer continues
/// there.
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
        let expected = Aside { path: path_aside.clone(), bytes: ignored };
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

/// A power cut can leave zeros in place of an unwritten page, with the commit line after it.
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
        assert!(!walk(&journal, 0).commit_lines[2].sum_holds);
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
    let last = walk(&journal, 0).commit_lines.pop().unwrap();
    assert!(last.sum_holds);
    assert_eq!((last.counted, last.parsed.unwrap().size), (5, 4));
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
    let asides = files(&ledger).into_iter().filter(|name| name.starts_with("aside-4"));
    assert_eq!(asides.count(), 4);
}
