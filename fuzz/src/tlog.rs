//! Properties of notes, checkpoints, cosignatures, policies, and requests to witnesses.

use annals::witness::request::AddCheckpoint;
use annals::witness::state::WitnessState;
use annals_core::key::SecretKey;
use annals_core::tlog::cosignature::{Cosigned, MAX_TIME, cosign, cosigned_by};
use annals_core::tlog::policy::Policy;
use annals_core::tlog::proof::TlogProof;
use annals_core::tlog::{Checkpoint, KeyKind, Note, VerifierKey};

/// A note has one notation.
pub fn note(bytes: &[u8]) {
    if let Some(note) = Note::parse(bytes) {
        super::written_again(note.write().as_bytes(), bytes);
    }
}

/// A checkpoint has one notation; one with extension lines begins with it.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let strict = Checkpoint::parse(text);
    if let Some(checkpoint) = &strict {
        super::written_again(checkpoint.text().as_bytes(), bytes);
    }
    match Checkpoint::parse_extended(text) {
        Some(checkpoint) => {
            assert!(text.starts_with(&checkpoint.text()));
            assert_eq!(Checkpoint::parse(&checkpoint.text()).as_ref(), Some(&checkpoint));
        }
        None => assert_eq!(strict, None),
    }
}

/// A verifier key has one notation; a cosignature added to a note is found in it, and does not
/// change the note's other signatures.
pub fn cosignature(bytes: &[u8]) {
    let [key, note] = super::files(bytes);
    let Some(note) = Note::parse(note) else { return };
    let known = std::str::from_utf8(key).ok().and_then(|text| {
        let key = VerifierKey::parse(text).ok()?;
        super::written_again(key.to_string().as_bytes(), text.as_bytes());
        Some(key)
    });
    let before = known.as_ref().map(|key| cosigned_by(&note, key));
    if let Some(Cosigned::At(time)) = before {
        assert!(time <= MAX_TIME);
    }
    let secret = SecretKey::from_seed([0x5A; 32]);
    let mine = VerifierKey::new("fuzz.example", KeyKind::Cosignature, secret.public());
    let mine = mine.expect("an acceptable key");
    if cosigned_by(&note, &mine) != Cosigned::Absent {
        return;
    }
    let mut more = note.clone();
    more.signatures.push(cosign(&note.text, &mine.name, &secret, 7));
    assert_eq!(cosigned_by(&more, &mine), Cosigned::At(7));
    assert_eq!(known.map(|key| cosigned_by(&more, &key)), before);
}

/// A policy reads the same with a comment after it, and can be applied to any note; a refusal names
/// an existing line.
pub fn policy(bytes: &[u8]) {
    let [policy, note] = super::files(bytes);
    match Policy::parse(policy) {
        Ok(read) => {
            let more = [policy.strip_suffix(b"\n").unwrap_or(policy), b"\n# more\n"].concat();
            assert_eq!(Policy::parse(&more).as_ref(), Ok(&read));
            assert!(!read.needs_no_cosignature() || read.is_quorum(|_| false));
            assert!(read.is_quorum(|_| true), "all witnesses are no quorum");
            if let Some(note) = Note::parse(note) {
                read.check(&note);
            }
        }
        Err(error) => {
            let lines = policy.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(&error.line), "{error}");
        }
    }
}

/// The proof of other tools has one notation.
pub fn tlog_proof(bytes: &[u8]) {
    if let Some(proof) = TlogProof::parse(bytes) {
        super::written_again(proof.write().as_bytes(), bytes);
    }
}

/// A request to a witness has one notation.
pub fn add_checkpoint(bytes: &[u8]) {
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        super::written_again(request.write().as_bytes(), bytes);
    }
}

/// The state of a witness has one notation.
pub fn witness_state(bytes: &[u8]) {
    if let Some(state) = WitnessState::parse(bytes) {
        super::written_again(state.write().as_bytes(), bytes);
    }
}
