//! Checks and previews that come before a secret key is opened.

use crate::editor::story::{Desk, answer, facts};

const GOOD: &str = "append|--quote|two hours|--claim|They talked for two hours.";

/// A desk whose Ada has an encrypted key, and the file with its passphrase.
fn locked() -> Desk {
    let desk = facts();
    std::fs::write(desk.path("phrase"), "long words\n").unwrap();
    let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(desk.path("phrase"), owner).unwrap();
    let mut command = desk.command("ada", "key|passphrase|ada");
    let phrase = desk.path("phrase");
    command.env("ANNALS_PASSPHRASE_FILE", &phrase).env("ANNALS_NEW_PASSPHRASE_FILE", &phrase);
    let changed = answer(&mut command);
    assert_eq!(changed.exit, 0, "{changed:?}");
    desk
}

#[test]
fn a_dry_run_needs_no_key() {
    let desk = facts();
    let answer = |line: &str| {
        let told = desk.run("", &format!("{line}|--dry-run"));
        assert_eq!((told.exit, &*told.out), (0, ""), "{line}: {told:?}");
        told.err
    };
    std::fs::rename(desk.path("keys"), desk.path("away")).unwrap();
    let told = answer(GOOD);
    assert!(told.starts_with("note: no key here may sign; this is tried as if the key "), "{told}");
    assert!(told.ends_with("1 event would be written; nothing was\n"), "{told}");
    let told = answer("ledger|change|--confirmations|2");
    assert!(told.contains("confirmations: 2, before 1"), "{told}");
    assert!(!desk.path("keys").exists());
    // The public keys of those who may sign are no keys that sign.
    std::fs::create_dir(desk.path("keys")).unwrap();
    std::fs::copy(desk.path("away/bo.pub"), desk.path("keys/bo.pub")).unwrap();
    let told = answer(GOOD);
    assert!(told.starts_with("note: no key here may sign; this is tried as if the key "), "{told}");
    std::fs::remove_dir_all(desk.path("keys")).unwrap();
    let refused = desk.run("", "append|--quote|two ours|--claim|x|--dry-run");
    assert!(refused.exit == 1 && refused.err.contains("quote: in document 3"), "{refused:?}");
    std::fs::rename(desk.path("away"), desk.path("keys")).unwrap();
    assert_eq!(desk.size(), 8);
}

#[test]
fn a_dry_run_needs_no_passphrase() {
    let desk = locked();
    for line in
        [GOOD, "ledger|change|--confirmations|2", "retract|5|--reason|entry-error|--statement|x"]
    {
        let told = desk.run("ada", &format!("{line}|--dry-run"));
        assert_eq!((told.exit, &*told.out), (0, ""), "{line}: {told:?}");
    }
}

#[test]
fn a_dry_run_of_what_is_in_the_record_says_where() {
    let desk = facts();
    std::fs::write(desk.path("two.txt"), "They met.").unwrap();
    let size = desk.size();
    let lines = [
        GOOD,
        "dispute|5|--reason|wrong-figure|--statement|x",
        "relate|5|supports|6",
        "document|describe|3|--title|Other|--statement|x",
        "document|add|two.txt|--title|Two|--lang|en",
        "retract|5|--reason|entry-error|--statement|x",
    ];
    for line in lines {
        desk.run("ada", &format!("{line}|--yes"));
    }
    assert_eq!(desk.size(), size + lines.len() as u64);
    for (line, at) in lines.iter().zip(size..) {
        let told = desk.run("ada", &format!("{line}|--dry-run"));
        let first = told.out.lines().next().unwrap_or_default();
        assert_eq!((told.exit, first), (0, &*format!("already at {at}")), "{line}: {told:?}");
    }
    // Another claim is none of them.
    let told = desk.run("ada", "append|--document|3|--quote|two hours|--claim|Another.|--dry-run");
    assert!(told.err.ends_with("1 event would be written; nothing was\n"), "{told:?}");
}

#[test]
fn faults_are_reported_before_the_passphrase_prompt() {
    let desk = locked();
    // Without a terminal for the passphrase, the faults of the drafts are reported.
    let by_options = desk.run("ada", "append|--quote|two ours|--claim|x");
    assert!(
        by_options.exit == 1 && by_options.err.contains("quote: in document 3"),
        "{by_options:?}"
    );
    let lines =
        "{\"claim\":\"x\",\"quote\":\"two ours\"}\n{\"claim\":\"y\",\"quote\":\"tree hours\"}\n";
    std::fs::write(desk.path("bad.jsonl"), lines).unwrap();
    let in_a_file = desk.run("ada", "append|bad.jsonl");
    assert_eq!(in_a_file.exit, 1, "{in_a_file:?}");
    for line in ["  line 1: quote: ", "  line 2: quote: "] {
        assert!(in_a_file.err.contains(line), "{in_a_file:?}");
    }
    let own = desk.run("ada", "confirm|5|--how|reread");
    assert!(own.exit == 1 && own.err.contains("rule 504"), "{own:?}");
    // A good draft needs it; once it is in the record, its position is reported without it.
    let good = desk.run("ada", GOOD);
    assert!(good.exit == 2 && good.err.contains("expected a passphrase"), "{good:?}");
    let mut command = desk.command("ada", GOOD);
    let written = answer(command.env("ANNALS_PASSPHRASE_FILE", desk.path("phrase")));
    assert!(written.out.starts_with("written at 8\n"), "{written:?}");
    desk.writes("ada", GOOD, "already at 8");
}

#[test]
fn all_faults_of_a_draft_are_reported_at_once() {
    let desk = facts();
    let line = "append|--quote|two ours|--claim|x|--lang|??|--when|yesterday-ish";
    let told = desk.run("ada", line);
    assert_eq!(told.exit, 1, "{told:?}");
    for field in ["quote: in document 3", "lang: ", "when: "] {
        assert!(told.err.contains(field), "{field}: {told:?}");
    }
}
