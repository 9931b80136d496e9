//! Naming: the names that a person may have, and names that look alike.
//!
//! Always holds: an accepted name has no invisible part, and the program writes no such text in
//! place of a name. New names are checked; a name that is already in a record is never refused,
//! because the rules of a record do not depend on a Unicode version. Not here: the length of a name
//! (`text`). Source: UTS #39, confusables and mixed scripts.

use crate::key::PublicKey;
use crate::text::{Person, in_quotes, is_vowel_point};
use hashbrown::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::{MixedScript, skeleton};

/// The texts that the program writes in place of a name.
const LABELS: [&str; 12] = [
    "recovery key",
    "the recovery key",
    "log key",
    "the log key",
    "log",
    "unknown",
    "nobody",
    "withheld",
    "ledger",
    "the ledger",
    "record",
    "the record",
];
/// How the program begins what it says of a person's act after their name.
const AFTER_NAMES: [&str; 8] = [
    "asserted by ",
    "confirmed by ",
    "corrected by ",
    "disputed by ",
    "retracted by ",
    "revoked by ",
    "signed by ",
    "undone by ",
];
/// What the program says of a person or of their entry after their name and a sign.
const STATES: [&str; 12] = [
    "active",
    "admin",
    "editor",
    "asserted",
    "confirmed",
    "corrected",
    "disputed",
    "retracted",
    "revoked",
    "suspect",
    "undone",
    "withdrawn",
];
/// The signs after which something is said of a name.
const SIGNS: [char; 9] = [',', ':', '(', '–', '—', '/', '،', '，', '：'];
/// The number of hex digits from which on they can mean a key.
const DIGITS: usize = 8;

/// Why a person may not have this name: what was found; `None` if it is accepted.
pub fn unfit(name: &str) -> Option<String> {
    if let Some(letter) = name.chars().find(|letter| is_unseen(*letter)) {
        return Some(format!("the invisible character U+{:04X}", u32::from(letter)));
    }
    if let Some(letter) = name.chars().find(|letter| letter.is_whitespace() && *letter != ' ') {
        return Some(format!("another space than the usual one, U+{:04X}", u32::from(letter)));
    }
    if let Some(line) = name.chars().find(|letter| is_line(*letter)) {
        return Some(format!("a line under, over or through a letter, U+{:04X}", u32::from(line)));
    }
    if !name.chars().any(char::is_alphabetic) {
        return Some("no letter".to_owned());
    }
    if name.contains([';', '；']) {
        return Some("a semicolon, which the program writes between people".to_owned());
    }
    if name.trim() != name {
        return Some("a space at its beginning or end".to_owned());
    }
    if name.contains("  ") {
        return Some("two spaces in a row".to_owned());
    }
    if let Some(word) = name.split(' ').find(|word| !word.is_single_script()) {
        return Some(format!("letters of two scripts in one word, {}", in_quotes(word)));
    }
    is_label(name).then(|| "what the program writes in the place of a name".to_owned())
}

/// Whether a name can be confused with text of the program: a label, the digits of a key, or an
/// addition after a name.
pub fn is_label(name: &str) -> bool {
    let look = NameForm::of(name);
    let hex = |word: &str| word.len() >= DIGITS && word.bytes().all(|b| b.is_ascii_hexdigit());
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '(', ')']).collect();
    let key = words.windows(2).any(|pair| matches!(pair, ["key", digits] if hex(digits)));
    let behind = lower.contains("(now ") || AFTER_NAMES.iter().any(|words| lower.contains(words));
    let is_said = |part: &str| {
        let word = part.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let look = NameForm::of(part);
        STATES.contains(&word) || LABELS.iter().any(|label| NameForm::of(label).is_like(&look))
    };
    let behind = behind || name_parts(&lower).skip(1).any(is_said);
    let alone = words.iter().filter(|word| !word.is_empty()).all(|word| hex(word));
    let is_state = STATES.contains(&lower.as_str());
    let is_label = LABELS.iter().any(|label| NameForm::of(label).is_like(&look));
    key || behind || alone || is_state || is_label
}

/// The parts of a name between the signs after which something is said of it; one, if there is
/// none.
///
/// ```
/// use annals_core::naming::name_parts;
/// let parts: Vec<&str> = name_parts("Bo Berg — Ada (desk 3)").collect();
/// assert_eq!(parts, ["Bo Berg", "Ada", "desk 3"]);
/// assert_eq!(name_parts("O'Brien-Smith Jr.").count(), 1);
/// ```
pub fn name_parts(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(SIGNS).flat_map(|part| part.split(" - "));
    parts.map(|part| part.trim_matches([' ', ')'])).filter(|part| !part.is_empty())
}

/// The appearance of a name, without differences of case, spaces, signs and scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameForm {
    /// As it is written.
    drawn: String,
    /// In one case.
    folded: String,
    /// As it is written, then in lower case: a capital of one script can look like a letter of
    /// another script although its own small letter does not.
    read: String,
}

/// A text in one case: letters that have one capital are one, as ß and ss, ı and i.
fn one_case(text: &str) -> String {
    text.to_lowercase().to_uppercase().to_lowercase().replace("i\u{307}", "i")
}

impl NameForm {
    /// The appearance of this name.
    pub fn of(name: &str) -> NameForm {
        let plain = plain(name);
        NameForm {
            drawn: skeleton(&plain).collect(),
            folded: skeleton(&one_case(&plain)).collect(),
            read: skeleton(&plain.chars().flat_map(small).collect::<String>()).collect(),
        }
    }

    /// Whether two names look the same.
    pub fn is_like(&self, other: &NameForm) -> bool {
        self.drawn == other.drawn || self.folded == other.folded || self.read == other.read
    }

    /// The three forms. Two names that look the same have one of them in common, at the same index.
    pub fn forms(self) -> [String; 3] {
        let NameForm { drawn, folded, read } = self;
        [format!("drawn {drawn}"), format!("folded {folded}"), format!("read {read}")]
    }
}

/// A name that a key has or had, and the person who holds the key.
#[derive(Clone, Copy, Debug)]
pub struct HeldName<'a> {
    /// The key.
    pub key: &'a PublicKey,
    /// Its holder, if known.
    pub person: Option<&'a Person>,
    /// The name.
    pub name: &'a str,
}

/// The keys with a name that a reader could mistake for another person's, or for a label of the
/// program.
pub fn alike<'a>(names: impl IntoIterator<Item = HeldName<'a>>) -> HashSet<PublicKey> {
    let mut looks = HashMap::<String, Vec<HeldName<'a>>>::new();
    let mut found = HashSet::new();
    for held in names {
        if is_label(held.name) {
            found.insert(*held.key);
        }
        for look in NameForm::of(held.name).forms() {
            looks.entry(look).or_default().push(held);
        }
    }
    for held in looks.values() {
        let first = held.first().and_then(|held| held.person);
        if held.iter().any(|held| held.person != first) {
            found.extend(held.iter().map(|held| *held.key));
        }
    }
    found
}

/// The small form of the letter that a letter looks like. A capital that is drawn as a bar counts
/// as I.
fn small(letter: char) -> Vec<char> {
    let drawn: Vec<char> = skeleton(letter.encode_utf8(&mut [0; 4])).collect();
    match drawn.as_slice() {
        ['l'] if letter.is_uppercase() => vec!['i'],
        drawn => drawn.iter().flat_map(|letter| letter.to_lowercase()).collect(),
    }
}

/// The letters and digits of a name, with their marks, and the signs that look like one (`℮`, `×`):
/// spaces, hyphens and other signs are left out, and so are raised figures, and the vowel points of
/// Arabic and Hebrew, which are optional.
fn plain(name: &str) -> String {
    let is_raised = |c: char| matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{209C}');
    let seen: String = name.chars().filter(|c| !is_raised(*c) && !is_unseen(*c)).collect();
    let is_part = |c: &char| c.is_alphanumeric() || is_combining_mark(*c);
    let drawn = |c: char| skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
    let read = |c: char| match is_part(&c) || c.is_ascii() {
        true => c.to_string(),
        false => drawn(c),
    };
    let seen = seen.nfkc().flat_map(|c| read(c).chars().collect::<Vec<char>>());
    seen.filter(|c| is_part(c) && !is_unseen(*c) && !is_vowel_point(*c)).collect()
}

/// Whether a mark is a line across a whole letter, which no language writes.
fn is_line(letter: char) -> bool {
    matches!(u32::from(letter), 0x305 | 0x332..=0x333 | 0x335..=0x338 | 0x33F | 0x347)
}

/// Whether a letter is invisible: Unicode's Default_Ignorable_Code_Point, letters that are drawn as
/// blanks, and letters for private use, whose appearance is undefined.
fn is_unseen(letter: char) -> bool {
    matches!(u32::from(letter),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
        | 0x20DD..=0x20E4 | 0x600..=0x605 | 0x6DD | 0x8E2 | 0xE000..=0xF8FF | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFC
        | 0x1BCA0..=0x1BCA3 | 0x1D159 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF
        | 0xF0000..=0x10FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vowel_points_are_optional_in_a_name() {
        let alike = |one, other| NameForm::of(one).is_like(&NameForm::of(other));
        assert!(alike("محمد علي", "مُحَمَّد عَلِيّ"));
        assert!(alike("שרה לוי", "שָׂרָה לֵוִי"));
        assert!(!alike("محمد علي", "محمد علا"));
        // Signs that look like a letter.
        assert!(alike("Bo Example", "Bo Exampl℮") && alike("Ada Example", "Ada E×ample"));
    }

    #[test]
    fn names_of_people_are_fit() {
        let names = [
            "Ada Example",
            "O'Brien-Smith Jr.",
            "Zoë Müller",
            "Анна Иванова",
            "Νίκος",
            "山田 太郎",
            "さとう花子",
            "محمد علي",
            "דוד כהן",
            "김민수",
            "Ada Иванова",
            "J. R. R. Tolkien (desk 3)",
            "Log Ladyson",
            "desk 12",
            "Bo Berg, Jr.",
            "Admin Khan",
            "Editor-Smith",
            "Ada Example (desk editor)",
            "Ḏānīyāl Ḥaḏramī",
        ];
        for name in names {
            assert_eq!(unfit(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_not_seen_and_what_the_program_says_is_no_name() {
        let names = [
            "Ada\u{200B} Example",
            "Ada\u{AD} Example",
            "Ada\u{2060}",
            "Ada\u{FE0F}",
            "\u{3164}",
            "\u{2800}",
            "Ada\u{A0}Example",
            "Ada\u{3000}Example",
            " Ada",
            "Ada ",
            "Ada  Example",
            " ",
            "...",
            "\u{410}da Example",
            "recovery key",
            "Recovery  Key",
            "RECOVERY KEY",
            "rec\u{43E}very key",
            "log key",
            "Unknown",
            "key 269153d183b31990",
            "269153d183b31990",
            "Ada Example (key 269153d183b31990)",
            "Ada (now Bo Berg)",
            "Bo Berg; confirmed by Ada Lindqvist",
            "Bo Berg; Ada",
            "Bo Berg, undone by 3",
            "Bo Berg, suspect",
            "Bo\u{20DD} Berg",
            "Bo\u{8E2} Berg",
            "Bo Berg, Retracted",
            "Bo Berg, admin",
            "Bo Berg, admin and editor, active",
            "Bo Berg (recovery key)",
            "Bo Berg — the log key",
            "Bo Berg: disputed",
            "Bo Berg - editor",
            "Ada\u{332} Example",
            "undone",
            "the ledger",
            "Admin",
            "42",
        ];
        for name in names {
            assert!(unfit(name).is_some(), "{name:?}");
        }
    }

    fn look_alike(one: &str, other: &str) -> bool {
        NameForm::of(one).is_like(&NameForm::of(other))
    }

    #[test]
    fn names_that_a_reader_takes_for_one_look_alike() {
        let ada = "Ada Example";
        let like = [
            "Ada Example",
            "ada example",
            " Ada  Example ",
            "\u{410}da Example",
            "\u{410}d\u{430} Ex\u{430}mple",
            "Ada\u{200B} Example",
            "Ada\u{A0}Example",
            "Ada Examp1e",
            "Ada ExampIe",
            "\u{FF21}da Example",
            "Ada-Example",
            "Ada Example.",
            "Ada' Example",
            "AdaExample",
            "Ada Example ✓",
            "Ada Example²",
            "Ada (Example)",
        ];
        for name in like {
            assert!(look_alike(ada, name), "{name:?}");
        }
        let pairs = [
            ("apple", "аррӏе"),
            ("Scope", "Ѕсоре"),
            ("paypal", "раураӏ"),
            ("Alice Cooper", "Аӏісе Соорег"),
            ("ooo", "οοο"),
            ("ooo", "օօօ"),
            ("WALES", "ᎳᎪᏞᎬᏚ"),
            ("LISU", "ꓡꓲꓢꓴ"),
            ("HATA", "НАТА"),
            ("Hata", "НАТА"),
            ("hata", "НАТА"),
            ("Tom", "ТОМ"),
            ("Kim", "ΚΙΜ"),
            ("محمد علي", "مـحمد علي"),
            ("김 철수", "김철수"),
            ("李 雷", "李雷"),
            ("Jonas Weiß", "Jonas Weiss"),
            ("Jonas Weiß", "JONAS WEISS"),
            ("JONAS WEIẞ", "JONAS WEISS"),
            ("İpek Işık", "ipek ışık"),
        ];
        for (one, other) in pairs {
            assert!(look_alike(one, other), "{one} {other}");
        }
        for (one, other) in [("Kai", "Kal"), ("Том", "Том Берг"), ("Роза", "Rosa")] {
            assert!(!look_alike(one, other), "{one} {other}");
        }
        for name in ["Ada Exemple", "Ida Example", "Ada", "Adá Example"] {
            assert!(!look_alike(ada, name), "{name:?}");
        }
    }
}
