//! The numbers from two to twelve in words of languages other than English.
//!
//! Always holds: a word is read in its own language alone, with the per cent, the magnitude or the
//! currency after it; a word that is often another one (*sei* of Italian) is none. Not here: one,
//! which is an article in many languages; English numbers (`number_words`).

use crate::wording::figures::{Figure, figures};
use unicode_segmentation::UnicodeSegmentation;

/// For each language the words of two, three and so on up to twelve, with a comma between two
/// numbers and a stroke between the forms of one.
const NUMBERS: &[(&str, &str)] = &[
    (
        "cs",
        "dva/dvě/dvou/dvěma,tři/tří/třem/třemi/třech,čtyři/čtyř/čtyřem/čtyřech,pět/pěti,šest/šesti,\
         sedm/sedmi,osm/osmi,devět/devíti,deset/deseti,jedenáct/jedenácti,dvanáct/dvanácti",
    ),
    (
        "sk",
        "dva/dve/dvaja/dvoch,tri/traja/troch,štyri/štyria/štyroch,päť/piati/piatich,šesť/šiestich,\
         sedem/siedmich,osem/ôsmich,deväť/deviatich,desať/desiatich,jedenásť,dvanásť",
    ),
    (
        "pl",
        "dwa/dwie/dwaj/dwóch,trzy/trzej/trzech,cztery/czterej/czterech,pięć/pięciu,sześć/sześciu,\
         siedem/siedmiu,osiem/ośmiu,dziewięć/dziewięciu,dziesięć/dziesięciu,\
         jedenaście/jedenastu,dwanaście/dwunastu",
    ),
    ("de", "zwei,drei,vier,fünf,sechs,sieben,acht,neun,zehn,elf,zwölf"),
    ("fr", "deux,trois,quatre,cinq,six,sept,huit,,dix,onze,douze"),
    ("es", "dos,tres,cuatro,cinco,seis,siete,ocho,nueve,diez,once,doce"),
    ("it", "due,tre,quattro,cinque,,sette,otto,nove,dieci,undici,dodici"),
    ("pt", "dois/duas,três,quatro,cinco,seis,sete,oito,nove,dez,onze,doze"),
    ("nl", "twee,drie,vier,vijf,zes,zeven,,negen,tien,elf,twaalf"),
    ("sv", "två,tre,fyra,fem,sex,sju,åtta,nio,tio,elva,tolv"),
    ("da", "to,tre,fire,fem,seks,syv,otte,ni,ti,elleve,tolv"),
    ("nb", "to,tre,fire,fem,seks,sju/syv,åtte,ni,ti,elleve,tolv"),
    ("no", "to,tre,fire,fem,seks,sju/syv,åtte,ni,ti,elleve,tolv"),
    (
        "ru",
        "два/две/двух,три/трёх/трех,четыре/четырёх/четырех,пять/пяти,шесть/шести,семь,\
         восемь/восьми,девять/девяти,десять/десяти,одиннадцать,двенадцать",
    ),
    (
        "uk",
        "два/дві/двох,три/трьох,чотири/чотирьох,п’ять/п'ять/п’яти,шість/шести,сім/семи,\
         вісім/восьми,дев’ять/дев'ять/дев’яти,десять/десяти,одинадцять,дванадцять",
    ),
];

/// The most letters of such a word, and the most characters after one that are read for its unit.
const LONGEST: usize = 12;
const NEAR: usize = 32;

/// The numbers from two to twelve in words of a language, in order.
pub fn small_figures(text: &str, language: &str) -> Vec<Figure> {
    let Some((_, numbers)) = NUMBERS.iter().find(|(known, _)| *known == language) else {
        return Vec::new();
    };
    let value = |word: &str| {
        if word.chars().count() > LONGEST {
            return None;
        }
        let lower = word.to_lowercase();
        (2_u32..).zip(numbers.split(',')).find_map(|(value, forms)| {
            forms.split('/').any(|form| form == lower).then(|| value.to_string())
        })
    };
    let figure = |(at, word): (usize, &str)| {
        let value = value(word)?;
        let after = text.get(at + word.len()..)?.chars().take_while(|c| !c.is_numeric());
        let near: String = value.chars().chain(after.take(NEAR)).collect();
        let mut figure = figures(&near).into_iter().next()?;
        figure.words = figure.words.replacen(&value, word, 1);
        Some(figure)
    };
    text.unicode_word_indices().filter_map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_in_words_have_their_value_and_their_unit() {
        let found = |text: &str, language: &str| -> Vec<String> {
            let shown = |figure: Figure| format!("{}: {}", figure.words, figure.value);
            small_figures(text, language).into_iter().map(shown).collect()
        };
        assert_eq!(found("Osm bylo proti a dva ne", "cs"), ["Osm: 8", "dva: 2"]);
        assert_eq!(found("nejvýš šest procent", "cs"), ["šest procent: 6"]);
        assert_eq!(found("zwei Millionen Euro", "de"), ["zwei Millionen: 2000000"]);
        assert_eq!(found("zwei Millionen Euro", "cs"), [""; 0]);
        for (_, numbers) in NUMBERS {
            assert_eq!(numbers.split(',').count(), 11, "{numbers}");
        }
    }
}
