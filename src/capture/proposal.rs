//! A proposal: how a page or a file describes itself.
//!
//! Always holds: each value is in the grammar of its field in the record, or is left out; the text
//! of a stranger is cut to a line without invisible characters. Not here: where the values are
//! found (`metadata`, and the reader of each format).

use crate::capture::language::language;
use crate::capture::lists::entries;
use annals_core::text::{Edtf, is_invisible, is_unseen};
use serde::{Deserialize, Serialize};

/// The most characters of a value that is proposed.
const MAX_CHARACTERS: usize = 300;
/// The most authors that are proposed.
const MAX_AUTHORS: usize = 20;

/// A description that a document has of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedDescription {
    /// Its title.
    pub title: Option<String>,
    /// Its language.
    pub lang: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published.
    pub published: Option<String>,
    /// When its file was made, which need not be when it was published.
    pub created: Option<String>,
}

/// What programs write in place of a title that nobody gave.
const NO_TITLES: &str = include_str!("no_titles.txt");
/// Programs that write the name of a file in place of a title.
const NAMING: [&str; 3] = ["microsoft word - ", "microsoft powerpoint - ", "microsoft excel - "];
/// What programs write in place of an author whom nobody named.
const NO_AUTHORS: &str = include_str!("no_authors.txt");

/// Whether a value is one of these, in any letters.
fn is_of_list(value: &str, list: &'static str) -> bool {
    let value = value.to_lowercase();
    entries(list).any(|entry| entry == value)
}

fn is_file_name(title: &str) -> bool {
    let title = title.to_lowercase();
    NAMING.iter().any(|program| title.starts_with(program))
}

impl ProposedDescription {
    /// Takes each field of another one, if there is none yet.
    pub fn offer(&mut self, other: ProposedDescription) {
        self.title = self.title.take().or(other.title);
        self.lang = self.lang.take().or(other.lang);
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
        self.publisher = self.publisher.take().or(other.publisher);
        self.published = self.published.take().or(other.published);
        self.created = self.created.take().or(other.created);
    }

    /// Takes a title, if there is none yet.
    pub fn offer_title(&mut self, text: &str) {
        let named = |title: &String| !is_of_list(title, NO_TITLES) && !is_file_name(title);
        self.title = self.title.take().or_else(|| line(text).filter(named));
    }

    /// Takes a language, if there is none yet.
    pub fn offer_lang(&mut self, text: &str) {
        self.lang = self.lang.take().or_else(|| lang(text));
    }

    /// Takes a publisher, if there is none yet.
    pub fn offer_publisher(&mut self, text: &str) {
        self.publisher = self.publisher.take().or_else(|| line(text));
    }

    /// Takes a date of publication, if there is none yet.
    pub fn offer_published(&mut self, text: &str) {
        self.published = self.published.take().or_else(|| date(text));
    }

    /// Takes the date of the file, if there is none yet.
    pub fn offer_created(&mut self, text: &str) {
        self.created = self.created.take().or_else(|| date(text));
    }

    /// Takes authors, if there are none yet. An address is no name.
    pub fn offer_authors<'t>(&mut self, names: impl IntoIterator<Item = &'t str>) {
        if !self.authors.is_empty() {
            return;
        }
        for name in names.into_iter().filter_map(name).take(MAX_AUTHORS) {
            let is_name = !name.contains("://") && !is_of_list(&name, NO_AUTHORS);
            if is_name && !self.authors.contains(&name) {
                self.authors.push(name);
            }
        }
    }

    /// What is proposed, field by field, as it is shown.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let authors = Some(self.authors.join(", ")).filter(|names| !names.is_empty());
        let all = [
            ("title", self.title.clone()),
            ("language", self.lang.clone()),
            ("author", authors),
            ("publisher", self.publisher.clone()),
            ("published", self.published.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// One line of visible characters; `None` where nothing is left.
fn line(text: &str) -> Option<String> {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut before = None;
    let is_seen = |c: &char| {
        let is_seen = !is_invisible(*c) && !is_unseen(before, *c);
        before = if is_seen { Some(*c) } else { before };
        is_seen
    };
    let visible: String = visible.filter(is_seen).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(MAX_CHARACTERS).collect();
    Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
}

/// A name without the word before it in a line of authors.
fn name(text: &str) -> Option<String> {
    let name = line(text)?;
    let after = name.split_at_checked(3).filter(|(word, _)| word.eq_ignore_ascii_case("by "));
    match after {
        Some((_, rest)) if rest.starts_with(char::is_uppercase) => Some(rest.to_owned()),
        _ => Some(name),
    }
}

/// A language tag as the record has it: `en_us` is `en-us`, `EN` is `en`.
fn lang(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    let (first, rest) = text.split_at(text.find('-').unwrap_or(text.len()));
    let tag = format!("{}{rest}", first.to_ascii_lowercase());
    language(&tag).ok().map(|tag| tag.to_string())
}

/// The day of a date or time such as `2022-01-27T08:00:00Z` or `D:20220127080000`, or its month or
/// year where there is no more; in the time zone in which it is written. The zero of a calendar or
/// a clock, which stands for a date that nobody entered, is none.
fn date(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("D:");
    if ["0000", "0001-01-01", "00010101", "1970-01-01T00:00:00", "1970-01-01 00:00:00"]
        .iter()
        .any(|zero| text.starts_with(zero))
    {
        return None;
    }
    let digits = text.len() >= 8 && text.bytes().take(8).all(|b| b.is_ascii_digit());
    let text = match digits {
        true => format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..8]),
        false => text.to_owned(),
    };
    let day = text.get(..10).filter(|day| day.parse::<jiff::civil::Date>().is_ok());
    let shorter = || {
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let month = text.len() == 7 && text.get(4..5) == Some("-");
        let year = text.len() == 4;
        let (first, last) = (text.get(..4)?, text.get(5..).unwrap_or_default());
        Some(text.as_str()).filter(|_| (month || year) && digits(first) && digits(last))
    };
    let date = day.or_else(shorter)?;
    Edtf::new(date).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_record_or_none() {
        assert_eq!(line(" A \n\u{202e}day\u{0} "), Some("A day".to_owned()));
        assert_eq!(line(" \u{7}\n"), None);
        assert_eq!(line(&"x".repeat(999)).map(|text| text.len()), Some(MAX_CHARACTERS));
        let langs = [("en_US", Some("en-US")), ("DE", Some("de")), ("English", None), ("", None)];
        for (given, tag) in langs {
            assert_eq!(lang(given).as_deref(), tag, "{given}");
        }
        let dates = [
            ("2022-01-27T23:30:00+01:00", Some("2022-01-27")),
            ("D:20220127080000Z", Some("2022-01-27")),
            ("20220127", Some("2022-01-27")),
            ("2022-01", Some("2022-01")),
            ("2022", Some("2022")),
            ("2022-13-27", None),
            ("last week", None),
            ("0001-01-01T00:00:00Z", None),
            ("1970-01-01T00:00:00Z", None),
            ("1970-01-01", Some("1970-01-01")),
            ("20é20127", None),
        ];
        for (given, day) in dates {
            assert_eq!(date(given).as_deref(), day, "{given}");
        }
        for title in ["untitled", "Untitled", "(anonymous)", "Microsoft Word - x.doc", "Ohne Titel"]
        {
            let mut proposal = ProposedDescription::default();
            proposal.offer_title(title);
            assert_eq!(proposal.title, None, "{title}");
            proposal.offer_title("Untitled works of 1926");
            assert_eq!(proposal.title.as_deref(), Some("Untitled works of 1926"));
        }
        for author in ["anonymous", "Admin", "user", "python-docx", "(anonymous)"] {
            let mut proposal = ProposedDescription::default();
            proposal.offer_authors([author, "Ann User"]);
            assert_eq!(proposal.authors, ["Ann User"]);
        }
        let mut proposal = ProposedDescription::default();
        proposal.offer_authors(["https://example.org/ann", " Ann  Author ", "Ann Author"]);
        proposal.offer_authors(["Later"]);
        assert_eq!(proposal.authors, ["Ann Author"]);
        for (given, expected) in
            [("By Jane Doe", "Jane Doe"), ("by the way", "by the way"), ("Byron", "Byron")]
        {
            assert_eq!(name(given).as_deref(), Some(expected));
        }
    }
}
