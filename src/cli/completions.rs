//! `annals completions` and `annals man`: what the shell and the reader of manuals want.

use crate::cli::args::Cli;
use crate::cli::exit::{Exit, Failure};
use crate::cli::written::{Kind, Place};
use clap::{Args, Command, CommandFactory};
use std::path::PathBuf;

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page, or write the pages of all commands
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

pub fn completions(args: CompletionsArgs) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "annals", &mut text);
    print(&text)
}

pub fn man(args: ManArgs) -> Result<Exit, Failure> {
    match args.to {
        Some(folder) => {
            std::fs::create_dir_all(&folder)?;
            let mut command = Cli::command().disable_help_subcommand(true);
            command.build();
            let pages = pages(&command)?;
            let place = |(name, _): &(String, _)| Place::new(&folder.join(name), Kind::Manual, &[]);
            // All may be written before one is.
            let places: Vec<Place> = pages.iter().map(place).collect::<Result<_, _>>()?;
            for (place, (_, page)) in places.iter().zip(&pages) {
                place.put(page)?;
            }
            Ok(Exit::Yes)
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text)?;
            print(&text)
        }
    }
}

/// The pages of a command and of those in it, by the names of their files.
fn pages(command: &Command) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        found.extend(pages(inner)?);
    }
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    found.push((page.get_filename(), text));
    Ok(found)
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    use std::io::Write;
    let mut out = crate::cli::output::data();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Yes)
}
