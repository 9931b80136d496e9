//! The figures of a claim that no quoted word has.
//!
//! Always holds: figures are compared by value, whatever their digits and separators; a figure of a
//! time or of a month is quoted where that is. Not here: how figures are read (`wording`), times
//! (`times`).

use crate::ledger::write::notes::unquoted::compared::{Compare, Wording};
use crate::wording::counted_pairs::counted_pairs;
use crate::wording::figured_date;
use crate::wording::figures::{Figure, Pair, figures, pairs, quoted_figures};
use crate::wording::named_days::months;
use crate::wording::spelled_values::figures_in_words;
use crate::wording::worded_magnitudes::{WordedMagnitude, worded_magnitudes};

impl Wording<'_> {
    /// The figures, times, pairs and magnitudes of the claim that no quoted word has. A
    /// figure of one of the dates that the fact has or may have is not missing.
    pub(super) fn missing_figures(&self, compare: Compare, dates: &str) -> Vec<String> {
        let worded = |words: &str| match self.quoted_lang {
            Some(lang) => figures_in_words(words, lang),
            None => Vec::new(),
        };
        let (claimed, claimed_words) = (figures(self.claim), self.claimed_words(compare));
        let quoted: Vec<Figure> = match claimed.is_empty() && claimed_words.is_empty() {
            true => Vec::new(),
            false => {
                let both = |words: &&str| [quoted_figures(words), worded(words)].concat();
                self.quoted.iter().flat_map(both).collect()
            }
        };
        let mut missing: Vec<String> = Vec::new();
        let mut note = |figure: &Figure| {
            let words = figure.named(&quoted);
            if !missing.iter().any(|known| known == words) {
                missing.push(words.to_owned());
            }
        };
        for figure in &claimed {
            let stands = |other: &Figure| match compare {
                Compare::Figures => figure.may_be(other),
                Compare::FiguresAndNames => figure.is(other),
            };
            let is_of_date = || figures(dates).iter().any(|part| part.value == figure.value);
            let is_of_month = || compare == Compare::FiguresAndNames && self.is_of_month(figure);
            let is_quoted = quoted.iter().any(stands)
                || is_of_date()
                || self.is_of_time(figure)
                || is_of_month();
            if !is_quoted {
                note(figure);
            }
        }
        // A number in words is one of the quoted ones, if there is one that the claim leaves out.
        let is_left_out = |other: &Figure| {
            !claimed.iter().chain(&claimed_words).any(|figure| figure.value == other.value)
        };
        if quoted.iter().any(is_left_out) {
            let stands = |figure: &Figure| quoted.iter().any(|other| figure.value == other.value);
            claimed_words.iter().filter(|figure| !stands(figure)).for_each(&mut note);
        }
        missing.extend(self.other_halves());
        missing.extend(self.turned_pairs());
        missing.extend(self.missing_magnitudes(&quoted));
        missing
    }

    /// The numbers of the claim that are in words. In another language than the document's a `one`
    /// is mostly no number there.
    fn claimed_words(&self, compare: Compare) -> Vec<Figure> {
        let mut claimed = match self.quoted_lang {
            Some(_) => figures_in_words(self.claim, self.lang),
            None => Vec::new(),
        };
        claimed.retain(|figure| compare == Compare::FiguresAndNames || figure.value != "1");
        claimed
    }

    /// Whether a figure is the month of a date of the claim that is quoted by its name:
    /// `16.10.2022` of `16 października 2022`.
    fn is_of_month(&self, figure: &Figure) -> bool {
        let month: Option<i8> = figure.value.parse().ok();
        let Some(month) = month.filter(|it| figured_date::months(self.claim).contains(it)) else {
            return false;
        };
        let is_named = |words: &&str| {
            months(words, self.lang).iter().any(|it| it.has_figure && it.month == month)
        };
        self.quoted.iter().any(is_named)
    }

    /// The pairs of figures of the claim that are quoted the other way round alone: `3–9` of `9–3`,
    /// `6 votes to 19` of `19 votes to 6`.
    fn turned_pairs(&self) -> Vec<String> {
        let all = |text: &str| [pairs(text), counted_pairs(text)].concat();
        let claimed = all(self.claim);
        if claimed.is_empty() {
            return Vec::new();
        }
        let quoted: Vec<Pair> = self.quoted.iter().flat_map(|words| all(words)).collect();
        let has = |first: &str, second: &str| {
            quoted.iter().any(|pair| (&*pair.first, &*pair.second) == (first, second))
        };
        let is_turned =
            |pair: &Pair| !has(&pair.first, &pair.second) && has(&pair.second, &pair.first);
        claimed.into_iter().filter(is_turned).map(|pair| pair.words).collect()
    }

    /// The magnitudes of the claim without digits (`a million`) that no quoted word has.
    fn missing_magnitudes(&self, figures: &[Figure]) -> Vec<String> {
        let mut claimed = worded_magnitudes(self.claim);
        claimed.retain(|magnitude| !magnitude.is_of_digits);
        if claimed.is_empty() {
            return Vec::new();
        }
        let quoted: Vec<WordedMagnitude> =
            self.quoted.iter().flat_map(|words| worded_magnitudes(words)).collect();
        let stands = |magnitude: &WordedMagnitude| {
            let is_as_large = |figure: &Figure| {
                let whole = figure.value.split('.').next().unwrap_or_default();
                whole.len() > magnitude.zeros && whole.len() <= magnitude.zeros + 3
            };
            quoted.iter().any(|other| other.zeros == magnitude.zeros)
                || figures.iter().any(is_as_large)
        };
        // Where nothing is counted in what is quoted, the word may be one of another language.
        let is_counted = !quoted.is_empty() || !figures.is_empty();
        claimed.retain(|magnitude| is_counted && !stands(magnitude));
        claimed.into_iter().map(|magnitude| magnitude.word).collect()
    }
}
