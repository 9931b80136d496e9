//! The gain of the index: one fact, the whole state and a difference as of an early, a middle and
//! the last point, compared with the fold of everything up to it.
//!
//! Always holds: each answer through the index is compared with the folded one in the same run; a
//! program run is timed from its start to its end. The median of several runs counts.

use crate::make::paths;
use annals::ledger::query::gather::gather;
use annals::ledger::query::names::Names;
use annals::ledger::query::{View, subjects};
use annals::ledger::reader::Record;
use annals_core::state::dump::dump;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The number of runs for one figure.
const RUNS: usize = 9;

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2] * 1e3
}

/// The median time of several runs, in milliseconds.
fn timed(runs: usize, work: impl Fn()) -> f64 {
    let once = |_| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64()
    };
    middle((0..runs).map(once).collect())
}

/// The time of the whole program, in milliseconds.
fn program(folder: &Path, arguments: &[String]) -> f64 {
    timed(RUNS, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.arg("--ledger").arg(folder.join("ledger")).args(arguments);
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    })
}

fn words(line: String) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// Measures a ledger in a folder of benchmarks: the name of its kind, and a fact of it.
pub fn measure(folder: &Path, kind: &str, fact: u64) {
    let record = Record::open(paths(folder)).expect("a record");
    assert!(record.index().is_ok(), "{:?}", record.index().err());
    let size = record.size();
    let open = timed(RUNS, || drop(Record::open(paths(folder)).expect("a record")));
    let bytes = bytes(&folder.join("ledger/index")) as f64 / size as f64;
    println!("{kind}: opening {open:.1} ms · index {bytes:.0} bytes an event");
    for (name, until) in [("start", 2_000), ("middle", size / 2), ("end", size)] {
        let began = Instant::now();
        let folded = record.state(until).expect("folded");
        let fold = began.elapsed().as_secs_f64() * 1e3;
        let one = timed(RUNS, || {
            let view = View::some(&record, until, &|slot, _| subjects(slot, fact)).expect("a view");
            let names = Names::read(&view).expect("names");
            let rows = gather(&view, &names, &|of| of == fact).expect("rows").facts;
            assert_eq!(rows.len(), 1);
        });
        let rows = folded.state.fold.facts().len();
        let whole = timed(1, || {
            let view = View::standing(&record, until).expect("a view");
            assert!(view.folded_because().is_none());
            let ours = dump(view.state(), until, view.as_of().head, view.root());
            let theirs = dump(&folded.state, until, folded.head, &folded.root);
            assert!(ours == theirs, "the index and the fold say the same");
        });
        let last = until - 1;
        let show = program(folder, &words(format!("show {fact} --as-of #{last}")));
        let diff = program(folder, &words(format!("diff #{} #{last} --format json", last - 100)));
        println!(
            "{kind} {name} ({until}): fold {fold:.0} ms · one fact {one:.2} ms · state of {rows} \
             facts {whole:.0} ms, dumped and compared · show {show:.0} ms, diff of 100 events \
             {diff:.0} ms (whole processes)"
        );
    }
}

fn bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).expect("an index");
    files.map(|file| file.and_then(|file| file.metadata()).map_or(0, |m| m.len())).sum()
}
