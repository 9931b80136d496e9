//! Resolving the arguments of an act: what it is about in the record.
//!
//! Always holds: all that is wrong with them is reported together. Not here: the words of an act
//! (`resolve`). Source: FORMAT.md section 4.

use crate::ledger::error::{Reasons, Unresolved};
use crate::ledger::write::draft::{Draft, Name};
use crate::ledger::write::resolve::Resolver;
use crate::ledger::write::resolve::fields::{keep, need};
use annals_core::event::args::{self, Args, Seal};
use annals_core::event::vocabulary::{ErrorIn, Reason, Type};

/// Two values, or all that is wrong with either.
fn both<A, B>(
    first: Result<A, impl Into<Reasons>>,
    second: Result<B, impl Into<Reasons>>,
) -> Result<(A, B), Reasons> {
    let mut wrong = Reasons::default();
    match (keep(first, &mut wrong), keep(second, &mut wrong)) {
        (Some(first), Some(second)) => Ok((first, second)),
        _ => Err(wrong),
    }
}

impl Resolver<'_> {
    /// The disputes that a correction resolves, as they are named, or all that is wrong with them.
    fn resolved(&self, kind: Type, draft: &Draft) -> Result<Vec<u64>, Reasons> {
        let mut wrong = Reasons::default();
        let names = draft.resolves.as_deref().unwrap_or_default();
        let position = |name| keep(self.position(Some(name), "resolves", kind), &mut wrong);
        let positions: Vec<u64> = names.iter().filter_map(position).collect();
        if wrong.0.is_empty() { Ok(positions) } else { Err(wrong) }
    }

    /// What an act says of the record, and whether it is sealed.
    ///
    /// Errors: all that is wrong with it.
    pub(super) fn args(&self, kind: Type, draft: &Draft) -> Result<Args, Reasons> {
        let sealed = Seal::Open;
        let error_in = draft.error_in.unwrap_or(place_of(draft.reason));
        let at =
            |name: &Option<Name>, field: &'static str| self.position(name.as_ref(), field, kind);
        Ok(match kind {
            Type::DocumentCaptured => Args::DocumentCaptured(args::DocumentCaptured { sealed }),
            Type::DocumentDescribed => {
                let document = at(&draft.document, "document")?;
                Args::DocumentDescribed(args::DocumentDescribed { document })
            }
            Type::FactAsserted => Args::FactAsserted(args::FactAsserted { sealed }),
            Type::FactConfirmed => {
                let (on, how) = both(self.on(kind, draft), need(draft.how, "how", kind))?;
                Args::FactConfirmed(args::FactConfirmed { on, how })
            }
            Type::FactDisputed => {
                let (on, reason) = both(self.on(kind, draft), need(draft.reason, "reason", kind))?;
                Args::FactDisputed(args::FactDisputed { on, reason, error_in })
            }
            Type::FactUpheld => {
                Args::FactUpheld(args::FactUpheld { dispute: at(&draft.dispute, "dispute")? })
            }
            Type::FactCorrected => {
                let about = both(self.on(kind, draft), need(draft.reason, "reason", kind));
                let ((on, reason), mut resolves) = both(about, self.resolved(kind, draft))?;
                resolves.sort_unstable();
                resolves.dedup();
                let corrected = args::FactCorrected { on, reason, error_in, resolves, sealed };
                Args::FactCorrected(corrected)
            }
            Type::FactRetracted => {
                let (on, reason) = both(self.on(kind, draft), need(draft.reason, "reason", kind))?;
                Args::FactRetracted(args::FactRetracted { on, reason, error_in })
            }
            Type::FactReinstated => {
                let retraction = at(&draft.retraction, "retraction")?;
                Args::FactReinstated(args::FactReinstated { retraction })
            }
            Type::FactRelated => {
                let ends = both(at(&draft.from, "from"), at(&draft.to, "to"));
                let ((from, to), rel) = both(ends, need(draft.rel, "rel", kind))?;
                Args::FactRelated(args::FactRelated { from, rel, to })
            }
            Type::RelationWithdrawn => {
                let relation = at(&draft.relation, "relation")?;
                Args::RelationWithdrawn(args::RelationWithdrawn { relation })
            }
            other => {
                return Err(format!("{other} is not made from a draft; see annals --help").into());
            }
        })
    }

    /// The revision to act on: `on` itself, or the present revision of `fact`.
    fn on(&self, kind: Type, draft: &Draft) -> Result<u64, Unresolved> {
        if draft.on.is_some() {
            let on = self.position(draft.on.as_ref(), "on", kind)?;
            if draft.fact.is_some() {
                let fact = self.position(draft.fact.as_ref(), "fact", kind)?;
                self.expect_same_fact(fact, on)?;
            }
            return Ok(on);
        }
        let fact = self.position(draft.fact.as_ref(), "fact", kind)?;
        let no_fact =
            || Unresolved::at("fact", format!("{fact} is no fact; annals replay lists them"));
        self.lookup.revision_of(fact).ok_or_else(no_fact)
    }

    /// Refuses a revision that is none of the fact beside it.
    fn expect_same_fact(&self, fact: u64, on: u64) -> Result<(), Unresolved> {
        match (self.lookup.fact_of_revision(fact), self.lookup.fact_of_revision(on)) {
            (Some(named), Some(of)) if named != of => Err(Unresolved::at(
                "on",
                format!(
                    "expected a revision of fact {named}, which fact names, found one of fact \
                     {of}; give one of the two"
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// Where the error is, if a draft does not say it: a source that was corrected or retracted has it
/// itself.
fn place_of(reason: Option<Reason>) -> ErrorIn {
    match reason {
        Some(Reason::SourceCorrected | Reason::SourceRetracted) => ErrorIn::Document,
        _ => ErrorIn::Record,
    }
}
