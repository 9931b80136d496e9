//! Connections that are cut at a commit, databases and servers that are killed, while editors write.

use crate::database::{Cut, CuttingProxy, PostgresServer};
use crate::serve::{Newsroom, acknowledged, check_history, enter, rounds};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[test]
fn editors_write_while_connections_to_the_database_are_cut() {
    let Some(database) = PostgresServer::start() else { return };
    let proxy = CuttingProxy::before(&database);
    let (newsroom, rounds) = (Newsroom::found(None), rounds(15));
    let document = newsroom.capture("server", 10 + rounds);
    newsroom.good("server", &["move", "--to", &database.url("desk")]);
    // The copy is of the same database, under the proxy's address.
    let mark = newsroom.path("server/ledger/home");
    let text = format!("annals home v1\nplace {}\n", proxy.url("desk").replace("desk@", ""));
    std::fs::write(mark, text).unwrap();
    let server = newsroom.serve_home("server", "127.0.0.1:0", &proxy.url("desk"));
    newsroom.join_as_founder("ada", &server.url);
    let mut told = Vec::new();
    for round in 0..rounds {
        proxy.cut([Cut::Before, Cut::At, Cut::After][round as usize % 3]);
        let one = acknowledged(&newsroom, "ada", document, 1 + round);
        told.push(one.unwrap_or_else(|said| panic!("{said:?}")));
    }
    assert_eq!(proxy.cuts.load(Ordering::Relaxed), rounds);
    server.stop();
    check_history(&newsroom, &told);
    newsroom.good("server", &["verify"]);
}

/// Sends what waits, until the server has its database again.
fn send_outboxes(newsroom: &Newsroom, editors: &[&str]) {
    for name in editors {
        let mut said = newsroom.annals(name, &["outbox", "send"]);
        for _ in 0..100 {
            if said.code == 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
            said = newsroom.annals(name, &["outbox", "send"]);
        }
        assert_eq!(said.code, 0, "{name}: {said:?}");
    }
}

#[test]
fn a_database_that_is_killed_again_and_again_loses_nothing_that_was_acknowledged() {
    let Some(database) = PostgresServer::start() else { return };
    let (newsroom, rounds) = (Newsroom::found(None), rounds(4));
    let document = newsroom.capture("server", 10 + 10 * rounds);
    newsroom.good("server", &["move", "--to", &database.url("desk")]);
    let server = newsroom.serve_home("server", "127.0.0.1:0", &database.url("desk"));
    newsroom.join_as_founder("ada", &server.url);
    let editors = ["ben", "cid"];
    for name in editors {
        newsroom.hire(name, name, &server.url, "ada");
    }
    let told = Mutex::new(Vec::new());
    for round in 0..rounds {
        std::thread::scope(|scope| {
            for (machine, number) in editors.into_iter().zip(1..) {
                let (told, newsroom) = (&told, &newsroom);
                scope.spawn(move || {
                    for line in [1, 2] {
                        let line = round * 10 + 2 * line + number;
                        match acknowledged(newsroom, machine, document, line) {
                            Ok(one) => told.lock().unwrap().push(one),
                            Err(said) => assert_eq!(said.code, 2, "{said:?}"),
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(150 + 90 * u64::from(round % 7)));
            database.kill();
            database.begin();
        });
        // Before what waits is outside of the window of 256 events.
        if round % 32 == 31 {
            send_outboxes(&newsroom, &editors);
        }
    }
    send_outboxes(&newsroom, &editors);
    for round in 0..rounds {
        for (machine, number) in editors.into_iter().zip(1..) {
            for line in [1, 2] {
                let line = round * 10 + 2 * line + number;
                newsroom.good(machine, &enter(&document.to_string(), line).each());
            }
        }
    }
    server.stop();
    let told = told.into_inner().unwrap();
    check_history(&newsroom, &told);
    assert_eq!(newsroom.claims("server").len(), 4 * rounds as usize);
    newsroom.good("server", &["verify"]);
    let rows = database.sql("SELECT count(*) = max(position) + 1 FROM annals.event");
    assert_eq!(rows, "t");
}
