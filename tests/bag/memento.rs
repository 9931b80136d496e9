//! The TimeMap of a bag, followed on a static HTTP server: each address leads to the state of its
//! date, wherever the bag is served.

use crate::bag::folders::copy;
use crate::bag::readers::python;
use crate::bag::story::{Story, retimed_story, story};
use annals_core::hash::Hash;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The links of the TimeMap of this name below a served folder, each followed.
fn followed(story: &Story, served: &str, map: &str) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bag/memento.py");
    let mut command = Command::new(python());
    let folder = story.folder.path().join(served);
    let done = command.arg(script).arg(folder).arg(map).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Follows the map and compares each state with the program's answer as of its date.
fn holds(story: &Story, served: &str, payload: &str) -> Vec<String> {
    let links = followed(story, served, &format!("{payload}memento/timemap.link"));
    let (heads, mementos) = links.split_at(2);
    assert_eq!((&heads[0]["rel"], &heads[1]["rel"]), (&"original".into(), &"self".into()));
    assert_eq!(heads[0]["path"], format!("{payload}state.json"));
    assert_eq!(heads[1]["path"], format!("{payload}memento/timemap.link"));
    let dates: Vec<&str> = mementos.iter().map(|link| link["datetime"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|a, b| a < b), "{dates:?}");
    let bounds = (heads[1]["from"].as_str(), heads[1]["until"].as_str());
    assert_eq!(bounds, (dates.first().copied(), dates.last().copied()));
    for link in mementos {
        let date = link["datetime"].as_str().unwrap();
        let stamp: String = date.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(link["path"], format!("{payload}memento/{stamp}/state.json"));
        assert_eq!((&link["status"], &link["type"]), (&200.into(), &"application/json".into()));
        let state = story.run(&format!("replay --state --as-of {}", &date[..10])).out;
        let digest = Hash::of(&[state.trim_end().as_bytes()]).to_string();
        assert_eq!(link["sha256"], digest, "as of {date}");
    }
    assert_eq!(heads[0]["sha256"], mementos[mementos.len() - 1]["sha256"], "the last is the bag's");
    mementos.iter().map(|link| link["rel"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_memento_is_where_the_map_says_at_the_root_and_deep_below_it() {
    let story = story();
    story.told("export --to bag");
    let rels = ["first memento", "memento", "last memento"];
    assert_eq!(holds(&story, "bag/data", ""), rels);
    assert_eq!(holds(&story, "bag", "data/"), rels);
    let bag = |place: &str| story.folder.path().join(place);
    copy(&bag("bag"), &bag("served/records of 2022/the bag"));
    assert_eq!(holds(&story, "served", "records of 2022/the bag/data/"), rels);
}

#[test]
fn a_part_of_one_day_has_one_memento() {
    let story = story();
    story.told("export --to part --as-of 2022-01-26");
    let links = followed(&story, "part", "data/memento/timemap.link");
    assert_eq!((links.len(), &links[2]["rel"]), (3, &"first last memento".into()));
    assert_eq!(links[0]["sha256"], links[2]["sha256"]);
}

#[test]
fn a_clock_that_was_set_back() {
    let story = retimed_story();
    story.told("export --to bag");
    let rels = ["first memento", "memento", "last memento"];
    assert_eq!(holds(&story, "bag", "data/"), rels);
}

/// The advice of FORMAT.md for serving a bag to readers that need absolute addresses.
#[test]
fn addresses_are_made_whole_by_one_line() {
    let story = story();
    story.told("export --to bag");
    let folder = story.folder.path();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/FORMAT.md")).unwrap();
    let line = page.lines().find(|line| line.contains("sed 's|<|<https://")).unwrap().trim();
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder.join("bag/data/memento"));
    let whole = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let first = "<https://example.org/bag/data/memento/../state.json>;rel=\"original\",\n";
    assert!(whole.starts_with(first), "{whole}");
    assert_eq!(whole.matches("<https://example.org/bag/data/memento/").count(), 5);
}
