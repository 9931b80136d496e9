//! An export that is interrupted at any step leaves nothing that resembles a bag, and can be
//! repeated.

use crate::bag::folders::files;
use crate::bag::story::{Story, story};
use annals::archive::bag::read::is_bag;
use annals::archive::bag::target::{BagTarget, FolderBagTarget};
use annals::disk::DiskError;
use annals::keys::KeyFolder;
use annals::ledger::exchange::export::{ExportOptions, export};
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use std::io;
use std::path::Path;
use std::time::Duration;

/// A child process that another test starts may hold our lock for a moment.
const WAIT: Duration = Duration::from_secs(10);

/// A target that stops before one of its steps; as in a crash, written bytes stay.
struct Stopping {
    ground: std::mem::ManuallyDrop<FolderBagTarget>,
    left: usize,
}

impl Stopping {
    fn step(&mut self) -> Result<(), DiskError> {
        let path = Path::new("stopped").to_owned();
        let stopped = DiskError::Io { what: "write", path, cause: io::Error::other("as told") };
        self.left = self.left.checked_sub(1).ok_or(stopped)?;
        Ok(())
    }
}

impl BagTarget for Stopping {
    fn begin(&mut self, name: &str) -> Result<(), DiskError> {
        self.step()?;
        self.ground.begin(name)
    }
    fn add(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        if self.left == 0 {
            // Half of it is written.
            self.ground.add(&bytes[..bytes.len() / 2])?;
        }
        self.step()?;
        self.ground.add(bytes)
    }
    fn end(&mut self) -> Result<(), DiskError> {
        self.step()?;
        self.ground.end()
    }
    fn sync(&mut self) -> Result<(), DiskError> {
        self.step()?;
        self.ground.sync()
    }
    fn finish(&mut self) -> Result<(), DiskError> {
        self.step()?;
        self.ground.finish()
    }
    fn folder(&self) -> &Path {
        self.ground.folder()
    }
}

/// Exports with this number of steps; returns whether it was completed.
fn attempt(story: &Story, steps: usize, until: u64) -> bool {
    let folder = story.folder.path();
    let record = Record::open(Paths::new(folder.join("ledger"), None)).unwrap();
    let keys = KeyFolder::open(&record.paths.keys).unwrap().log_keys().unwrap().keys;
    let asked = ExportOptions { until, jobs: 1, unsigned: false, ..Default::default() };
    let mut ground = FolderBagTarget::open(&folder.join("bag"), WAIT).unwrap();
    if steps == usize::MAX {
        return export(&record, &keys, &asked, &mut ground).is_ok();
    }
    let ground = std::mem::ManuallyDrop::new(ground);
    let mut stopping = Stopping { ground, left: steps };
    let done = export(&record, &keys, &asked, &mut stopping).is_ok();
    // A killed process releases its lock and removes nothing.
    let partial = folder.join(".bag.partial");
    let kept = folder.join("kept");
    if !done {
        std::fs::rename(&partial, &kept).unwrap();
    }
    drop(std::mem::ManuallyDrop::into_inner(stopping.ground));
    if !done {
        std::fs::rename(&kept, &partial).unwrap();
    }
    done
}

#[test]
fn stopped_before_each_step_no_bag_is_there_and_the_next_export_is_whole() {
    stopped_before_steps(14, 1);
}

#[test]
fn nor_is_a_bag_of_a_point() {
    stopped_before_steps(6, 7);
}

/// Stops before the first step, and then before every `stride`-th one.
fn stopped_before_steps(until: u64, stride: usize) {
    let story = story();
    let folder = story.folder.path();
    let partial = folder.join(".bag.partial");
    story.told(&format!("export --to whole --as-of {}", until - 1));
    // The lock, which exists until the bag has its name.
    let all = files(&folder.join("whole")).len() + 1;
    let mut steps = 0;
    while !attempt(&story, steps, until) {
        assert!(!folder.join("bag").exists(), "after {steps} steps");
        // All files exist, the declaration last: only the bag's name is missing.
        let whole = files(&partial).len() == all;
        assert!(!is_bag(&partial).unwrap() || whole, "after {steps} steps");
        if steps.is_multiple_of(stride.max(5)) && !whole {
            let refused = story.run("verify .bag.partial");
            let there = partial.join("data/ledger").is_dir();
            let said = !there || refused.err.contains("an export was interrupted here");
            assert!(refused.exit == 2 && said, "after {steps} steps: {}", refused.err);
        }
        steps += stride;
    }
    assert!(steps > 60, "each of {steps} steps was the last one");
    let done = files(&folder.join("bag"));
    assert_eq!(files(&folder.join("whole")), done);
    std::fs::rename(folder.join("bag"), folder.join("first")).unwrap();
    assert!(!attempt(&story, steps / 2, until));
    assert!(attempt(&story, usize::MAX, until));
    assert_eq!(files(&folder.join("bag")), done);
    assert!(!folder.join(".bag.partial").exists());
    story.told("verify bag");
}

#[test]
fn an_export_that_fails_leaves_nothing_behind() {
    let story = story();
    let folder = story.folder.path();
    let record = Record::open(Paths::new(folder.join("ledger"), None)).unwrap();
    let asked =
        ExportOptions { until: record.size(), jobs: 1, unsigned: false, ..Default::default() };
    let mut ground = FolderBagTarget::open(&folder.join("bag"), WAIT).unwrap();
    assert!(export(&record, &[], &asked, &mut ground).is_err(), "there is no log key");
    drop(ground);
    assert!(!folder.join("bag").exists() && !folder.join(".bag.partial").exists());
}

#[test]
fn two_exports_of_one_name_do_not_mix() {
    let story = story();
    let bag = story.folder.path().join("bag");
    let ground = FolderBagTarget::open(&bag, WAIT).unwrap();
    let second = FolderBagTarget::open(&bag, Duration::ZERO);
    assert!(matches!(second, Err(DiskError::Held { .. })));
    drop(ground);
    let answer = story.run("export --to bag");
    assert_eq!(answer.exit, 0, "{}", answer.err);
}

#[test]
fn a_process_that_is_killed_leaves_no_bag_and_the_next_one_is_whole() {
    let story = story();
    let folder = story.folder.path();
    story.told("export --to whole");
    let whole = files(&folder.join("whole"));
    let (bag, partial) = (folder.join("bag"), folder.join(".bag.partial"));
    // Killed as soon as this file exists; a faster process has completed the bag.
    for seen in ["data/ledger/journal", "data/tile", "data/premis.xml", "bag-info.txt", "bagit.txt"]
    {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(folder).args(["export", "--to", "bag"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut exporting = command.spawn().unwrap();
        while !partial.join(seen).exists() && exporting.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        exporting.kill().unwrap();
        exporting.wait().unwrap();
        match bag.exists() {
            true => {
                let mut left = files(&bag);
                left.remove(".lock");
                assert!(left == whole, "killed at {seen}");
            }
            false => {
                assert!(!is_bag(&partial).unwrap() || files(&partial).len() == whole.len() + 1)
            }
        }
        let _ = std::fs::remove_dir_all(&bag);
        story.told("export --to bag");
        assert!(files(&bag) == whole, "after one that was killed at {seen}");
        assert!(!partial.exists());
        std::fs::remove_dir_all(&bag).unwrap();
    }
}
