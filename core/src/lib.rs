//! The core of annals: the formats of a record of facts, its rules, and its verification.
//!
//! A record is a list of events. Each event is signed by its editor with Ed25519, names the hash of
//! the event before it, and commits to a body (the text) that may be withheld later. The state at
//! any position is folded from the events alone. Numbered rules (FORMAT.md) decide whether an event
//! is legal; each is one function here. The log key signs the root of the RFC 6962 tree over all
//! events (a C2SP checkpoint), so that one fact can be proved to others without the record.
//!
//! This crate has no file, socket, clock, randomness or terminal: it takes bytes and returns
//! values. To verify, it is enough; the crate `annals` adds places (journal, store, HTTP) below it
//! and a program above it.
//!
//! # Overview
//!
//! ```text
//! bytes ─► Entry ─► form, hash, signature (each event alone) ─► place, link, roster, legality
//!       ─► bodies, documents, quotations ─► State ─► Anchors (checkpoint, pin) ─► Report
//! ```
//!
//! A [`Source`] holds a record; [`MemorySource`] is one. [`verify()`] reads it once, on the number
//! of threads in [`Options`] (for one, it starts none), collects every [`Fault`] with the [`Rule`]
//! that it breaks, and returns a [`Report`] with the [`State`] after the last event. `Err` means
//! only that the source could not be read. A writer uses the same [`Verifier`] to check one event
//! after another before it writes.
//!
//! # Example
//!
//! The record of this project's article, read from its bytes, verified, and read as of an earlier
//! position:
//!
//! ```
//! use annals_core::{Anchors, MemorySource, Options, verify};
//!
//! let ledger = concat!(env!("CARGO_MANIFEST_DIR"), "/../ledger");
//! let journal = std::fs::read(format!("{ledger}/journal/00000000000000000000.log"))?;
//! // An event is three lines of record and a line of body; a line that begins with "= " ends a
//! // commit and is no event.
//! let lines: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').collect();
//! let lines: Vec<&[u8]> = lines.into_iter().filter(|line| !line.starts_with(b"= ")).collect();
//! let mut source = MemorySource::default();
//! for event in lines.chunks_exact(4) {
//!     source.push(event[..3].concat(), event[3].strip_suffix(b"\n").map(<[u8]>::to_vec));
//! }
//! for document in std::fs::read_dir(format!("{ledger}/document"))? {
//!     source.add_document(std::fs::read(document?.path())?);
//! }
//!
//! let checkpoint = std::fs::read(format!("{ledger}/checkpoint"))?;
//! let anchors = Anchors { checkpoint: Some(checkpoint), ..Anchors::default() };
//! let report = verify(&source, &anchors, Options::whole(1))?;
//! assert!(report.faults.is_empty(), "{:?}", report.faults);
//! assert_eq!(report.state.fold.facts().len(), 38);
//!
//! let earlier = verify(&source, &Anchors::default(), Options::state(20))?;
//! assert_eq!(earlier.size, 20);
//! assert!(earlier.state.fold.facts().len() < 38);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Stability
//!
//! The public contract is the names that are re-exported here, and the modules that this page
//! lists, in which the parts of these are:
//!
//! - values: [`hash`], [`key`], [`time`], [`edtf`], [`text`], [`rule`], [`verdict`];
//! - formats: [`event`] (records and bodies), [`merkle`], [`tlog`] (notes, checkpoints, policies),
//!   [`pin`], [`evidence`], [`submission`], [`receipt`];
//! - judgement: [`roster`], [`state`], [`mod@verify`].
//!
//! All other modules are hidden from this page: they are for the program of this project and may
//! change with it. The modules are arranged in floors, lowest first; an import points down, or to
//! the left on its own floor. FORMAT.md defines the bytes, ARCHITECTURE.md is the map.
#![forbid(unsafe_code)]

// floor 0: values with one spelling
pub mod hash;
pub mod key;
pub mod time;
pub mod edtf;
pub mod text;
pub mod rule;
pub mod verdict;

// floor 1: formats, bytes <-> values
#[doc(hidden)]
pub mod transfer;
#[doc(hidden)]
pub mod mailed;
pub mod event;
pub mod merkle;
#[doc(hidden)]
pub mod naming;
pub mod tlog;
#[doc(hidden)]
pub mod version_line;
pub mod pin;
pub mod evidence;
pub mod submission;
pub mod receipt;
#[doc(hidden)]
pub mod signed_request;

// floor 2: rules and verification, without I/O, clock or randomness
mod undo_log;
#[doc(hidden)]
pub mod grams;
#[doc(hidden)]
pub mod loose;
#[doc(hidden)]
pub mod quote;
#[doc(hidden)]
pub mod edges;
#[doc(hidden)]
pub mod quote_search;
#[doc(hidden)]
pub mod search;
pub mod roster;
#[doc(hidden)]
pub mod fold;
#[doc(hidden)]
pub mod legal;
#[doc(hidden)]
pub mod refold;
pub mod state;
pub mod verify;

pub use event::Entry;
pub use event::body::Body;
pub use event::record::{Place, Reading, Statement};
pub use evidence::ForkEvidence;
pub use fold::{Fact, Fold};
pub use hash::Hash;
pub use key::{PublicKey, SecretKey, Signature, SigningError, SigningKey};
pub use merkle::{Consistency, Inclusion, Tree};
pub use pin::Pin;
pub use quote::Text;
pub use receipt::ReceiptText;
pub use roster::Roster;
pub use rule::{Class, Fault, Rule};
pub use state::{State, Status};
pub use submission::{Placing, SubmissionText, SubmittedEvent};
pub use time::Time;
pub use tlog::policy::Policy;
pub use tlog::{Checkpoint, Note, VerifierKey};
pub use verdict::Verdict;
pub use verify::anchors::Anchors;
pub use verify::memory::MemorySource;
pub use verify::proof::Proof;
pub use verify::receipt::KnownRecord;
pub use verify::source::{Source, SourceError};
pub use verify::{Options, Report, Verifier, verify};
