//! The kind of a folder that is not the one a command expects, in words with what to do.
//!
//! Always holds: nothing is written; a folder of no known kind has no words. Ledgers in a folder
//! are looked for one level deep. Not here: whether a folder is a published record
//! (`published_place`).

use crate::archive::bag::PAYLOAD;
use crate::archive::bag::read::is_bag;
use crate::archive::web::shown_address;
use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS};
use crate::disk::real_path::real_path;
use crate::disk::{self, DiskError, Links, PathKind, is_folder_at, is_there, kind};
use crate::ledger::error::LedgerError;
use crate::ledger::file_kind::FileKind;
use crate::ledger::shell_word::{shell_path, shell_word};
use annals_core::text::in_quotes;
use std::path::{Path, PathBuf};

/// How far above a folder is looked for what it is inside of.
const ABOVE: usize = 16;
/// How many names of a folder are looked at for ledgers.
const LOOKED_AT: usize = 10_000;
/// How many names of a folder are looked at for files of annals' own.
const FILES: usize = 64;
/// How much of each is read, in bytes.
const FILE_START: u64 = 4_096;
/// The kinds of files that are handed over, those that `verify` reads first.
const HANDED_OVER: [FileKind; 6] = [
    FileKind::Proof,
    FileKind::Evidence,
    FileKind::C2spProof,
    FileKind::Pin,
    FileKind::Receipt,
    FileKind::Request,
];
/// How many ledgers are named.
const NAMED: usize = 5;
/// The folders of a ledger.
const OF_LEDGER: [&str; 4] = ["journal", "document", "db", "index"];
/// What a folder of keys is called.
pub const KEYS: &str = "the folder of keys";
/// The first file of a ledger's journal.
pub const FIRST_LOG: &str = "journal/00000000000000000000.log";
/// The folders of a published record.
const OF_PUBLISHED: [&str; 3] = ["tile", BODIES, DOCUMENTS];
/// The folders beside keys.
const OF_KEYS: [&str; 2] = ["outbox", "drafts"];

/// The kind of a folder that is no ledger, and what to do with it.
pub fn other_kind(folder: &Path) -> Result<Option<String>, DiskError> {
    let there = |name: &str| is_there(&folder.join(name));
    let data = is_folder_at(&folder.join(PAYLOAD))?;
    if there("bagit.txt")? || data && there("data/ledger")? {
        return Ok(Some(format!("a bag: {}", of_bag(folder))));
    }
    if let Some(inside) = inside(folder)? {
        return Ok(Some(inside));
    }
    if is_payload(folder)? {
        return Ok(Some(
            "the data of a bag without the rest of it: the lists of its files and their signature \
             are beside the folder data"
                .to_owned(),
        ));
    }
    if there("tile")? || lost_its_tiles(folder)? {
        return Ok(Some(published(folder)));
    }
    if let Some(above) = above_ledgers(folder)? {
        return Ok(Some(above));
    }
    if is_of_keys(folder)? {
        let what = "a folder of keys; a ledger is the folder that the journal is in";
        return Ok(Some(what.to_owned()));
    }
    match above_handed_over(folder) {
        Some(above) => Ok(Some(above)),
        None => Ok(of_files(folder)),
    }
}

/// That a folder has files of annals' own and no ledger: which one, and what checks it. Only its
/// first files are looked at.
fn of_files(folder: &Path) -> Option<String> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten().take(FILES);
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.path()).collect();
    paths.sort();
    let known = |path: &PathBuf| {
        let bytes = disk::read_up_to(path, FILE_START).ok()?;
        let kind = FileKind::of(&bytes).filter(|kind| HANDED_OVER.contains(kind))?;
        Some((path.clone(), kind))
    };
    let mut found: Vec<(PathBuf, FileKind)> = paths.iter().filter_map(known).collect();
    found.sort_by_key(|(_, kind)| HANDED_OVER.iter().position(|it| it == kind));
    let (path, kind) = found.first()?;
    let checks = match kind {
        FileKind::Proof | FileKind::Evidence => {
            format!(": annals verify {} checks it", shell_path(path))
        }
        _ => String::new(),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = in_quotes(&name);
    Some(format!(
        "a folder with {}, {name}{checks}; a ledger is the folder that the journal is in",
        kind.name()
    ))
}

/// That a folder is above ledgers: which they are.
fn above_ledgers(folder: &Path) -> Result<Option<String>, DiskError> {
    let mut inside = ledgers_in(folder);
    let usual = folder.join("ledger");
    let is_usual = is_folder_at(&usual)? && is_there(&usual.join("journal"))?;
    if is_usual && !inside.contains(&usual) {
        inside.push(usual);
        inside.sort();
    }
    Ok(match inside.as_slice() {
        [] => None,
        [one] => {
            Some(format!("the folder above the ledger at {}: name that folder", one.display()))
        }
        several => {
            let several = named_ledgers(several);
            Some(format!("the folder above the ledgers at {several}: name one of these"))
        }
    })
}

/// That a folder is above bags or published records: the first of them.
fn above_handed_over(folder: &Path) -> Option<String> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_AT);
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.path()).collect();
    paths.retain(|path| matches!(kind(path, Links::Refuse), Ok(Some(PathKind::Folder))));
    paths.sort();
    let name = |path: &PathBuf| {
        let is = |found: Result<bool, DiskError>| found.unwrap_or(false);
        let what = match () {
            () if is(is_bag(path)) => "bag",
            () if is(is_published(path)) => "published record",
            () => return None,
        };
        Some(format!("the folder above the {what} at {}: name that folder", path.display()))
    };
    paths.iter().find_map(name)
}

/// The ledgers in a folder, in order: each of its folders that is one, or in which one has the
/// usual name. No link is followed, and a name that begins with a dot is that of unfinished work. A
/// folder that cannot be listed has none.
pub fn ledgers_in(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_AT);
    let named = listed.filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    let is_one = |path: &PathBuf| {
        matches!(kind(path, Links::Refuse), Ok(Some(PathKind::Folder)))
            && is_ledger(path).unwrap_or(false)
    };
    let ledger = |folder: PathBuf| {
        let is_folder = matches!(kind(&folder, Links::Refuse), Ok(Some(PathKind::Folder)));
        let usual = folder.join("ledger");
        [folder, usual].into_iter().filter(|_| is_folder).find(is_one)
    };
    let mut found: Vec<PathBuf> = named.filter_map(|entry| ledger(entry.path())).collect();
    found.sort();
    found
}

/// What to do where there is no ledger, by those beside it.
pub fn other_ledgers(beside: &[PathBuf]) -> String {
    let named = named_ledgers(beside);
    match beside.len() {
        0 => "annals init makes one, --ledger DIR names another".to_owned(),
        1 => format!("found another at {named}: --ledger DIR names it"),
        _ => format!("found others at {named}: --ledger DIR names one of these"),
    }
}

/// The paths of ledgers in words; of many, how many more there are.
fn named_ledgers(ledgers: &[PathBuf]) -> String {
    let mut named: Vec<String> =
        ledgers.iter().take(NAMED).map(|ledger| ledger.display().to_string()).collect();
    let last = match ledgers.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => Some(format!("{more} more")),
        None => named.pop(),
    };
    let last = last.unwrap_or_default();
    if named.is_empty() { last } else { format!("{} and {last}", named.join(", ")) }
}

/// Whether a folder of any name is a ledger: a journal alone may be that of another program, and a
/// ledger that lost its journal has store and checkpoint.
pub fn is_ledger(folder: &Path) -> Result<bool, DiskError> {
    if is_folder_at(&folder.join("journal"))? && is_there(&folder.join(FIRST_LOG))? {
        return Ok(true);
    }
    Ok(is_there(&folder.join(CHECKPOINT))? && is_there(&folder.join("db"))?)
}

/// Whether a folder is what is left of a ledger: it has some of the files that only a ledger has.
pub fn is_left_of_ledger(folder: &Path) -> Result<bool, DiskError> {
    for name in ["journal", CHECKPOINT, "db"] {
        if is_folder_at(folder)? && is_there(&folder.join(name))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The kind of a folder where a published record or a bag was expected: it may be a ledger.
pub fn any_kind(folder: &Path) -> Result<Option<String>, DiskError> {
    if !is_folder_at(folder)? {
        return Ok(None);
    }
    if !is_folder_at(&folder.join("journal"))? {
        return other_kind(folder);
    }
    Ok(Some(format!(
        "a ledger: annals publish DIR --ledger {0} publishes it, annals export --to BAG --ledger \
         {0} makes a bag of it",
        shell_path(folder)
    )))
}

/// That a place is a published record, and what to do.
pub fn published(place: &Path) -> String {
    let address = shell_word(&shown_address(&place.to_string_lossy()));
    let copy = match place.to_string_lossy().contains("://") {
        true => format!(
            "; where annals serve answers there, annals clone {address} makes a copy in which this \
             can be said"
        ),
        false => String::new(),
    };
    format!(
        "a published record, which is only read: annals verify {address} checks it, annals import \
         {address} --to LEDGER makes a ledger of it to read; to write, name the ledger that it is \
         published from{copy}"
    )
}

/// Whether a folder is a published record that has no tiles any more, as where a transfer stopped:
/// no other folder has a checkpoint beside bodies.
pub fn lost_its_tiles(folder: &Path) -> Result<bool, DiskError> {
    Ok(!is_folder_at(&folder.join("tile"))?
        && is_folder_at(&folder.join(BODIES))?
        && is_there(&folder.join(CHECKPOINT))?
        && !is_there(&folder.join("db"))?)
}

/// Whether a folder is the data of a bag: it has tiles as a published record has, beside a ledger
/// and without a checkpoint.
pub fn is_payload(folder: &Path) -> Result<bool, DiskError> {
    Ok(is_folder_at(&folder.join("tile"))?
        && is_folder_at(&folder.join("ledger"))?
        && !is_there(&folder.join("checkpoint"))?)
}

/// The bag around a ledger's folder, by whatever name or link the folder is given.
pub fn bag_around(ledger: &Path) -> Result<Option<PathBuf>, DiskError> {
    let whole = real_path(ledger)?;
    let mut above = whole.ancestors().skip(1);
    let (Some(data), Some(bag)) = (above.next(), above.next()) else { return Ok(None) };
    let named = whole.ends_with("ledger") && data.ends_with(PAYLOAD);
    Ok((named && is_bag(bag)?).then(|| shown(bag)))
}

/// Refuses the ledger of a bag where something is written: the bag would not be the signed one.
pub fn expect_no_bag(ledger: &Path) -> Result<(), LedgerError> {
    match bag_around(ledger)? {
        None => Ok(()),
        Some(bag) => {
            let found =
                format!("that of the bag {}, which is only read: {}", bag.display(), of_bag(&bag));
            Err(LedgerError::AnotherFolder(ledger.to_owned(), found))
        }
    }
}

fn of_bag(bag: &Path) -> String {
    format!(
        "annals verify {0} checks it, annals import {0} --to LEDGER makes a ledger of it to read",
        shell_path(bag)
    )
}

/// Whether a folder is a bag or a published record: a command that runs in it is not about a ledger
/// above it.
pub fn is_handed_over(folder: &Path) -> Result<bool, DiskError> {
    Ok(is_bag(folder)? || is_published(folder)?)
}

fn is_published(folder: &Path) -> Result<bool, DiskError> {
    Ok(is_folder_at(&folder.join("tile"))? && is_there(&folder.join(CHECKPOINT))?)
}

/// The bag, ledger, published record or folder of keys that a folder is inside of.
pub fn inside(folder: &Path) -> Result<Option<String>, DiskError> {
    let whole = real_path(folder)?;
    let above = || whole.ancestors().skip(1).take(ABOVE);
    // The outermost first: a bag has a ledger in it.
    for outer in above() {
        let is_inside = whole.strip_prefix(outer).is_ok_and(|it| it.starts_with(PAYLOAD));
        if is_inside && is_bag(outer)? {
            let bag = shown(outer);
            let what = match whole == outer.join(PAYLOAD) {
                true => "the data of the bag",
                false => "a folder inside of the bag",
            };
            return Ok(Some(format!("{what} at {}: {}", bag.display(), of_bag(&bag))));
        }
    }
    for outer in above() {
        let inner = whole.strip_prefix(outer).ok().and_then(|it| it.iter().next()?.to_str());
        let Some(inner) = inner else { continue };
        let place = shown(outer);
        let place = place.display();
        if OF_LEDGER.contains(&inner) && is_folder_at(&outer.join("journal"))? {
            let what = format!("the folder {inner} of the ledger at {place}: name that folder");
            return Ok(Some(what));
        }
        if OF_PUBLISHED.contains(&inner) && is_folder_at(&outer.join("tile"))? {
            return Ok(Some(format!(
                "the folder {inner} of the record published at {place}: name that folder"
            )));
        }
        if OF_KEYS.contains(&inner) && is_of_keys(outer)? {
            return Ok(Some(format!(
                "the folder {inner} of the keys at {place}; a ledger is the folder that the \
                 journal is in"
            )));
        }
    }
    Ok(None)
}

/// The ledger, bag or folder of keys that contains a place: its kind, in words, and its path. A
/// published directory does not count: a file may be beside one.
pub fn holder(place: &Path) -> Result<Option<(&'static str, PathBuf)>, DiskError> {
    for outer in place.ancestors().skip(1).take(ABOVE) {
        let kind = if is_bag(outer)? {
            "the bag"
        } else if is_there(&outer.join(FIRST_LOG))? {
            "the ledger"
        } else if is_there(&outer.join("log.key"))? && is_there(&outer.join("log.pub"))? {
            // A key that was moved away alone makes no folder of keys.
            KEYS
        } else {
            continue;
        };
        return Ok(Some((kind, shown(outer))));
    }
    Ok(None)
}

/// Refuses a new ledger inside of a ledger, a bag or a published record: who copies or serves that
/// would give it away.
pub fn expect_free_ground(place: &Path) -> Result<(), LedgerError> {
    expect_free(place, &real_path(place)?)
}

/// Refuses a folder of keys that is a ledger, a bag or a published record, or inside of one.
pub fn expect_free_keys(keys: &Path) -> Result<(), LedgerError> {
    expect_free(keys, &real_path(keys)?.join("log.key"))
}

/// Refuses a file or folder with this real path inside of a ledger, a bag or a published record.
fn expect_free(place: &Path, whole: &Path) -> Result<(), LedgerError> {
    let mut found = holder(whole)?.filter(|(kind, _)| *kind != KEYS);
    for outer in whole.ancestors().skip(1).take(ABOVE) {
        if found.is_none() && is_published(outer)? {
            found = Some(("the published directory", shown(outer)));
        }
    }
    match found {
        None => Ok(()),
        Some((kind, folder)) => Err(outside(kind, &folder, place)),
    }
}

/// The error for a place that is inside of a folder of this kind.
pub fn outside(kind: &str, folder: &Path, place: &Path) -> LedgerError {
    LedgerError::Usage(format!(
        "expected a place outside of {kind} {}, found {}; nothing was written: name another",
        folder.display(),
        place.display()
    ))
}

/// What a folder is that was named as one of keys and has none, if it is of another kind.
pub fn not_keys(folder: &Path) -> Result<Option<&'static str>, DiskError> {
    Ok(match () {
        () if is_of_keys(folder)? => None,
        () if is_ledger(folder)? => Some("a ledger"),
        () if is_bag(folder)? => Some("a bag"),
        () if is_published(folder)? => Some("a published record"),
        () => None,
    })
}

/// Whether a folder is one of keys.
pub fn is_of_keys(folder: &Path) -> Result<bool, DiskError> {
    for name in ["log.key", "log.pub", "log.marks"] {
        if is_there(&folder.join(name))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A path as a person in this folder names it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(inner) if inner.as_os_str().is_empty() => PathBuf::from("."),
        Ok(inner) => inner.to_owned(),
        Err(_) => path.to_owned(),
    }
}
