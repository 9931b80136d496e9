//! The story that these tests query, and how a command is run on it.

use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::keys::{KeyFolder, KeyName, Protection};
use annals::ledger::paths::Paths;
use annals::ledger::write::append::{commit, prepare};
use annals::ledger::write::batch::{Signer, slot, verify_last};
use annals::ledger::write::draft::json_lines;
use annals::ledger::write::init::{InitOptions, InitOutcome, init};
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::resolve::ResolvedDraft;
use annals::ledger::write::sign::sign_draft;
use annals::ledger::write::writer::Writer;
use annals_core::event::args::{self, Args, Roles};
use annals_core::event::body::{Argued, Content, Named, Stated};
use annals_core::event::vocabulary::{ErrorIn, Reason, RedactReason, RevokeReason, Type};
use annals_core::key::{Possession, SecretKey};
use annals_core::text::{Origin, Person, Words};
use std::fs::Permissions;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;

pub const TEXT: &str = "Kommersant reports that two answers were given. Sullivan met Grushko in \
     Moscow on Wednesday. The talks lasted two hours. Lavrov said that the core question was not \
     answered.";

pub struct Story {
    pub folder: TempDir,
}

pub struct Answer {
    pub out: String,
    pub err: String,
    pub exit: i32,
}

struct Author {
    writer: Writer,
    clock: Clock,
    entropy: Seeded,
}

impl Author {
    fn at(&mut self, time: &str) {
        self.clock = Clock::from_setting(Some(time)).unwrap();
    }

    fn drafts(&mut self, key: &SecretKey, folder: &Path, lines: &str) {
        let drafts = json_lines(lines).unwrap();
        let signer = &mut Signer { key, clock: &mut self.clock, entropy: &mut self.entropy };
        let prepared = prepare(&mut self.writer, &drafts, signer, folder).unwrap();
        commit(&mut self.writer, &prepared).unwrap();
    }

    fn event(&mut self, key: &SecretKey, args: Args, content: Content) {
        let resolved = ResolvedDraft { args, content, document: None };
        let mut slot = slot(&self.writer, self.clock.now());
        if resolved.args.kind() == Type::LedgerRetimed {
            slot.after = None;
        }
        let entry = sign_draft(&resolved, &slot, key, &mut self.entropy).unwrap();
        let prepared = PreparedBatch { entries: vec![entry], ..PreparedBatch::default() };
        assert_eq!(verify_last(&mut self.writer, &prepared).unwrap(), None);
        self.writer.commit(&prepared.entries, &[]).unwrap();
    }

    fn enrol(&mut self, by: &SecretKey, seed: u8, name: &str) -> SecretKey {
        let key = SecretKey::from_seed([seed; 32]);
        let possession = key.prove_possession(Possession::Editor, "example.org/record", name);
        let enrolled = args::EditorEnrolled {
            key: key.public(),
            person: Person::new(format!("{seed:032x}")).unwrap(),
            roles: Roles { admin: false, editor: true },
            possession,
        };
        let body = Content::EditorEnrolled(Named { name: Words::new(name).unwrap() });
        self.event(by, Args::EditorEnrolled(enrolled), body);
        key
    }
}

const FACTS: &str = r#"{"type":"document.captured","file":"article.txt","title":"The article","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z"}
{"claim":"Two answers were given.","lang":"en","vouch":"said","quote":"two answers were given","attribution":[{"agent":"Kommersant","agent_type":"organization","act":"reports"}],"topics":[{"name":"Answers"}]}
{"claim":"Sullivan met Grushko in Moscow.","lang":"en","vouch":"said","quote":"Sullivan met Grushko in Moscow","when":{"edtf":"2022-01-25","as_written":"Wednesday","basis":"derived"},"topics":[{"name":"John Sullivan"},{"name":"Alexander Grushko"}]}
{"claim":"The talks lasted two hours.","lang":"en","vouch":"said","quote":"The talks lasted two hours"}
{"claim":"The core question was not answered.","lang":"en","vouch":"said","quote":"the core question was not answered","attribution":[{"agent":"Sergey Lavrov","agent_type":"person","act":"says","role":"Foreign Minister"}]}
"#;

const ACTS: &str = r#"{"type":"fact.corrected","fact":5,"reason":"wrong-date","statement":"Wednesday was the 26th","claim":"Sullivan met Grushko in Moscow on Wednesday.","when":{"edtf":"2022-01-26","as_written":"Wednesday","basis":"derived"}}
{"type":"fact.retracted","fact":6,"reason":"unverifiable","statement":"nobody can say how long"}
{"type":"fact.disputed","fact":7,"reason":"misquotation","error_in":"document","statement":"he said it otherwise"}
{"type":"fact.related","from":5,"rel":"supports","to":4,"statement":"they met for it"}
"#;

/// 0 opened, 1 Bo, 2 Cy, 3 document, 4–7 facts (27 January); 8 Bo confirms 4, 9 Cy asserts;
/// 10–13 corrected, retracted, disputed, related (1 February).
pub fn story() -> Story {
    static TOLD: Told = LazyLock::new(|| files(&tell()));
    again(&TOLD)
}

fn tell() -> Story {
    let folder = tempfile::tempdir().unwrap();
    let (mut author, ada) = found(folder.path());
    std::fs::write(folder.path().join("article.txt"), TEXT).unwrap();
    let bo = author.enrol(&ada, 2, "Bo Berg");
    let cy = author.enrol(&ada, 3, "Cy Cole");
    author.at("2022-01-27T08:00:00Z");
    author.drafts(&ada, folder.path(), FACTS);
    author.drafts(&bo, folder.path(), r#"{"type":"fact.confirmed","fact":4,"how":"reread"}"#);
    let by_cy = r#"{"claim":"They met.","lang":"en","vouch":"so","quote":"Sullivan met Grushko"}"#;
    author.drafts(&cy, folder.path(), by_cy);
    drop(author);
    // A writer reads earlier words from the journal as it was when it was opened.
    let (mut author, _) = opened(folder.path(), "2022-02-01T09:00:00Z");
    author.drafts(&bo, folder.path(), ACTS);
    Story { folder }
}

/// The story, and then: 14 Cy's key was stolen from 9 on, 15 the words of fact 7 are redacted.
pub fn dark_story() -> Story {
    static TOLD: Told = LazyLock::new(|| files(&tell_dark()));
    again(&TOLD)
}

fn tell_dark() -> Story {
    let story = story();
    let (mut author, ada) = opened(story.folder.path(), "2022-03-01T10:00:00Z");
    let stated = |text: &str| Stated { statement: Words::new(text).unwrap() };
    let revoked = args::EditorRevoked {
        key: SecretKey::from_seed([3; 32]).public(),
        reason: RevokeReason::Compromised,
        suspect_from: Some(9),
    };
    let body = Content::EditorRevoked(stated("the laptop was stolen"));
    author.event(&ada, Args::EditorRevoked(revoked), body);
    let redacted = args::BodyRedacted { event: 7, reason: RedactReason::CourtOrder };
    author.event(&ada, Args::BodyRedacted(redacted), Content::BodyRedacted(stated("order 1/22")));
    story
}

/// The story, and then: 14 the clock was wrong, it is 09:00 on 27 January.
pub fn retimed_story() -> Story {
    static TOLD: Told = LazyLock::new(|| files(&tell_retimed()));
    again(&TOLD)
}

fn tell_retimed() -> Story {
    let story = story();
    let (mut author, ada) = opened(story.folder.path(), "2022-01-27T09:00:00Z");
    let body = Stated { statement: Words::new("the clock was five days ahead").unwrap() };
    let args = Args::LedgerRetimed(args::LedgerRetimed {});
    author.event(&ada, args, Content::LedgerRetimed(body));
    story
}

/// Ada redacts the words of an event.
pub fn redact(story: &Story, event: u64, time: &str) {
    // Without it the writer knows every event, not only those that it is to name.
    std::fs::remove_file(story.folder.path().join("ledger/index/stamp")).unwrap();
    let (mut author, ada) = opened(story.folder.path(), time);
    let body = Stated { statement: Words::new(format!("order {event}")).unwrap() };
    let redacted = args::BodyRedacted { event, reason: RedactReason::CourtOrder };
    author.event(&ada, Args::BodyRedacted(redacted), Content::BodyRedacted(body));
}

/// The story, and then: 14 Bo disputes 4, by a clock that was in 2019.
pub fn early_story() -> Story {
    let story = story();
    let (mut author, _) = opened(story.folder.path(), "2019-01-01T00:00:00Z");
    let argued = Argued { statement: Words::new("it was one answer").unwrap(), evidence: None };
    let disputed =
        args::FactDisputed { on: 4, reason: Reason::WrongFigure, error_in: ErrorIn::Record };
    let bo = SecretKey::from_seed([2; 32]);
    author.event(&bo, Args::FactDisputed(disputed), Content::FactDisputed(argued));
    story
}

/// The files of a story, made once; each test has a copy of its own.
type Told = LazyLock<Vec<(PathBuf, Option<Vec<u8>>, Permissions)>>;

fn files(story: &Story) -> Vec<(PathBuf, Option<Vec<u8>>, Permissions)> {
    let (root, mut found) = (story.folder.path(), Vec::new());
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, about) = (entry.path(), entry.metadata().unwrap());
            let bytes = about.is_file().then(|| std::fs::read(&path).unwrap());
            if bytes.is_none() {
                folders.push(path.clone());
            }
            let name = path.strip_prefix(root).unwrap().to_owned();
            found.push((name, bytes, about.permissions()));
        }
    }
    found
}

fn again(told: &Told) -> Story {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, permissions) in told.iter() {
        let path = folder.path().join(name);
        match bytes {
            None => std::fs::create_dir(&path).unwrap(),
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
        }
        std::fs::set_permissions(&path, permissions.clone()).unwrap();
    }
    Story { folder }
}

fn opened(folder: &Path, time: &str) -> (Author, SecretKey) {
    let paths = Paths::new(folder.join("ledger"), None);
    let keys = KeyFolder::open(&paths.keys).unwrap();
    let ada = keys.secret(&KeyName::new("ada").unwrap(), &mut |_| Ok(None)).unwrap();
    // A child process that another test starts may hold the lock's file open until it runs.
    let wait = std::time::Duration::from_secs(10);
    let writer = Writer::open(paths, wait).unwrap();
    let clock = Clock::from_setting(Some(time)).unwrap();
    (Author { writer, clock, entropy: Seeded::new(time) }, ada)
}

fn found(folder: &Path) -> (Author, SecretKey) {
    let founding = InitOptions {
        origin: Origin::new("example.org/record").unwrap(),
        title: Words::new("The record").unwrap(),
        licence: Words::new("CC-BY-4.0").unwrap(),
        corrections_policy: None,
        confirmations: 1,
        window: 0,
        name: Words::new("Ada Example").unwrap(),
        handle: KeyName::new("ada").unwrap(),
    };
    let mut clock = Clock::from_setting(Some("2022-01-26T12:00:00Z")).unwrap();
    let mut entropy = Seeded::new("archivist");
    let paths = Paths::new(folder.join("ledger"), None);
    let founded =
        init(paths, &founding, Protection::Unencrypted, &mut clock, &mut entropy).unwrap();
    let InitOutcome { writer, key, .. } = founded;
    (Author { writer, clock, entropy }, key)
}

impl Story {
    /// Writes an unencrypted secret key into the folder of keys.
    pub fn keep_key(&self, handle: &str, key: &SecretKey) {
        let keys = KeyFolder::open(self.folder.path().join("keys")).unwrap();
        let (handle, mut entropy) = (KeyName::new(handle).unwrap(), Seeded::new("kept"));
        keys.add(&handle, key, Protection::Unencrypted, &mut entropy).unwrap();
    }

    pub fn run(&self, line: &str) -> Answer {
        self.run_with(line, &[])
    }

    /// Runs `annals` with these words, split at spaces; `_` stands for a space in one of them.
    pub fn run_with(&self, line: &str, environment: &[(&str, &str)]) -> Answer {
        let words = line.split(' ').map(|word| word.replace('_', " "));
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.folder.path()).args(words);
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK"] {
            command.env_remove(name);
        }
        command.env("ANNALS_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
        let done = command.envs(environment.iter().copied()).output().unwrap();
        Answer {
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
            exit: done.status.code().unwrap(),
        }
    }

    /// The answer of a command that must succeed, with nothing on stderr.
    pub fn told(&self, line: &str) -> String {
        let answer = self.run(line);
        assert_eq!((answer.exit, answer.err.as_str()), (0, ""), "{line}");
        answer.out
    }

    /// The positions at the start of the lines of a replay.
    pub fn facts(&self, line: &str) -> Vec<u64> {
        let rows = self.told(&format!("{line} --format jsonl"));
        let rows =
            rows.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        rows.map(|row| row["fact"].as_u64().unwrap()).collect()
    }
}
