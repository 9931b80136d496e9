//! A PostgreSQL database as the home of a record, with a real server that each test starts in a
//! folder of its own.
//!
//! `ANNALS_NO_POSTGRES=1` omits these tests with a message.

pub mod check;
mod contract;
mod failover;
mod faults;
mod fitness;
mod memory;
mod moving;
mod patroni;
mod stopped;
mod story;

use annals::database::{Database, DatabaseAddress, init};
use annals::store::StoreHead;
use annals_core::merkle::Tree;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The unprivileged user of a server, where root starts it.
pub const USER: &str = "nobody";

/// A running PostgreSQL server, stopped when it is dropped.
pub struct PostgresServer {
    /// The folder of PostgreSQL's programs.
    pub programs: PathBuf,
    folder: tempfile::TempDir,
    /// Where it listens, on this machine.
    pub port: u16,
}

impl PostgresServer {
    /// Starts one with the tables of a record, and a role `desk` that may serve it; `None` where
    /// these tests are omitted.
    pub fn start() -> Option<PostgresServer> {
        let server = PostgresServer::bare()?;
        server.sql("CREATE ROLE desk LOGIN");
        let mut owner = Database::connect(&server.address("owner")).unwrap();
        assert!(init(&mut owner, Some("desk")).unwrap());
        Some(server)
    }

    /// The same without tables and roles.
    pub fn bare() -> Option<PostgresServer> {
        if std::env::var("ANNALS_NO_POSTGRES").is_ok_and(|said| said == "1") {
            eprintln!("NOT RUN, as ANNALS_NO_POSTGRES=1 asks: no database was started");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/need-postgres");
        let found = Command::new(script).output().expect("scripts/need-postgres runs");
        assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
        let found = String::from_utf8(found.stdout).unwrap();
        let programs = PathBuf::from(found.lines().next_back().unwrap());
        let folder = tempfile::tempdir().unwrap();
        if rustix::process::geteuid().is_root() {
            let owner = format!("{USER}:nogroup");
            run(Command::new("chown").arg(owner).arg(folder.path()));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = PostgresServer { programs, folder, port };
        let mut make = server.command("initdb");
        make.args(["-D", "data", "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        run(make.stdout(Stdio::null()));
        server.begin();
        Some(server)
    }

    /// A command of PostgreSQL, as an unprivileged user.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = match rustix::process::geteuid().is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", USER, "--regid", "nogroup", "--clear-groups"]).arg(path);
                command
            }
            false => Command::new(path),
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Starts the server's processes.
    pub fn begin(&self) {
        let socket = self.folder.path().display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{socket}' \
             -c max_connections=40",
            self.port
        );
        // The processes of one that was killed take a moment to end.
        let has_begun = (0..40).any(|_| {
            let mut start = self.command("pg_ctl");
            start.args(["-D", "data", "-w", "-t", "60", "-l", "log", "-o", &options, "start"]);
            let done = start.stdout(Stdio::null()).stderr(Stdio::null()).status();
            let is_good = done.expect("pg_ctl runs").success();
            if !is_good {
                std::thread::sleep(Duration::from_millis(250));
            }
            is_good
        });
        assert!(has_begun, "{}", std::fs::read_to_string(self.folder.path().join("log")).unwrap());
    }

    /// Ends its first process as a power cut does.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let pid: i32 = pid.lines().next().unwrap().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    }

    /// Runs a file of statements as the owner.
    fn feed(&self, statements: &[u8]) {
        let file = self.folder.path().join("statements.sql");
        std::fs::write(&file, statements).unwrap();
        let mut command = self.command("psql");
        command.args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "owner", "-d", "postgres"]);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-f"]).arg(file);
        run(command.stdout(Stdio::null()));
    }

    /// Puts everything that this one keeps into another one.
    pub fn dump_into(&self, other: &PostgresServer) {
        let mut dump = self.command("pg_dump");
        dump.args(["-U", "owner", "-d", "postgres", "-h", "127.0.0.1", "-p"]);
        let dumped = dump.args([&self.port.to_string(), "-a", "-n", "annals"]).output().unwrap();
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
        other.feed(&dumped.stdout);
    }

    /// The address for a role.
    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/postgres", self.port)
    }

    /// The same, read.
    pub fn address(&self, role: &str) -> DatabaseAddress {
        DatabaseAddress::parse(&self.url(role), None, None).unwrap()
    }

    /// A connection of the owner.
    pub fn client(&self) -> postgres::Client {
        let text = format!("host=127.0.0.1 port={} user=owner dbname=postgres", self.port);
        postgres::Client::connect(&text, postgres::NoTls).unwrap()
    }

    /// Runs statements as the owner; what they print, without decoration.
    pub fn sql(&self, statements: &str) -> String {
        let mut command = self.command("psql");
        command.args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "owner", "-d", "postgres"]);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-c", statements]);
        let done = command.output().expect("psql runs");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{statements}: {said}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }
}

/// Adds an empty record, which is kept in the database.
pub fn add_empty(server: &PostgresServer) {
    let mut database = Database::connect(&server.address("desk")).unwrap();
    let empty = Tree::default().root();
    let id = database.add_record("desk.example.org/record", &empty, "a test").unwrap();
    database.move_record(id, &StoreHead::EMPTY, Some("a test"), None).unwrap();
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        let _ = stop.args(["-D", "data", "-m", "immediate", "-w", "stop"]).output();
    }
}

pub fn run(command: &mut Command) {
    let done = command.status().expect("it runs");
    assert!(done.success(), "{command:?}");
}

/// What a [`CuttingProxy`] does with the next COMMIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It passes it on.
    No,
    /// It closes the connection in its place.
    Before,
    /// It passes it on, and closes the connection at once.
    At,
    /// It passes it on, waits for the answer, and closes the connection in its place.
    After,
}

/// A proxy before a database that cuts connections when a transaction is committed.
pub struct CuttingProxy {
    pub port: u16,
    next: Arc<Mutex<Cut>>,
    /// How often it cut.
    pub cuts: Arc<AtomicU32>,
}

impl CuttingProxy {
    pub fn before(server: &PostgresServer) -> CuttingProxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (next, cuts) = (Arc::new(Mutex::new(Cut::No)), Arc::new(AtomicU32::new(0)));
        let (cutting, counting, to) = (Arc::clone(&next), Arc::clone(&cuts), server.port);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(database) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                let (cutting, counting) = (Arc::clone(&cutting), Arc::clone(&counting));
                std::thread::spawn(move || pass_on(client, database, &cutting, &counting));
            }
        });
        CuttingProxy { port, next, cuts }
    }

    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/postgres", self.port)
    }

    /// Cuts the next commit, once.
    pub fn cut(&self, cut: Cut) {
        *self.next.lock().unwrap() = cut;
    }
}

/// One connection: what comes from the client is searched for a COMMIT.
fn pass_on(mut client: TcpStream, mut database: TcpStream, next: &Mutex<Cut>, cuts: &AtomicU32) {
    const COMMIT: &[u8] = b"COMMIT\0";
    for stream in [&client, &database] {
        // Small messages one after the other must not wait for their acknowledgements.
        stream.set_nodelay(true).unwrap();
    }
    let held = Arc::new(Mutex::new(false));
    let answers = {
        let (mut from, mut to) = (database.try_clone().unwrap(), client.try_clone().unwrap());
        let held = Arc::clone(&held);
        std::thread::spawn(move || {
            let (mut bytes, mut heard) = ([0; 65_536], Vec::new());
            while let Ok(read @ 1..) = from.read(&mut bytes) {
                if *held.lock().unwrap() {
                    // Answers to what was asked before the commit may come first.
                    heard.extend_from_slice(&bytes[..read]);
                    if heard.windows(COMMIT.len()).any(|window| window == COMMIT) {
                        // The answer to a commit that nobody hears.
                        let _ = to.shutdown(Shutdown::Both);
                        let _ = from.shutdown(Shutdown::Both);
                        return;
                    }
                    continue;
                }
                if to.write_all(&bytes[..read]).is_err() {
                    return;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        })
    };
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = client.read(&mut bytes) {
        let part = &bytes[..read];
        let is_commit = part.windows(COMMIT.len()).any(|window| window == COMMIT);
        let cut = match is_commit {
            true => std::mem::replace(&mut *next.lock().unwrap(), Cut::No),
            false => Cut::No,
        };
        if cut != Cut::No {
            cuts.fetch_add(1, Ordering::Relaxed);
        }
        match cut {
            Cut::No => {}
            Cut::Before => break,
            Cut::At => {
                let _ = database.write_all(part);
                break;
            }
            Cut::After => *held.lock().unwrap() = true,
        }
        if database.write_all(part).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = database.shutdown(Shutdown::Both);
    let _ = answers.join();
}
