//! Positions in texts of many languages, and what they are inside of.

use crate::edges::*;

/// What the edges of `quoted`, at its first place in `text`, are inside of.
fn cut(text: &str, quoted: &str) -> [Option<String>; 2] {
    let start = text.find(quoted).unwrap();
    [start, start + quoted.len()]
        .map(|at| unit_at(text, at).map(|(unit, place)| format!("{unit} {}", &text[place])))
}

fn whole(text: &str, quoted: &str) {
    assert_eq!(cut(text, quoted), [None, None], "{quoted:?} in {text:?}");
}

fn ends_in(text: &str, quoted: &str, unit: &str) {
    assert_eq!(cut(text, quoted), [None, Some(unit.to_owned())], "{quoted:?} in {text:?}");
}

fn begins_in(text: &str, quoted: &str, unit: &str) {
    assert_eq!(cut(text, quoted), [Some(unit.to_owned()), None], "{quoted:?} in {text:?}");
}

#[test]
fn numbers_keep_their_separators() {
    ends_in("61 of 88 went", "61 of 8", "number 88");
    ends_in("it rose 9.8 times", "9", "number 9.8");
    ends_in("an amount of 1,000.", "1", "number 1,000");
    begins_in("an amount of 1,000.", "000", "number 1,000");
    ends_in(
        "in all 1\u{202F}000\u{202F}000 of them",
        "1\u{202F}000",
        "number 1\u{202F}000\u{202F}000",
    );
    begins_in("total: 1 000 people", "000", "number 1 000");
    ends_in("am 3.500,75", "3.500", "number 3.500,75");
    ends_in("on 2022-01-27,", "on 2022-01", "number 2022-01-27");
    ends_in("at 10:30.", "at 10", "number 10:30");
    ends_in("from 2014–2022", "2014", "number 2014–2022");
    begins_in("about .5 of it", "5", "number .5");
    ends_in("about 2½ of it", "2", "number 2½");
    ends_in("10² of it", "10", "number 10²");
    ends_in("about 10⁻⁶ of it", "about 10", "number 10⁻⁶");
    ends_in("about 5·10⁻³ of it", "5·10", "number 5·10⁻³");
    ends_in("is 10^(0.5) there", "is 10", "number 10^(0.5)");
    ends_in("is 2^(n+1) there", "is 2^(n", "number 2^(n+1)");
    whole("is 2^(n+1) there", "2^(n+1)");
    begins_in("1'000 there", "000", "number 1'000");
    whole("88 of 91, 10:30.", "88 of 91");
    whole("in 2022 100 of them", "100");
    whole("on 2022-01-27 100 of them", "100");
    whole("Figure 3. 100 of them", "100");
    whole("it was 5.", "it was 5");
}

#[test]
fn numbers_keep_sign_currency_magnitude_and_unit() {
    ends_in("It cost €9.8 million.", "€9", "number €9.8 million");
    for magnitude in ["mila", "milyon", "triệu", "juta", "εκατ", "מיליון", "কোটি", "ล้าน"]
    {
        ends_in(&format!("in 5 {magnitude} of"), "in 5", &format!("number 5 {magnitude}"));
    }
    ends_in("It cost €9.8 million.", "€9.8", "number €9.8 million");
    begins_in("It cost €9.8 million.", "9.8 million", "number €9.8 million");
    begins_in("It cost €9.8 million.", "million", "number €9.8 million");
    begins_in("cost US$9 then", "$9", "number US$9");
    ends_in("cost 9,80 € then", "9,80", "number 9,80 €");
    begins_in("cost EUR 9 then", "9", "number EUR 9");
    ends_in("9 EUR", "9", "number 9 EUR");
    begins_in("at −3°C there", "3°C", "number −3°C");
    begins_in("at -3 °C there", "3 °C", "number -3 °C");
    ends_in("at −3°C there", "−3", "number −3°C");
    ends_in("5 % of", "5", "number 5 %");
    ends_in("5\u{A0}% of", "5", "number 5\u{A0}%");
    ends_in("5 percent of", "5", "number 5 percent");
    ends_in("5 per cent of", "5 per", "number 5 per cent");
    ends_in("ran 3.5m there", "3.5", "number 3.5m");
    ends_in("ran 5 km there", "5", "number 5 km");
    ends_in("at 90 km/h there", "90 km", "number 90 km/h");
    ends_in("9,8 млн грн на", "9,8 млн", "number 9,8 млн грн");
    ends_in("5 відсотків", "5", "number 5 відсотків");
    ends_in("共9.8亿元", "9.8", "number 9.8亿元");
    ends_in("约５０％的", "５０", "number ５０％");
}

#[test]
fn fractions_ranges_prices_and_eras_belong_to_the_number() {
    for (text, quoted, number) in [
        ("It was 3 1/2 inches.", "was 3", "3 1/2 inches"),
        ("grew 5 ½ times", "grew 5", "5 ½"),
        ("was 5 ± 2 there", "was 5", "5 ± 2"),
        ("was 1e-6 there", "was 1e", "1e-6"),
        ("cost $5-$7 there", "cost $5", "$5-$7"),
        ("vom 5.–7. Mai", "vom 5", "5.–7"),
        ("gab 5,– Euro her", "gab 5", "5,– Euro"),
        ("cost €5/kg there", "cost €5", "€5/kg"),
        ("used 5 kWh/m² there", "used 5 kWh", "5 kWh/m²"),
        ("is 5 ft 11 in tall", "is 5 ft", "5 ft 11 in"),
        ("Call +49 30 1234567 now", "+49 30", "+49 30 1234567"),
        ("died in 44 BC there", "in 44", "44 BC"),
        ("starb 14 n. Chr. dort", "starb 14", "14 n. Chr."),
        ("tué en 78 av. J.-C. là", "en 78", "78 av. J.-C."),
        ("cost 970 kr. there", "cost 970", "970 kr"),
        ("za 980 zł tam", "za 980", "980 zł"),
        ("stálo 990 Kč tam", "stálo 990", "990 Kč"),
        ("rose 86 basis points", "rose 86", "86 basis points"),
        ("um 87 Prozentpunkte", "um 87", "87 Prozentpunkte"),
        ("増加は113パーセント", "は113", "113パーセント"),
        ("약 3조 5천억 원", "약 3조", "3조 5천억 원"),
        ("มีผู้ชม 500 ล้านคน", "500", "500 ล้าน"),
        ("over 88 square kilometres of", "over 88", "88 square kilometres"),
        ("at 97 km per hour there", "97 km", "97 km per hour"),
        ("at 96 degrees Celsius there", "96 degrees", "96 degrees Celsius"),
        ("paid 85 US dollars there", "paid 85", "85 US dollars"),
        ("は10時半に", "は10時", "10時半"),
        ("打率は3割5分。", "は3割", "3割5分"),
        ("is a 5-year-old boy", "a 5", "5-year-old"),
        ("a 12-point plan", "a 12", "12-point"),
    ] {
        ends_in(text, quoted, &format!("number {number}"));
    }
    begins_in("arttı %121 oldu", "121", "number %121");
    for (text, quoted) in [
        ("in 2022 1/2 of them", "in 2022"),
        ("it was 5. — He said", "it was 5"),
        ("they had 5 - more", "had 5"),
        ("on 5 June/July", "on 5"),
        ("the 5 in Rome", "the 5"),
    ] {
        whole(text, quoted);
    }
}

#[test]
fn magnitudes_currencies_and_parts_of_a_hundred_of_any_language_belong_to_the_number() {
    for (text, quoted, number) in [
        ("Có 93 nghìn người", "93", "93 nghìn"),
        ("Oldu 76 bin kişi", "76", "76 bin"),
        ("Ήταν 75 χιλιάδες", "75", "75 χιλιάδες"),
        ("Det var 78 tusen", "78", "78 tusen"),
        ("Có 5 tỷ đồng.", "5 tỷ", "5 tỷ đồng"),
        ("Yalnız 5 milyar TL verildi", "5 milyar", "5 milyar TL"),
        ("Cerca de 5 milhões de reais", "5 milhões", "5 milhões de reais"),
        ("Il a payé 5 millions d'euros", "5 millions", "5 millions d'euros"),
        ("Pagò 5 milioni di euro", "5 milioni", "5 milioni di euro"),
        ("A costat 20 de lei aici", "20", "20 de lei"),
        ("حدود ۱۲ میلیون تومان بود", "۱۲ میلیون", "۱۲ میلیون تومان"),
        ("Tăng 5 phần trăm", "5", "5 phần trăm"),
        ("افزایش ۱۲ درصد بود", "۱۲", "۱۲ درصد"),
        ("بلغ 35 في المئة", "35", "35 في المئة"),
        ("বেড়েছে ৫ শতাংশ", "৫", "৫ শতাংশ"),
        ("Ήταν 5 τοις εκατό", "5", "5 τοις εκατό"),
        ("دفع 12 دولارا", "12", "12 دولارا"),
        ("ใช้ 50 บาท", "50", "50 บาท"),
        ("Es kostet 12 M€ dort", "12 M", "12 M€"),
        ("約三千五百人", "約三千", "三千五百"),
        ("第3章", "第3", "3章"),
        ("Er kam am 20. Januar", "20", "20."),
        ("ve 20. století", "20", "20."),
        ("Twenty-five people came", "Twenty", "Twenty-five"),
        ("Vingt-cinq personnes", "Vingt", "Vingt-cinq"),
        ("Двадцять п'ять осіб", "Двадцять", "Двадцять п'ять"),
        ("Some five million came", "Some five", "five million"),
    ] {
        ends_in(text, quoted, &format!("number {number}"));
    }
}

#[test]
fn what_is_broken_at_the_end_of_a_line_is_whole() {
    ends_in("The COVID-\n19 wave", "The COVID", "word COVID-\n19");
    ends_in("The COVID-\r\n19 wave", "The COVID", "word COVID-\r\n19");
    ends_in("The 5-\nyear plan", "The 5", "number 5-\nyear");
    ends_in("It cost 2,\n345 euros.", "cost 2", "number 2,\n345 euros");
    whole("They have 1, 2,\n3 or 4", "They have 1, 2");
    whole("It has 12\n345 more", "It has 12");
}

#[test]
fn a_number_ends_where_a_cell_an_item_or_a_paragraph_ends() {
    for (text, quoted) in [
        ("Year\tPayments\tSum\n2019\t14\t£96,200\n2020\t15\t£3", "£96,200"),
        ("Year\tPayments\tSum\n2019\t14\t£96,200\n2020\t15\t£3", "2019\t14"),
        ("Year\tPayments\tSum\n2019\t14\t£96,200\n2020\t15\t£3", "14"),
        ("310\t€\tSumme", "310"),
        ("2025\tSEK\t12\tUSD", "2025"),
        ("2025\tSEK\t12\tUSD", "12"),
        ("2019\tM. Macron", "2019"),
        ("Stores: 24\n£3m was spent", "£3m was spent"),
        ("Stores: 24\n£3m was spent", "Stores: 24"),
        ("Stores: 7\nmillion-pound shops: 3", "Stores: 7"),
        ("The company has so many stores in 2025\n\nEUR 5m came", "stores in 2025"),
        ("The company has so many stores in 2025\n\nEUR 5m came", "EUR 5m came"),
        ("The company had these many stores: 7\r\n\r\nmillion", "stores: 7"),
        ("A line that is as long as any line, 12\t7\nmillion", "7"),
        ("The score of the last game was 5.\n300 people came.", "was 5"),
        ("The score of the last game was 5.\n300 people came.", "300 people came"),
        ("They had 5,\n\n345 had 6", "They had 5"),
        ("years 2019-\n\n2020 was", "years 2019"),
    ] {
        whole(text, quoted);
    }
    // Running text whose lines are broken.
    let text = "The government of the country spent £7\nmillion on its roads, and in all 5\r\n  km";
    ends_in(text, "spent £7", "number £7\nmillion");
    begins_in(text, "million on its", "number £7\nmillion");
    ends_in(text, "in all 5", "number 5\r\n  km");
}

#[test]
fn a_currency_before_digits_belongs_to_them() {
    let text = "In 2024 $5bn was spent; in 2023 EUR 4m, in 2019 US$7m, in 2018 SEK 9m, in 2017 \
                € 8m. Of the 24 £20 notes 3 were false, and of 12 EUR3 coins 2. In 2016 3 € were \
                left.";
    for quoted in [
        "In 2024",
        "$5bn was",
        "in 2023",
        "EUR 4m",
        "in 2019",
        "US$7m",
        "in 2018",
        "SEK 9m",
        "in 2017",
        "€ 8m",
        "Of the 24",
        "£20 notes",
        "of 12",
        "EUR3 coins",
    ] {
        whole(text, quoted);
    }
    begins_in(text, "5bn", "number $5bn");
    ends_in(text, "In 2016 3", "number 3 €");
    ends_in("Für 5 € 3 Leute", "Für 5", "number 5 €");
    whole("Für 5 € 3 Leute", "Für 5 €");
    whole("Für 5 Mio. € 3 Leute", "3 Leute");
    ends_in("Ein Preis von 2000 € im Jahr", "2000", "number 2000 €");
    ends_in("2024 paid 5 million EUR there", "5 million", "number 5 million EUR");
}

#[test]
fn words_after_a_year_or_a_day_are_no_units_of_it() {
    for (text, quoted) in [
        ("2020년 일본이 올림픽을 연기했다", "일본이"),
        ("2020년 시민들이 나왔다", "시민들이"),
        ("모두 5 시민단체", "시민단체"),
        ("1949年周恩来任总理", "周恩来"),
        ("2001年克林顿卸任", "克林顿"),
        ("1999年分析师说", "分析师说"),
        ("2008年8月8日天津发生爆炸", "天津"),
        ("2008年时任总统宣布", "时任"),
        ("2020年人民币升值", "人民币"),
        ("2008年百姓生活", "百姓"),
        ("En 2017 M. Macron a dit non", "M. Macron"),
        ("In 2017 T. May said no", "T. May"),
        ("In 2021 Min Aung Hlaing took power", "Min"),
        ("In 2010 Rand Paul won the seat", "Rand"),
        ("In 2018 Franken resigned", "Franken"),
        ("In 1959 Miles Davis played", "Miles"),
        ("At 21 Miles Davis played", "Miles"),
        ("In 2011 Bin Laden died", "Bin"),
        ("Seit 2017 bin ich hier", "bin ich"),
        ("В 2020 Р. Кадыров сказал", "Р. Кадыров"),
        ("the ex-five men", "five"),
        ("Twenty people", "Twenty"),
    ] {
        whole(text, quoted);
    }
    ends_in("Es kostet 2000 Franken dort", "2000", "number 2000 Franken");
    ends_in("$5 Million People", "$5", "number $5 Million");
    ends_in("约3万 人", "约3", "number 3万");
    ends_in("最大瞬間風速は45メートル", "速は45", "number 45メートル");
    ends_in("多い所で300ミリの雨", "多い所で300", "number 300ミリ");
    ends_in("時速20キロで進む", "時速20", "number 20キロ");
    ends_in("年20ミリシーベルト以下", "年20", "number 20ミリシーベルト");
    whole("第3トンネルで", "第3");
    ends_in("im Jahr 2022 n. Chr. dort", "2022", "number 2022 n. Chr.");
}

#[test]
fn a_figure_after_a_letter_begins_no_number() {
    for (text, quoted) in [
        ("The MI6 192 files were kept.", "192 files"),
        ("The MI6 192 files were kept.", "The MI6"),
        ("IPv4 192.168.10.1 was used.", "192.168.10.1"),
        ("The G7 300 men met", "300 men"),
        ("The G20 million-dollar talks", "The G20"),
        ("Літак Ту154 200 людей", "200 людей"),
    ] {
        whole(text, quoted);
    }
    begins_in("It cost R500 000 then", "000", "number 500 000");
    begins_in("It cost EUR3 000 then", "000", "number EUR3 000");
    ends_in("It cost N500 million then", "It cost N500", "number 500 million");
    ends_in("It cost Ksh500 million then", "It cost Ksh500", "number 500 million");
    ends_in("c5 million came", "c5", "number 5 million");
    begins_in("It cost Rs3 000 then", "000", "number 3 000");
    begins_in("有共3 000人", "000", "number 3 000");
    begins_in("ל3 000 איש", "000", "number 3 000");
    ends_in("a 10x10 km field", "a 10x10", "number 10 km");
}

#[test]
fn names_keep_their_signs() {
    for (text, quoted, name) in [
        ("cost AT&T dear", "cost AT", "AT&T"),
        ("The S&P rose", "The S", "S&P"),
        ("the C++ team", "the C", "C++"),
        ("the C# group", "the C", "C#"),
        ("She has A+ now", "has A", "A+"),
        ("is AA- now", "is AA", "AA-"),
        ("The COVID-19 wave", "The COVID", "COVID-19"),
        ("The so-called G-20 met", "called G", "G-20"),
    ] {
        ends_in(text, quoted, &format!("word {name}"));
    }
    whole("the ex-president said", "president said");
    whole("Plan B - and", "Plan B");
    whole("Q & A", "Q");
}

/// A mark of direction, a joiner or a soft hyphen after the last word cuts nothing.
#[test]
fn what_nobody_sees_after_a_word_is_no_part_of_it() {
    for mark in ["\u{200e}", "\u{200f}", "\u{61c}", "\u{2060}", "\u{feff}", "\u{ad}", "\u{200c}"] {
        whole(&format!("the minister{mark} came"), "the minister");
    }
    ends_in("the of\u{ad}fice came", "the of", "word of\u{ad}fice");
}

#[test]
fn digits_of_any_script_are_numbers() {
    ends_in("عدد ٣٬٥٠٠ شخص", "عدد ٣", "number ٣٬٥٠٠");
    ends_in("٥٪ من", "٥", "number ٥٪");
    ends_in("कुल १,२३,४५६ लोग", "कुल १", "number १,२३,४५६");
    ends_in("९.८ करोड़ रुपये", "९.८", "number ९.८ करोड़ रुपये");
}

#[test]
fn units_of_other_languages_and_compound_ones_belong_to_the_number() {
    ends_in("It costs 12 k€.", "costs 12 k", "number 12 k€");
    ends_in("It costs 12 kEUR.", "costs 12", "number 12 kEUR");
    ends_in("lies at 41°24′12″N.", "at 41°", "number 41°24′12″N");
    ends_in("lies at 41° 24′ 12″ N.", "at 41° 24′", "number 41° 24′ 12″");
    ends_in("lies at 41°24'12\"N.", "at 41°24", "number 41°24'12\"N");
    whole("at 20° 3 people", "at 20°");
    ends_in("会谈持续了3小时,于", "了3", "number 3小时");
    ends_in("于2022年1月26日举行", "于2022年1", "number 2022年1月26日");
    ends_in("于2022年1月26日举行", "2022年", "number 2022年1月26日");
    ends_in("2022년 1월 26일에", "2022년 1월", "number 2022년 1월 26일");
    ends_in("气温30度,共", "气温30", "number 30度");
    ends_in("增长3分之1。", "增长3", "number 3分之1");
    whole("2022日本大会", "2022");
    ends_in("тривала 3,5 год, важить", "тривала 3,5", "number 3,5 год");
    ends_in("і 3 тис. тонн, коштує", "і 3 тис.", "number 3 тис. тонн");
    ends_in("їхав 90 км/год там", "90", "number 90 км/год");
    whole("It was 5 bn. Miles away", "5 bn");
    whole("у 3 містах", "у 3");
}

#[test]
fn raised_and_lowered_figures_belong_to_a_formula() {
    ends_in("of CO₂ and", "of CO", "word CO₂");
    begins_in("of CO₂ and", "₂", "word CO₂");
    ends_in("of H₂O and", "of H₂", "word H₂O");
    ends_in("and x² more", "and x", "word x²");
    ends_in("of 5 km² there", "of 5 km", "number 5 km²");
    ends_in("about 10³ there", "about 10", "number 10³");
    // The mark of a note.
    for (text, quoted) in [
        ("as he said² that", "he said"),
        ("He resigned in 2019¹ and left.", "in 2019"),
        ("of 1 March 2021² says", "March 2021"),
        ("There were 5.² Then", "were 5."),
        ("He said so¹ and", "said so"),
    ] {
        whole(text, quoted);
    }
}

#[test]
fn words_are_those_of_unicode() {
    ends_in("Sullivan met Grushko", "met Grush", "word Grushko");
    begins_in("Sullivan met", "van met", "word Sullivan");
    ends_in("they don’t know", "they don", "word don’t");
    ends_in("on the 21st day", "21", "word 21st");
    ends_in("a 5kmish run", "a 5", "word 5kmish");
    ends_in("Путина не было", "Пут", "word Путина");
    ends_in("п’ять осіб", "п", "word п’ять");
    ends_in("コメルサント紙", "コメル", "word コメルサント");
    ends_in("북한은 말했다", "북한", "word 북한은");
    ends_in("قال الوزير اليوم", "قال الوز", "word الوزير");
    whole("the ex-president said", "president said");
    whole("(Moscow), he", "Moscow");
    whole("“Moscow”", "Moscow");
    whole("l’Ukraine et", "Ukraine");
    whole("aujourd’hui d'État", "État");
    ends_in("l’Ukraine et", "l’Ukr", "word l’Ukraine");
    begins_in("can't he", "t he", "word can't");
    whole("在北京的会谈", "北京");
    whole("กรุงเทพมหานคร", "กรุงเทพ");
    whole("at the end", "end");
}

#[test]
fn addresses_are_whole() {
    let page = "https://example.org/a/b?c=d";
    ends_in(
        "see https://example.org/a/b?c=d.",
        "https://example.org/a",
        &format!("address {page}"),
    );
    begins_in(
        "(see https://example.org/a/b?c=d)",
        "example.org/a/b?c=d",
        &format!("address {page}"),
    );
    whole("(see https://example.org/a/b?c=d), he", page);
    ends_in("to ada@example.org.", "ada", "address ada@example.org");
    begins_in("to ada@example.org.", "example.org", "address ada@example.org");
    whole("by @ada and", "ada");
}

#[test]
fn characters_are_whole() {
    ends_in("北e\u{330}\u{301}", "北e", "word e\u{330}\u{301}");
    ends_in("so 👩‍💻 it", "so 👩", "character 👩‍💻");
    ends_in("so 🇺🇦🇵🇱 it", "so 🇺", "character 🇺🇦");
    whole("so 🇺🇦🇵🇱 it", "🇵🇱");
    ends_in("so \u{1112}\u{1161}\u{11AB} it", "\u{1112}\u{1161}", "word \u{1112}\u{1161}\u{11AB}");
    ends_in("a\r\nb", "a\r", "character \r\n");
    ends_in("กำ", "ก", "character กำ");
    ends_in("किया", "क", "word किया");
}

#[test]
fn the_work_does_not_grow_with_the_text() {
    let long = format!("{}1{}", "\u{1F1FA}".repeat(200_000), "x".repeat(400_000));
    let at = long.find('1').unwrap();
    for _ in 0..1_000 {
        assert!(unit_at(&long, at + 1).is_some());
    }
}

#[test]
fn a_year_has_no_tonnes_feet_or_metres() {
    whole("In 2022 T-Mobile rose.", "T-Mobile rose");
    whole("In 2022 T-Mobile rose.", "In 2022");
    whole("In 2004 ft.com began.", "ft.com began");
    whole("Після 2014 м. Донецьк зайнято.", "м. Донецьк");
    whole("У 2021 т. Коваленко пішов.", "У 2021");
    ends_in("It weighs 2000 t there.", "weighs 2000", "number 2000 t");
    ends_in("It is 2000 m high.", "is 2000", "number 2000 m");
}

#[test]
fn numbers_of_several_words_are_whole() {
    ends_in("A hundred thousand came.", "A hundred", "number hundred thousand");
    ends_in("Hundreds of thousands came.", "Hundreds", "number Hundreds of thousands");
    ends_in("Tens of thousands came.", "Tens of", "number Tens of thousands");
    ends_in("One and a half million came.", "One", "number One and a half million");
    begins_in("One and a half million came.", "half million", "number One and a half million");
    ends_in("Four point two million came.", "Four", "number Four point two million");
    ends_in("Some half a million came.", "Some half", "number half a million");
    begins_in("Some half a million came.", "million came", "number half a million");
    ends_in("Two-thirds of them voted.", "Two", "number Two-thirds");
    begins_in("Two thirds of them voted.", "thirds of", "number Two thirds");
    ends_in("One third of them voted.", "One", "number One third");
    whole("Three third-party firms and two half-hour talks.", "third-party firms");
    whole("Three third-party firms and two half-hour talks.", "half-hour talks");
    ends_in("Zwei Drittel kamen.", "Zwei", "number Zwei Drittel");
    ends_in("Anderthalb Millionen kamen.", "Anderthalb", "number Anderthalb Millionen");
    ends_in("Понад пів мільйона пішло.", "Понад пів", "number пів мільйона");
    ends_in("Пішли сотні тисяч.", "сотні", "number сотні тисяч");
    for (text, quoted) in [
        ("خمسة ملايين أسرة تأثرت.", "خمسة"),
        ("پنج میلیون نفر.", "پنج"),
        ("חמישה מיליון איש.", "חמישה"),
        ("Beş milyon kişi geldi.", "Beş"),
        ("Πέντε εκατομμύρια άτομα.", "Πέντε"),
        ("पाँच लाख लोग आए.", "पाँच"),
    ] {
        assert!(cut(text, quoted)[1].is_some(), "{text}");
    }
    ends_in("Inflation is 5.25 pc now.", "is 5.25", "number 5.25 pc");
    ends_in("It rose 25 bps now.", "rose 25", "number 25 bps");
    whole("At one point three ministers resigned.", "three ministers resigned");
    whole("She and a half of them went.", "half of them");
    whole("They met in the second half and two men left.", "two men");
}

#[test]
fn halves_quarters_dozens_and_what_is_below_zero_belong_to_the_number() {
    for (text, quoted, number) in [
        ("About a million and a half people", "About a million", "a million and a half"),
        ("About two million and a half came", "two million", "two million and a half"),
        ("Votaron un millón y medio de personas", "un millón", "un millón y medio"),
        ("Deux millions et demi d’euros", "Deux millions", "Deux millions et demi"),
        ("شارك مليون ونصف المليون شخص", "شارك مليون", "مليون ونصف المليون"),
        ("Два з половиною мільйони гривень", "Два", "Два з половиною мільйони"),
        ("Миллион с половиной рублей", "Миллион", "Миллион с половиной"),
        ("Дві третини голосів", "Дві", "Дві третини"),
        ("Чверть мільйона гривень", "Чверть", "Чверть мільйона"),
        ("About 2 and a half million came", "About 2", "2 and a half million"),
        ("It took an hour and a half there", "an hour", "an hour and a half"),
        ("It is a million and a half years old", "a million", "a million and a half"),
        ("Es una hora y media de camino", "una hora", "hora y media"),
        ("It fell 14 degrees below zero there", "14 degrees", "14 degrees below zero"),
        ("Es waren 14 Grad unter null dort", "14 Grad", "14 Grad unter null"),
        ("Se esperan 14 grados bajo cero.", "14 grados", "14 grados bajo cero"),
        ("Було 14 градусів морозу там", "14 градусів", "14 градусів морозу"),
        ("He is 5ft 11in tall", "is 5ft", "5ft 11in"),
        ("It weighs 7lb 3oz now", "weighs 7lb", "7lb 3oz"),
        ("Rendez-vous à 20 h 30 là", "20 h", "20 h 30"),
        ("Um 20 Uhr 15 kam er", "20 Uhr", "20 Uhr 15"),
    ] {
        ends_in(text, quoted, &format!("number {number}"));
    }
    for (text, quoted, number) in [
        ("A quarter of a million fled", "a million fled", "A quarter of a million"),
        ("Three quarters of a million fled", "a million fled", "Three quarters of a million"),
        ("Un quart de million sont partis", "million sont", "Un quart de million"),
        ("Half a dozen stayed", "a dozen stayed", "Half a dozen"),
        ("Some two dozen stayed", "dozen stayed", "two dozen"),
        ("Ein halbes Dutzend blieb", "Dutzend blieb", "halbes Dutzend"),
        ("It took half an hour there", "an hour there", "half an hour"),
        (
            "мільйони: Два з половиною мільйони гривень",
            "половиною мільйони гривень",
            { "Два з половиною мільйони" },
        ),
        ("It fell to minus 14 degrees", "14 degrees", "minus 14 degrees"),
        ("Es waren minus 14 Grad dort", "14 Grad dort", "minus 14 Grad"),
        ("A loss of minus £3 million", "£3 million", "minus £3 million"),
        ("It fell to minus five degrees", "five degrees", "minus five"),
    ] {
        begins_in(text, quoted, &format!("number {number}"));
    }
    for (text, quoted) in [
        ("Murieron al menos 14 personas", "14 personas"),
        ("Au moins 14 personnes", "14 personnes"),
        ("Minus the 14 others", "14 others"),
        ("A million and two others", "A million"),
        ("He is 5ft and 11 others", "He is 5ft"),
        ("À 20 h, 30 personnes", "À 20 h"),
        ("One and half the crew left", "One"),
        ("At half time they left", "At half"),
        ("In 2019 and a half million others", "In 2019"),
        ("A dozen stayed", "dozen stayed"),
        ("Vinieron un millón y media docena más", "un millón"),
        ("Vinieron un millón y media docena más", "media docena"),
        ("Es kostet eine Million und eine halbe Stunde", "eine Million"),
        ("Es kostet eine Million und eine halbe Stunde", "eine halbe Stunde"),
        ("C’est un million et une demi heure", "un million"),
        ("It took a million and a half hour", "a million"),
    ] {
        whole(text, quoted);
    }
}

#[test]
fn half_of_a_word_that_is_broken_at_the_end_of_a_line_is_no_word() {
    let text =
        "he was un-\nable to attend, the govern-\r\n  ment resigned. Er ist un\u{AD}\nschuldig.";
    begins_in(text, "able to attend", "word un-\nable");
    ends_in(text, "he was un", "word un-\nable");
    ends_in(text, "he was un-", "word un-\nable");
    begins_in(text, "ment resigned", "word govern-\r\n  ment");
    begins_in(text, "schuldig", "word un\u{AD}\nschuldig");
    whole(text, "un-\nable to attend");
    begins_in("Він не-\nвинний і пішов.", "винний", "word не-\nвинний");
    // One that is suspended, one between two words, and a dash.
    whole("pre-\nand post-war years", "and post-war years");
    whole("an ex-president said", "president said");
    whole("He said -\nand left.", "and left");
    whole("a break-\n\nNext part", "Next part");
}

#[test]
fn parts_and_points_of_a_hundred_are_known_as_newspapers_write_them() {
    for (text, quoted, number) in [
        ("sono calati del 9 per cento.", "del 9", "9 per cento"),
        ("wzrosło o 5,3 proc. w maju", "o 5,3", "5,3 proc"),
        ("A pénzromlás 5,3 százalékkal nőtt", "pénzromlás 5,3", "5,3 százalékkal"),
        ("Hinnat nousivat 5,3 prosentilla", "nousivat 5,3", "5,3 prosentilla"),
        ("Stopa wzrosła o 2,1 punktu procentowego.", "o 2,1", "2,1 punktu procentowego"),
        ("A margem subiu 1,8 ponto percentual.", "subiu 1,8", "1,8 ponto percentual"),
        ("daalde met 0,8 procentpunt.", "met 0,8", "0,8 procentpunt"),
        ("A hiány 0,8 százalékponttal csökkent", "hiány 0,8", "0,8 százalékponttal"),
        ("κατά 3 ποσοστιαίες μονάδες.", "κατά 3", "3 ποσοστιαίες μονάδες"),
        ("ב-0.7 נקודות האחוז.", "0.7", "0.7 נקודות האחוז"),
        ("दर 0.5 प्रतिशत अंक घटी", "0.5 प्रतिशत", "0.5 प्रतिशत अंक"),
        ("上升了0.6个百分点。", "上升了0.6", "0.6个百分点"),
        ("um 0,8 Prozentpunkte", "um 0,8", "0,8 Prozentpunkte"),
        ("fell 0.3 percentage points", "fell 0.3 percentage", "0.3 percentage points"),
    ] {
        let range = text.find(quoted).unwrap() + quoted.len();
        let found = unit_at(text, range).map(|(unit, place)| format!("{unit} {}", &text[place]));
        assert!(found.is_some_and(|it| it.ends_with(number)), "{text}");
    }
    begins_in("Barajın yüzde 40’ı bitti.", "40", "number yüzde 40");
    begins_in("增长了百分之7.3。", "7.3", "number 百分之7.3");
    whole("Yüz 40 kişi", "40");
    whole("O 5 procesach mówiono", "O 5");
}

#[test]
fn endings_abbreviations_and_numerals_of_two_belong_to_the_number() {
    for (text, quoted, number) in [
        ("O lucro foi de US$ 4,5 bi.", "O lucro foi de US$ 4,5", "US$ 4,5 bi"),
        ("O lucro foi de R$ 412 mi.", "O lucro foi de R$ 412", "R$ 412 mi"),
        ("Hon fick 4,5 mdr kronor.", "fick 4,5", "4,5 mdr kronor"),
        ("Hon fick 4,5 mkr.", "fick 4,5", "4,5 mkr"),
        ("תשלם 12.5 מיליון ש\"ח.", "תשלם 12.5 מיליון", "12.5 מיליון ש\"ח"),
        ("תשלם 12.5 מיליון ש״ח.", "תשלם 12.5 מיליון", "12.5 מיליון ש״ח"),
        ("Hasar 1,2 milyar lirayı buldu.", "Hasar 1,2 milyar", "1,2 milyar lirayı"),
        ("Rüzgâr 85 km’ye ulaşacak.", "Rüzgâr 85", "85 km’ye"),
        ("1,5 millió euróból épül.", "1,5 millió", "1,5 millió euróból"),
        ("Bir buçuk milyon kişi", "Bir", "Bir buçuk milyon"),
        ("共有两百多名", "共有两", "两百"),
        ("减少了约四分之三。", "减少了约四分", "四分之三"),
        ("Obejmie prawie dwie trzecie radnych.", "prawie dwie", "dwie trzecie"),
        ("Het potje weegt 190 gram.", "weegt 190", "190 gram"),
    ] {
        let end = text.find(quoted).unwrap() + quoted.len();
        let found = unit_at(text, end).map(|(unit, place)| format!("{unit} {}", &text[place]));
        assert_eq!(found, Some(format!("number {number}")), "{quoted:?} in {text:?}");
    }
    begins_in("sıfırın altında 14 derece", "14", "number sıfırın altında 14");
    for (text, quoted) in [
        ("Nel 2015 mi sono trasferito", "Nel 2015"),
        ("Le 5 l’eau monte", "Le 5"),
        ("对5 两者都", "对5"),
        ("他有5分之后", "他有"),
        ("zwei halbe Tage", "zwei"),
        ("5 európskych krajín", "5"),
    ] {
        whole(text, quoted);
    }
}

#[test]
fn a_date_with_spaces_and_a_number_in_words_with_its_unit_are_whole() {
    let date = "number 3. 2. 2025";
    ends_in("Am 3. 2. 2025 und danach", "Am 3. 2", date);
    ends_in("Am 3. 2. 2025 und danach", "Am 3", date);
    begins_in("Am 3. 2. 2025 und danach", "2025", date);
    begins_in("dne 3.\u{A0}2. 2025 večer", "2. 2025", "number 3.\u{A0}2. 2025");
    whole("Am 3. 2. 2025 und danach", "3. 2. 2025");
    whole("Rooms 2 and 3. 2. Floor, since 2025", "Rooms 2 and 3.");
    whole("scored 3. 45. 2025 was another year", "3.");
    whole("on page 3. 2025 was a good year", "page 3.");
    ends_in("at most six per cent.", "at most six", "number six per cent");
    ends_in("About six percent of it", "About six", "number six percent");
    ends_in("nejvýš šest procent", "nejvýš šest", "number šest procent");
    ends_in("It cost twelve million pounds.", "cost twelve million", "number million pounds");
    begins_in("and ten dollars a day", "dollars", "number ten dollars");
    whole("at most six per cent.", "six per cent");
    whole("One won, and two lost", "One");
    whole("payé en euros hier", "payé en");
    whole("The six went to the pound", "The six");
    ends_in("vzrostla o 0,3 p. b. loni", "o 0,3", "number 0,3 p. b");
    whole("vzrostla o 0,3 p. b. loni", "0,3 p. b.");
}
