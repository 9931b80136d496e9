//! The notes on an event for its signer: what a fact says otherwise than its quoted words, and days
//! that contradict each other. Who confirms a fact is shown those on the fact.
//!
//! Always holds: they are hints and refuse nothing. Not here: figures, names and days of a claim
//! (`unquoted`), its language (`languages`), the date of a fact that is called stated
//! (`stated_date`) and of a document (`publication`), facts that are alike (`repeats`).

mod names;
mod slips;
mod quoted_edges;
mod stated_date;
mod publication;
pub mod languages;
mod claimed_weekday;
pub mod unquoted;
mod agent_names;

use crate::ledger::write::notes::claimed_weekday::another_weekday;
use crate::ledger::write::notes::languages::LanguageCheck;
use crate::ledger::write::notes::stated_date::derived_otherwise;
use crate::ledger::write::resolve::{RecordLookup, ResolvedDraft};
use annals_core::event::args::Args;
use annals_core::event::body::{Captured, Content, Described, Fact};
use annals_core::event::vocabulary::Basis;

/// The notes on an event. Of many facts of one input the languages of the first ones are enough
/// (`languages`).
pub fn of_event(
    resolved: &ResolvedDraft,
    lookup: &mut dyn RecordLookup,
    languages: LanguageCheck,
) -> Vec<String> {
    if let Args::FactConfirmed(args) = &resolved.args {
        return of_confirmed(args.on, lookup, languages);
    }
    match &resolved.content {
        Content::DocumentCaptured(Captured {
            media_type, published, captured_at, lang, ..
        })
        | Content::DocumentDescribed(Described {
            media_type, published, captured_at, lang, ..
        }) => {
            let published = published.as_ref();
            let unread = published.and_then(|at| publication::unread_words(at, media_type));
            let another = published.and_then(|at| publication::another_date(at, lang));
            let is_text = &**media_type == "text/plain";
            let strange = is_text.then(|| languages::of_document(resolved, lang, lookup)).flatten();
            let later = published.and_then(|at| publication::after_capture(at, *captured_at));
            let future = publication::captured_later(*captured_at, lookup.now());
            [unread, another, strange, later, future].into_iter().flatten().collect()
        }
        content => content.fact().map_or_else(Vec::new, |fact| of_fact(fact, lookup, languages)),
    }
}

/// The notes on a fact, for who confirms it.
fn of_confirmed(
    revision: u64,
    lookup: &mut dyn RecordLookup,
    languages: LanguageCheck,
) -> Vec<String> {
    let Some(position) = lookup.fact_of_revision(revision) else { return Vec::new() };
    let Some(fact) = lookup.fact(position) else { return Vec::new() };
    let notes = of_fact(&fact, lookup, languages);
    notes.into_iter().map(|note| format!("fact {position}: {note}")).collect()
}

fn of_fact(fact: &Fact, lookup: &mut dyn RecordLookup, languages: LanguageCheck) -> Vec<String> {
    let mut notes: Vec<String> = unquoted::note(fact, lookup).into_iter().collect();
    notes.extend(quoted_edges::notes(fact, lookup));
    notes.extend(of_stated_date(fact, lookup));
    if languages == LanguageCheck::On {
        notes.extend(languages::of_fact(fact, lookup));
    }
    notes.extend(slips::notes(fact));
    notes.extend(of_days(fact, lookup));
    notes
}

/// That the words of a fact's date deny the date that is called stated, or say one that is not
/// given.
fn of_stated_date(fact: &Fact, lookup: &mut dyn RecordLookup) -> Option<String> {
    let when = fact.when.as_ref()?;
    let words = when.as_written.as_deref()?;
    let Some(date) = when.edtf.as_deref() else {
        return stated_date::undated(words, "--when").map(|why| format!("when: {why}"));
    };
    if when.basis != Basis::Stated {
        return None;
    }
    let language = lookup.quoted_language(fact);
    let why = stated_date::denied(date, words, language.as_deref().unwrap_or_default())?;
    Some(format!("when: {why}; --basis derived or inferred says where another date comes from"))
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
    let of_claim = claimed.into_iter().chain(unquoted::days::note(fact, lookup));
    derived.into_iter().chain(of_claim).chain(agents).collect()
}
