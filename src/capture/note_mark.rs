//! The mark of a note in a page: `[3]`, which is no exponent and no part of a number.
//!
//! Always holds: a mark keeps its letters and figures. Not here: the text of a note. Source:
//! DPUB-ARIA (`doc-noteref`), EPUB (`noteref`), and the names that publishing systems use.

use dom_query::{NodeRef, Selection};

/// Beginnings of the names of notes, to which a whole address may lead.
const NAMES: [&str; 8] =
    ["fn", "_ftn", "_edn", "ftn", "footnote", "endnote", "cite_note", "sdfootnote"];
/// Parts of the classes of links to notes.
const CLASSES: [&str; 6] =
    ["footnote-anchor", "footnote-ref", "footnoteref", "footnote-link", "noteref", "fnref"];
/// The most characters of a mark that says so, and of another.
const LONGEST: (usize, usize) = (5, 3);

/// Puts brackets around the words of a superscript that leads to another place of the page.
pub(super) fn mark_note(node: &NodeRef<'_>) {
    let inside = Selection::from(*node).select("a[href], [role='doc-noteref']");
    let text = node.text();
    let text = text.trim();
    // A link with other words in it is a link, and what is raised in it an exponent.
    let is_in_mark = |parent: &NodeRef<'_>| leads_to_place(parent) && parent.text().trim() == text;
    let is_note = node.parent().is_some_and(|parent| is_in_mark(&parent))
        || is_reference(node)
        || inside.nodes().iter().any(is_reference);
    let is_mark = |c: char| c.is_alphanumeric() || matches!(c, ',' | ' ' | '-' | '–');
    if is_note && text.contains(char::is_alphanumeric) && text.chars().all(is_mark) {
        node.set_text(format!("[{text}]"));
    }
}

/// Whether an element is the mark of a note without being a superscript: one that says so, or a
/// link to another place of the page that is a figure beside a word.
pub(super) fn is_note_link(
    node: &NodeRef<'_>,
    is_figure_beside: impl Fn(&NodeRef<'_>) -> bool,
) -> bool {
    if !is_reference(node) {
        return false;
    }
    let text = node.text();
    let text = text.trim();
    let length = text.chars().count();
    let leads_away = node.attr("href").is_none_or(|to| &*to != "#");
    match says_note(node) {
        true => (1..=LONGEST.0).contains(&length),
        false => leads_away && (1..=LONGEST.1).contains(&length) && is_figure_beside(node),
    }
}

fn is_reference(node: &NodeRef<'_>) -> bool {
    leads_to_place(node) || has_role(node)
}

/// Whether a link leads to another place of its page.
fn leads_to_place(node: &NodeRef<'_>) -> bool {
    node.attr("href").is_some_and(|to| {
        let place = to.split_once('#').map(|(page, place)| (page.is_empty(), place));
        place.is_some_and(|(is_here, place)| {
            let place = place.to_ascii_lowercase();
            is_here || NAMES.iter().any(|name| place.starts_with(name))
        })
    })
}

/// Whether the standards' own words call it a reference to a note.
fn has_role(node: &NodeRef<'_>) -> bool {
    let is = |name: &str, role: &str| {
        node.attr(name).is_some_and(|roles| roles.split_whitespace().any(|word| word == role))
    };
    is("role", "doc-noteref") || is("epub:type", "noteref")
}

fn says_note(node: &NodeRef<'_>) -> bool {
    let class = node.class().unwrap_or_default().to_ascii_lowercase();
    let described = node.attr("aria-describedby").unwrap_or_default().to_ascii_lowercase();
    has_role(node)
        || node.attr("rel").is_some_and(|rel| &*rel == "footnote")
        || described.contains("footnote")
        || CLASSES.iter().any(|name| class.contains(name))
}
