//! Parts of a hundred before a number, and points of a hundred after it.
//!
//! Always holds: points are known by their own words, in the case of any letters; *per cent* alone
//! is none of them. Not here: words for per cent after a number (`words`), and what else belongs to
//! a number (`number`).

use unicode_normalization::char::is_combining_mark;

/// Words that stand before a number which is a part of a hundred.
const PERCENT_BEFORE: &[&str] = &["yüzde", "百分之"];

/// Points of a hundred, as they stand after a number; `*` stands for any ending of a word.
const POINTS: &[&str] = &[
    "percentage point*",
    "percent point*",
    "per cent point*",
    "prozentpunkt*",
    "point* de pourcentage",
    "punto* porcentual*",
    "punt* percentual*",
    "ponto* percentua*",
    "puncte procentuale",
    "punct procentual",
    "procentpunt*",
    "procentpoint*",
    "procentenhet*",
    "prosentpoeng*",
    "prosentenhet*",
    "prosenttiyksi*",
    "protsendipunkt*",
    "punkt* procentow*",
    "pkt proc",
    "pkt. proc",
    "p.p",
    "p. p",
    "p.b",
    "p. b",
    "п.п",
    "п. п",
    "в.п",
    "в. п",
    "procentní* bod*",
    "percentuáln* bod*",
    "postotn* bod*",
    "procentn* poen*",
    "odstotn* točk*",
    "процентн* пункт*",
    "процентн* поен*",
    "відсотков* пункт*",
    "százalékpont*",
    "yüzde puan*",
    "ποσοστιαί* μονάδ*",
    "ποσοστιαι* μοναδ*",
    "נקודות האחוז",
    "נקודות אחוז",
    "נקודת האחוז",
    "נקודת אחוז",
    "प्रतिशत अंक*",
    "نقطة مئوية",
    "نقاط مئوية",
    "điểm phần trăm",
    "poin persen*",
    "个百分点",
    "個百分點",
    "百分点",
    "百分點",
    "%ポイント",
    "％ポイント",
    "パーセントポイント",
    "パーセント・ポイント",
    "%포인트",
    "％포인트",
    "퍼센트포인트",
    "퍼센트 포인트",
];

/// Whether one of those words begins so, by which most others are told apart at once.
fn may_begin(first: char) -> bool {
    "psyo%％пвπנपنđ个個百パ퍼".contains(first)
}

/// The number of characters of the words for points of a hundred that a text begins with; 0 if it
/// does not.
///
/// ```
/// use annals_core::edges::points;
/// assert_eq!(points("punktu procentowego.".chars()), 19);
/// assert_eq!(points("per cent".chars()), 0);
/// ```
pub fn points(text: impl Iterator<Item = char> + Clone) -> usize {
    let small = |c: char| c.to_lowercase().next().unwrap_or(c);
    if !text.clone().next().is_some_and(|first| may_begin(small(first))) {
        return 0;
    }
    let is_letter = |c: &char| c.is_alphabetic() || is_combining_mark(*c);
    let length = |words: &&str| {
        let (mut rest, mut length) = (text.clone().peekable(), 0);
        for known in words.chars() {
            match known {
                '*' => {
                    while rest.next_if(|c| is_letter(c)).is_some() {
                        length += 1;
                    }
                }
                ' ' => {
                    rest.next_if(|c| matches!(c, ' ' | '\u{A0}' | '\u{202F}'))?;
                    length += 1;
                }
                known => {
                    rest.next_if(|c| small(*c) == known)?;
                    length += 1;
                }
            }
        }
        let is_unspaced = words.ends_with(|c| c >= '\u{3000}');
        (is_unspaced || !rest.peek().is_some_and(is_letter)).then_some(length)
    };
    POINTS.iter().filter_map(length).max().unwrap_or(0)
}

/// The number of characters of a word or a sign for per cent, and of the space after it, at the end
/// of what stands before a number; 0 if there is none. `before` has the characters backwards.
///
/// ```
/// use annals_core::edges::percent_before;
/// assert_eq!(percent_before("okulların %".chars().rev()), 1);
/// assert_eq!(percent_before("barajın yüzde ".chars().rev()), 6);
/// assert_eq!(percent_before("5%".chars().rev()), 0);
/// ```
pub fn percent_before(before: impl Iterator<Item = char> + Clone) -> usize {
    let mut sign = before.clone();
    if sign.next().is_some_and(|c| matches!(c, '%' | '٪' | '％')) {
        let is_free = sign.next().is_none_or(|c| c.is_whitespace() || "([“\"«‘„-–".contains(c));
        return usize::from(is_free);
    }
    let blank = before.clone().take_while(|c| matches!(c, ' ' | '\u{A0}' | '\u{202F}')).count();
    let is_here = |word: &&&str| {
        let mut letters = before.clone().skip(blank);
        let stands = word
            .chars()
            .rev()
            .all(|known| letters.next().is_some_and(|c| c.to_lowercase().next() == Some(known)));
        let is_unspaced = word.starts_with(|c| c >= '\u{3000}');
        let is_apart = !letters.next().is_some_and(char::is_alphabetic);
        stands && (is_unspaced && blank == 0 || is_apart && blank == 1)
    };
    PERCENT_BEFORE.iter().find(is_here).map_or(0, |word| blank + word.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_known_in_many_languages_and_in_any_case() {
        for text in [
            "Prozentpunkte",
            "punktów procentowych",
            "pkt proc",
            "p. b",
            "p.b",
            "ponto percentual",
            "punti percentuali",
            "procentpunt",
            "ποσοστιαίες μονάδες",
            "százalékponttal",
            "נקודות האחוז",
            "प्रतिशत अंक",
            "个百分点",
            "パーセントポイント",
            "percentage\u{A0}points",
        ] {
            assert_eq!(points(text.chars()), text.chars().count(), "{text}");
            assert!(text.to_lowercase().starts_with(may_begin), "{text}");
        }
        for words in POINTS {
            assert!(words.starts_with(may_begin), "{words}");
        }
        for text in ["Prozent", "per cent", "punktu widzenia", "pontos", "प्रतिशत", ""]
        {
            assert_eq!(points(text.chars()), 0, "{text}");
        }
    }

    #[test]
    fn per_cent_may_stand_before_a_number() {
        let before = |text: &str| percent_before(text.chars().rev());
        assert_eq!(["增长了百分之", "Yüzde\u{A0}", "(%", "٪"].map(before), [3, 6, 1, 1]);
        assert_eq!(["5%", "yüzde", "yüz ", "", "a%"].map(before), [0; 5]);
    }
}
