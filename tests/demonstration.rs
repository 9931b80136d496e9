//! The story of the demonstration runs to its end, and its record verifies.
//!
//! Not here: the attacks of `scripts/demo` (`faults`, `auditor`).

use std::path::Path;
use std::process::Command;

#[test]
fn the_article_is_entered_by_three_editors_and_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    let annals = env!("CARGO_BIN_EXE_annals");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/story");
    let mut story = Command::new("bash");
    story.arg(script).arg(folder.path()).env("ANNALS", annals).env("STORY_QUIET", "1");
    for name in ["ANNALS_PASSPHRASE_FILE", "ANNALS_SEED", "ANNALS_EDITOR"] {
        story.env_remove(name);
    }
    let told = story.output().expect("bash runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let ledger = folder.path().join("ledger");
    let verified = Command::new(annals).arg("verify").arg(&ledger).output().expect("annals runs");
    let out = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{out}");
    assert!(out.contains("size 55, head "), "{out}");
    assert!(out.contains("store: 55 events, as in the journal"), "{out}");
}
