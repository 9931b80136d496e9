//! The measured claims: durable append, verification against a naive loop, memory, open.
//!
//! Always holds: compared work runs in one process, or successively in one run, on the same bytes;
//! figures are ratios first. Run by `scripts/bench`; see BENCHMARKS.md.

mod index;
mod make;
mod measure;
mod proof;

use std::path::PathBuf;
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
}

fn options() -> BenchOptions {
    let mut options = BenchOptions {
        events: 100_000,
        folder: PathBuf::from("target/bench"),
        child: None,
        until: u64::MAX,
        append: false,
        index: false,
        again: false,
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
            "--bench" | "--test" => {}
            other => {
                panic!(
                    "unknown argument {other}; expected --events N, --folder DIR, --append-only, --index-only"
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
    let made = make::ledger(&options.folder, options.events);
    let plain = measure::plain_file(&options.folder, &made, 1_000);
    let rate = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    let (append, raw) = (rate(made.batched, made.batches), rate(made.batched, plain));
    println!("append_by_1000 {append:.0} events/s · plain file {raw:.0} events/s");
    println!("append_by_1000_ratio {:.2}", append / raw);
    let plain = measure::plain_file(&options.folder, &made, 1);
    let one = rate(made.singles, made.one_by_one);
    let raw = rate(measure::PLAIN_SINGLES, plain);
    println!("append_one {one:.0} events/s · plain file {raw:.0} events/s");
    println!("append_one_ratio {:.2}", one / raw);
    if !options.append {
        verify(&options);
        proof::measure(&options.folder);
        index(&options);
    }
    println!("journal_bytes_per_event {:.0}", made.bytes as f64 / options.events as f64);
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

fn verify(options: &BenchOptions) {
    let run = |what: &str, until: u64| measure::run_child(what, &options.folder, until);
    // Interleaved, so that a machine with varying speed affects both alike.
    let (mut ratios, mut scalars) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (naive, ours) = (run("naive", u64::MAX), run("verify", u64::MAX));
        let scalar = run("verify-scalar", u64::MAX);
        println!(
            "naive {:.2} s · one by one {:.2} s · verify {:.2} s, {:.0} events/s, peak {:.0} MB",
            naive.seconds,
            scalar.seconds,
            ours.seconds,
            options.events as f64 / ours.seconds,
            ours.peak as f64 / 1e6
        );
        ratios.push((naive.seconds / ours.seconds, ours.peak));
        scalars.push(naive.seconds / scalar.seconds);
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, peak) = ratios[ratios.len() / 2];
    let tenth = run("verify", options.events / 10);
    let more = options.events - options.events / 10;
    println!("verify_ratio {median:.1}");
    scalars.sort_by(f64::total_cmp);
    println!("verify_one_by_one_ratio {:.1}", scalars[scalars.len() / 2]);
    println!("verify_peak_mb {:.0}", peak as f64 / 1e6);
    let each = peak.saturating_sub(tenth.peak) as f64 / more as f64;
    println!("verify_bytes_per_event {each:.0}");
    let open = run("open", u64::MAX);
    println!("open_writer {:.2} s, peak {:.0} MB", open.seconds, open.peak as f64 / 1e6);
    find(options);
}

/// A scan for words, and the share of the fold that every reading command makes.
fn find(options: &BenchOptions) {
    let run = |what: &str| measure::run_child(what, &options.folder, u64::MAX);
    let (state, find) = (run("state"), run("find"));
    let events = options.events as f64;
    println!(
        "find {:.2} s, {:.0} events/s, of which the state {:.2} s, peak {:.0} MB",
        find.seconds,
        events / find.seconds,
        state.seconds,
        find.peak as f64 / 1e6
    );
}
