//! The agent: a passphrase once, for a while; and whoever else asks it.

use crate::people::desk::{Answer, Desk};
use crate::people::prompts::on_terminal_with;
use annals::key_agent::{AgentFolder, KeyAgent};
use annals::keys::{KeyFolder, KeyName};
use annals_core::key::{
    ENROL_TAG, EVENT_TAG, KEPT_TAG, REQUEST_TAG, SecretKey, SigningKey, signed_bytes,
};
use rexpect::session::{PtySession, spawn_command};
use rustix::process::{Pid, Signal};
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::ops::Deref;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PHRASE: &str = "four words and more";
const SIGNS: &str = "note: the agent signs as dee; annals lock ends it\n";
const NEEDS: &str = "annals: expected a passphrase for ~/keys/dee.key, which is encrypted, found \
                     none; give it at the prompt or in the file that ANNALS_PASSPHRASE_FILE names\n";
const WRITES: (&str, &str) = ("? [y/N] ", "y");

/// A desk whose second admin, Dee, has a passphrase, and that has a place for an agent.
struct Office(Desk);

impl Deref for Office {
    type Target = Desk;
    fn deref(&self) -> &Desk {
        &self.0
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.command("lock", &self.place()).output();
    }
}

impl Office {
    fn new() -> Office {
        let desk = Office(Desk::founded());
        fs::create_dir(desk.path("run")).unwrap();
        fs::write(desk.path("phrase"), PHRASE).unwrap();
        fs::write(desk.path("text"), "The bridge was closed on Monday, and again on Friday.\n")
            .unwrap();
        assert_eq!(desk.given("key new dee --name Dee").exit, 0);
        desk.told("editor add keys/dee.request --role admin --role editor --by ada");
        desk
    }

    fn place(&self) -> [(&'static str, &'static str); 1] {
        // The folder of a test is named once, and lives as long as the process.
        let path = self.path("run").to_str().unwrap().to_owned();
        [("XDG_RUNTIME_DIR", Box::leak(path.into_boxed_str()))]
    }

    fn runs(&self, line: &str) -> Answer {
        self.run_with(line, &self.place())
    }

    /// With the passphrase in a file.
    fn given(&self, line: &str) -> Answer {
        let phrase = self.path("phrase");
        let [place] = self.place();
        self.run_with(line, &[place, ("ANNALS_PASSPHRASE_FILE", phrase.to_str().unwrap())])
    }

    fn unlock(&self, line: &str) {
        let answer = self.given(line);
        assert_eq!((answer.exit, answer.err.as_str()), (0, ""), "{line}");
    }

    /// A terminal; what stood on it.
    fn sees(&self, line: &str, script: &[(&str, &str)]) -> String {
        let (exit, seen) = on_terminal_with(&self.0, line, &self.place(), script);
        assert_eq!(exit, 0, "{line}: {seen}");
        seen
    }

    fn socket(&self) -> PathBuf {
        self.path("run/annals/agent")
    }

    fn agent(&self) -> KeyAgent {
        KeyAgent::new(AgentFolder::of_this_user(Some(self.path("run").into())))
    }

    fn secret(&self) -> SecretKey {
        let keys = KeyFolder::open(self.path("keys")).unwrap();
        let mut ask = |_| Ok(Some(PHRASE.to_owned().into()));
        keys.secret(&KeyName::new("dee").unwrap(), &mut ask).unwrap()
    }

    /// The process that listens.
    fn process(&self) -> Pid {
        let stream = UnixStream::connect(self.socket()).unwrap();
        rustix::net::sockopt::socket_peercred(&stream).unwrap().pid
    }

    fn kill(&self) {
        let process = self.process();
        rustix::process::kill_process(process, Signal::KILL).unwrap();
        until(|| has_ended(process));
    }
}

/// Waits for what comes.
fn until(comes: impl Fn() -> bool) {
    let started = Instant::now();
    while !comes() {
        assert!(started.elapsed() < Duration::from_secs(60), "it did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn has_ended(process: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn a_passphrase_is_typed_once_for_all_that_is_written_until_it_is_locked() {
    let desk = Office::new();
    let seen = desk.sees("unlock dee --for 2h", &[("passphrase of dee", PHRASE)]);
    assert!(
        desk.told_of(&seen).contains("dee  <16>  unlocked until 2027-03-01 10:03Z\n"),
        "{seen}"
    );
    let add = "document add text --media-type text/plain --title Text --lang en --by dee";
    let seen = desk.sees(add, &[WRITES]);
    assert!(seen.contains(SIGNS) && seen.contains("written at 2\n"), "{seen}");
    let line = "append --document 2 --quote Monday --claim The_bridge_was_closed. --by dee";
    let seen = desk.sees(line, &[WRITES]);
    assert!(seen.contains(SIGNS) && seen.contains("written at 3\n"), "{seen}");
    let seen = desk.sees("ledger change --title New --by dee", &[WRITES]);
    assert!(seen.contains(SIGNS) && seen.contains("written at 4\n"), "{seen}");
    assert!(!seen.contains("passphrase"), "{seen}");
    let process = desk.process();
    let answer = desk.runs("lock");
    assert_eq!(answer.out, "locked: the agent has forgotten its keys\n");
    until(|| has_ended(process) && !desk.socket().exists());
    assert_eq!(desk.runs("lock").out, "locked: no agent ran\n");
    assert_eq!(desk.runs("unlock --list").out, "no key is unlocked\n");
    let seen =
        desk.sees("ledger change --title Newer --by dee", &[("passphrase of dee", PHRASE), WRITES]);
    assert!(!seen.contains(SIGNS) && seen.contains("written at 5\n"), "{seen}");
    assert_eq!(desk.whole(), 6);
}

#[test]
fn what_is_unlocked_is_listed_in_every_form() {
    let desk = Office::new();
    let answer = desk.given("unlock");
    assert_eq!(
        (answer.exit, answer.out.as_str()),
        (0, "dee  <16>  unlocked until 2027-03-01 09:03Z\n")
    );
    // A second key joins the same agent; the first one gets the end that is named last.
    assert_eq!(desk.given("key new eve --name Eve").exit, 0);
    let process = desk.process();
    desk.unlock("unlock eve dee --for 10min");
    assert_eq!(desk.process(), process);
    desk.at("2027-03-01T12:00:00Z");
    assert_eq!(
        desk.runs("unlock --list").out,
        "dee  <16>  unlocked until 2027-03-01 12:10Z\neve  <16>  unlocked until 2027-03-01 12:10Z\n"
    );
    let json = desk.runs("unlock --list --format json").out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let names: Vec<&str> =
        json["keys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dee", "eve"]);
    assert_eq!(json["keys"][0]["key"], "<64>");
    assert!(json["keys"][0]["until"].as_str().unwrap().starts_with("2027-03-01T12:"), "{json}");
    assert_eq!(desk.runs("unlock --list --format jsonl").out.lines().count(), 1);
}

#[test]
fn a_wrong_passphrase_unlocks_nothing_and_a_key_without_one_needs_no_agent() {
    let desk = Office::new();
    fs::write(desk.path("phrase"), "another").unwrap();
    let answer = desk.given("unlock dee");
    assert!(
        answer.err.contains("expected the passphrase of the key dee, found another"),
        "{}",
        answer.err
    );
    assert_eq!((answer.exit, desk.socket().exists()), (2, false));
    let refused = |line: &str| {
        let answer = desk.given(line);
        assert_eq!((answer.exit, answer.out.as_str()), (2, ""), "{line}");
        answer.err
    };
    assert_eq!(
        refused("unlock ada"),
        "annals: expected a key with a passphrase, found ~/keys/ada.key without one: it signs as it \
         is\n"
    );
    for time in ["0s", "25h", "500ms"] {
        let why =
            format!("annals: --for: expected a span of time from 1s to 24h, found \"{time}\"\n");
        assert_eq!(refused(&format!("unlock dee --for {time}")), why);
    }
    // Neither the log key nor the recovery key is held by an agent.
    assert!(refused("unlock log").contains("\"log\""));
    assert!(refused("unlock recovery").contains("\"recovery\""));
    fs::write(desk.path("phrase"), PHRASE).unwrap();
    assert_eq!(desk.given("key new eve --name Eve").exit, 0);
    assert_eq!(refused("unlock"), "annals: several keys can be unlocked; name some: dee, eve\n");
    // Another key that is unlocked signs nothing for this one.
    desk.unlock("unlock eve");
    assert_eq!(desk.runs("ledger change --title New --by dee --yes").err, NEEDS);
    let by_hand = desk.runs("agent");
    assert_eq!(
        (by_hand.exit, by_hand.err.as_str()),
        (
            2,
            "annals: expected to be started by `annals unlock`, found no socket on standard input\n"
        )
    );
}

#[test]
fn a_key_signs_until_its_end_and_the_agent_ends_with_its_last_key() {
    let desk = Office::new();
    desk.unlock("unlock dee --for 1s");
    let process = desk.process();
    until(|| desk.agent().keys().unwrap().is_empty());
    assert_eq!(desk.runs("ledger change --title New --by dee --yes").err, NEEDS);
    until(|| has_ended(process) && !desk.socket().exists());
    assert_eq!(fs::read_dir(desk.path("run/annals")).unwrap().count(), 0);
}

#[test]
fn an_agent_whose_socket_is_taken_away_ends() {
    let desk = Office::new();
    desk.unlock("unlock dee");
    let process = desk.process();
    fs::remove_dir_all(desk.path("run/annals")).unwrap();
    until(|| has_ended(process));
    assert!(!desk.path("run/annals/agent").exists());
}

#[test]
fn a_long_file_of_drafts_is_signed_by_the_agent() {
    let desk = Office::new();
    desk.unlock("unlock dee");
    let [place] = desk.place();
    let add = "document add text --media-type text/plain --title Text --lang en --by dee --yes";
    assert_eq!(desk.runs(add).exit, 0);
    let draft = |n: usize| {
        format!(r#"{{"document":2,"quote":"Monday","claim":"It was closed for {n} hours."}}"#)
            + "\n"
    };
    fs::write(desk.path("drafts.jsonl"), (0..100).map(draft).collect::<String>()).unwrap();
    let answer = desk.run_with("append drafts.jsonl --by dee --yes", &[place]);
    assert_eq!(answer.exit, 0, "{}", answer.err);
    assert!(answer.err.contains(SIGNS), "{}", answer.err);
    assert_eq!(desk.whole(), 103);
}

#[test]
fn it_signs_what_an_event_signs_and_nothing_else() {
    let desk = Office::new();
    desk.unlock("unlock dee");
    let secret = desk.secret();
    let key = desk.agent().key(&secret.public()).unwrap().unwrap();
    for tag in [EVENT_TAG, KEPT_TAG, REQUEST_TAG] {
        let message = signed_bytes(tag, b"statement");
        assert_eq!(key.sign(&message).unwrap(), secret.sign(&message));
    }
    let event = signed_bytes(EVENT_TAG, b"statement");
    let longer = [event.as_slice(), b"x"].concat();
    let enrolment = signed_bytes(ENROL_TAG, b"editor");
    let others: [&[u8]; 6] = [
        b"",
        &event[1..],
        &event[..46],
        &longer,
        &enrolment,
        b"SSHSIG and what a shell signs as its own bytes.",
    ];
    for other in others {
        let error = key.sign(other).unwrap_err();
        assert_eq!(
            error.why,
            "the agent refuses: expected the 47 bytes that an event, the outbox or a request signs, \
             found others"
        );
    }
    let stranger = SecretKey::from_seed([7; 32]).public();
    assert!(desk.agent().key(&stranger).unwrap().is_none());
    // What is no request is answered as that, and the agent goes on.
    let mut stream = UnixStream::connect(desk.socket()).unwrap();
    stream.write_all(&[0, 3, 0xff, 0xff, 0xff]).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut stream = UnixStream::connect(desk.socket()).unwrap();
    stream.write_all(&[0xff, 0xff, 1]).unwrap();
    assert_eq!(stream.read(&mut length).unwrap_or(0), 0);
    drop(UnixStream::connect(desk.socket()).unwrap());
    assert!(desk.agent().key(&secret.public()).unwrap().is_some());
}

#[test]
fn no_secret_is_in_its_arguments_its_environment_or_a_file() {
    let desk = Office::new();
    desk.unlock("unlock dee");
    let process = desk.process().as_raw_nonzero();
    let command = fs::read(format!("/proc/{process}/cmdline")).unwrap();
    assert_eq!(command, [env!("CARGO_BIN_EXE_annals").as_bytes(), b"\0agent\0"].concat());
    assert_eq!(
        fs::read_link(format!("/proc/{process}/cwd")).ok().unwrap_or("/".into()),
        PathBuf::from("/")
    );
    // Nobody but root may look at its memory: what the system has of it is root's.
    assert_eq!(fs::metadata(format!("/proc/{process}/mem")).unwrap().uid(), 0);
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    if let Ok(environment) = fs::read(format!("/proc/{process}/environ")) {
        assert_eq!(String::from_utf8_lossy(&environment), "");
    }
    let names: Vec<_> = fs::read_dir(desk.path("run/annals")).unwrap().flatten().collect();
    assert_eq!(names.len(), 1);
    assert_eq!(fs::symlink_metadata(desk.socket()).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(desk.path("run/annals")).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn a_folder_open_to_other_users_is_refused_and_the_passphrase_is_typed() {
    let desk = Office::new();
    let folder = desk.path("run/annals");
    let why = |found: &str| {
        format!(
            "expected a folder at ~/run/annals that is this user's alone (mode 0700), for the \
             agent's socket, found {found}; the agent is not used: remove it, or let \
             XDG_RUNTIME_DIR name a folder of your own"
        )
    };
    let checks = |found: &str, number: usize| {
        let answer = desk.given("unlock dee");
        let told = format!("annals: {}\n", why(found));
        assert_eq!((answer.exit, answer.err), (2, told));
        // A command that signs goes on with the passphrase, and says why.
        let answer = desk.given(&format!("ledger change --title T{number} --by dee --yes"));
        let told = answer.err.replace('\n', " ");
        assert!(told.contains("note: expected a folder at"), "{told}");
        assert!(told.contains(&format!("found {found};")), "{told}");
        assert_eq!(answer.exit, 0, "{told}");
    };
    symlink(desk.path("keys"), &folder).unwrap();
    checks("a link or a file", 1);
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    checks("mode 0755", 2);
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    // Only root can make a folder that is another user's.
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(&folder, Some(65_534), Some(65_534)).unwrap();
        checks("one of user 65534", 3);
        std::os::unix::fs::chown(&folder, Some(0), Some(0)).unwrap();
    }
    desk.unlock("unlock dee");
}

/// Another user, where root can be one: kept out by the folder, and where that is opened, by the
/// agent.
#[test]
fn another_user_gets_no_answer() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let desk = Office::new();
    desk.unlock("unlock dee");
    const PYTHON: &str = r#"
import os, socket, sys
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(sys.argv[1]); s.sendall(b"\0\1\1"); print(s.recv(9))
except (PermissionError, ConnectionError) as error:
    print(type(error).__name__)
"#;
    let asks = |user: &str| {
        let mut other = Command::new("python3");
        let done = other.args(["-c", PYTHON]).arg(desk.socket()).arg(user).output().unwrap();
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    let open =
        |path: PathBuf, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    open(desk.folder.path().to_owned(), 0o755);
    open(desk.path("run"), 0o755);
    assert_eq!(asks("65534"), "PermissionError");
    open(desk.path("run/annals"), 0o755);
    open(desk.socket(), 0o666);
    let answer = asks("65534");
    assert!(
        ["b''", "ConnectionResetError", "BrokenPipeError"].contains(&answer.as_str()),
        "{answer}"
    );
    assert!(asks("0").starts_with("b'\\x00"), "{}", asks("0"));
    open(desk.path("run/annals"), 0o700);
}

#[test]
fn a_killed_agent_is_none_and_the_next_one_takes_its_place() {
    let desk = Office::new();
    desk.unlock("unlock dee");
    desk.kill();
    assert!(desk.socket().exists());
    assert_eq!(desk.runs("ledger change --title New --by dee --yes").err, NEEDS);
    assert_eq!(desk.runs("unlock --list").out, "no key is unlocked\n");
    desk.unlock("unlock dee");
    assert_eq!(desk.runs("ledger change --title New --by dee --yes").err, SIGNS);
}

fn waits_for(talk: &mut PtySession, text: &str) {
    talk.exp_string(text).unwrap_or_else(|error| panic!("{text}: {error}"));
}

#[test]
fn an_agent_that_is_killed_in_the_midst_is_replaced_by_the_passphrase() {
    let desk = Office::new();
    desk.unlock("unlock dee");
    let add = "document add text --media-type text/plain --title Text --lang en --by dee";
    let mut command = desk.command(add, &desk.place());
    command.env("TERM", "dumb").stdin(Stdio::inherit());
    let mut talk = spawn_command(command, Some(60_000)).unwrap();
    waits_for(&mut talk, "sign as dee and write 1 event? [y/N] ");
    // What is signed so far is of no use once the record goes on.
    desk.kill();
    desk.told("ledger change --title Other --by ada --yes");
    talk.send_line("y").unwrap();
    waits_for(&mut talk, "found none: the agent refuses: it");
    waits_for(&mut talk, "passphrase of dee: ");
    talk.send_line(PHRASE).unwrap();
    waits_for(&mut talk, "sign as dee and write 1 event? [y/N] ");
    talk.send_line("y").unwrap();
    waits_for(&mut talk, "written at 3");
    talk.exp_eof().unwrap();
    assert_eq!(desk.whole(), 4);
}
