//! The arguments: global options, and the commands under four headings.
//!
//! Always holds: every command has one file with its own arguments; secrets are never arguments.
//! Not here: what the commands do.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The record of facts that nobody can quietly change.
#[derive(Debug, Parser)]
#[command(name = "annals", version, about, long_about = None)]
#[command(after_help = AFTER_HELP, help_template = TEMPLATE, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const TEMPLATE: &str = "\
{about}

{usage-heading} {usage}

Set up:    init, key, editor, ledger, status, repair, completions, man
Editor:    document, append, review, confirm, dispute, uphold, correct, retract, reinstate, relate
Auditor:   verify, prove, witness
Archivist: replay, show, log, diff, find, blame, timeline, publish, export, import

{all-args}{after-help}";

const AFTER_HELP: &str = "\
A point in the record is a position (17, or #2027 where it has four digits), a date or time (2027,
2027-03, 2027-03-02, 2027-03-02T12:00, yesterday, 2 weeks ago), the beginning of a hash
(h:9f3c01ab), head or now.

Exit: 0 yes · 1 no (a fault, a refused draft) · 2 could not tell (usage, files, damage) ·
3 conflict, nothing written · 4 forked, or cut below what was pinned or signed · 5 the trust asked
for is missing";

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The ledger [default: the nearest folder `ledger` here or above]
    #[arg(long, global = true, env = "ANNALS_LEDGER", value_name = "DIR")]
    pub ledger: Option<PathBuf>,
    /// The keys [default: `keys` beside the ledger]
    #[arg(long, global = true, env = "ANNALS_KEYS", value_name = "DIR")]
    pub keys: Option<PathBuf>,
    /// Who signs [default: the only secret key here that may sign]
    #[arg(long = "editor", visible_alias = "by", global = true, env = "ANNALS_EDITOR")]
    #[arg(value_name = "NAME")]
    pub editor: Option<String>,
    /// How answers are written; a command that has not this form says which it has
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub format: Format,
    /// The zone of dates without one and of displayed times, such as Europe/Berlin
    #[arg(long, global = true, default_value = "UTC", value_name = "ZONE")]
    pub tz: String,
    /// By which clock a date is looked up where the record's time was set back
    #[arg(long, global = true, default_value = "recorded", value_name = "CLOCK")]
    #[arg(value_parser = ["recorded", "corrected"])]
    pub clock: String,
    /// How long to wait for another writer while nothing moves, such as 10s
    #[arg(long, global = true, default_value = "10s", value_name = "TIME")]
    pub wait: String,
    /// Do not ask before writing
    #[arg(long, global = true)]
    pub yes: bool,
    /// The clock is right, however far from the last event
    #[arg(long, global = true)]
    pub clock_is_right: bool,
}

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

/// What to do. Where a command's own file says more than one line, its words stand there alone.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new ledger, its log key and the founder's key
    Init(super::init::InitArgs),
    Append(super::append::AppendArgs),
    /// Make, import, list and show keys
    Key(super::key::KeyArgs),
    /// Enrol, change, revoke and list editors
    Editor(super::editor::EditorArgs),
    /// Change the ledger's title and rules, its log key, its time
    Ledger(super::ledger::LedgerArgs),
    #[command(visible_alias = "doc")]
    Document(super::document::DocumentArgs),
    Review(super::review::ReviewArgs),
    Confirm(super::confirm::ConfirmArgs),
    Dispute(super::dispute::DisputeArgs),
    Uphold(super::uphold::UpholdArgs),
    Correct(super::correct::CorrectArgs),
    Retract(super::retract::RetractArgs),
    Reinstate(super::reinstate::ReinstateArgs),
    Relate(super::relate::RelateArgs),
    /// Tell what this ledger is and what waits
    Status(super::status::StatusArgs),
    Replay(super::replay::ReplayArgs),
    /// Show one fact whole
    Show(super::show::ShowArgs),
    /// Show the events, or the whole life of one fact
    Log(super::log::LogArgs),
    /// Show what changed between two points of the record, and why
    Diff(super::diff::DiffArgs),
    /// Find words in the claims, quotations and attributions of facts
    Find(super::find::FindArgs),
    /// Read a document with, for each quotation, the fact that rests on it
    Blame(super::blame::BlameArgs),
    /// Write the record as static files, only what is new
    Publish(super::publish::PublishArgs),
    /// Write one HTML page to look at: a slider over the record's time, the facts in the document
    Timeline(super::timeline::TimelineArgs),
    /// Write the record into a bag that can be opened without this program
    Export(super::export::ExportArgs),
    /// Make a ledger of a bag: a copy to read, or on purpose the one that goes on
    Import(super::import::ImportArgs),
    /// Check every byte, link, signature, role and quotation
    Verify(super::verify::VerifyArgs),
    /// Make one file that proves a fact, its acts and their signers to others
    Prove(super::prove::ProveArgs),
    /// Have checkpoints cosigned by witnesses, or be one
    Witness(super::witness::WitnessArgs),
    /// Build what is damaged or lost from what is whole: journal, store, another copy
    Repair(super::repair::RepairArgs),
    /// Print completions for a shell
    Completions(super::completions::CompletionsArgs),
    /// Print or write the manual pages
    Man(super::completions::ManArgs),
}
