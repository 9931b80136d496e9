//! A bag becomes a ledger again: a copy to read or, on request, the one to continue.

use crate::bag::folders::{copy, edit, files};
use crate::bag::story::{Story, story};
use std::collections::BTreeMap;
use std::fs;

fn payload(story: &Story, bag: &str) -> BTreeMap<String, Vec<u8>> {
    files(&story.folder.path().join(bag).join("data"))
}

/// The next draft of Bo.
const CONFIRM: &str = "confirm 5 --how reread --by ada --yes";

#[test]
fn a_copy_verifies_and_its_export_has_the_same_payload() {
    let story = story();
    for (bag, as_of) in [("whole", ""), ("part", " --as-of 9"), ("within", " --as-of 5")] {
        story.told(&format!("export --to {bag}{as_of}"));
        let to = format!("elsewhere-{bag}/ledger");
        fs::create_dir(story.folder.path().join(format!("elsewhere-{bag}"))).unwrap();
        let told = story.told(&format!("import {bag} --to {to}"));
        assert!(told.ends_with(&format!("events to {to}: a copy to read\n")), "{told}");
        let verified = story.told(&format!("verify {to}"));
        let yes = match bag {
            "whole" => "yes: the record is whole",
            "part" => "yes: this part (10 of 14) is as signed",
            _ => "yes: this part (6 of 14) is as signed",
        };
        assert!(verified.contains(yes), "{verified}");
        assert!(story.told(&format!("verify {bag}")).contains(yes));
        let again = story.run(&format!("export --ledger {to} --to {bag}-again --unsigned"));
        assert_eq!(again.exit, 0, "{}", again.err);
        assert_eq!(payload(&story, bag), payload(&story, &format!("{bag}-again")));
    }
    let attributes = story.folder.path().join("elsewhere-whole/ledger/.gitattributes");
    assert_eq!(fs::read_to_string(attributes).unwrap(), "* -text\n");
    // A part of a part is still a part, and is reported as one.
    let info = |bag: &str| fs::read(story.folder.path().join(bag).join("bag-info.txt")).unwrap();
    assert_eq!(info("part"), info("part-again"));
    let refused = story.run("import part-again --to new --take-over");
    assert!(refused.err.contains("holds the first 10 of 14 events"), "{}", refused.err);
}

/// A part is not the whole: every reader reports it, with the number of events of the whole record.
#[test]
fn a_copy_of_a_part_says_that_it_is_one() {
    let story = story();
    story.told("export --to part --as-of 9");
    story.told("export --to whole");
    fs::create_dir(story.folder.path().join("elsewhere")).unwrap();
    let told = story.told("import part --to elsewhere/ledger");
    assert_eq!(told, "imported a part, 10 of 14 events to elsewhere/ledger: a copy to read\n");
    let part = "10 of 10 events, a part of a record of 14)";
    for line in ["status", "replay", "show 4", "log", "find a", "diff 3", "document list"] {
        let told = story.told(&format!("{line} --ledger elsewhere/ledger"));
        assert!(told.contains(part), "{line}: {told}");
        let whole = story.told(line);
        assert!(!whole.contains("a part of a record"), "{line}: {whole}");
    }
    let status = story.told("status --ledger elsewhere/ledger");
    assert!(status.contains("size          10 events, a part of a record of 14\n"), "{status}");
    let json =
        |line: &str| -> serde_json::Value { serde_json::from_str(&story.run(line).out).unwrap() };
    assert_eq!(json("replay --ledger elsewhere/ledger --format json")["part_of"], 14);
    for (what, of) in [("elsewhere/ledger", 14.into()), ("part", 14.into()), ("whole", ().into())] {
        let told = json(&format!("verify {what} --format json"));
        assert_eq!((&told["part_of"], &told["exit"]), (&of, &0.into()), "{what}");
    }
    let again = story.run("export --ledger elsewhere/ledger --to again --unsigned");
    assert!(again.out.starts_with("exported 10 of 14 events, "), "{}", again.out);
}

/// Compared with a pin of a later state, a part is older by its own account: that is not a fault.
#[test]
fn a_part_that_is_older_than_the_pin_accuses_nobody() {
    let story = story();
    story.told("export --to part --as-of 9");
    fs::create_dir(story.folder.path().join("elsewhere")).unwrap();
    story.told("import part --to elsewhere/ledger");
    story.told("verify --pin pin --first");
    let pin = fs::read(story.folder.path().join("pin")).unwrap();
    for what in ["part", "elsewhere/ledger"] {
        let judged = story.run(&format!("verify {what} --pin pin"));
        assert_eq!(judged.exit, 2, "{what}: {}", judged.out);
        let why = "could not tell: this part (10 of 14) is older than the pin, which saw 14, by its \
                   own account";
        assert!(judged.out.contains(why), "{what}: {}", judged.out);
        assert!(!judged.out.contains("fork") && !judged.out.contains("cut"), "{}", judged.out);
        assert!(!story.folder.path().join("pin.evidence").exists(), "{what}");
        assert_eq!(fs::read(story.folder.path().join("pin")).unwrap(), pin, "{what}");
    }
    // A part of another record is still reported as another record.
    story.told("verify elsewhere/ledger --pin earlier --first");
    let judged = story.run("verify part --pin earlier");
    assert_eq!(judged.exit, 0, "{}", judged.out);
    assert!(judged.out.contains("yes: this part (10 of 14) is as signed"), "{}", judged.out);
}

#[cfg(unix)]
#[test]
fn what_says_that_a_copy_is_to_be_read_only_is_believed_though_it_leads_nowhere() {
    let story = story();
    let imported = story.folder.path().join("ledger/imported");
    std::os::unix::fs::symlink("nowhere", imported).unwrap();
    let refused = story.run(CONFIRM);
    assert_eq!(refused.exit, 2, "{}", refused.err);
    assert!(refused.err.contains("is an imported copy, to be read only"), "{}", refused.err);
}

#[test]
fn a_part_that_is_not_wholly_signed_for_stays_as_it_is() {
    let story = story();
    fs::remove_file(story.folder.path().join("keys/log.key")).unwrap();
    let told = story.run("export --to part --as-of 5 --unsigned");
    assert!(told.out.contains("checkpoint: of size 3\n"), "{}", told.out);
    fs::create_dir(story.folder.path().join("elsewhere")).unwrap();
    story.told("import part --to elsewhere/ledger");
    let again = story.run("export --ledger elsewhere/ledger --to again --unsigned");
    assert_eq!(again.exit, 0, "{}", again.err);
    assert_eq!(payload(&story, "part"), payload(&story, "again"));
}

#[test]
fn what_is_no_bag_is_named_as_none_and_a_folder_that_is_not_there_too() {
    let story = story();
    let folder = story.folder.path();
    fs::create_dir(folder.join("empty")).unwrap();
    fs::write(folder.join("file"), "Hello.\n").unwrap();
    fs::write(folder.join("page.html"), "<!doctype html>\n<p>Hello.</p>\n").unwrap();
    for (place, found) in [
        ("empty", "none"),
        ("file", "a file"),
        ("page.html", "a page of HTML"),
        ("missing", "nothing"),
        ("/dev/null", "a device"),
    ] {
        let refused = story.run(&format!("import {place} --to z"));
        let why = format!(
            "annals: expected a bag or a published record at {place}, found {found}: name a bag that \
             annals export wrote, a folder that annals publish wrote, or the address of a \
             published record\n"
        );
        assert_eq!((refused.exit, refused.err), (2, why));
    }
    story.told("export --to bag");
    // In what others are served, or were given, nothing else is made.
    assert_eq!(story.run("publish pub").exit, 0);
    for line in ["export --to pub/b", "import bag --to pub/b", "import pub --to pub/b"] {
        let refused = story.run(line);
        let why = "annals: expected a place outside of the published directory pub, found pub/b; \
                   nothing was written: name another\n";
        assert_eq!((refused.exit, refused.err.as_str()), (2, why), "{line}");
    }
    for line in ["import bag --to new/ledger", "export --to new/ledger"] {
        let refused = story.run(line);
        let why = "annals: cannot make new/ledger\n  expected the folder new, found none: make it \
                   first\n";
        assert_eq!((refused.exit, refused.err.as_str()), (2, why), "{line}");
    }
}

#[test]
fn nobody_writes_to_a_copy() {
    let story = story();
    story.told("export --to bag");
    story.told("import bag --to copy --keys keys");
    let before = files(&story.folder.path().join("copy"));
    let refused = story.run(&format!("{CONFIRM} --ledger copy --keys keys"));
    let why = "annals: the ledger at copy is an imported copy, to be read only; nothing was \
               written; write to the ledger that keeps the record; where that is lost, a bag of the \
               whole record is taken over with annals import BAG --take-over, and neither a bag of a \
               part nor what is published can be\n";
    assert_eq!((refused.exit, refused.err.as_str()), (2, why));
    assert_eq!(files(&story.folder.path().join("copy")), before);
    assert_eq!(story.told("replay --ledger copy --keys keys"), story.told("replay"));
}

#[test]
fn a_bag_that_is_not_whole_becomes_no_ledger() {
    let story = story();
    story.told("export --to bag");
    edit(&story.folder.path().join("bag/data/facts.csv"), |bytes| bytes[0] ^= 1);
    let refused = story.run("import bag --to copy");
    assert_eq!(refused.exit, 2);
    assert!(refused.err.starts_with("annals: the bag at bag is not whole: data/facts.csv: "));
    assert!(!story.folder.path().join("copy").exists());
    story.told("export --to good");
    let refused = story.run("import good --to ledger");
    assert!(refused.err.contains("it is there already"), "{}", refused.err);
}

#[test]
fn with_the_log_key_and_its_memory_it_goes_on() {
    let story = story();
    story.told("export --to bag");
    fs::remove_dir_all(story.folder.path().join("ledger")).unwrap();
    let told = story.told("import bag --to ledger --take-over");
    assert_eq!(told, "taken over: 14 events at ledger; it goes on from there\n");
    let clock = [("ANNALS_CLOCK", "2022-02-02T09:00:00Z")];
    let written =
        story.run_with("retract 9 --reason duplicate --statement twice --by ada --yes", &clock);
    assert_eq!(written.exit, 0, "{}", written.err);
    let verified = story.told("verify");
    assert!(verified.contains("size 15, head "), "{verified}");
    assert!(verified.contains("store: 15 events, as in the journal"), "{verified}");
    story.told("export --to bag-2");
    story.told("verify bag-2");
}

#[test]
fn a_part_and_a_bag_behind_the_memory_are_never_taken_over() {
    let story = story();
    story.told("export --to bag");
    story.told("export --to part --as-of 9");
    let refused = story.run("import part --to new --take-over");
    assert_eq!(refused.exit, 2);
    let why = "annals: the bag holds the first 10 of 14 events: a ledger that went on from there \
               would be another one than the record (a fork); nothing was imported; take over a bag \
               of the whole, or import this one to read it\n";
    assert_eq!(refused.err, why);
    let clock = [("ANNALS_CLOCK", "2022-02-02T09:00:00Z")];
    let written =
        story.run_with("retract 9 --reason duplicate --statement twice --by ada --yes", &clock);
    assert_eq!(written.exit, 0, "{}", written.err);
    let refused = story.run("import bag --to new --take-over");
    assert_eq!(refused.exit, 4, "{}", refused.err);
    let why = "annals: the log key signed size 15, and the bag has 14 events or another root: it \
               is older than the record, or of another copy; nothing was imported; ";
    assert!(refused.err.starts_with(why), "{}", refused.err);
    assert!(!story.folder.path().join("new").exists());
}

#[test]
fn without_the_memory_an_admin_first_names_a_new_log_key() {
    let story = story();
    story.told("export --to bag");
    let folder = story.folder.path();
    fs::create_dir(folder.join("other")).unwrap();
    copy(&folder.join("keys"), &folder.join("other/keys"));
    fs::remove_file(folder.join("other/keys/log.marks")).unwrap();
    let told = story.run("import bag --to other/ledger --take-over");
    assert_eq!(told.exit, 0, "{}", told.err);
    assert!(told.out.ends_with("it goes on with a new log key\n"), "{}", told.out);
    let clock = [("ANNALS_CLOCK", "2022-02-02T09:00:00Z")];
    let retract =
        "retract 9 --reason duplicate --statement twice --by ada --yes --ledger other/ledger";
    let refused = story.run_with(retract, &clock);
    assert_eq!(refused.exit, 2);
    assert!(refused.err.contains("it signs nothing here any more"), "{}", refused.err);
    let rotate =
        "ledger rekey --reason rotated --statement moved --by ada --yes --ledger other/ledger";
    let refused = story.run_with(rotate, &clock);
    assert_eq!(refused.exit, 2, "{}", refused.out);
    assert!(refused.err.contains("it signs nothing here any more"), "{}", refused.err);
    let before = files(&folder.join("other/ledger/journal"));
    let rekey = rotate.replace("rotated", "compromised");
    let done = story.run_with(&rekey, &clock);
    assert_eq!(done.exit, 0, "{}", done.err);
    assert_ne!(files(&folder.join("other/ledger/journal")), before);
    let written = story.run_with(retract, &clock);
    assert_eq!(written.exit, 0, "{}", written.err);
    let verified = story.told("verify other/ledger");
    assert!(verified.contains("size 16, head "), "{verified}");
}

/// The files that an import writes are checked: damage is reported with the file, and prevents no
/// answer.
#[test]
fn damage_of_the_files_of_an_import_is_reported() {
    let story = story();
    story.told("export --to part --as-of 9");
    fs::create_dir(story.folder.path().join("elsewhere")).unwrap();
    story.told("import part --to elsewhere/ledger");
    let ledger = story.folder.path().join("elsewhere/ledger");
    let whole = |name: &str| fs::read(ledger.join(name)).unwrap();
    let (imported, checkpoints) = (whole("imported"), whole("checkpoints"));
    let unknown = "whether this ledger is a copy to read, and of what, is not known, so nothing is \
                   written to it; put the file back, or import the bag again";
    let form = format!("elsewhere/ledger/imported is not in form: {unknown}");
    let line = "earlier checkpoints: expected";
    for (name, bytes, why) in [
        ("imported", b"annals imported v1\nread-only many\n".as_slice(), form.as_str()),
        ("imported", b"", &form),
        ("imported", b"\xff\xfe", &form),
        ("checkpoints", b"no mark\n", line),
    ] {
        fs::write(ledger.join(name), bytes).unwrap();
        is_told(&story, why);
        fs::write(ledger.join("imported"), &imported).unwrap();
        fs::write(ledger.join("checkpoints"), &checkpoints).unwrap();
    }
    assert_eq!(story.run("verify elsewhere/ledger").exit, 0);
    // A link that leads nowhere, or something other than a file.
    for name in ["imported", "checkpoints"] {
        let (path, aside) = (ledger.join(name), ledger.join("aside"));
        fs::rename(&path, &aside).unwrap();
        fs::create_dir(&path).unwrap();
        is_told(&story, &format!("elsewhere/ledger/{name}"));
        fs::remove_dir(&path).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("nowhere", &path).unwrap();
            is_told(&story, &format!("elsewhere/ledger/{name}"));
            fs::remove_file(&path).unwrap();
        }
        fs::rename(&aside, &path).unwrap();
    }
    // A file of a later version means: a copy to read.
    fs::write(ledger.join("imported"), "annals imported v2\nsomething\n").unwrap();
    assert_eq!(story.run("status --ledger elsewhere/ledger").exit, 0);
}

/// So is the mark of a record in a database, which nobody writes to while it is there.
#[test]
fn damage_of_the_mark_of_a_database_is_reported() {
    let story = story();
    story.told("export --to whole");
    fs::create_dir(story.folder.path().join("elsewhere")).unwrap();
    story.told("import whole --to elsewhere/ledger");
    let mark = story.folder.path().join("elsewhere/ledger/home");
    let key = "w1+8ae1c332+BGbguFjkYqYJ5m/nE3DIFtiEb/ED1UmaIqf+w3/bxCSn";
    let with = |memory: &str| format!("annals home v1\nplace p\nmemory {memory}\n").into_bytes();
    for bytes in [
        b"".to_vec(),
        b"\xff\xfe".to_vec(),
        b"annals home v1\n".to_vec(),
        b"annals home v1\nplace \n".to_vec(),
        b"annals home v1\nplace p\r\n".to_vec(),
        b"annals home v1\nplace p\nmore\n".to_vec(),
        b"annals home v0\nplace p\n".to_vec(),
        with("http://127.0.0.1:1"),
        with(&format!(" witness.example.com/{key}")),
        with(&format!("http://127.0.0.1:1 another.example.com/{key}")),
        with(&format!("http://127.0.0.1:1\x1f witness.example.com/{key}")),
        with(&format!("http://127.0.0.1:1 witness.example.com/{key}\nplace p")),
        [with("http://127.0.0.1:1"), vec![b'p'; 20_000]].concat(),
    ] {
        fs::write(&mark, &bytes).unwrap();
        is_told(&story, "elsewhere/ledger/home");
    }
    let good = format!("http://127.0.0.1:1 witness.example.com/{key}");
    for bytes in [with(&good), b"annals home v2\nsomething\n".to_vec()] {
        fs::write(&mark, &bytes).unwrap();
        assert_eq!(story.run("status --ledger elsewhere/ledger").exit, 0);
        assert_eq!(story.run("verify elsewhere/ledger").exit, 0);
        assert_eq!(second(&story), Some(0));
    }
    fs::remove_file(&mark).unwrap();
    std::os::unix::fs::symlink("nowhere", &mark).unwrap();
    is_told(&story, "elsewhere/ledger/home");
}

/// The exit of the second implementation for the ledger elsewhere.
fn second(story: &Story) -> Option<i32> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/reverify.py");
    let mut second = std::process::Command::new("python3");
    second.current_dir(story.folder.path()).args([script, "elsewhere/ledger"]);
    second.output().unwrap().status.code()
}

/// Verify reports 911 and ends with exit 2; status answers, warns, and ends with exit 2 as well.
fn is_told(story: &Story, why: &str) {
    let verified = story.run("verify elsewhere/ledger");
    assert_eq!(verified.exit, 2, "{why}: {}{}", verified.out, verified.err);
    assert!(verified.out.contains("911 unreadable"), "{}", verified.out);
    assert_eq!(second(story), Some(2), "{why}");
    let status = story.run("status --ledger elsewhere/ledger");
    assert_eq!(status.exit, 2, "{why}: {}{}", status.out, status.err);
    assert!(status.err.contains("warning: ") && status.err.contains(why), "{}", status.err);
    assert!(status.out.contains("example.org/"), "{}", status.out);
}
