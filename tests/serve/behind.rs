//! Commands in a copy that is behind its server: what they read of the record they read after the
//! pull. And copies that are ahead of a server that is behind the others of its record.

use crate::serve::{Newsroom, RunningServer, answer, json, proxy};
use std::sync::{Arc, Mutex};

/// Ada and Ben, whose copy ends where it is; a document of some lines and a fact.
fn with_copy_behind() -> (Newsroom, RunningServer, String, String) {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    newsroom.hire("ben", "Ben Best", &server.url, "ada");
    let entered = newsroom.enter("ada", document, 1);
    let fact = json(&entered.out)["position"].to_string();
    newsroom.good("ben", &["pull"]);
    (newsroom, server, document.to_string(), fact)
}

#[test]
fn a_description_takes_over_what_a_colleague_described_meanwhile() {
    let (newsroom, server, document, _) = with_copy_behind();
    let describe = ["document", "describe", &document, "--statement", "From the page.", "--yes"];
    let by_ada = ["--title", "The boats", "--author", "E. Chernenko", "--publisher", "Kommersant"];
    newsroom.good("ada", &[&describe[..], &by_ada].concat());
    newsroom.good("ben", &[&describe[..], &["--published", "2022-01-27"]].concat());
    let shown = json(&newsroom.good("ben", &["show", &document, "--format", "json"]));
    let about = |field: &str| shown["document"]["about"][field].clone();
    let found = ["title", "publisher", "published", "authors"].map(about);
    let day = serde_json::json!({"as_written": null, "edtf": "2022-01-27"});
    let wanted = serde_json::json!(["The boats", "Kommersant", day, ["E. Chernenko"]]);
    assert_eq!(serde_json::json!(found), wanted, "{shown}");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn a_correction_keeps_the_evidence_that_a_colleague_added_meanwhile() {
    let (newsroom, server, document, fact) = with_copy_behind();
    std::fs::write(newsroom.path("ada/second.txt"), "The harbour counted one boat.\n").unwrap();
    let add = ["document", "add", "second.txt", "--title", "Second", "--lang", "en", "--yes"];
    let second = json(&newsroom.good("ada", &[&add[..], &["--format", "json"]].concat()));
    let second = second["position"].to_string();
    let why = ["--reason", "more-precise", "--statement", "Second source.", "--yes"];
    let quote = ["--document", &second, "--quote", "The harbour counted one boat"];
    newsroom.good("ada", &[&["correct", &fact], &why[..], &quote].concat());
    let dispute = ["dispute", &fact, "--reason", "misquotation", "--statement", "It is cut."];
    let dispute = newsroom.good("ada", &[&dispute[..], &["--yes", "--format", "json"]].concat());
    let dispute = json(&dispute)["position"].to_string();
    let why = ["--reason", "misquotation", "--statement", "Whole.", "--yes"];
    let quote = ["--document", &document, "--quote", "Boat 1 came in at 1 o'clock"];
    let said = newsroom.annals("ben", &[&["correct", &fact], &why[..], &quote].concat());
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let open = format!("note: fact {fact} has open disputes, which stay open: {dispute}; ");
    assert!(said.code == 0 && told.contains(&open), "{said:?}");
    let shown = json(&newsroom.good("ben", &["show", &fact, "--format", "json"]));
    let evidence = shown["fact"]["evidence"].as_array().unwrap();
    let documents: Vec<String> = evidence.iter().map(|row| row["document"].to_string()).collect();
    assert_eq!(documents, [document, second], "{shown}");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn what_a_copy_does_not_have_yet_is_found() {
    let (newsroom, server, document, fact) = with_copy_behind();
    let document: u64 = document.parse().unwrap();
    let facts: Vec<u64> = (2..=4)
        .map(|line| json(&newsroom.enter("ada", document, line).out)["position"].as_u64().unwrap())
        .collect();
    let (first, last) = (facts[0], facts[2]);
    let said = newsroom.annals("ben", &["confirm", &format!("{first}-{last}"), "--how", "reread"]);
    let waits = format!("of {first}-{last} 3 facts wait for Ben Best\n");
    assert_eq!((said.code, said.err.starts_with(&waits)), (0, true), "{said:?}");
    let line = json(&newsroom.enter("ada", document, 5).out)["position"].to_string();
    let why = ["--reason", "more-precise", "--statement", "So.", "--claim", "Boat 5 was in."];
    newsroom.good("ben", &[&["correct", &line], &why[..], &["--yes"]].concat());
    let add = ["document", "add", "more.txt", "--title", "More", "--lang", "en", "--yes"];
    std::fs::write(newsroom.path("ada/more.txt"), "More boats came.\n").unwrap();
    let more = json(&newsroom.good("ada", &[&add[..], &["--format", "json"]].concat()));
    let more = more["position"].to_string();
    let describe = ["document", "describe", &more, "--title", "Boats", "--statement", "x", "--yes"];
    newsroom.good("ben", &describe);
    newsroom
        .good("ada", &["retract", &fact, "--reason", "entry-error", "--statement", "w", "--yes"]);
    newsroom.good("ben", &["reinstate", &fact, "--statement", "v", "--yes"]);
    newsroom.expect_same(&["ada", "ben"]);
    let address = server.address.clone();
    server.stop();
    // The note that says on which record this is comes once, and first.
    let said = newsroom.annals("ben", &["confirm", "90-99", "--how", "reread"]);
    let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = format!("note: the server at http://{address} does not answer");
    assert!(said.code == 1 && told.starts_with(&note), "{said:?}");
    assert_eq!(told.matches("note: the server").count(), 1, "{said:?}");
}

/// What a server that is behind answers: an earlier checkpoint, so many times; and what it says of
/// itself.
#[derive(Default)]
struct Behind {
    checkpoint: Vec<u8>,
    times: u32,
    health: Option<&'static str>,
}

/// Ben's copy reaches the server through somebody who may answer as one does that is behind.
fn with_server_behind() -> (Newsroom, RunningServer, u64, Arc<Mutex<Behind>>) {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    let behind: Arc<Mutex<Behind>> = Arc::default();
    let (to, shared) = (server.address.clone(), Arc::clone(&behind));
    let url = proxy(move |line, send| {
        let mut behind = behind_of(&shared);
        if line.starts_with("GET /v1/health ")
            && let Some(health) = behind.health
        {
            return Some(answer("503 Service Unavailable", health.as_bytes()));
        }
        if line.starts_with("GET /checkpoint ") && behind.times > 0 {
            behind.times -= 1;
            return Some(answer("200 OK", &behind.checkpoint));
        }
        drop(behind);
        Some(send(&to))
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    newsroom.good("ben", &["pull"]);
    (newsroom, server, document, behind)
}

fn behind_of(behind: &Mutex<Behind>) -> std::sync::MutexGuard<'_, Behind> {
    behind.lock().unwrap()
}

fn has_evidence(newsroom: &Newsroom) -> bool {
    let names = std::fs::read_dir(newsroom.path("ben/ledger")).unwrap().flatten();
    names.into_iter().any(|file| file.file_name().to_string_lossy().contains("evidence"))
}

#[test]
fn a_server_that_is_shortly_behind_is_not_accused() {
    let (newsroom, server, document, behind) = with_server_behind();
    let checkpoint = std::fs::read(newsroom.path("ben/ledger/checkpoint")).unwrap();
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    *behind_of(&behind) = Behind { checkpoint, times: 3, health: None };
    newsroom.good("ben", &["pull"]);
    behind_of(&behind).times = 3;
    assert_eq!(newsroom.enter("ben", document, 2).code, 0);
    let url = std::fs::read_to_string(newsroom.path("ben/ledger/following")).unwrap();
    let url = url.lines().find_map(|line| line.strip_prefix("place ")).unwrap().to_owned();
    newsroom.good("ben", &["verify", &url, "--pin", "pin", "--init-pin"]);
    behind_of(&behind).times = 3;
    newsroom.good("ben", &["verify", &url, "--pin", "pin"]);
    assert!(!has_evidence(&newsroom));
    newsroom.expect_same(&["ada", "ben"]);
    // One that stays so is.
    behind_of(&behind).times = u32::MAX;
    let said = newsroom.annals("ben", &["pull"]);
    assert!(said.code == 4 && said.err.contains("rule 801 cut-below-pin"), "{said:?}");
    assert!(has_evidence(&newsroom));
    server.stop();
}

#[test]
fn a_server_that_says_why_it_is_behind_is_not_accused() {
    let (newsroom, server, document, behind) = with_server_behind();
    let checkpoint = std::fs::read(newsroom.path("ben/ledger/checkpoint")).unwrap();
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    let health = r#"{"server":"annals","status":"trouble","home":"database","trouble":"It hangs"}"#;
    *behind_of(&behind) = Behind { checkpoint, times: u32::MAX, health: Some(health) };
    let plain = |said: &str| said.split_whitespace().collect::<Vec<_>>().join(" ");
    let why = "the server there is behind, and says of itself: It hangs";
    let said = newsroom.annals("ben", &["pull"]);
    assert!(said.code == 2 && plain(&said.err).contains(why), "{said:?}");
    // Another server of the record gives the receipt, and this one is read from.
    let said = newsroom.enter("ben", document, 2);
    assert!(said.code == 2 && plain(&said.err).contains("gave a receipt"), "{said:?}");
    assert!(plain(&said.err).matches(why).count() == 2, "{said:?}");
    assert!(!has_evidence(&newsroom));
    *behind_of(&behind) = Behind::default();
    newsroom.good("ben", &["pull"]);
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn a_pull_asks_for_no_document_that_the_copy_has() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let (to, asked) = (server.address.clone(), Arc::new(Mutex::new(Vec::new())));
    let lines = Arc::clone(&asked);
    let url = proxy(move |line, send| {
        lines.lock().unwrap().push(line.to_owned());
        Some(send(&to))
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let document = newsroom.capture("ben", 9);
    let documents = || {
        let lines = std::mem::take(&mut *asked.lock().unwrap());
        lines.iter().filter(|line| line.starts_with("GET /document/")).count()
    };
    documents();
    assert_eq!(newsroom.enter("ben", document, 1).code, 0);
    newsroom.enter("ada", document, 2);
    newsroom.good("ben", &["pull"]);
    assert_eq!(documents(), 0);
    // One that it has not.
    std::fs::write(newsroom.path("ada/more.txt"), "More boats came.\n").unwrap();
    let add = ["document", "add", "more.txt", "--title", "More", "--lang", "en", "--yes"];
    newsroom.good("ada", &add);
    newsroom.good("ben", &["pull"]);
    assert_eq!(documents(), 1);
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}
