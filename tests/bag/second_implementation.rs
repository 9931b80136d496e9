//! The second implementation verifies bags: the same verdict, file by file, on good and on bad
//! ones.

use crate::bag::folders::{copy, edit, files, manifest_again};
use crate::bag::readers::python;
use crate::bag::story::{Story, dark_story, retimed_story, story};
use crate::editor::story as editor;
use annals::archive::bag::target::FolderBagTarget;
use annals::ledger::exchange::export;
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::support::tamper::Dice;
use crate::support::{self, Ledger, judge, random};

/// The common part of both outputs: names of files, but not the texts.
fn common(told: &Value) -> Value {
    let faults = told["faults"].as_array().into_iter().flatten();
    let faults: Vec<Value> = faults.map(|f| json!([f["rule"], f["position"]])).collect();
    let name = |why: &Value| why.as_str().unwrap().split(": ").next().unwrap().to_owned();
    let wrong: BTreeSet<String> =
        told["bag"]["wrong"].as_array().into_iter().flatten().map(name).collect();
    let bag = &told["bag"];
    json!({
        "exit": told["exit"], "size": told["size"], "head": told["head"], "faults": faults,
        "files": bag["files"], "derived": bag["derived"], "checkpoints": bag["checkpoints"],
        "signed": bag["signed"], "of": bag["of"], "wrong": wrong,
    })
}

fn ours(story: &Story, bag: &str) -> Value {
    let answer = story.run(&format!("verify {bag} --format json"));
    let told: Value = serde_json::from_str(&answer.out).unwrap_or_else(|_| panic!("{bag}"));
    assert_eq!(told["exit"], answer.exit, "{bag}");
    common(&told)
}

fn theirs(story: &Story, bags: &[String]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bag/second.py");
    let mut command = Command::new(python());
    command.current_dir(story.folder.path()).arg(script).args(bags);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let done = command.output().unwrap();
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{errors}");
    let said = String::from_utf8(done.stdout).unwrap();
    said.lines().map(|line| common(&serde_json::from_str(line).unwrap())).collect()
}

/// Both verdicts, which must be equal.
fn same(story: &Story, bags: &[String]) -> Vec<Value> {
    let theirs = theirs(story, bags);
    assert_eq!(theirs.len(), bags.len());
    for (bag, theirs) in bags.iter().zip(&theirs) {
        assert_eq!(&ours(story, bag), theirs, "{bag}");
    }
    theirs
}

/// A pin of more events than a part is not a fault; one of other events is.
#[test]
fn a_part_against_a_later_pin() {
    let story = story();
    story.told("export --to part --as-of 9");
    story.told("export --to whole");
    story.told("verify --pin pin --first");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bag/second.py");
    let mut command = Command::new(python());
    command.current_dir(story.folder.path()).arg(script).args(["--pin", "pin", "part", "whole"]);
    let done = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    for (line, (bag, exit)) in said.lines().zip([("part", 2), ("whole", 0)]) {
        let theirs = common(&serde_json::from_str(line).unwrap());
        let ours = ours(&story, &format!("{bag} --pin pin"));
        assert_eq!((&ours, &ours["exit"]), (&theirs, &json!(exit)), "{bag}");
        assert_eq!(ours["faults"], json!([]), "{bag}");
    }
}

#[test]
fn good_bags_whole_and_of_points() {
    let story = story();
    let mut bags = vec!["whole".to_owned()];
    story.told("export --to whole");
    // 5 lies within a commit of the ledger, 9 after the first fact by Cy.
    for position in [0, 3, 5, 9, 12] {
        story.told(&format!("export --to part-{position} --as-of {position}"));
        bags.push(format!("part-{position}"));
    }
    for verdict in same(&story, &bags) {
        assert_eq!((&verdict["exit"], &verdict["signed"]), (&0.into(), &true.into()), "{verdict}");
        assert_eq!((&verdict["wrong"], &verdict["of"]), (&json!([]), &14.into()), "{verdict}");
    }
}

#[test]
fn bags_with_a_stolen_key_redacted_words_and_a_clock_set_back() {
    for story in [dark_story(), retimed_story()] {
        story.told("export --to whole");
        let verdicts = same(&story, &["whole".to_owned()]);
        assert_eq!((&verdicts[0]["exit"], &verdicts[0]["wrong"]), (&0.into(), &json!([])));
    }
}

/// A bag has names as they were signed, also two of one name, which answers tell apart.
#[test]
fn a_bag_of_two_persons_of_one_name() {
    let desk = editor::facts();
    for line in [
        "key|new|bo2|--name|Bo Berg|--no-passphrase",
        "editor|add|keys/bo2.request|--role|editor|--same-name|--by|ada",
        "confirm|4|--how|reread|--by|bo2",
        "correct|5|--claim|They met.|--reason|entry-error|--statement|S.|--by|bo",
        "export|--to|whole",
    ] {
        let answer = desk.run("", line);
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
    }
    let story = Story { folder: desk.folder };
    let verdicts = same(&story, &["whole".to_owned()]);
    assert_eq!((&verdicts[0]["exit"], &verdicts[0]["wrong"]), (&0.into(), &json!([])));
    let facts = std::fs::read_to_string(story.folder.path().join("whole/data/facts.csv")).unwrap();
    assert!(facts.contains("Bo Berg") && !facts.contains("(key "), "{facts}");
}

/// One bit of the middle byte of each file; then also with the manifests written again.
#[test]
fn each_kind_of_file_with_one_byte_flipped() {
    let story = story();
    story.told("export --to whole");
    let folder = story.folder.path();
    let mut bags = Vec::new();
    let names: Vec<String> = files(&folder.join("whole")).into_keys().collect();
    for (name, index) in names.iter().zip(0..) {
        for (again, kind) in [(false, "flip"), (true, "again")] {
            let bag = format!("{kind}-{index}");
            copy(&folder.join("whole"), &folder.join(&bag));
            edit(&folder.join(&bag).join(name), |bytes| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
            });
            if again && !name.contains("manifest") {
                manifest_again(&folder.join(&bag));
            }
            bags.push(bag);
        }
    }
    let verdicts = same(&story, &bags);
    for ((bag, verdict), name) in bags.iter().zip(&verdicts).zip(names.iter().flat_map(|n| [n, n]))
    {
        assert_ne!(verdict["exit"], 0, "{bag} {name}");
        let named = verdict["wrong"].as_array().unwrap().contains(&Value::from(name.as_str()));
        let noted = name.ends_with(".txt") && !name.starts_with("bag");
        assert!(named || bag.starts_with("again") || noted, "{bag} {name} {verdict}");
    }
}

#[test]
fn what_is_missing_too_much_or_misnamed() {
    let story = story();
    story.told("export --to whole");
    let folder = story.folder.path();
    let mut bags = Vec::new();
    let mut case = |change: &dyn Fn(&Path)| {
        let bag = format!("case-{}", bags.len());
        copy(&folder.join("whole"), &folder.join(&bag));
        change(&folder.join(&bag));
        bags.push(bag);
    };
    for name in files(&folder.join("whole")).into_keys().filter(|name| name != "bagit.txt") {
        case(&|bag| std::fs::remove_file(bag.join(&name)).unwrap());
    }
    let add = |bag: &Path, name: &str, text: &str| {
        edit(&bag.join(name), |bytes| bytes.extend_from_slice(text.as_bytes()));
    };
    let mark = std::fs::read_to_string(folder.join("whole/data/ledger/checkpoints")).unwrap();
    let first = mark.lines().next().unwrap().to_owned() + "\n";
    case(&|bag| std::fs::write(bag.join("data/extra"), "x").unwrap());
    case(&|bag| std::fs::write(bag.join("extra"), "x").unwrap());
    case(&|bag| std::fs::write(bag.join(".hidden"), "x").unwrap());
    case(&|bag| {
        std::fs::create_dir_all(bag.join("data/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q")).unwrap()
    });
    case(&|bag| std::fs::create_dir_all(bag.join("data/a/b")).unwrap());
    for name in ["data/facts.csv", "data/ledger/checkpoints", "VERIFY.txt", "bag-info.txt"] {
        for inside in ["", "/x"] {
            case(&|bag| {
                std::fs::remove_file(bag.join(name)).unwrap();
                std::fs::create_dir_all(bag.join(format!("{name}{inside}"))).unwrap();
            });
        }
    }
    // A link is not what it leads to.
    for name in ["data/facts.csv", "VERIFY.txt", "bag-info.txt", "tagmanifest-sha512.txt"] {
        case(&|bag| {
            let elsewhere = folder.join("whole").join(name);
            std::fs::remove_file(bag.join(name)).unwrap();
            std::os::unix::fs::symlink(elsewhere, bag.join(name)).unwrap();
        });
    }
    for line in ["x\n", "\n", "  data/x", "\r\n", &format!("{}  data/a:b\n", "0".repeat(128))] {
        case(&|bag| add(bag, "manifest-sha512.txt", line));
        case(&|bag| add(bag, "tagmanifest-sha512.txt", line));
    }
    for line in [first.as_str(), "x\n", "x", &first.replace("example.org", "example.com")] {
        case(&|bag| {
            add(bag, "data/ledger/checkpoints", line);
            manifest_again(bag);
        });
    }
    for (from, to) in
        [("Record-Size: 14", "Record-Size: 15"), ("Size: 14", "Size: 9"), ("Bag: 1", "Bag: 2")]
    {
        case(&|bag| {
            edit(&bag.join("bag-info.txt"), |bytes| {
                *bytes = String::from_utf8_lossy(bytes).replacen(from, to, 1).into_bytes();
            });
            manifest_again(bag);
        });
        case(&|bag| {
            edit(&bag.join("bag-info.txt"), |bytes| {
                *bytes = String::from_utf8_lossy(bytes).replacen(from, to, 1).into_bytes();
            });
            manifest_again(bag);
            std::fs::remove_file(bag.join("tagmanifest-sha512.note")).unwrap();
        });
    }
    case(&|bag| {
        std::fs::write(bag.join("data/extra.txt"), "x").unwrap();
        manifest_again(bag);
    });
    let verdicts = same(&story, &bags);
    let good = verdicts.iter().filter(|verdict| verdict["exit"] == 0).count();
    let which = "without its note; with a hidden file; of a record that is said to be longer";
    assert_eq!(good, 3, "{which}");
}

#[test]
fn a_bag_without_its_record() {
    let story = story();
    story.told("export --to bag");
    std::fs::remove_dir_all(story.folder.path().join("bag/data/ledger")).unwrap();
    let theirs = theirs(&story, &["bag".to_owned()]);
    let answer = story.run("verify bag --format json");
    let ours = common(&serde_json::from_str(&answer.out).unwrap());
    assert_eq!((answer.exit, &theirs[0]["exit"]), (2, &2.into()));
    assert_eq!((&ours["wrong"], &ours["files"]), (&theirs[0]["wrong"], &theirs[0]["files"]));
}

/// A record of random legal acts of all types, with stolen keys and redacted words.
fn history(seed: u64) -> Ledger {
    let mut ledger = Ledger::newsroom();
    let mut dice = Dice(seed);
    while ledger.size() < 40 {
        let mut next = ledger.clone();
        let (by, act) = random::act(&mut next, &mut dice);
        next.sign(by, act);
        if judge(&next.files()).faults.is_empty() {
            ledger = next;
        }
    }
    ledger
}

/// Exports the first events of a ledger with every log key that it may have had.
fn export_with_all_keys(folder: &Path, ledger: &str, bag: &str, until: u64) -> bool {
    let paths = Paths::new(folder.join(ledger), Some(folder.join("none")));
    let record = Record::open(paths).unwrap();
    let keys = ["log", "log-2", "log-3"].map(support::keys::secret);
    let asked = export::ExportOptions { until, jobs: 1, unsigned: true, ..Default::default() };
    let wait = std::time::Duration::from_secs(10);
    let mut ground = FolderBagTarget::open(&folder.join(bag), wait).unwrap();
    match export::export(&record, &keys, &asked, &mut ground) {
        Ok(_) => true,
        Err(error) => {
            assert!(error.to_string().contains("redacted after this point"), "{bag}: {error}");
            false
        }
    }
}

#[test]
fn bags_of_random_histories() {
    let story = story();
    let folder = story.folder.path();
    let mut bags = Vec::new();
    // ANNALS_HISTORIES=40 asks for more.
    let seeds = std::env::var("ANNALS_HISTORIES").map_or(1, |text| text.parse().unwrap());
    for seed in 0..seeds {
        for (name, bytes) in history(seed).files() {
            let path = folder.join(format!("random-{seed}")).join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        for until in [20, 30, 40] {
            let bag = format!("bag-{seed}-{until}");
            let ledger = format!("random-{seed}/ledger");
            if export_with_all_keys(folder, &ledger, &bag, until) {
                bags.push(bag);
            }
        }
    }
    assert!(bags.len() as u64 >= seeds, "{bags:?}");
    for (bag, verdict) in bags.iter().zip(same(&story, &bags)) {
        assert_eq!(
            (&verdict["exit"], &verdict["wrong"]),
            (&0.into(), &json!([])),
            "{bag} {verdict}"
        );
    }
}

#[test]
fn the_second_verifier_prints_the_verdict() {
    let story = story();
    story.told("export --to bag");
    let run = |what: &str| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/reverify.py");
        let mut command = Command::new(python());
        command.current_dir(story.folder.path()).arg(script).arg(what);
        let done = command.env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
        let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        (done.status.code(), said)
    };
    let (code, said) = run("bag");
    let start = "bag: 15 of 15 files as the manifest says\n\
                 bag: 11 files follow from the record, 7 earlier checkpoints hold\n\
                 bag: signed\nsize 14\nhead ";
    assert!(said.starts_with(start) && said.ends_with("verified: 0 faults (exit 0)\n"), "{said}");
    assert_eq!(code, Some(0));
    edit(&story.folder.path().join("bag/data/facts.csv"), |bytes| bytes[0] ^= 1);
    let (code, said) = run("bag");
    assert!(said.contains("damage: data/facts.csv: another SHA-512 than is listed\n"), "{said}");
    assert!(said.ends_with("damaged, or could not tell: 0 faults (exit 2)\n"), "{said}");
    assert_eq!(code, Some(2));
    std::fs::remove_file(story.folder.path().join("bag/bagit.txt")).unwrap();
    let why = "reverify: bag: no bagit.txt, which is written last: this is no whole bag\n";
    assert_eq!(run("bag"), (Some(2), why.to_owned()));
}

/// Each kind of text file with other line endings, and all of them at once.
#[test]
fn files_that_were_changed_on_their_way() {
    let story = story();
    story.told("export --to whole");
    let folder = story.folder.path();
    let carry = |bag: &str, name: &str| {
        edit(&folder.join(bag).join(name), |bytes| {
            let text = String::from_utf8_lossy(bytes).replace('\n', "\r\n");
            *bytes = text.into_bytes();
        });
    };
    let names = [
        "manifest-sha512.txt",
        "tagmanifest-sha512.txt",
        "tagmanifest-sha512.note",
        "bagit.txt",
        "bag-info.txt",
        "data/ledger/checkpoint",
        "data/ledger/journal/00000000000000000000.log",
    ];
    let mut bags = Vec::new();
    for (name, index) in names.iter().zip(0..) {
        let bag = format!("carried-{index}");
        copy(&folder.join("whole"), &folder.join(&bag));
        carry(&bag, name);
        bags.push(bag);
    }
    copy(&folder.join("whole"), &folder.join("carried"));
    names.iter().for_each(|name| carry("carried", name));
    bags.push("carried".to_owned());
    for (bag, verdict) in bags.iter().zip(same(&story, &bags)) {
        assert_eq!(verdict["exit"], 2, "{bag} {verdict}");
    }
}
