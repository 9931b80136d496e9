//! Files over HTTP: GET of one name at a time, from one host.
//!
//! Always holds: every wait and every size has a bound; no redirect is followed, so nothing is
//! asked of a host that was not named; an answer other than 200, 404 and 410 is an error.
//! Not here: TLS. For an https address put a proxy that speaks TLS in front and name the proxy.
//! Source: RFC 9110.

use crate::archive::files::Files;
use crate::text::is_invisible;
use crate::verify::source::SourceError;
use std::io;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Uri;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the head of an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How long the body of an answer may take: 64 MiB at 600 kB/s.
const BODY: Duration = Duration::from_secs(120);
/// The most bytes of an answer's head.
const HEAD: usize = 16 << 10;

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Not an address.
    #[error("expected an address like http://127.0.0.1:8080/record, found {0}")]
    Address(String),
    /// TLS is not built in.
    #[error(
        "https is not built in; name a proxy on this machine that speaks TLS for it (such as \
         stunnel or socat), or fetch the files and name their folder"
    )]
    Tls,
}

/// The files below an address.
pub struct Web {
    agent: Agent,
    address: String,
}

impl Web {
    /// The files below this `http://` address. Nothing is asked yet.
    ///
    /// ```
    /// use annals::archive::web::{Web, WebError};
    /// assert!(Web::at("http://127.0.0.1:8080/record/").is_ok());
    /// assert!(matches!(Web::at("https://example.org"), Err(WebError::Tls)));
    /// assert!(matches!(Web::at("ftp://example.org"), Err(WebError::Address(_))));
    /// ```
    pub fn at(address: &str) -> Result<Web, WebError> {
        let shown = || address.chars().filter(|c| !is_invisible(*c)).take(100).collect();
        let bad = || WebError::Address(shown());
        let uri: Uri = address.parse().map_err(|_| bad())?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(WebError::Tls),
            _ => return Err(bad()),
        }
        if uri.host().is_none_or(str::is_empty) || uri.query().is_some() {
            return Err(bad());
        }
        let address = address.trim_end_matches('/').to_owned();
        Ok(Web { agent: agent(CONNECT, ANSWER, BODY), address })
    }
}

/// A client that follows no redirect, asks no proxy, and waits no longer than it is told to.
pub fn agent(connect: Duration, answer: Duration, body: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_connect(Some(connect))
        .timeout_recv_response(Some(answer))
        .timeout_recv_body(Some(body))
        .max_response_header_size(HEAD)
        .user_agent(concat!("annals/", env!("CARGO_PKG_VERSION")));
    config.build().new_agent()
}

/// What went wrong, as an I/O error.
pub fn cause(error: ureq::Error) -> io::Error {
    match error {
        ureq::Error::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

impl Files for Web {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let what = format!("{}/{name}", self.address);
        let failed = |cause: io::Error| SourceError { what: what.clone(), cause };
        let answer = self.agent.get(&what).call().map_err(|error| failed(cause(error)))?;
        match answer.status().as_u16() {
            200 => {}
            404 | 410 => return Ok(None),
            other => {
                let why = format!("expected the answer 200 or 404, found {other}");
                return Err(failed(io::Error::other(why)));
            }
        }
        let mut bytes = Vec::new();
        let body = answer.into_body().into_reader();
        let read = io::Read::read_to_end(&mut io::Read::take(body, bound), &mut bytes);
        read.map_err(failed)?;
        Ok(Some(bytes))
    }
}
