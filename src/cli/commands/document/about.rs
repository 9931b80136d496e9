//! The options that describe a document.
//!
//! Always holds: an empty value is left out. Not here: where the document comes from (`add`).

use crate::cli::shared::filled;
use crate::ledger::write::draft::{DatingDraft, Draft, Name};
use annals_core::event::body::Captured;
use clap::Args;

/// A description.
#[derive(Clone, Debug, Args)]
pub struct AboutArgs {
    /// Its title
    #[arg(long)]
    pub title: Option<String>,
    /// Its language, such as en
    #[arg(long)]
    pub lang: Option<String>,
    /// Who published it
    #[arg(long)]
    pub publisher: Option<String>,
    /// Where it was found
    #[arg(long)]
    pub url: Option<String>,
    /// Who wrote it; may be given several times
    #[arg(long = "author", value_name = "NAME")]
    pub authors: Vec<String>,
    /// When it was published: an EDTF date such as 2022-01-27
    #[arg(long, value_name = "EDTF")]
    pub published: Option<String>,
    /// The same in the document's words, which stand in it
    #[arg(long, value_name = "WORDS")]
    pub published_as_written: Option<String>,
    /// Where a copy is kept
    #[arg(long, value_name = "URL")]
    pub archived_at: Option<String>,
    /// Who holds the rights
    #[arg(long)]
    pub rights: Option<String>,
    /// How it was captured
    #[arg(long)]
    pub method: Option<String>,
    /// The document that this was made from
    #[arg(long, value_name = "POSITION")]
    pub derived_from: Option<u64>,
    /// What kind of file it is [default: by its first bytes, the server or its ending; in
    /// describe, as before]
    #[arg(long, value_name = "TYPE")]
    pub media_type: Option<String>,
    /// When it was captured [default: now; in describe, as before]
    #[arg(long, value_name = "TIME")]
    pub captured_at: Option<String>,
}

impl AboutArgs {
    /// The fields of a draft.
    pub fn draft(self) -> Draft {
        let (edtf, as_written) = (self.published, self.published_as_written);
        let dated = edtf.is_some() || as_written.is_some();
        let (edtf, as_written) = (edtf.and_then(filled), as_written.and_then(filled));
        let authors = self.authors.iter().filter(|name| !name.is_empty()).cloned();
        Draft {
            media_type: self.media_type,
            title: self.title,
            lang: self.lang,
            captured_at: self.captured_at,
            derived_from: self.derived_from.map(Name::Position),
            method: self.method.and_then(filled),
            url: self.url.and_then(filled),
            publisher: self.publisher.and_then(filled),
            authors: (!self.authors.is_empty()).then(|| authors.collect()),
            published: dated.then_some(DatingDraft { edtf, as_written }),
            archived_at: self.archived_at.and_then(filled),
            rights: self.rights.and_then(filled),
            ..Draft::default()
        }
    }

    /// What is not given is what it was.
    pub fn taking_over(self, old: &Captured) -> AboutArgs {
        let short = |given: Option<String>, old: Option<&str>| given.or(old.map(str::to_owned));
        let authors = old.authors.iter().flatten().map(|name| name.to_string());
        let published = old.published.as_ref();
        let edtf = published.and_then(|published| published.edtf.as_deref());
        let as_written = published.and_then(|published| published.as_written.as_deref());
        AboutArgs {
            title: short(self.title, Some(&old.title)),
            lang: short(self.lang, Some(&old.lang)),
            publisher: short(self.publisher, old.publisher.as_deref()),
            url: short(self.url, old.url.as_deref()),
            authors: match self.authors.is_empty() {
                true => authors.collect(),
                false => self.authors,
            },
            published: short(self.published, edtf),
            published_as_written: short(self.published_as_written, as_written),
            archived_at: short(self.archived_at, old.archived_at.as_deref()),
            rights: short(self.rights, old.rights.as_deref()),
            method: short(self.method, old.method.as_deref()),
            derived_from: self.derived_from.or(old.derived_from),
            media_type: short(self.media_type, Some(&old.media_type)),
            captured_at: short(self.captured_at, Some(old.captured_at.as_str())),
        }
    }
}
