//! Damage: reported with its place, bounded, never a panic.

use super::*;
use proptest::prelude::*;

/// Framing damage is reported, and the next commit line restores the framing.
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
    let told: Vec<_> = all.commit_lines.iter().map(|c| (c.counted, c.sum_holds)).collect();
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
                || all.commit_lines.len() != 3
                || all
                    .commit_lines
                    .iter()
                    .any(|closing| closing.parsed.is_none() || !whole(closing))
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
    let huge = ledger.path().join("journal/99999999999999999999.log");
    fs::write(ledger.path().join("journal/7.log"), "").unwrap();
    fs::write(&huge, "").unwrap();
    fs::write(ledger.path().join("journal/aside-3"), "").unwrap();
    // `7.log` and `aside-3` are not names of the record, and the name of an empty file is not
    // checked.
    assert_eq!(walk(&open(&ledger, Some(6)), 0).damage.len(), 1);
    fs::rename(file(&ledger, 4), &huge).unwrap();
    let all = walk(&open(&ledger, Some(6)), 0);
    assert_eq!(all.entries, [entries(0, 2), entries(4, 6)].concat());
    let told: Vec<_> = all.damage.iter().map(|damage| damage.counted).collect();
    assert_eq!(told, [2], "the last file, by the order of the names");
    fs::remove_file(file(&ledger, 0)).unwrap();
    assert_eq!(walk(&open(&ledger, Some(6)), 0).damage[0].counted, 0);
}

/// Whatever the name of a file, positions are counted; nothing is appended after a wrong name.
#[test]
fn names_that_are_not_true_move_no_event() {
    for (from, to) in [(0, 1), (2, 3), (4, 5), (2, 1), (4, 3), (4, 99)] {
        let ledger = rotating_journal(&[2, 2, 2], 1);
        fs::rename(file(&ledger, from), file(&ledger, to)).unwrap();
        for covered in [None, Some(6), Some(7)] {
            let journal = open(&ledger, covered);
            assert_eq!((journal.size(), journal.ignored_bytes()), (6, 0), "{from} to {to}");
            for first in 0..6 {
                assert_eq!(journal.read(first..first + 1).unwrap(), entries(first, first + 1));
                assert_eq!(walk(&journal, first).entries, entries(first, 6));
            }
            let told: Vec<_> = walk(&journal, 0).damage.iter().map(|d| d.counted).collect();
            assert_eq!(told, [from]);
            let refused = JournalWriter::open(ledger.path(), covered, 1);
            assert!(matches!(refused, Err(JournalError::Damaged { size: 6, .. })));
        }
    }
}

/// A commit line that was changed together with the name after it is not trusted either.
#[test]
fn a_name_that_a_changed_closing_line_speaks_for_does_not_cut_the_record() {
    let ledger = rotating_journal(&[2, 2], 1);
    let text = fs::read_to_string(file(&ledger, 0)).unwrap();
    fs::write(file(&ledger, 0), text.replace("= 2 ", "= 3 ")).unwrap();
    fs::rename(file(&ledger, 2), file(&ledger, 3)).unwrap();
    let journal = open(&ledger, None);
    assert_eq!((journal.size(), journal.ignored_bytes()), (4, 0));
    assert_eq!(journal.read(3..4).unwrap(), entries(3, 4));
}

/// A stray file of an older commit is unfinished; the next writer moves it aside.
#[test]
fn a_stray_file_is_no_part_of_the_record() {
    let ledger = journal(&[2, 2]);
    let stray = fs::read(file(&journal(&[1]), 0)).unwrap();
    fs::write(file(&ledger, 3), &stray).unwrap();
    expect(&ledger, Some(4), 4);
    assert_eq!(open(&ledger, Some(4)).ignored_bytes(), stray.len() as u64);
    let (mut writer, aside) = JournalWriter::open(ledger.path(), Some(4), ROTATE_AT).unwrap();
    assert_eq!(fs::read(aside.unwrap().path).unwrap(), stray);
    commit(&mut writer, 1);
    assert_eq!(files(&ledger), ["00000000000000000000.log", "aside-4"]);
    expect(&ledger, Some(5), 5);
}

#[test]
fn a_file_that_does_not_end_with_a_commit_is_damage_unless_it_is_the_last() {
    let ledger = rotating_journal(&[2, 2], 1);
    let whole = fs::read(file(&ledger, 0)).unwrap();
    for tail in ["x", "x\ny\n", "1\n2\n3\n4\n", "= no end"] {
        fs::write(file(&ledger, 0), [&whole, tail.as_bytes()].concat()).unwrap();
        let journal = open(&ledger, Some(4));
        let all = walk(&journal, 0);
        assert!(all.damage[0].why.contains("the file ends without a closing line"), "{tail}");
        assert!(all.commit_lines.iter().all(|closing| closing.sum_holds), "{tail}");
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
    assert_eq!((all.entries.len(), all.damage.len(), all.commit_lines.len()), (1, 1, 2));
    assert!(all.damage[0].why.contains("over 2097152 bytes"));
    assert!(all.commit_lines[1].sum_holds);
    let closing = text.replace("\n= 1 ", &format!("\n= {long}\n= 1 "));
    fs::write(file(&ledger, 0), closing).unwrap();
    let all = walk(&open(&ledger, Some(2)), 0);
    assert_eq!((all.entries.len(), all.damage.len(), all.commit_lines.len()), (2, 0, 3));
    assert_eq!((all.commit_lines[0].counted, all.commit_lines[0].parsed), (1, None));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    })]

    /// Any bytes in any files: no panic, every reported position is within bounds, and a writer
    /// that opens the journal can continue.
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
        prop_assert!(all.commit_lines.iter().all(|closing| !closing.sum_holds));
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
