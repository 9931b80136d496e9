//! The answer of `annals diff`: what changed between two points of the record.
//!
//! Always holds: the first point is not after the second; the answer has both. Not here: what
//! counts as a change (`query/diff`), texts for people (`cli`).

use crate::index::Snapshot;
use crate::ledger::answer::filter::{DateMatch, FactFilters, Filter};
use crate::ledger::answer::word_diff::marked;
use crate::ledger::answer::{AnswerError, NamedView, write_json};
use crate::ledger::error::LedgerError;
use crate::ledger::query::diff::{Change, PointDiff, between};
use crate::ledger::query::event::EventRow;
use crate::ledger::query::gather::gather;
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::undoing::{DocumentChange, turned_by};
use crate::ledger::query::{AsOf, Query, View, touched, undone_between};
use crate::ledger::reader::Record;
use annals_core::key::PublicKey;
use annals_core::text::in_quotes;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// The two points of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct DiffPoints<'a> {
    /// The first point, as the reader typed it.
    pub from: &'a str,
    /// The second point, as the reader typed it.
    pub to: &'a str,
    /// The number of events up to the first.
    pub first: u64,
    /// The number of events up to the second.
    pub last: u64,
}

impl DiffPoints<'_> {
    /// Refuses a first point that is after the second.
    fn expect_order(&self) -> Result<(), LedgerError> {
        let DiffPoints { from, to, first, last } = *self;
        let position_text = |size: u64| match size.checked_sub(1) {
            Some(position) => format!("position {position}"),
            None => "before the first event".to_owned(),
        };
        match first <= last {
            true => Ok(()),
            false => Err(LedgerError::Usage(format!(
                "expected the earlier point first, found {} ({}) after {} ({}): give \
                 the two in the other order",
                in_quotes(from),
                position_text(first),
                in_quotes(to),
                position_text(last)
            ))),
        }
    }
}

/// Which acts of the facts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffReach {
    /// Those between the points.
    Between,
    /// All: for the whole states as texts.
    Whole,
}

/// Both points of a comparison.
pub struct DiffView<'a> {
    /// The record as of the first point.
    pub from: NamedView<'a>,
    /// The record as of the second point.
    pub to: NamedView<'a>,
    /// The filters, by the second point.
    pub filter: Filter,
}

/// What changed.
pub struct DiffAnswer {
    /// The first point.
    pub from: AsOf,
    /// The second point.
    pub to: AsOf,
    /// The facts that changed and pass the filters, by position.
    pub facts: Vec<Change>,
    /// The changed facts without a date, if a date is requested; else empty.
    pub undated: Vec<Change>,
    /// Everything else that changed; the facts in it were taken out.
    pub changes: PointDiff,
    /// The later changes of these facts.
    pub since: Vec<LaterChange>,
}

impl<'a> DiffView<'a> {
    /// Opens what the filters may select of what changed between two points.
    ///
    /// Errors: the first point is after the second; as those of the filters; the record cannot be
    /// read.
    pub fn open(
        record: &'a Record,
        points: DiffPoints<'_>,
        filters: &FactFilters,
        reach: DiffReach,
    ) -> Result<DiffView<'a>, LedgerError> {
        points.expect_order()?;
        let DiffPoints { first, last, .. } = points;
        record.expect_bound(last - first, "all events between the points")?;
        let named = |snapshot: &Snapshot<'_>| {
            let mut named = touched(snapshot.index(), first, last)?;
            named.extend(undone_between(snapshot.index(), first, last)?);
            named.extend(filters.document(snapshot)?);
            Ok(named)
        };
        let open = |size: u64, ask: &Query<'_>| match reach {
            DiffReach::Whole => View::some(record, size, ask),
            DiffReach::Between => View::since(record, size, ask, first),
        };
        let to = open(last, &|snapshot, _| named(snapshot))?;
        // A document that is cited now may have existed before.
        let from = open(first, &|snapshot, _| {
            let acts = to.state().history.acts().iter().map(|act| act.position);
            let documents = acts.filter(|position| to.is_document(*position));
            Ok(named(snapshot)?.into_iter().chain(documents).collect())
        })?;
        let (from, to) = View::alike(from, to)?;
        let (from, to) = (NamedView::of(from)?, NamedView::of(to)?);
        let filter = Filter::new(&to.view, &to.names, filters)?;
        Ok(DiffView { from, to, filter })
    }

    /// Reads what changed.
    ///
    /// Errors: the record cannot be read.
    pub fn answer(&self) -> Result<DiffAnswer, LedgerError> {
        let DiffView { from, to, filter } = self;
        let (from, to, names) = (&from.view, &to.view, &to.names);
        let stands = |view: &View<'_>, fact: u64| view.state().fold.fact(fact).is_some();
        let wanted = |fact: u64| {
            // A fact that was asserted and undone between the points stands at neither.
            let is_neither = !stands(from, fact) && !stands(to, fact);
            filter.has_status(to, fact)
                || filter.has_status(from, fact)
                || is_neither && filter.is_of_any_status()
        };
        let mut changes = between(from, to, names, &wanted)?;
        if !filter.is_empty() {
            self.narrow(&mut changes)?;
        }
        let (mut facts, mut undated) = (Vec::new(), Vec::new());
        for change in std::mem::take(&mut changes.facts) {
            let dates = [Some(&change.now), change.before.as_ref()].into_iter().flatten();
            let dates: Vec<DateMatch> = dates.map(|words| filter.dated(words)).collect();
            match (dates.contains(&DateMatch::In), dates.contains(&DateMatch::Undated)) {
                (true, _) => facts.push(change),
                (false, true) => undated.push(change),
                (false, false) => {}
            }
        }
        let since = since(to, facts.iter().chain(&undated).map(|change| change.fact));
        Ok(DiffAnswer { from: from.as_of(), to: to.as_of(), facts, undated, changes, since })
    }

    /// Keeps the requested facts, and the relations between and to them; of an editor, what this
    /// person signed.
    fn narrow(&self, changes: &mut PointDiff) -> Result<(), LedgerError> {
        let DiffView { from, to: NamedView { view, names }, filter } = self;
        let first = from.view.as_of().size;
        let changed: BTreeSet<u64> = changes.rows.iter().map(|row| row.fact).collect();
        // A fact of a relation may be unchanged itself.
        let ends: BTreeSet<u64> = changes.relation_ends().collect();
        let others = |fact: u64| ends.contains(&fact) && !changed.contains(&fact);
        let others = gather(view, names, &|fact| others(fact) && filter.has_status(view, fact))?;
        let others = others.facts.values().filter(|row| filter.keeps_words(&row.words));
        let changed = changes.facts.iter().zip(&changes.rows).filter(|(change, row)| {
            // The fact may have had the topic or the document at the first point only.
            let before = change.before.as_ref();
            filter.keeps_words(&row.words) || before.is_some_and(|words| filter.keeps_words(words))
        });
        let changed = changed.map(|(change, _)| change.fact);
        let wanted: BTreeSet<u64> = changed.chain(others.map(|row| row.fact)).collect();

        let is_theirs = |key: &PublicKey| filter.keys().is_none_or(|keys| keys.contains(key));
        let signed = |row: &EventRow| row.key.as_ref().is_some_and(is_theirs);
        let revocations = changes.editors.iter().filter(|row| signed(row));
        let revocations: BTreeSet<u64> = revocations.map(|row| row.position).collect();
        let is_of_facts = filter.is_of_facts();
        let asked =
            |row: &EventRow| !is_of_facts || row.on.iter().any(|fact| wanted.contains(fact));
        let theirs = changes.facts.iter();
        let theirs = theirs.filter(|change| change.acts.iter().any(|it| is_theirs(&it.act.key)));
        let theirs: BTreeSet<u64> = theirs.map(|change| change.fact).collect();
        let kept = |fact: u64| {
            wanted.contains(&fact) && (filter.keys().is_none() || theirs.contains(&fact))
        };
        changes.facts.retain(|change| kept(change.fact));
        changes.rows.retain(|row| kept(row.fact));
        changes.relations.retain(|row| signed(row) && asked(row));
        // Of these, relations alone are about facts. Only revocations undo, or put in force again.
        let by = |row: &EventRow| {
            let turned_by = || turned_by(view, row.position, first);
            filter.keys().is_none() || turned_by().is_some_and(|by| revocations.contains(&by))
        };
        changes.undone.retain(|row| by(row) && asked(row));
        changes.restored.retain(|row| by(row) && asked(row));
        for events in [&mut changes.documents, &mut changes.editors, &mut changes.ledger] {
            events.retain(|row| !is_of_facts && signed(row));
        }
        let turned = changes.undone.iter().chain(&changes.restored);
        let turned: BTreeSet<u64> = turned.flat_map(|row| row.on.iter().copied()).collect();
        changes.described.retain(|row| !is_of_facts && turned.contains(&row.document));
        Ok(())
    }
}

impl DiffAnswer {
    /// Writes the JSON object.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let PointDiff {
            relations, documents, editors, ledger, undone, restored, described, ..
        } = &self.changes;
        let json = DiffJson {
            from: &self.from,
            to: &self.to,
            facts: self.facts.iter().map(DiffReport::of).collect(),
            undated: self.undated.iter().map(DiffReport::of).collect(),
            relations,
            documents,
            editors,
            ledger,
            undone,
            restored,
            described,
            since: &self.since,
        };
        Ok(write_json(out, &json)?)
    }
}

#[derive(Serialize)]
struct DiffJson<'a> {
    from: &'a AsOf,
    to: &'a AsOf,
    facts: Vec<DiffReport<'a>>,
    undated: Vec<DiffReport<'a>>,
    relations: &'a [EventRow],
    documents: &'a [EventRow],
    editors: &'a [EventRow],
    ledger: &'a [EventRow],
    #[serde(skip_serializing_if = "<[EventRow]>::is_empty")]
    undone: &'a [EventRow],
    #[serde(skip_serializing_if = "<[EventRow]>::is_empty")]
    restored: &'a [EventRow],
    #[serde(skip_serializing_if = "<[DocumentChange]>::is_empty")]
    described: &'a [DocumentChange],
    since: &'a [LaterChange],
}

/// A change, with the changed words marked as in the text form.
#[derive(Serialize)]
pub struct DiffReport<'a> {
    #[serde(flatten)]
    change: &'a Change,
    /// The claim with [-removed-] and {+added+} words; `None` if there is no other claim before it.
    marked: Option<String>,
}

impl<'a> DiffReport<'a> {
    /// The report of a change.
    pub fn of(change: &'a Change) -> DiffReport<'a> {
        let before = change.before.as_ref().and_then(|words| words.claim.as_deref());
        let claims = before.zip(change.now.claim.as_deref());
        DiffReport { change, marked: claims.map(|(before, now)| marked(before, now)) }
    }
}
