//! The measured claims: durable append, verification against a naive loop, memory, open.
//!
//! Always holds: compared work runs in one process, or successively in one run, on the same bytes;
//! figures are ratios first. Run by `scripts/bench`; see BENCHMARKS.md.

mod history;
mod index;
mod make;
mod measure;
mod newsroom;
mod peers;
mod postgres;
mod programs;
mod proof;

use history::History;
use peers::PeerCounts;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The arguments of the command line.
struct BenchOptions {
    events: u64,
    folder: PathBuf,
    child: Option<String>,
    until: u64,
    /// Whether to measure only the appends.
    append: bool,
    /// Whether to measure only the index.
    index: bool,
    /// Whether to measure only the index, with the records of an earlier run.
    again: bool,
    /// Whether to measure only the server.
    newsroom: bool,
    /// Whether to measure only the peers, with the record of an earlier run.
    peers: bool,
    /// Whether to measure each figure once, of a small record.
    quick: bool,
    /// The file of the figures of earlier runs.
    history: PathBuf,
}

/// The number of events of a quick run.
const QUICK: u64 = 10_000;

fn options() -> BenchOptions {
    let mut options = BenchOptions {
        events: 100_000,
        folder: PathBuf::from("target/bench"),
        child: None,
        until: u64::MAX,
        append: false,
        index: false,
        again: false,
        newsroom: false,
        peers: false,
        quick: false,
        history: PathBuf::from("target/bench-history.jsonl"),
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap_or_else(|| panic!("{arg} needs a value"));
        match arg.as_str() {
            "--events" => options.events = value().parse().expect("--events N"),
            "--folder" => options.folder = PathBuf::from(value()),
            "--child" => options.child = Some(value()),
            "--until" => options.until = value().parse().expect("--until N"),
            "--append-only" => options.append = true,
            "--index-only" => options.index = true,
            "--index-again" => options.again = true,
            "--quick" => (options.quick, options.events) = (true, QUICK),
            "--newsroom-only" => options.newsroom = true,
            "--peers-only" => options.peers = true,
            "--history" => options.history = PathBuf::from(value()),
            "--bench" | "--test" => {}
            other => {
                panic!(
                    "unknown argument {other}; expected --quick, --events N, --folder DIR, \
                     --history FILE, --append-only, --index-only, --newsroom-only, --peers-only"
                )
            }
        }
    }
    options
}

fn main() {
    let options = options();
    if let Some(what) = &options.child {
        return measure::child(what, &options.folder, options.until);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("events {} · editors {} · cores {cores}", options.events, make::EDITORS);
    if options.again {
        return index(&options);
    }
    if options.index {
        make::ledger(&options.folder, options.events);
        return index(&options);
    }
    let mut history = History::open(&options.history, options.events, options.quick);
    if options.peers {
        peers(&options, &mut history);
        return history.keep();
    }
    if options.newsroom {
        make::ledger(&options.folder, options.events);
        newsroom::measure(&options.folder, options.events, options.quick, &mut history);
        return history.keep();
    }
    let made = make::ledger(&options.folder, options.events);
    appends(&options.folder, &made, &mut history);
    if !options.append {
        let naive = verify(&options, &mut history);
        proof::measure(&options.folder);
        let runs = if options.quick { 3 } else { 9 };
        programs::measure(&options.folder, options.events, runs, naive, &mut history);
        large_document(&options, &mut history);
        newsroom::measure(&options.folder, options.events, options.quick, &mut history);
        peers(&options, &mut history);
        if !options.quick {
            index(&options);
        }
    }
    history.figure("journal_per_event", made.bytes as f64 / options.events as f64, "bytes");
    history.keep();
}

fn peers(options: &BenchOptions, history: &mut History) {
    let (commits, inserts) = if options.quick { (100, 1_000) } else { (500, 5_000) };
    let counts = PeerCounts { commits, inserts, batched: 10_000 };
    peers::measure(&options.folder, &counts, history);
}

fn appends(folder: &Path, made: &make::Made, history: &mut History) {
    let rate = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    let plain = measure::plain_file(folder, made, 1_000);
    let (append, raw) = (rate(made.batched, made.batches), rate(made.batched, plain));
    history.figure("append_by_1000", append, "events/s");
    history.figure("plain_file_by_1000", raw, "events/s");
    history.figure("append_by_1000_ratio", append / raw, "of a plain file");
    let one = rate(made.singles, made.one_by_one);
    let raw = rate(made.singles, made.plain_one_by_one);
    history.figure("append_one", one, "events/s");
    history.figure("plain_file_one", raw, "events/s");
    history.figure("append_one_ratio", one / raw, "of a plain file");
}

/// Facts that quote a document of a megabyte: appended, and verified; and one fact, also of a
/// document five times as large.
fn large_document(options: &BenchOptions, history: &mut History) {
    let folder = options.folder.with_extension("large");
    let facts = if options.quick { 1_000 } else { 10_000 };
    let took = make::quoting_large(&folder, facts);
    history.figure("large_append", facts as f64 / took.as_secs_f64(), "facts/s");
    let verified = measure::run_child("verify", &folder, u64::MAX);
    history.figure("large_verify", facts as f64 / verified.seconds, "facts/s");
    let once = |bytes: u64| make::quoting_once(&folder, bytes).as_secs_f64();
    let (one, five) = (once(make::LARGE), once(5 * make::LARGE));
    history.figure("large_append_one", one, "s");
    history.figure(
        "large_append_one_ratio",
        five / one,
        "times for a document five times as large",
    );
    let _ = std::fs::remove_dir_all(folder);
}

/// Two records: most facts of the first come late; all facts of the second are corrected
/// repeatedly.
fn index(options: &BenchOptions) {
    index::measure(&options.folder, "growing", 17);
    let folder = options.folder.with_extension("corrected");
    if !options.again {
        make::corrected(&folder, options.events);
    }
    index::measure(&folder, "corrected", make::CORRECTED);
}

/// Verification compared with the naive loop, whose time is returned.
fn verify(options: &BenchOptions, history: &mut History) -> f64 {
    let run = |what: &str, until: u64| measure::run_child(what, &options.folder, until);
    // Interleaved, so that a machine with varying speed affects both alike.
    let (mut naives, mut ratios, mut peak) = (Vec::new(), Vec::new(), 0);
    let (mut fours, mut scalars) = (Vec::new(), Vec::new());
    for _ in 0..if options.quick { 1 } else { 3 } {
        let (naive, ours) = (run("naive", u64::MAX), run("verify", u64::MAX));
        let (four, scalar) = (run("verify-four", u64::MAX), run("verify-scalar", u64::MAX));
        println!(
            "naive {:.2} s · one by one {:.2} s · four at once {:.2} s · verify {:.2} s",
            naive.seconds, scalar.seconds, four.seconds, ours.seconds
        );
        naives.push(naive.seconds);
        ratios.push(naive.seconds / ours.seconds);
        fours.push(naive.seconds / four.seconds);
        scalars.push(naive.seconds / scalar.seconds);
        peak = peak.max(ours.peak);
    }
    for values in [&mut naives, &mut ratios, &mut fours, &mut scalars] {
        values.sort_by(f64::total_cmp);
    }
    let middle = ratios.len() / 2;
    let tenth = run("verify", options.events / 10);
    let more = options.events - options.events / 10;
    history.figure("naive", naives[middle], "s");
    history.figure("verify_ratio", ratios[middle], "times faster than naive");
    history.figure("verify_four_at_once_ratio", fours[middle], "times faster than naive");
    history.figure("verify_one_by_one_ratio", scalars[middle], "times faster than naive");
    history.figure("verify_peak", peak as f64 / 1e6, "MB");
    let each = peak.saturating_sub(tenth.peak) as f64 / more as f64;
    history.figure("verify_per_event", each, "bytes");
    let open = run("open", u64::MAX);
    history.figure("open_writer", open.seconds, "s");
    history.figure("open_writer_peak", open.peak as f64 / 1e6, "MB");
    let find = run("find", u64::MAX);
    history.figure("find_scan", options.events as f64 / find.seconds, "events/s");
    naives[middle]
}
