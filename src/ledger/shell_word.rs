//! Words of a command that is advised, as a shell takes them.
//!
//! Always holds: what a shell would split or expand stands in quotation marks. Not here: Windows.
//! Source: POSIX, Shell Command Language, 2.2.

use std::path::Path;

/// A word of a command.
pub fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// A path in a command.
pub fn shell_path(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_splits_is_quoted() {
        for (word, expected) in [
            ("/home/ada/keys/a-1.jsonl", "/home/ada/keys/a-1.jsonl"),
            ("Ada's record 2022", "'Ada'\\''s record 2022'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(word), expected);
        }
    }
}
