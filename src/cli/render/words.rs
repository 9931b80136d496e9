//! Texts of a fact for people: status, overlays, attribution, dates, and why texts are withheld.
//!
//! Always holds: colour only repeats what a word says, on a terminal, and not with `NO_COLOR`; text
//! of strangers goes through `visible`. Not here: which texts are shown where (`replay`, `show`).

use crate::cli::terminal::{colour, minute, visible, whole_words};
pub use crate::ledger::answer::phrases::{overlays, standing, withheld_text};
use crate::ledger::query::row::{ActRow, Charge, DocumentRow, FactRow, StatementRow, WordsRow};
use annals_core::event::body::{Evidence, Hop, Topic, When};
use annals_core::event::vocabulary::{Basis, Translator, Vouch};
use annals_core::state::Status;
use annals_core::text::Uri;
use annals_core::time::Time;

/// The status as a word, padded to 9 letters.
pub fn status(status: Option<Status>) -> String {
    let Some(status) = status else { return "no status".to_owned() };
    coloured(status, 9)
}

/// The status as a word inside of a sentence.
pub fn status_word(status: Status) -> String {
    coloured(status, 0)
}

fn coloured(status: Status, width: usize) -> String {
    let code = match status {
        Status::Retracted => "31",
        Status::Disputed => "33",
        Status::Confirmed => "32",
        Status::Asserted => "36",
    };
    colour(&format!("{:<width$}", status.as_str()), code)
}

/// The claim, or why it is withheld.
pub fn claim(words: &WordsRow) -> String {
    match &words.claim {
        Some(claim) => visible(claim),
        None => withheld_text(words.withheld),
    }
}

/// What a suspect document is called; of one that was set aside, that it was.
pub fn suspect(row: &DocumentRow) -> &'static str {
    if row.set_aside { "suspect, set aside" } else { "suspect" }
}

/// A statement in quotation marks, or why it is withheld; empty if there is none.
pub fn statement(row: &StatementRow) -> String {
    match (&row.statement, row.withheld) {
        (Some(statement), _) => format!("“{}”", visible(statement)),
        (None, None) => String::new(),
        (None, why) => withheld_text(why),
    }
}

/// Signer and time.
pub fn who(act: &ActRow) -> String {
    let when = minute(act.at);
    let undone = act.undone_by.map(|by| format!(", undone by {by}")).unwrap_or_default();
    let clocks = clocks(act.said, act.at).map(|text| format!(", {text}")).unwrap_or_default();
    format!("{}, {when}{clocks}{undone}", visible(&act.signer().to_string()))
}

/// Who asserted a fact and when; of one whose present words are another's, who corrected it too.
pub fn authors(row: &FactRow) -> Option<String> {
    let first = &row.revisions.first()?.act;
    let present = row.present().map(|present| &present.act);
    let other = present.filter(|present| present.signer() != first.signer());
    let other = other.map(|present| format!("; corrected by {}", who(present)));
    Some(format!("— {}{}", who(first), other.unwrap_or_default()))
}

/// The difference from the ledger's clock from which the signer's clock is reported: an hour.
const FAR_MICROS: i64 = 3_600_000_000;

/// The difference between the signer's clock and the ledger's, if it is large.
pub fn clocks(stated: Option<Time>, at: Option<Time>) -> Option<String> {
    let (stated, at) = (stated?, at?);
    let span = far_apart(stated, at)?;
    let side = if at > stated { "before" } else { "after" };
    let stated = minute(Some(stated));
    Some(format!("signed {stated} by the signer's clock, {span} {side} it was recorded"))
}

/// How far two clocks are apart, in words, if that is more than an hour: `40 days`.
pub fn far_apart(one: Time, other: Time) -> Option<String> {
    let gap = other.micros().checked_sub(one.micros())?.checked_abs()?;
    if gap <= FAR_MICROS {
        return None;
    }
    let rounded = |unit: i64| (gap + unit / 2) / unit;
    Some(match rounded(FAR_MICROS) {
        1 => "1 hour".to_owned(),
        hours @ 2..48 => format!("{hours} hours"),
        _ => format!("{} days", rounded(24 * FAR_MICROS)),
    })
}

/// A dispute or retraction: reason, where the error is, and the statement.
pub fn charge(charge: &Charge) -> String {
    let text = statement(&charge.said);
    format!("{}, error in the {}: {text}", charge.reason, charge.error_in)
}

/// `, of the words of 11`, for a dispute or a retraction of a fact's earlier words.
pub fn of_earlier(charge: &Charge, fact: &FactRow) -> String {
    match charge.on == fact.revision {
        true => String::new(),
        false => format!(", of the words of {}", charge.on),
    }
}

/// The attribution as the beginning of a sentence.
pub fn attribution(hops: &[Hop]) -> Option<String> {
    let hop = |hop: &Hop| {
        let role = hop.role.as_deref().map(|role| format!(" ({role})")).unwrap_or_default();
        let act = hop.act.trim_end_matches(" that");
        let unnamed = hop.unnamed_because.as_deref();
        let unnamed = unnamed.map(|why| format!(" (unnamed: {why})")).unwrap_or_default();
        visible(&format!("{}{role}{unnamed} {act} that", hop.agent))
    };
    let sentence: Vec<String> = hops.iter().map(hop).collect();
    (!sentence.is_empty()).then(|| format!("{} …", sentence.join(" ")))
}

/// A hop of an attribution with all that is recorded of it.
pub fn hop(hop: &Hop) -> String {
    let role = hop.role.as_deref().map(|role| format!(", {role}")).unwrap_or_default();
    let id = hop.id.as_deref().map(|id| format!(", {id}")).unwrap_or_default();
    let unnamed = hop.unnamed_because.as_deref();
    let unnamed = unnamed.map(|why| format!(", unnamed: {why}")).unwrap_or_default();
    visible(&format!("{} ({}{role}{id}{unnamed}) {}", hop.agent, hop.agent_type, hop.act))
}

/// A topic with its identifier.
pub fn topic(topic: &Topic) -> String {
    let id = topic.id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
    visible(&format!("{}{id}", topic.name))
}

/// An evidence with all that is recorded of it but the words around the quotation.
pub fn evidence(entry: &Evidence) -> String {
    let quote = entry.quote.as_ref().zip(entry.span.as_ref()).map(|(quote, span)| {
        format!(" at {} to {}: “{}”", span.start, span.end, visible(&quote.exact))
    });
    let beside: String = beside_quote(entry).iter().map(|text| format!(", {text}")).collect();
    let (document, quote) = (entry.document, quote.unwrap_or_default());
    format!("document {document} {}{quote}{beside}", entry.stance)
}

/// What the editor vouches for, in plain words.
pub fn vouch(vouch: Option<Vouch>) -> &'static str {
    match vouch {
        Some(Vouch::Said) => "that the document says so, not that it is so",
        Some(Vouch::So) => "that it is so",
        None => "withheld",
    }
}

/// Beside a quotation: how reliable its document is held to be, and its translation.
pub fn beside_quote(entry: &Evidence) -> Vec<String> {
    let grade = entry.reliability.map(|grade| format!("reliability {grade}"));
    let translation = entry.translation.as_ref().map(|translation| {
        let by = match translation.by {
            Translator::Human => "a human",
            Translator::Machine => "a machine",
        };
        format!("in {}, by {by}: “{}”", translation.lang, visible(&translation.text))
    });
    grade.into_iter().chain(translation).collect()
}

/// What else is confirmed with a claim: its topics, its language, and what is vouched for where
/// that is more than usual.
pub fn beside_claim(words: &WordsRow) -> Vec<String> {
    let topics: Vec<String> = words.topics.iter().map(|topic| visible(&topic.name)).collect();
    let topics = (!topics.is_empty()).then(|| format!("topics: {}", topics.join(", ")));
    let lang = words.lang.as_deref().map(|lang| format!("language: {}", visible(lang)));
    let is_so = words.vouch == Some(Vouch::So);
    let vouch_for = is_so.then(|| format!("vouched for: {}", vouch(words.vouch)));
    topics.into_iter().chain(lang).chain(vouch_for).collect()
}

/// The addresses that say who an agent and what a topic is; `None` if there is none.
pub fn ids(hops: &[Hop], topics: &[Topic]) -> Option<String> {
    let one = |name: &str, id: &Option<Uri>| {
        id.as_ref().map(|id| format!("{} {}", visible(name), visible(id)))
    };
    let hops = hops.iter().filter_map(|hop| one(&hop.agent, &hop.id));
    let topics = topics.iter().filter_map(|topic| one(&topic.name, &topic.id));
    let all: Vec<String> = hops.chain(topics).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The time of the fact.
pub fn when(when: &Option<When>) -> String {
    let Some(when) = when else { return "the document does not say".to_owned() };
    let basis = match when.basis {
        Basis::Stated => "as the document states it",
        Basis::Derived => "derived",
        Basis::Inferred => "inferred",
    };
    let written = when.as_written.as_deref().map(|text| format!("“{}”", visible(text)));
    match (when.edtf.as_deref(), written) {
        (Some(edtf), Some(written)) => format!("{edtf} ({written}, {basis})"),
        (Some(edtf), None) => format!("{edtf} ({basis})"),
        (None, Some(written)) => format!("{written} ({basis}; no date is given)"),
        (None, None) => "not given".to_owned(),
    }
}

/// Text under a heading: wrapped to the width, each line after the first indented.
pub fn hanging(first: &str, text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    // The heading may contain colour codes, which have no width: it is added after wrapping.
    let wrapped = textwrap::fill(text, whole_words(&pad));
    format!("{first}{}", wrapped.get(indent..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_of_two_clocks_is_rounded() {
        let at = |text: &str| Time::parse(&format!("2026-11-{text}Z"));
        let recorded = at("10T12:00:00.000000");
        for (stated, span) in [
            ("10T13:00:00.000000", None),
            ("10T13:00:01.000000", Some("1 hour after")),
            ("10T13:59:50.000000", Some("2 hours after")),
            ("10T10:00:10.000000", Some("2 hours before")),
            ("12T11:20:00.000000", Some("47 hours after")),
            ("12T11:59:50.000000", Some("2 days after")),
            ("08T12:00:00.000000", Some("2 days before")),
            ("14T11:00:00.000000", Some("4 days after")),
        ] {
            let text = clocks(at(stated), recorded);
            let ends = span.map(|span| format!("by the signer's clock, {span} it was recorded"));
            assert_eq!(text.is_some(), ends.is_some(), "{stated}");
            assert!(text.unwrap_or_default().ends_with(&ends.unwrap_or_default()), "{stated}");
        }
    }
}
