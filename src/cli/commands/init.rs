//! `annals init`: a new ledger, its log key and the founder's key.
//!
//! Always holds: the recovery key is printed once, as text; beside JSON it is on standard error.
//! Not here: the steps (`ledger::write::init`).

use crate::cli::shared::{ReceiptJson, fit_name, seen, words, words_or_address};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, announce_clock, ask, done_as, formats, json,
    note, shown_path,
};
use crate::keys::{KeyName, KeyPresence, Protection, key_name_from};
use crate::ledger::error::LedgerError;
use crate::ledger::folder_kind::{expect_free_ground, expect_free_keys};
use crate::ledger::published_place::PublishedPlace;
use crate::ledger::write::init::{InitOptions, InitOutcome, expect_free, init};
use crate::ledger::write::prepared_batch::Receipt;
use annals_core::event::body::Short;
use annals_core::key::PublicKey;
use annals_core::text::in_quotes;
use annals_core::text::{Origin, Words};
use clap::Args;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Make a new ledger, its log key and the founder's key
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The record's permanent name, like a web address; no server has to exist at it
    #[arg(long)]
    origin: Option<String>,
    /// The title of the record
    #[arg(long)]
    title: Option<String>,
    /// The founder's name
    #[arg(long)]
    name: Option<String>,
    /// The name of the founder's key here, for its files [default: from the name]
    #[arg(long, value_name = "NAME")]
    handle: Option<String>,
    /// The licence of the record's words
    #[arg(long, default_value = "CC-BY-4.0")]
    licence: String,
    /// How corrections are made, for readers
    #[arg(long)]
    corrections_policy: Option<String>,
    /// How many other persons must confirm a fact
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=9))]
    confirmations: u64,
    /// How many events of others may come between signing an event and writing it; 0: none
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u64).range(0..=65_536))]
    window: u64,
    /// Leave the founder's key unencrypted, on purpose
    #[arg(long)]
    no_passphrase: bool,
}

/// What was made, for programs; without the recovery key.
#[derive(Serialize)]
struct InitReceipt<'a> {
    #[serde(flatten)]
    receipt: ReceiptJson,
    origin: &'a Origin,
    folder: String,
    keys_folder: String,
    name: String,
    holder: &'a Short,
    key: PublicKey,
    secret: KeyPresence,
}

impl Command for InitArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: InitArgs) -> Result<Exit, CliError> {
    announce_clock(&context.clock);
    expect_in_form(&args)?;
    let paths = context.new_paths();
    expect_free_keys(&paths.keys)?;
    expect_free_ground(&paths.ledger)?;
    if let Some(place) = PublishedPlace::address(&paths.ledger) {
        let shown = PathBuf::from(place.to_string());
        return Err(LedgerError::AnotherFolder(shown, paths.published()).into());
    }
    expect_free(&paths)?;
    let question = "origin (a permanent name, like example.org/record)";
    let origin =
        words("--origin", Origin::new(given_or_asked(args.origin, question, "--origin")?))?;
    let title = given_or_asked(args.title, "title of the record", "--title")?;
    let name = given_or_asked(args.name, "your name", "--name")?;
    fit_name("--name", &name)?;
    let handle = match args.handle {
        Some(handle) => KeyName::new(handle)?,
        None => key_name_from(&name).ok_or_else(|| {
            CliError::usage(format!(
                "no name of a key can be made of {}; give one with --handle",
                in_quotes(&name)
            ))
        })?,
    };
    let founding = InitOptions {
        origin,
        title: seen("--title", &title)?,
        licence: words_or_address("--licence", &args.licence)?,
        corrections_policy: policy(args.corrections_policy)?,
        confirmations: args.confirmations,
        window: args.window,
        name: words("--name", Words::new(name))?,
        handle,
    };
    let passphrase = match args.no_passphrase {
        true => None,
        false => Some(ask::new_passphrase(&founding.handle.to_string())?),
    };
    let protection = match &passphrase {
        Some(passphrase) => Protection::Passphrase(passphrase),
        None => Protection::Unencrypted,
    };
    let founded = init(paths, &founding, protection, &mut context.clock, &mut *context.entropy)?;
    let paths = &founded.writer.paths;
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => {
            let [ledger, keys] = [&paths.ledger, &paths.keys].map(|path| shown_path(path));
            writeln!(out, "made {ledger} and {keys}")?;
            recovery(&founded, &mut |line| writeln!(out, "{line}"))?;
        }
        _ => {
            let receipt = Receipt { first: 0, count: 1, already: false };
            let made = InitReceipt {
                receipt: ReceiptJson::of(&receipt, &founded.writer),
                origin: &founding.origin,
                folder: paths.ledger.display().to_string(),
                keys_folder: paths.keys.display().to_string(),
                name: founding.handle.to_string(),
                holder: &founding.name,
                key: founded.key.public(),
                secret: KeyPresence::of(protection),
            };
            recovery(&founded, &mut |line| {
                note(line);
                Ok(())
            })?;
            json(&mut out, &made)?;
        }
    }
    out.flush()?;
    note("a second admin can act when you cannot: annals key new NAME on their machine, then");
    note("annals editor add NAME.request --role admin on this one");
    Ok(Exit::Yes)
}

/// Prints the recovery key, line by line.
fn recovery(
    founded: &InitOutcome,
    print: &mut dyn FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    print("recovery key, printed once: write it on paper and keep it off this machine")?;
    print("")?;
    for line in founded.recovery.lines() {
        print(&Zeroizing::new(format!("    {line}")))?;
    }
    print("")
}

/// Refuses the values that were given and are not in form, all at once, before anything is looked
/// at: what is wrong with them is wrong at every place.
fn expect_in_form(args: &InitArgs) -> Result<(), CliError> {
    let is_short = |option: &str, text: &str| seen::<2_000>(option, text).map(drop);
    let may_link = |option: &str, text: &str| words_or_address::<2_000>(option, text).map(drop);
    let origin = |text: &String| words("--origin", Origin::new(text.as_str())).map(drop);
    let handle = |text: &String| Ok(KeyName::new(text.as_str()).map(drop)?);
    let checked = [
        args.origin.as_ref().map(origin),
        args.title.as_ref().map(|title| is_short("--title", title)),
        args.name.as_ref().map(|name| fit_name("--name", name)),
        args.handle.as_ref().map(handle),
        Some(may_link("--licence", &args.licence)),
        args.corrections_policy.as_ref().map(|text| may_link("--corrections-policy", text)),
    ];
    let mut wrong: Vec<CliError> = checked.into_iter().flatten().filter_map(Result::err).collect();
    match wrong.len() {
        0 => Ok(()),
        1 => Err(wrong.remove(0)),
        _ => {
            let all: Vec<String> = wrong.iter().map(CliError::message).collect();
            Err(CliError::usage(all.join("; ")))
        }
    }
}

fn policy(text: Option<String>) -> Result<Option<Short>, CliError> {
    text.map(|text| words_or_address("--corrections-policy", &text)).transpose()
}

fn given_or_asked(value: Option<String>, question: &str, option: &str) -> Result<String, CliError> {
    match value {
        Some(value) => Ok(value),
        None => LineQuestion::new(question).option(option).ask(),
    }
}
