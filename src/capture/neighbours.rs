//! Elements of a line that a page shows apart although no white space is between them: a time
//! before a name, a badge before a headline, words for screen readers beside a figure.
//!
//! Always holds: a space is put only where the page itself shows that two words are two (elements,
//! their names and styles, and the letters that meet); code and formulas stay as they are. Not
//! here: boxes (`style`), styles of other files. Source: none; the names are those of pages.

use crate::capture::flow::ORDINALS;
use crate::capture::style::Style;
use dom_query::{Document, NodeRef};

/// Elements of a line whose neighbours are looked at.
const PARTS: [&str; 13] = [
    "span", "a", "small", "label", "time", "data", "strong", "b", "em", "i", "u", "font", "output",
];
/// Elements whose words keep every character.
const EXACT: &str = "pre, code, kbd, samp, tt, textarea, listing, xmp, plaintext, math, svg";
/// Classes of what has a place beside the words around it: a badge, a time, and words that are
/// there for screen readers alone.
const PLACED: [&str; 16] = [
    "badge",
    "pill",
    "chip",
    "time",
    "timestamp",
    "date",
    "datetime",
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "screen-reader-only",
    "u-visually-hidden",
    "hidden-visually",
    "offscreen",
    "a11y-hidden",
];
const PLACED_ENDS: [&str; 6] = ["-badge", "_badge", "-timestamp", "_timestamp", "-time", "-date"];
/// Classes that programs give to parts of words.
const OF_PROGRAMS: [&str; 7] = ["spelle", "grame", "mso", "highlight", "apple-", "hl-", "match"];
/// The least gap that a style makes between two words, as a part of the height of their letters.
const GAP: f64 = 0.3;

/// Puts spaces between words that the page shows apart.
pub(super) fn set_neighbours_apart(page: &Document) {
    let parts: Vec<NodeRef<'_>> = page.root().descendants_it().filter(is_part).collect();
    for node in parts {
        let edge = |is_end| Edge { of: &node, is_end };
        let is_apart_before =
            beside(&node, false).is_some_and(|before| are_apart(&before, &node, &edge(false)));
        let is_apart_after =
            beside(&node, true).is_some_and(|after| are_apart(&node, &after, &edge(true)));
        if !(is_apart_before || is_apart_after) || is_exact(&node) {
            continue;
        }
        if is_apart_before {
            node.insert_before(&node.tree.new_text(" "));
        }
        if is_apart_after {
            node.insert_after(&node.tree.new_text(" "));
        }
    }
}

fn is_part(node: &NodeRef<'_>) -> bool {
    let name = node.node_name().unwrap_or_default();
    node.is_element() && (PARTS.contains(&&*name) || name.contains('-'))
}

fn is_exact(node: &NodeRef<'_>) -> bool {
    node.ancestors_it(None).any(|around| around.is(EXACT))
}

/// What stands directly before or after an element: a part of the line, or text.
fn beside<'p>(node: &NodeRef<'p>, is_after: bool) -> Option<NodeRef<'p>> {
    let step =
        |node: &NodeRef<'p>| if is_after { node.next_sibling() } else { node.prev_sibling() };
    let mut other = step(node);
    while let Some(comment) = other.filter(NodeRef::is_comment) {
        other = step(&comment);
    }
    other.filter(|other| other.is_text() || is_part(other))
}

/// The side of an element at which it meets another one.
struct Edge<'e, 'p> {
    of: &'e NodeRef<'p>,
    is_end: bool,
}

/// Whether the page shows apart what one node ends with and what the next one begins with.
fn are_apart(left: &NodeRef<'_>, right: &NodeRef<'_>, edge: &Edge<'_, '_>) -> bool {
    let is_time = edge.of.has_name("time");
    let is_placed = is_placed(edge.of) || has_gap(edge.of, edge.is_end);
    // Of two elements the second one is looked at.
    let is_second = !edge.is_end && left.is_element();
    if !(is_time || is_placed || is_second) {
        return false;
    }
    let (before, after) = (left.text(), right.text());
    let Some(meeting) = Meeting::of(&before, &after) else { return false };
    let is_of_time = || meeting.is_of_time(edge.is_end && right.is_text());
    if is_time && is_of_time() || is_placed && meeting.is_two() {
        return true;
    }
    if !is_second {
        return false;
    }
    let link = |node: &NodeRef<'_>| node.attr("href").filter(|_| node.has_name("a"));
    if let (Some(one), Some(other)) = (link(left), link(right))
        && one != other
    {
        return true;
    }
    let (one, other) = (named(left), named(right));
    let is_named = one.is_some() || other.is_some() || is_in_named_row(right);
    let is_named_otherwise = one.is_some() && other.is_some() && one != other;
    match (meeting.before, meeting.after) {
        (Kind::Figure, Kind::Figure) => is_named_otherwise,
        (Kind::Figure | Kind::Mark, Kind::Name) => true,
        (Kind::Figure, Kind::Capitals) => is_named && meeting.after_length > 2,
        (Kind::Word | Kind::Name, Kind::Name) => is_named && meeting.before_length > 2,
        (Kind::Capitals, Kind::Name) => is_named && meeting.before_length > 1,
        (Kind::Word | Kind::Name, Kind::Figure) => is_named && meeting.before_length > 2,
        (Kind::Figure, Kind::Word) => is_named && meeting.is_two(),
        (Kind::Word | Kind::Name, Kind::Word) => {
            is_named_otherwise && is_in_row(right) && meeting.is_two()
        }
        _ => false,
    }
}

/// What the words at an edge are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Figure,
    /// A sign that ends a number or a sentence.
    Mark,
    /// Of small letters.
    Word,
    /// Of a capital and small letters.
    Name,
    Capitals,
}

/// The words that meet where one node ends and the next one begins.
struct Meeting<'t> {
    before: Kind,
    before_length: usize,
    after: Kind,
    after_length: usize,
    word_after: &'t str,
}

impl<'t> Meeting<'t> {
    /// `None` where white space or a sign is between them, or letters of a script without
    /// capitals, which may have no spaces or join short words to the next one.
    fn of(before: &'t str, after: &'t str) -> Option<Meeting<'t>> {
        let start = before.trim_end_matches(char::is_alphanumeric).len();
        let end = after.len() - after.trim_start_matches(char::is_alphanumeric).len();
        let (word_before, word_after) = (before.get(start..)?, after.get(..end)?);
        let ends_with_mark = word_before.is_empty()
            && before.ends_with(['%', ')', '.', '!', '?', ';', '”', '»', '€', '£', '$']);
        Some(Meeting {
            before: if ends_with_mark { Kind::Mark } else { kind(word_before, true)? },
            before_length: word_before.chars().count(),
            after: kind(word_after, false)?,
            after_length: word_after.chars().count(),
            word_after,
        })
    }

    /// Whether both are words or figures of their own, and no part of one.
    fn is_two(&self) -> bool {
        let is_ending = self.before == Kind::Figure
            && (self.after_length < 3 || ORDINALS.contains(&self.word_after));
        match (self.before, self.after) {
            (Kind::Mark, after) => after == Kind::Name,
            (Kind::Word | Kind::Name, Kind::Word) => {
                self.before_length > 2 && self.after_length > 2
            }
            (Kind::Figure, Kind::Word) => !is_ending,
            _ => true,
        }
    }

    /// Whether a time is apart, at whose beginning or end they meet: one before an ending in the
    /// text, as in `1980s`, is not.
    fn is_of_time(&self, is_before_text: bool) -> bool {
        let is_ending = self.after == Kind::Word
            && (is_before_text || self.after_length == 1 || ORDINALS.contains(&self.word_after));
        self.before != Kind::Mark && !is_ending
    }
}

/// What a word is: of its last letters where it stands before the edge.
fn kind(word: &str, is_before: bool) -> Option<Kind> {
    let edge = if is_before { word.chars().next_back() } else { word.chars().next() }?;
    let first = word.chars().next()?;
    let rest = || word.chars().skip(1);
    match () {
        () if edge.is_numeric() => Some(Kind::Figure),
        () if first.is_uppercase() && rest().next().is_some_and(char::is_lowercase) => {
            Some(Kind::Name)
        }
        () if edge.is_uppercase() => Some(Kind::Capitals),
        () if edge.is_lowercase() => Some(Kind::Word),
        () => None,
    }
}

/// The classes of an element that people named; an element of the page's own is one too.
fn named(node: &NodeRef<'_>) -> Option<String> {
    let name = node.node_name().filter(|name| name.contains('-'));
    let class = node.class().unwrap_or_default().to_ascii_lowercase();
    let is_of_program = OF_PROGRAMS.iter().any(|name| class.contains(name));
    let longest = class.split(|c: char| !c.is_ascii_alphabetic()).map(str::len).max().unwrap_or(0);
    let class = (longest > 2 && !is_of_program).then(|| class.clone());
    class.or_else(|| name.map(|name| name.to_string()))
}

/// Whether an element stands in a row of such elements alone.
fn is_in_row(node: &NodeRef<'_>) -> bool {
    let is_of_row = |child: &NodeRef<'_>| {
        is_part(child) || !child.is_element() && child.text().trim().is_empty()
    };
    node.parent().is_some_and(|row| row.children_it(false).all(|child| is_of_row(&child)))
}

/// Whether that row has a name, by which a style lays it out.
fn is_in_named_row(node: &NodeRef<'_>) -> bool {
    node.parent().is_some_and(|row| row.has_attr("class")) && is_in_row(node)
}

fn is_placed(node: &NodeRef<'_>) -> bool {
    let class = node.class().unwrap_or_default().to_ascii_lowercase();
    class
        .split_ascii_whitespace()
        .any(|name| PLACED.contains(&name) || PLACED_ENDS.iter().any(|end| name.ends_with(end)))
}

/// Whether a style makes a gap at the end or the beginning of an element.
fn has_gap(node: &NodeRef<'_>, is_end: bool) -> bool {
    node.has_attr("style") && Style::of(node).gap(is_end) > GAP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::page::{as_shown, text_of};

    #[test]
    fn what_a_page_shows_apart_is_apart() {
        for (html, expected) in [
            ("<span>14:20</span><span>Name said</span>", "14:20 Name said"),
            ("<time>14:20</time>Minister resigns", "14:20 Minister resigns"),
            ("Updated<time>14:20</time><b>no</b>", "Updated 14:20 no"),
            ("<span class=badge>Live</span>Minister", "Live Minister"),
            ("Dead<span class=badge>12</span>", "Dead 12"),
            ("<span class=kicker>LIVE</span><span>Kyiv</span>", "LIVE Kyiv"),
            ("<span class=home>2</span><span class=away>1</span>", "2 1"),
            ("<span class=label>Dead</span><b>12</b>", "Dead 12"),
            ("<span class=value>12</span><span class=label>dead</span>", "12 dead"),
            ("<a href=/a>home</a><a href=/b>sport</a>", "home sport"),
            ("<span class=share>41%</span><span>Labour</span>", "41% Labour"),
            ("<span class=sr-only>minus</span>5.2", "minus 5.2"),
            ("<i style='margin-right:8px'>12</i>dead", "12 dead"),
            ("<style>.t{margin:0 1em}</style><span class=t>12</span>30", "12 30"),
            (
                "<p class=x><span>Prep</span><span>20 min</span><span>Serves</span>",
                "Prep 20 min Serves",
            ),
            (
                "<li><span class=amount>1½</span><span class=unit>cups</span><span class=\
                 name>flour</span>",
                "1½ cups flour",
            ),
            ("<b><span>14:20</span></b><!-- --><span>Name</span>", "14:20 Name"),
        ] {
            assert_eq!(shown(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_one_word_stays_one() {
        for html in [
            "<span>1</span><span>2</span>",
            "<span class=c1>20</span><span class=c2>26</span>",
            "<b>Un</b><i>fair</i>",
            "<p class=x><span>M</span><span>i</span><span>n</span>",
            "<span class=SpellE>Mc</span><span class=GramE>Donald</span>",
            "<a href=/a>Minis</a><a href=/a>ter</a>",
            "<time>1980</time>s",
            "<time>4</time>th",
            "the (<time>2026</time>)",
            "<span class=drop>T</span><span>he</span>",
            "<span class=number>21</span><span class=end>st</span>",
            "<span class=number>5</span><span class=unit>km</span>",
            "<pre><span class=word>let</span><span class=name>Xyz</span></pre>",
            "<span class=name>岸田</span><span class=title>首相</span>",
            "ב<time>2026</time>",
            "<span style='margin-left:.25em'>6</span><span style='margin-left:.25em'>022</span>",
            "word<span class=sr-only>.</span>",
        ] {
            assert!(!shown(html).replace("the (", "the(").contains(' '), "{html}");
        }
    }

    fn shown(html: &str) -> String {
        let page = Document::from(html);
        as_shown(&page);
        text_of(&page.root())
    }
}
