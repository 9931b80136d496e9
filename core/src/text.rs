//! Strings of the record: lengths, the editors' own words, and the closed grammars.
//!
//! Always holds: a value of a type below satisfies its row of FORMAT.md section 1, however it was
//! created, so that it can be written. The checks depend on nothing outside this file: no locale,
//! no Unicode version, which messages alone (`in_quotes`) depend on. Not here: JSON (`event`).
//! Source: FORMAT.md section 1.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::ops::Deref;
use unicode_normalization::char::is_combining_mark;

/// Why a string is refused: what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Fewer or more code points than the row of the table allows.
    #[error("expected {min} to {max} code points, found {found}")]
    Length {
        /// Least number of code points.
        min: usize,
        /// Greatest number of code points.
        max: usize,
        /// Number found.
        found: usize,
    },
    /// A control, bidirectional or invisible character in an editor's own words.
    #[error("the character U+{code:04X} at code point {at} is not allowed in words of ours")]
    Invisible {
        /// The code point.
        code: u32,
        /// Its place, in code points from 0.
        at: usize,
    },
    /// Not in the closed grammar.
    #[error("expected {expected}, found {}", in_quotes(.found))]
    Grammar {
        /// The grammar, for people.
        expected: &'static str,
        /// The text found, cut to 80 code points.
        found: String,
    },
}

/// Whether a code point is refused in an editor's own words.
pub fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00..=0x1F | 0x7F..=0x9F | 0x61C | 0x200E..=0x200F | 0x2028..=0x202E
        | 0x2066..=0x2069 | 0xFEFF | 0xFFF9..=0xFFFF | 0xE0000..=0xE007F)
}

/// Whether a code point has no width or no ink, so that output must make it visible. An editor's
/// own words may contain it. The two joiners are part of the spelling after a letter of many
/// scripts and after an emoji; after other characters, and at the beginning, output makes them
/// visible too.
pub fn is_unseen(before: Option<char>, c: char) -> bool {
    match u32::from(c) {
        0x200C..=0x200D => !before.is_some_and(is_joined),
        0xAD | 0x34F | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B => true,
        0x2060..=0x206F | 0x3164 | 0xFFA0 | 0x1D173..=0x1D17A | 0xE0100..=0xE01EF => true,
        0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 => true,
        // A blank of Braille, outside of Braille.
        0x2800 => !before.is_some_and(|before| matches!(before, '\u{2800}'..='\u{28FF}')),
        // What chooses a form of the character before it.
        0xFE00..=0xFE0F => before.is_none_or(|before| before < '\u{A9}'),
        _ => false,
    }
}

/// A count with its noun, which takes an s where it is not one.
pub fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Text in quotation marks, as messages have it: line breaks, quotation marks and what nobody sees
/// are escaped; letters keep their marks and joiners.
///
/// ```
/// use annals_core::text::in_quotes;
/// assert_eq!(in_quotes("re\u{301}élu \"प्रतिशत\""), "\"re\u{301}élu \\\"प्रतिशत\\\"\"");
/// assert_eq!(in_quotes("a\u{200b}\n"), r#""a\u{200b}\n""#);
/// ```
pub fn in_quotes(text: &str) -> String {
    let (mut out, mut before) = (String::from("\""), None);
    for c in text.chars() {
        let is_mark = is_combining_mark(c) || matches!(c, '\u{200C}' | '\u{200D}' | 'ﾞ' | 'ﾟ');
        match c {
            '\'' => out.push(c),
            _ if is_unseen(before, c) => out.extend(c.escape_unicode()),
            // A mark stands on a letter: at the beginning it is escaped.
            _ if is_mark && before.is_some() => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
        before = Some(c);
    }
    out.push('"');
    out
}

/// Whether a joiner after this character is part of the spelling: from Hebrew on, except Georgian
/// to Vietnamese Latin and Greek, and punctuation.
fn is_joined(before: char) -> bool {
    matches!(u32::from(before), 0x590..=0x109F | 0x1780..=0x1CFF)
        || matches!(u32::from(before), 0x2190..=0x2BFF | 0xA840..=0xABFF | 0xFE0F | 0x10000..)
}

fn check_length(text: &str, min: usize, max: usize) -> Result<(), TextError> {
    // A code point has one to four bytes.
    if (4 * min..=max).contains(&text.len()) {
        return Ok(());
    }
    let found = text.chars().count();
    if found > max || found < min {
        return Err(TextError::Length { min, max, found });
    }
    Ok(())
}

/// An editor's own words: 1 to `MAX` code points, none of them invisible.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Words<const MAX: usize>(String);

impl<const MAX: usize> Words<MAX> {
    /// The words if they are within bounds and visible.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        check_length(&text, 1, MAX)?;
        // Without a branch for each byte, so that many are compared at once.
        if text.bytes().fold(true, |plain, byte| plain & matches!(byte, 0x20..0x7F)) {
            return Ok(Words(text));
        }
        match text.chars().enumerate().find(|(_, c)| is_invisible(*c)) {
            Some((at, c)) => Err(TextError::Invisible { code: u32::from(c), at }),
            None => Ok(Words(text)),
        }
    }
}

/// Words of a document, verbatim: `MIN` to `MAX` code points of any kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Verbatim<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Verbatim<MIN, MAX> {
    /// The words if they are within bounds.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        check_length(&text, MIN, MAX)?;
        Ok(Verbatim(text))
    }
}

impl<const MAX: usize> Deref for Words<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> Deref for Verbatim<MIN, MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Words<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Verbatim<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Words<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Words::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Verbatim<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Verbatim::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

macro_rules! grammars {
    ($($(#[$doc:meta])* $name:ident: $check:ident, $expected:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(String);

        impl $name {
            /// The text if it is in the grammar.
            pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
                let text = text.into();
                if $check(&text) {
                    return Ok($name(text));
                }
                let found = text.chars().take(80).collect();
                Err(TextError::Grammar { expected: $expected, found })
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $name::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

grammars! {
    /// A language tag, such as `en` or `pt-BR`.
    Lang: is_lang, "a language tag like en or pt-BR";
    /// A media type, such as `text/plain`.
    MediaType: is_media_type, "a media type like text/plain, in lower case";
    /// A URI with its scheme.
    Uri: is_uri, "a URI with its scheme, like https://example.org/page, without spaces";
    /// The ledger's permanent name: a URL prefix without scheme, at most 255 bytes.
    Origin: is_origin, "a name like example.org/record: a-z 0-9 . - and /, with a dot";
    /// A date or an interval.
    Edtf: is_edtf_text, "an EDTF date or interval like 2022-01-26, 2022-01, 2022~ or 2021/2022";
    /// A person, drawn at random: 32 lower-case hex digits.
    Person: is_hex_32, "32 lower-case hex digits";
}

fn is_lang(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    text.len() <= 2_000
        && (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        let byte = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'+' | b'-');
        !part.is_empty() && part.bytes().all(byte)
    };
    text.len() <= 2_000 && text.split_once('/').is_some_and(|(a, b)| token(a) && token(b))
}

fn is_uri(text: &str) -> bool {
    let scheme = |part: &str| {
        let byte = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'.' | b'-');
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.bytes().all(byte)
    };
    let rest = |part: &str| !part.is_empty() && part.bytes().all(|b| (0x21..=0x7E).contains(&b));
    text.len() <= 2_000 && text.split_once(':').is_some_and(|(a, b)| scheme(a) && rest(b))
}

fn is_origin(text: &str) -> bool {
    let host = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    let path = |b: u8| host(b) || matches!(b, b'_' | b'~');
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or_default();
    text.len() <= 255
        && first.contains('.')
        && first.bytes().all(host)
        && parts.all(|part| !part.is_empty() && part.bytes().all(path))
}

fn is_edtf_text(text: &str) -> bool {
    crate::edtf::is_edtf(text)
}

fn is_hex_32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The stretch of a line in Arabic.
pub(crate) const TATWEEL: char = '\u{640}';

/// The marks of vowels and of reading in Arabic and Hebrew, which most keyboards do not have.
pub(crate) fn is_vowel_point(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}'
        | '\u{5C7}' | '\u{64B}'..='\u{652}' | '\u{656}'..='\u{65F}' | '\u{670}'
        | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}'
        | '\u{6EA}'..='\u{6ED}')
        || c == TATWEEL
}
