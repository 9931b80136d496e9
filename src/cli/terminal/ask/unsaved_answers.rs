//! The lines that were typed at the questions of a command, until they are kept or written.
//!
//! Always holds: what a command loses is shown once. Not here: secrets (`hidden_input`), the line
//! of the question that was left (`line_editor`), files of drafts (`draft_file`).

use crate::cli::terminal::output::{note, wrapped};
use crate::ledger::answer::visible::visible;
use std::cell::RefCell;

thread_local! {
    /// Each question with what was typed.
    static TYPED: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

/// Adds what was typed at a question.
pub fn add(question: &str, text: &str) {
    TYPED.with_borrow_mut(|all| all.push((question.to_owned(), text.to_owned())));
}

/// What was typed is kept elsewhere.
pub fn forget() {
    TYPED.take();
}

/// Shows what was typed, for a person who would type it again.
pub fn show() {
    for (question, text) in TYPED.take() {
        note(wrapped(&format!("note: your unsaved answer: {question}: {}", visible(&text)), 0));
    }
}
