//! The subject of `annals verify`: the only module that recognizes it, by its content.
//!
//! Always holds: a folder with `bagit.txt` is a bag; an address, and a folder with tiles and no
//! journal, is a published record; any other folder is a ledger; a file that begins like evidence
//! or a proof is verified as that, even if damaged; anything else is an error that names what can
//! be verified. No host is contacted before its address is known to be usable. Not here: the
//! verdicts (`ledger::audit`, `ledger::exchange::bag_audit`, `verify::evidence`, `verify::proof`).

use crate::archive::bag::read::{is_bag, is_partial};
use crate::archive::cache::CachePlace;
use crate::archive::published::PublishedSource;
use crate::cli::terminal::{CliError, Context, advised};
use crate::disk;
use crate::disk::real_path::real_path;
use crate::disk::{Links, PathKind};
use crate::ledger::error::LedgerError;
use crate::ledger::file_kind::{FileKind, found_at};
use crate::ledger::folder_kind::{KEYS, holder, inside};
use crate::ledger::paths::Paths;
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::reader::Record;
use annals_core::evidence::{ForkEvidence, MAX_EVIDENCE, is_evidence};
use annals_core::mailed::{MAILED, line_of, mail_change};
use annals_core::transfer::{self, Changed};
use annals_core::verify::proof::form::{MAX_PROOF, is_proof};
use annals_core::version_line::later;
use std::path::{Path, PathBuf};

/// The subject of a verification.
pub enum VerifySubject {
    /// A ledger.
    Ledger(Box<Record>),
    /// A bag's folder.
    Bag(PathBuf),
    /// An evidence file, or why it is not verified.
    Evidence(Result<Box<ForkEvidence>, Unjudged>),
    /// The bytes of a proof.
    Proof(Vec<u8>),
    /// A published record, in a folder or on a server.
    Published(PathBuf, Box<PublishedSource>),
}

/// Why an evidence file is not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unjudged {
    /// It is malformed, or its sum does not hold; and how a mail program may have changed it.
    Damaged(Option<&'static str>),
    /// It is of a later version.
    Later(u64),
    /// It was changed in transit.
    Changed(Changed),
}

impl VerifySubject {
    /// Opens the named subject; the ledger of the context if none is named.
    pub fn open(named: Option<PathBuf>, context: &Context) -> Result<VerifySubject, CliError> {
        let ledger = |paths| Ok(VerifySubject::Ledger(Box::new(Record::open_for_verdict(paths)?)));
        let named = match named {
            Some(named) => named,
            None => {
                let paths = context.paths()?;
                if PublishedPlace::of(&paths.ledger).ok().flatten().is_none() {
                    return ledger(paths);
                }
                paths.ledger
            }
        };
        if let Some(address) = PublishedPlace::address(&named) {
            let shown = PathBuf::from(address.to_string());
            return published(address, shown);
        }
        if is_bag(&named)? {
            return Ok(VerifySubject::Bag(named));
        }
        if is_partial(&named)? {
            return Err(CliError::usage(format!(
                "{}: expected bagit.txt, which is written last; found none: an export was \
                 interrupted here, or this is no longer the whole bag",
                named.display()
            )));
        }
        let standing = disk::kind(&named, Links::Follow)?;
        if let Some(folder) = PublishedPlace::of(&named)? {
            return published(folder, named);
        }
        if standing.is_none() {
            let hint = PublishedPlace::without_scheme(&named).map(|hint| format!("; {hint}"));
            return Err(LedgerError::NotFound(format!(
                "nothing at {}: expected a ledger's folder, a bag, a published directory, a proof \
                 or an evidence file there{}",
                named.display(),
                hint.unwrap_or_default()
            ))
            .into());
        }
        if standing == Some(PathKind::Other) {
            return Err(not_verified(&named, found_at(&named)?.unwrap_or("a folder")));
        }
        if standing == Some(PathKind::Folder) {
            advised::remember_subject(&context.global, &named);
            return ledger(Paths::new(named, context.global.keys.clone()));
        }
        // One byte more than the maximum: enough to detect a larger file.
        let read = |most: usize| {
            disk::read_named_up_to(&named, most as u64 + 1).map_err(LedgerError::from)
        };
        let head = transfer::start(&read(64)?);
        if is_proof(&head) {
            return Ok(VerifySubject::Proof(read(MAX_PROOF)?));
        }
        if is_evidence(&head) {
            let bytes = read(MAX_EVIDENCE)?;
            let evidence = ForkEvidence::parse(&bytes).map(Box::new);
            let unjudged = || match (later(&bytes, "evidence"), changed_evidence(&bytes)) {
                (Some(version), _) => Unjudged::Later(version),
                (None, Some(changed)) => Unjudged::Changed(changed),
                (None, None) => Unjudged::Damaged(mail_change(&bytes)),
            };
            return Ok(VerifySubject::Evidence(evidence.ok_or_else(unjudged)));
        }
        let whole = real_path(&named)?;
        let found = match (other(&read(SEARCHED)?), holder(&whole)?) {
            (_, Some((kind, folder))) if kind != KEYS => {
                format!("a file of {kind} {}: name that folder", folder.display())
            }
            (found, _) => match whole.parent().map(inside).transpose()?.flatten() {
                Some(folder) => format!("a file of {folder}"),
                None => found,
            },
        };
        Err(not_verified(&named, &found))
    }
}

fn not_verified(named: &Path, found: &str) -> CliError {
    CliError::usage(format!(
        "{}: expected a ledger's folder, a bag, a published directory, a proof or an evidence \
         file, found {found}",
        named.display()
    ))
}

/// How evidence that is not in form was changed in transfer. Of a longer one only the start was
/// read.
fn changed_evidence(bytes: &[u8]) -> Option<Changed> {
    match bytes.len() <= MAX_EVIDENCE {
        true => transfer::changed_text(bytes),
        false => transfer::changed(bytes),
    }
}

/// How much of another file is searched for a proof, in bytes.
const SEARCHED: usize = 1 << 16;

/// The kind of another file, by its first bytes, and what to do with it.
fn other(start: &[u8]) -> String {
    for (form, what) in [("annals proof v", "a proof"), ("annals evidence v", "evidence")] {
        if let Some(line) = line_of(form, start) {
            return format!("another file, in which {what} begins at line {line}; {MAILED}");
        }
    }
    let kind = FileKind::of(start).filter(|kind| *kind != FileKind::Text);
    let Some(kind) = kind else {
        return "another file, or one whose first line is damaged".to_owned();
    };
    match use_of(kind) {
        Some(what) => format!("{}, {what}", kind.name()),
        None => kind.name().to_owned(),
    }
}

/// What a file of a kind is for that is not verified alone.
fn use_of(kind: FileKind) -> Option<&'static str> {
    match kind {
        FileKind::Pin => Some("which is given with --pin beside what is verified"),
        FileKind::C2spProof => Some(
            "which says nothing of a fact and its signers; annals prove without --c2sp makes one \
             that does",
        ),
        FileKind::Policy => Some("which is given with --policy beside what is verified"),
        FileKind::Request => Some("which an admin enrols with annals editor add"),
        FileKind::Checkpoint => Some(
            "which is judged with its record: name the ledger or the published directory that it \
             is of",
        ),
        FileKind::Marks => {
            Some("which is compared with its ledger: --keys names the folder that it is in")
        }
        FileKind::Archive => Some("which is unpacked first"),
        FileKind::Journal => Some("which is judged in its ledger: name the ledger's folder"),
        _ => None,
    }
}

/// A published record is judged as it is served now: nothing of it is kept.
fn published(place: PublishedPlace, named: PathBuf) -> Result<VerifySubject, CliError> {
    let published = place.open_for_verdict(&CachePlace::Scratch)?.with_documents();
    Ok(VerifySubject::Published(named, Box::new(published)))
}
