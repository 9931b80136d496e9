//! A log key's memory at a witness of one's own: a register on another machine, which compares each
//! new tree with the last one.
//!
//! ```text
//! last     a checkpoint of size 0 ─► 409 with the last checkpoint, as the log key signed it
//! advance  old size, consistency proof, new checkpoint ─► a cosignature, or 409: another was first
//! ```
//!
//! Always holds: the mark is advanced only once the witness's own cosignature of it verifies, so
//! an impostor cannot advance it. Nobody is kept out while this is held: of two that advance from
//! one mark the witness accepts one. Not here: the requests (`witness::ask`),
//! when a record may be signed (`writer`). Source: C2SP tlog-witness v1.0.0; FORMAT.md sections 13
//! and 18.

use crate::archive::web::agent;
use crate::disk::lock::LockWait;
use crate::keys::{HeldLogKeys, KeyFolder, Mark};
use crate::ledger::home_mark::MemoryWitness;
use crate::ledger::paths::Paths;
use crate::ledger::write::memory::{HeldMemory, Memory, MemoryError};
use crate::witness::ask::{RegisterAnswer, WitnessError, register};
use crate::witness::request::AddCheckpoint;
use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::merkle::empty_root;
use annals_core::text::Origin;
use annals_core::tlog::policy::Witness;
use annals_core::tlog::{Checkpoint, Note, NoteSignature};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest wait for the connection, for the head of an answer and for its body, each.
const PATIENCE: Duration = Duration::from_secs(5);

/// The memory at a witness. A clone is the same memory.
#[derive(Clone)]
pub struct WitnessMemory {
    witness: Arc<Witness>,
    agent: ureq::Agent,
    log_keys: Arc<Vec<SecretKey>>,
    known: Arc<Mutex<KnownMark>>,
}

/// What is known of the last mark.
#[derive(Clone, Debug, Default)]
enum KnownMark {
    /// The witness must be asked.
    #[default]
    Unknown,
    /// The last mark that the witness reported; `None` if it has none.
    Is(Option<Mark>),
}

impl WitnessMemory {
    /// The memory of a ledger's log keys at a witness.
    ///
    /// Errors: the folder of keys cannot be read.
    pub fn of(place: &MemoryWitness, paths: &Paths) -> Result<WitnessMemory, MemoryError> {
        let HeldLogKeys { keys, .. } = KeyFolder::open(&paths.keys)?.log_keys()?;
        let MemoryWitness { url, key } = place;
        let name = key.name.clone();
        let witness = Witness { name, key: key.clone(), url: Some(url.clone()) };
        Ok(WitnessMemory {
            witness: Arc::new(witness),
            agent: agent(PATIENCE, PATIENCE, PATIENCE),
            log_keys: Arc::new(keys),
            known: Arc::default(),
        })
    }

    fn known(&self) -> MutexGuard<'_, KnownMark> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of the witness, for messages.
    fn url(&self) -> &str {
        self.witness.url.as_deref().unwrap_or_default()
    }

    fn absent(&self, why: &str) -> MemoryError {
        MemoryError::Absent(format!("the witness at {} {why}", self.url()))
    }

    /// Asks the witness for the last mark.
    fn ask(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        let checkpoint = Checkpoint { origin: origin.to_string(), size: 0, root: empty_root() };
        let text = checkpoint.text();
        let sign = |key| NoteSignature::sign(&text, origin, key);
        let signatures = self.log_keys.iter().map(sign).collect();
        let note = Note { text: text.clone(), signatures };
        let request = AddCheckpoint { old: 0, proof: Vec::new(), note, checkpoint };
        match register(&self.agent, &self.witness, &request) {
            Ok(RegisterAnswer::Kept) => Ok(None),
            Ok(RegisterAnswer::Other(size, last)) => {
                let found = last.as_ref().and_then(|note| mark_of(note, origin));
                let found = found.filter(|mark| mark.size == size);
                found.map(Some).ok_or_else(|| {
                    self.absent(
                        "does not tell its last checkpoint: expected one that annals witness \
                         serve runs",
                    )
                })
            }
            Ok(RegisterAnswer::Contradicts(_)) => {
                Err(self.absent("refuses a checkpoint of size 0, which nothing contradicts"))
            }
            Err(error) => Err(self.absent(&why(error))),
        }
    }
}

/// The mark of a checkpoint, as a log key of the origin signed it.
fn mark_of(note: &Note, origin: &Origin) -> Option<Mark> {
    let checkpoint = Checkpoint::parse(&note.text).filter(|it| it.origin == **origin)?;
    let mut lines = note.signatures.iter().filter(|line| line.name == **origin);
    lines.find_map(|line| Mark::of(origin, &checkpoint, line))
}

fn why(error: WitnessError) -> String {
    match error {
        WitnessError::Silent(why) => format!("does not answer ({why})"),
        WitnessError::Strange(why) => {
            format!("does not answer as the witness of its key ({why})")
        }
        WitnessError::Refused(404, _) => {
            "does not watch this record: start it with --for and the log's verifier key".to_owned()
        }
        WitnessError::Refused(status, why) => format!("refuses ({status} {why})"),
        WitnessError::Unproven(why) | WitnessError::Contradicts(why) => why,
    }
}

impl Memory for WitnessMemory {
    /// The mark that the witness reported last; it is requested only if none is known.
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        if let KnownMark::Is(mark) = &*self.known() {
            return Ok(mark.clone());
        }
        let last = self.ask(origin)?;
        *self.known() = KnownMark::Is(last.clone());
        Ok(last)
    }

    fn hold(&self, _wait: LockWait) -> Result<Box<dyn HeldMemory>, MemoryError> {
        Ok(Box::new(self.clone()))
    }

    /// Always `false`: this guards against a lost file of marks, and a witness is no file.
    fn is_there(&self) -> Result<bool, MemoryError> {
        Ok(false)
    }
}

impl HeldMemory for WitnessMemory {
    fn last(&self, origin: &Origin) -> Result<Option<Mark>, MemoryError> {
        Memory::last(self, origin)
    }

    fn advance(
        &mut self,
        from: Option<&Mark>,
        to: &Mark,
        proof: &[Hash],
    ) -> Result<(), MemoryError> {
        let Mark { origin, size, root, .. } = to;
        let checkpoint = Checkpoint { origin: origin.to_string(), size: *size, root: *root };
        let note = Note { text: checkpoint.text(), signatures: vec![to.signature()] };
        let (old, proof) = (from.map_or(0, |mark| mark.size), proof.to_vec());
        let request = AddCheckpoint { old, proof, note, checkpoint };
        let answer = register(&self.agent, &self.witness, &request);
        let last = |note: Option<Note>| note.and_then(|note| mark_of(&note, origin));
        // The last mark is unknown now and is requested again, unless this answer has it.
        *self.known() = KnownMark::Unknown;
        match answer {
            Ok(RegisterAnswer::Kept) => {
                *self.known() = KnownMark::Is(Some(to.clone()));
                Ok(())
            }
            Ok(RegisterAnswer::Other(size, note)) => {
                if let Some(mark) = last(note) {
                    *self.known() = KnownMark::Is(Some(mark));
                }
                Err(MemoryError::Outrun(size))
            }
            Ok(RegisterAnswer::Contradicts(_)) => Err(MemoryError::Contradicts(format!(
                "the witness at {}, the log key's memory, has {old} events of another record than \
                 the one here: this is an older or another copy, and nothing more is signed; the \
                 copies of annals serve show which events it lacks",
                self.url()
            ))),
            Err(error) => {
                Err(MemoryError::Unknown(format!("the witness at {} {}", self.url(), why(error))))
            }
        }
    }

    fn compares_trees(&self) -> bool {
        true
    }
}
