//! The errors of the operations of a ledger, and the verdict of each.
//!
//! Always holds: every error says what was expected, what was found, where, and what to do; its
//! exit code is one of the six of the command line. Not here: faults of a record (`rule`).

mod advice;
mod refusal;
mod repair_part;
mod unresolved;

use crate::database::DatabaseError;
use crate::disk::DiskError;
use crate::entropy::EntropyError;
use crate::journal::JournalError;
use crate::keys::KeysError;
pub use crate::ledger::error::refusal::{Column, InputPlace, Refusal};
pub use crate::ledger::error::repair_part::RepairPart;
use crate::ledger::error::repair_part::repair_advice;
pub use crate::ledger::error::unresolved::{DraftField, Reasons, Unresolved, part_of};
use crate::ledger::shell_word::{shell_path, shell_word};
use crate::store::StoreError;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::key::SigningError;
use annals_core::rule::{Class, Fault};
use annals_core::text::counted;
use annals_core::verdict::Verdict;
use annals_core::verify::source::SourceError;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The index failed while a writer read it; the next writer judges the whole record.
    #[error(
        "the index failed ({0}); nothing was written; the same command judges the whole \
             record now, and makes the index again"
    )]
    IndexFailed(String),
    /// There is no ledger at this path.
    #[error("no ledger at {}; {advice}", .path.display())]
    NoLedger {
        /// The path.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// There is a file, or a device, at the path where a ledger's folder was expected: its path and
    /// what it is.
    #[error("expected a ledger's folder at {}, found {}; --ledger DIR names the folder that the \
             journal is in", .0.display(), .1)]
    NotAFolder(PathBuf, &'static str),
    /// There is a folder of another kind where a ledger's was expected; its path and kind.
    #[error("expected a ledger's folder at {}, found {}", .0.display(), .1)]
    AnotherFolder(PathBuf, String),
    /// The ledger has no journal.
    #[error("the ledger at {} has no folder journal: it is lost; annals repair builds it from the \
             store, annals repair --from COPY takes it from another copy; what was made by annals \
             clone is made again by it, once this folder is moved away", .0.display())]
    JournalLost(PathBuf),
    /// The ledger's journal has no event; a ledger has one from its start.
    #[error("the journal of the ledger at {} is empty: it was emptied, for a ledger has an event \
             from its start; annals repair builds it from the store, annals repair --from COPY \
             takes it from another copy; what was made by annals clone is made again by it, once \
             this folder is moved away", .0.display())]
    JournalEmpty(PathBuf),
    /// A ledger is at the path already.
    #[error("{} is there already; nothing was changed", .0.display())]
    ThereAlready(PathBuf),
    /// Something is at the path of a new ledger, perhaps left by an interrupted init.
    #[error("{} is there already; nothing was changed; {advice}", .path.display())]
    Stopped {
        /// The path.
        path: PathBuf,
        /// What to do.
        advice: String,
    },
    /// The rules refuse drafts; nothing was written.
    #[error("{} refused; nothing was written", count(.0))]
    Refused(Vec<Refusal>),
    /// The rules refuse one operation; nothing was written.
    #[error("{kind} is refused: {why}; nothing was written")]
    NotAllowed {
        /// The type of the event.
        kind: Type,
        /// The rule and the reason.
        why: String,
    },
    /// The record breaks its own rules, so no event is added to it.
    #[error("the record has {}, the first: {}; nothing was written; annals verify lists \
             all{}", counted(.0.len() as u64, "fault"), first(.0), repair_advice(.0))]
    Faulty(Vec<Fault>),
    /// A published record breaks its own rules, so nothing of it is shown.
    #[error("the record published at {place} has {}, the first: {}{}; nothing of it is shown; \
             annals verify {}{} lists all", counted(.faults.len() as u64, "fault"), first(.faults),
        seen_before(.seen), shell_word(.place), pin_of(.seen))]
    FaultyPublished {
        /// Where it is published.
        place: String,
        /// What is wrong.
        faults: Vec<Fault>,
        /// Where what was read there before is remembered, if it was compared.
        seen: Option<PathBuf>,
    },
    /// The log key has signed more events than the record holds; signing again would fork the
    /// record.
    #[error(
        "the log key signed size {marked} and the record has {size} events or another root: \
             this is an older or another copy, opened for reading only; restore the newer one \
             (annals repair looks for it in the store, annals repair --from COPY in another copy)"
    )]
    BehindMark {
        /// Size of the last mark.
        marked: u64,
        /// Size of the record.
        size: u64,
    },
    /// What is published at the place is not an earlier state of this record.
    #[error(
        "what is published there is {0}, no earlier state of this record; nothing was written; \
         publish into another folder"
    )]
    PublishedOther(String),
    /// The ledger is a part of its record, and a publication cannot say so.
    #[error(
        "the ledger at {} is a part of its record, the first {size} of {of} events, and what is \
             published does not say that of itself; nothing was published; annals export --to BAG \
             hands it on as the part that it is", .ledger.display()
    )]
    PartPublished {
        /// The ledger.
        ledger: PathBuf,
        /// Its number of events.
        size: u64,
        /// The number of events of the record, by the ledger's own account.
        of: u64,
    },
    /// Another writer committed first; nothing was written.
    #[error("{0}; nothing was written; run the same command again")]
    Outrun(String),
    /// The ledger is an imported copy, to be read only.
    #[error(
        "the ledger at {} is an imported copy, to be read only; nothing was written; write to the \
             ledger that keeps the record; where that is lost, a bag of the whole record is taken \
             over with annals import BAG --take-over, and neither a bag of a part nor what is \
             published can be", .0.display()
    )]
    ImportedCopy(PathBuf),
    /// The ledger is a copy that follows a published record.
    #[error(
        "the ledger at {} is a copy of {place}, which annals pull brings up to date; nothing was \
             written; to add to the record, send a file of drafts to who writes it, who enters it \
             with annals append FILE", .ledger.display()
    )]
    FollowingCopy {
        /// The copy.
        ledger: PathBuf,
        /// Where its record is published.
        place: String,
    },
    /// The mark of a following copy is damaged.
    #[error(
        "{} is not in form: what this ledger is a copy of is not known; nothing was written; put \
             the file back, or make the copy again with annals clone", .0.display()
    )]
    FollowingDamaged(PathBuf),
    /// A file of a ledger is of a later version.
    #[error(
        "{} is of version {version}: this program knows version 1, and a newer one is needed; \
         nothing was written", path.display()
    )]
    LaterFile {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// The ledger follows no published record.
    #[error(
        "the ledger at {} follows no published record; annals clone URL|FOLDER [DIR] makes a copy \
             that does", .0.display()
    )]
    NotFollowing(PathBuf),
    /// What is published does not continue the copy.
    #[error(
        "what is published at {place} does not continue this copy: {}, the first: {}; nothing was \
             written{}", counted(.faults.len() as u64, "fault"), first(.faults), kept(.evidence)
    )]
    NotContinued {
        /// Where it is published.
        place: String,
        /// What is wrong with it, compared with the copy.
        faults: Vec<Fault>,
        /// The file that shows it to others.
        evidence: Option<PathBuf>,
    },
    /// Another record is published than that of the copy.
    #[error(
        "another record is at {place} than this copy is of: {fault}; nothing was written; ask who \
             runs it whether it was set up anew: annals clone {} DIR makes a copy of what is there \
             now, in another folder", shell_word(.place)
    )]
    AnotherRecord {
        /// Where it is published.
        place: String,
        /// How it differs.
        fault: Fault,
    },
    /// Fewer events are published than are here, and no checkpoint here covers the others.
    #[error(
        "{place} has {published} events, and this copy {size}, of which no checkpoint here covers \
             the last {}: an earlier pull was stopped; nothing was written; pull again when the \
             publisher has them again", .size - .signed
    )]
    PublishedBehind {
        /// Where it is published.
        place: String,
        /// The number of events published.
        published: u64,
        /// The number of events of the copy.
        size: u64,
        /// The number of events that the copy's checkpoint covers.
        signed: u64,
    },
    /// The ledger was imported without its log key, or without the marks of that key.
    #[error(
        "this ledger was taken over from a bag without the memory of its log key {0}, which may \
             have signed more than the bag holds: it signs nothing here any more; nothing was \
             written; an admin first says annals ledger rekey --reason compromised"
    )]
    NotRekeyed(annals_core::key::PublicKey),
    /// The bag is incomplete or does not match its own manifest.
    #[error("the bag at {} is not whole: {}; nothing was imported; annals verify lists all faults",
        .0.display(), .1)]
    Bag(PathBuf, String),
    /// The journal ends before the size that the checkpoint signs.
    #[error(
        "the checkpoint covers {signed} events, the journal has {size}: events are missing at \
             its end; nothing was written; annals repair looks for them in the store, annals \
             repair --from COPY in another copy"
    )]
    Short {
        /// Size in the checkpoint.
        signed: u64,
        /// Size of the journal.
        size: u64,
    },
    /// Every record that a repair found is older than what the log key signed.
    #[error(
        "the log key signed size {marked}, and the record here has {size} events or another root, \
             in journal and store: it is older or another one, and not damaged; nothing was \
             changed; annals repair --from COPY takes the newer one from another copy of this \
             ledger, such as an editor's or one that annals clone makes of what is published"
    )]
    NewerNotHere {
        /// The size of the last mark.
        marked: u64,
        /// The size of the record.
        size: u64,
    },
    /// There is no complete copy to repair from.
    #[error(
        "nothing whole is here to repair from; nothing was changed; annals repair --from COPY \
             takes the record from another copy of this ledger; what was made by annals clone is \
             made again by it, once this folder is moved away (what waits in keys/outbox stays)"
    )]
    Irreparable,
    /// The index could not be made.
    #[error(
        "the index was not made: {0}; answers fold the record without one; annals verify shows \
             whether the record is at fault"
    )]
    Index(String),
    /// The copy is of another record, or does not prove that it is of this one.
    #[error(
        "expected another copy of this ledger's record at {}, found one that does not begin with \
             the same event 0, and that neither the checkpoint nor the log key's marks here know; \
             nothing was changed", .0.display()
    )]
    OtherRecord(PathBuf),
    /// Two records that verify and differ.
    #[error(
        "forked: {one} and {other} both verify, and differ from event {position} on ({one_hash} \
             and {other_hash}); nothing was changed; keep both, and ask a pin or another copy \
             which one was seen before"
    )]
    Fork {
        /// The first position where they differ.
        position: u64,
        /// The first record.
        one: String,
        /// The hash of its event at that position.
        one_hash: Hash,
        /// The second record.
        other: String,
        /// The hash of its event at that position.
        other_hash: Hash,
    },
    /// The store and the journal differ.
    #[error(
        "the store does not hold what the journal holds: {0}; annals repair rebuilds it from \
             the journal and keeps the old one aside"
    )]
    Store(String),
    /// The writer's clock is far from the last event's time.
    #[error("{0}; if the clock is right, say --clock-is-right")]
    Clock(String),
    /// The answer would need more of the record than an answer may read here; what it would read.
    #[error(
        "expected an answer that needs at most {bound} events of the record, found one that would \
             need {what}; ask for less of it at a time, or ask a copy (annals clone)"
    )]
    BeyondBound {
        /// The most events that an answer may read.
        bound: u64,
        /// What it would read.
        what: String,
    },
    /// The proof would be larger than a proof may be.
    #[error("{0}")]
    ProofTooLarge(String),
    /// There is no event for this name, position or point.
    #[error("{0}")]
    NotFound(String),
    /// A document of the record is not here, or its file is damaged.
    #[error("{0}")]
    DocumentUnread(String),
    /// The request is not possible in this way.
    #[error("{0}")]
    Usage(String),
    /// A key that is held elsewhere gave no signature.
    #[error(transparent)]
    NoSignature(#[from] SigningError),
    /// The key is not the expected one.
    #[error("{0}")]
    Key(String),
    /// An error after the commit point: the events are in the record, later steps are not done.
    #[error(
        "written, not acknowledged: events {first} to {last} are in the record, but: \
             {what}; the next writer finishes the rest"
    )]
    NotAcknowledged {
        /// First position.
        first: u64,
        /// Last position.
        last: u64,
        /// What failed.
        what: String,
    },
    /// It is not known whether a home or the log key's memory did what was asked of it.
    #[error("it is not known whether this was done: {0}")]
    OutcomeUnknown(String),
    /// The requested trust is missing.
    #[error("{0}")]
    Untrusted(String),
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A key could not be read or written.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The journal could not be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store could not be read or written.
    #[error(transparent)]
    StoreIo(#[from] StoreError),
    /// The record continues in a later format.
    #[error(
        "event {position} is of format {v}, which this program does not know: a newer one goes on \
         with this record; nothing was written"
    )]
    Later {
        /// The first event of that format.
        position: u64,
        /// The format.
        v: u64,
    },
    /// A published record could not be read from its folder or its server.
    #[error(transparent)]
    Elsewhere(SourceError),
    /// A source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The operating system provides no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// Events could not be sent to the server of the record, or it did not say what became of them.
    #[error(
        "{}{}",
        match .reached {
            Delivery::Unknown => format!(
                "the server at {address} did not say whether it placed the events ({why}), and \
                 may have"
            ),
            Delivery::NoDocuments => format!(
                "the server at {address} did not take the documents ({why}): no event was sent"
            ),
            Delivery::Placed => format!(
                "the server at {address} gave a receipt for the events, and the copy here could \
                 not be brought up to date ({why})"
            ),
            Delivery::Unread => {
                format!("the copy here could not be read ({why}): nothing was sent to {address}")
            }
            Delivery::Unreached => {
                format!("cannot reach the server at {address} ({why}): nothing was sent")
            }
            Delivery::Outrun => format!(
                "the server at {address} placed the events of others first, and the copy here \
                 could not be brought up to date ({why}): nothing was written"
            ),
        },
        match .kept {
            KeptEvents::ByOutbox => {
                "; they are signed and kept: annals outbox send sends the same bytes again, and \
                 nothing is written twice"
            }
            KeptEvents::ByCommand => {
                "; they are signed and kept: run the same command again, which sends them with \
                 their documents and places, and nothing is written twice"
            }
            KeptEvents::Nowhere => "; run the same command again, and nothing is written twice",
        }
    )]
    NotSent {
        /// Where the server is.
        address: String,
        /// What failed.
        why: String,
        /// How far they came.
        reached: Delivery,
        /// Whether the outbox has them, and what sends them again.
        kept: KeptEvents,
    },
    /// The server of the record refuses events.
    #[error("the server at {address} refuses it: {why}; nothing was written")]
    ServerRefused {
        /// Where the server is.
        address: String,
        /// The HTTP status.
        status: u16,
        /// The rule that it names.
        rule: Option<u16>,
        /// Its words.
        why: String,
    },
    /// What the server of the record promised does not hold.
    #[error(
        "the server at {address} gave a receipt that does not hold: {why}; do not count on these \
             events, and ask who runs the server{}", kept_receipt(.kept)
    )]
    ReceiptBroken {
        /// Where the server is.
        address: String,
        /// What does not hold.
        why: String,
        /// The file that keeps the receipt, if the log key signed it.
        kept: Option<PathBuf>,
    },
    /// The record of this folder is kept in a database, and the folder is a server's copy of it.
    #[error(
        "the record at {} is kept in the database at {place}, and this folder is a copy that its \
         server keeps; nothing was written; annals serve --home {place} serves it, and who writes \
         does so in a copy of that server's record (annals clone)", .ledger.display()
    )]
    KeptElsewhere {
        /// The folder.
        ledger: PathBuf,
        /// The address of the database.
        place: String,
    },
    /// The mark of a database's copy is damaged.
    #[error(
        "{} is not in form: where the record of this folder is kept is not known; nothing was \
         written; put the file back", .0.display()
    )]
    HomeMarkDamaged(PathBuf),
    /// The database has fewer events than the copy of it, or others.
    #[error(
        "the database at {place} has {found}, and the copy of it at {} has {expected}: the \
         database lost events, as a restored backup or a standby that took over does; nothing was \
         written; annals move --to {place} puts back what is missing from this copy, where the \
         database is the beginning of it", .ledger.display()
    )]
    HomeBehind {
        /// The address of the database.
        place: String,
        /// The folder of the copy.
        ledger: PathBuf,
        /// What the database has.
        found: String,
        /// What the copy has.
        expected: String,
    },
    /// What other writers committed to the home of the record breaks its rules, so it is not taken.
    #[error(
        "what another writer committed to this record has {}, the first: {}; it was not taken, and \
             nothing is written until it is mended: ask who else writes to the database",
        counted(.0.len() as u64, "fault"), first(.0)
    )]
    FaultyLater(Vec<Fault>),
    /// The log key's memory, at a witness or beside the keys, has another record.
    #[error("{0}")]
    MemoryContradicts(String),
    /// The log key's memory cannot be asked, or does not answer as one does.
    #[error("{0}")]
    MemoryAbsent(String),
    /// A database did not do what was asked of it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The system has no thread for the writer of a server.
    #[error("the system has no thread for the writer")]
    NoThread(#[source] std::io::Error),
}

fn count(refused: &[Refusal]) -> String {
    let row = |refusal: &Refusal| match refusal.place {
        Some(InputPlace::Row { row, .. }) => Some(row),
        _ => None,
    };
    let line = |refusal: &Refusal| match refusal.place {
        Some(InputPlace::Line { draft, .. }) => Some(draft),
        _ => None,
    };
    // A draft has a refusal for each thing that is wrong with it.
    let rows: BTreeSet<usize> = refused.iter().filter_map(row).collect();
    let drafts: BTreeSet<usize> = refused.iter().filter_map(line).collect();
    let elsewhere = refused.iter().filter(|refusal| refusal.place.is_none()).count();
    match (rows.len(), drafts.len() + elsewhere) {
        (0, 1) => "one draft is".to_owned(),
        (0, more) => format!("{more} drafts are"),
        (1, _) => "one row is".to_owned(),
        (rows, _) => format!("{rows} rows are"),
    }
}

fn kept(path: &Option<PathBuf>) -> String {
    path.as_ref().map_or_else(String::new, |path| {
        format!(
            "; {0} has both checkpoints that the log key signed, to show them to others, and \
             annals verify {0} says what they prove; pull no more from there, and ask the \
             publisher",
            shell_path(path)
        )
    })
}

fn kept_receipt(path: &Option<PathBuf>) -> String {
    let text = |path: &PathBuf| {
        format!(
            "; {} has the receipt, whose checkpoint the log key signed, to show it to others",
            path.display()
        )
    };
    path.as_ref().map(text).unwrap_or_default()
}

fn seen_before(seen: &Option<PathBuf>) -> String {
    let text = |path: &PathBuf| {
        format!("; it was compared with what was read there before ({})", path.display())
    };
    seen.as_ref().map(text).unwrap_or_default()
}

/// The option that compares with what was read before, as the refusal did.
fn pin_of(seen: &Option<PathBuf>) -> String {
    seen.as_ref().map(|path| format!(" --pin {}", path.display())).unwrap_or_default()
}

fn first(faults: &[Fault]) -> String {
    faults.first().map(Fault::to_string).unwrap_or_default()
}

impl LedgerError {
    /// Whether it is unknown after this error what was written or done.
    pub fn leaves_open(&self) -> bool {
        let open = |error: &DiskError| {
            matches!(error, DiskError::Unknown { .. } | DiskError::Poisoned { .. })
        };
        match self {
            LedgerError::NotAcknowledged { .. }
            | LedgerError::OutcomeUnknown(_)
            | LedgerError::Database(DatabaseError::Unknown { .. }) => true,
            LedgerError::Disk(error) | LedgerError::Journal(JournalError::Disk(error)) => {
                open(error)
            }
            _ => false,
        }
    }

    /// The verdict of the error.
    pub fn verdict(&self) -> Verdict {
        match self {
            LedgerError::Refused(_) | LedgerError::NotAllowed { .. } => Verdict::No,
            LedgerError::Faulty(faults)
            | LedgerError::FaultyLater(faults)
            | LedgerError::FaultyPublished { faults, .. }
            | LedgerError::NotContinued { faults, .. } => {
                match faults.iter().map(|f| f.rule.class()).max() {
                    Some(Class::Fork) => Verdict::Forked,
                    Some(Class::Damage) => Verdict::CouldNotTell,
                    _ => Verdict::No,
                }
            }
            LedgerError::AnotherRecord { fault, .. } => match fault.rule.class() {
                Class::Fork => Verdict::Forked,
                _ => Verdict::CouldNotTell,
            },
            LedgerError::Disk(
                DiskError::Held { .. } | DiskError::Changed { .. } | DiskError::Overwritten { .. },
            )
            | LedgerError::Journal(JournalError::Disk(DiskError::Changed { .. }))
            | LedgerError::Outrun(_) => Verdict::Conflict,
            LedgerError::StoreIo(StoreError::Held(_)) => Verdict::Conflict,
            LedgerError::ServerRefused { status: 401 | 403 | 422, .. } => Verdict::No,
            LedgerError::ServerRefused { status: 409 | 429, .. } => Verdict::Conflict,
            LedgerError::ReceiptBroken { kept: None, .. } => Verdict::No,
            LedgerError::ReceiptBroken { .. }
            | LedgerError::BehindMark { .. }
            | LedgerError::NewerNotHere { .. }
            | LedgerError::HomeBehind { .. }
            | LedgerError::MemoryContradicts(_)
            | LedgerError::Fork { .. }
            | LedgerError::PublishedOther(_) => Verdict::Forked,
            LedgerError::Untrusted(_) => Verdict::TrustMissing,
            _ => Verdict::CouldNotTell,
        }
    }
}

/// How far events came on their way to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Nobody was reached.
    Unreached,
    /// Their documents did not arrive, so they were not sent.
    NoDocuments,
    /// The server was asked, and placed those of others first.
    Outrun,
    /// The copy could not be read for it: nothing was sent.
    Unread,
    /// The server gave a receipt for them, and the copy does not have them yet.
    Placed,
    /// Somebody answered, or may have heard of them.
    Unknown,
}

/// Whether events that were not sent are kept, and what sends them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptEvents {
    /// They are not kept.
    Nowhere,
    /// `annals outbox send` sends them: one event, without a document.
    ByOutbox,
    /// The command that signed them sends them: with documents, or several at the places that they
    /// were signed for.
    ByCommand,
}

/// An error and its causes in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}
