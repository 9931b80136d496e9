//! A published record that is read: with every command that reads, from its folder and over HTTP.

use crate::archive::publish_targets::{Memory, cut, ledger, put, write};
use crate::archive::web::{folder_server, ok, other, serve};
use crate::support::files::CHECKPOINT;
use crate::support::{Ledger, acts};
use annals_core::hash::Hash;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A folder with a ledger, what is published of it, and a cache.
struct Desk {
    place: tempfile::TempDir,
    served: PathBuf,
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn of(ledger: &Ledger, size: u64) -> Desk {
        let place = tempfile::tempdir().unwrap();
        write(place.path(), &cut(ledger, size).files());
        let desk = Desk { served: place.path().join("www"), place };
        desk.publish(ledger, size);
        desk
    }

    /// Publishes a later size in the same folder.
    fn publish(&self, ledger: &Ledger, size: u64) {
        write(self.place.path(), &cut(ledger, size).files());
        let done = self.annals(&["publish", "www"]);
        assert_eq!(done.code, 0, "{done:?}");
    }

    fn annals(&self, arguments: &[&str]) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.place.path()).args(arguments);
        command.env_remove("ANNALS_LEDGER").env("ANNALS_CACHE", self.cache());
        let done = command.stdin(std::process::Stdio::null()).output().expect("annals runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let code = done.status.code().expect("a code");
        Answer { code, out: text(done.stdout), err: text(done.stderr) }
    }

    /// A command about what is at a place.
    fn read(&self, place: &str, arguments: &[&str]) -> Answer {
        self.annals(&[&["--ledger", place], arguments].concat())
    }

    fn cache(&self) -> PathBuf {
        self.place.path().join("cache")
    }

    /// Every file of the cache.
    fn kept(&self) -> Vec<PathBuf> {
        files_below(&self.cache())
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => files.extend(files_below(&entry.path())),
            false => files.push(entry.path()),
        }
    }
    files.sort();
    files
}

/// The names that a server is asked for, in order.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn add(&self, name: &str) {
        self.0.lock().unwrap().push(name.to_owned());
    }

    /// The names since the last time.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn file_answer(folder: &Path, path: &str) -> Vec<u8> {
    let found = std::fs::read(folder.join(path.trim_start_matches('/')));
    found.map_or_else(|_| other("404 Not Found", ""), |bytes| ok(&bytes))
}

fn asked_server(folder: PathBuf) -> (String, Asked) {
    let asked = Asked::default();
    let names = asked.clone();
    let address = serve(move |path| {
        names.add(path);
        file_answer(&folder, path)
    });
    (address, asked)
}

/// Requests that wait for their wave: all that are there once no other one comes are answered.
#[derive(Default)]
struct Waves {
    state: Mutex<WavesState>,
    moved: Condvar,
}

#[derive(Default)]
struct WavesState {
    arrived: u64,
    answered_up_to: u64,
    waves: usize,
}

impl Waves {
    /// Waits for the wave of one request.
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.arrived += 1;
        let own = state.arrived;
        loop {
            let before = state.arrived;
            let quiet = Duration::from_millis(60);
            let (next, waited) = self.moved.wait_timeout(state, quiet).unwrap();
            state = next;
            if state.answered_up_to >= own {
                return;
            }
            if waited.timed_out() && state.arrived == before {
                state.answered_up_to = state.arrived;
                state.waves += 1;
                self.moved.notify_all();
                return;
            }
        }
    }
}

fn wave_server(folder: PathBuf) -> (String, Arc<Waves>) {
    let waves = Arc::new(Waves::default());
    let passed = waves.clone();
    let address = serve(move |path| {
        passed.pass();
        file_answer(&folder, path)
    });
    (address, waves)
}

#[test]
fn sixty_nine_events_take_at_most_ten_round_trips() {
    let desk = Desk::of(&ledger(69), 69);
    for arguments in [&["verify"][..], &["replay"]] {
        let (address, waves) = wave_server(desk.served.clone());
        let done = desk.read(&address, arguments);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{}", done.out);
        let waves = waves.state.lock().unwrap().waves;
        assert!((1..=10).contains(&waves), "{arguments:?}: {waves} round trips");
    }
}

#[test]
fn each_file_is_requested_once_and_later_the_checkpoint_alone() {
    let desk = Desk::of(&ledger(300), 300);
    let (address, asked) = asked_server(desk.served.clone());
    for arguments in [&["verify"][..], &["replay"]] {
        assert_eq!(desk.read(&address, arguments).code, 0);
        let mut names = asked.take();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
        assert!(names.iter().all(|name| !name.starts_with("/body/") || name.contains("bundle")));
    }
    assert_eq!(desk.read(&address, &["log"]).code, 0);
    assert_eq!(asked.take(), ["/checkpoint"]);
    // A document is asked for where it is shown.
    assert_eq!(desk.read(&address, &["blame", "4"]).code, 0);
    assert_eq!(desk.read(&address, &["blame", "4"]).code, 0);
    let names = asked.take();
    assert_eq!(names.iter().filter(|name| name.starts_with("/document/")).count(), 1, "{names:?}");
    // What was published without bundles is read too.
    std::fs::remove_dir_all(desk.served.join("body/bundle")).unwrap();
    let (address, asked) = asked_server(desk.served.clone());
    assert_eq!(desk.read(&address, &["replay"]).code, 0);
    let names = asked.take();
    assert_eq!(names.iter().filter(|name| name.starts_with("/body/")).count(), 302);
    assert_eq!(desk.read(&address, &["replay"]).code, 0);
    assert_eq!(asked.take(), ["/checkpoint"]);
}

#[test]
fn every_command_that_reads_answers_as_of_the_ledger() {
    let mut ledger = ledger(6);
    ledger.sign("dan", acts::redacted(5));
    let desk = Desk::of(&ledger, 7);
    let address = folder_server(desk.served.clone());
    let commands: [&[&str]; 11] = [
        &["replay"],
        &["replay", "--state"],
        &["show", "5"],
        &["show", "4", "--format", "json"],
        &["log"],
        &["log", "5", "--format", "jsonl"],
        &["find", "note"],
        &["blame", "4"],
        &["diff", "3", "6"],
        &["replay", "--as-of", "5", "--format", "csv"],
        &["status", "--format", "json"],
    ];
    for command in commands {
        let expected = desk.read("ledger", command);
        assert!(expected.code < 2, "{command:?}: {expected:?}");
        for place in ["www", &address] {
            let found = desk.read(place, command);
            let marks = |text: String| text.replace(r#""marks":{"size":7}"#, r#""marks":"absent""#);
            assert_eq!(found.out, marks(expected.out.clone()), "{command:?} {place}");
            assert_eq!((found.code, &found.err), (expected.code, &expected.err), "{command:?}");
        }
    }
    let page = |place: &str, name: &str| {
        assert_eq!(desk.read(place, &["timeline", "--html", name]).code, 0);
        std::fs::read_to_string(desk.place.path().join(name)).unwrap()
    };
    assert_eq!(page("ledger", "one.html"), page(&address, "two.html"));
    let status = desk.read("www", &["status"]).out;
    assert!(status.contains("store         none: a published record\n"), "{status}");
}

#[test]
fn a_published_record_becomes_a_ledger_to_read_and_a_bag() {
    let mut ledger = ledger(300);
    ledger.sign("dan", acts::redacted(5));
    let desk = Desk::of(&ledger, 301);
    let address = folder_server(desk.served.clone());
    let replayed = desk.read("www", &["replay"]);
    for (place, name) in [("www", "one"), (address.as_str(), "two")] {
        let made = desk.annals(&["import", place, "--to", name]);
        let out = format!("imported 301 events to {name}: a copy to read\n");
        assert_eq!((made.code, made.out), (0, out), "{}", made.err);
        assert_eq!(desk.annals(&["verify", name]).code, 0);
        assert_eq!(desk.read(name, &["replay"]), replayed);
        let bag = format!("{name}.bag");
        let made = desk.read(place, &["export", "--to", &bag, "--unsigned"]);
        assert_eq!(made.code, 0, "{made:?}");
        assert_eq!(desk.annals(&["verify", &bag]).code, 0);
    }
    let of = |name: &str| files_below(&desk.place.path().join(name));
    for (one, two) in of("one.bag").iter().zip(of("two.bag")) {
        assert!(std::fs::read(one).unwrap() == std::fs::read(two).unwrap(), "{one:?}");
    }
    let refused = desk.annals(&["import", "www", "--to", "three", "--take-over"]);
    assert!(refused.code == 2 && refused.err.contains("expected a bag, found a published record"));
    let refused = desk.annals(&["import", "www", "--to", "www/ledger"]);
    assert!(refused.code == 2 && refused.err.contains("outside of the published directory"));
    std::fs::remove_file(desk.served.join("tile/0/000")).unwrap();
    let refused = desk.annals(&["import", "www", "--to", "three"]);
    assert!(refused.code == 2 && refused.err.contains("rule 973"), "{refused:?}");
    assert!(!desk.place.path().join("three").exists());
}

#[test]
fn nobody_writes_to_a_published_record() {
    let desk = Desk::of(&ledger(6), 6);
    let address = folder_server(desk.served.clone());
    let before = files_below(&desk.served);
    let commands: [&[&str]; 5] = [
        &["confirm", "5", "--how", "reread"],
        &["retract", "5", "--reason", "duplicate", "--statement", "It is there twice."],
        &["publish", "other"],
        &["repair"],
        &["document", "describe", "4", "--title", "Another", "--statement", "Anew."],
    ];
    for place in ["www", &address] {
        for command in commands {
            let done = desk.read(place, command);
            let why =
                format!("found a published record, which is only read: annals verify {place}");
            assert!(done.code == 2 && done.err.contains(&why), "{command:?}: {done:?}");
        }
    }
    // A tail follows a copy, and writes nothing.
    for place in ["www", &address] {
        let done = desk.read(place, &["tail"]);
        let why = format!("found a published record: annals clone {place} DIR makes a copy");
        assert!(done.code == 2 && done.err.contains(&why), "{done:?}");
    }
    let done = desk.read(&address, &["init"]);
    assert!(done.code == 2 && done.err.contains("found a published record"), "{done:?}");
    assert_eq!(files_below(&desk.served), before);
    assert!(!desk.place.path().join("other").exists());
    assert!(!desk.place.path().join("http:").exists());
}

#[test]
fn what_is_shorter_or_another_than_it_was_is_a_fork() {
    let whole = ledger(12);
    let desk = Desk::of(&whole, 10);
    let served = Arc::new(Mutex::new(desk.served.clone()));
    let folder = served.clone();
    let address = serve(move |path| file_answer(&folder.lock().unwrap(), path));
    assert_eq!(desk.read(&address, &["replay"]).code, 0);
    let shorter = Desk::of(&whole, 8);
    *served.lock().unwrap() = shorter.served.clone();
    let done = desk.read(&address, &["replay"]);
    assert_eq!((done.code, done.out.as_str()), (4, ""), "{}", done.err);
    assert!(done.err.contains("rule 801 cut-below-pin"), "{}", done.err);
    assert!(done.err.contains("compared with what was read there before ("), "{}", done.err);
    // The advice, followed, gives that verdict.
    let (_, advice) = done.err.split_once("; annals verify ").unwrap();
    let (line, _) = advice.split_once(" lists all").unwrap();
    let line: Vec<&str> = ["verify"].into_iter().chain(line.split(' ')).collect();
    let verified = desk.annals(&line);
    assert!(verified.code == 4 && verified.out.contains("rule 801"), "{line:?}: {verified:?}");
    let mut forked = cut(&whole, 9);
    forked.sign("ada", acts::changed(7));
    forked.sign("ada", acts::changed(8));
    let forked = Desk::of(&forked, 11);
    *served.lock().unwrap() = forked.served.clone();
    let done = desk.read(&address, &["replay"]);
    assert_eq!((done.code, done.out.as_str()), (4, ""), "{}", done.err);
    assert!(done.err.contains("rule 802 forked-from-pin"), "{}", done.err);
    // The record that goes on is read as before.
    *served.lock().unwrap() = desk.served.clone();
    desk.publish(&whole, 12);
    let done = desk.read(&address, &["replay"]);
    assert!(done.code == 0 && done.out.contains("12 of 12 events"), "{done:?}");
}

#[test]
fn a_damaged_cache_takes_no_answer_away() {
    let desk = Desk::of(&ledger(20), 20);
    let address = folder_server(desk.served.clone());
    let expected = desk.read(&address, &["blame", "4"]);
    assert_eq!(expected.code, 0);
    let kept = desk.kept();
    assert!(kept.len() >= 6, "{kept:?}");
    for path in &kept {
        let bytes = std::fs::read(path).unwrap_or_default();
        for damaged in [bytes[..bytes.len() / 2].to_vec(), Vec::new(), b"-\n".repeat(30)] {
            std::fs::write(path, damaged).unwrap();
            assert_eq!(desk.read(&address, &["blame", "4"]), expected, "{path:?}");
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&desk.cache()), 0o700);
        assert!(
            desk.kept()
                .iter()
                .all(|path| mode(path) == 0o600 && mode(path.parent().unwrap()) == 0o700)
        );
    }
}

#[test]
fn what_is_redacted_since_leaves_the_cache_too() {
    let mut whole = ledger(6);
    let body = whole.events[5].body.clone();
    let desk = Desk::of(&whole, 6);
    // One with bundles, and one without.
    for bundled in [true, false] {
        let served = desk.served.clone();
        let address = serve(move |path| match bundled || !path.contains("bundle") {
            true => file_answer(&served, path),
            false => other("404 Not Found", ""),
        });
        assert_eq!(desk.read(&address, &["replay"]).code, 0);
        assert_eq!(desk.read(&address, &["blame", "4"]).code, 0);
        let has = |path: &PathBuf| {
            String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(body.as_str())
        };
        assert!(desk.kept().iter().any(has));
        let size = whole.size();
        whole.sign("dan", acts::redacted(if bundled { 5 } else { 4 }));
        desk.publish(&whole, size + 1);
        let done = desk.read(&address, &["replay"]);
        assert_eq!(done.code, 0, "{done:?}");
        if bundled {
            assert!(!desk.kept().iter().any(has));
            // Shown again below, from the same body.
            whole = ledger(6);
            std::fs::remove_dir_all(&desk.served).unwrap();
            std::fs::remove_dir_all(desk.cache()).unwrap();
            desk.publish(&whole, 6);
        } else {
            let document = format!("document/{}", whole.documents.keys().next().unwrap());
            assert!(!desk.kept().iter().any(|path| path.ends_with(&document)));
        }
    }
}

#[test]
fn a_bundle_of_bodies_is_a_transport_alone() {
    let whole = ledger(20);
    let desk = Desk::of(&whole, 20);
    let bundle = desk.served.join("body/bundle/000");
    let bytes = std::fs::read(&bundle).unwrap();
    let expected: String = whole.events.iter().map(|event| format!("{}\n", event.body)).collect();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    let good = desk.read("www", &["replay"]);
    let mut swapped: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    swapped.swap(5, 6);
    let damages = [
        Vec::new(),
        bytes[..bytes.len() / 2].to_vec(),
        swapped.concat(),
        b"-\n".repeat(20),
        b"<!doctype html>".to_vec(),
        [&bytes[..], b"more\n"].concat(),
        vec![0xFF; 5_000_000],
    ];
    for damaged in damages {
        std::fs::write(&bundle, damaged).unwrap();
        let address = folder_server(desk.served.clone());
        for place in ["www", &address] {
            assert_eq!(desk.read(place, &["replay"]), good);
            let judged = desk.annals(&["verify", place]);
            assert_eq!((judged.code, judged.err.as_str()), (0, ""), "{}", judged.out);
        }
    }
}

#[test]
fn a_withheld_body_is_no_line_of_a_bundle_before_the_checkpoint_says_so() {
    let mut ledger = ledger(6);
    let sealed = ledger.sign("ada", acts::asserted_sealed(4, "\"by-hand\""));
    let mut shelf = Memory::default();
    let lines = |shelf: &Memory| -> Vec<String> {
        let bundle = String::from_utf8(shelf.files["body/bundle/000"].clone()).unwrap();
        bundle.lines().map(str::to_owned).collect()
    };
    put(&mut shelf, &ledger, 7).unwrap();
    assert_eq!(lines(&shelf)[sealed as usize], "-");
    assert_eq!(lines(&shelf)[5], ledger.events[5].body);
    ledger.sign("ada", acts::released(sealed));
    ledger.sign("dan", acts::redacted(5));
    for step in 0.. {
        let mut stopped = Memory {
            fails: Some((step, crate::archive::publish_targets::Fate::Kept)),
            ..shelf.clone()
        };
        stopped.steps = 0;
        let ended = put(&mut stopped, &ledger, 9).is_ok();
        if stopped.files["checkpoint"] != shelf.files["checkpoint"] {
            assert_eq!(lines(&stopped)[5], "-", "step {step}");
        }
        if ended {
            shelf = stopped;
            break;
        }
    }
    assert_eq!(lines(&shelf)[sealed as usize], ledger.events[sealed as usize].body);
    assert_eq!(lines(&shelf).len(), 9);
    let digest = Hash::of(&[ledger.events[5].body.as_bytes()]);
    assert!(!shelf.files.contains_key(&format!("body/{digest}")));
    assert!(shelf.files.contains_key(CHECKPOINT.trim_start_matches("ledger/")));
}

#[test]
fn publishing_leaves_no_lock_and_lets_a_page_be() {
    let desk = Desk::of(&ledger(6), 6);
    std::fs::write(desk.served.join("index.html"), "<h1>Our record</h1>").unwrap();
    assert_eq!(desk.annals(&["publish", "www"]).code, 0);
    let names = std::fs::read_dir(&desk.served).unwrap();
    let mut names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [".settled", "body", "checkpoint", "document", "index.html", "tile"]);
    assert_eq!(desk.read("www", &["replay"]).code, 0);
}

/// Words that are not there, and that no event withholds, may be what is asked for: the answer says
/// so, and is no yes.
#[test]
fn an_answer_without_words_that_are_missing_is_no_yes() {
    let desk = Desk::of(&ledger(6), 6);
    let address = folder_server(desk.served.clone());
    std::fs::remove_dir_all(desk.served.join("body")).unwrap();
    let lines: [&[&str]; 7] = [
        &["replay"],
        &["show", "5"],
        &["log"],
        &["find", "note"],
        &["diff", "2", "5"],
        &["status"],
        &["timeline", "--html", "page"],
    ];
    for (place, code, there) in [("www", 1, "not there"), (&*address, 2, "did not come")] {
        for line in lines {
            let done = desk.read(place, line);
            let told = done.err.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(done.code, code, "{line:?}: {done:?}");
            let why = format!("{there}, and no event withholds them: this answer may lack words");
            assert!(told.contains("warning: ") && told.contains(&why), "{line:?}: {told}");
        }
        let status = desk.read(place, &["status"]).out;
        assert!(status.contains("title         (withheld)\n"), "{status}");
    }
    let verified = desk.annals(&["verify", &address]);
    assert!(verified.code == 2 && verified.out.contains("rule 911"), "{verified:?}");
    let made = desk.read(&address, &["export", "--to", "bag", "--unsigned"]);
    assert_eq!(made.code, 2, "{made:?}");
    assert!(made.err.contains("rule 911 unreadable: the body did not come"), "{made:?}");
    assert!(!made.err.contains("repair"), "{made:?}");
}
