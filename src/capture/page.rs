//! A page as a browser shows it: what no reader sees is removed, styles become elements, and the
//! elements become a text.
//!
//! Always holds: what is struck out, deleted or hidden by an element or by its own `style` is no
//! text. Not here: which style an element has (`style`); how words are joined (`flow`).
//! Source: the HTML Standard, chapter 15 (rendering); MathML Core.

use crate::capture::components::lay_out;
use crate::capture::flow::{Flow, TextGroup, is_before_figure, is_figure};
use crate::capture::neighbours::set_neighbours_apart;
use crate::capture::note_mark::{is_note_link, mark_note};
use crate::capture::style::{OffLine, ShownBox, Style, apply_sheets};
use crate::capture::table::{TableGrid, places};
use dom_query::{Document, NodeRef, Selection};

/// What no browser shows as text, or shows in place of what it cannot show.
const NO_TEXT: &str = "head, script, style, template, noscript, noframes, iframe, object, svg, \
                       canvas, audio, video, progress, meter, datalist, rp, annotation, \
                       annotation-xml, mphantom, noembed, dialog:not([open]), [popover], \
                       input[type=hidden]";
/// Struck out by its element.
const STRUCK: [&str; 3] = ["del", "s", "strike"];
/// Elements with an empty line before and after them.
const BLOCKS: &str = "address article aside blockquote body caption center dd details dialog dir \
                      div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header \
                      hgroup hr legend main menu nav ol optgroup option p search section summary \
                      table ul";
/// Elements that keep their place without their words.
const PLACES: [&str; 4] = ["li", "td", "th", "tr"];
/// Elements that keep their white space.
const PREFORMATTED: [&str; 5] = ["pre", "listing", "plaintext", "textarea", "xmp"];
/// Elements that are no words of a line: cells, groups of rows, what is drawn, and what has words
/// beside the line already.
const NO_SPAN: &str = "html head br wbr img input button select option textarea col colgroup thead \
                       tbody tfoot rb rt rtc rp math sup sub annotation";
/// Elements of a line that put signs around their words.
const SIGNED: [&str; 3] = ["q", "bdo", "ruby"];
/// Elements of MathML whose text is shown.
const TOKENS: [&str; 5] = ["mi", "mn", "mo", "ms", "mtext"];

/// Removes what a reader does not see, and makes elements of styles, so that both stay so in the
/// main text.
pub(super) fn as_shown(page: &Document) -> WordsLeftOut {
    lay_out(page);
    apply_sheets(page);
    let drawings = page.select("svg text, svg foreignObject");
    let drawn = drawings.iter().map(|text| words(&text.text())).sum();
    page.select(NO_TEXT).remove();
    // The same formula a second time.
    page.select(".katex-html, .MathJax_Preview").remove();
    page.select(".mwe-math-element:has(math) img").remove();
    let root = page.root();
    let (mut unseen, mut struck) = (Vec::new(), 0);
    let mut next = root.first_child();
    while let Some(node) = next {
        let fate = if node.is_element() { fate(&node) } else { Fate::Shown };
        match fate {
            Fate::Shown if node.is_element() => restyle(&node),
            Fate::Shown => {}
            Fate::Struck => struck += words(&node.text()),
            Fate::Hidden => {}
            Fate::HiddenWords => {
                unseen.extend(hidden_words(&node).into_iter().map(|words| (words, Fate::Hidden)));
            }
        }
        let has_more = matches!(fate, Fate::Shown | Fate::HiddenWords);
        next = following(&node, &root, has_more);
        if !has_more {
            unseen.push((node, fate));
        }
    }
    for (node, fate) in unseen {
        let name = node.node_name().unwrap_or_default();
        let is_place = is_block(&name) || PLACES.contains(&&*name);
        match fate == Fate::Struck && is_place {
            true => node.remove_children(),
            false => node.remove_from_parent(),
        }
    }
    set_neighbours_apart(page);
    // What is shown stays so in the main text, whatever hid it before.
    page.select("[style], [hidden]").remove_attrs(&["style", "hidden"]);
    WordsLeftOut { struck, drawn }
}

/// How many words of a page are no part of its text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WordsLeftOut {
    /// Those that are struck out.
    pub struck: usize,
    /// Those of drawings.
    pub drawn: usize,
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// How deep the elements of a page contain each other.
pub(super) fn depth(page: &Document) -> usize {
    let root = page.root();
    let (mut deepest, mut depth, mut next) = (0, 1, root.first_child());
    while let Some(node) = next {
        deepest = deepest.max(depth);
        next = node.first_child();
        if next.is_some() {
            depth += 1;
            continue;
        }
        let mut last = node;
        next = loop {
            if let Some(sibling) = last.next_sibling() {
                break Some(sibling);
            }
            match last.parent().filter(|parent| parent.id != root.id) {
                Some(parent) => (last, depth) = (parent, depth - 1),
                None => break None,
            }
        };
    }
    deepest
}

fn is_block(name: &str) -> bool {
    BLOCKS.split(' ').any(|block| block == name)
}

/// Whether an element is a part of a line, or is drawn in one.
pub(super) fn is_of_line(name: &str) -> bool {
    const NO_LINE: [&str; 8] =
        ["html", "head", "body", "thead", "tbody", "tfoot", "col", "colgroup"];
    !is_block(name)
        && !PLACES.contains(&name)
        && !PREFORMATTED.contains(&name)
        && !NO_LINE.contains(&name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Shown,
    Struck,
    Hidden,
    /// Its words are hidden, and something in it shows itself again.
    HiddenWords,
}

fn fate(node: &NodeRef<'_>) -> Fate {
    let name = node.node_name().unwrap_or_default();
    if STRUCK.contains(&&*name) {
        return Fate::Struck;
    }
    let style = Style::of(node);
    if style.any(&["text-decoration", "text-decoration-line"], |line| line.contains("line-through"))
    {
        return Fate::Struck;
    }
    let inner =
        |style: &str| !Selection::from(*node).select(&format!("[style*='{style}']")).is_empty();
    let is_hidden = node.attr("hidden").is_some_and(|value| &*value != "until-found")
        || style.any(&["display"], |value| value == "none")
        || style.any(&["mso-hide"], |value| value == "all");
    let is_of_inner = match (style.is_invisible(), style.is_of_no_size()) {
        (Some(true), _) => inner("visible"),
        (_, Some(true)) => inner("font"),
        _ => false,
    };
    let is_blank = style.is_invisible() == Some(true) || style.is_of_no_size() == Some(true);
    let is_hidden = is_hidden || (is_blank && !is_of_inner);
    // A page shows itself by a script; a formula is shown as an image beside it.
    let is_formula = || {
        let formula = Selection::from(*node).select("math").text();
        !formula.trim().is_empty() && formula.trim() == node.text().trim()
    };
    match (is_hidden, is_of_inner) {
        (false, false) => Fate::Shown,
        _ if matches!(&*name, "html" | "body") || is_formula() => {
            // The choice of the main text leaves out what says that it is hidden.
            node.remove_attr("aria-hidden");
            Fate::Shown
        }
        (true, _) => Fate::Hidden,
        (false, true) => Fate::HiddenWords,
    }
}

/// The texts of an element that stay hidden where something in it shows itself again: the nearest
/// element that says so decides.
fn hidden_words<'p>(node: &NodeRef<'p>) -> Vec<NodeRef<'p>> {
    let nearest = |text: &NodeRef<'_>, says: fn(&Style) -> Option<bool>| {
        let around = text.ancestors(None);
        around.iter().find_map(|element| says(&Style::of(element)))
    };
    let is_hidden = |text: &NodeRef<'_>| {
        nearest(text, Style::is_invisible) == Some(true)
            || nearest(text, Style::is_of_no_size) == Some(true)
    };
    node.descendants().into_iter().filter(|inner| inner.is_text() && is_hidden(inner)).collect()
}

/// Makes an element of the style of another one, or words of what is drawn.
fn restyle(node: &NodeRef<'_>) {
    let name = node.node_name().unwrap_or_default();
    if let Some(direction) = Style::of(node).overridden_direction()
        && (is_span(&name) || is_block(&name))
        && &*name != "bdo"
    {
        node.set_html(format!("<bdo dir={direction}>{}</bdo>", node.inner_html()));
    }
    match &*name {
        "input" => {
            let kind = node.attr("type").unwrap_or_default().to_ascii_lowercase();
            let value = || format!(" {} ", node.attr("value").unwrap_or_default());
            let shown = match (kind.as_str(), node.has_attr("checked")) {
                ("checkbox", true) => "☑ ".to_owned(),
                ("checkbox", false) => "☐ ".to_owned(),
                ("radio", true) => "◉ ".to_owned(),
                ("radio", false) => "○ ".to_owned(),
                ("password" | "image" | "file" | "color" | "range", _) => return,
                _ => value(),
            };
            node.rename("span");
            node.set_text(shown);
        }
        "select" => leave_chosen(node),
        "ol" => number_items(node),
        "img" if is_letter(node) => {
            let letter = node.attr("alt").unwrap_or_default();
            node.rename("span");
            node.set_text(letter);
        }
        "sup" => mark_note(node),
        name if is_span(name) => {
            if touches_its_twin(node) {
                set_apart(node);
            }
            restyle_span(node, SIGNED.contains(&name));
        }
        _ => {}
    }
}

/// Leaves of a list that shows one line the option that is chosen.
fn leave_chosen(list: &NodeRef<'_>) {
    let lines = list.attr("size").and_then(|size| size.trim().parse::<u32>().ok()).unwrap_or(1);
    if list.has_attr("multiple") || lines > 1 {
        return;
    }
    let options = Selection::from(*list).select("option");
    let options = options.nodes();
    let chosen = options.iter().rposition(|option| option.has_attr("selected")).unwrap_or(0);
    // Else the choice of the main text would leave it out.
    list.rename("span");
    for (at, option) in options.iter().enumerate() {
        match at == chosen {
            true => option.rename("span"),
            false => option.remove_from_parent(),
        }
    }
}

/// Writes the numbers that the author of a list gives its items: those after a first one that is
/// not 1, or after one that is not the next. A list of one item is often a line that begins with a
/// number.
fn number_items(list: &NodeRef<'_>) {
    let is_other = |kind: &str| {
        ["none", "alpha", "latin", "roman", "disc", "circle", "square"]
            .iter()
            .any(|name| kind.contains(name))
    };
    let is_letters = list.attr("type").is_some_and(|kind| kind.trim() != "1");
    let is_styled = |node: &NodeRef<'_>| {
        Style::of(node).any(&["list-style", "list-style-type"], |kind| is_other(kind))
    };
    if is_letters || list.has_attr("reversed") || is_styled(list) {
        return;
    }
    let of = |node: &NodeRef<'_>, name: &str| node.attr(name)?.trim().parse::<i32>().ok();
    let mut items = list.element_children();
    items.retain(|item| item.has_name("li"));
    let mut number = of(list, "start").unwrap_or(1);
    let mut is_given = number != 1 || items.len() == 1;
    for item in &items {
        let value = of(item, "value").unwrap_or(number);
        is_given |= value != number;
        number = value;
        if is_given && !is_styled(item) {
            let mut place = *item;
            let is_blank = |node: &NodeRef<'_>| {
                !node.is_element() && (node.is_comment() || node.text().trim().is_empty())
            };
            while let Some(first) = place.children_it(false).find(|node| !is_blank(node)) {
                if !first.node_name().is_some_and(|name| ["p", "div"].contains(&&*name)) {
                    break;
                }
                place = first;
            }
            place.prepend_child(&place.tree.new_text(format!("{number}. ")));
        }
        number = number.saturating_add(1);
    }
}

/// Whether an element is a part of a line, unless a style makes a box of it: those of HTML, and
/// every one that HTML does not know.
fn is_span(name: &str) -> bool {
    !is_block(name)
        && !NO_SPAN.split(' ').any(|other| other == name)
        && !PLACES.contains(&name)
        && !PREFORMATTED.contains(&name)
}

/// Makes an element of the style of a part of a line; one that puts signs around its words keeps
/// them.
fn restyle_span(node: &NodeRef<'_>, is_signed: bool) {
    let is_note = is_note_link(node, is_figure_beside);
    let style = Style::of(node);
    let in_items = is_item(node);
    if !is_note && !in_items && style.is_empty() {
        return;
    }
    // The rows and scripts of a formula have their own elements.
    if node.ancestors(None).iter().any(|around| around.has_name("math")) {
        return;
    }
    let become_element = |name: &str| match is_signed {
        true => node.set_html(format!("<{name}>{}</{name}>", node.inner_html())),
        false => node.rename(name),
    };
    let shift = || style.shift().filter(|_| is_figure_beside(node));
    let off_line = if is_note { Some(OffLine::Above) } else { style.script().or_else(shift) };
    match (off_line, style.shown_box()) {
        (Some(OffLine::Above), _) => {
            become_element("sup");
            mark_note(node);
        }
        (Some(OffLine::Below), _) => become_element("sub"),
        (None, Some(ShownBox::Float)) if is_initial(node) => {}
        (None, Some(ShownBox::Block)) => become_element("div"),
        (None, Some(ShownBox::Apart | ShownBox::Float)) => set_apart(node),
        (None, None) if in_items => set_apart(node),
        (None, None) => {}
    }
}

/// Whether an element is an item of a box that lays out its items, each in its own place.
fn is_item(node: &NodeRef<'_>) -> bool {
    let mut around = node.parent();
    while let Some(parent) = around {
        let style = Style::of(&parent);
        if !style.any(&["display"], |value| value == "contents") {
            return style.lays_out_items();
        }
        around = parent.parent();
    }
    false
}

/// Whether a figure that is kept from screen readers touches what stands beside it: mostly the same
/// once more, for these.
fn touches_its_twin(node: &NodeRef<'_>) -> bool {
    let text = node.text();
    if node.attr("aria-hidden").as_deref() != Some("true") || !text.contains(char::is_numeric) {
        return false;
    }
    let touch = |before: Option<char>, after: Option<char>| {
        before.zip(after).is_some_and(|(before, after)| {
            let is_figure = before.is_numeric() || after.is_numeric();
            is_figure && !before.is_whitespace() && !after.is_whitespace()
        })
    };
    let before = node.prev_sibling().and_then(|before| before.text().chars().next_back());
    let after = node.next_sibling().and_then(|after| after.text().chars().next());
    touch(before, text.chars().next()) || touch(text.chars().next_back(), after)
}

/// Puts a space around an element.
fn set_apart(node: &NodeRef<'_>) {
    node.insert_before(&node.tree.new_text(" "));
    node.insert_after(&node.tree.new_text(" "));
}

/// Whether an element is the first letter of a word, which is drawn large beside its lines.
fn is_initial(node: &NodeRef<'_>) -> bool {
    let text = node.text();
    let letters = text.trim_matches(|c: char| !c.is_alphanumeric());
    let is_letter = letters.chars().count() == 1 && letters.chars().all(char::is_alphabetic);
    let next = node.next_sibling().map(|next| next.text());
    is_letter && next.is_some_and(|next| next.starts_with(char::is_alphabetic))
}

/// Whether the words of an element are a figure that follows a letter or a figure at once.
fn is_figure_beside(node: &NodeRef<'_>) -> bool {
    if !is_figure(&node.text()) {
        return false;
    }
    let mut before = *node;
    loop {
        let Some(sibling) = before.prev_sibling() else {
            let parent =
                before.parent().filter(|parent| !is_block(&parent.node_name().unwrap_or_default()));
            let Some(parent) = parent else { return false };
            before = parent;
            continue;
        };
        before = sibling;
        if let Some(last) = before.text().chars().next_back() {
            return is_before_figure(last);
        }
    }
}

/// Whether an image stands for a character.
fn is_letter(node: &NodeRef<'_>) -> bool {
    let class = node.class().unwrap_or_default().to_ascii_lowercase();
    ["emoji", "smiley"].iter().any(|name| class.contains(name))
}

/// The node after this one in the page, inside of it only if `inside`.
fn following<'p>(node: &NodeRef<'p>, root: &NodeRef<'p>, inside: bool) -> Option<NodeRef<'p>> {
    if let Some(child) = node.first_child().filter(|_| inside) {
        return Some(child);
    }
    let mut node = *node;
    while node.id != root.id {
        if let Some(next) = node.next_sibling() {
            return Some(next);
        }
        node = node.parent()?;
    }
    None
}

/// What is done at the end of an element.
#[derive(Clone, Copy)]
enum End {
    Block,
    Line,
    Row,
    Table,
    Cell,
    Group,
    Space,
    Put(&'static str),
    Preformatted,
    Math,
    Quotation,
}

/// The text of a page, or of a part of it.
pub(super) fn text_of(root: &NodeRef<'_>) -> String {
    let mut writer = PageWriter::default();
    // Open elements, and how many ends each has.
    let mut open: Vec<(NodeRef<'_>, usize)> = Vec::new();
    let mut next = root.first_child();
    while let Some(node) = next {
        let before = writer.ends.len();
        writer.begin(&node);
        open.push((node, before));
        next = node.first_child();
        while next.is_none() {
            let Some((node, before)) = open.pop() else { break };
            writer.end(before);
            next = node.next_sibling();
        }
    }
    writer.flow.finished()
}

/// Whether the figures of a formula go on with those before them (a browser shows no space), also
/// as the base of an exponent: `1` and `0⁶`.
fn goes_on_with_figures(node: &NodeRef<'_>) -> bool {
    let is_script = |parent: &NodeRef<'_>| {
        matches!(parent.node_name().as_deref(), Some("msup" | "msub" | "msubsup"))
    };
    let first = node.prev_element_sibling().is_none();
    let script = node.parent().filter(|parent| first && is_script(parent));
    let before = script.unwrap_or(*node).prev_element_sibling();
    let parent = script.unwrap_or(*node).parent();
    let in_row = parent.is_some_and(|row| {
        matches!(row.node_name().as_deref(), Some("mrow" | "math" | "mstyle" | "semantics"))
    });
    in_row && before.is_some_and(|before| before.has_name("mn"))
}

#[derive(Default)]
struct PageWriter {
    flow: Flow,
    ends: Vec<End>,
    preformatted: usize,
    math: usize,
    quotations: usize,
    /// The open tables.
    tables: Vec<TableGrid>,
}

impl PageWriter {
    fn begin(&mut self, node: &NodeRef<'_>) {
        if node.is_text() {
            return self.text(node);
        }
        let Some(name) = node.node_name() else { return };
        if self.math > 0 {
            self.slot(node);
        }
        match &*name {
            "br" => self.flow.end_line(),
            "img" | "input" => self.flow.space(),
            "button" | "select" => {
                self.flow.space();
                self.ends.push(End::Space);
            }
            "li" => {
                self.flow.line();
                self.ends.push(End::Line);
            }
            "tr" | "mtr" | "mlabeledtr" => {
                self.flow.line();
                self.ends.push(End::Row);
            }
            "thead" | "tbody" | "tfoot" => {
                self.tables.last_mut().into_iter().for_each(TableGrid::begin_group);
            }
            "td" | "th" | "mtd" => {
                let number = |name: &str| places(node.attr(name).as_deref());
                let (columns, rows) = (number("colspan"), number("rowspan"));
                let grid = self.tables.last_mut().filter(|_| self.math == 0);
                let covered = grid.map_or(0, |grid| grid.begin_cell(columns, rows));
                self.flow.skip_cells(covered);
                self.flow.open_cell();
                self.flow.widen_cell(columns - 1);
                self.ends.push(End::Cell);
            }
            "table" => {
                self.flow.block();
                self.tables.push(TableGrid::default());
                self.ends.extend([End::Block, End::Table]);
            }
            "sup" => self.group(TextGroup::Above),
            "sub" => self.group(TextGroup::Below),
            "rt" => self.group(TextGroup::Parenthesized),
            "q" => {
                self.flow.put(if self.quotations.is_multiple_of(2) { "“" } else { "‘" });
                self.quotations += 1;
                self.ends.push(End::Quotation);
            }
            "bdo" => {
                let is_left = node.attr("dir").is_some_and(|dir| dir.eq_ignore_ascii_case("rtl"));
                self.flow.put(if is_left { "\u{202E}" } else { "\u{202D}" });
                self.ends.push(End::Put("\u{202C}"));
            }
            "math" => {
                self.flow.bound();
                self.math += 1;
                self.ends.push(End::Math);
            }
            "mn" if goes_on_with_figures(node) => {}
            "mfrac" | "mn" => self.flow.apart(),
            "mspace" => self.flow.space(),
            "mfenced" => {
                self.flow.put("(");
                self.ends.push(End::Put(")"));
            }
            "msqrt" => {
                self.flow.put("√");
                self.group(TextGroup::Operand);
            }
            name if PREFORMATTED.contains(&name) => {
                self.flow.block();
                self.preformatted += 1;
                self.ends.extend([End::Block, End::Preformatted]);
            }
            name if is_block(name) => {
                self.flow.block();
                self.ends.push(End::Block);
            }
            _ => {}
        }
    }

    fn text(&mut self, node: &NodeRef<'_>) {
        let text = node.text();
        if self.preformatted > 0 {
            return self.flow.put(&text);
        }
        if self.math == 0 {
            return self.flow.words(&text);
        }
        let parent = node.parent().and_then(|parent| parent.node_name()).unwrap_or_default();
        if TOKENS.contains(&&*parent) {
            self.flow.words(text.trim());
        }
    }

    /// The part that an element has in the formula around it.
    fn slot(&mut self, node: &NodeRef<'_>) {
        let parent = node.parent().and_then(|parent| parent.node_name()).unwrap_or_default();
        let first = node.prev_element_sibling();
        let second = first.as_ref().and_then(NodeRef::prev_element_sibling);
        let place = usize::from(first.is_some()) + usize::from(second.is_some());
        match (&*parent, place) {
            ("msup" | "mover", 1) | ("msubsup" | "munderover" | "mmultiscripts", 2) => {
                self.group(TextGroup::Above);
            }
            ("msub" | "munder" | "msubsup" | "munderover" | "mmultiscripts", 1) => {
                self.group(TextGroup::Below);
            }
            ("mfrac" | "mroot", 0) => self.group(TextGroup::Operand),
            ("mfrac", 1) => {
                self.flow.put("/");
                self.group(TextGroup::Operand);
            }
            ("mroot", 1) => self.group(TextGroup::Degree),
            _ => {}
        }
    }

    fn group(&mut self, group: TextGroup) {
        self.flow.open(group);
        self.ends.push(End::Group);
    }

    /// Ends an element: all that its beginning noted.
    fn end(&mut self, before: usize) {
        while self.ends.len() > before {
            let Some(end) = self.ends.pop() else { return };
            match end {
                End::Block => self.flow.block(),
                End::Line => self.flow.line(),
                End::Row => {
                    self.flow.end_row();
                    if let Some(grid) = self.tables.last_mut().filter(|_| self.math == 0) {
                        grid.end_row();
                    }
                }
                End::Table => drop(self.tables.pop()),
                End::Cell => self.flow.close_cell(),
                End::Group => self.flow.close(),
                End::Space => self.flow.space(),
                End::Put(mark) => self.flow.put(mark),
                End::Preformatted => self.preformatted -= 1,
                End::Math => {
                    self.flow.bound();
                    self.math -= 1;
                }
                End::Quotation => {
                    self.quotations -= 1;
                    self.flow.put(if self.quotations.is_multiple_of(2) { "”" } else { "’" });
                }
            }
        }
    }
}
