//! The builder: drafts become events, one second after the other, each its own commit.
//!
//! Always holds: a draft's lines are written from its fields, edited on request, and signed after
//! the edit of the statement; `prev`, `after`, `seq` and `at` are right unless changed. The builder
//! verifies nothing. Not here: the files (`files`). Source: FORMAT.md sections 2, 3, 9.

use super::acts::{self, Act, Opening};
use super::keys;
use super::texts::TEXT;
use annals_core::hash::Hash;
use annals_core::key::{EVENT_TAG, signed_bytes};
use std::collections::{BTreeMap, BTreeSet};

type Edit = Option<Box<dyn FnOnce(String) -> String>>;
type Signer = Option<Box<dyn Fn(&[u8]) -> [u8; 64]>>;

/// An event before it is put into the ledger; every field may be changed.
pub struct Draft {
    pub seq: u64,
    pub prev: Option<Hash>,
    pub at: String,
    pub v: u64,
    pub base: u64,
    pub after: Option<Hash>,
    pub said: String,
    /// The signer's key, 64 hex.
    pub by: String,
    /// The name of the key that signs.
    pub signer: String,
    pub act: Act,
    /// The body's line; its digest is committed.
    pub body: String,
    /// The digest to commit to, if it is not the body's.
    pub digest: Option<String>,
    /// How the 47 bytes are signed.
    pub sign: Signer,
    pub edit_place: Edit,
    pub edit_statement: Edit,
    pub edit_signature: Edit,
    /// How the body in the journal differs from the committed one.
    pub edit_body: Edit,
}

impl Draft {
    /// The draft after a change.
    pub fn with(mut self, change: impl FnOnce(&mut Draft)) -> Draft {
        change(&mut self);
        self
    }

    /// The draft with a text in its statement replaced before it is signed.
    pub fn replace(self, from: &'static str, to: &'static str) -> Draft {
        self.with(|d| {
            d.edit_statement = Some(Box::new(move |line| {
                assert!(line.contains(from), "{from} stands in {line}");
                line.replacen(from, to, 1)
            }));
        })
    }

    /// The draft with its body withheld.
    pub fn withheld(self) -> Draft {
        self.with(|d| d.edit_body = Some(Box::new(|_| "-".to_owned())))
    }
}

/// The four lines of an event, each without LF.
#[derive(Clone, Debug)]
pub struct Made {
    pub place: String,
    pub statement: String,
    pub signature: String,
    pub body: String,
}

impl Made {
    /// The record's three lines.
    pub fn record(&self) -> String {
        format!("{}\n{}\n{}\n", self.place, self.statement, self.signature)
    }

    /// The event's hash, computed by hand.
    pub fn hash(&self) -> Hash {
        Hash::of(&[&[0], self.record().as_bytes()])
    }
}

/// A record as it grows.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub events: Vec<Made>,
    pub documents: BTreeMap<String, Vec<u8>>,
    /// The numbers of events after which there is a commit line.
    pub closes: BTreeSet<u64>,
    /// The next position.
    pub expected: u64,
    /// The names of the keys that sign the checkpoint: the log key, then the old one, if any.
    pub log: Vec<String>,
    /// Seconds by which the clock is ahead of the position.
    pub clock: i64,
}

impl Ledger {
    /// A ledger without events.
    pub fn empty() -> Ledger {
        Ledger { log: vec!["log".to_owned()], ..Ledger::default() }
    }

    /// Opened by Ada, with window 0, one confirmation and a recovery key.
    pub fn opened() -> Ledger {
        Ledger::opened_as(&Opening::default())
    }

    /// A ledger with this opening.
    pub fn opened_as(opening: &Opening) -> Ledger {
        let mut ledger = Ledger { log: vec![opening.log.to_owned()], ..Ledger::default() };
        ledger.sign(opening.founder, acts::opened(opening));
        ledger
    }

    /// 0 opened by Ada (both roles), 1 Bo enrolled (editor), 2 Cy (editor), 3 Dan (both),
    /// 4 the standard text captured by Ada, 5 a fact asserted by Ada.
    pub fn newsroom() -> Ledger {
        Ledger::newsroom_as(&Opening::default())
    }

    /// The newsroom with this opening.
    pub fn newsroom_as(opening: &Opening) -> Ledger {
        let mut ledger = Ledger::opened_as(opening);
        ledger.sign("ada", acts::enrolled("bo", acts::EDITOR));
        ledger.sign("ada", acts::enrolled("cy", acts::EDITOR));
        ledger.sign("ada", acts::enrolled("dan", acts::BOTH));
        ledger.capture("ada", TEXT, "null");
        ledger.sign("ada", acts::asserted(4));
        ledger
    }

    /// The number of events.
    pub fn size(&self) -> u64 {
        self.events.len() as u64
    }

    /// The hash of the last event.
    pub fn head(&self) -> Option<Hash> {
        self.events.last().map(Made::hash)
    }

    /// A draft of `act` by the key of that name, with every field right.
    pub fn draft(&self, by: &str, act: Act) -> Draft {
        let (seq, prev) = (self.expected, self.head());
        let at = time(seq as i64 + self.clock);
        let key = keys::key(by);
        let (salt, kind, rest) = (keys::salt(self.size()), &act.kind, &act.body);
        let body = format!(r#"{{"salt":"{salt}","by":"{key}","type":"{kind}"{rest}}}"#);
        Draft {
            seq,
            prev,
            at: at.clone(),
            v: 1,
            base: seq,
            after: prev,
            said: at,
            by: key,
            signer: by.to_owned(),
            act,
            body,
            digest: None,
            sign: None,
            edit_place: None,
            edit_statement: None,
            edit_signature: None,
            edit_body: None,
        }
    }

    /// Drafts and adds an event; returns its position.
    pub fn sign(&mut self, by: &str, act: Act) -> u64 {
        self.put(self.draft(by, act))
    }

    /// Stores a document and captures it.
    pub fn capture(&mut self, by: &str, text: &str, sealed: &str) -> u64 {
        self.keep(text);
        self.sign(by, acts::captured_sealed(text, sealed))
    }

    /// Stores a document's bytes under their digest.
    pub fn keep(&mut self, text: &str) {
        let bytes = text.as_bytes().to_vec();
        self.documents.insert(Hash::of(&[&bytes]).to_string(), bytes);
    }

    /// Adds the event; returns the position in its place line.
    pub fn put(&mut self, draft: Draft) -> u64 {
        let Draft { seq, by, signer, act: Act { kind, args, .. }, body, .. } = draft;
        let hex = |hash: Option<Hash>| hash.map_or("null".to_owned(), |h| format!("\"{h}\""));
        let edit = |edit: Edit, line: String| match edit {
            Some(edit) => edit(line),
            None => line,
        };
        let (prev, after) = (hex(draft.prev), hex(draft.after));
        let place = format!(r#"{{"seq":{seq},"prev":{prev},"at":"{}"}}"#, draft.at);
        let digest = draft.digest.unwrap_or_else(|| Hash::of(&[body.as_bytes()]).to_string());
        let statement = format!(
            r#"{{"v":{},"base":{},"after":{after},"said":"{}","by":"{by}","type":"{kind}","args":{args},"body":"{digest}"}}"#,
            draft.v, draft.base, draft.said
        );
        let statement = edit(draft.edit_statement, statement);
        let message = signed_bytes(EVENT_TAG, statement.as_bytes());
        let signature = match draft.sign {
            Some(sign) => hex_of(&sign(&message)),
            None => keys::secret(&signer).sign(&message).to_string(),
        };
        self.events.push(Made {
            place: edit(draft.edit_place, place),
            statement,
            signature: edit(draft.edit_signature, signature),
            body: edit(draft.edit_body, body),
        });
        self.closes.insert(self.size());
        self.expected = self.expected.max(seq + 1);
        seq
    }
}

/// Lower-case hex of any bytes.
pub fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The time this many seconds after 1 January 2026, up to a month later.
pub fn time(second: i64) -> String {
    assert!((0..31 * 86_400).contains(&second), "within January: {second}");
    let (minute, hour, day) = (second / 60, second / 3_600, second / 86_400 + 1);
    format!("2026-01-{day:02}T{:02}:{:02}:{:02}.000000Z", hour % 24, minute % 60, second % 60)
}
