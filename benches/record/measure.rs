//! Timings: plain files, the naive loop, verification and opening in processes of their own.

use crate::make::{Made, PlainFile, paths};
use annals::ledger::query::scan::scan;
use annals::ledger::query::{View, no_fact};
use annals::ledger::reader::Record;
use annals::ledger::write::writer::Writer;
use annals_core::event::body::Body;
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use annals_core::key::Way;
use annals_core::search::{Phrase, WordMatch};
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::Source;
use annals_core::verify::{Options, verify};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// The measurements of a process.
pub struct Ran {
    /// Wall time of the work in seconds, without the start of the process.
    pub seconds: f64,
    /// Peak resident memory in bytes.
    pub peak: u64,
}

/// Writes the events that were appended in batches to a plain file, with an fdatasync after each
/// `by` of them; the time that it took.
pub fn plain_file(folder: &Path, made: &Made, by: u64) -> Duration {
    let record = Record::open(paths(folder)).expect("a record");
    let count = made.batched;
    let mut file = PlainFile::create(folder);
    let (mut took, mut buffer, mut held, mut done) = (Duration::ZERO, Vec::new(), 0, 0);
    for span in record.source.walk(record.size() - count).expect("a walk") {
        for entry in span.expect("a span").entries {
            buffer.extend_from_slice(&entry.record);
            buffer.extend_from_slice(entry.body.as_deref().unwrap_or_default());
            buffer.push(b'\n');
            held += 1;
            done += 1;
            if held == by || done == count {
                took += file.append(&buffer);
                (buffer, held) = (Vec::new(), 0);
            }
        }
    }
    took
}

/// Runs this program again for one task, and reads its measurements.
pub fn run_child(what: &str, folder: &Path, until: u64) -> Ran {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args(["--child", what, "--until", &until.to_string(), "--folder"]).arg(folder);
    let output = command.output().expect("a child");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut values = text.split_whitespace();
    let mut next = || values.next().unwrap_or_else(|| panic!("{what} failed: {errors}"));
    Ran { seconds: next().parse().expect("seconds"), peak: next().parse().expect("bytes") }
}

/// Runs one task, in a process of its own.
pub fn child(what: &str, folder: &Path, until: u64) {
    let began = Instant::now();
    match what {
        "naive" => naive(folder),
        "verify" => whole(folder, until, Options::whole(cores())),
        "verify-one" => whole(folder, until, Options::whole(1)),
        "verify-four" => {
            whole(folder, until, Options { way: Way::FourAtOnce, ..Options::whole(cores()) });
        }
        "verify-scalar" => {
            whole(folder, until, Options { way: Way::OneByOne, ..Options::whole(cores()) });
        }
        "open" => open(folder),
        "state" => drop(state(&Record::open(paths(folder)).expect("a record"))),
        "find" => find(folder),
        other => panic!("unknown child {other}"),
    }
    println!("{} {}", began.elapsed().as_secs_f64(), peak());
}

/// The simplest verification: one thread, each key parsed and `verify_strict` for each event.
fn naive(folder: &Path) {
    let record = Record::open(paths(folder)).expect("a record");
    let mut head: Option<Hash> = None;
    for span in record.source.walk(0).expect("a walk") {
        for entry in span.expect("a span").entries {
            let reading = Reading::of(&entry.record);
            let place = reading.place.expect("a place");
            let statement = reading.statement.as_ref().expect("a statement");
            let signature = reading.signature.expect("a signature");
            assert_eq!(place.prev, head);
            head = Some(reading.hash);
            let body = entry.body.as_deref().expect("a body");
            assert_eq!(Hash::of(&[body]), statement.body);
            Body::parse(body).expect("a body in form");
            assert!(statement.by.verifies_strict_once(&reading.signed_bytes(), &signature));
        }
    }
}

fn whole(folder: &Path, until: u64, options: Options<'_>) {
    let record = Record::open(paths(folder)).expect("a record");
    let options = Options { until, ..options };
    let ends = match until {
        u64::MAX => Anchors { checkpoint: record.checkpoint.clone(), ..Anchors::default() },
        _ => Anchors::default(),
    };
    let report = verify(&record.source, &ends, options).expect("readable");
    assert_eq!(report.verdict(), annals_core::Verdict::Yes, "{:?}", report.faults.first());
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn open(folder: &Path) {
    let paths = paths(folder);
    let writer = Writer::open(paths, Duration::ZERO).expect("a writer");
    assert!(writer.size() > 0);
}

/// The folded state, which every reading command needs.
fn state(record: &Record) -> View<'_> {
    View::open(record, record.size()).expect("a view")
}

/// The work of `annals find` before its output: the state, and a scan of every body.
fn find(folder: &Path) {
    let record = Record::open(paths(folder)).expect("a record");
    let phrases = [Phrase::new("core principles", WordMatch::Whole).expect("words")];
    let view = View::some(&record, record.size(), &no_fact).expect("a view");
    let scanned = scan(&view, &phrases, cores()).expect("a scan");
    assert!(!scanned.facts.is_empty());
}

/// Peak resident memory of this process in bytes; 0 if the system does not report it.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1_024
}
