//! Unquoted words: figures, dates and names of a claim that no quoted text contains.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Figures are compared by value
//! (`figures`), whatever their digits and separators; names (`names`) only if claim and document
//! are in one language. Not here: whether a claim is true, or what its other words mean; which
//! language a text is in (`languages`).

pub mod compared;
mod quoted_words;
pub mod whole_word;
pub mod days;
mod first_words;
mod times;
mod figures;
mod marked_words;

use crate::ledger::write::notes::names::CapitalWords;
use crate::ledger::write::notes::unquoted::compared::{Compare, Wording};
use crate::ledger::write::notes::unquoted::first_words::nearly_quoted;
use crate::ledger::write::notes::unquoted::quoted_words::{quoted_words, rejoined};
use crate::ledger::write::resolve::RecordLookup;
use crate::wording::named_days::{month_name, weekday_name};
use annals_core::edtf::days;
use annals_core::event::body::Fact;
use jiff::civil::Date;

/// The figures and names of a claim that no quoted word has, if there are any.
pub fn note(fact: &Fact, lookup: &mut dyn RecordLookup) -> Option<String> {
    let language = lookup.quoted_language(fact);
    let language = language.as_deref();
    let compare = language.map_or(Compare::Figures, |lang| Compare::of(&fact.lang, lang));
    let mut missing = unquoted(fact, language, compare);
    if compare == Compare::FiguresAndNames {
        missing.extend(nearly_quoted(fact, lookup));
    }
    compared::note(&fact.claim, &missing)
}

/// The figures of a claim, and its names if they are compared, that no quoted text contains.
fn unquoted(fact: &Fact, quoted_lang: Option<&str>, compare: Compare) -> Vec<String> {
    let quoted = quoted_words(fact);
    let agents = fact.attribution.iter().flatten().map(|hop| &*hop.agent).collect();
    let date = fact.when.as_ref().and_then(|when| when.edtf.as_deref()).unwrap_or_default();
    let wording = Wording { claim: &fact.claim, lang: &fact.lang, quoted, quoted_lang, agents };
    wording.unquoted(compare, date)
}

impl Wording<'_> {
    /// The figures of the claim, and its names if they are compared, that no quoted word has. Of
    /// the dates that the fact has or may have the claim may have the figures, and the English
    /// names of the weekday and the month.
    pub fn unquoted(self, compare: Compare, dates: &str) -> Vec<String> {
        let joined: Vec<String> = self.quoted.iter().filter_map(|words| rejoined(words)).collect();
        let quoted = self.quoted.into_iter().chain(joined.iter().map(String::as_str)).collect();
        Wording { quoted, ..self }.compared(compare, dates)
    }

    fn compared(mut self, compare: Compare, dates: &str) -> Vec<String> {
        let mut missing = self.missing_figures(compare, dates);
        if compare == Compare::FiguresAndNames {
            missing.extend(self.misquoted());
            self.quoted.append(&mut self.agents);
            if self.is_english(compare) {
                let names = dates.split_whitespace().flat_map(names_of_date);
                names.for_each(|name| self.quoted.push(name));
            }
            let names = CapitalWords { claim: self.claim, lang: self.lang, quoted: &self.quoted };
            missing.extend(names.missing());
        }
        missing
    }
}

/// The English names of the weekday of a day, and of the month in which a date is.
fn names_of_date(date: &str) -> impl Iterator<Item = &'static str> + use<> {
    let ends = days(date).and_then(|days| days.first.zip(days.last));
    let day = ends.filter(|(first, last)| first == last).map(|(day, _)| day);
    let is_of_month =
        |(first, last): &(Date, Date)| first.first_of_month() == last.first_of_month();
    let month = ends.filter(is_of_month).map(|(first, _)| month_name(first.month()));
    day.map(|day| weekday_name(day.weekday())).into_iter().chain(month)
}

#[cfg(test)]
mod tests;
