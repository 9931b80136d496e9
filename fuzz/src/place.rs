//! Properties of whole places: a journal, a published record, a bag.

use annals::archive::bag::note::BagText;
use annals::archive::bag::{self, read};
use annals::archive::files::PublishedFiles;
use annals::archive::published::PublishedSource;
use annals::archive::tile;
use annals::journal::Journal;
use annals_core::tlog::to_base64;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::{Source, SourceError};
use annals_core::verify::{Options, verify};
use std::fs;

/// A journal is walked to its end whatever it contains; if nothing of it is damaged, its events and
/// commit lines, written in order, are its bytes; and verification ends.
pub fn journal(bytes: &[u8]) {
    let ledger = tempfile::tempdir().expect("a folder");
    let folder = ledger.path().join("journal");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("00000000000000000000.log"), bytes).expect("a file");
    let journal = Journal::open(ledger.path(), None).expect("a journal that is there");
    let (mut written, mut counted, mut damaged) = (Vec::new(), 0, false);
    for span in journal.walk(0).expect("a walk") {
        let span = span.expect("a span");
        assert_eq!(span.first, counted);
        let mut commit_lines = span.commit_lines.iter().peekable();
        let mut close = |counted: u64, written: &mut Vec<u8>| {
            while let Some(closing) = commit_lines.next_if(|closing| closing.counted == counted) {
                let Some(said) = closing.parsed else { return };
                let (root, sum) = (to_base64(&said.root.0), to_base64(&said.sum.0));
                written.extend(format!("= {} {root} {sum}\n", said.size).bytes());
            }
        };
        damaged |=
            !span.damage.is_empty() || span.commit_lines.iter().any(|it| it.parsed.is_none());
        close(counted, &mut written);
        for entry in &span.entries {
            written.extend_from_slice(&entry.record);
            written.extend_from_slice(entry.body.as_deref().unwrap_or(b"-"));
            written.push(b'\n');
            counted += 1;
            close(counted, &mut written);
        }
    }
    let offset = usize::try_from(journal.offset()).expect("an offset in memory");
    if !damaged {
        assert_eq!(counted, journal.size());
        super::written_again(&written, &bytes[..offset]);
    }
    let report = verify(&journal, &Anchors::default(), Options::whole(1)).expect("a verdict");
    assert!(report.size <= counted);
}

/// A published record in memory: its checkpoint, first tile and first bundle, for any name.
struct Served([Vec<u8>; 3]);

impl PublishedFiles for Served {
    fn get(&self, name: &str, bound: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let [checkpoint, tile, bundle] = &self.0;
        let bytes = match name {
            "checkpoint" => checkpoint,
            name if name.starts_with("tile/entries/") => bundle,
            name if name.starts_with("tile/") => tile,
            _ => return Ok(None),
        };
        let bound = usize::try_from(bound).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.get(..bound).filter(|bytes| !bytes.is_empty()).map(<[u8]>::to_vec))
    }

    fn place(&self) -> String {
        "memory".to_owned()
    }
}

/// A checkpoint, the number of hashes in a tile, the tile, and a bundle. A bundle is split into the
/// records that it was joined from; the record is verified to its end whatever is served.
pub fn published(bytes: &[u8]) {
    let [checkpoint, rest] = super::files(bytes);
    let (hashes, rest) = rest.split_first().unwrap_or((&0, rest));
    let (tile, bundle) = rest.split_at(rest.len().min(32 * usize::from(*hashes)));
    let cut = tile::cut(bundle, tile::WIDTH);
    let mut joined = Vec::new();
    for record in &cut.records {
        assert!(tile::add_record(&mut joined, record));
    }
    super::written_again(&joined, &bundle[..bundle.len() - cut.rest]);
    assert_eq!(tile::first_records(bundle, tile::WIDTH), joined);
    let files = Served([checkpoint.to_vec(), tile.to_vec(), bundle.to_vec()]);
    let published = PublishedSource::open_served(Box::new(files));
    let Ok(published) = published else { return };
    let ends = Anchors { checkpoint: Some(checkpoint.to_vec()), ..Anchors::default() };
    let _judged = verify(&published, &ends, Options::whole(1));
}

/// A bag is checked whatever its manifests list: the listed files are inside it.
pub fn bag(bytes: &[u8]) {
    let [declared, info, manifest, tags, document] = super::files(bytes);
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("data")).expect("a folder");
    let files = [
        (bag::DECLARATION, declared),
        (bag::INFO, info),
        (bag::MANIFEST, manifest),
        (bag::TAG_MANIFEST, tags),
        ("data/document", document),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    let checked = read::check(folder.path()).expect("a verdict");
    for (name, digest) in &checked.manifest {
        let inside = name.starts_with("data/") && !name.split('/').any(|part| part == "..");
        assert!(inside && digest.len() == 128, "{name}");
    }
    let whole = bag::filed(document);
    let listed = checked.manifest.get("data/document");
    if checked.wrong.is_empty() {
        assert_eq!(listed, Some(&whole.digest));
        assert_eq!((checked.payload_bytes, checked.payload_files), (whole.bytes, 1));
    }
}

/// The text of a note over a bag has one notation.
pub fn bag_note(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(read) = BagText::parse(text) {
        super::written_again(read.write().as_bytes(), bytes);
    }
}
