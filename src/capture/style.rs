//! The styles that a page has in itself: of its elements, and of its style sheets, as far as they
//! raise, lower or strike out.
//!
//! Always holds: an element's own style goes before a sheet, a later rule before an earlier one. A
//! sheet hides nothing, because scripts show again what it hides. Not here: sheets of other files,
//! rules for a medium or a state, the specificity of selectors. Source: CSS Syntax, CSS Cascade.

use dom_query::{Document, NodeRef};

/// Properties that a sheet gives to an element.
const OF_SHEETS: [&str; 3] = ["vertical-align", "text-decoration", "text-decoration-line"];
/// The most rules of a page that are applied.
const MAX_RULES: usize = 200;

/// The declarations of an element's own style.
pub(super) struct Style(Vec<(String, String)>);

impl Style {
    /// The style of an element.
    pub(super) fn of(node: &NodeRef<'_>) -> Style {
        Style::read(&node.attr("style").unwrap_or_default())
    }

    fn read(declarations: &str) -> Style {
        let declarations = declarations.to_ascii_lowercase();
        let declarations = declarations.split(';').filter_map(|line| line.split_once(':'));
        let value = |value: &str| value.replace("!important", "").trim().to_owned();
        Style(declarations.map(|(name, of)| (name.trim().to_owned(), value(of))).collect())
    }

    /// Whether the last declaration of one of these properties is so.
    pub(super) fn any(&self, names: &[&str], is: impl Fn(&str) -> bool) -> bool {
        let last = self.0.iter().rev().find(|(name, _)| names.contains(&name.as_str()));
        last.is_some_and(|(_, value)| is(value))
    }
}

/// Gives elements what the style sheets in the page say of them.
pub(super) fn apply_sheets(page: &Document) {
    let sheets: Vec<String> =
        page.select("style").iter().map(|sheet| sheet.text().to_string()).collect();
    let rules = sheets.iter().flat_map(|sheet| rules(sheet));
    let rules: Vec<(String, String)> = rules.take(MAX_RULES).collect();
    // What is written first goes after what is written before it.
    for (selectors, declarations) in rules.iter().rev() {
        let Some(selection) = page.try_select(selectors) else { continue };
        for node in selection.nodes() {
            let own = node.attr("style").unwrap_or_default();
            node.set_attr("style", &format!("{declarations};{own}"));
        }
    }
}

/// The rules of a sheet: selectors, and the declarations that count here.
fn rules(sheet: &str) -> Vec<(String, String)> {
    let (sheet, mut found) = (without_comments(sheet), Vec::new());
    let mut rest = sheet.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let mut depth = 1;
        let end = after.find(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = end.unwrap_or(after.len());
        let (block, selectors) = (&after[..end], before.rsplit(';').next().unwrap_or_default());
        rest = after.get(end + 1..).unwrap_or_default();
        if selectors.trim_start().starts_with('@') || block.contains('{') {
            continue;
        }
        let plain = selectors.split(',').filter(|selector| !selector.contains(':'));
        let selectors = plain.map(str::trim).collect::<Vec<_>>().join(",");
        let counts = |line: &&str| {
            line.split_once(':').is_some_and(|(name, _)| {
                OF_SHEETS.contains(&name.trim().to_ascii_lowercase().as_str())
            })
        };
        let declarations = block.split(';').filter(counts).collect::<Vec<_>>().join(";");
        if !declarations.is_empty() && !selectors.is_empty() {
            found.push((selectors, declarations));
        }
    }
    found
}

fn without_comments(sheet: &str) -> String {
    let mut text = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    // Old pages put a sheet into a comment of HTML.
    text.replace("<!--", "").replace("-->", "")
}
