//! Languages: the tag that the language of a text has.
//!
//! Always holds: what is no language, such as the code of a country, and what has a shorter code is
//! refused where it is given; the languages of a record are never judged here, because its rules
//! know the form alone. Not here: the form of a tag (`annals_core::text`).
//! Source: RFC 5646, 2.2.1 (the shortest code); ISO 639 by isolang.

use crate::capture::lists::{entries, pairs};
use annals_core::text::Lang;
use isolang::Language;

/// Codes that people write for a language: of a country, of a library, of the time before.
const OTHERS: &str = include_str!("other_language_codes.txt");

/// The regions of ISO 3166.
const REGIONS: &str = include_str!("regions.txt");

/// What is wrong with the parts after the language, in their order: script, region, variants.
fn wrong_parts(text: &str) -> Option<String> {
    let mut place = 0;
    for part in text.split('-').skip(1) {
        let is_letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let kind = match part.len() {
            1 => return None,
            4 if is_letters => 1,
            2 | 3 if is_letters && place == 0 && part.len() == 3 => 0,
            2 if is_letters => 2,
            3 if part.bytes().all(|byte| byte.is_ascii_digit()) => 2,
            _ => 3,
        };
        if kind < place || (kind == place && matches!(kind, 1 | 2)) {
            return Some(format!(
                "expected a script and a region once, in this order, found {text}"
            ));
        }
        place = kind;
        let region = part.to_ascii_uppercase();
        if kind == 2 && part.len() == 2 && !entries(REGIONS).any(|known| known == region) {
            let meant = match region.as_str() {
                "UK" => ": write GB",
                _ => ", which is none",
            };
            return Some(format!(
                "expected a region (ISO 3166) after the language, found {part}{meant}"
            ));
        }
    }
    None
}

/// The tag of a language.
///
/// Errors: what was expected and found, and the tag that is probably meant.
///
/// ```
/// use annals::capture::language;
/// assert_eq!(language("uk").map(|tag| tag.to_string()), Ok("uk".to_owned()));
/// assert!(language("ua").is_err_and(|why| why.ends_with("write uk")));
/// ```
pub fn language(text: &str) -> Result<Lang, String> {
    let tag = match Lang::new(text) {
        Ok(tag) => tag,
        Err(error) => {
            let usual = text.trim().replace('_', "-");
            let first = usual.split('-').next().unwrap_or_default();
            let usual = usual.replacen(first, &first.to_ascii_lowercase(), 1);
            let usual = named(&usual).unwrap_or(usual);
            let is_usual = usual != text && language(&usual).is_ok();
            let write = if is_usual { format!("; write {usual}") } else { String::new() };
            return Err(format!("{error}{write}"));
        }
    };
    let (first, rest) = text.split_at(text.find('-').unwrap_or(text.len()));
    let other = pairs(OTHERS).find(|(code, _)| *code == first).map(|(_, meant)| meant);
    let known = match first.len() {
        2 => Language::from_639_1(first).is_some(),
        _ => true,
    };
    let shorter = Language::from_639_3(first).and_then(|language| language.to_639_1());
    match (other, shorter) {
        (Some(meant), _) if !known || first.len() == 3 => {
            Err(format!("expected a language, found {text}: write {meant}{rest}"))
        }
        (_, Some(code)) => Err(format!(
            "expected the shorter code of the language, found {text}: write {code}{rest}"
        )),
        _ if !known => Err(format!(
            "expected a language (ISO 639, such as en, de or uk), found {text}, which is none"
        )),
        _ => wrong_parts(text).map_or(Ok(tag), Err),
    }
}

/// The tag of a language that is given by its English name.
fn named(text: &str) -> Option<String> {
    let name = text.to_owned();
    let mut found = Language::match_names(move |known| known.eq_ignore_ascii_case(&name));
    // A rare language may be called like the code of another: En.
    found.find_map(|language| language.to_639_1()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_language_or_has_a_shorter_code_is_refused() {
        for tag in [
            "en",
            "pt-BR",
            "uk",
            "zh-Hant",
            "gsw",
            "und",
            "mul",
            "sr-Latn",
            "no",
            "nb",
            "es-419",
            "zh-Hant-TW",
            "de-1996",
            "sl-IT-nedis",
        ] {
            assert_eq!(language(tag).map(|tag| tag.to_string()), Ok(tag.to_owned()));
        }
        for (tag, meant) in [
            ("ua", "uk"),
            ("cz", "cs"),
            ("jp", "ja"),
            ("cn", "zh"),
            ("gr", "el"),
            ("iw", "he"),
            ("eng", "en"),
            ("ukr", "uk"),
            ("deu-AT", "de-AT"),
            ("ger", "de"),
            ("EN", "en"),
            ("en_US", "en-US"),
            ("english", "en"),
            ("Ukrainian", "uk"),
        ] {
            let why = language(tag).unwrap_err();
            assert!(why.ends_with(&format!("write {meant}")), "{tag}: {why}");
        }
        for tag in ["xx", "qq", "", "e", "en-UK", "en-EN", "en-US-US", "zh-TW-Hant", "sr-Latn-Cyrl"]
        {
            assert!(language(tag).is_err(), "{tag}");
        }
    }
}
