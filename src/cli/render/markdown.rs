//! A page in Markdown as plain text for a terminal.
//!
//! Always holds: no word of the page is lost but the addresses of links inside the project; code
//! stands as it is, all else is wrapped; a row of a table is its first cell, and below it each
//! other cell with the name of its column. Not here: colour, the terminal.
//! Source: CommonMark and GitHub's tables, as `pulldown-cmark` reads them.

use crate::cli::terminal::whole_words;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// How far code and the cells of a table are indented.
const INDENT: &str = "    ";

/// The page as plain text.
pub fn plain(page: &str) -> String {
    let mut text = PlainText::default();
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        text.event(event);
    }
    text.out.trim_end().to_owned() + "\n"
}

#[derive(Default)]
struct PlainText {
    out: String,
    /// What is not yet wrapped.
    line: String,
    /// For each list that is open, the number of its next item, if it has numbers.
    lists: Vec<Option<u64>>,
    /// What stands before the next line of an item.
    bullet: String,
    /// The columns of the table, and how many cells of the row are done.
    columns: Vec<String>,
    cells: usize,
    is_code: bool,
    /// The address of a link outside the project.
    address: Option<String>,
}

impl PlainText {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) if self.is_code => {
                for line in text.lines() {
                    self.out.push_str(format!("{INDENT}{line}").trim_end());
                    self.out.push('\n');
                }
            }
            Event::Text(text) | Event::Code(text) => self.line.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.line.push(' '),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(_) => self.is_code = true,
            Tag::List(first) => {
                // An item's own words end where a list inside it begins.
                self.paragraph();
                self.lists.push(first);
            }
            Tag::Item => {
                self.bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
            }
            Tag::Table(_) => self.columns.clear(),
            Tag::TableRow => self.cells = 0,
            Tag::Link { dest_url, .. } if dest_url.contains("://") => {
                self.address = Some(dest_url.into_string());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let line = if level == HeadingLevel::H1 { "=" } else { "-" };
                let under = line.repeat(self.line.chars().count());
                self.out.push_str(&format!("{}\n{under}\n\n", std::mem::take(&mut self.line)));
            }
            TagEnd::Paragraph => {
                self.paragraph();
                self.out.push('\n');
            }
            TagEnd::CodeBlock => {
                self.is_code = false;
                self.out.push('\n');
            }
            TagEnd::Item => self.paragraph(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() && !self.out.ends_with("\n\n") {
                    self.out.push('\n');
                }
            }
            TagEnd::TableCell => self.cell(),
            TagEnd::TableHead => self.cells = 0,
            TagEnd::Table => self.out.push('\n'),
            TagEnd::Link => {
                let shown = self.address.take().filter(|address| !self.line.ends_with(address));
                if let Some(address) = shown {
                    self.line.push_str(&format!(" <{address}>"));
                }
            }
            _ => {}
        }
    }

    /// Ends a paragraph, or the words of an item.
    fn paragraph(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let bullet = std::mem::take(&mut self.bullet);
        let inside = if self.lists.is_empty() { "" } else { "  " };
        let pad = "  ".repeat(depth);
        let first = format!("{pad}{}", if bullet.is_empty() { inside } else { &bullet });
        self.wrap(&first, &format!("{pad}{inside}"));
    }

    fn cell(&mut self) {
        let Some(column) = self.columns.get(self.cells) else {
            // The head of the table.
            self.columns.push(std::mem::take(&mut self.line));
            self.cells = self.columns.len();
            return;
        };
        let first = match (self.cells, column.as_str()) {
            (0, _) => String::new(),
            (_, "") => INDENT.to_owned(),
            (_, column) => format!("{INDENT}{column}: "),
        };
        let rest = if self.cells == 0 { "" } else { "      " };
        self.wrap(&first, rest);
        self.cells += 1;
    }

    fn wrap(&mut self, first: &str, rest: &str) {
        let line = std::mem::take(&mut self.line);
        if line.trim().is_empty() {
            return;
        }
        let options = whole_words(rest).initial_indent(first);
        self.out.push_str(&textwrap::fill(line.trim(), options));
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_plain_text() {
        let page = "# Keys\n\nOne *word* and\n`code` in [a page](editor.md), \
                    [there](https://a.example/).\n\n\
                    | file | what |\n|---|---|\n| `a.key` | secret |\n| `a.pub` | |\n\n\
                    - first\n  line\n  - inner\n- second\n\n1. one\n2. two\n\n## Copies\n\n\
                    ```sh\nannals  lock\n\nend\n```\n";
        let told = "Keys\n====\n\nOne word and code in a page, there <https://a.example/>.\n\n\
                    a.key\n    what: secret\na.pub\n\n\
                    - first line\n  - inner\n- second\n\n1. one\n2. two\n\nCopies\n------\n\n    \
                    annals  lock\n\n    end\n";
        assert_eq!(plain(page), told);
    }
}
