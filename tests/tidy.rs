//! The structure of the code: floors, homes of words, lengths, heads. Every check here can fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const MAX_LINES: usize = 700;
const MAX_COLUMNS: usize = 100;

/// A word with one home: the text, and the path prefixes where it may be.
const HOMES: &[(&str, &[&str])] = &[
    ("sled::", &["src/store/"]),
    ("SledStore", &["src/store/sled"]),
    ("SystemTime::now", &["src/clock.rs"]),
    ("csv::Writer", &["src/ledger/table.rs"]),
    ("println!", &[]),
    ("print!(", &[]),
    ("dbg!(", &[]),
    ("getrandom::", &["src/entropy.rs"]),
    ("available_parallelism", &["src/disk/together.rs"]),
    ("ed25519_dalek::", &["core/src/key/"]),
    ("curve25519_dalek::", &["ed25519/src/"]),
    ("Sha256", &["core/src/hash.rs"]),
    // The one module that opens files: regular files, no links, bounded reads. The others open
    // folders to lock them, and create files whose names must be free.
    (
        "File::open(",
        &["src/disk/", "src/archive/publish_target.rs", "src/cli/commands/witness/serve.rs"],
    ),
    ("File::create", &["src/archive/publish_target.rs"]),
    ("OpenOptions::new", &["src/disk/", "src/archive/bag/target.rs", "src/journal/write.rs"]),
    ("fs::read(", &[]),
    ("fs::read_to_string(", &[]),
    ("fs::write(", &[]),
    ("fs::copy(", &[]),
    // Calls that take every error for absence; `disk::kind` and related functions distinguish them.
    (".exists()", &["src/disk/"]),
    (".try_exists()", &["src/disk/"]),
    ("metadata().is_ok", &["src/disk/"]),
    ("metadata().is_err", &["src/disk/"]),
    ("unsafe ", &["ed25519/src/lanes/m", "ed25519/src/lanes/eight/m", "ed25519/src/lanes/four/m"]),
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

/// The sources of the crates: their root, and the name by which another one imports it.
const CRATES: &[(&str, &str)] =
    &[("ed25519/src", "annals_ed25519"), ("core/src", "annals_core"), ("src", "annals")];

/// Files that declare floors: `// floor N: what` before the `mod` lines of that floor.
const DRAWINGS: &[&str] = &["core/src/lib.rs", "src/lib.rs", "src/cli/mod.rs", "src/ledger/mod.rs"];

fn all_rust_files() -> Vec<PathBuf> {
    CRATES.iter().flat_map(|(root, _)| rust_files(root)).collect()
}

/// The name of a module in another file that a line declares, if any.
fn declared(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.strip_prefix("mod ")?.strip_suffix(';')
}

/// Modules with their floors, in the order in which a drawing declares them.
fn floors(drawing: &str) -> Vec<(usize, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(drawing));
    let mut floor = None;
    let mut modules = Vec::new();
    for line in text.expect(drawing).lines() {
        if let Some(rest) = line.strip_prefix("// floor ") {
            floor = rest.split(':').next().and_then(|number| number.parse().ok());
            assert!(floor.is_some(), "{drawing}: expected a floor's number in {line:?}");
        }
        if let (Some(floor), Some(name)) = (floor, declared(line)) {
            modules.push((floor, name.to_owned()));
        }
    }
    assert!(modules.len() > 3, "{drawing} declares floors");
    modules
}

/// The modules of a crate by path (`cli::terminal::ask`), each with its file.
fn modules(root: &str) -> BTreeMap<String, PathBuf> {
    let name = |path: &PathBuf| {
        let file = short(path);
        let stem = file.trim_start_matches(root).trim_start_matches('/').trim_end_matches(".rs");
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        if stem == "lib" { String::new() } else { stem.replace('/', "::") }
    };
    rust_files(root)
        .into_iter()
        .filter(|path| !path.ends_with("main.rs") && !path.ends_with("tests.rs"))
        .map(|path| (name(&path), path))
        .collect()
}

/// The paths in this crate that a file names, with the lines: `crate::a::{b, c::D}` gives two.
fn named(text: &str) -> Vec<(usize, String)> {
    let lines = code(text);
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let rest = &line[at + "crate::".len()..];
            let path: String = rest.chars().take_while(|c| word(*c)).collect();
            let Some(group) = rest[path.len()..].strip_prefix('{') else {
                found.push((*number, path));
                continue;
            };
            // A group may continue over the next lines.
            let mut names = group.to_owned();
            let mut more = lines[index + 1..].iter();
            while !names.contains('}')
                && let Some((_, line)) = more.next()
            {
                names.push_str(line);
            }
            let names = names.split('}').next().unwrap_or_default().to_owned();
            assert!(!names.contains('{'), "line {number}: expected groups without groups in them");
            for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                let name = name.split(' ').next().unwrap_or_default();
                found.push((*number, format!("{path}{name}")));
            }
        }
    }
    found
}

/// The files of a crate that each file imports. A child module counts where it is used.
fn imports(root: &str) -> BTreeMap<String, BTreeSet<String>> {
    let modules = modules(root);
    let home = |path: &str| {
        let parts: Vec<&str> = path.split("::").collect();
        let known = |count: &usize| modules.contains_key(&parts[..*count].join("::"));
        (1..=parts.len()).rev().find(known).map(|count| parts[..count].join("::"))
    };
    let mut all = BTreeMap::new();
    for (module, path) in &modules {
        let text = fs::read_to_string(path).expect("readable");
        let mut to: BTreeSet<String> =
            named(&text).iter().filter_map(|(_, path)| home(path)).collect();
        for child in text.lines().filter_map(declared) {
            // A re-export is not a use.
            let used = |(_, line): &(usize, &str)| {
                let word = format!("{child}::");
                let inside = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                !line.starts_with("pub use ")
                    && line.match_indices(&word).any(|(at, _)| !line[..at].ends_with(inside))
            };
            if code(&text).iter().any(used) {
                to.insert(if module.is_empty() {
                    child.to_owned()
                } else {
                    format!("{module}::{child}")
                });
            }
        }
        to.remove(module);
        all.insert(module.clone(), to);
    }
    all
}

#[test]
fn imports_point_down_or_to_the_left() {
    let mut faults = Vec::new();
    let mut arrows = 0;
    for drawing in DRAWINGS {
        let folder = drawing.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (root, _) = CRATES.iter().rfind(|(root, _)| folder.starts_with(root)).expect("a crate");
        let room = folder.trim_start_matches(root).trim_start_matches('/').to_owned();
        let order: Vec<String> = floors(drawing).into_iter().map(|(_, name)| name).collect();
        let place = |path: &str| {
            let inside = match room.as_str() {
                "" => path,
                room => path.strip_prefix(room)?.strip_prefix("::")?,
            };
            order.iter().position(|name| name == inside.split("::").next().unwrap_or_default())
        };
        for (module, path) in modules(root) {
            let Some(own) = place(&module) else { continue };
            for (line, path_named) in named(&fs::read_to_string(&path).expect("readable")) {
                let Some(other) = place(&path_named) else { continue };
                arrows += 1;
                if other > own {
                    let (file, own, other) = (short(&path), &order[own], &order[other]);
                    faults.push(format!("{file}:{line}: {own} imports {other}, which is above it"));
                }
            }
        }
    }
    assert!(arrows > 500, "expected the imports of the whole tree, found {arrows}");
    fail(&faults);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut faults = Vec::new();
    for (root, _) in CRATES {
        let imports = imports(root);
        for module in imports.keys() {
            let (mut reached, mut next) = (BTreeSet::new(), vec![module]);
            while let Some(from) = next.pop() {
                next.extend(imports[from].iter().filter(|to| reached.insert(*to)));
            }
            if reached.contains(module) {
                let back = |to: &&String| reached.contains(to);
                let to: Vec<&String> = imports[module].iter().filter(back).collect();
                faults.push(format!("{root}: {module:?} leads back to itself by one of {to:?}"));
            }
        }
    }
    fail(&faults);
}

/// A function that a file declares.
struct DeclaredFunction {
    line: usize,
    name: String,
    parameters: Vec<String>,
}

/// The length of the bracketed text at the beginning of `text`, with its brackets.
fn bracketed(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if before == '-' || before == '=' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + c.len_utf8());
        }
        before = c;
    }
    None
}

/// The parts of a text between its commas outside brackets.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let length = match c {
            '(' | '[' | '{' | '<' => bracketed(&text[at..]).unwrap_or(1),
            _ => c.len_utf8(),
        };
        match c {
            ',' => parts.push(String::new()),
            _ => parts.last_mut().expect("a part").push_str(&text[at..at + length]),
        }
        at += length;
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The functions that a file declares outside its tests.
fn functions(text: &str) -> Vec<DeclaredFunction> {
    let lines = code(text);
    let mut found = Vec::new();
    for (index, (line, content)) in lines.iter().enumerate() {
        let Some((before, _)) = content.split_once("fn ") else { continue };
        if !before
            .split_whitespace()
            .all(|word| ["const", "async", "unsafe"].contains(&word) || word.starts_with("pub"))
            && !before.trim_start().starts_with("pub(")
        {
            continue;
        }
        let rest: Vec<&str> = lines[index..].iter().map(|(_, content)| *content).collect();
        let rest = rest.join(" ")[before.len() + "fn ".len()..].to_owned();
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let mut rest = &rest[name.len()..];
        if rest.starts_with('<') {
            rest = bracketed(rest).map_or("", |end| &rest[end..]);
        }
        let inside = bracketed(rest).filter(|_| rest.starts_with('('));
        let parameters = inside.map_or_else(Vec::new, |end| parts(&rest[1..end - 1]));
        found.push(DeclaredFunction { line: *line, name, parameters });
    }
    found
}

/// Whether a parameter is a tuple pattern, or its type is a tuple or a reference to one.
fn is_tuple(parameter: &str) -> bool {
    let Some((pattern, kind)) = parameter.split_once(": ") else { return false };
    let mut kind = kind.trim_start_matches('&');
    if let Some(lifetime) = kind.strip_prefix('\'') {
        kind = lifetime.split_once(' ').map_or("", |(_, kind)| kind);
    }
    let kind = kind.trim_start_matches("mut ");
    let tuple = kind.starts_with('(') && parts(&kind[1..kind.len() - 1]).len() > 1;
    pattern.starts_with('(') || tuple
}

/// The crates in which no function takes a tuple in place of named arguments.
const NAMED_ARGUMENTS: &[&str] = &["ed25519/src", "core/src", "src"];

#[test]
fn no_function_takes_a_tuple_in_place_of_named_arguments() {
    assert!(is_tuple("(reader, ring): Shared<'_>") && is_tuple("event: &'a mut (u64, Hash)"));
    assert!(!is_tuple("each: impl Fn((u64, Hash))") && !is_tuple("pairs: &[(u64, Hash)]"));
    let (mut faults, mut count) = (Vec::new(), 0);
    for path in NAMED_ARGUMENTS.iter().flat_map(|root| rust_files(root)) {
        if path.ends_with("tests.rs") {
            continue;
        }
        for function in functions(&fs::read_to_string(&path).expect("readable")) {
            count += 1;
            let DeclaredFunction { line, name, parameters } = function;
            for parameter in parameters.iter().filter(|parameter| is_tuple(parameter)) {
                faults.push(format!("{}:{line}: {name} takes {parameter}", short(&path)));
            }
        }
    }
    assert!(count > 500, "expected the functions of the core, found {count}");
    fail(&faults);
}

/// The public type that a line declares, if any.
fn declared_type(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").or_else(|| line.split_once(") ").map(|(_, rest)| rest))?;
    let (kind, rest) = line.split_once(' ')?;
    let name = rest.split(|c: char| !c.is_alphanumeric()).next()?;
    matches!(kind, "struct" | "enum" | "trait" | "type").then_some(name)
}

#[test]
fn no_type_name_stands_for_two_things() {
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // absent.rs is in place of a module, on processors that cannot have it.
    let counted = |path: &&PathBuf| !path.ends_with("tests.rs") && !path.ends_with("absent.rs");
    for path in all_rust_files().iter().filter(counted) {
        let text = fs::read_to_string(path).expect("readable");
        for (_, line) in code(&text).iter().filter(|(_, line)| line.starts_with("pub")) {
            if let Some(name) = declared_type(line) {
                homes.entry(name.to_owned()).or_default().push(short(path));
            }
        }
    }
    assert!(homes.len() > 300, "expected the types of the whole tree, found {}", homes.len());
    let twice = homes.iter().filter(|(_, files)| files.len() > 1);
    fail(
        &twice.map(|(name, files)| format!("{name} is declared in {files:?}")).collect::<Vec<_>>(),
    );
}

#[test]
fn no_command_imports_another() {
    let mut faults = Vec::new();
    let room = "cli::commands::";
    for (module, path) in modules("src") {
        let Some(own) = module.strip_prefix(room).and_then(|name| name.split("::").next()) else {
            continue;
        };
        for (line, named) in named(&fs::read_to_string(&path).expect("readable")) {
            let other = named.strip_prefix(room).and_then(|name| name.split("::").next());
            if other.is_some_and(|other| other != own) {
                faults.push(format!("{}:{line}: {own} imports {named}", short(&path)));
            }
        }
    }
    fail(&faults);
}

#[test]
fn words_stand_in_their_one_home() {
    let mut faults = Vec::new();
    for path in all_rust_files() {
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

/// `is_file` and `is_dir` are called on metadata (`about`, `kind`), never on a path.
#[test]
fn paths_are_examined_by_the_disk_module() {
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
    for path in all_rust_files().into_iter().chain(rust_files("tests")) {
        let text = fs::read_to_string(&path).expect("readable");
        let lines = text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines, at most {MAX_LINES}", short(&path)));
        }
        for (at, line) in text.lines().enumerate() {
            if line.chars().count() > MAX_COLUMNS && !short(&path).starts_with("tests/") {
                faults.push(format!("{}:{}: over {MAX_COLUMNS} columns", short(&path), at + 1));
            }
        }
    }
    fail(&faults);
}

#[test]
fn every_file_says_what_it_is() {
    let headless = |path: &PathBuf| !fs::read_to_string(path).expect("readable").starts_with("//!");
    let faults: Vec<String> = all_rust_files()
        .into_iter()
        .chain(rust_files("tests"))
        .filter(headless)
        .map(|path| format!("{}: does not begin with //!", short(&path)))
        .collect();
    fail(&faults);
}

/// The file of a module, if the file that declares it keeps its children in `folder`.
fn file_of(folder: &Path, name: &str) -> Option<PathBuf> {
    let beside = folder.join(format!("{name}.rs"));
    [beside, folder.join(name).join("mod.rs")].into_iter().find(|path| path.is_file())
}

#[test]
fn every_test_file_is_part_of_a_declared_binary() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("Cargo.toml");
    let tests = manifest.split("\n[[").filter_map(|table| table.strip_prefix("test]]\n"));
    let path = |table: &str| {
        let line = table.lines().find_map(|line| line.strip_prefix("path = "));
        root.join(line.expect("a path for each [[test]]").trim_matches('"'))
    };
    let binaries: Vec<PathBuf> = tests.map(path).collect();
    assert!(binaries.len() > 1, "expected [[test]] tables in Cargo.toml, found {binaries:?}");
    let mut reached: BTreeSet<PathBuf> = binaries.iter().cloned().collect();
    let mut next = binaries.clone();
    while let Some(path) = next.pop() {
        let own = path.ends_with("mod.rs") || binaries.contains(&path);
        let folder =
            if own { path.parent().expect("a folder").into() } else { path.with_extension("") };
        let text = fs::read_to_string(&path).expect("readable");
        let files = text.lines().filter_map(declared).filter_map(|name| file_of(&folder, name));
        next.extend(files.filter(|file| reached.insert(file.clone())));
    }
    let faults: Vec<String> = rust_files("tests")
        .into_iter()
        .filter(|path| !reached.contains(path))
        .map(|path| format!("{}: no `mod` of a [[test]] in Cargo.toml leads to it", short(&path)))
        .collect();
    fail(&faults);
}

#[test]
fn no_room_is_a_junk_room() {
    let bad: BTreeSet<&str> = ["utils", "util", "helpers", "manager", "common", "misc"].into();
    let names = all_rust_files().into_iter().map(|path| short(&path));
    let faults: Vec<String> =
        names.filter(|file| file.split(['/', '.']).any(|part| bad.contains(part))).collect();
    fail(&faults);
}
