//! The examples of the README and of the pages after it are run, and their output is compared with
//! the page.
//!
//! A block ```` ```console ```` is run at the top of the project, on the committed record; it writes
//! nothing outside `target`. All blocks ```` ```console desk ```` are run in one new folder, page
//! after page, with a set clock and repeatable randomness: there the editor writes. `[..]` stands
//! for anything within a line (a time, a rate). `ANNALS_BLESS=1 cargo test --test all readme::`
//! writes the pages again with the output of the commands. docs/newsroom.md, which needs a server
//! and three machines, is run by `newsroom`.

mod newsroom;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The pages, in the order in which their examples are run.
const PAGES: &[&str] = &[
    "README.md",
    "docs/editor.md",
    "docs/proofs.md",
    "docs/publishing.md",
    "docs/following.md",
    "docs/auditor.md",
    "docs/archivist.md",
];
/// The maximum number of lines of a person's page in the README: two screens.
const TWO_SCREENS: usize = 90;

/// One command of a block and its output on the page.
struct Example {
    command: String,
    expected: String,
}

/// A piece of the page: unchanged text, or a block of examples.
enum Piece {
    Text(String),
    /// The word after `console`, or none.
    Block {
        place: String,
        examples: Vec<Example>,
    },
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pieces(page: &str) -> Vec<Piece> {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let Some(place) = line.strip_prefix("```console") else { continue };
        pieces.push(Piece::Text(std::mem::take(&mut text)));
        let mut examples: Vec<Example> = Vec::new();
        for line in lines.by_ref() {
            if line == "```" {
                text.push_str("```\n");
                break;
            }
            match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => {
                    examples.push(Example { command: command.to_owned(), expected: String::new() })
                }
                (None, Some(last)) => {
                    last.expected.push_str(line);
                    last.expected.push('\n');
                }
                (None, None) => panic!("a block does not begin with a command: {line}"),
            }
        }
        pieces.push(Piece::Block { place: place.trim().to_owned(), examples });
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// The output of a command, standard output and error interleaved.
fn run(command: &str, folder: &Path, desk: Option<usize>) -> String {
    let annals = PathBuf::from(env!("CARGO_BIN_EXE_annals"));
    let bin = annals.parent().expect("a folder").to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{{ {command}\n}} 2>&1")]).current_dir(folder).env("PATH", path);
    for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK", "ANNALS_SEED"] {
        shell.env_remove(name);
    }
    if let Some(number) = desk {
        // Each command runs a minute after the one before.
        let clock = format!("2026-11-24T{:02}:{:02}:00Z", 9 + number / 60, number % 60);
        let seed = format!("readme {number}");
        shell.env("ANNALS_PASSPHRASE_FILE", folder.join("passphrase"));
        shell.env("ANNALS_CACHE", folder.join("cache"));
        shell.env("ANNALS_CLOCK", clock).env("ANNALS_SEED", seed);
    }
    let output = shell.output().expect("sh runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let folder = folder.to_str().expect("UTF-8");
    let told = |line: &&str| !line.contains("ANNALS_SEED") && !line.contains("ANNALS_CLOCK");
    text.lines().filter(told).map(|line| line.replace(folder, "/desk") + "\n").collect()
}

/// Whether a line matches the page's, with `[..]` for anything.
fn like(found: &str, expected: &str) -> bool {
    let mut rest = found;
    let parts: Vec<&str> = expected.split("[..]").collect();
    for (index, part) in parts.iter().enumerate() {
        let at = match index {
            0 => rest.starts_with(part).then_some(0),
            last if last + 1 == parts.len() => rest.rfind(part),
            _ => rest.find(part),
        };
        let Some(at) = at else { return false };
        rest = &rest[at + part.len()..];
    }
    parts.len() > 1 || rest.is_empty()
}

fn same(found: &str, expected: &str) -> bool {
    let (found, expected): (Vec<_>, Vec<_>) = (found.lines().collect(), expected.lines().collect());
    found.len() == expected.len() && found.iter().zip(&expected).all(|(f, e)| like(f, e))
}

/// Replaces a verdict's time and rate, which vary.
fn blessed(found: &str) -> String {
    let line = |line: &str| match (line.find(", in "), line.find(" events/s)")) {
        (Some(start), Some(_)) => format!("{}, in [..]", &line[..start]),
        _ => line.to_owned(),
    };
    found.lines().map(|text| line(text) + "\n").collect()
}

/// A page with the output of its commands, and its differences.
#[derive(Default)]
struct Ran {
    anew: String,
    wrong: Vec<String>,
}

/// Runs the examples of a page; `count` numbers those at the desk over all pages.
fn run_page(page: &str, desk: &Path, count: &mut usize) -> Ran {
    let mut ran = Ran::default();
    for piece in pieces(page) {
        let (at_desk, examples) = match piece {
            Piece::Text(text) => {
                ran.anew.push_str(&text);
                continue;
            }
            Piece::Block { place, examples } => (place == "desk", examples),
        };
        let folder = if at_desk { desk } else { root() };
        for Example { command, expected } in examples {
            *count += usize::from(at_desk);
            let found = run(&command, folder, at_desk.then_some(*count));
            ran.anew.push_str(&format!("$ {command}\n"));
            if same(&found, &expected) {
                ran.anew.push_str(&expected);
                continue;
            }
            ran.anew.push_str(&blessed(&found));
            ran.wrong.push(format!("$ {command}\nexpected:\n{expected}found:\n{found}"));
        }
    }
    ran
}

#[test]
fn what_the_pages_show_is_what_the_commands_print() {
    let desk = tempfile::tempdir().expect("a folder");
    let passphrase = desk.path().join("passphrase");
    fs::write(&passphrase, "correct horse battery staple\n").expect("a file");
    let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&passphrase, owner).expect("a file");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for name in PAGES {
        let page = fs::read_to_string(root().join(name)).expect("a page");
        let ran = run_page(&page, desk.path(), &mut count);
        assert!(ran.anew.contains("\n$ annals "), "{name} shows no command");
        if std::env::var_os("ANNALS_BLESS").is_some() {
            fs::write(root().join(name), ran.anew).expect("a page can be written");
            continue;
        }
        wrong.extend(ran.wrong.into_iter().map(|why| format!("{name}: {why}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_persons_page_fits_on_two_screens() {
    let page = fs::read_to_string(root().join("README.md")).expect("README.md");
    let lines = |heading: &str| {
        let from = page.split_once(heading).map_or("", |(_, from)| from);
        from.split("\n## ").next().unwrap_or_default().lines().count()
    };
    for person in ["editor", "auditor", "archivist"] {
        let found = lines(&format!("\n## For the {person}\n"));
        assert!((2..=TWO_SCREENS).contains(&found), "the {person}'s page has {found} lines");
    }
}

#[test]
fn the_comparison_can_fail() {
    assert!(like("in 0.02 s (5 events/s)", "in [..] s ([..] events/s)"));
    assert!(!like("in 0.02 m", "in [..] s"));
    assert!(!like("more", "mor"));
    assert!(!same("a\nb\n", "a\n"));
}
