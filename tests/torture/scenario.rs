//! The commands under fault: the setup of their ledger, the command, and the conditions afterwards.
//!
//! Always holds: a scenario's command may be repeated, and then completes what the first run began.

use crate::faults::newsroom::{Answer, EVENTS, Newsroom, fact, newsroom};
use crate::torture::table::Row;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command under fault.
pub struct Scenario {
    pub name: &'static str,
    /// Makes the folder in which the command runs.
    pub prepare: fn() -> Newsroom,
    pub line: &'static str,
    /// Commands that must succeed once the command has completed.
    pub after: &'static [&'static str],
    /// Events in the ledger before and after.
    pub events: (u64, u64),
    /// Claims that must be recorded once each after an acknowledgement.
    pub claims: &'static [&'static str],
}

pub const SCENARIOS: [Scenario; 7] = [
    Scenario {
        name: "append",
        prepare: appending,
        line: "append more.jsonl",
        after: &["verify", "status"],
        events: (EVENTS, EVENTS + 3),
        claims: &["The first one.", "The second one."],
    },
    Scenario {
        name: "rekey",
        prepare: newsroom,
        line: "ledger rekey --reason rotated --statement Yearly.",
        after: &["verify", "status"],
        events: (EVENTS, EVENTS + 1),
        claims: &[],
    },
    Scenario {
        name: "publish",
        prepare: published,
        line: "publish pub",
        after: &["verify", "verify pub"],
        events: (EVENTS + 3, EVENTS + 3),
        claims: &[],
    },
    Scenario {
        name: "import",
        prepare: exported,
        line: "import bag --to copy",
        after: &["verify", "verify bag", "verify copy --keys ."],
        events: (EVENTS, EVENTS),
        claims: &[],
    },
    Scenario {
        name: "take over",
        prepare: left,
        line: "import bag --to copy --take-over",
        after: &["verify copy", "verify bag"],
        events: (EVENTS, EVENTS),
        claims: &[],
    },
    Scenario {
        name: "clone",
        prepare: alone,
        line: "clone pub copy",
        after: &["verify copy", "status --ledger copy"],
        events: (EVENTS, EVENTS),
        claims: &[],
    },
    Scenario {
        name: "pull",
        prepare: behind,
        line: "pull --ledger copy",
        after: &["verify copy", "status --ledger copy", "verify pub"],
        events: (EVENTS, EVENTS + 3),
        claims: &["The first one.", "The second one."],
    },
];

const MORE: &str = r#"{"type":"document.captured","file":"more.txt","title":"More","lang":"en","media_type":"text/plain","captured_at":"2022-01-27T07:00:00.000000Z","ref":"more"}"#;

/// A document and two facts that wait in a file.
fn appending() -> Newsroom {
    let room = newsroom();
    room.write("more.txt", "The first thing was said. Then the second one was said.");
    let quoted =
        |claim: &str, quote: &str| fact(claim, quote).replace('}', r#","document":"more"}"#);
    let one = quoted("The first one.", "The first thing was said");
    let two = quoted("The second one.", "the second one was said");
    room.write("more.jsonl", format!("{MORE}\n{one}\n{two}\n"));
    room
}

/// A published record that lacks the newest events.
fn published() -> Newsroom {
    let room = appending();
    for line in ["publish pub", "append more.jsonl"] {
        let answer = room.run(line);
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
    }
    room
}

fn exported() -> Newsroom {
    let room = newsroom();
    let answer = room.run("export --to bag");
    assert_eq!(answer.exit, 0, "{answer:?}");
    room
}

/// A bag and keys, without a ledger.
fn left() -> Newsroom {
    let room = exported();
    room.remove("ledger");
    room
}

/// A published record, without its ledger.
fn alone() -> Newsroom {
    let room = newsroom();
    let answer = room.run("publish pub");
    assert_eq!(answer.exit, 0, "{answer:?}");
    room.remove("ledger");
    room
}

/// A published record, and a copy that lacks the newest events.
fn behind() -> Newsroom {
    let room = appending();
    for line in ["publish pub", "clone pub copy", "append more.jsonl", "publish pub"] {
        let answer = room.run(line);
        assert_eq!(answer.exit, 0, "{line}: {answer:?}");
    }
    room
}

impl Scenario {
    /// The folder, made once, then copied.
    pub fn room(&self) -> Newsroom {
        (self.prepare)()
    }

    /// The events that an answer acknowledges. A receipt that could not be printed, and an error
    /// that gives the position, do not count: nobody relies on them.
    pub fn acknowledges(&self, run: &Run) -> bool {
        run.exit == Some(0) && !run.out.is_empty()
    }

    /// Repeats the command until it succeeds, at most three times, and checks all conditions.
    pub fn end(&self, room: &Newsroom, acknowledged: bool, case: &str, row: &mut Row) {
        if acknowledged && !self.is_there(room) {
            row.lost += 1;
            row.note(format!("{case}: acknowledged, and not there"));
        }
        let mut answers = Vec::new();
        let ended = (0..3).any(|_| {
            let answer = bounded(room.command(self.line), case, row);
            let ended = answer.exit == Some(0) || self.is_done_already(&answer);
            answers.push(answer);
            ended
        });
        self.look(&answers, case, row);
        if !ended {
            row.dead_ends += 1;
            row.note(format!("{case}: said again: {:?}", answers.last()));
            return;
        }
        for line in self.after {
            let answer = bounded(room.command(line), case, row);
            self.look(std::slice::from_ref(&answer), case, row);
            match answer.exit {
                Some(0) => {}
                Some(1) => {
                    row.unjudged += 1;
                    row.note(format!("{case}: {line}: {answer:?}"));
                }
                Some(4) => row.note(format!("{case}: {line}: {answer:?}")),
                _ => {
                    row.dead_ends += 1;
                    row.note(format!("{case}: {line}: {answer:?}"));
                }
            }
        }
        if !self.is_there(room) {
            row.lost += 1;
            row.note(format!("{case}: said to its end, and not there, or there twice"));
        }
    }

    /// Reads the state after a fault, before anything is repeated.
    pub fn read(&self, room: &Newsroom, case: &str, row: &mut Row) {
        if !room.has("ledger/journal") {
            return;
        }
        let lines = match room.has("copy/following") {
            true => ["verify copy", "status --ledger copy"],
            false => ["verify", "status"],
        };
        for line in lines {
            let answer = bounded(room.command(line), case, row);
            self.look(std::slice::from_ref(&answer), case, row);
            match answer.exit {
                Some(0 | 4) => {}
                Some(1) => {
                    row.unjudged += 1;
                    row.note(format!("{case}: {line} before: {answer:?}"));
                }
                _ => {
                    row.damage_first += 1;
                    if minutes_given() {
                        eprintln!("damage first: {case}: {line}: {answer:?}");
                    }
                }
            }
        }
    }

    /// A folder that the first command completed is refused by the second one.
    fn is_done_already(&self, answer: &Run) -> bool {
        let makes = ["import", "clone"].iter().any(|name| self.line.starts_with(name));
        makes && answer.err.contains("already")
    }

    fn look(&self, answers: &[Run], case: &str, row: &mut Row) {
        for answer in answers {
            if answer.exit == Some(4) || answer.out.contains("evidence written") {
                row.accused += 1;
                row.note(format!("{case}: accused: {answer:?}"));
            }
        }
    }

    /// Whether the record has all events, and each claim once.
    fn is_there(&self, room: &Newsroom) -> bool {
        let ledger = if room.has("copy/journal") { "copy" } else { "ledger" };
        if ledger == "ledger" && !room.has("ledger/journal") {
            return false;
        }
        let size = format!("size {}, head ", self.events.1);
        let whole = room.command(&format!("verify {ledger} --no-index")).output();
        let whole = whole.expect("annals runs");
        let rows = room.command("replay --format jsonl --ledger").arg(ledger).output();
        let rows = String::from_utf8(rows.expect("annals runs").stdout).expect("text");
        String::from_utf8_lossy(&whole.stdout).contains(&size)
            && self.claims.iter().all(|claim| {
                let said = format!("\"claim\":\"{claim}\"");
                rows.lines().filter(|row| row.contains(&said)).count() == 1
            })
    }
}

fn minutes_given() -> bool {
    crate::torture::table::minutes().is_some()
}

/// The output of a command and its exit code; none if it was killed.
#[derive(Debug)]
pub struct Run {
    pub out: String,
    pub err: String,
    pub exit: Option<i32>,
}

impl From<Answer> for Run {
    fn from(answer: Answer) -> Run {
        Run { out: answer.out, err: answer.err, exit: Some(answer.exit) }
    }
}

/// The time limit of a command; none takes a second.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs a command to its end, or stops it at the limit and counts a failure.
pub fn bounded(mut command: Command, case: &str, row: &mut Row) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let to =
        |name: &str| Stdio::from(std::fs::File::create(folder.path().join(name)).expect("a file"));
    command.stdin(Stdio::null()).stdout(to("out")).stderr(to("err"));
    let mut child = command.spawn().expect("the command starts");
    let began = Instant::now();
    let mut late = false;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if began.elapsed() > LONGEST {
            late = true;
            child.kill().expect("a child");
            break child.wait().expect("a child");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let read = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).expect("a file");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let run = Run { out: read("out"), err: read("err"), exit: status.code() };
    if late || run.err.contains("panicked") || run.exit == Some(101) {
        row.broken += 1;
        row.note(format!("{case}: {}: {run:?}", if late { "did not end" } else { "panicked" }));
    }
    run
}

/// Whether a program is on PATH.
pub fn is_on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .any(|folder: std::path::PathBuf| Path::new(&folder).join(name).is_file())
}
