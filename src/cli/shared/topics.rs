//! Topics: the pages of `docs/`, built into the program.
//!
//! Always holds: the topics are the pages that were in `docs/` when the program was built. Not
//! here: how a page is shown (`render::markdown`). Source: build.rs.

/// A page.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its name: that of its file, without the ending.
    pub name: &'static str,
    /// Its text, in Markdown.
    pub page: &'static str,
}

/// All pages, by their names.
pub const TOPICS: &[Topic] = include!(concat!(env!("OUT_DIR"), "/topics.rs"));

impl Topic {
    /// What it is about: its first heading.
    pub fn title(&self) -> &'static str {
        let heading = self.page.lines().find_map(|line| line.strip_prefix("# "));
        heading.unwrap_or(self.name)
    }
}

/// The topic of this name; `editor-page` and `editor.md` name it as well, for `editor` is a command
/// too.
pub fn named(name: &str) -> Option<&'static Topic> {
    let name = [".md", "-page"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    TOPICS.iter().find(|topic| topic.name == name)
}

/// The names of the topics, as `annals help` takes them beside these commands.
pub fn names(program: &clap::Command) -> Vec<String> {
    let name = |topic: &Topic| match program.find_subcommand(topic.name) {
        Some(_) => format!("{}-page", topic.name),
        None => topic.name.to_owned(),
    };
    TOPICS.iter().map(name).collect()
}

/// The topics and what they are about, a line each.
pub fn list(program: &clap::Command) -> String {
    let names = names(program);
    let width = names.iter().map(String::len).max().unwrap_or_default();
    let lines = names.iter().zip(TOPICS);
    lines.map(|(name, topic)| format!("  {name:<width$}  {}\n", topic.title())).collect()
}
