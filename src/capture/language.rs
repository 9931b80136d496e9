//! Languages: the tag that the language of a text has.
//!
//! Always holds: what is no language, such as the code of a country, and what has a shorter code is
//! refused where it is given; the languages of a record are never judged here, because its rules
//! know the form alone. Not here: the form of a tag (`annals_core::text`).
//! Source: RFC 5646, 2.2.1 (the shortest code); ISO 639 by isolang.

use annals_core::text::Lang;
use isolang::Language;

/// Codes that people write for a language: of a country, of a library, of the time before.
const OTHERS: [(&str, &str); 34] = [
    ("ua", "uk"),
    ("cz", "cs"),
    ("jp", "ja"),
    ("cn", "zh"),
    ("gr", "el"),
    ("dk", "da"),
    ("at", "de"),
    ("iw", "he"),
    ("in", "id"),
    ("ji", "yi"),
    ("alb", "sq"),
    ("arm", "hy"),
    ("baq", "eu"),
    ("bur", "my"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dut", "nl"),
    ("fre", "fr"),
    ("geo", "ka"),
    ("ger", "de"),
    ("gre", "el"),
    ("ice", "is"),
    ("mac", "mk"),
    ("mao", "mi"),
    ("may", "ms"),
    ("per", "fa"),
    ("rum", "ro"),
    ("slo", "sk"),
    ("tib", "bo"),
    ("wel", "cy"),
    ("us", "en"),
    ("gb", "en"),
    ("vn", "vi"),
    ("kz", "kk"),
];

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
            let is_usual = usual != text && language(&usual).is_ok();
            let write = if is_usual { format!("; write {usual}") } else { String::new() };
            return Err(format!("{error}{write}"));
        }
    };
    let (first, rest) = text.split_at(text.find('-').unwrap_or(text.len()));
    let other = OTHERS.iter().find(|(code, _)| *code == first).map(|(_, meant)| *meant);
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
        _ => Ok(tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_language_or_has_a_shorter_code_is_refused() {
        for tag in ["en", "pt-BR", "uk", "zh-Hant", "gsw", "und", "mul", "sr-Latn", "no", "nb"] {
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
        ] {
            let why = language(tag).unwrap_err();
            assert!(why.ends_with(&format!("write {meant}")), "{tag}: {why}");
        }
        for tag in ["xx", "qq", "English", "", "e"] {
            assert!(language(tag).is_err(), "{tag}");
        }
    }
}
