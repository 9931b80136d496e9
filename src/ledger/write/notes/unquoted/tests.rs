//! Figures, names and marked words of claims, and what is quoted for them.

use super::*;
use serde_json::json;

fn missing(quoted: &str, claim: &str, lang: &str) -> Vec<String> {
    let quote = json!({ "exact": quoted, "prefix": "", "suffix": "" });
    let span = json!({ "start": 0, "end": 1 });
    let fact = json!({
        "claim": claim,
        "lang": lang,
        "vouch": "said",
        "evidence": [{ "document": 3, "stance": "supports", "quote": quote, "span": span }],
        "attribution": [{ "agent": "Kommersant", "agent_type": "organization", "act": "says" }],
    });
    unquoted(&serde_json::from_value(fact).unwrap(), Some(lang), Compare::FiguresAndNames)
}

/// What is noted of an English claim on a document in another language.
fn across(quoted: &str, claim: &str) -> Vec<String> {
    let wording =
        Wording { claim, lang: "en", quoted: vec![quoted], quoted_lang: None, agents: Vec::new() };
    wording.unquoted(Compare::Figures, "")
}

#[test]
fn figures_are_compared_by_value() {
    let none: [&str; 0] = [];
    let quoted = "1\u{202F}000 of 61, or 9,8";
    assert_eq!(missing(quoted, "It has 1,000 of 61, or 9.8.", "en"), none);
    assert_eq!(missing("٣٥ شخصا", "It was 35.", "en"), none);
    assert_eq!(missing("9.8 million", "It cost 98 million.", "en"), ["98 million"]);
    assert_eq!(missing("61 of 88", "61 of 8 went.", "en"), ["8"]);
    assert_eq!(missing("on 26 January", "On 2022-01-26.", "en"), ["2022"]);
    assert_eq!(missing("two answers", "The 2 answers.", "en"), none);
    assert_eq!(missing("a billion pounds", "It cost a million pounds.", "en"), ["million"]);
    assert_eq!(missing("half a billion", "It cost half a billion.", "en"), none);
    assert_eq!(missing("Hundreds of thousands", "Hundreds of millions fled.", "en"), {
        ["millions"]
    });
    assert_eq!(missing("Es kostet eine Milliarde", "Es kostet eine Million.", "de"), {
        ["Million"]
    });
    assert_eq!(missing("some 1,200,000 people", "More than a million came.", "en"), none);
    assert_eq!(missing("they came", "A million came.", "en"), none);
}

#[test]
fn numbers_in_words_are_compared_by_value_in_their_languages() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang) in [
        ("deux réponses", "Les 2 réponses.", "fr"),
        ("starben zwölf Menschen", "Es starben 12 Menschen.", "de"),
        ("250 Menschen", "Zweihundertfünfzig Menschen kamen.", "de"),
        ("загинули двадцять троє людей", "Загинули 23 людини.", "uk"),
        ("十二人遇难，三百人受伤", "12人遇难，300人受伤。", "zh"),
        ("قتل اثنا عشر شخصا", "قتل 12 شخصا", "ar"),
        ("Er sprach mit beiden", "Er sprach mit zwei Leuten.", "de"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
    for (quoted, claim, lang, noted) in [
        ("starben zwölf Menschen", "Es starben 13 Menschen.", "de", "13"),
        ("starben zwölf Menschen", "Dreizehn Menschen starben.", "de", "Dreizehn"),
        ("загинули дванадцять людей", "Загинули тринадцять людей.", "uk", "тринадцять"),
        ("十二人遇难", "十三人遇难。", "zh", "十三"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [noted], "{claim}");
    }
    let between = |quoted, quoted_lang, claim| {
        let quoted_lang = Some(quoted_lang);
        let wording =
            Wording { claim, lang: "en", quoted: vec![quoted], quoted_lang, agents: Vec::new() };
        wording.unquoted(Compare::Figures, "")
    };
    assert_eq!(between("starben zwölf Menschen", "de", "Twelve people died, 12 in all."), none);
    assert_eq!(between("starben zwölf Menschen", "de", "One of them said that 12 died."), none);
    assert_eq!(between("starben zwölf Menschen", "de", "Thirteen people died."), ["Thirteen"]);
    assert_eq!(between("十二人遇难", "zh", "12 people died."), none);
    assert_eq!(between("12 mennesker, to børn", "da", "Twelve people and two children."), none);
}

#[test]
fn words_in_quotation_marks_are_quoted_words() {
    let none: [&str; 0] = [];
    let quoted = "“We are not going to wait for the next storm,” said Scullion";
    let claim = "Scullion said: “We are going to wait for the next storm.”";
    assert_eq!(missing(quoted, claim, "en"), ["We are going to wait for the next storm."]);
    for claim in [
        "Scullion said: “We are not going to wait for the next storm.”",
        "Scullion is “not going to wait”, as she says.",
        "Scullion said: \"We … wait for the next storm\".",
        "Scullion: «we [...] wait»",
    ] {
        assert_eq!(missing(quoted, claim, "en"), none, "{claim}");
    }
    assert_eq!(
        missing("”Vi kommer inte att överklaga”", "Anna: ”Vi kommer att överklaga”.", "sv"),
        { ["Vi kommer att överklaga"] }
    );
    assert_eq!(missing("”Vi kommer inte”", "Anna sade: ”Vi kommer inte”.", "sv"), none);
    assert_eq!(missing("אמר: ״לא נערער״", "אמר: ״נערער מחר״.", "he"), ["נערער מחר"]);
}

#[test]
fn quoted_words_are_looked_for_between_words() {
    let none: [&str; 0] = [];
    assert_eq!(missing("called the deal illegal", "It is “legal”.", "en"), ["legal"]);
    assert_eq!(missing("it was hopeless", "It was their “hope”.", "en"), ["hope"]);
    assert_eq!(missing("called it “a body blow”", "It was ‘a death blow’.", "en"), {
        ["a death blow"]
    });
    for (quoted, claim, lang) in [
        ("called it “a body blow”", "It was ‘a body blow’.", "en"),
        ("we will reform it", "“[W]e will … it”, she said.", "en"),
        ("the reform is over", "The “reform[s]” are over.", "en"),
        ("he will go", "“[The minister] will go”, they say.", "en"),
        ("the reforms are over", "The “reform” is over.", "en"),
        ("це спецоперація була", "Це «спецопераці».", "uk"),
        ("这是非法的", "它是“法的”。", "zh"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}

#[test]
fn quoted_words_are_not_begun_after_their_negation() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("“Not all will be paid,” Ann said", "“All will be paid.”", "en", "All will be paid."),
        ("„Nem emeljük az áfát”", "Varga: „Emeljük az áfát”.", "hu", "Emeljük az áfát"),
        ("„Nie zamierzam odejść”", "Mówi: „Zamierzam odejść”.", "pl", "Zamierzam odejść"),
        ("“Não vamos pagar”", "Diz: “Vamos pagar”.", "pt", "Vamos pagar"),
        ("«Non pagheremo»", "Dice: «Pagheremo».", "it", "Pagheremo"),
        ("«Δεν θα πληρώσουμε»", "Λέει: «Θα πληρώσουμε».", "el", "Θα πληρώσουμε"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [found], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("“So we will pay,” Ann said", "Ann: “We will pay.”", "en"),
        ("she said that they will wait", "“They will wait.”", "en"),
        ("“Not all will be paid,” Ann said", "“[A]ll will be paid.”", "en"),
        ("We will not pay", "They would not “pay”.", "en"),
        ("it was not Ann but Bo", "It was not “Ann”.", "en"),
        ("“No. We will pay,” she said", "“We will pay.”", "en"),
        ("„Nu gaan wij weg”", "„Gaan wij weg”.", "nl"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}

#[test]
fn a_currency_a_measure_points_and_the_order_of_a_score_are_compared() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("Net debt: £412 million", "Net debt was €412 million.", "en", "€412 million"),
        ("Net debt: £412 million", "It was 412 million dollars.", "en", "412 million dollars"),
        ("412 millions d’euros", "Il a 412 millions de dollars.", "fr", "412 millions de dollars"),
        ("5 млн євро", "Це 5 млн доларів.", "uk", "5 млн доларів"),
        ("a road of 120 km", "The road has 120 miles.", "en", "120 miles"),
        ("fell 0.3 percentage points", "They fell 0.3 per cent.", "en", "0.3 per cent"),
        ("0,3 Prozentpunkte", "Es sind 0,3 Prozent.", "de", "0,3 Prozent"),
        ("The jury split 9–3", "The jury split 3–9.", "en", "3–9"),
        ("mit 2:1 gewonnen", "Er verlor mit 1:2.", "de", "1:2"),
        ("beat Slovenia 2-1", "Slovenia won 1–2.", "en", "1–2"),
        ("14 grados bajo cero", "Son 14 grados.", "es", "14"),
        ("par 19 voix contre 6", "Par 6 voix contre 19, oui.", "fr", "6 voix contre 19"),
        ("voted 219-211 on it", "The House voted 211 to 219.", "en", "211 to 219"),
        ("by 19 votes to 6", "It fell by 6 votes to 19.", "en", "6 votes to 19"),
        ("mit 19 zu 6 Stimmen", "Es waren 6 Stimmen zu 19.", "de", "6 Stimmen zu 19"),
        ("19 votos contra 6", "Fueron 6 contra 19.", "es", "6 contra 19"),
        ("19 голосів проти 6", "Було 6 проти 19.", "uk", "6 проти 19"),
    ] {
        assert_eq!(missing(quoted, claim, lang)[..1], [found], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("Net debt: £412 million", "Net debt was 412 million pounds.", "en"),
        ("by 19 votes to 6", "It passed 19–6.", "en"),
        ("rose to 19 from 6", "It rose from 6 to 19.", "en"),
        ("6 to 19 years, and 19 to 6 votes", "It was 6 to 19.", "en"),
        ("6 hours, and 19 to be seen", "19 were seen, 6 to be heard.", "en"),
        ("Net debt: £412 million", "Net debt was 412 million.", "en"),
        ("120 km (75 miles)", "The road has 75 miles.", "en"),
        ("120 km", "The road has 120 kilometres.", "en"),
        ("US$5bn", "It costs 5 billion dollars.", "en"),
        ("fell 0.3 percentage points", "It is a fall of 0.3 percentage points.", "en"),
        ("between 2 and 3 per cent", "It is between 2% and 3%.", "en"),
        ("between 2% and 3%", "It is between 2 and 3 per cent.", "en"),
        ("beat Slovenia 2-1", "It ended 2:1.", "en"),
        ("from 2014–2022", "It was from 2014 to 2022.", "en"),
        ("minus 14 degrees", "It is −14 degrees.", "en"),
        ("14 grados bajo cero", "Son −14 grados.", "es"),
        ("al menos 14 personas", "Son 14 personas.", "es"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}

#[test]
fn times_and_dates_are_the_same_with_other_signs() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang) in [
        ("discharged at 4.35 p.m.", "It was discharged at 4:35 p.m.", "en"),
        ("discharged at 06:15", "It was discharged at 6.15am.", "en"),
        ("um 20.30 Uhr", "Es war um 20:30 Uhr.", "de"),
        ("um 20:30 Uhr", "Es war um 20.30 Uhr.", "de"),
        ("am 24.12.2025", "Es war am 24. Dezember 2025.", "de"),
        ("am 24. Dezember 2025", "Es war am 24.12.2025.", "de"),
        ("16 października 2022", "To było 16.10.2022.", "pl"),
        ("on 3 May 1939", "It was on 3/5/1939.", "en"),
        ("о 7.30", "Це о 7:30.", "uk"),
        ("left at 10:30pm", "He left at 22:30.", "en"),
        ("left at 22.30", "He left at 10:30 p.m.", "en"),
        ("left at 10 p.m.", "He left at 22:00.", "en"),
        ("left at 22:00", "He left at 10pm.", "en"),
        ("inizia alle 20.45", "It starts at 8.45 pm.", "en"),
        ("Saat 18.00’de başladı", "It began at 6 pm.", "en"),
        ("commence à 20h45", "It starts at 8.45 p.m.", "en"),
        ("um 20 Uhr", "It starts at 8 pm.", "en"),
        ("午後5時に警報が出た", "17時に警報が出た。", "ja"),
        ("下午5点30分开始", "It began at 17:30.", "en"),
        ("48,5 M€", "Il a 48,5 millions d’euros.", "fr"),
        ("48,5 M €", "Il a 48,5 millions d’euros.", "fr"),
        ("48,5 M\u{a0}€", "Il a 48,5 M€.", "fr"),
        ("3,2 Md €", "Il a 3,2 milliards d’euros.", "fr"),
        ("48,5 millions d’euros", "Il a 48,5 M€.", "fr"),
        ("48,5 Md€", "Il a 48,5 milliards d’euros.", "fr"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
    assert_eq!(missing("left at 10:30pm", "He left at 21:30.", "en"), ["21"]);
    assert_eq!(missing("16 października 2022", "To było 16.11.2022.", "pl"), ["11"]);
    assert_eq!(missing("inizia alle 20.45", "It starts at 9.45 pm.", "en"), ["9.45"]);
    // Digits alone are no time beside a magnitude, a currency, a measure or a sign.
    for (quoted, claim) in [
        ("Sales were 3.17 billion", "Sales were 3.17 million."),
        ("It cost $3.17", "It cost €3.17."),
        ("It was 3.17 per cent", "It was 3.17 percentage points."),
        ("It weighs 1.25 kg", "It weighs 1.25 tonnes."),
        ("It was 7.12 million", "It was −7.12 million."),
        ("alle 20.45", "It was 20.45 million."),
    ] {
        assert_eq!(missing(quoted, claim, "en").len(), 1, "{claim}");
    }
    assert_eq!(missing("4500 Ft", "4500 forint.", "hu"), none);
    let quoted = vec!["due on 14 January"];
    let claim = "It is due on 14 January 2027.";
    let wording = || Wording {
        claim,
        lang: "en",
        quoted: quoted.clone(),
        quoted_lang: Some("en"),
        agents: Vec::new(),
    };
    assert_eq!(wording().unquoted(Compare::FiguresAndNames, "2027-01-14"), none);
    assert_eq!(wording().unquoted(Compare::FiguresAndNames, ""), ["2027"]);
    let claim = "It was due on Thursday, 14 January.";
    let wording = || Wording {
        claim,
        lang: "en",
        quoted: vec!["due then"],
        quoted_lang: Some("en"),
        agents: Vec::new(),
    };
    assert_eq!(wording().unquoted(Compare::FiguresAndNames, "2027-01-14"), none);
    assert_eq!(wording().unquoted(Compare::FiguresAndNames, "2027-01-15"), { ["14", "Thursday"] });
}

#[test]
fn short_measures_and_the_half_of_the_day_are_compared() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("held 14.8 mg of nitrite", "It held 14.8 g of nitrite.", "en", "14.8 g"),
        ("a gap of 30 mm", "The gap is 30 cm.", "en", "30 cm"),
        ("The bag weighed 900 g", "The bag weighed 900 kg.", "en", "900 kg"),
        ("a tank of 40 l", "The tank has 40 gallons.", "en", "40 gallons"),
        ("drove at 50 km/h", "He drove at 50 mph.", "en", "50 mph"),
        ("flew at 3,000 ft", "It flew at 3,000 metres.", "en", "3,000 metres"),
        ("a farm of 12 ha", "The farm has 12 acres.", "en", "12 acres"),
        ("a plant of 250 MW", "The plant has 250 kilowatts.", "en", "250 kilowatts"),
        ("412,6 milionu korun", "Příjmy jsou 412,6 milionu eur.", "cs", "412,6 milionu eur"),
        ("3 mil. eur", "Firma utržila 3 mil. Kč.", "cs", "3 mil Kč"),
        ("out at 4am", "The fire was out at 4pm.", "en", "4 pm"),
        ("午後5時に警報", "午前5時に警報が出た。", "ja", "5 am"),
        ("opened at 7.30 a.m.", "The doors opened at 7.30 p.m.", "en", "7.30 pm"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [found], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("held 14.8 mg/l of nitrite", "It held 14.8 milligrams per litre.", "en"),
        ("a gap of 30 mm", "The gap is 30 millimetres.", "en"),
        ("The bag weighed 900 g", "The bag weighed 900 grams.", "en"),
        ("a tank of 40 l", "The tank has 40 litres.", "en"),
        ("drove at 50 mph", "He drove at 50 miles per hour.", "en"),
        ("drove at 50 km/h", "He drove at 50 kilometres an hour.", "en"),
        ("flew at 3,000 ft", "It flew at 3,000 feet.", "en"),
        ("used 250 kWh", "It used 250 kilowatt hours.", "en"),
        ("a farm of 12 ha", "Der Hof hat 12 Hektar.", "de"),
        ("weighed 5 lb", "It weighed 5 pounds.", "en"),
        ("příjmy 3 mil. eur", "Příjmy jsou 3 miliony eur.", "cs"),
        ("za 5 eur", "Stojí 5 €.", "cs"),
        ("out at 4am", "The fire was out at 4 a.m.", "en"),
        ("from 9am to 9pm", "It is open until 9 p.m.", "en"),
        ("from 9 to 11 pm", "It opens at 9 and ends at 11pm.", "en"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}

#[test]
fn a_short_million_and_the_unit_of_a_row_are_read() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("68,4 mil. Kč", "Dluh je 68 400 Kč.", "cs", "68 400"),
        ("7,5 mil. lei", "Datorii de 7 500 lei.", "ro", "7 500"),
        ("rate (%)\t2.3\t3.1", "The rate is 3.4 per cent.", "en", "3.4 per cent"),
        ("Employment (thousand)\t5,180", "It is 5.18 billion.", "en", "5.18 billion"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [found], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("68,4 mil. Kč", "Dluh je 68,4 milionu korun.", "cs"),
        ("68,4 mil. Kč", "Dluh je 68,4 mil. Kč.", "cs"),
        ("7,5 mil. lei", "Datorii de 7,5 milioane de lei.", "ro"),
        ("son 5 mil personas", "Son 5 mil.", "es"),
        ("Son 5 mil. Antes eran 4", "Son 5.000 personas.", "es"),
        ("rate (%)\t2.3\t3.1", "The rate was 2.3 per cent and is 3.1%.", "en"),
        ("Employment (thousand)\t5,180", "5.18 million people were employed.", "en"),
        ("Vacancies (million)\t0.28", "There were 280,000 vacancies.", "en"),
        ("Margin\t(18.8)%", "It fell by 18.8 per cent.", "en"),
        ("o 0,3 p. b.", "Je to 0,3 procentního bodu.", "cs"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}

#[test]
fn a_name_that_is_broken_at_the_end_of_a_line_is_quoted() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang) in [
        ("found in Ja‐\npan in 2023", "A delay was found in Japan in 2023.", "en"),
        ("Lenky Maty‐\nášové", "Předsedkyní byla Lenka Matyášová.", "cs"),
        ("the Anglo-\nSaxon king", "He was an Anglo-Saxon king.", "en"),
        ("a list -\nParis", "It was in Paris.", "en"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
    assert_eq!(missing("found in Ja‐\npan", "It was in Java.", "en"), ["Java"]);
}

#[test]
fn a_surname_of_another_person_is_in_no_quoted_word() {
    let none: [&str; 0] = [];
    for (quoted, claim, found) in [
        ("podala Jana Dvořáková", "Žalobu podal Jan Dvořák.", "Dvořák"),
        ("vyslechl Pavla Malce", "Vypovídal tam Pavel Malík.", "Malík"),
        ("S Markem Šimkem jednal", "V Plzni jednal Marek Šimon.", "Šimon"),
        ("sociolog Jiří Kubát", "Sociologem je Jiří Kubín.", "Kubín"),
    ] {
        let marked = missing(quoted, claim, "cs");
        assert!(marked.iter().any(|words| words.ends_with(found)), "{claim} {marked:?}");
    }
    for (quoted, claim) in [
        ("vyslechl Pavla Malce", "Vypovídal tam Pavel Malec."),
        ("S Markem Šimkem jednal", "Jednal tam Marek Šimek."),
        ("sociologa Jiřího Kubáta", "Sociologem je Jiří Kubát."),
        ("Volodymyra Zelenského", "Přijel tam Volodymyr Zelenskyj."),
        ("Petru Fialovi", "Byl to Petr Fiala."),
        ("Antonína Dvořáka", "Hráli hudbu Antonína Dvořáka."),
        ("Angely Merkelové", "Jednala s ním Angela Merkel."),
        ("v Plzni", "Stalo se to v Západní Plzni."),
    ] {
        let marked = missing(quoted, claim, "cs");
        let marked: Vec<&String> = marked.iter().filter(|it| *it != "Západní").collect();
        assert_eq!(marked, none, "{claim}");
    }
}

#[test]
fn the_first_word_of_a_sentence_is_no_name() {
    let none: [&str; 0] = [];
    let quoted = "the European Union and Joe Biden met in Paris";
    for claim in [
        "The European Union met.",
        "In Paris, Joe Biden met. They left.",
        "Both Joe Biden and the European Union: Their talks.",
    ] {
        assert_eq!(missing(quoted, claim, "en"), none, "{claim}");
    }
    assert_eq!(missing("Київ і Єврокомісія", "Про Київ домовилися. Вони поїхали.", "uk"), none);
    assert_eq!(missing(quoted, "Joe Lavrov met.", "en"), ["Lavrov"]);
}

#[test]
fn an_amount_of_another_size_is_in_no_quoted_word() {
    let none: [&str; 0] = [];
    let quoted = "The loss was 3 million euros";
    assert_eq!(missing(quoted, "The loss was 3 billion euros.", "en"), ["3 billion"]);
    assert_eq!(missing(quoted, "The loss was 3 euros.", "en"), ["3"]);
    assert_eq!(missing(quoted, "The loss was 3,000,000 euros.", "en"), none);
    assert_eq!(missing("12 per cent of sales", "It was 12 million.", "en"), ["12 million"]);
    assert_eq!(missing("12 per cent of sales", "It was 12% of sales.", "en"), none);
    assert_eq!(missing("fell to −3 million", "Profit fell to 3 million.", "en"), ["3 million"]);
    assert_eq!(missing("Some 40 came", "Some ninety came.", "en"), ["ninety"]);
    assert_eq!(missing("Some 40 came", "Some forty came.", "en"), none);
    assert_eq!(missing("some came", "Two came.", "en"), none);
}

#[test]
fn names_are_compared_by_their_beginning() {
    let none: [&str; 0] = [];
    let claim = "Two diplomats met in Moscow, Kommersant says.";
    assert_eq!(missing("they met in Moscow", claim, "en"), none);
    assert_eq!(missing("they met", claim, "en"), ["Moscow"]);
    assert_eq!(missing("he met her", "They say John Sullivan met NATO.", "en"), {
        ["John Sullivan", "NATO"]
    });
    assert_eq!(missing("Путіна не було", "Там був Лавров.", "uk"), ["Лавров"]);
    assert_eq!(missing("Москви не було", "Там була Москва.", "uk"), none);
    for (quoted, claim, lang) in [
        ("відбулася у Києві", "Туди поїхав Київ.", "uk"),
        ("президента Зеленського немає", "Там був Зеленський.", "uk"),
        ("с Дмитрием Толстым", "Там был Дмитрий Толстой.", "ru"),
        ("Верховною Радою", "Це ухвалила Верховна Рада.", "uk"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
    assert_eq!(missing("met O’Neill there", "He met O'Neill.", "en"), none);
    assert_eq!(missing("він і В’ячеслав", "Там був В'ячеслав.", "uk"), none);
    assert_eq!(missing("там был Ёлкин", "Он видел Елкина.", "ru"), none);
    assert_eq!(missing("北京的会谈", "会谈在北京。", "zh"), none);
    assert_eq!(missing("sie traf ihn", "Sie traf den Minister.", "de"), none);
}

#[test]
fn the_currencies_of_other_languages_are_compared_with_their_endings() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("R$ 58,3 bilhões", "São US$ 58,3 bilhões.", "pt", "US$ 58,3 bilhões"),
        ("R$ 23,7 bilhões", "São 23,7 bilhões de dólares.", "pt", "23,7 bilhões de dólares"),
        ("4,5 miljoner kronor", "Det är 4,5 miljoner euro.", "sv", "4,5 miljoner euro"),
        ("322 800 forintra", "Ez 322 800 euróra nő.", "hu", "322 800 euróra"),
        ("12.5 מיליון ש\"ח", "זה 12.5 מיליון דולר.", "he", "12.5 מיליון דולר"),
        ("研究经费为3500万元", "研究经费为3500万美元。", "zh", "3500万美元"),
        ("1,2 milyar lirayı", "Bu 1,2 milyar doları buldu.", "tr", "1,2 milyar doları"),
        ("350.000 ευρώ", "Είναι 350.000 δολάρια.", "el", "350.000 δολάρια"),
        ("13,365 करोड़ रुपये", "यह 13,365 करोड़ डॉलर है।", "hi", "13,365 करोड़ डॉलर"),
        ("US$ 4,5 bi", "São US$ 4,5 mi.", "pt", "4,5 mi"),
    ] {
        assert_eq!(missing(quoted, claim, lang)[..1], [found], "{claim}");
    }
    for (quoted, claim, found) in [
        ("R$ 23,7 bilhões", "It was 23.7 billion dollars.", "23.7 billion dollars"),
        ("研究经费为3500万元", "It was 35 million dollars.", "35 million dollars"),
        ("350億円増えた", "It rose 35 billion dollars.", "35 billion dollars"),
        ("12 Mio. Euro", "It costs $12 million.", "$12 million"),
        ("La route a 120 km", "The road has 120 miles.", "120 miles"),
        ("beträgt 1.200 Euro", "It is $1,200.", "$1,200"),
        ("350.000 ευρώ", "He left $350,000.", "$350,000"),
        ("US$ 4,5 bi", "It was US$4.5 million.", "4.5 million"),
    ] {
        assert_eq!(across(quoted, claim), [found], "{claim}");
    }
    for (quoted, claim) in [
        ("R$ 23,7 bilhões", "It was 23.7 billion reais."),
        ("研究经费为3500万元", "It was 35 million yuan."),
        ("5億元", "It cost HK$500 million."),
        ("350億円増えた", "It rose 35 billion yen."),
        ("12 Mio. Euro", "It costs €12 million."),
        ("La route a 120 km", "The road has 120 kilometres."),
        ("4,5 miljoner kronor", "It is 4.5 million crowns."),
        ("$5 millones", "It was 5 million pesos."),
        ("300 hommes", "There were 300 men."),
    ] {
        assert_eq!(across(quoted, claim), none, "{claim}");
    }
    assert_eq!(missing("US$ 4,5 bi", "São US$ 4,5 bilhões.", "pt"), none);
}

#[test]
fn parts_and_points_of_a_hundred_are_compared_in_other_languages() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("calati del 9 per cento", "Sono 9 punti percentuali.", "it", "9 punti percentuali"),
        ("okulların %65’i kapalı", "Burada 65 okul var.", "tr", "65"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [found], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("calati del 9 per cento", "I ricavi sono calati del 9%.", "it"),
        ("o 5,3 proc. w maju", "To jest 5,3%.", "pl"),
        ("5,3 százalékkal", "Ez 5,3%-kal nőtt.", "hu"),
        ("Barajın yüzde 40’ı bitti", "Bu %40’tır.", "tr"),
        ("增长了百分之7.3", "增长了7.3%。", "zh"),
        ("6.2パーセント増えた", "6.2%増えた。", "ja"),
        ("1,8 ponto percentual", "São 1,8 pontos percentuais.", "pt"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
    for quoted in [
        "2,1 punktu procentowego",
        "2,1 ponto percentual",
        "2,1 punti percentuali",
        "2,1 procentpunt",
        "κατά 2,1 ποσοστιαίες μονάδες",
        "2,1 százalékponttal",
        "ב-2.1 נקודות האחוז",
        "上升了2.1个百分点",
        "2.1%ポイント上昇",
        "2.1 प्रतिशत अंक",
        "2,1 процентного пункта",
    ] {
        assert_eq!(across(quoted, "It is 2.1 per cent."), ["2.1 per cent"], "{quoted}");
        assert_eq!(across(quoted, "It is 2.1 percentage points."), none, "{quoted}");
    }
}

#[test]
fn a_sum_of_magnitudes_and_groups_of_india_are_one_number() {
    let none: [&str; 0] = [];
    for (quoted, claim, found) in [
        ("純利益は1兆2,300億円だ", "It is 230 billion yen.", "230 billion"),
        ("従業員は12万8000人だ", "It has 8,000 employees.", "8,000"),
        ("従業員は12万8000人だ", "It has 120,000 employees.", "120,000"),
        ("1,25,000 people", "There were 1.25 people.", "1.25"),
    ] {
        assert_eq!(across(quoted, claim), [found], "{claim}");
    }
    for (quoted, claim) in [
        ("純利益は1兆2,300億円だ", "Net profit is 1.23 trillion yen."),
        ("従業員は12万8000人だ", "It has 128,000 employees."),
        ("销量为3亿5000万台", "Sales were 350 million."),
        ("약 3조 5천억 원", "It is 3.5 trillion won."),
        ("3 bin 450 kişi", "There were 3,450 people."),
        ("3 लाख 50 हजार लोग", "There were 350,000 people."),
        ("1,25,000 people", "There were 125,000 people."),
        ("1,25,000 people", "There were 1.25 lakh people."),
        ("12,34,567 people", "There were 1,234,567 people."),
        ("1,25,00,000 people", "There were 12.5 million people."),
        ("लागत ₹3,17,000 करोड़ है", "It costs ₹3.17 lakh crore."),
        ("3 million, 450 came", "3 million of 450 came."),
        ("1,25 und 3,5", "It is 1.25 and 3.5."),
    ] {
        assert_eq!(across(quoted, claim), none, "{claim}");
    }
}

#[test]
fn below_zero_is_known_in_turkish_hindi_and_chinese() {
    let none: [&str; 0] = [];
    for (quoted, claim, lang, found) in [
        ("盐度变化为0.6", "盐度变化为-0.6。", "zh", "−0.6"),
        ("sıfırın altında 14 derece", "Bu 14 derece.", "tr", "14"),
        ("शून्य से 2 डिग्री नीचे गया", "तापमान 2 डिग्री रहा।", "hi", "2"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [found], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("气温降至零下23摄氏度", "气温降至-23摄氏度。", "zh"),
        ("sıfırın altında 14 derece", "Bu −14 derece.", "tr"),
        ("शून्य से 2 डिग्री नीचे गया", "तापमान −2 डिग्री रहा।", "hi"),
        ("शून्य से 2 डिग्री ऊपर गया", "तापमान 2 डिग्री रहा।", "hi"),
        ("सामान्य से 2 डिग्री नीचे", "तापमान 2 डिग्री कम है।", "hi"),
        ("发射东风-41导弹", "这是东风41导弹。", "zh"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}
