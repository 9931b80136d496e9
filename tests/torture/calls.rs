//! Each system call of a command, in turn: the process is killed at it, or it fails with EIO or
//! ENOSPC. Then readers run, the command is repeated, and every acknowledged event must be
//! recorded.
//!
//! The calls are those of an undisturbed run that concern the folder; strace counts them by thread,
//! and injects the fault. Needs strace on PATH; `ANNALS_NO_STRACE=1` omits these tests with a
//! message. Source: strace(1), "Tampering".

use crate::faults::newsroom::Newsroom;
use crate::torture::scenario::{Run, SCENARIOS, Scenario, bounded, is_on_path};
use crate::torture::table::{Row, minutes};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

/// Calls that change files, and those that only read.
const WRITES: &str = "openat,write,pwrite64,writev,fsync,fdatasync,sync_file_range,ftruncate,\
     fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,\
     flock,chmod,fchmod,copy_file_range";
const READS: &str = "read,pread64,statx,getdents64,lseek,readlink";

/// One call: its name, and its number among the calls of that name in its thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    pub name: String,
    pub number: u64,
}

/// A fault at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Kill,
    Eio,
    Enospc,
}

impl Fault {
    const ALL: [Fault; 3] = [Fault::Kill, Fault::Eio, Fault::Enospc];

    fn injected(self) -> &'static str {
        match self {
            Fault::Kill => "signal=KILL",
            Fault::Eio => "error=EIO",
            Fault::Enospc => "error=ENOSPC",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Fault::Kill => "KILL",
            Fault::Eio => "EIO",
            Fault::Enospc => "ENOSPC",
        }
    }
}

/// Whether strace is available. Without it these tests fail, unless they are omitted on request.
pub fn has_strace() -> bool {
    if std::env::var("ANNALS_NO_STRACE").is_ok_and(|said| said == "1") {
        eprintln!("NOT RUN, as ANNALS_NO_STRACE=1 asks: no system call was made to fail");
        return false;
    }
    assert!(
        is_on_path("strace"),
        "expected strace on PATH, found none; install the package strace, or set \
         ANNALS_NO_STRACE=1 to go on without these tests"
    );
    true
}

/// The command under strace, with these options.
pub fn traced(room: &Newsroom, options: &[&str], line: &str) -> Command {
    let mut command = Command::new("strace");
    crate::faults::newsroom::prepare(&mut command, room.folder.path());
    command.args(["-f", "-qq", "-o"]).args(options).arg(env!("CARGO_BIN_EXE_annals"));
    command.args(line.split(' '));
    command
}

/// The calls of an undisturbed run that name the folder, each once.
pub fn calls(room: &Newsroom, line: &str, names: &str) -> Vec<Call> {
    let copy = room.copy();
    let log = tempfile::NamedTempFile::new().expect("a file");
    let path = log.path().to_str().expect("a name of ASCII").to_owned();
    let filter = format!("trace={names}");
    let output = traced(&copy, &[&path, "-y", "-e", &filter], line).output().expect("strace runs");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {err}");
    let here = copy.folder.path().canonicalize().expect("a folder");
    let here = here.to_str().expect("a name of ASCII");
    let text = std::fs::read(log.path()).expect("the log");
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(&text).lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let Some((name, _)) = rest.split_once('(') else { continue };
        if name.contains(' ') || name.contains('<') {
            continue;
        }
        let count = counts.entry((thread.to_owned(), name.to_owned())).or_default();
        *count += 1;
        let call = Call { name: name.to_owned(), number: *count };
        if (rest.contains(here) || !rest.contains("/")) && !found.contains(&call) {
            found.push(call);
        }
    }
    assert!(found.len() > 3, "{line}: {found:?}\n{}", String::from_utf8_lossy(&text));
    found
}

/// Runs the command with a fault at a call.
pub fn run_with(room: &Newsroom, line: &str, call: &Call, fault: Fault, row: &mut Row) -> Run {
    let trace = format!("trace={}", call.name);
    let inject = format!("inject={}:{}:when={}", call.name, fault.injected(), call.number);
    let command = traced(room, &["/dev/null", "-e", &trace, "-e", &inject], line);
    bounded(command, &format!("{line}: {inject}"), row)
}

/// Every call, or as many as there is time for. `sample` is the number of cases of each fault in
/// the short form, spread evenly over the run.
fn torture(scenario: &Scenario, share: f64, sample: usize) {
    if !has_strace() {
        return;
    }
    let base = scenario.room();
    let writes = calls(&base, scenario.line, WRITES);
    let reads = calls(&base, scenario.line, READS);
    let time = minutes().map(|minutes| Duration::from_secs_f64(minutes * 20.0 * share));
    let mut rows = Vec::new();
    for fault in Fault::ALL {
        let read = reads.iter().filter(|_| fault == Fault::Eio);
        let calls: Vec<&Call> = writes.iter().chain(read).collect();
        let mut row = Row::new(format!("{}: {} at a call, again", scenario.name, fault.name()));
        row.all = calls.len() as u64;
        for call in spread(&calls, time, sample) {
            one(scenario, &base, call, fault, &mut row);
        }
        rows.push(row);
    }
    rows.into_iter().for_each(Row::finish);
}

/// Cases in an order spread over all of them: all, while there is time, or a sample.
pub fn spread<T: Copy>(
    all: &[T],
    time: Option<Duration>,
    sample: usize,
) -> impl Iterator<Item = T> + '_ {
    let step = if time.is_some() { 1 } else { all.len().div_ceil(sample).max(1) };
    let stride = (1..).find(|n| n * n > all.len()).unwrap_or(1);
    let stride = if time.is_some() { stride } else { 1 };
    let until = time.map(|time| Instant::now() + time);
    let order = (0..stride).flat_map(move |first| (first..all.len()).step_by(stride));
    order
        .step_by(step)
        .take_while(move |_| until.is_none_or(|until| Instant::now() < until))
        .map(|index| all[index])
}

fn one(scenario: &Scenario, base: &Newsroom, call: &Call, fault: Fault, row: &mut Row) {
    let room = base.copy();
    let case = format!("{}: {} at {} {}", scenario.line, fault.name(), call.name, call.number);
    let run = run_with(&room, scenario.line, call, fault, row);
    row.cases += 1;
    let acknowledged = scenario.acknowledges(&run);
    row.acknowledged += u64::from(acknowledged);
    if run.exit == Some(4) {
        row.accused += 1;
        row.note(format!("{case}: {run:?}"));
    }
    scenario.read(&room, &case, row);
    scenario.end(&room, acknowledged, &case, row);
}

#[test]
fn every_call_of_an_append_may_fail() {
    torture(&SCENARIOS[0], 0.15, 12);
}

#[test]
fn every_call_of_a_rekey_may_fail() {
    torture(&SCENARIOS[1], 0.15, 6);
}

#[test]
fn every_call_of_a_publish_may_fail() {
    torture(&SCENARIOS[2], 0.15, 6);
}

#[test]
fn every_call_of_an_import_may_fail() {
    torture(&SCENARIOS[3], 0.1, 4);
}

#[test]
fn every_call_of_a_take_over_may_fail() {
    torture(&SCENARIOS[4], 0.1, 4);
}

#[test]
fn every_call_of_a_clone_may_fail() {
    torture(&SCENARIOS[5], 0.1, 5);
}

#[test]
fn every_call_of_a_pull_may_fail() {
    torture(&SCENARIOS[6], 0.1, 5);
}
