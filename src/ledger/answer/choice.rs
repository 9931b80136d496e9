//! The facts of a page: the first ones that pass the request's filters.
//!
//! Always holds: the facts are the same with an index and without; facts come by position. By the
//! index only their rows and events are read, unless so many are read to find them that the fold
//! costs less. Not here: what is shown of them (`replay`, `cli`).

use crate::index::Row;
use crate::ledger::answer::NamedView;
use crate::ledger::answer::filter::{DateMatch, FactFilters, Filter};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::error::LedgerError;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::fact_walk::{FactSource, FactWalk, changed_since, may_be_by, undoes};
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::{Query, View, owners};
use annals_core::fold::operation::Operation;
use std::cell::Cell;
use std::collections::BTreeSet;

/// The request for a page of facts.
pub struct Choice<'a> {
    /// The filters.
    pub filters: &'a FactFilters,
    /// Facts that changed from this position on: an event acts on them, or turned their status.
    pub from: Option<u64>,
    /// Facts after this position.
    pub after: Option<u64>,
    /// The maximum number of facts.
    pub most: usize,
    /// Whether to choose also facts that were in force before the point and were set aside since;
    /// ignored where a status is requested.
    pub fallen: bool,
}

/// The facts of a page.
pub struct FactChoice {
    /// Their positions.
    pub facts: BTreeSet<u64>,
    /// Whether there are more.
    pub end: PageEnd,
    /// The filters that they passed.
    pub filter: Filter,
}

/// Reading the events of a fact by themselves costs as much as this many events in a fold.
const COST: u64 = 16;

/// The most facts that are read at once to find some, but for a larger page.
const STEP: usize = 4_096;

impl Choice<'_> {
    /// Chooses the facts. `named` has the requested document, the ledger and its editors; where the
    /// whole record was folded to choose, it is the folded view afterwards.
    ///
    /// Errors: as those of the filters; the record cannot be read.
    pub fn choose(&self, named: &mut NamedView<'_>) -> Result<FactChoice, LedgerError> {
        let (record, size) = (named.view.record, named.view.as_of().size);
        if !named.view.is_folded() {
            let filter = Filter::new(&named.view, &named.names, self.filters)?;
            if let Some((facts, end)) = self.by_index(named, &filter)? {
                return Ok(FactChoice { facts, end, filter });
            }
            named.view = View::open(record, size)?;
        }
        let NamedView { view, names } = named;
        let filter = Filter::new(view, names, self.filters)?;
        let changed = self.from.map(|first| changed(view, names, first)).transpose()?;
        let wanted = |fact: u64| {
            let is_after = self.after.is_none_or(|after| fact > after);
            is_after && changed.as_ref().is_none_or(|changed| changed.contains(&fact))
        };
        let (mut facts, mut end) = (BTreeSet::new(), PageEnd::Whole);
        self.add(view, names, &filter, &wanted, &mut Page { facts: &mut facts, end: &mut end })?;
        Ok(FactChoice { facts, end, filter })
    }

    /// Chooses the facts by the index; `None` if the whole record is to be folded instead.
    fn by_index(
        &self,
        named: &NamedView<'_>,
        filter: &Filter,
    ) -> Result<Option<(BTreeSet<u64>, PageEnd)>, LedgerError> {
        let (record, size) = (named.view.record, named.view.as_of().size);
        let source = match (self.filters.document, self.from, self.filters.status) {
            (Some(document), ..) => FactSource::Document(document),
            (None, Some(first), _) => FactSource::Since(first),
            (None, None, Some(status)) => FactSource::Statuses(vec![status]),
            (None, None, None) => FactSource::All,
        };
        let walk = FactWalk::after(source.clone(), self.after).with(filter.facets().clone());
        let fallen = self.has_fallen(&named.view);
        let walk = if fallen { walk.with_fallen() } else { walk };
        // One more shows whether there are more.
        let mut count = self.most.saturating_add(1);
        let reads = if record.is_bounded() { record.bound() } else { size / COST };
        let budget = usize::try_from(reads).unwrap_or(usize::MAX).max(count);
        let step = count.max(STEP);
        let (mut facts, mut end, mut read) = (BTreeSet::new(), PageEnd::Whole, 0);
        while read < budget {
            let found = Cell::new(0);
            let ask: &Query<'_> = &|snapshot, state| {
                // A source of what changed has nothing else.
                let from = self.from.filter(|first| source != FactSource::Since(*first));
                let changed =
                    from.map(|first| changed_since(snapshot, state, first)).transpose()?;
                let keep = |row: &Row| {
                    let by = filter.keys().filter(|_| !row.is_fallen_fact());
                    let by = by.map(|keys| may_be_by(row, state, keys));
                    let is_changed =
                        changed.as_ref().is_none_or(|changed| changed.contains(&row.of));
                    Ok(is_changed && by.transpose()?.unwrap_or(true))
                };
                let of = walk.next(snapshot, state, count, &keep)?;
                found.set(of.len());
                Ok(of)
            };
            let view = View::some(record, size, ask)?;
            if view.is_folded() {
                return Ok(None);
            }
            let mut page = Page { facts: &mut facts, end: &mut end };
            self.add(&view, &named.names, filter, &|_| true, &mut page)?;
            if end == PageEnd::More || found.get() < count {
                return Ok(Some((facts, end)));
            }
            read += if record.is_bounded() { view.read_events() } else { found.get() };
            count = count.saturating_mul(2).min(step);
        }
        record.expect_bound(u64::MAX, "more, to find facts that pass the filters")?;
        Ok(None)
    }

    /// Whether the request may select facts that were set aside: it allows them, and something was
    /// undone.
    fn has_fallen(&self, view: &View<'_>) -> bool {
        let mut acts = view.state().history.acts().iter();
        self.fallen && self.filters.status.is_none() && acts.any(undoes)
    }

    /// Adds the facts of a view that `wanted` and the filters take, until the page is full.
    fn add(
        &self,
        view: &View<'_>,
        names: &Names,
        filter: &Filter,
        wanted: &dyn Fn(u64) -> bool,
        page: &mut Page<'_>,
    ) -> Result<(), LedgerError> {
        let fallen = self.has_fallen(view);
        let may_be = |fact: u64| {
            filter.has_status(view, fact) || fallen && view.state().fold.fact(fact).is_none()
        };
        let wanted = |fact: u64| may_be(fact) && wanted(fact);
        for row in gather(view, names, &wanted)?.facts.into_values() {
            if !filter.keeps(&row) || filter.dated(&row.words) == DateMatch::Out {
                continue;
            }
            if page.facts.len() == self.most {
                *page.end = PageEnd::More;
                break;
            }
            page.facts.insert(row.fact);
        }
        Ok(())
    }
}

/// The facts of the page so far, and whether there are more.
struct Page<'p> {
    facts: &'p mut BTreeSet<u64>,
    end: &'p mut PageEnd,
}

/// The facts that changed from position `first` on, as [`changed_since`] finds them by the index,
/// of a folded view.
fn changed(view: &View<'_>, names: &Names, first: u64) -> Result<BTreeSet<u64>, LedgerError> {
    let (state, effects) = (view.state(), Effects::new(view, names));
    let is_turned = |event: u64| {
        let undoings = state.undoings();
        undoings.was_undone(event, first) != undoings.was_undone(event, u64::MAX)
    };
    let acts = state.history.acts().iter().map(|act| act.position);
    let acts = acts.filter(|event| *event >= first || is_turned(*event));
    let mut changed: BTreeSet<u64> = acts.flat_map(|event| owners(view, event)).collect();
    for act in state.history.acts().iter().filter(|act| act.position >= first) {
        if matches!(act.operation, Operation::Changed { .. })
            && let Some(impact) = effects.impact(act.position)?
        {
            changed.extend(impact.facts.iter().map(|turned| turned.fact));
        }
    }
    Ok(changed)
}
