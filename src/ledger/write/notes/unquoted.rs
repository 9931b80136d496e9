//! Unquoted words: figures, dates and names of a claim that no quoted text contains.
//!
//! Always holds: it is a hint for the signer and refuses nothing. Figures are compared by value
//! (`figures`), whatever their digits and separators; names (`names`) only if claim and document
//! are in one language. Not here: whether a claim is true, or what its other words mean; which
//! language a text is in (`written_language`).

use crate::ledger::write::notes::names::{CapitalWords, Likeness};
use crate::ledger::write::notes::slips;
use crate::ledger::write::notes::stated_date;
use crate::ledger::write::resolve::{RecordLookup, ResolvedDraft};
use crate::wording::day_time::{DayTime, day_times};
use crate::wording::figured_date;
use crate::wording::figures::{Figure, Pair, figures, pairs, quoted_figures};
use crate::wording::named_days::primary;
use crate::wording::named_days::{month_name, months, weekday_name};
use crate::wording::number_words::worded_figures;
use crate::wording::worded_magnitudes::{WordedMagnitude, worded_magnitudes};
use crate::wording::written_language::doubt;
use annals_core::edtf::days;
use annals_core::event::args::Args;
use annals_core::event::body::{Captured, Content, Described, Fact};
use annals_core::event::vocabulary::Basis;
use annals_core::loose::{Hyphens, Loose};
use annals_core::search::folded;
use jiff::civil::Date;
use memchr::memmem;
use unicode_normalization::UnicodeNormalization;

/// Whether the words of a fact are compared with the language that is signed for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LanguageCheck {
    /// They are.
    On,
    /// They are not.
    Off,
}

/// How many bytes of a captured text are looked at for its language.
const LOOKED_AT: usize = 16_000;

/// The hints for the signer of an event. Of many facts of one input the languages of the first ones
/// are enough (`languages`).
pub fn notes(
    resolved: &ResolvedDraft,
    lookup: &mut dyn RecordLookup,
    languages: LanguageCheck,
) -> Vec<String> {
    if let Some(fact) = resolved.content.fact() {
        return of_fact(fact, lookup, languages);
    }
    match &resolved.content {
        Content::DocumentCaptured(Captured { media_type, published, lang, .. })
        | Content::DocumentDescribed(Described { media_type, published, lang, .. }) => {
            let written = published.as_ref().and_then(|published| published.as_written.as_deref());
            let denied = published.as_ref().and_then(|published| {
                stated_date::denied(
                    published.edtf.as_deref()?,
                    published.as_written.as_deref()?,
                    lang,
                )
            });
            let written = written.filter(|_| &**media_type != "text/plain");
            let note = |words| {
                format!(
                    "published: the words “{words}” were not looked for in the document, which is \
                     {}",
                    &**media_type
                )
            };
            let undated = published.as_ref().filter(|published| published.edtf.is_none());
            let undated = undated.and_then(|published| {
                stated_date::undated(published.as_written.as_deref()?, "--published")
            });
            let denied = denied.or(undated).map(|why| format!("published: {why}"));
            let is_text = &**media_type == "text/plain";
            let strange = is_text.then(|| strange_document(resolved, lang, lookup)).flatten();
            written.map(note).into_iter().chain(denied).chain(strange).collect()
        }
        _ => Vec::new(),
    }
}

fn of_fact(fact: &Fact, lookup: &mut dyn RecordLookup, check: LanguageCheck) -> Vec<String> {
    let language = lookup.quoted_language(fact);
    let compared = language.as_ref().map_or(Compare::Figures, |lang| Compare::of(&fact.lang, lang));
    let denied = fact.when.as_ref().filter(|when| when.basis == Basis::Stated).and_then(|when| {
        let lang = language.as_deref().unwrap_or_default();
        stated_date::denied(when.edtf.as_deref()?, when.as_written.as_deref()?, lang)
    });
    let denied = denied.map(|why| {
        format!("when: {why}; --basis derived or inferred says where another date comes from")
    });
    let undated = fact.when.as_ref().filter(|when| when.edtf.is_none());
    let undated =
        undated.and_then(|when| stated_date::undated(when.as_written.as_deref()?, "--when"));
    let denied = denied.or(undated.map(|why| format!("when: {why}")));
    let strange = match check {
        LanguageCheck::On => strange_languages(fact, lookup),
        LanguageCheck::Off => Vec::new(),
    };
    let notes = claim(fact, compared, lookup).into_iter().chain(denied);
    notes.chain(strange).chain(slips::notes(fact)).collect()
}

/// The claim, if it is hardly in the language that is signed for it, and each translation that is
/// not, or that is one into the language of its document.
fn strange_languages(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let claim = doubt(&fact.claim, &fact.lang).map(|found| {
        format!(
            "the claim “{}” {}, and its language is {}: --lang (in a draft lang) says another",
            &*fact.claim, found.why, &*fact.lang
        )
    });
    let mut notes: Vec<String> = claim.into_iter().collect();
    for entry in &fact.evidence {
        let Some(translation) = &entry.translation else { continue };
        let (text, lang) = (&*translation.text, &*translation.lang);
        if let Some(found) = doubt(text, lang) {
            let why = found.why;
            notes.push(format!("the translation “{text}” {why}, and its language is {lang}"));
        }
        let of = lookup.language_of(entry.document);
        if of.is_some_and(|of| primary(&of) == primary(lang)) {
            let document = entry.document;
            notes.push(format!(
                "the translation “{text}” is in {lang}, as document {document} itself is"
            ));
        }
    }
    notes
}

/// That a text is hardly in the language that is signed for it.
fn strange_document(
    resolved: &ResolvedDraft,
    lang: &str,
    lookup: &mut dyn RecordLookup,
) -> Option<String> {
    let found = match (&resolved.document, &resolved.args) {
        (Some((_, bytes)), _) => {
            let first = bytes.get(..LOOKED_AT).unwrap_or(bytes);
            doubt(&String::from_utf8_lossy(first), lang)
        }
        (None, Args::DocumentDescribed(args)) => {
            doubt(lookup.document(args.document).ok()?.text.as_str(), lang)
        }
        _ => None,
    };
    let why = found?.why;
    Some(format!(
        "the text {why}, and its language is {lang}: --lang (in a draft lang) says another"
    ))
}

fn claim(fact: &Fact, compared: Compare, lookup: &mut dyn RecordLookup) -> Option<String> {
    let mut missing = unquoted(fact, compared);
    if compared == Compare::FiguresAndNames {
        missing.extend(nearly_quoted(fact, lookup));
    }
    let list: Vec<String> = missing.iter().map(|words| format!("“{words}”")).collect();
    let note = |list: &[String]| {
        format!("in the claim “{}” and in no quoted word: {}", &*fact.claim, list.join(", "))
    };
    (!list.is_empty()).then(|| note(&list))
}

/// The first words of the claim's sentences that are nearly quoted names, or are names of the
/// documents in the place of one, and stand nowhere in the documents in small letters: those are
/// words of the language. Few claims have one that is read for in a document.
fn nearly_quoted(fact: &Fact, lookup: &mut dyn RecordLookup) -> Vec<String> {
    let mut quoted = quoted_words(fact);
    let joined: Vec<String> = quoted.iter().filter_map(|words| rejoined(words)).collect();
    quoted.extend(joined.iter().map(String::as_str));
    quoted.extend(fact.attribution.iter().flatten().map(|hop| &*hop.agent));
    let names = CapitalWords { claim: &fact.claim, lang: &fact.lang, quoted: &quoted };
    let mut is_small = |word: &str| {
        let small = word.to_lowercase();
        let mut quoting = fact.evidence.iter().filter(|entry| entry.quote.is_some());
        quoting.any(|entry| {
            let found = lookup.document(entry.document);
            found.is_ok_and(|found| has_word(found.text.as_str(), &small))
        })
    };
    let mut found = names.likely();
    found.retain(|first| !is_small(first.word));
    if found.iter().any(|first| first.likeness == Likeness::InPlace) {
        let mut is_name = |word: &str| {
            let mut quoting = fact.evidence.iter().filter(|entry| entry.quote.is_some());
            quoting.any(|entry| {
                let found = lookup.document(entry.document);
                found.is_ok_and(|found| has_name(found.text.as_str(), word))
            })
        };
        found.retain(|first| first.likeness == Likeness::Near || is_name(first.word));
    }
    found.into_iter().map(|first| first.word.to_owned()).collect()
}

/// Whether a text has a word with its capital inside of a sentence: after a word in small letters.
fn has_name(text: &str, word: &str) -> bool {
    let is_inside = |at: usize| {
        let before = text.get(..at).and_then(|before| before.strip_suffix(' '));
        before.is_some_and(|it| it.ends_with(|c: char| c.is_lowercase()))
            && !is_in_word(text, at + word.len())
    };
    memmem::find_iter(text.as_bytes(), word).any(is_inside)
}

/// Whether a text has these letters as a whole word.
pub fn has_word(text: &str, word: &str) -> bool {
    let is_whole = |at: usize| !is_in_word(text, at) && !is_in_word(text, at + word.len());
    memmem::find_iter(text.as_bytes(), word).any(is_whole)
}

/// Whether a place is between two letters of a word, in a script that keeps words apart with spaces
/// and writes none together.
fn is_in_word(text: &str, at: usize) -> bool {
    let is_part = |c: char| c.is_alphanumeric() && c < '\u{530}';
    let (before, after) = (text.get(..at), text.get(at..));
    before.is_some_and(|it| it.ends_with(is_part))
        && after.is_some_and(|it| it.starts_with(is_part))
}

/// Which words of a claim are compared with the quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Figures: in any language.
    Figures,
    /// Names as well: if claim and document are in one language.
    FiguresAndNames,
}

impl Compare {
    /// What can be compared of a claim and a document of these languages.
    pub fn of(claim: &str, document: &str) -> Compare {
        match primary(claim) == primary(document) {
            true => Compare::FiguresAndNames,
            false => Compare::Figures,
        }
    }
}

/// The figures of a claim, and its names if they are compared, that no quoted text contains.
fn unquoted(fact: &Fact, compare: Compare) -> Vec<String> {
    let quoted = quoted_words(fact);
    let agents = fact.attribution.iter().flatten().map(|hop| &*hop.agent).collect();
    let date = fact.when.as_ref().and_then(|when| when.edtf.as_deref()).unwrap_or_default();
    Wording { claim: &fact.claim, lang: &fact.lang, quoted, agents }.unquoted(compare, date)
}

/// What a fact quotes, with its translations and the words of its date.
fn quoted_words(fact: &Fact) -> Vec<&str> {
    let mut quoted: Vec<&str> = Vec::new();
    for entry in &fact.evidence {
        quoted.extend(entry.quote.as_ref().map(|quote| &*quote.exact));
        quoted.extend(entry.translation.as_ref().map(|translation| &*translation.text));
    }
    quoted.extend(fact.when.as_ref().and_then(|when| when.as_written.as_deref()));
    quoted
}

/// Quoted words without the hyphens that break a word at the end of a line (`Ja-⏎pan`), if there
/// are any.
fn rejoined(words: &str) -> Option<String> {
    const HYPHENS: [char; 4] = ['-', '‐', '‑', '\u{AD}'];
    if !words.contains('\n') {
        return None;
    }
    let (mut joined, mut is_broken) = (String::with_capacity(words.len()), false);
    let mut lines = words.split('\n').peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_end_matches('\r').trim_end_matches(HYPHENS);
        let has_hyphen = line.trim_end_matches('\r').ends_with(HYPHENS);
        let goes_on = lines.peek().is_some_and(|next| next.starts_with(char::is_alphabetic));
        match has_hyphen && goes_on && bare.ends_with(char::is_alphabetic) {
            true => {
                joined.push_str(bare);
                is_broken = true;
            }
            false => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    is_broken.then_some(joined)
}

/// A claim, and the words that are quoted for it.
pub struct Wording<'a> {
    /// The claim.
    pub claim: &'a str,
    /// Its language.
    pub lang: &'a str,
    /// What is quoted.
    pub quoted: Vec<&'a str>,
    /// Whose words they are.
    pub agents: Vec<&'a str>,
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
        let is_english = compare == Compare::FiguresAndNames && primary(self.lang) == "en";
        let worded = |text: &str| if is_english { worded_figures(text) } else { Vec::new() };
        let (claimed, claimed_words) = (figures(self.claim), worded(self.claim));
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
        if compare == Compare::FiguresAndNames {
            missing.extend(self.misquoted());
            self.quoted.append(&mut self.agents);
            if is_english {
                let names = dates.split_whitespace().flat_map(names_of_date);
                names.for_each(|name| self.quoted.push(name));
            }
            let names = CapitalWords { claim: self.claim, lang: self.lang, quoted: &self.quoted };
            missing.extend(names.missing());
        }
        missing
    }

    /// Whether a figure is a part of a time of the claim that is quoted with other hours: `22:30`
    /// of `10:30pm`. Figures alone (`8.45`) are a time only beside one that is surely a time, and
    /// never beside a magnitude, a currency, a measure or a sign.
    fn is_of_time(&self, figure: &Figure) -> bool {
        if !figure.is_bare() {
            return false;
        }
        // 8.45 is one figure, and 8:45 are two.
        let (hour, minute) = figure.digits.split_once('.').unzip();
        let Ok(number) = hour.unwrap_or(&figure.digits).parse::<u8>() else { return false };
        let minute = minute.map(str::parse::<u8>);
        let is_written = |it: &DayTime| match &minute {
            Some(minute) => it.written == number && minute.as_ref() == Ok(&it.minute),
            None => it.written == number || it.minute == number,
        };
        let claimed = day_times(self.claim).into_iter();
        let mut claimed = claimed.filter(is_written);
        claimed.any(|time| {
            let is_same = |other: DayTime| {
                (other.hour, other.minute) == (time.hour, time.minute)
                    && (time.is_certain || other.is_certain)
            };
            self.quoted.iter().any(|words| day_times(words).into_iter().any(is_same))
        })
    }

    /// The times of the claim that are quoted in the other half of the day alone: `4pm` of `4am`.
    fn other_halves(&self) -> Vec<String> {
        let mut claimed = day_times(self.claim);
        claimed.retain(|time| time.has_half);
        if claimed.is_empty() {
            return Vec::new();
        }
        let quoted: Vec<DayTime> = self.quoted.iter().flat_map(|words| day_times(words)).collect();
        let is_other = |time: &DayTime| {
            let same = |it: &DayTime| (it.hour, it.minute) == (time.hour, time.minute);
            let turned = |it: &DayTime| {
                it.has_half && (it.written, it.minute) == (time.written, time.minute)
            };
            !quoted.iter().any(same) && quoted.iter().any(turned)
        };
        let words = |time: DayTime| {
            let digits = self.claim.get(time.digits.0..time.digits.1).unwrap_or_default();
            format!("{digits} {}", if time.hour < 12 { "am" } else { "pm" })
        };
        claimed.into_iter().filter(is_other).map(words).collect()
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

    /// The pairs of figures of the claim that are quoted the other way round alone: `3–9` of `9–3`.
    fn turned_pairs(&self) -> Vec<String> {
        let claimed = pairs(self.claim);
        if claimed.is_empty() {
            return Vec::new();
        }
        let quoted: Vec<Pair> = self.quoted.iter().flat_map(|words| pairs(words)).collect();
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

    /// The words in quotation marks in the claim that are no quoted words.
    fn misquoted(&self) -> Vec<String> {
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

/// The English names of the weekday of a day, and of the month in which a date is.
fn names_of_date(date: &str) -> impl Iterator<Item = &'static str> + use<> {
    let ends = days(date).and_then(|days| days.first.zip(days.last));
    let day = ends.filter(|(first, last)| first == last).map(|(day, _)| day);
    let is_of_month =
        |(first, last): &(Date, Date)| first.first_of_month() == last.first_of_month();
    let month = ends.filter(is_of_month).map(|(first, _)| month_name(first.month()));
    day.map(|day| weekday_name(day.weekday())).into_iter().chain(month)
}

/// The words of a language that deny the word after them, where it keeps words apart and has
/// capitals.
fn negations(lang: &str) -> &'static [&'static str] {
    match lang {
        "en" => &["not", "never", "no"],
        "de" => &["nicht", "nie", "niemals", "kein", "keine", "keinen"],
        "fr" => &["ne", "pas", "jamais"],
        "es" => &["no", "nunca", "jamás"],
        "pt" => &["não", "nunca", "jamais"],
        "it" => &["non", "mai"],
        "ca" => &["no", "mai"],
        "ro" => &["nu", "niciodată"],
        "nl" => &["niet", "geen", "nooit"],
        "sv" => &["inte", "ej", "aldrig"],
        "da" => &["ikke", "aldrig"],
        "no" | "nb" | "nn" => &["ikke", "ikkje", "aldri"],
        "fi" => &["en", "et", "ei", "emme", "ette", "eivät"],
        "et" => &["ei"],
        "pl" => &["nie", "nigdy"],
        "cs" | "sl" | "hr" | "bs" => &["ne", "nikdy", "nikoli", "nikada"],
        "sk" => &["nie", "nikdy"],
        "uk" | "ru" | "bg" | "mk" => &["не", "ні", "ни", "ніколи", "никогда"],
        "sr" => &["не", "ne", "никада", "nikada"],
        "be" => &["не", "ні"],
        "hu" => &["nem", "ne", "sem", "soha"],
        "el" => &["δεν", "μην", "οχι"],
        "sq" => &["nuk", "mos"],
        _ => &[],
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
mod tests;
