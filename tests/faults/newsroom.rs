//! The ledger of these tests, and how the program is run on it.
//!
//! Events, each line a commit: 0 opened · 1 document, 2 fact · 3 fact · 4 fact.

use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::keys::{KeyFolder, KeyName};
use annals::ledger::paths::Paths;
use annals::ledger::write::append::prepare as prepare_drafts;
use annals::ledger::write::batch::Signer;
use annals::ledger::write::draft::json_lines;
use annals::ledger::write::writer::Writer;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

pub const TEXT: &str = "Sullivan met Grushko in Moscow on Wednesday. The talks lasted two hours. \
     Lavrov said that the core question was not answered. Nothing was signed.";
pub const JOURNAL: &str = "ledger/journal/00000000000000000000.log";
pub const EVENTS: u64 = 5;
/// The ending of every text answer on a good ledger.
pub const WHOLE: &str = "yes: the record is whole";

pub struct Newsroom {
    pub folder: TempDir,
}

#[derive(Debug)]
pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

impl Answer {
    pub fn of(output: Output) -> Answer {
        Answer {
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            exit: output.status.code().expect("it was not killed"),
        }
    }

    /// Standard error without the notes about clock and seed.
    pub fn told(&self) -> String {
        let lines = self.err.lines().filter(|line| {
            !line.starts_with("note: the clock is set") && !line.starts_with("note: randomness")
        });
        lines.map(|line| format!("{line}\n")).collect()
    }
}

/// A ledger of its own, as described above.
pub fn newsroom() -> Newsroom {
    static MADE: OnceLock<Newsroom> = OnceLock::new();
    MADE.get_or_init(make).copy()
}

fn make() -> Newsroom {
    let room = Newsroom { folder: tempfile::tempdir().unwrap() };
    fs::write(room.path("article.txt"), TEXT).unwrap();
    let init = "init --origin example.org/record --title Record --name Ada --no-passphrase";
    assert_eq!(room.run(init).exit, 0);
    let document = r#"{"type":"document.captured","file":"article.txt","title":"Article","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z"}"#;
    let first = fact("They met in Moscow.", "Sullivan met Grushko in Moscow");
    room.expect_appended(&format!("{document}\n{first}\n"), "written at 1 to 2 (2 events)\n");
    let second = fact("The talks lasted two hours.", "The talks lasted two hours");
    room.expect_appended(&second, "written at 3\n");
    room.expect_appended(&fact("Nothing was signed.", "Nothing was signed"), "written at 4\n");
    room
}

/// The draft of a fact.
pub fn fact(claim: &str, quote: &str) -> String {
    format!(r#"{{"claim":"{claim}","lang":"en","vouch":"said","quote":"{quote}"}}"#)
}

impl Newsroom {
    /// The same files in another folder.
    pub fn copy(&self) -> Newsroom {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        Newsroom { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    pub fn remove(&self, name: &str) {
        let path = self.path(name);
        match path.is_dir() {
            true => fs::remove_dir_all(path).unwrap(),
            false => fs::remove_file(path).unwrap(),
        }
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// The program with these words, split at spaces, ready to run.
    pub fn command(&self, line: &str) -> Command {
        self.command_of(line.split(' ').map(OsStr::new))
    }

    pub fn command_of<'a>(&self, words: impl Iterator<Item = &'a OsStr>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        prepare(&mut command, self.folder.path());
        command.args(words);
        command
    }

    /// Runs these words; paths in the output are relative to here.
    pub fn run(&self, line: &str) -> Answer {
        self.answer(self.command(line).output().unwrap())
    }

    pub fn answer(&self, output: Output) -> Answer {
        let mut answer = Answer::of(output);
        let here = format!("{}/", self.folder.path().canonicalize().unwrap().display());
        answer.out = answer.out.replace(&here, "");
        answer.err = answer.err.replace(&here, "");
        answer
    }

    /// Enters drafts.
    pub fn append(&self, drafts: &str) -> Answer {
        self.write("drafts.jsonl", drafts);
        self.run("append drafts.jsonl")
    }

    pub fn expect_appended(&self, drafts: &str, told: &str) {
        let answer = self.append(drafts);
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert!(answer.out.starts_with(told), "{answer:?}");
    }

    /// Signs drafts and keeps them in the outbox, as a writer that is interrupted right afterwards.
    pub fn keep(&self, drafts: &str) {
        let paths = Paths::new(self.path("ledger"), None);
        let keys = KeyFolder::open(&paths.keys).unwrap();
        let ada = keys.secret(&KeyName::new("ada").unwrap(), &mut |_| Ok(None)).unwrap();
        let mut writer = Writer::open(paths, Duration::from_secs(60)).unwrap();
        let mut clock = Clock::from_setting(Some("2022-01-27T08:00:00Z")).unwrap();
        let mut entropy = Seeded::new("kept");
        let mut signer = Signer { key: &ada, clock: &mut clock, entropy: &mut entropy };
        let drafts = json_lines(drafts).unwrap();
        let prepared = prepare_drafts(&mut writer, &drafts, &mut signer, self.folder.path());
        let prepared = prepared.unwrap();
        prepared.keeping.unwrap().keep(&prepared.entries).unwrap();
    }

    /// The name of the one file in the outbox.
    pub fn outbox(&self) -> String {
        let listed = fs::read_dir(self.path("keys/outbox")).unwrap();
        let names = listed.map(|found| found.unwrap().file_name().into_string().unwrap());
        let names: Vec<String> = names.filter(|name| name != "written").collect();
        assert_eq!(names.len(), 1, "{names:?}");
        format!("keys/outbox/{}", names[0])
    }

    /// Verify must succeed with this number of events, and the store must hold them too.
    pub fn expect_whole(&self, events: u64) {
        let answer = self.run("verify");
        assert_eq!(answer.exit, 0, "{answer:?}");
        assert!(answer.out.contains(WHOLE), "{answer:?}");
        let store = format!("store: {events} events, as in the journal\n");
        assert!(answer.out.contains(&store), "{answer:?}");
    }

    /// The bytes of every file here, except the lock's.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false if path.ends_with("ledger/lock") => {}
                    false => drop(found.insert(path.clone(), fs::read(path).unwrap())),
                }
            }
        }
        found
    }

    /// Positions and claims of all facts, from replay.
    pub fn facts(&self) -> Vec<(u64, String)> {
        let answer = self.run("replay --format jsonl");
        assert_eq!(answer.exit, 0, "{answer:?}");
        let rows = answer.out.lines();
        let rows = rows.map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap());
        rows.map(|row| (row["fact"].as_u64().unwrap(), row["claim"].as_str().unwrap().to_owned()))
            .collect()
    }

    /// The text of the journal's first file.
    pub fn journal(&self) -> String {
        String::from_utf8(self.read(JOURNAL)).unwrap()
    }
}

/// A child process: its folder, at a set time, with its own seed.
pub fn prepare(command: &mut Command, folder: &Path) {
    static SEED: AtomicU64 = AtomicU64::new(0);
    let seed = SEED.fetch_add(1, Ordering::Relaxed).to_string();
    command.current_dir(folder);
    for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("ANNALS_CLOCK", "2022-01-27T08:00:00Z").env("ANNALS_SEED", seed);
    command.env("ANNALS_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_folder(&path, &target),
            false => drop(fs::copy(path, target).unwrap()),
        }
    }
}

/// The program under strace, with its output in `trace`.
#[cfg(target_os = "linux")]
pub fn traced(room: &Newsroom, options: &[&str], line: &str) -> Command {
    let mut command = Command::new("strace");
    prepare(&mut command, room.folder.path());
    command.args(["-f", "-qq", "-y", "-s", "0", "-o"]).arg(room.path("trace")).args(options);
    command.arg(env!("CARGO_BIN_EXE_annals")).args(line.split(' '));
    command
}

/// Whether `strace` is here and may trace.
#[cfg(target_os = "linux")]
pub fn may_trace(room: &Newsroom) -> bool {
    let may = traced(room, &["-e", "trace=fdatasync"], "--version").output();
    let may = may.is_ok_and(|done| done.status.success());
    if !may {
        eprintln!("nothing can be traced here");
    }
    may
}
