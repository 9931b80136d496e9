//! Drafts prepared one after the other and ahead of each other give the same bytes and refusals.

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::entropy::Seeded;
use crate::keys::{KeyName, Protection};
use crate::ledger::error::InputPlace;
use crate::ledger::paths::Paths;
use crate::ledger::write::append::*;
use crate::ledger::write::draft::json_lines;
use crate::ledger::write::init::{Founding, init};
use annals_core::event::args::{Args, EditorEnrolled, Roles};
use annals_core::event::body::{Content, Named};
use annals_core::key::{Possession, SecretKey};
use annals_core::text::{Origin, Person, Words};
use proptest::prelude::*;
use std::time::Duration;
use tempfile::TempDir;

const TEXT: &str = "Two answers were given. The talks lasted two hours. Nothing was agreed.";
/// Position of the first fact of the founder; before it stand the ledger, Bo and the document.
const FACT: u64 = 3;

struct Room {
    folder: TempDir,
    bo: SecretKey,
}

/// A ledger with two editors, a document and three facts of the founder.
fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let (mut clock, mut entropy) = (clock(), Seeded::new("founder"));
    let founding = Founding {
        origin: Origin::new("ahead.example/record").unwrap(),
        title: Words::new("Ahead").unwrap(),
        licence: Words::new("CC0-1.0").unwrap(),
        corrections_policy: None,
        confirmations: 1,
        window: 0,
        name: Words::new("Ada").unwrap(),
        handle: KeyName::new("ada").unwrap(),
    };
    let around = (&mut clock, &mut entropy as &mut dyn Entropy);
    let paths = Paths::new(folder.path().join("ledger"), None);
    let mut founded = init(paths, &founding, Protection::Unencrypted, around).unwrap();
    let bo = SecretKey::from_seed([7; 32]);
    let args = Args::EditorEnrolled(EditorEnrolled {
        key: bo.public(),
        person: Person::new("0".repeat(32)).unwrap(),
        roles: Roles { admin: false, editor: true },
        possession: bo.prove_possession(Possession::Editor, "ahead.example/record", "Bo"),
    });
    let content = Content::EditorEnrolled(Named { name: Words::new("Bo").unwrap() });
    let settled = Resolved { args, content, document: None };
    let slot = slot(&founded.writer, clock.now());
    let mut prepared = Prepared::default();
    prepared.entries.push(seal(&settled, &slot, &founded.key, &mut entropy).unwrap());
    assert_eq!(judge_last(&mut founded.writer, &prepared).unwrap(), None);
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

/// What comes of drafts: the entries and the file that would keep them, or the refusals.
fn outcome(room: &Room, drafts: &[Placed], worth: usize) -> Result<String, Vec<Refusal>> {
    let paths = Paths::new(room.folder.path().join("ledger"), None);
    let mut writer = Writer::open(paths, Duration::from_secs(60)).unwrap();
    let (mut clock, mut entropy) = (clock(), Seeded::new("bo"));
    let mut signer = Signer { key: &room.bo, clock: &mut clock, entropy: &mut entropy };
    let repeats = Repeats::Allowed;
    let around = DraftBatch { signer: &mut signer, done: &mut |_| {}, repeats };
    let input = Input { drafts: drafts.to_vec(), ..Input::default() };
    let keys = writer.paths.keys.clone();
    let files = FileAccess::default();
    let input = LoadedInput::read(&input, Reach { folder: room.folder.path(), keys: &keys, files });
    match prepare_by(&mut writer, &input, around, worth) {
        Ok(prepared) => Ok(format!("{prepared:?} {clock:?} {entropy:?}")),
        Err(LedgerError::Refused(refused)) => Err(refused),
        Err(other) => panic!("{other}"),
    }
}

/// A draft of one of many kinds; `number` varies what it says.
fn draft(kind: u8, number: u64) -> String {
    let (fact, name) = (FACT + number % 4, format!("f{}", number % 3));
    match kind {
        0..=3 => format!(r#"{{"claim":"Claim {number}.","quote":"Nothing was agreed"}}"#),
        4 => format!(r#"{{"type":"fact.confirmed","on":{fact},"how":"reread"}}"#),
        5 => format!(r#"{{"ref":"{name}","claim":"Named.","quote":"Two answers"}}"#),
        6 => format!(r#"{{"type":"fact.confirmed","on":"{name}","how":"reread"}}"#),
        7 => format!(r#"{{"claim":"Not there.","quote":"words {number} that nobody said"}}"#),
        8 => said(&format!(r#"{{"agent":"{name}","agent_type":"person"}}"#)),
        9 => said(&format!(r#"{{"agent":"{name}"}}"#)),
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

fn said(hop: &str) -> String {
    format!(r#"{{"claim":"Said.","quote":"two hours","attribution":[{hop}]}}"#)
}

fn drafts(kinds: &[(u8, u64)]) -> Vec<Placed> {
    let lines: Vec<String> = kinds.iter().map(|(kind, number)| draft(*kind, *number)).collect();
    json_lines(&lines.join("\n")).unwrap()
}

#[test]
fn many_plain_drafts_are_the_same_events_and_so_are_few() {
    let room = room();
    let kinds: Vec<(u8, u64)> =
        (0..300).map(|at| (if at % 5 == 4 { 8 } else { 0 }, at)).chain([(4, 0), (4, 1)]).collect();
    let drafts = drafts(&kinds);
    let serial = outcome(&room, &drafts, usize::MAX);
    assert!(serial.is_ok(), "{serial:?}");
    assert_eq!(outcome(&room, &drafts, pipeline::WORTH), serial);
    assert_eq!(outcome(&room, &drafts, 1), serial);
}

#[test]
fn every_refusal_is_told_in_its_order() {
    let room = room();
    let mut kinds: Vec<(u8, u64)> = (0..70).map(|at| (0, at)).collect();
    (kinds[3], kinds[40], kinds[41], kinds[66]) = ((7, 3), (4, 3), (12, 200), (7, 66));
    let drafts = drafts(&kinds);
    let Err(serial) = outcome(&room, &drafts, usize::MAX) else { panic!("bad drafts were taken") };
    let places: Vec<_> = serial.iter().map(|refusal| refusal.place.clone()).collect();
    assert_eq!(places, [4, 41, 42, 67].map(|line| Some(InputPlace::Line(line))), "{serial:?}");
    assert_eq!(outcome(&room, &drafts, pipeline::WORTH), Err(serial));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(16)
    })]
    #[test]
    fn any_drafts_are_the_same_either_way(
        kinds in prop::collection::vec((0..13_u8, 0..12_u64), 1..40),
        good in any::<bool>(),
        worth in 1..4_usize,
    ) {
        thread_local!(static ROOM: Room = room());
        let kinds: Vec<_> = kinds
            .into_iter()
            .map(|(kind, number)| (if good && kind > 5 { kind % 4 } else { kind }, number))
            .collect();
        let drafts = drafts(&kinds);
        ROOM.with(|room| {
            prop_assert_eq!(outcome(room, &drafts, worth), outcome(room, &drafts, usize::MAX));
            Ok(())
        })?;
    }
}
