//! The head of an article: its headline, and what stands between it and the first words of the
//! main text, which the choice of the main text takes for a description of the page.
//!
//! Always holds: the lines are those of the page, in its order, without menus; where the main text
//! has the headline, nothing is added. Not here: the choice itself (`html`).

use crate::capture::page::text_of;
use annals_core::search::folded;
use dom_query::Document;

/// What is no part of an article, although it may stand in one.
const BESIDE: &str = "nav, aside, footer, form, button, [role=navigation], [role=complementary], \
                      [role=search]";
/// A headline that is certainly of an article.
const HEADLINES: &str = "article h1, main h1, [role=main] h1, [role=article] h1";
/// How many lines may stand between a headline and the first words of the main text.
const MOST_BETWEEN: usize = 12;

/// A page without its menus, and the headlines in it.
pub(super) struct PageHeadlines {
    lines: Vec<String>,
    headlines: Vec<Headline>,
}

struct Headline {
    line: String,
    /// Whether it stands in an article: the lines after it are of the article too.
    is_inside: bool,
}

impl PageHeadlines {
    /// The headlines of a page as it is shown. One that stands in no article is one only if it is
    /// also the title that the page gives itself, or a part of it.
    pub fn of(page: &Document, title: Option<&str>) -> PageHeadlines {
        let lean = Document::from(page.html());
        lean.select(BESIDE).remove();
        let text = |selector: &str| -> Vec<String> {
            let nodes = lean.select(selector);
            nodes.nodes().iter().map(|node| one_line(&text_of(node))).collect()
        };
        let inside = text(HEADLINES);
        let title = title.map(folded).unwrap_or_default();
        let is_title = |line: &String| {
            let line = folded(line);
            line.contains(' ') && (title.contains(&line) || line == title)
        };
        let outside =
            text("h1").into_iter().filter(|line| !inside.contains(line) && is_title(line));
        let mut headlines: Vec<Headline> =
            outside.map(|line| Headline { line, is_inside: false }).collect();
        headlines.extend(inside.into_iter().map(|line| Headline { line, is_inside: true }));
        headlines.retain(|headline| !headline.line.is_empty());
        let lines = text_of(&lean.root()).lines().map(str::to_owned).collect();
        PageHeadlines { lines, headlines }
    }

    /// The head of the article with this main text; `None` if the main text has its headline, or
    /// the page has none.
    pub fn head(&self, main: &str) -> Option<String> {
        let is_there = |headline: &Headline| main.lines().any(|line| line == headline.line);
        if self.headlines.iter().any(is_there) {
            return None;
        }
        let first = main.lines().find(|line| !line.trim().is_empty())?;
        let body = self.lines.iter().position(|line| line == first);
        let place = |headline: &Headline| {
            let before = self.lines.get(..body.unwrap_or(self.lines.len()))?;
            before.iter().rposition(|line| *line == headline.line)
        };
        let places = self.headlines.iter().filter_map(|it| Some((place(it)?, it)));
        let (at, headline) = places.max_by_key(|(at, _)| *at)?;
        let between = body.and_then(|body| self.lines.get(at..body)).filter(|lines| {
            let count = lines.iter().filter(|line| !line.is_empty()).count();
            headline.is_inside && count <= MOST_BETWEEN
        });
        let head = between.map_or(headline.line.clone(), |lines| lines.join("\n"));
        Some(head.trim_end().to_owned())
    }
}

/// The words of an element in one line, as they stand in the text of the page.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(html: &str, title: &str, main: &str) -> Option<String> {
        PageHeadlines::of(&Document::from(html), Some(title)).head(main)
    }

    #[test]
    fn the_head_of_an_article_goes_from_its_headline_to_its_first_words() {
        let html = "<header><h1>Herald</h1></header><nav>Home</nav><main><article><header>\
                    <h1>Minister <b>resigns</b></h1><p>She says why.</p><nav>Share</nav>\
                    <p class=byline>By Tom in Kyiv</p></header><p>It was late.</p></article>\
                    </main>";
        let expected = "Minister resigns\n\nShe says why.\n\nBy Tom in Kyiv";
        let main = "It was late.\n";
        assert_eq!(head(html, "Minister quits - Herald", main).as_deref(), Some(expected));
        // Where the main text has it, and where its beginning is not found.
        assert_eq!(head(html, "Herald", "Minister resigns\n\nIt was late.\n"), None);
        assert_eq!(head(html, "Herald", "It was.\n").as_deref(), Some("Minister resigns"));
    }

    #[test]
    fn a_heading_in_no_article_is_one_if_it_is_the_title() {
        let html = "<h1>Minister resigns</h1><ul><li>Home<li>Sports</ul><div>It was late.</div>";
        let main = "It was late.\n";
        assert_eq!(head(html, "Minister resigns | Herald", main).as_deref(), {
            Some("Minister resigns")
        });
        assert_eq!(head(html, "Another title", main), None);
        assert_eq!(head("<p>It was late.", "Minister resigns", main), None);
    }

    #[test]
    fn many_lines_between_are_not_of_the_head() {
        let many = "<p>Other</p>".repeat(13);
        let html = format!("<article><h1>Minister resigns</h1>{many}<p>It was late.</p></article>");
        assert_eq!(head(&html, "", "It was late.\n").as_deref(), Some("Minister resigns"));
    }
}
