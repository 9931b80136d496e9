//! The shape of the code: floors, homes of words, lengths, heads. Everything here can fail.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const MAX_LINES: usize = 700;
const MAX_COLUMNS: usize = 100;

/// A word that has one home: the text, and the paths (prefixes) where it may stand.
const HOMES: &[(&str, &[&str])] = &[
    ("sled::Db", &["src/store/sled"]),
    ("sled::Config", &["src/store/sled"]),
    ("SystemTime::now", &["src/clock.rs"]),
    ("csv::Writer", &["src/ledger/table.rs"]),
    ("println!", &[]),
    ("print!(", &[]),
    ("dbg!(", &[]),
    ("getrandom::", &["src/entropy.rs"]),
    ("ed25519_dalek::", &["src/key/"]),
    ("curve25519_dalek::", &["src/key/"]),
    ("Sha256", &["src/hash.rs"]),
    // The one door to files: what is opened is regular, no link, and has a bound. Elsewhere: folders
    // that are locked, and files of a name that must be free.
    ("File::open(", &["src/disk/", "src/archive/shelf.rs", "src/cli/witness/serve.rs"]),
    ("File::create", &["src/archive/shelf.rs"]),
    ("OpenOptions::new", &["src/disk/", "src/archive/bag/ground.rs", "src/journal/write.rs"]),
    ("fs::read(", &[]),
    ("fs::read_to_string(", &[]),
    ("fs::write(", &[]),
    ("fs::copy(", &[]),
    // Questions that take every error for "not there"; `disk::kind` and its like tell them apart.
    (".exists()", &["src/disk/"]),
    (".try_exists()", &["src/disk/"]),
    ("metadata().is_ok", &["src/disk/"]),
    ("metadata().is_err", &["src/disk/"]),
    ("unsafe ", &[]),
    ("anyhow", &[]),
    ("std::process::exit", &[]),
    (".unwrap()", &[]),
    (".expect(", &[]),
    ("panic!(", &[]),
    ("todo!(", &[]),
    ("unimplemented!(", &[]),
];

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no Rust file in {folder}");
    found
}

fn short(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The code of a file: without comments, and without the tests at its end.
fn code(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    lines
        .take_while(|(_, line)| {
            !line.starts_with("#[cfg(test") && !line.starts_with("#[cfg(all(test")
        })
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .collect()
}

fn fail(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Modules by floor, in the order in which lib.rs declares them.
fn floors() -> Vec<(usize, String)> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"));
    let mut floor = 0;
    let mut modules = Vec::new();
    for line in lib.expect("src/lib.rs").lines() {
        if let Some(rest) = line.strip_prefix("// floor ") {
            floor = rest.split(':').next().and_then(|n| n.parse().ok()).expect("a floor's number");
        }
        if let Some(name) = line.strip_prefix("pub mod ") {
            modules.push((floor, name.trim_end_matches(';').to_owned()));
        }
    }
    assert!(modules.len() > 20, "lib.rs declares the floors");
    modules
}

#[test]
fn imports_point_down_or_to_the_left() {
    let order: Vec<String> = floors().into_iter().map(|(_, name)| name).collect();
    let rank = |name: &str| order.iter().position(|known| known == name);
    let mut faults = Vec::new();
    for path in rust_files("src") {
        let file = short(&path);
        let own = file.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
        let Some(own_rank) = rank(own) else { continue };
        let text = fs::read_to_string(&path).expect("readable");
        for (line, content) in code(&text) {
            for piece in content.split("crate::").skip(1) {
                let name: String =
                    piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if rank(&name).is_some_and(|rank| rank > own_rank) {
                    faults.push(format!("{file}:{line}: {own} imports {name}, which is above it"));
                }
            }
        }
    }
    fail(&faults);
}

#[test]
fn words_stand_in_their_one_home() {
    let mut faults = Vec::new();
    for path in rust_files("src") {
        let file = short(&path);
        if file.ends_with("/tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("readable");
        for (line, content) in code(&text) {
            for (word, homes) in HOMES {
                let at_home = homes.iter().any(|home| file.starts_with(home));
                if content.contains(word) && !at_home {
                    faults.push(format!("{file}:{line}: {word} belongs to {homes:?}"));
                }
            }
        }
    }
    fail(&faults);
}

/// `is_file` and `is_dir` are asked of what was looked at (`about`, `kind`), never of a path.
#[test]
fn what_stands_at_a_path_is_asked_of_the_disk() {
    let mut faults = Vec::new();
    for path in rust_files("src") {
        let file = short(&path);
        let text = fs::read_to_string(&path).expect("readable");
        for (line, content) in code(&text).into_iter().filter(|_| !file.starts_with("src/disk/")) {
            for word in [".is_file()", ".is_dir()"] {
                for (at, _) in content.match_indices(word) {
                    let looked_at = ["about", "kind"].iter().any(|it| content[..at].ends_with(it));
                    if !looked_at {
                        faults.push(format!("{file}:{line}: {word} of a path; ask disk::kind"));
                    }
                }
            }
        }
    }
    fail(&faults);
}

#[test]
fn files_are_short_and_lines_fit() {
    let mut faults = Vec::new();
    for path in rust_files("src").into_iter().chain(rust_files("tests")) {
        let text = fs::read_to_string(&path).expect("readable");
        let lines = text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines, at most {MAX_LINES}", short(&path)));
        }
        for (at, line) in text.lines().enumerate() {
            if line.chars().count() > MAX_COLUMNS && short(&path).starts_with("src/") {
                faults.push(format!("{}:{}: over {MAX_COLUMNS} columns", short(&path), at + 1));
            }
        }
    }
    fail(&faults);
}

#[test]
fn every_file_says_what_it_is() {
    let headless = |path: &PathBuf| !fs::read_to_string(path).expect("readable").starts_with("//!");
    let faults: Vec<String> = rust_files("src")
        .into_iter()
        .chain(rust_files("tests"))
        .filter(headless)
        .map(|path| format!("{}: does not begin with //!", short(&path)))
        .collect();
    fail(&faults);
}

#[test]
fn no_room_is_a_junk_room() {
    let bad: BTreeSet<&str> = ["utils", "util", "helpers", "manager", "common", "misc"].into();
    let names = rust_files("src").into_iter().map(|path| short(&path));
    let faults: Vec<String> =
        names.filter(|file| file.split(['/', '.']).any(|part| bad.contains(part))).collect();
    fail(&faults);
}
