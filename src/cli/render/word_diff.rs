//! Changed words for people: those that a correction removed and added, in colour.
//!
//! Always holds: removed words are marked [- -], added ones {+ +}, even without colour.
//! Not here: which revisions are compared (`show`, `diff`, `log`), which words they are
//! (`ledger::answer::word_diff`).

use crate::cli::render::words::{attribution, evidence, hop, topic, when};
use crate::cli::terminal::{colour, visible};
use crate::ledger::answer::word_diff::{DiffPart, marked_by};
use crate::ledger::query::row::WordsRow;

/// The new words with the old ones beside them: [-gone-] {+come+}.
pub fn changed(old: &str, new: &str) -> String {
    marked_by(old, new, &|part, mark| match part {
        DiffPart::Same => mark,
        DiffPart::Gone => colour(&mark, "31"),
        DiffPart::New => colour(&mark, "32"),
    })
}

/// The claim of a correction, with the changed words marked; a claim without a change is quoted
/// after words that say so.
pub fn changed_claim(old: &str, new: &str) -> String {
    match old == new {
        true => format!("the claim is as before: “{}”", visible(new)),
        false => changed(old, new),
    }
}

/// What differs between two revisions beside the claim, each as `what: before → now`; nothing if
/// the words of one of them are not here.
pub fn fields(old: &WordsRow, new: &WordsRow) -> Vec<String> {
    if old.withheld.is_some() || new.withheld.is_some() {
        return Vec::new();
    }
    let fields: [(&str, &[Form]); 6] = [
        (
            "evidence",
            &[quotations, |words| each(&words.evidence, "; ", |row| evidence(&row.evidence))],
        ),
        ("according to", &[sentence, |words| each(&words.attribution, "; ", hop)]),
        ("when", &[|words| when(&words.when)]),
        (
            "topics",
            &[
                |words| each(&words.topics, ", ", |topic| visible(&topic.name)),
                |words| each(&words.topics, ", ", topic),
            ],
        ),
        (
            "vouched for",
            &[|words| words.vouch.map_or("none".to_owned(), |vouch| vouch.to_string())],
        ),
        ("language", &[|words| words.lang.clone().unwrap_or("none".to_owned())]),
    ];
    let difference = |(what, forms): (&str, &[Form])| {
        let mut both = forms.iter().map(|form| (form(old), form(new)));
        let differs = both.find(|(old, new)| old != new);
        differs.map(|(old, new)| format!("{what}: {old} → {new}"))
    };
    fields.into_iter().filter_map(difference).collect()
}

/// How a field is shown: the forms of a field go from the short one to the whole one, which shows
/// what the short one leaves out.
type Form = fn(&WordsRow) -> String;

fn each<T>(items: &[T], between: &str, show: impl Fn(&T) -> String) -> String {
    let shown: Vec<String> = items.iter().map(show).collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(between) }
}

fn sentence(words: &WordsRow) -> String {
    attribution(&words.attribution).unwrap_or("its own voice".to_owned())
}

fn quotations(words: &WordsRow) -> String {
    each(&words.evidence, "; ", |row| {
        let exact = row.evidence.quote.as_ref().map(|quote| visible(&quote.exact));
        let exact = exact.map(|exact| format!(" “{exact}”")).unwrap_or_default();
        format!("document {} {}{exact}", row.evidence.document, row.evidence.stance)
    })
}
