//! Tests of figures: their value with sign, magnitude and per cent.

use super::*;

#[test]
fn magnitude_sign_and_per_cent_belong_to_the_value() {
    let found = |text: &str| {
        let shown = |figure: Figure| {
            let sign = if figure.is_negative { "-" } else { "" };
            let percent = match figure.share {
                Share::None => "",
                Share::Percent => "%",
                Share::Points => " points",
            };
            format!("{}: {sign}{}{percent}", figure.words, figure.value)
        };
        figures(text).into_iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(found("3 million euros, 12 per cent"), ["3 million: 3000000", "12 per cent: 12%"]);
    assert_eq!(found("17,5 procenta, a 31 procent."), {
        ["17,5 procenta: 17.5%", "31 procent: 31%"]
    });
    assert_eq!(found("€9.8bn or 9,8 млрд"), ["9.8bn: 9800000000", "9,8 млрд: 9800000000"]);
    assert_eq!(found("rose 2½%, 5 ¾ million, 3 1/2 per cent, 2⅓"), {
        ["2½%: 2.5%", "5 ¾ million: 5750000", "3 1/2 per cent: 3.5%", "2: 2"]
    });
    assert_eq!(found("61.3%, up 4.1 points"), ["61.3%: 61.3%", "4.1: 4.1"]);
    let rise = figures("Turnout was 61.3%, up 4.1 points").remove(1);
    assert!(figures("4.1 percentage points")[0].is(&rise) && figures("4.1 points")[0].is(&rise));
    assert!(!figures("4.1%")[0].is(&rise));
    assert!(!figures("4.1 percentage points")[0].is(&figures("up 4.1 points")[0]));
    assert_eq!(found("the 2026 bill, 2 Bill. Euro"), ["2026: 2026", "2 Bill: 2000000000000"]);
    assert_eq!(found("fell to −3 million"), ["−3 million: -3000000"]);
    assert_eq!(found("in 2014–2022, 2022-01-27"), {
        ["2014: 2014", "2022: 2022", "2022: 2022", "01: 1", "27: 27"]
    });
    assert_eq!(found("5% of 1,000.50"), ["5%: 5%", "1,000.50: 1000.5"]);
    assert_eq!(found("minus 5, moins 3, マイナス7度"), ["−5: -5", "−3: -3", "−7: -7"]);
    assert_eq!(found("in 1990, in the 1990s, 1990-х, 1990年代"), {
        ["1990: 1990", "1990s: 1990s", "1990s: 1990s", "1990s: 1990s"]
    });
}

#[test]
fn magnitudes_of_any_language_have_their_value() {
    for (text, value) in [
        ("5 lakh rupees", "500000"),
        ("5 crore rupees", "50000000"),
        ("5 milyon lira", "5000000"),
        ("5 milyar lira", "5000000000"),
        ("5 triệu đồng", "5000000"),
        ("5 tỷ đồng", "5000000000"),
        ("5 ملايين دولار", "5000000"),
        ("5 مليارات دولار", "5000000000"),
        ("۵ میلیون تومان", "5000000"),
        ("५ लाख रुपये", "500000"),
        ("५ करोड़ रुपये", "50000000"),
        ("5 εκατ. ευρώ", "5000000"),
        ("5 δισ. ευρώ", "5000000000"),
        ("5만 명이", "50000"),
        ("5억 명이", "500000000"),
        ("5千万円", "50000000"),
        ("5 מיליון", "5000000"),
        ("5 juta", "5000000"),
        ("5 bilhões", "5000000000"),
        ("5 milliárd forint", "5000000000"),
        ("5 мільярдів", "5000000000"),
        ("5 billion", "5000000000"),
        ("5 Billionen", "5000000000000"),
        ("5 members", "5"),
    ] {
        let found = figures(text);
        assert_eq!(found.first().map(|figure| figure.value.as_str()), Some(value), "{text}");
    }
    for text in ["5 phần trăm", "5 per cent"] {
        assert_eq!(figures(text)[0].share, Share::Percent);
    }
}
