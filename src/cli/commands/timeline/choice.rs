//! The facts of a timeline page: the first of those that were asked for.
//!
//! Always holds: the facts are the same with an index and without; facts come by position. By the
//! index only their rows and events are read, unless so many are read to find them that the fold
//! costs less. Not here: the data of the page (`data`).

use crate::cli::render::provenance;
use crate::cli::shared::{Dated, Filter, FilterArgs, PageEnd};
use crate::cli::terminal::{CliError, Context};
use crate::ledger::query::fact_walk::{FactSource, FactWalk, is_acted_on, may_be_by};
use crate::ledger::query::gather::gather;
use crate::ledger::query::names::Names;
use crate::ledger::query::{Query, View, owners};
use annals_core::key::PublicKey;
use std::cell::Cell;
use std::collections::BTreeSet;

/// What was asked for.
pub struct Choice<'a> {
    pub filters: &'a FilterArgs,
    /// Facts on which an event from this position on acts.
    pub from: Option<u64>,
    /// The maximum number of facts.
    pub most: usize,
}

/// The facts of a page, and a view that has them and every event of the ledger and its editors.
pub struct Chosen<'a> {
    pub view: View<'a>,
    pub facts: BTreeSet<u64>,
    pub end: PageEnd,
}

/// Reading the events of a fact by themselves costs as much as this many events in a fold.
const COST: usize = 16;

impl Choice<'_> {
    /// Chooses the facts; `opened` has the ledger and its editors, or the whole record.
    pub fn choose<'v>(
        &self,
        context: &Context,
        opened: View<'v>,
        names: &Names,
    ) -> Result<Chosen<'v>, CliError> {
        let (record, size) = (opened.record, opened.as_of().size);
        let filter = |view: &View<'_>| Filter::new(context, record, view, names, self.filters);
        if !opened.is_folded() {
            let filter = filter(&opened)?;
            if let Some((facts, end)) = self.by_index(context, &opened, names, &filter)? {
                let all = self.filters.document.into_iter().chain(facts.iter().copied());
                let all: BTreeSet<u64> = all.collect();
                let view = View::with_redactions(record, size, &|_, _| Ok(all.clone()))?;
                filter.note_withheld();
                return Ok(Chosen { view, facts, end });
            }
        }
        let view = if opened.is_folded() { opened } else { View::open(record, size)? };
        let filter = filter(&view)?;
        let acted = self.from.map(|first| acted_on(&view, first));
        let wanted = |fact: u64| acted.as_ref().is_none_or(|acted| acted.contains(&fact));
        let (mut facts, mut end) = (BTreeSet::new(), PageEnd::Whole);
        self.add(&view, names, &filter, &wanted, &mut Page { facts: &mut facts, end: &mut end })?;
        filter.note_withheld();
        Ok(Chosen { view, facts, end })
    }

    /// The facts by the index; `None` if the whole is to be folded.
    fn by_index(
        &self,
        context: &Context,
        opened: &View<'_>,
        names: &Names,
        filter: &Filter,
    ) -> Result<Option<(BTreeSet<u64>, PageEnd)>, CliError> {
        let (record, size) = (opened.record, opened.as_of().size);
        let by = context.global.editor.as_deref();
        let by = by.map(|name| provenance::keys(record, names, name)).transpose()?;
        let walk = FactWalk::new(match (self.filters.document, self.from, self.filters.status) {
            (Some(document), ..) => FactSource::Document(document),
            (None, Some(first), _) => FactSource::Since(first),
            (None, None, Some(status)) => FactSource::Statuses(vec![status]),
            (None, None, None) => FactSource::All,
        });
        // One more shows whether there are more.
        let mut count = self.most.saturating_add(1);
        let budget = (usize::try_from(size).unwrap_or(usize::MAX) / COST).max(count);
        let (mut facts, mut end, mut read) = (BTreeSet::new(), PageEnd::Whole, 0);
        while read < budget {
            let found = Cell::new(0);
            let ask: &Query<'_> = &|slot, state| {
                let keep = |row: &crate::index::Row| {
                    let by = by.as_deref().map(|keys: &[PublicKey]| may_be_by(row, state, keys));
                    let from = self.from.map(|first| is_acted_on(slot, row.of, first));
                    Ok(by.transpose()?.unwrap_or(true) && from.transpose()?.unwrap_or(true))
                };
                let of = walk.next(slot, state, count, &keep)?;
                found.set(of.len());
                Ok(of)
            };
            let view = View::some(record, size, ask)?;
            if view.is_folded() {
                return Ok(None);
            }
            let mut page = Page { facts: &mut facts, end: &mut end };
            self.add(&view, names, filter, &|_| true, &mut page)?;
            if end == PageEnd::More || found.get() < count {
                return Ok(Some((facts, end)));
            }
            read += found.get();
            count = count.saturating_mul(2);
        }
        Ok(None)
    }

    /// Adds the facts of a view that were asked for, until the page is full.
    fn add(
        &self,
        view: &View<'_>,
        names: &Names,
        filter: &Filter,
        wanted: &dyn Fn(u64) -> bool,
        page: &mut Page<'_>,
    ) -> Result<(), CliError> {
        let wanted = |fact: u64| filter.has_status(view, fact) && wanted(fact);
        for row in gather(view, names, &wanted)?.facts.into_values() {
            if !filter.keeps(&row) || filter.dated(&row.words) == Dated::Out {
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

/// The facts so far.
struct Page<'p> {
    facts: &'p mut BTreeSet<u64>,
    end: &'p mut PageEnd,
}

/// The facts on which an event from a position on acts, of a folded view.
fn acted_on(view: &View<'_>, first: u64) -> BTreeSet<u64> {
    let acts = view.state().history.acts().iter().filter(|act| act.position >= first);
    acts.flat_map(|act| owners(view, act.position)).collect()
}
