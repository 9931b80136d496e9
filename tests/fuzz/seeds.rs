//! The initial files of fuzzing: those of the vectors, the keys and the article in each form, and
//! further ones that the program itself writes.
//!
//! Always holds: the files are equal in every run. Not here: their properties (`fuzz/src`).

use super::properties::BETWEEN;
use crate::capture::made;
use annals::archive::bag::note::BagText;
use annals::archive::bag::{self};
use annals::keys::{Mark, Request};
use annals::ledger::write::draft::{DraftForm, template};
use annals::witness::request::AddCheckpoint;
use annals::witness::state::{SeenTree, WitnessState};
use annals_core::evidence::{EarlierCheckpoint, ForkEvidence, ForkPoint, SignedCheckpoint};
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::text::{Origin, Words};
use annals_core::tlog::cosignature::cosign;
use annals_core::tlog::proof::TlogProof;
use annals_core::tlog::{Checkpoint, KeyKind, Note, NoteSignature, VerifierKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The maximum size of a seed in bytes: short ones find more in a minute.
const MOST: usize = 16 << 10;

/// Seeds by the names of their targets.
pub type Seeds = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

/// All of them.
pub fn all() -> Seeds {
    let mut seeds = Seeds::new();
    for path in files("tests/vectors") {
        vector(&mut seeds, &fs::read(path).expect("a vector"));
    }
    for path in files("keys").into_iter().chain(files("tests/keys")) {
        let bytes = fs::read(path).expect("a key");
        put(&mut seeds, if bytes.starts_with(b"-----") { "key" } else { "pin" }, bytes);
    }
    article(&mut seeds);
    made(&mut seeds);
    captured(&mut seeds);
    seeds
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).expect("a folder of the project");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

fn put(seeds: &mut Seeds, name: &'static str, bytes: Vec<u8>) {
    if bytes.len() <= MOST {
        seeds.entry(name).or_default().insert(bytes);
    }
}

/// The files of a vector, each to the targets of its form.
fn vector(seeds: &mut Seeds, bytes: &[u8]) {
    let vector: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    let files: BTreeMap<&str, Vec<u8>> = vector["files"]
        .as_object()
        .expect("files")
        .iter()
        .map(|(name, file)| match file["text"].as_str() {
            Some(text) => (name.as_str(), text.as_bytes().to_vec()),
            None => (name.as_str(), base64(file["base64"].as_str().expect("base64"))),
        })
        .collect();
    for (name, bytes) in &files {
        match *name {
            "pin" => put(seeds, "pin", bytes.clone()),
            "proof" => put(seeds, "proof", bytes.clone()),
            "submission" => put(seeds, "submission", bytes.clone()),
            "receipt" => put(seeds, "receipt", between(&[bytes, &files["submission"]])),
            "ledger/checkpoint" | "published/checkpoint" => checkpoint(seeds, bytes),
            "keys/log.marks" => {
                for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    put(seeds, "mark", line.to_vec());
                }
            }
            name if name.starts_with("ledger/journal/") => journal(seeds, bytes),
            _ => {}
        }
    }
    if let Some(policy) = files.get("policy") {
        let proof =
            String::from_utf8_lossy(files.get("proof").map_or(b"", Vec::as_slice)).into_owned();
        let note = proof.split_once("\n\n").map_or("", |(_, note)| note);
        put(seeds, "policy", between(&[policy, note.as_bytes()]));
    }
    let found = |begin: &str| files.iter().find(|(name, _)| name.starts_with(begin));
    if let (Some((_, checkpoint)), Some((_, tile)), Some((_, bundle))) = (
        found("published/checkpoint"),
        found("published/tile/0/"),
        found("published/tile/entries/"),
    ) {
        let hashes = u8::try_from(tile.len() / 32).unwrap_or(u8::MAX);
        put(seeds, "published", between(&[checkpoint, &[&[hashes], &tile[..], bundle].concat()]));
    }
}

fn checkpoint(seeds: &mut Seeds, bytes: &[u8]) {
    put(seeds, "note", bytes.to_vec());
    put(seeds, "add_checkpoint", [b"old 0\n\n", bytes].concat());
    let text = String::from_utf8_lossy(bytes).into_owned();
    put(seeds, "checkpoint", format!("{}\n", text.split("\n\n").next().unwrap_or("")).into_bytes());
    let key = VerifierKey::new("w.example", KeyKind::Cosignature, secret("w").public());
    put(seeds, "cosignature", between(&[key.expect("a key").to_string().as_bytes(), bytes]));
}

fn journal(seeds: &mut Seeds, bytes: &[u8]) {
    put(seeds, "journal", bytes.to_vec());
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
    while lines.peek().is_some() {
        let event: Vec<&[u8]> = lines.by_ref().take_while(|it| !it.starts_with(b"= ")).collect();
        for event in event.chunks_exact(4) {
            put(seeds, "record", event[..3].concat());
            put(seeds, "body", event[3].strip_suffix(b"\n").unwrap_or(event[3]).to_vec());
        }
    }
}

/// The drafts of the article, and their quotations with a page of the article.
fn article(seeds: &mut Seeds) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/article");
    let text = fs::read_to_string(folder.join("article.txt")).expect("the article");
    let page: String = text.chars().take(2_000).collect();
    for path in files("examples/article") {
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        for line in fs::read_to_string(path).expect("drafts").lines() {
            put(seeds, "draft", line.as_bytes().to_vec());
            let draft: serde_json::Value = serde_json::from_str(line).expect("a draft");
            let table = serde_json::json!({ "draft": [draft] });
            let table = toml::to_string(&table).expect("TOML");
            put(seeds, "draft_toml", table.into_bytes());
            let quote = &draft["evidence"][0]["quote"]["exact"];
            let words = quote.as_str().unwrap_or("Earlier, Moscow … Alliance");
            put(seeds, "quotation", between(&[page.as_bytes(), words.as_bytes()]));
        }
    }
    for (document, words) in [
        ("Kyiv – “Yes,” she said.\n", "\"Yes,\" she"),
        ("a sen-\ntence of 1,250 km² and https://example.org/a?b\n", "sentence … b"),
        ("e\u{301}te\u{301} \u{FB01}n, e\u{301}te\u{301} \u{FB01}n\n", "été fin"),
    ] {
        put(seeds, "quotation", between(&[document.as_bytes(), words.as_bytes()]));
    }
}

/// Files that no vector has.
fn made(seeds: &mut Seeds) {
    let (log, origin) = (secret("log"), Origin::new("example.org/record").expect("an origin"));
    let leaf = |n: u8| Hash::of(&[&[n]]);
    let pair = |left: Hash, right: Hash| Hash::of(&[&[1], &left.0, &right.0]);
    let signed = |size: u64, root: Hash| {
        let text = Checkpoint { origin: origin.to_string(), size, root }.text();
        let signatures = vec![
            NoteSignature::sign(&text, &origin, &log),
            cosign(&text, "w.example", &secret("w"), 1_770_000_000),
        ];
        Note { text, signatures }
    };
    let (one, other) = (signed(2, pair(leaf(0), leaf(1))), signed(2, pair(leaf(0), leaf(2))));
    for note in [&one, &other] {
        checkpoint(seeds, note.write().as_bytes());
    }
    let request =
        Request::new(&secret("bo"), origin.clone(), Words::new("Bo Berg").expect("words"));
    put(seeds, "request", request.write().into_bytes());
    let asked = AddCheckpoint {
        old: 1,
        proof: vec![leaf(1)],
        note: one.clone(),
        checkpoint: Checkpoint::parse(&one.text).expect("a checkpoint"),
    };
    put(seeds, "add_checkpoint", asked.write().into_bytes());
    let before = |note: &Note| EarlierCheckpoint {
        root: Checkpoint::parse(&note.text).expect("a checkpoint").root,
        path: Vec::new(),
    };
    let evidence = ForkEvidence {
        key: log.public(),
        first: SignedCheckpoint::of(one.clone()).expect("a checkpoint"),
        second: SignedCheckpoint::of(other.clone()).expect("a checkpoint"),
        forked_at: Some(ForkPoint { size: 2, first: before(&one), second: before(&other) }),
        key_changes: Vec::new(),
    };
    put(seeds, "evidence", evidence.write().into_bytes());
    let cut = ForkEvidence {
        second: SignedCheckpoint::of(signed(1, leaf(0))).expect("one"),
        forked_at: None,
        ..evidence
    };
    put(seeds, "evidence", cut.write().into_bytes());
    let extra = Some(b"record\n".to_vec());
    let proof = TlogProof { extra, index: 1, path: vec![leaf(0)], checkpoint: one.clone() };
    put(seeds, "tlog_proof", proof.write().into_bytes());
    let mark = Mark::sign(&log, origin.clone(), 2, leaf(0));
    put(seeds, "mark", mark.line().trim_end().as_bytes().to_vec());
    let blob = one.signatures[0].blob();
    let seen = SeenTree { size: 2, root: leaf(0), blob };
    let state = WitnessState(BTreeMap::from([(origin.to_string(), seen)]));
    put(seeds, "witness_state", state.write().into_bytes());
    let (root, digest) = (leaf(0), "0f".repeat(64));
    let text = BagText { origin: origin.to_string(), size: 3, of: 5, root, digest };
    put(seeds, "bag_note", text.write().into_bytes());
    put(seeds, "bag", a_bag(b"a document\n"));
    let policy = format!("log {}\nquorum none\n", log_key(&log, &origin));
    put(seeds, "policy", between(&[policy.as_bytes(), one.write().as_bytes()]));
}

/// Files to capture, of each format and encoding, and tables of drafts.
fn captured(seeds: &mut Seeds) {
    let page = made::page();
    put(seeds, "capture_html", page.clone().into_bytes());
    put(seeds, "capture_html", b"<html lang=en><title>A</title><p>Two met.".to_vec());
    put(seeds, "capture_pdf", made::pdf(&["They met.", "Then left."]));
    put(seeds, "capture_pdf", made::pdf(&[""]));
    let body = "<w:p><w:r><w:t>They </w:t><w:tab/><w:t>m&#101;t.</w:t></w:r></w:p>";
    put(seeds, "capture_docx", made::docx(body));
    let answer = made::warc_answer("https://example.org/a", "text/html", &page);
    let other = made::warc_answer("https://example.org/b", "text/plain", "Two met.");
    put(seeds, "capture_archive", made::gzip(&answer));
    put(seeds, "capture_archive", [answer.clone(), other].concat());
    let files = [("datapackage.json", &b"{}"[..]), ("archive/data.warc", &answer)];
    put(seeds, "capture_archive", made::zip(&files));
    let markdown = "# A\n\nTwo *met*[^1], [there](https://example.org).\n\n[^1]: Once.\n\n| a | b |\n|--|--|\n| 1 | 2 |\n";
    put(seeds, "capture_markdown", markdown.as_bytes().to_vec());
    let words = "Two met in Zürich – “in short”.\n";
    put(seeds, "capture_text", words.as_bytes().to_vec());
    put(seeds, "capture_text", b"Caf\xE9 \x93M\xFCller\x94".to_vec());
    for mark in ["\u{feff}", ""] {
        let units = || mark.encode_utf16().chain(words.encode_utf16());
        put(seeds, "capture_text", units().flat_map(u16::to_le_bytes).collect());
        put(seeds, "capture_text", units().flat_map(u16::to_be_bytes).collect());
    }
    for form in [DraftForm::Csv, DraftForm::Tsv] {
        put(seeds, "table", template(form).expect("a template").into_bytes());
    }
    let table = "claim;quote;according_to;topics\n\"Two; met\";\"two\nmet\";A;\"b; c\"\n# a note\n";
    put(seeds, "table", table.as_bytes().to_vec());
}

/// A whole bag with one document.
fn a_bag(document: &[u8]) -> Vec<u8> {
    let line = |bytes: &[u8], name: &str| format!("{}  {name}\n", bag::filed(bytes).digest);
    let info = format!("Payload-Oxum: {}.1\n", document.len());
    let manifest = line(document, "data/document");
    let tags = line(info.as_bytes(), bag::INFO)
        + &line(bag::DECLARED.as_bytes(), bag::DECLARATION)
        + &line(manifest.as_bytes(), bag::MANIFEST);
    let (info, manifest, tags) = (info.as_bytes(), manifest.as_bytes(), tags.as_bytes());
    between(&[bag::DECLARED.as_bytes(), info, manifest, tags, document])
}

fn log_key(log: &SecretKey, origin: &Origin) -> VerifierKey {
    VerifierKey::new(origin, KeyKind::Note, log.public()).expect("a key")
}

fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(Hash::of(&[name.as_bytes()]).0)
}

fn between(files: &[&[u8]]) -> Vec<u8> {
    files.join(&BETWEEN)
}

fn base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("base64")
}
