//! Answers on terminals of 60 and 100 columns: their lines end between words.

use crate::editor::talk::talk;
use std::process::Command;

/// Every command that reads, with what is long in it.
const COMMANDS: [&str; 16] = [
    "status",
    "verify",
    "log",
    "show 24",
    "show 53",
    "show 28",
    "blame 3",
    "blame 44",
    "timeline",
    "find reply",
    "diff 30",
    "replay",
    "replay --as-of 30",
    "document list",
    "editor list",
    "key list",
];

/// The lines of a command's answer on a terminal, without colours.
fn answer(command: &str, columns: usize) -> Vec<String> {
    let mut shell = Command::new("sh");
    let set = format!("stty cols {columns} rows 40; exec \"$0\" \"$@\"");
    shell.args(["-c", &set, env!("CARGO_BIN_EXE_annals")]).args(command.split(' '));
    shell.current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1");
    let (shown, _) = talk(shell).ends();
    // The terminal is read as a character for each byte.
    let bytes: Vec<u8> = shown.chars().map(|c| c as u8).collect();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn lines_of_answers_end_between_words() {
    let (mut lines, mut wide) = (0, 0);
    for columns in [60, 100] {
        for command in COMMANDS {
            for line in answer(command, columns) {
                lines += 1;
                if line.chars().count() > columns && !line.starts_with("note: ") {
                    // A note stays whole. Of an answer only a hash or a key is wider.
                    wide += 1;
                    let is_hex = |word: &str| word.len() == 64 && hex::decode(word).is_ok();
                    let has_hash = line.split([' ', ',']).any(is_hex);
                    assert!(has_hash, "{columns}: {command}: {line}");
                }
            }
        }
    }
    assert!(lines > 1_000 && wide > 0, "{lines} {wide}");
}
