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
use hashbrown::HashMap;
use serde::Serialize;
use std::cmp::Reverse;

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
        match pass(history, last.position, &standing(&all)) {
            Ok(refolded) => return refolded,
            Err(dropped) => all.retain(|s| s.position != dropped),
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
    // Of each suspect key, the first event from which on it is suspect.
    let mut suspect: HashMap<PublicKey, u64> = HashMap::new();
    for candidate in all.iter().rev() {
        let from = suspect.get(&candidate.signer);
        if from.is_none_or(|from| candidate.position < *from) {
            standing.push(*candidate);
            let from = suspect.entry(candidate.key).or_insert(candidate.from);
            *from = candidate.from.min(*from);
        }
    }
    standing
}

/// The standing suspicions of each key, to find the newest that strikes an event without a search
/// of all.
struct Strikers(HashMap<PublicKey, Vec<Striker>>);

/// A suspicion of a key, newest first.
struct Striker {
    position: u64,
    /// The least event from which on this one or a newer one of the key has it suspect.
    from: u64,
}

impl Strikers {
    fn of(standing: &[Suspicion]) -> Strikers {
        let mut by_key: HashMap<PublicKey, Vec<Striker>> = HashMap::new();
        for Suspicion { position, key, from, .. } in standing {
            let of_key = by_key.entry(*key).or_default();
            let newer = of_key.last().map_or(u64::MAX, |newer| newer.from);
            of_key.push(Striker { position: *position, from: newer.min(*from) });
        }
        Strikers(by_key)
    }

    /// The newest suspicion that strikes an event of this key.
    fn find(&self, by: &PublicKey, event: u64) -> Option<u64> {
        let of_key = self.0.get(by)?;
        // The first whose least `from` is not later than the event is the newest with such a one.
        let newest = of_key.partition_point(|striker| striker.from > event);
        of_key.get(newest).map(|striker| striker.position).filter(|position| event < *position)
    }
}

/// Folds the acts before `until` with these suspicions. Errors: the oldest standing suspicion that
/// is set aside; what comes after it is not folded, because all is folded again without it.
fn pass(history: &History, until: u64, standing: &[Suspicion]) -> Result<Refolded, u64> {
    let mut out = Refolded::default();
    let strikers = Strikers::of(standing);
    let standing_at =
        |position: u64| standing.binary_search_by_key(&Reverse(position), |s| Reverse(s.position));
    for act in history.acts().iter().take_while(|act| act.position < until) {
        let Some(by) = history.key(act.by) else { continue };
        out.fold.promise(act);
        let striker = strikers.find(&by, act.position);
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
                Err(_) if standing_at(act.position).is_ok() => return Err(act.position),
                Err(_) => {
                    let how = How::SetAside;
                    out.undone.push(Undone { event: act.position, by: until, how });
                }
            },
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn strikers_and_standing_suspicions_are_those_of_a_search_of_all() {
        let keys: Vec<PublicKey> =
            (1..5).map(|seed| SecretKey::from_seed([seed; 32]).public()).collect();
        let mut random = 7_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) % below
        };
        let mut found = [0; 3];
        for _ in 0..300 {
            let mut all = Vec::new();
            for position in (1..40).filter(|position| position % 3 > 0) {
                let mut key = || keys[usize::try_from(next(4)).unwrap()];
                let (signer, key) = (key(), key());
                all.push(Suspicion { position, signer, key, from: next(position) });
            }
            let mut naive: Vec<Suspicion> = Vec::new();
            for candidate in all.iter().rev() {
                let struck =
                    |s: &Suspicion| s.key == candidate.signer && candidate.position >= s.from;
                if !naive.iter().any(struck) {
                    naive.push(*candidate);
                }
            }
            let standing = standing(&all);
            let positions = |of: &[Suspicion]| of.iter().map(|s| s.position).collect::<Vec<u64>>();
            assert_eq!(positions(&standing), positions(&naive));
            found[0] += usize::from(standing.len() < all.len());
            let strikers = Strikers::of(&standing);
            for (key, event) in keys.iter().flat_map(|key| (0..42).map(move |event| (key, event))) {
                let strikes =
                    |s: &&Suspicion| s.key == *key && event >= s.from && event < s.position;
                let expected = naive.iter().find(strikes).map(|s| s.position);
                assert_eq!(strikers.find(key, event), expected);
                found[1 + usize::from(expected.is_some())] += 1;
            }
        }
        assert!(found.iter().all(|count| *count > 100), "{found:?}");
    }
}
