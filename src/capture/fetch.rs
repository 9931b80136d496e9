//! Fetching a page: over TLS, from a public address, within bounds.
//!
//! Always holds: each address on the way is checked before a request, and a name by what it is
//! found at, so that no page leads into the house; redirects, bytes and time have bounds; no
//! cookie, no password, no proxy. Not here: what the bytes are. Source: RFC 9110, RFC 6890.

use crate::archive::web::{cause, shown_address};
use crate::capture::library::{HTTP, method};
use crate::capture::warc::split_content_type;
use annals_core::event::body::MAX_DOCUMENT;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::Url;

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 10;
/// How long a connection may take, and all of a fetch.
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(120);
/// The most bytes of an answer's head.
const HEAD: usize = 64 << 10;
/// The most characters of an address; the record takes no longer ones.
const MAX_ADDRESS: usize = 2_000;

/// Which addresses may be requested, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct FetchBounds {
    /// Addresses of this machine and of private networks too.
    pub private: bool,
    /// Without TLS too, where an address says `http`.
    pub plain: bool,
    /// How long all may take.
    pub time: Duration,
    /// The most bytes.
    pub bytes: u64,
}

impl FetchBounds {
    /// Public addresses over TLS; a document's bytes.
    pub const PUBLIC: FetchBounds =
        FetchBounds { private: false, plain: false, time: WHOLE, bytes: MAX_DOCUMENT };
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedPage {
    /// The bytes, without a content coding.
    pub bytes: Vec<u8>,
    /// Where they were found, after redirects.
    pub address: String,
    /// The media type that the server named.
    pub named: Option<String>,
    /// The character set that it named.
    pub charset: Option<String>,
    /// How they were fetched, redirects included: for the field `method`.
    pub method: String,
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an address of a page.
    #[error("expected an address like https://example.org/page, found {0}")]
    Address(String),
    /// A name and password would stand in the record.
    #[error("{0}: expected an address without a name and password in it, for it is recorded")]
    Secret(String),
    /// Without TLS.
    #[error(
        "{0}: expected https, found http, which anybody on the way can change; --allow-http takes \
         it"
    )]
    Plain(String),
    /// An address that is not public.
    #[error("{address} is at {found}, which is no public address; --allow-private takes it")]
    Private {
        /// The address.
        address: String,
        /// The number that it was found at.
        found: IpAddr,
    },
    /// Redirects without end.
    #[error("{0}: more than {MAX_REDIRECTS} redirects")]
    Redirects(String),
    /// A redirect that leads nowhere.
    #[error("{0}: a redirect without an address to follow")]
    Lost(String),
    /// Another answer than 200.
    #[error("{address}: expected the answer 200, found {status}")]
    Status {
        /// The address.
        address: String,
        /// The answer.
        status: u16,
    },
    /// Bytes in a form that was not requested.
    #[error("{address}: expected bytes as they are or in gzip, found the encoding {found}")]
    Coding {
        /// The address.
        address: String,
        /// The content coding.
        found: String,
    },
    /// More bytes than a document has.
    #[error("{address}: expected at most {most} bytes, found more")]
    Large {
        /// The address.
        address: String,
        /// The most bytes.
        most: u64,
    },
    /// The network failed, or was too slow.
    #[error("{address}: {why}; a page that is saved as a file can be captured with --url")]
    Network {
        /// The address.
        address: String,
        /// What happened.
        why: String,
    },
}

/// Whether this is an address, and no name of a file.
pub fn is_address(text: &str) -> bool {
    let scheme =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    scheme("https://") || scheme("http://")
}

/// Fetches a page; over TLS, from a server that a public authority certifies.
pub fn fetch(address: &str, bounds: FetchBounds) -> Result<FetchedPage, FetchError> {
    fetch_trusting(address, bounds, RootCerts::WebPki)
}

/// Fetches a page; over TLS, from a server that one of these authorities certifies.
pub fn fetch_trusting(
    address: &str,
    bounds: FetchBounds,
    authorities: RootCerts,
) -> Result<FetchedPage, FetchError> {
    let began = Instant::now();
    let mut url = parse(address)?;
    let agent = agent(bounds, authorities);
    let mut way: Vec<String> = Vec::new();
    loop {
        check(&url, bounds)?;
        let network = |why: String| FetchError::Network { address: url.to_string(), why };
        let left = bounds.time.checked_sub(began.elapsed());
        let slow = || network(format!("it took longer than {} seconds", bounds.time.as_secs()));
        let left = left.filter(|left| !left.is_zero()).ok_or_else(slow)?;
        let request = agent.get(url.as_str()).config().timeout_global(Some(left)).build();
        let answer = request.call().map_err(|error| refused(&url, error))?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let status = answer.status().as_u16();
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            let lost = || FetchError::Lost(url.to_string());
            let next = header("location").and_then(|to| url.join(to).ok()).ok_or_else(lost)?;
            if way.len() == MAX_REDIRECTS {
                return Err(FetchError::Redirects(address.to_owned()));
            }
            way.push(format!("{} ({status})", visible(&url)));
            url = parse(next.as_str())?;
            continue;
        }
        if status != 200 {
            return Err(FetchError::Status { address: visible(&url), status });
        }
        let coding = header("content-encoding").unwrap_or_default().to_ascii_lowercase();
        if !matches!(coding.as_str(), "" | "identity") {
            let found = coding.chars().take(40).collect();
            return Err(FetchError::Coding { address: visible(&url), found });
        }
        let (named, charset) = header("content-type").map(split_content_type).unwrap_or_default();
        let mut bytes = Vec::new();
        let body = answer.into_body().into_reader();
        let read = body.take(bounds.bytes + 1).read_to_end(&mut bytes);
        read.map_err(|error| network(error.to_string()))?;
        if bytes.len() as u64 > bounds.bytes {
            return Err(FetchError::Large { address: visible(&url), most: bounds.bytes });
        }
        let how = match way.is_empty() {
            true => format!("GET by {HTTP}"),
            false => format!("GET by {HTTP}, redirected: {} → {}", way.join(" → "), visible(&url)),
        };
        let method = method(&cut(&how));
        return Ok(FetchedPage { bytes, address: visible(&url), named, charset, method });
    }
}

/// An address as it is recorded: what follows `#` is never sent.
fn visible(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.to_string()
}

/// Words that fit into a field.
fn cut(text: &str) -> String {
    match text.chars().count() > MAX_ADDRESS - 100 {
        true => text.chars().take(MAX_ADDRESS - 101).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

fn parse(address: &str) -> Result<Url, FetchError> {
    let is_shown = |c: &char| c.is_ascii_graphic() || *c == '…';
    let shown = || shown_address(address).chars().filter(is_shown).take(100).collect::<String>();
    let url = Url::parse(address).map_err(|_| FetchError::Address(shown()))?;
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > MAX_ADDRESS {
        return Err(FetchError::Address(shown()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Secret(url.host_str().unwrap_or_default().to_owned()));
    }
    Ok(url)
}

/// Checks the scheme of an address; without TLS only this machine is allowed, or on request.
fn check(url: &Url, bounds: FetchBounds) -> Result<(), FetchError> {
    let here = match url.host() {
        Some(url::Host::Ipv4(number)) => number.is_loopback(),
        Some(url::Host::Ipv6(number)) => number.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() == "http" && !bounds.plain && !here {
        true => Err(FetchError::Plain(visible(url))),
        false => Ok(()),
    }
}

/// The error of a request, which may be ours from within.
fn refused(url: &Url, error: ureq::Error) -> FetchError {
    let address = visible(url);
    if let ureq::Error::Other(inner) = &error
        && let Some(PrivateAddress(found)) = inner.downcast_ref()
    {
        return FetchError::Private { address, found: *found };
    }
    FetchError::Network { address, why: cause(error).to_string() }
}

fn agent(bounds: FetchBounds, authorities: RootCerts) -> Agent {
    let config = Config::builder()
        .tls_config(TlsConfig::builder().root_certs(authorities).build())
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .max_response_header_size(HEAD)
        .user_agent(concat!("annals/", env!("CARGO_PKG_VERSION")))
        .build();
    let resolver = PublicResolver { inner: DefaultResolver::default(), private: bounds.private };
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// An address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no public address")]
struct PrivateAddress(IpAddr);

/// Finds the addresses of a name, and refuses the name if one of them is not public: it is this
/// answer that is connected to, not one of a second question.
#[derive(Debug)]
struct PublicResolver {
    inner: DefaultResolver,
    private: bool,
}

impl Resolver for PublicResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        match found.iter().find(|address| !self.private && !is_public(address.ip())) {
            Some(address) => Err(ureq::Error::Other(Box::new(PrivateAddress(address.ip())))),
            None => Ok(found),
        }
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let parts = address.segments();
    let embedded = || Ipv4Addr::from((u32::from(parts[6]) << 16) | u32::from(parts[7]));
    match parts {
        // Translated to IPv4 on the way.
        [0x64, 0xFF9B, 0, 0, 0, 0, _, _] => is_public_v4(embedded()),
        [0x2002, high, low, ..] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        [0x2001, 0xDB8, ..] | [0x2001, 0, ..] => false,
        // Only this eighth is given out to the public internet.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_page_is_refused() {
        assert!(is_address("HTTPS://example.org") && !is_address("page.html"));
        assert!(matches!(parse("https://"), Err(FetchError::Address(_))));
        assert!(matches!(parse("https://a:b@example.org"), Err(FetchError::Secret(_))));
        let refused = fetch("http://example.org/", FetchBounds::PUBLIC);
        assert!(matches!(refused, Err(FetchError::Plain(_))), "{refused:?}");
        for address in ["https://127.0.0.1:1/", "http://127.0.0.1:1/", "https://[::1]:1/"] {
            let refused = fetch(address, FetchBounds::PUBLIC);
            assert!(matches!(refused, Err(FetchError::Private { .. })), "{refused:?}");
        }
    }
}
