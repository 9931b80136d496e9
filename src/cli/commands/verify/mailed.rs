//! What a mail program does to a proof that the rules judge all the same: text before or after it,
//! other signs, another encoding.
//!
//! Always holds: it is advice, and changes no verdict. Not here: the changes after which a proof is
//! not judged (`annals_core::transfer`).

/// The least length of the last word of a signature line.
const BLOB: usize = 60;

/// How a mail program seems to have changed a proof that does not hold.
pub fn mail_change(bytes: &[u8]) -> Option<&'static str> {
    let lines = || bytes.split(|byte| *byte == b'\n');
    let has =
        |starts: &[&[u8]]| lines().any(|line| starts.iter().any(|start| line.starts_with(start)));
    let is_signature_behind = |dash: &[u8]| {
        lines().any(|line| {
            let word = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            line.starts_with(dash) && word.len() >= BLOB && !word.starts_with(b"{")
        })
    };
    let quotes = ["{\u{201C}", "{\u{201D}", "{\u{201E}", "{\u{AB}", "{&quot;", "{&#34;"];
    let dashes = ["\u{2013} ", "\u{2012} ", "-- ", "--- ", "- ", "? "];
    if has(&quotes.map(str::as_bytes)) {
        return Some("its straight quotation marks are other signs");
    }
    if is_signature_behind(b"\x97 ") {
        return Some("it is in the encoding Windows-1252, and a proof is UTF-8");
    }
    if dashes.iter().any(|dash| is_signature_behind(dash.as_bytes())) {
        return Some("the dash before its signatures is another sign");
    }
    let after = lines().rev().take_while(|line| !line.starts_with("\u{2014} ".as_bytes()));
    let is_signed = has(&["\u{2014} ".as_bytes()]);
    let has_text = after.into_iter().any(|line| !line.trim_ascii().is_empty());
    (is_signed && has_text).then_some("text stands after its signatures, which is no part of it")
}

/// The line of a file, from 2 on, at which a proof begins behind other text, or behind the marks of
/// a quotation.
pub fn line_of_proof(bytes: &[u8]) -> Option<usize> {
    let starts = |line: &[u8]| {
        let marks = line.iter().take_while(|byte| b"> \t".contains(byte)).count();
        line.get(marks..).is_some_and(|rest| rest.starts_with(b"annals proof v"))
    };
    bytes.split(|byte| *byte == b'\n').position(starts).map(|before| before + 1)
}

#[cfg(test)]
mod tests {
    use super::{line_of_proof, mail_change};

    const BLOB: &str = "OTsfu8DOyt1bD8cwJX45liys+AElXPsVf+Omkqj4/6xdPFqir1Ovdiro8MiH5luk";

    #[test]
    fn each_change_is_named() {
        let proof = format!("annals proof v1\nfact 7\n{{\"seq\":0}}\n\n\u{2014} name {BLOB}\n");
        assert_eq!(mail_change(proof.as_bytes()), None);
        let changed = |from: &str, to: &str| mail_change(proof.replace(from, to).as_bytes());
        for quote in ["\u{201C}", "\u{201D}", "&quot;"] {
            let why = Some("its straight quotation marks are other signs");
            assert_eq!(changed("\"", quote), why, "{quote}");
        }
        for dash in ["\u{2013}", "-", "--", "?"] {
            let why = Some("the dash before its signatures is another sign");
            assert_eq!(changed("\u{2014}", dash), why, "{dash}");
        }
        let (start, end) = proof.split_once('\u{2014}').unwrap();
        let windows = [start.as_bytes(), b"\x97", end.as_bytes()].concat();
        let why = "it is in the encoding Windows-1252, and a proof is UTF-8";
        assert_eq!(mail_change(&windows), Some(why));
        let why = "text stands after its signatures, which is no part of it";
        assert_eq!(mail_change(format!("{proof}\n--\nBest\n").as_bytes()), Some(why));
        // Words of the record are no change.
        assert_eq!(changed("fact 7", "{\"claim\":\"\u{201C}- ? &quot;\"}"), None);
    }

    #[test]
    fn a_proof_behind_other_text() {
        assert_eq!(line_of_proof(b"Hello,\n\n\nannals proof v1\n"), Some(4));
        assert_eq!(line_of_proof(b"> annals proof v1\n"), Some(1));
        assert_eq!(line_of_proof(b"Hello, annals proof v1\n"), None);
    }
}
