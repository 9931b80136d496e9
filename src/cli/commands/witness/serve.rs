//! `annals witness serve`: a small witness, for newsrooms that watch each other's records.

use crate::cli::terminal::{
    CliError, Context, Exit, Format, announce_clock, json, note, out, visible,
};
use crate::keys::{KeyFolder, KeyName};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::protected_place::expect_unprotected_or_beside_keys;
use crate::ledger::file_kind::{FileKind, expect_kind};
use crate::witness::cosigner::{Cosigner, StateError, StateFile};
use crate::witness::key::{WitnessKeyError, read};
use crate::witness::serve::{PATIENCE, ServerContext, serve};
use annals_core::tlog::{KeyKind, VerifierKey};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Mutex;

/// Be a witness: cosign what extends what was seen before
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ServeArgs {
    /// Where to listen; without TLS, so beyond this machine only behind a proxy
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The witness's key: a name given to annals witness new
    #[arg(long, value_name = "NAME")]
    key: String,
    /// The verifier key of a log to watch; once for each key of each log
    #[arg(long = "for", value_name = "LOGVKEY", required = true)]
    logs: Vec<String>,
    /// What the witness remembers; losing it means to begin anew with a new key
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Make the state of a witness that never cosigned
    #[arg(long)]
    first: bool,
}

const AFTER_HELP: &str = "\
The address is printed on stdout once it listens, each answer is reported on stderr. A log's
verifier key is in its keys/policy, or its operator gives it. FORMAT.md section 13 has every byte.";

/// Where a witness answers, for programs.
#[derive(Serialize)]
struct ServingWitness<'a> {
    url: &'a str,
    verifier: &'a str,
}

pub fn run(context: &mut Context, args: ServeArgs) -> Result<Exit, CliError> {
    expect_unprotected_or_beside_keys(&args.state, &[])?;
    let advice = "name the file of its state";
    expect_kind(&args.state, FileKind::WitnessState, advice)?;
    announce_clock(&context.clock);
    let handle = KeyName::new(args.key)?;
    let keys = KeyFolder::open(&context.new_paths().keys)?;
    let key = read(&keys, &handle).map_err(key_failure)?;
    let logs = logs(&args.logs)?;
    let listener = TcpListener::bind(args.listen).map_err(|error| {
        CliError::usage(format!("--listen {}: cannot listen there: {error}", args.listen))
    })?;
    let opened = match args.first {
        true => StateFile::begin(&args.state),
        false => StateFile::open(&args.state),
    };
    let (file, state) = opened.map_err(state_failure)?;
    let verifier = key.verifier.to_string();
    let cosigner = Mutex::new(Cosigner::new(key, logs, Box::new(file), state));
    let clock = Mutex::new(context.clock.clone());
    let now = || {
        let time = clock.lock().map(|mut clock| clock.now().micros());
        u64::try_from(time.unwrap_or_default() / 1_000_000).unwrap_or_default()
    };
    let log = |line: &str| note(visible(line));
    let mut out = out(context.format());
    let url = format!("http://{}", listener.local_addr()?);
    match context.format() {
        Format::Text => writeln!(out, "{url}")?,
        _ => json(&mut out, &ServingWitness { url: &url, verifier: &verifier })?,
    }
    out.flush()?;
    note(format!("cosigning as {verifier}"));
    let server = ServerContext { cosigner: &cosigner, now: &now, log: &log, patience: PATIENCE };
    serve(&listener, &server)?;
    Ok(Exit::Yes)
}

fn logs(named: &[String]) -> Result<Vec<VerifierKey>, CliError> {
    let mut logs: Vec<VerifierKey> = Vec::new();
    for text in named {
        let key =
            VerifierKey::parse(text).map_err(|why| CliError::usage(format!("--for: {why}")))?;
        if key.kind != KeyKind::Note {
            return Err(CliError::usage(
                "--for: expected a log's key, of type 01; found a witness's, of type 04",
            ));
        }
        logs.push(key);
    }
    Ok(logs)
}

fn key_failure(error: WitnessKeyError) -> CliError {
    match error {
        WitnessKeyError::Keys(error) => error.into(),
        WitnessKeyError::Disk(error) => error.into(),
        other => LedgerError::Key(other.to_string()).into(),
    }
}

fn state_failure(error: StateError) -> CliError {
    match error {
        StateError::Disk(error) => error.into(),
        other => LedgerError::Usage(other.to_string()).into(),
    }
}
