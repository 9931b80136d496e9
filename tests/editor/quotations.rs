//! Quotations that would cut a word or a number, and texts with another notation than typed.

use crate::editor::story::{Desk, bare};

const CUT: &str = "; quote all of it, or say that the edge is meant to be there with --exact-edges \
                   (exact_edges in a draft)\n";

/// A desk whose only document, event 3, has this text.
pub fn about(text: &str) -> Desk {
    let desk = bare();
    std::fs::write(desk.path("text.txt"), text).unwrap();
    desk.writes("ada", "document|add|text.txt|--title|A text|--lang|en", "written at 3");
    desk
}

fn refused(desk: &Desk, line: &str, why: &str) {
    let head = "annals: one draft is refused; nothing was written";
    desk.refuses("ada", line, (1, &format!("{head}\n  quote: in document 3: {why}")));
}

#[test]
fn a_quotation_does_not_cut_a_number_or_a_word_unless_that_is_meant() {
    let desk = about("It cost €9.8 million. 61 of 88 members of Grushko's council agreed.");
    let line = |quote: &str| format!("append|--quote|{quote}|--claim|It is so.");
    for (quote, whole) in [
        ("€9", "ends inside the number \"€9.8 million\" at code points 8..20"),
        ("61 of 8", "ends inside the number \"88\" at code points 28..30"),
        ("million. 61", "begins inside the number \"€9.8 million\" at code points 8..20"),
        ("agree", "ends inside the word \"agreed\" at code points 60..66"),
        ("of Grush … agreed", "ends inside the word \"Grushko's\" at code points 42..51"),
        ("It cost … coun", "ends inside the word \"council\" at code points 52..59"),
    ] {
        refused(&desk, &line(quote), &format!("the quotation {whole}{CUT}"));
    }
    // "8" occurs alone and as the end of "88", and only one of them is whole.
    refused(
        &desk,
        &line("8"),
        &format!(
            "the quotation begins inside the number \"€9.8 million\" at code points 8..20{CUT}"
        ),
    );
    desk.writes("ada", &line("61 of 88 members"), "written at 4");
    let cut = format!("{}|--exact-edges|--again", line("61 of 8"));
    desk.writes("ada", &cut, "written at 5");
    assert_eq!(desk.fact(5)["evidence"][0]["quote"]["exact"], "61 of 8");
    // A correction of other words keeps them.
    let correct = "correct|5|--reason|entry-error|--statement|said better|--claim|It is so, then.";
    desk.writes("ada", correct, "written at 6");
    refused(
        &desk,
        &format!("{correct}|--quote|61 of 8"),
        &format!("the quotation ends inside the number \"88\" at code points 28..30{CUT}"),
    );
}

#[test]
fn drafts_in_files_are_held_to_the_same_edges_also_by_their_spans() {
    let desk = about("61 of 88 members agreed.");
    let span = r#""evidence":[{"quote":{"exact":"61 of 8"},"span":{"start":0,"end":7}}]"#;
    let exact = r#""evidence":[{"quote":"61 of 8","exact_edges":true}]"#;
    let drafts = [r#""quote":"61 of 8""#, span, exact, r#""quote":"61 of 8","exact_edges":true"#];
    for (number, fields) in drafts.iter().enumerate() {
        let draft = format!("{{\"claim\":\"Claim {number}.\",{fields}}}\n");
        std::fs::write(desk.path(&format!("{number}.jsonl")), draft).unwrap();
    }
    let why = format!(
        "annals: one draft is refused; nothing was written\n  line 1: quote: in document 3: the \
         quotation ends inside the number \"88\" at code points 6..8{CUT}"
    );
    desk.refuses("ada", "append|0.jsonl", (1, &why));
    desk.refuses("ada", "append|1.jsonl", (1, &why));
    desk.writes("ada", "append|2.jsonl", "written at 4");
    desk.writes("ada", "append|3.jsonl", "written at 5");
}

#[test]
fn the_document_s_own_code_points_are_recorded() {
    let text = "Au cafe\u{301}, the of\u{AD}ﬁce of the govern-\nment\u{A0}said “no”.";
    let desk = about(text);
    let line =
        "append|--quote|café, the office of the government said \"no\"|--claim|They said no.";
    desk.writes("ada", line, "written at 4");
    let own = "cafe\u{301}, the of\u{AD}ﬁce of the govern-\nment\u{A0}said “no”";
    assert_eq!(desk.fact(4)["evidence"][0]["quote"]["exact"], own);
    assert_eq!(desk.run("", "verify").exit, 0);
}

#[test]
fn a_passage_that_repeats_is_refused_with_the_reason() {
    let desk = about(&"the a b end. ".repeat(400));
    refused(
        &desk,
        "append|--quote|the a b end|--nth|180|--claim|x",
        "no context of at most 2000 \
        code points makes 2327..2338 unique\n",
    );
    let desk = about(&"the a b end. ".repeat(100));
    desk.writes("ada", "append|--quote|the a b end|--nth|3|--claim|It is so.", "written at 4");
    assert_eq!(desk.run("", "verify").exit, 0);
    // An end that is longer than the bound does not count.
    let desk = about(&format!("It began. {}It ended.", "a ".repeat(10_001)));
    refused(
        &desk,
        "append|--quote|It began … It ended|--claim|x",
        "0..20020 are 20020 code \
        points; a quotation has at most 20000\n",
    );
}

const NOT_ITS: &str =
    "; what does not stand in the document is not its words: leave as_written out\n";

#[test]
fn a_date_that_the_document_states_stands_there_in_words() {
    let desk = about("It opened in the year of the ox, on Wed\u{AD}nesday. 12 of 60 came.");
    let line =
        |rest: &str| format!("append|--quote|It opened|--claim|It opened.|--when|2019{rest}");
    let refused = |rest: &str, why: &str| {
        let head = "annals: one draft is refused; nothing was written\n  when: ";
        desk.refuses("ada", &line(rest), (1, &format!("{head}{why}")));
    };
    let neither = "what a document states stands there in words: expected them as as_written \
                   (--as-written), or the basis derived or inferred (--basis), found neither\n";
    refused("", neither);
    refused("|--basis|stated", neither);
    let why = "as_written: what was typed does not stand in the document: the nearest place is \
               \"the year of the \" at code point 13; after it the document has \
               \"ox, on Wed\\u{ad}nesday. 12 of \", what was typed has \"rat\"";
    for basis in ["", "|--basis|stated", "|--basis|derived", "|--basis|inferred"] {
        refused(&format!("|--as-written|the year of the rat{basis}"), &format!("{why}{NOT_ITS}"));
    }
    let why = "as_written: what was typed cuts the number \"60\"; give all of it\n";
    refused("|--as-written|12 of 6", why);
    desk.writes("ada", &line("|--basis|inferred"), "written at 4");
    desk.writes("ada", &format!("{}|--again", line("|--as-written|Wednesday")), "written at 5");
    let when = &desk.fact(5)["when"];
    assert_eq!(
        (&when["basis"], &when["as_written"]),
        (&"stated".into(), &"Wed\u{AD}nesday".into())
    );
    // The same in a file of drafts, and in a correction.
    let draft =
        r#"{"quote":"It opened","claim":"It did.","when":{"as_written":"the year of the rat"}}"#;
    std::fs::write(desk.path("d.jsonl"), draft).unwrap();
    let answer = desk.run("ada", "append|d.jsonl");
    assert_eq!(answer.exit, 1);
    assert!(
        answer.err.contains("\n  line 1: when: as_written: what was typed does not"),
        "{answer:?}"
    );
    let correct = "correct|4|--reason|wrong-date|--statement|no";
    let answer = desk.run("ada", &format!("{correct}|--as-written|the year of the rat"));
    assert_eq!((answer.exit, answer.err.contains("when: as_written: ")), (1, true), "{answer:?}");
    desk.writes("ada", &format!("{correct}|--as-written|the year of the ox"), "written at 6");
    assert_eq!(desk.fact(4)["when"]["as_written"], "the year of the ox");
}

#[test]
fn when_a_document_was_published_stands_there_in_words() {
    let desk = about("Nothing.");
    std::fs::write(desk.path("page.txt"), "Thursday, 27 January. They met.").unwrap();
    let add = |rest: &str| format!("document|add|page.txt|--title|A page|--lang|en{rest}");
    let why = "annals: one draft is refused; nothing was written\n  published: as_written: what was \
               typed does not stand in the document: no word of \"Friday\" does";
    let told = format!("{why}{NOT_ITS}");
    desk.refuses("ada", &add("|--published-as-written|Friday"), (1, &told));
    desk.writes("ada", &add("|--published-as-written|Thursday, … January"), "written at 4");
    let published = |desk: &Desk| desk.json("show|4")["document"]["about"]["published"].clone();
    assert_eq!(published(&desk)["as_written"], "Thursday, 27 January");
    let describe = "document|describe|4|--statement|no|--published-as-written";
    desk.refuses("ada", &format!("{describe}|Friday"), (1, &told));
    desk.writes("ada", &format!("{describe}|27 January"), "written at 5");
    assert_eq!(published(&desk)["as_written"], "27 January");
    // A document that is not text is not searched, and the answer reports that.
    std::fs::write(desk.path("page.html"), "<p>They met.</p>").unwrap();
    let add =
        "document|add|page.html|--title|A page|--lang|en|--published-as-written|Friday|--text|none";
    let note = "note: published: the words “Friday” were not looked for in the document, which is \
                text/html\n";
    assert_eq!(desk.writes("ada", add, "written at 6").err, note);
}

#[test]
fn figures_and_names_of_a_claim_that_no_quoted_word_has_are_shown_before_signing() {
    let desk = about("61 of 88 members agreed in Moscow. The others did not.");
    let line = "append|--quote|61 of 88 members agreed|--claim|On 26 January 61 of 88 agreed.";
    let note = "note: in the claim “On 26 January 61 of 88 agreed.” and in no quoted word: “26”, \
                “January”\n";
    let answer = desk.writes("ada", line, "written at 4");
    assert!(answer.err.starts_with(note), "{answer:?}");
    let line = "append|--quote|61 … Moscow|--claim|61 of 88 agreed in Moscow.|--dry-run";
    let answer = desk.run("ada", line);
    assert_eq!((answer.exit, answer.err.contains("no quoted word")), (0, false), "{answer:?}");
    // Names in another language are written differently, figures are not.
    let line = "append|--quote|61 … Moscow|--claim|У Москві 62.|--lang|uk|--dry-run";
    let answer = desk.run("ada", line);
    assert!(answer.err.contains("“У Москві 62.” and in no quoted word: “62”\n"), "{answer:?}");
}

#[test]
fn words_that_are_quoted_without_the_word_that_denies_them_get_a_note() {
    let desk = about("The minister said he will not resign. He cannot stay.");
    let note = "note: in document 3 “not” stands directly before the quoted words “resign”, and the \
                claim does not deny them ";
    let add = |quote: &str, claim: &str| {
        let line = format!("append|--quote|{quote}|--claim|{claim}|--dry-run");
        desk.run("ada", &line).err.replace('\n', " ")
    };
    assert!(add("resign", "The minister will resign.").starts_with(note));
    for (quote, claim) in [
        ("resign", "The minister will not resign."),
        ("will not resign", "The minister will stay."),
        ("resign", "The minister denied that he will resign."),
    ] {
        let err = add(quote, claim);
        assert!(!err.contains("stands directly before"), "{quote}, {claim}: {err}");
    }
    assert!(add("stay", "He may stay.").contains("“cannot” stands directly before"));
}

#[test]
fn an_amount_that_is_quoted_without_the_words_that_limit_it_gets_a_note() {
    let desk = about("Almost 100 people came. Up to 50 stayed. He was 50 years old.");
    let add = |quote: &str, claim: &str| {
        let line = format!("append|--quote|{quote}|--claim|{claim}|--dry-run");
        desk.run("ada", &line).err.replace('\n', " ")
    };
    let note = "note: in document 3 “Almost” stands directly before the quoted words “100 people \
                came”, and the claim does not say so ";
    assert!(add("100 people came", "There came 100 people.").starts_with(note));
    for (quote, claim) in [
        ("100 people came", "Nearly 100 people came."),
        ("Almost 100 people came", "There came a hundred people."),
        ("50 years", "He was 50 years old."),
    ] {
        let err = add(quote, claim);
        assert!(!err.contains("stands directly before"), "{quote}, {claim}: {err}");
    }
    let within = "note: in document 3 “Almost” stands before 100, and the claim does not say so ";
    assert!(add("Almost 100 people came", "100 people came.").starts_with(within));
    assert!(add("50 stayed", "There stayed 50.").contains("“Up to” stands directly before"));
}

#[test]
fn words_that_are_cut_out_of_a_word_with_a_hyphen_get_a_note() {
    let desk = about("The protest was non-violent. The ex‑president left a smoke-free room.");
    let add = |quote: &str, claim: &str| {
        let line = format!("append|--quote|{quote}|--claim|{claim}|--dry-run");
        desk.run("ada", &line).err.replace('\n', " ")
    };
    let note = "note: in document 3 the quoted words “violent” are cut out of “non-violent”, which \
                the claim does not have ";
    assert!(add("violent", "The protest was violent.").starts_with(note));
    assert!(add("president left", "The president left.").contains("cut out of “ex-president”"));
    assert!(add("a smoke", "A room with smoke.").contains("cut out of “smoke-free”"));
    for (quote, claim) in [
        ("violent", "The protest was nonviolent."),
        ("non-violent", "The protest was violent."),
        ("president left", "The ex-president left."),
    ] {
        let err = add(quote, claim);
        assert!(!err.contains("cut out of"), "{quote}, {claim}: {err}");
    }
}

#[test]
fn a_date_that_is_called_stated_while_its_words_give_another_one_gets_a_note() {
    let desk = bare();
    let text = "They met on 27 January 2022 in Kyiv. الاجتماع عُقد في ٢٧ يناير ٢٠٢٢\n";
    std::fs::write(desk.path("d.txt"), text).unwrap();
    desk.writes("ada", "document|add|d.txt|--title|D|--lang|en", "written at 3");
    let noted = |when: &str, written: &str| {
        let line = format!(
            "append|--quote|They met|--claim|They met.|--when|{when}|--as-written|{written}|--dry-run"
        );
        let err = desk.run("ada", &line).err.replace('\n', " ");
        let note = err.split_once("note: when: ").map(|(_, note)| note.to_owned());
        note.unwrap_or_default()
    };
    let sure = "; --basis derived or inferred says where another date comes from";
    for (when, written, why) in [
        (
            "2021-05-05",
            "27 January 2022",
            "the words “27 January 2022” give 2022-01-27, not 2021-05-05",
        ),
        ("1999", "٢٧ يناير ٢٠٢٢", "the words “٢٧ يناير ٢٠٢٢” have the year 2022, not that of 1999"),
        ("2021-05-05", "met", "the words “met” give no date, and 2021-05-05 is called stated"),
    ] {
        let note = noted(when, written);
        assert!(note.starts_with(&format!("{why}{sure}")), "{note}");
    }
    for (when, written) in [("2022-01", "27 January 2022"), ("2022-01-27", "27 January 2022")] {
        assert_eq!(noted(when, written), "");
    }
}

#[test]
fn words_of_a_message_have_their_marks() {
    let desk =
        about("मंत्री ने कहा कि ५ प्रतिशत लोग\u{200B} आए। Le pre\u{301}sident a dit «\u{202E}non».");
    let line = |quote: &str| format!("append|--quote|{quote}|--claim|It is so.");
    let whole = "the quotation ends inside the number \"५ प्रतिशत\" at code points 17..26";
    refused(&desk, &line("कहा कि ५"), &format!("{whole}{CUT}"));
    refused(
        &desk,
        &line("Le président a ri"),
        "the quotation does not stand in the document: the nearest place is \"Le pre\u{301}sident a \" \
         at code point 36; after it the document has \"dit «\\u{202e}non».\", the quotation has \
         \"ri\"\n",
    );
    desk.refuses(
        "",
        "log|--by|दिल्ली",
        (2, "annals: --by: expected an editor of this record (Ada Example, Bo Berg, Cy Cole), found \"दिल्ली\"\n"),
    );
}

#[test]
fn words_in_another_letter_case_are_shown_as_the_document_has_them() {
    let desk =
        about("The Minister met Grushko. THE END WAS NEAR, he said. İstanbul Valiliği dedi.");
    for (quote, found) in [
        ("the end was near", "\"THE END WAS NEAR\" does, at code point 26"),
        ("met grushko", "\"met Grushko\" does, at code point 13"),
        ("istanbul valiliği", "\"İstanbul Valiliği\" does, at code point 53"),
    ] {
        let why = format!(
            "the quotation does not stand in the document: {found}, in another letter case; give \
             the words as the document has them\n"
        );
        refused(&desk, &format!("append|--quote|{quote}|--claim|It is so."), &why);
    }
}

#[test]
fn what_a_keyboard_has_not_is_looked_through() {
    let desk = about(
        "הוא למד בבית־ספר גדול. 今日はｶﾞｿﾘﾝの日. دولت ايران كتاب را خريد. آنها می\u{200C}روند به تهران. \
         Au XIXᵉ siècle, 5 t de CO₂.",
    );
    let quotes = [
        ("בבית-ספר", "בבית־ספר"),
        ("ガソリンの", "ｶﾞｿﾘﾝの"),
        ("ایران کتاب", "ايران كتاب"),
        ("آنها می روند", "آنها می\u{200C}روند"),
        ("XIXe siècle", "XIXᵉ siècle"),
        ("5 t de CO2", "5 t de CO₂"),
    ];
    for ((quote, exact), position) in quotes.into_iter().zip(4..) {
        let add = format!("append|--quote|{quote}|--claim|It is so {position}.");
        desk.writes("ada", &add, &format!("written at {position}"));
        assert_eq!(desk.fact(position)["evidence"][0]["quote"]["exact"], exact);
    }
}

#[test]
fn an_ellipsis_of_two_characters_and_words_broken_by_a_line_are_found() {
    let desk = about(
        "外交部长王毅在莫斯科与格鲁什科会谈。 The COVID-\n19 wave, and a 5-\nyear plan in 2021–\n22. 한국 정\n부가 \
         말했다.",
    );
    let quotes = [
        "王毅……会谈",
        "王毅⋯⋯莫斯科",
        "The COVID-19 wave",
        "a 5-year plan",
        "2021–22",
        "한국 정부가",
    ];
    for (quote, position) in quotes.into_iter().zip(4..) {
        let add = format!("append|--quote|{quote}|--claim|It is so {position}.");
        desk.writes("ada", &add, &format!("written at {position}"));
    }
    refused(
        &desk,
        "append|--quote|The COVID|--claim|It is so.",
        &format!("the quotation ends inside the word \"COVID-\\n19\" at code points 23..32{CUT}"),
    );
}
