//! Flips every byte of a small proof in turn: the verdict is never yes for other bytes than the
//! signed ones, and always names a rule; only in lines of unknown keys nothing changes.

use crate::support::proof::{LOG_KEY, POLICY, Parts, cosignature, judge_proof, verifier_key};
use crate::support::texts::TEXT;
use crate::support::{Ledger, acts};
use std::ops::Range;

/// A whole proof of a fact, cosigned by a witness of the policy and by a stranger.
fn whole() -> (Parts, Vec<(&'static str, String)>) {
    let mut ledger = Ledger::opened();
    ledger.capture("ada", TEXT, "null");
    ledger.sign("ada", acts::asserted(1));
    let parts = Parts::of(&ledger, 2, &[0, 1, 2], &[(1, TEXT)]);
    let line = |name: &str| cosignature(&parts.checkpoint, &format!("{name}.example"), name, 7);
    let (known, stranger) = (line("w1"), line("w2"));
    let parts = parts.with(|parts| parts.checkpoint.push_str(&(stranger + &known)));
    let log = verifier_key(acts::ORIGIN, 1, "log");
    let witness = verifier_key("w1.example", 4, "w1");
    let policy = format!("log {log}\nwitness w {witness}\nquorum w\n");
    (parts, vec![(POLICY, policy), (LOG_KEY, log)])
}

/// The ranges of lines that are ignored by rule.
fn ignored(text: &str) -> Range<usize> {
    let start = text.find("\u{2014} w2.example").expect("the stranger's line");
    start..start + text[start..].find('\n').expect("its end")
}

#[test]
fn a_flipped_byte_is_never_a_yes_about_other_bytes() {
    let (parts, beside) = whole();
    let mut files = parts.beside(&beside);
    assert_eq!(judge_proof(&files), Some((0, Vec::new())));
    let text = parts.text();
    let ignored = ignored(&text);
    let (mut yes, mut untrusted) = (0, 0);
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1 << (at % 8);
        files.insert("proof".to_owned(), bytes);
        let (exit, faults) = judge_proof(&files).expect("a proof");
        match exit {
            0 if ignored.contains(&at) => yes += 1,
            // The witness's line became a stranger's: the quorum is missing, no rule is broken.
            5 => untrusted += 1,
            1 => assert!(!faults.is_empty(), "byte {at} is told by a rule"),
            // Without its last LF it is one that was cut.
            2 if at + 1 == text.len() => assert!(faults.is_empty()),
            _ => panic!("byte {at}: exit {exit}, {faults:?}: {:?}", text.get(at - 20..at + 20)),
        }
    }
    assert!(yes > 60, "{yes} flips of {} in the ignored line changed nothing", ignored.len());
    assert!((1..30).contains(&untrusted), "{untrusted} flips made the witness unknown");
}

#[test]
fn a_proof_that_is_cut_anywhere_is_none() {
    let (parts, beside) = whole();
    let mut files = parts.beside(&beside);
    let text = parts.text();
    let last_line = text.trim_end().rfind('\n').expect("lines") + 1;
    let stranger_ends = ignored(&text).end + 1;
    assert_eq!(last_line, stranger_ends);
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        files.insert("proof".to_owned(), text.as_bytes()[..at].to_vec());
        let (exit, faults) = judge_proof(&files).expect("a proof");
        // Whole signature lines may be removed: then the witness is missing.
        let whole_lines = at == last_line || at == ignored(&text).start;
        let expected = if whole_lines { 5 } else { 2 };
        assert_eq!((exit, faults), (expected, vec![]), "cut at {at} of {}", text.len());
    }
}

#[test]
fn a_claim_of_other_bytes_with_its_own_hashes_is_refused() {
    let (parts, beside) = whole();
    let text = parts.text();
    for (from, to, rule) in [
        ("She said yes.", "She said no.", 601),
        ("\"vouch\":\"said\"", "\"vouch\":\"so\"", 601),
        ("2026-01-01T00:00:02.000000Z\"}", "2026-01-01T00:00:03.000000Z\"}", 1003),
        ("\nfact 2\n", "\nfact 1\n", 1007),
        ("\nexample.org/record\n3\n", "\nexample.org/record\n4\n", 703),
    ] {
        assert!(text.contains(from), "{from}");
        let mut files = parts.beside(&beside);
        files.insert("proof".to_owned(), text.replacen(from, to, 1).into_bytes());
        let (exit, faults) = judge_proof(&files).expect("a proof");
        assert!(faults.iter().any(|(number, _)| *number == rule), "{from}: {faults:?}");
        assert_eq!(exit, 1);
    }
}
