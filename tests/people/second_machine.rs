//! A second editor on a separate machine, with a copy of the ledger and a key, and never the log
//! key.

use crate::people::desk::Desk;

/// Bo is enrolled; then the log key and all files about it stay on Ada's machine.
fn second() -> Desk {
    let desk = Desk::with_bo();
    std::fs::write(desk.path("page.txt"), "It rained on Monday.").unwrap();
    std::fs::write(
        desk.path("page.json"),
        r#"{"type":"document.captured","file":"page.txt","title":"Page","lang":"en"}"#,
    )
    .unwrap();
    for name in std::fs::read_dir(desk.path("keys")).unwrap() {
        let path = name.unwrap().path();
        if !path.file_name().unwrap().to_str().unwrap().starts_with("bo.") {
            std::fs::rename(&path, desk.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
        }
    }
    desk
}

#[test]
fn a_copy_without_a_log_key_says_who_writes_and_how() {
    let desk = second();
    let why = "annals: expected the log key <64> in ~/keys, found no trace of one: this is a copy \
               of the record, and it is written only on the machine that holds its log key. \
               Reading and annals verify work here; to add to the record, send a file of drafts to \
               who holds the log key, who enters it with annals append FILE. Nothing was written\n";
    for line in [
        "append page.json --by bo",
        "ledger change --title New --by bo",
        "ledger rekey --reason rotated --statement s --by bo",
        "editor revoke bo --reason left --statement gone --by bo",
    ] {
        assert_eq!(desk.refused(line), (2, why.to_owned()), "{line}");
    }
    // The commands that it names work here.
    assert_eq!(desk.whole(), 2);
    desk.told("log");
    // A dry run signs nothing, and reports the same missing key.
    let (exit, told) = desk.refused("append page.json --by bo --dry-run");
    assert!(exit == 0 || told == why, "{told}");
    // And events sent to the holder of the key are written there.
    for name in ["log.key", "log.pub", "log.marks", "ada.key", "ada.pub"] {
        std::fs::rename(desk.path(name), desk.path("keys").join(name)).unwrap();
    }
    desk.told("append page.json --by ada");
    assert_eq!(desk.whole(), 3);
}

/// The remains of a log key show that it was here: then it is lost, which is another case.
#[test]
fn a_log_key_that_was_here_is_lost() {
    for left in ["log.pub", "log.marks"] {
        let desk = second();
        std::fs::rename(desk.path(left), desk.path("keys").join(left)).unwrap();
        let (exit, why) = desk.refused("append page.json --by bo");
        assert_eq!(exit, 2);
        assert!(why.contains("put back a copy, or let an admin say annals ledger rekey"), "{why}");
    }
}

#[test]
fn a_copy_without_a_folder_of_keys_says_what_makes_one() {
    let desk = second();
    std::fs::rename(desk.path("keys"), desk.path("elsewhere")).unwrap();
    let (exit, why) = desk.refused("append page.json");
    assert_eq!(exit, 2);
    assert!(why.contains("`annals key new NAME` makes one") && !why.contains("init"), "{why}");
}
