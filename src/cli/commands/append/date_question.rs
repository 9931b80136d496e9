//! When a fact was so: a date, the document's words for it, and where the date comes from.
//!
//! Always holds: words that are given as the document's stand in it; a date without such words is
//! derived or inferred. Not here: what words give which date (`worded_date`).

use crate::cli::shared::filled;
use crate::cli::terminal::ask::{ChoiceQuestion, LineQuestion};
use crate::cli::terminal::{CliError, note, visible, wrapped};
use crate::ledger::write::draft::WhenDraft;
use crate::wording::figured_date;
use crate::wording::named_interval;
use crate::wording::worded_date::{WordedDate, dates, why_no_date};
use annals_core::edtf::is_edtf;
use annals_core::event::vocabulary::Basis;
use annals_core::quote::Text;
use annals_core::quote_search::{Edges, QuoteSearch};
use annals_core::text::in_quotes;
use jiff::civil::Date;

/// The dates that are proposed for a fact.
#[derive(Default)]
pub struct DateProposal {
    /// The dates that the quoted words give, or their sentence.
    pub dates: Vec<WordedDate>,
    /// Whether one stands apart from the quoted words in their sentence: it may date something
    /// else.
    pub apart: bool,
}

/// The question for a date.
pub struct DateQuestion<'a> {
    /// The document's text.
    pub text: &'a Text,
    /// The document's language.
    pub lang: &'a str,
    /// The document's day, where it is known.
    pub day: Option<Date>,
    /// The dates that are proposed.
    pub proposed: &'a DateProposal,
}

impl DateQuestion<'_> {
    /// Asks the question; `None` if the editor goes back. A single proposed date is filled in, to
    /// be changed. Several proposed dates, or one that is not in the quoted words, are only shown.
    pub fn ask(&self, given: Option<&WhenDraft>) -> Result<Option<Option<WhenDraft>>, CliError> {
        let DateProposal { dates, apart } = self.proposed;
        let apart_from = if *apart { "; it is in no quoted word" } else { "" };
        for date in dates {
            let from = match (date.basis, self.day) {
                (Basis::Derived, Some(day)) => format!("derived from the document's date, {day}"),
                (basis, _) => basis.to_string(),
            };
            let line = format!("“{}” is {}, {from}{apart_from}", visible(&date.words), date.edtf);
            note(wrapped(&line, 4));
        }
        let offered: Vec<String> = dates.iter().map(|date| date.edtf.clone()).collect();
        let before = match (given, offered.as_slice()) {
            (Some(when), _) => shown(when),
            (None, [only]) if !apart => only.clone(),
            (None, _) => String::new(),
        };
        let mut typed = before.clone();
        loop {
            let question = "when it was so (such as 2022-01-26; empty: no date)";
            match LineQuestion::new(question).initial(&typed).offer(&offered).ask_or_back()? {
                None => return Ok(None),
                Some(line) => typed = line,
            }
            if typed.is_empty() {
                return Ok(Some(None));
            }
            if let Some(given) = given.filter(|_| typed == before) {
                return Ok(Some(Some(given.clone())));
            }
            if let Some(when) = self.read(&typed)? {
                return Ok(Some(Some(when)));
            }
        }
    }

    /// What was typed: a date, words of the document, or a date and words. `None`: it is neither.
    fn read(&self, typed: &str) -> Result<Option<WhenDraft>, CliError> {
        let (first, rest) = typed.split_once(' ').unwrap_or((typed, ""));
        let (edtf, words) = if is_edtf(first) { (first, rest.trim()) } else { ("", typed) };
        if words.is_empty() {
            return self.date(edtf).map(Some);
        }
        let words = words.trim_matches(['“', '”', '"']);
        let pointing = QuoteSearch { words, nth: None, edges: Edges::Whole };
        if let Err(why) = pointing.first(self.text) {
            if edtf.is_empty() {
                note(format!(
                    "expected a date or interval such as 2022-01 or 2021/2022, or words of the \
                     document, found {}{}",
                    in_quotes(&visible(typed)),
                    why_no_date(typed)
                ));
            } else {
                note(why.to_string().replace("the quotation", "what was typed"));
            }
            return Ok(None);
        }
        let read = match self.date_of_words(words, edtf)? {
            WordsRead::As(date) => date,
            WordsRead::Back => return Ok(None),
        };
        let asked = match edtf {
            "" if read.is_none() && words.chars().any(char::is_numeric) => match date_of(words)? {
                Some(date) => date,
                None => return Ok(None),
            },
            edtf => edtf.to_owned(),
        };
        let edtf = asked.as_str();
        let basis = match &read {
            Some(date) => Some(date.basis),
            None if edtf.is_empty() => None,
            None => match ChoiceQuestion::new("the date is", Basis::ALL).ask_or_back()? {
                Some(chosen) => Basis::ALL.get(chosen).copied(),
                None => return Ok(None),
            },
        };
        let edtf = filled(edtf.to_owned()).or(read.map(|date| date.edtf));
        Ok(Some(WhenDraft { edtf, as_written: Some(words.to_owned()), basis }))
    }

    /// The date that typed words give; of several the one of `edtf`, or the one that is chosen.
    fn date_of_words(&self, words: &str, edtf: &str) -> Result<WordsRead, CliError> {
        let stated = |edtf| WordedDate { words: words.to_owned(), edtf, basis: Basis::Stated };
        let mut found: Vec<WordedDate> = match named_interval::stated(words, self.lang) {
            Some(interval) => vec![stated(interval)],
            None => {
                let found = dates(words, self.day).into_iter();
                found.map(|date| self.in_sentence(date)).collect()
            }
        };
        if found.is_empty() {
            found.extend(figured_date::stated(words).map(stated));
        }
        if !edtf.is_empty() {
            return Ok(WordsRead::As(found.into_iter().find(|date| date.edtf == edtf)));
        }
        if found.len() < 2 {
            return Ok(WordsRead::As(found.pop()));
        }
        let line = |date: &WordedDate| format!("{} (“{}”)", date.edtf, visible(&date.words));
        let choices: Vec<String> =
            found.iter().map(line).chain(["another date, or none".to_owned()]).collect();
        let question = "these words give several dates; which is meant";
        Ok(match ChoiceQuestion::new(question, &choices).ask_or_back()? {
            Some(chosen) => WordsRead::As(found.into_iter().nth(chosen)),
            None => WordsRead::Back,
        })
    }

    /// The date of typed words as it was proposed: their sentence says more than they do.
    fn in_sentence(&self, date: WordedDate) -> WordedDate {
        let is_same = |known: &&WordedDate| known.words.eq_ignore_ascii_case(&date.words);
        self.proposed.dates.iter().find(is_same).cloned().unwrap_or(date)
    }

    /// A date without words: those of the proposed one, else it is asked where it comes from.
    fn date(&self, edtf: &str) -> Result<WhenDraft, CliError> {
        let proposed = self.proposed.dates.iter().find(|date| date.edtf == edtf);
        let edtf = Some(edtf.to_owned());
        if let Some(WordedDate { words, basis, .. }) = proposed {
            return Ok(WhenDraft { edtf, as_written: Some(words.clone()), basis: Some(*basis) });
        }
        let bases = [Basis::Derived, Basis::Inferred];
        let basis = bases.get(ChoiceQuestion::new("the date is", &bases).ask()?).copied();
        Ok(WhenDraft { edtf, as_written: None, basis })
    }
}

/// What typed words were read as.
enum WordsRead {
    /// A date, or none.
    As(Option<WordedDate>),
    /// The question before is wanted.
    Back,
}

/// Asks for the date of words that are not read here; empty if they give none. `None` is the way
/// back.
fn date_of(words: &str) -> Result<Option<String>, CliError> {
    let question =
        format!("the date that “{}” give (such as 2022-01-26; empty: none)", visible(words));
    let mut typed = String::new();
    loop {
        match LineQuestion::new(&question).initial(&typed).ask_or_back()? {
            None => return Ok(None),
            Some(date) if date.is_empty() || is_edtf(&date) => return Ok(Some(date)),
            Some(other) => typed = other,
        }
        note(format!(
            "expected a date or interval such as 2022-01 or 2021/2022, or an empty line{}",
            why_no_date(&typed)
        ));
    }
}

/// A date as it is typed.
fn shown(when: &WhenDraft) -> String {
    let parts = [when.edtf.as_deref(), when.as_written.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
