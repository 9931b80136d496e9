//! Resolving the description of a document: at its capture or later.
//!
//! Always holds: digest and number of bytes are those of the loaded file.
//! Not here: facts (`resolve`). Source: FORMAT.md section 4, Description.

use crate::clock::has_wrong_offset;
use crate::ledger::error::{Reasons, Unresolved};
use crate::ledger::write::draft::{Draft, Name};
use crate::ledger::write::resolve::fields::{field, keep, lang_of, need, seen_words, uri};
use crate::ledger::write::resolve::parts::dating;
use crate::ledger::write::resolve::{Resolver, words};
use annals_core::event::body::{self, Content, MAX_DOCUMENT};
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::quote::Text;
use annals_core::text::{MediaType, in_quotes};
use annals_core::time::Time;

/// Digest and bytes of a captured document.
pub(super) type Captured = (Hash, Vec<u8>);

/// How many documents, each made from the next, are looked at.
const MAX_ORIGINS: usize = 1_000;

/// A description of a document, as what captures or describes it; `None` if a field is wrong: all
/// that is wrong is kept.
macro_rules! describe {
    ($resolver:expr, $draft:expr, $kind:expr, $text:expr, $captured:expr, $wrong:expr,
     $name:ident { $($field:ident: $value:expr),* }) => {{
        let (resolver, draft, kind, wrong) = ($resolver, $draft, $kind, &mut *$wrong);
        let published = draft.published.as_ref().map(|published| dating(published, $text));
        let published = keep(published.transpose(), wrong);
        let media_type = draft.media_type.as_deref().unwrap_or("text/plain");
        let media_type = keep(field("media_type", MediaType::new(media_type)), wrong);
        let title = need(draft.title.as_deref(), "title", kind);
        let title = keep(title.and_then(|title| seen_words("title", title)), wrong);
        let lang = need(draft.lang.as_deref(), "lang", kind);
        let lang = keep(lang.and_then(|lang| lang_of("lang", lang)), wrong);
        let captured_at = match draft.captured_at.as_deref() {
            None => Some($captured.unwrap_or_else(|| resolver.lookup.now())),
            Some(text) => keep(read_time(text), wrong),
        };
        let derived_from = draft.derived_from.as_ref();
        let derived_from = derived_from.map(|name| resolver.origin(name, kind));
        let derived_from = keep(derived_from.transpose(), wrong);
        let method = keep(words("method", draft.method.as_ref()), wrong);
        let url = keep(uri("url", draft.url.as_ref()), wrong);
        let publisher = keep(words("publisher", draft.publisher.as_ref()), wrong);
        let authors = draft.authors.as_deref().unwrap_or_default().iter();
        let authors = authors.filter_map(|name| keep(seen_words("authors", name), wrong));
        let authors: Vec<_> = authors.collect();
        let archived_at = keep(uri("archived_at", draft.archived_at.as_ref()), wrong);
        let rights = keep(words("rights", draft.rights.as_ref()), wrong);
        match (media_type, title, lang, captured_at) {
            (Some(media_type), Some(title), Some(lang), Some(captured_at))
                if wrong.0.is_empty() =>
            {
                Some(body::$name {
                    $($field: $value,)*
                    media_type,
                    title,
                    lang,
                    captured_at,
                    derived_from: derived_from.flatten(),
                    method: method.flatten(),
                    url: url.flatten(),
                    publisher: publisher.flatten(),
                    authors: Some(authors).filter(|authors| !authors.is_empty()),
                    published: published.flatten().flatten(),
                    archived_at: archived_at.flatten(),
                    rights: rights.flatten(),
                })
            }
            _ => None,
        }
    }};
}

impl Resolver<'_> {
    /// A capture: the file's bytes and the description.
    ///
    /// Errors: all that is wrong with file and description.
    pub(super) fn captured(
        &mut self,
        draft: &Draft,
        file: Option<Vec<u8>>,
    ) -> Result<(Content, Option<Captured>), Reasons> {
        let kind = Type::DocumentCaptured;
        let mut wrong = Reasons::default();
        let bytes = need(file, "file", kind).and_then(|bytes| expect_fit(draft, bytes));
        let bytes = keep(bytes, &mut wrong).unwrap_or_default();
        let length = bytes.len() as u64;
        let sha256 = Hash::of(&[&bytes]);
        let searched = is_searched(draft) && wrong.0.is_empty();
        let text = (searched && is_plain(draft)).then(|| Text::new(bytes.clone())).flatten();
        let captured = describe!(
            self,
            draft,
            kind,
            text.as_ref(),
            None::<Time>,
            &mut wrong,
            Captured { sha256: sha256, bytes: length }
        );
        let captured = captured.ok_or(wrong)?;
        Ok((Content::DocumentCaptured(captured), Some((sha256, bytes))))
    }

    /// A new description of a captured document.
    ///
    /// Errors: all that is wrong with it.
    pub(super) fn described(&mut self, draft: &Draft) -> Result<Content, Reasons> {
        let kind = Type::DocumentDescribed;
        let mut wrong = Reasons::default();
        let statement = words("statement", draft.statement.as_ref());
        let statement = statement.and_then(|text| need(text, "statement", kind));
        let statement = keep(statement, &mut wrong);
        let document = self.position(draft.document.as_ref(), "document", kind);
        let document = keep(document, &mut wrong);
        let searched = document.filter(|_| is_searched(draft));
        let text = searched.and_then(|at| Some(self.lookup.document(at).ok()?.text.clone()));
        let before = document.and_then(|document| self.lookup.captured_at(document));
        if let (Some(document), Some(from)) = (document, &draft.derived_from)
            && let Ok(from) = self.position(Some(from), "derived_from", kind)
        {
            keep(self.check_origin(document, from), &mut wrong);
        }
        // Without a statement all else that is wrong is found all the same.
        let described = describe!(
            &mut *self,
            draft,
            kind,
            text.as_ref(),
            before,
            &mut wrong,
            Described { statement: statement.ok_or_else(Reasons::default)? }
        );
        Ok(Content::DocumentDescribed(described.ok_or(wrong)?))
    }

    /// The document that a document is made from.
    fn origin(&self, name: &Name, kind: Type) -> Result<u64, Unresolved> {
        let from = self.position(Some(name), "derived_from", kind)?;
        match self.lookup.is_document(from) {
            true => Ok(from),
            false => Err(Unresolved::at(
                "derived_from",
                format!("{from} is no document; annals document list shows them"),
            )),
        }
    }

    /// Refuses a document that would be made from itself, also by way of others.
    fn check_origin(&self, document: u64, from: u64) -> Result<(), Unresolved> {
        let mut origin = Some(from);
        for _ in 0..MAX_ORIGINS {
            let Some(made_from) = origin else { break };
            if made_from == document {
                return Err(match from == document {
                    true => Unresolved::at(
                        "derived_from",
                        format!("expected another document, found {document} itself"),
                    ),
                    false => Unresolved::at(
                        "derived_from",
                        format!(
                            "expected a document that is not made from {document}, found \
                             {from}"
                        ),
                    ),
                });
            }
            origin = self.lookup.derived_from(made_from);
        }
        Ok(())
    }
}

/// The bytes of a document, if they are not too many and are what its media type says.
fn expect_fit(draft: &Draft, bytes: Vec<u8>) -> Result<Vec<u8>, Unresolved> {
    let length = bytes.len() as u64;
    if length > MAX_DOCUMENT {
        return Err(Unresolved::at(
            "file",
            format!("a document has at most {MAX_DOCUMENT} bytes, found {length}"),
        ));
    }
    match std::str::from_utf8(&bytes) {
        Err(error) if is_plain(draft) => Err(Unresolved::at(
            "file",
            format!(
                "a text/plain document must be UTF-8 ({error}); give its media_type, or convert \
                 it"
            ),
        )),
        _ => Ok(bytes),
    }
}

/// Whether a document is a text by its description.
fn is_plain(draft: &Draft) -> bool {
    draft.media_type.as_deref().is_none_or(|kind| kind == "text/plain")
}

/// Whether a description has words that must be found in the document.
fn is_searched(draft: &Draft) -> bool {
    draft.published.as_ref().is_some_and(|published| published.as_written.is_some())
}

fn read_time(text: &str) -> Result<Time, Unresolved> {
    let read = match text.contains('[') {
        // An offset that is not that of the zone behind it is an error.
        true => text.parse::<jiff::ZonedDateTime>().map(|zoned| zoned.timestamp()),
        false => text.parse(),
    };
    let read = read.ok().filter(|_| !has_wrong_offset(text));
    let timestamp: jiff::Timestamp = read.ok_or_else(|| {
        Unresolved::at(
            "captured_at",
            format!(
                "expected a time like 2022-01-27T08:00:00Z, or one with its offset or \
                 zone, found {}",
                in_quotes(text)
            ),
        )
    })?;
    Time::from_micros(timestamp.as_microsecond()).ok_or_else(|| {
        Unresolved::at("captured_at", format!("{text} is not between 1970 and 9999"))
    })
}
