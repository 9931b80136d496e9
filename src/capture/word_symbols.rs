//! The characters of symbol fonts in DOCX.
//!
//! Not here: which fonts a run has (`word`). Source: ECMA-376 part 1, 17.3.3.30.

use crate::capture::word_fields::attribute;
use quick_xml::events::BytesStart;

/// The character of a symbol font; U+FFFD where it is not known.
pub(super) fn symbol(tag: &BytesStart<'_>) -> char {
    let font = attribute(tag, "w:font").unwrap_or_default();
    let code = attribute(tag, "w:char").and_then(|code| u32::from_str_radix(&code, 16).ok());
    let code = code.unwrap_or_default();
    // Symbol fonts have their characters in the private use area as well.
    let place = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let place = char::from_u32(place).unwrap_or(char::REPLACEMENT_CHARACTER);
    let (from, to) = match font.as_str() {
        "Symbol" => SYMBOL,
        name if name.starts_with("Wingdings") => WINGDINGS,
        _ => ("", ""),
    };
    let found = from.chars().zip(to.chars()).find(|(at, _)| *at == place).map(|(_, sign)| sign);
    let is_itself = match font.as_str() {
        "Symbol" => place.is_ascii_digit() || place.is_ascii_punctuation(),
        _ => from.is_empty() && u32::from(place) == code,
    };
    let own = Some(place).filter(|_| is_itself);
    found.or(own).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Places of the font Symbol, and their characters. Source: Adobe's mapping of Symbol to Unicode.
const SYMBOL: (&str, &str) = (
    "-abcdefghiklmnopqrstuwxyzDFGLPQSWY¢£¥«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼Öåò",
    "−αβχδεφγηικλμνοπθρστυωξψζΔΦΓΛΠΘΣΩΨ′≤∞↔←↑→↓°±″≥×∝∂•÷≠≡≈…√∑∫",
);
/// Places of Wingdings, and their characters.
const WINGDINGS: (&str, &str) = ("Jlno§¨Øàûüýþ", "☺●■□▪◻➢→✗✓☒☑");
