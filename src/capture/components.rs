//! Components and frames of a page: elements that show a tree of their own (declarative shadow
//! DOM) or a page that stands in an attribute (`srcdoc`), as browsers and programs that save pages
//! write them.
//!
//! Always holds: what an element shows stands in it as plain elements; what has no slot in it is
//! not shown. Not here: components that scripts alone fill, frames of other files. Source: the HTML
//! Standard, `template`, `slot` and `iframe`.

use crate::capture::style::apply_sheets;
use dom_query::{Document, NodeRef};

/// How deep components and frames may contain each other; what is deeper is not shown.
const NESTED: usize = 16;

/// Puts what each component and frame shows in the place of what it is given.
pub(super) fn lay_out(page: &Document) {
    lay_out_nested(page, NESTED);
}

fn lay_out_nested(page: &Document, nested: usize) {
    // A component in another one comes after it, and is laid out first.
    for template in page.select("template[shadowrootmode]").nodes().iter().rev() {
        let content = template.element_ref().and_then(|element| element.template_contents);
        let (Some(host), Some(content)) = (template.parent(), content) else { continue };
        let shown = Document::fragment(NodeRef::new(content, template.tree).inner_html());
        if nested > 0 {
            lay_out_nested(&shown, nested - 1);
        }
        // Its sheets are for what is in it alone.
        apply_sheets(&shown);
        shown.select("style").remove();
        for slot in shown.select("slot").nodes() {
            let name = slot.attr("name").unwrap_or_default();
            let given = host.children().into_iter().filter(|child| is_for(child, &name));
            let given: String = given.map(|child| child.html().to_string()).collect();
            // A slot to which nothing is given shows what is in it.
            if !given.trim().is_empty() {
                slot.set_html(given);
            }
        }
        host.set_html(shown.select("html").inner_html());
    }
    for frame in page.select("iframe[srcdoc]").nodes() {
        let shown = Document::from(frame.attr("srcdoc").unwrap_or_default());
        if nested > 0 {
            lay_out_nested(&shown, nested - 1);
        }
        apply_sheets(&shown);
        shown.select("style").remove();
        frame.rename("div");
        frame.set_html(shown.select("body").inner_html());
    }
}

/// Whether what an element is given is for the slot of this name.
fn is_for(child: &NodeRef<'_>, slot: &str) -> bool {
    let is_component = child.has_name("template") && child.has_attr("shadowrootmode");
    !is_component && *child.attr("slot").unwrap_or_default() == *slot
}
