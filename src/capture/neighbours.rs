//! Elements of a line that a page shows apart although no white space is between them: a time
//! before a name, a badge before a headline, words for screen readers beside a figure.
//!
//! Always holds: a space is put only where the page itself shows that two words are two: by a time,
//! by a class that names what has a place of its own, or by a gap of a style. Other classes say how
//! letters look: a number or a name in pieces stays one. Code and formulas stay as they are. Not
//! here: boxes (`style`), styles of other files. Source: the names that pages use
//! (`placed_classes.txt`).

use crate::capture::flow::ORDINALS;
use crate::capture::lists::entries;
use crate::capture::style::Style;
use dom_query::{Document, NodeRef};
use std::sync::LazyLock;

/// Elements of a line whose neighbours are looked at.
const PARTS: [&str; 13] = [
    "span", "a", "small", "label", "time", "data", "strong", "b", "em", "i", "u", "font", "output",
];
/// Elements whose words keep every character.
const EXACT: &str = "pre, code, kbd, samp, tt, textarea, listing, xmp, plaintext, math, svg";
/// Classes of what has a place beside the words around it: a badge, a time, a part of a headline, a
/// name or a result, and words that are there for screen readers alone.
static PLACED: LazyLock<Vec<ClassPattern>> =
    LazyLock::new(|| entries(include_str!("placed_classes.txt")).map(ClassPattern::of).collect());
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
    let is_time = is_time(edge.of, edge.is_end);
    let is_placed = is_placed(edge.of) || has_gap(edge.of, edge.is_end);
    // Of two elements the second one is looked at.
    let is_second = !edge.is_end && left.is_element();
    if !(is_time || is_placed || is_second) {
        return false;
    }
    let (before, after) = (left.text(), right.text());
    let Some(meeting) = Meeting::of(&before, &after) else { return false };
    if is_time && meeting.is_of_time(edge.is_end.then_some(&*before))
        || is_placed && meeting.is_two()
    {
        return true;
    }
    let is_after_time =
        || is_clock_time(&before) && (meeting.after != Kind::Figure || is_clock_time(&after));
    let is_after_mark = || meeting.before == Kind::Mark && meeting.after == Kind::Name;
    let are_links = || {
        meeting.after == Kind::Name
            && meeting.before_length > 2
            && are_other_links(left, right)
            && is_in_row_of_links(right)
    };
    is_second && (is_after_time() || is_after_mark() || are_links())
}

/// Whether an element is a time, or has one at this end.
fn is_time(node: &NodeRef<'_>, is_end: bool) -> bool {
    let mut node = *node;
    loop {
        if node.has_name("time") {
            return true;
        }
        let part = if is_end { node.last_child() } else { node.first_child() };
        match part.filter(NodeRef::is_element) {
            Some(part) => node = part,
            None => return false,
        }
    }
}

/// Whether a text is a time of the day alone: `14:20`, `9.05`.
fn is_clock_time(text: &str) -> bool {
    let parts = text.trim().split_once([':', '.']);
    let is_figure = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    parts.is_some_and(|(hour, minute)| is_figure(hour, &[1, 2]) && is_figure(minute, &[2]))
}

fn are_other_links(left: &NodeRef<'_>, right: &NodeRef<'_>) -> bool {
    let link = |node: &NodeRef<'_>| node.attr("href").filter(|_| node.has_name("a"));
    link(left).is_some_and(|one| link(right).is_some_and(|other| one != other))
}

/// Whether an element stands in a row of links alone.
fn is_in_row_of_links(node: &NodeRef<'_>) -> bool {
    let is_of_row = |child: &NodeRef<'_>| {
        child.has_name("a") || !child.is_element() && child.text().trim().is_empty()
    };
    node.parent().is_some_and(|row| row.children_it(false).all(|child| is_of_row(&child)))
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
        let ends_with_mark =
            word_before.is_empty() && before.ends_with(['%', ')', '!', '?', ';', '”', '»']);
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

    /// Whether a time is apart, at whose beginning or end they meet; `time` is its text where they
    /// meet at its end. A year or a day before an ending, as in `1980s`, is not.
    fn is_of_time(&self, time: Option<&str>) -> bool {
        let is_number = time.is_some_and(|time| time.bytes().all(|byte| byte.is_ascii_digit()));
        let is_ending = self.after == Kind::Word
            && (is_number || self.after_length == 1 || ORDINALS.contains(&self.word_after));
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

fn is_placed(node: &NodeRef<'_>) -> bool {
    let class = node.class().unwrap_or_default().to_ascii_lowercase();
    class.split_ascii_whitespace().any(|name| PLACED.iter().any(|class| class.is(name)))
}

/// A class, or how a class begins or ends.
enum ClassPattern {
    Whole(&'static str),
    Start(&'static str),
    End(&'static str),
}

impl ClassPattern {
    /// As a list has it, where `*` stands for the rest of a class.
    fn of(entry: &'static str) -> ClassPattern {
        match (entry.strip_prefix('*'), entry.strip_suffix('*')) {
            (Some(end), _) => ClassPattern::End(end),
            (_, Some(start)) => ClassPattern::Start(start),
            _ => ClassPattern::Whole(entry),
        }
    }

    fn is(&self, name: &str) -> bool {
        match self {
            ClassPattern::Whole(class) => name == *class,
            ClassPattern::Start(start) => name.starts_with(start),
            ClassPattern::End(end) => name.ends_with(end),
        }
    }
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
            ("<time>14:20</time>in Leeds", "14:20 in Leeds"),
            ("Updated<time>14:20</time><b>no</b>", "Updated 14:20 no"),
            (
                "<span class=on>On <a><time>12 May 2026</time></a></span><span>by Ann</span>",
                "On 12 May 2026 by Ann",
            ),
            ("<span class=badge>Live</span>Minister", "Live Minister"),
            ("<span class='label label-danger'>Live</span>Minister", "Live Minister"),
            ("<span class=badge-live>Live</span>Minister", "Live Minister"),
            ("Dead<span class=badge>12</span>", "Dead 12"),
            ("<span class=kicker>LIVE</span><span>Kyiv</span>", "LIVE Kyiv"),
            ("<span class=label>Dead</span><b>12</b>", "Dead 12"),
            ("<span class=value>12</span><span class=label>dead</span>", "12 dead"),
            ("<p><a href=/a>Home</a><a href=/b>Sport</a></p>", "Home Sport"),
            ("<span class=share>41%</span><span>Labour</span>", "41% Labour"),
            ("<span>14:20</span><span>15:30</span>", "14:20 15:30"),
            ("<a class=author>Ann Lee</a><a class=author>Bob Ray</a>", "Ann Lee Bob Ray"),
            ("<span class=given>Ann</span><span class=family>Lee</span>", "Ann Lee"),
            ("by <a>Ann Lee</a><span class=cat-links>Posted in</span>", "by Ann Lee Posted in"),
            ("<span class=x-label>Born</span><span class=x-value>1950</span>", "Born 1950"),
            ("<b class=team>AC Milan</b><b class=score>2</b>", "AC Milan 2"),
            (
                "<span class=day>12</span><span class=month>May</span><span>2026</span>",
                "12 May 2026",
            ),
            ("<span class=sr-only>minus</span>5.2", "minus 5.2"),
            ("<i style='margin-right:8px'>12</i>dead", "12 dead"),
            ("<style>.t{margin:0 1em}</style><span class=t>12</span>30", "12 30"),
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
            "1<span class=CharOverride-2>5</span>",
            "<span class='TextRun SCXW1'>20</span><span class='TextRun SCXW2 BCX0'>26</span>",
            "<b class=bold>1</b><i class=italic>5</i>",
            "<span class='digit digit-1'>1</span><span class='digit digit-2'>2</span>",
            "<p class=MsoNormal><span>Mac</span><span>Donald</span></p>",
            "<span class=prefix>Fitz</span><span class=surname>Gerald</span>",
            "<span class=stem>habl</span><span class=ending>amos</span>",
            "<b>3</b><i>Com</i>",
            "<b>20</b><i>Minuten</i>",
            "<span class=word>Covid</span><span class=number>19</span>",
            "<span><a href=/na>Na</a><a href=/cl>Cl</a></span>",
            "<p><a href=/x>Bundes</a><a href=/y>kanzler</a></p>",
            "a<a href=/x>Sun</a><a href=/y>Day</a>",
            "Minister<a href=/x><sup>1</sup></a>",
            "<b>Un</b><i>fair</i>",
            "<p class=x><span>M</span><span>i</span><span>n</span>",
            "<span class=SpellE>Mc</span><span class=GramE>Donald</span>",
            "<a href=/a>Minis</a><a href=/a>ter</a>",
            "<time>1980</time>s",
            "<time>1980</time>er",
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
