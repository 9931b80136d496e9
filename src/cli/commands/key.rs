//! `annals key`: the keys of this machine, before and after an admin enrols them.
//!
//! Always holds: no secret leaves its file and none is an argument; a key is generated where it is
//! used. It works without a ledger. Not here: who may sign (`editor`).

mod list;

use crate::cli::shared::{WriteStatus, fit_name, new_phrase, protection, words};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, ask, done_as, formats, json, note, shown_path,
};
use crate::disk::{self, Links};
use crate::keys::{
    KeyFolder, KeyName, KeyPresence, KeysError, NewKey, OpensshUse, Protection, Request, generate,
    import,
};
use crate::ledger::file_kind::{FileKind, expect_kind};
use crate::ledger::folder_kind::expect_free_keys;
use annals_core::event::args::Args as EventArgs;
use annals_core::key::{PublicKey, SecretKey};
use annals_core::text::{Origin, Words};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Make, import, list and show keys
#[derive(Debug, Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make a key and the request that an admin enrols it by
    New(KeyNewArgs),
    /// Take over a key that was made elsewhere
    Import(KeyImportArgs),
    /// List the keys that are here
    List,
    /// Show one key: its files, its digits, who it is in the record
    Show {
        /// Its name here; `log` is the log key
        name: String,
    },
    /// Change the passphrase of a key
    Passphrase {
        /// Its name here
        name: String,
        /// Leave it unencrypted, on purpose
        #[arg(long)]
        no_passphrase: bool,
    },
}

/// What a request says.
#[derive(Debug, Args)]
pub struct RequestArgs {
    /// The name of its holder, as it will stand in the record
    #[arg(long, value_name = "WORDS")]
    name: Option<String>,
    /// The record that it asks to sign in [default: the one here]
    #[arg(long = "for", value_name = "ORIGIN")]
    origin: Option<String>,
}

#[derive(Debug, Args)]
struct KeyNewArgs {
    /// Its name here: a-z 0-9 . _ -
    #[arg(value_name = "NAME")]
    handle: String,
    #[command(flatten)]
    asking: RequestArgs,
    /// Leave it unencrypted, on purpose
    #[arg(long)]
    no_passphrase: bool,
}

#[derive(Debug, Args)]
struct KeyImportArgs {
    /// Its name here: a-z 0-9 . _ -
    #[arg(value_name = "NAME")]
    handle: String,
    /// A PKCS#8 file in PEM, or an unencrypted OpenSSH key
    file: PathBuf,
    #[command(flatten)]
    asking: RequestArgs,
    /// An OpenSSH key: say that no agent holds it and nothing else is signed with it
    #[arg(long)]
    used_for_nothing_else: bool,
    /// Leave it unencrypted, on purpose
    #[arg(long)]
    no_passphrase: bool,
}

/// A key whose files were written, for programs.
#[derive(Serialize)]
struct KeyReceipt<'a> {
    status: WriteStatus,
    name: &'a str,
    key: PublicKey,
    secret: KeyPresence,
    secret_file: String,
    public_file: String,
    #[serde(flatten)]
    request: Option<RequestReceipt<'a>>,
}

/// The request that was made.
#[derive(Serialize)]
struct RequestReceipt<'a> {
    holder: &'a Words<2_000>,
    origin: &'a Origin,
    request_file: String,
}

impl<'a> KeyReceipt<'a> {
    fn of(
        keys: &KeyFolder,
        handle: &'a KeyName,
        secret: &SecretKey,
        protection: Protection<'_>,
    ) -> KeyReceipt<'a> {
        KeyReceipt {
            status: WriteStatus::Written,
            name: handle,
            key: secret.public(),
            secret: KeyPresence::of(protection),
            secret_file: keys.secret_path(handle).display().to_string(),
            public_file: keys.public_path(handle).display().to_string(),
            request: None,
        }
    }
}

impl Command for KeyArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        match self.command {
            KeyCommand::List => formats::TABLE,
            KeyCommand::Show { .. } => formats::OBJECT,
            _ => formats::OBJECT,
        }
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: KeyArgs) -> Result<Exit, CliError> {
    match args.command {
        KeyCommand::New(args) => new(context, args),
        KeyCommand::Import(args) => import_key(context, args),
        KeyCommand::List => list::list(context),
        KeyCommand::Show { name } => list::show(context, &name),
        KeyCommand::Passphrase { name, no_passphrase } => passphrase(context, &name, no_passphrase),
    }
}

fn new(context: &mut Context, args: KeyNewArgs) -> Result<Exit, CliError> {
    let handle = KeyName::new(args.handle)?;
    let keys = folder(context, &handle)?;
    let (origin, name) = request_fields(context, args.asking)?;
    let phrase = new_phrase(&handle, args.no_passphrase)?;
    let secret = generate(&mut *context.entropy)?;
    let request = Request::new(&secret, origin, name);
    keep(context, &keys, &handle, &secret, phrase.as_ref(), Some(&request))
}

fn import_key(context: &mut Context, args: KeyImportArgs) -> Result<Exit, CliError> {
    let handle = KeyName::new(args.handle)?;
    let keys = folder(context, &handle)?;
    let shown = args.file.display().to_string();
    let asking =
        args.asking.name.is_some().then(|| request_fields(context, args.asking)).transpose()?;
    let mut ask = |attempt| ask::passphrase(&shown, attempt);
    let secret = import(
        &args.file,
        match args.used_for_nothing_else {
            true => OpensshUse::Exclusive,
            false => OpensshUse::Unknown,
        },
        &mut ask,
    )
    .map_err(|error| {
        let advice = "name a key file in PEM";
        match (error, expect_kind(&args.file, FileKind::SecretKey, advice)) {
            (KeysError::NotAKey { .. }, Err(kind)) => CliError::from(kind),
            (error, _) => error.into(),
        }
    })?;
    let request = asking.map(|(origin, name)| Request::new(&secret, origin, name));
    let phrase = new_phrase(&handle, args.no_passphrase)?;
    keep(context, &keys, &handle, &secret, phrase.as_ref(), request.as_ref())
}

/// The folder of keys, existing or new; the name must be free there.
fn folder(context: &Context, handle: &KeyName) -> Result<PathBuf, CliError> {
    let path = context.keys()?;
    if disk::kind(&path, Links::Follow)?.is_some() {
        KeyFolder::open(&path)?.check_free(handle)?;
    }
    Ok(path)
}

/// The origin and the name of a request: from options or prompts, or the origin of the record here.
fn request_fields(
    context: &Context,
    asking: RequestArgs,
) -> Result<(Origin, Words<2_000>), CliError> {
    let question = "name of the key's holder, as it will stand in the record";
    let name = match asking.name {
        Some(name) => name,
        None => LineQuestion::new(question).option("--name").ask()?,
    };
    fit_name("--name", &name)?;
    let name = words("--name", Words::new(name))?;
    let question = "origin of the record that the key is for, like example.org/record";
    let origin = match (asking.origin, origin_here(context)?) {
        (Some(origin), _) => words("--for", Origin::new(origin))?,
        (None, Some(origin)) => origin,
        (None, None) => {
            words("--for", Origin::new(LineQuestion::new(question).option("--for").ask()?))?
        }
    };
    Ok((origin, name))
}

fn origin_here(context: &Context) -> Result<Option<Origin>, CliError> {
    let Some(record) = context.record_here()?.filter(|record| record.size() > 0) else {
        return Ok(None);
    };
    let statement = record.event(0)?.and_then(|event| event.reading.statement);
    Ok(match statement.map(|statement| statement.args) {
        Some(EventArgs::LedgerOpened(args)) => Some(args.origin),
        _ => None,
    })
}

fn keep(
    context: &mut Context,
    folder: &Path,
    handle: &KeyName,
    secret: &SecretKey,
    phrase: Option<&Zeroizing<String>>,
    request: Option<&Request>,
) -> Result<Exit, CliError> {
    let new = NewKey { handle, secret, protection: protection(phrase), request };
    expect_free_keys(folder)?;
    let keys = KeyFolder::make(folder)?;
    keys.add_new(&new, &mut *context.entropy)?;
    let encrypted = if phrase.is_some() { "encrypted" } else { "not encrypted" };
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => {
            writeln!(out, "{}: secret, {encrypted}", shown_path(&keys.secret_path(handle)))?;
            writeln!(out, "{}: public", shown_path(&keys.public_path(handle)))?;
            if let Some(request) = request {
                let (path, origin) = (shown_path(&keys.request_path(handle)), request.origin());
                writeln!(out, "{path}: to sign as {} in {origin}", request.name())?;
            }
            writeln!(out, "key {}", secret.public())?;
        }
        _ => {
            let request = request.map(|request| RequestReceipt {
                holder: request.name(),
                origin: request.origin(),
                request_file: keys.request_path(handle).display().to_string(),
            });
            let receipt = KeyReceipt::of(&keys, handle, secret, protection(phrase));
            json(&mut out, &KeyReceipt { request, ..receipt })?;
        }
    }
    out.flush()?;
    match request {
        Some(request) => note(format!(
            "next: hand {handle}.request to an admin of {}, who runs annals editor add \
             {handle}.request --role editor; {handle}.key stays on this machine",
            request.origin()
        )),
        None => note("note: there is no request; one is made where --name and --for are given"),
    }
    Ok(Exit::Yes)
}

fn passphrase(context: &mut Context, name: &str, none: bool) -> Result<Exit, CliError> {
    let handle = KeyName::new(name)?;
    let keys = KeyFolder::open(context.keys()?)?;
    let secret = keys.secret(&handle, &mut |attempt| ask::passphrase(name, attempt))?;
    let phrase = match none {
        true => None,
        false => Some(ask::new_passphrase_in("ANNALS_NEW_PASSPHRASE_FILE", name)?),
    };
    keys.protect(&handle, &secret, protection(phrase.as_ref()), &mut *context.entropy)?;
    let path = keys.secret_path(&handle);
    let mut out = done_as(context.format());
    match (context.format(), none) {
        (Format::Text, true) => writeln!(out, "{}: not encrypted any more", shown_path(&path))?,
        (Format::Text, false) => {
            writeln!(out, "{}: encrypted with the new passphrase", shown_path(&path))?;
        }
        _ => {
            let protection = protection(phrase.as_ref());
            json(&mut out, &KeyReceipt::of(&keys, &handle, &secret, protection))?;
        }
    }
    out.flush()?;
    note("note: copies of the file keep the old passphrase");
    Ok(Exit::Yes)
}
