//! `annals log`.

use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use clap::Args;

/// Show the events, or the whole life of one fact
#[derive(Debug, Args)]
pub struct LogArgs {}

pub fn run(_: &mut Context, _: LogArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not yet here"))
}
