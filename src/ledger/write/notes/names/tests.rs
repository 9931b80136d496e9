//! Tests of the names of a claim that are in no quoted word.

use super::*;

#[test]
fn a_name_without_cases_is_compared_whole() {
    let none: [&str; 0] = [];
    let missing = |quoted: &str, claim: &str, lang: &str| {
        CapitalWords { claim, lang, quoted: &[quoted] }.missing()
    };
    for (quoted, claim, name) in [
        ("Johnston resigned", "Mr Johnson resigned.", "Johnson"),
        ("Priya Raman spoke", "It was Priya Ramos.", "Ramos"),
        ("said Mr Kleist", "He is Mr Klein.", "Klein"),
        ("said Mrs Clarke", "She is Mrs Clark.", "Clark"),
        ("said Mr Marshall", "He is Mr Marsh.", "Marsh"),
        ("the border of Niger", "It is the border of Nigeria.", "Nigeria"),
        ("the border of Nigeria", "It is the border of Niger.", "Niger"),
        ("Austria would send them", "They come from Australia.", "Australia"),
        ("it costs A$5", "It costs US$5.", "US"),
        ("it costs $5", "It costs EUR 5.", "EUR"),
        ("it costs 1.2 billion", "It costs 1.2 billion TL.", "TL"),
    ] {
        assert_eq!(missing(quoted, claim, "en"), [name], "{claim}");
    }
    for (quoted, claim) in [
        ("the Israeli army", "It is the army of Israel."),
        ("the German government", "He is of Germany."),
        ("the Ukrainian one", "It is of Ukraine."),
        ("a British one", "It is of Britain."),
        ("Russians came", "It was Russia."),
        ("Chile's one", "It was the Chilean one."),
        ("Anne and the Johnsons’ house", "It is the house of Anne Johnson."),
        ("people in the U.K. and the U.S.", "It is in the UK and the US."),
        ("people in the UK", "It is in the U.K."),
        ("it costs 3 million zlotys", "It costs PLN 3 million."),
        ("it costs 1.2 billion lira", "It costs 1.2 billion TL."),
        ("it costs 3450 billion", "It costs 3450 Mrd."),
        ("The Democratic Party", "The Democrats left, Parties say."),
        ("a fund of €12m", "It is a fund of EUR 12 million."),
        ("it costs 12 million euros", "It costs EUR 12 million."),
        ("it costs $5", "It costs US$5."),
    ] {
        assert_eq!(missing(quoted, claim, "en"), none, "{claim}");
    }
    for (quoted, claim, lang) in [
        ("l’armée de l’Ukraine", "Elle est en Ukraine.", "fr"),
        ("le gouvernement russe", "Il est de la Russie.", "fr"),
        ("le gouvernement italien", "Il est en Italie.", "fr"),
        ("з Харкова", "Це місто Харків.", "uk"),
        ("у Львові", "Це місто Львів.", "uk"),
        ("Львів", "Це сталося у Львові.", "uk"),
        ("до Миколаєва", "Це місто Миколаїв.", "uk"),
        ("Тернопіль", "Це мер Тернополя.", "uk"),
        ("Чернігів", "Це було біля Чернігова.", "uk"),
        ("Kraków", "To było w Krakowie.", "pl"),
        ("1,2 milyar lirayı ve 2 lira", "Hasar 1,2 milyar TL’yi buldu.", "tr"),
        ("İstanbul’da ise", "Orada Istanbul’da düşecek.", "tr"),
        ("ο δήμαρχος Ηρακλείου", "Ζει στο Ηράκλειο.", "el"),
        ("l’accordo con l’Austria", "L’Austria ha firmato con l'Austria.", "it"),
        ("in Austria", "L’accordo dell’Austria vale.", "it"),
        ("il governo inglese", "La sede è in Inghilterra.", "it"),
        ("le chancelier allemand", "L’Allemagne et le chancelier de l’Allemagne.", "fr"),
        ("vers Aix", "D’Aix, le train part. D’Aix à Aix.", "fr"),
        ("a L’Aquila", "L’Aquila è lì, a L’Aquila.", "it"),
        ("segna D’Angelo", "D’Angelo segna. Ha segnato D’Angelo.", "it"),
        ("met O’Neill", "O’Neill met O’Neill’s wife.", "en"),
        ("in Den Haag en in België", "De Haagse en de Belgische krant.", "nl"),
        ("in Duitsland en in Frankrijk", "De Duitse en de Franse krant.", "nl"),
    ] {
        assert_eq!(missing(quoted, claim, lang), none, "{claim}");
    }
}

#[test]
fn one_letter_makes_another_name_and_an_ending_does_not() {
    let missing = |quoted: &str, claim: &str, lang: &str| {
        CapitalWords { claim, lang, quoted: &[quoted] }.missing()
    };
    for (quoted, claim, lang, name) in [
        ("the port of Harwich", "It is the port of Harwick.", "en", "Harwick"),
        ("said Anders Andersen", "It was Anders Anderson.", "en", "Anderson"),
        ("said Mr Hoffmann", "He is Mr Hoffman.", "en", "Hoffman"),
        ("said Queen Victoria", "She is Queen Victor.", "en", "Victor"),
        ("à Clermont", "Il est à Clermond.", "fr", "Clermond"),
        ("con l’Austria", "È con l’Ungheria.", "it", "Ungheria"),
        ("con l’Austria", "L’Ungheria è con l’Austria.", "it", "Ungheria"),
        ("dell’Atalanta", "È dell’Atlanta.", "it", "Atlanta"),
        ("avec l’Autriche", "Il est avec l’Allemagne.", "fr", "Allemagne"),
        ("M. d’Estaing", "Le juge est M. d’Ormesson.", "fr", "Ormesson"),
        ("amb l’Aragó", "És a prop d’Andorra.", "ca", "Andorra"),
        ("Paolo Ferrari", "È Paolo Ferraro.", "it", "Ferraro"),
        ("Giuseppe Conte", "È Giuseppe Conti.", "it", "Conti"),
        ("Mario Rossi", "È Maria Rossi.", "it", "Maria"),
        ("gol di D’Angelo", "Ha segnato D’Angeli.", "it", "D’Angeli"),
        ("said Mr Ferrari", "It was Mr Ferraro.", "en", "Ferraro"),
        ("сказав Ковальчук", "Це був Ковальчик.", "uk", "Ковальчик"),
        ("mówi Kowalczyk", "To był Kowalczuk.", "pl", "Kowalczuk"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [name], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("The Ministry said", "The Minister said so.", "en"),
        ("the President said", "The Presidency said so.", "en"),
        ("in London", "The Londoners came.", "en"),
        ("the English team", "It is the team of England.", "en"),
        ("the Swiss team", "It is the team of Switzerland.", "en"),
        ("the Müllers", "He met Müller.", "en"),
        ("le Ministère", "C’est le Ministre.", "fr"),
        ("i Riksdagen", "Det är landets Riksdag.", "sv"),
        ("w Łodzi", "To jest Łódź.", "pl"),
        ("w mieście Łódź", "To było w Łodzi.", "pl"),
        ("mówi Duda", "To jest o Dudzie.", "pl"),
        ("o Dudzie", "Mówi Duda.", "pl"),
        ("Дональд Туск", "Це сказали Тускові.", "uk"),
        ("був Зеленський", "Це сказали про Зеленського.", "uk"),
        ("пришла Петрова", "Это было у Петровой.", "ru"),
        ("Petrova came", "Bylo to u Petrovoi.", "cs"),
    ] {
        assert_eq!(missing(quoted, claim, lang), [] as [&str; 0], "{claim}");
    }
}

#[test]
fn the_first_word_is_compared_with_names_that_are_nearly_it() {
    let likely = |quoted: &str, claim: &str, lang: &str| -> Vec<(String, Likeness)> {
        let names = CapitalWords { claim, lang, quoted: &[quoted] };
        let found = names.likely().into_iter();
        found.map(|first| (first.word.to_owned(), first.likeness)).collect()
    };
    for (quoted, claim, lang, word, likeness) in [
        ("Johnston resigned", "Johnson resigned.", "en", "Johnson", Likeness::Near),
        ("Austria would send", "Australia would send.", "en", "Australia", Likeness::Near),
        ("Зеленський сказав", "Зелинський сказав.", "uk", "Зелинський", Likeness::Near),
        ("Petrova was first", "Petrenko came first.", "en", "Petrenko", Likeness::InPlace),
        ("Петрова була", "Петренко був.", "uk", "Петренко", Likeness::InPlace),
        ("Smith won the race", "Jones won the race.", "en", "Jones", Likeness::InPlace),
        ("spokeswoman Ingrid Dahl said", "Inger Dahl said so.", "en", "Inger", Likeness::Near),
        ("leader Tomás Rey told", "Thomas Rey told them.", "en", "Thomas", Likeness::Near),
    ] {
        let found = likely(quoted, claim, lang);
        assert_eq!(found, [(word.to_owned(), likeness)], "{claim}");
    }
    for (quoted, claim, lang) in [
        ("Shares rose", "Share prices rose.", "en"),
        ("Johnston resigned", "Johnston resigned. Johnston’s wife left.", "en"),
        ("the Ministry said", "Ministers met there.", "en"),
        ("Greece said", "Greek officials said so.", "en"),
        ("Britain said", "British officials said so.", "en"),
        ("Russia said", "Russians said so.", "en"),
        ("Police said", "People met.", "en"),
        ("Professor Dahl said", "Prof. Dahl said so.", "en"),
        ("Senator Rey said", "Sen. Rey said so.", "en"),
        ("Петренка бачили", "Петренко був.", "uk"),
        ("Петрова пришла", "Петровой там не было.", "ru"),
    ] {
        assert_eq!(likely(quoted, claim, lang), [], "{claim}");
    }
}

#[test]
fn what_begins_a_word_as_it_is_is_the_beginning_of_a_folded_word() {
    let text = "Cafe\u{301} in Kyiv, Lviv’s Cafe and McDonald MOSKVA-Kyiv москва Sullivan2";
    let begins = |letters| begins_a_word(text, letters, false);
    let known = ["Kyiv", "Kyi", "Cafe", "McD", "MOSKVA", "Sullivan"];
    assert_eq!(known.map(begins), [true; 6]);
    let others = ["Donald", "yiv", "Kyiv,", "kyiv", "москва", "MOSKVA-", "Lviv"];
    assert_eq!(others.map(begins), [false; 7]);
    assert!(!begins_a_word("Cafe\u{301} in Kyiv", "Cafe", false));
    assert_eq!(
        ["Kyiv", "Kyi", "Cafe"].map(|word| begins_a_word(text, word, true)),
        [true, false, true]
    );
    let words: Vec<String> = text.unicode_words().map(folded).collect();
    for start in 0..text.len() {
        let rest = text.get(start..).unwrap_or_default();
        let letters: String = rest.chars().take(4).collect();
        let is_one = words.iter().any(|word| word.starts_with(&folded(&letters)));
        assert!(!begins_a_word(text, &letters, false) || is_one, "{letters}");
    }
}

#[test]
fn a_german_name_in_the_place_of_another_one_is_missing() {
    let missing =
        |quoted: &str, claim: &str| CapitalWords { claim, lang: "de", quoted: &[quoted] }.missing();
    let court = "Das Landgericht Köln verurteilte Peter Müller am Montag zu einer Geldstrafe.";
    for (claim, name) in [
        ("Das Landgericht Hamm verurteilte Peter Müller.", "Hamm"),
        ("Das Landgericht Köln verurteilte Peter Schmidt.", "Schmidt"),
    ] {
        assert_eq!(missing(court, claim), [name], "{claim}");
    }
    for claim in [
        "Das Landgericht Köln verurteilte Peter Müller.",
        "Der Angeklagte Müller muss laut Landgericht eine Strafe zahlen.",
        "Peter Müllers Strafe kam am Montag Abend vom Landgericht Köln.",
        "Richter Müller war es nicht.",
        "Das Gericht verurteilte Peter Müller.",
        "Am Dienstag Abend war Peter Müller da, sagt Peter Müller.",
    ] {
        assert_eq!(missing(court, claim), [] as [&str; 0], "{claim}");
    }
    assert_eq!(missing("Minister Robert Habeck kam", "Minister Habeck kam."), [] as [&str; 0]);
    assert_eq!(missing("3 Millionen Euro", "Es sind 3 Millionen EUR."), [] as [&str; 0]);
}
