//! Connections: taken, bounded in number and time, with TLS or without, and drained at the end.
//!
//! Always holds: the head of a request has a deadline, and so has every wait for a reader that
//! takes nothing; a connection that fails affects no other. At the end no new connection is taken,
//! and answers that were begun are finished. Not here: the answers (`routes`).
//! Source: RFC 9112; RFC 8446.

use crate::serve::pace::Paced;
use crate::serve::peers::Peers;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tower_service::Service;

/// The most connections at a time.
const CONNECTIONS: usize = 2_048;
/// One address has at most this part of them: one in so many.
const SHARE: usize = 4;
/// The number of open files that are kept for everything else.
const SPARE_FILES: u64 = 128;
/// How long a TLS handshake or the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection waits for a reader that takes nothing, or a writer that sends nothing.
const STALLED: Duration = Duration::from_secs(30);
/// How long answers are waited for at the end.
const DRAIN: Duration = Duration::from_secs(10);
/// The pause after a connection could not be taken.
const PAUSE: Duration = Duration::from_millis(100);

/// The certificate and the key of a server, read again when it is asked to.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files, PEM both.
    ///
    /// Errors: a file cannot be read, or has no certificate or key that fits.
    pub fn read(certificate: &Path, key: &Path) -> io::Result<Tls> {
        let config = RwLock::new(Arc::new(config(certificate, key)?));
        Ok(Tls { certificate: certificate.to_owned(), key: key.to_owned(), config })
    }

    /// Reads them again; an error leaves the earlier ones in use.
    ///
    /// Errors: as [`Tls::read`].
    pub fn read_again(&self) -> io::Result<()> {
        let config = Arc::new(config(&self.certificate, &self.key)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    fn acceptor(&self) -> TlsAcceptor {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }
}

fn config(certificate: &Path, key: &Path) -> io::Result<ServerConfig> {
    let failed = |path: &Path, why: String| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()))
    };
    let certificates = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| failed(certificate, unread(&why)))?;
    if certificates.is_empty() {
        return Err(failed(certificate, "expected a certificate, found none".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|why| failed(key, unread(&why)))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth();
    builder.with_single_cert(certificates, secret).map_err(|why| match why {
        rustls::Error::InconsistentKeys(_) => {
            let why = "expected the private key of the certificate, found another one";
            failed(key, format!("{why}: name the two that belong together"))
        }
        why => failed(key, why.to_string()),
    })
}

/// Why a file in PEM cannot be used.
fn unread(why: &pem::Error) -> String {
    match why {
        pem::Error::Io(cause) => format!("cannot be read: {cause}"),
        pem::Error::NoItemsFound => "expected a private key that is not encrypted, in PEM, found \
                                     none; openssl pkey -in KEY -out PLAIN decrypts one"
            .to_owned(),
        why => why.to_string(),
    }
}

/// Serves until `stopping` is true; then finishes the answers that were begun.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<Tls>>,
    mut stopping: watch::Receiver<bool>,
    log: Arc<dyn Fn(&str) + Send + Sync>,
) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(most_connections()));
    let peers = Arc::new(Peers::new(most_connections().div_ceil(SHARE)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(why) => {
                log(&format!("cannot take a connection: {why}"));
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Whoever finds no slot may come again.
        let Some(peer) = peers.enter(from.ip()) else { continue };
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else { continue };
        let _ = stream.set_nodelay(true);
        let (router, watcher) = (router.clone(), graceful.watcher());
        let acceptor = tls.as_ref().map(|tls| tls.acceptor());
        tokio::spawn(async move {
            match acceptor {
                None => talk(stream, router, watcher).await,
                Some(acceptor) => {
                    let shaken = tokio::time::timeout(HEAD, acceptor.accept(stream)).await;
                    if let Ok(Ok(stream)) = shaken {
                        talk(stream, router, watcher).await;
                    }
                }
            }
            drop((slot, peer));
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
}

/// Answers the requests of one connection.
async fn talk<S>(stream: S, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stream = TimeoutStream::new(Paced::new(stream));
    stream.set_write_timeout(Some(STALLED));
    let service = service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move { router.call(request).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // A connection that fails affects no other.
    let _ = watcher.watch(connection).await;
}

/// As many connections as this process may have files open, minus a reserve.
pub fn most_connections() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let most = files.map_or(CONNECTIONS, |files| {
        usize::try_from(files.saturating_sub(SPARE_FILES)).unwrap_or(usize::MAX)
    });
    most.clamp(1, CONNECTIONS)
}
