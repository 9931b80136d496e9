//! A desk with three editors and one document, and how a command is run there.

use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::keys::{KeyFolder, KeyName, Protection};
use annals::ledger::paths::Paths;
use annals::ledger::write::batch::{slot, verify_last};
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::resolve::ResolvedDraft;
use annals::ledger::write::sign::sign_draft;
use annals::ledger::write::writer::Writer;
use annals_core::event::args::{self, Args, Roles};
use annals_core::event::body::{Content, Named};
use annals_core::key::{Possession, SecretKey};
use annals_core::text::{Person, Words};
use std::cell::Cell;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub const TEXT: &str = "Kommersant reports – “in short” – that two answers were given. Sullivan met \
     Grushko in Moscow on Wednesday. The talks lasted two hours. Lavrov said that the core \
     question was not answered.";

pub struct Desk {
    pub folder: TempDir,
    minutes: Cell<u32>,
}

#[derive(Debug)]
pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

/// 0 opened by Ada, 1 Bo and 2 Cy are enrolled.
pub fn bare() -> Desk {
    let desk = Desk { folder: tempfile::tempdir().unwrap(), minutes: Cell::new(0) };
    let init = "init|--origin|example.org/record|--title|The record|--name|Ada Example|\
                --no-passphrase|--handle|ada";
    assert_eq!(desk.run("", init).exit, 0);
    desk.enrol();
    std::fs::write(desk.path("article.txt"), TEXT).unwrap();
    desk
}

/// And 3: Ada captured the article.
pub fn desk() -> Desk {
    let desk = bare();
    desk.writes("ada", "document|add|article.txt|--title|The article|--lang|en", "written at 3");
    desk
}

/// And 4 to 7: Ada entered four facts.
pub fn facts() -> Desk {
    let desk = desk();
    let facts = [
        "--quote|two answers were given|--claim|Two answers were given.|--according-to|\
         Kommersant|--agent-type|organization|--act|reports",
        "--quote|Sullivan met … in Moscow|--claim|Sullivan met Grushko in Moscow.|--when|\
         2022-01-26|--as-written|Wednesday|--basis|derived|--topic|John Sullivan|--topic|Moscow",
        "--quote|The talks lasted two hours|--claim|The talks lasted two hours.",
        "--quote|the core … not answered|--claim|The core question was not answered.",
    ];
    for (fact, position) in facts.iter().zip(4..) {
        desk.writes("ada", &format!("append|{fact}"), &format!("written at {position}"));
    }
    desk
}

impl Desk {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn writer(&self) -> (Writer, KeyFolder) {
        let paths = Paths::new(self.path("ledger"), None);
        let keys = KeyFolder::open(&paths.keys).unwrap();
        (Writer::open(paths, std::time::Duration::ZERO).unwrap(), keys)
    }

    fn enrol(&self) {
        let (mut writer, keys) = self.writer();
        let ada = keys.secret(&KeyName::new("ada").unwrap(), &mut |_| Ok(None)).unwrap();
        let mut clock = Clock::from_setting(Some("2022-01-27T08:00:30Z")).unwrap();
        let mut entropy = Seeded::new("enrol");
        for (seed, handle, name) in [(2, "bo", "Bo Berg"), (3, "cy", "Cy Cole")] {
            let key = SecretKey::from_seed([seed; 32]);
            let possession = key.prove_possession(Possession::Editor, "example.org/record", name);
            let enrolled = args::EditorEnrolled {
                key: key.public(),
                person: Person::new(format!("{seed:032x}")).unwrap(),
                roles: Roles { admin: false, editor: true },
                possession,
            };
            let content = Content::EditorEnrolled(Named { name: Words::new(name).unwrap() });
            let args = Args::EditorEnrolled(enrolled);
            let resolved = ResolvedDraft { args, content, document: None };
            let slot = slot(&writer, clock.now());
            let entry = sign_draft(&resolved, &slot, &ada, &mut entropy).unwrap();
            let prepared = PreparedBatch { entries: vec![entry], ..PreparedBatch::default() };
            assert_eq!(verify_last(&mut writer, &prepared).unwrap(), None);
            writer.commit(&prepared.entries, &[]).unwrap();
            let handle = KeyName::new(handle).unwrap();
            keys.add(&handle, &key, Protection::Unencrypted, &mut entropy).unwrap();
        }
    }

    /// The command with its arguments, split at `|`, a minute after the one before.
    pub fn command(&self, by: &str, line: &str) -> Command {
        let minutes = self.minutes.get();
        self.minutes.set(minutes + 1);
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.folder.path()).args(line.split('|'));
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "VISUAL", "EDITOR"] {
            command.env_remove(name);
        }
        if !by.is_empty() {
            command.env("ANNALS_EDITOR", by);
        }
        let clock = format!("2022-01-27T{:02}:{:02}:00Z", 8 + minutes / 60, minutes % 60);
        command.env("ANNALS_CLOCK", clock).env("ANNALS_SEED", format!("desk {minutes}"));
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    pub fn run(&self, by: &str, line: &str) -> Answer {
        answer(&mut self.command(by, line))
    }

    /// Runs a command that must write, with this beginning of its output.
    pub fn writes(&self, by: &str, line: &str, said: &str) -> Answer {
        let answer = self.run(by, line);
        let mut lines = answer.out.lines();
        assert_eq!((answer.exit, lines.next()), (0, Some(said)), "{line}: {answer:?}");
        let head = lines.next().is_some_and(|head| head.starts_with("head "));
        assert!(head || said.starts_with("already"), "{answer:?}");
        answer
    }

    /// Runs a command that must be refused with this exit code and message, and write nothing.
    pub fn refuses(&self, by: &str, line: &str, told: (i32, &str)) {
        let before = self.size();
        let answer = self.run(by, line);
        let found = (answer.exit, answer.err.as_str(), answer.out.as_str());
        assert_eq!(found, (told.0, told.1, ""), "{line}");
        assert_eq!(self.size(), before, "{line}");
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        let told = self.json("status");
        told["of"].as_u64().unwrap()
    }

    pub fn json(&self, line: &str) -> serde_json::Value {
        let answer = self.run("", &format!("{line}|--format|json"));
        assert_eq!(answer.exit, 0, "{answer:?}");
        serde_json::from_str(&answer.out).unwrap()
    }

    /// The state of a fact.
    pub fn fact(&self, position: u64) -> serde_json::Value {
        self.json(&format!("show|{position}"))["fact"].clone()
    }
}

/// The output of a command, without the notes about the set clock and seed.
pub fn answer(command: &mut Command) -> Answer {
    let done = command.output().unwrap();
    let err = String::from_utf8(done.stderr).unwrap();
    let set = |line: &&str| !line.contains("ANNALS_CLOCK") && !line.contains("ANNALS_SEED");
    let err: Vec<&str> = err.lines().filter(set).collect();
    let end = if err.is_empty() { "" } else { "\n" };
    Answer {
        out: String::from_utf8(done.stdout).unwrap(),
        err: err.join("\n") + end,
        exit: done.status.code().unwrap(),
    }
}
