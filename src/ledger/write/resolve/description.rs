//! Resolving the description of a document: at its capture or later.
//!
//! Always holds: digest and number of bytes are those of the loaded file.
//! Not here: facts (`resolve`). Source: FORMAT.md section 4, Description.

use crate::ledger::write::draft::Draft;
use crate::ledger::write::resolve::fields::{Unresolved, field, lang_of, need, seen_words, uri};
use crate::ledger::write::resolve::parts::dating;
use crate::ledger::write::resolve::{Resolver, words};
use annals_core::event::body::{self, Content, MAX_DOCUMENT};
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::quote::Text;
use annals_core::text::MediaType;
use annals_core::time::Time;

/// Digest and bytes of a captured document.
pub(super) type Captured = (Hash, Vec<u8>);

/// How many documents, each made from the next, are looked at.
const MAX_ORIGINS: usize = 1_000;

macro_rules! describe {
    ($resolver:expr, $draft:expr, $kind:expr, $text:expr, $captured:expr,
     $name:ident { $($field:ident: $value:expr),* }) => {{
        let (resolver, draft, kind) = ($resolver, $draft, $kind);
        let published = draft.published.as_ref().map(|published| dating(published, $text));
        let published = published.transpose()?.flatten();
        let media_type = draft.media_type.as_deref().unwrap_or("text/plain");
        let title = need(draft.title.as_deref(), "title", kind)?;
        let lang = need(draft.lang.as_deref(), "lang", kind)?;
        let captured_at = match draft.captured_at.as_deref() {
            None => $captured.unwrap_or_else(|| resolver.lookup.now()),
            Some(text) => read_time(text)?,
        };
        let derived_from = draft.derived_from.as_ref();
        let derived_from =
            derived_from.map(|name| resolver.position(Some(name), "derived_from", kind));
        let authors = draft.authors.as_deref().unwrap_or_default();
        let authors = authors.iter().map(|name| seen_words("authors", name));
        let authors = authors.collect::<Result<Vec<_>, _>>()?;
        body::$name {
            $($field: $value,)*
            media_type: field("media_type", MediaType::new(media_type))?,
            title: seen_words("title", title)?,
            lang: lang_of("lang", lang)?,
            captured_at,
            derived_from: derived_from.transpose()?,
            method: words("method", draft.method.as_ref())?,
            url: uri("url", draft.url.as_ref())?,
            publisher: words("publisher", draft.publisher.as_ref())?,
            authors: Some(authors).filter(|authors| !authors.is_empty()),
            published,
            archived_at: uri("archived_at", draft.archived_at.as_ref())?,
            rights: words("rights", draft.rights.as_ref())?,
        }
    }};
}

impl Resolver<'_> {
    /// A capture: the file's bytes and the description.
    pub(super) fn captured(
        &mut self,
        draft: &Draft,
        file: Option<Vec<u8>>,
    ) -> Result<(Content, Option<Captured>), Unresolved> {
        let kind = Type::DocumentCaptured;
        let bytes = need(file, "file", kind)?;
        let length = bytes.len() as u64;
        if length > MAX_DOCUMENT {
            return Err(format!(
                "file: a document has at most {MAX_DOCUMENT} bytes, found {length}"
            ));
        }
        let sha256 = Hash::of(&[&bytes]);
        let searched = is_searched(draft);
        let plain = draft.media_type.as_deref().is_none_or(|kind| kind == "text/plain");
        let text = (searched && plain).then(|| Text::new(bytes.clone())).flatten();
        let captured = describe!(
            self,
            draft,
            kind,
            text.as_ref(),
            None::<Time>,
            Captured { sha256: sha256, bytes: length }
        );
        if &*captured.media_type == "text/plain"
            && let Err(error) = std::str::from_utf8(&bytes)
        {
            return Err(format!(
                "file: a text/plain document must be UTF-8 ({error}); give its media_type, or \
                 convert it"
            ));
        }
        Ok((Content::DocumentCaptured(captured), Some((sha256, bytes))))
    }

    /// A new description of a captured document.
    pub(super) fn described(&mut self, draft: &Draft) -> Result<Content, Unresolved> {
        let kind = Type::DocumentDescribed;
        let statement = need(words("statement", draft.statement.as_ref())?, "statement", kind)?;
        let document = self.position(draft.document.as_ref(), "document", kind)?;
        let text = match is_searched(draft) {
            true => self.lookup.document(document).ok().map(|(text, _)| text.clone()),
            false => None,
        };
        let before = self.lookup.captured_at(document);
        let described = describe!(
            &mut *self,
            draft,
            kind,
            text.as_ref(),
            before,
            Described { statement: statement }
        );
        if let Some(from) = described.derived_from {
            self.check_origin(document, from)?;
        }
        Ok(Content::DocumentDescribed(described))
    }

    /// Refuses a document that would be made from itself, also by way of others.
    fn check_origin(&self, document: u64, from: u64) -> Result<(), Unresolved> {
        let mut origin = Some(from);
        for _ in 0..MAX_ORIGINS {
            let Some(made_from) = origin else { break };
            if made_from == document {
                return Err(match from == document {
                    true => {
                        format!("derived_from: expected another document, found {document} itself")
                    }
                    false => format!(
                        "derived_from: expected a document that is not made from {document}, found \
                         {from}"
                    ),
                });
            }
            origin = self.lookup.derived_from(made_from);
        }
        Ok(())
    }
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
    let timestamp: jiff::Timestamp =
        read.map_err(|error| format!("captured_at: expected a UTC time: {error}"))?;
    Time::from_micros(timestamp.as_microsecond())
        .ok_or_else(|| format!("captured_at: {text} is not between 1970 and 9999"))
}
