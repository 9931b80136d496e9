//! The marks of notes in a DOCX: `[3]`, and `[iv]` of an endnote.
//!
//! Always holds: a note has one number, by the order in which the body refers to notes. Not here:
//! the text of a note (`word`).

use std::collections::HashMap;

/// The numbers of notes by their identifiers, in the order in which the body refers to them.
#[derive(Debug, Default)]
pub(super) struct Notes {
    footnotes: HashMap<String, usize>,
    endnotes: HashMap<String, usize>,
}

impl Notes {
    pub(super) fn mark(&mut self, kind: &str, id: &str) -> String {
        let is_end = kind == "w:endnote" || kind == "w:endnoteReference";
        let numbers = if is_end { &mut self.endnotes } else { &mut self.footnotes };
        let next = numbers.len() + 1;
        let number = *numbers.entry(id.to_owned()).or_insert(next);
        match is_end {
            true => format!("[{}]", roman(number)),
            false => format!("[{number}]"),
        }
    }
}

/// A number as endnotes have it: `iv`.
fn roman(mut number: usize) -> String {
    let signs = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut text = String::new();
    for (value, sign) in signs {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}
