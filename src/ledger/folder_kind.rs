//! The kind of a folder that is not the one a command expects, in words with what to do.
//!
//! Always holds: nothing is written; a folder of no known kind has no words. Not here: whether a
//! folder is a ledger or a published record (`paths`, `published_place`).

use crate::archive::bag::PAYLOAD;
use crate::archive::bag::read::is_bag;
use crate::archive::web::shown_address;
use crate::archive::{BODIES, CHECKPOINT, DOCUMENTS};
use crate::disk::real_path::real_path;
use crate::disk::{DiskError, is_folder_at, is_there};
use crate::ledger::error::LedgerError;
use crate::ledger::shell_word::{shell_path, shell_word};
use std::path::{Path, PathBuf};

/// How far above a folder is looked for what it is inside of.
const ABOVE: usize = 16;
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
    if is_folder_at(&folder.join("ledger"))? && there("ledger/journal")? {
        let inner = folder.join("ledger");
        let inner = inner.display();
        return Ok(Some(format!("the folder above the ledger at {inner}: name that folder")));
    }
    let what = "a folder of keys; a ledger is the folder that the journal is in";
    Ok(is_of_keys(folder)?.then(|| what.to_owned()))
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
    format!(
        "a published record, which is only read: annals verify {0} checks it, annals clone {0} DIR \
         makes a copy to read, and to sign in where annals serve serves it; else, to write, name \
         the ledger that it is published from",
        shell_word(&shown_address(&place.to_string_lossy()))
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
fn inside(folder: &Path) -> Result<Option<String>, DiskError> {
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

fn is_of_keys(folder: &Path) -> Result<bool, DiskError> {
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
