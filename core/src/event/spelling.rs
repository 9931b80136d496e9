//! One pass over the one spelling: a line of JSON is read and its spelling checked together.
//!
//! Always holds: what is read here is what [`canonical`](crate::event::canonical) reads; anything
//! else is `None`, and `canonical` says why or reads it after all. So a fault of this file can only
//! cost time or, where it accepts too much, fail the tests that compare both. It accepts less JSON
//! than `serde_json`: members in the order in which the type declares them, no white space, the
//! escapes that the writer writes, integers without a sign. Not here: the fields (`args`, `body`,
//! `record`), messages. Source: FORMAT.md section 1.

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::fmt;

/// Whether a member may be absent. Such a member is never null, and any other is never absent.
fn may_be_absent(member: &str) -> bool {
    matches!(
        member,
        "archived_at"
            | "attribution"
            | "authors"
            | "because"
            | "corrections_policy"
            | "derived_from"
            | "evidence"
            | "id"
            | "method"
            | "published"
            | "publisher"
            | "quote"
            | "reliability"
            | "rights"
            | "role"
            | "span"
            | "statement"
            | "topics"
            | "translation"
            | "unnamed_because"
            | "url"
            | "when"
    )
}

/// The value of a whole text; `None` if the text is not its one spelling, or is not read here.
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    let mut reader = SpellingReader::new(text);
    let value = T::deserialize(&mut reader).ok()?;
    reader.at_end().then_some(value)
}

/// The text is not in its one spelling, or not of the type.
#[derive(Debug)]
pub struct NotSpelled;

/// A text that is read from its start.
pub struct SpellingReader<'a> {
    rest: &'a str,
    /// Whether the next value may be null.
    nullable: bool,
}

/// The members of an object that follow others: `,"name":value` and `}`.
pub struct FurtherMembers<'r, 'a>(pub &'r mut SpellingReader<'a>);

impl<'a> SpellingReader<'a> {
    /// A reader at the start of a text.
    pub fn new(text: &'a str) -> SpellingReader<'a> {
        SpellingReader { rest: text, nullable: true }
    }

    /// Whether the whole text was read.
    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads exactly this text.
    pub fn literal(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// Reads a value.
    pub fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        self.nullable = true;
        T::deserialize(self).ok()
    }

    /// Reads a string that has no escape.
    pub fn plain_string(&mut self) -> Option<&'a str> {
        match self.string().ok()? {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    fn next_is(&mut self, byte: u8) -> bool {
        self.rest.as_bytes().first() == Some(&byte)
    }

    fn skip(&mut self, byte: u8) -> Result<(), NotSpelled> {
        if !self.next_is(byte) {
            return Err(NotSpelled);
        }
        self.rest = self.rest.get(1..).ok_or(NotSpelled)?;
        Ok(())
    }

    /// Reads an integer without a leading zero.
    fn integer(&mut self) -> Result<u64, NotSpelled> {
        let bytes = self.rest.as_bytes();
        let mut value = 0_u64;
        let mut length = 0;
        while let Some(digit) = bytes.get(length).map(|byte| byte.wrapping_sub(b'0'))
            && digit < 10
        {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add(digit.into()))
                .ok_or(NotSpelled)?;
            length += 1;
        }
        if length == 0 || (length > 1 && self.next_is(b'0')) {
            return Err(NotSpelled);
        }
        self.rest = self.rest.get(length..).ok_or(NotSpelled)?;
        Ok(value)
    }

    /// Reads a string.
    fn string(&mut self) -> Result<Cow<'a, str>, NotSpelled> {
        self.skip(b'"')?;
        let mut decoded = String::new();
        loop {
            let end = plain_length(self.rest.as_bytes());
            let (plain, rest) = self.rest.split_at_checked(end).ok_or(NotSpelled)?;
            self.rest = rest;
            if self.next_is(b'"') {
                self.skip(b'"')?;
                if decoded.is_empty() {
                    return Ok(Cow::Borrowed(plain));
                }
                decoded.push_str(plain);
                return Ok(Cow::Owned(decoded));
            }
            decoded.push_str(plain);
            decoded.push(self.escape()?);
        }
    }

    /// Reads one escape, as the writer writes it.
    fn escape(&mut self) -> Result<char, NotSpelled> {
        self.skip(b'\\')?;
        let letter = *self.rest.as_bytes().first().ok_or(NotSpelled)?;
        self.skip(letter)?;
        match letter {
            b'"' | b'\\' => Ok(char::from(letter)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            b'u' => {
                let (digits, rest) = self.rest.split_at_checked(4).ok_or(NotSpelled)?;
                self.rest = rest;
                let control = (0..0x20_u8).find(|code| format!("{code:04x}") == digits);
                let code = control.ok_or(NotSpelled)?;
                match code {
                    8 | 9 | 10 | 12 | 13 => Err(NotSpelled),
                    code => Ok(char::from(code)),
                }
            }
            _ => Err(NotSpelled),
        }
    }
}

/// The number of bytes before the first quotation mark, backslash or control character.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // The high bit of each byte that is 0, exact up to the first such byte.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c)) | control;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    at + bytes.iter().skip(at).take_while(|byte| !special(byte)).count()
}

/// The members of an object.
struct Members<'r, 'a> {
    reader: &'r mut SpellingReader<'a>,
    names: &'static [&'static str],
    /// The number of names before the next possible one.
    next: usize,
    /// Whether a member was read before.
    further: bool,
}

impl<'a> MapAccess<'a> for Members<'_, 'a> {
    type Error = NotSpelled;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NotSpelled> {
        let ends = self.reader.next_is(b'}');
        let mut name = None;
        if !ends {
            if self.further {
                self.reader.skip(b',')?;
            }
            self.further = true;
            name = Some(self.reader.plain_string().ok_or(NotSpelled)?);
            self.reader.skip(b':')?;
        }
        // The names between the last member and this one are of absent members.
        for (index, known) in self.names.iter().enumerate().skip(self.next) {
            let absent_or_null = may_be_absent(known);
            if name == Some(*known) {
                self.next = index + 1;
                self.reader.nullable = !absent_or_null;
                return seed.deserialize(StrDeserializer::new(known)).map(Some);
            }
            if !absent_or_null {
                return Err(NotSpelled);
            }
        }
        match ends {
            true => self.reader.skip(b'}').map(|()| None),
            false => Err(NotSpelled),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, NotSpelled> {
        seed.deserialize(&mut *self.reader)
    }
}

/// The elements of an array.
struct Elements<'r, 'a> {
    reader: &'r mut SpellingReader<'a>,
    further: bool,
}

impl<'a> SeqAccess<'a> for Elements<'_, 'a> {
    type Error = NotSpelled;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NotSpelled> {
        if self.reader.next_is(b']') {
            self.reader.skip(b']')?;
            return Ok(None);
        }
        if self.further {
            self.reader.skip(b',')?;
        }
        self.further = true;
        self.reader.nullable = false;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> Deserializer<'de> for &mut SpellingReader<'de> {
    type Error = NotSpelled;

    /// Not every value has a type that is read here.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NotSpelled> {
        Err(NotSpelled)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotSpelled> {
        visitor.visit_u64(self.integer()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotSpelled> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotSpelled> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotSpelled> {
        if !self.next_is(b'n') {
            return visitor.visit_some(self);
        }
        self.literal("null").filter(|()| self.nullable).ok_or(NotSpelled)?;
        visitor.visit_none()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotSpelled> {
        self.skip(b'[')?;
        visitor.visit_seq(Elements { reader: self, further: false })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotSpelled> {
        self.skip(b'{')?;
        visitor.visit_map(Members { reader: self, names, next: 0, further: false })
    }

    /// The words of a closed list.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotSpelled> {
        visitor.visit_enum(StrDeserializer::new(self.plain_string().ok_or(NotSpelled)?))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for FurtherMembers<'_, 'de> {
    type Error = NotSpelled;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NotSpelled> {
        Err(NotSpelled)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotSpelled> {
        visitor.visit_map(Members { reader: self.0, names, next: 0, further: true })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl fmt::Display for NotSpelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not in its one spelling")
    }
}

impl std::error::Error for NotSpelled {}

impl Error for NotSpelled {
    fn custom<T: fmt::Display>(_: T) -> NotSpelled {
        NotSpelled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::args::{Args, FactCorrected};
    use crate::event::body::{Fact, Named};
    use crate::event::record::Place;
    use proptest::prelude::*;
    use serde::Serialize;
    use std::fmt::Debug;

    fn reads<'a, T: Deserialize<'a> + Serialize + PartialEq + Debug>(text: &'a str) -> bool {
        let found = read::<T>(text);
        let written = found.as_ref().map(|value| serde_json::to_string(value).expect("written"));
        assert!(written.is_none_or(|written| written == text), "{text} is misspelled");
        found.is_some()
    }

    /// The usual lines are read here; only then is this file of use.
    #[test]
    fn usual_values_are_read() {
        let quote = r#"{"exact":"w","prefix":"","suffix":"é"}"#;
        let evidence = format!(
            r#"{{"document":10,"stance":"supports","quote":{quote},"span":{{"start":0,"end":1}}}}"#
        );
        let fact = [
            r#"{"claim":"A \"b\" c","lang":"en","vouch":"so","evidence":["#,
            &evidence,
            r#"],"attribution":[{"agent":"A","agent_type":"person","act":"says"}],"#,
            r#""when":{"edtf":null,"as_written":"now","basis":"stated"},"#,
            r#""topics":[{"name":"T","id":"urn:x"}]}"#,
        ]
        .concat();
        assert!(reads::<Fact>(&fact));
        assert!(reads::<FactCorrected>(
            r#"{"on":5,"reason":"wrong-date","error_in":"record","resolves":[],"sealed":null}"#
        ));
        let place = r#"{"seq":0,"prev":null,"at":"2000-01-01T00:00:00.000000Z"}"#;
        assert!(reads::<Place>(place));
        assert!(!reads::<Place>(&place.replace(r#""prev":null,"#, "")));
        assert!(!reads::<Fact>(&fact.replace(r#""edtf":null,"#, "")));
        let mut reader = SpellingReader::new("{}");
        assert!(Args::read(crate::event::vocabulary::Type::LedgerRetimed, &mut reader).is_some());
    }

    proptest! {
        #[test]
        fn strings_are_read_as_they_are_written(text in "\\PC{0,40}|[\0-\u{7f}é𝄞]{0,40}") {
            let written = serde_json::to_string(&text).expect("written");
            prop_assert_eq!(read::<String>(&written), Some(text));
        }

        #[test]
        fn no_other_string_is_read(text in r#"["\\\\u0-9a-fnt\x00-\x1f]{0,24}"#) {
            reads::<String>(&format!("\"{text}\""));
            reads::<Named>(&format!("{{\"name\":\"{text}\"}}"));
        }

        #[test]
        fn integers_are_read_as_they_are_written(value: u64, digits in "[0-9]{1,21}") {
            prop_assert_eq!(read::<u64>(&value.to_string()), Some(value));
            let canonical = digits.parse::<u64>().ok().filter(|v| v.to_string() == digits);
            prop_assert_eq!(read::<u64>(&digits), canonical);
        }
    }
}
