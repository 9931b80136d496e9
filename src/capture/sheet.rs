//! The rules of the style sheets in a page that are for every medium and state, and which of them
//! count for an element.
//!
//! Always holds: of several rules for one property that one counts which browsers let win: by
//! `!important`, layer, specificity and order. Not here: which properties are read (`style`), the
//! words that sheets add (`generated`), sheets of other files. Source: CSS Syntax, CSS Cascade, CSS
//! Nesting, Selectors.

use crate::capture::selector::{Selector, StyledPart, list};
use cssparser::{ParseError, Parser, Token};
use dom_query::{Document, NodeId, NodeRef};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A declaration of a rule; its name is in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    pub name: String,
    pub value: String,
    pub is_important: bool,
}

impl Declaration {
    /// It as it is written.
    pub fn text(&self) -> String {
        let important = if self.is_important { " !important" } else { "" };
        format!("{}: {}{important}", self.name, self.value)
    }
}

/// A rule of a sheet.
pub(super) struct Rule {
    pub selectors: Vec<Selector>,
    pub declarations: Vec<Declaration>,
    /// The layer, by the numbers of those around it; what is in no layer comes last.
    layer: Vec<usize>,
}

/// About how many times a selector is compared with an element, and how many rules are applied to
/// the largest page.
const MAX_MATCHES: usize = 100_000_000;
const MIN_RULES: usize = 1_000;

/// What the greatest of wins.
type Rank = (bool, Vec<usize>, [u32; 3], usize);

/// The declarations that count for each part of an element, by property.
#[derive(Default)]
pub(super) struct Cascade(HashMap<(NodeId, StyledPart), BTreeMap<String, (Rank, String)>>);

impl Cascade {
    /// Adds the declarations of rules that are for a part of elements and that `counts` picks: of
    /// the first of them, if they are very many for the size of the page.
    pub fn add(
        &mut self,
        page: &Document,
        rules: &[Rule],
        is_part: impl Fn(StyledPart) -> bool,
        counts: impl Fn(&Rule, &Declaration) -> bool,
    ) {
        let (names, nodes) = names(page);
        let is_one = |selector: &&Selector| {
            is_part(selector.part) && selector.needs.iter().all(|name| names.contains(name))
        };
        let most = (MAX_MATCHES / nodes.max(1)).max(MIN_RULES);
        let picked = rules.iter().enumerate().filter_map(|(order, rule)| {
            let is_one = rule.selectors.iter().any(|selector| is_one(&selector));
            let declarations = rule.declarations.iter().filter(|it| is_one && counts(rule, it));
            let declarations: Vec<&Declaration> = declarations.collect();
            (!declarations.is_empty()).then_some((order, rule, declarations))
        });
        for (order, rule, declarations) in picked.take(most) {
            for selector in rule.selectors.iter().filter(is_one) {
                let Some(selection) = page.try_select(&selector.text) else { continue };
                for node in selection.nodes() {
                    let of = self.0.entry((node.id, selector.part)).or_default();
                    for declaration in &declarations {
                        let rank = rule.rank(declaration, selector, order);
                        let last = of.get(&declaration.name);
                        if last.is_none_or(|(last, _)| *last <= rank) {
                            let value = (rank, declaration.value.clone());
                            of.insert(declaration.name.clone(), value);
                        }
                    }
                }
            }
        }
    }

    /// Each part of an element with the declarations that count, the one that wins over all last.
    pub fn into_parts(self) -> impl Iterator<Item = (NodeId, StyledPart, Vec<Declaration>)> {
        self.0.into_iter().map(|((node, part), of)| {
            let mut of: Vec<(Rank, String, String)> =
                of.into_iter().map(|(name, (rank, value))| (rank, name, value)).collect();
            of.sort();
            let of = of.into_iter().map(|(rank, name, value)| Declaration {
                name,
                value,
                is_important: rank.0,
            });
            (node, part, of.collect())
        })
    }
}

/// The classes and names of the elements of a page, and how many elements there are.
fn names(page: &Document) -> (HashSet<String>, usize) {
    let (mut names, mut count) = (HashSet::new(), 0);
    for node in page.root().descendants_it().filter(NodeRef::is_element) {
        count += 1;
        for name in ["class", "id"] {
            let value = node.attr(name).unwrap_or_default();
            names.extend(value.split_ascii_whitespace().map(str::to_owned));
        }
    }
    (names, count)
}

impl Rule {
    fn rank(&self, declaration: &Declaration, selector: &Selector, order: usize) -> Rank {
        // Of important declarations those of an earlier layer win.
        let layer = match declaration.is_important {
            true => self.layer.iter().map(|number| usize::MAX - number).collect(),
            false => self.layer.clone(),
        };
        (declaration.is_important, layer, selector.specificity, order)
    }
}

/// The rules of sheets, in order.
pub(super) fn rules<'s>(sheets: impl Iterator<Item = &'s str>) -> Vec<Rule> {
    let mut reader = Reader { rules: Vec::new(), layers: Vec::new() };
    for sheet in sheets {
        let sheet = sheet.trim();
        // Old pages put a sheet into a comment of HTML.
        let sheet = sheet.strip_prefix("<!--").unwrap_or(sheet);
        let sheet = without_comments(sheet.strip_suffix("-->").unwrap_or(sheet));
        let around = Around { parents: None, layer: Vec::new() };
        let _ = reader.items(&mut Parser::new(&sheet), &around);
    }
    reader.rules
}

/// What is around a rule.
#[derive(Clone)]
struct Around {
    /// The selectors of the rule in which it stands.
    parents: Option<Vec<Selector>>,
    layer: Vec<usize>,
}

struct Reader {
    rules: Vec<Rule>,
    /// The layers in the order of their first mention: the one around it, and the name.
    layers: Vec<(Vec<usize>, String)>,
}

impl Reader {
    /// Reads rules and declarations; returns the declarations.
    fn items(&mut self, parser: &mut Parser<'_>, around: &Around) -> Vec<Declaration> {
        let (mut found, mut start) = (Vec::new(), parser.position());
        loop {
            let is_block = match parser.next_including_whitespace_and_comments() {
                Ok(Token::CurlyBracketBlock) => true,
                Ok(Token::Semicolon) => false,
                Ok(_) => continue,
                Err(_) => {
                    found.extend(declaration(parser.slice_from(start)));
                    return found;
                }
            };
            let text = parser.slice_from(start);
            if is_block {
                let before = text.strip_suffix('{').unwrap_or(text).trim().to_owned();
                // What is deeper than the parser goes is passed over.
                let _ = parser.parse_nested_block(|inner| {
                    self.block(&before, inner, around);
                    Ok::<(), ParseError<()>>(())
                });
            } else {
                let text = text.strip_suffix(';').unwrap_or(text);
                match text.trim().strip_prefix("@layer") {
                    Some(names) => names.split(',').for_each(|name| {
                        self.layer(around, name.trim());
                    }),
                    None => found.extend(declaration(text)),
                }
            }
            start = parser.position();
        }
    }

    /// Reads a block, if it is for every medium and state.
    fn block(&mut self, before: &str, parser: &mut Parser<'_>, around: &Around) {
        let Some(at_rule) = before.strip_prefix('@') else {
            let selectors = list(before, around.parents.as_deref());
            let inner = Around { parents: Some(selectors.clone()), ..around.clone() };
            return self.rule(selectors, parser, &inner);
        };
        let end = at_rule.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let (name, condition) = at_rule.split_at(end.unwrap_or(at_rule.len()));
        let (condition, mut inner) = (condition.trim().to_ascii_lowercase(), around.clone());
        match name.to_ascii_lowercase().as_str() {
            "media" if condition.split(',').any(is_of_screens) => {}
            "supports" if !condition.starts_with("not") => {}
            "layer" => inner.layer = self.layer(around, &condition),
            _ => return,
        }
        let selectors = inner.parents.clone().unwrap_or_default();
        self.rule(selectors, parser, &inner);
    }

    /// Reads the declarations of a rule, and the rules inside of it, which come after it.
    fn rule(&mut self, selectors: Vec<Selector>, parser: &mut Parser<'_>, inner: &Around) {
        let at = self.rules.len();
        let mut layer = inner.layer.clone();
        layer.push(usize::MAX);
        self.rules.push(Rule { selectors, declarations: Vec::new(), layer });
        let declarations = self.items(parser, inner);
        if let Some(rule) = self.rules.get_mut(at) {
            rule.declarations = declarations;
        }
    }

    /// The layer of a name, which may have dots; one without a name is like no other.
    fn layer(&mut self, around: &Around, name: &str) -> Vec<usize> {
        let mut layer = around.layer.clone();
        for part in name.split('.') {
            let mentioned = (layer.clone(), part.trim().to_owned());
            let known = self.layers.iter().position(|it| *it == mentioned && !part.is_empty());
            layer.push(known.unwrap_or(self.layers.len()));
            if known.is_none() {
                self.layers.push(mentioned);
            }
        }
        layer
    }
}

/// Whether a medium is every one, or screens, without a condition.
pub(super) fn is_of_screens(medium: &str) -> bool {
    let medium = medium.to_ascii_lowercase();
    let words: Vec<&str> = medium.split_whitespace().collect();
    matches!(words.as_slice(), [] | ["all" | "screen"] | ["only", "screen"])
}

/// The declarations of a `style` attribute.
pub(super) fn declarations(text: &str) -> Vec<Declaration> {
    let mut reader = Reader { rules: Vec::new(), layers: Vec::new() };
    let around = Around { parents: None, layer: Vec::new() };
    reader.items(&mut Parser::new(&without_comments(text)), &around)
}

fn declaration(text: &str) -> Option<Declaration> {
    let (name, value) = text.split_once(':')?;
    let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
    let bare = value.rsplit_once('!').filter(|(_, word)| {
        let word = word.trim();
        word.eq_ignore_ascii_case("important") || word.eq_ignore_ascii_case("ie")
    });
    let (value, is_important) = (bare.map_or(value, |(value, _)| value.trim_end()), bare.is_some());
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let value = value.to_owned();
    (is_name && !name.is_empty()).then_some(Declaration { name, value, is_important })
}

/// A sheet without its comments; what looks like one in a string is none.
fn without_comments(sheet: &str) -> String {
    let (mut text, mut rest) = (String::with_capacity(sheet.len()), sheet.chars().peekable());
    let mut quoted = None;
    while let Some(c) = rest.next() {
        match (c, quoted) {
            ('\\', _) => {
                text.push(c);
                text.extend(rest.next());
                continue;
            }
            ('/', None) if rest.peek() == Some(&'*') => {
                rest.next();
                let mut last = ' ';
                for inner in rest.by_ref() {
                    if (last, inner) == ('*', '/') {
                        break;
                    }
                    last = inner;
                }
                text.push(' ');
                continue;
            }
            ('"' | '\'', None) => quoted = Some(c),
            // A string ends with its line.
            (c, Some(mark)) if c == mark || c == '\n' => quoted = None,
            _ => {}
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(page: &str, sheet: &str) -> Vec<(String, StyledPart, String)> {
        let page = Document::from(page);
        let mut cascade = Cascade::default();
        cascade.add(&page, &rules([sheet].into_iter()), |_| true, |_, _| true);
        let mut found: Vec<_> = cascade.into_parts().collect();
        found.sort_by_key(|(node, part, _)| (*node, *part));
        let shown = |of: &[Declaration]| {
            let of = of.iter().map(|it| format!("{}:{}", it.name, it.value));
            of.collect::<Vec<_>>().join(";")
        };
        let name = |id| page.tree.get(&id).unwrap().node_name().unwrap().to_string();
        found.into_iter().map(|(node, part, of)| (name(node), part, shown(&of))).collect()
    }

    #[test]
    fn the_rule_counts_that_browsers_let_win() {
        let page = "<b class='k:1 n' id=i>x<i>y</i></b>";
        for (sheet, element, expected) in [
            ("b{color:red}b{color:blue}", "b", "color:blue"),
            ("#i{color:red}b{color:blue}", "b", "color:red"),
            ("b.n{color:red}.n{color:blue}", "b", "color:red"),
            ("b{color:red !important}#i{color:blue}", "b", "color:red"),
            (":where(#i){color:red}b{color:blue}", "b", "color:blue"),
            ("b:not(.z){color:red}", "b", "color:red"),
            ("b:hover{color:red}b{color:blue}", "b", "color:blue"),
            (r".k\:1{color:red}", "b", "color:red"),
            ("@layer u{#i{color:red}}b{color:blue}", "b", "color:blue"),
            ("@layer u{b{color:red!important}}#i{color:blue!important}", "b", "color:red"),
            ("@layer v,u;@layer u{b{color:red}}@layer v{#i{color:blue}}", "b", "color:red"),
            ("@layer u.v{b{color:red}}@layer u{b{color:blue}}", "b", "color:blue"),
            ("@supports (display:grid){b{color:red}}", "b", "color:red"),
            ("@supports not (display:grid){b{color:red}}b{x:y}", "b", "x:y"),
            ("@media screen{b{color:red}}@media print{b{color:blue}}", "b", "color:red"),
            ("@media (width>9px){b{color:red}}b{x:y}", "b", "x:y"),
            (".n{i{color:red}}", "i", "color:red"),
            (".n{color:blue;&:not(.z) i{color:red}x:y}", "i", "color:red"),
            (".n{@media screen{color:red}}", "b", "color:red"),
            ("u::after{content:\"}\"} b{color:red}", "b", "color:red"),
            ("/* b{x:y} */b{color:/*x*/red}", "b", "color:red"),
            ("u{content:'/*'}b{color:red}", "b", "color:red"),
            ("<!-- b{color:red} -->", "b", "color:red"),
            ("@import 'x';@charset \"y\";b{color:red;;--x:{y:z};}", "b", "color:red"),
        ] {
            let found = computed(page, sheet);
            let of = found
                .iter()
                .find(|(name, part, _)| name == element && *part == StyledPart::Element);
            assert_eq!(of.map(|(.., of)| of.as_str()), Some(expected), "{sheet}");
        }
    }

    #[test]
    fn rules_for_what_is_not_in_the_page_keep_none_out() {
        let others: String = (0..200_000).map(|at| format!(".x{at}{{color:red}}")).collect();
        let sheet = format!("{others}b{{color:blue}}");
        let expected = ("b".to_owned(), StyledPart::Element, "color:blue".to_owned());
        assert_eq!(computed("<b>x</b>", &sheet), [expected]);
    }

    #[test]
    fn parts_and_what_is_no_rule() {
        let before = |value: &str| ("b".to_owned(), StyledPart::Before, format!("content:{value}"));
        let page = "<b>x</b>";
        for sheet in ["b::before{content:'a'}", "b:before{content:'a'}", "b::BEFORE{content:'a'}"] {
            assert_eq!(computed(page, sheet), [before("'a'")], "{sheet}");
        }
        let deep = "b{".repeat(10_000);
        let nots = format!("b{}{{x:y}}", ":not(u".repeat(5_000));
        for sheet in ["", "b", "b{", "b{x", "}}b", "@", "b::marker{x:y}", "{x:y}", &deep, &nots] {
            assert_eq!(computed(page, sheet), [], "{sheet}");
        }
    }
}
