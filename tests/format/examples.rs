//! Section 10: the example record is made again from its seeds, verified, and folded; the C2SP tree
//! and note are computed.

use crate::format::page::{block, fenced, page, section};
use crate::support::files::{CHECKPOINT, JOURNAL, MARKS, PIN};
use crate::support::proof::{Parts, judge_proof};
use crate::support::texts::TEXT;
use crate::support::{Files, Ledger, acts, judge};
use annals_core::event::record;
use annals_core::key::SecretKey;
use annals_core::merkle::{Tree, node};
use annals_core::pin::Pin;
use annals_core::tlog::cosignature::{Cosigned, cosign, cosigned_by};
use annals_core::tlog::{Checkpoint, Note, NoteSignature, Signed, VerifierKey, from_base64, vkey};

fn example() -> Ledger {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::enrolled("bo", acts::EDITOR));
    ledger.capture("ada", TEXT, "null");
    ledger.sign("ada", acts::asserted(2));
    ledger.sign("bo", acts::confirmed(3));
    ledger
}

fn on_the_page() -> Files {
    let page = page();
    let document =
        "ledger/document/991e9c1d6cf397ddd99e6b083f1e3ce66946f6fc4d1176634af741768e565a0b";
    let names = [JOURNAL, document, CHECKPOINT, MARKS, PIN];
    names.iter().map(|name| (name.to_string(), block(&page, name).into_bytes())).collect()
}

#[test]
fn the_files_of_section_10_are_made_from_their_seeds() {
    let made = example().files_with_memory();
    let page = on_the_page();
    assert_eq!(made.keys().collect::<Vec<_>>(), page.keys().collect::<Vec<_>>());
    for (name, bytes) in &page {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        assert_eq!(text(&made[name]), text(bytes), "{name}");
    }
}

#[test]
fn the_files_of_section_10_verify_against_marks_and_pin() {
    let outcome = judge(&on_the_page());
    assert_eq!((outcome.exit, outcome.faults.len()), (0, 0), "{outcome}");
    assert_eq!(outcome.report.commit_lines, 5);
    assert!(outcome.report.anchors.checkpoint_holds && outcome.report.anchors.pin_holds);
    let state = block(&page(), "state.json");
    assert_eq!(outcome.state.as_deref(), state.strip_suffix('\n'));
}

#[test]
fn the_pin_of_section_10_is_read_and_written() {
    let text = block(&page(), "pin");
    let pin = Pin::parse(text.as_bytes()).expect("the pin is in form");
    assert_eq!(pin.write(), text);
    assert_eq!((pin.checkpoint.size, pin.peaks.len(), pin.log.len()), (5, 2, 1));
}

#[test]
fn the_proof_of_section_12_is_made_from_its_seeds_and_vouched_for_by_the_pin() {
    let page = page();
    let made = Parts::of(&example(), 3, &[0, 1, 2, 3, 4], &[(2, TEXT)]);
    assert_eq!(made.text(), block(&page, "3.proof"));
    let files = made.beside(&[(PIN, block(&page, PIN))]);
    assert_eq!(judge_proof(&files), Some((0, Vec::new())));
}

#[test]
fn the_cosignature_of_section_11_is_made_from_its_seed() {
    let page = page();
    let part = section(&page, "11 Cosignature and policy");
    let block = fenced(&part[part.find("The note of section 10").expect("the example")..]);
    let (note, key) = block.split_once("\n\nwitness ").expect("a note and a policy's line");
    let note = Note::parse(format!("{note}\n").as_bytes()).expect("the note is in form");
    let key = VerifierKey::parse(key.split(' ').nth(1).expect("a key").trim()).expect("a key");
    let mut seed = [0; 32];
    seed[0] = 0x11;
    let made = cosign(&note.text, &key.name, &SecretKey::from_seed(seed), 1_679_315_147);
    assert_eq!(note.signatures, [note.signatures[0].clone(), made]);
    assert_eq!(cosigned_by(&note, &key), Cosigned::At(1_679_315_147));
}

#[test]
fn the_tree_of_section_10_holds() {
    let page = page();
    let part = section(&page, "10 Examples");
    let block = fenced(&part[part.find("Tree (RFC 6962)").expect("the tree")..]);
    let lines: Vec<&str> = block.lines().collect();
    let value = |line: &str| line.split_whitespace().last().unwrap_or_default().to_owned();
    assert_eq!(record::hash(b"").to_string(), value(lines[0]));
    assert_eq!(record::hash(b"L123456").to_string(), value(lines[1]));
    // C2SP's node example is over the five bytes themselves, not over hashes.
    let digest = annals_core::hash::Hash::of(&[&[1], b"N123", b"N456"]);
    assert_eq!(digest.to_string(), value(lines[2]));
    let mut leaves = lines[3].split_whitespace().skip(2).map(|leaf| leaf.trim_matches('"'));
    let mut roots = lines[4].split("begin ").nth(1).expect("roots").split(' ');
    let mut tree = Tree::default();
    loop {
        let root = roots.next().expect("a root for each size");
        assert!(tree.root().to_string().starts_with(root), "size {}: {root}", tree.size());
        let Some(leaf) = leaves.next() else { break };
        tree.push(record::hash(&hex::decode(leaf).expect("hex")));
    }
    assert_eq!((tree.size(), roots.next()), (8, None));
    let (left, right) = (record::hash(b"a"), record::hash(b"b"));
    assert_eq!(node(&left, &right), annals_core::hash::Hash::of(&[&[1], &left.0, &right.0]));
}

#[test]
fn the_signed_note_of_section_10_is_made_from_its_seed() {
    let page = page();
    let part = section(&page, "10 Examples");
    let text = fenced(&part[part.find("A signed note (seed").expect("the note")..]);
    let mut seed = [0; 32];
    seed[0] = 0x11;
    let secret = SecretKey::from_seed(seed);
    let name = "example.com/behind-the-sofa";
    let note = Note::parse(text.as_bytes()).expect("the note is in form");
    assert_eq!(note.write(), text);
    assert_eq!(note.signatures, [NoteSignature::sign(&note.text, name, &secret)]);
    let checkpoint = Checkpoint::parse(&note.text).expect("a checkpoint");
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), (name, 20_852_163));
    assert_eq!(checkpoint.text(), note.text);
    let public = secret.public();
    let key = public.accept().expect("acceptable");
    assert_eq!(note.signed_by(name, &key, &public), Signed::Yes);
    assert_eq!(note.signed_by("example.com/other", &key, &public), Signed::Absent);
    let mut broken = note.clone();
    broken.signatures[0].bytes[0] ^= 1;
    assert_eq!(broken.signed_by(name, &key, &public), Signed::Refused);
    broken.signatures[0].bytes.truncate(63);
    assert_eq!(broken.signed_by(name, &key, &public), Signed::Refused);
    let id = &note.signatures[0].id;
    assert!(vkey(name, &public).starts_with(&format!("{name}+{}+", hex::encode(id))));
}

#[test]
fn base64_has_one_spelling() {
    assert_eq!(from_base64("AAA="), Some(vec![0, 0]));
    for bad in ["AAB=", "AAA", "AA A=", "AAA=\n", "AA==AA==", "A-A=", "AAA==", "="] {
        assert_eq!(from_base64(bad), None, "{bad:?}");
    }
}

#[test]
fn notes_out_of_form_are_refused() {
    let good = "a.b\n1\nAAA=\n\n— a.b AAAAAAA=\n";
    assert!(Note::parse(good.as_bytes()).is_some());
    let bad = [
        "a.b\n1\nAAA=\n\n",                   // no signature line
        "a.b\n1\nAAA=\n— a.b AAAAAAA=\n",     // no empty line
        "a.b\n1\nAAA=\n\n— a.b AAAAAAA=",     // no last LF
        "a.b\n1\nAAA=\n\n- a.b AAAAAAA=\n",   // a hyphen
        "a.b\n1\nAAA=\n\n— a.b AAAAAA=\n",    // no base64
        "a.b\n1\nAAA=\n\n— a.b AAAA\n",       // too short for an id and a signature
        "a.b\n1\nAAA=\n\n—  AAAAAAA=\n",      // no name
        "a.b\n1\nAAA=\n\n— a+b AAAAAAA=\n",   // a plus in the name
        "a.b\n1\nAAA=\n\n— a.b AAAAAAA=\n\n", // a line after
        "a.b\r\n1\nAAA=\n\n— a.b AAAAAAA=\n", // a carriage return
    ];
    for note in bad {
        assert!(Note::parse(note.as_bytes()).is_none(), "{note:?}");
    }
    for text in ["a.b\n1\n", "a.b\n01\nA\n", "\n1\nAAA=\n", "a.b\n1\nAAA=\nmore\n"] {
        assert!(Checkpoint::parse(text).is_none(), "{text:?}");
    }
}
