//! Peers, where they run here: git with a signed commit for each fact, and PostgreSQL with an insert
//! for each fact.
//!
//! Always holds: a peer that is not there is skipped with one line; what is started is stopped. The
//! bytes are those of the record's events. Not here: the plain file (`measure`).

use crate::history::History;
use crate::make::paths;
use annals::ledger::reader::Record;
use annals_core::verify::source::Source;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The number of rows that one transaction of a batch has.
const BATCH: usize = 1_000;

/// The numbers of facts that are measured.
pub struct PeerCounts {
    /// Signed commits.
    pub commits: usize,
    /// Inserts, one a transaction.
    pub inserts: usize,
    /// Inserts in transactions of 1,000.
    pub batched: usize,
}

/// Measures every peer that is there.
pub fn measure(folder: &Path, counts: &PeerCounts, history: &mut History) {
    let record = Record::open(paths(folder)).expect("a record");
    let count = counts.commits.max(counts.inserts).max(counts.batched);
    let facts = facts(&record, count);
    drop(record);
    if let Err(why) = git(folder, &facts[..counts.commits.min(facts.len())], history) {
        println!("git: not measured: {why}");
    }
    if let Err(why) = postgres(&facts, counts, history) {
        println!("PostgreSQL: not measured: {why}");
    }
}

/// The last events as text: record and body.
fn facts(record: &Record, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    let first = record.size().saturating_sub(count as u64);
    for batch in record.source.walk(first).expect("a walk") {
        for entry in batch.expect("a batch").entries {
            let body = entry.body.unwrap_or_default();
            let bytes = [entry.record.as_slice(), &body].concat();
            found.push(String::from_utf8(bytes).expect("text"));
        }
    }
    found
}

/// The output of a command that must succeed.
fn run(command: &mut Command) -> Result<String, String> {
    let output =
        command.output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

fn git(folder: &Path, facts: &[String], history: &mut History) -> Result<(), String> {
    let place = folder.join("git");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let (key, allowed) = (place.join("key"), place.join("allowed"));
    let mut keygen = Command::new("ssh-keygen");
    run(keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f"]).arg(&key))?;
    let public =
        fs::read_to_string(key.with_extension("pub")).map_err(|error| error.to_string())?;
    fs::write(&allowed, format!("bench@example.org {public}")).map_err(|e| e.to_string())?;
    let tree = place.join("tree");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(&tree).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null");
        run(command.stdin(Stdio::null()))
    };
    fs::create_dir_all(&tree).map_err(|error| error.to_string())?;
    git(&["init", "-q"])?;
    let settings = [
        ("user.name", "bench"),
        ("user.email", "bench@example.org"),
        ("gpg.format", "ssh"),
        ("user.signingkey", &key.display().to_string()),
        ("gpg.ssh.allowedSignersFile", &allowed.display().to_string()),
        ("core.fsync", "all"),
        ("gc.auto", "0"),
    ];
    for (name, value) in settings {
        git(&["config", name, value])?;
    }
    let began = Instant::now();
    for (number, fact) in facts.iter().enumerate() {
        let name = format!("{number}");
        fs::write(tree.join(&name), fact).map_err(|error| error.to_string())?;
        git(&["add", &name])?;
        git(&["commit", "-q", "-S", "-m", &name])?;
    }
    let rate = facts.len() as f64 / began.elapsed().as_secs_f64();
    history.figure("git_commit_signed", rate, "facts/s");
    let began = Instant::now();
    let log = git(&["log", "--show-signature", "--format=%h"])?;
    let checked = log.lines().count().min(facts.len());
    let rate = checked as f64 / began.elapsed().as_secs_f64();
    history.figure("git_log_show_signature", rate, "facts/s");
    let _ = fs::remove_dir_all(place);
    Ok(())
}

/// A server in a folder of its own, on a socket; stopped when it is dropped.
struct Postgres {
    programs: PathBuf,
    folder: tempfile::TempDir,
}

/// The unprivileged user of the server, where root starts it.
const USER: &str = "nobody";

impl Postgres {
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

    fn start() -> Result<Postgres, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/need-postgres");
        let found = run(&mut Command::new(script))?;
        let programs = PathBuf::from(found.lines().next_back().unwrap_or_default());
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        if is_root() {
            run(Command::new("chown").arg(format!("{USER}:nogroup")).arg(folder.path()))?;
        }
        let server = Postgres { programs, folder };
        run(server.command("initdb").args(["-D", "data", "-U", "bench", "-A", "trust"]))?;
        let socket = server.folder.path().display().to_string();
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{socket}'");
        let mut start = server.command("pg_ctl");
        start.args(["-D", "data", "-w", "-l", "log", "-o", &options, "start"]);
        let started = start.stdout(Stdio::null()).stderr(Stdio::null()).status();
        match started.is_ok_and(|status| status.success()) {
            true => Ok(server),
            false => Err("the server did not start".to_owned()),
        }
    }

    /// Runs a file of statements; the time in seconds.
    fn run(&self, statements: &str) -> Result<f64, String> {
        let file = self.folder.path().join("statements.sql");
        fs::write(&file, statements).map_err(|error| error.to_string())?;
        let mut command = self.command("psql");
        command.args(["-q", "-v", "ON_ERROR_STOP=1", "-U", "bench", "-d", "postgres", "-h"]);
        let began = Instant::now();
        run(command.arg(self.folder.path()).arg("-f").arg(file))?;
        Ok(began.elapsed().as_secs_f64())
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

fn postgres(facts: &[String], counts: &PeerCounts, history: &mut History) -> Result<(), String> {
    let server = Postgres::start()?;
    server.run("CREATE TABLE fact (position bigserial PRIMARY KEY, event text NOT NULL);")?;
    let insert = |fact: &String| {
        format!("INSERT INTO fact (event) VALUES ('{}');\n", fact.replace('\'', "''"))
    };
    let singles = &facts[..counts.inserts.min(facts.len())];
    let seconds = server.run(&singles.iter().map(insert).collect::<String>())?;
    history.figure("postgres_insert_one", singles.len() as f64 / seconds, "facts/s");
    let batched = &facts[..counts.batched.min(facts.len())];
    let mut text = String::new();
    for batch in batched.chunks(BATCH) {
        text.push_str("BEGIN;\n");
        batch.iter().for_each(|fact| text.push_str(&insert(fact)));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "COMMIT;");
    }
    let seconds = server.run(&text)?;
    history.figure("postgres_insert_by_1000", batched.len() as f64 / seconds, "facts/s");
    Ok(())
}
