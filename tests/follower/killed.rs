//! A clone and a pull that are stopped at many points, and a server that stops: the next one goes
//! on, and no file is asked for a second time.

use crate::archive::publish_targets::ledger;
use crate::archive::web::{ok, other, serve};
use crate::follower::Desk;
use annals_core::pin::Pin;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A server of a folder that gives no answer any more after some requests.
#[derive(Clone, Default)]
struct Stopping(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    names: Vec<String>,
    /// The number of requests that are answered.
    answers: usize,
}

impl Stopping {
    fn serve(&self, folder: PathBuf, stopped: fn() -> Vec<u8>) -> String {
        let state = self.0.clone();
        serve(move |path| {
            let mut state = state.lock().unwrap();
            if state.answers == 0 {
                drop(state);
                return stopped();
            }
            state.answers -= 1;
            state.names.push(path.to_owned());
            drop(state);
            let found = std::fs::read(folder.join(path.trim_start_matches('/')));
            found.map_or_else(|_| other("404 Not Found", ""), |bytes| ok(&bytes))
        })
    }

    fn allow(&self, answers: usize) {
        self.0.lock().unwrap().answers = answers;
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().answers
    }

    /// The names that were answered since the last time, without the checkpoint.
    fn take(&self) -> Vec<String> {
        let mut names = std::mem::take(&mut self.0.lock().unwrap().names);
        names.retain(|name| name != "/checkpoint");
        names.sort();
        names
    }
}

fn failing() -> Vec<u8> {
    other("503 Busy", "")
}

fn hanging() -> Vec<u8> {
    std::thread::sleep(Duration::from_secs(60));
    Vec::new()
}

const ALL: usize = usize::MAX;

#[test]
fn a_server_that_stops_in_the_middle_leaves_the_copy_as_it_was_and_nothing_is_asked_for_twice() {
    let ledger = ledger(700);
    let desk = Desk::of(&ledger, 300);
    let stopping = Stopping::default();
    let address = stopping.serve(desk.path("www"), failing);
    stopping.allow(ALL);
    desk.good(&["clone", &address, "whole"]);
    let all = stopping.take();
    let mut stops = 0;
    for answers in 1..all.len() + 1 {
        stopping.allow(answers);
        let stopped = desk.annals(&["clone", &address, "copy"]);
        let first = stopping.take();
        if stopped.code == 0 {
            std::fs::remove_dir_all(desk.path("copy")).unwrap();
            continue;
        }
        stops += 1;
        assert_eq!(stopped.code, 2, "{stopped:?}");
        assert!(stopped.err.contains(&address), "{stopped:?}");
        assert!(!desk.path("copy").exists());
        stopping.allow(ALL);
        desk.good(&["clone", &address, "copy"]);
        let mut both = [first, stopping.take()].concat();
        both.sort();
        let mut once = all.clone();
        both.dedup_by(|one, other| one == other && is_absent(&desk, one));
        once.dedup();
        assert_eq!(both, once, "after {answers} answers");
        std::fs::remove_dir_all(desk.path("copy")).unwrap();
    }
    assert!(stops > 5, "{stops}");
    // The same for a pull.
    desk.publish(&ledger, 700);
    let before = crate::follower::content(&desk.path("whole"));
    for answers in [1, 2, 2, 2] {
        stopping.allow(answers);
        let stopped = desk.annals(&["pull", "--ledger", "whole"]);
        assert_eq!(stopped.code, 2, "{stopped:?}");
        assert_eq!(crate::follower::content(&desk.path("whole")), before);
        desk.good(&["status", "--ledger", "whole"]);
    }
    let first = stopping.take();
    stopping.allow(ALL);
    desk.good(&["pull", "--ledger", "whole"]);
    let second = stopping.take();
    let again = first.iter().filter(|name| second.contains(name) && !is_absent(&desk, name));
    assert_eq!(again.count(), 0, "{first:?} {second:?}");
    desk.expect_as_fresh("whole", "www");
}

/// Whether a name is not there: that is asked for again by a process that begins.
fn is_absent(desk: &Desk, name: &str) -> bool {
    !desk.path("www").join(name.trim_start_matches('/')).exists()
}

#[test]
fn a_clone_that_is_killed_while_it_reads_goes_on_with_what_is_there() {
    let ledger = ledger(600);
    let desk = Desk::of(&ledger, 600);
    let stopping = Stopping::default();
    let address = stopping.serve(desk.path("www"), hanging);
    stopping.allow(ALL);
    desk.good(&["clone", &address, "whole"]);
    let all = stopping.take().len();
    let mut killed = 0;
    for answers in (2..all).step_by(2) {
        stopping.allow(answers);
        let mut child = desk.start(&["clone", &address, "copy"]);
        let began = Instant::now();
        while stopping.left() > 0 && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if desk.path("copy").exists() {
            std::fs::remove_dir_all(desk.path("copy")).unwrap();
            continue;
        }
        killed += 1;
        stopping.take();
        stopping.allow(ALL);
        desk.good(&["clone", &address, "copy"]);
        // What was on its way when the process ended is asked for again: eight connections.
        let again = stopping.take().len();
        assert!(answers + again <= all + 2 * 8 + 1, "{answers} and {again} of {all}");
        desk.expect_as_fresh("copy", "www");
        std::fs::remove_dir_all(desk.path("copy")).unwrap();
    }
    assert!(killed > 0, "{killed} of {all}");
}

/// All was done but the last step; or it is the rest of a clone of another place.
#[test]
fn a_clone_that_lacks_its_last_step_goes_on() {
    let ledger = ledger(70);
    let desk = Desk::of(&ledger, 60);
    desk.good(&["clone", "www", "copy"]);
    std::fs::rename(desk.path("copy"), desk.path(".copy.clone")).unwrap();
    desk.good(&["clone", "www", "copy"]);
    desk.expect_as_fresh("copy", "www");
    std::fs::rename(desk.path("copy"), desk.path(".copy.clone")).unwrap();
    std::fs::rename(desk.path("www"), desk.path("moved")).unwrap();
    desk.good(&["clone", "moved", "copy"]);
    desk.expect_as_fresh("copy", "moved");
    assert!(!desk.path(".copy.clone").exists());
}

#[test]
fn a_clone_and_a_pull_that_are_killed_at_any_moment_go_on() {
    let ledger = ledger(1_400);
    let desk = Desk::of(&ledger, 600);
    let began = Instant::now();
    desk.good(&["clone", "www", "base"]);
    let took = began.elapsed();
    let mut counts = [0; 3];
    for step in 0..8_u32 {
        desk.publish(&ledger, 600);
        std::fs::remove_dir_all(desk.path("copy")).ok();
        let at = |took: Duration| took * (2 * step + 1) / 16;
        let mut child = desk.start(&["clone", "www", "copy"]);
        std::thread::sleep(at(took));
        child.kill().unwrap();
        child.wait().unwrap();
        counts[0] += u32::from(!desk.path("copy").exists());
        counts[1] += u32::from(desk.path(".copy.clone/journal").exists());
        if !desk.path("copy").exists() {
            desk.good(&["clone", "www", "copy"]);
        }
        assert!(!desk.path(".copy.clone").exists());
    }
    for step in 0..8_u32 {
        desk.publish(&ledger, 600 + u64::from(step + 1) * 100);
        let mut child = desk.start(&["pull", "--ledger", "copy"]);
        std::thread::sleep(took * (step + 1) / 8);
        child.kill().unwrap();
        child.wait().unwrap();
        let verdict = desk.annals(&["verify", "copy", "--no-store", "--no-index"]);
        assert!(verdict.code == 0, "{step}: {verdict:?}");
        let size = desk.good(&["status", "--ledger", "copy", "--format", "json"]);
        let status: serde_json::Value = serde_json::from_str(&size).expect("JSON");
        if status["checkpoint"] != status["size"] {
            let pin = std::fs::read(desk.path("copy/following.pin")).expect("a pin of the rest");
            assert!(Pin::parse(&pin).is_some(), "{step}");
        }
        counts[2] += u32::from(size.contains(&format!("\"size\":{},", 600 + 100 * step)));
        desk.good(&["pull", "--ledger", "copy"]);
        let whole = desk.annals(&["verify", "copy"]);
        assert_eq!(whole.code, 0, "{step}: {whole:?}");
    }
    desk.expect_as_fresh("copy", "www");
    eprintln!("killed: {} clones, {} of them while they wrote; {counts:?}", counts[0], counts[1]);
    assert!(counts[0] > 0, "{counts:?}");
}

/// What a stopped clone left is nobody's copy: where it is damaged, or of another record that was
/// published at the place before, the clone begins anew, and accuses nobody.
#[test]
fn a_clone_begins_anew_where_what_was_left_does_not_hold() {
    let ledger = ledger(300);
    let desk = Desk::of(&ledger, 300);
    desk.good(&["clone", "www", "good"]);
    let left = |change: &dyn Fn(&std::path::Path)| {
        let partial = desk.path(".copy.clone");
        std::fs::rename(desk.path("good"), &partial).unwrap();
        change(&partial);
        desk.good(&["clone", "www", "copy"]);
        assert!(!partial.exists());
        desk.expect_as_fresh("copy", "www");
        std::fs::rename(desk.path("copy"), desk.path("good")).unwrap();
    };
    let journal = |partial: &std::path::Path| {
        let file = partial.join("journal").read_dir().unwrap().next().unwrap().unwrap().path();
        (std::fs::read(&file).unwrap(), file)
    };
    left(&|partial| {
        let (mut bytes, file) = journal(partial);
        let end = bytes.len() - 60;
        bytes[end..].fill(0);
        std::fs::write(file, bytes).unwrap();
    });
    left(&|partial| {
        let (mut bytes, file) = journal(partial);
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        std::fs::write(file, bytes).unwrap();
        std::fs::remove_file(partial.join("checkpoint")).unwrap();
    });
    left(&|partial| {
        std::fs::write(partial.join("imported"), "annals imported v1\nread-only 999\n").unwrap();
    });
    // Of another record at the same place.
    let mut other = crate::support::Ledger::opened();
    for number in 2..9 {
        other.sign("ada", crate::support::acts::changed(number));
    }
    std::fs::rename(desk.path("www"), desk.path("www.now")).unwrap();
    let second = Desk::of(&other, 6);
    std::fs::rename(second.path("www"), desk.path("www")).unwrap();
    desk.good(&["clone", "www", "old"]);
    std::fs::remove_dir_all(desk.path("www")).unwrap();
    std::fs::rename(desk.path("www.now"), desk.path("www")).unwrap();
    std::fs::rename(desk.path("old"), desk.path(".copy.clone")).unwrap();
    let cloned = desk.annals(&["clone", "www", "copy"]);
    assert_eq!(cloned.code, 0, "{cloned:?}");
    desk.expect_as_fresh("copy", "www");
}

/// A pull writes the journal first. Stopped before the store, the copy is whole, and says what goes
/// on.
#[test]
fn a_pull_that_was_stopped_before_its_store_is_no_damage() {
    let ledger = ledger(70);
    let desk = Desk::of(&ledger, 60);
    desk.good(&["clone", "www", "copy"]);
    desk.publish(&ledger, 70);
    desk.good(&["verify", "www", "--pin", "pin", "--init-pin"]);
    let before = crate::follower::files(&desk.path("copy"));
    desk.good(&["pull", "--ledger", "copy"]);
    std::fs::remove_dir_all(desk.path("copy/db")).unwrap();
    for (name, bytes) in before {
        if name == "checkpoint" || name.starts_with("db/") {
            let path = desk.path("copy").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    let damaged = desk.annals(&["verify", "copy"]);
    assert_eq!(damaged.code, 2, "{damaged:?}");
    std::fs::copy(desk.path("pin"), desk.path("copy/following.pin")).unwrap();
    let stopped = desk.good(&["verify", "copy"]);
    let line = "store: not compared: a pull was stopped before it wrote all of it; annals \
                --ledger copy pull goes on\n";
    assert!(stopped.contains(line), "{stopped}");
    desk.good(&["pull", "--ledger", "copy"]);
    let whole = desk.good(&["verify", "copy"]);
    assert!(whole.contains("store: 70 events, as in the journal\n"), "{whole}");
}
