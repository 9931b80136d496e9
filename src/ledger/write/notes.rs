//! The notes on an event for its signer: what a fact says otherwise than its quoted words, and days
//! that contradict each other. Who confirms a fact is shown those on the fact.
//!
//! Always holds: they are hints and refuse nothing; months and weekdays of a claim are compared
//! only where the quoted words name some. Not here: figures and names (`unquoted`), the date of a
//! fact that is called stated (`stated_date`), facts that are alike (`repeats`).

mod names;
mod slips;
mod stated_date;
mod claimed_weekday;
pub mod unquoted;
mod agent_names;

use crate::ledger::write::notes::claimed_weekday::another_weekday;
use crate::ledger::write::notes::stated_date::{derived_otherwise, has_month};
use crate::ledger::write::notes::unquoted::LanguageCheck;
use crate::ledger::write::resolve::{RecordLookup, ResolvedDraft};
use crate::wording::figured_date;
use crate::wording::named_days::primary;
use crate::wording::named_days::{NamedMonth, months, weekdays};
use annals_core::edtf::days;
use annals_core::event::args::Args;
use annals_core::event::body::{Asserted, Captured, Content, Dating, Described, Fact};
use annals_core::event::vocabulary::Basis;
use annals_core::time::Time;
use jiff::civil::Date;

/// The notes on an event. Of many facts of one input the languages of the first ones are enough
/// (`languages`).
pub fn of_event(
    resolved: &ResolvedDraft,
    lookup: &mut dyn RecordLookup,
    languages: LanguageCheck,
) -> Vec<String> {
    if let Args::FactConfirmed(args) = &resolved.args {
        return of_confirmed(args.on, resolved, lookup, languages);
    }
    let mut notes = unquoted::notes(resolved, lookup, languages);
    if let Some(fact) = resolved.content.fact() {
        notes.extend(of_days(fact, lookup));
    }
    match &resolved.content {
        Content::DocumentCaptured(Captured { published, captured_at, .. })
        | Content::DocumentDescribed(Described { published, captured_at, .. }) => {
            notes.extend(published.as_ref().and_then(|at| published_later(at, *captured_at)));
        }
        _ => {}
    }
    notes
}

/// The notes on a fact, for who confirms it.
fn of_confirmed(
    revision: u64,
    confirmed: &ResolvedDraft,
    lookup: &mut dyn RecordLookup,
    languages: LanguageCheck,
) -> Vec<String> {
    let Some(position) = lookup.fact_of_revision(revision) else { return Vec::new() };
    let Some(fact) = lookup.fact(position) else { return Vec::new() };
    let days = of_days(&fact, lookup);
    let content = Content::FactAsserted(Asserted { fact });
    let fact = ResolvedDraft { args: confirmed.args.clone(), content, document: None };
    let notes = unquoted::notes(&fact, lookup, languages).into_iter().chain(days);
    notes.map(|note| format!("fact {position}: {note}")).collect()
}

/// What the date, the claim and the quoted words of a fact name otherwise.
fn of_days(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let derived = fact.when.as_ref().filter(|when| when.basis != Basis::Stated).and_then(|when| {
        let lang = lookup.quoted_language(fact);
        let lang = lang.as_deref().unwrap_or_default();
        derived_otherwise(when.edtf.as_deref()?, when.as_written.as_deref()?, lang)
    });
    let derived = derived.map(|why| format!("when: {why}"));
    let date = fact.when.as_ref().and_then(|when| when.edtf.as_deref()).unwrap_or_default();
    let claimed = another_weekday(&fact.claim, &fact.lang, date);
    let agents = match &fact.attribution {
        Some(_) => {
            let lang = lookup.quoted_language(fact);
            agent_names::notes(fact, lookup, lang.as_deref().unwrap_or_default())
        }
        None => Vec::new(),
    };
    let of_claim = claimed.into_iter().chain(unquoted_days(fact, lookup));
    derived.into_iter().chain(of_claim).chain(agents).collect()
}

/// The months and weekdays of a claim that no quoted word has, where these name others.
fn unquoted_days(fact: &Fact, lookup: &mut dyn RecordLookup) -> Option<String> {
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
    let all = months.chain(weekdays.map(|(word, _)| word));
    let list: Vec<String> = all.map(|word| format!("“{word}”")).collect();
    (!list.is_empty()).then(|| {
        format!("in the claim “{}” and in no quoted word: {}", &*fact.claim, list.join(", "))
    })
}

/// That a document is said to be published after the day on which it was captured; a day is left
/// for the clocks of other zones.
fn published_later(published: &Dating, captured_at: Time) -> Option<String> {
    let edtf = published.edtf.as_deref()?;
    let first = days(edtf)?.first?;
    let captured: Date = captured_at.as_str().get(..10)?.parse().ok()?;
    let is_later = first > captured.tomorrow().ok()?;
    is_later.then(|| {
        format!(
            "published: {edtf} is after the document was captured, on {captured}: check the year, \
             and that day and month are not swapped"
        )
    })
}
