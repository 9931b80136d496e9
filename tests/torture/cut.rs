//! A power cut: the disk then holds what was synced, and little else.
//!
//! The folder is on an ext4 file system in a file, mounted as a loop device that commits by itself
//! only after minutes. A case runs a command, mostly with a fault at one of its system calls,
//! repeats it or not, and copies the file at that moment: what the file system never wrote to its
//! device is lost, as in a power cut. The copy is mounted, the command is run there again, and
//! every event acknowledged before the cut must be recorded. Needs root and loop devices; without
//! them these tests are omitted with a message.

use crate::faults::newsroom::{Newsroom, copy_folder};
use crate::torture::calls::{Call, Fault, calls, has_strace, run_with, spread};
use crate::torture::scenario::{SCENARIOS, Scenario, bounded};
use crate::torture::table::{Row, minutes};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Size of the file system in bytes; mkfs needs some megabytes for itself.
const BYTES: u64 = 48 << 20;

/// A file system in a file, mounted.
struct Disk {
    image: PathBuf,
    at: PathBuf,
}

fn done(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

impl Disk {
    /// Mounts an image at a new folder beside it.
    fn mount(image: &Path) -> Option<Disk> {
        let at = image.with_extension("mounted");
        std::fs::create_dir_all(&at).ok()?;
        // Other tests take loop devices at the same time: the one that mount chose may be taken.
        for _ in 0..40 {
            let mut mount = Command::new("mount");
            // Nothing is written back by the timer; only synced data reaches the device.
            mount.args(["-o", "loop,commit=3000,noatime"]).arg(image).arg(&at);
            if done(&mut mount) {
                return Some(Disk { image: image.to_owned(), at });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }

    /// The present bytes of the device, as another image.
    fn cut(&self, to: &Path) {
        let mut copy = Command::new("cp");
        copy.arg("--sparse=always").arg(&self.image).arg(to);
        assert!(done(&mut copy), "cannot copy {}", self.image.display());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        for _ in 0..40 {
            if done(Command::new("umount").arg(&self.at)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Makes an image with this folder in it, all of it synced; `None` if that is not possible.
fn image(folder: &Path, to: &Path) -> Option<()> {
    let file = std::fs::File::create(to).ok()?;
    file.set_len(BYTES).ok()?;
    let mut make = Command::new("mkfs.ext4");
    if !done(make.args(["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"]).arg(to)) {
        return None;
    }
    let disk = Disk::mount(to)?;
    copy_folder(folder, &disk.at.join("room"));
    Some(())
}

/// The room under this name on a mounted disk, in a folder that is removed with it.
fn room_on(disk: &Disk, name: &str) -> Newsroom {
    let folder = tempfile::Builder::new().prefix("run").tempdir_in(&disk.at).expect("a folder");
    let room = Newsroom { folder };
    for entry in std::fs::read_dir(disk.at.join(name)).expect("the room is there") {
        let path = entry.expect("an entry").path();
        std::fs::rename(&path, room.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    // All of the start is on the disk; the cut must only lose later data.
    assert!(done(Command::new("sync").arg("-f").arg(&disk.at)));
    room
}

/// When the power is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// At the fault.
    AtTheFault,
    /// After the same command was run again.
    AfterTheNext,
}

/// A fault, and when the power is cut.
#[derive(Clone, Copy)]
struct Case<'a> {
    call: &'a Call,
    fault: Fault,
    when: When,
}

fn cut(scenario: &Scenario, share: f64, sample: usize) {
    if !has_strace() {
        return;
    }
    let base = scenario.room();
    let folder = tempfile::tempdir().expect("a folder");
    let template = folder.path().join("template");
    if image(base.folder.path(), &template).is_none() {
        eprintln!(
            "NOT RUN: no file system could be made and mounted here (that needs root, mkfs.ext4 \
             and loop devices): no power was cut"
        );
        return;
    }
    // Syncs decide what survives a cut: these calls come first, and the short form samples them
    // only.
    let syncs = calls(&base, scenario.line, "fsync,fdatasync,rename");
    let others = calls(&base, scenario.line, "openat,write,pwrite64,ftruncate,unlink,mkdir");
    let mut cases: Vec<Case> = Vec::new();
    for calls in [&syncs, &others] {
        for when in [When::AfterTheNext, When::AtTheFault] {
            for fault in [Fault::Kill, Fault::Eio] {
                cases.extend(calls.iter().map(|call| Case { call, fault, when }));
            }
        }
    }
    let first = syncs.len() * 4;
    let time = minutes().map(|minutes| Duration::from_secs_f64(minutes * 60.0 * share));
    let mut row = Row::new(format!("{}: fault, again, power cut", scenario.name));
    row.all = cases.len() as u64;
    let began = std::time::Instant::now();
    for case in spread(&cases[..first], time, sample) {
        one(scenario, folder.path(), case, &mut row);
    }
    if let Some(rest) = time.and_then(|time| time.checked_sub(began.elapsed())) {
        for case in spread(&cases[first..], Some(rest), sample) {
            one(scenario, folder.path(), case, &mut row);
        }
    }
    row.finish();
}

fn one(scenario: &Scenario, folder: &Path, case: Case<'_>, row: &mut Row) {
    let Case { call, fault, when } = case;
    let Call { name, number } = call;
    let case = &format!("{}: {fault:?} at {name} {number}, power cut {when:?}", scenario.line);
    row.cases += 1;
    let (work, after) = (folder.join("work"), folder.join("after"));
    let mut copy = Command::new("cp");
    copy.arg("--sparse=always").arg(folder.join("template")).arg(&work);
    assert!(done(&mut copy), "{case}: cannot copy the image");
    let disk = Disk::mount(&work).expect("it was mounted before");
    let room = room_on(&disk, "room");
    let run = run_with(&room, scenario.line, call, fault, row);
    let mut acknowledged = scenario.acknowledges(&run);
    if when == When::AfterTheNext {
        let again = bounded(room.command(scenario.line), case, row);
        acknowledged |= scenario.acknowledges(&again);
    }
    disk.cut(&after);
    row.acknowledged += u64::from(acknowledged);
    let name = room.folder.path().file_name().unwrap().to_str().unwrap().to_owned();
    drop(room);
    drop(disk);
    let disk = Disk::mount(&after).expect("ext4 recovers its own journal");
    let room = room_on(&disk, &name);
    scenario.read(&room, case, row);
    scenario.end(&room, acknowledged, case, row);
    drop(room);
}

#[test]
fn an_append_outlives_a_power_cut() {
    cut(&SCENARIOS[0], 0.15, 60);
}

#[test]
fn a_rekey_outlives_a_power_cut() {
    cut(&SCENARIOS[1], 0.1, 12);
}

#[test]
fn a_publication_outlives_a_power_cut() {
    cut(&SCENARIOS[2], 0.1, 12);
}

#[test]
fn an_import_outlives_a_power_cut() {
    cut(&SCENARIOS[3], 0.05, 8);
}

#[test]
fn a_clone_outlives_a_power_cut() {
    cut(&SCENARIOS[5], 0.05, 6);
}

#[test]
fn a_pull_outlives_a_power_cut() {
    cut(&SCENARIOS[6], 0.05, 8);
}
