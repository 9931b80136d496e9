//! `annals append FILE.csv`: tables as spreadsheets save them, each bad cell named, templates.

use crate::editor::story::{Desk, desk};

fn file(desk: &Desk, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(desk.path(name), bytes).unwrap();
}

const TABLE: &str = "\
ref,type,quote,claim,according_to,agent_type,act,when,as_written,basis,topics,from,rel,to,statement
answers,,two answers were given,Two answers were given.,Kommersant,organization,reports,,,,\
Kommersant; two answers,,,,
talks,,\"The talks lasted
two hours\",The talks lasted two hours.,,,,2022-01-26,Wednesday,derived,,,,,
,fact.related,,,,,,,,,,talks,supports,answers,they talked about it
";

#[test]
fn a_table_is_entered_as_lines_are_and_the_same_again_as_lines() {
    let desk = desk();
    file(&desk, "facts.csv", TABLE);
    desk.writes("ada", "append|facts.csv", "written at 4 to 6 (3 events)");
    let fact = desk.fact(4);
    assert_eq!(fact["attribution"][0]["agent"], "Kommersant");
    assert_eq!(fact["attribution"][0]["act"], "reports");
    assert_eq!(fact["topics"][1]["name"], "two answers");
    assert_eq!(desk.fact(5)["when"]["as_written"], "Wednesday");
    // In another form it is the same drafts.
    let lines = desk.run("ada", "append|facts.csv|--template|jsonl");
    assert_eq!((lines.exit, lines.out.lines().count()), (0, 3), "{lines:?}");
    file(&desk, "facts.jsonl", &lines.out);
    desk.writes("ada", "append|facts.jsonl", "already at 4 to 6 (3 events)");
    for form in ["toml", "tsv", "csv"] {
        let told = desk.run("ada", &format!("append|facts.jsonl|--template|{form}"));
        let name = format!("again.{form}");
        file(&desk, &name, &told.out);
        desk.writes("ada", &format!("append|{name}"), "already at 4 to 6 (3 events)");
    }
}

#[test]
fn what_a_spreadsheet_of_another_locale_saves_is_read() {
    let desk = desk();
    let table = "\u{feff}claim;quote;topics\r\n\"They met; twice.\";\"Sullivan met\r\nGrushko\";\
                 Sullivan; Grushko\r\n;;\r\n";
    // The last cell goes on after a separator that is in none of its quotation marks.
    file(&desk, "bad.csv", table);
    desk.refuses(
        "ada",
        "append|bad.csv",
        (
            1,
            "annals: one row is refused; nothing was written\n  row 2, column D: expected a column \
             with a name, found none\n",
        ),
    );
    file(&desk, "good.csv", table.replace("Sullivan; Grushko", "\"Sullivan; Grushko\""));
    desk.writes("ada", "append|good.csv", "written at 4");
    let fact = desk.fact(4);
    assert_eq!(fact["claim"], "They met; twice.");
    assert_eq!(fact["topics"][1]["name"], "Grushko");
    let tabs = "quote\tclaim\ntwo hours\tIt took \"two\" hours.\n";
    file(&desk, "good.tsv", tabs);
    desk.writes("ada", "append|good.tsv", "written at 5");
    // A byte order mark is no letter in lines either.
    file(&desk, "mark.jsonl", "\u{feff}{\"claim\":\"Asked.\",\"quote\":\"core … not answered\"}\n");
    desk.writes("ada", "append|mark.jsonl", "written at 6");
}

#[test]
fn every_bad_cell_is_named_with_its_row_and_column_and_nothing_is_written() {
    let desk = desk();
    let table = "\
ref,quote,claim,vouch,nth,when,as_written,basis,according_to,agent_type,act,clam
F1,two hours,It took two hours.,yes,x,26.01.2022,,,,,,
F2,three hours,Three hours.,said,,2022-01-26,Thursday,derived,Kommersant,,,
F3,two hours,Two.,,,,,,,person,says; says,

F5,two hours,,,,,,,K; L,person; persn,,more
,,,,,,,,,,,
F7,two hours,Fine.,said,1,,,,,,,
F5,Moscow,M.,,,,,,,,,
";
    file(&desk, "bad.csv", table);
    desk.refuses("ada", "append|bad.csv", (1, "\
annals: 6 rows are refused; nothing was written
  row 1, column L (clam): unknown column `clam`; the nearest known ones: claim
  row 2 (F1), column D (vouch): unknown word `yes`, expected `said` or `so`
  row 2 (F1), column E (nth): expected a whole number, found \"x\"
  row 2 (F1), column F (when): expected a date or an interval such as 2022-01-26 or 2021/2022, found \"26.01.2022\"; a spreadsheet changes dates unless their column has the format Text
  row 3 (F2), column B (quote): in document 3: the quotation does not stand in the document: the nearest place is \"hours\" at code point 129; before it the document has \"y. The talks lasted two \", the quotation has \"three \"
  row 3 (F2), column I (according_to): attribution: agent_type of \"Kommersant\" is missing at its first use: person, organization or document
  row 4 (F3), column J (agent_type): expected according_to beside it, found none
  row 4 (F3), column K (act): expected according_to beside it, found none
  row 6 (F5), column J (agent_type): item 2: unknown word `persn`, expected one of `person`, `organization`, `document`
  row 9 (F5), column A (ref): \"F5\" is given twice in this input
"));
}

#[test]
fn a_file_that_is_no_table_in_utf_8_says_so() {
    let desk = desk();
    let save = "save it as UTF-8 (a spreadsheet: CSV UTF-8)";
    for (bytes, why) in [
        (
            &b"claim,quote\nGespr\xe4che,two hours\n"[..],
            format!(
                "expected UTF-8, found other bytes, such as Windows-1252 has, from byte 17 (line \
                 2) on; {save}"
            ),
        ),
        (b"\xff\xfec\0l\0", format!("expected UTF-8, found UTF-16; {save}")),
        (b"PK\x03\x04xl", format!("expected UTF-8, found a spreadsheet or an archive; {save}")),
    ] {
        file(&desk, "bad.csv", bytes);
        desk.refuses("ada", "append|bad.csv", (2, &format!("annals: bad.csv: {why}\n")));
    }
    file(&desk, "bad.csv", "{\"claim\":\"C.\"}\n");
    desk.refuses(
        "ada",
        "append|bad.csv",
        (
            1,
            "annals: one draft is refused; nothing was written\n  line 1: expected a table, whose \
             first row names its columns; found JSON Lines: give the file a name that ends in \
             .jsonl\n",
        ),
    );
    file(&desk, "bad.csv", "The ministers met.\n");
    desk.refuses(
        "ada",
        "append|bad.csv",
        (
            1,
            "annals: one row is refused; nothing was written\n  row 1: expected the names of \
             columns with a comma, a semicolon or a TAB between them; annals append --template csv \
             has them all\n",
        ),
    );
    file(&desk, "empty.csv", "claim,quote\n,\n");
    desk.refuses(
        "ada",
        "append|empty.csv",
        (2, "annals: there are no drafts in the input; nothing was written\n"),
    );
}

#[test]
fn a_template_has_every_field_and_enters_nothing() {
    let desk = desk();
    for form in ["csv", "tsv", "toml"] {
        let template = desk.run("", &format!("append|--template|{form}"));
        assert_eq!((template.exit, template.err.as_str()), (0, ""));
        for field in ["ref", "claim", "according_to", "evidence.1.span.start", "relation"] {
            assert!(template.out.contains(field), "{form}: {field}");
        }
        let name = format!("template.{form}");
        file(&desk, &name, template.out);
        let none = "annals: there are no drafts in the input; nothing was written\n";
        desk.refuses("ada", &format!("append|{name}"), (2, none));
    }
    let both = "append|--template|csv|--claim|C.";
    assert_eq!(desk.run("", both).exit, 2);
}

#[test]
fn quotation_marks_that_are_not_closed_or_not_written_twice_are_refused_with_their_cell() {
    let desk = crate::editor::story::facts();
    let refused = |table: &str, why: &str| {
        file(&desk, "marks.csv", table);
        let told = format!("annals: one row is refused; nothing was written\n  {why}\n");
        desk.refuses("bo", "append|marks.csv", (1, &told));
    };
    let open = "row 2, column D (statement): a quotation mark opens the cell and nothing closes it; inside of a \
                quoted cell a quotation mark is written twice (\"\"), and a cell that begins with \
                one is quoted as a whole";
    refused(
        "type,fact,reason,statement\nfact.disputed,4,wrong-figure,\"It was one.\n\
         fact.disputed,5,wrong-figure,It was two hours.\n",
        open,
    );
    let inside = "row 2, column C (claim): a quotation mark ends the cell before its end; inside of a quoted \
                  cell a quotation mark is written twice (\"\")";
    refused("quote,nth,claim\ntwo hours,,\"It took \"two\" hours.\"\n", inside);
    let below = "row 2, column B (claim): a quotation mark opens the cell, and the next one, one line below, \
                 is no end of a cell; perhaps the first is never closed; inside of a quoted cell a \
                 quotation mark is written twice (\"\")";
    refused("quote,claim\ntwo hours,\"It took hours.\ncore … answered,\"Asked.\"\n", below);
    // Written twice, or in a cell without marks around it, they are part of the claim.
    let good =
        "quote,claim\ntwo hours,\"It took \"\"two\"\" hours.\"\ncore … answered,It \"is\" so.\n";
    file(&desk, "good.csv", good);
    desk.writes("bo", "append|good.csv", "written at 8 to 9 (2 events)");
    assert_eq!(desk.fact(8)["claim"], "It took \"two\" hours.");
    assert_eq!(desk.fact(9)["claim"], "It \"is\" so.");
}

/// Rows that are numbered as a spreadsheet numbers them are not the positions of the record.
#[test]
fn digits_that_are_a_ref_and_a_position_are_refused() {
    let desk = crate::editor::story::facts();
    let table = |from: &str| {
        format!(
            "ref,type,quote,claim,from,rel,to\n4,,two hours,Two.,,,\n5,,in Moscow,There.,,,\n\
             6,fact.related,,,{from},contradicts,'5\n"
        )
    };
    file(&desk, "rows.csv", table("4"));
    let told = "annals: one row is refused; nothing was written\n  row 4 (6): expected a position \
                or a ref, found 4, which is a position and the ref of a row here; a ref that is \
                meant has an apostrophe before it: '4\n";
    desk.refuses("ada", "append|rows.csv", (1, told));
    file(&desk, "rows.csv", table("'4"));
    desk.writes("ada", "append|rows.csv", "written at 8 to 10 (3 events)");
    let related = desk.json("show|10");
    assert_eq!(
        (&related["event"]["args"]["from"], &related["event"]["args"]["to"]),
        (&8.into(), &9.into())
    );
}

#[test]
fn a_row_that_is_passed_over_is_named_if_it_has_more_than_a_note() {
    let desk = desk();
    let table = "claim,quote\n# A note,with more\n\"#MeToo began there.\",two hours\nIt took long.,two hours\n";
    file(&desk, "facts.csv", table);
    let told = desk.writes("ada", "append|facts.csv", "written at 4");
    let note = "note: row 3 begins with #, and is passed over; a cell that is meant to begin with # \
                has an apostrophe before it: '#";
    assert!(told.err.replace('\n', " ").contains(note), "{told:?}");
    file(&desk, "more.csv", "claim,quote\n'#MeToo began there.,Sullivan met\n");
    desk.writes("ada", "append|more.csv", "written at 5");
    assert_eq!(desk.fact(5)["claim"], "#MeToo began there.");
}

#[test]
fn a_table_under_another_name_and_lines_in_a_table_are_one_error() {
    let desk = desk();
    let table = "claim,quote\nOne.,two hours\nTwo.,two hours\n";
    let lines = "{\"claim\":\"One.\",\"quote\":\"two hours\"}\n".repeat(3);
    let head = "annals: one draft is refused; nothing was written\n  line 1: expected";
    let found = "JSON Lines, a draft in braces on each line; found a table: give it in a file with a \
                 name that ends in .csv (.tsv with a TAB between its cells)\n";
    for name in ["a.txt", "a.jsonl"] {
        file(&desk, name, table);
        desk.refuses("ada", &format!("append|{name}"), (1, &format!("{head} {found}")));
    }
    let found = "a table, whose first row names its columns; found JSON Lines: give the file a name \
                 that ends in .jsonl\n";
    for name in ["a.csv", "a.tsv"] {
        file(&desk, name, &lines);
        desk.refuses("ada", &format!("append|{name}"), (1, &format!("{head} {found}")));
    }
}
