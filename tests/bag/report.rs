//! The verdict on a bag as a page: for a whole bag, a part, and a damaged one.

use crate::bag::folders::edit;
use crate::bag::story::{Story, story};
use std::fs;
use std::process::Command;

const HEAD: &str = "2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327";

/// The page of a bag, and its words without markup.
fn page(story: &Story, bag: &str, exit: i32) -> (String, String) {
    let clock = [("ANNALS_CLOCK", "2056-03-01T10:00:00Z")];
    let answer = story.run_with(&format!("verify {bag} --html page.html"), &clock);
    assert_eq!(answer.exit, exit, "{}{}", answer.out, answer.err);
    assert!(answer.err.ends_with("the verdict as a page: page.html\n"), "{}", answer.err);
    let page = fs::read_to_string(story.folder.path().join("page.html")).unwrap();
    let body = page.split_once("<body>").unwrap().1;
    let words = body.split('<').map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text));
    let words = words.collect::<Vec<_>>().join(" ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (
        page.clone(),
        words
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

fn expect(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn the_page_of_a_whole_bag_says_what_was_compared_and_how_to_do_it_again() {
    let story = story();
    story.told("export --to bag");
    let (page, words) = page(&story, "bag", 0);
    let parts = [
        "Verification of example.org/record Yes: the record is whole. Exit code 0.",
        "Checked at 2056-03-01 10:00:00 UTC by annals",
        "The bag Files 15 of 15 files as the manifest says",
        "Views 11 files follow from the record, byte for byte",
        "Earlier checkpoints 7 earlier checkpoints hold",
        "Signature the log key signed the tag manifest Holds the whole record of 14 events",
        "Damage None.",
        "signature 14 signatures good",
        "annals verify bag With",
        "python3 scripts/reverify.py bag With",
        "the steps of VERIFY.txt in the bag",
    ];
    expect(&words, &parts);
    assert!(!page.contains("<script") && !page.contains("://"), "{page}");
    // The commands on the page give the head.
    let page = page.replace("&quot;", "\"");
    let from = page.find("f=$(ls bag/data/ledger/journal/*.log | tail").unwrap();
    let recipe = page[from..].split("</code>").next().unwrap();
    let folder = story.folder.path();
    let done = Command::new("sh").args(["-c", recipe]).current_dir(folder).output().unwrap();
    assert!(String::from_utf8(done.stdout).unwrap().starts_with(HEAD), "{recipe}");
}

#[test]
fn the_page_of_a_part_without_signature_says_both() {
    let story = story();
    fs::remove_file(story.folder.path().join("keys/log.key")).unwrap();
    let told = story.run("export --to part --as-of 5 --unsigned");
    assert_eq!(told.exit, 0, "{}", told.err);
    let (_, words) = page(&story, "part", 0);
    let parts = [
        "Holds as of position 5: a part, the first 6 of 14 events; what came after is not here",
        "Signature the tag manifest is not signed",
    ];
    expect(&words, &parts);
}

#[test]
fn the_page_of_a_damaged_bag_names_each_file_and_escapes_it() {
    let story = story();
    story.told("export --to bag");
    let bag = story.folder.path().join("bag");
    edit(&bag.join("data/facts.csv"), |bytes| bytes[0] ^= 1);
    fs::write(bag.join("data/<script>"), "x").unwrap();
    let (html, words) = page(&story, "bag", 2);
    assert!(!html.contains("<script"), "{html}");
    let parts = [
        "Could not tell: the bag is damaged. Exit code 2.",
        "Files 14 of 15 files as the manifest says",
        "data/facts.csv: expected the SHA-512",
        "data/<script>: it is there, and manifest-sha512.txt does not list it",
        "Faults None.",
    ];
    expect(&words, &parts);
    edit(&bag.join("tagmanifest-sha512.note"), |bytes| bytes[0] ^= 1);
    let (_, words) = page(&story, "bag", 1);
    let parts = [
        "No: the bag is not the one that was signed, or the record breaks its rules. Exit code 1.",
        "Signature the note does not hold: see below",
        "tagmanifest-sha512.note: expected a signed note over a bag, found none in form",
    ];
    expect(&words, &parts);
}
