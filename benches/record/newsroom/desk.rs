//! A record with its editors, facts that are resolved and not signed, and a writer without a server.
//!
//! Always holds: each measurement begins with a copy of the same record.

use crate::make::{NewEditor, commit_sealed, enrol, founding};
use crate::postgres::run;
use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::keys::Protection;
use annals::ledger::paths::Paths;
use annals::ledger::write::append::{commit, prepare};
use annals::ledger::write::batch::{Signer, slot};
use annals::ledger::write::draft::json_lines;
use annals::ledger::write::init::init;
use annals::ledger::write::resolve::ResolvedDraft;
use annals::ledger::write::sign::sign_draft;
use annals::ledger::write::slice::Needs;
use annals::ledger::write::writer::Writer;
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::text::Origin;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The name of the record.
const ORIGIN: &str = "bench.example/newsroom";
/// The number of editors.
pub const EDITORS: usize = 64;
/// The number of facts, which are signed again and again.
const FACTS: usize = 4_000;

/// Where a record ends: its size, and the hash of its last event.
pub type End = (u64, Hash);

/// A record with its editors.
pub struct Desk {
    /// The folder with the record and all of its copies.
    pub folder: PathBuf,
    /// The name of the record.
    pub origin: Origin,
    /// The keys of the editors.
    pub keys: Vec<SecretKey>,
    /// Facts that quote one document.
    pub facts: Vec<ResolvedDraft>,
    /// The end of the record before the first load.
    pub end: End,
}

impl Desk {
    /// Makes it, anew.
    pub fn found(folder: PathBuf) -> Desk {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let (mut clock, mut entropy) = (Clock::System, Seeded::new("annals bench newsroom"));
        let founding = founding(ORIGIN, 256);
        let origin = founding.origin.clone();
        let paths = Paths::new(folder.join("first/ledger"), None);
        fs::create_dir_all(folder.join("first")).expect("a folder");
        let made = init(paths, &founding, Protection::Unencrypted, &mut clock, &mut entropy);
        let made = made.expect("a ledger");
        let (mut writer, mut keys) = (made.writer, vec![made.key]);
        for number in 1..EDITORS {
            let new = NewEditor { origin: ORIGIN, number, admin: &keys[0] };
            let key = enrol(&mut writer, &new, &mut clock, &mut entropy);
            keys.push(key);
        }
        let line = |number: usize| format!("Boat {number:07} came in.\n");
        let text: String = (0..FACTS).map(line).collect();
        fs::write(folder.join("boats.txt"), text).expect("a document");
        let document = writer.size();
        let capture =
            r#"{"type":"document.captured","file":"boats.txt","title":"Boats","lang":"en"}"#;
        let capture = json_lines(capture).expect("a draft");
        let mut signer = Signer { key: &keys[0], clock: &mut clock, entropy: &mut entropy };
        let prepared = prepare(&mut writer, &capture, &mut signer, &folder).expect("legal");
        commit(&mut writer, &prepared).expect("a receipt");
        let drafts: String = (0..FACTS)
            .map(|number| {
                format!(
                    "{{\"claim\":\"Boat {number:07} came.\",\"lang\":\"en\",\"vouch\":\"said\",\
                     \"document\":{document},\"quote\":\"Boat {number:07} came in\"}}\n"
                )
            })
            .collect();
        let drafts = json_lines(&drafts).expect("drafts");
        let facts = prepare(&mut writer, &drafts, &mut signer, &folder).expect("legal").resolved;
        writer.take_back();
        let end = (writer.size(), writer.verifier.chain.head.expect("a head"));
        Desk { folder, origin, keys, facts, end }
    }

    /// A copy of the record and its keys, in a folder of this name.
    pub fn copy(&self, name: &str) -> PathBuf {
        let place = self.folder.join(name);
        let copied = run(Command::new("cp").arg("-r").arg(self.folder.join("first")).arg(&place));
        copied.expect("a copy");
        place
    }

    /// The fact of this number.
    pub fn fact(&self, number: usize) -> &ResolvedDraft {
        &self.facts[number % self.facts.len()]
    }
}

/// The program, in a folder.
pub fn program(place: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.current_dir(place).stdin(Stdio::null());
    command
}

/// The program, on the ledger in a folder.
pub fn annals(place: &Path) -> Command {
    let mut command = program(place);
    command.args(["--ledger", "ledger"]);
    command
}

/// A writer without a server, which commits each event by itself.
pub struct Alone<'a> {
    desk: &'a Desk,
    writer: Writer,
    entropy: Seeded,
    used: usize,
}

impl Alone<'_> {
    /// Opens one, of a copy of the record.
    pub fn open<'a>(desk: &'a Desk, name: &str) -> Alone<'a> {
        let paths = Paths::new(desk.copy(name).join("ledger"), None);
        let writer = Writer::open(paths, Duration::from_secs(5)).expect("a writer");
        Alone { desk, writer, entropy: Seeded::new(name), used: 0 }
    }

    /// How many events a second it appends.
    pub fn append(&mut self, count: usize) -> f64 {
        let Alone { desk, writer, entropy, used } = self;
        let mut clock = Clock::System;
        let began = Instant::now();
        for _ in 0..count {
            writer.need(&Needs::positions([desk.end.0 - 1])).expect("read");
            let slot = slot(writer, clock.now());
            let entry =
                sign_draft(desk.fact(*used), &slot, &desk.keys[0], entropy).expect("a signature");
            commit_sealed(writer, entry);
            *used += 1;
        }
        count as f64 / began.elapsed().as_secs_f64()
    }
}
