//! Changes of facts since the point: the state at the point compared with the state now.
//!
//! Always holds: every difference of status, words or standing is listed. Not here: texts for
//! people.

use crate::ledger::query::View;
use annals_core::state::Status;
use serde::Serialize;

/// The later changes of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaterChange {
    /// The fact.
    pub fact: u64,
    /// The changes, in the order of this list: corrected, retracted, reinstated, disputed,
    /// dispute-closed, confirmed, unconfirmed, redacted, released, suspect, cleared; or only
    /// undone.
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
    let (then, now) = (view.state(), view.present());
    let (old, new) = (then.fold.fact(fact)?, now.fold.fact(fact)?);
    let (was, is) = (then.status(old), now.status(new));
    let more_disputes = new.disputes().iter().any(|dispute| !old.disputes().contains(dispute));
    let fewer_disputes = old.disputes().iter().any(|dispute| !new.disputes().contains(dispute));
    let redacted = |state: &annals_core::state::State| state.fold.is_redacted(old.revision);
    let sealed = |state: &annals_core::state::State| state.fold.seal(old.revision).is_some();
    let changes = [
        ("corrected", new.revision > old.revision),
        ("undone", new.revision < old.revision),
        ("retracted", new.retraction().is_some() && new.retraction() != old.retraction()),
        ("reinstated", old.retraction().is_some() && new.retraction().is_none()),
        ("disputed", more_disputes),
        ("dispute-closed", fewer_disputes),
        ("confirmed", is == Status::Confirmed && was != is),
        ("unconfirmed", was == Status::Confirmed && is == Status::Asserted),
        ("redacted", redacted(now) && !redacted(then)),
        ("released", sealed(then) && !sealed(now) && !redacted(now)),
        ("suspect", new.suspect && !old.suspect),
        ("cleared", old.suspect && !new.suspect),
    ];
    let became: Vec<&str> =
        changes.into_iter().filter(|(_, so)| *so).map(|(word, _)| word).collect();
    (!became.is_empty()).then_some(LaterChange { fact, became })
}
