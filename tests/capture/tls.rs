//! Fetching over TLS from a server on this machine, whose certificate is made here.
//!
//! Always holds: nothing is trusted that the test does not name.

use crate::capture::served::answer;
use annals::capture::fetch::{FetchBounds, FetchError, fetch, fetch_trusting};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use ureq::tls::{Certificate, RootCerts};

/// A server of this name that answers this many connections by path.
struct TlsServer {
    address: String,
    certificate: CertificateDer<'static>,
    running: thread::JoinHandle<()>,
}

impl TlsServer {
    fn start(name: &str, connections: usize, answers: fn(&str) -> Vec<u8>) -> TlsServer {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([name.to_owned()]).unwrap();
        let certificate = cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key)
                .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let running = thread::spawn(move || {
            for stream in listener.incoming().take(connections) {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
                let mut line = String::new();
                // A client that does not trust the certificate sends no request.
                if stream.read_line(&mut line).is_err() {
                    continue;
                }
                let mut head = String::new();
                while stream.read_line(&mut head).is_ok_and(|read| read > 2) {
                    head.clear();
                }
                let path = line.split(' ').nth(1).unwrap_or_default();
                let stream = stream.get_mut();
                let _ = stream.write_all(&answers(path));
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        });
        TlsServer { address, certificate, running }
    }

    fn authorities(&self) -> RootCerts {
        RootCerts::new_with_certs(&[Certificate::from_der(&self.certificate).to_owned()])
    }
}

const HERE: FetchBounds = FetchBounds { private: true, ..FetchBounds::PUBLIC };

#[test]
fn a_page_is_fetched_over_tls_and_its_redirects_are_recorded() {
    let server = TlsServer::start("localhost", 2, |path| match path {
        "/a" => answer("301 Moved", "Location: /b\r\n", b""),
        _ => answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", b"<p>They met."),
    });
    let at = |path: &str| format!("{}{path}", server.address);
    let page = fetch_trusting(&at("/a"), HERE, server.authorities()).unwrap();
    assert_eq!((page.bytes.as_slice(), &page.address), (&b"<p>They met."[..], &at("/b")));
    let way = format!("redirected: {} (301) → {}", at("/a"), at("/b"));
    assert!(page.method.contains(&way), "{}", page.method);
    server.running.join().unwrap();
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = TlsServer::start("localhost", 2, |_| answer("200 OK", "", b"They met."));
    let other = TlsServer::start("localhost", 0, |_| Vec::new());
    for refused in
        [fetch(&server.address, HERE), fetch_trusting(&server.address, HERE, other.authorities())]
    {
        let Err(FetchError::Network { why, .. }) = &refused else { panic!("{refused:?}") };
        assert!(why.contains("invalid peer certificate"), "{why}");
    }
    server.running.join().unwrap();
    other.running.join().unwrap();
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    let server = TlsServer::start("example.org", 1, |_| answer("200 OK", "", b"They met."));
    let refused = fetch_trusting(&server.address, HERE, server.authorities());
    let Err(FetchError::Network { why, .. }) = &refused else { panic!("{refused:?}") };
    assert!(why.contains("invalid peer certificate"), "{why}");
    server.running.join().unwrap();
}
