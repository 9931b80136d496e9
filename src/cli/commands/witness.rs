//! `annals witness`: the witnesses of the checkpoints here, requests to them, and a witness of
//! one's own.

mod collect;
mod serve;

use crate::archive::web::{Web, shown_address};
use crate::cli::commands::witness::collect::trust;
use crate::cli::shared::{WriteStatus, cosignatures, named_keys};
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, counted, done_as, formats, json, note, out,
    visible,
};
use crate::keys::{KeyFolder, KeyName};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::policy_file::{NewWitness, PolicyFile, witness_key};
use crate::ledger::folder_kind::expect_free_keys;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use annals_core::key::PublicKey;
use annals_core::tlog::cosignature::{Cosigned, cosigned_by};
use annals_core::tlog::{KeyKind, Note, VerifierKey};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::Write;

/// Have checkpoints cosigned by witnesses, or be one
#[derive(Debug, Args)]
pub struct WitnessArgs {
    #[command(subcommand)]
    what: WitnessCommand,
}

#[derive(Debug, Subcommand)]
enum WitnessCommand {
    /// Trust a witness: enter it in the policy beside the keys
    Add(WitnessAddArgs),
    /// Show the witnesses of the policy, and whether they cosigned the checkpoint
    List,
    /// Trust a witness no longer
    Remove {
        /// What it is called in the policy
        name: String,
    },
    /// Ask all witnesses of the policy to cosign the checkpoint
    Collect(collect::CollectArgs),
    /// Make the key of a witness of your own
    New(WitnessNewArgs),
    /// Be a witness: cosign what extends what was seen before
    Serve(serve::ServeArgs),
}

/// Trust a witness: enter it in the policy beside the keys
#[derive(Debug, Args)]
struct WitnessAddArgs {
    /// What it is to be called here
    name: String,
    /// Its verifier key, as its operator gave it: <name>+<id>+<key>
    vkey: String,
    /// Where it answers: http://127.0.0.1:8080
    url: String,
    /// How many witnesses must have cosigned: any, all, none or a number [default: as before; all,
    /// where this is the first one]
    #[arg(long, value_name = "NUMBER")]
    quorum: Option<String>,
}

/// Make the key of a witness of your own
#[derive(Debug, Args)]
struct WitnessNewArgs {
    /// What the key is called here: a name that no editor's key has
    #[arg(value_name = "KEY")]
    handle: String,
    /// The name under which it cosigns, like witness.example.org/w1
    #[arg(long)]
    name: String,
}

/// A witness whose entry or key was written, for programs.
#[derive(Serialize)]
struct WitnessReceipt<'a> {
    status: WriteStatus,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verifier: Option<String>,
    /// Whether the policy's quorum counts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<bool>,
    /// How many witnesses the policy's quorum asks for, and before.
    #[serde(skip_serializing_if = "Option::is_none")]
    quorum: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quorum_before: Option<usize>,
}

impl<'a> WitnessReceipt<'a> {
    fn of(name: &'a str) -> WitnessReceipt<'a> {
        let status = WriteStatus::Written;
        WitnessReceipt {
            status,
            name,
            url: None,
            verifier: None,
            counts: None,
            quorum: None,
            quorum_before: None,
        }
    }
}

/// Says that the quorum asks for fewer witnesses than before: who publishes and verifies by it is
/// content with less.
fn note_fewer(before: Option<usize>, now: Option<usize>) {
    if let (Some(before), Some(now)) = (before, now)
        && now < before
    {
        note(format!(
            "warning: the policy's quorum asked for {before} cosignatures, and asks for {now} from \
             now on; annals witness add … --quorum N sets it"
        ));
    }
}

impl Command for WitnessArgs {
    const GROUP: Group = Group::Auditor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: WitnessArgs) -> Result<Exit, CliError> {
    match args.what {
        WitnessCommand::Add(args) => add(context, args),
        WitnessCommand::List => list(context),
        WitnessCommand::Remove { name } => remove(context, &name),
        WitnessCommand::Collect(args) => collect::collect(context, args),
        WitnessCommand::New(args) => new(context, args),
        WitnessCommand::Serve(args) => serve::run(context, args),
    }
}

fn add(context: &mut Context, args: WitnessAddArgs) -> Result<Exit, CliError> {
    let record = context.record()?;
    let key = witness_key(&args.vkey)?;
    Web::at(&args.url).map_err(|error| CliError::usage(error.to_string()))?;
    let shown = shown_address(&args.url);
    if shown != args.url {
        return Err(CliError::usage(format!(
            "expected the address of a witness without a user and a password, found one with them \
             before {shown}: keys/policy is a file that everybody may have"
        )));
    }
    let mut trust = match PolicyFile::read(&record.paths)? {
        Some(trust) => trust,
        None => PolicyFile::new(&record.paths, &log_key(&record)?),
    };
    let new = NewWitness { name: args.name, key, url: args.url };
    let quorum_before = trust.quorum();
    trust.follow_log(&log_key(&record)?, None)?;
    let counts = trust.add(&new, args.quorum.as_deref())?;
    let is_named = args.quorum.is_some();
    trust.write()?;
    let quorum = trust.quorum();
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => writeln!(out, "{} is a witness of this record now", new.name)?,
        _ => {
            let (url, verifier) = (Some(new.url.as_str()), Some(new.key.to_string()));
            let receipt = WitnessReceipt::of(&new.name);
            let counts = Some(counts);
            let receipt = WitnessReceipt { url, verifier, counts, ..receipt };
            json(&mut out, &WitnessReceipt { quorum, quorum_before, ..receipt })?;
        }
    }
    out.flush()?;
    note_fewer(quorum_before, quorum);
    if let (Some(before @ 1..), Some(now), false) = (quorum_before, quorum, is_named)
        && now > before
    {
        let noun = counted(before as u64, "cosignature");
        note(format!("note: the policy's quorum asked for {noun}, and asks for {now} from now on"));
    }
    match counts {
        true => note(with_places("annals witness collect asks it to cosign the checkpoint")),
        false => note("the policy's quorum does not ask for it"),
    }
    Ok(Exit::Yes)
}

/// The log key that signs now.
fn log_key(record: &Record) -> Result<VerifierKey, CliError> {
    record.expect_events()?;
    let view = View::some(record, record.size(), &no_fact)?;
    let named = |key: PublicKey, origin: &str| VerifierKey::new(origin, KeyKind::Note, key);
    let ledger = view.state().fold.ledger.as_ref();
    let key = ledger.and_then(|ledger| named(ledger.log_key, &ledger.origin));
    let why = "the record names no log key that could be trusted; annals verify shows more";
    Ok(key.ok_or_else(|| LedgerError::NotFound(why.to_owned()))?)
}

fn remove(context: &mut Context, name: &str) -> Result<Exit, CliError> {
    let record = context.record()?;
    let mut trust = trust(&record)?;
    let quorum_before = trust.quorum();
    trust.follow_log(&log_key(&record)?, None)?;
    trust.remove(name)?;
    trust.write()?;
    let quorum = trust.quorum();
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => writeln!(out, "{name} is no witness of this record any more")?,
        _ => {
            let receipt = WitnessReceipt::of(name);
            json(&mut out, &WitnessReceipt { quorum, quorum_before, ..receipt })?;
        }
    }
    out.flush()?;
    note_fewer(quorum_before, quorum);
    Ok(Exit::Yes)
}

#[derive(Serialize)]
struct ListedWitness<'a> {
    name: &'a str,
    url: Option<String>,
    key: String,
    /// The value of `key`, by the name that other answers have for it.
    verifier: String,
    cosigned: Option<String>,
}

fn list(context: &mut Context) -> Result<Exit, CliError> {
    let record = context.record()?;
    named_keys::expect_there(context, "no witness is listed, for the policy in it names them")?;
    note(format!("the verifier key of this log, for monitors: {}", log_key(&record)?));
    let Some(trust) = PolicyFile::read(&record.paths)? else {
        let none = "no policy here, so no witness; annals witness add NAME VKEY URL makes it";
        note(with_places(none));
        return write(context, &[], None);
    };
    let signed = record.checkpoint.as_deref().and_then(Note::parse);
    let rows = trust.policy.witnesses.iter().map(|witness| ListedWitness {
        name: &witness.name,
        url: witness.url.as_deref().map(shown_address),
        key: witness.key.to_string(),
        verifier: witness.key.to_string(),
        cosigned: match signed.as_ref().map(|note| cosigned_by(note, &witness.key)) {
            Some(Cosigned::At(time)) => Some(cosignatures::spelled(time)),
            Some(Cosigned::Refused) => Some("with a line that does not verify".to_owned()),
            _ => None,
        },
    });
    let rows: Vec<ListedWitness<'_>> = rows.collect();
    let quorum = signed.as_ref().map(|note| {
        let without = trust.policy.check(note).no_quorum();
        without.unwrap_or_else(|| "the policy's quorum is met".to_owned())
    });
    write(context, &rows, quorum)
}

fn write(
    context: &Context,
    rows: &[ListedWitness<'_>],
    quorum: Option<String>,
) -> Result<Exit, CliError> {
    let mut out = out(context.format());
    match context.format() {
        Format::Text => text(&mut out, rows, quorum)?,
        Format::Jsonl => rows.iter().try_for_each(|listed| json(&mut out, listed))?,
        _ => json(&mut out, &rows)?,
    }
    out.flush()?;
    Ok(Exit::Yes)
}

fn text(
    out: &mut dyn Write,
    rows: &[ListedWitness<'_>],
    quorum: Option<String>,
) -> Result<(), CliError> {
    for ListedWitness { name, url, key, cosigned, .. } in rows {
        let cosigned = cosigned.as_deref().unwrap_or("not this checkpoint");
        let url = url.as_deref().unwrap_or("no address");
        writeln!(out, "{}  {}  cosigned {cosigned}", visible(name), visible(url))?;
        writeln!(out, "    {}", visible(key))?;
    }
    if let Some(quorum) = quorum {
        writeln!(out, "{quorum}")?;
    }
    Ok(())
}

fn new(context: &mut Context, args: WitnessNewArgs) -> Result<Exit, CliError> {
    let handle = KeyName::new(args.handle)?;
    let folder = context.new_paths().keys;
    expect_free_keys(&folder)?;
    let keys = KeyFolder::make(folder)?;
    let made = crate::witness::key::make(&keys, &handle, &args.name, &mut *context.entropy);
    let verifier = made.map_err(|error| CliError::usage(error.to_string()))?;
    let mut out = done_as(context.format());
    match context.format() {
        Format::Text => writeln!(out, "{verifier}")?,
        _ => {
            let receipt = WitnessReceipt::of(&handle);
            json(&mut out, &WitnessReceipt { verifier: Some(verifier.to_string()), ..receipt })?;
        }
    }
    out.flush()?;
    note("give this line to those who are to trust your witness: annals witness add NAME LINE URL");
    note(format!("annals witness serve --key {handle} --for LOGVKEY --state FILE --first runs it"));
    Ok(Exit::Yes)
}
