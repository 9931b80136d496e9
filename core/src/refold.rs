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
use hashbrown::{HashMap, HashSet};
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
    pub how: UndoKind,
}

/// How an event was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UndoKind {
    /// The key of its signer is suspect.
    Struck,
    /// The fold without the struck events refuses it.
    SetAside,
}

/// The fold before a suspect revocation, with what it undid.
#[derive(Clone, Debug, Default)]
pub struct Refold {
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
pub fn refold(history: &History, position: u64) -> Refold {
    let last = history.act(position).and_then(|act| suspicion(act, history));
    last.map_or_else(Refold::default, |last| run(history, last))
}

/// Folds all acts again for a suspect revocation that is not yet in the history; `None` for other
/// events.
pub fn refold_with(history: &History, case: &RuleContext<'_>) -> Option<Refold> {
    let Operation::Revoked(revoked) = case.event.operation else { return None };
    let from = revoked.suspect_from?;
    let (position, signer, key) = (case.event.position, case.event.by, revoked.key);
    Some(run(history, Suspicion { position, signer, key, from }))
}

fn run(history: &History, last: Suspicion) -> Refold {
    let earlier = history.acts().iter().filter(|act| act.position < last.position);
    let mut all: Vec<Suspicion> = earlier.filter_map(|act| suspicion(act, history)).collect();
    all.push(last);
    loop {
        match pass(history, last.position, &all) {
            Ok(refolded) => return refolded,
            Err(dropped) => all.retain(|s| !dropped.contains(&s.position)),
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
        // `from` falls along the list, so this is the newest one that strikes the event.
        let newest = of_key.partition_point(|striker| striker.from > event);
        of_key.get(newest).map(|striker| striker.position).filter(|position| event < *position)
    }
}

/// Folds the acts before `until` with these suspicions, which are in order. A standing suspicion
/// that is set aside is dropped. It strikes only events before it, also suspicions, so all that was
/// folded stays as it is if it struck none.
///
/// Errors: those dropped, up to the first one of which this is not so: all is to be folded again
/// without them.
fn pass(history: &History, until: u64, all: &[Suspicion]) -> Result<Refold, HashSet<u64>> {
    let mut out = Refold::default();
    let standing = standing(all);
    let strikers = Strikers::of(&standing);
    let stands = |position: u64| {
        standing.binary_search_by_key(&Reverse(position), |s| Reverse(s.position)).is_ok()
    };
    let (mut struck_by, mut dropped) = (HashSet::new(), HashSet::new());
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
                struck_by.insert(striker);
                out.undone.push(Undone { event: act.position, by: striker, how: UndoKind::Struck });
                if entry {
                    out.fold.apply(act, history);
                    out.fold.suspect(act.position);
                }
            }
            None => match legal::check_refolded(history, &out.fold, act, by) {
                Ok(()) => out.fold.apply(act, history),
                Err(_) => {
                    if stands(act.position) {
                        dropped.insert(act.position);
                        if struck_by.contains(&act.position) {
                            return Err(dropped);
                        }
                    }
                    let how = UndoKind::SetAside;
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
    use crate::event::args::Roles;
    use crate::event::vocabulary::RevokeReason;
    use crate::fold::operation::{Enrolled, OpenedLedger, Revoked};
    use crate::key::SecretKey;
    use crate::legal::context::Proposal;
    use crate::state::State;
    use crate::text::{Origin, Person};

    /// Section 8, word for word: every fold from the start, to its end.
    fn naive(history: &History, position: u64) -> (Refold, usize) {
        let last = suspicion(history.act(position).unwrap(), history).unwrap();
        let earlier = history.acts().iter().filter(|act| act.position < position);
        let mut all: Vec<Suspicion> = earlier.filter_map(|act| suspicion(act, history)).collect();
        all.push(last);
        for folds in 1.. {
            let standing = standing(&all);
            let mut out = Refold::default();
            for act in history.acts().iter().filter(|act| act.position < position) {
                let by = history.key(act.by).unwrap();
                let strikes = |s: &&Suspicion| {
                    s.key == by && act.position >= s.from && act.position < s.position
                };
                let (event, how) = (act.position, UndoKind::Struck);
                out.fold.promise(act);
                if let Some(striker) = standing.iter().find(strikes) {
                    out.undone.push(Undone { event, by: striker.position, how });
                    if matches!(act.operation, Operation::Captured) {
                        out.fold.apply(act, history);
                        out.fold.suspect(act.position);
                    }
                } else if legal::check_refolded(history, &out.fold, act, by).is_ok() {
                    out.fold.apply(act, history);
                } else {
                    out.undone.push(Undone { event, by: position, how: UndoKind::SetAside });
                }
            }
            let is_set_aside = |s: &&Suspicion| {
                let mut undone = out.undone.iter();
                undone.any(|undone| undone.event == s.position && undone.how == UndoKind::SetAside)
            };
            match standing.iter().rev().find(is_set_aside).map(|s| s.position) {
                Some(oldest) => all.retain(|s| s.position != oldest),
                None => return (out, folds),
            }
        }
        unreachable!("each fold drops a suspicion")
    }

    #[test]
    fn a_refold_is_that_of_the_format_word_for_word() {
        let keys: Vec<PublicKey> =
            (1..16).map(|seed| SecretKey::from_seed([seed; 32]).public()).collect();
        let person = |key: usize| Person::new(format!("{key:032x}")).unwrap();
        let both = Roles { admin: true, editor: true };
        let mut random = 11_u64;
        let mut next = |below: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(random >> 33).unwrap() % below
        };
        let (mut refolds, mut most_folds) = (0, 0);
        for _ in 0..1_000 {
            let mut state = State::default();
            let opened = OpenedLedger {
                origin: Origin::new("example.org/record").unwrap(),
                log_key: keys[14],
                window: 1_024,
                confirmations: 1,
                recovery: None,
                person: person(0),
                roles: both,
            };
            state.apply(0, keys[0], Operation::Opened(Box::new(opened)));
            let mut position = 1;
            for _ in 0..250 {
                let (by, key) = (keys[next(14)], next(14));
                let from = Some(1 + next(position) as u64);
                let operation = match next(12) {
                    0..3 => Operation::Enrolled(Box::new(Enrolled {
                        key: keys[key],
                        person: person(key),
                        roles: both,
                    })),
                    3 => Operation::Captured,
                    _ => Operation::Revoked(Box::new(Revoked {
                        key: keys[key],
                        reason: RevokeReason::Compromised,
                        suspect_from: from.filter(|from| *from < position as u64),
                    })),
                };
                let at = position as u64;
                let proposal = Proposal { position: at, at: None, by, operation: &operation };
                if state.check(&proposal).is_err() {
                    continue;
                }
                let suspects =
                    matches!(&operation, Operation::Revoked(r) if r.suspect_from.is_some());
                state.apply(at, by, operation);
                if suspects {
                    let found = refold(&state.history, at);
                    let (expected, folds) = naive(&state.history, at);
                    assert_eq!(found.undone, expected.undone);
                    assert_eq!(found.fold.roster, expected.fold.roster);
                    assert_eq!(found.fold.documents(), expected.fold.documents());
                    refolds += 1;
                    most_folds = most_folds.max(folds);
                }
                position += 1;
            }
        }
        assert!(refolds > 1_000 && most_folds > 3, "{refolds} refolds, at most {most_folds} folds");
    }

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
