//! The cosigner: checks one checkpoint after the other, stores it, and cosigns it.
//!
//! Always holds: a checkpoint is on the disk before it is cosigned; only an extension of the stored
//! one is cosigned, whatever the requests and whenever the program stops. Not here: sockets
//! (`serve`).
//! Source: C2SP tlog-witness v1.0.0; FORMAT.md section 13, "Answering".

use crate::disk::lock::Lock;
use crate::disk::{self, DiskError, FileMode};
use crate::witness::key::WitnessKey;
use crate::witness::request::AddCheckpoint;
use crate::witness::state::{MAX_STATE, SeenTree, WitnessState};
use annals_core::merkle::{Consistency, empty_root};
use annals_core::tlog::cosignature::cosign;
use annals_core::tlog::{Checkpoint, Note, NoteSignature, Signed, VerifierKey};
use annals_core::version_line::later;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The answer of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CosignAnswer {
    /// 200: the cosignature.
    Cosigned(NoteSignature),
    /// 409: the size that the witness has.
    Size(u64),
    /// Another status, and the reason.
    Refused(u16, String),
}

/// An answer, and the checkpoint that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The requested checkpoint; `None` if the request is malformed.
    pub about: Option<Checkpoint>,
    /// The answer.
    pub answer: CosignAnswer,
    /// With 409 and 422, the last checkpoint that was cosigned, as the log signed it.
    pub last: Option<Note>,
}

/// The storage of the state: a trait, so that tests can make the write fail, kept or lost.
pub trait Shelf: Send {
    /// Replaces the stored bytes by these, durably and atomically.
    fn keep(&mut self, bytes: &[u8]) -> Result<(), DiskError>;
}

/// A state in a file, held by one process.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    _lock: Lock,
}

/// Why a state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// There is no state.
    #[error(
        "no state at {}: a witness that forgot what it cosigned could cosign a fork; --first makes \
         one for a witness that never cosigned", .0.display()
    )]
    Missing(PathBuf),
    /// There is a state already.
    #[error(
        "{} is there already; leave out --first if it is the state of this witness", .0.display()
    )]
    ThereAlready(PathBuf),
    /// The state is damaged.
    #[error(
        "the state at {} is damaged: it is not in form, or its sum does not hold; an earlier copy \
         of it could cosign a fork: begin anew with a new key (annals witness new) and another \
         file", .0.display()
    )]
    Damaged(PathBuf),
    /// It is of a later version.
    #[error("the state at {} is of version {version}, this program knows version 1: use a newer \
             program", .path.display())]
    Later {
        /// The file.
        path: PathBuf,
        /// The version in its first line.
        version: u64,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl StateFile {
    /// Opens the state of a witness that has cosigned before. Other processes cannot open it until
    /// this one ends.
    pub fn open(path: &Path) -> Result<(StateFile, WitnessState), StateError> {
        let file = StateFile::lock(path)?;
        match disk::read(path, MAX_STATE) {
            Ok(bytes) => match WitnessState::parse(&bytes) {
                Some(state) => Ok((file, state)),
                None => Err(match later(&bytes, "witness") {
                    Some(version) => StateError::Later { path: path.to_owned(), version },
                    None => StateError::Damaged(path.to_owned()),
                }),
            },
            Err(error) if error.is_missing() => Err(StateError::Missing(path.to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// Creates the state of a new witness; an existing one is an error.
    pub fn begin(path: &Path) -> Result<(StateFile, WitnessState), StateError> {
        let mut file = StateFile::lock(path)?;
        match disk::read(path, MAX_STATE) {
            Ok(_) => Err(StateError::ThereAlready(path.to_owned())),
            Err(error) if error.is_missing() => {
                file.keep(WitnessState::default().write().as_bytes())?;
                Ok((file, WitnessState::default()))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn lock(path: &Path) -> Result<StateFile, StateError> {
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        let lock = Lock::take(Path::new(&lock), Duration::ZERO)?;
        Ok(StateFile { path: path.to_owned(), _lock: lock })
    }
}

impl Shelf for StateFile {
    fn keep(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        disk::replace(&self.path, bytes, FileMode::Shared)
    }
}

/// A witness at work.
pub struct Cosigner {
    key: WitnessKey,
    logs: Vec<VerifierKey>,
    state: WitnessState,
    shelf: Box<dyn Shelf>,
    /// Why it cosigns no more: the state on the disk is unknown.
    stopped: Option<String>,
}

impl Cosigner {
    /// A witness with its key, the keys of the logs that it watches, and its state.
    pub fn new(
        key: WitnessKey,
        logs: Vec<VerifierKey>,
        shelf: Box<dyn Shelf>,
        state: WitnessState,
    ) -> Cosigner {
        Cosigner { key, logs, state, shelf, stopped: None }
    }

    /// Its state.
    pub fn state(&self) -> &WitnessState {
        &self.state
    }

    /// Answers a request body at `time` seconds since 1970.
    pub fn answer(&mut self, body: &[u8], time: u64) -> CosignAnswer {
        self.reply(body, time).answer
    }

    /// Answers a request body at `time` seconds since 1970, with the evidence of a refusal.
    pub fn reply(&mut self, body: &[u8], time: u64) -> Reply {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(why) => {
                let answer = CosignAnswer::Refused(400, why.to_owned());
                return Reply { about: None, answer, last: None };
            }
        };
        let answer = self.signed(&request, time);
        let last = match answer {
            CosignAnswer::Size(_) | CosignAnswer::Refused(422, _) => {
                self.last(&request.checkpoint.origin)
            }
            _ => None,
        };
        Reply { about: Some(request.checkpoint), answer, last }
    }

    fn signed(&mut self, request: &AddCheckpoint, time: u64) -> CosignAnswer {
        let origin = &request.checkpoint.origin;
        let of_log: Vec<_> = self.logs.iter().filter(|log| log.name == *origin).collect();
        if of_log.is_empty() {
            return CosignAnswer::Refused(404, "no log of this origin is watched here".to_owned());
        }
        let Some(signature) = signature_of(&of_log, &request.note) else {
            let why = "not signed by the known key of this origin".to_owned();
            return CosignAnswer::Refused(403, why);
        };
        self.judge(request, signature, time)
    }

    /// The last checkpoint of an origin that was cosigned, with the signature of the log. A
    /// checkpoint with extension lines is not stored whole, so it is not returned.
    fn last(&self, origin: &str) -> Option<Note> {
        let SeenTree { size, root, blob } = self.state.0.get(origin)?;
        let text = Checkpoint { origin: origin.to_owned(), size: *size, root: *root }.text();
        let note = Note { text, signatures: vec![NoteSignature::parse(origin, blob)?] };
        let of_log: Vec<_> = self.logs.iter().filter(|log| log.name == *origin).collect();
        signature_of(&of_log, &note).is_some().then_some(note)
    }

    fn judge(
        &mut self,
        request: &AddCheckpoint,
        signature: NoteSignature,
        time: u64,
    ) -> CosignAnswer {
        let (size, root) = (request.checkpoint.size, request.checkpoint.root);
        let tree = self.state.0.get(&request.checkpoint.origin);
        let (last, last_root) = tree.map_or((0, empty_root()), |tree| (tree.size, tree.root));
        if request.old != last {
            return CosignAnswer::Size(last);
        }
        if size == last && root != last_root {
            let why = format!("the checkpoint of size {size} that was cosigned has another root");
            return CosignAnswer::Refused(422, why);
        }
        let proof = Consistency { old: last, new: size, path: request.proof.clone() };
        if !proof.holds(&last_root, &root) {
            let why = format!("the proof does not show that size {size} extends size {last}");
            return CosignAnswer::Refused(422, why);
        }
        if let Some(why) = &self.stopped {
            return CosignAnswer::Refused(500, why.clone());
        }
        if size > last || tree.is_none() {
            let tree = SeenTree { size, root, blob: signature.blob() };
            if let Err(error) = self.keep(&request.checkpoint.origin, tree) {
                return CosignAnswer::Refused(500, format!("the state could not be kept: {error}"));
            }
        }
        let name = &self.key.verifier.name;
        CosignAnswer::Cosigned(cosign(&request.note.text, name, &self.key.secret, time))
    }

    /// Writes the new state to the disk, and only then uses it.
    fn keep(&mut self, origin: &str, tree: SeenTree) -> Result<(), DiskError> {
        let mut state = self.state.clone();
        state.0.insert(origin.to_owned(), tree);
        match self.shelf.keep(state.write().as_bytes()) {
            Ok(()) => {
                self.state = state;
                Ok(())
            }
            Err(error) if is_untouched(&error) => Err(error),
            Err(error) => {
                // It is unknown whether the new state is on the disk; only reading it again shows
                // that.
                let why = format!("it is not known what is on the disk ({error}); start it again");
                self.stopped = Some(why);
                Err(error)
            }
        }
    }
}

/// Whether the old state is unchanged on the disk after an error: then the next request may try
/// again.
fn is_untouched(error: &DiskError) -> bool {
    matches!(error, DiskError::Io { .. })
}

/// The first line of a known key of the log; `None` if there is none, or one does not verify.
fn signature_of(logs: &[&VerifierKey], note: &Note) -> Option<NoteSignature> {
    let mut found = None;
    for log in logs {
        match note.signed_by(&log.name, log.accepted(), &log.public) {
            Signed::Refused => return None,
            Signed::Absent => {}
            Signed::Yes => {
                let mine = |line: &&NoteSignature| line.name == log.name && line.id == log.id();
                found = found.or_else(|| note.signatures.iter().find(mine).cloned());
            }
        }
    }
    found
}
