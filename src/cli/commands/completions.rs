//! `annals completions` and `annals man`: shell completions and manual pages.

use crate::cli::shared::completion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Group, OutputKind, OutputPlace};
use clap::Args;
use std::path::PathBuf;

/// Print completions for a shell, such as `source <(annals completions bash)`
///
/// They ask the program for commands, options and values: positions with their claims, documents,
/// topics, statuses, keys. Load them where the shell starts, so that they are those of the program.
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

impl Command for CompletionsArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn run(self, _: &mut Context) -> Result<Exit, CliError> {
        let mut text = Vec::new();
        completion::write_script(&self.shell.to_string(), &mut text)?;
        print(&text)
    }
}

impl Command for ManArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        man(context, self)
    }
}

fn man(context: &Context, args: ManArgs) -> Result<Exit, CliError> {
    match args.to {
        Some(folder) => {
            let mut command = with_aliases((context.program)()).disable_help_subcommand(true);
            command.build();
            let pages = pages(&command)?;
            let place = |(name, _): &(String, _)| {
                OutputPlace::new(&folder.join(name), OutputKind::Manual, &[])
            };
            // All places are checked before the first folder or page is made.
            let places: Vec<OutputPlace> = pages.iter().map(place).collect::<Result<_, _>>()?;
            std::fs::create_dir_all(&folder)?;
            for (place, (_, page)) in places.iter().zip(&pages) {
                place.put(page)?;
            }
            Ok(Exit::Yes)
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(with_aliases((context.program)())).render(&mut text)?;
            print(&text)
        }
    }
}

/// The program with the other names of its options in their descriptions: the pages have no place
/// of their own for them.
fn with_aliases(program: clap::Command) -> clap::Command {
    let described = |argument: clap::Arg| {
        let names = argument.get_visible_aliases().unwrap_or_default();
        if names.is_empty() {
            return argument;
        }
        let names = names.iter().map(|name| format!("--{name}")).collect::<Vec<_>>().join(", ");
        let text = argument.get_help().map(ToString::to_string).unwrap_or_default();
        argument.help(format!("{text} (also {names})"))
    };
    program.mut_args(described).mut_subcommands(with_aliases)
}

/// The pages of a command and of its subcommands, with their file names.
fn pages(command: &clap::Command) -> Result<Vec<(String, Vec<u8>)>, CliError> {
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

fn print(text: &[u8]) -> Result<Exit, CliError> {
    use std::io::Write;
    let mut out = crate::cli::terminal::data();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Yes)
}
