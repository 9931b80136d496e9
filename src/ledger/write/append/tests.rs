//! Tests of refusals of many drafts, each reported in the order of its line.

use crate::clock::Clock;
use crate::entropy::Seeded;
use crate::index::IndexStatus;
use crate::keys::{KeyName, Protection};
use crate::ledger::error::InputPlace;
use crate::ledger::exchange::repair;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use crate::ledger::write::append::*;
use crate::ledger::write::batch::slot;
use crate::ledger::write::draft::{Input, json_lines};
use crate::ledger::write::init::{InitOptions, init};
use crate::ledger::write::sign::sign_draft;
use annals_core::event::args::{Args, EditorEnrolled, Roles};
use annals_core::event::body::{Content, Named};
use annals_core::key::{Possession, SecretKey, Signature, SigningError, SigningKey};
use annals_core::state::dump::dump;
use annals_core::text::{Origin, Person, Words};
use std::time::Duration;
use tempfile::TempDir;

const TEXT: &str = "Two answers were given. The talks lasted two hours. Nothing was agreed.";
/// Position of the founder's first fact; the ledger, Bo and the document come before it.
const FACT: u64 = 3;

struct Room {
    folder: TempDir,
    bo: SecretKey,
}

/// A ledger with two editors, a document and three facts of the founder.
fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let (mut clock, mut entropy) = (clock(), Seeded::new("founder"));
    let founding = InitOptions {
        origin: Origin::new("ahead.example/record").unwrap(),
        title: Words::new("Ahead").unwrap(),
        licence: Words::new("CC0-1.0").unwrap(),
        corrections_policy: None,
        confirmations: 1,
        window: 0,
        name: Words::new("Ada").unwrap(),
        handle: KeyName::new("ada").unwrap(),
    };
    let paths = Paths::new(folder.path().join("ledger"), None);
    let mut founded =
        init(paths, &founding, Protection::Unencrypted, &mut clock, &mut entropy).unwrap();
    let bo = SecretKey::from_seed([7; 32]);
    let args = Args::EditorEnrolled(EditorEnrolled {
        key: bo.public(),
        person: Person::new("0".repeat(32)).unwrap(),
        roles: Roles { admin: false, editor: true },
        possession: bo.prove_possession(Possession::Editor, "ahead.example/record", "Bo"),
    });
    let content = Content::EditorEnrolled(Named { name: Words::new("Bo").unwrap() });
    let resolved = ResolvedDraft { args, content, document: None };
    let slot = slot(&founded.writer, clock.now());
    let mut prepared = PreparedBatch::default();
    prepared.entries.push(sign_draft(&resolved, &slot, &founded.key, &mut entropy).unwrap());
    assert_eq!(verify_last(&mut founded.writer, &prepared).unwrap(), None);
    founded.writer.commit(&prepared.entries, &[]).unwrap();
    std::fs::write(folder.path().join("text"), TEXT).unwrap();
    let capture = r#"{"type":"document.captured","file":"text","title":"Text","lang":"en"}"#;
    let fact = r#"{"claim":"It was so.","quote":"lasted two hours"}"#;
    let drafts = json_lines(&[capture, fact, fact, fact].join("\n")).unwrap();
    let mut signer = Signer { key: &founded.key, clock: &mut clock, entropy: &mut entropy };
    let prepared = prepare(&mut founded.writer, &drafts, &mut signer, folder.path()).unwrap();
    commit(&mut founded.writer, &prepared).unwrap();
    Room { folder, bo }
}

fn clock() -> Clock {
    Clock::from_setting(Some("2022-01-27T08:00:00Z")).unwrap()
}

/// The result of drafts: the number of events, or the refusals.
fn outcome(room: &Room, drafts: &[PlacedDraft]) -> Result<usize, Vec<Refusal>> {
    let paths = Paths::new(room.folder.path().join("ledger"), None);
    let mut writer = Writer::open(paths, Duration::from_secs(60)).unwrap();
    let (mut clock, mut entropy) = (clock(), Seeded::new("bo"));
    let mut signer = Signer { key: &room.bo, clock: &mut clock, entropy: &mut entropy };
    let input = Input { drafts: drafts.to_vec(), ..Input::default() };
    let keys = writer.paths.keys.clone();
    let files = FileAccess::default();
    let input = LoadedInput::read(
        &input,
        Reach { folder: room.folder.path(), keys: &keys, secrets: &[], files },
    );
    match prepare_input(&mut writer, &input, &mut signer, Repeats::Allowed, &mut |_| {}) {
        Ok(prepared) => Ok(prepared.entries.len()),
        Err(LedgerError::Refused(refused)) => Err(refused),
        Err(other) => panic!("{other}"),
    }
}

/// A draft of one of many kinds; `number` varies its content.
fn draft(kind: u8, number: u64) -> String {
    let (fact, name) = (FACT + number % 4, format!("f{}", number % 3));
    match kind {
        0..=3 => format!(r#"{{"claim":"Claim {number}.","quote":"Nothing was agreed"}}"#),
        4 => format!(r#"{{"type":"fact.confirmed","on":{fact},"how":"reread"}}"#),
        5 => format!(r#"{{"ref":"{name}","claim":"Named.","quote":"Two answers"}}"#),
        6 => format!(r#"{{"type":"fact.confirmed","on":"{name}","how":"reread"}}"#),
        7 => format!(r#"{{"claim":"Not there.","quote":"words {number} that nobody said"}}"#),
        8 => attributed(&format!(r#"{{"agent":"{name}","agent_type":"person"}}"#)),
        9 => attributed(&format!(r#"{{"agent":"{name}"}}"#)),
        10 => format!(
            r#"{{"type":"fact.disputed","fact":{fact},"reason":"wrong-date","statement":"No."}}"#
        ),
        11 => format!(
            r#"{{"type":"fact.corrected","fact":{fact},"reason":"wrong-date",
            "statement":"So.","claim":"Better."}}"#
        )
        .replace('\n', ""),
        _ => format!(r#"{{"type":"fact.confirmed","on":{},"how":"reread"}}"#, 6 + number % 9),
    }
}

fn attributed(hop: &str) -> String {
    format!(r#"{{"claim":"Said.","quote":"two hours","attribution":[{hop}]}}"#)
}

fn drafts(kinds: &[(u8, u64)]) -> Vec<PlacedDraft> {
    let lines: Vec<String> = kinds.iter().map(|(kind, number)| draft(*kind, *number)).collect();
    json_lines(&lines.join("\n")).unwrap()
}

#[test]
fn every_refusal_is_named_in_its_order() {
    let room = room();
    let mut kinds: Vec<(u8, u64)> = (0..70).map(|at| (0, at)).collect();
    (kinds[3], kinds[40], kinds[41], kinds[66]) = ((7, 3), (4, 3), (12, 200), (7, 66));
    let drafts = drafts(&kinds);
    let Err(refused) = outcome(&room, &drafts) else { panic!("bad drafts were taken") };
    let lines: Vec<_> = refused.iter().map(|refusal| refusal.place.clone()).collect();
    let expected = [4, 41, 42, 67].map(|line| Some(InputPlace::Line { draft: line, line }));
    assert_eq!(lines, expected, "{refused:?}");
}

/// So many drafts are signed on a thread of their own; each by itself is signed where it is.
#[test]
fn many_drafts_give_the_events_that_each_by_itself_gives() {
    let mut kinds: Vec<(u8, u64)> = (0..150).map(|at| (0, at)).collect();
    (kinds[10], kinds[60], kinds[100]) = ((4, 0), (10, 1), (11, 2));
    let drafts = drafts(&kinds);
    let entries = |inputs: &[&[PlacedDraft]]| {
        let room = room();
        let paths = Paths::new(room.folder.path().join("ledger"), None);
        let mut writer = Writer::open(paths, Duration::from_secs(60)).unwrap();
        let (mut clock, mut entropy) = (clock(), Seeded::new("bo"));
        let mut entries = Vec::new();
        for input in inputs {
            let mut signer = Signer { key: &room.bo, clock: &mut clock, entropy: &mut entropy };
            let prepared = prepare(&mut writer, input, &mut signer, room.folder.path()).unwrap();
            commit(&mut writer, &prepared).unwrap();
            entries.extend(prepared.entries);
        }
        entries
    };
    let each: Vec<&[PlacedDraft]> = drafts.chunks(1).collect();
    let (together, one_by_one) = (entries(&[&drafts]), entries(&each));
    assert_eq!(together.len(), 150);
    assert!(together == one_by_one, "the events differ");
}

/// Bytes that changed although no time of their file did, as on a failing disk: the stamp holds.
/// Every seventh byte, and another bit of it each time.
#[cfg(unix)]
#[test]
fn whatever_the_bytes_of_the_index_no_illegal_event_is_taken_and_no_legal_one_refused() {
    use crate::index::{NAMES, folder};
    use crate::keys::KeyFolder;
    use crate::ledger::write::stamp::LedgerStamp;
    let room = room();
    let paths = Paths::new(room.folder.path().join("ledger"), None);
    let confirm = json_lines(&draft(4, 0)).unwrap();
    let open = || Writer::open(paths.clone(), Duration::from_secs(60)).unwrap();
    let mut writer = open();
    let (mut clock, mut entropy) = (clock(), Seeded::new("bo"));
    let mut signer = Signer { key: &room.bo, clock: &mut clock, entropy: &mut entropy };
    let prepared = prepare(&mut writer, &confirm, &mut signer, room.folder.path()).unwrap();
    commit(&mut writer, &prepared).unwrap();
    drop(writer);
    let log = KeyFolder::open(&paths.keys).unwrap().log().unwrap();
    let origin = Origin::new("ahead.example/record").unwrap();
    let stamp = LedgerStamp::read(&paths, &origin, &log.public()).unwrap().unwrap();
    let index = folder(&paths.ledger);
    let read = |name: &&str| std::fs::read(index.join(name)).unwrap();
    let files: Vec<Vec<u8>> = NAMES.iter().map(read).collect();
    let put_back = || {
        for (name, bytes) in NAMES.iter().zip(&files) {
            std::fs::write(index.join(name), bytes).unwrap();
        }
    };
    let stamp_again = || {
        let LedgerStamp { size, root, place, .. } = stamp;
        let taken = LedgerStamp::take(&paths, origin.clone(), size, root, place).unwrap();
        taken.unwrap().write(&paths, &log).unwrap();
        assert!(LedgerStamp::read(&paths, &origin, &log.public()).unwrap().is_some());
    };
    let legal = json_lines(&draft(0, 1)).unwrap();
    let mut sliced = 0;
    for (name, bytes) in NAMES.iter().zip(&files) {
        for at in (0..bytes.len()).step_by(7) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            for (drafts, is_legal) in [(&confirm, false), (&legal, true)] {
                put_back();
                std::fs::write(index.join(name), &flipped).unwrap();
                stamp_again();
                sliced += usize::from(!open().is_whole());
                assert_eq!(outcome(&room, drafts).is_ok(), is_legal, "{name}, byte {at}");
            }
        }
    }
    assert!(sliced > 20, "the stamp held {sliced} times");
}

/// A key of which one signature, of many, is another key's.
struct Unsteady {
    key: SecretKey,
    wrong_at: u64,
    signed: std::sync::atomic::AtomicU64,
}

impl SigningKey for Unsteady {
    fn public(&self) -> PublicKey {
        self.key.public()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        let number = self.signed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let other = SecretKey::from_seed([9; 32]);
        let key = if number == self.wrong_at { &other } else { &self.key };
        Ok(key.sign(message))
    }
}

/// The state, and the root that the next commit would have.
fn shown(writer: &Writer) -> Vec<u8> {
    let chain = &writer.verifier.chain;
    dump(&chain.state, chain.size(), chain.head, &chain.tree().root())
}

#[test]
fn what_is_refused_or_given_up_leaves_nothing_in_the_writer() {
    let room = room();
    let paths = Paths::new(room.folder.path().join("ledger"), None);
    for whole in [false, true] {
        let mut writer = Writer::open(paths.clone(), Duration::from_secs(60)).unwrap();
        if whole {
            writer.need_all().unwrap();
        }
        let (mut clock, mut entropy) = (clock(), Seeded::new("bo"));
        let mut prepare = |writer: &mut Writer, drafts: &[PlacedDraft], key: &dyn SigningKey| {
            let (clock, entropy) = (&mut clock, &mut entropy);
            prepare(writer, drafts, &mut Signer { key, clock, entropy }, room.folder.path())
        };
        let one = drafts(&[(0, u64::from(whole))]);
        let kept = prepare(&mut writer, &one, &room.bo).unwrap();
        commit(&mut writer, &kept).unwrap();
        let before = shown(&writer);
        // More than a root of the index has, so that one would be written.
        let many: Vec<(u8, u64)> = (0..300).map(|at| (0, at)).collect();
        let given_up = prepare(&mut writer, &drafts(&many), &room.bo).unwrap();
        assert_ne!(shown(&writer), before);
        let refused = prepare(&mut writer, &drafts(&[(0, 1), (12, 200)]), &room.bo);
        assert!(matches!(refused, Err(LedgerError::Refused(_))));
        assert_eq!(shown(&writer), before, "a refused draft");
        assert!(matches!(commit(&mut writer, &given_up), Err(LedgerError::Usage(_))));
        assert_eq!(shown(&writer), before, "a commit of what was given up");
        let signed = Default::default();
        let unsteady = Unsteady { key: SecretKey::from_seed([7; 32]), wrong_at: 77, signed };
        let refused = prepare(&mut writer, &drafts(&many), &unsteady).unwrap_err().to_string();
        let expected = format!("the event at {}: rule 302", writer.size() + 77);
        assert!(refused.contains(&expected), "{refused}");
        assert_eq!(shown(&writer), before, "a signature of another key");
        let last = prepare(&mut writer, &drafts(&[(4, 0), (5, 1)][usize::from(whole)..]), &room.bo);
        commit(&mut writer, &last.unwrap()).unwrap();
        drop(writer);
        let record = Record::open(paths.clone()).unwrap();
        assert_eq!(record.against().unwrap().faults, []);
        let same = IndexStatus::Same { events: record.size(), wrote: false };
        assert_eq!(repair::index(&paths, Duration::ZERO, None).unwrap(), same);
    }
}
