//! Notes, verifier keys, cosignatures and policies, compared with the C2SP specifications.

use annals_core::key::SecretKey;
use annals_core::tlog::cosignature::{Cosigned, cosign, cosigned_by, message};
use annals_core::tlog::policy::Policy;
use annals_core::tlog::proof::TlogProof;
use annals_core::tlog::{Checkpoint, KeyKind, Note, NoteSignature, Signed, VerifierKey, vkey};

const SOFA: &str = "example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Wrr5OOwfwUZbP7iITsSMnXHTLqTJwu+fLuXPRb63+UGf80z2dif6n86jg1MufGZ20sHTz3Jx5+CrcqS1LNpJxqYeQwI=
— witness.example.com/w1 iuHDMgAAAABkGFDLxr5LRDnwQDT3HbQ33KCUaBT9tYNns2sp5pDI6BkiRptzRgv1r5yt0FkvNmTI1cMrG1ht6WTRkynQfQ/MS67SDg==
";
const LOG: &str =
    "example.com/behind-the-sofa+5abaf938+AWbguFjkYqYJ5m/nE3DIFtiEb/ED1UmaIqf+w3/bxCSn";
const W1: &str = "witness.example.com/w1+8ae1c332+BGbguFjkYqYJ5m/nE3DIFtiEb/ED1UmaIqf+w3/bxCSn";

fn secret(byte: u8) -> SecretKey {
    let mut seed = [0; 32];
    seed[0] = byte;
    SecretKey::from_seed(seed)
}

fn sofa() -> Note {
    Note::parse(SOFA.as_bytes()).expect("the note is in form")
}

fn witness(name: &str, byte: u8) -> VerifierKey {
    VerifierKey::new(name, KeyKind::Cosignature, secret(byte).public()).expect("acceptable")
}

#[test]
fn the_note_of_the_specification_is_signed_and_cosigned() {
    let (note, log, w1) = (sofa(), VerifierKey::parse(LOG), VerifierKey::parse(W1));
    let (log, w1) = (log.expect("a key"), w1.expect("a key"));
    assert_eq!(note.write(), SOFA);
    assert_eq!(note.signed_by(&log.name, log.accepted(), &log.public), Signed::Yes);
    assert_eq!(cosigned_by(&note, &w1), Cosigned::At(1_679_315_147));
    assert_eq!(log, VerifierKey::parse(&vkey(&log.name, &secret(0x11).public())).expect("a key"));
    assert_eq!(w1, witness("witness.example.com/w1", 0x11));
    assert_eq!((log.to_string().as_str(), w1.to_string().as_str()), (LOG, W1));
    let line = cosign(&note.text, &w1.name, &secret(0x11), 1_679_315_147);
    assert_eq!(line, note.signatures[1]);
    let head = b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n";
    assert!(message(&note.text, 1_679_315_147).starts_with(head));
    // A key of one kind is not a key of the other, even with equal bytes.
    assert_eq!(note.signed_by(&w1.name, w1.accepted(), &w1.public), Signed::Absent);
    let as_witness = VerifierKey::new(&log.name, KeyKind::Cosignature, log.public).expect("a key");
    assert_eq!(cosigned_by(&note, &as_witness), Cosigned::Absent);
}

#[test]
fn every_flipped_bit_of_a_cosignature_line_is_no_cosignature() {
    let w1 = VerifierKey::parse(W1).expect("a key");
    for at in 0..sofa().signatures[1].bytes.len() {
        let mut note = sofa();
        note.signatures[1].bytes[at] ^= 1 << (at % 8);
        assert_eq!(cosigned_by(&note, &w1), Cosigned::Refused, "byte {at}");
    }
    let mut late = sofa();
    late.signatures[1] = cosign(&late.text, &w1.name, &secret(0x11), 1 << 63);
    assert_eq!(cosigned_by(&late, &w1), Cosigned::Refused, "a time of more than 2^63 - 1");
    let mut short = sofa();
    short.signatures[1].bytes.truncate(71);
    assert_eq!(cosigned_by(&short, &w1), Cosigned::Refused);
    let mut text = sofa();
    text.text = text.text.replace("20852163", "20852164");
    assert_eq!(cosigned_by(&text, &w1), Cosigned::Refused);
}

#[test]
fn a_verifier_key_has_one_spelling() {
    let why = |text: &str| VerifierKey::parse(text).expect_err(text);
    assert_eq!(
        why("example.com/x"),
        "expected <name>+<8 lower-case hex digits>+<base64 of type and key>, found \"example.com/x\""
    );
    let wrong = LOG.replace("5abaf938", "5abaf939");
    assert_eq!(why(&wrong), "expected the id 5abaf938 of this name and key, found 5abaf939");
    let ml = why("w+00000000+BmbguFjkYqYJ5m/nE3DIFtiEb/ED1UmaIqf+w3/bxCSn");
    assert!(ml.ends_with("found type 06"), "{ml}");
    for text in [
        LOG.replace("5abaf938", "5ABAF938"),
        LOG.replace("5abaf938", "5abaf9"),
        LOG.replace("example.com/", "example.com /"),
        LOG.replacen("example.com/behind-the-sofa", "", 1),
        format!("{LOG} "),
        format!("{LOG}="),
        format!("{LOG}\n"),
        W1.replacen("BGb", "AGb", 1),
        format!("id+00000000+{}", annals_core::tlog::to_base64(&[&[1], &[0; 32][..]].concat())),
        format!("id+00000000+{}", annals_core::tlog::to_base64(&[1; 34])),
        "id+00000000+".to_owned(),
    ] {
        assert!(VerifierKey::parse(&text).is_err(), "{text}");
    }
}

/// The sofa's text with lines of these keys: a number is a log key, a negative one is a bad line.
fn note_of(lines: &[NoteSignature]) -> Note {
    Note { text: sofa().text, signatures: lines.to_vec() }
}

fn line_of(byte: u8, good: bool) -> NoteSignature {
    let text = if good { sofa().text } else { "other\n".to_owned() };
    NoteSignature::sign(&text, "example.com/behind-the-sofa", &secret(byte))
}

#[test]
fn lines_of_a_note_count_by_key_and_not_by_order_or_number() {
    let log = VerifierKey::parse(LOG).expect("a key");
    let verdict = |note: &Note| {
        let read = Note::parse(note.write().as_bytes()).expect("in form");
        assert_eq!(read, *note);
        read.signed_by(&log.name, log.accepted(), &log.public)
    };
    let mine = line_of(0x11, true);
    let strangers: Vec<NoteSignature> = (1..=15).map(|byte| line_of(byte, byte % 2 == 0)).collect();
    for place in 0..=strangers.len() {
        let mut lines = strangers.clone();
        lines.insert(place, mine.clone());
        assert_eq!(verdict(&note_of(&lines)), Signed::Yes, "at {place} of 16");
    }
    assert_eq!(verdict(&note_of(&strangers)), Signed::Absent);
    let hundreds: Vec<NoteSignature> =
        (0..300).map(|n| line_of((n % 9) as u8, true)).chain([mine.clone()]).collect();
    assert_eq!(verdict(&note_of(&hundreds)), Signed::Yes);
    // A repeated line is one signature; a line that fails refuses the note, wherever it is.
    assert_eq!(verdict(&note_of(&[mine.clone(), mine.clone()])), Signed::Yes);
    let bad = line_of(0x11, false);
    for lines in [[mine.clone(), bad.clone()], [bad.clone(), mine.clone()]] {
        assert_eq!(verdict(&note_of(&lines)), Signed::Refused);
    }
    // The same name with another id, and the same id with another name, are unknown keys.
    let renamed = NoteSignature { name: "example.com/other".to_owned(), ..bad.clone() };
    let other_id = NoteSignature { id: [1, 2, 3, 4], ..bad };
    assert_eq!(verdict(&note_of(&[renamed, mine.clone(), other_id])), Signed::Yes);
    let long = NoteSignature { name: "pq.example".into(), id: [9; 4], bytes: vec![7; 4_900] };
    assert_eq!(verdict(&note_of(&[long, mine])), Signed::Yes);
}

#[test]
fn a_note_has_one_form() {
    let line = "— example.com/behind-the-sofa ";
    for (from, to) in [
        ("\n\n—", "\n—"),
        ("— ", "- "),
        ("— example", "—  example"),
        ("— example.com/behind-the-sofa ", "— example.com/behind-the-sofa+1 "),
        ("QwI=\n", "QwI=\n\n"),
        ("QwI=\n", "QwI=\r\n"),
        ("QwI=", "QwJ="),
        ("QwI=", "QwI"),
        (line, "— "),
    ] {
        let text = SOFA.replacen(from, to, 1);
        assert_ne!(text, SOFA, "{from} stands in the note");
        let note = Note::parse(text.as_bytes());
        assert!(note.is_none_or(|note| Checkpoint::parse(&note.text).is_none()), "{from} as {to}");
    }
    assert_eq!(Note::parse(SOFA.trim_end().as_bytes()), None, "the last LF is missing");
    assert_eq!(Note::parse(format!("{}\n", sofa().text).as_bytes()), None, "no line at all");
}

fn policy(text: &str) -> Policy {
    Policy::parse(text.as_bytes()).expect(text)
}

#[test]
fn a_policy_of_two_levels_counts_each_witness_once() {
    let keys: Vec<String> =
        (1..=6).map(|n| witness(&format!("w{n}.example"), n).to_string()).collect();
    let text = format!(
        "# two organisations\n\nlog {LOG} https://example.com/\n\
         witness X1 {}\nwitness X2 {} https://w2.example/\n\twitness  X3\t{}  \n\
         group X-witnesses 2 X1 X2 X3\nwitness Y1 {}\nwitness Y2 {}\nwitness Y3 {}\n\
         group Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\n\
         quorum X-and-Y\n",
        keys[0], keys[1], keys[2], keys[3], keys[4], keys[5]
    );
    let policy = policy(&text);
    assert_eq!(policy.logs[0].url.as_deref(), Some("https://example.com/"));
    let names: Vec<&str> = policy.witnesses.iter().map(|w| w.name.as_str()).collect();
    assert_eq!(names, ["X1", "X2", "X3", "Y1", "Y2", "Y3"]);
    for set in 0u32..64 {
        let x = (set & 0b111).count_ones() >= 2;
        let y = set >> 3 != 0;
        assert_eq!(policy.is_quorum(|index| set >> index & 1 == 1), x && y, "{set:06b}");
    }
    let mut note = sofa();
    assert!(!policy.check(&note).quorum);
    for byte in [3, 1, 6] {
        let name = format!("w{byte}.example");
        note.signatures.push(cosign(&note.text, &name, &secret(byte), 1_700_000_000));
    }
    note.signatures.push(cosign(&note.text, "w1.example", &secret(1), 1_800_000_000));
    let judged = policy.check(&note);
    assert_eq!(judged.logs, ["example.com/behind-the-sofa"]);
    let times = [("X1", 1_800_000_000), ("X3", 1_700_000_000), ("Y3", 1_700_000_000)];
    assert_eq!(judged.witnesses, times.map(|(name, time)| (name.to_owned(), time)));
    assert_eq!(judged.lines, 4);
    assert!(judged.quorum && judged.refused.is_empty());
    note.signatures[3].bytes[20] ^= 1;
    assert_eq!(policy.check(&note).refused, ["w1.example"]);
}

#[test]
fn a_policy_that_is_not_as_the_draft_has_it_names_the_line() {
    let (w1, w2) = (witness("a.example", 1), witness("b.example", 2));
    let begin = format!("witness A {w1}\nwitness B {w2}\n");
    let refused = [
        (String::new(), "line 1: expected a line quorum <name> or quorum none, found none"),
        (begin.clone(), "line 2: expected a line quorum <name> or quorum none, found none"),
        (format!("{begin}quorum none\nquorum A\n"), "line 4: expected one quorum, found a second"),
        (
            format!("{begin}quorum C"),
            "line 3: expected a witness or group of an earlier line, found C",
        ),
        (
            format!("{begin}group G 3 A B"),
            "line 3: expected any, all or a number from 1 to 2, found 3",
        ),
        (
            format!("{begin}group G 0 A B"),
            "line 3: expected any, all or a number from 1 to 2, found 0",
        ),
        (
            format!("{begin}group G 02 A B"),
            "line 3: expected any, all or a number from 1 to 2, found 02",
        ),
        (
            format!("{begin}group G all"),
            "line 3: expected at least one member of the group, found none",
        ),
        (format!("{begin}group G any A A"), "line 3: A is a member of a group already"),
        (
            format!("{begin}group G any A\ngroup H any A B"),
            "line 4: A is a member of a group already",
        ),
        (format!("{begin}group A any B"), "line 3: the name A stands in an earlier line"),
        (
            format!("{begin}group G any none"),
            "line 3: expected a witness or group of an earlier line, found none",
        ),
        (
            format!("{begin}group none any B"),
            "line 3: the name none means that nothing is asked for; choose another",
        ),
        (
            format!("{begin}witness C {}", witness("c.example", 1)),
            "line 3: the key of witness C stands in an earlier line",
        ),
        (
            format!("log {LOG}\nlog {LOG}"),
            "line 2: the key of log example.com/behind-the-sofa stands in an earlier line",
        ),
        (format!("log {W1}"), "line 1: expected a key of type 01 here, found type 04"),
        (format!("witness W {LOG}"), "line 1: expected a key of type 04 here, found type 01"),
        (
            "quorum none\r\n".to_owned(),
            "line 1: the policy is not read: its lines end with CR LF; a mail program may have changed it: have it sent as an attachment, or in an archive",
        ),
    ];
    for (text, why) in refused {
        let error = Policy::parse(text.as_bytes()).expect_err(&text);
        assert_eq!(error.to_string(), why, "{text}");
    }
    let unknown = Policy::parse(b"quorums none\n").expect_err("an unknown word").to_string();
    assert!(unknown.ends_with("found a line of 2 words that begins with quorums"), "{unknown}");
    assert!(policy("quorum none").needs_no_cosignature());
    let kelvin = [b"witness \xE2\x84\xAA ", w1.to_string().as_bytes(), b"\nquorum K\n"].concat();
    assert!(Policy::parse(&kelvin).is_err(), "names are bytes");
}

#[test]
fn the_text_of_a_c2sp_proof_is_read_and_written() {
    let path = vec![annals_core::hash::Hash([7; 32]), annals_core::hash::Hash([8; 32])];
    for extra in [None, Some(b"a record".to_vec())] {
        let proof = TlogProof { extra, index: 73_894, path: path.clone(), checkpoint: sofa() };
        let text = proof.write();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"));
        assert!(text.contains("index 73894\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\nCAgI"));
        assert!(text.ends_with(SOFA));
        assert_eq!(TlogProof::parse(text.as_bytes()), Some(proof));
        assert_eq!(TlogProof::parse(text.replace("index 7", "index 07").as_bytes()), None);
    }
    let alone = TlogProof { extra: None, index: 0, path: vec![], checkpoint: sofa() };
    assert_eq!(alone.write(), format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{SOFA}"));
    assert_eq!(TlogProof::parse(alone.write().as_bytes()), Some(alone));
}
