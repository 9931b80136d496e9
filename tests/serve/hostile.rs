//! What strangers, editors, machines and those who run a server may try: it harms nobody else, and
//! no bound is crossed.

use crate::serve::wire::{Signed, event, get, key, now, origin, problem, submit, with_waiting};
use crate::serve::{Newsroom, comes_true, json, proxy, request, wait_until};
use annals::disk::lock::Lock;
use annals::ledger::paths::Paths;
use annals_core::hash::Hash;
use annals_core::submission::SubmissionText;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SUBMIT: &str = "POST /v1/submit ";
/// The age of events that a server does not take for their age, and of those that a command signs
/// anew.
const TOO_OLD: Duration = Duration::from_secs(11);
const SIGNED_ANEW: Duration = Duration::from_secs(6);

#[test]
fn no_name_of_a_tile_is_beyond_what_the_server_can_count() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    // 2^56, 2^64 - 1, and levels beyond every size.
    for name in [
        "tile/0/x072/x057/x594/x037/x927/936",
        "tile/entries/x072/x057/x594/x037/x927/936",
        "tile/0/x018/x446/x744/x073/x709/x551/615",
        "tile/entries/x018/x446/x744/x073/x709/x551/615.p/1",
        "tile/8/000",
        "tile/255/000.p/1",
        "body/bundle/x018/x446/x744/x073/x709/x551/615",
    ] {
        let (status, body) = get(&server, &format!("/{name}"));
        assert_eq!(status, 404, "{name}: {body}");
    }
    assert!(!server.stop().contains("panicked"));
}

#[test]
fn nobody_ends_a_turn_by_sending_again_what_its_holder_once_signed() {
    let (newsroom, server, _) = with_waiting(0);
    let ada = key(&newsroom, "ada", "ada");
    // Ada's capture of a document stands in the record for everybody to read. Twice in one
    // submission it is not what the record has.
    let (_, text) = get(&server, "/v1/events?from=2");
    let lines: Vec<&str> = text.split_inclusive('\n').take(4).collect();
    let captured = annals_core::event::Entry {
        record: lines[..3].concat().into_bytes(),
        body: Some(lines[3].trim_end().as_bytes().to_vec()),
    };
    let twice = vec![event(&captured), event(&captured)];
    let again = SubmissionText::free(&origin(), twice).unwrap().text();
    let refused = submit(&server, &again);
    assert!([409, 422].contains(&refused.0), "{refused:?}");

    let turn = Signed {
        key: &ada,
        method: "POST",
        path: "/v1/turn",
        origin: &origin(),
        body: Hash::of(&[]),
        created: now(),
    };
    let began = Instant::now();
    assert_eq!(request(&server.address, &turn.head(), b"").0, 200);
    assert_eq!(submit(&server, &again), refused);
    // The turn is Ada's still: Ben waits for its end.
    let said = newsroom.enter("ben", 2, 1);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(began.elapsed() > Duration::from_millis(1_900), "{:?}", began.elapsed());
    // What she sends herself ends it, behind what others sent in her name. A busy machine may take
    // longer than a turn for anything; if the turn were not ended, each time would be as long.
    let ends_it = |line: u32| {
        wait_until("her key may have a turn again", || {
            let turn = Signed { created: now(), ..turn };
            request(&server.address, &turn.head(), b"").0 == 200
        });
        let began = Instant::now();
        std::thread::scope(|scope| {
            let others = scope.spawn(|| submit(&server, &again));
            let said = newsroom.enter("ada", 2, line);
            assert_eq!(said.code, 0, "{said:?}");
            assert_eq!(others.join().unwrap(), refused);
        });
        began.elapsed() < Duration::from_millis(1_900)
    };
    assert!((2..7).any(ends_it), "no turn was ended by what she sent");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn strangers_who_send_large_submissions_without_end_keep_no_editor_out() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    // As much as is received at a time, and the last bytes one by one.
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // Who is refused comes again.
                while !is_over.load(Ordering::Relaxed) {
                    let mut stream = TcpStream::connect(&server.address).unwrap();
                    let head =
                        "POST /v1/submit HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n";
                    let mut sent = stream.write_all(head.as_bytes());
                    sent = sent.and_then(|()| stream.write_all(&vec![b'a'; (8 << 20) - 200]));
                    while sent.is_ok() && !is_over.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_millis(500));
                        sent = stream.write_all(b"a");
                    }
                }
            });
        }
        let large = vec![b'a'; 1 << 20];
        // A test that fails ends the strangers too.
        let is_full = comes_true(|| problem(&submit(&server, &large)).0 == 503);
        let said = newsroom.enter("ada", document, 1);
        is_over.store(true, Ordering::Relaxed);
        assert!(is_full);
        assert_eq!(said.code, 0, "{said:?}");
    });
    newsroom.expect_same(&["ada"]);
    server.stop();
}

#[test]
fn readers_of_large_documents_who_read_nothing_do_not_fill_the_memory() {
    let newsroom = Newsroom::found(None);
    let length = 60 << 20;
    std::fs::write(newsroom.path("server/large.bin"), vec![7; length]).unwrap();
    let add = ["document", "add", "large.bin", "--title", "Large", "--lang", "en", "--yes"];
    newsroom.good("server", &add);
    let server = newsroom.serve(&[]);
    let digest = Hash::of(&[&vec![7; length]]);
    let ask = format!("GET /document/{digest} HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut statuses = Vec::new();
    let mut open = Vec::new();
    for _ in 0..10 {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(ask.as_bytes()).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        statuses.push(String::from_utf8_lossy(&status[9..]).into_owned());
        open.push(stream);
    }
    // 512 MiB have eight of them.
    assert_eq!(statuses[..8], ["200"; 8]);
    assert_eq!(statuses[8..], ["503"; 2]);
    // What is small is answered all the same, and once they are gone, so is what is large.
    assert_eq!(get(&server, "/checkpoint").0, 200);
    drop(open);
    wait_until("the memory is free", || get(&server, &format!("/document/{digest}")).0 == 200);
    server.stop();
}

#[test]
fn several_events_that_waited_long_are_signed_anew() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let (url, address) = (server.url.clone(), server.address.clone());
    newsroom.join_as_founder("ada", &url);
    let document = newsroom.capture("ada", 9);
    server.stop();
    let draft = |line| {
        format!(
            "{{\"type\":\"fact.asserted\",\"claim\":\"{}\",\"evidence\":[{{\"document\":{document},\
             \"quote\":\"Boat {line} came in\"}}]}}\n",
            super::claim(line)
        )
    };
    std::fs::write(newsroom.path("ada/drafts.jsonl"), draft(1) + &draft(2)).unwrap();
    let append = ["append", "drafts.jsonl", "--yes"];
    assert_eq!(newsroom.annals("ada", &append).code, 2);
    // Nothing but time makes them old.
    std::thread::sleep(TOO_OLD);
    let server = newsroom.serve_at(&address, &[]);
    // Their times are too old for the server, and nobody's clock is wrong.
    let said = newsroom.annals("ada", &["outbox", "send"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.out.contains("run the command that signed them again"), "{}", said.out);
    assert!(!said.out.contains("set the clock"), "{}", said.out);
    let said = newsroom.annals("ada", &append);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("written at 2 to 3 (2 events)\n"), "{}", said.out);
    assert_eq!(newsroom.good("ada", &["outbox"]), "nothing waits\n");
    assert_eq!(newsroom.claims("server").len(), 2);
    newsroom.expect_same(&["ada"]);
    server.stop();
}

/// Events that were on their way all the time are placed after they were signed anew.
#[test]
fn what_was_signed_anew_too_early_is_found_and_not_written_twice() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    let on_its_way = Arc::new(Mutex::new(Vec::new()));
    let is_slow = Arc::new(AtomicBool::new(true));
    let (address, held, slow) =
        (server.address.clone(), Arc::clone(&on_its_way), Arc::clone(&is_slow));
    let url = proxy(move |line, send| {
        if !line.starts_with("POST /v1/submit ") {
            return Some(send(&address));
        }
        if slow.load(Ordering::SeqCst) {
            *held.lock().unwrap() = kept_bytes(send);
            return None;
        }
        let earlier = std::mem::take(&mut *held.lock().unwrap());
        if !earlier.is_empty() {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(&earlier).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap();
        }
        Some(send(&address))
    });
    newsroom.join_as_founder("ada", &url);
    let submit_at_once = |is: bool| is_slow.store(!is, Ordering::SeqCst);
    submit_at_once(true);
    let document = newsroom.capture("ada", 9);
    for line in [1, 2] {
        newsroom.enter("ada", document, line);
    }
    newsroom.hire("ben", "Ben Best", &url, "ada");
    let size = |machine: &str| {
        let status = newsroom.good(machine, &["status", "--format", "json"]);
        super::json(&status)["following"]["size"].as_u64().unwrap()
    };
    newsroom.good("ben", &["pull"]);
    let before = size("ben");
    let dispute = |fact: u64| {
        format!(
            "{{\"type\":\"fact.disputed\",\"fact\":{fact},\"reason\":\"wrong-figure\",\
             \"statement\":\"It was later.\"}}\n"
        )
    };
    let drafts = dispute(document + 1) + &dispute(document + 2);
    std::fs::write(newsroom.path("ben/drafts.jsonl"), drafts).unwrap();
    let append = ["append", "drafts.jsonl", "--yes", "--format", "json"];
    submit_at_once(false);
    let said = newsroom.annals("ben", &append);
    assert_eq!(said.code, 2, "{said:?}");
    // Nothing but time makes them old.
    std::thread::sleep(SIGNED_ANEW);
    submit_at_once(true);
    let said = newsroom.annals("ben", &append);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(super::json(&said.out)["position"].as_u64(), Some(before), "{said:?}");
    assert_eq!(size("ben"), before + 2);
    // Said once more, it is found as well.
    let said = newsroom.annals("ben", &append);
    let told = super::json(&said.out);
    assert_eq!(
        (told["status"].as_str(), told["position"].as_u64()),
        (Some("already"), Some(before))
    );
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    assert!(
        std::fs::read_dir(newsroom.path("ben/keys/outbox/superseded")).unwrap().next().is_none()
    );
    newsroom.good("ada", &["pull"]);
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

/// The bytes of a request.
fn kept_bytes(send: &dyn Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::scope(|scope| {
        let heard = scope.spawn(|| {
            let mut stream = listener.accept().unwrap().0;
            stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
            let (mut bytes, mut chunk) = (Vec::new(), [0; 65_536]);
            while let Ok(read @ 1..) = stream.read(&mut chunk) {
                bytes.extend_from_slice(&chunk[..read]);
            }
            bytes
        });
        send(&address);
        heard.join().unwrap()
    })
}

#[test]
fn what_a_pull_brought_waits_no_more() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    let is_deaf = Arc::new(Mutex::new(false));
    let (address, deaf) = (server.address.clone(), Arc::clone(&is_deaf));
    let url = proxy(move |line, send| {
        let is_lost = line.starts_with(SUBMIT) && *deaf.lock().unwrap();
        let answer = send(&address);
        (!is_lost).then_some(answer)
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    newsroom.good("ben", &["pull"]);
    // Placed elsewhere than it was signed for, and nobody says so.
    assert_eq!(newsroom.enter("ada", document, 1).code, 0);
    *is_deaf.lock().unwrap() = true;
    assert_eq!(newsroom.enter("ben", document, 2).code, 2);
    *is_deaf.lock().unwrap() = false;
    newsroom.good("ben", &["pull"]);
    assert_eq!(newsroom.good("ben", &["outbox"]), "nothing waits\n");
    assert_eq!(json(&newsroom.good("ben", &["status", "--format", "json"]))["outbox"], 0);
    let again = json(&newsroom.enter("ben", document, 2).out);
    assert_eq!((again["status"].as_str(), again["position"].as_u64()), (Some("already"), Some(4)));
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}

#[test]
fn what_a_killed_server_received_in_part_is_gone() {
    let (newsroom, server, _) = with_waiting(0);
    let ben = key(&newsroom, "ben", "ben");
    let bytes = b"A document.";
    let digest = Hash::of(&[bytes]);
    let path = format!("/v1/document/{digest}");
    let put = Signed {
        key: &ben,
        method: "PUT",
        path: &path,
        origin: &origin(),
        body: digest,
        created: now(),
    };
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!("{}\r\nHost: x\r\nContent-Length: 11\r\n\r\nA doc", put.head());
    stream.write_all(head.as_bytes()).unwrap();
    let folder = newsroom.path("server/ledger/.upload").join(ben.public().to_string());
    let names = || {
        let listed = std::fs::read_dir(&folder).into_iter().flatten();
        listed.map(|found| found.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    wait_until("a part of it was received", || !names().is_empty());
    let address = server.address.clone();
    server.kill();
    let server = newsroom.serve_at(&address, &[]);
    assert_eq!(names(), Vec::<String>::new());
    assert_eq!(request(&server.address, &put.head(), bytes).0, 201);
    assert_eq!(names(), [digest.to_string()]);
    server.stop();
}

#[test]
fn what_is_placed_while_the_copy_is_in_use_is_not_called_unwritten() {
    let newsroom = Newsroom::found(None);
    let server = newsroom.serve(&[]);
    newsroom.join_as_founder("ada", &server.url);
    let document = newsroom.capture("ada", 9);
    let (address, copy) = (server.address.clone(), newsroom.path("ben/ledger"));
    let held: Arc<Mutex<Option<Lock>>> = Arc::default();
    let is_wanted = Arc::new(Mutex::new(false));
    let (holding, wanted) = (Arc::clone(&held), Arc::clone(&is_wanted));
    let url = proxy(move |line, send| {
        let answer = send(&address);
        if line.starts_with(SUBMIT) && *wanted.lock().unwrap() {
            // Another command begins to use the copy and goes on for long.
            let lock = Paths::new(copy.clone(), None).lock();
            *holding.lock().unwrap() = Some(Lock::take(&lock, Duration::from_secs(5)).unwrap());
        }
        Some(answer)
    });
    newsroom.hire("ben", "Ben Best", &url, "ada");
    newsroom.good("ben", &["pull"]);
    *is_wanted.lock().unwrap() = true;
    let enter = crate::serve::enter(&document.to_string(), 1);
    let said = newsroom.annals("ben", &[&enter.each()[..], &["--wait", "1s"]].concat());
    // Exit 3 would say that nothing was written.
    assert_eq!(said.code, 2, "{said:?}");
    let why = "gave a receipt for the events, and the copy here could not be brought up to date";
    assert!(said.err.contains(why), "{}", said.err);
    assert!(said.err.contains("annals outbox send"), "{}", said.err);
    *is_wanted.lock().unwrap() = false;
    held.lock().unwrap().take();
    assert_eq!(newsroom.claims("server").len(), 1);
    let again = json(&newsroom.enter("ben", document, 1).out);
    assert_eq!(again["status"].as_str(), Some("already"), "{again}");
    newsroom.expect_same(&["ada", "ben"]);
    server.stop();
}
