//! The commit line, which closes a commit: `= <size> <base64 root> <base64 sum>`.
//!
//! Always holds: there is one notation; [`parse`] reads exactly what [`write`] makes.
//! Not here: whether its content is true. Source: FORMAT.md section 9; RFC 4648 section 4.

use annals_core::tlog::{decimal, hash_from_base64, to_base64};
use annals_core::verify::source::CommitLineValues;

/// The beginning of every commit line, and of no line of an event.
pub(super) const BEGINS: &[u8] = b"= ";

/// The line with its LF.
pub(super) fn write(line: &CommitLineValues) -> String {
    let root = to_base64(&line.root.0);
    let sum = to_base64(&line.sum.0);
    format!("= {} {root} {sum}\n", line.size)
}

/// Parses the line without its LF; `None` if it is malformed.
pub(super) fn parse(line: &[u8]) -> Option<CommitLineValues> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix("= ")?;
    let mut words = text.split(' ');
    let line = CommitLineValues {
        size: decimal(words.next()?)?,
        root: hash_from_base64(words.next()?)?,
        sum: hash_from_base64(words.next()?)?,
    };
    words.next().is_none().then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use annals_core::hash::Hash;

    #[test]
    fn it_has_one_spelling() {
        let (root, sum) = (Hash([0; 32]), Hash([255; 32]));
        let line = CommitLineValues { size: 17, root, sum };
        let text = write(&line);
        let zeros = format!("{}=", "A".repeat(43));
        let ones = format!("{}8=", "/".repeat(42));
        assert_eq!(text, format!("= 17 {zeros} {ones}\n"));
        assert_eq!(parse(text.trim_end().as_bytes()), Some(line));
        for bad in [
            "".to_owned(),
            "= ".to_owned(),
            format!("= 17 {zeros}"),
            format!("= 17 {zeros} {ones} "),
            format!("= 17 {zeros} {ones} x"),
            format!("= 17  {zeros} {ones}"),
            format!("=  17 {zeros} {ones}"),
            format!("= +17 {zeros} {ones}"),
            format!("= 017 {zeros} {ones}"),
            format!("= -1 {zeros} {ones}"),
            format!("= 9007199254740992 {zeros} {ones}"),
            format!("= 17 {} {ones}", "A".repeat(43)),
            format!("= 17 {}B= {ones}", "A".repeat(42)),
            format!("= 17 AAAA {ones}"),
            format!("= 17 {zeros} {ones}\r"),
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(parse(b"= \xff"), None);
    }
}
