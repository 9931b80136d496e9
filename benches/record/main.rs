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
struct Asked {
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

fn asked() -> Asked {
    let mut asked = Asked {
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
            "--events" => asked.events = value().parse().expect("--events N"),
            "--folder" => asked.folder = PathBuf::from(value()),
            "--child" => asked.child = Some(value()),
            "--until" => asked.until = value().parse().expect("--until N"),
            "--append-only" => asked.append = true,
            "--index-only" => asked.index = true,
            "--index-again" => asked.again = true,
            "--bench" | "--test" => {}
            other => {
                panic!(
                    "unknown argument {other}; expected --events N, --folder DIR, --append-only, --index-only"
                )
            }
        }
    }
    asked
}

fn main() {
    let asked = asked();
    if let Some(what) = &asked.child {
        return measure::child(what, &asked.folder, asked.until);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("events {} · editors {} · cores {cores}", asked.events, make::EDITORS);
    if asked.again {
        return index(&asked);
    }
    if asked.index {
        make::ledger(&asked.folder, asked.events);
        return index(&asked);
    }
    let made = make::ledger(&asked.folder, asked.events);
    let plain = measure::plain_file(&asked.folder, &made, 1_000);
    let rate = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    let (append, raw) = (rate(made.batched, made.batches), rate(made.batched, plain));
    println!("append_by_1000 {append:.0} events/s · plain file {raw:.0} events/s");
    println!("append_by_1000_ratio {:.2}", append / raw);
    let plain = measure::plain_file(&asked.folder, &made, 1);
    let one = rate(made.singles, made.one_by_one);
    let raw = rate(measure::PLAIN_SINGLES, plain);
    println!("append_one {one:.0} events/s · plain file {raw:.0} events/s");
    println!("append_one_ratio {:.2}", one / raw);
    if !asked.append {
        verify(&asked);
        proof::measure(&asked.folder);
        index(&asked);
    }
    println!("journal_bytes_per_event {:.0}", made.bytes as f64 / asked.events as f64);
}

/// Two records: most facts of the first come late; all facts of the second are corrected
/// repeatedly.
fn index(asked: &Asked) {
    index::measure(&asked.folder, "growing", 17);
    let folder = asked.folder.with_extension("corrected");
    if !asked.again {
        make::corrected(&folder, asked.events);
    }
    index::measure(&folder, "corrected", make::CORRECTED);
}

fn verify(asked: &Asked) {
    let run = |what: &str, until: u64| measure::run_child(what, &asked.folder, until);
    // Interleaved, so that a machine with varying speed affects both alike.
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let (naive, ours) = (run("naive", u64::MAX), run("verify", u64::MAX));
        println!(
            "naive {:.2} s · verify {:.2} s, {:.0} events/s, peak {:.0} MB",
            naive.seconds,
            ours.seconds,
            asked.events as f64 / ours.seconds,
            ours.peak as f64 / 1e6
        );
        ratios.push((naive.seconds / ours.seconds, ours.peak));
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, peak) = ratios[ratios.len() / 2];
    let tenth = run("verify", asked.events / 10);
    let more = asked.events - asked.events / 10;
    println!("verify_ratio {median:.1}");
    println!("verify_peak_mb {:.0}", peak as f64 / 1e6);
    let each = peak.saturating_sub(tenth.peak) as f64 / more as f64;
    println!("verify_bytes_per_event {each:.0}");
    let open = run("open", u64::MAX);
    println!("open_writer {:.2} s, peak {:.0} MB", open.seconds, open.peak as f64 / 1e6);
    find(asked);
}

/// A scan for words, and the share of the fold that every reading command makes.
fn find(asked: &Asked) {
    let run = |what: &str| measure::run_child(what, &asked.folder, u64::MAX);
    let (state, find) = (run("state"), run("find"));
    let events = asked.events as f64;
    println!(
        "find {:.2} s, {:.0} events/s, of which the state {:.2} s, peak {:.0} MB",
        find.seconds,
        events / find.seconds,
        state.seconds,
        find.peak as f64 / 1e6
    );
}
