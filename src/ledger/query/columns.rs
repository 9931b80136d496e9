//! Facts as CSV: the columns of `annals replay --format csv` and of a bag, stable in name and
//! order.
//!
//! Always holds: a row has every column; a withheld value is empty; cells are written as
//! `ledger::table` does. Not here: which facts.

use crate::ledger::query::AsOf;
use crate::ledger::query::row::{ActRow, FactRow};
use crate::ledger::table::Table;
use std::io::Write;

const COLUMNS: [&str; 32] = [
    "as_of",
    "head",
    "fact",
    "hash",
    "status",
    "claim",
    "lang",
    "vouch",
    "when",
    "when_as_written",
    "when_basis",
    "topics",
    "attribution",
    "documents",
    "quote",
    "revision",
    "corrected",
    "confirmations",
    "open_disputes",
    "document_disputed",
    "suspect",
    "sealed",
    "redacted",
    "withheld",
    "before",
    "reason",
    "statement",
    "asserted_at",
    "asserted_by",
    "asserted_key",
    "revised_at",
    "revised_by",
];

/// Which name of a signer the table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameColumn {
    /// The name at the event.
    AtEvent,
    /// The last name as of the point, as FORMAT.md section 14 requires for a bag.
    Last,
}

/// A table of facts. `reason` and `statement` are those of the retraction in force, else of the
/// first open dispute, else of the last correction.
pub struct Facts<'a, W: Write> {
    table: Table<W>,
    as_of: &'a AsOf,
    naming: NameColumn,
}

impl<'a, W: Write> Facts<'a, W> {
    /// Writes the header.
    pub fn new(out: W, as_of: &'a AsOf, naming: NameColumn) -> Result<Facts<'a, W>, csv::Error> {
        let mut table = Table::new(out);
        table.row(&COLUMNS)?;
        Ok(Facts { table, as_of, naming })
    }

    /// Writes the row of a fact.
    pub fn row(&mut self, row: &FactRow) -> Result<(), csv::Error> {
        self.table.row(&record(self.as_of, row, self.naming))
    }

    /// Flushes the rows that are still buffered.
    pub fn end(mut self) -> Result<(), csv::Error> {
        Ok(self.table.end()?)
    }
}

fn record(as_of: &AsOf, row: &FactRow, naming: NameColumn) -> [String; 32] {
    let by = |act: &ActRow| match naming {
        NameColumn::AtEvent => act.by.clone(),
        NameColumn::Last => act.signer().last().to_owned(),
    };
    let words = &row.words;
    let shown = |value: Option<String>| value.unwrap_or_default();
    let when = words.when.as_ref();
    let written = when.and_then(|when| when.as_written.as_deref().map(str::to_owned));
    let topics: Vec<&str> = words.topics.iter().map(|topic| &*topic.name).collect();
    let hops: Vec<String> =
        words.attribution.iter().map(|hop| format!("{} {}", hop.agent, hop.act)).collect();
    let documents: Vec<String> =
        words.evidence.iter().map(|row| row.evidence.document.to_string()).collect();
    let quote = words.supporting().and_then(|row| row.evidence.quote.as_ref());
    let first = row.revisions.first().map(|revision| &revision.act);
    let present = row.revisions.iter().find(|revision| revision.act.event == row.revision);
    let (reason, statement) = why(row);
    [
        shown(as_of.position.map(|position| position.to_string())),
        shown(as_of.head.map(|head| head.to_string())),
        row.fact.to_string(),
        row.hash.to_string(),
        shown(row.status.map(|status| status.to_string())),
        shown(words.claim.clone()),
        shown(words.lang.clone()),
        shown(words.vouch.map(|vouch| vouch.to_string())),
        shown(when.and_then(|when| when.edtf.as_deref().map(str::to_owned))),
        shown(written),
        shown(when.map(|when| when.basis.to_string())),
        topics.join("; "),
        hops.join("; "),
        documents.join("; "),
        shown(quote.map(|quote| quote.exact.to_string())),
        row.revision.to_string(),
        row.corrected.to_string(),
        row.confirmations.iter().filter(|row| row.stands).count().to_string(),
        row.disputes.iter().filter(|row| row.stands).count().to_string(),
        row.document_disputed.to_string(),
        row.suspect.to_string(),
        row.sealed.to_string(),
        row.redacted.to_string(),
        shown(words.withheld.map(|why| format!("{why:?}").to_lowercase())),
        shown(row.before().and_then(|before| before.words.claim.clone())),
        reason,
        statement,
        shown(first.and_then(|act| act.at).map(|at| at.to_string())),
        shown(first.map(by)),
        shown(first.map(|act| act.key.to_string())),
        shown(present.and_then(|row| row.act.at).map(|at| at.to_string())),
        shown(present.map(|row| by(&row.act))),
    ]
}

fn why(row: &FactRow) -> (String, String) {
    let charge = row.retraction().or_else(|| row.disputes.iter().find(|row| row.stands));
    if let Some(charge) = charge {
        let statement = charge.said.statement.clone();
        return (charge.reason.to_string(), statement.unwrap_or_default());
    }
    let present = row.revisions.iter().find(|revision| revision.act.event == row.revision);
    let reason = present.and_then(|revision| revision.reason);
    let statement = present.and_then(|revision| revision.statement.clone());
    (reason.map(|reason| reason.to_string()).unwrap_or_default(), statement.unwrap_or_default())
}
