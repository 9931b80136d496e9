//! A command on a pseudo-terminal: what it shows, what is typed, how it ends.
//!
//! Always holds: the keys and the questions of a conversation are counted.

use crate::editor::story::Desk;
use rexpect::process::wait::WaitStatus;
use rexpect::session::{PtySession, spawn_command};
use std::num::NonZero;
use std::process::{Command, Stdio};

pub const BACK: &str = "\u{7f}";
pub const CTRL_C: &str = "\u{3}";
pub const CTRL_D: &str = "\u{4}";

pub struct Talk {
    session: PtySession,
    /// What was shown so far, a character for each byte.
    shown: String,
    /// How many keys were pressed.
    pub keys: usize,
    /// How many questions were answered with a line.
    pub prompts: usize,
}

pub fn talk(mut command: Command) -> Talk {
    // A pseudo-terminal takes the place of each of the three.
    command.env("TERM", "xterm").stdin(Stdio::inherit());
    let session = spawn_command(command, Some(30_000)).unwrap();
    Talk { session, shown: String::new(), keys: 0, prompts: 0 }
}

pub fn talk_of(desk: &Desk, by: &str, line: &str) -> Talk {
    talk(desk.command(by, line))
}

/// A command on a terminal of this width that shows what is typed, as a person's does, and what a
/// shell prints of it and of the terminal afterwards.
pub fn talk_at_a_shell(desk: &Desk, line: &str, columns: u16) -> Talk {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("stty echo cols {columns} rows 40; \"$0\" \"$@\"; echo exit $?; stty -a"));
    shell.arg(env!("CARGO_BIN_EXE_annals")).args(line.split('|'));
    shell.current_dir(desk.folder.path());
    talk(shell)
}

/// A character for each byte, as the reader takes them.
fn latin(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

impl Talk {
    pub fn sees(&mut self, text: &str) -> String {
        let before = self.session.exp_string(&latin(text));
        let before = before.unwrap_or_else(|error| panic!("{text}: {error}"));
        self.shown.push_str(&before);
        self.shown.push_str(&latin(text));
        before
    }

    pub fn types(&mut self, text: &str) {
        self.keys += text.chars().count();
        self.session.send(text).unwrap();
        self.session.flush().unwrap();
    }

    /// Waits for a question and answers it with a line.
    pub fn asks(&mut self, question: &str, answer: &str) {
        self.sees(question);
        self.prompts += 1;
        self.types(&format!("{answer}\r"));
    }

    /// The screen of this width that was shown so far, without spaces at the ends of its lines.
    pub fn screen(&self, columns: u16) -> String {
        let bytes: Vec<u8> = self.shown.chars().map(|c| c as u8).collect();
        let size = |cells| NonZero::new(cells).unwrap();
        let mut screen = vt100::Parser::new(size(200), size(columns), 0);
        screen.process(&bytes);
        screen.screen().contents()
    }

    /// What is left of the output, and the exit code.
    pub fn ends(mut self) -> (String, i32) {
        let rest = self.session.exp_eof().unwrap();
        match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => (rest, code),
            other => panic!("{other:?}"),
        }
    }
}
