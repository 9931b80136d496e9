//! The server of a newsroom: many editors write to one record, each with a key that is never here.
//!
//! ```text
//! connection (`listen`) ─► request (`routes`) ─► submission ─► queue ─► the writer's thread
//!     (`sequencer`) ─► receipt
//! ```
//!
//! Always holds: what is answered is what the checkpoint covers; an editor's signature is made on
//! the editor's machine. async is in this room alone. Not here: the rules (`annals_core`), judging
//! and writing (`ledger::exchange::placing`). Source: FORMAT.md section 17.

mod asker;
mod conditions;
mod listen;
mod metrics;
mod openapi;
mod pace;
mod parameters;
mod peers;
mod precedence;
mod problem;
mod read;
mod routes;
mod sequencer;
mod served_head;
mod state;
mod trouble;
mod turns;
mod uploads;
mod waiting;

pub use listen::Tls;

use crate::clock::Clock;
use crate::disk::lock::LockWait;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::write::admin::ClockCheck;
use crate::ledger::write::writer::HomePlace;
use crate::serve::routes::routes;
use crate::serve::sequencer::{Sequencer, SequencerOptions};
use crate::serve::state::ServerState;
use crate::serve::uploads::Uploads;
use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// What a server is started with.
pub struct ServerSettings {
    /// The socket on which it listens.
    pub listener: TcpListener,
    /// The socket that serves the metrics, if any.
    pub metrics: Option<TcpListener>,
    /// The certificate, if it speaks TLS.
    pub tls: Option<Tls>,
    /// Where the record is kept.
    pub home: HomePlace,
    /// How long to wait for another writer of the ledger.
    pub wait: LockWait,
    /// The clock.
    pub clock: Clock,
    /// Whether a clock that is before the last event's time is refused.
    pub clock_check: ClockCheck,
    /// Called with one line for each submission and each failure.
    pub log: Arc<dyn Fn(&str) + Send + Sync>,
}

/// A server that has opened its ledger.
pub struct Server {
    state: Arc<ServerState>,
    settings: ServerSettings,
    stop: watch::Sender<bool>,
}

impl Server {
    /// Opens a ledger to serve it.
    ///
    /// Errors: as a writer's; the ledger has no event.
    pub fn open(paths: Paths, settings: ServerSettings) -> Result<Server, LedgerError> {
        let uploads = Arc::new(Uploads::of(&paths.ledger));
        let (clock, log) = (settings.clock.clone(), Arc::clone(&settings.log));
        let sequencer = Sequencer::start(SequencerOptions {
            paths,
            home: settings.home.clone(),
            wait: settings.wait,
            clock: clock.clone(),
            check: settings.clock_check,
            uploads: Arc::clone(&uploads),
            log: Arc::clone(&log),
        })?;
        uploads.remove_partial();
        let (stop, stopping) = watch::channel(false);
        let state = ServerState::new(sequencer, uploads, clock, stopping, log)?;
        Ok(Server { state: Arc::new(state), settings, stop })
    }

    /// The name of the record.
    pub fn origin(&self) -> String {
        self.state.sequencer.head().record.origin().to_owned()
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.state.sequencer.head().record.size()
    }

    /// Serves until the process is asked to end (SIGTERM, SIGINT); then finishes what was begun,
    /// and closes the ledger; asked once more, it waits no longer. SIGHUP reads the certificate
    /// again.
    ///
    /// Errors: the sockets or the signals cannot be used; it was asked twice.
    pub fn run(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let Server { state, settings, stop } = self;
        let ServerSettings { listener, metrics, tls, log, .. } = settings;
        let (tls, at_once) = (tls.map(Arc::new), Arc::new(AtomicBool::new(false)));
        let served = runtime.block_on(async {
            let handle = metrics.is_some().then(metrics::install).flatten();
            if let (Some(socket), Some(handle)) = (metrics, handle) {
                let socket = taken(socket)?;
                tokio::spawn(metrics::tidy(handle.clone()));
                let counts = counts(handle, Arc::clone(&state));
                let (stopping, log) = (stop.subscribe(), Arc::clone(&log));
                tokio::spawn(listen::serve(socket, counts, None, stopping, log));
            }
            let (socket, router) = (taken(listener)?, routes(Arc::clone(&state)));
            let (again, said) = (tls.clone(), Arc::clone(&log));
            let stopping = stop.subscribe();
            let signals = signals(stop, Arc::clone(&at_once), again, said)?;
            tokio::spawn(signals);
            listen::serve(socket, router, tls, stopping, Arc::clone(&log)).await;
            Ok(())
        });
        log("stopping: what waits is finished");
        match state.sequencer.stop_unless(&at_once) {
            true => served,
            false => {
                runtime.shutdown_background();
                Err(io::Error::other(
                    "ended at once, as asked: what was begun is completed when the record is \
                     opened again",
                ))
            }
        }
    }
}

/// A socket of the standard library, as the runtime needs it.
fn taken(listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// Waits for signals: those that end the process, and the one that reads the certificate again.
fn signals(
    stop: watch::Sender<bool>,
    at_once: Arc<AtomicBool>,
    tls: Option<Arc<Tls>>,
    log: Arc<dyn Fn(&str) + Send + Sync>,
) -> io::Result<impl Future<Output = ()> + Send> {
    let mut end = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut again = signal(SignalKind::hangup())?;
    Ok(async move {
        loop {
            tokio::select! {
                _ = end.recv() => break,
                _ = interrupt.recv() => break,
                _ = again.recv() => match tls.as_ref().map(|tls| tls.read_again()) {
                    Some(Ok(())) => log("the certificate was read again"),
                    Some(Err(why)) => log(&format!("the earlier certificate stays: {why}")),
                    None => {}
                },
            }
        }
        stop.send_replace(true);
        tokio::select! {
            _ = end.recv() => {}
            _ = interrupt.recv() => {}
        }
        at_once.store(true, Ordering::SeqCst);
    })
}

/// The counts, on an address of their own.
fn counts(handle: PrometheusHandle, state: Arc<ServerState>) -> Router {
    Router::new().route(
        "/metrics",
        get(move || {
            let (size, sequencer) = (state.sequencer.head().record.size(), &state.sequencer);
            metrics::state(size, sequencer.trouble().is_none(), sequencer.warning().is_some());
            let text = handle.render();
            async move { text }
        }),
    )
}

/// The sockets of a server, by address.
///
/// Errors: nobody can listen there.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
}
