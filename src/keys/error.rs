//! The errors of key files, requests, recovery texts and marks.
//!
//! Always holds: each message says what was expected, what was found, where, and what to do next;
//! none contains a secret. Not here: who may sign (`legal`). Source: `keys`.

use crate::disk::{self, DiskError, Strange};
use crate::entropy::EntropyError;
use annals_core::key::PublicKey;
use annals_core::text::in_quotes;
use std::io;
use std::path::{Path, PathBuf};

/// Why a key file, a request, a recovery text or a mark is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// There is no folder of keys.
    #[error(
        "expected a folder of keys at {path}, found {found}; --keys DIR names another{}",
        if *found == "none" { ", `annals key new NAME` makes one" } else { "" }
    )]
    NoFolder {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// There is no key file.
    #[error(
        "expected a key file at {path}, found none; `annals key new NAME` makes one, `annals key \
         list` shows those that are there"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// There is no request.
    #[error(
        "expected a request at {path}, found no file; the key's holder makes one with `annals key \
         new NAME --for ORIGIN` and sends it"
    )]
    NoRequest {
        /// The file.
        path: PathBuf,
    },
    /// There is a file of that name already.
    #[error(
        "expected no file at {path}, found one; it is never overwritten: choose another name, \
         or move it away{}",
        if_half_made(path)
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Users other than the owner may access the file.
    #[error(
        "expected {path} to be open to its owner alone (mode 0600), found mode {mode:04o}: who \
         can read it can take the key. Run: chmod 600 {path}; if somebody else may have read it, \
         {}",
        if_taken(path)
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file is not a key file of the expected kind.
    #[error("expected {expected} in {path}, found {found}")]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// The file is a damaged key file.
    #[error("expected a whole key in {path}, found damage: {what}; put back a copy")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The damage.
        what: String,
    },
    /// The key is of another algorithm.
    #[error("expected an Ed25519 key in {path}, found {found}; annals signs with Ed25519 only")]
    Algorithm {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// The encryption scheme is not supported.
    #[error(
        "expected {path} to be encrypted by PBES2 with scrypt, or PBKDF2 by HMAC-SHA-2, and \
         AES, found {found}; convert it: openssl pkcs8 -topk8 -scrypt -in {path} -out NEW (with \
         -provider legacy -provider default where OpenSSL calls it unsupported)"
    )]
    Encryption {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// The file is encrypted, and there is no passphrase.
    #[error(
        "expected a passphrase for {path}, which is encrypted, found none; give it at the \
         prompt or in the file that ANNALS_PASSPHRASE_FILE names"
    )]
    NeedsPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// None of the given passphrases opens the file.
    #[error(
        "expected the passphrase of {path}, found another ({tries} tried); if you are sure of \
         it, the file is damaged: put back a copy"
    )]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
        /// The number of attempts.
        tries: usize,
    },
    /// The file that a variable names has another passphrase.
    #[error("{why}")]
    WrongPassphraseFile {
        /// The variable and the file, and what was found in it.
        why: String,
    },
    /// The passphrase could not be requested.
    #[error("expected a passphrase, found no way to ask for it")]
    Asking {
        /// The cause.
        source: io::Error,
    },
    /// The passphrase for a new key is empty.
    #[error(
        "expected a passphrase of at least one character, found an empty one; \
         `--no-passphrase` leaves a key unencrypted on purpose"
    )]
    EmptyPassphrase,
    /// The secret key does not belong to the public key beside it.
    #[error(
        "expected the secret key of {public} in {path}, found another's; one of them is \
         damaged or was replaced: put back a copy"
    )]
    NotOfItsPublic {
        /// The file.
        path: PathBuf,
        /// The public file.
        public: PathBuf,
    },
    /// The public key is not acceptable for signatures.
    #[error("expected an acceptable Ed25519 key in {path}, found {key} (rule 301)")]
    Unacceptable {
        /// The file.
        path: PathBuf,
        /// The key.
        key: PublicKey,
    },
    /// The text is not a name for a key.
    #[error(
        "expected a name of 1 to 64 of a-z 0-9 . _ - that begins with a letter or a digit, \
         found {}", in_quotes(.found))]
    Handle {
        /// What was found.
        found: String,
    },
    /// The name is reserved by the program.
    #[error(
        "expected a name for an editor's key, found {}, which is kept for the key of \
         the record itself; choose another", in_quotes(.found))]
    Reserved {
        /// What was found.
        found: String,
    },
    /// An OpenSSH key that may be used elsewhere.
    #[error(
        "expected a key that is used for nothing else, found an OpenSSH key in {path}: an \
         agent that holds it signs our 47 bytes for any machine it is forwarded to, and \
         nothing shows; make a key of its own with `annals key new NAME`, or say that this one \
         serves nothing else"
    )]
    UsedElsewhere {
        /// The file.
        path: PathBuf,
    },
    /// A line of a request is malformed.
    #[error(
        "expected {expected} in line {line} of {path}, found {found}; ask for the file again, \
         unchanged"
    )]
    RequestLine {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// The file is a key, and no request.
    #[error("expected a request in {path}, found {found}; {advice}")]
    KeyForRequest {
        /// The file.
        path: PathBuf,
        /// Which key it is.
        found: &'static str,
        /// What to give instead.
        advice: String,
    },
    /// The proof of possession does not hold.
    #[error(
        "expected {path} to be signed by its own key {key}, found a signature that is not \
         over this origin, name and key; it was changed or made up: ask for it again"
    )]
    RequestProof {
        /// The file.
        path: PathBuf,
        /// The key.
        key: PublicKey,
    },
    /// The request is for another record.
    #[error(
        "expected a request for {expected}, found one for {found}; a request is made with its key, \
         so let its holder make another key, by another name: annals key new NAME --for \
         {expected}; the key of this request stays unused"
    )]
    RequestOrigin {
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The text of a recovery key is malformed.
    #[error("expected {expected}, found {found}; type the text as it stands on the paper")]
    RecoveryForm {
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// Lines of a recovery key do not match their check.
    #[error(
        "expected every line of the recovery key to match its last group, found a slip in \
         {lines}; compare with the paper"
    )]
    RecoveryLines {
        /// The lines.
        lines: String,
    },
    /// A mark is malformed.
    #[error(
        "expected a mark `<origin> <size> <root> <signature>` as the last line of {path}, \
         found {found} (rule 911)"
    )]
    MarkForm {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// The log key has signed a larger record, or another one.
    #[error(
        "expected a record that goes on from size {marked}, which the log key signed last \
         ({path}), found {found}; it signs no second story: compare the copies of the record \
         (rule 707)"
    )]
    Marked {
        /// The file.
        path: PathBuf,
        /// The size in the mark.
        marked: u64,
        /// What was found.
        found: String,
    },
    /// An operation of the file system failed.
    #[error("could not {doing} {path}")]
    Io {
        /// The operation.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another error of a file.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl KeysError {
    /// Makes the error of a failed operation; a closure for `map_err`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeysError {
        let path = path.to_owned();
        let strange = |source: &io::Error| {
            let strange = source.get_ref().and_then(|inner| inner.downcast_ref::<Strange>());
            strange.copied()
        };
        move |source| match source.kind() {
            _ if let Some(Strange { expected, found }) = strange(&source) => {
                KeysError::NotAKey { path, expected, found: found.to_owned() }
            }
            io::ErrorKind::AlreadyExists => KeysError::Exists { path },
            io::ErrorKind::NotFound if doing == "read" => KeysError::Missing { path },
            _ => KeysError::Io { doing, path, source },
        }
    }

    pub(super) fn damaged(path: &Path, what: impl ToString) -> KeysError {
        KeysError::Damaged { path: path.to_owned(), what: what.to_string() }
    }
}

/// What to do with the key of a person that lacks its public key: it was left half made.
fn if_half_made(path: &Path) -> String {
    let is_key = path.extension().is_some_and(|extension| extension == "key");
    let has_public = disk::is_there(&path.with_extension("pub")).unwrap_or(true);
    match is_key && !has_public {
        true => format!(
            "; its public key is not there: if it was left half made, `annals key import OTHER \
             {} --name NAME` makes all that belongs to it",
            path.display()
        ),
        false => String::new(),
    }
}

/// What to do with a key that somebody else may have read: the log key is replaced, the key of a
/// person revoked.
fn if_taken(path: &Path) -> &'static str {
    match path.file_name().and_then(|name| name.to_str()).unwrap_or_default() {
        "log.key" => "replace it: annals ledger rekey --reason compromised",
        name if name.starts_with("log-") => {
            "close it all the same: it signs nothing after it was replaced"
        }
        _ => "have the key revoked and make a new one",
    }
}

/// Text from a stranger, truncated, with invisible characters made visible. After the label of a
/// secret key nothing of it is shown.
pub(super) fn shown(text: &str) -> String {
    let secret = ["PRIVATE KEY-----", "PRIVATE+KEY+"].into_iter().find_map(|label| {
        let at = text.find(label)?;
        Some(at + label.len()).filter(|end| *end < text.len())
    });
    if let Some(label) = secret.and_then(|end| text.get(..end)) {
        return format!("{} and what may be a secret key", in_quotes(label));
    }
    let cut = text.char_indices().nth(80).and_then(|(at, _)| text.get(..at));
    cut.map_or_else(|| in_quotes(text), |begin| format!("{}…", in_quotes(begin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_key_that_was_open_to_others_is_replaced_and_not_revoked() {
        let exposed =
            |path: &str| KeysError::Exposed { path: path.into(), mode: 0o644 }.to_string();
        assert!(exposed("keys/log.key").ends_with("--reason compromised"));
        let of_person = exposed("keys/ada.key");
        assert!(of_person.ends_with("read it, have the key revoked and make a new one"));
    }
}
