//! Colour: ANSI colours where a terminal takes them.
//!
//! Always holds: colour only repeats what a word says, on a terminal, and not with `NO_COLOR`.

use std::io::IsTerminal;
/// Whether colour may be used.
pub fn coloured() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
}

/// The ends of the escape sequences that [`colour`] writes.
pub const COLOURS: [&str; 7] = ["[0m", "[1m", "[2m", "[31m", "[32m", "[33m", "[36m"];

/// A word in an ANSI colour, if colour may be used.
pub fn colour(word: &str, code: &str) -> String {
    match coloured() {
        true => format!("\u{1b}[{code}m{word}\u{1b}[0m"),
        false => word.to_owned(),
    }
}
