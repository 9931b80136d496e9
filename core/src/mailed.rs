//! What a mail program does to a proof, a pin or evidence that the rules judge all the same: text
//! before or after it, other signs, another encoding, links.
//!
//! Always holds: it is advice, and changes no verdict. Not here: the changes after which a text is
//! not judged (`transfer`).

/// The least length of the last word of a signature line, and of the first of a line that goes on.
const BLOB: usize = 60;
const PART: usize = 20;
/// How much of a line is compared with the start of a form, in bytes.
const FIRST: usize = 64;
/// The dash before a signature.
const DASH: &str = "\u{2014} ";
/// The first words of what is recognized.
const FORMS: [&str; 3] = ["annals proof v", "annals pin v", "annals evidence v"];
/// The marks before a quotation.
const MARKS: [char; 6] = ['>', '|', '*', '`', '"', ' '];
/// The length of a line `sum`, with which a pin and evidence end.
const SUM_LINE: usize = 68;
/// What to do about a change that a mail program makes.
pub const MAILED: &str =
    "a mail program may have changed it: have it sent as an attachment, or in an archive";

/// Quotation marks in the place of the first straight one of an object.
const QUOTES: [&str; 6] = ["{\u{201C}", "{\u{201D}", "{\u{201E}", "{\u{AB}", "{&quot;", "{&#34;"];
/// What programs write in the place of the dash before a signature.
const DASHES: [&str; 9] =
    ["\u{2013} ", "\u{2012} ", "-- ", "--- ", "- ", "? ", "&mdash; ", "&#8212; ", "\u{FFFD} "];
/// That dash, read in Windows-1252, Latin-1 or Mac OS Roman, and written as UTF-8.
const MISREAD: [&str; 3] =
    ["\u{E2}\u{20AC}\u{201D} ", "\u{E2}\u{80}\u{94} ", "\u{201A}\u{C4}\u{EE} "];
/// Addresses through which mail gateways lead the links of a text.
const GATEWAYS: [&str; 6] = [
    "safelinks.protection.outlook.com/",
    "//urldefense.com/v3/",
    "//urldefense.proofpoint.com/",
    "//linkprotect.cudasvc.com/",
    "mimecast.com/s/",
    "//secure-web.cisco.com/",
];
/// What stands before the address of a name that became a link.
const LINKS: [&str; 4] = ["](http", "<http", "(http", "<mailto:"];
/// Characters that show nothing, or look like a space.
const UNSEEN: [char; 7] =
    ['\u{A0}', '\u{202F}', '\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}'];

/// How a mail program seems to have changed a proof that does not hold, or a pin or evidence that
/// is not in form.
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
    if has(&QUOTES.map(str::as_bytes)) {
        return Some("its straight quotation marks are other signs");
    }
    if is_signature_behind(b"\x97 ") {
        return Some("it is in the encoding Windows-1252, which it never is");
    }
    if MISREAD.iter().any(|dash| is_signature_behind(dash.as_bytes())) {
        return Some("its UTF-8 was read in another encoding");
    }
    if has(&[b"=E2=80=94 "]) {
        return Some("it has the encoding of a mail (quoted-printable)");
    }
    if DASHES.iter().any(|dash| is_signature_behind(dash.as_bytes())) {
        return Some("the dash before its signatures is another sign");
    }
    if is_linked(bytes) {
        return Some("links in it were rewritten");
    }
    if has_unseen(bytes) {
        return Some("spaces or unseen characters in it were changed");
    }
    if lines().filter(|line| FORMS.iter().any(|form| starts(form, line))).count() > 1 {
        return Some("it stands there more than once");
    }
    let is_first = FORMS.iter().any(|form| bytes.starts_with(form.as_bytes()));
    if !is_first && FORMS.iter().any(|form| line_of(form, bytes).is_some()) {
        return Some("other text, marks or letters stand at its start");
    }
    let is_dash = |line: &&[u8]| line.starts_with(DASH.as_bytes());
    let is_signed = lines().any(|line| is_dash(&line));
    if is_folded(bytes) {
        return Some("its long lines are broken");
    }
    if is_signed && !lines().rev().skip(1).any(<[u8]>::is_empty) {
        return Some("its empty lines are gone");
    }
    let is_end =
        |line: &&[u8]| is_dash(line) || line.starts_with(b"sum ") && line.len() == SUM_LINE;
    let mut after = lines().rev().take_while(|line| !is_end(line));
    let has_text = after.any(|line| !line.trim_ascii().is_empty());
    (is_signed && has_text).then_some("text stands after its end, which is no part of it")
}

/// The end of a sentence on a file that is not in form: how it was changed, or what to use.
pub fn how_damaged(change: Option<&str>) -> String {
    match change {
        Some(change) => format!(": {change}; {MAILED}"),
        None => "; use a copy of it".to_owned(),
    }
}

/// Whether a gateway is in it, or the name in a signature became a link.
fn is_linked(bytes: &[u8]) -> bool {
    let contains = |text: &[u8], part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    let is_link = |line: &[u8]| {
        line.starts_with(DASH.as_bytes()) && LINKS.iter().any(|link| contains(line, link))
    };
    GATEWAYS.iter().any(|gateway| contains(bytes, gateway))
        || bytes.split(|byte| *byte == b'\n').any(is_link)
}

/// Whether other spaces or unseen characters stand where no words of the record do.
fn has_unseen(bytes: &[u8]) -> bool {
    let of_form = |line: &&[u8]| !line.starts_with(b"{") && !line.is_ascii();
    let lines = bytes.split(|byte| *byte == b'\n').filter(of_form);
    lines.filter_map(|line| std::str::from_utf8(line).ok()).any(|line| line.contains(UNSEEN))
}

/// Whether a signature, or the hashes of a path in a proof, go on in the next line.
fn is_folded(bytes: &[u8]) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let mut is_cut = false;
    bytes.split(|byte| *byte == b'\n').any(|line| {
        let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        let goes_on = is_cut && word.len() >= PART && word.iter().all(is_base64);
        is_cut = line.starts_with(b"path ") || line.starts_with(DASH.as_bytes());
        goes_on
    })
}

/// The line at which a text form stands that begins with these words: behind other text, behind the
/// marks of a quotation, or with other spaces or letters.
pub fn line_of(form: &str, bytes: &[u8]) -> Option<usize> {
    let is_start = |line: &[u8]| starts(form, line);
    bytes.split(|byte| *byte == b'\n').position(is_start).map(|before| before + 1)
}

/// Whether a line begins with these words, behind marks, and with whatever spaces and letters.
fn starts(form: &str, line: &[u8]) -> bool {
    let start = String::from_utf8_lossy(line.get(..FIRST).unwrap_or(line)).to_lowercase();
    let plain = |c: char| if UNSEEN.contains(&c) { ' ' } else { c };
    let words: String = start.chars().map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").trim_start_matches(MARKS).starts_with(form)
}

#[cfg(test)]
mod tests {
    use super::{line_of, mail_change};

    const BLOB: &str = "OTsfu8DOyt1bD8cwJX45liys+AElXPsVf+Omkqj4/6xdPFqir1Ovdiro8MiH5luk";
    const HASH: &str = "4OpkUcUFnu8X13YCac64OgDo4AeHW9cZ3uxjKerNQ3k=";

    #[test]
    fn each_change_is_named() {
        let proof = format!(
            "annals proof v1\nfact 7\n{{\"seq\":0}}\npath {HASH} {HASH}\n\nname\n\n\u{2014} name \
             {BLOB}\n"
        );
        assert_eq!(mail_change(proof.as_bytes()), None);
        let changed = |from: &str, to: &str| mail_change(proof.replace(from, to).as_bytes());
        for quote in ["\u{201C}", "\u{201D}", "&quot;"] {
            let why = Some("its straight quotation marks are other signs");
            assert_eq!(changed("\"", quote), why, "{quote}");
        }
        for dash in ["\u{2013}", "-", "--", "?", "&mdash;"] {
            let why = Some("the dash before its signatures is another sign");
            assert_eq!(changed("\u{2014}", dash), why, "{dash}");
        }
        let (start, end) = proof.split_once('\u{2014}').unwrap();
        let windows = [start.as_bytes(), b"\x97", end.as_bytes()].concat();
        let why = "it is in the encoding Windows-1252, which it never is";
        assert_eq!(mail_change(&windows), Some(why));
        for dash in ["\u{E2}\u{20AC}\u{201D}", "\u{E2}\u{80}\u{94}", "\u{201A}\u{C4}\u{EE}"] {
            let why = Some("its UTF-8 was read in another encoding");
            assert_eq!(changed("\u{2014}", dash), why, "{dash}");
        }
        let why = Some("it has the encoding of a mail (quoted-printable)");
        assert_eq!(changed("\u{2014}", "=E2=80=94"), why);
        for link in ["[name](http://name)", "name<http://name>"] {
            assert_eq!(changed(" name", &format!(" {link}")), Some("links in it were rewritten"));
        }
        let link = "https://eur01.safelinks.protection.outlook.com/?url=http";
        assert_eq!(changed("seq", link), Some("links in it were rewritten"));
        let why = Some("spaces or unseen characters in it were changed");
        assert_eq!(changed("fact ", "fact\u{A0}"), why);
        assert_eq!(changed("\u{2014} ", "\u{2014}\u{200B} "), why);
        let quoted = proof.replace('\n', "\n> ");
        for twice in [format!("{proof}{proof}"), format!("{proof}\nBo wrote:\n> {quoted}")] {
            let why = Some("it stands there more than once");
            assert_eq!(mail_change(twice.as_bytes()), why);
        }
        let why = Some("its long lines are broken");
        assert_eq!(changed("= 4", "=\n4"), why);
        assert_eq!(changed("45liys", "45liys\n"), why);
        assert_eq!(changed("\n\n", "\n"), Some("its empty lines are gone"));
        let why = "text stands after its end, which is no part of it";
        assert_eq!(mail_change(format!("{proof}\n--\nBest\n").as_bytes()), Some(why));
        let first = Some("other text, marks or letters stand at its start");
        assert_eq!(changed("annals proof", "Hello\nannals proof"), first);
        // Words of the record are no change.
        let words = "{\"claim\":\"\u{201C}- ? &quot;\u{A0}\u{200B}[a](http://a)annals pin v1\"}";
        assert_eq!(changed("fact 7", words), None);
        // A pin ends with its sum.
        let sum = "0".repeat(64);
        let pin = format!("annals pin v1\n\n\u{2014} name {BLOB}\nsum {sum}\n");
        assert_eq!(mail_change(pin.as_bytes()), None);
        assert_eq!(mail_change(format!("{pin}\nBest\n").as_bytes()), Some(why));
    }

    #[test]
    fn a_proof_behind_other_text() {
        let line = |text: &str| line_of("annals proof v", text.as_bytes());
        assert_eq!(line("Hello,\n\n\nannals proof v1\n"), Some(4));
        for first in ["> annals proof v1", ">annals\u{A0}proof\u{A0} v1", "\tAnnals\tProof v1"] {
            assert_eq!(line(first), Some(1), "{first}");
        }
        assert_eq!(line("Hello, annals proof v1\n"), None);
    }
}
