//! Copies that follow a published record: made by a clone, brought up to date by a pull.
//!
//! ```text
//! clone   a folder beside, with the mark of the copy ─► pull ─► its name
//! pull    the checkpoint ─► verified (`pull_verdict`) ─► written (`commit`) ─► the mark
//! ```
//!
//! Always holds: nothing is part of a copy before the verifier of `annals verify` has taken it and
//! its tree is that of a checkpoint that the record's own log key signed. A copy that refuses is
//! left as it was. Stopped at any moment, the next clone or pull goes on: what a server sent is
//! kept in `.pull` until the copy is up to date. No log key signs here. Not here: a copy that does
//! not follow (`published_copy`).
//! Source: FORMAT.md section 9, "Following copy".

mod commit;
mod contradiction;
mod joined_source;
mod pull_verdict;
pub mod stamp_key;

use crate::archive::bag::target::expect_remains;
use crate::archive::cache::CachePlace;
use crate::archive::published::PublishedSource;
use crate::archive::web::{is_busy, is_end};
use crate::disk::lock::{Lock, LockWait};
use crate::disk::open::is_folder;
use crate::disk::temporary::remove_unfinished;
use crate::disk::{self, FileMode};
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected};
use crate::ledger::folder_kind::expect_free_ground;
use crate::ledger::following::{FollowingMark, FoundEvidence};
use crate::ledger::paths::{ATTRIBUTES, NO_TEXT, Paths};
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::reader::{self, covered};
use annals_core::key::SecretKey;
use annals_core::time::Time;
use annals_core::tlog::{Checkpoint, Note};
use annals_core::verify::source::Source;
use commit::CopyCommit;
use contradiction::Contradiction;
use pull_verdict::{JudgedPull, StampedCopy, WholeJudging};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How often what is published is read again if it changes meanwhile.
const LOOKS: usize = 8;
/// The pauses before a server is asked again that was busy or ended a connection.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];

/// How much of a copy is verified by a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullDepth {
    /// What is new, if the last pull left the copy verified.
    New,
    /// All of it.
    Whole,
}

/// The options of a clone and of a pull.
#[derive(Clone, Copy)]
pub struct PullOptions<'a> {
    /// Number of threads that verify.
    pub jobs: usize,
    /// How long to wait for another clone or pull of the same copy.
    pub wait: LockWait,
    /// How much is verified.
    pub depth: PullDepth,
    /// The key that stamps the copy; without it each pull verifies all of it.
    pub key: Option<&'a SecretKey>,
    /// The time of the pull.
    pub now: Time,
    /// Called periodically with the number of events that are verified.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

impl<'a> PullOptions<'a> {
    /// These options with the key that stamps the copy, if any, and with a progress callback.
    pub fn with(
        self,
        key: Option<&'a SecretKey>,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> PullOptions<'a> {
        PullOptions { key, progress: Some(progress), ..self }
    }
}

/// What a clone or a pull did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullOutcome {
    /// Where the record is published.
    pub place: String,
    /// The name of the record.
    pub origin: String,
    /// The number of events of the copy before.
    pub before: u64,
    /// The number of events of the copy now.
    pub size: u64,
    /// How much was verified; `None` if the copy was up to date.
    pub verified: Option<PullDepth>,
}

/// Makes a copy of a published record in a folder that is not there yet, or empty.
///
/// Errors: something is in the folder; the published record does not verify whole.
pub fn clone_published(
    place: &PublishedPlace,
    paths: &Paths,
    options: PullOptions<'_>,
) -> Result<PullOutcome, LedgerError> {
    let mut kept = vec![ProtectedPlace::Keys(&paths.keys)];
    if let PublishedPlace::Folder(folder) = place {
        kept.push(ProtectedPlace::Published(folder));
    }
    expect_unprotected(&paths.ledger, &kept)?;
    expect_free_ground(&paths.ledger)?;
    expect_free(paths)?;
    expect_elsewhere(&paths.ledger)?;
    let following = FollowingMark::new(place)?;
    let partial = partial_paths(paths)?;
    let above = disk::parent(&partial.ledger);
    fs::create_dir_all(above).map_err(disk::error("make folder", above))?;
    is_folder(&partial.ledger).map_err(disk::error("look into", &partial.ledger))?;
    disk::ensure_folder(&partial.ledger)?;
    expect_remains(&partial.ledger, "lock")?;
    let lock = partial.take_lock(options.wait);
    // Another one finished while this one waited.
    expect_free(paths)?;
    let mut lock = lock?;
    let begun = FollowingMark::of(&partial).ok().flatten();
    // One that was stopped before its last step has the time of its pull.
    if begun.map(|begun| begun.place) != Some(following.place.clone()) {
        // What is left of the clone of another place.
        begin_anew(&partial, &following)?;
    }
    remove_marks(&partial)?;
    disk::replace(&partial.ledger.join(ATTRIBUTES), NO_TEXT.as_bytes(), FileMode::Shared)?;
    let brought = bring_up_to_date(&partial, following.clone(), options, &mut lock);
    let outcome = match brought {
        // What remains of an earlier try does not fit. This copy is not in use yet, so it is
        // cloned again from what is published alone.
        Err(error) if is_of_remains(&error) => {
            begin_anew(&partial, &following)?;
            bring_up_to_date(&partial, following, options, &mut lock)?
        }
        brought => brought?,
    };
    if disk::is_folder_at(&paths.ledger)? {
        fs::remove_dir(&paths.ledger).map_err(disk::error("replace", &paths.ledger))?;
    }
    let renamed = disk::rename_new(&partial.ledger, &paths.ledger);
    renamed.map_err(disk::error("rename to", &paths.ledger))?;
    disk::sync_name(&paths.ledger)?;
    Ok(outcome)
}

/// Empties the folder of a clone that was stopped.
fn begin_anew(partial: &Paths, following: &FollowingMark) -> Result<(), LedgerError> {
    for file in [partial.checkpoint(), partial.following_pin(), partial.following_evidence()] {
        disk::remove_optional(&file)?;
    }
    for name in ["journal", "document", "db", "index", ".pull"] {
        disk::remove_folder_optional(&partial.ledger.join(name))?;
    }
    Ok(following.write(partial)?)
}

/// Removes what a clone does not write, and what would make another ledger of the copy.
fn remove_marks(partial: &Paths) -> Result<(), LedgerError> {
    for file in [partial.imported(), partial.home(), partial.checkpoints()] {
        disk::remove_optional(&file)?;
    }
    Ok(())
}

/// Whether an error says that what a stopped clone left is damaged, or not of what is published.
fn is_of_remains(error: &LedgerError) -> bool {
    matches!(
        error,
        LedgerError::NotContinued { .. }
            | LedgerError::AnotherRecord { .. }
            | LedgerError::PublishedBehind { .. }
            | LedgerError::Faulty(_)
            | LedgerError::Short { .. }
            | LedgerError::Journal(_)
            | LedgerError::Source(_)
    )
}

/// Brings a copy up to date with the published record that it follows.
///
/// Errors: the ledger follows none; what is published is not whole, or no continuation of the copy.
pub fn pull(paths: &Paths, options: PullOptions<'_>) -> Result<PullOutcome, LedgerError> {
    paths.expect_ledger()?;
    let not = || LedgerError::NotFollowing(paths.ledger.clone());
    FollowingMark::of(paths)?.ok_or_else(not)?;
    let mut lock = paths.take_lock(options.wait)?;
    let following = FollowingMark::of(paths)?.ok_or_else(not)?;
    bring_up_to_date(paths, following, options, &mut lock)
}

/// Refuses a folder in which something is.
fn expect_free(paths: &Paths) -> Result<(), LedgerError> {
    if !disk::is_there(&paths.ledger)? {
        return Ok(());
    }
    let is_folder = disk::is_folder_at(&paths.ledger)?;
    if is_folder {
        let listed = fs::read_dir(&paths.ledger);
        let mut listed = listed.map_err(disk::error("list", &paths.ledger))?;
        if listed.next().is_none() {
            return Ok(());
        }
    }
    let advice = match is_folder && FollowingMark::is_at(paths)? {
        true => "annals pull brings a copy up to date",
        false => "name a folder that is not there, or is empty",
    };
    Err(LedgerError::Stopped { path: paths.ledger.clone(), advice: advice.to_owned() })
}

/// Refuses the folder in which the command runs: the whole copy is put in its place.
fn expect_elsewhere(ledger: &Path) -> Result<(), LedgerError> {
    let (Ok(here), Ok(named)) = (std::env::current_dir(), ledger.canonicalize()) else {
        return Ok(());
    };
    let Some(name) = named.file_name().filter(|_| here == named) else { return Ok(()) };
    Err(LedgerError::Usage(format!(
        "expected another folder for the copy than the one in which this runs, {}, which it would \
         replace: run it in the folder above, with the name {}",
        here.display(),
        name.to_string_lossy()
    )))
}

/// The folder beside the copy in which it is made.
fn partial_paths(paths: &Paths) -> Result<Paths, LedgerError> {
    let name = paths.ledger.file_name().ok_or_else(|| {
        LedgerError::Usage(format!(
            "expected the name of a folder that is not there yet, found {}",
            paths.ledger.display()
        ))
    })?;
    let partial = paths.ledger.with_file_name(format!(".{}.clone", name.to_string_lossy()));
    Ok(Paths::new(partial, Some(paths.keys.clone())))
}

/// Verifies and writes what is new, and notes the time. The lock is held. Where a server is busy or
/// ends a connection it is asked again, after a pause; what came of it is kept meanwhile.
fn bring_up_to_date(
    paths: &Paths,
    following: FollowingMark,
    options: PullOptions<'_>,
    lock: &mut Lock,
) -> Result<PullOutcome, LedgerError> {
    for pause in PAUSES {
        match bring_once(paths, &following, options, lock) {
            Err(LedgerError::Elsewhere(error)) if is_end(&error.cause) || is_busy(&error.cause) => {
                thread::sleep(pause);
            }
            brought => return brought,
        }
    }
    bring_once(paths, &following, options, lock)
}

fn bring_once(
    paths: &Paths,
    following: &FollowingMark,
    options: PullOptions<'_>,
    lock: &mut Lock,
) -> Result<PullOutcome, LedgerError> {
    let place = following.published_place();
    let published = place.open(&CachePlace::Below(paths.pulling()))?;
    let mut published = published.with_documents_not_in(paths.documents());
    published.expect_checkpoint_as_signed().map_err(LedgerError::Elsewhere)?;
    for folder in [&paths.ledger, &paths.documents(), &paths.ledger.join("journal")] {
        remove_unfinished(folder);
    }
    let mut copy = Copy::open(paths)?;
    let before = copy.size();
    place.catch_up(&mut published, before).map_err(LedgerError::Elsewhere)?;
    let stamped = match options.key.filter(|_| options.depth == PullDepth::New) {
        Some(key) => StampedCopy::of(paths, key)?,
        None => None,
    };
    let verified = match stamped {
        Some(_) if published.checkpoint() == copy.note.as_deref() => None,
        stamped => Some(copy.pull(stamped, &mut published, following, options, lock)?),
    };
    let size = covered(reader::checkpoint(paths)?.as_deref()).unwrap_or(0);
    let origin = Copy::open(paths)?.signed.map(|signed| signed.origin).unwrap_or_default();
    FollowingMark { pulled: Some(options.now), ..following.clone() }.write(paths)?;
    FoundEvidence::set_aside(paths)?;
    disk::remove_folder_optional(&paths.pulling())?;
    disk::remove_optional(&paths.following_pin())?;
    Ok(PullOutcome { place: following.shown_place(), origin, before, size, verified })
}

/// A copy before a pull.
struct Copy<'a> {
    paths: &'a Paths,
    /// Its events; `None` if it has no journal yet.
    own: Option<Journal>,
    /// Its checkpoint.
    note: Option<Vec<u8>>,
    /// The values of the checkpoint.
    signed: Option<Checkpoint>,
}

impl<'a> Copy<'a> {
    fn open(paths: &'a Paths) -> Result<Copy<'a>, LedgerError> {
        let note = reader::checkpoint(paths)?;
        let signed = note.as_deref().and_then(Note::parse);
        let signed = signed.and_then(|note| Checkpoint::parse(&note.text));
        let is_begun = disk::is_folder_at(&paths.ledger.join("journal"))?;
        let own = match is_begun {
            true => {
                let own = Journal::open(&paths.ledger, covered(note.as_deref()))?;
                own.expect_end()?;
                Some(own)
            }
            false => None,
        };
        let size = own.as_ref().map_or(0, Journal::size);
        match &signed {
            Some(signed) if signed.size > size => {
                Err(LedgerError::Short { signed: signed.size, size })
            }
            _ => Ok(Copy { paths, own, note, signed }),
        }
    }

    fn size(&self) -> u64 {
        self.own.as_ref().map_or(0, Journal::size)
    }

    /// Verifies what is new, in one way or the other, and writes it; how much was verified.
    fn pull(
        &mut self,
        stamped: Option<StampedCopy>,
        published: &mut PublishedSource,
        following: &FollowingMark,
        options: PullOptions<'_>,
        lock: &mut Lock,
    ) -> Result<PullDepth, LedgerError> {
        let (paths, key) = (self.paths, options.key);
        let own = self.own.take();
        if let Some(mut stamped) = stamped
            && let Some(judged) = stamped.judge(published)?
        {
            CopyCommit { paths, published, judged: &judged, key, lock }
                .write(own, Some(&stamped))?;
            return Ok(PullDepth::New);
        }
        let judged = match self.judge_whole(own.as_ref(), published, options)? {
            Some(judged) => judged,
            None => {
                let (place, jobs) = (&*following.shown_place(), options.jobs);
                let own = own.as_ref().filter(|own| own.size() > 0);
                let error = Contradiction { paths, own, published, place, jobs }.error();
                if !matches!(error, LedgerError::Elsewhere(_)) {
                    // Nothing of what was read is used again.
                    disk::remove_folder_optional(&paths.pulling())?;
                }
                return Err(error);
            }
        };
        CopyCommit { paths, published, judged: &judged, key, lock }.write(own, None)?;
        Ok(PullDepth::Whole)
    }

    /// The verdict on all of it; `None` where it has a fault.
    fn judge_whole(
        &self,
        own: Option<&Journal>,
        published: &mut PublishedSource,
        options: PullOptions<'_>,
    ) -> Result<Option<JudgedPull>, LedgerError> {
        let PullOptions { jobs, progress, .. } = options;
        for _ in 0..LOOKS {
            let signed = self.signed.as_ref();
            let judging = WholeJudging { own, signed, published, jobs, progress };
            if let Ok(judged) = judging.judge()? {
                return Ok(Some(judged));
            }
            // What is kept may be damaged, or somebody published meanwhile.
            let was_kept = published.forget();
            let is_other = published.look_again().map_err(LedgerError::Elsewhere)?;
            if !(was_kept || is_other) {
                break;
            }
        }
        Ok(None)
    }
}
