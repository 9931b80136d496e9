//! A desk: a folder in which commands run one after the other, a minute apart.
//!
//! Always holds: the clock and the randomness are set, so each run gives the same answers; hashes
//! and keys are replaced by their length (`<64>`, `<16>`), the folder by `~`.

use std::cell::Cell;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Notes that every command of a test prints.
const OURS: [&str; 2] = ["note: randomness is", "note: the clock is set"];

pub struct Desk {
    pub folder: TempDir,
    count: Cell<u32>,
    clock: Cell<Option<&'static str>>,
}

pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        Desk { folder, count: Cell::new(0), clock: Cell::new(None) }
    }

    /// A ledger of Ada's, whose key is not encrypted; the recovery key is in `paper`.
    pub fn founded() -> Desk {
        let desk = Desk::empty();
        let init = "init --origin example.org/record --title Record --name Ada_Example";
        let told = desk.told(&format!("{init} --no-passphrase"));
        let paper: Vec<&str> = told.lines().skip(3).take(5).map(str::trim).collect();
        std::fs::write(desk.path("paper"), paper.join("\n")).unwrap();
        desk
    }

    /// And Bo, an editor, whose key is here as well.
    pub fn with_bo() -> Desk {
        let desk = Desk::founded();
        desk.told("key new bo --name Bo_Berg --no-passphrase");
        desk.told("editor add keys/bo.request --role editor --by ada");
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Sets the clock for the commands from now on.
    pub fn at(&self, time: &'static str) {
        self.clock.set(Some(time));
    }

    pub fn command(&self, line: &str, environment: &[(&str, &str)]) -> Command {
        let count = self.count.get();
        self.count.set(count + 1);
        let words = line.split(' ').map(|word| word.replace('_', " "));
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.folder.path()).args(words).stdin(Stdio::null());
        for name in ["LEDGER", "KEYS", "EDITOR", "PASSPHRASE_FILE", "RECOVERY_FILE"] {
            command.env_remove(format!("ANNALS_{name}"));
        }
        let time = format!("2027-03-01T{:02}:{:02}:00Z", 8 + count / 60, count % 60);
        command.env("ANNALS_CLOCK", self.clock.get().unwrap_or(&time));
        command.env("ANNALS_SEED", format!("command {count}"));
        for (name, value) in environment {
            // A file with a secret is its owner's alone.
            if name.ends_with("_FILE") && self.path(value).is_file() {
                std::fs::set_permissions(self.path(value), Permissions::from_mode(0o600)).unwrap();
            }
            command.env(name, value);
        }
        command
    }

    pub fn run_with(&self, line: &str, environment: &[(&str, &str)]) -> Answer {
        let done = self.command(line, environment).output().unwrap();
        let err = self.told_of(&String::from_utf8(done.stderr).unwrap());
        let out = self.plain(&String::from_utf8(done.stdout).unwrap());
        Answer { out, err, exit: done.status.code().unwrap() }
    }

    pub fn run(&self, line: &str) -> Answer {
        self.run_with(line, &[])
    }

    /// The output of a command, without the common notes.
    pub fn told_of(&self, text: &str) -> String {
        let ours = |line: &&str| OURS.iter().any(|ours| line.starts_with(ours));
        let plain = self.plain(text);
        plain.lines().filter(|line| !ours(line)).map(|line| format!("{line}\n")).collect()
    }

    /// The stdout of a command that must succeed.
    pub fn told(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!(answer.exit, 0, "{line}: {}{}", answer.out, answer.err);
        answer.out
    }

    /// The exit code and the error of a command that must fail, with nothing on stdout and nothing
    /// written.
    pub fn refused(&self, line: &str) -> (i32, String) {
        self.refused_with(line, &[])
    }

    pub fn refused_with(&self, line: &str, environment: &[(&str, &str)]) -> (i32, String) {
        let journal = "ledger/journal/00000000000000000000.log";
        let size = || std::fs::metadata(self.path(journal)).map(|file| file.len()).ok();
        let files = || std::fs::read_dir(self.path("keys")).map(|all| all.count()).ok();
        let before = (size(), files());
        let answer = self.run_with(line, environment);
        assert_eq!(answer.out, "", "{line}");
        assert_eq!((size(), files()), before, "{line}");
        (answer.exit, answer.err)
    }

    /// Verifies, and counts the events.
    pub fn whole(&self) -> u64 {
        let told = self.told("verify --format json");
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["exit"], 0, "{told}");
        assert_eq!(told["checkpoint"]["holds"], true, "{told}");
        assert_eq!(told["size"], told["checkpoint"]["size"], "{told}");
        told["size"].as_u64().unwrap()
    }

    fn plain(&self, text: &str) -> String {
        let folder = self.folder.path().to_str().unwrap();
        let mut out = String::new();
        let mut run = String::new();
        for letter in text.replace(folder, "~").chars().chain(std::iter::once('\0')) {
            if letter.is_ascii_hexdigit() && !letter.is_ascii_uppercase() {
                run.push(letter);
                continue;
            }
            match run.len() {
                length @ (16 | 64) => out.push_str(&format!("<{length}>")),
                _ => out.push_str(&run),
            }
            run.clear();
            out.push(letter);
        }
        out.trim_end_matches('\0').to_owned()
    }
}
