//! A ledger of N events by ten editors, from the article's own facts, made by the program's own
//! path.

use annals::clock::Clock;
use annals::entropy::{Seeded, draw};
use annals::keys::{KeyName, Protection};
use annals::ledger::paths::Paths;
use annals::ledger::write::append::{commit, prepare};
use annals::ledger::write::batch::{Signer, slot, verify_last};
use annals::ledger::write::draft::{Draft, Name, PlacedDraft, QuoteDraft, json_lines};
use annals::ledger::write::init::{InitOptions, init, new_person};
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::resolve::ResolvedDraft;
use annals::ledger::write::sign::sign_draft;
use annals::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::args::{Args, EditorEnrolled, Roles};
use annals_core::event::body::{Content, Named};
use annals_core::event::vocabulary::{ConfirmationMethod, ErrorIn, Reason, Type};
use annals_core::hash::Hash;
use annals_core::key::{Possession, SecretKey};
use annals_core::text::{Origin, Words};
use annals_core::time::Time;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The name of the record.
const ORIGIN: &str = "bench.example/record";
/// The number of editors who sign in turn.
pub const EDITORS: usize = 10;
/// The number of events appended one at a time.
const SINGLES: u64 = 500;
const BATCH: u64 = 1_000;

/// The ledger made, and the times.
pub struct Made {
    /// The number of events appended in batches of 1,000.
    pub batched: u64,
    /// The time of those, from drafts to receipts.
    pub batches: Duration,
    /// The number of events appended one at a time.
    pub singles: u64,
    /// The time of those.
    pub one_by_one: Duration,
    /// The time in which a plain file takes as many bytes as often, in turn with them.
    pub plain_one_by_one: Duration,
    /// The size of the journal in bytes.
    pub bytes: u64,
}

/// The paths of the ledger in a folder of benchmarks.
pub fn paths(folder: &Path) -> Paths {
    Paths::new(folder.join("ledger"), None)
}

/// The founding of a benchmark's record, with its window.
pub fn founding(origin: &str, window: u64) -> InitOptions {
    InitOptions {
        origin: Origin::new(origin).expect("an origin"),
        title: Words::new("Benchmark").expect("a title"),
        licence: Words::new("CC0-1.0").expect("a licence"),
        corrections_policy: None,
        confirmations: 1,
        window,
        name: Words::new("Editor 0").expect("a name"),
        handle: KeyName::new("editor0").expect("a handle"),
    }
}

/// A ledger under construction, with its ten editors and the article.
struct Newsroom {
    writer: Writer,
    keys: Vec<SecretKey>,
    clock: Clock,
    entropy: Seeded,
    article: PathBuf,
}

impl Newsroom {
    /// Creates the ledger.
    fn open(folder: &Path) -> Newsroom {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).expect("a folder for the benchmark");
        let (mut clock, mut entropy) = (clock(), Seeded::new("annals bench"));
        let founding = founding(ORIGIN, 0);
        let made =
            init(paths(folder), &founding, Protection::Unencrypted, &mut clock, &mut entropy);
        let made = made.expect("a ledger");
        let (mut writer, mut keys) = (made.writer, vec![made.key]);
        for number in 1..EDITORS {
            let new = NewEditor { origin: ORIGIN, number, admin: &keys[0] };
            let key = enrol(&mut writer, &new, &mut clock, &mut entropy);
            keys.push(key);
        }
        let article = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/article");
        let mut room = Newsroom { writer, keys, clock, entropy, article };
        let capture =
            r#"{"type":"document.captured","file":"article.txt","title":"Article","lang":"en"}"#;
        room.put(&json_lines(capture).expect("a draft"), 0);
        room
    }

    /// Captures a document of this many bytes, a sentence a line; returns its position.
    fn put_sentences(&mut self, folder: &Path, bytes: u64) -> u64 {
        let text: String = (0..bytes / SENTENCE).map(|number| sentence(number) + "\n").collect();
        fs::write(folder.join("large.txt"), text).expect("a large document");
        folder.clone_into(&mut self.article);
        let document = self.writer.size();
        let capture =
            r#"{"type":"document.captured","file":"large.txt","title":"Large","lang":"en"}"#;
        self.put(&json_lines(capture).expect("a draft"), 0);
        document
    }

    /// Appends drafts of an editor.
    fn put(&mut self, drafts: &[PlacedDraft], editor: usize) {
        let Newsroom { writer, keys, clock, entropy, article } = self;
        let mut signer = Signer { key: &keys[editor % EDITORS], clock, entropy };
        let prepared = prepare(writer, drafts, &mut signer, article).expect("legal drafts");
        commit(writer, &prepared).expect("a receipt");
    }
}

/// Makes a ledger that grows: facts, and a confirmation of every other one.
pub fn ledger(folder: &Path, events: u64) -> Made {
    let mut room = Newsroom::open(folder);
    let facts = facts(room.writer.size() - 1);
    // What was removed and written before is not measured.
    rustix::fs::sync();
    let mut plain = PlainFile::create(folder);
    let (mut one_by_one, mut plain_one_by_one) = (Duration::ZERO, Duration::ZERO);
    let mut singles = 0;
    while singles < SINGLES {
        let draft = facts[singles as usize % facts.len()].clone();
        let before = journal_bytes(folder);
        let began = Instant::now();
        room.put(&[PlacedDraft::at(1, draft)], singles as usize);
        one_by_one += began.elapsed();
        plain_one_by_one += plain.append(&vec![b'-'; (journal_bytes(folder) - before) as usize]);
        singles += 1;
    }
    drop(plain);
    let (mut batched, mut batches) = (0, Duration::ZERO);
    let mut turn = 0;
    while room.writer.size() < events {
        let count = BATCH.min(events - room.writer.size());
        let drafts = batch(&facts, room.writer.size(), count);
        turn += 1;
        let began = Instant::now();
        room.put(&drafts, turn);
        batches += began.elapsed();
        batched += count;
        empty(&room.writer.paths.outbox());
    }
    drop(room);
    let bytes = journal_bytes(folder);
    Made { batched, batches, singles, one_by_one, plain_one_by_one, bytes }
}

/// A file without a check, a signature or a second copy, which goes with this.
pub struct PlainFile {
    path: PathBuf,
    file: File,
}

impl PlainFile {
    /// Creates it in a folder.
    pub fn create(folder: &Path) -> PlainFile {
        let path = folder.join("plain");
        let file = File::create(&path).expect("a plain file");
        PlainFile { path, file }
    }

    /// Appends bytes, with one fdatasync; the time that it took.
    pub fn append(&mut self, bytes: &[u8]) -> Duration {
        let began = Instant::now();
        self.file.write_all(bytes).expect("written");
        self.file.sync_data().expect("synced");
        began.elapsed()
    }
}

impl Drop for PlainFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// One of the facts of [`corrected`]: they come after the opening, nine enrolments and a capture.
pub const CORRECTED: u64 = EDITORS as u64 + 2;

/// Makes a ledger of 1,000 facts that are corrected repeatedly.
pub fn corrected(folder: &Path, events: u64) {
    let mut room = Newsroom::open(folder);
    let first = room.writer.size();
    let facts = facts(first - 1);
    let fact = |offset: u64| facts[offset as usize % facts.len()].clone();
    let mut turn = 0;
    while room.writer.size() < events {
        let size = room.writer.size();
        let draft = |offset: u64| match size {
            _ if size == first => fact(offset),
            _ => {
                let fact = fact(offset);
                Draft {
                    kind: Some(Type::FactCorrected),
                    on: Some(Name::Position(size + offset - BATCH)),
                    reason: Some(Reason::WrongFigure),
                    error_in: Some(ErrorIn::Record),
                    statement: Some("A figure was wrong.".to_owned()),
                    // A correction in the present words is refused.
                    claim: fact.claim.map(|claim| format!("{claim} ({})", turn % 10)),
                    ..fact
                }
            }
        };
        let count = BATCH.min(events - size);
        let placed = |offset: u64| PlacedDraft::at(offset as usize + 1, draft(offset));
        let drafts: Vec<PlacedDraft> = (0..count).map(placed).collect();
        room.put(&drafts, turn);
        turn += 1;
        empty(&room.writer.paths.outbox());
    }
}

/// Makes a ledger of facts that each quote another sentence of one document of a megabyte; the time
/// of their appends.
pub fn quoting_large(folder: &Path, facts: u64) -> Duration {
    let mut room = Newsroom::open(folder);
    let document = room.put_sentences(folder, LARGE);
    let began = Instant::now();
    for first in (0..facts).step_by(BATCH as usize) {
        let quoting = |number: u64| quoting(document, number * (LARGE / SENTENCE) / facts);
        let lines: String = (first..facts.min(first + BATCH)).map(quoting).collect();
        room.put(&json_lines(&lines).expect("drafts"), (first / BATCH) as usize);
    }
    began.elapsed()
}

/// The time in which one fact that quotes a document of this many bytes is appended.
pub fn quoting_once(folder: &Path, bytes: u64) -> Duration {
    let mut room = Newsroom::open(folder);
    let document = room.put_sentences(folder, bytes);
    let lines = quoting(document, bytes / SENTENCE / 2);
    let began = Instant::now();
    room.put(&json_lines(&lines).expect("a draft"), 0);
    began.elapsed()
}

/// A sentence of a large document.
fn sentence(number: u64) -> String {
    format!("The record has a sentence of number {number:06}.")
}

/// A draft of a fact that quotes a sentence of a document.
fn quoting(document: u64, number: u64) -> String {
    format!(
        "{{\"claim\":\"Sentence {number}.\",\"lang\":\"en\",\"vouch\":\"said\",\
         \"document\":{document},\"quote\":\"{}\"}}\n",
        sentence(number)
    )
}

/// The bytes of a sentence and its LF.
const SENTENCE: u64 = 44;

/// The size of the large document, in bytes.
pub const LARGE: u64 = 1 << 20;

/// Removes the kept submissions, which would fill the disk, but not their folder.
fn empty(outbox: &Path) {
    for kept in fs::read_dir(outbox).expect("an outbox") {
        let path = kept.expect("a kept submission").path();
        if path.is_file() {
            fs::remove_file(path).expect("removed");
        }
    }
}

/// The time of a record's first event; each later one is a second after the one before.
fn beginning() -> Time {
    Time::parse("2000-01-01T00:00:00.000000Z").expect("a time")
}

fn clock() -> Clock {
    Clock::Set(beginning())
}

/// A setting of `ANNALS_CLOCK` near the time of the last event of a record of this many.
pub fn clock_after(events: u64) -> String {
    let micros = i64::try_from(events).expect("a number of seconds") * 1_000_000;
    beginning().plus_micros(micros).expect("a time").to_string()
}

fn journal_bytes(folder: &Path) -> u64 {
    let files = fs::read_dir(folder.join("ledger/journal")).expect("a journal");
    files.map(|file| file.and_then(|f| f.metadata()).map_or(0, |m| m.len())).sum()
}

/// Two thirds assertions, one third confirmations of earlier assertions by another editor.
fn batch(facts: &[Draft], first: u64, count: u64) -> Vec<PlacedDraft> {
    let draft = |offset: u64| match offset % 3 == 2 && first > 2_000 {
        // The fact is of the batch before, which another editor signed.
        true => Draft {
            kind: Some(Type::FactConfirmed),
            on: Some(Name::Position(first + offset - BATCH - 1)),
            how: Some(ConfirmationMethod::Reread),
            ..Draft::default()
        },
        false => facts[(first + offset) as usize % facts.len()].clone(),
    };
    (0..count).map(|offset| PlacedDraft::at(offset as usize + 1, draft(offset))).collect()
}

/// The article's facts as drafts, quoting the document at this position.
fn facts(document: u64) -> Vec<Draft> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/article/facts.json");
    let text = fs::read_to_string(path).expect("the article's facts");
    let facts: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let draft = |fact: &serde_json::Value| {
        let exact = fact["quote"]["exact"].as_str().expect("a quotation").to_owned();
        let evidence = serde_json::json!([{
            "document": document, "quote": {"exact": exact}, "span": fact["span"]
        }]);
        Draft {
            kind: Some(Type::FactAsserted),
            claim: fact["claim"].as_str().map(str::to_owned),
            evidence: serde_json::from_value(evidence).expect("evidence"),
            attribution: serde_json::from_value(fact["attribution"].clone()).expect("hops"),
            topics: serde_json::from_value(fact["topics"].clone()).expect("topics"),
            quote: None::<QuoteDraft>,
            ..Draft::default()
        }
    };
    facts.iter().map(draft).collect()
}

/// An editor who is enrolled.
pub struct NewEditor<'a> {
    /// The name of the record.
    pub origin: &'a str,
    /// The editor's number, which makes the key and the name.
    pub number: usize,
    /// Who enrols the editor.
    pub admin: &'a SecretKey,
}

/// Enrols an editor; returns the key.
pub fn enrol(
    writer: &mut Writer,
    new: &NewEditor<'_>,
    clock: &mut Clock,
    entropy: &mut Seeded,
) -> SecretKey {
    let NewEditor { origin, number, admin } = *new;
    let key = SecretKey::from_seed(Hash::of(&[format!("bench {number}").as_bytes()]).0);
    let name = format!("Editor {number}");
    let args = Args::EditorEnrolled(EditorEnrolled {
        key: key.public(),
        person: new_person(draw(entropy).expect("bytes")).expect("a person"),
        roles: Roles { admin: false, editor: true },
        possession: key.prove_possession(Possession::Editor, origin, &name),
    });
    let content = Content::EditorEnrolled(Named { name: Words::new(name).expect("a name") });
    let resolved = ResolvedDraft { args, content, document: None };
    let slot = slot(writer, clock.now());
    let entry = sign_draft(&resolved, &slot, admin, entropy).expect("a seal");
    commit_sealed(writer, entry);
    key
}

/// Verifies and commits one event that is signed for the end of the record.
pub fn commit_sealed(writer: &mut Writer, entry: Entry) {
    let first = writer.size();
    let prepared = PreparedBatch { entries: vec![entry], first, ..PreparedBatch::default() };
    assert_eq!(verify_last(writer, &prepared).expect("judged"), None);
    commit(writer, &prepared).expect("a receipt");
}
