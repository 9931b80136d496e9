//! Every cell of the transition table of section 8: the resulting status, or the rule that refuses.

use crate::rules::dsl::{DOC, FACT, NEXT, Step, Story, given, given_two};
use crate::support::{Act, acts};

fn disputed(dispute: u64) -> Vec<(&'static str, Act, Result<&'static str, u16>)> {
    vec![
        ("bo", acts::confirmed(FACT), Ok("disputed")),
        ("dan", acts::disputed(FACT), Ok("disputed")),
        ("bo", acts::upheld(dispute), Ok("asserted")),
        ("bo", acts::corrected(FACT, DOC, &[dispute]), Ok("asserted")),
        ("bo", acts::corrected(FACT, DOC, &[]), Ok("disputed")),
        ("bo", acts::retracted(FACT), Ok("retracted")),
        ("bo", acts::reinstated(dispute), Err(501)),
    ]
}

fn run(story: &Story, cells: Vec<(&'static str, Act, Result<&'static str, u16>)>) {
    for (by, act, expected) in cells {
        story.when(by, act).is(expected);
    }
}

#[test]
fn asserted() {
    let cells = |confirmed: &'static str| {
        vec![
            ("bo", acts::confirmed(FACT), Ok(confirmed)),
            ("bo", acts::disputed(FACT), Ok("disputed")),
            ("bo", acts::upheld(FACT), Err(501)),
            ("bo", acts::corrected(FACT, DOC, &[]), Ok("asserted")),
            ("ada", acts::corrected(FACT, DOC, &[]), Ok("asserted")),
            ("bo", acts::retracted(FACT), Ok("retracted")),
            ("bo", acts::reinstated(FACT), Err(501)),
        ]
    };
    run(&given(vec![]), cells("confirmed"));
    run(&given_two(vec![]), cells("asserted"));
    given_two(vec![("bo", acts::confirmed(FACT))])
        .when("cy", acts::confirmed(FACT))
        .is(Ok("confirmed"));
}

#[test]
fn asserted_with_a_past() {
    let closed = given(vec![("cy", acts::disputed(FACT)), ("bo", acts::upheld(NEXT))]);
    closed.when("dan", acts::upheld(NEXT)).refused(507);
    let ended = given(vec![("cy", acts::retracted(FACT)), ("bo", acts::reinstated(NEXT))]);
    ended.when("dan", acts::reinstated(NEXT)).refused(511);
}

#[test]
fn confirmed() {
    let story = given(vec![("bo", acts::confirmed(FACT))]);
    run(
        &story,
        vec![
            ("cy", acts::confirmed(FACT), Ok("confirmed")),
            ("cy", acts::disputed(FACT), Ok("disputed")),
            ("cy", acts::upheld(NEXT), Err(501)),
            ("cy", acts::corrected(FACT, DOC, &[]), Ok("asserted")),
            ("cy", acts::retracted(FACT), Ok("retracted")),
            ("cy", acts::reinstated(NEXT), Err(501)),
        ],
    );
    let state = story.when("cy", acts::confirmed(FACT)).stands();
    assert_eq!(state.fact(FACT)["confirmed_by"].as_array().map(Vec::len), Some(2));
    let state = story.when("cy", acts::corrected(FACT, DOC, &[])).stands();
    let fact = state.fact(FACT);
    assert_eq!((&fact["revision"], &fact["corrected"]), (&7.into(), &1.into()));
    assert_eq!(fact["confirmed_by"].as_array().map(Vec::len), Some(0), "a correction empties them");
}

#[test]
fn disputed_once() {
    run(&given(vec![("cy", acts::disputed(FACT))]), disputed(NEXT));
    let state =
        given(vec![("cy", acts::disputed(FACT))]).when("bo", acts::confirmed(FACT)).stands();
    assert_eq!(state.fact(FACT)["confirmed_by"].as_array().map(Vec::len), Some(1), "counted");
    given(vec![("bo", acts::confirmed(FACT)), ("cy", acts::disputed(FACT))])
        .when("dan", acts::upheld(7))
        .is(Ok("confirmed"));
}

#[test]
fn disputed_twice() {
    let two: Vec<Step> = vec![("cy", acts::disputed(FACT)), ("dan", acts::disputed(FACT))];
    run(
        &given(two),
        vec![
            ("bo", acts::upheld(6), Ok("disputed")),
            ("bo", acts::corrected(FACT, DOC, &[7]), Ok("disputed")),
            ("bo", acts::corrected(FACT, DOC, &[6, 7]), Ok("asserted")),
            ("bo", acts::disputed(FACT), Ok("disputed")),
        ],
    );
}

#[test]
fn retracted() {
    let story = given(vec![("cy", acts::disputed(FACT)), ("dan", acts::retracted(FACT))]);
    run(
        &story,
        vec![
            ("bo", acts::confirmed(FACT), Err(502)),
            ("bo", acts::disputed(FACT), Err(502)),
            ("bo", acts::upheld(6), Err(502)),
            ("bo", acts::corrected(FACT, DOC, &[6]), Err(502)),
            ("bo", acts::retracted(FACT), Err(502)),
            ("bo", acts::reinstated(7), Ok("disputed")),
        ],
    );
}

#[test]
fn reinstated_as_before_the_retraction() {
    let before: [(Vec<Step>, &str); 3] = [
        (vec![], "asserted"),
        (vec![("bo", acts::confirmed(FACT))], "confirmed"),
        (vec![("bo", acts::confirmed(FACT)), ("cy", acts::disputed(FACT))], "disputed"),
    ];
    for (mut steps, status) in before {
        let retraction = NEXT + steps.len() as u64;
        steps.push(("dan", acts::retracted(FACT)));
        given(steps).when("bo", acts::reinstated(retraction)).is(Ok(status));
    }
}

#[test]
fn relations_releases_and_redactions_change_no_status() {
    for (steps, status) in [
        (vec![], "asserted"),
        (vec![("bo", acts::confirmed(FACT))], "confirmed"),
        (vec![("bo", acts::disputed(FACT))], "disputed"),
        (vec![("bo", acts::retracted(FACT))], "retracted"),
    ] {
        let mut steps: Vec<Step> = steps;
        let other = NEXT + steps.len() as u64;
        steps.push(("bo", acts::asserted_sealed(DOC, "\"by-hand\"")));
        let story = given(steps);
        story.when("cy", acts::related(FACT, "supports", other)).is(Ok(status));
        story.when("cy", acts::released(other)).is(Ok(status));
        story.when("dan", acts::redacted(FACT)).is(Ok(status));
    }
}
