//! Capture: from the bytes of a page or a file to a text that can be quoted, and to a proposal for
//! its description.
//!
//! Always holds: nothing is read here but the bytes in hand; the text says by its method which
//! library made it; what cannot be read as text is a value with the reason. Bytes of strangers are
//! read by [`worker::read`], in a process with bounds of its own; [`read()`] does the same in this
//! one. Not here: what is recorded of it (`ledger`), questions (`cli`).

mod lists;
pub mod proposal;
pub mod other_form;
pub mod reading;
pub mod library;
mod language;
mod unzipped;
mod declared;
mod text;
pub mod media_type;
mod metadata;
mod flow;
mod table;
mod selector;
mod sheet;
mod generated;
mod style;
mod components;
mod note_mark;
mod neighbours;
mod page;
mod xhtml;
mod headline;
mod readers_comments;
mod main_text;
mod html;
mod markdown;
mod pdf_operators;
mod pdf_inherited;
mod pdf_encryption;
mod pdf_annotations;
mod pdf_forms;
mod pdf_glyphs;
mod pdf_east_asian;
mod pdf_unseen;
mod pdf_widths;
mod pdf_frame;
mod pdf_cells;
mod pdf_initials;
mod right_to_left;
mod pdf;
mod word_fields;
mod word_symbols;
mod word_notes;
mod word;
mod docx;
mod warc;
mod read;
pub mod fetch;
pub mod worker;

pub use crate::capture::language::language;
pub use crate::capture::media_type::detect;
pub use crate::capture::proposal::ProposedDescription;
pub use crate::capture::read::read;
pub use crate::capture::reading::{
    ArchivedPage, CaptureReading, CaptureRequest, DerivedText, Omission, TextExtent, Unquotable,
};
pub use crate::capture::text::{ENCODINGS, encoding, has_words, utf8_text};
