//! Texts of any encoding.
//!
//! Always holds: a byte order mark goes before what a person says, that before the bytes' own form,
//! and that before what a server says and what XML declares; a guess is named as one; bytes of
//! ASCII that switch to another alphabet are no ASCII; bytes that are not of their encoding are no
//! text, and nothing is replaced, nor is UTF-8 with a few damaged bytes taken for another encoding.
//! Source: the Encoding Standard of WHATWG.

use crate::capture::declared::charset_of_xml;
use crate::capture::library::{DETECTION, ENCODING, method};
use crate::capture::lists::pairs;
use crate::capture::proposal::ProposedDescription;
use crate::capture::reading::{CaptureReading, CaptureRequest, DerivedText, Omission, Unquotable};
use annals_core::text::is_invisible;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Encodings that a person may name, in the spelling of the Encoding Standard.
pub const ENCODINGS: [&str; 33] = [
    "UTF-8",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "ISO-8859-2",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-15",
    "ISO-8859-16",
    "IBM866",
    "KOI8-R",
    "KOI8-U",
    "macintosh",
    "x-mac-cyrillic",
    "gb18030",
    "Big5",
    "EUC-JP",
    "Shift_JIS",
    "EUC-KR",
];

/// The name of the encoding that a label of the Encoding Standard means.
///
/// Errors: what was expected.
///
/// ```
/// use annals::capture::encoding;
/// assert_eq!(encoding("latin1").as_deref(), Ok("windows-1252"));
/// assert!(encoding("utf-7").is_err());
/// ```
pub fn encoding(label: &str) -> Result<String, String> {
    let known = Encoding::for_label_no_replacement(label.as_bytes());
    known.map(|encoding| encoding.name().to_owned()).ok_or_else(|| {
        "expected the name of an encoding, such as windows-1252, macintosh or koi8-u".to_owned()
    })
}

/// A text and how it was decoded.
pub(super) struct DecodedText {
    /// The text, without a byte order mark.
    pub(super) text: String,
    /// Such as `decoded from windows-1252 with …`; empty for UTF-8.
    pub(super) method: String,
    /// The encoding, if it was guessed.
    pub(super) guessed: Option<String>,
}

/// What is known of the encoding of bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EncodingHints<'h> {
    /// The name that a person gave: it counts, unless a byte order mark says another one.
    pub(super) given: Option<&'h str>,
    /// The names that a server and the bytes have; the first that is known counts.
    pub(super) named: [Option<&'h str>; 2],
    /// The language, which decides between encodings of one script.
    pub(super) lang: Option<&'h str>,
}

impl<'h> EncodingHints<'h> {
    /// The hints of a request, and the name that the bytes have themselves.
    pub(super) fn of(request: &'h CaptureRequest, own: Option<&'h str>) -> EncodingHints<'h> {
        let named = [request.charset.as_deref(), own];
        EncodingHints { given: request.encoding.as_deref(), named, lang: request.lang.as_deref() }
    }
}

/// The least number of bytes of a text for each stray control character.
const STRAY: usize = 20;

/// The languages that windows-1252 is made for.
const WESTERN: &str = "af ca cy da de en es eu fi fo fr fy ga gl is it lb nb nl nn no oc pt rm sv";
/// Encodings of the Latin script beside it.
const LATIN: [&str; 7] = [
    "windows-1250",
    "ISO-8859-2",
    "windows-1254",
    "windows-1257",
    "ISO-8859-4",
    "windows-1258",
    "ISO-8859-13",
];
/// Small words that languages of Western Europe have, and those of Central Europe have not.
const WESTERN_WORDS: &str = "the and of was not that der und nicht das ist les est des pas que los \
                             las del che della het een och att ikke nao uma";
/// A text of Western Europe has at least one of them among so many words.
const WESTERN_SHARE: usize = 15;
/// Languages, and a country by whose domain the guess knows the encodings of the language.
const COUNTRIES: &str = include_str!("countries.txt");

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
    let hints = EncodingHints { named: [label, None], ..EncodingHints::default() };
    let is_utf8 = decode(bytes, hints).is_ok_and(|decoded| decoded.method.is_empty());
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

/// Decodes bytes.
pub(super) fn decode(bytes: &[u8], hints: EncodingHints<'_>) -> Result<DecodedText, Unquotable> {
    let labels = &hints.named;
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
    let given = hints.given.and_then(|label| Encoding::for_label(label.as_bytes()));
    let unmarked = unmarked.filter(|_| given.is_none());
    let (encoding, guessed) = match marked.or(given).or(unmarked).or_else(own).or(named) {
        Some(encoding) => (encoding, false),
        None => match damaged_utf8(bytes) {
            Some(why) => return Err(Unquotable::Broken(why)),
            None => (guess(bytes, hints.lang), true),
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
    let guessed = (guessed && encoding != UTF_8).then(|| name.to_owned());
    Ok(DecodedText { text: text.into_owned(), method, guessed })
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
        "it is UTF-8 except at {places}, the first at byte {first}: expected a whole copy, found \
         damaged bytes"
    ))
}

/// The encoding that bytes probably have. The language decides between encodings of one script:
/// that which is known, else that of the words.
fn guess(bytes: &[u8], lang: Option<&str>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let lang = lang.and_then(|lang| lang.split(['-', '_']).next()).map(str::to_ascii_lowercase);
    let country = pairs(COUNTRIES).find(|(of, _)| lang.as_deref() == Some(*of));
    let guessed = detector.guess(country.map(|(_, tld)| tld.as_bytes()), Utf8Detection::Allow);
    let is_western = match &lang {
        Some(lang) => WESTERN.split(' ').any(|western| western == lang),
        None => has_western_words(bytes),
    };
    // Every byte but these is a character of windows-1252.
    let is_decoded = || !bytes.iter().any(|byte| [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte));
    match is_western && LATIN.contains(&guessed.name()) && is_decoded() {
        true => WINDOWS_1252,
        false => guessed,
    }
}

/// Whether a text has many of the small words of languages of Western Europe.
fn has_western_words(bytes: &[u8]) -> bool {
    let letters = bytes.split(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii());
    let (mut all, mut western) = (0, 0);
    for word in letters.filter(|word| !word.is_empty()) {
        let is_small = |small: &str| small.as_bytes().eq_ignore_ascii_case(word);
        all += 1;
        western += usize::from(word.len() < 6 && WESTERN_WORDS.split(' ').any(is_small));
    }
    western * WESTERN_SHARE >= all && western > 0
}

/// A text, decoded.
pub(super) fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    if is_binary(bytes) {
        let why = "it has control characters, so it is no text".to_owned();
        return CaptureReading::unquotable(Unquotable::Broken(why));
    }
    let declared = charset_of_xml(bytes);
    let hints = EncodingHints::of(request, declared.as_deref());
    let text = decode(bytes, hints).map(|decoded| DerivedText {
        text: decoded.text,
        method: method(&decoded.method),
        left_out: decoded.guessed.map(Omission::Encoding).into_iter().collect(),
        page: None,
    });
    CaptureReading { proposal: ProposedDescription::default(), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], label: Option<&str>) -> (String, String) {
        let decoded = decode(bytes, named(label)).unwrap();
        (decoded.text, decoded.method)
    }

    fn named(label: Option<&str>) -> EncodingHints<'_> {
        EncodingHints { named: [label, None], ..EncodingHints::default() }
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

    #[test]
    fn encodings_are_named_as_the_standard_does() {
        for name in ENCODINGS {
            assert_eq!(encoding(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn the_language_decides_between_encodings_of_one_script() {
        let of = |bytes: &[u8], given, lang| {
            let decoded = decode(bytes, EncodingHints { given, named: [None; 2], lang }).unwrap();
            (decoded.text, decoded.guessed)
        };
        let fee = b"The fee will be \xA330, not \xA340. The sentence was 3\xBD years.";
        let text = "The fee will be £30, not £40. The sentence was 3½ years.";
        let guessed = Some("windows-1252".to_owned());
        for lang in [None, Some("en"), Some("en-GB")] {
            assert_eq!(of(fee, None, lang), (text.to_owned(), guessed.clone()), "{lang:?}");
        }
        // A few words, which say nothing of the language.
        assert_eq!(of(b"Fee: \xA330", None, Some("en")).0, "Fee: £30");
        for (bytes, lang, text, name) in [
            (
                &b"Za\xBF\xF3\xB3\xE6 g\xEA\x9Cl\xB9 ja\x9F\xF1"[..],
                Some("pl"),
                "Zażółć gęślą jaźń",
                { "windows-1250" },
            ),
            (b"Za\xBF\xF3\xB3\xE6 g\xEA\x9Cl\xB9 ja\x9F\xF1", None, "Zażółć gęślą jaźń", {
                "windows-1250"
            }),
            (b"\xD0\xE0\xE4\xE0 \xED\xE5 \xEC\xB3\xE3", Some("uk"), "Рада не міг", {
                "windows-1251"
            }),
        ] {
            assert_eq!(of(bytes, None, lang), (text.to_owned(), Some(name.to_owned())));
        }
        // What a person says counts, also of bytes that are UTF-8.
        let mac = b"The fee is \xD2not\xD3 \xA330 \xD0 he said.";
        let text = "The fee is “not” £30 – he said.";
        assert_eq!(of(mac, Some("macintosh"), Some("en")), (text.to_owned(), None));
        assert_eq!(of("é".as_bytes(), Some("windows-1252"), None), ("Ã©".to_owned(), None));
        assert_eq!(of("é".as_bytes(), None, None), ("é".to_owned(), None));
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
        assert!(decode(page, named(None)).is_ok_and(|decoded| decoded.method.is_empty()));
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
            let why = decode(b"They ~{VPND~} +AOk-", named(Some(label))).err();
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
        let why = |bytes: &[u8]| match decode(bytes, named(None)) {
            Err(Unquotable::Broken(why)) => why,
            Err(_) => "another reason".to_owned(),
            Ok(decoded) => panic!("{} {}", decoded.text, decoded.method),
        };
        let words = "Посол передав дві відповіді.".as_bytes();
        let cut = &"Переговори тривали три години".as_bytes()[..54];
        let one = "it is UTF-8 except at one place, the first at byte 53: expected a whole copy, \
                   found damaged bytes";
        assert_eq!(why(cut), one);
        let damaged = [&words[..10], b"\xFF", &words[10..], b" \xA0."].concat();
        let start = "it is UTF-8 except at 2 places, the first at byte 10: ";
        assert!(why(&damaged).starts_with(start));
        // Texts of other encodings, of which a letter or two may look like UTF-8.
        for bytes in [&b"Caf\xE9 \x93M\xFCller\x94"[..], b"na\xEFve \xC3\xA9t\xE9", b"\xCF\xF0\xE8"]
        {
            assert!(decode(bytes, named(None)).is_ok(), "{bytes:?}");
        }
        // A server that names an encoding is believed.
        assert!(decode(&damaged, named(Some("windows-1252"))).is_ok());
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
        assert!(decode(b"\xFF\xFE\x00\xD8", named(None)).is_err(), "half a surrogate pair");
    }
}
