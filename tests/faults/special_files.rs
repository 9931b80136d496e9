//! Other things in place of an expected file: a link, a named pipe, a folder, a device, a huge
//! file.
//!
//! Always holds: for each of them, in place of any file of a ledger, of its keys, of a bag and of a
//! published record, the answer is right or an error that says what was found, in seconds and with
//! little memory; nothing outside is read into the record, written or removed. A sample is tested;
//! `ANNALS_WHOLE=1` tests all. Not here: files with other bytes (`disk`, `input`).

use crate::faults::newsroom::{Newsroom, copy_folder, fact, newsroom};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// What is put in the place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    /// A link to a file outside that is a copy of the one replaced.
    Link,
    /// A link to a missing name outside.
    Dangling,
    /// A link to itself.
    Itself,
    /// A named pipe that nobody writes to.
    Pipe,
    /// A folder with a file in it.
    Folder,
    /// A device that never ends.
    Device,
    /// The file's own bytes, and zeros up to 2 GiB that use no disk space.
    Giant,
}

const THINGS: [Thing; 7] = [
    Thing::Link,
    Thing::Dangling,
    Thing::Itself,
    Thing::Pipe,
    Thing::Folder,
    Thing::Device,
    Thing::Giant,
];

const GIANT: u64 = (2 << 30) + 1;
/// The maximum time of a command, even on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(40);
/// The maximum memory of a command, in KiB.
const MOST_MEMORY: u64 = 100 << 10;

const READING: [&str; 7] = ["verify", "status", "show 2", "replay", "log", "find met", "log 2"];
const WRITING: [&str; 4] =
    ["append drafts.jsonl", "publish pub", "export --to new", "repair --from other"];

/// The folders in which files are replaced, and the expected messages.
fn parts() -> [(&'static str, Vec<&'static str>, Vec<&'static str>); 4] {
    [
        ("ledger", READING.to_vec(), WRITING.to_vec()),
        ("keys", READING.to_vec(), WRITING.to_vec()),
        ("bag", vec!["verify bag"], vec!["import bag --to new"]),
        ("pub", vec!["verify pub"], vec!["publish pub"]),
    ]
}

/// A ledger, a copy of it, a bag and a published record of it, drafts, and a place outside.
fn room() -> Newsroom {
    static MADE: OnceLock<Newsroom> = OnceLock::new();
    MADE.get_or_init(|| {
        let room = newsroom();
        assert_eq!(room.run("export --to bag").exit, 0);
        assert_eq!(room.run("publish pub").exit, 0);
        copy_folder(&room.path("ledger"), &room.path("other"));
        room.write("drafts.jsonl", fact("Lavrov spoke.", "Lavrov said"));
        fs::create_dir(room.path("outside")).unwrap();
        room.write("outside/canary", "not yours");
        room
    })
    .copy()
}

/// The names of all files in a folder, from the room on, sorted.
fn files(room: &Newsroom, folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![room.path(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(room.folder.path()).unwrap().to_owned()),
            }
        }
    }
    let mut names: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
    names.sort();
    names
}

/// Puts a thing in place of a file; false if this machine does not allow it.
fn strike(room: &Newsroom, name: &str, thing: Thing) -> bool {
    let path = room.path(name);
    let run = |command: &mut Command| {
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if thing == Thing::Giant {
        File::options().write(true).open(path).unwrap().set_len(GIANT).unwrap();
        return true;
    }
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    match thing {
        Thing::Link => {
            fs::write(room.path("outside/victim"), bytes).unwrap();
            symlink(room.path("outside/victim"), path).unwrap();
        }
        Thing::Dangling => symlink(room.path("outside/nowhere"), path).unwrap(),
        Thing::Itself => symlink(path.file_name().unwrap(), &path).unwrap(),
        Thing::Pipe => return run(Command::new("mkfifo").arg(path)),
        Thing::Folder => {
            fs::create_dir(&path).unwrap();
            fs::write(path.join("inside"), "kept").unwrap();
        }
        Thing::Device => return run(Command::new("mknod").arg(path).args(["c", "1", "5"])),
        Thing::Giant => {}
    }
    true
}

/// The metadata of a file, without opening it.
type About = (u32, u64, i64, i64, Option<PathBuf>);

/// The metadata of every name below a folder, except a lock's times.
fn about(folder: &Path) -> BTreeMap<PathBuf, About> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let about = path.symlink_metadata().unwrap();
            let link = fs::read_link(&path).ok();
            let (size, at) = match about.is_dir() {
                true => (0, (0, 0)),
                false => (about.len(), (about.mtime(), about.mtime_nsec())),
            };
            if about.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, (about.mode(), size, at.0, at.1, link));
        }
    }
    found
}

pub struct Ended {
    pub out: String,
    pub err: String,
    /// `None` if it was stopped, by a signal or by the time limit.
    pub exit: Option<i32>,
    /// The maximum memory observed, in KiB.
    pub memory: u64,
}

/// Runs a command, and watches its time and memory.
pub fn watched(room: &Newsroom, line: &str) -> Ended {
    let mut command = room.command(line);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |from: &mut dyn Read| {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (began, mut memory) = (Instant::now(), 0);
    let own = std::env::current_exe().unwrap();
    std::thread::scope(|scope| {
        let out = scope.spawn(move || read(&mut out));
        let err = scope.spawn(move || read(&mut err));
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            // For a moment a new process is still seen with the memory of this one.
            let program = fs::read_link(format!("/proc/{}/exe", child.id()));
            let is_its_own = program.is_ok_and(|program| program != own);
            let seen = fs::read_to_string(format!("/proc/{}/status", child.id()));
            let peak = seen.unwrap_or_default().lines().find_map(|line| {
                line.strip_prefix("VmHWM:")?.trim().trim_end_matches(" kB").parse().ok()
            });
            memory = memory.max(peak.filter(|_| is_its_own).unwrap_or(0));
            if began.elapsed() > MOST_TIME {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let exit = status.and_then(|status| status.code());
        Ended { out: out.join().unwrap(), err: err.join().unwrap(), exit, memory }
    })
}

/// The faults of a command's answer while a thing is in place of a file.
fn wrong(room: &Newsroom, line: &str, (name, thing): (&str, Thing)) -> Vec<String> {
    let before = about(&room.path("outside"));
    let ended = watched(room, line);
    let mut wrong = Vec::new();
    match ended.exit {
        None => wrong.push("it was stopped or did not end".to_owned()),
        Some(0..=5) => {}
        Some(exit) => wrong.push(format!("exit {exit}")),
    }
    if ended.err.contains("panicked") {
        wrong.push("it panicked".to_owned());
    }
    if ended.memory > MOST_MEMORY {
        wrong.push(format!("it took {} KiB of memory", ended.memory));
    }
    // An error, or a fault of a report, names the place: the file, its folder, or a rule.
    let said = format!("{}{}", ended.out, ended.err);
    let last = Path::new(name).file_name().unwrap().to_string_lossy().into_owned();
    if ended.exit != Some(0)
        && ![&*last, "rule ", "/keys", "the store"].iter().any(|named| said.contains(named))
    {
        wrong.push("the error does not say where".to_owned());
    }
    if said.contains("Os {") || said.contains("Custom {") {
        wrong.push("it shows an error of the system as the code has it".to_owned());
    }
    if about(&room.path("outside")) != before {
        wrong.push("something outside was changed".to_owned());
    }
    if !wrong.is_empty() {
        wrong.push(format!("exit {:?}\n{}\n{}", ended.exit, ended.out, ended.err));
    }
    let of = format!("{name} is {thing:?}, {line}");
    wrong.into_iter().map(|why| format!("{of}: {why}")).collect()
}

/// All faults while this thing is in place of this file.
fn tried(folder: usize, (name, thing): (&str, Thing)) -> Vec<String> {
    let (_, reading, writing) = &parts()[folder];
    let mut found = Vec::new();
    let struck = room();
    if !strike(&struck, name, thing) {
        return Vec::new();
    }
    let before = about(struck.folder.path());
    for line in reading {
        found.extend(wrong(&struck, line, (name, thing)));
        if about(struck.folder.path()) != before {
            found.push(format!("{name} is {thing:?}, {line}: a reader changed something"));
            break;
        }
    }
    for line in writing {
        let room = room();
        strike(&room, name, thing);
        found.extend(wrong(&room, line, (name, thing)));
        // A stranger's file with content still exists somewhere.
        if thing == Thing::Folder && name.starts_with("ledger/") && !line.starts_with("publish") {
            let kept = files(&room, "").iter().any(|name| name.ends_with("/inside"));
            if !kept && !name.starts_with("ledger/index") {
                found.push(format!("{name} is {thing:?}, {line}: the folder is gone"));
            }
        }
    }
    found
}

#[test]
fn a_command_answers_or_says_what_stands_where_a_file_is_expected() {
    let whole = std::env::var_os("ANNALS_WHOLE").is_some();
    let room = room();
    let mut cases = Vec::new();
    for (at, (folder, ..)) in parts().iter().enumerate() {
        for name in files(&room, folder) {
            cases.extend(THINGS.map(|thing| (at, name.clone(), thing)));
        }
    }
    // A step that shares no factor with the number of things: each is met, on other files.
    let step = if whole { 1 } else { 41 };
    let cases: Vec<_> = cases.into_iter().step_by(step).collect();
    let (next, found) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let case = next.lock().unwrap().next();
                    let Some((folder, name, thing)) = case else { break };
                    let wrong = tried(*folder, (name, *thing));
                    found.lock().unwrap().extend(wrong);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{} cases\n{}", cases.len(), found.join("\n"));
}
