//! Texts of any encoding.
//!
//! Always holds: a byte order mark goes before what a server says, that before the bytes' own form
//! and what XML declares, and a guess is named as one; bytes of ASCII that switch to another
//! alphabet are no ASCII; bytes that are not of their encoding are no text, and nothing is
//! replaced, nor is UTF-8 with a few damaged bytes taken for another encoding.
//! Source: the Encoding Standard of WHATWG.

use crate::capture::declared::charset_of_xml;
use crate::capture::library::{DETECTION, ENCODING, method};
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, CaptureRequest, DerivedText, Unquotable};
use annals_core::text::is_invisible;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// A text and how it was decoded.
pub(super) struct DecodedText {
    /// The text, without a byte order mark.
    pub(super) text: String,
    /// Such as `decoded from windows-1252 with …`; empty for UTF-8.
    pub(super) method: String,
}

/// The least number of bytes of a text for each stray control character.
const STRAY: usize = 20;

/// Control characters that stand in no text.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31)
}

/// Whether bytes are no text in any encoding in use. A text may have a stray control character, as
/// words that are pasted from another program do.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let controls = bytes.iter().filter(|byte| is_control(**byte)).count();
    let is_stray = controls * STRAY <= bytes.len() && !bytes.contains(&0);
    Encoding::for_bom(bytes).is_none() && !is_stray && unmarked_utf16(bytes).is_none()
}

/// Whether bytes are UTF-8 with a stray zero byte or a few: letters of UTF-16 that happen to be
/// UTF-8 have control characters for upper halves.
fn has_stray_zeros(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    let controls = bytes.iter().filter(|byte| is_control(**byte)).count();
    std::str::from_utf8(bytes).is_ok() && zeros.max(controls) * STRAY <= bytes.len()
}

/// UTF-16 without a byte order mark, recognised by the place of its zero bytes: most are the upper
/// half of a letter, a blank or a line break of ASCII.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) || has_stray_zeros(bytes) {
        return None;
    }
    let zeros = |first| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let encoding = match () {
        () if odd > 4 * even => UTF_16LE,
        () if even > 4 * odd => UTF_16BE,
        () => return None,
    };
    let (text, wrong) = encoding.decode_without_bom_handling(bytes);
    let is_text = |letter: char| u8::try_from(letter).map_or(true, |byte| !is_control(byte));
    (!wrong && text.chars().all(is_text)).then_some(encoding)
}

/// Whether a text has a word or a sign that a reader sees.
pub fn has_words(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_invisible(c))
}

/// The text of bytes that are UTF-8, where neither their name nor they are of another encoding.
pub fn utf8_text<'b>(bytes: &'b [u8], label: Option<&str>) -> Option<&'b str> {
    let is_utf8 = decode(bytes, &[label]).is_ok_and(|decoded| decoded.method.is_empty());
    std::str::from_utf8(bytes).ok().filter(|_| is_utf8)
}

/// Japanese in bytes of ASCII, which escape sequences switch between alphabets.
fn escaped_japanese(bytes: &[u8]) -> Option<&'static Encoding> {
    let is_escaped = bytes.is_ascii() && bytes.windows(2).any(|pair| pair == b"\x1B$");
    let is_japanese = || ISO_2022_JP.decode_without_bom_handling_and_without_replacement(bytes);
    (is_escaped && is_japanese().is_some()).then_some(ISO_2022_JP)
}

/// The encoding that a label names, where it is of 7 bits and cannot be decoded here.
fn undecodable<'l>(labels: &[Option<&'l str>]) -> Option<&'l str> {
    let label = labels.iter().flatten().find(|label| {
        let is_utf7 = ["utf-7", "unicode-1-1-utf-7"].contains(&&*label.trim().to_ascii_lowercase());
        is_utf7 || Encoding::for_label(label.as_bytes()).is_some()
    })?;
    let encoding = Encoding::for_label(label.as_bytes());
    encoding.is_none_or(|encoding| encoding == REPLACEMENT).then_some(label)
}

/// Decodes bytes; `labels` are names of encodings, the first that is known counts.
pub(super) fn decode(bytes: &[u8], labels: &[Option<&str>]) -> Result<DecodedText, Unquotable> {
    if let Some(label) = undecodable(labels).filter(|_| bytes.is_ascii()) {
        return Err(Unquotable::Broken(format!(
            "expected an encoding that can be decoded here, found {label}; save it as UTF-8"
        )));
    }
    let named = labels.iter().flatten().find_map(|label| Encoding::for_label(label.as_bytes()));
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let unmarked = if marked.is_none() { unmarked_utf16(bytes) } else { None };
    let utf8 = || std::str::from_utf8(bytes).is_ok().then_some(UTF_8);
    let own = || escaped_japanese(bytes).or_else(utf8);
    let (encoding, guessed) = match marked.or(unmarked).or_else(own).or(named) {
        Some(encoding) => (encoding, false),
        None => match damaged_utf8(bytes) {
            Some(why) => return Err(Unquotable::Broken(why)),
            None => (guess(bytes), true),
        },
    };
    let (text, encoding, wrong) = encoding.decode(bytes);
    let name = encoding.name();
    if wrong || (encoding != UTF_8 && text.chars().any(|c| c == '\0')) {
        return Err(Unquotable::Broken(format!("its bytes are no text in {name}")));
    }
    let method = match (encoding == UTF_8, guessed) {
        (true, _) => String::new(),
        (false, true) => {
            format!("decoded from {name}, which {DETECTION} guessed, with {ENCODING}")
        }
        (false, false) if unmarked.is_some() => {
            format!("decoded from {name}, as its zero bytes show, with {ENCODING}")
        }
        (false, false) => format!("decoded from {name} with {ENCODING}"),
    };
    Ok(DecodedText { text: text.into_owned(), method })
}

/// That bytes are UTF-8 but for a few, and where the first of these is; `None` for other encodings,
/// in which letters beyond ASCII do not happen to be UTF-8.
fn damaged_utf8(bytes: &[u8]) -> Option<String> {
    let (mut letters, mut wrong, mut first, mut at) = (0, 0, None, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            wrong += 1;
            first.get_or_insert(at);
        }
        at += chunk.invalid().len();
    }
    let first = first.filter(|_| letters > 2 * wrong)?;
    let places = if wrong == 1 { "one place" } else { &format!("{wrong} places") };
    Some(format!(
        "it is UTF-8 but for {places}, the first at byte {first}: expected a whole copy, found \
         damaged bytes"
    ))
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// A text, decoded.
pub(super) fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    if is_binary(bytes) {
        let why = "it has control characters, so it is no text".to_owned();
        return CaptureReading::unquotable(Unquotable::Broken(why));
    }
    let declared = charset_of_xml(bytes);
    let labels = [request.charset.as_deref(), declared.as_deref()];
    let text = decode(bytes, &labels).map(|decoded| DerivedText {
        text: decoded.text,
        method: method(&decoded.method),
        left_out: Vec::new(),
        page: None,
    });
    CaptureReading { proposal: ProposedDescription::default(), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], label: Option<&str>) -> (String, String) {
        let decoded = decode(bytes, &[label]).unwrap();
        (decoded.text, decoded.method)
    }

    #[test]
    fn texts_of_other_encodings_are_decoded() {
        assert_eq!(decoded("Müller".as_bytes(), Some("latin1")), ("Müller".into(), "".into()));
        let (text, how) = decoded(b"Caf\xE9 \x93M\xFCller\x94", None);
        assert_eq!(text, "Café “Müller”");
        assert!(how.contains("windows-1252, which chardetng"), "{how}");
        let (text, how) = decoded(b"\xCF\xF0\xE8\xE2\xE5\xF2", Some("windows-1251"));
        assert_eq!((text.as_str(), how.contains("guessed")), ("Привет", false));
        for (mark, bytes) in [
            (vec![0xFF, 0xFE], "Zoë".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
            (vec![0xFE, 0xFF], "Zoë".encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ] {
            assert_eq!(decoded(&[mark, bytes].concat(), Some("utf-8")).0, "Zoë");
        }
    }

    /// A file that a program saved without the mark is read, or refused: it is never garbage.
    #[test]
    fn utf_16_without_a_byte_order_mark_is_recognised() {
        for words in ["Two met.\r\n", "Zoë met Привет, on Thursday.\n", "漢字 and words\n"]
        {
            let little: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for (bytes, name) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
                assert!(!is_binary(&bytes), "{words}");
                for label in [None, Some("utf-8"), Some("utf-16")] {
                    let (text, how) = decoded(&bytes, label);
                    assert_eq!(text, words);
                    let expected = format!("decoded from {name}, as its zero bytes show, with ");
                    assert!(how.starts_with(&expected), "{how}");
                }
            }
        }
        // Numbers of two bytes are no text, nor is text with a byte too many.
        assert!(is_binary(b"\x01\0\x02\0\x03\0"));
        assert!(is_binary(b"T\0w\0o\0\n"));
        assert!(is_binary(b"\0\0\0\0"));
        // One zero byte makes no other encoding of a text.
        let page = b"<p>The minister resigned\0 here, his office says.</p>";
        for bytes in [&page[..], b"Note.\n\nThe minister resigned now.\0\n"] {
            assert!(unmarked_utf16(bytes).is_none() && is_binary(bytes));
        }
        assert!(decode(page, &[]).is_ok_and(|decoded| decoded.method.is_empty()));
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert!(unmarked_utf16(&utf16("Міністр подав у відставку в понеділок.")).is_some());
    }

    /// Bytes of seven bits that are no UTF-8, though they pass for it.
    #[test]
    fn encodings_of_seven_bits_are_decoded_or_refused() {
        let japanese = b"\x1B$BBg;H\x1B(B met.\n";
        for label in [None, Some("utf-8"), Some("iso-2022-jp")] {
            let (text, how) = decoded(japanese, label);
            assert_eq!(text, "大使 met.\n");
            assert!(how.starts_with("decoded from ISO-2022-JP with "), "{how}");
            assert_eq!(utf8_text(japanese, label), None);
        }
        for label in ["iso-2022-kr", "hz-gb-2312", "UTF-7"] {
            let why = decode(b"They ~{VPND~} +AOk-", &[Some(label)]).err();
            let expected = format!(
                "expected an encoding that can be decoded here, found {label}; save it as UTF-8"
            );
            assert_eq!(why, Some(Unquotable::Broken(expected)));
        }
        // The colours of a terminal, and a dollar after an escape that switches to nothing.
        for bytes in [&b"\x1B[1mTwo\x1B[0m met."[..], b"\x1B$ 5", b"They met."] {
            assert_eq!(utf8_text(bytes, None).map(str::as_bytes), Some(bytes));
        }
        // A page that says so in a tag of UTF-8.
        assert_eq!(decoded("Zoë".as_bytes(), Some("iso-2022-kr")).0, "Zoë");
    }

    #[test]
    fn utf_8_with_damaged_bytes_is_no_other_encoding() {
        let why = |bytes: &[u8]| match decode(bytes, &[None]) {
            Err(Unquotable::Broken(why)) => why,
            Err(_) => "another reason".to_owned(),
            Ok(decoded) => panic!("{} {}", decoded.text, decoded.method),
        };
        let words = "Посол передав дві відповіді.".as_bytes();
        let cut = &"Переговори тривали три години".as_bytes()[..54];
        let one = "it is UTF-8 but for one place, the first at byte 53: expected a whole copy, \
                   found damaged bytes";
        assert_eq!(why(cut), one);
        let damaged = [&words[..10], b"\xFF", &words[10..], b" \xA0."].concat();
        assert!(why(&damaged).starts_with("it is UTF-8 but for 2 places, the first at byte 10: "));
        // Texts of other encodings, of which a letter or two may look like UTF-8.
        for bytes in [&b"Caf\xE9 \x93M\xFCller\x94"[..], b"na\xEFve \xC3\xA9t\xE9", b"\xCF\xF0\xE8"]
        {
            assert!(decode(bytes, &[None]).is_ok(), "{bytes:?}");
        }
        // A server that names an encoding is believed.
        assert!(decode(&damaged, &[Some("windows-1252")]).is_ok());
    }

    #[test]
    fn what_is_no_text_is_none() {
        for (text, has) in [("", false), (" \n\u{FEFF}\u{A0}\u{200E}", false), (" .", true)] {
            assert_eq!(has_words(text), has, "{text:?}");
        }
        assert!(is_binary(b"\x00\x01\x02"));
        assert!(is_binary(b"They met in Rome, \x01\x02 they say.\x00"));
        assert!(!is_binary(b"They met in Rome, they say.\x13"));
        assert!(!is_binary(b"tab\tline\r\n\x0C"));
        assert!(decode(b"\xFF\xFE\x00\xD8", &[None]).is_err(), "half a surrogate pair");
    }
}
