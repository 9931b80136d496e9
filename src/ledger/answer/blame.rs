//! The answer of `annals blame`: a document's text, with the facts of each quotation.
//!
//! Always holds: text that no fact quotes is in it as such and counted; a quotation that is not the
//! document's words is never marked in the text. Not here: the places of spans (`query/spans`),
//! texts for people (`cli`).

use crate::ledger::answer::filter::{FactFilters, Filter, document_at};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::parts::{FactParts, PartRows};
use crate::ledger::answer::phrases::withheld_text;
pub use crate::ledger::answer::quoting::QuotingFact;
use crate::ledger::answer::quoting::{CitingFacts, QuotingFacts};
use crate::ledger::answer::{AnswerError, NamedView, json_of};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::row::DocumentRow;
use crate::ledger::query::since::LaterChange;
use crate::ledger::query::spans::{Coverage, QuotedSpan, Segment, coverage, segments};
use crate::ledger::query::{AsOf, Query, View, ever_derived, withheld};
use crate::ledger::reader::{DocumentFound, Record};
use annals_core::hash::Hash;
use annals_core::quote::Text;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// A document as of a point, and the facts that may quote it.
pub struct BlameView<'a> {
    /// The record as of the point.
    pub named: NamedView<'a>,
    /// The filters; what could not be tested is counted while rows are read.
    pub filter: Filter,
    document: u64,
}

/// A document with its quotations; the facts are read when they are taken.
pub struct BlameAnswer<'a, 'v> {
    rows: PartRows<'a, 'v>,
    /// The point.
    pub as_of: AsOf,
    /// The document.
    pub document: DocumentRow,
    /// How much of it is quoted.
    pub coverage: Coverage,
    /// The documents that are derived from it, by position.
    pub derived: Vec<u64>,
    /// Its text, cut where quotations begin and end.
    pub segments: Vec<Segment>,
    /// The facts that quote it, by position.
    pub facts: Arc<[u64]>,
    /// The facts without a date, if a date is requested; else empty.
    pub undated: Arc<[u64]>,
    /// The quotations of the facts with and without a date, by fact.
    spans: Vec<QuotedSpan>,
    /// All facts, if they are few.
    kept: Option<BTreeMap<u64, QuotingFact>>,
    /// The later changes of these facts.
    pub since: Vec<LaterChange>,
    /// Whether these are all.
    pub end: PageEnd,
    /// Whether a filter left out other facts, which may quote it too.
    pub is_filtered: bool,
    /// The number of facts that may quote it too, because their words are withheld.
    pub withheld: usize,
    /// The number of facts that may quote it too, because their words are not as signed.
    pub not_as_signed: usize,
    /// The bodies that were read and do not have the signed digest.
    pub damaged: u64,
}

#[derive(Serialize)]
struct BlameHead<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    document: u64,
    hash: Hash,
    title: Option<&'a str>,
    sha256: Option<Hash>,
    coverage: Coverage,
    segments: &'a [Segment],
}

#[derive(Serialize)]
struct BlameTail<'a> {
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
        let ask: &Query<'_> = &|snapshot, _| {
            let mut named = withheld(snapshot)?;
            named.extend(Some(document).filter(|document| *document < snapshot.size));
            named.extend(ever_derived(snapshot, document)?);
            named.extend(filters.document(snapshot)?);
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
    pub fn answer(&self, most: usize) -> Result<BlameAnswer<'_, 'a>, LedgerError> {
        let BlameView { named: NamedView { view, names }, filter, document } = self;
        let document = *document;
        let mut rows = Rows::read(view, names, &|_| false)?;
        let missing = || LedgerError::NotFound(format!("document {document} could not be read"));
        let row = rows.documents.remove(&document).ok_or_else(missing)?;
        let text = match text_of(view, &row) {
            Ok(text) => text,
            Err(why) => return Err(with_its_text(why, view, &rows, document)?),
        };
        let found = CitingFacts { document, text: &text, filter, names, most }.read(view)?;
        let QuotingFacts {
            facts,
            undated,
            spans,
            kept,
            since,
            end,
            withheld,
            not_as_signed,
            damaged,
        } = found;
        let is_dated = |span: &&QuotedSpan| facts.binary_search(&span.fact).is_ok();
        let segments = segments(&text, spans.iter().filter(is_dated));
        let is_shown =
            |fact: u64| [&facts, &undated].iter().any(|facts| facts.binary_search(&fact).is_ok());
        Ok(BlameAnswer {
            rows: PartRows::of(view, names, &is_shown)?,
            as_of: view.as_of(),
            damaged,
            document: row,
            derived: view.derived_documents(document)?,
            coverage: coverage(&segments),
            segments,
            facts: facts.into(),
            undated: undated.into(),
            spans,
            kept,
            since,
            end,
            is_filtered: !filter.is_empty(),
            withheld,
            not_as_signed,
        })
    }
}

impl BlameAnswer<'_, '_> {
    fn each_of<E: From<LedgerError>>(
        &mut self,
        facts: &[u64],
        take: &mut dyn FnMut(&QuotingFact) -> Result<(), E>,
    ) -> Result<(), E> {
        let BlameAnswer { rows, spans, kept, .. } = self;
        if let Some(kept) = kept {
            return facts.iter().filter_map(|fact| kept.get(fact)).try_for_each(take);
        }
        rows.each(facts, &mut |_, row| {
            let first = spans.partition_point(|span| span.fact < row.fact);
            let rest = spans.get(first..).unwrap_or_default();
            let own = rest.iter().take_while(|span| span.fact == row.fact);
            take(&QuotingFact::of(&row, own.copied().collect()))
        })
    }

    /// The quotations of the facts that quote the document, by fact.
    pub fn quotations(&self) -> impl Iterator<Item = &QuotedSpan> {
        self.spans.iter().filter(|span| self.facts.binary_search(&span.fact).is_ok())
    }

    /// Whether the record could not be read to the end after some facts were taken.
    pub fn is_partial(&self) -> bool {
        self.rows.is_partial
    }

    /// Writes the JSON object, each fact as it is read.
    pub fn write_json(&mut self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let about = self.document.about.as_ref();
        let head = BlameHead {
            as_of: &self.as_of,
            document: self.document.document,
            hash: self.document.hash,
            title: about.map(|about| &*about.title),
            sha256: about.map(|about| about.sha256),
            coverage: self.coverage,
            segments: &self.segments,
        };
        let head = json_of(&head)?;
        self.write_parts(out, &head, |answer| {
            Ok(json_of(&BlameTail { since: &answer.since, more: answer.end })?)
        })
    }
}

impl FactParts for BlameAnswer<'_, '_> {
    type Item = QuotingFact;

    fn each<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&QuotingFact) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_of(&Arc::clone(&self.facts), take)
    }

    fn each_undated<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&QuotingFact) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_of(&Arc::clone(&self.undated), take)
    }
}

/// That a document has no text to show, with the document that is its text, if one was made of it.
fn with_its_text(
    why: LedgerError,
    view: &View<'_>,
    rows: &Rows,
    document: u64,
) -> Result<LedgerError, LedgerError> {
    let is_text = |position: &u64| {
        let about = rows.documents.get(position).and_then(|row| row.about.as_ref());
        about.is_some_and(|about| &*about.media_type == "text/plain")
    };
    let Some(text) = view.derived_documents(document)?.into_iter().find(is_text) else {
        return Ok(why);
    };
    let named = |why: String| format!("{why}; its text is document {text}");
    Ok(match why {
        LedgerError::NotFound(why) => LedgerError::NotFound(named(why)),
        LedgerError::DocumentUnread(why) => LedgerError::DocumentUnread(named(why)),
        other => other,
    })
}

/// The text of a document, or an error with the reason why there is none.
fn text_of(view: &View<'_>, row: &DocumentRow) -> Result<Text, LedgerError> {
    let position = row.document;
    let no = |why: String| LedgerError::NotFound(format!("document {position}: {why}"));
    let unread = |why: String| LedgerError::DocumentUnread(format!("document {position}: {why}"));
    let Some(about) = &row.about else {
        return Err(no(format!("expected its digest, found {}", withheld_text(row.withheld))));
    };
    let bytes = match view.record.document(&about.sha256)? {
        DocumentFound::Whole(bytes) => Some(bytes),
        DocumentFound::Absent => None,
        DocumentFound::Damaged => {
            return Err(unread(format!(
                "expected bytes of sha256 {}, found others: the file in this copy is damaged; \
                 annals repair --from COPY takes it from another copy",
                about.sha256
            )));
        }
    };
    let absent = || {
        unread(format!(
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
