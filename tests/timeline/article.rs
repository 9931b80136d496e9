//! The record of the seed article, and a hostile one, made by the library with seeded keys and a
//! set clock.
//! Always holds: the bytes are equal in every run, with the positions of scripts/story. Not here:
//! the queries.
//! asked of it.

use annals::clock::Clock;
use annals::entropy::Seeded;
use annals::keys::{KeyName, Protection};
use annals::ledger::paths::Paths;
use annals::ledger::write::append::{commit, prepare};
use annals::ledger::write::batch::{Signer, slot, verify_last};
use annals::ledger::write::draft::json_lines;
use annals::ledger::write::init::{InitOptions, init};
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::resolve::ResolvedDraft;
use annals::ledger::write::sign::sign_draft;
use annals::ledger::write::writer::Writer;
use annals_core::event::args::{Args, EditorEnrolled, EditorRevoked, Roles};
use annals_core::event::body::{Content, Named, Stated};
use annals_core::event::vocabulary::RevokeReason;
use annals_core::key::{Possession, SecretKey};
use annals_core::text::{Origin, Person, Words};
use std::path::{Path, PathBuf};
use std::time::Duration;

const ORIGIN: &str = "example.org/record";

struct Author {
    paths: Paths,
    entropy: Seeded,
}

fn clock(time: &str) -> Clock {
    Clock::from_setting(Some(time)).unwrap()
}

pub fn drafts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/article")
}

impl Author {
    fn writer(&self) -> Writer {
        Writer::open(self.paths.clone(), Duration::from_secs(10)).unwrap()
    }

    fn file(&mut self, key: &SecretKey, time: &str, name: &str) {
        let lines = std::fs::read_to_string(drafts().join(name)).unwrap();
        self.lines(key, time, &lines, &drafts());
    }

    fn lines(&mut self, key: &SecretKey, time: &str, lines: &str, folder: &Path) {
        let drafts = json_lines(lines).unwrap();
        let mut writer = self.writer();
        let signer = &mut Signer { key, clock: &mut clock(time), entropy: &mut self.entropy };
        let prepared = prepare(&mut writer, &drafts, signer, folder).unwrap();
        commit(&mut writer, &prepared).unwrap();
    }

    fn event(&mut self, key: &SecretKey, time: &str, args: Args, content: Content) {
        let mut writer = self.writer();
        writer.need_for(&args).unwrap();
        let resolved = ResolvedDraft { args, content, document: None };
        let slot = slot(&writer, clock(time).now());
        let entry = sign_draft(&resolved, &slot, key, &mut self.entropy).unwrap();
        let prepared = PreparedBatch { entries: vec![entry], ..PreparedBatch::default() };
        assert_eq!(verify_last(&mut writer, &prepared).unwrap(), None);
        writer.commit(&prepared.entries, &[]).unwrap();
    }

    /// Enrols a key of this seed for the person of that one.
    fn enrol(
        &mut self,
        by: &SecretKey,
        time: &str,
        (seed, person, admin): (u8, u8, bool),
        name: &str,
    ) -> SecretKey {
        let key = SecretKey::from_seed([seed; 32]);
        let enrolled = EditorEnrolled {
            key: key.public(),
            person: Person::new(format!("{person:032x}")).unwrap(),
            roles: Roles { admin, editor: true },
            possession: key.prove_possession(Possession::Editor, ORIGIN, name),
        };
        let body = Content::EditorEnrolled(Named { name: Words::new(name).unwrap() });
        self.event(by, time, Args::EditorEnrolled(enrolled), body);
        key
    }
}

fn found(folder: &Path, title: &str) -> (Author, SecretKey) {
    let founding = InitOptions {
        origin: Origin::new(ORIGIN).unwrap(),
        title: Words::new(title).unwrap(),
        licence: Words::new("CC-BY-4.0").unwrap(),
        corrections_policy: None,
        confirmations: 1,
        window: 0,
        name: Words::new("Ada Lindqvist").unwrap(),
        handle: KeyName::new("ada").unwrap(),
    };
    let paths = Paths::new(folder.join("ledger"), None);
    let (mut clock, mut entropy) = (clock("2022-01-27T08:00:00Z"), Seeded::new("article"));
    let founded =
        init(paths.clone(), &founding, Protection::Unencrypted, &mut clock, &mut entropy).unwrap();
    (Author { paths, entropy }, founded.key)
}

/// The article's eight days, as in scripts/story.
pub fn article(folder: &Path) {
    let (mut author, ada) = found(folder, "Record of the article on the US written response");
    let bo = author.enrol(&ada, "2022-01-27T08:10:00Z", (2, 2, false), "Bo Berg");
    let cem = author.enrol(&ada, "2022-01-27T08:11:00Z", (3, 3, true), "Cem Aydin");
    author.file(&ada, "2022-01-27T09:00:00Z", "1-ada.jsonl");
    author.file(&bo, "2022-01-27T11:00:00Z", "2-bo.jsonl");
    author.file(&cem, "2022-01-27T14:00:00Z", "3-cem.jsonl");
    author.file(&bo, "2022-01-28T10:00:00Z", "4-bo.jsonl");
    author.file(&ada, "2022-01-31T09:30:00Z", "5-ada.jsonl");
    author.file(&bo, "2022-02-01T10:00:00Z", "6-bo.jsonl");
    author.file(&ada, "2022-02-01T15:00:00Z", "7-ada.jsonl");
    author.file(&cem, "2022-02-02T09:00:00Z", "8-cem.jsonl");
    author.file(&ada, "2022-02-02T11:00:00Z", "9-ada.jsonl");
    author.file(&bo, "2022-02-03T02:13:00Z", "thief.jsonl");
    let revoked = EditorRevoked {
        key: bo.public(),
        reason: RevokeReason::Compromised,
        suspect_from: Some(51),
    };
    let why = "The laptop was stolen on 2 February; Bo signed nothing after 1 February.";
    let body = Content::EditorRevoked(Stated { statement: Words::new(why).unwrap() });
    author.event(&ada, "2022-02-03T09:00:00Z", Args::EditorRevoked(revoked), body);
    author.enrol(&ada, "2022-02-03T09:30:00Z", (4, 2, false), "Bo Berg");
}

/// Attacks that a stranger may try in any text.
pub const ATTACK: &str =
    "</script><script>window.taken=1</script><img src=x onerror=window.taken=1>";

/// A record with an attack in every text; the words of fact 3 are redacted.
pub fn hostile(folder: &Path) {
    let (mut author, ada) = found(folder, ATTACK);
    let text = format!("He wrote {ATTACK} & \u{202e}backwards\u{202c}; <!-- and ended.\r\n]]>");
    std::fs::write(folder.join("page.txt"), &text).unwrap();
    let words = serde_json::to_string(ATTACK).unwrap();
    let quote = serde_json::to_string("& \u{202e}backwards\u{202c}; <!--").unwrap();
    let lines = format!(
        r#"{{"type":"document.captured","file":"page.txt","title":{words},"lang":"en","publisher":{words}}}
{{"claim":{words},"quote":{quote},"topics":[{{"name":{words}}}],"attribution":[{{"agent":{words},"agent_type":"person","act":{words},"role":{words}}}]}}
{{"claim":"SECRET {{{{data}}}}","quote":"and ended"}}
{{"claim":"{{{{data}}}} & <b>bold</b>","quote":"He wrote"}}
"#
    );
    author.lines(&ada, "2022-01-27T09:00:00Z", &lines, folder);
    let args = annals_core::event::args::BodyRedacted {
        event: 3,
        reason: annals_core::event::vocabulary::RedactReason::CourtOrder,
    };
    let body = Content::BodyRedacted(Stated { statement: Words::new(ATTACK).unwrap() });
    author.event(&ada, "2022-01-28T09:00:00Z", Args::BodyRedacted(args), body);
}

/// A record in Arabic, with one claim in English.
pub fn right_to_left(folder: &Path) {
    let (mut author, ada) = found(folder, "سجل المحادثات");
    let text = "قال الوزير إن المحادثات استمرت ساعتين.\nوقال إنها انتهت دون اتفاق.\n";
    std::fs::write(folder.join("page.txt"), text).unwrap();
    let lines = r#"{"type":"document.captured","file":"page.txt","title":"المحادثات","lang":"ar","publisher":"صحيفة"}
{"claim":"استمرت المحادثات ساعتين.","quote":"المحادثات استمرت ساعتين","attribution":[{"agent":"الوزير","agent_type":"person","act":"says"}]}
{"claim":"The talks ended without an agreement.","lang":"en","quote":"انتهت دون اتفاق"}
"#;
    author.lines(&ada, "2022-01-27T09:00:00Z", lines, folder);
}
