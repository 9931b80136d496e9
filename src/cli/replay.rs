//! `annals replay`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Show the facts as of a point in the record
#[derive(Debug, Args)]
pub struct ReplayArgs {}

pub fn run(_: &mut Context, _: ReplayArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
