//! What waits in an outbox and the record refuses by now, and what a server finds at its start.

use crate::editor::talk::talk;
use crate::serve::{Newsroom, RunningServer, Said, enter, json, request};

/// What was signed while nobody answered, and is refused once the colleague's acts are there.
#[test]
fn what_waits_and_is_refused_is_given_up_or_signed_anew() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    newsroom.hire("ben", "Ben Best", &server.url, "ada");
    let fact = |line| {
        let entered = newsroom.enter("ada", document, line);
        json(&entered.out)["position"].to_string()
    };
    let (one, two, three) = (fact(1), fact(2), fact(3));
    newsroom.good("ben", &["pull"]);
    let address = server.address.clone();
    server.stop();
    let relate = ["relate", &one, "supports", &two, "--yes"];
    let dispute = ["dispute", &two, "--reason", "unverifiable", "--statement", "No.", "--yes"];
    let correct = [
        "correct",
        &three,
        "--claim",
        "Three.",
        "--reason",
        "wrong-date",
        "--statement",
        "So.",
        "--yes",
    ];
    for act in [&relate[..], &dispute, &correct] {
        let said = newsroom.annals("ben", act);
        assert_eq!((said.code, said.err.contains("cannot reach")), (2, true), "{said:?}");
    }
    let server = newsroom.serve_at(&address, &[]);
    newsroom.good("ada", &relate);
    newsroom
        .good("ada", &["retract", &two, "--reason", "unverifiable", "--statement", "x", "--yes"]);
    newsroom.good("ada", &{
        let mut other = correct;
        other[3] = "Third.";
        other
    });
    let plain = |said: &Said| said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let waits = "what was signed for these drafts before waits still: annals outbox drop ";
    for act in [&relate[..], &dispute] {
        let said = newsroom.annals("ben", act);
        let told = plain(&said);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(told.contains(waits) && !told.contains("--again"), "{told}");
        let said = newsroom.annals("ben", &[act, &["--again"]].concat());
        let told = plain(&said);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(told.contains(waits), "{told}");
        let name = told.split(waits).nth(1).unwrap().split(' ').next().unwrap();
        newsroom.good("ben", &["outbox", "drop", name, "--yes"]);
    }
    // Signed anew, this one is taken.
    let said = newsroom.annals("ben", &correct);
    let told = plain(&said);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(told.contains("; --again signs the drafts anew") && !told.contains(waits), "{told}");
    newsroom.good("ben", &[&correct[..], &["--again"]].concat());
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

/// A server that answers that others were first has placed nothing, and never will: if the drafts
/// are refused then, what was signed for them does not wait.
#[test]
fn what_others_were_first_of_and_is_refused_then_does_not_wait() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    newsroom.hire("ben", "Ben Best", &server.url, "ada");
    newsroom.good("ben", &["pull"]);
    let entered = newsroom.enter("ben", document, 1);
    let fact = json(&entered.out)["position"].to_string();
    newsroom.good("ada", &["pull"]);
    let drafts = format!(
        "{{\"type\":\"fact.asserted\",\"claim\":\"Two.\",\"quote\":\"Boat 2 came in\",\
         \"document\":{document}}}\n{{\"type\":\"fact.confirmed\",\"on\":{fact},\
         \"how\":\"reread\"}}\n"
    );
    std::fs::write(newsroom.path("ada/two.jsonl"), drafts).unwrap();
    let mut asked = talk(newsroom.command("ada", &["append", "two.jsonl"]));
    asked.sees("sign and write 2 events");
    let retract = ["retract", &fact, "--reason", "entry-error", "--statement", "Wrong.", "--yes"];
    newsroom.good("ben", &retract);
    asked.types("y\r");
    let (shown, code) = asked.ends();
    assert_eq!((code, shown.contains("waits still")), (1, false), "{shown}");
    assert_eq!(newsroom.good("ada", &["outbox"]), "nothing waits\n");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

/// Before it signs anything: afterwards nothing shows it any more.
#[test]
fn a_server_warns_of_an_older_memory_of_its_log_key() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let address = server.address.clone();
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    server.stop();
    let path = newsroom.path("server/keys/log.marks");
    let marks = std::fs::read_to_string(&path).unwrap();
    for (lines, size) in [(2, 2), (0, 0)] {
        let kept: String = marks.split_inclusive('\n').take(lines).collect();
        std::fs::write(&path, &kept).unwrap();
        let server = newsroom.serve_at(&address, &[]);
        let said = server.said();
        let warning = format!(
            "warning: the log key's memory ends at size {size}, and the checkpoint is of size 3: "
        );
        assert!(said.contains(&warning), "{said}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), kept);
        assert_eq!(server.health(), 200);
        server.stop();
    }
    std::fs::write(&path, &marks).unwrap();
    let warned = |server: &RunningServer| server.said().matches("warning: ").count();
    let server = newsroom.serve_at(&address, &[]);
    assert_eq!((server.health(), warned(&server)), (200, 2), "{}", server.said());
    let act = enter(&document.to_string(), 2);
    // A dry run says on which record it is.
    let said = newsroom.annals("ada", &[&act.each()[..], &["--dry-run"]].concat());
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = "note: a dry run does not pull: this is on the record as it was at the last pull \
                (annals pull)";
    assert!(told.contains(note), "{told}");
    let said = newsroom.annals("ada", &act.each());
    assert_eq!(said.code, 0, "{said:?}");
    newsroom.expect_same(&["ada"]);
    server.stop();
}

/// Nobody can make a whole copy of it.
#[test]
fn a_server_warns_of_documents_that_are_not_there() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let address = server.address.clone();
    newsroom.join_as_founder("ada", &server.url);
    assert_eq!(newsroom.capture("ada", 9), 1);
    let health = |server: &RunningServer| {
        let (code, answer) = request(&server.address, "GET /v1/health HTTP/1.1", b"");
        assert_eq!(code, 200, "{answer}");
        json(&answer)["warning"].clone()
    };
    assert!(health(&server).is_null());
    server.stop();
    for file in std::fs::read_dir(newsroom.path("server/ledger/document")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let server = newsroom.serve_at(&address, &[]);
    let warning = "warning: documents that are not here: 1, the first captured by event 1: nobody \
                   can make a whole copy of it; stop the server, and annals repair --from COPY \
                   takes them from another copy\n";
    assert!(server.said().contains(warning), "{}", server.said());
    let warning = "documents of the record are not here (annals verify); annals repair --from COPY";
    assert_eq!(health(&server), warning);
    server.stop();
    newsroom.good("server", &["repair", "--from", "../ada/ledger"]);
    let server = newsroom.serve_at(&address, &[]);
    assert!(health(&server).is_null());
    assert_eq!(server.said().matches("warning: ").count(), 1, "{}", server.said());
    newsroom.expect_same(&["ada"]);
    server.stop();
}

/// The document is of the record; that its file is not right is for who runs the server.
#[test]
fn a_document_that_is_lost_or_damaged_while_it_is_served_is_not_said_not_to_be_there() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    assert_eq!(newsroom.capture("ada", 9), 1);
    let folder = newsroom.path("server/ledger/document");
    let path = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let digest = path.file_name().unwrap().to_str().unwrap().to_owned();
    let bytes = std::fs::read(&path).unwrap();
    let get = |path: &str| request(&server.address, &format!("GET {path} HTTP/1.1"), b"");
    let expect_busy = |path: &str| {
        let (code, answer) = get(path);
        let answer = json(&answer);
        let detail = "the server could not read its record";
        assert_eq!((code, answer["detail"].as_str()), (503, Some(detail)), "{answer}");
    };
    assert_eq!(get("/v1/blame/1").0, 200);
    assert!(json(&get("/v1/health").1)["warning"].is_null());
    std::fs::remove_file(&path).unwrap();
    expect_busy("/v1/blame/1");
    let warning = "documents of the record are missing or damaged here (annals verify); annals \
                   repair --from COPY";
    assert_eq!(json(&get("/v1/health").1)["warning"], warning);
    std::fs::write(&path, "corrupt").unwrap();
    expect_busy("/v1/blame/1");
    expect_busy(&format!("/document/{digest}"));
    let log = server.said();
    assert!(log.contains("cannot answer: document 1: expected its text in this copy"), "{log}");
    assert!(log.contains("annals repair --from COPY takes it from another copy"), "{log}");
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(get("/v1/blame/1").0, 200);
    assert_eq!(get(&format!("/document/{digest}")).0, 200);
    newsroom.expect_same(&["ada"]);
    server.stop();
}

/// A witness that is to remember what the log key signed is of a record in a database.
#[test]
fn a_memory_without_a_database_is_refused() {
    let newsroom = Newsroom::found(None);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--memory", "http://127.0.0.1:9"];
    let made = newsroom.good("server", &["witness", "new", "w", "--name", "w.example/1"]);
    let said = newsroom.annals("server", &[&serve[..], &["--memory-key", made.trim()]].concat());
    let why = "annals: --memory: expected a database with it (--home), found none: of a record in \
               this folder the memory is keys/log.marks; nothing is served";
    assert_eq!((said.code, said.err.lines().last()), (2, Some(why)), "{said:?}");
    let said = newsroom.annals("server", &[&serve[..], &["--memory-key", "x"]].concat());
    assert_eq!((said.code, said.err.contains("--memory-key: ")), (2, true), "{said:?}");
}
