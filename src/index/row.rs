//! Rows: the state of an object with a position, after an event.
//!
//! Always holds: a row contains only what the fold has; keys in it are indexes into the record's
//! keys, in the order in which it names them. Not here: where rows are stored (`node_file`), which
//! row is that of a point (`trie`).

use crate::index::{IndexError, TreeKind};
use annals_core::event::args::Seal;
use annals_core::event::vocabulary::{RedactReason, Relation};
use annals_core::fold::operation::Triple;
use annals_core::fold::{BodyOpening, Dispute, Document, Fact, Fold};
use annals_core::refold::{UndoKind, Undone};
use annals_core::state::{State, Status};
use annals_core::time::Time;
use serde::{Deserialize, Serialize};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The position of its object.
    pub of: u64,
    /// The event that made it, which is stored beside it in `tree`.
    pub event: u64,
    /// Whether that event is about the object; if not, it undid acts of a stolen key.
    pub acted: bool,
    /// The offset of the previous row of the object in `tree`; 0: there is none.
    pub before: u64,
    /// The offset in `tree` of the row of this object that has its lists whole: this one, or an
    /// earlier one (see `stored_row`).
    pub(super) whole: u64,
    /// The state of the object.
    pub what: RowValue,
}

/// The state of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowValue {
    /// A fact.
    Fact(FactKept),
    /// A document.
    Document(DocumentKept),
    /// A relation.
    Relation {
        /// Its kind.
        rel: Relation,
        /// The fact that has it.
        from: u64,
        /// The fact that it is to.
        to: u64,
        /// Whether it is in force.
        stands: bool,
    },
    /// What later events did to an event or its body.
    Mark(EventMark),
    /// The ledger's parameters after an event of the ledger or its editors.
    Administration {
        /// Whether it set the record's time back.
        retimed: bool,
        /// The number of confirmations required from here on.
        confirmations: u8,
    },
    /// A redaction.
    Redaction {
        /// The event whose body it redacts.
        event: u64,
        /// The number of the key that signed it.
        by: u32,
        /// Its reason.
        reason: RedactReason,
    },
    /// A fact or a document that was set aside with the event that made it.
    Gone {
        /// Whether it was a document.
        document: bool,
    },
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactKept {
    revision: u64,
    asserter: u32,
    author: u32,
    pub(super) corrected: u32,
    pub(super) suspect: bool,
    pub(super) confirmed_by: Vec<u32>,
    pub(super) disputes: Vec<(u64, bool)>,
    pub(super) retraction: Option<u64>,
    body: BodyKept,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentKept {
    author: u32,
    suspect: bool,
    body: BodyKept,
}

/// The body that a row is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct BodyKept {
    seal: SealKept,
    released: bool,
    redacted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum SealKept {
    Open,
    ByHand,
    Until(i64),
}

/// What later events did to an event or its body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMark {
    /// The suspect revocation that undid it, and whether its own signer was struck.
    undone: Option<(u64, bool)>,
    /// Whether its body was released.
    pub released: bool,
    /// Whether its body was redacted.
    pub redacted: bool,
}

impl EventMark {
    /// The mark of an event in the state.
    pub fn of(state: &State, event: u64) -> EventMark {
        let undone = state.undone();
        let index = undone.binary_search_by_key(&event, |undone| undone.event);
        let undone = index.ok().and_then(|index| undone.get(index));
        let undone = undone.map(|undone| (undone.by, undone.how == UndoKind::Struck));
        let BodyOpening { released, redacted } = state.fold.opening(event);
        EventMark { undone, released, redacted }
    }

    /// Whether the event's body was released or redacted.
    pub fn opening(&self) -> BodyOpening {
        BodyOpening { released: self.released, redacted: self.redacted }
    }

    /// How the event was undone, if it was.
    pub fn undone(&self, event: u64) -> Option<Undone> {
        let how = |struck| if struck { UndoKind::Struck } else { UndoKind::SetAside };
        self.undone.map(|(by, struck)| Undone { event, by, how: how(struck) })
    }
}

impl BodyKept {
    fn of(fold: &Fold, event: u64) -> BodyKept {
        let BodyOpening { released, redacted } = fold.opening(event);
        let seal = match fold.promised(event) {
            Seal::Open => SealKept::Open,
            Seal::ByHand => SealKept::ByHand,
            Seal::Until(time) => SealKept::Until(time.micros()),
        };
        BodyKept { seal, released, redacted }
    }

    fn put(&self, fold: &mut Fold, event: u64) -> Option<()> {
        let seal = match self.seal {
            SealKept::Open => Seal::Open,
            SealKept::ByHand => Seal::ByHand,
            SealKept::Until(micros) => Seal::Until(Time::from_micros(micros)?),
        };
        fold.put_seal(event, seal);
        let (released, redacted) = (self.released, self.redacted);
        fold.put_opening(event, BodyOpening { released, redacted });
        Some(())
    }
}

impl FactKept {
    fn kinds(&self) -> u32 {
        let status = match (self.retraction, self.disputes.len()) {
            (Some(_), _) => RETRACTED,
            (None, 1..) => DISPUTED,
            (None, 0) => 1 << self.confirmed_by.len().min(MOST),
        };
        match self.body.seal {
            SealKept::Open => status,
            SealKept::ByHand | SealKept::Until(_) => status | SEALED,
        }
    }
}

impl RowValue {
    /// A fact in the state.
    pub fn fact(fold: &Fold, fact: &Fact) -> RowValue {
        let disputes = fact.disputes().iter();
        RowValue::Fact(FactKept {
            revision: fact.revision,
            asserter: fact.asserter,
            author: fact.author,
            corrected: fact.corrected,
            suspect: fact.suspect,
            confirmed_by: fact.confirmed_by().to_vec(),
            disputes: disputes.map(|dispute| (dispute.position, dispute.in_document)).collect(),
            retraction: fact.retraction(),
            body: BodyKept::of(fold, fact.revision),
        })
    }

    /// A document in the state.
    pub fn document(fold: &Fold, document: &Document) -> RowValue {
        let Document { position, author, suspect } = *document;
        RowValue::Document(DocumentKept { author, suspect, body: BodyKept::of(fold, position) })
    }

    /// A relation in force.
    pub fn relation(triple: &Triple) -> RowValue {
        let Triple { from, rel, to } = *triple;
        RowValue::Relation { rel, from, to, stands: true }
    }

    /// A relation that is withdrawn.
    pub fn withdrawn(triple: &Triple) -> RowValue {
        let Triple { from, rel, to } = *triple;
        RowValue::Relation { rel, from, to, stands: false }
    }

    /// The row that remains when the event that made it is set aside.
    pub fn gone(&self) -> Option<RowValue> {
        match self {
            RowValue::Fact(_) | RowValue::Gone { document: false } => {
                Some(RowValue::Gone { document: false })
            }
            RowValue::Document(_) | RowValue::Gone { document: true } => {
                Some(RowValue::Gone { document: true })
            }
            RowValue::Relation { rel, from, to, .. } => {
                Some(RowValue::Relation { rel: *rel, from: *from, to: *to, stands: false })
            }
            RowValue::Mark(_) | RowValue::Administration { .. } | RowValue::Redaction { .. } => {
                None
            }
        }
    }

    /// Whether it is a document, also one that was set aside.
    pub fn is_document(&self) -> bool {
        matches!(self, RowValue::Document(_) | RowValue::Gone { document: true })
    }

    /// The tree that it belongs to.
    pub fn which(&self) -> TreeKind {
        match self {
            RowValue::Mark(_) => TreeKind::Marks,
            RowValue::Administration { .. } | RowValue::Redaction { .. } => {
                TreeKind::Administration
            }
            _ => TreeKind::Standing,
        }
    }

    /// The kind bits for the nodes above this row, with which a walk skips rows that are not
    /// requested.
    pub fn kinds(&self) -> u32 {
        match self {
            RowValue::Fact(fact) => fact.kinds(),
            RowValue::Document(_) => DOCUMENT,
            RowValue::Relation { stands: true, .. } => RELATION,
            RowValue::Relation { stands: false, .. } => WITHDRAWN,
            RowValue::Gone { document: true } => DOCUMENT,
            RowValue::Gone { document: false } => GONE,
            RowValue::Redaction { .. } => REDACTION,
            RowValue::Mark(_) | RowValue::Administration { .. } => OTHER,
        }
    }
}

/// The maximum number of confirmations that is distinguished: a ledger requires at most 9.
pub(super) const MOST: usize = 9;
const DISPUTED: u32 = 1 << 10;
const RETRACTED: u32 = 1 << 11;
const DOCUMENT: u32 = 1 << 12;
const RELATION: u32 = 1 << 13;
const WITHDRAWN: u32 = 1 << 14;
const GONE: u32 = 1 << 15;
/// A fact whose present words were sealed; they may have been released since.
const SEALED: u32 = 1 << 16;
/// In trees of their own.
const OTHER: u32 = 1;
/// In the tree of the events of the ledger.
const REDACTION: u32 = 1 << 1;

/// Which rows of a tree are requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// All.
    All,
    /// Facts, including those that were set aside.
    Facts,
    /// Facts that are confirmed if the first number of confirmations is required, and not if the
    /// second is.
    Between(u8, u8),
    /// Facts of this status, if this number of confirmations makes a fact confirmed.
    Status(Status, u8),
    /// Facts whose present words were sealed.
    Sealed,
    /// Documents, including those that were set aside.
    Documents,
    /// Relations in force.
    Relations,
    /// Events of the ledger and its editors.
    Administration,
    /// Redactions.
    Redactions,
}

/// Whether something of this kind may be below a node with these bits; for a row the answer is
/// exact.
pub fn may_have(kinds: u32, kind: RowKind) -> bool {
    let enough = |needed: u8| u32::MAX << needed & (DISPUTED - 1);
    let wanted = match kind {
        RowKind::All => u32::MAX,
        RowKind::Facts => GONE | RETRACTED | DISPUTED | (DISPUTED - 1),
        RowKind::Status(Status::Retracted, _) => RETRACTED,
        RowKind::Status(Status::Disputed, _) => DISPUTED,
        RowKind::Status(Status::Confirmed, needed) => enough(needed),
        RowKind::Status(Status::Asserted, needed) => !enough(needed) & (DISPUTED - 1),
        RowKind::Documents => DOCUMENT,
        RowKind::Sealed => SEALED,
        RowKind::Relations => RELATION,
        RowKind::Between(low, high) => enough(low) & !enough(high),
        RowKind::Administration => OTHER,
        RowKind::Redactions => REDACTION,
    };
    kinds & wanted != 0
}

impl Row {
    /// The present revision of a fact that is not set aside.
    pub fn revision(&self) -> Option<u64> {
        match &self.what {
            RowValue::Fact(fact) => Some(fact.revision),
            _ => None,
        }
    }

    /// Whether it is a fact that was set aside.
    pub fn is_fallen_fact(&self) -> bool {
        matches!(self.what, RowValue::Gone { document: false })
    }

    /// The keys that made or confirmed the present words of a fact.
    pub fn vouching(&self) -> impl Iterator<Item = u32> {
        let fact = match &self.what {
            RowValue::Fact(fact) => Some(fact),
            _ => None,
        };
        fact.into_iter().flat_map(|fact| fact.confirmed_by.iter().chain([&fact.author])).copied()
    }

    /// The open disputes of a fact, by position.
    pub fn disputes(&self) -> impl Iterator<Item = u64> {
        let fact = match &self.what {
            RowValue::Fact(fact) => Some(fact),
            _ => None,
        };
        fact.into_iter().flat_map(|fact| fact.disputes.iter().map(|(position, _)| *position))
    }

    /// Adds the row's content to a fold, with the promise and state of its body.
    pub fn put(&self, fold: &mut Fold) -> Result<(), IndexError> {
        let done = match &self.what {
            RowValue::Fact(kept) => {
                let mut fact = Fact::asserted(self.of, kept.asserter);
                fact.revision = kept.revision;
                fact.author = kept.author;
                fact.corrected = kept.corrected;
                fact.suspect = kept.suspect;
                let dispute = |(position, in_document): &(u64, bool)| Dispute {
                    position: *position,
                    in_document: *in_document,
                };
                let disputes = kept.disputes.iter().map(dispute).collect();
                fold.put_fact(fact.standing(&kept.confirmed_by, disputes, kept.retraction));
                kept.body.put(fold, kept.revision)
            }
            RowValue::Document(kept) => {
                let (position, author, suspect) = (self.of, kept.author, kept.suspect);
                fold.put_document(Document { position, author, suspect });
                kept.body.put(fold, self.of)
            }
            RowValue::Relation { rel, from, to, stands } => {
                if *stands {
                    fold.put_relation(self.of, Triple { from: *from, rel: *rel, to: *to });
                }
                Some(())
            }
            RowValue::Mark(mark) => {
                fold.put_opening(self.of, mark.opening());
                Some(())
            }
            RowValue::Administration { .. }
            | RowValue::Redaction { .. }
            | RowValue::Gone { .. } => Some(()),
        };
        done.ok_or_else(|| crate::index::damaged("a time that is none"))
    }
}
