//! The same record gives the same bag, byte for byte, at every place and time and for every user.

use crate::bag::folders::{copy, files};
use crate::bag::story::{Story, dark_story, story};
use annals::journal::{Journal, JournalWriter, ROTATE_AT};
use annals_core::event::record::hash;
use annals_core::merkle::Tree;
use annals_core::verify::source::Source;
use std::path::Path;
use std::process::Command;

/// Writes the journal of a ledger again, in commits of this many events.
fn regroup(ledger: &Path, events: usize) {
    let journal = Journal::open(ledger, None).unwrap();
    let spans = journal.walk(0).unwrap().map(Result::unwrap);
    let entries: Vec<_> = spans.flat_map(|span| span.entries).collect();
    let aside = ledger.with_file_name("before");
    std::fs::rename(ledger.join("journal"), &aside).unwrap();
    let mut tree = Tree::default();
    let mut writer = JournalWriter::create(ledger, ROTATE_AT).unwrap();
    for commit in entries.chunks(events) {
        commit.iter().for_each(|entry| tree.push(hash(&entry.record)));
        writer.commit(commit, tree.size(), tree.root()).unwrap();
    }
    drop(writer);
    assert_ne!(files(&aside), files(&ledger.join("journal")), "the commits are others now");
    std::fs::remove_dir_all(aside).unwrap();
}

/// Exports in other conditions: another folder, clock, time zone, language, umask.
fn elsewhere(story: &Story, copy: &str, words: &str) {
    let annals = env!("CARGO_BIN_EXE_annals");
    let folder = story.folder.path().join(copy);
    let script = format!("umask 077; exec {annals} --ledger {copy}/ledger export --jobs 1 {words}");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(story.folder.path());
    command.env_clear().env("ANNALS_CLOCK", "2056-07-01T03:00:00Z").env("HOME", &folder);
    command.env("TZ", "Pacific/Kiritimati").env("LC_ALL", "tr_TR.UTF-8").env("LANG", "tr_TR.UTF-8");
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A copy of the story's ledger and keys with other commits, other times of files, no store.
fn moved(story: &Story, events: usize) -> String {
    let name = format!("copy-{events}");
    let folder = story.folder.path();
    for part in ["ledger", "keys"] {
        copy(&folder.join(part), &folder.join(&name).join(part));
    }
    let ledger = folder.join(&name).join("ledger");
    let _ = std::fs::remove_dir_all(ledger.join("db"));
    regroup(&ledger, events);
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
    for name in files(&ledger).into_keys() {
        let file = std::fs::File::options().append(true).open(ledger.join(name)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    name
}

fn same(story: &Story, points: &[&str]) {
    for events in [1, 100] {
        let copy = moved(story, events);
        for (point, index) in points.iter().zip(0..) {
            let (here, there) =
                (format!("here-{events}-{index}"), format!("there-{events}-{index}"));
            story.told(&format!("export --to {here}{point}"));
            elsewhere(story, &copy, &format!("--to {there}{point}"));
            let folder = story.folder.path();
            let (here, there) = (files(&folder.join(here)), files(&folder.join(there)));
            assert_eq!(here.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
            for (name, bytes) in &here {
                assert!(bytes == &there[name], "commits of {events},{point}: {name} differs");
            }
        }
    }
}

#[test]
fn two_copies_with_other_commits_give_the_same_bags_whole_and_of_a_point() {
    // 5 lies within a commit of the ledger, 2022-01-27 is the end of a day.
    same(&story(), &["", " --as-of 5", " --as-of 2022-01-27", " --as-of 13"]);
}

#[test]
fn also_after_words_were_redacted_and_a_key_was_stolen() {
    same(&dark_story(), &["", " --as-of 15"]);
}

#[test]
fn a_bag_that_was_imported_and_exported_again_is_the_same() {
    let story = story();
    story.told("export --to first");
    std::fs::create_dir(story.folder.path().join("again")).unwrap();
    story.told("import first --to again/ledger");
    copy(&story.folder.path().join("keys"), &story.folder.path().join("again/keys"));
    elsewhere(&story, "again", "--to second");
    let folder = story.folder.path();
    assert_eq!(files(&folder.join("first")), files(&folder.join("second")));
}
