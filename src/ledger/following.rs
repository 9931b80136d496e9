//! The mark of a copy that follows a published record: where it comes from, and when it was last
//! brought up to date.
//!
//! ```text
//! annals following v1
//! place https://example.org/record        an address, or the absolute path of a folder
//! pulled 2026-11-29T08:00:00.000000Z      absent until the copy is whole for the first time
//! ```
//!
//! Always holds: while the file is there, in whatever form, only a pull adds events to the copy.
//! Where the address has a user and a password, only the file's owner reads it.
//! Not here: how a copy is brought up to date (`exchange::follow`).
//! Source: FORMAT.md section 9, "Following copy".

use crate::archive::web::Web;
use crate::disk::{self, DiskError, FileMode, read_optional};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::shell_word::shell_path;
use annals_core::evidence::{ForkEvidence, MAX_EVIDENCE};
use annals_core::time::Time;
use annals_core::verdict::Verdict;
use annals_core::verify::evidence::verify_evidence;
use annals_core::version_line::later;
use serde::{Serialize, Serializer};
use std::fs;
use std::path::{Path, PathBuf};

const FIRST: &str = "annals following v1\n";
const PLACE: &str = "place ";
const PULLED: &str = "pulled ";

/// The maximum size of the file, in bytes.
const BOUND: u64 = 16 << 10;

/// What a copy remembers of the record that it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowingMark {
    /// The address, or the absolute path of the folder, of the published record.
    pub place: String,
    /// When it was last found to be up to date.
    pub pulled: Option<Time>,
}

impl FollowingMark {
    /// A copy of this place that has nothing yet.
    ///
    /// Errors: the address cannot be used; the path of a folder is no text of one line, or the
    /// folder is not there.
    pub fn new(place: &PublishedPlace) -> Result<FollowingMark, LedgerError> {
        let place = match place {
            PublishedPlace::Address(address) => {
                Web::at(address).map_err(|why| LedgerError::Usage(why.to_string()))?;
                address.trim_end_matches('/').to_owned()
            }
            PublishedPlace::Folder(folder) => {
                let real = folder.canonicalize().map_err(disk::error("read", folder))?;
                real.to_str().map(str::to_owned).ok_or_else(|| {
                    LedgerError::Usage(format!(
                        "expected a path that is Unicode text, found {}",
                        real.display()
                    ))
                })?
            }
        };
        match place.contains(['\n', '\r']) {
            true => {
                let why = "expected a place of one line, found a line break in it";
                Err(LedgerError::Usage(why.to_owned()))
            }
            false => Ok(FollowingMark { place, pulled: None }),
        }
    }

    /// Whether a ledger is a copy that follows a published record, even if its mark is damaged.
    pub fn is_at(paths: &Paths) -> Result<bool, DiskError> {
        disk::is_there(&paths.following())
    }

    /// Reads the mark of a ledger; `None` if it is no such copy.
    ///
    /// Errors: the mark is damaged.
    pub fn of(paths: &Paths) -> Result<Option<FollowingMark>, LedgerError> {
        let Some(bytes) = read_optional(&paths.following(), BOUND)? else { return Ok(None) };
        let damaged = || match later(&bytes, "following") {
            Some(version) => LedgerError::LaterFile { path: paths.following(), version },
            None => LedgerError::FollowingDamaged(paths.following()),
        };
        FollowingMark::parse(&bytes).ok_or_else(damaged).map(Some)
    }

    /// Why the mark of a ledger cannot be used, if there is a damaged one. That of a later version
    /// is not judged.
    pub fn damage(paths: &Paths) -> Option<String> {
        let error = FollowingMark::of(paths).err()?;
        let bytes = read_optional(&paths.following(), BOUND).ok().flatten();
        match bytes.and_then(|bytes| later(&bytes, "following")) {
            Some(_) => None,
            None => Some(chain(&error)),
        }
    }

    fn parse(bytes: &[u8]) -> Option<FollowingMark> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (place, rest) = text.strip_prefix(FIRST)?.strip_prefix(PLACE)?.split_once('\n')?;
        let pulled = match rest {
            "" => None,
            rest => Some(Time::parse(rest.strip_prefix(PULLED)?.strip_suffix('\n')?)?),
        };
        (!place.is_empty() && !place.contains('\r'))
            .then(|| FollowingMark { place: place.to_owned(), pulled })
    }

    fn text(&self) -> String {
        let pulled = self.pulled.map(|at| format!("{PULLED}{}\n", at.as_str()));
        format!("{FIRST}{PLACE}{}\n{}", self.place, pulled.unwrap_or_default())
    }

    /// Writes the mark durably.
    pub fn write(&self, paths: &Paths) -> Result<(), DiskError> {
        let mode = match self.shown_place() == self.place {
            true => FileMode::Shared,
            false => FileMode::Private,
        };
        disk::replace(&paths.following(), self.text().as_bytes(), mode)
    }

    /// The place as it is shown: an address without user and password.
    pub fn shown_place(&self) -> String {
        self.published_place().to_string()
    }

    /// The place of the published record.
    pub fn published_place(&self) -> PublishedPlace {
        let path = PathBuf::from(&self.place);
        PublishedPlace::address(&path).unwrap_or(PublishedPlace::Folder(path))
    }
}

/// Evidence that a publisher contradicted a copy: `following.evidence`, and another contradiction
/// beside it `following.evidence-` with the start of its digest, until a pull finds the copy to be
/// up to date; from then on `following.evidence-aside-N`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoundEvidence {
    /// The file.
    #[serde(rename = "file", serialize_with = "shown")]
    pub path: PathBuf,
    /// Whether no pull since then found the copy to be up to date.
    #[serde(rename = "latest")]
    pub is_latest: bool,
}

fn shown<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

impl FoundEvidence {
    /// What the last pulls left beside the mark of a copy, if they did; of several files the one
    /// that proves most: one that convicts the log key, else the first of the latest, else the last
    /// of the earlier ones.
    pub fn of(paths: &Paths) -> Option<FoundEvidence> {
        let latest = latest(paths).unwrap_or_default();
        let convicting = |files: &[PathBuf]| files.iter().find(|path| convicts(path)).cloned();
        if let Some(first) = latest.first() {
            let path = convicting(&latest).unwrap_or_else(|| first.clone());
            return Some(FoundEvidence { path, is_latest: true });
        }
        let is_file = |path: &PathBuf| disk::is_file_at(path).unwrap_or(false);
        let path = paths.following_evidence();
        let mut earlier: Vec<_> =
            (1..).map(|n| disk::aside(&path, n)).take_while(is_file).collect();
        earlier.reverse();
        let path = convicting(&earlier).or_else(|| earlier.first().cloned())?;
        Some(FoundEvidence { path, is_latest: false })
    }

    /// Keeps what there is as that of an earlier pull: this one found the copy to be up to date.
    pub fn set_aside(paths: &Paths) -> Result<(), DiskError> {
        let latest = latest(paths)?;
        for path in &latest {
            let aside = disk::free_aside(&paths.following_evidence());
            fs::rename(path, &aside).map_err(disk::error("move aside", path))?;
        }
        if latest.is_empty() { Ok(()) } else { disk::sync_folder(&paths.ledger) }
    }

    /// What it is, and what to do.
    pub fn text(&self) -> String {
        let path = shell_path(&self.path);
        match self.is_latest {
            true => format!(
                "what is published contradicts this copy: annals verify {path} says what it \
                 proves; pull no more, and ask the publisher"
            ),
            false => format!("of an earlier pull: annals verify {path} says what it proves"),
        }
    }
}

/// The evidence of the pulls since the copy was found to be up to date: the first file, then those
/// of other contradictions, by name.
fn latest(paths: &Paths) -> Result<Vec<PathBuf>, DiskError> {
    let first = paths.following_evidence();
    let first = first.file_name().unwrap_or_default().to_string_lossy();
    let is_latest = |name: &str| match name.strip_prefix(&*first) {
        Some("") => true,
        Some(end) => end.strip_prefix('-').is_some_and(|digest| {
            !digest.is_empty() && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        }),
        None => false,
    };
    let listed = fs::read_dir(&paths.ledger).map_err(disk::error("list", &paths.ledger))?;
    let mut files = Vec::new();
    for entry in listed {
        let path = entry.map_err(disk::error("list", &paths.ledger))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_latest(&name) && disk::is_file_at(&path)? {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether evidence shows by itself that a log key contradicted itself.
fn convicts(path: &Path) -> bool {
    let bytes = read_optional(path, MAX_EVIDENCE as u64).ok().flatten();
    let evidence = bytes.and_then(|bytes| ForkEvidence::parse(&bytes));
    evidence.is_some_and(|evidence| verify_evidence(&evidence).verdict() == Verdict::Forked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_is_written_and_nothing_else_is() {
        let place = "https://example.org/record".to_owned();
        let pulled = Time::parse("2026-11-29T08:00:00.000000Z");
        for following in
            [FollowingMark { place: place.clone(), pulled: None }, FollowingMark { place, pulled }]
        {
            assert_eq!(FollowingMark::parse(following.text().as_bytes()), Some(following));
        }
        for text in [
            "",
            "annals following v1\n",
            "annals following v1\nplace \n",
            "annals following v1\nplace x\r\n",
            "annals following v2\nplace x\n",
            "annals following v1\nplace x",
            "annals following v1\nplace x\npulled yesterday\n",
            "annals following v1\nplace x\npulled 2026-11-29T08:00:00.000000Z\n\n",
        ] {
            assert_eq!(FollowingMark::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
