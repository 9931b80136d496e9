//! The keys of a line on a terminal: moves, words, history, paste, completion, wide characters.

use crate::editor::story::{Desk, desk, facts};
use crate::editor::talk::{BACK, CTRL_C, Talk, talk_at_a_shell, talk_of};

const HOME: &str = "\u{1b}[H";
const END: &str = "\u{1b}[F";
const LEFT: &str = "\u{1b}[D";
const UP: &str = "\u{1b}[A";
const WORD_LEFT: &str = "\u{1b}b";
const CTRL_A: &str = "\u{1}";
const CTRL_E: &str = "\u{5}";
const CTRL_K: &str = "\u{b}";
const CTRL_U: &str = "\u{15}";
const CTRL_W: &str = "\u{17}";

/// A dispute whose statement is asked for.
const DISPUTE: &str = "dispute|4|--reason|wrong-date";

/// What a statement becomes that is typed with these keys.
fn statement(desk: &Desk, keys: &str) -> Talk {
    let mut talk = talk_of(desk, "bo", DISPUTE);
    talk.asks("statement (why, in a sentence for readers): ", keys);
    talk
}

#[test]
fn a_line_is_edited_with_the_keys_of_readline() {
    let desk = facts();
    for (keys, becomes) in [
        (format!("was Tuesday{HOME}It {END}."), "It was Tuesday."),
        (format!("was Tuesday{CTRL_A}It {CTRL_E}."), "It was Tuesday."),
        (format!("It was{LEFT}{LEFT}{LEFT}so {END}."), "It so was."),
        (format!("It was Wednesday{CTRL_W}Tuesday."), "It was Tuesday."),
        (format!("It was a Wednesday{WORD_LEFT}{CTRL_K}{BACK}{BACK}Tuesday."), "It was Tuesday."),
        (format!("It was{CTRL_U}No."), "No."),
        (format!("漢字{BACK}{HOME}é{END}語"), "é漢語"),
    ] {
        let mut talk = statement(&desk, &keys);
        talk.sees(&format!("error in the record: “{becomes}”"));
        talk.asks("sign as bo and write 1 event? [y/N]", "n");
        assert_eq!(talk.ends().1, 3, "{becomes}");
    }
}

#[test]
fn a_pasted_line_break_is_a_space_and_answers_nothing() {
    let desk = facts();
    let pasted = "\u{1b}[200~It was\r\n  Tuesday.\n\u{1b}[201~";
    let mut talk = statement(&desk, pasted);
    talk.sees("error in the record: “It was Tuesday.”");
    talk.asks("sign as bo and write 1 event? [y/N]", "y");
    talk.sees("written at 8");
    assert_eq!(talk.ends().1, 0);
}

#[test]
fn the_answers_of_a_command_are_its_history() {
    let desk = facts();
    let mut talk = talk_of(&desk, "bo", "dispute|4");
    talk.asks("reason: ", "wrong-date");
    talk.asks("statement", &format!("It was Tuesday.{CTRL_U}{UP}{HOME}The {END} of it"));
    talk.sees("error in the record: “The wrong-date of it”");
    talk.asks("sign as bo and write 1 event? [y/N]", "n");
    assert_eq!(talk.ends().1, 3);
}

#[test]
fn a_long_line_is_drawn_once_on_sixty_columns() {
    let desk = desk();
    let line = "append|--by|ada|--quote|two hours";
    let mut talk = talk_at_a_shell(&desk, line, 60);
    let claim = "The talks of Sullivan and Grushko in Moscow, of which Kommersant reports, \
                 lasted two hours.";
    talk.sees("claim (one sentence that stands by itself): ");
    for word in claim.split_inclusive(' ') {
        talk.types(word);
        // Each redrawing goes through the whole line.
        talk.types(&format!("{HOME}{END}"));
    }
    talk.types(CTRL_C);
    talk.sees("nothing was written");
    talk.sees("exit 3");
    let screen = talk.screen(60).replace('\n', "");
    let once = format!("claim (one sentence that stands by itself): {claim}");
    assert_eq!(screen.matches("stands by itself").count(), 1, "{screen}");
    assert!(screen.contains(&once), "{screen}");
    let (terminal, _) = talk.ends();
    let modes: Vec<&str> = terminal.split_whitespace().collect();
    for mode in ["echo", "isig", "icanon", "icrnl", "opost"] {
        assert!(modes.contains(&mode), "{mode}: {terminal}");
    }
}
