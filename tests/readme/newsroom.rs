//! The examples of docs/newsroom.md, with a server and three machines, and then with a database, a
//! second server and a witness.
//!
//! A block ```` ```console server ````, `ada` or `bo` is run in a folder of that name, each of which
//! has its own keys and cache; the passphrase of every key is in a file. `annals serve`, `annals
//! witness serve` and `systemctl start annals` start a process that goes on; `systemctl stop annals`
//! ends it. The addresses of the page stand for free ports of this machine. In a block of `database`
//! PostgreSQL's programs are at hand, as its owner. After each block, what people hand to each other
//! is there: Ada's key moves from the server to her machine, Bo's request is copied to it, the log key
//! to the second server, and verifier keys to those who watch or ask.
//!
//! Always holds: every process ends with this test. What follows the first block of `database` is
//! omitted where no database is to be started. Not here: what a server answers (`serve`).

use crate::database::PostgresServer;
use crate::readme::{Example, Piece, blessed, pieces, root, same};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PAGE: &str = "docs/newsroom.md";
/// The addresses on the page: the two servers, and the witness.
const ADDRESSES: [&str; 3] = ["127.0.0.1:8090", "127.0.0.1:8092", "127.0.0.1:8100"];
/// The address of the database on the page.
const DATABASE: &str = "127.0.0.1:5432";
/// The machines; then those of a record in a database.
const PLACES: [&str; 6] = ["server", "ada", "bo", "database", "second", "watch"];

/// The machines, and what runs on them.
struct Machines {
    folder: tempfile::TempDir,
    /// By the machine.
    running: BTreeMap<String, Child>,
    /// The last line that started something, by the machine.
    lines: BTreeMap<String, String>,
    /// The addresses on the page, and those that stand for them here.
    addresses: Vec<(String, String)>,
    database: Option<PostgresServer>,
    count: usize,
}

impl Drop for Machines {
    fn drop(&mut self) {
        for place in PLACES {
            self.stop(place);
        }
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
        let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(folder.path().join("passphrase"), owner).unwrap();
        // All at once, so that no port is taken twice.
        let free = ADDRESSES.map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let address = |(page, free): (&str, &TcpListener)| {
            (page.to_owned(), free.local_addr().expect("an address").to_string())
        };
        let addresses = ADDRESSES.into_iter().zip(&free).map(address).collect();
        let (running, lines) = (BTreeMap::new(), BTreeMap::new());
        Machines { folder, running, lines, addresses, database: None, count: 0 }
    }

    /// Starts the database, if one is to be started.
    fn start_database(&mut self) -> bool {
        if self.database.is_none() {
            self.database = PostgresServer::bare();
            let port = self.database.as_ref().map(|database| database.port);
            self.addresses
                .extend(port.map(|port| (DATABASE.to_owned(), format!("127.0.0.1:{port}"))));
        }
        self.database.is_some()
    }

    /// A line of the page with the addresses that stand for its own; or the other way.
    fn translate(&self, text: &str, to_page: bool) -> String {
        self.addresses.iter().fold(text.to_owned(), |text, (page, here)| match to_page {
            true => text.replace(here, page),
            false => text.replace(page, here),
        })
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

    /// Starts what goes on; what it prints.
    fn start(&mut self, place: &str, line: &str) -> String {
        self.stop(place);
        self.lines.insert(place.to_owned(), line.to_owned());
        let line = match line.contains("--listen") {
            true => line.to_owned(),
            false => format!("{line} --listen {}", ADDRESSES[0]),
        };
        let mut command = self.shell(place, &format!("exec {line}"));
        let log = self.place(place).join("log");
        command.stdout(Stdio::piped());
        command.stderr(fs::File::create(&log).expect("a log"));
        let mut child = command.spawn().expect("a server");
        let out = child.stdout.take().expect("its output");
        self.running.insert(place.to_owned(), child);
        let mut printed = String::new();
        BufReader::new(out).read_line(&mut printed).expect("its output");
        let logged = || fs::read_to_string(&log).expect("a log");
        let end = Instant::now() + Duration::from_secs(10);
        // Where it refused, nothing was printed.
        while !printed.is_empty()
            && !["serving ", "cosigning "].iter().any(|word| logged().contains(word))
            && Instant::now() < end
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        if printed.is_empty() {
            self.stop(place);
        }
        printed + &logged()
    }

    /// Asks what runs on a machine to end, and waits for that.
    fn stop(&mut self, place: &str) {
        let Some(mut child) = self.running.remove(place) else { return };
        let id = child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).stderr(Stdio::null()).status();
        if !asked.is_ok_and(|status| status.success()) {
            // It may have ended already.
            let _ = child.kill();
        }
        let _ = child.wait();
    }

    /// The output of a command, standard output and error interleaved, as the page has it.
    fn run(&mut self, place: &str, line: &str) -> String {
        let printed = match line {
            "systemctl start annals" => {
                let line = self.lines.get(place).expect("it was started before").clone();
                self.start(place, &line);
                String::new()
            }
            "systemctl stop annals" => {
                self.stop(place);
                String::new()
            }
            _ if line.starts_with("annals serve") || line.starts_with("annals witness serve") => {
                self.start(place, line)
            }
            _ => {
                let output = self.shell(place, &format!("{{ {line}\n}} 2>&1")).output();
                String::from_utf8(output.expect("sh runs").stdout).expect("UTF-8")
            }
        };
        let folder = self.folder.path().to_str().expect("UTF-8").to_owned();
        let is_said = |line: &&str| !line.contains("ANNALS_SEED") && !line.contains("ANNALS_CLOCK");
        let as_on_page = |line: &str| self.translate(&line.replace(&folder, ""), true) + "\n";
        printed.lines().filter(is_said).map(as_on_page).collect()
    }

    /// A line of a shell on a machine.
    fn shell(&mut self, place: &str, line: &str) -> Command {
        let line = self.translate(line, false);
        let annals = PathBuf::from(env!("CARGO_BIN_EXE_annals"));
        let mut path = annals.parent().expect("a folder").display().to_string();
        let mut shell = self.on(place, Path::new("sh"));
        if let Some(database) = self.database.as_ref().filter(|_| place == "database") {
            path = format!("{}:{path}", database.programs.display());
            shell.env("PGHOST", "127.0.0.1").env("PGPORT", database.port.to_string());
            shell.env("PGUSER", "owner").env("PGDATABASE", "postgres");
        }
        shell.env("PATH", format!("{path}:{}", std::env::var("PATH").unwrap_or_default()));
        shell.args(["-c", &line]);
        shell
    }

    /// Hands over what people hand to each other.
    fn hand_over(&self) {
        for name in ["ada.key", "ada.pub"] {
            let (from, to) = (self.place("server/keys"), self.place("ada/keys"));
            // Only the first time is it there.
            let _ = fs::rename(from.join(name), to.join(name));
        }
        let _ = fs::copy(self.place("bo/keys/bo.request"), self.place("ada/bo.request"));
        for (from, to) in [
            ("server/keys/log.key", "second/keys/log.key"),
            ("server/log.vkey", "watch/log.vkey"),
            ("watch/keys/memory.witness", "server/memory.witness"),
            ("watch/keys/memory.witness", "second/memory.witness"),
        ] {
            let _ = fs::copy(self.place(from), self.place(to));
        }
    }
}

#[test]
fn what_the_page_of_the_newsroom_shows_is_what_the_commands_print() {
    let page = fs::read_to_string(root().join(PAGE)).expect("the page");
    let (mut machines, mut anew, mut wrong) = (Machines::new(), String::new(), Vec::new());
    let mut is_run = true;
    for piece in pieces(&page) {
        let (place, examples) = match piece {
            Piece::Text(text) => {
                anew.push_str(&text);
                continue;
            }
            Piece::Block { place, examples } => (place, examples),
        };
        assert!(PLACES.contains(&place.as_str()), "a block on {place:?}");
        if place == "database" {
            is_run = machines.start_database();
        }
        for Example { command, expected } in examples {
            if !is_run {
                anew.push_str(&format!("$ {command}\n{expected}"));
                continue;
            }
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

/// The words of a text that begin as the counts of a server do.
fn counts(text: &str) -> BTreeSet<&str> {
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    let words = text.split(|c: char| !is_word(c)).filter(|word| word.starts_with("annals_"));
    words.map(|word| word.strip_suffix("_bucket").unwrap_or(word)).collect()
}

#[test]
fn the_page_has_every_count_of_a_server_and_its_alarms_have_no_other() {
    let read = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let (page, source) = (read(PAGE), read("src/serve/metrics.rs"));
    let table: String = page.lines().filter(|line| line.starts_with("| `annals_")).collect();
    assert_eq!(counts(&table), counts(&source));
    let rules = page.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    assert!(rules.matches("alert: ").count() >= 8, "{rules}");
    let unknown: Vec<_> = counts(rules).difference(&counts(&source)).copied().collect();
    assert_eq!(unknown, Vec::<&str>::new());
}
