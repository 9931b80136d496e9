//! The language that is signed for a text: a text that is hardly in it is named before signing.

use crate::editor::story::{Desk, bare};
use crate::editor::talk::talk_of;

/// And 3 and 4: a text in Ukrainian and one in French.
fn foreign() -> Desk {
    let desk = bare();
    std::fs::write(desk.path("uk.txt"), "Посол Салліван дав Грушку дві відповіді.").unwrap();
    std::fs::write(desk.path("fr.txt"), "Le ministre a dit que la réunion aura lieu.").unwrap();
    desk.writes("ada", "document|add|uk.txt|--title|Посол|--lang|uk", "written at 3");
    desk.writes("ada", "document|add|fr.txt|--title|Le ministre|--lang|fr", "written at 4");
    desk
}

/// The notes of an answer, each in a line.
fn notes(err: &str) -> Vec<String> {
    let before: Vec<&str> = err.lines().take_while(|line| !line.contains("  fact.")).collect();
    let flat = before.join(" ");
    flat.split("note: ").skip(1).map(|note| note.trim().to_owned()).collect()
}

#[test]
fn a_claim_that_is_hardly_in_the_language_of_its_document_is_named() {
    let desk = foreign();
    let noted = |line: &str| {
        let answer = desk.run("ada", &format!("append|{line}|--dry-run"));
        assert_eq!(answer.exit, 0, "{answer:?}");
        notes(&answer.err)
    };
    let uk = "--document|3|--quote|дві відповіді|--claim|";
    let in_latin = "the claim “The envoy gave two answers.” is in Latin letters, and its language is \
                    uk: --lang (in a draft lang) says another";
    assert_eq!(noted(&format!("{uk}The envoy gave two answers.")), [in_latin]);
    assert_eq!(noted(&format!("{uk}The envoy gave two answers.|--lang|en")), [""; 0]);
    assert_eq!(noted(&format!("{uk}Посол дав дві відповіді.")), [""; 0]);
    let fr = "--document|4|--quote|la réunion|--claim|";
    let in_english = "the claim “The minister said that they would meet.” has words of en, and its \
                      language is fr: --lang (in a draft lang) says another";
    assert_eq!(noted(&format!("{fr}The minister said that they would meet.")), [in_english]);
    assert_eq!(noted(&format!("{fr}La réunion aura lieu.")), [""; 0]);
    // In drafts, and in a correction of a claim that is in the language which it says.
    let draft = r#"{"claim":"He gave two.","document":3,"quote":"дві відповіді"}"#;
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    let noted_of = |why: &str| format!("the claim “{why}");
    let found = noted("d.jsonl");
    assert!(found.len() == 1 && found[0].starts_with(&noted_of("He gave two.” is in Latin")));
    desk.writes("ada", &format!("append|{uk}Посол дав дві відповіді."), "written at 5");
    let correct = "correct|5|--claim|L’ambassadeur a donné deux réponses.|--reason|mistranslation|\
                   --statement|s|--dry-run";
    let answer = desk.run("ada", correct);
    let why = "is in Latin letters, and its language is uk: --lang (in a draft lang) says another";
    assert!(answer.err.replace('\n', " ").contains(why), "{answer:?}");
}

#[test]
fn a_translation_and_a_document_that_are_hardly_in_their_language_are_named() {
    let desk = foreign();
    let shown = |translation: &str| {
        let draft = format!(
            r#"{{"claim":"He gave two.","lang":"en","evidence":[{{"document":3,"quote":"дві відповіді","translation":{translation}}}]}}"#
        );
        std::fs::write(desk.path("d.jsonl"), draft).unwrap();
        let answer = desk.run("ada", "append|d.jsonl|--dry-run");
        assert_eq!(answer.exit, 0, "{answer:?}");
        notes(&answer.err)
    };
    assert_eq!(shown(r#"{"lang":"en","text":"two answers","by":"human"}"#), [""; 0]);
    assert_eq!(
        shown(r#"{"lang":"ar","text":"two answers","by":"human"}"#),
        ["the translation “two answers” is in Latin letters, and its language is ar"]
    );
    assert_eq!(
        shown(r#"{"lang":"uk","text":"дві відповіді","by":"human"}"#),
        ["the translation “дві відповіді” is in uk, as document 3 itself is"]
    );
    std::fs::write(desk.path("en.txt"), "The minister said that they would meet.").unwrap();
    let why = "note: the text has words of en, and its language is de: --lang (in a draft lang) \
               says another\n";
    let answer = desk.run("ada", "document|add|en.txt|--title|T|--lang|de|--dry-run");
    assert!(answer.err.contains(why), "{answer:?}");
    let answer = desk.run("ada", "document|describe|4|--lang|en|--statement|s|--dry-run");
    let why = "note: the text has words of fr, and its language is en: --lang (in a draft lang) \
               says another\n";
    assert!(answer.err.contains(why), "{answer:?}");
}

#[test]
fn the_questions_of_a_fact_ask_for_the_language_of_such_a_claim() {
    let desk = foreign();
    let mut talk = talk_of(&desk, "ada", "append|--document|3");
    talk.asks("passage (first words … last words; empty: none): ", "дві відповіді");
    talk.asks("claim (one sentence that stands by itself): ", "The envoy gave two answers.");
    talk.sees("the claim is in Latin letters, and the language would be uk");
    // The language that its words have is there to be taken.
    talk.sees("language of the claim (such as en): en");
    talk.types("\u{15}english\r");
    talk.sees("expected a language tag like en or pt-BR, found \"english\"");
    talk.sees("language of the claim (such as en): english");
    talk.types("\u{15}en\r");
    talk.asks("according to whom (empty: the document itself): ", "");
    talk.asks("when it was so (such as 2022-01-26; empty: no date): ", "");
    talk.sees("language: en");
    talk.asks("sign as ada and write 1 event? [y/n/number/more/+]: ", "y");
    talk.sees("written at 5");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(5)["lang"], "en");
}

/// Words alone are no reason to sign another language by return.
#[test]
fn the_language_of_the_document_is_proposed_where_another_is_only_guessed() {
    let desk = foreign();
    let mut talk = talk_of(&desk, "ada", "append|--document|4");
    talk.asks("passage (first words … last words; empty: none): ", "la réunion");
    talk.asks("claim (one sentence that stands by itself): ", "The minister said they would meet.");
    talk.sees("the claim has words of en, and the language would be fr");
    talk.sees("language of the claim (such as en): fr");
    talk.types("\r");
    talk.asks("according to whom (empty: the document itself): ", "");
    talk.asks("when it was so (such as 2022-01-26; empty: no date): ", "");
    talk.sees("language: fr");
    talk.asks("sign as ada and write 1 event? [y/n/number/more/+]: ", "y");
    talk.sees("written at 5");
    assert_eq!(talk.ends().1, 0);
    assert_eq!(desk.fact(5)["lang"], "fr");
}

#[test]
fn another_month_or_weekday_than_the_quoted_one_is_named_in_any_language() {
    let desk = bare();
    for (name, lang, text) in [
        ("uk.txt", "uk", "Посол поїхав у середу, 26 січня 2022 року."),
        ("de.txt", "de", "Der Bericht kam am Montag, dem 21. November 2022."),
        ("fr.txt", "fr", "La réforme sera votée en juin."),
    ] {
        std::fs::write(desk.path(name), text).unwrap();
        let line = format!("document|add|{name}|--title|T|--lang|{lang}");
        assert_eq!(desk.run("ada", &line).exit, 0);
    }
    let noted = |line: &str| {
        let answer = desk.run("ada", &format!("append|{line}|--dry-run"));
        assert_eq!(answer.exit, 0, "{answer:?}");
        notes(&answer.err)
    };
    let uk = "--document|3|--quote|у середу, 26 січня 2022 року|--claim|";
    let de = "--document|4|--quote|am Montag, dem 21. November 2022|--claim|";
    let fr = "--document|5|--quote|sera votée en juin|--claim|";
    for (claim, words) in [
        (format!("{uk}Посол поїхав 26 червня 2022 року."), "“червня”"),
        (format!("{uk}Посол поїхав у п’ятницю."), "“п’ятницю”"),
        (format!("{de}Der Bericht kam am 21. Oktober 2022."), "“Oktober”"),
        (format!("{de}The report came on 21 October 2022.|--lang|en"), "“October”"),
        (format!("{fr}La réforme sera votée en mai."), "“mai”"),
        (format!("{fr}The reform comes in May.|--lang|en"), "“May”"),
    ] {
        let found = noted(&claim);
        assert!(found.len() == 1 && found[0].ends_with(words), "{claim}: {found:?}");
    }
    for claim in [
        format!("{uk}Посол поїхав у січні 2022 року."),
        format!("{uk}Посол поїхав у середу."),
        format!("{de}Der Bericht kam am 21. November 2022."),
        format!("{de}The report came on Monday, 21 November 2022.|--lang|en"),
        format!("{fr}La réforme sera votée en juin."),
    ] {
        assert_eq!(noted(&claim), [""; 0], "{claim}");
    }
    let when = "|--when|2022-06-26|--as-written|26 січня 2022 року";
    assert_eq!(
        noted(&format!("{uk}Посол поїхав.{when}")),
        ["when: the words “26 січня 2022 року” have the month 1 (січня), not that of 2022-06-26; \
          --basis derived or inferred says where another date comes from"]
    );
}

#[test]
fn another_day_or_name_is_named_where_a_language_writes_it_together_with_other_words() {
    let desk = bare();
    let mut position = 2;
    let mut noted = |lang: &str, text: &str, claim: &str| {
        position += 1;
        std::fs::write(desk.path("t.txt"), format!("{text}. {position}.")).unwrap();
        let line = format!("document|add|t.txt|--title|T|--lang|{lang}");
        desk.writes("ada", &line, &format!("written at {position}"));
        let line = format!("append|--document|{position}|--quote|{text}|--claim|{claim}|--dry-run");
        let answer = desk.run("ada", &line);
        assert_eq!(answer.exit, 0, "{answer:?}");
        notes(&answer.err)
    };
    for (lang, text, claim, words) in [
        ("pt", "As ações subiram na quinta-feira", "As ações subiram na sexta-feira.", {
            "“sexta-feira”"
        }),
        ("sv", "Bolaget dömdes på onsdagen", "Bolaget dömdes på torsdagen.", "“torsdagen”"),
        ("hu", "A miniszter kedden benyújtotta", "A miniszter szerdán benyújtotta.", "“szerdán”"),
        ("he", "הדיון נקבע ל-3 בדצמבר", "הדיון נקבע ל-3 בנובמבר.", "“בנובמבר”"),
        ("he", "הדיון נקבע ל-3 בדצמבר", "The hearing is on 3 November.|--lang|en", "“November”"),
        ("zh", "论文于11月18日发表", "It was published on 18 December.|--lang|en", "“December”"),
        (
            "it",
            "L’accordo con l’Austria è firmato",
            "L’accordo con l’Ungheria è firmato.",
            { "“Ungheria”" },
        ),
        ("sv", "Anna sade: ”Vi går inte”", "Anna sade: ”Vi går”, ”vi sover”.", "“vi sover”"),
        ("tr", "Hasar 1,2 milyar oldu", "Zarar 1,2 milyar TL oldu.", "“TL”"),
    ] {
        let found = noted(lang, text, claim);
        assert!(found.len() == 1 && found[0].ends_with(words), "{claim}: {found:?}");
    }
    for (lang, text, claim) in [
        ("pt", "As ações subiram na quinta-feira", "Na quinta-feira, as ações subiram."),
        ("sv", "Bolaget dömdes på onsdagen", "På onsdagskvällen dömdes bolaget."),
        ("he", "הדיון נקבע ל-3 בדצמבר", "The hearing is on 3 December.|--lang|en"),
        ("zh", "论文于11月18日发表", "It was published on 18 November.|--lang|en"),
        ("fr", "L’accord avec l’Autriche est signé", "L’Autriche a signé l’accord."),
        ("fr", "Le chancelier allemand a signé", "Le chancelier de l’Allemagne a signé."),
        ("tr", "Hasar 1,2 milyar lira oldu", "Zarar 1,2 milyar TL oldu."),
        ("tr", "Bakan Özhaseki yola çıktı", "Bakan Özhaseki’ye göre yola çıkıldı."),
        ("pl", "Wygrała Anna Zielińska", "Głosowano na Annę Zielińską."),
        ("nl", "De pot weegt 190 gram zout", "De pot weegt 190 gram."),
        ("ja", "東京都知事が辞任した", "東京都知事辞任"),
    ] {
        assert_eq!(noted(lang, text, claim), [""; 0], "{claim}");
    }
}

/// An interval whose months a language names is not one end of it.
#[test]
fn one_end_of_an_interval_in_another_language_is_named() {
    let desk = bare();
    std::fs::write(desk.path("fr.txt"), "Il a été maire entre mai 2019 et juin 2021.").unwrap();
    desk.writes("ada", "document|add|fr.txt|--title|T|--lang|fr", "written at 3");
    let noted = |when: &str| {
        let line = format!(
            "append|--quote|Il a été maire|--claim|Il a été maire.|--when|{when}|--as-written|entre \
             mai 2019 et juin 2021|--dry-run"
        );
        let answer = desk.run("ada", &line);
        assert_eq!(answer.exit, 0, "{answer:?}");
        notes(&answer.err)
    };
    assert_eq!(noted("2019-05/2021-06"), [""; 0]);
    assert_eq!(
        noted("2019-05"),
        ["when: the words “entre mai 2019 et juin 2021” give 2019-05/2021-06, and 2019-05 is one \
          end of it; --basis derived or inferred says where another date comes from"]
    );
}

/// And 3: a text in Ukrainian with two dates.
fn dated() -> Desk {
    let desk = bare();
    let text = "Посол поїхав у середу, 26 січня 2022 року, міністр 27.1.2022.";
    std::fs::write(desk.path("uk.txt"), text).unwrap();
    desk.writes("ada", "document|add|uk.txt|--title|Посол|--lang|uk", "written at 3");
    desk
}

#[test]
fn the_words_of_a_date_without_a_date_are_named() {
    let desk = dated();
    let noted = |words: &str| {
        let line = format!("append|--quote|Посол поїхав|--claim|Посол поїхав.|{words}|--dry-run");
        let answer = desk.run("ada", &line);
        assert_eq!(answer.exit, 0, "{answer:?}");
        let first = answer.err.split("     4  ").next().unwrap_or_default().replace('\n', " ");
        first.trim().to_owned()
    };
    assert_eq!(
        noted("--as-written|26 січня 2022 року"),
        "note: when: the words “26 січня 2022 року” have a year, and no date is given: --when \
         gives it, so that it is found by its date"
    );
    assert_eq!(
        noted("--as-written|27.1.2022"),
        "note: when: the words “27.1.2022” give 2022-01-27, and no date is given: --when \
         2022-01-27 gives it, so that it is found by its date"
    );
    assert_eq!(noted("--as-written|26 січня 2022 року|--when|2022-01-26"), "");
    assert_eq!(noted("--as-written|у середу"), "");
    let line = "append|--quote|Посол поїхав|--claim|Посол поїхав.|--as-written|у середу";
    desk.writes("ada", line, "written at 4");
    let page = desk.run("", "show|4").out;
    assert!(page.contains("“у середу” (as the document states it; no date is given)"), "{page}");
}

#[test]
fn the_questions_of_a_fact_ask_for_the_date_of_words_that_are_not_read() {
    let desk = dated();
    let when = "when it was so (such as 2022-01-26; empty: no date): ";
    let go = "sign as ada and write 1 event? [y/n/number/more/+]: ";
    let mut talk = talk_of(&desk, "ada", "append");
    talk.asks("passage (first words … last words; empty: none): ", "Посол поїхав");
    talk.asks("claim (one sentence that stands by itself): ", "Посол поїхав.");
    talk.asks("according to whom (empty: the document itself): ", "");
    // Figures give their date in any language.
    talk.asks(when, "27.1.2022");
    talk.sees("when: 2022-01-27 (“27.1.2022”, as the document states it)");
    talk.asks(go, "4");
    talk.asks(when, "\u{15}26 січня 2022 року");
    let of_words = "the date that “26 січня 2022 року” give (such as 2022-01-26; empty: none): ";
    talk.asks(of_words, "26.1");
    talk.sees("expected a date or interval such as 2022-01 or 2021/2022, or an empty line");
    talk.asks(of_words, "\u{15}2022-01-26");
    talk.asks("the date is: ", "stated");
    talk.sees("when: 2022-01-26 (“26 січня 2022 року”, as the document states it)");
    talk.asks(go, "y");
    talk.sees("written at 4");
    assert_eq!(talk.ends().1, 0);
}

#[test]
fn a_claim_is_in_a_language_of_words() {
    let desk = dated();
    let quote = "append|--quote|Посол поїхав|--claim|Посол поїхав.|--lang";
    let told =
        |why: &str| format!("annals: one draft is refused; nothing was written\n  lang: {why}\n");
    for (lang, why) in [
        ("zxx", "expected the language of words, found zxx, which is for what has none"),
        ("ukrainian", "expected a language tag like en or pt-BR, found \"ukrainian\"; write uk"),
    ] {
        desk.refuses("ada", &format!("{quote}|{lang}"), (1, &told(why)));
    }
}
