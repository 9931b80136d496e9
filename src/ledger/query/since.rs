//! Changes of facts since the point: the state at the point compared with the state now.
//!
//! Always holds: every difference of status, words or standing is listed. Not here: texts for
//! people.

use crate::ledger::query::View;
use annals_core::fold::Fact;
use annals_core::state::{State, Status};
use serde::Serialize;

/// The later changes of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaterChange {
    /// The fact.
    pub fact: u64,
    /// The changes, in the order of this list: corrected, undone, retracted, reinstated, disputed,
    /// dispute-closed, confirmed, unconfirmed, redacted, released, suspect, cleared; or only
    /// undone (it does not stand any more), or restored (it stands again).
    pub became: Vec<&'static str>,
}

/// The changes of these facts since the view's point; facts without a change are left out.
pub fn since(view: &View<'_>, facts: impl Iterator<Item = u64>) -> Vec<LaterChange> {
    match view.is_past() {
        true => facts.filter_map(|fact| became(view, fact)).collect(),
        false => Vec::new(),
    }
}

fn became(view: &View<'_>, fact: u64) -> Option<LaterChange> {
    let (then, now) = (&view.state().fold, &view.present().fold);
    let became = match (then.fact(fact), now.fact(fact)) {
        (Some(old), Some(new)) => differences(view, old, new),
        // Its assertion was undone, or is in force again.
        (Some(_), None) => vec!["undone"],
        (None, Some(_)) => vec!["restored"],
        (None, None) => Vec::new(),
    };
    (!became.is_empty()).then_some(LaterChange { fact, became })
}

fn differences(view: &View<'_>, old: &Fact, new: &Fact) -> Vec<&'static str> {
    let (then, now) = (view.state(), view.present());
    let (was, is) = (then.status(old), now.status(new));
    let is_undone = |event: &u64| view.undone_by_now(*event).is_some();
    let more_disputes = new.disputes().iter().any(|dispute| !old.disputes().contains(dispute));
    let closed = old.disputes().iter().filter(|dispute| !new.disputes().contains(dispute));
    let over = old.retraction().filter(|_| new.retraction().is_none());
    // A dispute or retraction that was undone does not count as ended.
    let (undone, ended): (Vec<u64>, Vec<u64>) =
        closed.map(|dispute| dispute.position).chain(over).partition(is_undone);
    let is_reinstated = over.is_some_and(|retraction| ended.contains(&retraction));
    let redacted = |state: &State| state.fold.is_redacted(old.revision);
    let sealed = |state: &State| state.fold.seal(old.revision).is_some();
    let changes = [
        ("corrected", new.revision > old.revision),
        ("undone", new.revision < old.revision || !undone.is_empty()),
        ("retracted", new.retraction().is_some() && new.retraction() != old.retraction()),
        ("reinstated", is_reinstated),
        ("disputed", more_disputes),
        ("dispute-closed", ended.len() > usize::from(is_reinstated)),
        ("confirmed", is == Status::Confirmed && was != is),
        ("unconfirmed", was == Status::Confirmed && is == Status::Asserted),
        ("redacted", redacted(now) && !redacted(then)),
        ("released", sealed(then) && !sealed(now) && !redacted(now)),
        ("suspect", new.suspect && !old.suspect),
        ("cleared", old.suspect && !new.suspect),
    ];
    changes.into_iter().filter(|(_, so)| *so).map(|(word, _)| word).collect()
}
