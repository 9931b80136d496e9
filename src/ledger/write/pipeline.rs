//! A run of plain drafts: settled and judged on one thread while another one signs.
//!
//! ```text
//! settle ─► bundle of 32 ─► sign, each after the one before ─► bundle of 32 ─► judge
//! (this thread)             (the other thread)                                (this thread)
//! ```
//!
//! Always holds: events, refusals and failures are those of one draft after the other, byte for
//! byte: a draft is plain if settling it asks nothing that another plain one could change, and
//! times and salts are taken in the order of the drafts.
//! Not here: what becomes of refusals (`append`), signing itself (`sign`).

use crate::entropy::draw;
use crate::ledger::error::LedgerError;
use crate::ledger::write::batch::{DraftBatch, SignedDraft, settle, slot, take};
use crate::ledger::write::draft::{HopDraft, Name};
use crate::ledger::write::loaded::LoadedDraft;
use crate::ledger::write::outcome::{DraftResult, Outcome, Output, names};
use crate::ledger::write::resolve::{Agents, Resolved};
use crate::ledger::write::sign::{Slot, seal_body};
use crate::ledger::write::writer::Writer;
use annals_core::event::body;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::key::{KeyCache, SigningKey, ThreadKeys};
use annals_core::time::Time;
use annals_core::verify::examine::{examine, examine_whole};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// How many plain drafts are worth another thread.
pub const WORTH: usize = 32;
/// How many drafts change threads at once.
const BUNDLE: usize = 32;
/// How many bundles may wait to be signed.
const WAITING: usize = 8;

/// Whether so many plain drafts come first.
pub fn is_worth(drafts: &[LoadedDraft], worth: usize, agents: &Agents) -> bool {
    let first = drafts.get(..worth);
    first.is_some_and(|first| first.iter().all(|loaded| is_plain(loaded, agents)))
}

/// Whether settling a draft asks nothing that an assertion or a confirmation before it could
/// change: no `ref`, no present revision of a fact, no agent at its first use without a type.
fn is_plain(loaded: &LoadedDraft, agents: &Agents) -> bool {
    let draft = &loaded.draft;
    let kind = match draft.kind.unwrap_or(Type::FactAsserted) {
        Type::FactAsserted => true,
        Type::FactConfirmed => draft.on.is_some(),
        _ => false,
    };
    let known = |hop: &HopDraft| {
        hop.agent_type.is_some() || hop.agent.as_ref().is_none_or(|name| agents.contains_key(name))
    };
    kind && loaded.unread.is_empty()
        && names(draft).all(|name| matches!(name, Name::Position(_)))
        && draft.attribution.iter().flatten().all(known)
}

/// A settled draft on its way to be signed.
struct Job {
    settled: Resolved,
    body: Vec<u8>,
    now: Time,
    /// Which outcome is its own.
    outcome: usize,
}

/// A signed draft, and which outcome is its own.
type Done = (SignedDraft, usize);

/// Settles, signs and judges the plain drafts that come first; one outcome for each.
pub fn run(
    writer: &mut Writer,
    drafts: &[LoadedDraft],
    around: &mut DraftBatch<'_, '_, '_>,
    out: &mut Output,
) -> Result<Vec<Outcome>, LedgerError> {
    let (first, key) = (slot(writer, around.signer.clock.peek()), around.signer.key);
    thread::scope(|scope| {
        let (to_sign, jobs) = channel();
        let (done, signed) = channel();
        scope.spawn(move || sign(first, key, &jobs, &done));
        let mut flow = Flow { to_sign, signed, bundle: Vec::new(), waiting: 0 };
        let (mut outcomes, mut position) = (Vec::new(), first.position);
        for loaded in drafts {
            if !is_plain(loaded, &out.agents) {
                break;
            }
            let fate = match settle(writer, loaded, around, out) {
                Err(why) => DraftResult::Refused(why),
                Ok(settled) => {
                    let now = around.signer.clock.now();
                    let salt = match draw(around.signer.entropy) {
                        Ok(salt) => salt,
                        Err(failure) => {
                            flow.judge(0, &mut outcomes, (writer, out))?;
                            return Err(failure.into());
                        }
                    };
                    let body = body::write(&Hash(salt), &key.public(), &settled.content);
                    flow.bundle.push(Job { settled, body, now, outcome: outcomes.len() });
                    DraftResult::Good
                }
            };
            outcomes.push(Outcome { position, fate: fate.clone() });
            position += u64::from(fate == DraftResult::Good);
            if flow.bundle.len() == BUNDLE {
                flow.judge(WAITING, &mut outcomes, (writer, out))?;
            }
        }
        flow.judge(0, &mut outcomes, (writer, out))?;
        Ok(outcomes)
    })
}

/// Signs jobs, each for the slot after the one before, until there are no more. What is signed is
/// examined here, signature included, as the judge asks it.
fn sign(mut slot: Slot, key: &dyn SigningKey, jobs: &Receiver<Vec<Job>>, done: &Sender<Vec<Done>>) {
    let ring = KeyCache::default();
    let mut keys = ThreadKeys::new(&ring);
    for bundle in jobs {
        let mut entries = Vec::with_capacity(bundle.len());
        let mut of = Vec::with_capacity(bundle.len());
        for Job { settled, body, now, outcome } in bundle {
            slot.now = now;
            let entry = seal_body(&settled.args, body, &slot, key);
            slot = slot.next(&entry.record);
            entries.push(entry);
            of.push((settled, outcome));
        }
        let examined = match key.signs() {
            true => examine_whole(&entries, &mut keys),
            false => entries.iter().map(examine).collect(),
        };
        let signed = entries.into_iter().zip(examined).zip(of);
        let signed = signed.map(|((entry, examined), (settled, outcome))| {
            (SignedDraft { settled, entry, examined: Some(examined) }, outcome)
        });
        if done.send(signed.collect()).is_err() {
            return;
        }
    }
}

/// What is under way between the two threads.
struct Flow {
    to_sign: Sender<Vec<Job>>,
    signed: Receiver<Vec<Done>>,
    bundle: Vec<Job>,
    waiting: usize,
}

impl Flow {
    /// Sends the bundle off, and judges what is signed until at most so many bundles wait.
    fn judge(
        &mut self,
        most: usize,
        outcomes: &mut [Outcome],
        (writer, out): (&mut Writer, &mut Output),
    ) -> Result<(), LedgerError> {
        let bundle = std::mem::take(&mut self.bundle);
        self.waiting += usize::from(self.to_sign.send(bundle).is_ok());
        while self.waiting > 0 {
            let signed = match self.waiting > most {
                true => self.signed.recv().ok(),
                false => self.signed.try_recv().ok(),
            };
            let Some(signed) = signed else { break };
            self.waiting -= 1;
            for (signed, outcome) in signed {
                let fate = take(writer, signed, &mut out.prepared)?;
                if let Some(outcome) = outcomes.get_mut(outcome) {
                    outcome.fate = fate;
                }
            }
        }
        Ok(())
    }
}
