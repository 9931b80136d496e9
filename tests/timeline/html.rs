//! A page split into tags and texts, by the rules of the HTML standard as far as the page needs
//! them.
//!
//! Always holds: a script or style ends at the first `</` with its name, whatever comes before.

use serde_json::Value;

#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<String>,
}

#[derive(Default)]
pub struct Page {
    pub tags: Vec<Tag>,
    pub policy: String,
    pub script: String,
    raw: Vec<(String, String)>,
}

impl Page {
    /// The text of the one element of this name.
    pub fn one(&self, name: &str) -> &str {
        let all: Vec<&str> =
            self.raw.iter().filter(|(tag, _)| tag == name).map(|(_, text)| text.as_str()).collect();
        assert_eq!(all.len(), 1, "{name}");
        all[0]
    }

    pub fn data(&self) -> Value {
        serde_json::from_str(self.one("data")).unwrap()
    }
}

pub fn page(text: &str) -> Page {
    assert!(text.starts_with("<!doctype html>\n"));
    let mut page = Page::default();
    let mut rest = text.trim_start_matches("<!doctype html>");
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('/') {
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap();
        let name = rest[..end].to_owned();
        assert!(!name.is_empty(), "a stray < before {:?}", &rest[..40.min(rest.len())]);
        rest = &rest[end..];
        let attributes;
        (attributes, rest) = read(rest);
        let value = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted);
        if value("http-equiv").is_some() {
            page.policy.clone_from(&value("content").unwrap().1);
        }
        if name == "script" || name == "style" {
            let end = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap();
            let is_data = value("type").is_some_and(|(_, kind)| kind == "application/json");
            let inner = rest[..end].to_owned();
            match (name.as_str(), is_data) {
                ("script", true) => page.raw.push(("data".to_owned(), inner)),
                ("script", false) => page.script = inner,
                _ => page.raw.push((name.clone(), inner)),
            }
            rest = &rest[end..];
        }
        let attributes = attributes.into_iter().map(|(name, _)| name).collect();
        page.tags.push(Tag { name, attributes });
    }
    page
}

/// The attributes of a tag, and what follows it.
fn read(text: &str) -> (Vec<(String, String)>, &str) {
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (all, after);
        }
        let end = rest.find(['=', '>', ' ']).unwrap();
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let Some(after) = rest.strip_prefix("=\"") else {
            all.push((name, String::new()));
            continue;
        };
        let end = after.find('"').unwrap();
        all.push((name, after[..end].to_owned()));
        rest = &after[end + 1..];
    }
}
