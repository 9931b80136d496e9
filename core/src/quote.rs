//! Texts and quotations: offsets in code points, and context that makes a place unique.
//!
//! Always holds: a quotation holds if and only if it is the one that [`Text::anchor`] returns for
//! its span; nothing is normalised. Not here: the search for loosely typed words (`quote_search`),
//! documents. Source: FORMAT.md section 3; W3C Web Annotation, TextQuoteSelector.

mod many;

use crate::event::body::{Quote, Span};
use crate::grams::GramIndex;
use crate::loose::{Hyphens, Loose};
use crate::text::Verbatim;
use crate::text::in_quotes;
use hashbrown::HashSet;
use memchr::memmem;
use std::ops::Range;
use std::sync::OnceLock;

/// The least number of code points of context of a quotation.
pub const CONTEXT: usize = 32;
/// The greatest number of code points of context of a quotation.
const MOST_CONTEXT: usize = 2_000;
/// The greatest number of code points of a quotation.
pub const MOST_WORDS: usize = 20_000;
const STEP: usize = 32;
/// The number of code points that a message shows of words that are not the quotation.
const SHOWN_WORDS: usize = 60;
/// The number of windows up to which each is searched for by itself, which is faster in usual
/// texts.
const FEW: usize = 8;
/// The number of bytes of windows that one pass searches for: enough for the quotations of an
/// event.
const AT_ONCE: usize = 4 << 20;

/// A quotation and its stated place.
#[derive(Clone, Copy, Debug)]
pub struct Quotation<'a> {
    /// Its words and their context.
    pub quote: &'a Quote,
    /// Its place.
    pub span: &'a Span,
}

/// A span with up to `context` code points of context on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Window {
    start: usize,
    end: usize,
    context: usize,
}

impl Window {
    /// This window with one code point of context less on each side; 0 stays 0.
    fn shorter(&self) -> Window {
        Window { context: self.context.saturating_sub(1), ..*self }
    }

    /// This window with the greatest context, [`MOST_CONTEXT`] code points on each side.
    fn longest(&self) -> Window {
        Window { context: MOST_CONTEXT, ..*self }
    }
}

/// A document's text with an index from code points to bytes.
///
/// ```
/// use annals_core::quote::Text;
/// let text = Text::new("Kyiv – “Yes,” she said.".into()).ok_or("no text")?;
/// let quote = text.anchor(7, 13).ok_or("span")?;
/// assert_eq!(&*quote.exact, "“Yes,”");
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct Text {
    text: String,
    length: usize,
    /// Byte offset of every 32nd code point.
    index: Vec<usize>,
    grams: GramIndex,
    /// The folded text, for each way to fold hyphens.
    loose: [OnceLock<Loose>; 4],
}

impl Text {
    /// The text of a document's bytes; `None` if they are not UTF-8.
    pub fn new(bytes: Vec<u8>) -> Option<Text> {
        let text = String::from_utf8(bytes).ok()?;
        let mut length = 0;
        let mut index = Vec::with_capacity(text.len() / STEP + 1);
        for (at, _) in text.char_indices() {
            if length % STEP == 0 {
                index.push(at);
            }
            length += 1;
        }
        let (grams, loose) = Default::default();
        Some(Text { text, length, index, grams, loose })
    }

    /// The length of the text in code points.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text folded for loose search; it is folded once for each way to fold hyphens.
    pub fn loose(&self, hyphens: Hyphens) -> &Loose {
        self.loose[hyphens as usize].get_or_init(|| Loose::new(&self.text, hyphens))
    }

    /// The byte offset of a code point; the text's length in bytes for its end; `None` beyond.
    pub fn byte(&self, point: usize) -> Option<usize> {
        if point == self.length {
            return Some(self.text.len());
        }
        // Where each code point is one byte, they are counted alike.
        if self.text.len() == self.length {
            return Some(point).filter(|point| *point < self.length);
        }
        let start = *self.index.get(point / STEP)?;
        let rest = self.text.get(start..)?;
        rest.char_indices().nth(point % STEP).map(|(at, _)| start + at)
    }

    /// The code point that begins at a byte offset.
    pub fn point(&self, byte: usize) -> Option<usize> {
        let block = self.index.partition_point(|start| *start <= byte).checked_sub(1)?;
        let rest = self.text.get(*self.index.get(block)?..byte)?;
        Some(block * STEP + rest.chars().count())
    }

    /// The words from code point `start` up to `end`.
    pub fn slice(&self, start: usize, end: usize) -> Option<&str> {
        self.text.get(self.byte(start)?..self.byte(end)?)
    }

    /// The quotation of a span, with the least context (32 or more code points on each side) that
    /// makes it unique; `None` if the span is empty, not in the text or longer than 20,000, or if
    /// no context of 2,000 code points does.
    pub fn anchor(&self, start: usize, end: usize) -> Option<Quote> {
        if start >= end || end > self.length {
            return None;
        }
        let n = self.least_context(start, end)?;
        Some(Quote {
            exact: Verbatim::new(self.slice(start, end)?).ok()?,
            prefix: Verbatim::new(self.slice(start.saturating_sub(n), start)?).ok()?,
            suffix: Verbatim::new(self.slice(end, (end + n).min(self.length))?).ok()?,
        })
    }

    /// Whether a quotation holds; else why not.
    pub fn check(&self, quote: &Quote, span: &Span) -> Result<(), String> {
        self.check_all(&[Quotation { quote, span }]).pop().unwrap_or(Ok(()))
    }

    /// Whether each quotation holds, in order; else why not. The number of passes over the text
    /// does not grow with the number of quotations.
    pub fn check_all(&self, quotations: &[Quotation<'_>]) -> Vec<Result<(), String>> {
        let near = quotations.iter().map(|quotation| self.check_words(*quotation));
        if quotations.len() <= FEW {
            let is_unique = |window: &Window| self.stands_once(self.window(window));
            return near.map(|near| near.and_then(|window| judge(window, &is_unique))).collect();
        }
        let near: Vec<_> = near.collect();
        let given: Vec<Window> = near.iter().flatten().copied().collect();
        let longer = given.iter().filter(|window| window.context > CONTEXT);
        let unique = self.unique(given.iter().copied().chain(longer.map(Window::shorter)));
        let short = given.iter().filter(|window| !unique.contains(*window));
        let unique_at_most = self.unique(short.map(Window::longest));
        let is_unique =
            |window: &Window| unique.contains(window) || unique_at_most.contains(window);
        near.into_iter().map(|near| near.and_then(|window| judge(window, &is_unique))).collect()
    }

    /// The window of a quotation, if its words and its context are those of the text; else why not.
    fn check_words(&self, quotation: Quotation<'_>) -> Result<Window, String> {
        let Quotation { quote, span } = quotation;
        let (start, end) = (span.start, span.end);
        let inside = start < end && end <= self.length as u64;
        if !inside {
            let length = self.length;
            return Err(format!(
                "the span {start}..{end} is not in a text of {length} code points"
            ));
        }
        let (start, end) = (start as usize, end as usize);
        if self.slice(start, end) != Some(&*quote.exact) {
            // Reads as much as the message needs: the span can be far longer.
            let found = self.slice(start, end.min(start + SHOWN_WORDS)).unwrap_or_default();
            let words: String = found.chars().take(SHOWN_WORDS).collect();
            return Err(format!(
                "at {start}..{end} the document has {}, not the quotation",
                in_quotes(&words)
            ));
        }
        let context = quote.prefix.chars().count().max(quote.suffix.chars().count()).max(CONTEXT);
        let prefix = self.slice(start.saturating_sub(context), start);
        let suffix = self.slice(end, (end + context).min(self.length));
        if prefix != Some(&*quote.prefix) || suffix != Some(&*quote.suffix) {
            return Err(format!("prefix or suffix of {start}..{end} are not the document's"));
        }
        Ok(Window { start, end, context })
    }

    /// The least number of code points on each side that makes a span unique; `None` if 2,000 do
    /// not.
    fn least_context(&self, start: usize, end: usize) -> Option<usize> {
        if self.is_unique(start, end, CONTEXT) {
            return Some(CONTEXT);
        }
        let mut low = CONTEXT;
        while low < MOST_CONTEXT {
            let high = (low * 2).min(MOST_CONTEXT);
            if self.is_unique(start, end, high) {
                return Some(self.least_between(start, end, low..high));
            }
            low = high;
        }
        None
    }

    /// The least context in a range whose start is too small and whose end is enough.
    fn least_between(&self, start: usize, end: usize, range: Range<usize>) -> usize {
        let (mut low, mut high) = (range.start, range.end);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.is_unique(start, end, middle) {
                true => high = middle,
                false => low = middle,
            }
        }
        high
    }

    fn is_unique(&self, start: usize, end: usize, context: usize) -> bool {
        let needle = self.window(&Window { start, end, context });
        needle.is_empty() || self.stands_once(needle)
    }

    /// Whether these bytes occur in the text at one place only.
    fn stands_once(&self, needle: &[u8]) -> bool {
        let text = self.text.as_bytes();
        match self.grams.places(text, needle) {
            Some(places) => places.len() == 1,
            None => stands_once(text, needle),
        }
    }

    /// The windows that occur in the text at one place only.
    fn unique(&self, windows: impl Iterator<Item = Window>) -> HashSet<Window> {
        let windows: HashSet<Window> = windows.collect();
        let hay = self.text.as_bytes();
        if windows.len() <= FEW {
            let once = |window: &Window| self.stands_once(self.window(window));
            return windows.into_iter().filter(once).collect();
        }
        let mut unique = HashSet::new();
        let mut left = Vec::new();
        for window in windows {
            match self.grams.places(hay, self.window(&window)) {
                Some(places) if places.len() == 1 => _ = unique.insert(window),
                Some(_) => {}
                None => left.push(window),
            }
        }
        let windows = left;
        let needles: Vec<&[u8]> = windows.iter().map(|window| self.window(window)).collect();
        let mut from = 0;
        while from < needles.len() {
            let mut bytes = 0;
            let fits = |needle: &&&[u8]| {
                bytes += needle.len();
                bytes <= AT_ONCE
            };
            let to = from + needles[from..].iter().take_while(fits).count().max(1);
            let once = many::stand_once(hay, &needles[from..to]);
            unique.extend(
                windows[from..to].iter().zip(once).filter(|(_, once)| *once).map(|(w, _)| *w),
            );
            from = to;
        }
        unique
    }

    /// The bytes of a window.
    fn window(&self, window: &Window) -> &[u8] {
        let start = window.start.saturating_sub(window.context);
        let end = (window.end + window.context).min(self.length);
        self.slice(start, end).unwrap_or_default().as_bytes()
    }
}

/// Whether a quotation holds whose words and context are those of the text; else why not. The given
/// context is the least one if it makes the place unique, and a context smaller by 1 does not.
fn judge(window: Window, is_unique: &dyn Fn(&Window) -> bool) -> Result<(), String> {
    let Window { start, end, context } = window;
    match is_unique(&window) {
        true if context > CONTEXT && is_unique(&window.shorter()) => {
            Err(format!("prefix or suffix of {start}..{end} are longer than needed"))
        }
        true => Ok(()),
        false if is_unique(&window.longest()) => {
            Err(format!("prefix or suffix of {start}..{end} are too short to be unique"))
        }
        false => Err(no_context(start, end)),
    }
}

/// Whether a needle occurs in a text at one place only.
fn stands_once(text: &[u8], needle: &[u8]) -> bool {
    let finder = memmem::Finder::new(needle);
    let Some(first) = finder.find(text) else { return false };
    finder.find(&text[first + 1..]).is_none()
}

/// The message that a span cannot be quoted, because the text repeats around it.
pub fn no_context(start: usize, end: usize) -> String {
    format!("no context of at most {MOST_CONTEXT} code points makes {start}..{end} unique")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The least context as FORMAT.md section 3 words it.
    fn least(text: &str, start: usize, end: usize) -> usize {
        let places = |n: usize| {
            let words = &text[start.saturating_sub(n)..(end + n).min(text.len())];
            (0..text.len()).filter(|at| text[*at..].starts_with(words)).count()
        };
        (CONTEXT..).find(|n| places(*n) == 1).unwrap()
    }

    fn quotation(text: &str, start: usize, end: usize, n: usize) -> Quote {
        Quote {
            exact: Verbatim::new(&text[start..end]).unwrap(),
            prefix: Verbatim::new(&text[start.saturating_sub(n)..start]).unwrap(),
            suffix: Verbatim::new(&text[end..(end + n).min(text.len())]).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn a_quotation_holds_with_the_least_context_and_with_no_other(
            letters in prop::collection::vec(0..60_u8, 3..240),
            start in 0..238_usize,
            length in 1..4_usize,
            other in CONTEXT..240,
        ) {
            let text: String = letters.iter().map(|n| if *n == 0 { 'b' } else { 'a' }).collect();
            let start = start % text.len();
            let end = (start + length).min(text.len());
            let n = least(&text, start, end);
            let own = quotation(&text, start, end, n);
            let made = Text::new(text.clone().into_bytes()).unwrap();
            prop_assert_eq!(made.anchor(start, end), Some(own.clone()));
            let span = Span { start: start as u64, end: end as u64 };
            prop_assert_eq!(made.check(&own, &span), Ok(()));
            let other = quotation(&text, start, end, other);
            prop_assert_eq!(made.check(&other, &span).is_ok(), other == own);
        }

        #[test]
        fn many_quotations_are_judged_as_each_alone(
            letters in prop::collection::vec(0..60_u8, 100..240),
            places in prop::collection::vec((0..238_usize, 1..4_usize, 30..80_usize), 1..24),
        ) {
            let text: String = letters.iter().map(|n| if *n == 0 { 'b' } else { 'a' }).collect();
            let made = Text::new(text.clone().into_bytes()).unwrap();
            let all: Vec<(Quote, Span)> = places
                .iter()
                .map(|(start, length, n)| {
                    let start = start % text.len();
                    let end = (start + length).min(text.len());
                    let span = Span { start: start as u64, end: end as u64 };
                    (quotation(&text, start, end, *n), span)
                })
                .collect();
            let all: Vec<Quotation<'_>> =
                all.iter().map(|(quote, span)| Quotation { quote, span }).collect();
            let alone: Vec<_> = all.iter().map(|one| made.check(one.quote, one.span)).collect();
            prop_assert_eq!(made.check_all(&all), alone);
        }
    }

    /// With a pass for each it is 4,000 times eight million letters.
    #[test]
    fn many_quotations_are_one_pass_over_the_text() {
        let text = format!("b{}{}", "a".repeat(8_000_000), "c".repeat(100));
        let made = Text::new(text.clone().into_bytes()).unwrap();
        let quote = |start: usize| {
            let span = Span { start: start as u64, end: start as u64 + 1 };
            (quotation(&text, start, start + 1, (32).max(8_000_001 - start)), span)
        };
        let all: Vec<(Quote, Span)> =
            (0..4_000).map(|back| quote(8_000_000 - back % 1_900)).collect();
        let all: Vec<Quotation<'_>> =
            all.iter().map(|(quote, span)| Quotation { quote, span }).collect();
        assert!(made.check_all(&all).iter().all(Result::is_ok));
    }

    #[test]
    fn no_more_context_than_2000_is_looked_at() {
        let made = Text::new("ab".repeat(5_000).into_bytes()).unwrap();
        assert_eq!(made.anchor(4_000, 4_002), None);
        let short = Text::new("ab".repeat(1_990).into_bytes()).unwrap();
        assert!(short.anchor(1_990, 1_992).is_some(), "the whole text is near");
        let quote = quotation(made.as_str(), 4_000, 4_002, 2_000);
        let why = "no context of at most 2000 code points makes 4000..4002 unique".to_owned();
        assert_eq!(made.check(&quote, &Span { start: 4_000, end: 4_002 }), Err(why));
    }
}
