//! Refolds: after a key was stolen, the fold is computed again without what the key signed.
//!
//! Always holds: the result depends on nothing but the applied acts before the revocation; there is
//! at most one pass for each dropped revocation, and one more. Not here: whether the revocation
//! itself is legal (`legal`). Source: FORMAT.md section 8, "Refold".

use crate::event::vocabulary::Type;
use crate::fold::Fold;
use crate::fold::history::{Act, History};
use crate::fold::operation::Operation;
use crate::key::PublicKey;
use crate::legal;
use crate::legal::context::RuleContext;
use serde::Serialize;

/// An event that a suspect revocation undid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The event.
    pub event: u64,
    /// The revocation.
    pub by: u64,
    /// How it was undone.
    pub how: How,
}

/// How an event was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The key of its signer is suspect.
    Struck,
    /// The fold without the struck events refuses it.
    SetAside,
}

/// The fold before a suspect revocation, with what it undid.
#[derive(Clone, Debug, Default)]
pub struct Refolded {
    /// The state before the revocation itself is applied.
    pub fold: Fold,
    /// The events that were undone, by position.
    pub undone: Vec<Undone>,
}

#[derive(Clone, Copy)]
struct Suspicion {
    position: u64,
    signer: PublicKey,
    key: PublicKey,
    from: u64,
}

/// Folds all acts before `position` again. The suspect revocation at `position` is the last act of
/// `history`; for one that is not in it, see [`refold_with`].
pub fn refold(history: &History, position: u64) -> Refolded {
    let last = history.act(position).and_then(|act| suspicion(act, history));
    last.map_or_else(Refolded::default, |last| run(history, last))
}

/// Folds all acts again for a suspect revocation that is not yet in the history; `None` for other
/// events.
pub fn refold_with(history: &History, case: &RuleContext<'_>) -> Option<Refolded> {
    let Operation::Revoked(revoked) = case.event.operation else { return None };
    let from = revoked.suspect_from?;
    let (position, signer, key) = (case.event.position, case.event.by, revoked.key);
    Some(run(history, Suspicion { position, signer, key, from }))
}

fn run(history: &History, last: Suspicion) -> Refolded {
    let earlier = history.acts().iter().filter(|act| act.position < last.position);
    let mut all: Vec<Suspicion> = earlier.filter_map(|act| suspicion(act, history)).collect();
    all.push(last);
    loop {
        let standing = standing(&all);
        let refolded = pass(history, last.position, &standing);
        let set_aside = |s: &&Suspicion| {
            refolded.undone.iter().any(|u| u.event == s.position && u.how == How::SetAside)
        };
        match standing.iter().rev().find(set_aside).map(|s| s.position) {
            Some(oldest) => all.retain(|s| s.position != oldest),
            None => return refolded,
        }
    }
}

fn suspicion(act: &Act, history: &History) -> Option<Suspicion> {
    let Operation::Revoked(revoked) = &act.operation else { return None };
    let (from, signer) = (revoked.suspect_from?, history.key(act.by)?);
    Some(Suspicion { position: act.position, signer, key: revoked.key, from })
}

/// The suspicions that no newer one in force strikes, newest first.
fn standing(all: &[Suspicion]) -> Vec<Suspicion> {
    let mut standing: Vec<Suspicion> = Vec::new();
    for candidate in all.iter().rev() {
        let struck = |s: &Suspicion| s.key == candidate.signer && candidate.position >= s.from;
        if !standing.iter().any(struck) {
            standing.push(*candidate);
        }
    }
    standing
}

fn pass(history: &History, until: u64, standing: &[Suspicion]) -> Refolded {
    let mut out = Refolded::default();
    for act in history.acts().iter().take_while(|act| act.position < until) {
        let Some(by) = history.key(act.by) else { continue };
        out.fold.promise(act);
        let strikes =
            |s: &&Suspicion| s.key == by && act.position >= s.from && act.position < s.position;
        let striker = standing.iter().find(strikes).map(|s| s.position);
        let entry = matches!(act.operation.kind(), Type::FactAsserted | Type::DocumentCaptured);
        let lasting =
            matches!(act.operation, Operation::Released { .. } | Operation::Redacted { .. });
        match striker {
            _ if lasting => out.fold.apply(act, history),
            Some(striker) => {
                out.undone.push(Undone { event: act.position, by: striker, how: How::Struck });
                if entry {
                    out.fold.apply(act, history);
                    out.fold.suspect(act.position);
                }
            }
            None => match legal::check_refolded(history, &out.fold, act, by) {
                Ok(()) => out.fold.apply(act, history),
                Err(_) => {
                    let how = How::SetAside;
                    out.undone.push(Undone { event: act.position, by: until, how });
                }
            },
        }
    }
    out
}
