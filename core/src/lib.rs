//! The core of annals: the formats of a record of facts, its rules, and the judgement on it.
//!
//! A record is a list of events. Each event is signed by its editor with Ed25519, names the hash of
//! the event before it, and commits to a body (the words) that may be withheld later. What stands
//! at any point is folded from the events alone; whether they may stand is a list of numbered rules
//! (FORMAT.md), each one function here. The log key signs the root of the RFC 6962 tree over all
//! events (a C2SP checkpoint), so that one fact can be proved to others without the record.
//!
//! This crate has no file, socket, clock, randomness or terminal: it is given bytes and returns
//! values. Whoever only wants to verify takes it alone; the crate `annals` puts places (journal,
//! store, HTTP) under it and a program on top.
//!
//! # How it goes together
//!
//! ```text
//! bytes ─► Entry ─► form, hash, signature (each event alone) ─► place, link, roster, legality
//!       ─► bodies, documents, quotations ─► State ─► Anchors (checkpoint, pin) ─► Report
//! ```
//!
//! A [`Source`] is where a record is read; [`MemorySource`] is one. [`verify()`] reads it once,
//! on as many threads as [`Options`] says (none is started for one), collects every [`Fault`]
//! with the [`Rule`] it breaks, and returns a [`Report`] with the [`State`] after the last
//! event. `Err` means only that the source could not be read. The same [`Verifier`] takes one
//! event after another where a writer asks it before it writes.
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
//! # What is promised
//!
//! The names that stand here are the contract. The modules are the rooms of the project itself: the
//! program uses them, and they may change with it. They stand in floors, lowest first; an import
//! points down, or to the left on its own floor. FORMAT.md is the bytes, ARCHITECTURE.md the map.
#![forbid(unsafe_code)]

// floor 0: words, values with one spelling
pub mod hash;
pub mod key;
pub mod time;
pub mod edtf;
pub mod text;
pub mod rule;
pub mod verdict;

// floor 1: formats, bytes <-> values
pub mod transfer;
pub mod event;
pub mod merkle;
pub mod naming;
pub mod tlog;
pub mod version_line;
pub mod pin;
pub mod evidence;

// floor 2: rules, judgement without I/O, clock or randomness
pub mod loose;
pub mod quote;
pub mod edges;
pub mod quote_search;
pub mod search;
pub mod roster;
pub mod fold;
pub mod legal;
pub mod rebuild;
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
pub use roster::Roster;
pub use rule::{Class, Fault, Rule};
pub use state::{State, Status};
pub use time::Time;
pub use tlog::policy::Policy;
pub use tlog::{Checkpoint, Note, VerifierKey};
pub use verdict::Verdict;
pub use verify::anchors::Anchors;
pub use verify::memory::MemorySource;
pub use verify::proof::Proof;
pub use verify::source::{Source, SourceError};
pub use verify::{Options, Report, Verifier, verify};
