//! The kind of a file, by its bytes, where a command expects a file of one kind.
//!
//! Always holds: a file is named as one of a kind only where it plainly is; what may be the
//! expected file, damaged or changed on the way, is left to the reader of that kind. Only the start
//! of a file is read. Not here: the forms themselves, and whether a file of a kind is in form.

use crate::capture::media_type::{HTML, PDF, WARC, XHTML, detect};
use crate::disk::open::name;
use crate::disk::{self, DiskError};
use crate::keys::{Mark, found_secret};
use crate::ledger::error::LedgerError;
use annals_core::evidence::is_evidence;
use annals_core::mailed::line_of;
use annals_core::tlog::policy::Policy;
use annals_core::tlog::{Checkpoint, Note};
use annals_core::transfer;
use annals_core::verify::proof::form::is_proof;
use memchr::memmem;
use std::io;
use std::path::Path;

/// How much of a file is read, in bytes.
const READ: u64 = 1 << 16;
/// The number of words from which on a line is one of a text.
const WORDS_OF_TEXT: usize = 3;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A pin.
    Pin,
    /// A proof.
    Proof,
    /// A C2SP proof of an event.
    C2spProof,
    /// Evidence.
    Evidence,
    /// A policy.
    Policy,
    /// A request of a key.
    Request,
    /// A submission.
    Submission,
    /// A receipt of a server.
    Receipt,
    /// The state of a witness.
    WitnessState,
    /// A secret key.
    SecretKey,
    /// A recovery key.
    RecoveryKey,
    /// A public key.
    PublicKey,
    /// A signed checkpoint.
    Checkpoint,
    /// The log key's memory.
    Marks,
    /// A file of a journal.
    Journal,
    /// The file with which a bag begins.
    BagDeclaration,
    /// A PDF.
    Pdf,
    /// A document of Word.
    Docx,
    /// A page of HTML.
    Page,
    /// An image.
    Image,
    /// A web archive.
    WebArchive,
    /// A spreadsheet.
    Spreadsheet,
    /// Another archive.
    Archive,
    /// A text that is none of these.
    Text,
}

/// How the forms begin that are known by their first words.
const FIRST_WORDS: [(&str, FileKind); 9] = [
    ("annals pin ", FileKind::Pin),
    ("annals request ", FileKind::Request),
    ("annals submission ", FileKind::Submission),
    ("annals receipt ", FileKind::Receipt),
    ("annals witness ", FileKind::WitnessState),
    ("c2sp.org/tlog-proof@", FileKind::C2spProof),
    ("-----BEGIN PUBLIC KEY-----", FileKind::PublicKey),
    ("{\"seq\":", FileKind::Journal),
    ("BagIt-Version:", FileKind::BagDeclaration),
];

impl FileKind {
    /// The kind of a file that begins with these bytes; `None` if it is not known.
    ///
    /// ```
    /// use annals::ledger::file_kind::FileKind;
    /// assert_eq!(FileKind::of(b"annals pin v1\n"), Some(FileKind::Pin));
    /// assert_eq!(FileKind::of(b"\xEF\xBB\xBFannals pin v1\r\n"), Some(FileKind::Pin));
    /// assert_eq!(FileKind::of(b"The council met on Monday."), Some(FileKind::Text));
    /// assert_eq!(FileKind::of(b"\x1f\x8b\x08"), Some(FileKind::Archive));
    /// assert_eq!(FileKind::of(b"annals-"), None);
    /// ```
    pub fn of(bytes: &[u8]) -> Option<FileKind> {
        let head = transfer::start(bytes.get(..bytes.len().min(64)).unwrap_or_default());
        if is_proof(&head) {
            return Some(FileKind::Proof);
        }
        if is_evidence(&head) {
            return Some(FileKind::Evidence);
        }
        let begins = |(start, _): &&(&str, FileKind)| head.starts_with(start.as_bytes());
        if let Some((_, kind)) = FIRST_WORDS.iter().find(begins) {
            return Some(*kind);
        }
        match found_secret(bytes) {
            Some("a recovery key") => return Some(FileKind::RecoveryKey),
            Some(_) => return Some(FileKind::SecretKey),
            None => {}
        }
        if Note::parse(bytes).is_some_and(|note| Checkpoint::parse(&note.text).is_some()) {
            return Some(FileKind::Checkpoint);
        }
        document(bytes).or_else(|| line_form(bytes))
    }

    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Pin => "a pin",
            FileKind::Proof => "a proof",
            FileKind::C2spProof => "a C2SP proof of one event",
            FileKind::Evidence => "evidence",
            FileKind::Policy => "a policy",
            FileKind::Request => "the request of a key",
            FileKind::Submission => "a submission",
            FileKind::Receipt => "the receipt of a server",
            FileKind::WitnessState => "the state of a witness",
            FileKind::SecretKey => "a secret key",
            FileKind::RecoveryKey => "a recovery key",
            FileKind::PublicKey => "a public key",
            FileKind::Checkpoint => "a checkpoint",
            FileKind::Marks => "a log key's memory",
            FileKind::Journal => "a file of a journal",
            FileKind::BagDeclaration => "the first file of a bag",
            FileKind::Pdf => "a PDF",
            FileKind::Docx => "a Word document",
            FileKind::Page => "a page of HTML",
            FileKind::Image => "an image",
            FileKind::WebArchive => "a web archive",
            FileKind::Spreadsheet => "a spreadsheet",
            FileKind::Archive => "an archive",
            FileKind::Text => "a text",
        }
    }

    /// Whether it is a document that is captured and then quoted.
    pub fn is_document(self) -> bool {
        use FileKind::{Docx, Image, Page, Pdf, WebArchive};
        matches!(self, Pdf | Docx | Page | Image | WebArchive)
    }

    /// How lines of a file of this kind begin: a text with one of them may be a damaged file of the
    /// kind.
    fn line_starts(self) -> &'static [&'static str] {
        match self {
            FileKind::Pin => {
                &["annals pin", "genesis ", "head ", "peak ", "log ", "checkpoint ", "sum "]
            }
            FileKind::Policy => &["log ", "witness ", "group ", "quorum ", "#"],
            FileKind::Request => &["annals request", "origin ", "name ", "key ", "possession "],
            // To begin anew with the same key would make a witness forget what it cosigned.
            FileKind::WitnessState => &[""],
            _ => &[],
        }
    }

    /// Whether a text may be a damaged file of this kind, or one to which a mail program added
    /// lines.
    fn may_be(self, text: &[u8]) -> bool {
        let mut lines = text.split(|byte| *byte == b'\n');
        let starts = self.line_starts();
        // A mail program puts a sign before what is quoted.
        let begins = |line: &[u8]| {
            let signs = line.iter().take_while(|byte| matches!(byte, b'>' | b' ')).count();
            let line = line.get(signs..).unwrap_or_default();
            starts.iter().any(|start| line.starts_with(start.as_bytes()))
        };
        lines.any(begins) || self == FileKind::Pin && line_of("annals pin v", text).is_some()
    }
}

/// What is at a path, in words: a file's kind, if it is known; `None` for a folder.
pub fn found_at(path: &Path) -> Result<Option<&'static str>, DiskError> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Some("nothing")),
        Err(cause) => return Err(disk::error("look at", path)(cause)),
    };
    let kind = about.file_type();
    if kind.is_dir() {
        return Ok(None);
    }
    let bytes = disk::read_named_up_to(path, READ).ok().filter(|_| kind.is_file());
    let known = bytes.and_then(|bytes| FileKind::of(&bytes)).map(FileKind::name);
    Ok(Some(known.unwrap_or(name(kind))))
}

/// Refuses the file at a path where one of a kind is expected, if it plainly is of another kind;
/// `advice` says what to name. Whether it can be read is left to its reader.
pub fn expect_kind(path: &Path, expected: FileKind, advice: &str) -> Result<(), LedgerError> {
    let Ok(bytes) = disk::read_named_up_to(path, READ) else { return Ok(()) };
    match FileKind::of(&bytes).filter(|kind| *kind != expected) {
        Some(found) if found != FileKind::Text || !expected.may_be(&bytes) => {
            Err(LedgerError::Usage(format!(
                "expected {} at {}, found {}: {advice}",
                expected.name(),
                path.display(),
                found.name()
            )))
        }
        _ => Ok(()),
    }
}

/// Documents that people write, and what they are sent in.
fn document(bytes: &[u8]) -> Option<FileKind> {
    if bytes.starts_with(b"PK\x03\x04") {
        let has = |name: &str| memmem::find(bytes, name.as_bytes()).is_some();
        return Some(match () {
            () if has("word/") => FileKind::Docx,
            () if has("xl/") || has("opendocument.spreadsheet") => FileKind::Spreadsheet,
            () if has("archive/") && has("warc") => FileKind::WebArchive,
            () => FileKind::Archive,
        });
    }
    match detect(bytes, None, Path::new("")).as_str() {
        PDF => Some(FileKind::Pdf),
        HTML | XHTML => Some(FileKind::Page),
        WARC => Some(FileKind::WebArchive),
        kind if kind.starts_with("image/") => Some(FileKind::Image),
        _ => is_archive(bytes).then_some(FileKind::Archive),
    }
}

/// Whether a file is packed by gzip, bzip2, xz, zstd or 7-Zip, or is a tar.
fn is_archive(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 5] =
        [b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c"];
    let is_tar = bytes.get(257..262) == Some(b"ustar");
    is_tar || BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

/// Forms that are known by a whole line, or by all of them.
fn line_form(bytes: &[u8]) -> Option<FileKind> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // What was read may end inside of a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_unprintable = |c: char| c.is_control() && !"\n\r\t\u{c}".contains(c);
    if text.contains(is_unprintable) {
        return None;
    }
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    if Mark::parse(line).is_some() {
        return Some(FileKind::Marks);
    }
    let policy = Policy::parse(bytes).ok();
    if policy.is_some_and(|policy| !policy.logs.is_empty() || !policy.witnesses.is_empty()) {
        return Some(FileKind::Policy);
    }
    let has_words = |line: &str| line.split_whitespace().count() >= WORDS_OF_TEXT;
    let is_text = text.trim_start().starts_with(['{', '[']) || text.lines().any(has_words);
    is_text.then_some(FileKind::Text)
}
