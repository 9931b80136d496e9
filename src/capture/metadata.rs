//! What a page says of itself: JSON-LD first, then Open Graph and other `meta`, then its elements.
//!
//! Always holds: the first source that has a field gives it. Source: schema.org (Article), ogp.me,
//! Dublin Core in HTML (DCMI), the HTML Standard.

use crate::capture::proposal::ProposedDescription;
use dom_query::Document;
use serde_json::Value;

/// Types of schema.org that describe what was written on a page.
const ARTICLES: [&str; 8] = [
    "Article",
    "NewsArticle",
    "BlogPosting",
    "Report",
    "ScholarlyArticle",
    "LiveBlogPosting",
    "OpinionNewsArticle",
    "AnalysisNewsArticle",
];
/// How deep objects in JSON-LD are looked into.
const MAX_DEPTH: usize = 4;

/// What a page proposes as its description.
pub(super) fn of_page(page: &Document) -> ProposedDescription {
    let mut articles = Vec::new();
    for script in page.select("script[type='application/ld+json']").iter() {
        if let Ok(value) = serde_json::from_str::<Value>(&script.text()) {
            of_articles(&value, MAX_DEPTH, &mut articles);
        }
    }
    let meta = |names: &[&str]| -> Vec<String> {
        let of_name = |name: &&str| {
            let selector = format!("meta[property='{name}'], meta[name='{name}']");
            let found = page.select(&selector);
            let values = found.iter().filter_map(|element| element.attr("content"));
            values.map(|value| value.to_string()).collect::<Vec<_>>()
        };
        names.iter().flat_map(of_name).filter(|value| !value.trim().is_empty()).collect()
    };
    let first = |names: &[&str]| meta(names).into_iter().next().unwrap_or_default();
    let text = |selector: &str| page.select_single(selector).text().to_string();
    let attribute = |selector: &str, name: &str| {
        page.select_single(selector).attr(name).map(|value| value.to_string()).unwrap_or_default()
    };
    let titles = ["citation_title", "dc.title", "DC.title", "og:title"].map(|name| first(&[name]));
    let headings = titles.into_iter().chain(["title", "h1"].map(&text)).collect::<Vec<_>>();
    let mut proposal = of_article(articles, &headings);
    proposal.offer_title(&first(&["og:title", "citation_title", "dc.title", "DC.title"]));
    proposal.offer_title(&text("head > title, title"));
    proposal.offer_title(&text("h1"));
    proposal.offer_lang(&attribute("html", "lang"));
    proposal.offer_lang(&attribute("html", "xml:lang"));
    proposal.offer_lang(&attribute("meta[http-equiv='content-language' i]", "content"));
    proposal.offer_lang(&first(&["og:locale", "dc.language", "DC.language"]));
    for names in
        [&["article:author"][..], &["author"], &["citation_author"], &["dc.creator", "DC.creator"]]
    {
        proposal.offer_authors(meta(names).iter().map(String::as_str));
    }
    proposal.offer_publisher(&first(&["og:site_name", "citation_publisher", "dc.publisher"]));
    let dates =
        ["article:published_time", "citation_publication_date", "dc.date.issued", "dc.date"];
    for name in dates {
        proposal.offer_published(&first(&[name]));
    }
    proposal.offer_published(&attribute("[itemprop='datePublished']", "content"));
    proposal.offer_published(&attribute("[itemprop='datePublished']", "datetime"));
    proposal
}

/// The description of the article that the page is: of several with different titles, of those
/// with the longest title that stands in a title of the page. Beside an article with a title, one
/// without is none of the page.
fn of_article(mut articles: Vec<ProposedDescription>, headings: &[String]) -> ProposedDescription {
    if articles.len() > 1 {
        articles.retain(|article| article.title.is_some());
    }
    let first = articles.iter().find_map(|article| article.title.clone());
    let is_other =
        |article: &ProposedDescription| article.title.is_some() && article.title != first;
    if articles.iter().any(is_other) {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let headings: Vec<String> = headings.iter().map(|heading| words(heading)).collect();
        articles.retain(|article| {
            let title = article.title.as_ref();
            title.is_some_and(|title| headings.iter().any(|heading| heading.contains(title)))
        });
        let length = |article: &ProposedDescription| article.title.as_ref().map(String::len);
        let longest = articles.iter().filter_map(length).max();
        articles.retain(|article| length(article) == longest);
    }
    let mut proposal = ProposedDescription::default();
    for article in articles {
        proposal.offer(article);
    }
    proposal
}

/// The descriptions of articles in JSON-LD, in their order.
fn of_articles(value: &Value, depth: usize, articles: &mut Vec<ProposedDescription>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(all) => all.iter().for_each(|value| of_articles(value, depth, articles)),
        Value::Object(fields) => {
            let kinds = strings(fields.get("@type"));
            if kinds.iter().any(|kind| ARTICLES.contains(kind)) {
                let mut article = ProposedDescription::default();
                let line = |name: &str| strings(fields.get(name)).first().copied();
                let title = line("headline").or(line("name")).unwrap_or_default();
                article.offer_title(&without_references(title));
                article.offer_lang(line("inLanguage").unwrap_or_default());
                let authors = names(fields.get("author")).into_iter().map(without_references);
                let authors: Vec<String> = authors.collect();
                article.offer_authors(authors.iter().map(String::as_str));
                let publisher = names(fields.get("publisher")).into_iter().next();
                article.offer_publisher(&without_references(publisher.unwrap_or_default()));
                article.offer_published(line("datePublished").unwrap_or_default());
                articles.push(article);
            }
            for inner in ["@graph", "mainEntity", "mainEntityOfPage"] {
                if let Some(value) = fields.get(inner) {
                    of_articles(value, depth, articles);
                }
            }
        }
        _ => {}
    }
}

/// A text of JSON-LD without character references of HTML (`&eacute;`), which many pages have in
/// it.
fn without_references(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    Document::fragment(text.replace('<', "&lt;")).text().to_string()
}

/// One string or several.
fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The names of persons and organizations, which are strings or objects with a name.
fn names(value: Option<&Value>) -> Vec<&str> {
    fn one(value: &Value) -> Option<&str> {
        match value {
            Value::Object(fields) => fields.get("name").and_then(Value::as_str),
            other => other.as_str(),
        }
    }
    match value {
        Some(Value::Array(all)) => all.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> ProposedDescription {
        of_page(&Document::from(html))
    }

    #[test]
    fn json_ld_goes_before_open_graph_and_that_before_the_title() {
        let article = r#"{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"No"},
            {"@type":["NewsArticle"],"headline":"They met","inLanguage":"en-GB",
             "author":[{"@type":"Person","name":"Ann Author"},"Ben Bylined"],
             "publisher":{"name":"Example News"},"datePublished":"2022-01-27T08:00:00+01:00"}]}"#;
        let graph = "<meta property='og:title' content='Other'><meta property='og:site_name' \
                     content='Other'><title>Third</title>";
        let page = format!(
            "<html lang=fr><head><script type='application/ld+json'>{article}</script>{graph}"
        );
        let expected = ProposedDescription {
            title: Some("They met".into()),
            lang: Some("en-GB".into()),
            authors: vec!["Ann Author".into(), "Ben Bylined".into()],
            publisher: Some("Example News".into()),
            published: Some("2022-01-27".into()),
            created: None,
        };
        assert_eq!(of(&page), expected);
        let less = of(&format!("<html lang=fr><head>{graph}</head>"));
        assert_eq!((less.title.as_deref(), less.lang.as_deref()), (Some("Other"), Some("fr")));
        assert_eq!(of("<title> A\n day </title>").title.as_deref(), Some("A day"));
        let title = "<title>They\u{200B} met\u{AD} here</title>";
        assert_eq!(of(title).title.as_deref(), Some("They met here"));
    }

    #[test]
    fn character_references_in_json_ld_are_characters() {
        let article = r#"{"@type":"NewsArticle","headline":"L&#8217;&Eacute;tat &amp; a < b",
            "author":{"name":"Ren&eacute;e Dupont"},"publisher":"R&D"}"#;
        let found = of(&format!("<script type='application/ld+json'>{article}</script>"));
        assert_eq!(found.title.as_deref(), Some("L’État & a < b"));
        assert_eq!(found.authors, ["Renée Dupont"]);
        assert_eq!(found.publisher.as_deref(), Some("R&D"));
    }

    /// A page lists other articles beside its own one.
    #[test]
    fn of_several_articles_that_of_the_pages_title_counts() {
        let article = |title: &str, date: &str| {
            format!(r#"{{"@type":"NewsArticle","headline":"{title}","datePublished":"{date}"}}"#)
        };
        let page = |title: &str| {
            let (one, two) = (article("Another", "2010-01-01"), article("They met", "2022-01-27"));
            of(&format!(
                "<script type='application/ld+json'>[{one},{two}]</script><title>{title}</title>"
            ))
        };
        let found = page("They  met | Example News");
        let values = (found.title.as_deref(), found.published.as_deref());
        assert_eq!(values, (Some("They met"), Some("2022-01-27")));
        // The title of another one may be a part of it, and another one may have none.
        let page = |articles: &str, title: &str| {
            let json = format!("<script type='application/ld+json'>[{articles}]</script>");
            let found = of(&format!("{json}<title>{title}</title>"));
            (found.title.unwrap_or_default(), found.published.unwrap_or_default())
        };
        let (one, two) =
            (article("They met", "2010-01-01"), article("They met in Rome", "2022-01-27"));
        let expected = ("They met in Rome".to_owned(), "2022-01-27".to_owned());
        assert_eq!(page(&format!("{one},{two}"), "They met in Rome - News"), expected);
        let untitled = r#"{"@type":"NewsArticle","datePublished":"2010-01-01"}"#;
        assert_eq!(page(&format!("{untitled},{two}"), "They met in Rome"), expected);
        let (title, published) = page(&format!("{untitled},{untitled}"), "A third");
        assert_eq!((title.as_str(), published.as_str()), ("A third", ""));
        let (_, published) = page(untitled, "A third");
        assert_eq!(published, "2010-01-01");
        let page = |title: &str| {
            let (one, two) = (article("Another", "2010-01-01"), article("They met", "2022-01-27"));
            of(&format!(
                "<script type='application/ld+json'>[{one},{two}]</script><title>{title}</title>"
            ))
        };
        let found = page("A third");
        assert_eq!((found.title.as_deref(), found.published), (Some("A third"), None));
    }

    #[test]
    fn broken_and_deep_json_ld_gives_nothing() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        for json in ["{", "null", "7", r#"{"@type":7,"author":{"name":{}}}"#, &deep] {
            let page = format!("<script type='application/ld+json'>{json}</script>");
            assert_eq!(of(&page), ProposedDescription::default(), "{json}");
        }
    }
}
