//! The content of an export; two exports are equal; a part is the state of its point.

use crate::bag::folders::files;
use crate::bag::story::{dark_story, retimed_story, story};
use serde_json::{Value, from_str, json};
use std::fs;

const HEAD: &str = "2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327";

#[test]
fn a_whole_export_reports_its_size() {
    let story = story();
    let told = story.told("export --to bag");
    assert_eq!(
        told,
        "exported 14 of 14 events, 15 files, to bag\ncheckpoint: of size 14\n\
         the log key signed the bag\n\
         VERIFY.txt in it says how to check it; annals verify bag\n"
    );
    let bag = files(&story.folder.path().join("bag"));
    let ledger = files(&story.folder.path().join("ledger"));
    let names: Vec<&str> = bag.keys().map(String::as_str).collect();
    let document = ledger.keys().find(|name| name.starts_with("document/")).unwrap();
    let document = format!("data/ledger/{document}");
    let expected = [
        "FORMAT.md",
        "VERIFY.html",
        "VERIFY.txt",
        "bag-info.txt",
        "bagit.txt",
        "data/bodies.jsonl",
        "data/claims.jsonld",
        "data/facts.csv",
        "data/ledger/checkpoint",
        "data/ledger/checkpoints",
        &document,
        "data/ledger/journal/00000000000000000000.log",
        "data/memento/20220126120002/state.json",
        "data/memento/20220127080006/state.json",
        "data/memento/20220201090003/state.json",
        "data/memento/timemap.link",
        "data/premis.xml",
        "data/ro-crate-metadata.json",
        "data/state.json",
        "data/tile/0/000.p/14",
        "manifest-sha512.txt",
        "tagmanifest-sha512.note",
        "tagmanifest-sha512.txt",
    ];
    assert_eq!(names, expected);
    assert_eq!(bag["FORMAT.md"], include_bytes!("../../FORMAT.md"));
    assert_eq!(bag["data/ledger/checkpoint"], ledger["checkpoint"]);
    // The events are the ledger's, line by line; the bag has them in one commit.
    let events = |files: &std::collections::BTreeMap<String, Vec<u8>>, folder: &str| {
        let journal = &files[&format!("{folder}journal/00000000000000000000.log")];
        let lines = String::from_utf8(journal.clone()).unwrap();
        let (closing, events): (Vec<_>, Vec<_>) =
            lines.lines().map(str::to_owned).partition(|line| line.starts_with("= "));
        (events, closing.len())
    };
    let (kept, given) = (events(&ledger, ""), events(&bag, "data/ledger/"));
    assert_eq!((kept.0 == given.0, kept.1, given.1), (true, 7, 1));
    let state = story.told("replay --state");
    assert_eq!(bag["data/state.json"], state.trim_end().as_bytes());
    assert_eq!(bag["data/facts.csv"], story.told("replay --format csv").as_bytes());
    let info = format!(
        "Annals-Bag: 1\nAnnals-Head: {HEAD}\nAnnals-Record-Size: 14\n\
         Annals-Recorded: 2022-02-01T09:00:03.000000Z\n"
    );
    assert!(String::from_utf8_lossy(&bag["bag-info.txt"]).starts_with(&info));
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let story = story();
    story.told("export --to one");
    story.told("export --to two --jobs 1");
    let folder = story.folder.path();
    assert_eq!(files(&folder.join("one")), files(&folder.join("two")));
    story.told("export --to part --as-of 9");
    let clock = [("ANNALS_CLOCK", "2031-01-01T00:00:00Z")];
    let again = story.run_with("export --to again --as-of 9", &clock);
    assert_eq!(again.exit, 0, "{}", again.err);
    assert_eq!(files(&folder.join("part")), files(&folder.join("again")));
}

#[test]
fn a_part_folds_to_the_state_of_its_point() {
    let story = story();
    // 7 lies within a commit, so the commit line there is a new one.
    for size in 1..=14_u64 {
        let position = size - 1;
        story.told(&format!("export --to part-{size} --as-of {position}"));
        let bag = story.folder.path().join(format!("part-{size}"));
        let state = fs::read_to_string(bag.join("data/state.json")).unwrap();
        let replayed = story.told(&format!("replay --state --as-of {position}"));
        assert_eq!(format!("{state}\n"), replayed);
        let facts = fs::read_to_string(bag.join("data/facts.csv")).unwrap();
        let replayed = story.told(&format!("replay --format csv --as-of {position}"));
        assert_eq!(facts, replayed, "as of {position}");
        let verified = story.told(&format!("verify part-{size}"));
        let yes = match size {
            14 => "yes: the record is whole".to_owned(),
            _ => format!("yes: this part ({size} of 14) is as signed"),
        };
        assert!(verified.contains(&yes), "{verified}");
        let part = format!("as of position {position}: a part, the first {size} of 14 events; ");
        assert_eq!(verified.contains(&part), size < 14, "{verified}");
    }
}

#[test]
fn an_export_without_the_log_key_is_unsigned_and_only_on_request() {
    let story = story();
    let folder = story.folder.path();
    fs::rename(folder.join("keys/log.key"), folder.join("kept")).unwrap();
    let refused = story.run("export --to bag");
    assert_eq!((refused.exit, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("--unsigned leaves these signatures out"), "{}", refused.err);
    assert!(!folder.join("bag").exists());
    let told = story.run("export --to bag --unsigned");
    let note = "note: the log key is not at hand: the bag is not signed\n";
    assert_eq!((told.exit, told.err.as_str()), (0, note));
    assert!(!folder.join("bag/tagmanifest-sha512.note").exists());
    let verified = story.told("verify bag");
    assert!(verified.contains("bag: the tag manifest is not signed\n"), "{verified}");
    let last = "what to do: nothing signed vouches for FORMAT.md, VERIFY.html, VERIFY.txt, which \
                anybody may have changed: run no command from them; ask who made the bag for one \
                that the log key signed (tagmanifest-sha512.note)\nyes: the record is whole, in ";
    assert!(verified.contains(last), "{verified}");
    let json: Value = from_str(&story.run("verify bag --format json --html bag.html").out).unwrap();
    let unsigned = json!(["FORMAT.md", "VERIFY.html", "VERIFY.txt"]);
    assert_eq!(json["bag"]["unsigned_files"], unsigned);
    let page = fs::read_to_string(folder.join("bag.html")).unwrap();
    assert!(page.contains("nothing signed vouches for FORMAT.md, VERIFY.html, VERIFY.txt"));
    // A point within a commit has no checkpoint of its own: the last one before it covers it.
    let told = story.run("export --to part --as-of 5 --unsigned");
    assert!(told.out.contains("checkpoint: of size 3\n"), "{}", told.out);
    assert!(story.told("verify part").contains("unsigned: the last 3 events"));
}

#[test]
fn a_part_of_which_no_checkpoint_is_known_is_not_exported() {
    let story = story();
    let folder = story.folder.path();
    for lost in ["keys/log.key", "keys/log.marks"] {
        fs::remove_file(folder.join(lost)).unwrap();
    }
    let _ = fs::remove_file(folder.join("ledger/checkpoints"));
    let plain = story.run("export --to part --as-of 5");
    let refused = story.run("export --to part --as-of 5 --unsigned");
    assert_eq!((plain.exit, &plain.err), (refused.exit, &refused.err));
    let why = "annals: expected a checkpoint of the first 6 events, or of fewer, to put into the \
               bag; found none in ~/ledger: nothing was exported; export the whole record, or export \
               this point where the log key is\n";
    let told = refused.err.replace(folder.to_str().unwrap(), "~");
    assert_eq!((refused.exit, told.as_str()), (2, why));
    assert!(!folder.join("part").exists());
    assert_eq!(story.run("export --to bag --unsigned").exit, 0);
    assert_eq!(story.run("verify bag").exit, 0);
}

#[test]
fn earlier_days_are_in_the_map_with_their_states() {
    let story = story();
    story.told("export --to bag");
    let memento = story.folder.path().join("bag/data/memento");
    let map = fs::read_to_string(memento.join("timemap.link")).unwrap();
    let expected = "<../state.json>;rel=\"original\",\n\
        <timemap.link>;rel=\"self\";type=\"application/link-format\";\
        from=\"Wed, 26 Jan 2022 12:00:02 GMT\";until=\"Tue, 01 Feb 2022 09:00:03 GMT\",\n\
        <20220126120002/state.json>;rel=\"first memento\";\
        datetime=\"Wed, 26 Jan 2022 12:00:02 GMT\",\n\
        <20220127080006/state.json>;rel=\"memento\";datetime=\"Thu, 27 Jan 2022 08:00:06 GMT\",\n\
        <20220201090003/state.json>;rel=\"last memento\";\
        datetime=\"Tue, 01 Feb 2022 09:00:03 GMT\"\n";
    assert_eq!(map, expected);
    for (stamp, point) in [("20220126120002", "2022-01-26"), ("20220127080006", "2022-01-27")] {
        let state = fs::read_to_string(memento.join(stamp).join("state.json")).unwrap();
        assert_eq!(format!("{state}\n"), story.told(&format!("replay --state --as-of {point}")));
    }
}

#[test]
fn a_clock_that_was_set_back_leaves_a_map_that_rises() {
    let story = retimed_story();
    story.told("export --to bag");
    let map = story.folder.path().join("bag/data/memento/timemap.link");
    let map = fs::read_to_string(map).unwrap();
    assert_eq!(map.matches("memento\"").count(), 3, "{map}");
    assert!(map.contains("<20220127080006/state.json>;rel=\"memento\""), "{map}");
    assert!(map.contains("<20220201090003/state.json>;rel=\"last memento\""), "{map}");
    story.told("verify bag");
}

#[test]
fn what_was_redacted_is_in_no_file() {
    let story = dark_story();
    story.told("export --to bag");
    for (name, bytes) in files(&story.folder.path().join("bag")) {
        let text = String::from_utf8_lossy(&bytes);
        let document = name.starts_with("data/ledger/document/");
        assert!(document || !text.contains("The core question was not answered"), "{name}");
    }
    assert!(story.told("verify bag").contains("yes: the record is whole"));
    let refused = story.run("export --to part --as-of 9");
    assert_eq!(refused.exit, 2);
    let why = "annals: the body of event 7 was redacted after this point: a bag of the point \
               would either tell it or not be whole; name a point after the redaction, or none\n";
    assert_eq!(refused.err, why);
    assert!(!story.folder.path().join("part").exists());
}

#[test]
fn a_place_that_is_taken_or_a_point_before_the_first_event_is_refused() {
    let story = story();
    fs::create_dir(story.folder.path().join("bag")).unwrap();
    let refused = story.run("export --to bag");
    assert_eq!(refused.exit, 2);
    let why = "annals: cannot write bag\n  it is there already: name a folder that is not there; \
               nothing was changed\n";
    assert_eq!(refused.err, why);
    let refused = story.run("export --to new --as-of 2021-01-01");
    let why = "annals: before the first event there is nothing to export; name a later point\n";
    assert_eq!((refused.exit, refused.err.as_str()), (2, why));
    assert!(!story.folder.path().join("new").exists());
    assert!(!story.folder.path().join(".new.partial").exists());
}
