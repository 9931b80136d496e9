//! What strangers, editors, machines and those who run a server may try: it harms nobody else, and
//! no bound is crossed.

use crate::serve::wire::{Signed, event, get, key, now, origin, problem, submit, with_waiting};
use crate::serve::{Newsroom, json, proxy, request};
use annals::disk::lock::Lock;
use annals::ledger::paths::Paths;
use annals_core::hash::Hash;
use annals_core::submission::SubmissionText;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SUBMIT: &str = "POST /v1/submit ";

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

