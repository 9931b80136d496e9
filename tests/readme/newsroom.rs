//! The examples of docs/newsroom.md, with a server and three machines.
//!
//! A block ```` ```console server ````, `ada` or `bo` is run in a folder of that name, each of which
//! has its own keys and cache; the passphrase of every key is in a file. `annals serve` and
//! `systemctl start annals` start the server on a free port of this machine, for which the page has
//! 8090; `systemctl stop annals` ends it. After each block, what people hand to each other is there:
//! Ada's key moves from the server to her machine, and Bo's request is copied to it.
//!
//! Always holds: the server ends with this test. Not here: what a server answers (`serve`).

use crate::readme::{Example, Piece, blessed, pieces, root, same};
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PAGE: &str = "docs/newsroom.md";
/// The address on the page.
const ADDRESS: &str = "127.0.0.1:8090";
/// The machines.
const PLACES: [&str; 3] = ["server", "ada", "bo"];

/// The machines, and the server while it runs.
struct Machines {
    folder: tempfile::TempDir,
    server: Option<Child>,
    /// Where it listens, once it did.
    address: Option<String>,
    count: usize,
}

impl Drop for Machines {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Machines {
    fn new() -> Machines {
        let folder = tempfile::tempdir().expect("a folder");
        for place in PLACES {
            fs::create_dir_all(folder.path().join(place).join("keys")).expect("a folder");
        }
        let passphrase = folder.path().join("passphrase");
        fs::write(passphrase, "correct horse battery staple\n").expect("a file");
        Machines { folder, server: None, address: None, count: 0 }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program on a machine, ten seconds after the command before.
    fn on(&mut self, place: &str, program: &Path) -> Command {
        self.count += 1;
        let (minutes, seconds) = (self.count / 6, self.count % 6 * 10);
        let mut command = Command::new(program);
        command.current_dir(self.place(place)).stdin(Stdio::null());
        for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR"] {
            command.env_remove(name);
        }
        command.env("ANNALS_CLOCK", format!("2026-11-24T09:{minutes:02}:{seconds:02}Z"));
        command.env("ANNALS_SEED", format!("newsroom {}", self.count));
        command.env("ANNALS_PASSPHRASE_FILE", self.place("passphrase"));
        command.env("ANNALS_CACHE", self.place(place).join("cache"));
        command
    }

    /// Starts the server; what it prints.
    fn start(&mut self) -> String {
        self.stop();
        let listen = self.address.clone().unwrap_or_else(|| "127.0.0.1:0".to_owned());
        let mut command = self.on("server", Path::new(env!("CARGO_BIN_EXE_annals")));
        let log = self.place("log");
        // Whoever waits for the lock names this process by its words.
        command.arg0("annals").args(["serve", "--listen", &listen]).stdout(Stdio::piped());
        command.stderr(fs::File::create(&log).expect("a log"));
        let mut child = command.spawn().expect("a server");
        let out = child.stdout.take().expect("its output");
        self.server = Some(child);
        let mut printed = String::new();
        BufReader::new(out).read_line(&mut printed).expect("an address");
        let url = printed.trim().strip_prefix("http://").expect("an address");
        self.address = Some(url.to_owned());
        let logged = || fs::read_to_string(&log).expect("a log");
        let end = Instant::now() + Duration::from_secs(10);
        while !logged().contains("\nserving ") && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        printed + &logged()
    }

    /// Asks the server to end, and waits for that.
    fn stop(&mut self) {
        let Some(mut child) = self.server.take() else { return };
        let id = child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if !asked.is_ok_and(|status| status.success()) {
            // It may have ended already.
            let _ = child.kill();
        }
        let _ = child.wait();
    }

    /// The output of a command, standard output and error interleaved, as the page has it.
    fn run(&mut self, place: &str, line: &str) -> String {
        let printed = match line {
            "annals serve" => self.start(),
            "systemctl start annals" => {
                self.start();
                String::new()
            }
            "systemctl stop annals" => {
                self.stop();
                String::new()
            }
            _ => {
                let line = line.replace(ADDRESS, self.address.as_deref().unwrap_or(ADDRESS));
                let annals = PathBuf::from(env!("CARGO_BIN_EXE_annals"));
                let bin = annals.parent().expect("a folder").to_owned();
                let path = std::env::var("PATH").unwrap_or_default();
                let mut shell = self.on(place, Path::new("sh"));
                shell.args(["-c", &format!("{{ {line}\n}} 2>&1")]);
                shell.env("PATH", format!("{}:{path}", bin.display()));
                let output = shell.output().expect("sh runs");
                String::from_utf8(output.stdout).expect("UTF-8")
            }
        };
        let folder = self.folder.path().to_str().expect("UTF-8").to_owned();
        let address = self.address.clone().unwrap_or_default();
        let is_said = |line: &&str| !line.contains("ANNALS_SEED") && !line.contains("ANNALS_CLOCK");
        let as_on_page = |line: &str| {
            let line = line.replace(&folder, "");
            let line = if address.is_empty() { line } else { line.replace(&address, ADDRESS) };
            line + "\n"
        };
        printed.lines().filter(is_said).map(as_on_page).collect()
    }

    /// Hands over what people hand to each other.
    fn hand_over(&self) {
        for name in ["ada.key", "ada.pub"] {
            let (from, to) = (self.place("server/keys"), self.place("ada/keys"));
            // Only the first time is it there.
            let _ = fs::rename(from.join(name), to.join(name));
        }
        let _ = fs::copy(self.place("bo/keys/bo.request"), self.place("ada/bo.request"));
    }
}

#[test]
fn what_the_page_of_the_newsroom_shows_is_what_the_commands_print() {
    let page = fs::read_to_string(root().join(PAGE)).expect("the page");
    let (mut machines, mut anew, mut wrong) = (Machines::new(), String::new(), Vec::new());
    for piece in pieces(&page) {
        let (place, examples) = match piece {
            Piece::Text(text) => {
                anew.push_str(&text);
                continue;
            }
            Piece::Block { place, examples } => (place, examples),
        };
        assert!(PLACES.contains(&place.as_str()), "a block on {place:?}");
        for Example { command, expected } in examples {
            let found = machines.run(&place, &command);
            anew.push_str(&format!("$ {command}\n"));
            if same(&found, &expected) {
                anew.push_str(&expected);
                continue;
            }
            anew.push_str(&blessed(&found));
            wrong.push(format!("$ {command}\nexpected:\n{expected}found:\n{found}"));
        }
        machines.hand_over();
    }
    assert!(anew.contains("\n$ annals serve\n"), "{PAGE} starts no server");
    if std::env::var_os("ANNALS_BLESS").is_some() {
        fs::write(root().join(PAGE), anew).expect("the page can be written");
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
