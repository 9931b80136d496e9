//! FORMAT.md as data: fenced blocks by name, rows of its tables.

use std::path::Path;

/// The whole page.
pub fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("FORMAT.md");
    std::fs::read_to_string(path).expect("FORMAT.md can be read")
}

/// The text block after the line that is `name` in backticks, with its last LF.
pub fn block(page: &str, name: &str) -> String {
    let start = page.find(&format!("\n`{name}`\n")).unwrap_or_else(|| panic!("no block {name}"));
    fenced(&page[start..])
}

/// The first text block of a part of the page, with its last LF.
pub fn fenced(part: &str) -> String {
    let start = part.find("```text\n").expect("a fenced block") + "```text\n".len();
    let end = part[start..].find("```").expect("its end") + start;
    part[start..end].to_owned()
}

/// The part of the page from one heading to the next.
pub fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let end = page[start + 4..].find("\n## ").map_or(page.len(), |end| start + 4 + end);
    &page[start..end]
}

/// The cells of every table row of a part, without the outer bars.
pub fn rows(part: &str) -> Vec<Vec<String>> {
    let lines = part.lines().filter(|line| line.starts_with('|') && !line.starts_with("|--"));
    lines
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect()
}
