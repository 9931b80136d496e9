//! Amounts: the currency or the measure that stands beside a figure.
//!
//! Always holds: a word has one kind, in whatever language it is; a word or a sign of several
//! currencies or measures has none (`kr`, `m`), and neither has one that is not listed. Not here:
//! the value of a figure (`figures`). Source: ISO 4217; CLDR's units and currencies.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The kinds, each with its signs, codes and words; `*` stands for any ending.
const KINDS: &[(&str, &str)] = &[
    ("dollar", "$ ＄ USD AUD CAD NZD HKD SGD dollar* dólar* dolar* долар* доллар* دولار* דולר*"),
    ("euro", "€ EUR euro euros euroa euron eurot eurós eurů євро евро ευρώ يورو יורו"),
    ("pound", "£ ￡ GBP pound pounds sterling"),
    ("hryvnia", "₴ UAH грн гривень гривні гривня гривен гривны hryvnia hryvnias"),
    ("rouble", "₽ RUB RUR руб рубл* карбованц* rouble* ruble* rubel rubli rubly"),
    ("yen", "JPY yen yens иен* єн 円"),
    ("yuan", "CNY RMB yuan yuans юан* renminbi 人民币"),
    ("franc", "CHF franc francs franchi franken франк*"),
    ("zloty", "PLN zł złot* zloty* злот*"),
    ("lira", "₺ TRY TL lira liras"),
    ("rupee", "₹ INR PKR rupee* рупі* рупи* रुपये"),
    ("km", "km kilomet* kilómet* quilómet* chilomet* км кілометр* километр*"),
    ("mile", "mile miles миль миля мили милі миле meile meilen milles millas miglia"),
    ("metre", "metre* meter* mètre* metros metri метр*"),
    ("foot", "ft feet foot"),
    ("yard", "yard yards"),
    ("inch", "inch inches"),
    ("kg", "kg kilo kilos kilogram* кг кілограм* килограмм*"),
    ("tonne", "tonne tonnes ton tons тонн* tonnen toneladas tonnellate"),
    ("litre", "litre* liter* litro* litri літр* литр*"),
    ("gallon", "gallon*"),
    ("hectare", "hectare* hektar* hectárea* ettari гектар*"),
    ("acre", "acre acres акр*"),
    ("Celsius", "celsius"),
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
}

static TABLE: LazyLock<KindTable> = LazyLock::new(|| {
    let mut table = KindTable { whole: HashMap::new(), beginnings: Vec::new() };
    for (kind, words) in KINDS {
        for word in words.split_whitespace() {
            match word.strip_suffix('*') {
                Some(begin) => table.beginnings.push((begin, kind)),
                None => {
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
    whole.or_else(|| TABLE.beginnings.iter().find(begins).map(|(_, kind)| *kind))
}

/// The kind of an amount by what stands directly around its digits and its magnitude, and where it
/// stands.
pub fn kind_around(before: &[char], after: &[char]) -> Option<(&'static str, KindPlace)> {
    let first = kind_before(before).map(|(kind, length)| (kind, KindPlace::Before(length)));
    first.or_else(|| kind_after(after).map(|(kind, length)| (kind, KindPlace::After(length))))
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
    kind_of_sign(last).map(|kind| (kind, before.len() - rest.len() + 1))
}

fn kind_of_sign(sign: char) -> Option<&'static str> {
    TABLE.whole.get(&*sign.encode_utf8(&mut [0; 4])).copied()
}

fn kind_after(after: &[char]) -> Option<(&'static str, usize)> {
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
        let length = rest.iter().take_while(|c| c.is_alphabetic()).count();
        if length == 0 {
            // A sign before other digits belongs to those.
            let is_free = !(from > 0 && rest.get(1).is_some_and(|c| c.is_numeric()));
            let kind = kind_of_sign(first).filter(|_| is_free);
            return kind.map(|kind| (kind, after.len() - rest.len() + 1));
        }
        let word: String = rest.iter().take(length).collect();
        if let Some(found) = kind(&word) {
            return Some((found, after.len() - rest.len() + length));
        }
        let is_sign = rest.get(length) == Some(&'$') || rest.get(length) == Some(&'€');
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
            ("de ", " de reais", None),
            ("about ", " €", Some("euro")),
            ("a ", "-mile road", Some("mile")),
            ("at ", "°F", Some("Fahrenheit")),
            ("at ", " degrees Celsius", Some("Celsius")),
            ("на ", " гривень", Some("hryvnia")),
            ("of the ", " £20 notes", None),
            ("they ", " try", None),
            ("about ", " kr", None),
            ("about ", " people", None),
        ] {
            let [one, other] = [before, after].map(|text| text.chars().collect::<Vec<_>>());
            let kind = kind_around(&one, &other).map(|(kind, _)| kind);
            assert_eq!(kind, found, "{before}…{after}");
        }
    }
}
