//! The answer of `annals blame`: a document's text, with the facts of each quotation.
//!
//! Always holds: text that no fact quotes is in it as such and counted; a quotation that is not the
//! document's words is never marked in the text. Not here: the places of spans (`query/spans`),
//! texts for people (`cli`).

use crate::ledger::answer::filter::{FactFilters, Filter, document_at};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::phrases::{overlays, withheld_text};
use crate::ledger::answer::quoting::CitingFacts;
use crate::ledger::answer::{AnswerError, NamedView, write_json};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::row::{DocumentRow, FactRow};
use crate::ledger::query::since::LaterChange;
use crate::ledger::query::spans::{Coverage, Quoted, Segment, coverage, quoted, segments};
use crate::ledger::query::{AsOf, Query, View, withheld};
use crate::ledger::reader::{DocumentFound, Record};
use annals_core::hash::Hash;
use annals_core::quote::Text;
use annals_core::state::Status;
use annals_core::time::Time;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// A fact that quotes the document.
#[derive(Serialize)]
pub struct QuotingFact {
    /// The fact.
    pub fact: u64,
    /// The hash of its assertion.
    pub hash: Hash,
    /// Its status.
    pub status: Status,
    /// What qualifies it.
    pub overlays: Vec<String>,
    /// The claim; `None` if it is withheld.
    pub claim: Option<String>,
    /// The signer of the present revision, by the name at that time.
    pub by: Option<String>,
    /// The name as of the point, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_now: Option<String>,
    /// The time of the present revision.
    pub at: Option<Time>,
    /// The signers of the confirmations that stand.
    pub confirmed_by: Vec<String>,
    /// Its quotations.
    pub spans: Vec<Quoted>,
}

/// A document as of a point, and the facts that may quote it.
pub struct BlameView<'a> {
    /// The record as of the point.
    pub named: NamedView<'a>,
    /// The filters; what could not be tested is counted while rows are read.
    pub filter: Filter,
    document: u64,
}

/// A document with its quotations.
pub struct BlameAnswer {
    /// The point.
    pub as_of: AsOf,
    /// The document.
    pub document: DocumentRow,
    /// How much of it is quoted.
    pub coverage: Coverage,
    /// Its text, cut where quotations begin and end.
    pub segments: Vec<Segment>,
    /// The facts that quote it.
    pub facts: Vec<QuotingFact>,
    /// Those without a date, if a date was asked for.
    pub undated: Vec<QuotingFact>,
    /// The later changes of these facts.
    pub since: Vec<LaterChange>,
    /// Whether these are all.
    pub end: PageEnd,
    /// The number of facts that may quote it too, because their words are withheld.
    pub withheld: usize,
    /// The bodies that were read and do not have the signed digest.
    pub damaged: u64,
}

#[derive(Serialize)]
struct BlameJson<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    document: u64,
    hash: Hash,
    title: Option<&'a str>,
    sha256: Option<Hash>,
    coverage: Coverage,
    segments: &'a [Segment],
    facts: &'a [QuotingFact],
    undated: &'a [QuotingFact],
    since: &'a [LaterChange],
    more: PageEnd,
}

impl<'a> BlameView<'a> {
    /// Opens the document at a position, and what may cite it, of the first `size` events.
    ///
    /// Errors: there is no such document; as those of the filters; the record cannot be read.
    pub fn open(
        record: &'a Record,
        size: u64,
        document: u64,
        filters: &FactFilters,
    ) -> Result<BlameView<'a>, LedgerError> {
        let ask: &Query<'_> = &|slot, _| {
            let mut named = withheld(slot)?;
            named.extend(Some(document).filter(|document| *document < slot.size));
            named.extend(filters.document(slot));
            Ok(named)
        };
        let named = NamedView::of(View::some(record, size, ask)?)?;
        document_at(&named.view, document, "DOCUMENT")?;
        let filter = Filter::new(&named.view, &named.names, filters)?;
        Ok(BlameView { named, filter, document })
    }

    /// Reads the document and the facts that quote it, at most `most` of each kind.
    ///
    /// Errors: the document is withheld, absent, damaged or no text; the record cannot be read.
    pub fn answer(&self, most: usize) -> Result<BlameAnswer, LedgerError> {
        let BlameView { named: NamedView { view, names }, filter, document } = self;
        let document = *document;
        let mut rows = Rows::read(view, names, &|_| false)?;
        let missing = || LedgerError::NotFound(format!("document {document} could not be read"));
        let row = rows.documents.remove(&document).ok_or_else(missing)?;
        let text = text_of(view, &row)?;
        let found = CitingFacts { document, filter, names, most }.read(view)?;
        let facts = quoting(&found.facts, document, &text);
        let undated = quoting(&found.undated, document, &text);
        let spans: Vec<Quoted> = facts.iter().flat_map(|fact| &fact.spans).copied().collect();
        let segments = segments(&text, &spans);
        let shown: BTreeSet<u64> = facts.iter().chain(&undated).map(|fact| fact.fact).collect();
        let mut since = found.since;
        since.retain(|change| shown.contains(&change.fact));
        Ok(BlameAnswer {
            as_of: view.as_of(),
            damaged: found.damaged,
            document: row,
            coverage: coverage(&segments),
            segments,
            facts,
            undated,
            since,
            end: found.end,
            withheld: found.withheld,
        })
    }
}

/// The facts that quote a text, with the places. All quotations are checked together, in one pass
/// over the text.
fn quoting(rows: &[FactRow], document: u64, text: &Text) -> Vec<QuotingFact> {
    let rows: Vec<&FactRow> = rows.iter().collect();
    let spans = quoted(&rows, document, text);
    let quoting = rows.iter().zip(spans).filter(|(_, spans)| !spans.is_empty());
    quoting.map(|(row, spans)| QuotingFact::of(row, spans)).collect()
}

impl BlameAnswer {
    /// Writes the JSON object.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let about = self.document.about.as_ref();
        let json = BlameJson {
            as_of: &self.as_of,
            document: self.document.document,
            hash: self.document.hash,
            title: about.map(|about| &*about.title),
            sha256: about.map(|about| about.sha256),
            coverage: self.coverage,
            segments: &self.segments,
            facts: &self.facts,
            undated: &self.undated,
            since: &self.since,
            more: self.end,
        };
        Ok(write_json(out, &json)?)
    }
}

impl QuotingFact {
    fn of(row: &FactRow, spans: Vec<Quoted>) -> QuotingFact {
        let present = row.revisions.iter().find(|revision| revision.act.event == row.revision);
        let confirmations = row.confirmations.iter().filter(|row| row.stands);
        QuotingFact {
            fact: row.fact,
            hash: row.hash,
            status: row.status,
            overlays: overlays(row),
            claim: row.words.claim.clone(),
            by: present.map(|revision| revision.act.by.clone()),
            by_now: present.and_then(|revision| revision.act.by_now.clone()),
            at: present.and_then(|revision| revision.act.at),
            confirmed_by: confirmations.map(|row| row.act.signer().to_string()).collect(),
            spans,
        }
    }
}

/// The text of a document, or an error with the reason why there is none.
fn text_of(view: &View<'_>, row: &DocumentRow) -> Result<Text, LedgerError> {
    let position = row.document;
    let no = |why: String| LedgerError::NotFound(format!("document {position}: {why}"));
    let Some(about) = &row.about else {
        return Err(no(format!("expected its digest, found {}", withheld_text(row.withheld))));
    };
    let bytes = match view.record.document(&about.sha256)? {
        DocumentFound::Whole(bytes) => Some(bytes),
        DocumentFound::Absent => None,
        DocumentFound::Damaged => {
            return Err(no(format!(
                "expected bytes of sha256 {}, found others: the file in this copy is damaged; \
                 annals repair --from COPY takes it from another copy",
                about.sha256
            )));
        }
    };
    let absent = || {
        no(format!(
            "expected its text in this copy, found none of sha256 {}; annals show {position} \
             tells where it was captured",
            about.sha256
        ))
    };
    let text = Text::new(bytes.ok_or_else(absent)?);
    text.ok_or_else(|| {
        no(format!("expected a text in UTF-8, found other bytes of type {}", &*about.media_type))
    })
}
