//! Amounts: the currency or the measure that stands beside a figure.
//!
//! Always holds: a word has one kind, in whatever language it is; crowns of all countries are one,
//! and dollars of most. A word or a sign of several currencies or measures has none (`m`, `MX$`, 元
//! after 億), and neither has one that is not listed. Not here: the value of a figure (`figures`).
//! Source: ISO 4217; CLDR's units and currencies (`annals_core::edges::amount_kind`).

use annals_core::edges::{amount_kind, amount_stem};

use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;

/// The kinds, each with its signs, codes and words; `*` stands for any ending.
const KINDS: &[(&str, &str)] = &[
    (
        "dollar",
        "$ ＄ USD AUD CAD NZD SGD dollar* dólar* dolar* долар* доллар* دولار* דולר* δολάρι* δολαρί* \
         dollár* डॉलर* 美元 美金 ドル 달러",
    ),
    (
        "euro",
        "€ EUR eur eura eury eurem eurech eurům eurami eurom euro euros euroa euron eurot eurós \
         eurů євро евро ευρώ יורו euró avro यूरो 欧元 歐元 \
         ユーロ 유로",
    ),
    ("pound", "£ ￡ GBP pound pounds sterling 英镑 英鎊 ポンド 파운드"),
    ("hryvnia", "₴ UAH грн гривень гривні гривня гривен гривны hryvnia hryvnias"),
    ("rouble", "₽ RUB RUR руб рубл* карбованц* rouble* ruble* rubel rubli rubly 卢布"),
    ("yen", "JPY yen yens иен* єн 円 日元 日圆"),
    ("yuan", "CNY RMB yuan yuans юан* renminbi 人民币 元 위안"),
    ("won", "₩ KRW 韩元 원"),
    ("franc", "CHF franc francs franchi franken франк*"),
    ("zloty", "PLN zł złot* zloty* злот*"),
    (
        "crown",
        "SEK NOK DKK ISK CZK kr kč korun* koron korona korony kronan kronorna krone kronerne крон*",
    ),
    ("forint", "HUF Ft forint*"),
    ("lira", "₺ TRY TL lira liras"),
    ("shekel", "₪ ILS NIS שקל* ש\"ח"),
    ("real", "BRL reais"),
    ("rupee", "₹ INR PKR rupee* рупі* рупи* रुपये रुपए रुपय*"),
    ("km", "公里 千米 km kmh kph kilomet* kilómet* quilómet* chilomet* км кілометр* километр*"),
    ("mile", "mph mile miles миль миля мили милі миле meile meilen milles millas miglia"),
    ("metre", "metre* meter* mètre* metros metri метр*"),
    ("foot", "ft feet foot"),
    ("mm", "mm мм"),
    ("cm", "cm см"),
    ("yard", "yard yards"),
    ("inch", "inch inches"),
    ("microgram", "µg μg mcg microgram* mikrogram*"),
    ("mg", "mg мг"),
    ("gram", "g"),
    ("kg", "公斤 千克 kg kilo kilos kilogram* кг кілограм* килограмм*"),
    ("tonne", "吨 噸 トン tonne tonnes ton tons тонн* tonnen toneladas tonnellate"),
    ("ml", "ml мл"),
    ("kW", "kw квт"),
    ("MW", "mw мвт"),
    ("GW", "gw гвт"),
    ("litre", "l л litre* liter* litro* litri літр* литр*"),
    ("gallon", "gallon*"),
    ("hectare", "ha га hectare* hektar* hectárea* ettari гектар*"),
    ("acre", "acre acres акр*"),
    ("Celsius", "celsius 摄氏度 攝氏度"),
    ("Fahrenheit", "fahrenheit"),
    ("minute", "minute minutes minuten minut minuto minutos minuti хвилин* минут*"),
    ("hour", "hour hours stunde stunden heure heures hora horas ora ore годин* часов"),
    (
        "day",
        "day days tag tage tagen jour jours día días dia dias giorno giorni день дні днів дней",
    ),
    ("week", "week weeks woche wochen semaine semaines semana semanas settimane тижн* недел*"),
    ("month", "month months monat monate monaten mois meses mesi місяц* месяц*"),
    (
        "year",
        "year years jahr jahre jahren ans année années año años ano anos anno anni рік \
              роки років року лет",
    ),
];

/// The words that stand between a magnitude and its currency.
const BETWEEN: &[&str] = &["de", "d", "di", "us", "american"];

/// The kinds of whole words, and those of beginnings.
struct KindTable {
    whole: HashMap<&'static str, &'static str>,
    beginnings: Vec<(&'static str, &'static str)>,
    /// Those of Chinese, Japanese and Korean, after which other words follow at once.
    unspaced: Vec<(&'static str, &'static str)>,
}

static TABLE: LazyLock<KindTable> = LazyLock::new(|| {
    let (whole, beginnings, unspaced) = (HashMap::new(), Vec::new(), Vec::new());
    let mut table = KindTable { whole, beginnings, unspaced };
    for (kind, words) in KINDS {
        for word in words.split_whitespace() {
            match word.strip_suffix('*') {
                Some(begin) => table.beginnings.push((begin, kind)),
                None => {
                    if word.starts_with(is_unspaced) {
                        table.unspaced.push((word, kind));
                    }
                    table.whole.insert(word, kind);
                }
            }
        }
    }
    table
});

/// The currency of a code, such as `EUR`.
pub fn currency_of_code(word: &str) -> Option<&'static str> {
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| TABLE.whole.get(word).copied()).flatten()
}

/// The kind of a word, sign or code.
fn kind(word: &str) -> Option<&'static str> {
    if let Some(kind) = TABLE.whole.get(word) {
        return Some(kind);
    }
    let lower = word.to_lowercase();
    // A code is written with capitals: *try* and *rub* are words.
    let whole = TABLE.whole.get(lower.as_str()).copied();
    let begins = |(begin, _): &&(&str, &str)| lower.starts_with(begin);
    let begun = || TABLE.beginnings.iter().find(begins).map(|(_, kind)| *kind);
    let ended = || TABLE.whole.get(amount_stem(&lower)?).copied();
    whole.or_else(begun).or_else(|| amount_kind(&lower)).or_else(ended)
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// The kind of the longest word of Chinese, Japanese or Korean that a text begins with, and its
/// length. After 億 and 萬 of Taiwan and Hong Kong 元 is a dollar of theirs.
fn kind_unspaced(text: &[char], magnitude: Option<char>) -> Option<(&'static str, usize)> {
    let length = |word: &str| word.chars().count();
    let is_here = |(word, _): &&(&'static str, &'static str)| {
        text.iter().take(length(word)).copied().eq(word.chars())
    };
    let (word, kind) = TABLE.unspaced.iter().filter(is_here).max_by_key(|it| length(it.0))?;
    let is_particle = |c: &char| "에의을를이가은는도만로으과와까".contains(*c);
    let next = text.get(length(word)).filter(|c| matches!(c, '\u{AC00}'..='\u{D7A3}'));
    let is_word = *word != "원" || next.is_none_or(is_particle);
    let is_local = *word == "元" && magnitude.is_some_and(|c| matches!(c, '億' | '萬'));
    (is_word && !is_local).then(|| (*kind, length(word)))
}

/// The kind of a dollar sign by the letters before it: `US$`, `R$`.
fn kind_of_dollars(letters: &str) -> Option<&'static str> {
    match letters {
        "" | "US" | "U" | "A" | "AU" | "C" | "CA" | "CAD" | "NZ" | "SG" => Some("dollar"),
        "R" => Some("real"),
        _ => None,
    }
}

/// The kind of an amount by what stands directly around its digits and its magnitude, and where it
/// stands.
/// `magnitude` is the last character of the magnitude.
pub fn kind_around(
    before: &[char],
    after: &[char],
    magnitude: Option<char>,
) -> Option<(&'static str, KindPlace)> {
    let first = kind_before(before).map(|(kind, length)| (kind, KindPlace::Before(length)));
    let last =
        || kind_after(after, magnitude).map(|(kind, length)| (kind, KindPlace::After(length)));
    first.or_else(last)
}

/// Where the currency or the measure of an amount stands: so many characters before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindPlace {
    /// Before the digits.
    Before(usize),
    /// After the digits and their magnitude.
    After(usize),
}

fn kind_before(before: &[char]) -> Option<(&'static str, usize)> {
    let last = *before.last()?;
    let rest = match last.is_whitespace() {
        true => before.split_last()?.1,
        false => before,
    };
    let last = *rest.last()?;
    if last.is_alphanumeric() {
        if !last.is_ascii_uppercase() {
            return None;
        }
        let letters = rest.iter().rev().take_while(|c| c.is_ascii_uppercase()).count();
        let free = rest.len().checked_sub(letters + 1).and_then(|at| rest.get(at));
        let code: String = rest.iter().skip(rest.len() - letters).collect();
        let is_code = (2..=3).contains(&letters) && !free.is_some_and(|c| c.is_alphanumeric());
        let kind = is_code.then(|| TABLE.whole.get(code.as_str()).copied()).flatten();
        return kind.map(|kind| (kind, before.len() - rest.len() + letters));
    }
    if last.is_ascii_punctuation() && last != '$' {
        return None;
    }
    if last == '$' {
        let letters = rest.iter().rev().skip(1).take_while(|c| c.is_ascii_uppercase()).count();
        let begin = rest.len() - 1 - letters;
        let country: String = rest.iter().skip(begin).take(letters).collect();
        let length = before.len() - begin;
        return kind_of_dollars(&country).map(|kind| (kind, length));
    }
    kind_of_sign(last).map(|kind| (kind, before.len() - rest.len() + 1))
}

fn kind_of_sign(sign: char) -> Option<&'static str> {
    TABLE.whole.get(&*sign.encode_utf8(&mut [0; 4])).copied()
}

/// The number of letters of the word that a text begins with, also of ש"ח.
fn word_length(text: &[char]) -> usize {
    let is_letter = |c: &char| c.is_alphabetic() || is_combining_mark(*c);
    let is_hebrew = |at: usize| text.get(at).is_some_and(|c| ('א'..='ת').contains(c));
    let letters = |from: usize| text.iter().skip(from).take_while(|c| is_letter(c)).count();
    let length = letters(0);
    let is_mark = text.get(length).is_some_and(|c| matches!(c, '"' | '״' | '”'));
    let is_joined = is_mark && length > 0 && is_hebrew(length - 1) && is_hebrew(length + 1);
    if is_joined { length + 1 + letters(length + 1) } else { length }
}

fn kind_after(after: &[char], magnitude: Option<char>) -> Option<(&'static str, usize)> {
    let mut rest = after;
    for _ in 0..3 {
        let is_blank = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2011}' | '\'' | '’');
        let from = usize::from(rest.first().is_some_and(is_blank));
        rest = rest.get(from..)?;
        let first = *rest.first()?;
        if first == '°' {
            let scale = rest.get(1 + usize::from(rest.get(1) == Some(&' ')));
            let kind = match scale {
                Some('C') => Some("Celsius"),
                Some('F') => Some("Fahrenheit"),
                _ => None,
            };
            return kind.map(|kind| (kind, after.len() - rest.len() + 2));
        }
        if is_unspaced(first) {
            let found = kind_unspaced(rest, magnitude);
            return found.map(|(kind, length)| (kind, after.len() - rest.len() + length));
        }
        let length = word_length(rest);
        // A square or cubic measure is another one.
        if length == 0 || rest.get(length).is_some_and(|c| matches!(c, '²' | '³')) {
            // A sign before other digits belongs to those.
            let is_free = !(from > 0 && rest.get(1).is_some_and(|c| c.is_numeric()));
            let kind = kind_of_sign(first).filter(|_| is_free);
            return kind.map(|kind| (kind, after.len() - rest.len() + 1));
        }
        let word: String = rest.iter().take(length).collect();
        if rest.get(length) == Some(&'$') {
            let found = kind_of_dollars(&word);
            return found.map(|kind| (kind, after.len() - rest.len() + length + 1));
        }
        let word = word.replace(['״', '”'], "\"");
        if let Some(found) = kind(&word) {
            return Some((found, after.len() - rest.len() + length));
        }
        let is_sign = rest.get(length) == Some(&'€');
        let degrees = ["degrees", "grad", "grados", "degrés", "gradi", "градусів", "градусов"];
        let lower = word.to_lowercase();
        if !is_sign && !BETWEEN.contains(&lower.as_str()) && !degrees.contains(&lower.as_str()) {
            return None;
        }
        rest = rest.get(length..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_an_amount_stands_beside_it_in_any_language() {
        for (before, after, found) in [
            ("debt: £", " million", Some("pound")),
            ("debt: US$", "bn", Some("dollar")),
            ("of EUR ", " here", Some("euro")),
            ("of ", " dollars", Some("dollar")),
            ("of ", " US dollars", Some("dollar")),
            ("de ", " d’euros", Some("euro")),
            ("de ", " de reais", Some("real")),
            ("de ", " de pesos", None),
            ("about ", " €", Some("euro")),
            ("a ", "-mile road", Some("mile")),
            ("at ", "°F", Some("Fahrenheit")),
            ("at ", " degrees Celsius", Some("Celsius")),
            ("на ", " гривень", Some("hryvnia")),
            ("of the ", " £20 notes", None),
            ("they ", " try", None),
            ("about ", " kr", Some("crown")),
            ("about ", " people", None),
            ("de R$ ", " bilhões", Some("real")),
            ("de MX$ ", " millones", None),
            ("of HK$", " million", None),
            ("über ", " R$", Some("real")),
            ("för ", " kronor", Some("crown")),
            ("a minimálbér ", " forintra", Some("forint")),
            ("ár ", " euróra", Some("euro")),
            ("hasar ", " lirayı", Some("lira")),
            ("hasar ", " doları", Some("dollar")),
            ("תשלם ", " ש\"ח", Some("shekel")),
            ("תשלם ", " ש״ח.", Some("shekel")),
            ("为", "元。", Some("yuan")),
            ("为", "美元。", Some("dollar")),
            ("は", "円増えた", Some("yen")),
            ("약 ", " 원이다", Some("won")),
            ("약 ", " 원내대표", None),
            ("बजट ", " रुपये है", Some("rupee")),
            ("बजट ", " डॉलर है", Some("dollar")),
            ("Άφησε ", " δολάρια", Some("dollar")),
            ("a lake of ", " km²", None),
        ] {
            let [one, other] = [before, after].map(|text| text.chars().collect::<Vec<_>>());
            let kind = kind_around(&one, &other, None).map(|(kind, _)| kind);
            assert_eq!(kind, found, "{before}…{after}");
        }
        let yuan: Vec<char> = "元".chars().collect();
        let kinds = ['万', '億'].map(|magnitude| kind_around(&[], &yuan, Some(magnitude)));
        assert_eq!(kinds, [Some(("yuan", KindPlace::After(1))), None]);
    }
}
