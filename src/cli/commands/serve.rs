//! `annals serve`: the record here, served to the editors of a newsroom.

use crate::cli::shared::database::{MemoryArgs, database_address};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, announce_clock, counted, formats, json, note,
    out, visible,
};
use crate::ledger::following::FollowingMark;
use crate::ledger::write::writer::HomePlace;
use crate::serve::{Server, ServerSettings, Tls, bind};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Serve the record here: editors clone it, and sign on their own machines
///
/// To read, only the address is needed: annals clone ADDRESS makes a copy, and in that copy
/// append, confirm, correct and all other acts sign there and are sent here. This process holds the
/// lock of the ledger, and the log key; no key of an editor is ever here. SIGTERM finishes what
/// waits and ends it; SIGHUP reads the certificate again.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ServerArgs {
    /// Where to listen; beyond this machine only with TLS, here or by a proxy
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The PostgreSQL database that keeps the record; the ledger's folder is a copy of it, and is
    /// made if it is not there
    #[arg(long, value_name = "URL")]
    home: Option<String>,
    /// The name of the record, where the database has several and there is no copy yet
    #[arg(long, value_name = "NAME", requires = "home")]
    origin: Option<String>,
    #[command(flatten)]
    memory: MemoryArgs,
    /// The certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The secret key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Where Prometheus asks for counts, at /metrics; for private networks
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
}

const AFTER_HELP: &str = "\
The address is printed on stdout once it listens, each submission is reported on stderr.
GET /v1/health is 200 while events can be placed. FORMAT.md section 17 has every request. With
--home, several of these programs may serve one database, each with a copy of its own: annals store
init makes the tables, annals move puts a record there, annals help newsroom has the whole way.";

/// Where a record is served, for programs.
#[derive(Serialize)]
struct ServingRecord<'a> {
    url: &'a str,
    origin: &'a str,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
}

impl Command for ServerArgs {
    const GROUP: Group = Group::SetUp;
    const IS_ABOUT_RECORD: bool = false;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: ServerArgs) -> Result<Exit, CliError> {
    announce_clock(&context.clock);
    let paths = context.paths()?;
    let home = match &args.home {
        Some(url) => {
            let address = Box::new(database_address(url)?);
            let memory = args.memory.witness()?.map(Box::new);
            HomePlace::Database { address, origin: args.origin.clone(), memory }
        }
        None => {
            if args.memory.witness()?.is_some() {
                return Err(CliError::usage(
                    "--memory: expected a database with it (--home), found none: of a record in \
                     this folder the memory is keys/log.marks; nothing is served",
                ));
            }
            paths.expect_ledger()?;
            HomePlace::Folder
        }
    };
    if FollowingMark::is_at(&paths)? {
        return Err(CliError::usage(format!(
            "expected the ledger of the log key, found a copy that follows another place, at {}: \
             serve the ledger that it was copied from; annals publish makes files of a copy",
            paths.ledger.display()
        )));
    }
    let socket = |option: &str, address: SocketAddr| {
        let failed =
            |why| CliError::usage(format!("{option} {address}: cannot listen there: {why}"));
        bind(address).map_err(failed)
    };
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            let failed = |why| CliError::usage(format!("--tls-cert, --tls-key: {why}"));
            Some(Tls::read(certificate, key).map_err(failed)?)
        }
        _ => None,
    };
    let listener = socket("--listen", args.listen)?;
    let metrics = args.metrics.map(|address| socket("--metrics", address)).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = listener.local_addr()?;
    let url = format!("{scheme}://{address}");
    let listens_everywhere = address.ip().is_unspecified().then_some(address.port());
    let counts = match &metrics {
        Some(metrics) => Some(format!("http://{}/metrics", metrics.local_addr()?)),
        None => None,
    };
    let log = Arc::new(|line: &str| note(visible(line)));
    let (wait, clock) = (context.wait()?, context.clock.clone());
    let clock_check = context.clock_check();
    let settings = ServerSettings { listener, metrics, tls, home, wait, clock, clock_check, log };
    let server = Server::open(paths, settings)?;
    let (origin, size) = (server.origin(), server.size());
    let mut out = out(context.format());
    match context.format() {
        Format::Text => writeln!(out, "{url}")?,
        _ => {
            let serving = ServingRecord { url: &url, origin: &origin, size, metrics: counts };
            json(&mut out, &serving)?;
        }
    }
    out.flush()?;
    let events = counted(size, "event");
    let clone = match listens_everywhere {
        // It is an address of no machine.
        Some(port) => format!("annals clone {scheme}://HOST:{port}, HOST a name of this machine,"),
        None => format!("annals clone {url}"),
    };
    note(format!("serving {}, {events}; {clone} makes a copy", visible(&origin)));
    server.run()?;
    Ok(Exit::Yes)
}
