//! What `annals clone` and `annals pull` share: their options, and their answer for programs.
//!
//! Not here: the work (`ledger::exchange::follow`).

use crate::cli::shared::receipt::WriteStatus;
use crate::cli::terminal::{CliError, Context};
use crate::ledger::exchange::follow::{PullDepth, PullOptions, PullOutcome};
use crate::ledger::paths::Paths;
use serde::Serialize;

/// What was cloned or pulled, for programs.
#[derive(Serialize)]
pub struct PullReport<'a> {
    status: WriteStatus,
    folder: String,
    place: &'a str,
    origin: &'a str,
    before: u64,
    size: u64,
    /// How much was verified.
    verified: &'static str,
}

impl<'a> PullReport<'a> {
    /// The answer of a clone or a pull of this copy.
    pub fn of(outcome: &'a PullOutcome, paths: &Paths) -> PullReport<'a> {
        let is_same = outcome.before == outcome.size && outcome.size > 0;
        PullReport {
            status: if is_same { WriteStatus::Already } else { WriteStatus::Written },
            folder: paths.ledger.display().to_string(),
            place: &outcome.place,
            origin: &outcome.origin,
            before: outcome.before,
            size: outcome.size,
            verified: match outcome.verified {
                None => "nothing",
                Some(PullDepth::New) => "new",
                Some(PullDepth::Whole) => "whole",
            },
        }
    }
}

/// The options of a clone or a pull at this moment, without key and progress.
pub fn pull_options(
    context: &Context,
    jobs: usize,
    depth: PullDepth,
) -> Result<PullOptions<'static>, CliError> {
    Ok(PullOptions {
        jobs,
        wait: context.wait()?,
        depth,
        key: None,
        now: context.clock.peek(),
        progress: None,
    })
}
