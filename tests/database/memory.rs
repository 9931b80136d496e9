//! The log key's memory at a witness: several servers of one database, a database that goes back,
//! two databases with one memory.

use crate::database::PostgresServer;
use crate::serve::{Newsroom, RunningServer, acknowledged, check_history, enter, json, request};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// A witness on a machine of its own.
pub struct Watch {
    child: Child,
    url: String,
    key: String,
}

impl Watch {
    /// Makes one that watches this newsroom's log, and starts it.
    pub fn make(newsroom: &Newsroom) -> Watch {
        std::fs::create_dir(newsroom.path("watch")).unwrap();
        newsroom.good("watch", &["witness", "new", "w", "--name", "watch.example/1"]);
        Watch::start(newsroom, "127.0.0.1:0", &["--first"])
    }

    pub fn start(newsroom: &Newsroom, address: &str, more: &[&str]) -> Watch {
        let listed = newsroom.annals("server", &["witness", "list"]).err;
        let log = listed.lines().find_map(|line| line.split_once("for monitors: ")).unwrap().1;
        let line = ["witness", "serve", "--listen", address, "--key", "w", "--state", "state"];
        let arguments = [&line[..], &["--for", log, "--format", "json"], more].concat();
        let mut command = newsroom.command("watch", &arguments);
        let log = std::fs::File::create(newsroom.path("watch.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let said = json(&said);
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Watch { child, url: text("url"), key: text("verifier") }
    }

    pub fn options(&self) -> [&str; 4] {
        ["--memory", &self.url, "--memory-key", &self.key]
    }

    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.url.trim_start_matches("http://").to_owned()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A machine with the log key and nothing of its memory.
pub fn machine(newsroom: &Newsroom, name: &str) {
    std::fs::create_dir_all(newsroom.path(name).join("keys")).unwrap();
    for file in ["log.key", "log.pub"] {
        let from = newsroom.path("server/keys").join(file);
        if from.exists() {
            std::fs::copy(from, newsroom.path(name).join("keys").join(file)).unwrap();
        }
    }
}

#[test]
fn two_servers_share_a_memory_and_one_that_is_away_is_waited_for() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    let document = newsroom.capture("server", 60);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
    machine(&newsroom, "second");
    let options = [&["--home", &url][..], &watch.options()].concat();
    let other = newsroom.serve_on("second", "127.0.0.1:0", &options);
    newsroom.join_as_founder("ada", &one.url);
    newsroom.hire("ben", "Ben Best", &one.url, "ada");
    newsroom.hire("cid", "Cid Cole", &other.url, "ada");
    newsroom.hire("dee", "Dee Dahl", &other.url, "ada");
    // A server sees within a moment what another one placed.
    std::thread::sleep(Duration::from_secs(1));
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (name, first) in [("ben", 1), ("cid", 11), ("dee", 21)] {
            let (told, newsroom) = (&told, &newsroom);
            scope.spawn(move || {
                for line in first..first + 6 {
                    let one = acknowledged(newsroom, name, document, line);
                    told.lock().unwrap().push(one.unwrap_or_else(|said| panic!("{said:?}")));
                }
            });
        }
    });
    // Nothing is acknowledged that the memory does not have.
    let (address, mut told) = (watch.kill(), told.into_inner().unwrap());
    let said = newsroom.enter("ben", document, 41);
    assert_eq!(said.code, 2, "{said:?}");
    let watch = Watch::start(&newsroom, &address, &[]);
    let sent = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        newsroom.annals("ben", &["outbox", "send"]).code == 0
    });
    assert!(sent, "{}", std::fs::read_to_string(newsroom.path("server.log")).unwrap());
    told.push(acknowledged(&newsroom, "cid", document, 42).unwrap());
    one.stop();
    other.stop();
    newsroom.good("server", &["move", "--from", &url]);
    check_history(&newsroom, &told);
    assert_eq!(newsroom.claims("server").len(), 20);
    newsroom.good("server", &["verify"]);
    // The file of marks is the memory again.
    assert_eq!(newsroom.enter("server", document, 50).code, 0);
    drop(watch);
}

/// It would acknowledge what the memory of the others does not have.
#[test]
fn a_second_server_without_the_memory_says_so() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
    machine(&newsroom, "second");
    let warning = |server: &RunningServer| {
        let (code, answer) = request(&server.address, "GET /v1/health HTTP/1.1", b"");
        assert_eq!(code, 200, "{answer}");
        let warning = json(&answer)["warning"].clone();
        let said = server.said();
        warning.as_str().map(|warning| {
            assert!(said.contains(warning), "{said}");
            warning.to_owned()
        })
    };
    assert_eq!(warning(&one).filter(|text| text.contains("--memory")), None);
    let other = newsroom.serve_home("second", "127.0.0.1:0", &url);
    let text = warning(&other).unwrap();
    assert!(text.contains("start it with the same --memory and --memory-key"), "{text}");
    other.stop();
    // As it says.
    std::fs::remove_dir_all(newsroom.path("second/ledger")).unwrap();
    let options = [&["--home", &url][..], &watch.options()].concat();
    let other = newsroom.serve_on("second", "127.0.0.1:0", &options);
    assert_eq!(warning(&other).filter(|text| text.contains("--memory")), None);
    other.stop();
    one.stop();
}

#[test]
fn a_database_that_went_back_is_written_to_by_nobody_not_even_without_a_copy() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    let document = newsroom.capture("server", 60);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    database.sql("CREATE TABLE kept AS SELECT * FROM annals.ledger");
    let server = newsroom.serve_home("server", "127.0.0.1:0", &url);
    let address = server.address.clone();
    newsroom.join_as_founder("ada", &server.url);
    for line in 1..=3 {
        newsroom.good("ada", &enter(&document.to_string(), line).each());
    }
    server.stop();
    // A backup of the database is restored, and a new machine makes its copy of it.
    database.sql(
        "DELETE FROM annals.event WHERE position >= (SELECT size FROM kept); \
         UPDATE annals.ledger SET (size, head, root) = (SELECT size, head, root FROM kept)",
    );
    machine(&newsroom, "second");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--home", &url];
    let said = newsroom.annals("second", &[&serve[..], &watch.options()].concat());
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.err.contains("the log key signed size 5"), "{}", said.err);
    let advice = "annals repair --from COPY takes what is missing from a copy that has it, such as \
                  an editor's, and annals move --to ";
    assert!(said.err.contains(advice), "{}", said.err);
    let said = newsroom.annals("server", &serve);
    assert!(said.code == 4 && said.err.contains("lost events"), "{said:?}");
    // The copy has what is missing.
    newsroom.good("server", &["move", "--to", &url]);
    let server =
        newsroom.serve_on("second", &address, &[&["--home", &url][..], &watch.options()].concat());
    newsroom.good("ada", &["pull"]);
    server.stop();
}

#[test]
fn of_two_databases_with_one_memory_one_is_attested() {
    let Some(database) = PostgresServer::start() else { return };
    let Some(twin) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    let document = newsroom.capture("server", 60);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    // Two primaries: the same record in both.
    database.dump_into(&twin);
    machine(&newsroom, "second");
    let twin_url = twin.url("desk");
    let options = [&["--home", &twin_url][..], &watch.options()].concat();
    let other = newsroom.serve_on("second", "127.0.0.1:0", &options);
    let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
    newsroom.join_as_founder("ada", &one.url);
    newsroom.join("far", &other.url);
    std::fs::create_dir(newsroom.path("far/keys")).unwrap();
    for name in ["ada.key", "ada.pub"] {
        let from = newsroom.path("server/keys").join(name);
        std::fs::copy(from, newsroom.path("far/keys").join(name)).unwrap();
    }
    newsroom.good("ada", &enter(&document.to_string(), 1).each());
    // The other one placed it in its database, and is told by the memory that another was first.
    let said = newsroom.enter("far", document, 2);
    assert_eq!(said.code, 2, "{said:?}");
    newsroom.good("far", &["pull"]);
    assert_eq!(newsroom.claims("far").len(), 0);
    newsroom.good("ada", &enter(&document.to_string(), 3).each());
    let log = other.stop();
    assert!(log.contains("the log key signed size") || log.contains("another record"), "{log}");
    one.stop();
    newsroom.good("server", &["verify"]);
    let said =
        newsroom.annals("second", &[&["serve", "--listen", "127.0.0.1:0"][..], &options].concat());
    assert_eq!(said.code, 4, "{said:?}");
}

/// The folder is the home still where its memory could not be asked.
#[test]
fn a_record_is_not_moved_before_its_memory_answers() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, url) = (Newsroom::found(None), database.url("desk"));
    let watch = Watch::make(&newsroom);
    newsroom.good("watch", &["witness", "new", "other", "--name", "other.example/1"]);
    let other = std::fs::read_to_string(newsroom.path("watch/keys/other.witness")).unwrap();
    for (at, key, why) in [
        (&*watch.url, other.trim(), "does not answer as the witness of its key ("),
        ("http://127.0.0.1:1", &*watch.key, "does not answer ("),
    ] {
        let move_to = ["move", "--to", &url, "--memory", at, "--memory-key", key];
        let said = newsroom.annals("server", &move_to);
        assert_eq!(said.code, 2, "{said:?}");
        let whole = format!("the log key's memory cannot be asked: the witness at {at} {why}");
        assert!(said.err.contains(&whole), "{whole}: {}", said.err);
        assert!(said.err.ends_with("; the record was not moved\n"), "{}", said.err);
    }
    newsroom.capture("server", 3);
    newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
    newsroom.good("server", &["verify"]);
    // It is moved: where the memory is away, that is said, and what to do.
    watch.kill();
    let said = newsroom.annals("server", &["move", "--to", &url]);
    assert_eq!(said.code, 2, "{said:?}");
    let url = url.replace("desk@", "");
    for part in [
        format!("the record is in the database at {url} now, but: the log key's memory cannot be"),
        format!("; annals move --to {url} again goes on, with --memory and --memory-key if "),
    ] {
        assert!(said.err.contains(&part), "{part}: {}", said.err);
    }
}
