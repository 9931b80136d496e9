//! A PostgreSQL server of the benchmark's own, as an unprivileged user, on loopback.
//!
//! Always holds: it is in a folder that is removed with it, on a disk, with the settings of a new
//! installation; it is stopped when it is dropped. Where PostgreSQL is not installed, the caller
//! hears why. Not here: what is measured with it (`peers`, `newsroom`).

use annals::database::{Database, DatabaseAddress, init};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The unprivileged user of the server, where root starts it.
const USER: &str = "nobody";
/// A folder that is on a disk, and that this user may reach.
const DISK: &str = "/var/tmp";

/// The output of a command that must succeed.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output =
        command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// A running server; its owner is the role `owner`.
pub struct Postgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

impl Postgres {
    /// Starts one.
    ///
    /// Errors: why there is none.
    pub fn start() -> Result<Postgres, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/need-postgres");
        let found = run(&mut Command::new(script))?;
        let programs = PathBuf::from(found.lines().next_back().unwrap_or_default());
        let folder = tempfile::tempdir_in(DISK).map_err(|error| error.to_string())?;
        if is_root() {
            run(Command::new("chown").arg(format!("{USER}:nogroup")).arg(folder.path()))?;
        }
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        drop(listener);
        let server = Postgres { programs, folder, port };
        let mut make = server.command("initdb");
        run(make.args(["-D", "data", "-U", "owner", "-A", "trust", "-E", "UTF8"]))?;
        let socket = server.folder.path().display();
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{socket}'"
        );
        let mut start = server.command("pg_ctl");
        start.args(["-D", "data", "-w", "-l", "log", "-o", &options, "start"]);
        let started = start.stdout(Stdio::null()).stderr(Stdio::null()).status();
        match started.is_ok_and(|status| status.success()) {
            true => Ok(server),
            false => Err("the server did not start".to_owned()),
        }
    }

    /// Makes the tables of records, and a role `desk` that may serve them.
    pub fn make_tables(&self) -> Result<(), String> {
        self.run("CREATE ROLE desk LOGIN;")?;
        let address = DatabaseAddress::parse(&self.url("owner"), None, None);
        let owner = address.and_then(|address| Database::connect(&address));
        let made = owner.and_then(|mut owner| init(&mut owner, Some("desk")));
        made.map(|_| ()).map_err(|error| error.to_string())
    }

    /// The address for a role.
    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/postgres", self.port)
    }

    /// Runs a file of statements as the owner, over the socket; the time in seconds.
    pub fn run(&self, statements: &str) -> Result<f64, String> {
        let file = self.folder.path().join("statements.sql");
        fs::write(&file, statements).map_err(|error| error.to_string())?;
        let mut command = self.command("psql");
        command.args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "owner", "-d", "postgres"]);
        command.args(["-p", &self.port.to_string(), "-h"]).arg(self.folder.path());
        let began = Instant::now();
        run(command.arg("-f").arg(file))?;
        Ok(began.elapsed().as_secs_f64())
    }

    /// A command of PostgreSQL, as an unprivileged user.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = match is_root() {
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
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = run(self.command("pg_ctl").args(["-D", "data", "-m", "fast", "-w", "stop"]));
    }
}

/// Whether this is root, as whom PostgreSQL does not start.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
