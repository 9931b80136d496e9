//! `annals show`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Show one fact whole
#[derive(Debug, Args)]
pub struct ShowArgs {}

pub fn run(_: &mut Context, _: ShowArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
