//! Vectors of rules 1001–1010 and of the anchors of a proof: pin, policy, log key.

use super::{Case, bad, good};
use crate::support::files::{Files, PIN, head_text, note, pin_with_sum, signature_blob};
use crate::support::proof::{LOG_KEY, POLICY, Parts, cosignature, event, verifier_key};
use crate::support::texts::TEXT;
use crate::support::{Ledger, acts};
use annals_core::hash::Hash;

/// 0–5 the newsroom, 6 the fact confirmed by Bo, 7 the ledger changed.
fn ledger() -> Ledger {
    let mut ledger = Ledger::newsroom();
    ledger.sign("bo", acts::confirmed(5));
    ledger.sign("ada", acts::changed(2));
    ledger
}

const EVENTS: [u64; 5] = [0, 1, 4, 5, 6];

fn parts() -> Parts {
    Parts::of(&ledger(), 5, &EVENTS, &[(4, TEXT)])
}

fn log_key() -> (&'static str, String) {
    (LOG_KEY, verifier_key(acts::ORIGIN, 1, "log") + "\n")
}

/// A policy with the log and three witnesses, of which two must have cosigned.
fn policy() -> String {
    let mut text = format!("log {}\n", verifier_key(acts::ORIGIN, 1, "log"));
    for name in ["w1", "w2", "w3"] {
        let key = verifier_key(&format!("{name}.example"), 4, name);
        text.push_str(&format!("witness {name} {key}\n"));
    }
    text + "group two 2 w1 w2 w3\nquorum two\n"
}

/// The parts with lines after the checkpoint's own.
fn cosigned(parts: Parts, lines: &[&str]) -> Parts {
    parts.with(|parts| parts.checkpoint.push_str(&lines.concat()))
}

fn witness(name: &str, time: u64) -> String {
    cosignature(&parts().checkpoint, &format!("{name}.example"), name, time)
}

/// A change of a proof's text, at the first occurrence.
fn replaced(from: &str, to: &str) -> Files {
    let text = parts().text();
    assert!(text.contains(from), "{from} stands in the proof");
    let mut files = parts().beside(&[log_key()]);
    files.insert("proof".to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}

/// A vector in which no rule is broken and trust is missing.
fn untrusted(name: &str, about: &'static str, files: Files) -> Case {
    let name = format!("000-trust-{name}");
    Case { name, rule: None, about, files, exit: 5, faults: Vec::new(), stateless: true }
}

fn proof(case: Case) -> Case {
    Case { stateless: true, ..case }
}

pub fn cases() -> Vec<Case> {
    let mut out = goods();
    out.extend(missing());
    let later = replaced("annals proof v1", "annals proof v2");
    let later = good("proof-later", "A proof of a later version is not judged.", later);
    out.push(proof(Case { exit: 2, ..later }));
    out.extend(changed_on_their_way());
    let rows = forms().into_iter().chain(events()).chain(around());
    out.extend(rows.map(|(name, about, files, faults)| proof(bad(name, about, files, &faults))));
    out.extend(checkpoints());
    out
}

fn goods() -> Vec<Case> {
    let w = |name| witness(name, 1_800_000_000);
    let stranger = cosignature(&parts().checkpoint, "w1.example", "w2", 1_800_000_000);
    let lines = [w("w3"), stranger.clone(), w("w1"), stranger, w("w1")];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let many = cosigned(parts(), &lines);
    let without = parts().with(|parts| {
        parts.documents.clear();
        parts.left_out = vec!["without document 4".to_owned()];
    });
    let mut sealed = Ledger::newsroom();
    sealed.put(sealed.draft("ada", acts::asserted_sealed(4, "\"by-hand\"")).withheld());
    let sealed = Parts::of(&sealed, 6, &[0, 6], &[])
        .with(|parts| parts.left_out = vec!["without body 6".to_owned()]);
    let mut rotated = ledger();
    rotated.sign("ada", acts::rekeyed("log-2", "rotated"));
    let pin = rotated.pin(9);
    rotated.log = vec!["log-2".to_owned(), "log".to_owned()];
    let rotated = Parts::of(&rotated, 5, &[0, 1, 4, 5, 6, 8], &[(4, TEXT)]);
    let by_policy = many.beside(&[(POLICY, policy())]);
    let all = [
        ("proof-pin", "A whole proof and a pin.", parts().beside(&[(PIN, ledger().pin(8))])),
        ("proof-pin-before", "A pin of fewer events.", parts().beside(&[(PIN, ledger().pin(6))])),
        ("proof-log-key", "The document is left out.", without.beside(&[log_key()])),
        ("proof-policy", "Two of three witnesses cosigned, one of them twice.", by_policy),
        ("proof-withheld", "The fact is sealed.", sealed.beside(&[log_key()])),
        (
            "proof-rotated",
            "Both log keys signed, the old one is pinned.",
            rotated.beside(&[(PIN, pin)]),
        ),
    ];
    all.into_iter().map(|(name, about, files)| proof(good(name, about, files))).collect()
}

fn missing() -> Vec<Case> {
    let one = witness("w1", 1_800_000_000);
    let alone = parts().beside(&[]);
    let one = cosigned(parts(), &[&one]).beside(&[(POLICY, policy())]);
    let other = (LOG_KEY, verifier_key(acts::ORIGIN, 1, "ada") + "\n");
    let renamed = (LOG_KEY, verifier_key("example.org/other", 1, "log") + "\n");
    let no_log = (POLICY, "quorum none\n".to_owned());
    let other_log = acts::Opening { log: "log-2", ..acts::Opening::default() };
    let pin = (PIN, Ledger::newsroom_as(&other_log).pin(6));
    vec![
        untrusted("proof-alone", "Nobody else names the log key.", alone),
        untrusted("proof-quorum", "One of three witnesses cosigned, two must.", one),
        untrusted("proof-log-key", "Another log key is trusted.", parts().beside(&[other])),
        untrusted(
            "proof-log-name",
            "The log key is trusted for another log.",
            parts().beside(&[renamed]),
        ),
        untrusted("proof-no-log", "A policy without a log names none.", parts().beside(&[no_log])),
        untrusted("proof-pin", "Another log key is pinned.", parts().beside(&[pin])),
    ]
}

type Row = (&'static str, &'static str, Files, Vec<(u16, i64)>);

fn forms() -> Vec<Row> {
    let form = |name, about, from, to| (name, about, replaced(from, to), vec![(1001, -1)]);
    let swapped = parts().with(|parts| parts.events.swap(1, 2)).beside(&[log_key()]);
    let twice = parts().with(|parts| parts.documents.push(parts.documents[0].clone()));
    let none = parts().with(|parts| parts.events.clear());
    let long = parts().with(|parts| {
        let hash = format!(" {}\n", crate::support::files::base64(&[0; 32]));
        for _ in 0..63 {
            parts.events[0] = parts.events[0].trim_end().to_owned() + &hash;
        }
    });
    vec![
        form("1001-proof-form-version", "A version in no spelling.", "proof v1", "proof v02"),
        form("1001-proof-form-first", "The first line is damaged.", "annals proof", "annals prof"),
        form("1001-proof-form-complete", "Nothing says what is left out.", "complete\n", ""),
        form("1001-proof-form-zero", "A position has a leading zero.", "event 1\n", "event 01\n"),
        form("1001-proof-form-space", "Two spaces in a path.", "path ", "path  "),
        form(
            "1001-proof-form-base64",
            "A document that is not base64.",
            "document 4\n",
            "document 4\n-",
        ),
        form("1001-proof-form-checkpoint", "The size has a leading zero.", "\n8\n", "\n08\n"),
        form("1001-proof-form-dash", "A signature line with a hyphen.", "\n\u{2014}", "\n-"),
        ("1001-proof-form-order", "Events out of order.", swapped, vec![(1001, -1)]),
        (
            "1001-proof-form-twice",
            "A document twice.",
            twice.beside(&[log_key()]),
            vec![(1001, -1)],
        ),
        ("1001-proof-form-none", "No event.", none.beside(&[log_key()]), vec![(1001, -1)]),
        (
            "1001-proof-form-path",
            "A path of 67 hashes.",
            long.beside(&[log_key()]),
            vec![(1001, -1)],
        ),
    ]
}

fn events() -> Vec<Row> {
    let with = |parts: Parts| parts.beside(&[log_key()]);
    let change = |change: &dyn Fn(&mut Parts)| {
        let mut parts = parts();
        change(&mut parts);
        parts.beside(&[log_key()])
    };
    let moved = change(&|p| p.events[4] = p.events[4].replace("event 6\n", "event 7\n"));
    let shorter = change(&|p| {
        let at = p.events[3].rfind(' ').expect("a path");
        p.events[3].truncate(at);
        p.events[3].push('\n');
    });
    let older = change(&|p| p.events[3] = event(&ledger(), 5, 7));
    let unlinked = parts_of_unlinked();
    let mut stranger = Ledger::newsroom();
    stranger.sign("bo", acts::confirmed(5));
    let stranger = Parts::of(&stranger, 5, &[0, 4, 5, 6], &[(4, TEXT)]);
    let edited = replaced("She said yes.", "She said no!!");
    vec![
        (
            "1002-proof-position",
            "An event stands under another position.",
            moved,
            vec![(1002, 7), (1003, 7)],
        ),
        (
            "1003-proof-inclusion-short",
            "The last hash of a path is missing.",
            shorter,
            vec![(1003, 5)],
        ),
        ("1003-proof-inclusion-older", "The path of a smaller tree.", older, vec![(1003, 5)]),
        (
            "1004-proof-link",
            "An event that names another one before it.",
            unlinked,
            vec![(1004, 6)],
        ),
        (
            "1008-proof-signer",
            "The confirmer's enrolment is not there.",
            with(stranger),
            vec![(1008, 6)],
        ),
        ("601-body-digest-proof", "Another claim than the signed one.", edited, vec![(601, 5)]),
    ]
}

/// A tree in which event 6 names another previous event than the actual one.
fn parts_of_unlinked() -> Files {
    let mut ledger = Ledger::newsroom();
    let draft = ledger.draft("bo", acts::confirmed(5));
    ledger.put(draft.with(|draft| draft.prev = Some(Hash::of(&[b"another event"]))));
    ledger.sign("ada", acts::changed(2));
    Parts::of(&ledger, 5, &EVENTS, &[(4, TEXT)]).beside(&[log_key()])
}

fn around() -> Vec<Row> {
    let change = |change: &dyn Fn(&mut Parts)| {
        let mut parts = parts();
        change(&mut parts);
        parts.beside(&[log_key()])
    };
    let said = |lines: &'static [&str]| {
        change(&|p| p.left_out = lines.iter().map(|line| (*line).to_owned()).collect())
    };
    let silent = change(&|p| p.documents.clear());
    let no_opening = change(&|p| drop(p.events.remove(0)));
    let no_fact = change(&|p| p.fact = 6);
    let absent = change(&|p| p.fact = 7);
    let no_document = change(&|p| {
        p.events.remove(2);
        p.documents.clear();
    });
    let document = |text: &str| {
        let text = text.to_owned();
        change(&move |p| {
            let base64 = crate::support::files::base64(text.as_bytes());
            p.documents = vec![format!("document 4\n{base64}\n")];
        })
    };
    let of_a_fact = change(&|p| p.documents.push("document 5\n\n".to_owned()));
    let mut false_quote = Ledger::newsroom();
    let fact = crate::support::texts::yes(4).replace("Kyiv \u{2013} ", "Kiew \u{2013} ");
    false_quote.sign("ada", acts::asserted_fact(&fact, "null"));
    let false_quote = Parts::of(&false_quote, 6, &[0, 4, 6], &[(4, TEXT)]).beside(&[log_key()]);
    vec![
        (
            "1005-proof-left-out",
            "It says complete, and a document is left out.",
            silent,
            vec![(1005, -1)],
        ),
        (
            "1005-proof-left-out-more",
            "It says that a document is left out, and it is there.",
            said(&["without document 4"]),
            vec![(1005, -1)],
        ),
        (
            "1006-proof-opening",
            "Event 0 is not there.",
            no_opening,
            vec![(1006, -1), (1008, 1), (1008, 4), (1008, 5)],
        ),
        ("1007-proof-fact", "The fact named is a confirmation.", no_fact, vec![(1007, -1)]),
        ("1007-proof-fact-absent", "The fact named is not there.", absent, vec![(1007, -1)]),
        (
            "1009-proof-document",
            "The document's capture is not there.",
            no_document,
            vec![(1009, 5)],
        ),
        (
            "606-document-digest-proof",
            "Another document than the captured one.",
            document("Kyiv"),
            vec![(606, 4)],
        ),
        (
            "606-document-digest-proof-other",
            "A document at an event that captured none.",
            of_a_fact,
            vec![(606, 5)],
        ),
        (
            "609-quotation-proof",
            "The words before the quotation are others.",
            false_quote,
            vec![(609, 6)],
        ),
    ]
}

fn checkpoints() -> Vec<Case> {
    let root = ledger().root(8);
    let log = ["log".to_owned()];
    let signed = |text: String, by: &[String]| {
        let checkpoint = note(&text, by);
        parts().with(|parts| parts.checkpoint = checkpoint).beside(&[log_key()])
    };
    let text = head_text(acts::ORIGIN, 8, &root);
    let other_name = signed(head_text("example.org/other", 8, &root), &log);
    let by_ada = signed(text, &["ada".to_owned()]);
    let wrong = witness("w1", 1_800_000_000).replacen("AABrSd", "AABrSe", 1);
    assert_ne!(wrong, witness("w1", 1_800_000_000));
    let good = [witness("w2", 1_800_000_000), witness("w3", 1_800_000_000)];
    let refused = cosigned(parts(), &[&good[0], &wrong, &good[1]]).beside(&[(POLICY, policy())]);
    let mut fork = ledger();
    fork.events.pop();
    fork.expected = 7;
    fork.sign("ada", acts::changed(3));
    let forked = parts().beside(&[(PIN, fork.pin(8))]);
    let mut longer = ledger();
    longer.sign("bo", acts::disputed(5));
    let longer = Parts::of(&longer, 5, &[0, 1, 4, 5, 6, 8], &[(4, TEXT)]);
    let peaks = longer.beside(&[(PIN, fork.pin(8))]);
    let mut begun = Ledger::opened_as(&acts::Opening { confirmations: 2, ..Default::default() });
    begun.sign("ada", acts::changed(2));
    let genesis = parts().beside(&[(PIN, begun.pin(2))]);
    let damaged = parts().beside(&[(PIN, ledger().pin(8).replacen("peak ", "peak  ", 1))]);
    let lines = ledger().pin_lines(8);
    let elsewhere = "example.org/other";
    let head = head_text(elsewhere, 8, &root);
    let blob = signature_blob(elsewhere, "log", &head);
    let end = lines.find("checkpoint ").expect("a checkpoint");
    let foreign = format!("{}checkpoint 5\n{head}\n\u{2014} {elsewhere} {blob}\n", &lines[..end]);
    let foreign = pin_with_sum(&foreign);
    let foreign = parts().beside(&[(PIN, foreign)]);
    let mut on_disk = ledger().files();
    let checkpoint = ledger().checkpoint(8) + &wrong + &good[0] + &good[1];
    on_disk.insert("ledger/checkpoint".to_owned(), checkpoint.into_bytes());
    let ignored = on_disk.clone();
    on_disk.insert(POLICY.to_owned(), policy().into_bytes());
    let mut short = ledger().files();
    let checkpoint = ledger().checkpoint(8) + &good[0];
    short.insert("ledger/checkpoint".to_owned(), checkpoint.into_bytes());
    short.insert(POLICY.to_owned(), policy().into_bytes());
    let row = |name, about, files, rule| proof(bad(name, about, files, &[(rule, -1)]));
    vec![
        row("702-checkpoint-origin-proof", "The checkpoint is of another name.", other_name, 702),
        row("703-checkpoint-signature-proof", "An editor signed the checkpoint.", by_ada, 703),
        row("1010-cosignature", "A line of a known witness does not verify.", refused, 1010),
        row(
            "802-forked-from-pin-proof",
            "The log key signed another record of the pin's size.",
            forked,
            802,
        ),
        row("802-forked-from-pin-proof-peak", "An event leads to another peak.", peaks, 802),
        row("802-forked-from-pin-proof-genesis", "Another event 0 was pinned.", genesis, 802),
        row("803-pin-damaged-proof", "The pin's sum does not hold.", damaged, 803),
        row("804-pin-origin-proof", "The pin is of another ledger.", foreign, 804),
        bad(
            "1010-cosignature-ledger",
            "A witness's line on a ledger's checkpoint.",
            on_disk,
            &[(1010, -1)],
        ),
        super::good("cosigned", "Without a policy a witness's line is ignored.", ignored),
        Case {
            stateless: false,
            ..untrusted("ledger-quorum", "One witness of two cosigned.", short)
        },
    ]
}

/// Changes of a proof by mail programs, editors and shells: such a proof is not verified.
fn changed_on_their_way() -> Vec<Case> {
    let text = parts().text();
    let letters = [0xFEFF].into_iter().chain(text.encode_utf16());
    let wide: Vec<u8> = letters.flat_map(u16::to_le_bytes).collect();
    let at_line = text.match_indices('\n').nth(8).map_or(0, |(at, _)| at + 1);
    let rows = [
        ("crlf", "The lines of a proof end with CR LF.", text.replace('\n', "\r\n").into_bytes()),
        (
            "mark",
            "A byte order mark stands before a proof.",
            format!("\u{feff}{text}").into_bytes(),
        ),
        ("utf-16", "A proof was written as UTF-16.", wide),
        ("cut", "A proof ends within a line.", text[..text.len() - 20].into()),
        ("half", "A proof ends after nine lines.", text[..at_line].into()),
        ("lost", "The last LF of a proof is lost.", text.trim_end().into()),
        ("more", "An empty line stands behind a proof.", format!("{text}\n").into_bytes()),
        ("folded", "The lines of a proof are folded at 76.", folded(&text).into_bytes()),
        ("spaces", "An empty line has a space.", text.replace("\n\n", "\n \n").into_bytes()),
    ];
    let case = |(name, about, bytes): (&str, &'static str, Vec<u8>)| {
        let mut files = parts().beside(&[log_key()]);
        files.insert("proof".to_owned(), bytes);
        proof(Case { exit: 2, ..good(&format!("proof-changed-{name}"), about, files) })
    };
    rows.into_iter().map(case).collect()
}

/// A text with its lines broken after 76 characters.
fn folded(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let letters: Vec<char> = line.chars().collect();
        let pieces: Vec<String> = letters.chunks(76).map(|it| it.iter().collect()).collect();
        out.push_str(&pieces.join("\n"));
        out.push('\n');
    }
    out
}
