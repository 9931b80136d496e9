//! A server, or somebody between, that lies: no editor is told that an event is written unless the
//! own copy has it, verified, under the root that was promised.

use crate::serve::{Newsroom, Said, answer, enter, proxy};
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
    let cases: [(&str, ChangedText); 4] = [
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
    assert_eq!(deceived.newsroom.claims("server").len(), 4);
}

#[test]
fn what_is_no_receipt_in_form_leaves_open_whether_it_is_placed() {
    let deceived = Deceived::new();
    let (page, other) = (" with a page of HTML", " with something else than a receipt");
    let cases: [(&str, ChangedText); 5] = [
        (page, |_| "<!doctype html><p>Sign in first.".to_owned()),
        (other, |_| String::new()),
        (other, |text| text[..100].to_owned()),
        (other, |text| text.replace('\n', "\r\n")),
        (other, |text| text.replacen("count 1", "count 01", 1)),
    ];
    for ((what, change), line) in cases.into_iter().zip(1..) {
        deceived.change(change);
        let said = deceived.enter(line);
        assert_eq!(said.code, 2, "{said:?}");
        let why = format!(
            "did not say whether it placed the events (status 200{what}), and may have; they are \
             signed and kept: annals outbox send sends the same bytes again"
        );
        assert!(said.err.contains(&why), "{why}: {}", said.err);
        deceived.honest();
        let said = deceived.enter(line);
        assert!(said.out.contains("\"already\""), "{said:?}");
    }
    // Only 201 says that a document is kept.
    let address = deceived.address.clone();
    deceived.lie(move |line, send| {
        Some(match line.starts_with("PUT ") {
            true => answer("200 OK", b"<html>Sign in.</html>"),
            false => send(&address),
        })
    });
    std::fs::write(deceived.newsroom.path("ben/new.txt"), "New words.\n").unwrap();
    let add = ["document", "add", "new.txt", "--title", "New", "--lang", "en", "--yes"];
    let said = deceived.newsroom.annals("ben", &add);
    assert_eq!(said.code, 2, "{said:?}");
    let why = "did not take the documents (status 200 with a page of HTML): no event was sent; \
               they are signed and kept: run the same command again";
    assert!(said.err.contains(why), "{}", said.err);
    deceived.honest();
    deceived.newsroom.good("ben", &add);
    deceived.newsroom.expect_same(&["ada", "ben"]);
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

#[test]
fn where_a_network_asks_to_sign_in_editors_sign_on() {
    let deceived = Deceived::new();
    let newsroom = &deceived.newsroom;
    newsroom.good("ben", &["pull"]);
    let page = "<html>Sign in.</html>";
    let cases = [
        ("200 OK", page, "200 with a page of HTML"),
        ("403 Forbidden", page, "403 with a page of HTML"),
        ("302 Found\r\nLocation: http://portal.example/", "", "302, which leads to http://portal."),
        ("200 OK", "{\"server", "200)"),
    ];
    for ((status, body, what), line) in cases.into_iter().zip(1..) {
        deceived.lie(move |_, _| Some(answer(status, body.as_bytes())));
        let said = deceived.enter(line);
        assert_eq!(said.code, 2, "{said:?}");
        let err = said.err.replace('\n', " ");
        assert!(err.contains(&format!("its answer has the status {what}")), "{what}: {err}");
        assert!(err.contains("they are signed and kept: annals outbox send"), "{err}");
        let said = newsroom.annals("ben", &["outbox", "send"]);
        let waits = said.out.lines().filter(|line| line.contains(": waits still: ")).count();
        assert_eq!((said.code, waits), (2, line as usize), "{said:?}");
    }
    deceived.honest();
    let sent = newsroom.good("ben", &["outbox", "send"]);
    assert_eq!(sent.lines().filter(|line| line.contains(": written at ")).count(), 4, "{sent}");
    // A host of published files may answer every other name with a page.
    let address = deceived.address.clone();
    deceived.lie(move |line, send| {
        Some(match line.contains(" /v1/") {
            true => answer("200 OK", page.as_bytes()),
            false => send(&address),
        })
    });
    let said = deceived.enter(9);
    assert!(said.err.contains("which annals pull brings up to date; nothing was"), "{said:?}");
    let said = newsroom.annals("ben", &["outbox", "send"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("found a copy of the files at http://127.0.0.1:"), "{}", said.err);
}

/// What stays so until somebody changes something is asked once, and says what to change.
#[test]
fn what_a_proxy_refuses_says_what_to_change() {
    let deceived = Deceived::new();
    let document = deceived.document.to_string();
    let (newsroom, to) = (&deceived.newsroom, deceived.address.clone());
    let plain = |said: &Said| said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let address = to.clone();
    deceived.lie(move |line, send| {
        if line.starts_with("POST ") || line.starts_with("PUT ") {
            *counted.lock().unwrap() += 1;
            return Some(answer("413 Content Too Large", b"<html>too large"));
        }
        Some(send(&address))
    });
    let limit = "(status 413 with a page of HTML: a proxy there takes no request of this size: its \
                 limit is to be 64 MiB (nginx: client_max_body_size 64m))";
    let said = deceived.enter(1);
    assert!(said.code == 2 && plain(&said).contains(limit), "{said:?}");
    assert_eq!(*count.lock().unwrap(), 1);
    std::fs::write(newsroom.path("ben/more.txt"), "More boats came.\n").unwrap();
    let add = ["document", "add", "more.txt", "--title", "More", "--lang", "en", "--yes"];
    let said = newsroom.annals("ben", &add);
    assert!(said.code == 2 && plain(&said).contains(limit), "{said:?}");
    assert_eq!(*count.lock().unwrap(), 2);
    let asks = "a proxy there asks for a name and a password: expected them, and right, in the \
                address, as https://NAME:PASSWORD@HOST/…, where @ / # ? % are %40 %2F %23 %3F %25 (a copy \
                has its address in the line `place` of its file `following`)";
    deceived.lie(|_, _| Some(answer("401 Unauthorized", b"<html>who are you")));
    for line in [&["pull"][..], &["tail"], &enter(&document, 2).each(), &["outbox", "send"]] {
        let said = newsroom.annals("ben", line);
        assert!(said.code == 2 && plain(&said).contains(asks), "{line:?}: {said:?}");
    }
    // The file as it says.
    let following = newsroom.path("ben/ledger/following");
    let text = std::fs::read_to_string(&following).unwrap();
    let place = text.lines().find_map(|line| line.strip_prefix("place ")).unwrap();
    let with_password = format!("http://bo:secret@{to}");
    std::fs::write(&following, text.replace(place, &with_password)).unwrap();
    newsroom.good("ben", &["pull"]);
    newsroom.good("ben", &add);
    newsroom.good("ben", &["outbox", "send"]);
    deceived.honest();
}

#[test]
fn a_tail_that_is_answered_at_once_asks_again_after_a_pause() {
    let deceived = Deceived::new();
    let newsroom = &deceived.newsroom;
    newsroom.good("ben", &["pull"]);
    for (status, body) in [("200 OK", "<html>Sign in.</html>"), ("204 No Content", "")] {
        let (address, asked) = (deceived.address.clone(), Arc::new(Mutex::new(0)));
        let count = Arc::clone(&asked);
        deceived.lie(move |line, send| {
            if !line.starts_with("GET /v1/tail") {
                return Some(send(&address));
            }
            *count.lock().unwrap() += 1;
            Some(answer(status, body.as_bytes()))
        });
        let mut tail = newsroom.command("ben", &["tail", "--format", "jsonl"]);
        let tail = tail.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
        let mut tail = tail.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(3_500));
        tail.kill().unwrap();
        let err = String::from_utf8(tail.wait_with_output().unwrap().stderr).unwrap();
        let asked = *asked.lock().unwrap();
        assert!((1..=2).contains(&asked), "{status}: {asked} times: {err}");
        let is_told = err.contains("its answer has the status 200 with a page of HTML");
        assert_eq!(is_told, status == "200 OK", "{err}");
    }
}
