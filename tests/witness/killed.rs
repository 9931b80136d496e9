//! A witness is killed repeatedly while it works, and never cosigns a fork.

use crate::support::keys;
use crate::witness::logs::{Log, log_key, post, talk, witness_key};
use annals::keys::{KeyFolder, KeyName, Protection};
use annals::witness::request::AddCheckpoint;
use annals_core::tlog::cosignature::time_of;
use annals_core::tlog::{NoteSignature, decimal};
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// A witness in a process of its own.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    /// Starts a witness whose key and state are in a folder.
    pub fn start(folder: &Path, log: &str, first: bool) -> Process {
        Process::run(Command::new(env!("CARGO_BIN_EXE_annals")), folder, log, first)
    }

    /// A witness limited to 40 open files.
    pub fn start_with_few_files(folder: &Path, log: &str, first: bool) -> Process {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 40; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_annals")]);
        Process::run(command, folder, log, first)
    }

    fn run(mut command: Command, folder: &Path, log: &str, first: bool) -> Process {
        command.current_dir(folder).args(["witness", "serve", "--listen", "127.0.0.1:0"]);
        command.args(["--key", "w1", "--keys", "keys", "--state", "state", "--for", log]);
        command.args(first.then_some("--first"));
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim_end().strip_prefix("http://").expect("an address");
        Process { child, address: address.parse().expect("an address") }
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with a witness's key.
pub fn witness_folder(folder: &Path) {
    let keys = KeyFolder::make(folder.join("keys")).expect("a folder");
    let (handle, secret) = (KeyName::new("w1").expect("a name"), keys::secret("witness"));
    let mut entropy = annals::entropy::Seeded::new("a witness");
    keys.add(&handle, &secret, Protection::Unencrypted, &mut entropy).expect("a key");
    let verifier = format!("{}\n", witness_key().verifier);
    std::fs::write(folder.join("keys/w1.witness"), verifier).expect("written");
}

/// Sends one request; returns the size that was cosigned, or the size that the witness names.
fn ask(stream: &mut TcpStream, asked: &AddCheckpoint) -> Option<Result<u64, u64>> {
    let heard = talk(stream, &post(asked.write().as_bytes()))?;
    match heard.status {
        200 => {
            let line = heard.body.strip_prefix("\u{2014} ")?.strip_suffix('\n')?;
            let (name, blob) = line.split_once(' ')?;
            let line = NoteSignature::parse(name, blob).expect("a line");
            let time = time_of(&line, &asked.note.text, &witness_key().verifier);
            assert!(time.is_some(), "a cosignature that does not verify");
            Some(Ok(asked.checkpoint.size))
        }
        409 => Some(Err(decimal(heard.body.trim_end()).expect("a size"))),
        _ => None,
    }
}

/// Requests one size after the other, from that of the witness, until it ends; returns the sizes
/// that were cosigned.
fn press_on(
    log: &Log,
    address: SocketAddr,
    (stop, count): (&AtomicBool, &AtomicUsize),
) -> Vec<u64> {
    let mut cosigned = Vec::new();
    let mut stream = TcpStream::connect(address).expect("a connection");
    let mut has = 0;
    while !stop.load(Ordering::Relaxed) && has < log.ledger.size() {
        // The first request only finds out the size of the witness.
        let next = if cosigned.is_empty() && has == 0 { 1 } else { has + 1 };
        match ask(&mut stream, &log.request(has, next)) {
            Some(Ok(size)) => {
                cosigned.push(size);
                count.fetch_add(1, Ordering::AcqRel);
                has = size;
            }
            Some(Err(size)) => has = size,
            None => break,
        }
    }
    cosigned
}

#[test]
fn a_witness_that_is_killed_at_any_moment_forgets_nothing_that_it_cosigned() {
    let place = tempfile::tempdir().unwrap();
    witness_folder(place.path());
    let key = log_key().to_string();
    let (log, fork) = (Log::new(0, 400), Log::new(1, 400));
    let mut dice = crate::support::tamper::Dice(9);
    let mut largest = 0;
    let mut grew = 0;
    for round in 0..8 {
        let process = Process::start(place.path(), &key, round == 0);
        let (address, stop) = (process.address, AtomicBool::new(false));
        let count = AtomicUsize::new(0);
        let mut stream = TcpStream::connect(address).expect("a connection");
        if round > 0 {
            let said = ask(&mut stream, &log.request(0, 1)).expect("an answer");
            let has = said.expect_err("it cosigned before, so it tells its size");
            assert!(has >= largest, "round {round}: it has {has}, and cosigned {largest}");
            // The other branch is refused, whatever its old size.
            assert_eq!(ask(&mut stream, &fork.request(0, 400)), Some(Err(has)));
            let answer = ask(&mut stream, &fork.request(has.max(2), 400));
            assert!(!matches!(answer, Some(Ok(_))), "a fork was cosigned: {answer:?}");
        }
        let cosigned = thread::scope(|scope| {
            let asking = scope.spawn(|| press_on(&log, address, (&stop, &count)));
            // Not before something was cosigned, and then at any moment.
            while count.load(Ordering::Acquire) == 0 && !asking.is_finished() {
                thread::yield_now();
            }
            thread::sleep(Duration::from_micros(dice.below(40_000) as u64));
            process.kill();
            stop.store(true, Ordering::Relaxed);
            asking.join().expect("the asking thread")
        });
        assert!(cosigned.is_sorted_by(|a, b| a < b), "{cosigned:?}");
        grew += usize::from(!cosigned.is_empty());
        largest = cosigned.last().copied().unwrap_or(largest).max(largest);
    }
    assert!(grew > 1, "it went on cosigning after it was killed");
}
