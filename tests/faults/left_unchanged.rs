//! What a writer leaves unchanged: a checkpoint that contradicts the record; and everything in a
//! dry run.

use crate::faults::newsroom::{Newsroom, fact, newsroom};
use annals::keys::KeyFolder;
use annals_core::hash::Hash;
use annals_core::tlog::{Checkpoint, Note, NoteSignature};

const CHECKPOINT: &str = "ledger/checkpoint";

/// A checkpoint of another record of the same size, signed by the log key itself.
fn contradiction(room: &Newsroom) -> String {
    let log = KeyFolder::open(room.path("keys")).unwrap().log().unwrap();
    let (origin, root) = ("example.org/record".to_owned(), Hash::of(&[b"another record"]));
    let text = Checkpoint { origin: origin.clone(), size: 5, root }.text();
    let signatures = vec![NoteSignature::sign(&text, &origin, &log)];
    Note { text, signatures }.write()
}

/// The log key signed two records: an auditor must be able to find that.
#[test]
fn a_checkpoint_that_the_log_key_signed_over_another_record_is_not_written_over() {
    let room = newsroom();
    room.write(CHECKPOINT, contradiction(&room));
    room.write("drafts.jsonl", fact("Lavrov spoke.", "Lavrov said"));
    let before = room.snapshot();
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.told().contains("rule 704 checkpoint-root"), "{answer:?}");
    assert_eq!(room.snapshot(), before);
    let verified = room.run("verify");
    assert_eq!(verified.exit, 1, "{verified:?}");
}

/// The log key did not sign it: the record continues, and the file is kept.
#[test]
fn a_checkpoint_that_nobody_signed_so_is_kept_aside() {
    let room = newsroom();
    let foreign = String::from_utf8(room.read(CHECKPOINT)).unwrap().replacen("\n5\n", "\n4\n", 1);
    room.write(CHECKPOINT, &foreign);
    let answer = room.append(&fact("Lavrov spoke.", "Lavrov said"));
    assert_eq!(answer.exit, 0, "{answer:?}");
    let told = "note: the checkpoint was kept as ledger/checkpoint-aside-1: rule 703";
    assert!(answer.told().contains(told), "{answer:?}");
    assert_eq!(room.read("ledger/checkpoint-aside-1"), foreign.as_bytes());
    room.expect_whole(6);
}

#[test]
fn a_dry_run_writes_nothing_signs_nothing_and_moves_nothing() {
    let room = newsroom();
    let journal = room.journal() + "{\"seq\":5,";
    room.write("ledger/journal/00000000000000000000.log", journal);
    for gone in [CHECKPOINT, "keys/log.marks", "ledger/db"] {
        room.remove(gone);
    }
    room.write("drafts.jsonl", fact("Lavrov spoke.", "Lavrov said"));
    room.write("bad.jsonl", fact("Lavrov spoke.", "no such words"));
    let before = room.snapshot();
    for (line, exit) in [
        ("append drafts.jsonl --dry-run", 0),
        ("append bad.jsonl --dry-run", 1),
        ("ledger change --title Another --dry-run", 0),
        ("confirm 2 --how reread --dry-run", 1),
    ] {
        let answer = room.run(line);
        assert_eq!(answer.exit, exit, "{line}: {answer:?}");
        assert_eq!(room.snapshot(), before, "{line}");
    }
    // Without the dry run it is written, and the completed work is reported.
    let answer = room.run("append drafts.jsonl");
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.told().contains("an unfinished commit"), "{answer:?}");
    room.expect_whole(6);
}
