//! Checking a bag: each listed file exists and has its digest, and there is no other file.
//!
//! Always holds: a name in a manifest never leads out of the bag; nothing is written; faults are
//! data, reported file by file. Not here: the content of the files (`ledger::exchange::bag_audit`).
//! Source: RFC 8493 sections 2 and 3; FORMAT.md section 14.

use crate::archive::bag::{
    DECLARATION, DECLARED, INFO, MANIFEST, NOTE, PAYLOAD, TAG_MANIFEST, filed,
};
use crate::disk::open::{Links, open};
use crate::disk::{self, DiskError};
use annals_core::hash::{Running512, read_hex};
use annals_core::tlog::decimal;
use annals_core::transfer::{self, Changed, changed};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// More bytes than the manifest of ten million files has.
const MOST: u64 = 256 << 20;
/// The maximum size of a tag file that is not a manifest, in bytes.
const MOST_TAG: u64 = 16 << 20;
/// The maximum size of a line of a manifest, in bytes: a digest, and a name that a file system
/// allows.
const MOST_LINE: u64 = 128 + 2 + 4_096;
/// How much of a file with another digest is read to find the reason, in bytes.
const CARRIED: u64 = 64 << 20;
/// The maximum depth of files and folders under a payload.
const DEPTH: usize = 16;

/// The result of checking a bag.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The digests in the manifest, by name, with `data/` in front.
    pub manifest: BTreeMap<String, String>,
    /// The number of bytes of the payload's files that match the manifest.
    pub payload_bytes: u64,
    /// The number of these files.
    pub payload_files: u64,
    /// The SHA-512 of the tag manifest, if it exists.
    pub tag_manifest: Option<String>,
    /// The names in the tag manifest.
    pub tags: Vec<String>,
    /// The size of the payload in bytes, by the bag's own account; `None` if it has none.
    pub declared_bytes: Option<u64>,
    /// The faults, in the order of names.
    pub wrong: Vec<String>,
    /// The number of these that are files which no manifest lists.
    pub unlisted: usize,
}

/// The sizes of a bag, by its own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BagSizes {
    /// The number of events in the bag.
    pub bag: u64,
    /// The number of events of the record that it was taken from.
    pub record: u64,
}

/// Whether a folder has the declaration of a bag.
pub fn is_bag(folder: &Path) -> Result<bool, DiskError> {
    Ok(disk::is_folder_at(folder)? && disk::is_file_at(&folder.join(DECLARATION))?)
}

/// Whether a folder has the form that an interrupted export leaves.
pub fn is_partial(folder: &Path) -> Result<bool, DiskError> {
    let payload = folder.join(PAYLOAD);
    let whole = !disk::is_folder_at(folder)? || is_bag(folder)?;
    Ok(!whole && disk::is_folder_at(&payload)? && disk::is_folder_at(&payload.join("ledger"))?)
}

/// Checks every file of a bag.
pub fn check(bag: &Path) -> Result<Checked, DiskError> {
    let mut checked = Checked { declared_bytes: declared_bytes(bag)?, ..Checked::default() };
    let declared = read(bag, DECLARATION)?.unwrap_or_default();
    if let Some(changed) = changed(&declared) {
        checked.wrong.push(format!("{DECLARATION}: {changed}"));
    } else if declared != DECLARED.as_bytes() {
        let why = "expected the two lines of BagIt 1.0 in UTF-8, found others";
        checked.wrong.push(format!("{DECLARATION}: {why}"));
    }
    let tags = checked.list(bag, TAG_MANIFEST)?;
    checked.tag_manifest = read(bag, TAG_MANIFEST)?.map(|bytes| filed(&bytes).digest);
    for (name, digest) in &tags {
        checked.compare(bag, name, digest, TAG_MANIFEST)?;
    }
    for name in [DECLARATION, MANIFEST] {
        if !tags.is_empty() && !tags.contains_key(name) {
            checked.wrong.push(format!("{TAG_MANIFEST}: expected a line for {name}, found none"));
        }
    }
    let payload = checked.list(bag, MANIFEST)?;
    for (name, digest) in &payload {
        if checked.compare(bag, name, digest, MANIFEST)? {
            let path = bag.join(name);
            let about = path.symlink_metadata().map_err(disk::error("read", &path))?;
            checked.payload_bytes += about.len();
            checked.payload_files += 1;
        }
    }
    for (name, about) in there(bag)? {
        let known = tags.contains_key(&name) || payload.contains_key(&name);
        let allowed = [TAG_MANIFEST, NOTE, DECLARATION].contains(&name.as_str());
        if about == About::Strange && name == PAYLOAD {
            checked.wrong.push(format!("{name}: expected a folder, found something else"));
        } else if about == About::Strange {
            checked.wrong.push(format!("{name}: expected a file, found a link or something else"));
        } else if about == About::Empty {
            if allowed && !known {
                checked.wrong.push(format!("{name}: expected a file, found a folder"));
            } else if !known && name.starts_with("data/") {
                checked.wrong.push(format!("{name}: expected no such folder: it has no file"));
            }
        } else if !known && !allowed && !name.starts_with('.') {
            let list = if name.starts_with("data/") { MANIFEST } else { TAG_MANIFEST };
            checked.wrong.push(format!("{name}: it is there, and {list} does not list it"));
            checked.unlisted += 1;
        }
    }
    checked.tags = tags.into_keys().collect();
    checked.manifest = payload;
    Ok(checked)
}

/// The bytes of a tag file; something other than a file counts as missing.
pub fn read(bag: &Path, name: &str) -> Result<Option<Vec<u8>>, DiskError> {
    match disk::read(&bag.join(name), most(bag, name)?) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(DiskError::Strange { .. }) => Ok(None),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The sizes in `bag-info.txt`; `None` if it is not there or lacks one of them.
pub fn sizes(bag: &Path) -> Result<Option<BagSizes>, DiskError> {
    let Some(bytes) = read(bag, INFO)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&transfer::start(&bytes)).into_owned();
    let field = |name: &str| {
        let line = text.split('\n').find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.and_then(decimal)
    };
    let sizes = field("Annals-Size").zip(field("Annals-Record-Size"));
    Ok(sizes.map(|(bag, record)| BagSizes { bag, record }))
}

/// The maximum size of a tag file; of a manifest, in proportion to the existing files.
fn most(bag: &Path, name: &str) -> Result<u64, DiskError> {
    let lines = |files: usize| (files as u64).saturating_mul(MOST_LINE).saturating_add(MOST_TAG);
    Ok(match name {
        MANIFEST | TAG_MANIFEST => lines(there(bag)?.len()),
        name if name.starts_with("data/") => MOST,
        _ => MOST_TAG,
    })
}

/// The size of the payload in bytes, by the bag's own account.
fn declared_bytes(bag: &Path) -> Result<Option<u64>, DiskError> {
    let info = read(bag, INFO)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&info);
    let oxum = text.lines().find_map(|line| line.strip_prefix("Payload-Oxum: "));
    Ok(oxum.and_then(|oxum| oxum.split('.').next()?.trim().parse().ok()))
}

impl Checked {
    /// The maximum size of a listed file; of a payload file, the declared size of the payload.
    fn most(&self, bag: &Path, name: &str) -> Result<u64, DiskError> {
        match name.starts_with("data/") {
            true => Ok(self.declared_bytes.unwrap_or(u64::MAX)),
            false => most(bag, name),
        }
    }

    /// Adds a fault. A file that was changed on its way may be listed by another one, too.
    fn add(&mut self, why: String) {
        if !self.wrong.contains(&why) {
            self.wrong.push(why);
        }
    }

    /// The lines of a manifest; its faults are added.
    fn list(&mut self, bag: &Path, list: &str) -> Result<BTreeMap<String, String>, DiskError> {
        let mut found = BTreeMap::new();
        let Some(bytes) = read(bag, list)? else {
            self.wrong.push(format!("{list}: it is not there"));
            return Ok(found);
        };
        let bytes = match changed(&bytes) {
            // One fault for the file, not one for each of its lines.
            Some(changed) => {
                self.add(format!("{list}: {changed}"));
                transfer::start(&bytes)
            }
            None => bytes,
        };
        let text = String::from_utf8_lossy(&bytes);
        for (line, at) in text.split_inclusive('\n').zip(1_u64..) {
            let inside = if list == MANIFEST { "data/" } else { "" };
            match line.strip_suffix('\n').and_then(|line| line.split_once("  ")) {
                Some((digest, name))
                    if read_hex::<64>(digest).is_some()
                        && name.starts_with(inside)
                        && is_name(name) =>
                {
                    if found.insert(name.to_owned(), digest.to_owned()).is_some() {
                        self.wrong.push(format!("{list}: line {at} lists {name} again"));
                    }
                }
                _ => {
                    let form = format!("<128 hex>  {inside}<name>, a name inside the bag");
                    self.wrong.push(format!("{list}: line {at}: expected {form}"));
                }
            }
        }
        Ok(found)
    }

    /// Whether a listed file has its digest.
    fn compare(
        &mut self,
        bag: &Path,
        name: &str,
        expected: &str,
        list: &str,
    ) -> Result<bool, DiskError> {
        let (path, most) = (bag.join(name), self.most(bag, name)?);
        match path.symlink_metadata() {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                self.wrong.push(format!("{name}: {list} lists it, and it is not there"));
                return Ok(false);
            }
            Err(cause) => return Err(disk::error("read", &path)(cause)),
            Ok(about) if about.is_dir() => {
                self.wrong.push(format!("{name}: expected a file, found a folder"));
                return Ok(false);
            }
            // Reported with the existing files.
            Ok(about) if !about.is_file() => return Ok(false),
            // Not read: its length alone shows that it is another file.
            Ok(about) if about.len() > most => {
                let bytes = about.len();
                let why = format!("{name}: expected at most {most} bytes, found {bytes}");
                self.wrong.push(why);
                return Ok(false);
            }
            Ok(_) => {}
        }
        let found = stream(&path, &mut |_| Ok(()))?;
        // What is wrong with the declaration is reported before.
        let is_reported = name == DECLARATION && self.wrong.iter().any(|why| is_of(why, name));
        if found != expected && is_reported {
            return Ok(false);
        }
        if found != expected {
            let short = |digest: &str| digest.get(..16).unwrap_or_default().to_owned();
            let why = match carried(&path, expected)? {
                Some(changed) => format!("{name}: {changed}"),
                None => format!(
                    "{name}: expected the SHA-512 {}… of {list}, found {}…",
                    short(expected),
                    short(&found)
                ),
            };
            self.add(why);
            return Ok(false);
        }
        Ok(true)
    }
}

/// Whether a fault is of this file.
fn is_of(why: &str, name: &str) -> bool {
    why.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "))
}

/// Whether a name in a manifest is valid in a bag and leads to a file inside it.
fn is_name(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/".contains(&byte);
    name.split('/').all(part) && name.bytes().all(known)
}

/// How a file was changed in transit, if undoing that gives the listed file.
fn carried(path: &Path, expected: &str) -> Result<Option<Changed>, DiskError> {
    let bytes = disk::read_up_to(path, CARRIED)?;
    Ok(changed(&bytes).filter(|_| filed(&transfer::start(&bytes)).digest == expected))
}

/// Hands the bytes of a file on, piece by piece; returns its SHA-512, in hex digits.
pub fn stream(
    path: &Path,
    take: &mut dyn FnMut(&[u8]) -> Result<(), DiskError>,
) -> Result<String, DiskError> {
    let failed = || disk::error("read", path);
    let mut file = open(path, Links::Refuse).map_err(failed())?;
    let mut digest = Running512::default();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = file.read(&mut buffer).map_err(failed())?;
        let piece = buffer.get(..count).unwrap_or_default();
        if piece.is_empty() {
            return Ok(digest.finish());
        }
        digest.add(piece);
        take(piece)?;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    File,
    /// A folder without content.
    Empty,
    Strange,
}

/// Every file and every empty folder of the bag, by name; links are not followed.
fn there(bag: &Path) -> Result<BTreeMap<String, About>, DiskError> {
    let mut found = BTreeMap::new();
    let mut folders = BTreeSet::from([(0, String::new())]);
    while let Some((depth, folder)) = folders.pop_first() {
        let path = bag.join(&folder);
        let mut empty = true;
        for entry in fs::read_dir(&path).map_err(disk::error("list", &path))? {
            let entry = entry.map_err(disk::error("list", &path))?;
            empty = false;
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let about = entry.file_type().map_err(disk::error("read", &path))?;
            if about.is_dir() && depth < DEPTH {
                folders.insert((depth + 1, name));
            } else {
                let what = if about.is_file() { About::File } else { About::Strange };
                found.insert(name, what);
            }
        }
        if empty {
            found.insert(folder, About::Empty);
        }
    }
    Ok(found)
}
