//! A server, or somebody between, that lies: no editor is told that an event is written unless the
//! own copy has it, verified, under the root that was promised.

use crate::serve::{Newsroom, Said, answer, proxy};
use annals_core::receipt::ReceiptText;
use annals_core::tlog::{Checkpoint, Note};
use std::sync::{Arc, Mutex, mpsc};

const SUBMIT: &str = "POST /v1/submit ";

/// What the one in the middle does with submissions.
type Lie = Box<dyn Fn(&str, &dyn Fn(&str) -> Vec<u8>) -> Option<Vec<u8>> + Send + Sync>;

/// How the text of a receipt is changed.
type ChangedText = fn(String) -> String;

/// A newsroom whose editor Ben reaches the server through somebody.
struct Deceived {
    newsroom: Newsroom,
    _server: crate::serve::RunningServer,
    address: String,
    document: u64,
    lie: Arc<Mutex<Option<Lie>>>,
}

impl Deceived {
    fn new() -> Deceived {
        let newsroom = Newsroom::found(None);
        let server = newsroom.serve(&[]);
        newsroom.join_as_founder("ada", &server.url);
        let document = newsroom.capture("ada", 99);
        let lie: Arc<Mutex<Option<Lie>>> = Arc::default();
        let (told, address) = (Arc::clone(&lie), server.address.clone());
        let to = address.clone();
        let url = proxy(move |line, send| match &*told.lock().unwrap() {
            Some(lie) => lie(line, send),
            None => Some(send(&to)),
        });
        newsroom.hire("ben", "Ben Best", &url, "ada");
        Deceived { newsroom, _server: server, address, document, lie }
    }

    fn lie(
        &self,
        lie: impl Fn(&str, &dyn Fn(&str) -> Vec<u8>) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) {
        *self.lie.lock().unwrap() = Some(Box::new(lie));
    }

    /// A lie that changes the text of receipts.
    fn change(&self, change: impl Fn(String) -> String + Send + Sync + 'static) {
        let address = self.address.clone();
        self.lie(move |line, send| {
            let answered = send(&address);
            if !line.starts_with(SUBMIT) {
                return Some(answered);
            }
            let text = String::from_utf8(answered).unwrap();
            let body = text.split_once("\r\n\r\n").unwrap().1.to_owned();
            Some(answer("200 OK", change(body).as_bytes()))
        });
    }

    fn honest(&self) {
        *self.lie.lock().unwrap() = None;
    }

    fn enter(&self, line: u32) -> Said {
        self.newsroom.enter("ben", self.document, line)
    }
}

/// What a broken receipt is answered with: never that it is written.
fn expect_broken(said: &Said, code: i32, why: &str) {
    assert_eq!(said.code, code, "{said:?}");
    assert!(said.err.contains("gave a receipt that does not hold: "), "{}", said.err);
    assert!(said.err.contains(why), "{why}: {}", said.err);
    assert!(!said.out.contains("written"), "{}", said.out);
}

#[test]
fn a_receipt_that_was_changed_is_not_believed() {
    let deceived = Deceived::new();
    let cases: [(&str, ChangedText); 6] = [
        ("rule 1111", |text| text.replacen("count 1", "count 01", 1)),
        ("rule 1111", |_| "<!doctype html><p>Sign in first.".to_owned()),
        ("rule 1112", |text| text.replacen("origin desk", "origin disk", 1)),
        ("rule 1113", |text| {
            let from = text.find("\"seq\":").unwrap();
            let mut text = text;
            text.insert(from + 6, '9');
            text
        }),
        ("rule 1114", |text| {
            // Another signature line of the same key.
            let at = text.trim_end().rfind(' ').unwrap() + 9;
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            let mut text = text;
            text.replace_range(at..=at, other);
            text
        }),
        ("rule 1115", |text| {
            let at = text.find("proof ").unwrap() + 8;
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            let mut text = text;
            text.replace_range(at..=at, other);
            text
        }),
    ];
    for ((why, change), line) in cases.into_iter().zip(1..) {
        deceived.change(change);
        expect_broken(&deceived.enter(line), 1, why);
        // What the server placed all the same is found once the receipt is whole.
        deceived.honest();
        let said = deceived.enter(line);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("\"already\""), "{}", said.out);
    }
    deceived.newsroom.expect_same(&["ada", "ben"]);
    assert_eq!(deceived.newsroom.claims("server").len(), 6);
}

#[test]
fn a_receipt_of_another_submission_is_not_believed() {
    let deceived = Deceived::new();
    let (address, first) = (deceived.address.clone(), Mutex::new(None::<Vec<u8>>));
    deceived.lie(move |line, send| {
        if !line.starts_with(SUBMIT) {
            return Some(send(&address));
        }
        let mut first = first.lock().unwrap();
        Some(match &*first {
            // The second one is not passed on, and the first one's receipt is given.
            Some(first) => first.clone(),
            None => first.insert(send(&address)).clone(),
        })
    });
    assert_eq!(deceived.enter(1).code, 0);
    expect_broken(&deceived.enter(2), 1, "rule 1112");
    assert_eq!(deceived.newsroom.claims("server").len(), 1);
}

#[test]
fn what_is_promised_and_not_published_is_not_written() {
    let deceived = Deceived::new();
    let (address, old) = (deceived.address.clone(), Mutex::new(None::<Vec<u8>>));
    deceived.lie(move |line, send| {
        if !line.starts_with("GET /checkpoint ") {
            return Some(send(&address));
        }
        // The checkpoint stays what it was.
        Some(old.lock().unwrap().get_or_insert_with(|| send(&address)).clone())
    });
    expect_broken(&deceived.enter(1), 1, "it promises 4 events, and 3 are published");
    deceived.honest();
    deceived.newsroom.expect_same(&["ben"]);
}

#[test]
fn a_server_that_tells_one_editor_another_history_is_convicted_by_its_receipt() {
    let deceived = Deceived::new();
    let newsroom = &deceived.newsroom;
    // A second server with the same log key and the same record up to here.
    let copied = std::process::Command::new("cp")
        .args(["-r", "server", "second"])
        .current_dir(newsroom.path("."))
        .status();
    assert!(copied.unwrap().success());
    let _ = std::fs::remove_file(newsroom.path("second/ledger/lock"));
    let second = newsroom.serve_machine("second");
    // Ben's fact goes to the second one; the first one, which he reads, gets another fact.
    let (first, other) = (deceived.address.clone(), second.address.clone());
    let (asked, hear) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let between = Mutex::new((asked, wait));
    deceived.lie(move |line, send| {
        if !line.starts_with(SUBMIT) {
            return Some(send(&first));
        }
        let between = between.lock().unwrap();
        between.0.send(()).unwrap();
        between.1.recv().unwrap();
        Some(send(&other))
    });
    let said = std::thread::scope(|scope| {
        let ben = scope.spawn(|| deceived.enter(1));
        hear.recv().unwrap();
        assert_eq!(newsroom.enter("ada", deceived.document, 50).code, 0);
        go_on.send(()).unwrap();
        ben.join().unwrap()
    });
    expect_broken(&said, 4, "what it promises is not what the server publishes");
    let kept = newsroom.path("ben/ledger/following.receipt");
    assert!(said.err.contains("following.receipt has the receipt"), "{}", said.err);
    // Two checkpoints of one size, signed by one log key: what is kept, and what is published.
    let receipt = ReceiptText::parse(&std::fs::read(kept).unwrap()).unwrap();
    let published = std::fs::read(newsroom.path("ben/ledger/checkpoint")).unwrap();
    let published = Note::parse(&published).and_then(|note| Checkpoint::parse(&note.text)).unwrap();
    let promised = receipt.checkpoint.checkpoint;
    assert_eq!(promised.size, published.size);
    assert_ne!(promised.root, published.root);
    second.stop();
}

#[test]
fn what_somebody_between_answers_leaves_open_whether_it_is_placed() {
    let deceived = Deceived::new();
    for (status, line) in [
        ("500 Internal Server Error", 1),
        ("504 Gateway Timeout", 2),
        ("404 Not Found", 3),
        ("302 Found", 4),
        ("403 Forbidden", 5),
    ] {
        let address = deceived.address.clone();
        deceived.lie(move |line, send| {
            let answered = send(&address);
            match line.starts_with(SUBMIT) {
                // The server has placed it.
                true => Some(answer(status, b"<html>Sorry.</html>")),
                false => Some(answered),
            }
        });
        let said = deceived.enter(line);
        assert_eq!(said.code, 2, "{said:?}");
        let why = format!("did not say whether it placed the events (status {}", &status[..3]);
        assert!(said.err.contains(&why), "{why}: {}", said.err);
        assert!(said.err.contains("annals outbox send"), "{}", said.err);
        deceived.honest();
        let said = deceived.enter(line);
        assert!(said.out.contains("\"already\""), "{said:?}");
    }
    assert_eq!(deceived.newsroom.claims("server").len(), 5);
}

#[test]
fn behind_a_proxy_whose_server_is_gone_editors_sign_on() {
    let deceived = Deceived::new();
    deceived.newsroom.good("ben", &["pull"]);
    deceived.lie(|_, _| Some(answer("502 Bad Gateway", b"<html>Bad gateway.</html>")));
    let said = deceived.enter(1);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("its answer has the status 502"), "{}", said.err);
    assert!(said.err.contains("they are signed and kept"), "{}", said.err);
    deceived.honest();
    let sent = deceived.newsroom.good("ben", &["outbox", "send"]);
    assert!(sent.ends_with(": written at 3\n"), "{sent}");
}
