//! Evidence: made if something signed proves the claim, verified alone, by two implementations.

use crate::auditor::desk::{Answer, Desk, by_log, ledger, signed};
use crate::support::files::{CHECKPOINT, JOURNAL, head_text, pin_with_sum, signature_blob};
use crate::support::{Ledger, acts, keys};
use annals_core::evidence::{ForkEvidence, ForkPoint};
use annals_core::hash::Hash;
use annals_core::merkle::empty_root;
use annals_core::verify::evidence::{ShownFork, verify_evidence};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A desk with a pin of the first ledger, and the second ledger in its place.
fn swapped(pinned: &Ledger, found: &Ledger) -> Desk {
    let desk = Desk::with(&pinned.files());
    let made = desk.run("verify --pin pin --first");
    assert_eq!(made.exit, 0, "{}{}", made.out, made.err);
    desk.put(&found.files());
    desk
}

/// The exit of the second implementation on an evidence file.
fn second(path: &Path) -> Option<i32> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("target/venv/bin/python");
    let python = match std::env::var_os("ANNALS_PYTHON") {
        Some(python) => PathBuf::from(python),
        None if own.exists() => own,
        None => PathBuf::from("python3"),
    };
    let mut command = Command::new(python);
    let output = command.arg(root.join("scripts/reverify.py")).arg(path).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.status.code()
}

/// Both implementations verify the file alike, without any other file.
fn judged(desk: &Desk, name: &str) -> Answer {
    let alone = Desk::with(&Default::default());
    std::fs::copy(desk.path(name), alone.path("evidence")).unwrap();
    let answer = alone.run("verify evidence");
    assert_eq!(second(&alone.path("evidence")), Some(answer.exit), "{}", answer.out);
    answer
}

#[test]
fn another_record_of_the_same_size_is_shown_by_both_checkpoints() {
    let desk = swapped(&ledger(&[2, 3]), &ledger(&[2, 4]));
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    let fork = "fork: rule 802 forked-from-pin: forked: at size 3 the record is not the pinned \
                one; the first difference is event 2";
    assert!(answer.says(fork), "{}", answer.out);
    let evidence = "evidence (forked): pin.evidence; annals verify checks it by itself";
    assert!(answer.says(evidence), "{}", answer.out);
    desk.run("verify --pin pin --html page.html");
    let page = desk.read("page.html");
    let (_, against) = page.split_once("What speaks against it").unwrap();
    assert!(against.contains("Evidence (forked)"), "{page}");
    assert_eq!(desk.read("pin"), ledger(&[2, 3]).pin(3));
    let answer = judged(&desk, "pin.evidence");
    let root = |ledger: &Ledger| annals_core::tlog::to_base64(&ledger.root(3).0);
    let (one, other) = (root(&ledger(&[2, 3])), root(&ledger(&[2, 4])));
    let key = annals_core::tlog::vkey(acts::ORIGIN, &keys::secret("log").public());
    assert_eq!(
        answer.out,
        format!(
            "claim     forked\n\
             origin    example.org/record\n\
             key       {key}\n\
             named     the log key, by event 0 of the second tree\n\
             first     size 3, root {one}\n          whose first 3 events have the root {one}\n\
             second    size 3, root {other}\n          whose first 3 events have the root {other}\n\
             shown: this key contradicted itself: it signed sizes 3 and 3, which cannot both be of \
             one append-only log\n"
        )
    );
    assert_eq!(answer.exit, 4);
}

#[test]
fn a_record_that_grew_from_another_past_is_shown_by_a_consistency_proof() {
    let desk = swapped(&ledger(&[2, 3, 4]), &ledger(&[2, 5, 4, 6, 7]));
    let answer = desk.run("verify --pin pin --evidence shown");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    assert!(answer.out.contains("events 0 to 3"), "{}", answer.out);
    let text = desk.read("shown");
    assert!(text.contains("\nat 4\nroot ") && text.contains("\npath "), "{text}");
    let told = judged(&desk, "shown");
    assert!(
        told.says("shown: this key contradicted itself: it signed sizes 4 and 6"),
        "{}",
        told.out
    );
    // Writing the same evidence again is not an error; other evidence does not replace it.
    assert_eq!(desk.run("verify --pin pin --evidence shown").exit, 4);
    std::fs::write(desk.path("shown"), "mine\n").unwrap();
    let taken = desk.run("verify --pin pin --evidence shown");
    assert_eq!((taken.exit, desk.read("shown").as_str()), (4, "mine\n"), "{}", taken.out);
    std::fs::write(desk.path("pin.evidence"), "mine\n").unwrap();
    let beside = desk.run("verify --pin pin");
    assert!(beside.says("evidence (forked): pin.evidence-"), "{}", beside.out);
    assert_eq!(desk.read("pin.evidence"), "mine\n");
}

#[test]
fn a_shorter_record_with_another_past_is_shown_at_the_first_subtree_that_differs() {
    let desk = swapped(&ledger(&[2, 3, 4, 5, 6, 7]), &ledger(&[2, 3, 4, 8, 6]));
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    let forked = "fork: rule 802 forked-from-pin: forked: the pin saw 7 events, the record has 6; \
                  the first difference is among events 4 to 5";
    assert!(answer.says(forked), "{}", answer.out);
    assert!(desk.read("pin.evidence").contains("\nat 6\n"));
    let told = judged(&desk, "pin.evidence");
    assert!(
        told.says("shown: this key contradicted itself: it signed sizes 7 and 6"),
        "{}",
        told.out
    );
}

#[test]
fn a_cut_is_reported_and_shows_no_contradiction() {
    let desk = swapped(&ledger(&[2, 3, 4, 5]), &ledger(&[2, 3, 4]));
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    let cut = "fork: rule 801 cut-below-pin: cut: the pin saw 5 events, the record has 4; the same: \
               events 0 to 3";
    assert!(answer.says(cut), "{}", answer.out);
    assert!(answer.says("evidence (cut): pin.evidence"), "{}", answer.out);
    let told = judged(&desk, "pin.evidence");
    assert_eq!(told.exit, 2);
    assert!(told.says("shown: this key signed sizes 5 and 4; not shown: which is"), "{}", told.out);
    // The journal was truncated under its own checkpoint: nothing else was signed, so there is no
    // evidence.
    let mut files = ledger(&[2, 3, 4, 5]).files();
    files.insert(JOURNAL.to_owned(), ledger(&[2, 3]).journal().into_bytes());
    std::fs::remove_file(desk.path("pin.evidence")).unwrap();
    desk.put(&files);
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    assert!(
        answer.says("no evidence file: the record's checkpoint is the pinned one"),
        "{}",
        answer.out
    );
    assert_eq!(desk.names(), ["ledger", "pin"]);
}

#[test]
fn what_nobody_signed_shows_nothing() {
    let desk = swapped(&ledger(&[2, 3]), &ledger(&[2, 4]));
    // Another key signs the other record.
    let mut other = ledger(&[2, 4]);
    other.log = vec!["ada".to_owned()];
    desk.put(&other.files());
    let answer = desk.run("verify --pin pin");
    assert!(answer.says("no evidence file: no log key of the pin signed"), "{}", answer.out);
    // The log key signed a root of another size that is not the record's.
    let text = head_text(acts::ORIGIN, 4, &Hash::of(&[b"other"]));
    desk.put(&signed(&ledger(&[2, 4, 5]), by_log(&text)));
    let answer = desk.run("verify --pin pin");
    assert!(answer.says("no evidence file: the record's checkpoint is not of"), "{}", answer.out);
    // There is no checkpoint.
    let mut files = ledger(&[2, 4]).files();
    files.remove(CHECKPOINT);
    desk.put(&files);
    let answer = desk.run("verify --pin pin");
    assert!(answer.says("no evidence file: the record has no checkpoint"), "{}", answer.out);
    assert_eq!((answer.exit, desk.names()), (4, vec!["ledger".to_owned(), "pin".to_owned()]));
}

/// A fork after a rotation: the old key, which still signs, signed both.
fn rotated() -> ForkEvidence {
    let mut found = ledger(&[2, 4]);
    found.sign("ada", acts::rekeyed("log-2", "rotated"));
    found.log = vec!["log-2".to_owned(), "log".to_owned()];
    let desk = swapped(&ledger(&[2, 3]), &found);
    let answer = desk.run("verify --pin pin");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    assert_eq!(judged(&desk, "pin.evidence").exit, 4);
    ForkEvidence::parse(desk.read("pin.evidence").as_bytes()).unwrap()
}

#[test]
fn the_records_that_name_the_log_keys_stand_in_it() {
    let evidence = rotated();
    let positions: Vec<u64> = evidence.key_changes.iter().map(|change| change.position).collect();
    assert_eq!(positions, [0, 3]);
    assert_eq!(verify_evidence(&evidence).named_by, Some(0));
    assert_eq!(evidence.key, keys::secret("log").public());
}

/// Writes edited evidence with a correct sum, and verifies it with both implementations.
fn edited(change: impl FnOnce(&mut ForkEvidence)) -> Answer {
    let mut evidence = rotated();
    change(&mut evidence);
    let desk = Desk::with(&Default::default());
    std::fs::write(desk.path("evidence"), evidence.write()).unwrap();
    judged(&desk, "evidence")
}

#[test]
fn evidence_that_claims_more_than_it_shows_is_reported() {
    let not_shown = |what: &str, change: fn(&mut ForkEvidence)| {
        let answer = edited(change);
        assert_eq!(answer.exit, 1, "{what}: {}", answer.out);
        assert!(answer.says("not shown: "), "{what}: {}", answer.out);
        assert!(answer.says(&format!("why       {what}")), "{what}: {}", answer.out);
    };
    not_shown("the first checkpoint is not signed by the key", |e| {
        e.key = keys::secret("log-2").public();
    });
    not_shown("the second root of size 3 does not lead to its checkpoint", |e| {
        e.forked_at.as_mut().unwrap().second.path.pop();
    });
    not_shown("the second root of size 3 does not lead to its checkpoint", |e| {
        e.forked_at.as_mut().unwrap().second.root = empty_root();
    });
    not_shown("both trees have one root at size 3", |e| {
        let at = e.forked_at.as_mut().unwrap();
        at.second = at.first.clone();
        e.second = e.first.clone();
        e.key_changes.clear();
    });
    not_shown("event 3: it is not shown to stand in the second tree", |e| {
        e.key_changes[1].path[0] = empty_root();
    });
    not_shown("event 0: it is not shown to stand in the second tree", |e| {
        e.key_changes[0].record = e.key_changes[1].record.clone();
    });
    not_shown("the second checkpoint is not signed by the key", |e| {
        e.second.note.signatures.retain(|line| line.id != e.first.note.signatures[0].id);
    });
    let unnamed = edited(|e| e.key_changes.clear());
    assert_eq!(unnamed.exit, 4, "{}", unnamed.out);
    assert!(unnamed.says("named     this file does not show that it is the log key"));
}

#[test]
fn records_that_name_no_log_key_of_this_ledger_show_nothing() {
    // The dishonest party's own log: its second tree holds events that prove nothing.
    let forged = |act: fn(&mut Ledger)| {
        let mut found = ledger(&[4]);
        act(&mut found);
        let mut evidence = rotated();
        let leaves: Vec<Hash> = found.events.iter().map(|event| event.hash()).collect();
        let root = crate::support::files::root(&leaves);
        let text = head_text(acts::ORIGIN, leaves.len() as u64, &root);
        let note = annals_core::tlog::Note::parse(by_log(&text).as_bytes()).unwrap();
        evidence.second = annals_core::evidence::SignedCheckpoint::of(note).unwrap();
        evidence.first = evidence.second.clone();
        let before = annals_core::evidence::EarlierCheckpoint { root, path: Vec::new() };
        evidence.forked_at =
            Some(ForkPoint { size: leaves.len() as u64, first: before.clone(), second: before });
        let record = found.events.last().unwrap().record().into_bytes();
        let path = vec![crate::support::files::root(&leaves[..2])];
        evidence.key_changes =
            vec![annals_core::evidence::LogKeyChange { position: 2, record, path }];
        verify_evidence(&evidence).shown
    };
    let why = |shown: ShownFork| match shown {
        ShownFork::NotShown(why) => why.into_iter().find(|why| why.starts_with("event 2")).unwrap(),
        other => panic!("{other:?}"),
    };
    let plain = why(forged(|l| {
        l.sign("ada", acts::changed(3));
    }));
    assert_eq!(plain, "event 2: it names no log key");
    let possession = why(forged(|l| {
        let mut act = acts::rekeyed("log-2", "rotated");
        act.args = act.args.replacen(&keys::key("log-2"), &keys::key("log-3"), 1);
        l.sign("ada", act);
    }));
    assert!(possession.starts_with("event 2: the possession of"), "{possession}");
    let unsigned = why(forged(|l| {
        let draft = l.draft("ada", acts::rekeyed("log-2", "rotated"));
        l.put(draft.with(|d| d.signer = "bo".to_owned()));
    }));
    assert!(unsigned.starts_with("event 2: it is not signed by"), "{unsigned}");
}

#[test]
fn damaged_evidence_accuses_nobody() {
    let evidence = rotated();
    let text = evidence.write();
    assert_eq!(ForkEvidence::parse(text.as_bytes()).as_ref(), Some(&evidence));
    for at in 0..text.len() {
        for bit in [1, 128] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= bit;
            assert_eq!(ForkEvidence::parse(&bytes), None, "byte {at}");
        }
    }
    let desk = Desk::with(&Default::default());
    for (what, edit) in [
        ("a size with a zero", ("\nat 3\n", "\nat 03\n")),
        ("an unknown claim", ("\nclaim forked\n", "\nclaim torn\n")),
        ("a cut with proofs", ("\nclaim forked\n", "\nclaim cut\n")),
        ("a size above both", ("\nat 3\n", "\nat 9\n")),
        ("another line", ("\nat 3\n", "\nnote of mine\nat 3\n")),
        ("events in another order", ("\nevent 3\n", "\nevent 0\n")),
    ] {
        let (from, to) = edit;
        assert!(text.contains(from), "{from}");
        let lines = text[..text.rfind("sum ").unwrap()].replacen(from, to, 1);
        std::fs::write(desk.path("evidence"), pin_with_sum(&lines)).unwrap();
        let answer = judged(&desk, "evidence");
        assert_eq!(answer.exit, 2, "{what}: {}", answer.out);
        assert!(answer.says("could not tell: the evidence is damaged"), "{what}: {}", answer.out);
    }
    let first = |to: &str| {
        let lines = text[..text.rfind("sum ").unwrap()].replacen("annals evidence v1", to, 1);
        std::fs::write(desk.path("evidence"), pin_with_sum(&lines)).unwrap();
        judged(&desk, "evidence")
    };
    for (to, why) in [
        ("annals evidence v02", "could not tell: the evidence is damaged"),
        ("annals evidence vl", "could not tell: the evidence is damaged"),
        ("annals evidence v2", "could not tell: a newer program is needed"),
    ] {
        let answer = first(to);
        assert_eq!((answer.exit, answer.says(why)), (2, true), "{to}: {}", answer.out);
    }
    std::fs::write(desk.path("evidence"), "something\n").unwrap();
    let other = desk.run("verify evidence");
    let why = "annals: evidence: expected a ledger's folder, a bag, a published directory, a proof \
               or an evidence file, found another file, or one whose first line is damaged\n";
    assert_eq!((other.exit, other.err.ends_with(why)), (2, true), "{}", other.err);
    assert!(!signature_blob(acts::ORIGIN, "log", "").is_empty());
}

#[test]
fn evidence_changed_by_a_mail_program_is_reported_as_changed() {
    let desk = swapped(&ledger(&[2, 3]), &ledger(&[2, 4]));
    assert_eq!(desk.run("verify --pin pin").exit, 4);
    let text = desk.read("pin.evidence");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (why, bytes) in [
        ("its lines end with CR LF", text.replace('\n', "\r\n").into_bytes()),
        ("it begins with a byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("it is UTF-16", wide),
    ] {
        std::fs::write(desk.path("pin.evidence"), bytes).unwrap();
        let answer = judged(&desk, "pin.evidence");
        assert_eq!(answer.exit, 2, "{}", answer.out);
        assert!(answer.out.contains(&format!("the evidence: {why}")), "{}", answer.out);
    }
}

/// What was given beside it is not passed over: its words are those of the key in it alone.
#[test]
fn evidence_is_judged_without_trust_that_was_given() {
    let desk = swapped(&ledger(&[2, 3]), &ledger(&[2, 4]));
    assert_eq!(desk.run("verify --pin pin").exit, 4);
    for given in ["--log-key nonsense", "--policy pin", "--pin pin", "--html page"] {
        let answer = desk.run(&format!("verify pin.evidence {given}"));
        assert_eq!((answer.exit, answer.out.as_str()), (2, ""), "{given}: {}", answer.err);
        assert!(answer.err.starts_with("annals: an evidence file is judged alone"), "{given}");
    }
}
