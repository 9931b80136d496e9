//! The words of a claim in quotation marks that are no quoted words.
//!
//! Always holds: what is left out between them and what stands in brackets is the writer's; a
//! sentence that begins after a negation is not quoted as it stands.

use crate::ledger::write::notes::unquoted::compared::Wording;
use crate::ledger::write::notes::unquoted::whole_word::{has_word, is_in_word};
use crate::wording::named_days::primary;
use crate::wording::negations::negations;
use annals_core::loose::{Hyphens, Loose};
use annals_core::search::folded;
use memchr::memmem;
use unicode_normalization::UnicodeNormalization;

impl Wording<'_> {
    /// The words in quotation marks in the claim that are no quoted words.
    pub(super) fn misquoted(&self) -> Vec<String> {
        let inside = in_marks(self.claim);
        if inside.is_empty() {
            return Vec::new();
        }
        let fold = |words: &str| {
            let words = folded(Loose::new(words.trim(), Hyphens::Ignored).as_str());
            words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
        };
        let quoted: Vec<String> = self.quoted.iter().map(|words| fold(words)).collect();
        let negations = negations(&primary(self.lang));
        let stands = |words: &str| {
            quoted_parts(words).into_iter().all(|part| {
                let folded = fold(part.words);
                // A sentence from which its negation was left out: “Not all will be paid”.
                let denials = match part.first_capital() {
                    Some(first) if !self.quoted.iter().any(|words| has_word(words, first)) => {
                        negations
                    }
                    _ => &[],
                };
                let stands = |quoted: &String| part.stands_in(quoted, &folded, denials);
                folded.is_empty() || quoted.iter().any(stands)
            })
        };
        inside.into_iter().filter(|words| !stands(words)).map(str::to_owned).collect()
    }
}

/// Words between two marks of an omission.
struct QuotedPart<'a> {
    words: &'a str,
    /// Whether it may begin inside of a word: `[W]e`.
    begins_inside: bool,
    /// Whether it may end inside of one: `reform[s]`.
    ends_inside: bool,
}

/// The parts of quoted words without what is left out of them, and without what stands in brackets:
/// that is the writer's.
fn quoted_parts(words: &str) -> Vec<QuotedPart<'_>> {
    let mut parts = Vec::new();
    let (mut rest, mut begins_inside) = (words, false);
    while let Some(open) = rest.find('[') {
        let (before, bracket) = rest.split_at(open);
        parts.push(QuotedPart { words: before, begins_inside, ends_inside: true });
        rest = bracket.find(']').and_then(|close| bracket.get(close + 1..)).unwrap_or_default();
        begins_inside = true;
    }
    parts.push(QuotedPart { words: rest, begins_inside, ends_inside: false });
    let is_letter = |c: char| c.is_alphanumeric();
    let split = parts.into_iter().flat_map(|part| {
        let count = part.words.split('…').flat_map(|piece| piece.split("...")).count();
        let pieces = part.words.split('…').flat_map(|piece| piece.split("...")).enumerate();
        pieces.map(move |(at, words)| QuotedPart {
            words,
            begins_inside: at == 0 && part.begins_inside && words.starts_with(is_letter),
            ends_inside: at + 1 == count && part.ends_inside && words.ends_with(is_letter),
        })
    });
    split.collect()
}

impl QuotedPart<'_> {
    /// The first word, if it has a capital as at the beginning of a sentence.
    fn first_capital(&self) -> Option<&str> {
        let begin = self.words.trim_start_matches(|c: char| !c.is_alphanumeric());
        let first = begin.split(|c: char| !c.is_alphanumeric()).next()?;
        (!self.begins_inside && first.starts_with(char::is_uppercase)).then_some(first)
    }

    /// Whether the folded words of the part stand in folded quoted words, between two words, and
    /// after none of `denials`; an ending of a plural or of a case may be left out.
    fn stands_in(&self, quoted: &str, folded: &str, denials: &[&str]) -> bool {
        let is_ending = |rest: &str| match rest.is_ascii() {
            true => matches!(rest, "s" | "es"),
            false => rest.chars().count() <= 2,
        };
        memmem::find_iter(quoted.as_bytes(), folded).any(|start| {
            let end = start + folded.len();
            let after = quoted.get(end..).unwrap_or_default();
            let length = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
            let ends = self.ends_inside || is_ending(after.get(..length).unwrap_or_default());
            let before = quoted.get(..start).and_then(|it| it.split_whitespace().next_back());
            let before =
                before.unwrap_or_default().trim_start_matches(|c: char| !c.is_alphanumeric());
            (self.begins_inside || !is_in_word(quoted, start))
                && (ends || !is_in_word(quoted, end))
                && !denials.iter().any(|denial| before.nfc().eq(denial.chars()))
        })
    }
}

/// The words between the quotation marks of a text, without the marks.
fn in_marks(text: &str) -> Vec<&str> {
    let closing = |mark: char| match mark {
        '“' => Some(&['”', '"'][..]),
        '„' => Some(&['“', '”', '"'][..]),
        // Swedish and Finnish marks are alike on both sides.
        '”' => Some(&['”', '“', '"'][..]),
        '«' => Some(&['»'][..]),
        '»' => Some(&['«', '»'][..]),
        '"' => Some(&['"'][..]),
        '״' => Some(&['״', '”', '"'][..]),
        '「' => Some(&['」'][..]),
        '『' => Some(&['』'][..]),
        '‘' => Some(&['’'][..]),
        '‚' => Some(&['‘', '’'][..]),
        '‹' => Some(&['›'][..]),
        '›' => Some(&['‹'][..]),
        _ => None,
    };
    let is_letter = |c: char| c.is_alphanumeric();
    // An apostrophe is no quotation mark: these stand around words.
    let is_single = |mark: char| "‘‚‹›".contains(mark);
    let is_hebrew = |c: char| matches!(c, '\u{5D0}'..='\u{5EA}');
    let around = |at: usize, mark: char| {
        let (before, after) = (text.get(..at), text.get(at + mark.len_utf8()..));
        (before.unwrap_or_default(), after.unwrap_or_default())
    };
    let opens = |at: usize, mark: char| {
        let (before, after) = around(at, mark);
        match mark {
            // After a word they close.
            '”' | '״' | '»' => {
                !before.ends_with(|c: char| is_letter(c) || ".,!?…".contains(c))
                    && after.starts_with(|c: char| is_letter(c) || "[…".contains(c))
            }
            '"' => !before.ends_with(is_hebrew),
            mark if is_single(mark) => {
                !before.ends_with(is_letter) && after.starts_with(char::is_alphabetic)
            }
            _ => true,
        }
    };
    // A mark between two letters of Hebrew is one of an abbreviation.
    let is_abbreviation = |at: usize, mark: char| {
        let (before, after) = around(at, mark);
        matches!(mark, '"' | '״' | '”')
            && before.ends_with(is_hebrew)
            && after.starts_with(is_hebrew)
    };
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(rest) = text.get(from..) {
        let mut marks = rest.char_indices().map(|(at, mark)| (from + at, mark));
        let first = marks.find(|(at, mark)| closing(*mark).is_some() && opens(*at, *mark));
        let Some((at, mark)) = first else { break };
        let begin = at + mark.len_utf8();
        let ends = |(end, sign): &(usize, char)| {
            let after = text.get(begin + end + sign.len_utf8()..).unwrap_or_default();
            let is_mark = closing(mark).is_some_and(|marks| marks.contains(sign));
            let is_inside = is_single(mark) && after.starts_with(is_letter);
            is_mark && !is_inside && !is_abbreviation(begin + end, *sign)
        };
        let inside = text.get(begin..).unwrap_or_default();
        match inside.char_indices().find(ends) {
            Some((end, sign)) => {
                found.extend(inside.get(..end));
                from = begin + end + sign.len_utf8();
            }
            None if is_single(mark) => from = begin,
            None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_of_every_language_are_read() {
        assert_eq!(in_marks("«a» and „b“ and “c” and \"d\" and “e"), ["a", "b", "c", "d"]);
        for (text, found) in [
            ("Anna sade: ”Vi kommer inte”, och ”nej”.", &["Vi kommer inte", "nej"][..]),
            ("Anna sanoi: »Emme valita»; ”ei”", &["Emme valita", "ei"]),
            ("“a” is 27” wide, and “b”", &["a", "b"]),
            ("»a« und »b«", &["a", "b"]),
            ("«Он сказал «да» и ушёл», затем «нет».", &["Он сказал «да", "нет"]),
            ("יוסי אמר: ״לא נערער״ ו”לא“.", &["לא נערער"]),
            ("מנכ\"ל החברה אמר: \"לא נגיש, מנכ\"ל\".", &["לא נגיש, מנכ\"ל"]),
            ("יו״ר הוועד אמר ב\"הארץ\": ״לא״", &["לא"]),
        ] {
            assert_eq!(in_marks(text), found, "{text}");
        }
        let single = "It’s ‘the union’s view’, the ‘90s and ‹no› ›yes‹ ‚so‘; the workers’ right";
        assert_eq!(in_marks(single), ["the union’s view", "no", "yes", "so"]);
    }
}
