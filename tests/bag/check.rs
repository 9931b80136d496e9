//! A bag is checked with standard tools: sha512sum, and the steps of VERIFY.txt unchanged.

use crate::bag::folders::{copy, edit, files};
use crate::bag::story::{dark_story, story};
use crate::support::files::base64;
use crate::support::{self, Act, Ledger, acts};
use annals_core::hash::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;
use std::process::Command;

/// The journal of a bag.
const JOURNAL: &str = "data/ledger/journal/00000000000000000000.log";

/// The shell steps of the page, in order.
pub fn steps(page: &str) -> Vec<String> {
    let blocks = page.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// Runs all steps unchanged, each in its own shell, in a read-only copy of the bag at a path with
/// spaces, with only the path of the system's programs in the environment. Returns whether each
/// succeeded, and its output.
fn run(bag: &Path) -> (bool, String) {
    let place = tempfile::tempdir().unwrap();
    let moved = place.path().join("an archive, 2056/what was \"kept\" & why");
    copy(bag, &moved);
    let chmod = |mode: &str| {
        assert!(Command::new("chmod").arg("-R").arg(mode).arg(&moved).status().unwrap().success());
    };
    chmod("a-w");
    let page = std::fs::read_to_string(moved.join("VERIFY.txt")).unwrap();
    let steps = steps(&page);
    assert_eq!(steps.len(), 3);
    let (mut good, mut said) = (true, Vec::new());
    for step in steps {
        let mut command = Command::new("/bin/sh");
        command.env_clear().env("PATH", "/usr/bin:/bin").args(["-c", &step]);
        let done = command.current_dir(&moved).output().unwrap();
        said.extend([done.stdout, done.stderr].concat());
        good &= done.status.success();
        if !good {
            break;
        }
    }
    chmod("u+w");
    assert!(files(&moved) == files(bag), "the steps write nothing");
    (good, String::from_utf8(said).unwrap())
}

#[test]
fn the_steps_leave_nothing_behind() {
    let story = story();
    story.told("export --to bag");
    let (bag, scratch) = (story.folder.path().join("bag"), tempfile::tempdir().unwrap());
    let page = std::fs::read_to_string(bag.join("VERIFY.txt")).unwrap();
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("PATH", "/usr/bin:/bin").env("TMPDIR", scratch.path());
    let done = command.args(["-c", &steps(&page).concat()]).current_dir(&bag).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(files(scratch.path()).is_empty());
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn a_bag_whose_words_were_redacted() {
    let story = dark_story();
    story.told("export --to bag");
    let (good, said) = run(&story.folder.path().join("bag"));
    assert!(good && said.contains("15 bodies, 1 withheld; 1 documents\n"), "{said}");
}

/// The page names the files: each name exists.
#[test]
fn every_file_that_the_page_names_is_there() {
    let story = story();
    story.told("export --to bag");
    let bag = story.folder.path().join("bag");
    let page = std::fs::read_to_string(bag.join("VERIFY.txt")).unwrap();
    let start = page.split("Open a shell").next().unwrap();
    let word = |part: &str| part.split([' ', ';', '\n']).next().unwrap().to_owned();
    let named: Vec<String> = start.split("data/").skip(1).map(word).collect();
    assert_eq!(named.len(), 12, "{named:?}");
    for name in &named {
        assert!(bag.join("data").join(name).exists(), "{name}");
    }
    let told = |name: &String| named.iter().any(|prefix| name.starts_with(prefix.as_str()));
    let all = files(&bag.join("data"));
    assert_eq!(all.keys().filter(|name| !told(name)).count(), 0);
}

#[test]
fn every_step_of_the_page_holds() {
    let story = story();
    story.told("export --to bag");
    let (good, said) = run(&story.folder.path().join("bag"));
    let expected = "14 events, each linked to the one before it and signed\n\
                    14 bodies, 0 withheld; 1 documents\n\
                    the first 14 events are what the ledger's key, named by event 0, signed\n\
                    the bag is what the ledger's key, named by event 0, signed\n\n\
                    to be compared with what somebody kept elsewhere:\n";
    let bag = files(&story.folder.path().join("bag"));
    let checkpoint = std::str::from_utf8(&bag["data/ledger/checkpoint"]).unwrap();
    let [name, number, root] = [0, 1, 2].map(|line| checkpoint.lines().nth(line).unwrap());
    let journal = std::str::from_utf8(&bag[JOURNAL]).unwrap();
    let second = journal.split("\"prev\":\"").nth(1).unwrap();
    let state: serde_json::Value = serde_json::from_slice(&bag["data/state.json"]).unwrap();
    let key = hex::decode(state["log_key"].as_str().unwrap()).unwrap();
    let id = hex::encode(&Hash::of(&[name.as_bytes(), b"\n\x01", &key]).0[..4]);
    let compared = format!(
        "the name {name}, the number {number}, the root {root}\n\
         the hash of event 0 (in a pin: genesis) {}\n\
         the ledger's key, named by event 0: {name}+{id}+{}\n\nGOOD\n",
        &second[..64],
        base64(&[b"\x01", &key[..]].concat())
    );
    assert_eq!((good, said), (true, format!("{expected}{compared}")));
    story.told("export --to part --as-of 9");
    let (good, said) = run(&story.folder.path().join("part"));
    let part = "signed\nit is a part: the record had 14 events when it was made\n\nto be compared";
    assert!(good && said.contains(part) && said.ends_with("\n\nGOOD\n"), "{said}");
}

#[test]
fn the_steps_find_what_was_changed() {
    let story = story();
    story.told("export --to bag");
    let bag = story.folder.path().join("bag");
    let good = std::fs::read(bag.join(JOURNAL)).unwrap();
    let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
    // With manifests written again, only the chain, the signatures and the note detect the change.
    let cases: [(&str, &str, &str); 4] = [
        ("two hours", "ten hours", "NOT GOOD: the body of event 6"),
        ("\"how\":\"reread\"", "\"how\":\"direct-contact\"", "NOT GOOD: the signature of event 8"),
        ("\"seq\":5", "\"seq\":6", "NOT GOOD: the place of event 5"),
        ("\n= 14 ", "\n= 15 ", "NOT GOOD: the closing line after event 13"),
    ];
    for (from, to, why) in cases {
        let text = String::from_utf8(good.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(bag.join(JOURNAL), text.replacen(from, to, 1)).unwrap();
        let (holds, said) = run(&bag);
        assert!(!holds && said.contains("FAILED"), "{said}");
        crate::bag::folders::manifest_again(&bag);
        let (holds, said) = run(&bag);
        assert_eq!((holds, last(&said).as_str()), (false, why));
    }
    std::fs::write(bag.join(JOURNAL), &good).unwrap();
    edit(&bag.join("data/facts.csv"), |bytes| bytes.extend_from_slice(b"\n"));
    crate::bag::folders::manifest_again(&bag);
    assert_eq!(last(&run(&bag).1), "NOT GOOD: the note is not of this bag");
}

/// A bag made of a vector's files, as far as the steps use it.
fn bag_of_vector(page: &str, name: &str, bag: &Path) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{name}.json"));
    let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let files = vector["files"].as_object().unwrap().iter();
    let bytes = |file: &serde_json::Value| match file["text"].as_str() {
        Some(text) => text.into(),
        None => STANDARD.decode(file["base64"].as_str().unwrap()).unwrap(),
    };
    bag_of_files(page, files.map(|(name, file)| (name.clone(), bytes(file))), bag);
}

/// A bag made of the files of a record, as far as the steps use it.
fn bag_of_files(page: &str, files: impl Iterator<Item = (String, Vec<u8>)>, bag: &Path) {
    for (name, bytes) in files {
        let path = bag.join("data").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(bag.join("VERIFY.txt"), page).unwrap();
    crate::bag::folders::manifest_again(bag);
}

/// The checkpoint is signed by the log key of its size, and by the one before a rotation.
#[test]
fn the_steps_take_the_key_that_the_record_names_last() {
    let page = include_str!("../../src/ledger/exchange/export/verify.txt");
    let newsroom = |acts: Vec<(&str, Act)>| {
        let mut ledger = Ledger::newsroom();
        for (by, act) in acts {
            ledger.sign(by, act);
        }
        ledger
    };
    let rekeyed = |reason: &str| ("dan", acts::rekeyed("log-2", reason));
    let compromised = newsroom(vec![rekeyed("compromised")]);
    let rotated = newsroom(vec![rekeyed("rotated")]);
    // The thief of an admin's key named a log key: the one before is that of the record again.
    let struck = newsroom(vec![rekeyed("compromised"), ("ada", acts::stolen("dan", 6))]);
    // So it is where an editor did, whom only the thief enrolled.
    let enrolled = ("dan", acts::enrolled("eve", acts::BOTH));
    let by_eve = ("eve", acts::rekeyed("log-2", "compromised"));
    let set_aside = newsroom(vec![enrolled, by_eve, ("ada", acts::stolen("dan", 6))]);
    // A revocation that was undone itself undoes nothing.
    let twice = vec![
        rekeyed("compromised"),
        ("ada", acts::enrolled("eve", acts::BOTH)),
        ("eve", acts::stolen("dan", 6)),
        ("ada", acts::stolen("eve", 8)),
    ];
    let twice = newsroom(twice);
    let cases: [(&Ledger, &[&str], Option<u64>); 11] = [
        (&compromised, &["log-2"], Some(6)),
        (&compromised, &["log"], None),
        (&compromised, &["log", "log-2"], Some(6)),
        (&rotated, &["log-2", "log"], Some(6)),
        (&rotated, &["log-2"], None),
        (&struck, &["log"], Some(0)),
        (&struck, &["log-2"], None),
        (&set_aside, &["log"], Some(0)),
        (&set_aside, &["log-2"], None),
        (&twice, &["log-2"], Some(6)),
        (&twice, &["log"], None),
    ];
    for (ledger, keys, named) in cases {
        let place = tempfile::tempdir().unwrap();
        let mut ledger = ledger.clone();
        ledger.log = keys.iter().map(|key| (*key).to_owned()).collect();
        let judged = support::judge(&ledger.files()).faults.is_empty();
        assert_eq!(judged, named.is_some(), "{keys:?}");
        bag_of_files(page, ledger.files().into_iter(), place.path());
        let (good, said) = run(place.path());
        let expected = match named {
            Some(event) => format!("the ledger's key, named by event {event}, signed\n"),
            None => " did not sign the note of example.org/record\n".to_owned(),
        };
        assert!(good == named.is_some() && said.contains(&expected), "{keys:?}: {said}");
    }
}

/// What can be added, repeated or left out without a key, in a bag whose note was removed.
#[test]
fn the_steps_find_what_needs_no_key() {
    let page = include_str!("../../src/ledger/exchange/export/verify.txt");
    let cases = [
        ("402-signer-unknown", "the key of event 6 was enrolled by no event before it"),
        ("402-signer-unknown-recovery", "the key of event 6 was enrolled by no event before it"),
        ("401-opening-twice", "event 6: the record is opened by event 0, and by no other"),
        ("203-base-after", "event 6 was not signed for this place"),
        ("203-base-exact", "event 8 was not signed for this place"),
        ("203-base-window", "event 8 was not signed for this place"),
        ("205-repeated-statement", "event 7 was not signed for this place"),
        ("207-version", "event 1 is of a later version of the format, unknown to these steps"),
        (
            "604-body-missing",
            "the words of event 6 are left out, and no event says that it was sealed or redacted",
        ),
        (
            "605-document-missing",
            "the document of event 1 is left out, and no event says that it was sealed or redacted",
        ),
        (
            "701-checkpoint-form-none",
            "there is no checkpoint: nothing says who vouches for the whole",
        ),
        ("706-closing-empty", "the closing line after event 1"),
    ];
    for (name, why) in cases {
        let place = tempfile::tempdir().unwrap();
        bag_of_vector(page, name, place.path());
        assert_eq!(run(place.path()), (false, format!("NOT GOOD: {why}\n")), "{name}");
    }
}

/// Suspect revocations, rekeyings, seals, redactions and late signatures are no damage.
#[test]
fn the_steps_call_every_honest_record_good() {
    let page = include_str!("../../src/ledger/exchange/export/verify.txt");
    let kinds = ["every-type", "refold-", "rekeyed-", "seal-", "window", "withheld"];
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let names = std::fs::read_dir(vectors).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.filter_map(|name| name.to_str()?.strip_suffix(".json").map(str::to_owned));
    let is_told = |name: &String| {
        let kind = name.strip_prefix("000-good-");
        kind.is_some_and(|kind| kinds.iter().any(|start| kind.starts_with(start)))
    };
    let names: Vec<String> = names.filter(is_told).collect();
    assert!(names.len() >= 20, "{names:?}");
    for name in &names {
        let place = tempfile::tempdir().unwrap();
        bag_of_vector(page, name, place.path());
        let (good, said) = run(place.path());
        assert!(good && said.ends_with("\n\nGOOD\n"), "{name}: {said}");
    }
}

#[test]
fn the_steps_name_the_events_that_no_checkpoint_covers() {
    let page = include_str!("../../src/ledger/exchange/export/verify.txt");
    let ledger = Ledger::newsroom();
    let mut files = ledger.files();
    files.insert("ledger/checkpoint".to_owned(), ledger.checkpoint(4).into_bytes());
    let place = tempfile::tempdir().unwrap();
    bag_of_files(page, files.into_iter(), place.path());
    let (good, said) = run(place.path());
    let expected = "the first 4 events are what the ledger's key, named by event 0, signed\n\
                    the tag manifest is not signed\n\
                    the ledger's key signed nothing of events 4 to 5: each rests on the signature \
                    of its editor alone\n";
    assert!(good && said.contains(expected), "{said}");
    let numbers = format!(
        "the name example.org/record, the number 4, the root {}\n\
         the name example.org/record, the number 6, the root {}\n",
        base64(&ledger.root(4).0),
        base64(&ledger.root(6).0)
    );
    assert!(said.contains(&numbers), "{said}");
}

/// A file beside `data`, one in a folder beside it, and a link to a folder.
#[test]
fn the_steps_name_each_file_that_no_manifest_lists() {
    let story = story();
    story.told("export --to bag");
    let bag = story.folder.path().join("bag");
    let page = std::fs::read_to_string(bag.join("VERIFY.txt")).unwrap();
    let step = || {
        let mut command = Command::new("/bin/sh");
        command.env_clear().env("PATH", "/usr/bin:/bin").args(["-c", &steps(&page)[1]]);
        let done = command.current_dir(&bag).output().unwrap();
        (done.status.success(), String::from_utf8(done.stderr).unwrap())
    };
    std::fs::write(bag.join(".DS_Store"), "").unwrap();
    assert_eq!(step(), (true, String::new()));
    std::fs::write(bag.join("STATEMENT.txt"), "The minister confessed.\n").unwrap();
    std::fs::create_dir(bag.join("more")).unwrap();
    std::fs::write(bag.join("more/note"), "").unwrap();
    std::fs::write(bag.join("data/.hidden"), "").unwrap();
    std::os::unix::fs::symlink("/", bag.join("root")).unwrap();
    let named = "not listed: ['STATEMENT.txt', 'data/.hidden', 'more/note', 'root']\n";
    assert_eq!(step(), (false, named.to_owned()));
}

/// The signatures and keys on which implementations differ: openssl takes some of these.
#[test]
fn the_steps_refuse_the_signatures_that_the_rules_refuse() {
    let story = story();
    story.told("export --to bag");
    let page = std::fs::read_to_string(story.folder.path().join("bag/VERIFY.txt")).unwrap();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let names = std::fs::read_dir(vectors).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.filter_map(|name| name.to_str()?.strip_suffix(".json").map(str::to_owned));
    let names = names.filter(|name| name.starts_with("302-") && !name.ends_with("-published"));
    let mut bad: Vec<String> = names.collect();
    bad.sort();
    assert!(bad.contains(&"302-signature-identity".to_owned()), "{bad:?}");
    for name in &bad {
        let place = tempfile::tempdir().unwrap();
        bag_of_vector(&page, name, place.path());
        let (good, said) = run(place.path());
        assert!(!good && said.contains("NOT GOOD: the signature of event "), "{name}: {said}");
    }
    for name in ["000-good-newsroom", "000-good-rekeyed-twice"] {
        let place = tempfile::tempdir().unwrap();
        bag_of_vector(&page, name, place.path());
        let (good, said) = run(place.path());
        assert!(good && said.ends_with("GOOD\n"), "{name}: {said}");
    }
}

/// Openssl accepts any signature under a key of small order.
#[test]
fn the_steps_take_no_key_of_a_small_order() {
    let page = include_str!("../../src/ledger/exchange/export/verify.txt");
    let start = page.find("P = 2**255 - 19").unwrap();
    let end = page.find("    parts = {").unwrap();
    // The part of `signed` that is checked before openssl runs, and a marker for its call.
    let code = format!("{}    return \"asked\"\n", &page[start..end]);
    let keys = |script: &str| {
        let done = Command::new("python3").args(["-c", script]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let points = curve25519_dalek::constants::EIGHT_TORSION;
    let mut refused: Vec<String> =
        points.iter().map(|point| hex::encode(point.compress().0)).collect();
    // Other encodings of y = 0 and y = 1, and the sign bit where x is 0.
    for (low, high) in [("ed", "7f"), ("ee", "7f"), ("ed", "ff"), ("ee", "ff")] {
        refused.push(format!("{low}{}{high}", "ff".repeat(30)));
    }
    refused.push(format!("01{}80", "00".repeat(30)));
    let good = keys_of_the_story();
    for (key, answer) in refused.iter().map(|key| (key, "False")).chain([(&good, "asked")]) {
        let call = format!("{code}\nprint(signed(bytes.fromhex('{key}'), b'', bytes(64)))");
        assert_eq!(keys(&call).trim_end(), answer, "{key}");
    }
}

/// A valid key.
fn keys_of_the_story() -> String {
    hex::encode(annals_core::key::SecretKey::from_seed([7; 32]).public().0)
}

#[test]
fn the_page_is_there_for_a_browser_too() {
    let story = story();
    story.told("export --to bag");
    let bag = files(&story.folder.path().join("bag"));
    let html = String::from_utf8(bag["VERIFY.html"].clone()).unwrap();
    assert!(html.contains("sha512sum --check --strict --quiet manifest-sha512.txt"));
    assert!(html.contains("python3 - &lt;&lt;'PYTHON'"));
}

#[test]
fn a_record_whose_log_key_was_rotated() {
    let story = story();
    let at = |line: &str, clock: &str| {
        let done = story.run_with(line, &[("ANNALS_CLOCK", clock)]);
        assert_eq!(done.exit, 0, "{}", done.err);
    };
    let rekey = "ledger rekey --reason rotated --statement yearly --by ada --yes";
    at(rekey, "2022-02-02T09:00:00Z");
    let retract = "retract 9 --reason duplicate --statement twice --by ada --yes";
    at(retract, "2022-02-03T09:00:00Z");
    // Before the rotation the key of that time signs; at it and afterwards both do.
    for (bag, as_of, size, keys) in
        [("old", " --as-of 13", 14, 1), ("at", " --as-of 14", 15, 2), ("new", "", 16, 2)]
    {
        let told = story.told(&format!("export --to {bag}{as_of}"));
        assert!(told.contains(&format!("checkpoint: of size {size}\n")), "{told}");
        let verified = story.told(&format!("verify {bag}"));
        assert!(verified.contains("bag: the log key signed the tag manifest\n"), "{verified}");
        let folder = story.folder.path().join(bag);
        let note = std::fs::read_to_string(folder.join("data/ledger/checkpoint")).unwrap();
        assert_eq!(note.matches('\u{2014}').count(), keys, "{note}");
        let (good, said) = run(&folder);
        assert!(good && said.ends_with("GOOD\n"), "{said}");
        let named = if size == 14 { 0 } else { 14 };
        let by = format!("the bag is what the ledger's key, named by event {named}, signed\n");
        assert!(said.contains(&by), "{said}");
    }
}
