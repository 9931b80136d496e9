//! Commands and their answers, each compared with the schema that the page of programs gives.
//!
//! Always holds: which schema belongs to a command is read from docs/programs.md. Not here: which
//! commands are run (`records`).

use crate::schema::schemas::{Coverage, Schemas, objects_in};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// A row of the page's table: the words of a command, and the schemas of its answers.
pub struct TableRow {
    pub command: String,
    pub schemas: Vec<String>,
}

/// The table of docs/programs.md.
pub fn table() -> Vec<TableRow> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/programs.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.split("| command | schema |\n|---|---|\n").nth(1).unwrap();
    let rows = rows.lines().take_while(|line| line.starts_with('|'));
    let codes = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let mut found = Vec::new();
    for row in rows {
        let cells: Vec<Vec<String>> = row.split('|').skip(1).map(codes).collect();
        let schemas: Vec<String> = cells[1].iter().map(|name| format!("{name}.json")).collect();
        for command in &cells[0] {
            let schemas = schemas.clone();
            found.push(TableRow { command: command.clone(), schemas });
        }
    }
    found
}

/// The answers so far.
pub struct Answers<'s> {
    schemas: &'s Schemas,
    table: Vec<TableRow>,
    pub coverage: Coverage<'s>,
    /// The rows of the table that had an answer.
    pub answered: BTreeSet<String>,
    /// The commands of which an answer with one more field was tried, as JSON and as JSON Lines.
    strict: BTreeSet<(String, bool)>,
    /// The answers that are not as their schemas say.
    pub wrong: Vec<String>,
}

/// What a command printed.
pub struct Printed {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

/// Runs a command in a folder. A space in a word is written `_`.
pub fn print(folder: &Path, line: &str, environment: &[(&str, &str)]) -> Printed {
    let words = line.split(' ').map(|word| word.replace('_', " "));
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.current_dir(folder).args(words).stdin(Stdio::null());
    for name in ["LEDGER", "KEYS", "EDITOR", "CLOCK", "SEED", "PASSPHRASE_FILE", "RECOVERY_FILE"] {
        command.env_remove(format!("ANNALS_{name}"));
    }
    command.env("ANNALS_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    let done = command.envs(environment.iter().copied()).output().unwrap();
    Printed {
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
        exit: done.status.code().unwrap(),
    }
}

impl<'s> Answers<'s> {
    /// No answers yet.
    pub fn of(schemas: &'s Schemas) -> Answers<'s> {
        let coverage = Coverage::of(schemas);
        Answers {
            schemas,
            table: table(),
            coverage,
            answered: BTreeSet::new(),
            strict: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    /// The row of a command line: the one with the most words, all of which are in the line.
    fn row(&self, line: &str) -> &TableRow {
        let mut words: Vec<&str> = line.split(' ').collect();
        // Without a command.
        if words.first().is_some_and(|word| word.starts_with('-')) {
            words.insert(0, "annals");
        }
        let is_of = |row: &&TableRow| {
            let mut of = row.command.split(' ');
            of.next() == words.first().copied() && of.all(|word| words.contains(&word))
        };
        let rows = self.table.iter().filter(is_of);
        let row = rows.max_by_key(|row| row.command.split(' ').count());
        row.unwrap_or_else(|| panic!("{line}: docs/programs.md names no schema for it"))
    }

    /// Runs a command in a folder, and compares what it prints as JSON with its schemas.
    pub fn run(&mut self, folder: &Path, line: &str, environment: &[(&str, &str)]) -> Printed {
        let printed = print(folder, line, environment);
        if line.contains("--format json") {
            self.check(line, &printed);
        }
        printed
    }

    /// Compares what a command printed with its schemas.
    pub fn check(&mut self, line: &str, printed: &Printed) {
        let whole = line.contains("--format json") && !line.contains("--format jsonl");
        let row = self.row(line);
        let places = row.schemas.iter().map(|file| match whole {
            true => format!("{file}#"),
            false => self.schemas.line(file),
        });
        let (command, places) = (row.command.clone(), places.collect::<Vec<String>>());
        for text in printed.out.lines() {
            let value: Value = serde_json::from_str(text).unwrap();
            if let Err(why) = self.coverage.check(&places, &value) {
                self.wrong.push(format!("{line}\n{text}\n{why}"));
            } else if self.strict.insert((command.clone(), whole)) {
                self.refuses_more(line, &places, &value);
            }
            self.answered.insert(command.clone());
        }
        assert!(!whole || printed.out.lines().count() <= 1, "{line}\n{}", printed.out);
        if let Some(error) = printed.err.lines().last().filter(|last| last.starts_with('{')) {
            let value: Value = serde_json::from_str(error).unwrap();
            assert_eq!(value["exit"], printed.exit, "{line}\n{error}");
            let checked = self.coverage.check(&["error.json#".to_owned()], &value);
            if let Err(why) = checked {
                self.wrong.push(format!("{line}\n{error}\n{why}"));
            }
        }
    }

    /// No object of an answer may have a field that its schema does not name.
    fn refuses_more(&mut self, line: &str, places: &[String], value: &Value) {
        for place in objects_in(value) {
            let mut more = value.clone();
            more.pointer_mut(&place).unwrap()["unknown"] = json!(0);
            if self.coverage.fits(places, &more) {
                self.wrong.push(format!("{line}\nan unknown field passes at {place:?}"));
            }
        }
    }
}
