//! Logs with the same key that agree or fork, and a small HTTP client.

use crate::support::acts::ORIGIN;
use crate::support::{Ledger, acts, keys};
use annals::witness::key::WitnessKey;
use annals::witness::request::AddCheckpoint;
use annals_core::event::record;
use annals_core::hash::Hash;
use annals_core::merkle::{NodeStore, Plan};
use annals_core::tlog::{Checkpoint, KeyKind, Note, VerifierKey, decimal};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A log of some size, with all its hashes.
pub struct Log {
    pub ledger: Ledger,
    levels: NodeStore,
}

impl Log {
    /// A log of `size` events. Logs of one `way` extend each other; two ways differ from event 1
    /// on.
    pub fn new(way: u64, size: u64) -> Log {
        let mut ledger = Ledger::opened();
        while ledger.size() < size {
            ledger.sign("ada", acts::changed(1 + (way + ledger.size()) % 9));
        }
        let mut levels = NodeStore::default();
        let records = ledger.events.iter().map(|event| event.record());
        records.for_each(|bytes| levels.push(record::hash(bytes.as_bytes())));
        Log { ledger, levels }
    }

    pub fn proof(&self, old: u64, new: u64) -> Vec<Hash> {
        let plan = Plan::consistency(old, new).expect("a plan");
        plan.hashes(|subtree| self.levels.get(subtree).ok_or("missing")).expect("hashes")
    }

    /// A request to cosign size `new`, with the proof from `old`.
    pub fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let note = Note::parse(self.ledger.checkpoint(new).as_bytes()).expect("a note");
        let checkpoint = Checkpoint::parse(&note.text).expect("a checkpoint");
        AddCheckpoint { old, proof: self.proof(old, new), note, checkpoint }
    }
}

/// The key of the logs.
pub fn log_key() -> VerifierKey {
    VerifierKey::new(ORIGIN, KeyKind::Note, keys::secret("log").public()).expect("a key")
}

/// The witness's key.
pub fn witness_key() -> WitnessKey {
    let secret = keys::secret("witness");
    let name = "witness.example.org/w1";
    let verifier = VerifierKey::new(name, KeyKind::Cosignature, secret.public()).expect("a key");
    WitnessKey { secret, verifier }
}

/// An HTTP answer: its status, its head, its body.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Sends bytes and reads one answer; `None` if the connection ends before it is complete.
pub fn talk(stream: &mut TcpStream, bytes: &[u8]) -> Option<Heard> {
    stream.write_all(bytes).ok()?;
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = decimal(number.trim_end())?;
        }
        head.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length as usize];
    reader.read_exact(&mut body).ok()?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some(Heard { status, head, body: String::from_utf8(body).ok()? })
}

/// A request of HTTP around a body.
pub fn post(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
