//! Lists of words in files: a word, or a few words that belong together, a line.
//!
//! Always holds: empty lines and lines that begin with `#` are not of the list. Not here: the
//! lists, each of which is beside the file that uses it and says what it has and where that is
//! from.

/// The entries of a list.
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The entries of a list that has two words a line.
pub(super) fn pairs(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(list).filter_map(|line| line.split_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_are_no_entries() {
        let list = "# Words.\n\none\r\nno title\n";
        assert_eq!(entries(list).collect::<Vec<_>>(), ["one", "no title"]);
        assert_eq!(pairs(list).collect::<Vec<_>>(), [("no", "title")]);
    }
}
