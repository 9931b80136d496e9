//! `annals show`: a fact whole, and the pages of other events.

use crate::archivist::story::{dark_story, story};

#[test]
fn a_corrected_fact_with_its_changed_words() {
    let told = story().told("show 5");
    let expected = "fact 5: asserted, corrected ×1

    Sullivan met Grushko in Moscow on Wednesday.

revisions
    5: asserted — Ada Example, 2022-01-27 08:00Z
        key c700321a18cde7c13d291a2362ccce81ed3935cc9334a0396b30fe3875d58d9f
        Sullivan met Grushko in Moscow.
    10: corrected, wrong-date, error in the record: “Wednesday was the 26th” — Bo Berg, 2022-02-01
    09:00Z
        key 8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394
        Sullivan met Grushko in Moscow {+on Wednesday+}.
        when: 2022-01-25 (“Wednesday”, derived) → 2022-01-26 (“Wednesday”, derived)

according to the document
    the document says so in its own voice

vouched for
    that the document says so, not that it is so

when it was so
    2022-01-26 (“Wednesday”, derived)

topics
    John Sullivan, Alexander Grushko

document 3 supports: The article
    sha256 b348fdf11c9dec267d0c6c43fd2e40a8327dd8ce786b1bfb4c83921c8742c4ce
    code points 48 to 78:
    ⟦Sullivan met Grushko in Moscow⟧ on Wednesday.

relations
    13: supports 4 “Two answers were given.”: “they met for it” — Bo Berg, 2022-02-01 09:00Z

proof
    its name outside this record: 07d57fcb58a9025814d554a7b90ad045597f9656d0a53a98b88e88a42324713f
    whether bytes, signatures and quotations hold: annals verify

as of position 13 (14 of 14 events), head \
2813f6aafd76c986e877d1ad83e7e8154013631218f0962b9dee84ca0a5d3327, recorded 2022-02-01T09:00:03Z
";
    assert_eq!(told, expected);
}

#[test]
fn attribution_confirmations_and_relations_are_sentences() {
    let story = story();
    let told = story.told("show 4");
    assert!(told.contains("according to the document\n    Kommersant reports that …\n"));
    assert!(told.contains("    Kommersant reports that ⟦two answers were given⟧.\n"), "{told}");
    let confirmed = "confirmations\n    8: confirmed, reread — Bo Berg, 2022-01-27 08:00Z\n";
    assert!(told.contains(confirmed), "{told}");
    let told = story.told("show 7");
    let lavrov = "    Sergey Lavrov (Foreign Minister) says that …\n";
    assert!(told.contains(lavrov), "{told}");
    assert!(told.contains("disputes\n    12 (open): misquotation, error in the document: “"));
    assert!(story.told("show 9").contains("vouched for\n    that it is so\n"));
}

#[test]
fn a_later_change_is_noted_and_later_events_are_absent() {
    let story = story();
    let told = story.told("show 6 --as-of 9");
    assert!(told.starts_with("fact 6: asserted\n"), "{told}");
    assert!(
        told.ends_with("since then 1 of these changed in words or status: 6 retracted\n"),
        "{told}"
    );
    let answer = story.run("show 11 --as-of 9");
    let why = "annals: expected a position among the first 10 events, up to the point that was \
               asked for; found 11, which came later\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
    for line in ["log 11 --as-of 9", "log 11 --until 9", "blame 11 --as-of 9"] {
        let answer = story.run(line);
        assert_eq!((answer.exit, answer.err.as_str()), (2, why), "{line}");
    }
    let answer = story.run("replay --document 11 --as-of 9");
    assert!(answer.err.ends_with("found 11, which came later\n"), "{}", answer.err);
    let answer = story.run("show 14");
    let why = "annals: expected a position from 0 to 13, found 14\n";
    assert_eq!((answer.exit, answer.err.as_str()), (2, why));
}

#[test]
fn a_document_an_editor_and_an_act_have_pages() {
    let story = story();
    let told = story.told("show 3");
    assert!(told.starts_with("document 3\n\n    title         The article\n"), "{told}");
    assert!(told.contains("    bytes are     in this copy\n"), "{told}");
    assert!(story.told("show 1").contains("    name            Bo Berg\n"));
    let told = story.told("show 12");
    let act = "event 12: fact.disputed\n    on fact 7: annals show 7\n";
    assert!(told.starts_with(act), "{told}");
}

#[test]
fn redacted_and_suspect_facts() {
    let story = dark_story();
    let told = story.told("show 7");
    assert!(told.contains("fact 7: disputed, the document is disputed, redacted\n"), "{told}");
    assert!(!told.contains("core question"), "{told}");
    let opening =
        "    15: words of 7 redacted, court-order: “order 1/22” — Ada Example, 2022-03-01";
    assert!(told.contains(opening), "{told}");
    let told = story.told("show 9");
    let suspect = "undone\n    9 fact.asserted was undone by 14\n\n\
                   suspect\n    nobody else has vouched for it since its key was reported\n";
    assert!(told.contains(suspect), "{told}");
}

#[test]
fn without_the_document_the_entry_itself_is_shown() {
    let story = story();
    std::fs::remove_dir_all(story.folder.path().join("ledger/document")).unwrap();
    let told = story.told("show 4");
    assert!(told.contains("(the document is not here; this is what the entry holds)"), "{told}");
}

/// Acts on a fact have their words and their evidence in words, not in JSON.
#[test]
fn an_act_is_shown_in_words_field_by_field() {
    let story = story();
    for event in 0..14 {
        let told = story.told(&format!("show {event}"));
        assert!(!told.contains("{\"") && !told.contains("[]"), "{told}");
    }
    let told = story.told("show 10");
    for line in [
        "    claim           Sullivan met Grushko in Moscow on Wednesday.\n",
        "    when            2022-01-26, “Wednesday”, derived\n",
        "    topics          John Sullivan, Alexander Grushko\n",
        "    evidence        document 3 supports “Sullivan met Grushko in Moscow”\n",
        "    resolves        none\n",
        "    sealed          none\n",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
}
