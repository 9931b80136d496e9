//! Every form of a file of drafts reads as the drafts that were written, also where a spreadsheet
//! wrote the table again.

use super::*;
use annals_core::event::vocabulary::{Basis, Stance};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Text with what a table, a spreadsheet or a reader of cells could take for something else.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "Kommersant",
        "17",
        "0",
        "-5",
        "-",
        "=",
        "+",
        "@",
        "'",
        "\"",
        ";",
        ",",
        "\t",
        "\n",
        "\r\n",
        " ",
        "#",
        "(none)",
        "true",
        "FALSE",
        "null",
        "…",
        "{",
        "[",
        ".",
        "ä",
        "\u{feff}",
        "2022-01-26",
    ];
    vec(select(PIECES), 1..5).prop_map(|parts| parts.concat())
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![(0..1u64 << 53).prop_map(Name::Position), text().prop_map(Name::Ref)]
}

fn quote() -> impl Strategy<Value = QuoteDraft> {
    let exact = (text(), of(text()), of(text())).prop_map(|(exact, prefix, suffix)| {
        QuoteDraft::Exact(ExactDraft { exact: Some(exact), prefix, suffix })
    });
    prop_oneof![text().prop_map(QuoteDraft::Pointing), exact]
}

fn hop() -> impl Strategy<Value = HopDraft> {
    let kind = of(select(AgentType::ALL));
    (of(text()), kind, of(text()), of(text()), of(of(text()))).prop_map(
        |(agent, agent_type, act, role, id)| HopDraft {
            agent,
            agent_type,
            act,
            role,
            id: id.clone().flatten(),
            unnamed_because: id.flatten(),
        },
    )
}

fn evidence() -> impl Strategy<Value = EvidenceDraft> {
    let span = (of(0..9u64), of(0..9u64)).prop_map(|(start, end)| SpanDraft { start, end });
    let translation = (of(text()), of(text()), of(select(Translator::ALL)))
        .prop_map(|(lang, text, by)| TranslationDraft { lang, text, by });
    let place = (of(name()), of(quote()), of(1..9usize), of(any::<bool>()), of(span));
    (place, of(select(Stance::ALL)), of(select(Reliability::ALL)), of(translation)).prop_map(
        |((document, quote, nth, exact_edges, span), stance, reliability, translation)| {
            EvidenceDraft {
                document,
                stance,
                quote,
                nth,
                exact_edges,
                span,
                reliability,
                translation,
            }
        },
    )
}

fn when() -> impl Strategy<Value = WhenDraft> {
    let edtf = select(&["2022", "2022-01-26", "2022-XX", "2021/2022", "2022?"][..]);
    (of(edtf), of(text()), of(select(Basis::ALL))).prop_map(|(edtf, as_written, basis)| WhenDraft {
        edtf: edtf.map(str::to_owned),
        as_written,
        basis,
    })
}

fn topic() -> impl Strategy<Value = TopicDraft> {
    (of(text()), of(of(text()))).prop_map(|(name, id)| TopicDraft { name, id: id.flatten() })
}

fn draft() -> impl Strategy<Value = Draft> {
    let names = (of(text()), of(name()), of(name()), of(name()), of(vec(name(), 0..4)));
    let words = (of(text()), of(quote()), of(1..9usize), of(any::<bool>()), of(text()));
    let lists =
        (of(vec(evidence(), 0..3)), of(vec(hop(), 0..3)), of(when()), of(vec(topic(), 0..3)));
    let document = (of(text()), of(vec(text(), 0..3)), of(text()));
    (select(Type::ALL), names, words, lists, document, of(select(Reason::ALL))).prop_map(
        |(kind, names, words, lists, document, reason)| {
            let (name, fact, from, document_name, resolves) = names;
            let (claim, quote, nth, exact_edges, statement) = words;
            let (evidence, attribution, when, topics) = lists;
            let (title, authors, as_written) = document;
            let dated = as_written.is_some() || statement.is_some();
            Draft {
                name,
                kind: Some(kind),
                fact,
                from,
                document: document_name,
                resolves,
                reason,
                stance: quote.as_ref().map(|_| Stance::Mentions),
                claim,
                quote,
                nth,
                exact_edges,
                evidence,
                attribution,
                when,
                topics,
                file: title.clone().map(PathBuf::from),
                title,
                authors,
                published: dated
                    .then(|| DatingDraft { edtf: Some("2022-01".to_owned()), as_written }),
                statement,
                ..Draft::default()
            }
        },
    )
}

/// What a spreadsheet of another locale makes of a table.
fn saved_again(table: &str) -> String {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_reader(table.as_bytes());
    let mut writer = csv::WriterBuilder::new();
    let writer = writer.delimiter(b';').terminator(csv::Terminator::CRLF);
    let mut writer = writer.quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    reader.records().for_each(|row| writer.write_record(&row.unwrap()).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn drafts_of(input: Input) -> Result<Vec<Draft>, String> {
    input.whole().map_err(|error| format!("{error:?}"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(256)
    })]
    #[test]
    fn drafts_are_the_same_in_every_form(drafts in vec(draft(), 1..4)) {
        let lines = written(&drafts, DraftForm::JsonLines).unwrap();
        let same = &Ok(drafts.clone());
        prop_assert_eq!(&drafts_of(read_json_lines(&lines)), same);
        let toml = written(&drafts, DraftForm::Toml).unwrap();
        prop_assert_eq!(&drafts_of(read_toml(&toml)), same, "{}", toml);
        let tabs = written(&drafts, DraftForm::Tsv).unwrap();
        prop_assert_eq!(&drafts_of(read_table(&tabs, Separator::Tab)), same, "{}", tabs);
        let csv = written(&drafts, DraftForm::Csv).unwrap();
        prop_assert_eq!(&drafts_of(read_table(&csv, Separator::Found)), same, "{}", csv);
        let again = saved_again(&csv);
        prop_assert_eq!(&drafts_of(read_table(&again, Separator::Found)), same, "{}", again);
    }
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let table = "ref;claim\r\n;\r\nF1;\"two\nlines\"\r\n\r\nF2;x\r\n# a note;\r\nF3;y\r\n";
    let input = read_table(table, Separator::Found);
    let rows: Vec<(usize, &str)> = input
        .drafts
        .iter()
        .map(|placed| (placed.line, placed.draft.claim.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        (rows.as_slice(), input.unread.as_slice()),
        (&[(3, "two\nlines"), (5, "x"), (7, "y")][..], &[][..])
    );
    // Also with line ends of other systems.
    for ends in ["\n", "\r"] {
        let input = read_table(&table.replace("\r\n", ends), Separator::Found);
        let rows: Vec<usize> = input.drafts.iter().map(|placed| placed.line).collect();
        assert_eq!(rows, [3, 5, 7], "{ends:?}");
    }
}

#[test]
fn a_short_form_means_what_the_option_means() {
    let short = r#"{"claim":"C.","when":"2022-11","as_written":"in November","basis":"derived",
        "topics":["X"],"according_to":["A","B"],"agent_type":"person","role":[null,"mayor"],
        "published":"2022"}"#;
    let long = r#"{"claim":"C.",
        "when":{"edtf":"2022-11","as_written":"in November","basis":"derived"},
        "topics":[{"name":"X"}],
        "attribution":[{"agent":"A","agent_type":"person"},{"agent":"B","role":"mayor"}],
        "published":{"edtf":"2022"}}"#;
    let read =
        |line: &str| json_lines(&line.replace('\n', "")).map(|placed| placed[0].draft.clone());
    assert_eq!(read(short), read(long));
    let toml = "[[draft]]\nclaim = \"C.\"\nwhen = \"2022-11\"\nas_written = \"in November\"\n\
                basis = \"derived\"\ntopics = \"X\"\naccording_to = [\"A\", \"B\"]\n\
                agent_type = \"person\"\nrole = [\"\", \"mayor\"]\npublished = \"2022\"\n";
    assert_eq!(toml_tables(toml).map(|placed| placed[0].draft.clone()), read(long));
    let csv = "claim,when,as_written,basis,topics,according_to,agent_type,role,published\n\
               C.,2022-11,in November,derived,X,A; B,person,; mayor,2022\n";
    assert_eq!(
        drafts_of(read_table(csv, Separator::Found)),
        read(long).map(|draft| vec![draft]).map_err(|_| String::new())
    );
    // An empty value leaves out, as that of an option does.
    let empty = r#"{"when":"","topics":[],"according_to":"","authors":[]}"#;
    let long = r#"{"when":{"edtf":""},"topics":[],"attribution":[],"authors":[]}"#;
    assert_eq!(read(empty), read(long));
    for (line, why) in [
        (r#"{"act":"says"}"#, "act: expected according_to beside it, found none"),
        (
            r#"{"according_to":"A","act":["says","says"]}"#,
            "act: expected one for each of according_to (1), found more",
        ),
        (
            r#"{"according_to":"A","attribution":["B"]}"#,
            "according_to: expected this or attribution, found both",
        ),
        (
            r#"{"when":{"basis":"derived"},"basis":"derived"}"#,
            "basis: expected it once, found it in when too",
        ),
        (r#"{"stance":"mentions"}"#, "stance: expected quote beside it, found none"),
        (
            r#"{"when":5}"#,
            "when: expected a date in quotes, or fields in braces, found 5 (column 9)",
        ),
        (
            r#"{"topics":[5]}"#,
            "topics[0]: expected a name in quotes, or fields in braces, found 5 (column 12)",
        ),
    ] {
        let error = json_lines(line).unwrap_err();
        assert_eq!(error[0].why.to_string(), why, "{line}");
    }
}
