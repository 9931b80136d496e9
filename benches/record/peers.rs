//! Peers, where they run here: git with a signed commit for each fact, and PostgreSQL with an insert
//! for each fact.
//!
//! Always holds: a peer that is not there is skipped with one line; what is started is stopped. The
//! bytes are those of the record's events. Not here: the plain file (`measure`).

use crate::history::History;
use crate::make::paths;
use crate::postgres::{Postgres, run};
use annals::ledger::reader::Record;
use annals_core::verify::source::Source;
use std::fmt::Write as _;
use std::fs;
use std::path::{self, Path};
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

fn git(folder: &Path, facts: &[String], history: &mut History) -> Result<(), String> {
    // Absolute, because git reads the paths of its keys from the folder of its tree.
    let place = path::absolute(folder).map_err(|error| error.to_string())?.join("git");
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
