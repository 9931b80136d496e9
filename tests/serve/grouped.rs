//! Submissions that are placed together have the verdicts and the record that they have one by one,
//! and nothing that is withheld is in any answer.

use crate::archive::publish_targets::{cut, write};
use crate::follower::content;
use crate::serve::wire::{expect, get, submit};
use crate::serve::{Newsroom, RunningServer};
use crate::support::submission::SubmissionParts;
use crate::support::tamper::Dice;
use crate::support::{Ledger, acts, keys};
use annals::entropy::System;
use annals::keys::KeyFolder;
use annals::ledger::error::LedgerError;
use annals::ledger::exchange::placing::{
    PlacedEvents, PlacingContext, PlacingError, PlacingResult, SentDocuments, place_group, receipt,
};
use annals::ledger::exchange::publish::served::ServedRecord;
use annals::ledger::paths::Paths;
use annals::ledger::reader;
use annals::ledger::write::writer::Writer;
use annals_core::hash::Hash;
use annals_core::submission::SubmissionText;
use annals_core::time::Time;
use std::path::Path;
use std::time::Duration;

const CLOCK: &str = "2026-01-01T00:01:00.000000Z";

/// No document was sent.
struct NothingSent;

impl SentDocuments for NothingSent {
    fn sent(&self, _: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(None)
    }
}

/// A ledger in a folder, with its log key.
pub fn put(folder: &Path, ledger: &Ledger) -> Paths {
    std::fs::create_dir_all(folder).unwrap();
    write(folder, &cut(ledger, ledger.size()).files());
    let keys = KeyFolder::make(folder.join("keys")).unwrap();
    keys.add_log(&keys::secret("log"), &mut System).unwrap();
    Paths::new(folder.join("ledger"), Some(folder.join("keys")))
}

/// The record of a writer that has just opened or committed it.
fn served(paths: &Paths) -> ServedRecord {
    let note = reader::checkpoint(paths).unwrap().unwrap();
    ServedRecord::open(&paths.ledger, note).unwrap()
}

/// What became of a submission, without words that name others of its group.
fn essence(placed: &PlacingResult) -> String {
    match placed {
        Ok(PlacedEvents { first, already }) => format!("{first} {already}"),
        Err(PlacingError::Outrun { from, size }) => format!("outrun {from} {size}"),
        Err(PlacingError::Refused { rule, .. }) => format!("refused {rule:?}"),
        Err(other) => format!("{other:?}"),
    }
}

/// Submissions to a ledger, good and bad in many ways.
fn submissions(ledger: &Ledger, dice: &mut Dice) -> Vec<SubmissionText> {
    let size = ledger.size();
    let mut all: Vec<SubmissionText> = Vec::new();
    for _ in 0..4 + dice.below(8) {
        let base = size - dice.below(3) as u64;
        let mut signing = cut(ledger, base);
        let (bo, dan) = ("bo", "dan");
        let count = 1 + dice.below(3);
        let mut way = "free";
        let parts = match dice.below(8) {
            // Confirmations of the same fact: the second one of a person is refused.
            0 => vec![(bo, acts::confirmed(5))],
            1 => vec![("cy", acts::confirmed(5))],
            // An act of a role that Bo has not.
            2 => {
                way = "next";
                vec![(bo, acts::changed(2))]
            }
            3 => {
                way = "next";
                vec![(dan, acts::changed(3))]
            }
            // A position that is not there.
            4 => vec![(dan, acts::confirmed(size + 9))],
            5 => vec![("zoe", acts::confirmed(5))],
            _ => (0..count).map(|_| (dan, acts::disputed(5))).collect(),
        };
        let places: Vec<u64> = parts
            .into_iter()
            .map(|(by, act)| {
                // Each of the same base.
                let mut one = cut(&signing, base);
                one.clock = dice.below(999) as i64;
                one.sign(by, act);
                signing.events.push(one.events.last().unwrap().clone());
                signing.size() - 1
            })
            .collect();
        let mut parts = SubmissionParts::unplaced(&format!("{way} {base}"), &signing, &places);
        if dice.below(5) == 0 {
            // Another signature.
            let other = cut(&signing, base + 1).events[0].signature.clone();
            let own = &signing.events[places[0] as usize].signature;
            parts.events[0] = parts.events[0].replacen(own, &other, 1);
        }
        let Ok(submission) = SubmissionText::parse(parts.text().as_bytes()) else { continue };
        all.push(submission);
        if dice.below(3) == 0 {
            all.push(dice.pick(&all));
        }
    }
    all
}

#[test]
fn a_group_has_the_verdicts_and_the_record_that_its_submissions_have_one_by_one() {
    let ledger = Ledger::newsroom_as(&acts::Opening { window: 9, ..Default::default() });
    let now = Time::parse(CLOCK).unwrap();
    let (mut good, mut bad) = (0, 0);
    for seed in 0..24 {
        let place = tempfile::tempdir().unwrap();
        let [together, single] =
            ["together", "single"].map(|it| put(&place.path().join(it), &ledger));
        let all = submissions(&ledger, &mut Dice(seed * 7_919 + 1));
        let each: Vec<&SubmissionText> = all.iter().collect();
        let mut writer = Writer::open(together.clone(), Duration::ZERO).unwrap();
        let record = served(&together);
        let context = PlacingContext { record: &record, sent: &NothingSent, now };
        let placed = place_group(&mut writer, &each, &context).unwrap();
        let mut alone = Writer::open(single.clone(), Duration::ZERO).unwrap();
        for ((one, placed), number) in each.iter().zip(&placed).zip(0..) {
            let record = served(&single);
            let context = PlacingContext { record: &record, sent: &NothingSent, now };
            let before = content(&single.ledger);
            let result = place_group(&mut alone, &[one], &context).unwrap().remove(0);
            assert_eq!(essence(&result), essence(placed), "{seed}, {number}: {one:?}");
            match result {
                Ok(PlacedEvents { first, .. }) => {
                    good += 1;
                    let receipt = receipt(one, first, &served(&single)).unwrap();
                    assert_eq!(receipt.first, first);
                }
                Err(_) => {
                    bad += 1;
                    assert_eq!(content(&single.ledger), before, "{seed}, {number}");
                }
            }
        }
        let [mut one, mut other] = [&together, &single].map(|paths| content(&paths.ledger));
        assert_eq!(one.remove("events"), other.remove("events"), "{seed}");
        // What was refused is found nowhere, and the same again is where it was.
        let record = served(&together);
        let context = PlacingContext { record: &record, sent: &NothingSent, now };
        let again = place_group(&mut writer, &each, &context).unwrap();
        for (again, placed) in again.iter().zip(&placed) {
            if let Ok(PlacedEvents { first, .. }) = placed {
                assert_eq!(essence(again), format!("{first} true"), "{seed}");
            }
        }
        drop((writer, alone));
        for machine in ["together", "single"] {
            let mut verify = std::process::Command::new(env!("CARGO_BIN_EXE_annals"));
            verify.current_dir(place.path().join(machine)).arg("verify");
            let done = verify.env("ANNALS_CLOCK", CLOCK).output().unwrap();
            assert!(done.status.success(), "{seed}: {done:?}");
        }
    }
    assert!(good > 20 && bad > 20, "{good} {bad}");
}

#[test]
fn who_may_not_revoke_a_key_as_suspect_has_nobody_read_the_whole_record() {
    let mut ledger = Ledger::newsroom_as(&acts::Opening { window: 9, ..Default::default() });
    let place = tempfile::tempdir().unwrap();
    let paths = put(place.path(), &ledger);
    let now = Time::parse(CLOCK).unwrap();
    let place = |writer: &mut Writer, ledger: &Ledger, way: &str, event: u64| {
        let parts = SubmissionParts::unplaced(&format!("{way} {event}"), ledger, &[event]);
        let submission = SubmissionText::parse(parts.text().as_bytes()).unwrap();
        let record = served(&paths);
        let context = PlacingContext { record: &record, sent: &NothingSent, now };
        essence(&place_group(writer, &[&submission], &context).unwrap()[0])
    };
    let first = ledger.sign("dan", acts::disputed(5));
    let mut writer = Writer::open(paths.clone(), Duration::ZERO).unwrap();
    assert_eq!(place(&mut writer, &ledger, "free", first), format!("{first} false"));
    drop(writer);
    // A writer that begins where the last one ended, and has read the editors alone.
    let mut writer = Writer::open(paths.clone(), Duration::ZERO).unwrap();
    assert!(!writer.is_whole());
    let end = first + 1;
    for (by, is_whole) in [("bo", false), ("ada", true)] {
        let mut signing = cut(&ledger, end);
        signing.sign(by, acts::stolen("dan", 5));
        let placed = place(&mut writer, &signing, "next", end);
        assert_eq!(placed == "refused Some(SignerRole)", !is_whole, "{by}: {placed}");
        assert_eq!(writer.is_whole(), is_whole, "{by}: {placed}");
    }
}

/// Whether a text is in an answer.
fn says(server: &RunningServer, path: &str, text: &str) -> bool {
    get(server, path).1.contains(text)
}

#[test]
fn what_is_sealed_or_redacted_is_in_no_answer() {
    let newsroom = Newsroom::found(Some(CLOCK));
    let mut ledger = Ledger::newsroom_as(&acts::Opening { window: 9, ..Default::default() });
    let sealed = ledger.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    let secret = ledger.events[sealed as usize].body.clone();
    let text = "A document that is to be forgotten by everybody.";
    let document = ledger.capture("ada", text, "null");
    put(&newsroom.path("other"), &ledger);
    let redacting = ledger.sign("dan", acts::redacted(document));
    let server = newsroom.serve_machine("other");
    let digest = Hash::of(&[text.as_bytes()]);
    let body = Hash::of(&[ledger.events[document as usize].body.as_bytes()]);
    let hidden = Hash::of(&[secret.as_bytes()]);
    let everywhere = ["/v1/events?from=0", "/v1/events?from=6", "/body/bundle/000"];
    for path in everywhere {
        assert!(!says(&server, path, &secret), "{path}");
    }
    assert_eq!(get(&server, &format!("/body/{hidden}")).0, 404);
    assert_eq!(get(&server, &format!("/document/{digest}")).0, 200);
    assert_eq!(get(&server, &format!("/body/{body}")).0, 200);
    // Redacted through the server.
    let redact = SubmissionParts::unplaced(&format!("next {redacting}"), &ledger, &[redacting]);
    let (status, said) = submit(&server, redact.text().as_bytes());
    assert_eq!(status, 200, "{said}");
    let words = ledger.events[document as usize].body.clone();
    for path in everywhere {
        assert!(!says(&server, path, &secret), "{path}");
        assert!(!says(&server, path, &words), "{path}");
    }
    for path in [format!("/body/{hidden}"), format!("/body/{body}"), format!("/document/{digest}")]
    {
        expect(&get(&server, &path), 404, "not-found", None);
    }
    // The receipt of the sealed event is that of its places.
    let statement = Hash::of(&[ledger.events[sealed as usize].statement.as_bytes()]);
    let (status, text) = get(&server, &format!("/v1/submission/{statement}?body={hidden}"));
    assert_eq!(status, 200, "{text}");
    assert!(!text.contains(&secret));
    server.stop();
    let verdict = newsroom.annals("other", &["verify"]);
    assert_eq!(verdict.code, 0, "{verdict:?}");
}
