//! The fields of a draft, each with a description.
//!
//! Always holds: they are those of `draft`. Not here: their types (`draft`), examples (`template`).
//! Source: docs/drafts.md.

/// A field of a draft, with its description.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name; an item of a list has the number 1.
    pub name: &'static str,
    /// Its description, for people.
    pub what: &'static str,
}

macro_rules! fields {
    ($($name:literal: $what:literal,)*) => {
        &[$(Field { name: $name, what: $what },)*]
    };
}

/// Every field, in the order of a table's columns.
pub const FIELDS: &[Field] = fields! {
    "ref": "a name by which later drafts of this file name this one",
    "type": "the type of the event; left out: fact.asserted",
    "document": "the document quoted from or described: a position, or a ref; left out: the only \
        one",
    "quote": "the document's words, or first words … last words",
    "nth": "which one, where the words stand there more than once: 1, 2 …",
    "exact_edges": "true: begin and end where the typed words do, also inside of a word",
    "stance": "how the quoted words stand to the claim: supports, contradicts, mentions; left \
        out: supports",
    "reliability": "how reliable you hold the document to be: A to F",
    "claim": "the fact in one sentence that stands by itself",
    "lang": "the language of the claim or of the document, such as en; of a claim left out: the \
        document's",
    "vouch": "said: the document says so; so: it is so; left out: said",
    "according_to": "who says so inside the document, outermost first; several: with ; between \
        them",
    "agent_type": "what each of them is, in the same order: person, organization, document; \
        known from the first use on",
    "act": "what each of them does; left out: says",
    "role": "the role of each of them; known from the first use on",
    "when": "when it was so: an EDTF date or interval, such as 2022-01-26 or 2021/2022",
    "as_written": "the same in the document's words",
    "basis": "where the date comes from: stated, derived, inferred; left out: stated",
    "topics": "persons and things that it is about; several: with ; between them",
    "fact": "the fact that is acted on, in its present words: its position, or a ref",
    "on": "the revision that is acted on, in place of fact: a position, or a ref",
    "how": "how it was confirmed: reread, independent-document, direct-contact",
    "reason": "why it is disputed, corrected or retracted, such as misquotation or entry-error",
    "error_in": "where the error is: record, document; left out: record, or document \
                 for source-corrected and source-retracted",
    "statement": "why, in a sentence for readers",
    "resolves": "open disputes that a correction resolves: positions; several: with ; between them",
    "dispute": "the dispute that is closed: its position, or a ref",
    "retraction": "the retraction that is ended: its position, or a ref",
    "relation": "the relation that is withdrawn: its position, or a ref",
    "from": "the fact that stands to another: its position, or a ref",
    "rel": "how it stands: supports, contradicts, qualifies, updates, same-as, part-of",
    "to": "the other fact: its position, or a ref",
    "file": "the file of the document, beside the drafts or in a folder there",
    "title": "the title of the document",
    "media_type": "its media type; left out: text/plain",
    "captured_at": "when it was captured, in UTC; left out: now",
    "url": "where it was found",
    "publisher": "who published it",
    "authors": "who wrote it; several: with ; between them",
    "published": "when it was published: an EDTF date",
    "published.edtf": "the same, with as_written beside it",
    "published.as_written": "the same in the document's words",
    "archived_at": "where an archive keeps it",
    "rights": "its rights or licence",
    "derived_from": "the document that it was made from: a position, or a ref",
    "method": "how it was captured or made, with the program's name and version",
    "quote.exact": "the exact words, in place of quote",
    "quote.prefix": "the words before them",
    "quote.suffix": "the words after them",
    "evidence.1.document": "evidence, item after item, where there is more than one quotation: \
        its document",
    "evidence.1.stance": "supports, contradicts, mentions; left out: supports",
    "evidence.1.quote": "its quotation",
    "evidence.1.quote.exact": "the exact words, in place of the quotation",
    "evidence.1.quote.prefix": "the words before them",
    "evidence.1.quote.suffix": "the words after them",
    "evidence.1.nth": "which one, where the words stand there more than once",
    "evidence.1.exact_edges": "true: begin and end where the typed words do",
    "evidence.1.span.start": "where the words begin, in code points from 0",
    "evidence.1.span.end": "where they end",
    "evidence.1.reliability": "A to F",
    "evidence.1.translation.lang": "a translation of the quotation: its language",
    "evidence.1.translation.text": "its words",
    "evidence.1.translation.by": "human or machine",
    "attribution.1.agent": "the hops of the attribution, item after item, in place of \
        according_to: who",
    "attribution.1.agent_type": "person, organization, document",
    "attribution.1.act": "what they do",
    "attribution.1.role": "their role",
    "attribution.1.id": "an address that identifies them",
    "attribution.1.unnamed_because": "why they are not named",
    "when.edtf": "the date, in place of when",
    "when.as_written": "the same in the document's words",
    "when.basis": "stated, derived, inferred",
    "topics.1.name": "the topics, item after item, in place of topics: a name",
    "topics.1.id": "an address that identifies it",
};
