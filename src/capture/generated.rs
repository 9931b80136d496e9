//! Words that a style sheet of the page adds before or after what an element has.
//!
//! Always holds: only what may change what a reader understands is added: letters, figures and the
//! signs of numbers; marks, arrows and icons are left out. Not here: which sheets count (`style`);
//! counters, attributes, sheets of other files. Source: CSS Generated Content.

use dom_query::{Document, NodeRef};
use std::collections::HashSet;

/// How a selector says that words come before or after those of its element.
const ENDS: [(&str, Side); 4] = [
    ("::before", Side::Before),
    (":before", Side::Before),
    ("::after", Side::After),
    (":after", Side::After),
];
/// Signs of numbers.
const SIGNS: &str = "-−–+±%‰€$£¥₹₴₽°";

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

/// Words that a rule of a sheet adds.
pub(super) struct AddedWords {
    selector: String,
    side: Side,
    words: String,
}

/// The words that a rule adds: `selectors` and `block` are its two parts.
pub(super) fn added(selectors: &str, block: &str) -> Vec<AddedWords> {
    let Some(words) = content(block) else { return Vec::new() };
    let of = |selector: &str| {
        let selector = selector.trim();
        let found = ENDS.iter().find_map(|(end, side)| Some((selector.strip_suffix(end)?, *side)));
        let (selector, side) = found.filter(|(selector, _)| !selector.contains(':'))?;
        let selector = if selector.is_empty() { "*" } else { selector };
        Some(AddedWords { selector: selector.to_owned(), side, words: words.clone() })
    };
    selectors.split(',').filter_map(of).collect()
}

/// Adds words to the elements that they are for; of several for one side the last counts.
pub(super) fn add(page: &Document, rules: &[AddedWords]) {
    let mut done = HashSet::new();
    for AddedWords { selector, side, words } in rules.iter().rev() {
        let Some(selection) = page.try_select(selector) else { continue };
        for node in selection.nodes() {
            let place = (node.id, matches!(side, Side::Before));
            if !may_have_words(node) || !done.insert(place) {
                continue;
            }
            let text = node.tree.new_text(words.as_str());
            match side {
                Side::Before => node.prepend_child(&text),
                Side::After => node.append_child(&text),
            }
        }
    }
}

fn may_have_words(node: &NodeRef<'_>) -> bool {
    const NONE: [&str; 10] =
        ["html", "head", "br", "hr", "img", "input", "select", "textarea", "svg", "wbr"];
    !NONE.iter().any(|name| node.has_name(name)) && node.may_have_children()
}

/// The words of the property `content`, where it has words alone and shows them.
fn content(block: &str) -> Option<String> {
    let mut found = None;
    for declaration in declarations(block) {
        let (name, value) = declaration.split_once(':')?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let hides = match name.as_str() {
            "content" => {
                found = strings(value);
                false
            }
            "display" => value.starts_with("none"),
            "visibility" => value.starts_with("hidden"),
            "opacity" | "font-size" | "height" | "width" => {
                value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%') == "0"
            }
            "position" => value.starts_with("absolute") || value.starts_with("fixed"),
            _ => false,
        };
        if hides {
            return None;
        }
    }
    let says = |c: char| c.is_alphanumeric() || SIGNS.contains(c);
    found.filter(|words| words.chars().any(says))
}

/// The declarations of a block; a `;` in quotation marks ends none.
fn declarations(block: &str) -> Vec<&str> {
    let (mut found, mut start, mut quoted, mut escaped) = (Vec::new(), 0, None, false);
    for (at, c) in block.char_indices() {
        match (c, quoted) {
            _ if escaped => escaped = false,
            ('\\', _) => escaped = true,
            ('"' | '\'', None) => quoted = Some(c),
            (c, Some(mark)) if c == mark => quoted = None,
            (';', None) => {
                found.push(&block[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&block[start..]);
    found.retain(|declaration| !declaration.trim().is_empty());
    found
}

/// The strings of a value, put together; `None` if it has anything else.
fn strings(value: &str) -> Option<String> {
    let value = value.trim_end_matches("!important").trim_end();
    let (mut words, mut rest) = (String::new(), value.chars().peekable());
    while let Some(mark) = rest.next() {
        if mark.is_whitespace() {
            continue;
        }
        if !matches!(mark, '"' | '\'') {
            return None;
        }
        loop {
            match rest.next()? {
                c if c == mark => break,
                '\\' => {
                    let mut digits = String::new();
                    while let Some(digit) =
                        rest.next_if(|c| c.is_ascii_hexdigit() && digits.len() < 6)
                    {
                        digits.push(digit);
                    }
                    match digits.is_empty() {
                        true => words.extend(rest.next().filter(|c| *c != '\n')),
                        false => {
                            let number = u32::from_str_radix(&digits, 16).ok()?;
                            words.push(char::from_u32(number).unwrap_or('\u{FFFD}'));
                            let _ = rest.next_if(|c| c.is_whitespace());
                        }
                    }
                }
                c => words.push(c),
            }
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_are_shown_count() {
        for (block, expected) in [
            ("content: \"minus \"; color: red", Some("minus ")),
            ("color:red;CONTENT:'per ' \"cent;\" !important", Some("per cent;")),
            (r#"content: "\2212 5""#, Some("−5")),
            (r#"content: "say \"no\"""#, Some("say \"no\"")),
            ("content: \"→ \"", None),
            ("content: \"\\f101\"", None),
            ("content: \"\"", None),
            ("content: attr(title)", None),
            ("content: counter(item) \". \"", None),
            ("content: \".a\"; visibility: hidden", None),
            ("content: \"a\"; height: 0", None),
            ("content: \"a\"; display: none", None),
            ("content: \"a", None),
            ("color: red", None),
        ] {
            assert_eq!(content(block).as_deref(), expected, "{block}");
        }
    }
}
