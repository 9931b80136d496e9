//! Answers that are lost, and servers that are killed: nothing that was acknowledged is lost, and
//! nothing is written twice.

use crate::serve::{
    Acknowledged, Newsroom, RunningServer, acknowledged, answer, check_history, enter, json, proxy,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SUBMIT: &str = "POST /v1/submit ";

#[test]
fn a_receipt_that_is_lost_is_given_again_and_nothing_is_written_twice() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 99);
    // Of the submissions that the server has placed, each second answer is lost.
    let (count, lost) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let (address, losing) = (server.address.clone(), Arc::clone(&lost));
    let url = proxy(move |line, send| {
        let answer = send(&address);
        let is_lost =
            line.starts_with(SUBMIT) && count.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        losing.fetch_add(usize::from(is_lost), Ordering::Relaxed);
        (!is_lost).then_some(answer)
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let told: Vec<Acknowledged> =
        (1..=12).map(|line| acknowledged(&newsroom, "ben", document, line).unwrap()).collect();
    assert_eq!(lost.load(Ordering::Relaxed), 12);
    check_history(&newsroom, &told);
    assert_eq!(newsroom.claims("server").len(), 12);
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn where_no_answer_comes_at_all_the_same_command_finds_what_was_written() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    let is_deaf = Arc::new(Mutex::new(false));
    let (address, deaf) = (server.address.clone(), Arc::clone(&is_deaf));
    let url = proxy(move |line, send| {
        let answer = send(&address);
        let is_lost = line.starts_with(SUBMIT) && *deaf.lock().unwrap();
        (!is_lost).then_some(answer)
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    *is_deaf.lock().unwrap() = true;
    let said = newsroom.enter("ben", document, 1);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("did not say whether it placed the events"), "{}", said.err);
    *is_deaf.lock().unwrap() = false;
    // It was placed: the copy is brought up to date and the same drafts are found in it.
    let again = json(&newsroom.enter("ben", document, 1).out);
    assert_eq!((again["status"].as_str(), again["position"].as_u64()), (Some("already"), Some(3)));
    assert_eq!(newsroom.good("ben", &["outbox", "send"]), "nothing waits\n");
    assert_eq!(newsroom.claims("server").len(), 1);
    server.stop();
}

#[test]
fn a_server_that_is_killed_again_and_again_loses_nothing_that_it_acknowledged() {
    let rounds = crate::serve::rounds(12);
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    let document = newsroom.capture("ada", 10 + 10 * rounds);
    let editors = ["ben", "cid", "dee"];
    for name in editors {
        newsroom.hire(name, name, &url, "ada");
    }
    server.stop();
    let (told, mut failed) = (Mutex::new(Vec::new()), 0);
    for round in 0..rounds {
        let server = newsroom.serve_at(&address, &[]);
        if round % 32 == 31 {
            // Before what waits is outside of the window of 256 events.
            for name in editors {
                newsroom.good(name, &["outbox", "send"]);
            }
        }
        let errors = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for (machine, number) in editors.into_iter().zip(1..) {
                let (told, errors, newsroom) = (&told, &errors, &newsroom);
                scope.spawn(move || {
                    let line = 1 + round * 10 + number;
                    match acknowledged(newsroom, machine, document, line) {
                        Ok(one) => told.lock().unwrap().push(one),
                        Err(said) => {
                            assert_eq!(said.code, 2, "{said:?}");
                            errors.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(60 + 35 * u64::from(round % 12)));
            server.kill();
        });
        failed += errors.load(Ordering::Relaxed);
    }
    let server = newsroom.serve_at(&address, &[]);
    let told = told.into_inner().unwrap();
    check_history(&newsroom, &told);
    // What was not acknowledged is sent again; then everything is there once.
    for name in editors {
        newsroom.good(name, &["outbox", "send"]);
    }
    for round in 0..rounds {
        for (machine, number) in editors.into_iter().zip(1..) {
            newsroom.good(machine, &enter(&document.to_string(), 1 + round * 10 + number).each());
        }
    }
    check_history(&newsroom, &told);
    assert_eq!(newsroom.claims("server").len(), 3 * rounds as usize);
    assert!(failed > 0 && !told.is_empty(), "{failed} failed, {} were told", told.len());
    newsroom.expect_same(&["ada", "ben", "cid", "dee"]);
    server.stop();
}

#[test]
fn a_server_that_is_asked_to_end_finishes_what_it_began() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    let document = newsroom.capture("ada", 99);
    let editors = ["ben", "cid"];
    for name in editors {
        newsroom.hire(name, name, &url, "ada");
    }
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (machine, number) in editors.into_iter().zip(0..) {
            let (told, newsroom) = (&told, &newsroom);
            scope.spawn(move || {
                for line in 1..=8 {
                    if let Ok(one) = acknowledged(newsroom, machine, document, line + 20 * number) {
                        told.lock().unwrap().push(one);
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(900));
        server.stop();
    });
    let server = newsroom.serve_at(&address, &[]);
    check_history(&newsroom, &told.into_inner().unwrap());
    for name in editors {
        newsroom.good(name, &["outbox", "send"]);
    }
    newsroom.expect_same(&["ada", "ben", "cid"]);
    server.stop();
}

/// A server that has to open its record anew, and does not find its log key, cannot sign what it
/// wrote before: it writes nothing more, and calls nothing that it wrote refused.
#[test]
fn a_server_without_its_log_key_places_nothing_and_refuses_nothing() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    let here = newsroom.path("server");
    let (checkpoint, aside) = (here.join("ledger/checkpoint"), here.join("checkpoint"));
    // The checkpoint of the next commit cannot be put in its place.
    std::fs::rename(&checkpoint, &aside).unwrap();
    std::fs::create_dir(&checkpoint).unwrap();
    let said = newsroom.enter("ada", document, 1);
    assert_eq!(said.code, 2, "{said:?}");
    let key = std::fs::read_dir(here.join("keys")).unwrap().map(|it| it.unwrap().path());
    let is_log_key = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("log") && name.ends_with(".key")
    };
    let key = key.into_iter().find(is_log_key).unwrap();
    std::fs::rename(&key, here.join("log.key")).unwrap();
    std::fs::remove_dir(&checkpoint).unwrap();
    std::fs::rename(&aside, &checkpoint).unwrap();
    let size = || {
        let files = std::fs::read_dir(here.join("ledger/journal")).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let written = size();
    for _ in 0..3 {
        let said = newsroom.annals("ada", &["outbox", "send"]);
        assert_eq!(said.code, 2, "{said:?}");
        let waits = newsroom.good("ada", &["outbox"]);
        assert!(waits.contains("Boat 1"), "{waits}");
        std::thread::sleep(Duration::from_millis(700));
    }
    assert_eq!(size(), written);
    std::fs::rename(here.join("log.key"), &key).unwrap();
    let began = std::time::Instant::now();
    while newsroom.annals("ada", &["outbox", "send"]).code != 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", server.said());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(newsroom.claims("server").len(), 1);
    newsroom.expect_same(&["ada"]);
    server.stop();
}

const OUTRUN: &str = r#"{"type":"urn:annals:outrun","title":"The record went on","status":409,"detail":"x","size":5}"#;
const BUSY: &str = r#"{"type":"urn:annals:busy","title":"Busy","status":503,"detail":"x"}"#;

/// What a proxy does with the next requests.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    PassOn,
    /// Others were first, and then nothing comes.
    OutrunThenSilent,
    /// Others are first each time.
    Outrun,
    /// This many answers are busy, or end early.
    Busy(u32),
    Ended(u32),
}

/// Ben's machine behind a proxy.
fn behind_a_proxy() -> (Newsroom, RunningServer, u64, Arc<Mutex<Next>>) {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 99);
    let next = Arc::new(Mutex::new(Next::PassOn));
    let (told, address) = (Arc::clone(&next), server.address.clone());
    let url = proxy(move |line, send| {
        let mut next = told.lock().unwrap();
        let is_read = line.starts_with("GET /") && !line.starts_with("GET /v1/");
        match *next {
            Next::OutrunThenSilent if line.starts_with(SUBMIT) => {
                *next = Next::Ended(u32::MAX);
                return Some(answer("409 Conflict", OUTRUN.as_bytes()));
            }
            Next::Outrun if line.starts_with(SUBMIT) => {
                return Some(answer("409 Conflict", OUTRUN.as_bytes()));
            }
            Next::Busy(left @ 1..) if is_read => {
                *next = Next::Busy(left - 1);
                return Some(answer("503 Busy\r\nRetry-After: 1", BUSY.as_bytes()));
            }
            Next::Ended(left @ 1..) if is_read => {
                *next = Next::Ended(left - 1);
                return None;
            }
            _ => {}
        }
        drop(next);
        Some(send(&address))
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    newsroom.good("ben", &["pull"]);
    (newsroom, server, document, next)
}

#[test]
fn what_was_outrun_and_waits_is_said_to_wait() {
    let (newsroom, server, document, next) = behind_a_proxy();
    let quote = |n| format!("Boat {n} came in");
    let draft = |n| {
        format!(
            "{{\"type\":\"fact.asserted\",\"claim\":\"{n}.\",\"quote\":\"{}\",\"document\":{document}}}\n",
            quote(n)
        )
    };
    std::fs::write(newsroom.path("ben").join("two.jsonl"), draft(1) + &draft(2)).unwrap();
    let one = enter(&document.to_string(), 3);
    for (act, sends) in [
        (&["append", "two.jsonl", "--yes", "--format", "json"][..], "run the same command again"),
        (&one.each(), "annals outbox send sends the same bytes again"),
    ] {
        *next.lock().unwrap() = Next::OutrunThenSilent;
        let said = newsroom.annals("ben", act);
        assert_eq!(said.code, 2, "{said:?}");
        let error = said.err.lines().last().unwrap_or_default();
        let error = json(error);
        let text = format!("{} {}", error["message"], error["hint"]);
        let why = "placed the events of others first, and the copy here could not be brought up \
                   to date (cannot read ";
        assert!(text.contains(why) && text.contains("nothing was written"), "{text}");
        assert!(text.contains(sends), "{text}");
        *next.lock().unwrap() = Next::PassOn;
        assert_eq!(newsroom.good("ben", &["outbox"]).lines().count(), 1);
        assert_eq!(newsroom.annals("ben", act).code, 0);
        assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    }
    assert_eq!(newsroom.claims("server").len(), 3);
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

/// Exit 3 says that nothing was written: nothing waits to be written later.
#[test]
fn what_was_outrun_each_time_does_not_wait() {
    let (newsroom, server, document, next) = behind_a_proxy();
    let draft = |n| {
        format!(
            "{{\"type\":\"fact.asserted\",\"claim\":\"{n}.\",\"quote\":\"Boat {n} came \
             in\",\"document\":{document}}}\n"
        )
    };
    let folder = newsroom.path("ben");
    std::fs::write(folder.join("two.jsonl"), draft(1) + &draft(2)).unwrap();
    std::fs::write(folder.join("other.txt"), "Boat 5 came in.\n").unwrap();
    let entered = newsroom.enter("ada", document, 4);
    let fact = json(&entered.out)["position"].to_string();
    let dispute = ["dispute", &fact, "--reason", "unverifiable", "--statement", "No.", "--yes"];
    let capture = ["document", "add", "other.txt", "--title", "Other", "--lang", "en", "--yes"];
    let one = enter(&document.to_string(), 3);
    for act in [&["append", "two.jsonl", "--yes"][..], &one.each(), &dispute, &capture] {
        *next.lock().unwrap() = Next::Outrun;
        let said = newsroom.annals("ben", act);
        assert_eq!(said.code, 3, "{said:?}");
        let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.contains("went on; nothing was written; run the same command again"),
            "{told}"
        );
        assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n", "{act:?}");
        *next.lock().unwrap() = Next::PassOn;
        assert_eq!(newsroom.good("ben", &["outbox", "send"]), "nothing waits\n");
        assert_eq!(newsroom.annals("ben", act).code, 0, "{act:?}");
    }
    assert_eq!(newsroom.claims("server").len(), 4);
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn a_server_that_is_busy_once_is_asked_again_and_one_that_stays_so_lets_sign_on() {
    let (newsroom, server, document, next) = behind_a_proxy();
    for (line, once) in [(1, Next::Busy(1)), (2, Next::Ended(1)), (3, Next::Busy(2))] {
        assert_eq!(newsroom.enter("ada", document, 10 + line).code, 0);
        *next.lock().unwrap() = once;
        let said = newsroom.enter("ben", document, line);
        assert_eq!(said.code, 0, "{said:?}");
        *next.lock().unwrap() = once;
        newsroom.good("ben", &["pull"]);
    }
    let url = newsroom.good("ben", &["status", "--format", "json"]);
    let url = json(&url)["following"]["place"].as_str().unwrap().to_owned();
    *next.lock().unwrap() = Next::Ended(2);
    newsroom.join("cid", &url);
    assert_eq!(newsroom.enter("ada", document, 20).code, 0);
    for (line, on) in [(4, Next::Busy(u32::MAX)), (5, Next::Ended(u32::MAX))] {
        *next.lock().unwrap() = on;
        let pulled = newsroom.annals("ben", &["pull"]);
        assert_eq!(pulled.code, 2, "{pulled:?}");
        let said = newsroom.enter("ben", document, line);
        assert_eq!(said.code, 2, "{said:?}");
        let told = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("this is on the record as it was at the last pull"), "{told}");
        assert!(told.contains("signed and kept"), "{told}");
        *next.lock().unwrap() = Next::PassOn;
        newsroom.good("ben", &["outbox", "send"]);
        assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    }
    newsroom.expect_same(&["ada", "ben", "cid"]);
    server.stop();
}
