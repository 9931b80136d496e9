//! Newsrooms and witnesses in processes of their own, on loopback.

use crate::witness::killed::Process;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, thread};

/// The output of a command.
#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

/// A newsroom: a folder with a ledger and keys.
struct Newsroom(PathBuf);

impl Newsroom {
    /// A new ledger with this origin.
    fn found(folder: &Path, origin: &str) -> Newsroom {
        fs::create_dir_all(folder).expect("a folder");
        let newsroom = Newsroom(folder.to_owned());
        let said = newsroom.run(&[
            "init",
            "--origin",
            origin,
            "--title",
            "A record",
            "--name",
            "Ada",
            "--no-passphrase",
        ]);
        assert_eq!(said.code, 0, "{}", said.err);
        newsroom
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.current_dir(&self.0).args(arguments);
        for variable in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK"] {
            command.env_remove(variable);
        }
        let done = command.output().expect("annals runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Said {
            code: done.status.code().expect("a code"),
            out: text(done.stdout),
            err: text(done.stderr),
        }
    }

    /// Captures a document: one more event.
    fn append(&self, text: &str) {
        fs::write(self.0.join("note.txt"), text).expect("written");
        let draft = r#"{"type":"document.captured","file":"note.txt","title":"Note","lang":"en"}"#;
        fs::write(self.0.join("draft.jsonl"), format!("{draft}\n")).expect("written");
        let said = self.run(&["append", "draft.jsonl"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }

    /// A copy of the present newsroom, in another folder.
    fn copy(&self, to: &Path) -> Newsroom {
        let copied = Command::new("cp").arg("-r").arg(&self.0).arg(to).status().expect("cp runs");
        assert!(copied.success());
        Newsroom(to.to_owned())
    }

    /// The verifier key of its log, as its policy has it.
    fn log_key(&self) -> String {
        let policy = fs::read_to_string(self.0.join("keys/policy")).expect("a policy");
        let line = policy.lines().find_map(|line| line.strip_prefix("log ")).expect("a log");
        line.to_owned()
    }

    fn checkpoint(&self) -> String {
        fs::read_to_string(self.0.join("ledger/checkpoint")).expect("a checkpoint")
    }

    /// Makes the key of a witness and returns its verifier key.
    fn new_witness(&self) -> String {
        let said = self.run(&["witness", "new", "w1", "--name", "witness.example.org/w1"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.out.trim_end().to_owned()
    }
}

/// A newsroom whose only witness is a process in the folder beside it.
fn watched(place: &Path) -> (Newsroom, Process) {
    let newsroom = Newsroom::found(&place.join("a"), "a.example.org/record");
    let other = Newsroom::found(&place.join("b"), "b.example.org/record");
    let verifier = other.new_witness();
    let nowhere = "http://127.0.0.1:9";
    assert_eq!(newsroom.run(&["witness", "add", "bees", &verifier, nowhere]).code, 0);
    let process = Process::start(&other.0, &newsroom.log_key(), true);
    assert_eq!(newsroom.run(&["witness", "remove", "bees"]).code, 0);
    let url = format!("http://{}", process.address);
    assert_eq!(newsroom.run(&["witness", "add", "bees", &verifier, &url]).code, 0);
    (newsroom, process)
}

#[test]
fn a_good_day() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, witness) = watched(place.path());
    newsroom.append("One.");
    let said = newsroom.run(&["verify"]);
    assert_eq!(said.code, 5, "{}", said.out);
    let said = newsroom.run(&["witness", "collect"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let (first, second) = said.out.split_once('\n').unwrap();
    assert!(first.starts_with("bees: cosigned 20"), "{first}");
    let quorum = "the checkpoint of 2 events: 1 of 1 witnesses cosigned, the quorum is met\n";
    assert_eq!(second, quorum);
    let (text, lines) = newsroom.checkpoint().split_once("\n\n").map(own).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    // A witness that cosigns again replaces its line; the log's own stays first.
    assert_eq!(newsroom.run(&["witness", "collect"]).code, 0);
    let (same, again) = newsroom.checkpoint().split_once("\n\n").map(own).unwrap();
    assert_eq!((same, again.lines().count()), (text, 2));
    assert_eq!(again.lines().next(), lines.lines().next());
    let said = newsroom.run(&["witness", "list"]);
    assert!(said.out.ends_with("the policy's quorum is met\n"), "{}", said.out);
    assert_eq!(newsroom.run(&["verify"]).code, 0);
    // The next commit has another checkpoint; publishing collects its cosignature and publishes it.
    newsroom.append("Two.");
    assert_eq!(newsroom.run(&["verify"]).code, 5);
    let said = newsroom.run(&["publish", "pub"]);
    assert_eq!((said.code, said.out.as_str()), (0, "published 3 events in pub\n"));
    assert!(said.err.contains("3 events: 1 of 1 witnesses cosigned, the quorum is met\n"));
    let published = fs::read_to_string(newsroom.0.join("pub/checkpoint")).unwrap();
    assert_eq!(published, newsroom.checkpoint());
    assert_eq!(newsroom.run(&["verify", "pub", "--policy", "keys/policy"]).code, 0);
    // Away, it has cosigned that checkpoint before.
    drop(witness);
    let said = newsroom.run(&["witness", "collect"]);
    let last = "the checkpoint of 3 events: 0 of 1 witnesses cosigned now, 1 before, the quorum is \
                met";
    assert_eq!((said.code, said.out.lines().last()), (0, Some(last)), "{}", said.out);
}

#[test]
fn a_size_that_was_cosigned_before_the_record_grew_has_its_tiles() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, _witness) = watched(place.path());
    newsroom.append("One.");
    assert_eq!(newsroom.run(&["witness", "collect"]).code, 0);
    assert_eq!(newsroom.run(&["witness", "collect"]).code, 0);
    let remembered = fs::read_to_string(newsroom.0.join("ledger/checkpoints")).unwrap();
    let start = "a.example.org/record 2 ";
    assert!(remembered.starts_with(start) && remembered.lines().count() == 1, "{remembered}");
    newsroom.append("Two.");
    newsroom.append("Three.");
    assert_eq!(newsroom.run(&["publish", "pub"]).code, 0);
    for name in ["tile/0/000.p/2", "tile/entries/000.p/2", "tile/0/000.p/4"] {
        assert!(newsroom.0.join("pub").join(name).is_file(), "{name}");
    }
    assert!(!newsroom.0.join("pub/tile/0/000.p/3").exists());
    assert_eq!(newsroom.run(&["verify"]).code, 0);
    assert_eq!(newsroom.run(&["export", "--to", "bag"]).code, 0);
}

fn own((text, lines): (&str, &str)) -> (String, String) {
    (text.to_owned(), lines.to_owned())
}

#[test]
fn a_fork_is_reported_and_not_published() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, _witness) = watched(place.path());
    let fork = newsroom.copy(&place.path().join("fork"));
    newsroom.append("One.");
    fork.append("Another.");
    fork.append("And one more.");
    assert_eq!(newsroom.run(&["witness", "collect"]).code, 0);
    let before = fork.checkpoint();
    let said = fork.run(&["witness", "collect"]);
    let why = "bees: contradicts this record: the log key signed another record of size 2\n\
               the checkpoint of 3 events: 0 of 1 witnesses cosigned, the quorum is not met\n";
    assert_eq!((said.code, said.out.as_str()), (4, why));
    assert_eq!(fork.checkpoint(), before);
    let said = fork.run(&["publish", "pub"]);
    assert_eq!((said.code, said.out.as_str()), (4, ""));
    assert!(said.err.ends_with("nothing was published\n"), "{}", said.err);
    assert!(!fork.0.join("pub").exists());
    // At the same size.
    newsroom.append("Two.");
    assert_eq!(newsroom.run(&["witness", "collect"]).code, 0);
    let said = fork.run(&["witness", "collect", "--format", "json"]);
    let why = r#""bees","cosigned":null,"why_not":"contradicts this record: the log key signed another record of size 3","contradicts":true"#;
    assert!(said.code == 4 && said.out.contains(why), "{}", said.out);
}

#[test]
fn a_rollback_is_reported() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, witness) = watched(place.path());
    let older = newsroom.copy(&place.path().join("older"));
    newsroom.append("One.");
    assert_eq!(newsroom.run(&["witness", "collect"]).code, 0);
    let said = older.run(&["witness", "collect"]);
    let why =
        "bees: contradicts this record: the log key signed size 2, this record has 1 events\n";
    assert!(said.code == 4 && said.out.starts_with(why), "{}", said.out);
    // It is kept over a kill.
    witness.kill();
    let witness = Process::start(&place.path().join("b"), &newsroom.log_key(), false);
    let policy = fs::read_to_string(older.0.join("keys/policy")).unwrap();
    let at = policy.find("http://").unwrap();
    let end = at + policy[at..].find('\n').unwrap();
    let moved = format!("{}http://{}{}", &policy[..at], witness.address, &policy[end..]);
    fs::write(older.0.join("keys/policy"), moved).unwrap();
    let said = older.run(&["witness", "collect"]);
    assert!(said.code == 4 && said.out.starts_with(why), "{}", said.out);
}

#[test]
fn a_witness_outlives_a_lack_of_open_files() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, witness) = watched(place.path());
    witness.kill();
    let witness =
        Process::start_with_few_files(&place.path().join("b"), &newsroom.log_key(), false);
    let policy = fs::read_to_string(newsroom.0.join("keys/policy")).unwrap();
    let at = policy.find("http://").unwrap();
    let end = at + policy[at..].find('\n').unwrap();
    let moved = format!("{}http://{}{}", &policy[..at], witness.address, &policy[end..]);
    fs::write(newsroom.0.join("keys/policy"), moved).unwrap();
    let held: Vec<_> =
        (0..80).filter_map(|_| std::net::TcpStream::connect(witness.address).ok()).collect();
    let asked = newsroom.run(&["witness", "collect"]);
    assert_eq!(asked.code, 0, "{} {}", asked.out, asked.err);
    drop(held);
    newsroom.append("One.");
    let asked = newsroom.run(&["witness", "collect"]);
    assert_eq!(asked.code, 0, "{} {}", asked.out, asked.err);
}

/// A server that answers every request with these bytes.
fn answers(bytes: Vec<u8>) -> String {
    odd(move |mut stream| {
        let _ = stream.read(&mut [0; 4_096]);
        let _ = stream.write_all(&bytes);
    })
}

/// An answer of HTTP.
fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

/// The key of one more witness.
fn another(place: &Path, name: &str) -> String {
    let folder = place.join(name);
    fs::create_dir(&folder).unwrap();
    Newsroom(folder).new_witness()
}

#[test]
fn what_nobody_signed_contradicts_nothing_and_the_quorum_decides() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, _witness) = watched(place.path());
    newsroom.append("One.");
    let size = "Content-Type: text/x.tlog.size\r\n";
    // A checkpoint of a longer record that a stranger signed.
    let forged = newsroom.checkpoint().replacen("\n2\n", "\n9\n", 1);
    let shown =
        format!("Annals-Checkpoint: {}\r\n", annals_core::tlog::to_base64(forged.as_bytes()));
    let page = "<html>not here</html>";
    let cases = [
        (
            "larger",
            http("409 Conflict", size, "9\n"),
            "says without proof that it cosigned size 9; ",
        ),
        (
            "other",
            http("409 Conflict", size, "2\n"),
            "says without proof that it cosigned another record of size 2",
        ),
        (
            "no-extension",
            http("422 Unprocessable Content", "", "no\n"),
            "says without proof that this record does not extend what it cosigned at size 0",
        ),
        (
            "shown",
            http("409 Conflict", &shown, "9\n"),
            "says without proof that it cosigned size 9; ",
        ),
        ("body", http("422 No", "", &forged), "says without proof that this record does not "),
        ("gone", http("404 Not Found", "", page), "will not (404): <html>not here</html>"),
        ("shut", http("403 Forbidden", "", ""), "will not (403): "),
        ("broken", http("500 Oh", "", page), "will not (500): <html>"),
        ("portal", http("200 OK", "", page), "no answer: expected a cosignature or a size, found "),
        ("empty", http("200 OK", "", ""), "no answer: expected a cosignature or a size, found "),
        ("cut", b"HTTP/1.1 409 Conflict\r\nContent-Le".to_vec(), "no answer: "),
        ("short", b"HTTP/1.1 409 Conflict\r\nContent-Length: 9\r\n\r\n9\n".to_vec(), "no answer: "),
        ("noise", b"\x00\xff\xfe\r\n\r\n".to_vec(), "no answer: "),
    ];
    let mut said = Vec::new();
    for (name, bytes, why) in cases {
        let (key, url) = (another(place.path(), name), answers(bytes));
        let added = newsroom.run(&["witness", "add", name, &key, &url, "--quorum", "any"]);
        assert_eq!(added.code, 0, "{}", added.err);
        said.push(format!("{name}: {why}"));
    }
    let collected = newsroom.run(&["witness", "collect", "--timeout", "5s"]);
    assert_eq!(collected.code, 0, "{} {}", collected.out, collected.err);
    for (line, start) in collected.out.lines().skip(1).zip(&said) {
        assert!(line.starts_with(start), "{line}\n{start}");
    }
    let published = newsroom.run(&["publish", "pub"]);
    assert_eq!((published.code, published.out.as_str()), (0, "published 2 events in pub\n"));
    assert!(published.err.contains("larger: says without proof"), "{}", published.err);
    // If the quorum requires all, it is missing: no contradiction, and nothing is published.
    let policy = fs::read_to_string(newsroom.0.join("keys/policy")).unwrap();
    let policy = policy.replace("group witnesses any ", "group witnesses all ");
    fs::write(newsroom.0.join("keys/policy"), policy).unwrap();
    newsroom.append("Two.");
    assert_eq!(newsroom.run(&["witness", "collect", "--timeout", "5s"]).code, 5);
    let refused = newsroom.run(&["publish", "pub"]);
    assert_eq!((refused.code, refused.out.as_str()), (5, ""), "{}", refused.err);
    let why = "nothing was published; --no-witness publishes without the quorum\n";
    assert!(refused.err.ends_with(why), "{}", refused.err);
    let published = newsroom.run(&["publish", "pub", "--no-witness"]);
    assert_eq!((published.code, published.out.as_str()), (0, "published events 2 to 2 in pub\n"));
}

#[test]
fn a_checkpoint_that_the_log_or_the_witness_signed_contradicts_wherever_it_is_shown() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, _witness) = watched(place.path());
    let fork = newsroom.copy(&place.path().join("fork"));
    newsroom.append("One.");
    fork.append("Another.");
    let other = fork.checkpoint();
    let header =
        format!("Annals-Checkpoint: {}\r\n", annals_core::tlog::to_base64(other.as_bytes()));
    // The same checkpoint, cosigned and without the line of the log.
    assert_eq!(fork.run(&["witness", "collect"]).code, 0);
    let (text, lines) = fork.checkpoint().split_once("\n\n").map(own).unwrap();
    let cosignature = lines.lines().find(|line| line.contains("witness.example.org/w1")).unwrap();
    let cosigned = format!("{text}\n\n{cosignature}\n");
    let policy = fs::read_to_string(newsroom.0.join("keys/policy")).unwrap();
    for (answer, why) in [
        (http("409 Conflict", &header, "9\n"), "the log key signed another record of size 2"),
        (http("404 Not Found", "", &other), "the log key signed another record of size 2"),
        (http("422 No", "", &cosigned), "it cosigned another record of size 2"),
    ] {
        let at = policy.find("http://").unwrap();
        let end = at + policy[at..].find('\n').unwrap();
        let moved = format!("{}{}{}", &policy[..at], answers(answer), &policy[end..]);
        fs::write(newsroom.0.join("keys/policy"), moved).unwrap();
        let said = newsroom.run(&["witness", "collect"]);
        let start = format!("bees: contradicts this record: {why}\n");
        assert!(said.code == 4 && said.out.starts_with(&start), "{} {}", said.code, said.out);
        assert_eq!(newsroom.run(&["publish", "pub"]).code, 4);
    }
    assert!(!newsroom.0.join("pub").exists());
}

/// A server that treats every connection in one way.
fn odd(act: impl Fn(std::net::TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(act));
    url
}

#[test]
fn the_slow_and_the_silent_are_named_and_keep_nobody_waiting() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, _witness) = watched(place.path());
    let key = |name: &str| {
        let folder = place.path().join(name);
        fs::create_dir(&folder).unwrap();
        Newsroom(folder).new_witness()
    };
    let (held, hold) = std::sync::mpsc::channel();
    let slow = odd(move |stream| held.send(stream).expect("it is held"));
    let answer = |bytes: &'static [u8]| {
        odd(move |mut stream| {
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(bytes);
        })
    };
    let page = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
    let liar = answer(b"HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\n-12\n");
    let moved =
        answer(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    let shut = "http://127.0.0.1:1".to_owned();
    for (name, url) in
        [("slow", slow), ("shut", shut), ("page", page), ("liar", liar), ("moved", moved)]
    {
        let said = newsroom.run(&["witness", "add", name, &key(name), &url, "--quorum", "any"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let said = newsroom.run(&["witness", "collect", "--timeout", "500ms"]);
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("bees: cosigned 20"), "{lines:?}");
    for (line, start) in lines[1..].iter().zip([
        "slow: no answer: ",
        "shut: no answer: ",
        "page: no answer: expected a cosignature or a size, found no line of its key that verifies",
        "liar: no answer: expected a cosignature or a size, found 409 without the size that it has",
        "moved: will not (302): ",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    let last = "the checkpoint of 1 events: 1 of 6 witnesses cosigned, the quorum is met";
    assert_eq!(lines[6], last);
    drop(hold);
}

#[test]
fn the_policy_is_edited_line_by_line_and_never_broken() {
    let place = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::found(&place.path().join("a"), "a.example.org/record");
    let keys: Vec<String> = ["x", "y"]
        .iter()
        .map(|name| {
            let folder = place.path().join(name);
            fs::create_dir(&folder).unwrap();
            Newsroom(folder).new_witness()
        })
        .collect();
    let new_key = another(place.path(), "new");
    let policy = || fs::read_to_string(newsroom.0.join("keys/policy")).unwrap();
    let quorum =
        || policy().lines().skip_while(|l| !l.starts_with("group")).collect::<Vec<_>>().join("; ");
    assert_eq!(newsroom.run(&["witness", "add", "x", &keys[0], "http://127.0.0.1:1"]).code, 0);
    assert_eq!(quorum(), "group witnesses all x; quorum witnesses");
    newsroom.run(&["witness", "add", "y", &keys[1], "http://127.0.0.1:2", "--quorum", "2"]);
    assert_eq!(quorum(), "group witnesses 2 x y; quorum witnesses");
    let before = policy();
    let said = newsroom.run(&["witness", "add", "z", &keys[1], "http://127.0.0.1:2"]);
    assert!(said.code == 2 && said.err.contains("the key of witness z stands in an earlier line"));
    let said = newsroom.run(&["witness", "add", "z", &newsroom.log_key(), "http://127.0.0.1:2"]);
    assert!(said.code == 2 && said.err.contains("found a log's, of type 01"), "{}", said.err);
    let said = newsroom.run(&["witness", "add", "z", &new_key, "ftp://b.example.org"]);
    assert!(said.code == 2 && said.err.contains("expected an address like"), "{}", said.err);
    let secret = "http://ada:sesam@127.0.0.1:1/";
    let said = newsroom.run(&["witness", "add", "z", &new_key, secret]);
    assert!(said.code == 2 && said.err.contains("without a user and a password"), "{}", said.err);
    assert!(!said.err.contains("sesam"), "{}", said.err);
    let said = newsroom.run(&["witness", "remove", "nobody"]);
    assert!(said.code == 2 && said.err.contains("no witness is called nobody"), "{}", said.err);
    for word in ["log", "any", "all", "none", "quorum", "group", "witness", "policy", "Any"] {
        let said = newsroom.run(&["witness", "add", word, &new_key, "http://127.0.0.1:3"]);
        assert!(said.code == 2 && said.err.contains("is a word of policies"), "{}", said.err);
    }
    assert_eq!(policy(), before);
    // A policy in which a person used such a name is read as before.
    let named = before.replace("witness x ", "witness any ").replace(" 2 x y", " 2 any y");
    fs::write(newsroom.0.join("keys/policy"), &named).unwrap();
    assert!(newsroom.run(&["witness", "list"]).out.starts_with("any  http://127.0.0.1:1  "));
    // One in which somebody wrote a password.
    let named = before.replace("http://127.0.0.1:1", secret);
    fs::write(newsroom.0.join("keys/policy"), &named).unwrap();
    for format in ["text", "json"] {
        let said = newsroom.run(&["witness", "list", "--format", format]);
        assert!(said.code == 0 && said.out.contains("http://127.0.0.1:1/"), "{}", said.out);
        assert!(!said.out.contains("sesam") && !said.err.contains("sesam"), "{}", said.out);
    }
    fs::write(newsroom.0.join("keys/policy"), &before).unwrap();
    assert_eq!(newsroom.run(&["witness", "remove", "x"]).code, 0);
    assert_eq!(quorum(), "group witnesses 1 y; quorum witnesses");
    // A quorum that a person wrote is not changed.
    let own = policy()
        .replace("group witnesses 1 y\nquorum witnesses", "# mine\ngroup g any y\nquorum g");
    fs::write(newsroom.0.join("keys/policy"), &own).unwrap();
    let said =
        newsroom.run(&["witness", "add", "x", &keys[0], "http://127.0.0.1:1", "--quorum", "any"]);
    assert!(said.code == 2 && said.err.contains("was written by hand"), "{}", said.err);
    assert_eq!(policy(), own);
    assert_eq!(newsroom.run(&["witness", "add", "x", &keys[0], "http://127.0.0.1:1"]).code, 0);
    assert!(policy().ends_with("# mine\ngroup g any y\nquorum g\n"), "{}", policy());
    let said = newsroom.run(&["witness", "remove", "y"]);
    assert!(said.code == 2 && said.err.contains("nothing was written"), "{}", said.err);
    assert!(policy().contains("witness y "));
    assert_eq!(newsroom.run(&["witness", "add", "z", &new_key, "https://b.example.org"]).code, 0);
    assert!(policy().contains("https://b.example.org"), "{}", policy());
}

#[test]
fn a_witness_has_a_key_and_a_state_of_its_own() {
    let place = tempfile::tempdir().unwrap();
    let (newsroom, _witness) = watched(place.path());
    let log = newsroom.log_key();
    let other = Newsroom(place.path().join("b"));
    let serve = |key: &str, state: &str, first: &[&str]| {
        let mut arguments = vec!["witness", "serve", "--listen", "127.0.0.1:0", "--for", &log];
        arguments.extend(["--key", key, "--state", state]);
        arguments.extend(first);
        other.run(&arguments)
    };
    let said = serve("ada", "other", &["--first"]);
    assert!(said.code == 2 && said.err.contains("ada is no witness's key"), "{}", said.err);
    let said = serve("log", "other", &["--first"]);
    assert_eq!((said.code, other.0.join("other").exists()), (2, false), "{}", said.err);
    let said = serve("w1", "other", &[]);
    assert!(said.code == 2 && said.err.contains("could cosign a fork"), "{}", said.err);
    let said = serve("w1", "state", &[]);
    assert!(said.code == 3 && said.err.contains("is held by another writer"), "{}", said.err);
    // A file with the name of the state's lock is not overwritten.
    std::fs::write(other.0.join("mine.lock"), "my own notes\n").unwrap();
    let said = serve("w1", "mine", &["--first"]);
    let told = "annals: expected a lock at mine.lock, found a file of other content, left as it is";
    assert_eq!((said.code, said.err.lines().last()), (2, Some(told)), "{}", said.err);
    assert_eq!(std::fs::read(other.0.join("mine.lock")).unwrap(), b"my own notes\n");
    let said = other.run(&["witness", "new", "ada", "--name", "w.example.org/2"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
    assert!(!other.0.join("keys/ada.witness").exists());
}
