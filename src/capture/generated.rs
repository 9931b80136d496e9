//! Words that a style sheet of the page adds before or after what an element has.
//!
//! Always holds: only what may change what a reader understands is added: letters, figures and the
//! signs of numbers; marks, arrows and icons are left out. Not here: which sheets and rules count
//! (`style`, `sheet`); counters, sheets of other files. Source: CSS Generated Content.

use crate::capture::selector::StyledPart;
use crate::capture::sheet::{Cascade, Declaration, Rule};
use cssparser::{ParseError, Parser, Token};
use dom_query::{Document, NodeRef};

/// The properties that decide on the words that are added.
const READ: [&str; 8] =
    ["content", "display", "visibility", "opacity", "font-size", "height", "width", "position"];
/// Signs of numbers.
const SIGNS: &str = "-−–+±%‰€$£¥₹₴₽°";

/// Adds the words that rules say come before or after those of an element.
pub(super) fn add_words(page: &Document, rules: &[Rule]) {
    let mut cascade = Cascade::default();
    let counts = |_: &Rule, declaration: &Declaration| READ.contains(&&*declaration.name);
    cascade.add(page, rules, |part| part != StyledPart::Element, counts);
    for (node, part, declarations) in cascade.into_parts() {
        let Some(node) = page.tree.get(&node).filter(may_have_words) else { continue };
        let Some(words) = content(&declarations, &node) else { continue };
        let text = node.tree.new_text(words.as_str());
        match part {
            StyledPart::Before => node.prepend_child(&text),
            StyledPart::After | StyledPart::Element => node.append_child(&text),
        }
    }
}

fn may_have_words(node: &NodeRef<'_>) -> bool {
    const NONE: [&str; 10] =
        ["html", "head", "br", "hr", "img", "input", "select", "textarea", "svg", "wbr"];
    !NONE.iter().any(|name| node.has_name(name)) && node.may_have_children()
}

/// The words of the property `content`, where it has words alone and shows them.
fn content(declarations: &[Declaration], node: &NodeRef<'_>) -> Option<String> {
    let hides = |it: &Declaration| {
        let value = it.value.to_ascii_lowercase();
        match it.name.as_str() {
            "display" => value.starts_with("none"),
            "visibility" => value.starts_with("hidden"),
            "opacity" | "font-size" | "height" | "width" => {
                value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%') == "0"
            }
            "position" => value.starts_with("absolute") || value.starts_with("fixed"),
            _ => false,
        }
    };
    if declarations.iter().any(hides) {
        return None;
    }
    let content = declarations.iter().find(|it| it.name == "content")?;
    let says = |c: char| c.is_alphanumeric() || SIGNS.contains(c);
    strings(&content.value, node).filter(|words| words.chars().any(says))
}

/// The strings and attributes of a value, put together; `None` if it has anything else. What
/// follows a `/` is for who has the page read aloud.
fn strings(value: &str, node: &NodeRef<'_>) -> Option<String> {
    let (mut words, mut parser) = (String::new(), Parser::new(value));
    loop {
        let token = match parser.next() {
            Ok(token) => token.clone(),
            Err(_) => return Some(words),
        };
        match token {
            Token::QuotedString(text) => words.push_str(&text),
            Token::Delim('/') => return Some(words),
            Token::Function(name) if name.eq_ignore_ascii_case("attr") => {
                let name = parser.parse_nested_block(|inner| {
                    let name = inner.expect_ident_cloned();
                    while inner.next().is_ok() {}
                    Ok::<_, ParseError<()>>(name)
                });
                words.push_str(&node.attr(&name.ok()?.ok()?).unwrap_or_default());
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::sheet::declarations;

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
            ("content: attr(data-x type(*), \"b\") \" a\"", Some("not a")),
            ("content: \"minus \" / \"less\"", Some("minus ")),
            ("content: \"a", Some("a")),
            ("color: red", None),
        ] {
            let page = Document::from("<p data-x=not>x</p>");
            let node = *page.select("p").nodes().first().unwrap();
            assert_eq!(content(&declarations(block), &node).as_deref(), expected, "{block}");
        }
    }
}
