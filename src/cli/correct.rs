//! `annals correct`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Correct a fact: a new revision of its words
#[derive(Debug, Args)]
pub struct CorrectArgs {}

pub fn run(_: &mut Context, _: CorrectArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
