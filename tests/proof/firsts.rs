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
