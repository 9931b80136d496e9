//! The lookup of a writer: the record with the prepared events on top of it.
//!
//! Always holds: a prepared event and its document are found as if they were written.
//! Not here: resolving itself (`resolve`).

use crate::ledger::error::Unresolved;
use crate::ledger::query::effect::object;
use crate::ledger::write::earlier::last_description;
use crate::ledger::write::home::{Home, entry_of};
use crate::ledger::write::outcome::Refs;
use crate::ledger::write::prepared_batch::PreparedBatch;
use crate::ledger::write::resolve::{DocumentText, KnownAgent, RecordLookup};
use crate::ledger::write::slice::RecordSlice;
use crate::ledger::write::writer::Writer;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content, Fact};
use annals_core::hash::Hash;
use annals_core::time::Time;
use annals_core::verify::Verifier;
use annals_core::verify::library::{LibraryEntry, LibraryRow};
use annals_core::verify::source::{BATCH, Batch, Source, SourceError, Walk};
use serde_json::{Map, Value};

/// The record in its home, and prepared events after it.
pub struct Pending<'a> {
    home: &'a dyn Home,
    prepared: &'a PreparedBatch,
    /// The slice of the record that the writer has, if it has not read all of it.
    slice: Option<&'a RecordSlice>,
}

impl<'a> Pending<'a> {
    /// The record in its home, with prepared events on top.
    pub fn new(
        home: &'a dyn Home,
        prepared: &'a PreparedBatch,
        slice: Option<&'a RecordSlice>,
    ) -> Pending<'a> {
        Pending { home, prepared, slice }
    }

    fn entry(&self, position: u64) -> Result<Option<Entry>, SourceError> {
        if let Some(index) = position.checked_sub(self.home.size()) {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            return Ok(self.prepared.entries.get(index).cloned());
        }
        if let (Some(slice), Some(local)) = (self.slice, self.home.local())
            && position < local.journal().size()
            && let Ok(event) = slice.index().event(position)
        {
            return local.journal().fetch(position, event.place);
        }
        entry_of(self.home, position)
    }

    fn body(&self, position: u64) -> Option<Body> {
        Body::parse(&self.entry(position).ok()??.body?).ok()
    }
}

impl Source for Pending<'_> {
    fn size(&self) -> u64 {
        self.prepared.first + self.prepared.entries.len() as u64
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        let committed = self.home.size();
        let stored = match from < committed {
            true => self.home.walk(from)?,
            false => Box::new(std::iter::empty()),
        };
        let first = from.max(committed);
        let skip = usize::try_from(first - committed).unwrap_or(usize::MAX);
        let prepared = self.prepared.entries.get(skip..).unwrap_or_default();
        let batches =
            prepared.chunks(BATCH).zip((first..).step_by(BATCH)).map(|(entries, first)| {
                Ok(Batch { first, entries: entries.to_vec(), ..Batch::default() })
            });
        Ok(Box::new(stored.chain(batches)))
    }

    fn entry_at(&self, index: u64) -> Result<Option<Entry>, SourceError> {
        self.entry(index)
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        let prepared = self.prepared.documents.iter().find(|(known, _)| known == digest);
        match prepared {
            Some((_, bytes)) => Ok(Some(bytes.clone())),
            None => self.home.document(digest),
        }
    }
}

/// The lookup that the resolver uses, over a writer.
pub struct WriterLookup<'a> {
    verifier: &'a mut Verifier,
    pending: Pending<'a>,
    named: &'a Refs,
    now: Time,
}

impl<'a> WriterLookup<'a> {
    /// The lookup of a writer with prepared events.
    pub fn new(
        writer: &'a mut Writer,
        prepared: &'a PreparedBatch,
        named: &'a Refs,
        now: Time,
    ) -> WriterLookup<'a> {
        let slice = writer.slice.as_ref();
        let pending = Pending::new(&*writer.home, prepared, slice);
        WriterLookup { verifier: &mut writer.verifier, pending, named, now }
    }

    /// The words of a revision, by the event that made it.
    pub fn revision(&self, event: u64) -> Option<Fact> {
        self.pending.body(event)?.content.into_fact()
    }
}

impl WriterLookup<'_> {
    /// The number of events, with the prepared ones.
    pub fn size(&self) -> u64 {
        self.pending.size()
    }

    /// The fact whose present revision this event made, if nobody needs to vouch for it.
    pub fn standing_revision(&self, event: u64) -> Option<u64> {
        let fact = self.verifier.chain.state.fold.fact_of_revision(event)?;
        (fact.revision == event && !fact.suspect).then_some(fact.position)
    }

    /// The fields of the description in force of a document, if nobody needs to vouch for it and
    /// they can be read.
    pub fn description(&self, document: u64) -> Option<Map<String, Value>> {
        self.description_before(document, u64::MAX)
    }

    /// The fields of the description that a document had just before an event, if nobody needs to
    /// vouch for the document now and they can be read.
    pub fn description_before(&self, document: u64, event: u64) -> Option<Map<String, Value>> {
        let state = &self.verifier.chain.state;
        state.fold.document(document).filter(|document| !document.suspect)?;
        let described = last_description(state, document, event).unwrap_or(document);
        match self.pending.body(described)?.content {
            Content::DocumentCaptured(content) => Some(object(&content)),
            Content::DocumentDescribed(content) => Some(object(&content)),
            _ => None,
        }
    }
}

impl RecordLookup for WriterLookup<'_> {
    fn is_pending(&self, position: u64) -> bool {
        (self.pending.prepared.first..self.pending.size()).contains(&position)
    }

    fn named(&self, name: &str) -> Option<u64> {
        self.named.get(name).copied()
    }

    fn fact_of_revision(&self, event: u64) -> Option<u64> {
        Some(self.verifier.chain.state.fold.fact_of_revision(event)?.position)
    }

    fn revision_of(&self, fact: u64) -> Option<u64> {
        let fold = &self.verifier.chain.state.fold;
        // A correction stands for its own words; the resolver reports if they are no longer the
        // present ones.
        let named = || fold.fact_of_revision(fact).map(|_| fact);
        fold.fact(fact).map(|fact| fact.revision).or_else(named)
    }

    fn fact(&mut self, fact: u64) -> Option<Fact> {
        self.revision(self.revision_of(fact)?)
    }

    fn only_document(&self) -> Result<u64, usize> {
        let documents = self.verifier.contents.library.documents();
        let texts = documents.clone().filter(|(_, row)| row.media_type == "text/plain");
        match (texts.clone().next(), texts.count()) {
            (Some((only, _)), 1) => Ok(only),
            (Some(_), texts) => Err(texts),
            (None, _) => Err(documents.count()),
        }
    }

    fn is_document(&self, position: u64) -> bool {
        self.verifier.contents.library.row(position).is_some()
    }

    fn derived_from(&self, document: u64) -> Option<u64> {
        self.verifier.contents.library.row(document)?.derived_from
    }

    fn captured_at(&self, document: u64) -> Option<Time> {
        Time::parse(self.description(document)?.get("captured_at")?.as_str()?)
    }

    fn document(&mut self, position: u64) -> Result<DocumentText<'_>, Unresolved> {
        let Some(row) = self.verifier.contents.library.row(position).cloned() else {
            let why = format!("{position} is no document; annals document list shows them");
            return Err(Unresolved::at("document", why));
        };
        if row.media_type != "text/plain" {
            let made_of_it = |row: &LibraryRow| {
                row.derived_from == Some(position) && row.media_type == "text/plain"
            };
            let mut documents = self.verifier.contents.library.documents();
            let text = documents.find(|(_, row)| made_of_it(row));
            let text = text.map(|(text, _)| format!("its text is document {text}"));
            // Which text has the same words is known by reading both alone.
            let none = "no text was made of it: where the same words were in the record, they are \
                        the text of another document, which annals document list shows";
            let why = format!(
                "{position} is {}; only text/plain can be quoted; {}",
                row.media_type,
                text.unwrap_or_else(|| none.to_owned())
            );
            return Err(Unresolved::at("document", why));
        }
        match self.verifier.contents.library.text(&row.digest, &self.pending) {
            Ok(LibraryEntry::Text(text)) => Ok(DocumentText { text, lang: row.lang }),
            Ok(_) => {
                Err(Unresolved::at("document", format!("the text of {position} is not there")))
            }
            Err(error) => Err(Unresolved::at("document", error.to_string())),
        }
    }

    fn agent(&mut self, names: &[String]) -> Option<KnownAgent> {
        let later = match (self.pending.slice, self.pending.home.local()) {
            (Some(slice), Some(local)) => match slice.agent(local.journal(), names) {
                Ok(None) => self.pending.prepared.first,
                Ok(found) => return found,
                Err(_) => 0,
            },
            _ => 0,
        };
        let mut best: Option<(usize, KnownAgent)> = None;
        for batch in self.pending.walk(later).ok()? {
            for entry in batch.ok()?.entries {
                let body = entry.body.and_then(|bytes| Body::parse(&bytes).ok());
                let fact = match body.map(|body| body.content) {
                    Some(Content::FactAsserted(content)) => content.fact,
                    Some(Content::FactCorrected(content)) => content.fact,
                    _ => continue,
                };
                for hop in fact.attribution.into_iter().flatten() {
                    let at = names.iter().position(|name| **name == *hop.agent);
                    match at.filter(|at| best.as_ref().is_none_or(|(known, _)| at < known)) {
                        Some(0) => return Some(KnownAgent::of(&hop)),
                        Some(at) => best = Some((at, KnownAgent::of(&hop))),
                        None => {}
                    }
                }
            }
        }
        best.map(|(_, known)| known)
    }

    fn now(&self) -> Time {
        self.now
    }
}
