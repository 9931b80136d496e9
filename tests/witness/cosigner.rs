//! The cosigner: what it cosigns, what it refuses and how, and the state after a failed write.

use crate::support::acts::ORIGIN;
use crate::support::keys;
use crate::witness::logs::{Log, log_key, witness_key};
use annals::disk::DiskError;
use annals::witness::cosigner::{CosignAnswer, Cosigner, Shelf, StateError, StateFile};
use annals::witness::request::AddCheckpoint;
use annals::witness::state::WitnessState;
use annals_core::tlog::cosignature::{Cosigned, cosigned_by};
use annals_core::tlog::{Checkpoint, KeyKind, Note, NoteSignature, VerifierKey};
use std::sync::{Arc, Mutex};

/// The outcome of a write.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Good,
    Kept,
    Lost,
    /// It failed before it had an effect, as without free file descriptors.
    Full,
}

fn full() -> std::io::Error {
    std::io::Error::other("no more open files")
}

fn failed() -> DiskError {
    DiskError::Io { what: "make", path: "state".into(), cause: full() }
}

/// A disk that outlives the cosigners that write to it.
#[derive(Clone)]
struct Disk(Arc<Mutex<(Vec<u8>, Fate, usize)>>);

impl Disk {
    fn new() -> Disk {
        let empty = WitnessState::default().write().into_bytes();
        Disk(Arc::new(Mutex::new((empty, Fate::Good, 0))))
    }

    fn fate(&self, fate: Fate) {
        self.0.lock().unwrap().1 = fate;
    }

    fn writes(&self) -> usize {
        self.0.lock().unwrap().2
    }

    /// A witness that starts with the state on the disk.
    fn start(&self) -> Cosigner {
        let state = WitnessState::parse(&self.0.lock().unwrap().0).expect("a state");
        Cosigner::new(witness_key(), vec![log_key()], Box::new(self.clone()), state)
    }
}

impl Shelf for Disk {
    fn keep(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        let (kept, fate, writes) = &mut *self.0.lock().unwrap();
        *writes += 1;
        if matches!(fate, Fate::Good | Fate::Kept) {
            *kept = bytes.to_vec();
        }
        match fate {
            Fate::Good => Ok(()),
            Fate::Full => Err(failed()),
            _ => Err(DiskError::Unknown { what: "sync", path: "state".into(), cause: full() }),
        }
    }
}

fn ask(cosigner: &mut Cosigner, request: &AddCheckpoint) -> CosignAnswer {
    cosigner.answer(request.write().as_bytes(), 1_700_000_000)
}

fn is_cosigned(request: &AddCheckpoint, answer: &CosignAnswer) -> bool {
    let CosignAnswer::Cosigned(line) = answer else { return false };
    let note = Note { signatures: vec![line.clone()], ..request.note.clone() };
    assert_eq!(cosigned_by(&note, &witness_key().verifier), Cosigned::At(1_700_000_000));
    true
}

#[test]
fn what_extends_is_cosigned_and_remembered() {
    let (disk, log) = (Disk::new(), Log::new(0, 40));
    let mut cosigner = disk.start();
    let mut last = 0;
    for size in [1, 2, 3, 7, 8, 9, 31, 40] {
        let request = log.request(last, size);
        let answer = ask(&mut cosigner, &request);
        assert!(is_cosigned(&request, &answer), "{size}: {answer:?}");
        assert_eq!(cosigner.state().0[ORIGIN].size, size);
        last = size;
        // After a restart it is the same.
        assert_eq!(disk.start().state(), cosigner.state());
    }
    let writes = disk.writes();
    let again = log.request(40, 40);
    let answer = ask(&mut cosigner, &again);
    assert!(is_cosigned(&again, &answer), "the same size again: {answer:?}");
    assert_eq!(disk.writes(), writes, "nothing new to keep");
}

#[test]
fn proofs_of_another_implementation_are_accepted() {
    let mut stored: Vec<tlog_tiles::Hash> = Vec::new();
    struct Stored<'a>(&'a [tlog_tiles::Hash]);
    impl tlog_tiles::HashReader for Stored<'_> {
        fn read_hashes(&self, at: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
            Ok(at.iter().map(|index| self.0[*index as usize]).collect())
        }
    }
    let log = Log::new(0, 20);
    for (event, i) in log.ledger.events.iter().zip(0..) {
        let record = event.record().into_bytes();
        let more = tlog_tiles::stored_hashes(i, &record, &Stored(&stored)).expect("hashes");
        stored.extend(more);
    }
    for (old, new) in (1..20).flat_map(|old| (old + 1..=20).map(move |new| (old, new))) {
        let mut cosigner = Disk::new().start();
        assert!(is_cosigned(&log.request(0, old), &ask(&mut cosigner, &log.request(0, old))));
        let theirs = tlog_tiles::prove_tree(new, old, &Stored(&stored)).expect("a proof");
        let proof = theirs.iter().map(|hash| annals_core::hash::Hash(hash.0)).collect();
        let request = AddCheckpoint { proof, ..log.request(old, new) };
        assert_eq!(request, log.request(old, new), "{old} to {new}");
        assert!(is_cosigned(&request, &ask(&mut cosigner, &request)), "{old} to {new}");
    }
}

#[test]
fn a_fork_is_refused_at_its_size_and_beyond() {
    let (log, fork) = (Log::new(0, 20), Log::new(1, 30));
    let mut cosigner = Disk::new().start();
    ask(&mut cosigner, &log.request(0, 10));
    let before = cosigner.state().clone();
    // The same size with another root; from there on; from nothing.
    let why = "the checkpoint of size 10 that was cosigned has another root".to_owned();
    assert_eq!(ask(&mut cosigner, &fork.request(10, 10)), CosignAnswer::Refused(422, why));
    let request = fork.request(10, 30).write();
    let shown = cosigner.reply(request.as_bytes(), 1).last.expect("what was cosigned is shown");
    assert_eq!(shown, log.request(0, 10).note);
    let why = "the proof does not show that size 30 extends size 10".to_owned();
    assert_eq!(ask(&mut cosigner, &fork.request(10, 30)), CosignAnswer::Refused(422, why.clone()));
    assert_eq!(ask(&mut cosigner, &fork.request(0, 30)), CosignAnswer::Size(10));
    // With the true log's proof, and with none.
    let request = AddCheckpoint { proof: log.proof(10, 20), ..fork.request(10, 20) };
    assert!(matches!(ask(&mut cosigner, &request), CosignAnswer::Refused(422, _)));
    let request = AddCheckpoint { proof: Vec::new(), ..log.request(10, 20) };
    assert!(matches!(ask(&mut cosigner, &request), CosignAnswer::Refused(422, _)));
    assert_eq!(cosigner.state(), &before);
}

#[test]
fn a_rollback_is_refused_with_the_size_that_the_witness_has() {
    let log = Log::new(0, 20);
    let mut cosigner = Disk::new().start();
    ask(&mut cosigner, &log.request(0, 20));
    for (old, new) in [(0, 5), (5, 10), (10, 20), (0, 20)] {
        assert_eq!(
            ask(&mut cosigner, &log.request(old, new)),
            CosignAnswer::Size(20),
            "{old} to {new}"
        );
    }
    assert_eq!(cosigner.state().0[ORIGIN].size, 20);
}

#[test]
fn who_is_not_known_is_not_cosigned() {
    let log = Log::new(0, 3);
    let mut cosigner = Disk::new().start();
    let mut request = log.request(0, 3);
    request.note.signatures[0].bytes[7] ^= 1;
    let why = "not signed by the known key of this origin".to_owned();
    assert_eq!(ask(&mut cosigner, &request), CosignAnswer::Refused(403, why.clone()));
    let mut unsigned = log.request(0, 3);
    unsigned.note.signatures[0].name = "example.org/other".to_owned();
    assert_eq!(ask(&mut cosigner, &unsigned), CosignAnswer::Refused(403, why));
    let elsewhere = VerifierKey::new("b.org/log", KeyKind::Note, keys::secret("log").public());
    let (disk, state) = (Box::new(Disk::new()), WitnessState::default());
    let mut other = Cosigner::new(witness_key(), vec![elsewhere.unwrap()], disk, state);
    let why = "no log of this origin is watched here".to_owned();
    assert_eq!(ask(&mut other, &log.request(0, 3)), CosignAnswer::Refused(404, why));
    // Another key's line beside a good one is ignored.
    let mut both = log.request(0, 3);
    let mut line = both.note.signatures[0].clone();
    line.id[0] ^= 1;
    both.note.signatures.push(line);
    let answer = ask(&mut cosigner, &both);
    assert!(is_cosigned(&both, &answer), "{answer:?}");
}

#[test]
fn requests_out_of_form_are_400_and_keep_nothing() {
    let (disk, log) = (Disk::new(), Log::new(0, 5));
    let mut cosigner = disk.start();
    let good = log.request(2, 5).write();
    let (_, note) = good.split_once("\n\n").unwrap();
    let hash = good.lines().nth(1).unwrap();
    let bad = [
        String::new(),
        "old 2".to_owned(),
        good.replace("old 2", "old 02"),
        good.replace("old 2", "old -2"),
        good.replace("old 2", "Old 2"),
        good.replace("old 2", "old 6"),
        good.replacen(hash, &hash[1..], 1),
        good.replace("\n\n", "\n"),
        good.replacen('\n', "\r\n", 1),
        format!("old 0\n{}\n{note}", format!("{hash}\n").repeat(64)),
        format!("old 0\n\n{}", note.replacen("\n\n\u{2014}", "\n\n\n\u{2014}", 1)),
        format!("old 0\n\n{}", note.replacen("\n\n\u{2014}", "\n\nmore\n\n\u{2014}", 1)),
        good[..good.len() - 1].to_owned(),
    ];
    for body in bad {
        let answer = cosigner.answer(body.as_bytes(), 1);
        assert!(matches!(answer, CosignAnswer::Refused(400, _)), "{body:?}: {answer:?}");
    }
    assert!(matches!(cosigner.answer(&[0xFF; 99], 1), CosignAnswer::Refused(400, _)));
    assert_eq!(disk.writes(), 0);
    assert_eq!(AddCheckpoint::parse(good.as_bytes()).unwrap().write(), good);
}

#[test]
fn a_checkpoint_with_extension_lines_is_cosigned_as_it_stands() {
    let log = Log::new(0, 9);
    let mut cosigner = Disk::new().start();
    let extended = |old, new| {
        let mut request = log.request(old, new);
        request.note.text.push_str("an extension\n\u{2014} another\n");
        let line = NoteSignature::sign(&request.note.text, ORIGIN, &keys::secret("log"));
        request.note.signatures = vec![line];
        request
    };
    let request = extended(0, 5);
    assert_eq!(AddCheckpoint::parse(request.write().as_bytes()), Ok(request.clone()));
    let answer = ask(&mut cosigner, &request);
    assert!(is_cosigned(&request, &answer), "{answer:?}");
    // Three lines of it are kept, which the log did not sign in this form.
    let reply = cosigner.reply(extended(0, 9).write().as_bytes(), 1);
    assert_eq!((reply.answer, reply.last), (CosignAnswer::Size(5), None));
    // The lines are the log's own: without its signature they are not a checkpoint of it.
    let mut request = log.request(5, 9);
    request.note.text.push_str("more\n");
    assert!(matches!(ask(&mut cosigner, &request), CosignAnswer::Refused(403, _)));
    let request = extended(5, 9);
    let answer = ask(&mut cosigner, &request);
    assert!(is_cosigned(&request, &answer), "{answer:?}");
}

#[test]
fn the_statuses_are_those_of_the_specification() {
    let (log, fork) = (Log::new(0, 9), Log::new(1, 9));
    let mut cosigner = Disk::new().start();
    let status = |answer| match answer {
        CosignAnswer::Cosigned(_) => 200,
        CosignAnswer::Size(_) => 409,
        CosignAnswer::Refused(status, _) => status,
    };
    let signed = |size: u64, root| {
        let text = Checkpoint { origin: ORIGIN.to_owned(), size, root }.text();
        let signatures = vec![NoteSignature::sign(&text, ORIGIN, &keys::secret("log"))];
        let note = Note { text, signatures };
        let checkpoint = Checkpoint::parse(&note.text).expect("a checkpoint");
        AddCheckpoint { old: 0, proof: Vec::new(), note, checkpoint }
    };
    // The empty tree has one root.
    let other = annals_core::hash::Hash::of(&[b"another"]);
    assert_eq!(status(ask(&mut cosigner, &signed(0, other))), 422);
    assert_eq!(status(ask(&mut cosigner, &signed(0, annals_core::merkle::empty_root()))), 200);
    // From size 0 no proof is needed, and none is accepted.
    let request = AddCheckpoint { proof: vec![other], ..log.request(0, 4) };
    assert_eq!(status(ask(&mut cosigner, &request)), 422);
    assert_eq!(status(ask(&mut cosigner, &log.request(0, 4))), 200);
    assert_eq!(status(ask(&mut cosigner, &fork.request(4, 4))), 422);
    assert_eq!(status(ask(&mut cosigner, &fork.request(4, 9))), 422);
    assert_eq!(status(ask(&mut cosigner, &fork.request(3, 9))), 409);
    let request = AddCheckpoint { proof: vec![other], ..log.request(4, 4) };
    assert_eq!(status(ask(&mut cosigner, &request)), 422);
}

#[test]
fn a_write_that_had_no_effect_is_made_again_with_the_next_request() {
    let (disk, log, fork) = (Disk::new(), Log::new(0, 20), Log::new(1, 20));
    let mut cosigner = disk.start();
    assert!(is_cosigned(&log.request(0, 1), &ask(&mut cosigner, &log.request(0, 1))));
    disk.fate(Fate::Full);
    let answer = ask(&mut cosigner, &log.request(1, 10));
    assert!(matches!(&answer, CosignAnswer::Refused(500, _)), "{answer:?}");
    disk.fate(Fate::Good);
    let request = log.request(1, 10);
    assert!(is_cosigned(&request, &ask(&mut cosigner, &request)));
    assert_eq!(ask(&mut cosigner, &fork.request(1, 10)), CosignAnswer::Size(10));
    assert_eq!(disk.start().state().0[ORIGIN].size, 10);
}

#[test]
fn a_write_that_fails_cosigns_nothing_and_after_a_restart_no_fork() {
    for fate in [Fate::Kept, Fate::Lost] {
        let (disk, log, fork) = (Disk::new(), Log::new(0, 20), Log::new(1, 20));
        let mut cosigner = disk.start();
        assert!(is_cosigned(&log.request(0, 1), &ask(&mut cosigner, &log.request(0, 1))));
        disk.fate(fate);
        let answer = ask(&mut cosigner, &log.request(1, 10));
        assert!(matches!(&answer, CosignAnswer::Refused(500, _)), "{answer:?}");
        disk.fate(Fate::Good);
        // The state on the disk is unknown: even the other branch is refused, from the old size.
        let answer = ask(&mut cosigner, &fork.request(1, 10));
        assert!(matches!(&answer, CosignAnswer::Refused(500 | 422, _)), "{answer:?}");
        let answer = ask(&mut cosigner, &log.request(1, 10));
        assert!(matches!(&answer, CosignAnswer::Refused(500, _)), "{answer:?}");
        // Read again, it is one or the other, and the request can be repeated.
        let mut cosigner = disk.start();
        let size = cosigner.state().0[ORIGIN].size;
        assert_eq!(size, if fate == Fate::Kept { 10 } else { 1 });
        let request = log.request(size, 10);
        assert!(is_cosigned(&request, &ask(&mut cosigner, &request)));
        assert!(!is_cosigned(&fork.request(10, 20), &ask(&mut cosigner, &fork.request(10, 20))));
    }
}

#[test]
fn a_state_is_one_process_s_and_a_damaged_or_missing_one_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("state");
    let missing = StateFile::open(&path).unwrap_err();
    assert!(matches!(missing, StateError::Missing(_)), "{missing}");
    assert!(missing.to_string().contains("could cosign a fork; --first makes one"), "{missing}");
    let (file, state) = StateFile::begin(&path).unwrap();
    let held = StateFile::open(&path).unwrap_err();
    assert!(held.to_string().contains("is held by another writer: process "), "{held}");
    let log = Log::new(0, 5);
    let mut cosigner = Cosigner::new(witness_key(), vec![log_key()], Box::new(file), state);
    assert!(is_cosigned(&log.request(0, 5), &ask(&mut cosigner, &log.request(0, 5))));
    let remembered = cosigner.state().clone();
    drop(cosigner);
    let (file, state) = StateFile::open(&path).unwrap();
    assert_eq!(state, remembered);
    drop(file);
    let again = StateFile::begin(&path).unwrap_err();
    assert!(matches!(again, StateError::ThereAlready(_)), "{again}");
    let bytes = std::fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 7);
        assert_eq!(WitnessState::parse(&flipped), None, "byte {at}");
    }
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let damaged = StateFile::open(&path).unwrap_err();
    assert!(matches!(damaged, StateError::Damaged(_)), "{damaged}");
    let why = "an earlier copy of it could cosign a fork: begin anew with a new key (annals \
               witness new) and another file";
    assert!(damaged.to_string().ends_with(why), "{damaged}");
    let later = String::from_utf8(bytes).unwrap().replacen("witness v1", "witness v2", 1);
    std::fs::write(&path, later).unwrap();
    let later = StateFile::open(&path).unwrap_err();
    let why = "is of version 2, this program knows version 1: use a newer program";
    assert!(later.to_string().ends_with(why), "{later}");
}

/// A key file changed in transit by a mail program or an editor is reported as such.
#[test]
fn a_key_file_with_other_line_ends_is_no_other_witness() {
    let folder = tempfile::tempdir().unwrap();
    let keys = annals::keys::KeyFolder::make(folder.path().join("keys")).unwrap();
    let handle = annals::keys::KeyName::new("w").unwrap();
    let mut entropy = annals::entropy::Seeded::new("witness");
    let made = annals::witness::key::make(&keys, &handle, "w.example/w", &mut entropy).unwrap();
    let read = || annals::witness::key::read(&keys, &handle).map(|key| key.verifier);
    assert_eq!(read().unwrap(), made);
    let path = keys.path().join("w.witness");
    let text = std::fs::read_to_string(&path).unwrap();
    let of = "is not read: it";
    for (changed, told) in [
        (text.replace('\n', "\r\n"), format!("{of}s lines end with CR LF; a mail program")),
        (format!("\u{feff}{text}"), format!("{of} begins with a byte order mark; an editor")),
    ] {
        std::fs::write(&path, changed).unwrap();
        let why = read().unwrap_err().to_string();
        assert!(why.starts_with(&format!("{} {told}", path.display())), "{why}");
    }
}
