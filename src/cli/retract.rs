//! `annals retract`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Retract a fact, with the reason
#[derive(Debug, Args)]
pub struct RetractArgs {}

pub fn run(_: &mut Context, _: RetractArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
