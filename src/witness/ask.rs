//! Requesting a cosignature of a checkpoint from a witness.
//!
//! Always holds: every wait and every answer is bounded; only a line of the witness's own key that
//! verifies is accepted; only a signed checkpoint contradicts the record, because an answer may
//! travel over plain HTTP and can be forged in transit. Not here: which witnesses, storing the
//! line, comparing a signed checkpoint (`ledger::exchange::witnesses`). Source: C2SP tlog-witness
//! v1.0.0; FORMAT.md section 13.

use crate::archive::web::{agent, cause};
use crate::witness::request::{AddCheckpoint, LAST_CHECKPOINT};
use annals_core::hash::Hash;
use annals_core::tlog::cosignature::{Cosigned, cosigned_by, time_of};
use annals_core::tlog::policy::Witness;
use annals_core::tlog::{Checkpoint, MAX_NOTE, Note, NoteSignature, decimal, from_base64};
use std::io::Read;
use std::time::Duration;

/// The maximum size of an answer, in bytes: lines of other kinds have some kilobytes each.
const MAX_ANSWER: u64 = 64 << 10;
/// How often a request is repeated from the size that the witness names: other processes may send
/// requests meanwhile.
const TURNS: usize = 4;

/// Why a witness did not cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WitnessError {
    /// No answer, or one that is too slow.
    Silent(String),
    /// An answer of something else than a witness, or of one with another key.
    Strange(String),
    /// The witness refuses: it does not know the log, or its key.
    Refused(u16, String),
    /// The witness claims a cosignature that this record does not extend, without a signed proof.
    Unproven(String),
    /// A signed checkpoint in its answer contradicts this record.
    Contradicts(String),
}

/// A signed checkpoint that came with an answer.
pub struct ShownCheckpoint<'a> {
    /// The checkpoint with its signature lines.
    pub note: &'a Note,
    /// Its content.
    pub checkpoint: &'a Checkpoint,
    /// Whether the witness's own key cosigned it.
    pub by_witness: bool,
}

/// A request for a cosignature of a checkpoint.
pub struct Question<'a> {
    /// The checkpoint with the log's signatures.
    pub note: &'a Note,
    /// Its content.
    pub checkpoint: &'a Checkpoint,
    /// The consistency proof from a smaller size to the checkpoint's.
    pub prove: &'a (dyn Fn(u64) -> Result<Vec<Hash>, String> + Sync),
    /// Why a signed checkpoint of an answer contradicts the record; `None` if it does not.
    pub contradicts: &'a (dyn Fn(&ShownCheckpoint<'_>) -> Option<String> + Sync),
    /// The timeout of the connection, of the answer's head, and of its body, each.
    pub patience: Duration,
}

/// A witness as a register: what it says of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterAnswer {
    /// It has the checkpoint now: its cosignature verifies.
    Kept,
    /// It has another one than the request continues; as the log signed it, if the answer has it.
    Other(u64, Option<Note>),
    /// The proof does not show that the checkpoint extends what it has.
    Contradicts(Option<Note>),
}

/// Sends one request to a witness, and asks nothing else.
///
/// Errors: [`WitnessError::Silent`] or [`WitnessError::Strange`] where it is not known what the
/// witness has.
pub fn register(
    agent: &ureq::Agent,
    witness: &Witness,
    request: &AddCheckpoint,
) -> Result<RegisterAnswer, WitnessError> {
    let url = witness.url.as_deref().unwrap_or_default().trim_end_matches('/');
    let answer = post(agent, &format!("{url}/add-checkpoint"), &request.write())?;
    let last = answer.last.as_deref().and_then(Note::parse);
    match answer.status {
        200 => cosignature(&answer.body, witness, &request.note).map(|_| RegisterAnswer::Kept),
        409 => match answer.body.strip_suffix('\n').and_then(decimal) {
            Some(size) => Ok(RegisterAnswer::Other(size, last)),
            None => Err(strange("409 without the size that it has")),
        },
        422 => Ok(RegisterAnswer::Contradicts(last)),
        status @ 500.. => {
            Err(WitnessError::Silent(format!("{status} {}", first_line(&answer.body))))
        }
        status => Err(WitnessError::Refused(status, first_line(&answer.body))),
    }
}

/// Sends the request; returns the line that verifies, and its time in seconds since 1970.
pub fn ask(
    witness: &Witness,
    question: &Question<'_>,
) -> Result<(NoteSignature, u64), WitnessError> {
    let Some(url) = &witness.url else {
        return Err(WitnessError::Silent("the policy names no address of it".to_owned()));
    };
    let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let agent = agent(question.patience, question.patience, question.patience);
    let (mut old, size) = (0, question.checkpoint.size);
    for _ in 0..TURNS {
        let proof = (question.prove)(old).map_err(WitnessError::Silent)?;
        let (note, checkpoint) = (question.note.clone(), question.checkpoint.clone());
        let request = AddCheckpoint { old, proof, note, checkpoint }.write();
        let answer = post(&agent, &url, &request)?;
        if let Some(why) = answer.contradiction(witness, question) {
            return Err(WitnessError::Contradicts(why));
        }
        match answer.status {
            200 => return cosignature(&answer.body, witness, question.note),
            409 => {
                let stated = answer.body.strip_suffix('\n').and_then(decimal);
                let Some(stated) = stated else {
                    return Err(strange("409 without the size that it has"));
                };
                if stated > size {
                    let why = format!("it cosigned size {stated}; this record has {size} events");
                    return Err(WitnessError::Unproven(why));
                }
                if stated == size && old == size {
                    let why = format!("it cosigned another record of size {size}");
                    return Err(WitnessError::Unproven(why));
                }
                old = stated;
            }
            422 => {
                let why = format!("this record does not extend what it cosigned at size {old}");
                return Err(WitnessError::Unproven(why));
            }
            status => return Err(WitnessError::Refused(status, first_line(&answer.body))),
        }
    }
    Err(strange("another size each time that it was asked"))
}

fn strange(found: &str) -> WitnessError {
    WitnessError::Strange(format!("expected a cosignature or a size, found {found}"))
}

/// The answer of a witness, or of a server in its place.
struct HttpAnswer {
    status: u16,
    body: String,
    /// The last checkpoint that it cosigned, if the answer has it.
    last: Option<Vec<u8>>,
}

impl HttpAnswer {
    /// Why a signed checkpoint in the answer contradicts the record, if it does.
    fn contradiction(&self, witness: &Witness, question: &Question<'_>) -> Option<String> {
        let notes = [self.last.as_deref(), Some(self.body.as_bytes())];
        notes.into_iter().flatten().find_map(|bytes| {
            let note = Note::parse(bytes)?;
            let checkpoint = Checkpoint::parse_extended(&note.text)?;
            if checkpoint.origin != question.checkpoint.origin {
                return None;
            }
            let by_witness = matches!(cosigned_by(&note, &witness.key), Cosigned::At(_));
            (question.contradicts)(&ShownCheckpoint {
                note: &note,
                checkpoint: &checkpoint,
                by_witness,
            })
        })
    }
}

fn post(agent: &ureq::Agent, url: &str, request: &str) -> Result<HttpAnswer, WitnessError> {
    let failed = |error: ureq::Error| WitnessError::Silent(cause(error).to_string());
    let answer = agent.post(url).content_type("text/plain; charset=utf-8").send(request);
    let answer = answer.map_err(failed)?;
    let status = answer.status().as_u16();
    let last = answer.headers().get(LAST_CHECKPOINT).and_then(|value| value.to_str().ok());
    let last = last.and_then(from_base64).filter(|bytes| bytes.len() <= MAX_NOTE);
    let mut body = Vec::new();
    let read = answer.into_body().into_reader().take(MAX_ANSWER).read_to_end(&mut body);
    read.map_err(|error| WitnessError::Silent(error.to_string()))?;
    Ok(HttpAnswer { status, body: String::from_utf8_lossy(&body).into_owned(), last })
}

/// The latest line of the witness's key that verifies; lines of other keys are ignored.
fn cosignature(
    body: &str,
    witness: &Witness,
    note: &Note,
) -> Result<(NoteSignature, u64), WitnessError> {
    let key = &witness.key;
    let lines = body.lines().filter_map(|line| {
        let (name, blob) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let line = NoteSignature::parse(name, blob)?;
        let mine = line.name == key.name && line.id == key.id();
        let time = time_of(&line, &note.text, key).filter(|_| mine)?;
        Some((line, time))
    });
    lines.max_by_key(|(_, time)| *time).ok_or_else(|| strange("no line of its key that verifies"))
}

fn first_line(body: &str) -> String {
    let line = body.lines().next().unwrap_or_default();
    line.chars().filter(|c| !annals_core::text::is_invisible(*c)).take(200).collect()
}
