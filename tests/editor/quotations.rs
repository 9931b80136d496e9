//! Quotations that would cut a word or a number, and texts spelled in another way than typed.

use crate::story::{Desk, bare};

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
    // It stands as "8" and as the end of "88", and only one of them is whole.
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
    // An end of more than the bound is no end.
    let desk = about(&format!("It began. {}It ended.", "a ".repeat(10_001)));
    refused(
        &desk,
        "append|--quote|It began … It ended|--claim|x",
        "0..20020 are 20020 code \
        points; a quotation has at most 20000\n",
    );
}
