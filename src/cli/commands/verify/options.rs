//! The arguments of `annals verify`, and its HTML page.

use crate::archive::bag::read::is_bag;
use crate::cli::render::report::VerdictReport;
use crate::cli::shared::JobsArgs;
use crate::cli::terminal::{CliError, Context, OutputKind, OutputPlace, note, shown_path, visible};
use crate::disk::{self, DiskError};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::protected_place::{ProtectedPlace, expect_unprotected_or_beside_keys};
use crate::ledger::file_kind::{FileKind, expect_kind};
use crate::ledger::published_place::PublishedPlace;
use annals_core::time::Time;
use clap::Args;
use std::path::PathBuf;

/// Check every byte, link, signature, role and quotation
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// A ledger's folder, a bag, a published directory or its http:// address, a proof or an
    /// evidence file [default: as --ledger]
    pub what: Option<PathBuf>,
    /// Compare with what was seen last, and move this file forward if all is well
    #[arg(long, value_name = "FILE")]
    pub pin: Option<PathBuf>,
    /// Make the pin from what is here now
    #[arg(long, alias = "first", requires = "pin")]
    pub init_pin: bool,
    /// Check only what is newer than the pin; the pin stays where it is
    #[arg(long, requires = "pin", conflicts_with = "init_pin")]
    pub only_new: bool,
    /// Where to write evidence if the record is not the pinned one [default: next to the pin]
    #[arg(long, value_name = "FILE", requires = "pin")]
    pub evidence: Option<PathBuf>,
    /// Write the verdict as a page to read, print and attach to a letter
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// The logs and witnesses that are trusted, and how many of these must have cosigned [default:
    /// `policy` beside the keys, if there is one]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The log key of a proof, as you know it from elsewhere: <origin>+<id>+<key>
    #[arg(long, value_name = "VKEY")]
    pub log_key: Option<String>,
    #[command(flatten)]
    pub jobs: JobsArgs,
    /// Do not compare the store with the journal
    #[arg(long)]
    pub no_store: bool,
    /// Do not compare the index with one that is made anew
    #[arg(long)]
    pub no_index: bool,
    /// Verify signatures by the reference library alone, one by one: slower, the same verdict
    #[arg(long)]
    pub reference: bool,
}

/// Writes the page, if one is requested. One that cannot be written takes no verdict away.
pub fn keep_page(
    context: &mut Context,
    args: &VerifyArgs,
    page: impl FnOnce(Time) -> String,
) -> Result<(), CliError> {
    if let (Some(path), Some(place)) = (&args.html, place_of_page(context, args)?) {
        let page = page(context.clock.now());
        match place.put(page.as_bytes()) {
            Ok(()) => note(format_args!("the verdict as a page: {}", shown_path(path))),
            // The verdict is printed, and keeps its exit.
            Err(LedgerError::Disk(error @ DiskError::Unsynced { .. })) => {
                note(format_args!("warning: {}", chain(&error)));
            }
            Err(error) => note(format_args!("warning: no page: {}", chain(&error))),
        }
    }
    Ok(())
}

/// The path of the page, if one is requested.
pub fn place_of_page(
    context: &Context,
    args: &VerifyArgs,
) -> Result<Option<OutputPlace>, CliError> {
    let Some(path) = &args.html else { return Ok(None) };
    let paths = context.paths()?;
    let mut kept = ProtectedPlace::of(&paths);
    kept.extend(place_of_subject(args)?);
    Ok(Some(OutputPlace::new(path, OutputKind::Verdict, &kept)?))
}

/// Refuses a pin and a policy that are files of another kind, before anything is verified: such a
/// file is not damaged.
pub fn expect_kinds(args: &VerifyArgs) -> Result<(), CliError> {
    if let Some(pin) = &args.pin {
        expect_kind(pin, FileKind::Pin, "name the pin, or with --init-pin a new file")?;
    }
    if let Some(policy) = &args.policy {
        expect_kind(policy, FileKind::Policy, "name the file of the policy")?;
    }
    Ok(())
}

/// Refuses a pin or evidence inside of what is verified, or of a ledger or bag. Both may be beside
/// the keys.
pub fn expect_pin_apart(context: &Context, args: &VerifyArgs) -> Result<(), CliError> {
    let paths = context.paths().ok();
    let mut kept: Vec<ProtectedPlace<'_>> =
        paths.iter().map(|paths| ProtectedPlace::Ledger(&paths.ledger)).collect();
    kept.extend(place_of_subject(args)?);
    for path in [&args.pin, &args.evidence].into_iter().flatten() {
        expect_unprotected_or_beside_keys(path, &kept)?;
    }
    Ok(())
}

/// The folder that was named to be verified.
fn place_of_subject(args: &VerifyArgs) -> Result<Option<ProtectedPlace<'_>>, CliError> {
    let Some(what) = args.what.as_deref() else { return Ok(None) };
    if PublishedPlace::address(what).is_some() || !disk::is_folder_at(what)? {
        return Ok(None);
    }
    Ok(Some(match (is_bag(what)?, PublishedPlace::of(what)?) {
        (true, _) => ProtectedPlace::Bag(what),
        (false, Some(_)) => ProtectedPlace::Published(what),
        (false, None) => ProtectedPlace::Ledger(what),
    }))
}

/// Reports on stderr a pin that could not be written: the verdict is that of the record, and the
/// exit is not 0.
pub fn warn_of_pin(report: &VerdictReport) {
    if let Some(why) = &report.pin.why {
        note(format_args!("warning: the pin could not be written: {}", visible(why)));
    }
}
