//! Shared parts of several commands: groups of options, filters, draft files, preview, submission.
//!
//! Always holds: nothing here imports a command. Not here: the part of a single command
//! (`commands`).

pub mod filter;
pub mod fields;
pub mod draft_file;
pub mod receipt;
mod shown_events;
mod jobs;
pub mod pulled;
pub mod submit;
pub mod preview;
pub mod present;
mod sign_question;
pub mod admin;
pub mod values;
pub mod protection;
pub mod cosignatures;
pub mod positions;
pub mod named_keys;
pub mod page_limit;
pub mod waiting;
pub mod database;
pub mod topics;
pub mod completion;

pub use crate::cli::shared::admin::{ActText, DryRunArgs, shown};
pub use crate::cli::shared::cosignatures::{CollectReport, collect_for_publication, lines};
pub use crate::cli::shared::draft_file::{BOUND, DraftFile, read};
pub use crate::cli::shared::fields::{
    ErrorArgs, QuoteArgs, ReasonArgs, WordsArgs, WriteArgs, basis_alone, errors, filled,
};
pub use crate::cli::shared::filter::{FilterArgs, UNDATED, facts, note_derived, note_left_out};
pub use crate::cli::shared::jobs::JobsArgs;
pub use crate::cli::shared::page_limit::{PageArgs, PageLimit, limit, note_more};
pub use crate::cli::shared::protection::{new_phrase, protection};
pub use crate::cli::shared::pulled::{PullReport, pull_options};
pub use crate::cli::shared::receipt::{
    Details, DocumentPart, PartKind, ReceiptJson, ReceiptPart, WriteStatus, print_dry_run,
    print_receipt,
};
pub use crate::cli::shared::submit::{
    DraftSubmission, Preview, SubmitOptions, expect_legal, expect_legal_loaded, expect_signer,
    submit_typed,
};
pub use crate::cli::shared::values::{fit_name, seen, words, words_or_address};
