//! What readers wrote below an article.
//!
//! Always holds: comments are known by who wrote each of them, or by schema.org, because *comments*
//! is also a heading of reports and laws. Not here: what else is no part of an article
//! (`main_text`).

use crate::capture::lists::entries;
use dom_query::{NodeRef, Selection};

/// What readers' comments are in, by a class or an id, and what shows who wrote one of them.
const COMMENTS: &str = include_str!("comment_classes.txt");
const COMMENT: &str = "[itemtype$='/Comment'], [itemtype$='/UserComments'], [itemprop=comment]";
const COMMENT_BY_CLASS: &str = "[class*=comment]";
const COMMENTER: &str = "time, [class*=author], [class*=user], [class*=avatar], [class*=meta], \
                         [class*=commenter], [class~=fn], [class~=date], [itemprop=author]";

/// Whether a part of an article is what readers wrote below it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    No,
    /// It is in a part of it.
    Inside,
    All,
}

impl Comments {
    /// Whether an element is, or has in it, readers' comments.
    pub(super) fn of(node: &NodeRef<'_>) -> Comments {
        if Comments::are(node) {
            return Comments::All;
        }
        let parts = Selection::from(*node);
        let inside = parts.select("[class*=omment], [id*=omment], [id=disqus_thread]");
        match inside.nodes().iter().any(Comments::are) || !parts.select(COMMENT).is_empty() {
            true => Comments::Inside,
            false => Comments::No,
        }
    }

    /// Whether all of an element is readers' comments.
    pub(super) fn are(node: &NodeRef<'_>) -> bool {
        let is = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.split_ascii_whitespace().any(|name| entries(COMMENTS).any(|class| class == name))
        };
        let is_named =
            || ["class", "id"].iter().any(|name| node.attr(name).is_some_and(|it| is(&it)));
        let is_by_reader = |comment: &NodeRef<'_>| {
            comment.is(COMMENTER) || !Selection::from(*comment).select(COMMENTER).is_empty()
        };
        let comments = || Selection::from(*node).select(COMMENT_BY_CLASS);
        node.is(COMMENT) || is_named() && comments().nodes().iter().any(is_by_reader)
    }
}
