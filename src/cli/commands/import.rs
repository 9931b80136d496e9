//! `annals import`: makes a ledger of a bag.

use crate::cli::terminal::Context;
use crate::cli::terminal::{CliError, Exit};
use crate::cli::terminal::{Command, Group};
use crate::cli::terminal::{done, note};
use crate::disk::{self, Links};
use crate::keys::KeyFolder;
use crate::ledger::exchange::import::{ImportOptions, import};
use crate::ledger::imported::Imported;
use crate::ledger::paths::Paths;
use clap::{Args, value_parser};
use std::io::Write;
use std::path::PathBuf;

/// Make a ledger of a bag: a copy to read, or with --take-over the one that goes on
///
/// Taken over with the log key and its memory (log.marks) at hand, which must end where the bag
/// ends, the ledger goes on as if it had never left. Without them nobody can know whether the log
/// key has signed more elsewhere: an admin then first names a new one, with annals ledger rekey
/// --reason compromised. Make sure that nobody writes to the ledger that the bag was made of.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The bag
    bag: PathBuf,
    /// The ledger's folder to make; it must not be there yet
    #[arg(long, value_name = "LEDGER")]
    to: PathBuf,
    /// Go on with this ledger: only where the one that the bag was made of is lost, or left for
    /// good
    #[arg(long)]
    take_over: bool,
    /// Number of threads, 1 to 256 [default: all cores]
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

impl Command for ImportArgs {
    const GROUP: Group = Group::Archivist;

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ImportArgs) -> Result<Exit, CliError> {
    let paths = Paths::new(args.to, context.global.keys.clone());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let keys = match args.take_over && disk::kind(&paths.keys, Links::Follow)?.is_some() {
        true => KeyFolder::open(&paths.keys)?.log_keys()?.keys,
        false => Vec::new(),
    };
    let take_over = args.take_over.then_some(keys.as_slice());
    let jobs = args.jobs.map_or(cores, usize::from);
    let made =
        import(&args.bag, &paths, &ImportOptions { take_over, jobs, wait: context.wait()? })?;
    let (size, to) = (made.size, paths.ledger.display());
    let mut out = done();
    match made.imported {
        Imported::ReadOnly(of) if of > size => {
            writeln!(out, "imported a part, {size} of {of} events to {to}: a copy to read")?;
        }
        Imported::ReadOnly(_) => writeln!(out, "imported {size} events to {to}: a copy to read")?,
        Imported::No => writeln!(out, "taken over: {size} events at {to}; it goes on from there")?,
        Imported::Rekey(key) => {
            writeln!(out, "taken over: {size} events at {to}; it goes on with a new log key")?;
            note(format!(
                "note: the log key {key} or its memory is not at hand in {}, so it may have signed \
                 more than this bag holds; before anything else an admin says annals ledger rekey \
                 --reason compromised",
                paths.keys.display()
            ));
        }
    }
    out.flush()?;
    Ok(Exit::Yes)
}
