//! `annals help`: the commands, one of them, or a page of the manual.
//!
//! Always holds: `annals help COMMAND` is `annals COMMAND --help`; the pages are those of `docs/`.
//! No ledger is read. Not here: the pages (`shared::topics`).

use crate::cli::render::markdown;
use crate::cli::shared::topics;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, out};
use annals_core::text::in_quotes;
use clap::Args;
use std::io::Write;

/// Show the help of a command, or a page about a topic
#[derive(Debug, Args)]
pub struct HelpArgs {
    /// A command, such as key new, or a topic, such as keys
    #[arg(value_name = "COMMAND or TOPIC")]
    words: Vec<String>,
}

impl Command for HelpArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        if let Some(help) = of_command(context, &self.words) {
            help.print()?;
            std::io::stdout().flush()?;
            return Ok(Exit::Yes);
        }
        let found = self.words.join(" ");
        let Some(topic) = topics::named(&found) else {
            if let Some(command) = known_part(context, &self.words) {
                return Err(CliError::usage(format!(
                    "expected a command or a topic, found {}; annals help {command} shows the help \
                     of {command}",
                    in_quotes(&found),
                )));
            }
            let names = topics::names(&(context.program)());
            return Err(CliError::usage(format!(
                "expected a command or a topic, found {}; annals help lists the commands; \
                 the topics are {}",
                in_quotes(&found),
                names.join(", ")
            )));
        };
        let mut out = out(Format::Text);
        out.write_all(markdown::plain(topic.page).as_bytes())?;
        out.flush()?;
        Ok(Exit::Yes)
    }
}

/// The first of these words, as far as they name a command: others may be its arguments.
fn known_part(context: &Context, words: &[String]) -> Option<String> {
    let program = (context.program)();
    let (mut command, mut known) = (&program, Vec::new());
    for word in words {
        let plural = word.strip_suffix('s').unwrap_or(word);
        let Some(inner) = [word, plural].iter().find_map(|word| command.find_subcommand(word))
        else {
            break;
        };
        known.push(inner.get_name());
        command = inner;
    }
    (!known.is_empty()).then(|| known.join(" "))
}

/// The help of the command that these words name; of the program, where there are none.
fn of_command(context: &Context, words: &[String]) -> Option<clap::Error> {
    let program = (context.program)();
    let mut command = &program;
    for word in words {
        command = command.find_subcommand(word)?;
    }
    let words = words.iter().map(String::as_str);
    let line = ["annals"].into_iter().chain(words).chain(["--help"]);
    (context.program)().try_get_matches_from(line).err()
}
