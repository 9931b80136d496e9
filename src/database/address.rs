//! The address of a database.
//!
//! Always holds: a password is never shown; beyond this machine there is TLS, and the server's
//! certificate is verified. Not here: the connection (`mod`).

use super::DatabaseError;
use postgres::config::{Host, SslMode, TargetSessionAttrs};
use postgres::{Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The maximum time to connect to a host.
const CONNECT: Duration = Duration::from_secs(5);
/// After how long without an answer a connection counts as lost.
const SILENCE: Duration = Duration::from_secs(15);
/// How often a host that says nothing is asked whether it is there.
const PROBE: Duration = Duration::from_secs(5);

/// The address of a database, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, as libpq reads it.
/// Several hosts may be named; the one that can be written to is used. Shown without its password.
#[derive(Clone)]
pub struct DatabaseAddress {
    config: Config,
    shown: String,
    /// The file of certificate authorities that are trusted in place of the public ones.
    authorities: Option<String>,
}

impl DatabaseAddress {
    /// Whether a text is meant as the address of a database.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address. `password` is used where the address has none; `authorities` is a file of
    /// certificates, PEM, that are trusted in place of the public authorities.
    ///
    /// Errors: [`DatabaseError::Address`].
    ///
    /// ```
    /// use annals::database::DatabaseAddress;
    ///
    /// let address = "postgres://desk:secret@127.0.0.1:5433/news";
    /// let address = DatabaseAddress::parse(address, None, None)?;
    /// assert_eq!(address.to_string(), "postgres://127.0.0.1:5433/news");
    /// # Ok::<(), annals::database::DatabaseError>(())
    /// ```
    pub fn parse(
        text: &str,
        password: Option<&str>,
        authorities: Option<&str>,
    ) -> Result<DatabaseAddress, DatabaseError> {
        let refused =
            |found: &str, why: String| DatabaseError::Address { found: found.to_owned(), why };
        // What cannot be read may have a password anywhere in it.
        let unread = |why: &str| refused("another text", why.to_owned());
        if !DatabaseAddress::is_one(text) {
            return Err(unread("it begins with no postgres://"));
        }
        if text.matches('@').count() > 1 {
            return Err(unread("it has more than one @: in a name or a password write it as %40"));
        }
        let mut config = Config::from_str(text).map_err(|error| unread(&error.to_string()))?;
        let shown = shown(&config);
        if config.get_hosts().is_empty() {
            return Err(refused(&shown, "it names no host".to_owned()));
        }
        if config.get_dbname().is_none() {
            return Err(refused(&shown, "it names no database".to_owned()));
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        config.application_name("annals");
        bounded(&mut config);
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        match (is_here(&config), config.get_ssl_mode()) {
            (true, SslMode::Prefer) => config.ssl_mode(SslMode::Disable),
            (true, _) => &mut config,
            (false, SslMode::Disable) => {
                let why = "beyond this machine a connection needs TLS: leave out sslmode=disable";
                return Err(refused(&shown, why.to_owned()));
            }
            (false, _) => config.ssl_mode(SslMode::Require),
        };
        let authorities = authorities.map(str::to_owned);
        Ok(DatabaseAddress { config, shown, authorities })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// An address for each of its hosts, in their order.
    pub(super) fn hosts(&self) -> Vec<DatabaseAddress> {
        let addresses = self.config.get_hostaddrs();
        let hosts = self.config.get_hosts().iter().enumerate();
        hosts
            .map(|(number, host)| {
                let address = addresses.get(number).copied();
                self.at(host, address, port_of(&self.config, number))
            })
            .collect()
    }

    /// The address of this database through a proxy on this machine that listens on `port`. TLS is
    /// negotiated with the host behind the proxy, and the certificate is that host's.
    pub(super) fn through(&self, port: u16) -> DatabaseAddress {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            _ => "localhost".to_owned(),
        };
        self.at(&Host::Tcp(host), Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), port)
    }

    /// The place of its first host, as the operating system connects to it.
    pub(super) fn place(&self) -> Option<HostPlace> {
        let port = port_of(&self.config, 0);
        let address = self.config.get_hostaddrs().first();
        Some(match (self.config.get_hosts().first()?, address) {
            (Host::Unix(folder), _) => HostPlace::Socket(folder.join(format!(".s.PGSQL.{port}"))),
            (Host::Tcp(_), Some(address)) => HostPlace::Port(address.to_string(), port),
            (Host::Tcp(name), None) => HostPlace::Port(name.clone(), port),
        })
    }

    /// Whether one of its hosts takes a connection from here, whatever it answers then.
    pub fn is_reached(&self) -> bool {
        self.hosts().iter().filter_map(DatabaseAddress::place).any(|place| match place {
            HostPlace::Port(name, port) => {
                let addresses = (name.as_str(), port).to_socket_addrs();
                let mut addresses = addresses.into_iter().flatten();
                addresses.any(|address| TcpStream::connect_timeout(&address, CONNECT).is_ok())
            }
            HostPlace::Socket(path) => UnixStream::connect(path).is_ok(),
        })
    }

    /// The address of this database at another host, with the user, password and TLS settings of
    /// this address. It is shown as this address is.
    fn at(&self, host: &Host, address: Option<IpAddr>, port: u16) -> DatabaseAddress {
        let from = &self.config;
        let mut config = Config::new();
        match host {
            Host::Tcp(name) => config.host(name),
            Host::Unix(folder) => config.host_path(folder),
        };
        bounded(config.port(port));
        config.ssl_mode(from.get_ssl_mode()).ssl_negotiation(from.get_ssl_negotiation());
        config.channel_binding(from.get_channel_binding());
        config.target_session_attrs(from.get_target_session_attrs());
        if let Some(address) = address {
            config.hostaddr(address);
        }
        if let Some(password) = from.get_password() {
            config.password(password);
        }
        if let Some(user) = from.get_user() {
            config.user(user);
        }
        if let Some(name) = from.get_dbname() {
            config.dbname(name);
        }
        if let Some(options) = from.get_options() {
            config.options(options);
        }
        if let Some(name) = from.get_application_name() {
            config.application_name(name);
        }
        let authorities = self.authorities.clone();
        DatabaseAddress { config, shown: self.shown.clone(), authorities }
    }

    /// How TLS is spoken; `None` without TLS.
    pub(super) fn tls(&self) -> Result<Option<MakeRustlsConnect>, DatabaseError> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            let NoTls = NoTls;
            return Ok(None);
        }
        let refused = |why: String| DatabaseError::Address { found: self.shown.clone(), why };
        let mut roots = RootCertStore::empty();
        match &self.authorities {
            None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                let unread =
                    |why: &dyn fmt::Display| refused(format!("the certificates of {file}: {why}"));
                let found = CertificateDer::pem_file_iter(Path::new(file));
                for certificate in found.map_err(|why| unread(&why))? {
                    let certificate = certificate.map_err(|why| unread(&why))?;
                    roots.add(certificate).map_err(|why| unread(&why))?;
                }
                if roots.is_empty() {
                    return Err(refused(format!("{file} has no certificate, PEM")));
                }
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| refused(error.to_string()))?;
        let config = versions.with_root_certificates(roots).with_no_client_auth();
        Ok(Some(MakeRustlsConnect::new(config)))
    }
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseAddress").field(&self.shown).finish()
    }
}

/// Where a host is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HostPlace {
    /// A name or an address, and a port.
    Port(String, u16),
    /// A socket in the file system.
    Socket(PathBuf),
}

/// Bounds the wait for a host that is gone, also where nothing is on its way to it: a commit may
/// wait long for a standby, but not for a server that no longer runs.
fn bounded(config: &mut Config) {
    config.connect_timeout(CONNECT).tcp_user_timeout(SILENCE);
    config.keepalives_idle(PROBE).keepalives_interval(PROBE).keepalives_retries(2);
}

/// The port of a host, by its number among the hosts.
fn port_of(config: &Config, number: usize) -> u16 {
    let ports = config.get_ports();
    ports.get(number).or(ports.first()).copied().unwrap_or(5432)
}

/// Hosts, ports and the name of the database.
fn shown(config: &Config) -> String {
    let host = |(number, host): (usize, &Host)| match host {
        Host::Tcp(name) if name.contains(':') => format!("[{name}]:{}", port_of(config, number)),
        Host::Tcp(name) => format!("{name}:{}", port_of(config, number)),
        Host::Unix(folder) => format!("{}:{}", folder.display(), port_of(config, number)),
    };
    let hosts: Vec<String> = config.get_hosts().iter().enumerate().map(host).collect();
    format!("postgres://{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}

/// Whether every host is this machine, and every address to which it is connected in its place.
fn is_here(config: &Config) -> bool {
    let is_loopback = |name: &str| name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let hosts = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || is_loopback(name),
    });
    hosts && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "postgres://desk:geheim@127.0.0.1/news",
            "postgres://127.0.0.1:5433/news?user=desk&password=geheim",
            "postgres://desk:geheim@db.example.org/news",
            "postgres://desk:geheim@[::1]:5433,127.0.0.1:5434/news",
            "postgres://desk:geheim@/news?host=/run/postgresql",
        ] {
            let address = DatabaseAddress::parse(text, None, None).unwrap();
            assert!(!format!("{address} {address:?}").contains("geheim"), "{address}");
        }
        for text in [
            "postgres://desk:geheim@127.0.0.1:port/news",
            "desk:geheim@127.0.0.1",
            "postgres://desk:ganz@geheim@127.0.0.1/news",
            "postgres://desk:ganz@sehr/geheim@127.0.0.1/news",
        ] {
            let error = DatabaseAddress::parse(text, None, None).unwrap_err();
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
    }

    #[test]
    fn beyond_this_machine_there_is_tls() {
        let mode = |text: &str| {
            let address = DatabaseAddress::parse(text, None, None);
            address.map(|address| address.config.get_ssl_mode())
        };
        assert_eq!(mode("postgres://localhost/news").unwrap(), SslMode::Disable);
        assert_eq!(mode("postgres://127.0.0.1/news?sslmode=require").unwrap(), SslMode::Require);
        assert_eq!(mode("postgres://db.example.org/news").unwrap(), SslMode::Require);
        assert_eq!(mode("postgres://127.0.0.1,10.0.0.1/news").unwrap(), SslMode::Require);
        let here = "postgres://localhost/news?hostaddr=127.0.0.1";
        assert_eq!(mode(here).unwrap(), SslMode::Disable);
        for elsewhere in ["localhost/news?hostaddr=10.0.0.1", "db.example/news?hostaddr=127.0.0.1"]
        {
            assert_eq!(mode(&format!("postgres://{elsewhere}")).unwrap(), SslMode::Require);
            assert!(mode(&format!("postgres://{elsewhere}&sslmode=disable")).is_err());
        }
        let refused = mode("postgres://db.example.org/news?sslmode=disable").unwrap_err();
        assert!(refused.to_string().contains("needs TLS"), "{refused}");
    }

    #[test]
    fn each_host_has_an_address_and_a_proxy_stands_before_it() {
        let all = "postgres://desk:geheim@one.example:5433,10.0.0.2:5434/news?options=-c%20x=y";
        let all = DatabaseAddress::parse(all, None, None).unwrap();
        let hosts = all.hosts();
        let places: Vec<HostPlace> = hosts.iter().map(|host| host.place().unwrap()).collect();
        let port = |name: &str, port| HostPlace::Port(name.to_owned(), port);
        assert_eq!(places, [port("one.example", 5433), port("10.0.0.2", 5434)]);
        let through = hosts[0].through(6000);
        // TLS is spoken with the host, over the proxy.
        assert_eq!(through.config.get_hosts(), [Host::Tcp("one.example".to_owned())]);
        assert_eq!(through.place().unwrap(), port("127.0.0.1", 6000));
        for one in [&hosts[0], &hosts[1], &through] {
            assert_eq!(one.to_string(), all.to_string());
            assert_eq!(one.config.get_ssl_mode(), SslMode::Require);
            assert_eq!(one.config.get_user(), Some("desk"));
            assert_eq!(one.config.get_password(), Some(&b"geheim"[..]));
            assert_eq!(one.config.get_dbname(), Some("news"));
            assert_eq!(one.config.get_options(), Some("-c x=y"));
            assert_eq!(one.config.get_application_name(), Some("annals"));
            assert_eq!(one.config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        }
        let socket = "postgres:///news?host=/run/postgresql&port=5433";
        let socket = DatabaseAddress::parse(socket, None, None).unwrap();
        let place = socket.hosts()[0].place().unwrap();
        assert_eq!(place, HostPlace::Socket("/run/postgresql/.s.PGSQL.5433".into()));
        assert_eq!(socket.through(6000).place().unwrap(), port("127.0.0.1", 6000));
    }

    #[test]
    fn what_an_address_lacks_is_named() {
        for (text, expected) in [
            ("mysql://127.0.0.1/news", "begins with no postgres://"),
            ("postgres:///news", "no host"),
            ("postgres://127.0.0.1", "no database"),
        ] {
            let error = DatabaseAddress::parse(text, None, None).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
