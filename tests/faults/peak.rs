//! Peak memory: the memory of a command grows slowly with the record.
//!
//! Always holds: two sizes are compared, so that the fixed part does not count; the bound is far
//! from the measured values (BENCHMARKS.md). Not here: the time.

use crate::faults::newsroom::{Newsroom, fact, newsroom};
use crate::faults::special_files::watched;

/// Facts of the smaller record: enough to fill a batch of events, and a part of the rows.
const SMALL: usize = 1_100;
/// Facts of the larger one.
const LARGE: usize = 1_900;
/// The maximum number of bytes for one more fact. All rows at once took more than twice as many.
const MOST: u64 = 3_000;

fn room(facts: usize) -> Newsroom {
    let room = newsroom();
    let told =
        "They met in Moscow and spoke of what each of them had read of the other. ".repeat(4);
    let line = |number: usize| {
        let claim = format!("{told}This is report {number}.");
        fact(&claim, "Sullivan met Grushko in Moscow") + "\n"
    };
    let drafts: String = (0..facts).map(line).collect();
    let answer = room.append(&drafts);
    assert_eq!(answer.exit, 0, "{answer:?}");
    room
}

#[test]
fn what_a_bag_and_an_answer_take_grows_by_little_with_the_record() {
    let (small, large) = (room(SMALL), room(LARGE));
    for line in ["export --to bag --jobs 1", "verify bag --jobs 1", "replay --format json"] {
        // Of three runs each: beside other work a run may take more, or end before its peak is seen.
        let peaks = |room: &Newsroom| {
            let run = |_| {
                if line.starts_with("export") {
                    // That of the run before, if there was one.
                    let _ = std::fs::remove_dir_all(room.path("bag"));
                }
                let ended = watched(room, line);
                assert_eq!(ended.exit, Some(0), "{line}: {}", ended.err);
                ended.memory
            };
            (0..3).map(run).collect::<Vec<_>>()
        };
        let (least, most) = (peaks(&large).into_iter().min(), peaks(&small).into_iter().max());
        let grown = least.unwrap().saturating_sub(most.unwrap()) * 1024;
        let each = grown / (LARGE - SMALL) as u64;
        assert!(each < MOST, "{line}: {each} bytes a fact, expected less than {MOST}");
    }
}

/// A file of the index is read as far as it is in form, however long it says that it is.
#[test]
fn a_hollow_file_of_the_index_takes_no_memory() {
    let room = newsroom();
    let verify = || {
        let ended = watched(&room, "verify --no-store");
        assert_eq!(ended.exit, Some(0), "{}", ended.err);
        ended.memory
    };
    let before = verify();
    let path = room.path("ledger/index/redacted");
    let file = std::fs::File::options().write(true).create(true).truncate(false).open(path);
    file.unwrap().set_len(256 << 20).unwrap();
    let grown = verify().saturating_sub(before);
    assert!(grown < 64 << 10, "{grown} KB more");
}
