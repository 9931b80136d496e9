//! Questions on a terminal: shown first, three attempts, and no means no.
//!
//! The terminal is Python's `pty` (python3 on PATH): a script answers each prompt in turn.

use crate::people::desk::Desk;
use crate::people::undone_acts::two_facts;
use std::process::Command;

/// Runs a command on a terminal; each pair is an expected prompt and the answer. Returns the exit
/// code and all output.
fn on_terminal(desk: &Desk, line: &str, script: &[(&str, &str)]) -> (i32, String) {
    on_terminal_with(desk, line, &[], script)
}

/// The same with something in the environment.
pub fn on_terminal_with(
    desk: &Desk,
    line: &str,
    environment: &[(&str, &str)],
    script: &[(&str, &str)],
) -> (i32, String) {
    const PYTHON: &str = r#"
import os, pty, signal, sys, termios, time
argv, answers = sys.argv[2:2 + int(sys.argv[1])], sys.argv[2 + int(sys.argv[1]):]
pid, terminal = pty.fork()
if pid == 0:
    signal.alarm(60)  # a question that nobody answers ends the program, not the test run
    os.execv(argv[0], argv)
seen, at = b"", 0
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    while answers and (found := seen.find(answers[0].encode(), at)) >= 0:
        at = found + len(answers[0].encode())
        # What is typed before the program turns the echo off is thrown away; a question of yes or
        # no shows what is typed, and nothing typed after it stands there is lost.
        for _ in range(0 if seen[:at].endswith(b"[y/N] ") else 1000):
            if not termios.tcgetattr(terminal)[3] & termios.ECHO:
                break
            time.sleep(0.005)
        os.write(terminal, answers[1].encode())
        answers = answers[2:]
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;
    let annals = desk.command(line, environment);
    let mut python = Command::new("python3");
    python.current_dir(desk.folder.path()).args(["-c", PYTHON]);
    python.arg((annals.get_args().count() + 1).to_string());
    python.arg(annals.get_program()).args(annals.get_args());
    for (waited, typed) in script {
        python.args([*waited, &format!("{typed}\r")]);
    }
    for (name, value) in annals.get_envs() {
        match value {
            Some(value) => python.env(name, value),
            None => python.env_remove(name),
        };
    }
    let done = python.env("TERM", "dumb").output().unwrap();
    let seen = String::from_utf8_lossy(&done.stdout).replace('\r', "");
    (done.status.code().unwrap(), seen)
}

#[test]
fn a_revocation_is_shown_and_no_is_no() {
    let desk = Desk::with_bo();
    let revoke = "editor revoke bo --reason left --statement gone --by ada";
    let (exit, seen) = on_terminal(&desk, revoke, &[("sign as ada and write this? [y/N] ", "n")]);
    assert!(seen.contains("revoke Bo Berg (key "), "{seen}");
    assert!(seen.contains("nothing was written"), "{seen}");
    assert_eq!((exit, desk.whole()), (3, 2));
    let (exit, seen) = on_terminal(&desk, revoke, &[("sign as ada and write this? [y/N] ", "y")]);
    assert!(seen.contains("written at 2\n"), "{seen}");
    assert_eq!((exit, desk.whole()), (0, 3));
}

#[test]
fn a_passphrase_has_three_attempts() {
    let desk = Desk::founded();
    let new = [("new passphrase of dee", "right"), ("once more", "right")];
    let (exit, seen) = on_terminal(&desk, "key new dee --name Dee", &new);
    assert_eq!(exit, 0, "{seen}");
    desk.told("editor add keys/dee.request --role admin --by ada");
    let wrong = "that was wrong; passphrase of dee";
    let tries = [
        ("passphrase of dee", "no"),
        (wrong, "not this"),
        (wrong, "right"),
        ("write this? [y/N] ", "y"),
    ];
    let (exit, seen) = on_terminal(&desk, "ledger change --title New --by dee", &tries);
    assert_eq!(exit, 0, "{seen}");
    assert!(!seen.contains("not this") && !seen.contains("right"), "{seen}");
    let tries = [("passphrase of dee", "1"), (wrong, "2"), (wrong, "3")];
    let (exit, seen) = on_terminal(&desk, "ledger change --title Newer --by dee", &tries);
    assert_eq!(exit, 2);
    assert!(seen.contains("found another (3 tried)"), "{seen}");
    assert_eq!(desk.whole(), 3);
}

#[test]
fn the_recovery_key_is_typed_line_by_line_and_a_slip_loses_one_line() {
    let desk = Desk::founded();
    desk.told("key new dee --name Dee --no-passphrase");
    let paper = desk.read("paper");
    let lines: Vec<&str> = paper.lines().skip(1).collect();
    let add = "editor add keys/dee.request --role admin --recovery";
    let script = [
        ("line 1 of 4", lines[0]),
        ("line 2 of 4", lines[0]),
        ("once more", lines[1]),
        ("line 3 of 4", lines[2]),
        ("line 4 of 4", lines[3]),
        ("write this? [y/N] ", "y"),
    ];
    let (exit, seen) = on_terminal(&desk, add, &script);
    assert_eq!(exit, 0, "{seen}");
    assert!(seen.contains("found a slip in line 2"), "{seen}");
    assert!(!seen.contains(lines[2]), "{seen}");
    assert_eq!(desk.whole(), 2);
}

#[test]
fn a_clock_that_is_far_off_needs_a_confirmation() {
    let desk = Desk::founded();
    desk.at("2028-03-09T08:00:00Z");
    let change = "ledger change --title New --by ada";
    let (exit, seen) = on_terminal(&desk, change, &[("is the clock right? [y/N] ", "n")]);
    assert_eq!((exit, desk.whole()), (3, 1), "{seen}");
    let answers = [("is the clock right? [y/N] ", "y"), ("write this? [y/N] ", "y")];
    let (exit, seen) = on_terminal(&desk, change, &answers);
    assert_eq!((exit, desk.whole()), (0, 2), "{seen}");
}

/// Only a whole answer counts: the first y or n in the input does not.
#[test]
fn an_answer_that_is_neither_yes_nor_no_repeats_the_question() {
    let desk = Desk::with_bo();
    let revoke = "editor revoke bo --reason left --statement gone --by ada";
    let asks = "sign as ada and write this? [y/N] ";
    for unclear in ["sorry wait", "not yet", "yn", "y n", "only", "да"] {
        let (exit, seen) = on_terminal(&desk, revoke, &[(asks, unclear), (asks, "No")]);
        assert!(seen.contains("expected y or yes, n or no, and return"), "{unclear}: {seen}");
        assert_eq!((exit, desk.whole()), (3, 2), "{unclear}: {seen}");
    }
    // After three of them nothing is written; an empty line alone does not count.
    let thrice = [(asks, "sorry"), (asks, "maybe"), (asks, "yesterday")];
    assert_eq!((on_terminal(&desk, revoke, &thrice).0, desk.whole()), (3, 2));
    assert_eq!((on_terminal(&desk, revoke, &[(asks, "")]).0, desk.whole()), (3, 2));
    let (exit, seen) = on_terminal(&desk, revoke, &[(asks, "hm"), (asks, " YES ")]);
    assert_eq!((exit, desk.whole()), (0, 3), "{seen}");
}

/// Input typed before the question does not answer it.
#[test]
fn an_answer_that_was_typed_before_the_question_is_none() {
    let desk = Desk::founded();
    let new = [("new passphrase of dee", "right"), ("once more", "right")];
    assert_eq!(on_terminal(&desk, "key new dee --name Dee", &new).0, 0);
    desk.told("editor add keys/dee.request --role admin --by ada");
    let change = "ledger change --title New --by dee";
    let ahead = [("passphrase of dee", "right\ry\ry"), ("write this? [y/N] ", "n")];
    let (exit, seen) = on_terminal(&desk, change, &ahead);
    assert_eq!((exit, desk.whole()), (3, 2), "{seen}");
}

/// After init, with Dee as another admin, whose key is encrypted: passphrase `right`.
fn with_dee() -> Desk {
    let desk = Desk::founded();
    let new = [("new passphrase of dee", "right"), ("once more", "right")];
    assert_eq!(on_terminal(&desk, "key new dee --name Dee", &new).0, 0);
    desk.told("editor add keys/dee.request --role admin --by ada");
    desk
}

/// Everything that needs no secret is checked before one is requested: these end without a
/// passphrase.
#[test]
fn faults_of_an_act_are_reported_before_the_passphrase_prompt() {
    let desk = with_dee();
    desk.told("key new bo --name Bo --no-passphrase");
    desk.told("editor add keys/bo.request --role editor --by ada");
    desk.told("editor revoke bo --reason left --statement gone --by ada");
    let revoked = "annals: editor.changed is refused: rule 407 key-named: the key <64> is already \
                   revoked by event 3; nothing was written\n";
    let taken = "annals: expected a name that no other person has, found Dee, which a reader takes \
                 for Dee (key <16>); another key of that person is enrolled with --person-of <16>, \
                 and another person of that name with --same-name\n";
    let again = "annals: editor.revoked is refused: rule 407 key-named: the key <64> is already \
                 revoked by event 3; nothing was written\n";
    let early = "annals: expected a clock that is behind the last event's time, ";
    for (line, told, exit) in [
        ("editor change bo --role admin --by dee", revoked, 1),
        ("editor add --local eff --name Dee --role editor --by dee", taken, 2),
        ("editor revoke bo --reason left --statement gone --by dee", again, 1),
        ("ledger retime --statement slow --by dee", early, 2),
    ] {
        let (exited, seen) = on_terminal(&desk, line, &[]);
        let seen = desk.told_of(&seen);
        assert!(seen.starts_with(told), "{line}: {seen}");
        assert!(!seen.contains("passphrase"), "{line}: {seen}");
        assert_eq!((exited, desk.whole()), (exit, 4), "{line}: {seen}");
    }
    // The passphrase of a new key is requested last, after every check.
    let add = "editor add --local eff --name Eff --role editor --by dee";
    let script = [
        ("passphrase of dee", "right"),
        ("new passphrase of eff", "other"),
        ("once more", "other"),
        ("sign as dee and write this? [y/N] ", "y"),
    ];
    let (exit, seen) = on_terminal(&desk, add, &script);
    assert_eq!((exit, desk.whole()), (0, 5), "{seen}");
}

/// The recovery key is not requested for an event that it cannot sign.
#[test]
fn an_act_beyond_the_recovery_key_is_refused_before_it_is_typed() {
    let desk = with_dee();
    let revoke = "editor revoke ada --reason compromised --statement stolen --recovery";
    let told = "note: the recovery key revokes only with --suspect-from: name the first event that \
                counts no more; head is the last one\n\
                annals: editor.revoked is refused: rule 408 suspect-from: the recovery key revokes \
                only with suspect_from; nothing was written\n";
    let (exit, seen) = on_terminal(&desk, revoke, &[]);
    assert_eq!((exit, desk.told_of(&seen).as_str()), (1, told));
}

/// A dry run needs no key, no passphrase and no recovery key.
#[test]
fn an_act_that_is_only_tried_asks_for_nothing() {
    let desk = with_dee();
    desk.told("ledger change --title Stolen --by ada");
    std::fs::rename(desk.path("keys/ada.key"), desk.path("ada.key")).unwrap();
    let would = "one event would be written; nothing was\n";
    let acts = [
        "ledger change --title New --by dee",
        "ledger rekey --reason rotated --statement yearly --by dee",
        "editor change ada --role editor --by dee",
        "editor revoke ada --reason left --statement gone --by dee",
        "editor add --local eff --name Eff --role editor --by dee",
        "editor revoke ada --reason compromised --suspect-from 2 --statement stolen --recovery",
    ];
    for line in acts {
        let (exit, seen) = on_terminal(&desk, &format!("{line} --dry-run"), &[]);
        let seen = desk.told_of(&seen);
        assert!(seen.ends_with(would), "{line}: {seen}");
        assert!(!seen.contains("passphrase"), "{line}: {seen}");
        assert_eq!((exit, desk.whole()), (0, 3), "{line}: {seen}");
    }
    // Nor does it need a folder of keys.
    std::fs::rename(desk.path("keys"), desk.path("away")).unwrap();
    for line in acts {
        let line = line.replace(" --by dee", "");
        let (exit, told) = desk.refused(&format!("{line} --dry-run"));
        assert!(told.ends_with(would), "{line}: {told}");
        assert_eq!(exit, 0, "{line}: {told}");
    }
}

/// Bo disputes other words than the present ones: 6 Dana's correction resolves nothing.
#[test]
fn what_a_dispute_and_a_retraction_say_is_shown_to_who_ends_them() {
    let desk = two_facts();
    desk.told("key new dana --name Dana_Oak --no-passphrase");
    desk.told("editor add keys/dana.request --role editor --by ada");
    desk.told("dispute 3 --reason wrong-date --error-in document --statement Tuesday. --by bo");
    let correct = "correct 3 --reason wrong-date --error-in document --statement Yes. --by dana";
    desk.told(&format!("{correct} --claim Two_met_then."));
    let charge = "dispute 6: wrong-date, error in the document: “Tuesday.” (Bo Berg, ";
    let words = "; of the words of 3: “Two met.”";
    let (exit, shown) = desk.refused("uphold 6 --statement No. --by bo --dry-run");
    assert_eq!(exit, 0, "{shown}");
    for part in ["fact 3: disputed, corrected", "“Two met then.”", charge, words] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(shown.contains("disputed were the words of 3: “Two met.”"), "{shown}");
    let draft = r#"{"type":"fact.upheld","dispute":6,"statement":"No."}"#;
    std::fs::write(desk.path("uphold.jsonl"), draft).unwrap();
    let (exit, of_file) = desk.refused("append uphold.jsonl --by bo --dry-run");
    assert_eq!((exit, of_file), (0, shown));
    let open = "6 (open, of the words of 3): wrong-date, error in the document";
    assert!(desk.told("show 3").contains(open), "{}", desk.told("show 3"));
    let below = "disputed by 6, of the words of 3: wrong-date, error in the document";
    for command in ["replay", "review --by ada"] {
        assert!(desk.told(command).contains(below), "{}", desk.told(command));
    }
    // A retraction is shown in the same way; it is of the present words.
    desk.told("retract 4 --reason duplicate --error-in record --statement Twice. --by ada");
    let (exit, shown) = desk.refused("reinstate 4 --statement No. --by bo --dry-run");
    assert_eq!(exit, 0, "{shown}");
    let charge = "retraction 8: duplicate, error in the record: “Twice.” (Ada Example, ";
    assert!(shown.contains(charge) && shown.contains("fact 4: retracted"), "{shown}");
    assert!(!shown.contains("of the words of"), "{shown}");
}
