//! Vectors of published directories: rules 971 to 974, and the rules that hold for every record.

use super::{Case, bad, good};
use crate::support::files::{Files, PIN, root};
use crate::support::ledger::Made;
use crate::support::published::bundle;
use crate::support::texts::TEXT;
use crate::support::{Ledger, acts};
use annals_core::hash::Hash;

const BUNDLE: &str = "published/tile/entries/000.p/6";
const BODIES: &str = "published/body/bundle/000";
const TILE: &str = "published/tile/0/000.p/6";

/// 260 events: one full tile, the next one with 4 hashes, and one of level 1.
fn long() -> Ledger {
    let mut ledger = Ledger::opened();
    while ledger.size() < 260 {
        ledger.sign("ada", acts::changed(1 + ledger.size() % 9));
    }
    ledger
}

fn with(change: impl FnOnce(&mut Files)) -> Files {
    let mut files = Ledger::newsroom().published(&[6]);
    change(&mut files);
    files
}

fn long_with(change: impl FnOnce(&mut Files)) -> Files {
    let mut files = long().published(&[260]);
    change(&mut files);
    files
}

fn edit(files: &mut Files, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    change(files.get_mut(name).expect("the file is there"));
}

fn remove(files: &mut Files, name: &str) {
    files.remove(name).expect("the file is there");
}

fn put(files: &mut Files, name: &str, bytes: Vec<u8>) {
    files.insert(name.to_owned(), bytes);
}

fn body(event: &Made) -> String {
    format!("published/body/{}", Hash::of(&[event.body.as_bytes()]))
}

pub fn cases() -> Vec<Case> {
    let mut out = good_ones();
    out.extend(bundles());
    out.extend(tiles());
    out.extend(elsewhere());
    out
}

/// An announced event of format 2 ends the verification, including that of the tiles.
fn later() -> Case {
    let mut ledger = Ledger::newsroom();
    ledger.sign("ada", acts::upgraded(2));
    let draft = ledger.draft("ada", acts::retimed()).with(|d| d.v = 2);
    ledger.put(draft);
    let mut files = ledger.published(&[8]);
    edit(&mut files, "published/tile/0/000.p/8", |bytes| bytes[0] ^= 1);
    let about = "An announced event of format 2 ends the verdict, tiles are not judged.";
    Case { exit: 2, stateless: true, ..good("published-version", about, files) }
}

fn good_ones() -> Vec<Case> {
    let mut pinned = with(|_| {});
    put(&mut pinned, PIN, Ledger::newsroom().pin(4).into_bytes());
    // A reader of size 6 after size 300 was published: it finds the full tile and bundle.
    let grown = {
        let mut ledger = Ledger::newsroom();
        while ledger.size() < 256 {
            ledger.sign("ada", acts::changed(1 + ledger.size() % 9));
        }
        let mut files = ledger.published(&[256]);
        let checkpoint = ledger.checkpoint(6).into_bytes();
        put(&mut files, "published/checkpoint", checkpoint);
        files
    };
    let mut ledger = Ledger::newsroom();
    ledger.sign("ada", acts::changed(2));
    let twice = ledger.published(&[6, 7]);
    let bundled = |change: fn(&mut Files)| {
        let mut files = Ledger::newsroom().published_now(&[6]);
        change(&mut files);
        files
    };
    let alone = bundled(|files| {
        files.retain(|name, _| !name.starts_with("published/body/") || name == BODIES);
    });
    let turned = bundled(|files| edit(files, BODIES, |bytes| bytes.rotate_left(3)));
    vec![
        good("published-bodies", "The bodies are in their bundle, and nowhere else.", alone),
        good("published-bodies-other", "A bundle of other bodies takes nothing away.", turned),
        later(),
        good("published", "A published directory of six events and a document.", with(|_| {})),
        good("published-long", "One of two tiles and one of the next level.", long_with(|_| {})),
        good("published-twice", "Two sizes were published, both partial tiles are there.", twice),
        good("published-filled", "The full tile stands for the partial one.", grown),
        good("published-pin", "A pin of four events is compared.", pinned),
    ]
}

fn bundles() -> Vec<Case> {
    let cut = |bytes: &mut Vec<u8>| {
        bytes.pop();
    };
    let beyond = |files: &mut Files| {
        edit(files, "published/tile/entries/000", |bytes| bytes.extend([0, 0]));
    };
    let short = |files: &mut Files| {
        let events = &Ledger::newsroom().events[..4];
        put(files, BUNDLE, bundle(events));
    };
    let lines = |files: &mut Files| {
        edit(files, BUNDLE, |bytes| {
            // One LF more at the end of the last record, and its length.
            let events = &Ledger::newsroom().events;
            let at = bytes.len() - events[5].record().len() - 2;
            let length = events[5].record().len() as u16 + 1;
            bytes.splice(at..at + 2, length.to_be_bytes());
            bytes.push(b'\n');
        });
    };
    vec![
        bad(
            "972-bundle-form-lines",
            "The last record of a bundle has a fourth line.",
            with(lines),
            &[(705, -1), (972, 5)],
        ),
        bad(
            "971-bundle-missing",
            "The only bundle is not there.",
            with(|files| remove(files, BUNDLE)),
            &[(705, -1), (971, 0)],
        ),
        bad(
            "971-bundle-missing-pin",
            "The only bundle is not there, which a pin does not tell as a cut.",
            with(|files| {
                remove(files, BUNDLE);
                put(files, PIN, Ledger::newsroom().pin(6).into_bytes());
            }),
            &[(705, -1), (971, 0)],
        ),
        bad(
            "971-bundle-missing-second",
            "The second bundle is not there, the first is judged.",
            long_with(|files| remove(files, "published/tile/entries/001.p/4")),
            &[(705, -1), (971, 256)],
        ),
        bad(
            "971-bundle-missing-pin-within",
            "The same, and a pin of what is left holds.",
            long_with(|files| {
                remove(files, "published/tile/entries/001.p/4");
                put(files, PIN, long().pin(100).into_bytes());
            }),
            &[(705, -1), (971, 256)],
        ),
        bad(
            "972-bundle-form-cut",
            "The last record of a bundle lacks a byte.",
            with(|files| edit(files, BUNDLE, cut)),
            &[(705, -1), (972, 5)],
        ),
        bad(
            "972-bundle-form-fewer",
            "A bundle has fewer records than the size calls for.",
            with(short),
            &[(705, -1), (972, 4)],
        ),
        bad(
            "972-bundle-form-rest",
            "Bytes stand after the last record of a bundle.",
            with(|files| edit(files, BUNDLE, |bytes| bytes.push(0))),
            &[(972, 6)],
        ),
        bad(
            "972-bundle-form-full",
            "An empty record stands after the last one of a full bundle.",
            long_with(beyond),
            &[(972, 256)],
        ),
    ]
}

fn tiles() -> Vec<Case> {
    let flip = |at: usize| move |bytes: &mut Vec<u8>| bytes[at] ^= 1;
    let both = |files: &mut Files| {
        edit(files, TILE, flip(32 * 5));
        edit(files, TILE, flip(32 * 2 + 31));
    };
    let shorter = |bytes: &mut Vec<u8>| bytes.truncate(32 * 5);
    let leaves: Vec<Hash> = long().events[..256].iter().map(Made::hash).collect();
    let other = Hash::of(&[&[1], &root(&leaves[..128]).0, &root(&leaves[..128]).0]);
    vec![
        bad(
            "973-tile-missing",
            "The only tile is not there.",
            with(|files| remove(files, TILE)),
            &[(973, 0)],
        ),
        bad(
            "974-tile-hash",
            "A hash of a tile is not that of its event.",
            with(|files| edit(files, TILE, flip(32 * 3))),
            &[(974, 3)],
        ),
        bad(
            "974-tile-hash-once",
            "Two hashes of a tile are wrong, the first is told.",
            with(both),
            &[(974, 2)],
        ),
        bad(
            "974-tile-hash-level",
            "The hash in a tile of level 1 is that of another subtree.",
            long_with(|files| put(files, "published/tile/1/000.p/1", other.0.to_vec())),
            &[(974, 0)],
        ),
        bad(
            "974-tile-hash-shorter",
            "A tile has fewer hashes than the size calls for.",
            with(|files| edit(files, TILE, shorter)),
            &[(974, 0)],
        ),
        bad(
            "974-tile-hash-early",
            "The record ends early, and a hash of an event before that is wrong.",
            with(|files| {
                edit(files, BUNDLE, |bytes| {
                    bytes.pop();
                });
                edit(files, TILE, flip(32 * 3));
            }),
            &[(705, -1), (974, 3), (972, 5)],
        ),
        bad(
            "973-tile-missing-early",
            "The record ends early, and the tile over what there is of it is not there.",
            with(|files| {
                edit(files, BUNDLE, |bytes| {
                    bytes.pop();
                });
                remove(files, TILE);
            }),
            &[(705, -1), (973, 0), (972, 5)],
        ),
        bad(
            "974-tile-hash-explains",
            "A time in the last record of a bundle has another digit, and a pin is of what it was.",
            with(|files| {
                edit(files, BUNDLE, |bytes| {
                    let time = b"05.000000Z\"}\n";
                    let at = bytes.windows(time.len()).rposition(|found| found == time);
                    let at = at.expect("the time of the last event");
                    bytes[at + 3] = b'1';
                });
                put(files, PIN, Ledger::newsroom().pin(6).into_bytes());
            }),
            &[(704, -1), (974, 5)],
        ),
        bad(
            "974-tile-hash-longer",
            "A tile has a byte after its last hash.",
            with(|files| edit(files, TILE, |bytes| bytes.push(0))),
            &[(974, 0)],
        ),
    ]
}

/// Rules of the other sections, in a published directory.
fn elsewhere() -> Vec<Case> {
    let newsroom = Ledger::newsroom();
    let asserted = body(&newsroom.events[5]);
    let document = format!("published/document/{}", Hash::of(&[TEXT.as_bytes()]));
    let other = |files: &mut Files| {
        let checkpoint = long().checkpoint(6).into_bytes();
        put(files, "published/checkpoint", checkpoint);
    };
    let record = |files: &mut Files| {
        edit(files, BUNDLE, |bytes| {
            let at = bytes.len() - 2;
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        });
    };
    vec![
        bad(
            "604-body-missing-published-bundle",
            "A body is not there, and its line in the bundle is another one.",
            {
                let mut files = Ledger::newsroom().published_now(&[6]);
                remove(&mut files, &body(&Ledger::newsroom().events[5]));
                edit(&mut files, BODIES, |bytes| {
                    let at = bytes.len() - 2;
                    bytes[at] ^= 1;
                });
                files
            },
            &[(604, 5)],
        ),
        bad(
            "604-body-missing-published",
            "The body of a fact that is not sealed is not there.",
            with(|files| remove(files, &asserted)),
            &[(604, 5)],
        ),
        bad(
            "601-body-digest-published",
            "A body is not the one that its name says.",
            with(|files| edit(files, &asserted, |bytes| bytes.push(b' '))),
            &[(601, 5)],
        ),
        bad(
            "605-document-missing-published",
            "A document is not there.",
            with(|files| remove(files, &document)),
            &[(605, 4)],
        ),
        bad(
            "704-checkpoint-root-published",
            "The checkpoint is that of another record.",
            with(other),
            &[(704, -1)],
        ),
        bad(
            "302-signature-published",
            "A digit of a signature in a bundle is another.",
            with(record),
            &[(704, -1), (302, 5), (974, 5)],
        ),
        bad(
            "701-checkpoint-form-published",
            "Without a checkpoint there is no event.",
            with(|files| remove(files, "published/checkpoint")),
            &[(701, -1)],
        ),
        bad(
            "701-checkpoint-form-published-pin",
            "Without a checkpoint nothing was read, and no pin is judged.",
            with(|files| {
                remove(files, "published/checkpoint");
                put(files, PIN, Ledger::newsroom().pin(6).into_bytes());
            }),
            &[(701, -1)],
        ),
        bad(
            "911-unreadable-changed-checkpoint-published",
            "Nor where CR LF ends the lines of the checkpoint.",
            with(|files| {
                let crlf = |bytes: &mut Vec<u8>| {
                    *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
                };
                edit(files, "published/checkpoint", crlf);
                put(files, PIN, Ledger::newsroom().pin(6).into_bytes());
            }),
            &[(911, -1)],
        ),
    ]
}
