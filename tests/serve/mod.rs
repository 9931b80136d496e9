//! The server of a newsroom: one record, several machines, and what may go wrong between them.
//!
//! Always holds: after each test the server's record verifies, every copy has its events, and what
//! an editor was told is written stands at the place that was told. Not here: the text forms
//! (`vectors`), each system call of a pull (`torture`).

mod behind;
mod crowd;
mod faults;
mod grouped;
mod hostile;
mod lies;
mod outbox;
mod reading;
mod second_implementation;
mod stale;
mod copies;
mod wire;
mod story;

use crate::follower::content;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The folders of a server and of machines of editors.
pub struct Newsroom {
    place: tempfile::TempDir,
    /// The time on every machine, if it stands still.
    clock: Option<&'static str>,
}

/// What a command said.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A running server.
pub struct RunningServer {
    child: Child,
    pub url: String,
    /// The address without a scheme.
    pub address: String,
    log: PathBuf,
}

impl RunningServer {
    /// Asks it to end, and waits.
    pub fn stop(mut self) -> String {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let began = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(self.child.wait().unwrap().success());
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Stops it: when this returns, none of its threads runs. The signal alone is only sent.
    pub fn stop_threads(&self) {
        self.signal(rustix::process::Signal::STOP);
        let tasks = format!("/proc/{}/task", self.child.id());
        let is_stopped = |task: std::io::Result<std::fs::DirEntry>| {
            let stat = std::fs::read_to_string(task.unwrap().path().join("stat"));
            // The state comes after the name, which is in parentheses.
            stat.is_ok_and(|stat| stat.rsplit(')').next().unwrap().starts_with(" T"))
        };
        for _ in 0..1_000 {
            if std::fs::read_dir(&tasks).unwrap().all(is_stopped) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the threads of {tasks} were not stopped");
    }

    /// The status of its health.
    pub fn health(&self) -> u16 {
        request(&self.address, "GET /v1/health HTTP/1.1", b"").0
    }

    /// What it said so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Has it read its certificate again.
    pub fn hang_up(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::HUP).unwrap();
        std::thread::sleep(Duration::from_millis(300));
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Newsroom {
    /// A server's machine with a new record, founded by Ada.
    pub fn found(clock: Option<&'static str>) -> Newsroom {
        Newsroom::found_with(clock, &[])
    }

    /// The same with more options of `init`.
    pub fn found_with(clock: Option<&'static str>, more: &[&str]) -> Newsroom {
        let newsroom = Newsroom { place: tempfile::tempdir().unwrap(), clock };
        std::fs::create_dir(newsroom.path("server")).unwrap();
        let name = ["--title", "A desk", "--name", "Ada Able", "--no-passphrase"];
        let init =
            [&["init", "--origin", "desk.example.org/record", "--yes"][..], &name, more].concat();
        newsroom.good("server", &init);
        newsroom
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub fn command(&self, machine: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(self.path(machine)).args(arguments).stdin(Stdio::null());
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK"] {
            command.env_remove(name);
        }
        command.env("ANNALS_CACHE", self.path("cache").join(machine));
        command.env("XDG_RUNTIME_DIR", self.path("run"));
        if let Some(clock) = self.clock {
            command.env("ANNALS_CLOCK", clock);
            // Repeatable, and another one for each machine and command.
            command.env("ANNALS_SEED", format!("{machine} {}", arguments.join(" ")));
        }
        command
    }

    pub fn annals(&self, machine: &str, arguments: &[&str]) -> Said {
        said(self.command(machine, arguments))
    }

    /// A command that must succeed; its output.
    pub fn good(&self, machine: &str, arguments: &[&str]) -> String {
        let said = self.annals(machine, arguments);
        assert_eq!(said.code, 0, "{machine}: {arguments:?}: {said:?}");
        said.out
    }

    /// Starts the server.
    pub fn serve(&self, more: &[&str]) -> RunningServer {
        self.serve_at("127.0.0.1:0", more)
    }

    /// Starts the server at an address.
    pub fn serve_at(&self, address: &str, more: &[&str]) -> RunningServer {
        self.start("server", address, more)
    }

    /// Starts a server on another machine.
    pub fn serve_machine(&self, machine: &str) -> RunningServer {
        self.start(machine, "127.0.0.1:0", &[])
    }

    /// Starts a server of the record in a database, with its copy on a machine.
    pub fn serve_home(&self, machine: &str, address: &str, home: &str) -> RunningServer {
        self.start(machine, address, &["--home", home])
    }

    /// Starts a server on a machine.
    pub fn serve_on(&self, machine: &str, address: &str, more: &[&str]) -> RunningServer {
        self.start(machine, address, more)
    }

    /// Starts a server of the record in a database whose clock goes wrong by an offset like `-1h`,
    /// by the library `libfaketime`.
    pub fn serve_at_time(&self, machine: &str, more: &[&str], offset: &str) -> RunningServer {
        self.begin(self.wrong_clock(machine, "127.0.0.1:0", more, offset), machine)
    }

    /// The command that starts such a server.
    pub fn wrong_clock(&self, machine: &str, at: &str, more: &[&str], offset: &str) -> Command {
        let mut command = self.serving(machine, at, more);
        let found = std::fs::read_dir("/usr/lib").unwrap().flatten();
        let library = found.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        let library = library.into_iter().find(|library| library.exists());
        command.env("LD_PRELOAD", library.expect("libfaketime is below /usr/lib"));
        // The time that only goes on stays right: deadlines are kept by it.
        command.env("FAKETIME", offset).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }

    fn start(&self, machine: &str, address: &str, more: &[&str]) -> RunningServer {
        self.begin(self.serving(machine, address, more), machine)
    }

    fn serving(&self, machine: &str, address: &str, more: &[&str]) -> Command {
        self.command(machine, &[&["serve", "--listen", address, "--wait", "20s"], more].concat())
    }

    fn begin(&self, mut command: Command, machine: &str) -> RunningServer {
        let log = self.path(&format!("{machine}.log"));
        let file = std::fs::File::options().append(true).create(true).open(&log).unwrap();
        command.stdout(Stdio::piped()).stderr(file);
        let mut child = command.spawn().expect("annals runs");
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        assert!(!url.is_empty(), "{}", std::fs::read_to_string(&log).unwrap());
        let address = url.split_once("://").map_or("", |(_, address)| address).to_owned();
        RunningServer { child, url, address, log }
    }

    /// A machine with a copy of the served record.
    pub fn join(&self, machine: &str, url: &str) {
        std::fs::create_dir(self.path(machine)).unwrap();
        self.good(machine, &["clone", url, "ledger"]);
    }

    /// The same, with a new key that the admin on `admin` enrols.
    pub fn hire(&self, machine: &str, name: &str, url: &str, admin: &str) {
        self.join(machine, url);
        self.good(machine, &["key", "new", machine, "--name", name, "--no-passphrase"]);
        let request = self.path(machine).join(format!("keys/{machine}.request"));
        let request = request.to_str().unwrap();
        self.good(admin, &["editor", "add", request, "--role", "editor", "--yes"]);
    }

    /// The machine of the founder, who works in a copy too.
    pub fn join_as_founder(&self, machine: &str, url: &str) {
        self.join(machine, url);
        std::fs::create_dir(self.path(machine).join("keys")).unwrap();
        for name in ["ada.key", "ada.pub"] {
            let from = self.path("server").join("keys").join(name);
            std::fs::copy(from, self.path(machine).join("keys").join(name)).unwrap();
        }
    }

    /// A document with this many lines, of which each can be quoted.
    pub fn capture(&self, machine: &str, lines: u32) -> u64 {
        let line = |n| format!("Boat {n} came in at {n} o'clock.\n");
        let text: String = (1..=lines).map(line).collect();
        std::fs::write(self.path(machine).join("boats.txt"), text).unwrap();
        let add = ["document", "add", "boats.txt", "--title", "Boats", "--lang", "en"];
        let out = self.good(machine, &[&add[..], &["--yes", "--format", "json"]].concat());
        json(&out)["position"].as_u64().unwrap()
    }

    /// Enters the fact of a line.
    pub fn enter(&self, machine: &str, document: u64, line: u32) -> Said {
        self.annals(machine, &enter(&document.to_string(), line).each())
    }

    /// That the server's record verifies and each copy, brought up to date, has its events.
    pub fn expect_same(&self, machines: &[&str]) {
        let verdict = self.annals("server", &["verify"]);
        assert_eq!(verdict.code, 0, "{verdict:?}");
        let mut record = content(&self.path("server/ledger"));
        for machine in machines {
            self.good(machine, &["pull"]);
            let verdict = self.annals(machine, &["verify"]);
            assert_eq!(verdict.code, 0, "{machine}: {verdict:?}");
            let mut copy = content(&self.path(machine).join("ledger"));
            assert_eq!(copy.remove("events"), record.get("events").cloned(), "{machine}");
            copy.retain(|name, _| name.starts_with("document/"));
            for (name, bytes) in copy {
                assert_eq!(record.get(&name), Some(&bytes), "{machine}: {name}");
            }
        }
        record.clear();
    }

    /// The claims of the facts of a ledger, by position.
    pub fn claims(&self, machine: &str) -> Vec<(u64, String)> {
        let out = self.good(machine, &["replay", "--format", "json"]);
        let facts = json(&out)["facts"].as_array().unwrap().clone();
        let claim = |fact: &serde_json::Value| {
            (fact["fact"].as_u64().unwrap(), fact["claim"].as_str().unwrap_or_default().to_owned())
        };
        facts.iter().map(claim).collect()
    }
}

/// The arguments that enter the fact of a line.
pub struct Enter {
    parts: Vec<String>,
}

impl Enter {
    pub fn each(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }
}

pub fn enter(document: &str, line: u32) -> Enter {
    let parts = [
        "append",
        "--yes",
        "--format",
        "json",
        "--document",
        document,
        "--quote",
        &format!("Boat {line} came in"),
        "--claim",
        &claim(line),
    ];
    Enter { parts: parts.map(str::to_owned).to_vec() }
}

/// The claim of the fact of a line.
pub fn claim(line: u32) -> String {
    format!("Boat {line} came in at {line} o'clock.")
}

pub fn said(mut command: Command) -> Said {
    let done = command.output().expect("annals runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let (out, err) = (text(done.stdout), text(done.stderr));
    Said { code: done.status.code().unwrap_or(-1), out, err }
}

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// An HTTP request by hand, on a connection of its own: the status and the body.
pub fn request(address: &str, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let length = body.len();
    let head =
        format!("{head}\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n");
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    // A server that refuses does not read to the end.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, body.to_owned())
}

/// How many rounds a test of faults has: more by `scripts/newsroom`.
pub fn rounds(usual: u32) -> u32 {
    let set = std::env::var("ANNALS_NEWSROOM_ROUNDS").ok();
    set.map_or(usual, |rounds| rounds.parse().expect("ANNALS_NEWSROOM_ROUNDS is a number"))
}

/// A file of a machine.
pub fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// What a proxy does with a request, whose first line is given; `None`: it closes the connection.
/// The function that it is given sends the request to an address, and returns the whole answer.
type Change = dyn Fn(&str, &dyn Fn(&str) -> Vec<u8>) -> Option<Vec<u8>> + Send + Sync;

/// A proxy on loopback that changes what it passes on; its address with a scheme.
pub fn proxy(
    change: impl Fn(&str, &dyn Fn(&str) -> Vec<u8>) -> Option<Vec<u8>> + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let change: Arc<Change> = Arc::new(change);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let change = Arc::clone(&change);
            std::thread::spawn(move || pass_on(stream, &*change));
        }
    });
    url
}

/// One request of a connection, which is then closed.
fn pass_on(mut stream: TcpStream, change: &Change) {
    let mut request = Vec::new();
    let mut chunk = [0; 65_536];
    let whole = loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            let end = head.len() + 4 + length.unwrap_or(0);
            if request.len() >= end {
                break text;
            }
        }
        match stream.read(&mut chunk) {
            Ok(read @ 1..) => request.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    };
    let line = whole.lines().next().unwrap_or_default().to_owned();
    let send = |address: &str| {
        let at = request.windows(2).position(|two| two == b"\r\n").unwrap_or(0);
        let mut changed = request[..at].to_vec();
        changed.extend_from_slice(b"\r\nConnection: close");
        changed.extend_from_slice(&request[at..]);
        let mut answer = Vec::new();
        if let Ok(mut server) = TcpStream::connect(address) {
            let _ = server.write_all(&changed);
            let _ = server.read_to_end(&mut answer);
        }
        answer
    };
    if let Some(answer) = change(&line, &send) {
        let _ = stream.write_all(&answer);
    }
}

/// An answer with a status, as a server that is not ours gives it.
pub fn answer(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// What an editor was told: this claim was written at this position, after the command had begun
/// and before it ended.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub claim: String,
    pub position: u64,
    pub began: Instant,
    pub ended: Instant,
}

/// Enters the fact of a line, and what was told of it.
pub fn acknowledged(
    newsroom: &Newsroom,
    machine: &str,
    document: u64,
    line: u32,
) -> Result<Acknowledged, Said> {
    let began = Instant::now();
    let said = newsroom.enter(machine, document, line);
    match said.code {
        0 => {
            let position = json(&said.out)["position"].as_u64().unwrap();
            Ok(Acknowledged { claim: claim(line), position, began, ended: Instant::now() })
        }
        _ => Err(said),
    }
}

/// Waits until something holds.
///
/// Panics if it does not within a minute.
pub fn wait_until(what: &str, is: impl FnMut() -> bool) {
    assert!(comes_true(is), "after a minute it does not hold that {what}");
}

/// Whether something holds at last, within a minute.
pub fn comes_true(mut is: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        if is() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Enters the fact of a line, as often as it takes until that is acknowledged; what was told of it
/// last. It is one fact: the same command sends what it signed first.
///
/// Panics if it is refused, or not acknowledged within two minutes.
pub fn acknowledged_at_last(
    newsroom: &Newsroom,
    machine: &str,
    document: u64,
    line: u32,
) -> Acknowledged {
    let began = Instant::now();
    loop {
        match acknowledged(newsroom, machine, document, line) {
            Ok(last) => return Acknowledged { began, ..last },
            Err(said) => {
                assert_eq!(said.code, 2, "{machine}: {said:?}");
                assert!(began.elapsed() < Duration::from_secs(120), "{machine}: {said:?}");
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The history check: each acknowledged fact stands at its place, none twice, and what was
/// acknowledged before another was begun stands before it.
pub fn check_history(newsroom: &Newsroom, told: &[Acknowledged]) {
    let claims = newsroom.claims("server");
    for one in told {
        let places: Vec<u64> =
            claims.iter().filter(|(_, claim)| *claim == one.claim).map(|(at, _)| *at).collect();
        assert_eq!(places, [one.position], "{one:?}");
        for other in told.iter().filter(|other| one.ended < other.began) {
            assert!(one.position < other.position, "{one:?} {other:?}");
        }
    }
    let mut all: Vec<&String> = claims.iter().map(|(_, claim)| claim).collect();
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count, "a claim is there twice");
}
