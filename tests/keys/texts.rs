//! The texts of `keys` that people and programs pass on: requests, recovery keys on paper, marks;
//! and key files whose cost parameters are too high.

use annals::entropy::Seeded;
use annals::keys::*;
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::text::{Origin, Words};
use annals_core::tlog::{Checkpoint, Note, Signed};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::time::Duration;

const FORMAT: &str = include_str!("../../FORMAT.md");

fn example(name: &str) -> SecretKey {
    SecretKey::from_seed(Hash::of(&[format!("annals example key {name}").as_bytes()]).0)
}

fn origin() -> Origin {
    Origin::new("example.org/record").unwrap()
}

fn request() -> Request {
    Request::new(&example("bo"), origin(), Words::new("Bo Example").unwrap())
}

fn parse(bytes: &[u8]) -> Result<Request, KeysError> {
    Request::parse(Path::new("bo.request"), bytes)
}

#[test]
fn a_request_proves_what_the_enrolment_of_format_md_proves() {
    let request = request();
    let text = request.write();
    assert_eq!(text.lines().count(), 5);
    assert!(FORMAT.contains(&format!("\"possession\":\"{}\"", request.possession())));
    assert_eq!(parse(text.as_bytes()).unwrap(), request);
    assert!(request.check_origin(&origin()).is_ok());
    let fault = request.check_origin(&Origin::new("example.net").unwrap()).unwrap_err();
    assert!(fault.to_string().contains("--for example.net"), "{fault}");
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::make(folder.path().join("keys")).unwrap();
    let bo = KeyName::new("bo").unwrap();
    let path = keys.add_request(&bo, &request).unwrap();
    assert_eq!(read_request(&path).unwrap(), request);
    assert!(matches!(keys.add_request(&bo, &request), Err(KeysError::Exists { .. })));
}

#[test]
fn a_request_that_was_changed_is_refused() {
    let text = request().write();
    for at in 0..text.len() {
        assert!(parse(&text.as_bytes()[..at]).is_err(), "cut at {at}");
        for byte in [b'0', b'z', b' ', b'\n', 0xFF, text.as_bytes()[at] ^ 1] {
            let mut changed = text.clone().into_bytes();
            changed[at] = byte;
            assert!(parse(&changed).is_err() || changed == text.as_bytes(), "byte {at}");
        }
    }
    let cases = [
        (text.replace("Bo Example", "Bo Exampla"), "signed by its own key"),
        (text.replace("example.org", "example.net"), "signed by its own key"),
        (text.replace('\n', "\r\n"), "in line 1 of bo.request, found its lines end with CR LF"),
        (text.replace("name Bo", "name Bo\u{202E}"), "in line 3 of bo.request"),
        (text.replace("key ", "key  "), "in line 4 of bo.request"),
        (format!("{text}\n"), "in line 6 of bo.request, found more bytes"),
        (text.trim_end().to_owned(), "in line 5 of bo.request, found the end of the file"),
        (text.replace("v1", "v2"), "expected `annals request v1` in line 1"),
    ];
    for (changed, words) in cases {
        let said = parse(changed.as_bytes()).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
        assert!(!said.contains('\u{202E}'), "{said}");
    }
}

#[test]
fn a_recovery_key_comes_back_from_paper() {
    let secret = example("recovery");
    let text = write_recovery(&secret);
    assert_eq!(text.lines().count(), 5);
    let typed = [
        text.to_string(),
        text.to_uppercase(),
        text.replace(['\n', ' '], ""),
        text.replace(' ', "-").replace('0', "O").replace('1', "l"),
        format!("\u{feff}{}", text.replace('-', "–")),
        format!("\t  {}\r\n", text.replace('\n', "\r\n\r\n")),
    ];
    for typed in typed {
        assert_eq!(read_recovery(&typed).unwrap().public(), secret.public(), "{typed}");
    }
    let said = |text: &str| read_recovery(text).unwrap_err().to_string();
    assert!(said("").contains("expected `annals-recovery-1` at the beginning"));
    assert!(said(&text[18..]).contains("at the beginning"));
    assert!(said(&text[..text.len() - 2]).contains("found 79 digits"));
    assert!(said(&format!("{}g", text.as_str())).contains("found \"g\" at digit 81"));
    let lines: Vec<&str> = text.lines().collect();
    let swapped = [lines[0], lines[2], lines[1], lines[3], lines[4]].join("\n");
    assert!(said(&swapped).contains("a slip in line 1, line 2;"), "{}", said(&swapped));
}

#[test]
fn a_slip_of_the_pen_names_its_line_and_mostly_its_group() {
    let text = write_recovery(&example("recovery"));
    let (mut slips, mut named) = (0, 0);
    for (at, digit) in text.char_indices().skip(17).filter(|(_, c)| c.is_ascii_hexdigit()) {
        let line = text[..at].matches('\n').count();
        let group = text[..at].rsplit('\n').next().unwrap().split_whitespace().count();
        let inside = !text[..at].ends_with([' ', '\n']);
        let group = group + usize::from(!inside);
        for other in "0123456789abcdef".chars().filter(|other| *other != digit) {
            let mut typed = text.to_string();
            typed.replace_range(at..=at, &other.to_string());
            let said = read_recovery(&typed).err().map(|fault| fault.to_string());
            let said = said.unwrap_or_else(|| panic!("a slip at {at} passes"));
            assert!(said.contains(&format!("a slip in line {line}")), "{said}");
            slips += 1;
            named += usize::from(said.contains(&format!("likely group {group})")));
        }
    }
    assert_eq!(slips, 80 * 15);
    assert!(named * 100 > slips * 95, "{named} of {slips}");
}

#[test]
fn marks_are_those_of_format_md() {
    let block = FORMAT.split("`keys/log.marks`\n\n```text\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let marks = HighWaterMarks::at(folder.path().join("log.marks"));
    assert_eq!(marks.last_for(&origin()).unwrap(), None);
    let log = example("log");
    for line in block.lines() {
        let read = Mark::parse(line).unwrap();
        let mark = Mark::sign(&log, read.origin.clone(), read.size, read.root);
        assert_eq!(mark, read);
        held(&marks).append(&mark).unwrap();
        assert_eq!(marks.last_for(&mark.origin).unwrap(), Some(mark.clone()));
        let text = Checkpoint { origin: origin().to_string(), size: mark.size, root: mark.root };
        let note = Note { text: text.text(), signatures: vec![mark.signature()] };
        let key = log.public();
        assert_eq!(note.signed_by(&origin(), &key.accept().unwrap(), &key), Signed::Yes);
    }
    assert_eq!(fs::read_to_string(marks.path()).unwrap(), block);
    let last = marks.last_for(&origin()).unwrap().unwrap();
    let other = Hash::of(&[b"another"]);
    held(&marks).append(&last).unwrap();
    for (size, root) in [(last.size, other), (last.size - 1, last.root), (0, other)] {
        let fault = held(&marks).append(&Mark::sign(&log, origin(), size, root)).unwrap_err();
        assert!(matches!(fault, KeysError::Marked { marked: 5, .. }), "{fault}");
    }
    assert_eq!(
        fs::read_to_string(marks.path()).unwrap(),
        block,
        "the same again, and refused ones"
    );
    let elsewhere = Mark::sign(&log, Origin::new("example.net").unwrap(), 1, other);
    held(&marks).append(&elsewhere).unwrap();
    assert!(marks.hold(Duration::ZERO).is_ok(), "nobody holds it now");
    let first = held(&marks);
    assert!(marks.hold(Duration::ZERO).is_err(), "one process at a time signs");
    drop(first);
}

fn held(marks: &HighWaterMarks) -> HeldMarks {
    // A child process that another test starts may hold the lock's file open until it runs.
    marks.hold(Duration::from_secs(10)).unwrap()
}

/// A damaged last line is recognized as the checkpoint's if at most a few bytes differ, and only
/// then.
#[test]
fn a_damaged_last_mark_is_put_right_from_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let marks = HighWaterMarks::at(folder.path().join("log.marks"));
    let mark = |size| Mark::sign(&example("log"), origin(), size, Hash::of(&[b"root"]));
    let (first, second) = (mark(1).line(), mark(2).line());
    for at in 0..second.len() {
        for flip in [1, 0x20, 0x80, second.as_bytes()[at] ^ b'\n'] {
            let mut damaged = (first.clone() + &second).into_bytes();
            damaged[first.len() + at] ^= flip;
            fs::write(marks.path(), &damaged).unwrap();
            let aside = held(&marks).mend(&mark(2)).unwrap();
            if flip == 0 {
                assert_eq!(aside, None, "nothing is damaged");
                continue;
            }
            assert_eq!(fs::read(aside.unwrap()).unwrap(), damaged, "{at} {flip}");
            assert_eq!(fs::read_to_string(marks.path()).unwrap(), first.clone() + &second);
        }
    }
    for other in [first.clone(), first.clone() + &mark(3).line(), String::new()] {
        fs::write(marks.path(), &other).unwrap();
        assert_eq!(held(&marks).mend(&mark(2)).unwrap(), None, "{other}");
        assert_eq!(fs::read_to_string(marks.path()).unwrap(), other);
    }
}

#[test]
fn a_torn_mark_is_no_mark_and_a_bad_one_stops_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let marks = HighWaterMarks::at(folder.path().join("log.marks"));
    let mark = |origin: &str, size| {
        Mark::sign(&example("log"), Origin::new(origin).unwrap(), size, Hash::of(&[b"root"]))
    };
    let long = format!("a.{}", "b".repeat(250));
    let (first, second) = (mark("example.org/record", 1), mark("example.org/record", 2));
    let whole = first.line();
    for cut in 0..second.line().len() {
        fs::write(marks.path(), format!("{whole}{}", &second.line()[..cut])).unwrap();
        assert_eq!(marks.last_for(&origin()).unwrap().as_ref(), Some(&first), "cut at {cut}");
        held(&marks).append(&second).unwrap();
        assert_eq!(fs::read_to_string(marks.path()).unwrap(), whole.clone() + &second.line());
    }
    fs::write(marks.path(), &whole[..whole.len() - 1]).unwrap();
    assert_eq!(marks.last_for(&origin()).unwrap(), None, "the only line is torn");
    held(&marks).append(&first).unwrap();
    assert_eq!(fs::read_to_string(marks.path()).unwrap(), whole);
    // After many marks of another record, over more than one window.
    let others: String = (1..200).map(|size| mark(&long, size).line()).collect();
    fs::write(marks.path(), whole.clone() + &others).unwrap();
    assert_eq!(marks.last_for(&origin()).unwrap(), Some(first));
    assert_eq!(marks.last_for(&Origin::new(long.as_str()).unwrap()).unwrap().unwrap().size, 199);
    assert_eq!(marks.last_for(&Origin::new("example.net").unwrap()).unwrap(), None);
    let bad_lines = ["\n", " \n", "example.org/record 01 x y\n", "\u{202E}\n"];
    for bad in bad_lines.map(str::to_owned).into_iter().chain([whole.replace(' ', "  ")]) {
        fs::write(marks.path(), whole.clone() + &bad).unwrap();
        let fault = marks.last_for(&origin()).unwrap_err();
        assert!(fault.to_string().contains("rule 911"), "{fault}");
        assert!(held(&marks).append(&mark("example.org/record", 9)).is_err());
    }
}

/// A key file with these derivation parameters; there is no key in it.
fn asking(kdf: &str) -> String {
    let tlv = |tag: &str, value: &str| format!("{tag}{:02x}{value}", value.len() / 2);
    let aes = "301d060960864801650304012a0410".to_owned() + &"00".repeat(16);
    let pbes2 =
        tlv("30", &format!("06092a864886f70d01050d{}", tlv("30", &(kdf.to_owned() + &aes))));
    let der = tlv("30", &(pbes2 + &tlv("04", &"00".repeat(48))));
    let der = hex::decode(der.replacen("30", "3081", 1)).unwrap();
    let base64 = annals_core::tlog::to_base64(&der);
    let lines: Vec<_> =
        base64.as_bytes().chunks(64).map(|it| str::from_utf8(it).unwrap()).collect();
    let label = "ENCRYPTED PRIVATE KEY-----";
    format!("-----BEGIN {label}\n{}\n-----END {label}\n", lines.join("\n"))
}

#[test]
fn a_key_file_cannot_ask_for_everything() {
    let scrypt = |n: &str, r: &str, p: &str| {
        let numbers = format!("0408aaaaaaaaaaaaaaaa{n}{r}{p}");
        let inner = format!("06092b06010401da47040b30{:02x}{numbers}", numbers.len() / 2);
        asking(&format!("30{:02x}{inner}", inner.len() / 2))
    };
    let pbkdf2 = |rounds: &str| {
        let numbers = format!("0408aaaaaaaaaaaaaaaa{rounds}300c06082a864886f70d02090500");
        let inner = format!("06092a864886f70d01050c30{:02x}{numbers}", numbers.len() / 2);
        asking(&format!("30{:02x}{inner}", inner.len() / 2))
    };
    let read = |text: String| {
        let ask: &mut Ask<'_> = &mut |_| Ok(Some(String::from("x").into()));
        read_secret(Path::new("it.key"), text.as_bytes(), ask).unwrap_err()
    };
    let (one, eight) = ("020101", "020108");
    let fair = [scrypt("020110", eight, one), scrypt("020102", one, one), pbkdf2("02020800")];
    for text in fair {
        let fault = read(text);
        assert!(matches!(fault, KeysError::WrongPassphrase { tries: 3, .. }), "{fault}");
    }
    let unfair = [
        scrypt("020100", eight, one),
        scrypt("020101", eight, one),
        scrypt("020103", eight, one),
        scrypt("020110", "020100", one),
        scrypt("020110", eight, "020100"),
        scrypt("0203100000", eight, one),
        scrypt("02087fffffffffffffff", eight, one),
        scrypt("02084000000000000000", "02027fff", "02027fff"),
        scrypt("02024000", eight, "02027fff"),
        pbkdf2("020100"),
        pbkdf2("02047fffffff"),
    ];
    for (index, text) in unfair.into_iter().enumerate() {
        let fault = read(text);
        assert!(matches!(fault, KeysError::Encryption { .. }), "{index}: {fault}");
    }
}

#[test]
fn the_files_for_other_readers_are_what_we_write() {
    let secret = example("ada");
    let entropy = &mut Seeded::new("annals example file");
    let locked = write_secret(&secret, Protection::Passphrase("correct horse"), entropy).unwrap();
    let plain = write_secret(&secret, Protection::Unencrypted, entropy).unwrap();
    let public = write_public(&secret.public());
    for (name, text) in [("encrypted", &*locked), ("plain", &*plain), ("public", &public)] {
        let path = format!("tests/keys/{name}.pem");
        if std::env::var_os("ANNALS_WRITE_EXAMPLES").is_some() {
            fs::write(&path, text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), *text, "{path}");
    }
}

/// Beginnings that pass the first checks of a reader.
const HEADS: &[&str] = &[
    "",
    "0",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\n",
    "annals request v1\norigin ",
    "annals-recovery-1",
    "example.org 1 ",
];

proptest! {
    #[test]
    fn no_text_makes_a_reader_fall(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        head in prop::sample::select(HEADS),
    ) {
        let path = Path::new("it");
        let bytes = [head.as_bytes(), &bytes].concat();
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(read_secret(path, &bytes, &mut |_| Ok(None)).is_err());
        prop_assert!(read_public(path, &bytes).is_err());
        prop_assert!(parse(&bytes).is_err());
        prop_assert!(read_recovery(&text).is_err());
        prop_assert!(Mark::parse(&text).is_none());
        if let Some(handle) = key_name_from(&text) {
            prop_assert!(KeyName::new(&*handle).is_ok());
        }
    }

    #[test]
    fn every_recovery_key_comes_back(seed: [u8; 32]) {
        let secret = SecretKey::from_seed(seed);
        prop_assert_eq!(*read_recovery(&write_recovery(&secret)).unwrap().seed(), seed);
    }
}
