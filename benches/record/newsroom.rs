//! A server under load: editors on connections of their own, each with its key, who send signed
//! facts and wait for the receipt.
//!
//! Always holds: the server is the program, in a process of its own; the load generator signs on
//! the same cores. A figure counts receipts, each of which is checked. Not here: faults (the tests).

use crate::history::History;
use crate::make::{NewEditor, commit_sealed, enrol};
use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::keys::{KeyName, Protection};
use annals::ledger::paths::Paths;
use annals::ledger::write::append::{commit, prepare};
use annals::ledger::write::batch::{Signer, slot};
use annals::ledger::write::draft::json_lines;
use annals::ledger::write::init::{Founding, init};
use annals::ledger::write::resolve::Resolved;
use annals::ledger::write::sign::{Slot, seal};
use annals::ledger::write::writer::Writer;
use annals::record_server::{ServerAnswer, ServerConnection};
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::receipt::ReceiptText;
use annals_core::submission::{SubmissionText, SubmittedEvent};
use annals_core::text::{Origin, Words};
use annals_core::time::Time;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const ORIGIN: &str = "bench.example/newsroom";
/// The most editors of a load.
const EDITORS: usize = 64;

/// How much a load sends.
#[derive(Clone, Copy)]
struct Load {
    editors: usize,
    /// Submissions of each editor.
    submissions: usize,
    /// Events of a submission.
    events: usize,
}

/// A record with its editors, and facts that are resolved and not signed.
struct Desk {
    folder: PathBuf,
    keys: Vec<SecretKey>,
    facts: Vec<Resolved>,
    /// The end of the record before the first load.
    end: (u64, Hash),
}

/// Measures the server on a journal.
pub fn measure(folder: &Path, quick: bool, history: &mut History) {
    let parts = if quick { 10 } else { 100 };
    let loads = [
        ("serve_one_editor", Load { editors: 1, submissions: 4 * parts, events: 1 }),
        ("serve_64_editors", Load { editors: EDITORS, submissions: parts, events: 1 }),
        (
            // More do not fit the window of 256 at a time.
            "serve_2_editors_by_100",
            Load { editors: 2, submissions: parts, events: 100 },
        ),
    ];
    let most = loads.iter().map(|(_, load)| load.editors * load.submissions * load.events);
    let desk = Desk::open(folder.with_extension("newsroom"), most.sum());
    let one = desk.append_one(4 * parts);
    history.figure("serve_append_one", one, "events/s");
    let (mut end, mut used) = (desk.end, 0);
    let server = desk.serve();
    for (name, load) in loads {
        let measured = desk.run(&server, load, end, used);
        used += load.editors * load.submissions * load.events;
        end = measured.end;
        history.figure(name, measured.rate, "events/s");
        history.figure(&format!("{name}_p50"), measured.middle.as_secs_f64() * 1e3, "ms");
        history.figure(&format!("{name}_p99"), measured.slow.as_secs_f64() * 1e3, "ms");
        if load.editors == 1 {
            history.figure("serve_one_editor_ratio", measured.rate / one, "of append_one");
        }
    }
    drop(server);
    let done = Command::new(env!("CARGO_BIN_EXE_annals"))
        .args(["verify", "--ledger"])
        .arg(desk.folder.join("ledger"))
        .output()
        .expect("annals runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let _ = fs::remove_dir_all(&desk.folder);
}

/// A running server.
struct Running {
    child: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// What a load showed.
struct Measured {
    rate: f64,
    middle: Duration,
    slow: Duration,
    /// The end of the record as the last editor saw it.
    end: (u64, Hash),
}

impl Desk {
    fn open(folder: PathBuf, facts: usize) -> Desk {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let (mut clock, mut entropy) = (Clock::System, Seeded::new("annals bench newsroom"));
        let founding = Founding {
            origin: Origin::new(ORIGIN).expect("an origin"),
            title: Words::new("Benchmark").expect("a title"),
            licence: Words::new("CC0-1.0").expect("a licence"),
            corrections_policy: None,
            confirmations: 1,
            window: 256,
            name: Words::new("Editor 0").expect("a name"),
            handle: KeyName::new("editor0").expect("a handle"),
        };
        let paths = Paths::new(folder.join("ledger"), None);
        let made = init(paths, &founding, Protection::Unencrypted, &mut clock, &mut entropy);
        let made = made.expect("a ledger");
        let (mut writer, mut keys) = (made.writer, vec![made.key]);
        for number in 1..EDITORS {
            let new = NewEditor { origin: ORIGIN, number, admin: &keys[0] };
            let key = enrol(&mut writer, &new, &mut clock, &mut entropy);
            keys.push(key);
        }
        let line = |number: usize| format!("Boat {number:07} came in.\n");
        let text: String = (0..facts).map(line).collect();
        fs::write(folder.join("boats.txt"), text).expect("a document");
        let document = writer.size();
        let capture =
            r#"{"type":"document.captured","file":"boats.txt","title":"Boats","lang":"en"}"#;
        let capture = json_lines(capture).expect("a draft");
        let mut signer = Signer { key: &keys[0], clock: &mut clock, entropy: &mut entropy };
        let prepared = prepare(&mut writer, &capture, &mut signer, &folder).expect("legal");
        commit(&mut writer, &prepared).expect("a receipt");
        let drafts: String = (0..facts)
            .map(|number| {
                format!(
                    "{{\"claim\":\"Boat {number:07} came.\",\"lang\":\"en\",\"vouch\":\"said\",\
                     \"document\":{document},\"quote\":\"Boat {number:07} came in\"}}\n"
                )
            })
            .collect();
        let drafts = json_lines(&drafts).expect("drafts");
        let resolved = prepare(&mut writer, &drafts, &mut signer, &folder).expect("legal").resolved;
        writer.take_back();
        let end = (writer.size(), writer.verifier.chain.head.expect("a head"));
        Desk { folder, keys, facts: resolved, end }
    }

    /// How many events a second one editor appends without a server, in a copy of the record.
    fn append_one(&self, count: usize) -> f64 {
        let copy = self.folder.join("alone");
        fs::create_dir_all(&copy).expect("a folder");
        copy_folder(&self.folder.join("ledger"), &copy.join("ledger"));
        copy_folder(&self.folder.join("keys"), &copy.join("keys"));
        let paths = Paths::new(copy.join("ledger"), None);
        let mut writer = Writer::open(paths, Duration::from_secs(5)).expect("a writer");
        let (mut clock, mut entropy) = (Clock::System, Seeded::new("alone"));
        let began = Instant::now();
        for resolved in self.facts.iter().take(count) {
            writer
                .need(&annals::ledger::write::slice::Needs::positions([self.end.0 - 1]))
                .expect("read");
            let slot = slot(&writer, clock.now());
            let entry = seal(resolved, &slot, &self.keys[0], &mut entropy).expect("a seal");
            commit_sealed(&mut writer, entry);
        }
        let rate = count as f64 / began.elapsed().as_secs_f64();
        drop(writer);
        let _ = fs::remove_dir_all(copy);
        rate
    }

    fn serve(&self) -> Running {
        let mut child = Command::new(env!("CARGO_BIN_EXE_annals"))
            .args(["serve", "--listen", "127.0.0.1:0", "--ledger"])
            .arg(self.folder.join("ledger"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("annals runs");
        let mut url = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut url).expect("its address");
        Running { child, url: url.trim().to_owned() }
    }

    /// Sends a load, facts from number `used` on, signed on what each editor saw last.
    fn run(&self, server: &Running, load: Load, end: (u64, Hash), used: usize) -> Measured {
        let times = Mutex::new(Vec::new());
        let last = Mutex::new(end);
        let began = Instant::now();
        std::thread::scope(|scope| {
            for editor in 0..load.editors {
                let (times, last) = (&times, &last);
                let first = used + editor * load.submissions * load.events;
                scope.spawn(move || {
                    let mut own = self.send(server, load, editor, (end, first));
                    let mut last = last.lock().expect("a lock");
                    if own.end.0 > last.0 {
                        *last = own.end;
                    }
                    times.lock().expect("a lock").append(&mut own.times);
                });
            }
        });
        let took = began.elapsed();
        let mut times = times.into_inner().expect("a lock");
        times.sort();
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
        let count = load.editors * load.submissions * load.events;
        let rate = count as f64 / took.as_secs_f64();
        let end = last.into_inner().expect("a lock");
        Measured { rate, middle: at(0.5), slow: at(0.99), end }
    }

    fn send(
        &self,
        server: &Running,
        load: Load,
        editor: usize,
        begin: ((u64, Hash), usize),
    ) -> Sent {
        let (mut end, first) = begin;
        let connection = ServerConnection::new(&server.url);
        let origin = Origin::new(ORIGIN).expect("an origin");
        let mut entropy = Seeded::new(format!("load {editor} {first}"));
        let (key, mut times) = (&self.keys[editor], Vec::new());
        for number in 0..load.submissions {
            let from = first + number * load.events;
            let facts = &self.facts[from..from + load.events];
            let began = Instant::now();
            loop {
                let slot = Slot { position: end.0, head: Some(end.1), after: None, now: now() };
                let sealed = facts.iter().map(|fact| {
                    let entry = seal(fact, &slot, key, &mut entropy).expect("a seal");
                    let Reading { statement, signature, .. } = Reading::of(&entry.record);
                    let (statement, signature) = (statement.expect("one"), signature.expect("one"));
                    SubmittedEvent::new(statement, &signature, entry.body.expect("a body"))
                });
                let events: Vec<SubmittedEvent> = sealed.collect();
                let submission = SubmissionText::free(&origin, events).expect("a submission");
                match connection.submit(&submission.text()).expect("an answer") {
                    ServerAnswer::Done(receipt) => {
                        let receipt = ReceiptText::parse(&receipt).expect("a receipt");
                        assert_eq!(receipt.places.len(), load.events);
                        let (event, place) =
                            submission.events.last().zip(receipt.places.last()).expect("an event");
                        end = (place.seq + 1, record::hash(&event.record(place)));
                        break;
                    }
                    ServerAnswer::Refused(problem) if problem.is("outrun") => {
                        end = present_end(&server.url);
                    }
                    ServerAnswer::Refused(problem) => panic!("{problem:?}"),
                }
            }
            times.push(began.elapsed());
        }
        Sent { times, end }
    }
}

/// What an editor sent.
struct Sent {
    times: Vec<Duration>,
    end: (u64, Hash),
}

/// The end of the record as the server has it now.
fn present_end(url: &str) -> (u64, Hash) {
    let get = |path: String| {
        let answer = ureq::get(format!("{url}{path}")).call().expect("an answer");
        answer.into_body().read_to_string().expect("text")
    };
    let size: u64 = get("/checkpoint".to_owned())
        .lines()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .expect("a size");
    let events = get(format!("/v1/events?from={}", size - 1));
    let lines: Vec<&str> = events.split_inclusive('\n').collect();
    (size, record::hash(lines[..3].concat().as_bytes()))
}

fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since.expect("after 1970").as_micros();
    Time::from_micros(i64::try_from(micros).expect("a time")).expect("a time")
}

fn copy_folder(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(status.expect("cp runs").success());
}
