//! `annals status`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Tell what this ledger is and what waits
#[derive(Debug, Args)]
pub struct StatusArgs {}

pub fn run(_: &mut Context, _: StatusArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
