//! The characters of symbol fonts in DOCX.
//!
//! Not here: which fonts a run has (`word`). Source: ECMA-376 part 1, 17.3.3.30.

use crate::capture::word_fields::attribute;
use quick_xml::events::BytesStart;

/// A font whose characters are signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SymbolFont {
    Symbol,
    Wingdings,
}

impl SymbolFont {
    /// The font of this name, if it is one of these.
    pub fn named(name: &str) -> Option<SymbolFont> {
        match name {
            "Symbol" => Some(SymbolFont::Symbol),
            name if name.starts_with("Wingdings") => Some(SymbolFont::Wingdings),
            _ => None,
        }
    }

    /// Words as the font shows them; U+FFFD for each character that is not known.
    pub fn shown(self, words: &str) -> String {
        let sign = |c: char| if c.is_whitespace() { c } else { self.sign(c.into()) };
        words.chars().map(sign).collect()
    }

    /// The character at a place of the font; U+FFFD where it is not known.
    fn sign(self, code: u32) -> char {
        // Such fonts have their characters in the private use area as well.
        let place = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
        let place = char::from_u32(place).unwrap_or(char::REPLACEMENT_CHARACTER);
        let (from, to) = match self {
            SymbolFont::Symbol => SYMBOL,
            SymbolFont::Wingdings => WINGDINGS,
        };
        let found = from.chars().zip(to.chars()).find(|(at, _)| *at == place).map(|(_, sign)| sign);
        let is_itself =
            self == SymbolFont::Symbol && (place.is_ascii_digit() || place.is_ascii_punctuation());
        found.or(is_itself.then_some(place)).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

/// The character of an element `w:sym`; U+FFFD where it is not known.
pub(super) fn symbol(tag: &BytesStart<'_>) -> char {
    let font = attribute(tag, "w:font").unwrap_or_default();
    let code = attribute(tag, "w:char").and_then(|code| u32::from_str_radix(&code, 16).ok());
    let code = code.unwrap_or_default();
    match SymbolFont::named(&font) {
        Some(font) => font.sign(code),
        // Of another font the private use area says nothing.
        None if (0xF000..=0xF0FF).contains(&code) => char::REPLACEMENT_CHARACTER,
        None => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// Places of the font Symbol, and their characters. Source: Adobe's mapping of Symbol to Unicode.
const SYMBOL: (&str, &str) = (
    "-abcdefghiklmnopqrstuwxyzDFGLPQSWY¢£¥«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼Öåò",
    "−αβχδεφγηικλμνοπθρστυωξψζΔΦΓΛΠΘΣΩΨ′≤∞↔←↑→↓°±″≥×∝∂•÷≠≡≈…√∑∫",
);
/// Places of Wingdings, and their characters.
const WINGDINGS: (&str, &str) = ("Jlno§¨Øàûüýþ", "☺●■□▪◻➢→✗✓☒☑");
