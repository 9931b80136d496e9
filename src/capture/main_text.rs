//! The main text of a page: Readability chooses runs of words, and the page itself has the words.
//!
//! Always holds: a run of words, which goes from one end of a block or of a paragraph to the next,
//! is in the text whole or not at all, as it stands in the page; what stands in an article without
//! leading elsewhere is in its text. Not here: the head of an article (`headline`), how elements
//! become a text (`page`), what readers wrote below it (`readers_comments`).

use crate::capture::headline::PageHeadlines;
use crate::capture::page::{is_of_line, text_of};
use crate::capture::readers_comments::Comments;
use dom_query::{Document, NodeId, NodeRef, Selection};
use dom_smoothie::Readability;
use std::collections::HashSet;

/// The numbers of runs and of cells, by which the choice is found again in the page.
const RUN: &str = "data-annals-run";
const CELL: &str = "data-annals-cell";
/// What the choice judges elements by, and elements of a line have for other reasons.
const JUDGED: [&str; 7] = ["class", "id", "role", "aria-hidden", "aria-modal", "rel", "itemprop"];
/// Elements whose words are text even where they all are in one element of a line.
const TEXTS: [&str; 17] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "td",
    "th",
    "dt",
    "dd",
    "caption",
    "figcaption",
    "summary",
    "blockquote",
    "pre",
];
/// What leads elsewhere, or is for the reader to fill in.
const LEADING: &str = "nav, form, input, select, textarea, [role=navigation], [role=search]";
/// What is no part of an article, wherever it stands.
const BESIDE: [&str; 7] = ["a", "nav", "header", "footer", "aside", "form", "button"];
/// Words of an advertisement that stand alone.
const ADVERTISEMENTS: [&str; 8] =
    ["ad", "advertisement", "advertising", "anuncio", "anzeige", "publicité", "werbung", "реклама"];
/// Names of the line that says who wrote an article, and the most words of it.
const BYLINES: [&str; 3] = ["byline", "author", "dateline"];
const LONGEST_BYLINE: usize = 20;
/// A text of fewer words than this is no article, if the page has more words beside its menus.
const SHORT: usize = 100;
/// Words that are worth to be named where they are left out of an article, and how many are named.
const WORTH: usize = 5;
const NAMED: usize = 6;

/// The main text of a page.
pub(super) struct MainText {
    pub text: String,
    /// Whether the head of the article was added.
    pub has_head: bool,
    /// The first words of the longest part of the article that is left out.
    pub left_inside: Option<String>,
}

/// The main text with the head of the article; `None` where none stands out. `title` is that which
/// the page gives itself.
pub(super) fn main_text(page: Document, title: Option<&str>) -> Option<MainText> {
    let headlines = PageHeadlines::of(&page, title);
    let runs = number_runs(&page);
    for (number, cell) in page.select("td, th").nodes().iter().enumerate() {
        cell.set_attr(CELL, &number.to_string());
    }
    let own = page.clone();
    level_runs(&page);
    // Who said what is quoted, and what stands out of an article without leading elsewhere.
    page.select("blockquote footer, figure footer").rename("div");
    page.select("article aside, main aside").iter().for_each(|aside| {
        if aside.select("a, nav").is_empty() {
            aside.rename("div");
        }
    });
    let article = Readability::with_document(page, None, None).ok()?.parse().ok()?;
    let mut choice = Choice::of(&Document::fragment(article.content), runs);
    let left_inside = choice.complete(&own);
    if choice.is_too_little(&own) {
        return None;
    }
    choice.cut(&own);
    let text = Some(text_of(&own.root())).filter(|text| !text.is_empty())?;
    let (text, has_head) = match headlines.head(&text) {
        Some(head) => (format!("{head}\n\n{text}"), true),
        None => (text, false),
    };
    // The head may have what the choice left out.
    let is_there = |part: &String| {
        let part = part.trim_end_matches(" …");
        text.split_whitespace().collect::<Vec<_>>().join(" ").contains(part)
    };
    let left_inside = left_inside.filter(|part| !is_there(part));
    Some(MainText { text, has_head, left_inside })
}

/// Numbers the runs of words of a page, and gives their count.
fn number_runs(page: &Document) -> usize {
    page.select(&format!("[{RUN}], [{CELL}]")).remove_attrs(&[RUN, CELL]);
    let elements: Vec<NodeRef<'_>> =
        page.root().descendants_it().filter(NodeRef::is_element).collect();
    let is_line = |node: &NodeRef<'_>| is_of_line(&node.node_name().unwrap_or_default());
    // Elements of a line that contain a block.
    let mut around: HashSet<NodeId> = HashSet::new();
    for block in elements.iter().filter(|node| !is_line(node)) {
        let mut up = block.parent();
        while let Some(parent) = up.filter(|parent| parent.is_element() && is_line(parent)) {
            up = if around.insert(parent.id) { parent.parent() } else { None };
        }
    }
    let is_container = |node: &NodeRef<'_>| !is_line(node) || around.contains(&node.id);
    let mut count = 0;
    for container in elements.iter().filter(|node| is_container(node)) {
        let mut line = Vec::new();
        for child in container.children() {
            if child.is_element() && is_container(&child) {
                number_line(container, &std::mem::take(&mut line), &mut count);
            } else {
                line.push(child);
            }
        }
        number_line(container, &line, &mut count);
    }
    count
}

/// Numbers the runs between two blocks: several line breaks are between two of them.
fn number_line(container: &NodeRef<'_>, line: &[NodeRef<'_>], count: &mut usize) {
    let (mut run, mut gap, mut breaks) = (Vec::new(), Vec::new(), 0);
    for node in line {
        let is_break = node.has_name("br");
        if is_break || !has_words(node) && !node.is_element() {
            breaks += usize::from(is_break);
            gap.push(*node);
            continue;
        }
        if breaks > 1 || run.is_empty() {
            number_run(container, &std::mem::take(&mut run), count);
        } else {
            run.append(&mut gap);
        }
        (gap, breaks) = (Vec::new(), 0);
        run.push(*node);
    }
    number_run(container, &run, count);
}

fn number_run(container: &NodeRef<'_>, run: &[NodeRef<'_>], count: &mut usize) {
    let worded: Vec<&NodeRef<'_>> = run.iter().filter(|node| has_words(node)).collect();
    let Some(first) = run.first().filter(|_| !worded.is_empty()) else { return };
    let mut number = |node: &NodeRef<'_>| {
        node.set_attr(RUN, &count.to_string());
        *count += 1;
    };
    if !is_sentence(container) && worded.iter().all(|node| node.has_name("button")) {
        return worded.into_iter().for_each(number);
    }
    match run {
        [only] if only.is_element() => number(only),
        _ => {
            let span = first.tree.new_element("span");
            first.insert_before(&span);
            run.iter().for_each(|node| span.append_child(node));
            number(&span);
        }
    }
}

fn has_words(node: &NodeRef<'_>) -> bool {
    !node.is_comment() && node.text().contains(|c: char| !c.is_whitespace())
}

fn is_text(node: &NodeRef<'_>) -> bool {
    TEXTS.contains(&&*node.node_name().unwrap_or_default())
}

/// Whether the words of a button in an element are text: those in an item of a list may be a tool.
fn is_sentence(node: &NodeRef<'_>) -> bool {
    is_text(node) && !node.has_name("li")
}

/// Takes from the elements in runs what the choice would judge them by, so that it judges a run.
fn level_runs(page: &Document) {
    let level = |node: &NodeRef<'_>| {
        node.remove_attrs(&JUDGED);
        if node.has_name("button") {
            node.rename("span");
        }
    };
    for run in page.select(&format!("[{RUN}]")).nodes() {
        run.descendants().iter().filter(|node| node.is_element()).for_each(level);
        // The choice takes the attributes from this element, and with them the number.
        if run.has_name("font") {
            run.rename("span");
        }
        let is_leveled = |parent: &NodeRef<'_>| match run.has_name("button") {
            true => is_sentence(parent),
            false => is_text(parent),
        };
        if run.parent().is_some_and(|parent| is_leveled(&parent)) {
            level(run);
        }
        // The choice makes another element of such a link.
        if run.attr("href").is_some_and(|to| to.trim_start().starts_with("javascript:")) {
            run.remove_attr("href");
        }
    }
}

/// The runs and cells that are chosen, by their numbers.
struct Choice {
    runs: Vec<bool>,
    cells: HashSet<String>,
}

impl Choice {
    fn of(content: &Document, runs: usize) -> Choice {
        let mut choice = Choice { runs: vec![false; runs], cells: HashSet::new() };
        choice.take(&content.root());
        choice
    }

    /// Takes the runs and cells of an element.
    fn take(&mut self, node: &NodeRef<'_>) {
        for node in std::iter::once(*node).chain(node.descendants_it()) {
            if let Some(run) = number(&node).and_then(|number| self.runs.get_mut(number)) {
                *run = true;
            }
            let is_cell = node.has_name("td") || node.has_name("th");
            self.cells.extend(node.attr(CELL).filter(|_| is_cell).map(|cell| cell.to_string()));
        }
    }

    /// Leaves out the runs of an element.
    fn leave(&mut self, node: &NodeRef<'_>) {
        for run in Selection::from(*node).select(&format!("[{RUN}]")).nodes() {
            if let Some(run) = number(run).and_then(|number| self.runs.get_mut(number)) {
                *run = false;
            }
        }
    }

    /// Whether what is chosen is a text also without an element of it: a page may be a discussion.
    fn is_enough_without(&self, node: &NodeRef<'_>, chosen: &[NodeRef<'_>]) -> bool {
        let is_outside = |run: &&NodeRef<'_>| !run.ancestors_it(None).any(|up| up.id == node.id);
        let outside = chosen.iter().filter(|run| self.has(run)).filter(is_outside);
        outside.map(|run| words(&run.text())).sum::<usize>() >= SHORT
    }

    fn has(&self, run: &NodeRef<'_>) -> bool {
        number(run).and_then(|number| self.runs.get(number)) == Some(&true)
    }

    /// Takes what stands in the article after its headline or its first words and leads nowhere.
    /// Gives the first words of the longest part that is left out.
    fn complete(&mut self, page: &Document) -> Option<String> {
        let runs = page.select(&format!("[{RUN}]"));
        let chosen: Vec<NodeRef<'_>> =
            runs.nodes().iter().copied().filter(|run| self.has(run)).collect();
        let article = article_around(&chosen)?;
        let mut around: HashSet<NodeId> = HashSet::new();
        for run in &chosen {
            let mut up = Some(*run);
            while let Some(node) = up {
                up = if around.insert(node.id) { node.parent() } else { None };
            }
        }
        let (mut is_begun, mut longest) = (false, (WORTH - 1, None));
        let longer = |longest: (usize, Option<String>), node: &NodeRef<'_>| {
            let text = node.text();
            let own = words(&text) - linked_words(node);
            if own > longest.0 { (own, Some(text_of(node))) } else { longest }
        };
        let (mut next, mut following) = (vec![article], chosen.len());
        while let Some(node) = next.pop() {
            if self.has(&node) {
                is_begun = true;
                following = following.saturating_sub(1);
            } else if around.contains(&node.id) {
                if is_begun && Comments::are(&node) && self.is_enough_without(&node, &chosen) {
                    self.leave(&node);
                    longest = longer(longest, &node);
                } else {
                    next.extend(node.children_it(true));
                }
            } else if !is_begun {
                // The head of the article adds its headline.
                is_begun = node.has_name("h1") || !Selection::from(node).select("h1").is_empty();
            } else if node.is_element() && has_words(&node) {
                let text = node.text();
                let own = words(&text) - linked_words(&node);
                let comments = Comments::of(&node);
                if comments == Comments::Inside {
                    next.extend(node.children_it(true));
                } else if comments == Comments::No
                    && (is_of_article(&node, &text, own) || following > 0 && is_bare_link(&node))
                {
                    self.take(&node);
                } else {
                    longest = longer(longest, &node);
                }
            }
        }
        longest.1.map(|text| {
            let all: Vec<&str> = text.split_whitespace().collect();
            match all.get(..NAMED).filter(|named| named.len() < all.len()) {
                Some(named) => format!("{} …", named.join(" ")),
                None => all.join(" "),
            }
        })
    }

    /// Whether the choice has a few words of a page that has more which are no menu.
    fn is_too_little(&self, page: &Document) -> bool {
        let runs = page.select(&format!("[{RUN}]"));
        let (chosen, others): (Vec<&NodeRef<'_>>, Vec<_>) =
            runs.nodes().iter().partition(|run| self.has(run));
        let chosen: usize = chosen.into_iter().map(|run| words(&run.text())).sum();
        if chosen >= SHORT {
            return false;
        }
        let is_beside =
            |node: &NodeRef<'_>| node.node_name().is_some_and(|name| BESIDE.contains(&&*name));
        let others = others.into_iter().filter(|run| {
            !is_beside(run) && !run.ancestors_it(None).any(|around| is_beside(&around))
        });
        chosen < others.map(|run| words(&run.text()) - linked_words(run)).sum()
    }

    /// Takes from a page what is not chosen.
    fn cut(&self, page: &Document) {
        for run in page.select(&format!("[{RUN}]")).nodes() {
            if !self.has(run) {
                run.remove_from_parent();
            }
        }
        // These put signs around what is in them.
        for signed in page.select("q, bdo").nodes() {
            if !has_words(signed) {
                signed.remove_from_parent();
            }
        }
        // A page may stand in a table.
        for cell in page.select("td, th").nodes() {
            match cell.attr(CELL).is_some_and(|cell| self.cells.contains(&*cell)) {
                true => {}
                false if has_words(cell) => cell.rename("div"),
                false => cell.remove_from_parent(),
            }
        }
    }
}

/// The number of a run.
fn number(node: &NodeRef<'_>) -> Option<usize> {
    node.attr(RUN)?.parse().ok()
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// How many words of an element lead elsewhere. A place of this page is no other one.
fn linked_words(node: &NodeRef<'_>) -> usize {
    let links = Selection::from(*node).select("a[href]:not([href^='#'])");
    let inside: usize = links.nodes().iter().map(|link| words(&link.text())).sum();
    let itself = node.is("a[href]:not([href^='#'])");
    let all = words(&node.text());
    if itself { all } else { inside.min(all) }
}

/// The article around all that is chosen; else what is around it, unless that is the page.
fn article_around<'p>(chosen: &[NodeRef<'p>]) -> Option<NodeRef<'p>> {
    let (first, others) = chosen.split_first()?;
    let mut path = first.ancestors(None);
    path.reverse();
    for other in others {
        let around = other.ancestors(None);
        let common = path.iter().zip(around.iter().rev()).take_while(|(a, b)| a.id == b.id).count();
        path.truncate(common);
    }
    let is_article = |node: &&NodeRef<'_>| node.is("article, main, [role=main], [role=article]");
    let is_page = |node: &NodeRef<'_>| {
        !node.is_element() || matches!(node.node_name().as_deref(), Some("html" | "body"))
    };
    let article = path.iter().rev().find(is_article).copied();
    article.or_else(|| path.last().copied().filter(|node| !is_page(node)))
}

/// Whether a part of an article, which the choice leaves out, is text of it: one without a form and
/// without a way to another page, unless it is one run with a link in it, or says who wrote it.
/// `own` is the number of its words that are no links.
fn is_of_article(node: &NodeRef<'_>, text: &str, own: usize) -> bool {
    let parts = Selection::from(*node);
    let is_form = node.is(LEADING) || !parts.select(LEADING).is_empty();
    let is_control = |button: &NodeRef<'_>| {
        !button.ancestors_it(None).take_while(|up| up.id != node.id).any(|up| is_sentence(&up))
            && !is_sentence(node)
    };
    let buttons = parts.select("button");
    let all = words(text);
    if is_form || node.has_name("button") || buttons.nodes().iter().any(is_control) {
        return false;
    }
    if ADVERTISEMENTS.contains(&&*text.trim().to_lowercase()) {
        return false;
    }
    let is_run = || node.has_attr(RUN) || parts.select(&format!("[{RUN}]")).length() == 1;
    own == all || is_run() && (own * 4 >= all * 3 || is_byline(node) && all <= LONGEST_BYLINE)
}

/// Whether an element is one link alone, and no name says that it is anything but a line of text.
fn is_bare_link(node: &NodeRef<'_>) -> bool {
    let links = Selection::from(*node).select("a");
    let is_named = node.has_attr("class") || node.has_attr("id") || node.has_attr("role");
    let is_one =
        || node.has_name("div") && links.length() == 1 && node.element_children().len() == 1;
    !is_named && is_one() && linked_words(node) == words(&node.text())
}

fn is_byline(node: &NodeRef<'_>) -> bool {
    let class = node.class().unwrap_or_default().to_ascii_lowercase();
    BYLINES.iter().any(|name| class.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "The council voted on Monday to spend more money on flood defences, and \
                         the mayor said that the work would begin in the spring, after the \
                         ministry had agreed to pay a third of it, as it did in other towns. ";

    fn main(html: &str) -> MainText {
        main_text(Document::from(html), None).unwrap()
    }

    /// The lines of the main text that are no filling words.
    fn lines(body: &str) -> Vec<String> {
        let long = WORDS.repeat(3);
        let text = main(&format!("<article><p>{long}</p>{body}<p>{long}</p></article>")).text;
        let own = text.lines().filter(|line| !line.is_empty() && *line != long.trim());
        own.map(str::to_owned).collect()
    }

    #[test]
    fn no_sentence_is_cut() {
        for (body, expected) in [
            (
                "<p>“The firm will <em aria-hidden=true>not</em> pay,” he said.",
                vec!["“The firm will not pay,” he said."],
            ),
            (
                "<p>He is <mark class=comment-highlight>not</mark> guilty.",
                vec!["He is not guilty."],
            ),
            (
                "<p>Labour won <span class=share>31.4%</span> of the votes.",
                vec!["Labour won 31.4% of the votes."],
            ),
            (
                "<p>The fine is <span class=popup-trigger>€5,000</span> and not more.",
                vec!["The fine is €5,000 and not more."],
            ),
            (
                "<p>The <button class=tooltip__button>default rate</button> rose to 3.4%.",
                vec!["The default rate rose to 3.4%."],
            ),
            (
                "<div>He is <u role=alert>not</u> <font id=related>guilty</font>.</div>",
                vec!["He is not guilty."],
            ),
            ("<ul><li>Votes: <b id=footer-x>12</b></li></ul>", vec!["Votes: 12"]),
            (
                "<h2 class=accordion-header><button>Is the fee due?</button></h2><p>No.",
                vec!["Is the fee due?", "No."],
            ),
            ("<p><span class=comment>It will not pay.</span>", vec!["It will not pay."]),
            ("<table><tr><td>Dead<td><span class=extra-figure>12</span></table>", vec!["Dead\t12"]),
            ("<div><button>Share</button> <button>Save</button></div>", vec![]),
            ("<ul><li><button>Share</button></li><li><button>Save</button></li></ul>", vec![]),
            ("<div><a href=/a>Weather</a> <a href=/b>Sports</a></div>", vec![]),
        ] {
            assert_eq!(lines(body), expected, "{body}");
        }
    }

    #[test]
    fn a_line_break_stays_before_the_last_line() {
        let rows = "Dead: 12<br>30 hurt<br><br>Next";
        let expected = ["Dead: 12", "30 hurt", "Next"];
        for (open, close) in [
            ("<div>", "</div>"),
            ("<p><span style='x:y'>", "</span></p>"),
            ("<p><font size=2>", "</font></p>"),
            ("<ul><li>", "<p></p></li></ul>"),
            ("<blockquote>", "</blockquote>"),
            ("<table><tr><td>", "</td></tr></table>"),
        ] {
            assert_eq!(lines(&format!("{open}{rows}{close}")), expected, "{open}");
        }
        let item = "<ul><li>North 12<br>30 hurt<p>sub</p></li></ul>";
        assert_eq!(lines(item), ["North 12", "30 hurt", "sub"]);
    }

    #[test]
    fn what_stands_in_an_article_and_leads_nowhere_is_of_it() {
        for (body, expected) in [
            (
                "<div class=article-extra><h2>Results</h2><table><tr><th>CDU<td>38.1</table></div>",
                { vec!["Results", "CDU\t38.1"] },
            ),
            (
                "<section class=correction><p>It was 14, not 41.</section>",
                vec!["It was 14, not 41."],
            ),
            (
                "<footer class=article-footer><p>Correction: 14, not 41.</footer>",
                vec!["Correction: 14, not 41."],
            ),
            (
                "<h2 id=header-files>Header files</h2><h3 id=extraordinary>Items</h3><p>None.",
                vec!["Header files", "Items", "None."],
            ),
            ("<h2 id=header-files>Files <a href=#header-files>#</a></h2>", vec!["Files #"]),
            (
                "<p id=footer-note>He has seen <a href=/x>it</a> and he will not pay.",
                vec!["He has seen it and he will not pay."],
            ),
            ("<div><a href=/m>Final: 2–1</a></div>", vec!["Final: 2–1"]),
            ("<div class=teaser><a href=/m>Third match: 2–1</a></div>", vec![]),
            ("<div class=ad-break>Advertisement</div>", vec![]),
            ("<aside>More: <a href=/x>Weather</a></aside>", vec![]),
            ("<div class=social><p>Share this.</p><form><button>Go</button></form></div>", vec![]),
        ] {
            assert_eq!(lines(body), expected, "{body}");
        }
        let long = WORDS.repeat(4);
        let html = format!(
            "<article><p>{long}</p><div class=related><h2>Number of dead is 14, not 41</h2><p><a \
             href=/x>Other news of the day</a></p></div><p>{long}</p></article>"
        );
        let left = main(&html).left_inside;
        assert_eq!(left.as_deref(), Some("Number of dead is 14, not …"));
    }

    #[test]
    fn what_readers_wrote_below_an_article_is_not_of_it() {
        for (body, expected) in [
            (
                "<section class=comments-area><h2>1 comment</h2><ol class=comment-list><li \
                 class='comment even'><footer class=comment-meta><b class=fn>Peter</b></footer>\
                 <p>It was 41, not 14.</p></ol></section>",
                vec![],
            ),
            (
                "<div class=article-extra><p>It was 14, not 41.</p><div itemscope itemtype=\
                 'https://schema.org/Comment'><p>It was 41.</p></div></div>",
                vec!["It was 14, not 41."],
            ),
            (
                "<section id=comments><h2>Comments</h2><p>None was made.</p></section>",
                vec!["Comments", "None was made."],
            ),
        ] {
            assert_eq!(lines(body), expected, "{body}");
        }
    }

    #[test]
    fn what_stands_after_the_headline_is_of_the_article() {
        let html = format!(
            "<main><h1>On the fee</h1><div><h2 class=accordion-header><button>Is it due?</button>\
             </h2><div class=collapse><p>No. {0}</p></div><h2 class=accordion-header><button>Is it \
             owed?</button></h2><div class=collapse><p>Yes. {0}</p></div></div></main>",
            WORDS.repeat(2)
        );
        let text = main(&html).text;
        assert!(text.starts_with("On the fee\n\nIs it due?\n\nNo. The council"), "{text}");
        assert!(text.contains("\n\nIs it owed?\n\nYes. The council"), "{text}");
    }

    #[test]
    fn a_byline_after_the_headline_stays() {
        let html = "<article><h1>Bank chief to leave</h1><p class=byline>By <a href=/lee>Lee Park\
                    </a> and <a href=/ana>Ana Ruiz</a></p><p>The head of the bank will step down \
                    in June after 11 years, the bank said on Monday, and not before that.</p>\
                    </article>";
        let text = main(html).text;
        let head = "Bank chief to leave\n\nBy Lee Park and Ana Ruiz\n\nThe head of the bank will ";
        assert!(text.starts_with(head), "{text}");
    }

    #[test]
    fn a_few_words_beside_more_are_no_main_text() {
        let html = "<title>Results</title><h1>Results of the count</h1><table><tr><th>Ward<th>\
                    Labour<th>Green<tr><td>North<td>1,204<td>988<tr><td>South<td>901<td>1,310\
                    </table><p>Turnout: 41.3%</p><footer><p>Figures are provisional, not final.</p>\
                    </footer>";
        let main = main_text(Document::from(html), Some("Results"));
        // Those are the words of its footer.
        assert_eq!(main.map(|main| main.text), None);
    }

    #[test]
    fn a_page_in_a_table_has_no_cells_before_its_article() {
        let long = WORDS.repeat(5);
        let html = format!(
            "<table><tr><td><a href=/>Home</a><td><p>{long}</p><table><tr><th>A<td>1<td><td>3\
             </table><p>{long}</p></table>"
        );
        let text = main(&html).text;
        let expected = format!("Home\n\n{0}\n\nA\t1\t\t3\n\n{0}", long.trim());
        assert_eq!(text, expected);
    }
}
