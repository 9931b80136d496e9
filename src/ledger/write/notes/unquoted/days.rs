//! The months and weekdays of a claim that no quoted word has.
//!
//! Always holds: they are compared only where the quoted words name some; in English they are names
//! with a capital, and compared as names. Not here: the date of a fact (`stated_date`).

use crate::ledger::write::notes::stated_date::has_month;
use crate::ledger::write::notes::unquoted::compared;
use crate::ledger::write::resolve::RecordLookup;
use crate::wording::figured_date;
use crate::wording::named_days::{NamedMonth, months, primary, weekdays};
use annals_core::edtf::days;
use annals_core::event::body::Fact;

/// The months and weekdays of a claim that no quoted word has, where these name others.
pub fn note(fact: &Fact, lookup: &mut dyn RecordLookup) -> Option<String> {
    let lang = lookup.quoted_language(fact);
    let lang = lang.as_deref().unwrap_or_default();
    if primary(lang) == "en" && primary(&fact.lang) == "en" {
        // They are names with a capital, which are compared as names.
        return None;
    }
    let is_named = |it: &NamedMonth| it.has_figure || it.is_plain;
    let mut claimed = months(&fact.claim, &fact.lang);
    claimed.retain(is_named);
    let claimed_days = weekdays(&fact.claim, &fact.lang);
    if claimed.is_empty() && claimed_days.is_empty() {
        return None;
    }
    let when = fact.when.as_ref();
    let quotes =
        fact.evidence.iter().filter_map(|entry| Some((&*entry.quote.as_ref()?.exact, lang)));
    let translations = fact.evidence.iter().filter_map(|entry| entry.translation.as_ref());
    let translations = translations.map(|it| (&*it.text, &*it.lang));
    let written = when.and_then(|when| when.as_written.as_deref()).map(|words| (words, lang));
    let (mut found, mut found_days) = (Vec::new(), Vec::new());
    let mut has_month_named = false;
    for (text, lang) in quotes.chain(translations).chain(written) {
        let named = months(text, lang);
        let figured = figured_date::months(text);
        has_month_named |= named.iter().any(is_named) || !figured.is_empty();
        found.extend(named.into_iter().map(|it| it.month));
        found.extend(figured);
        found_days.extend(weekdays(text, lang).into_iter().map(|(_, day)| day));
    }
    let given = when.and_then(|when| days(when.edtf.as_deref()?));
    let is_of_date = |month| given.as_ref().is_some_and(|given| has_month(given, month));
    let other_month =
        |it: &NamedMonth| has_month_named && !found.contains(&it.month) && !is_of_date(it.month);
    let months = claimed.into_iter().filter(other_month).map(|it| it.word);
    let given_day = given.as_ref().and_then(|given| given.first).map(|day| day.weekday());
    let weekdays = claimed_days.into_iter().filter(|(_, day)| {
        !found_days.is_empty() && !found_days.contains(day) && given_day != Some(*day)
    });
    let missing: Vec<String> = months.chain(weekdays.map(|(word, _)| word)).collect();
    compared::note(&fact.claim, &missing)
}
