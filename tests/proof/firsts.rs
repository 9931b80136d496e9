//! The first line of a proof: damaged, it is not a proof; of a later version, it is not verified.

use crate::proof::story::{Desk, ledger};

/// The exit and the message for another first line of a good proof.
fn with_first(first: &str) -> (i32, String, String) {
    let desk = Desk::of(&ledger().files());
    let made = desk.run("prove 5 --output it.proof");
    assert_eq!(made.exit, 0, "{}", made.err);
    let text = desk.read("it.proof").replacen("annals proof v1", first, 1);
    desk.write("it.proof", text);
    let answer = desk.run("verify it.proof");
    (answer.exit, answer.out, answer.err)
}

#[test]
fn a_proof_whose_first_line_is_damaged_is_not_judged() {
    let (exit, out, err) = with_first("annals prof v1");
    let why = "found another file, or one whose first line is damaged\n";
    assert_eq!((exit, out.as_str(), err.ends_with(why)), (2, "", true), "{err}");
    let (exit, out, _) = with_first("annals proof v1 ");
    let why = "fault: rule 1001 proof-form: line 1: expected annals proof v1\n\
               no: the proof does not hold\n";
    assert_eq!((exit, out.as_str()), (1, why));
}

#[test]
fn a_proof_of_a_later_version_is_not_called_broken() {
    let (exit, out, err) = with_first("annals proof v2");
    let why = "proof: version 2, this program knows version 1\n\
               could not tell: a newer program is needed\n";
    assert_eq!((exit, out.as_str(), err.as_str()), (2, why, ""));
    let (exit, ..) = with_first("annals proof v1");
    assert_eq!(exit, 5, "nobody else names its log key");
}

/// The verdict is that of the rules; one line more says what a mail program may have done.
#[test]
fn a_proof_that_mail_changed_is_answered_with_what_to_do() {
    let desk = Desk::of(&ledger().files());
    desk.run("prove 5 --output it.proof");
    let good = desk.read("it.proof");
    let mailed =
        "; a mail program may have changed it: have it sent as an attachment, or in an archive\n";
    let cases = [
        (format!("{good}\n--\nSent.\n"), "text stands after its end, which is no part of it"),
        (
            format!("{good}\n> {}\n", good.trim_end().replace('\n', "\n> ")),
            "it stands there more than once",
        ),
        (
            good.replace("\u{2014} ", "\u{2014}\u{200B} "),
            "spaces or unseen characters in it were changed",
        ),
        (
            good.replace(" example.org", " [example.org](http://example.org)"),
            "links in it were rewritten",
        ),
        (good.replace("\n\n", "\n"), "its empty lines are gone"),
        (
            good.replace('\u{2014}', "\u{E2}\u{20AC}\u{201D}"),
            "its UTF-8 was read in another encoding",
        ),
        (good.replace('"', "\u{201D}"), "its straight quotation marks are other signs"),
        (good.replace('\u{2014}', "--"), "the dash before its signatures is another sign"),
    ];
    for (text, why) in cases {
        desk.write("mailed", text);
        let answer = desk.run("verify mailed");
        let end = format!("what to do: {why}{mailed}no: the proof does not hold\n");
        assert!(answer.exit == 1 && answer.out.ends_with(&end), "{}", answer.out);
    }
    desk.write("mailed", format!("Hello,\n\n> it is here:\n> {good}"));
    let answer = desk.run("verify mailed");
    let why = format!("found another file, in which a proof begins at line 4{mailed}");
    assert!(answer.exit == 2 && answer.err.ends_with(&why), "{}", answer.err);
}
