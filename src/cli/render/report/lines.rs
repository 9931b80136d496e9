//! Labelled lines: the parts of a report, in text, JSON and HTML.

use serde::Serialize;

/// A labelled line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The subject.
    pub label: &'static str,
    /// The text.
    pub text: String,
}

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its name, for programs.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Section {
    /// A section of these lines.
    pub fn new(id: &'static str, heading: &'static str, lines: Vec<Line>) -> Section {
        Section { id, heading, lines }
    }
}

pub fn line(label: &'static str, text: impl Into<String>) -> Line {
    Line { label, text: text.into() }
}

/// The label of a line that is a complete sentence.
pub const COMPARED: &str = "compared";

/// The section that follows the faults.
pub const ADVICE: &str = "advice";

pub fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
