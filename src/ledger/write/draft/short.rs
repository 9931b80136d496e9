//! Reading short forms: text in the place of fields in braces, or of a list of one item.
//!
//! Always holds: what is read is the value that the text stands for. Not here: which fields have a
//! short form (`unabridged`).

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// A type that has a short form: text alone in place of an object.
pub trait ShortForm: DeserializeOwned {
    /// The name of the text in errors.
    const TEXT: &'static str;
    /// The value of a short form.
    fn of(text: &str) -> Self;
}

/// A value, or the text that stands for it.
struct TextOr<T>(T);

impl<'de, T: ShortForm> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: ShortForm> Visitor<'de> for Either<T> {
            type Value = T;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::TEXT)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
                Ok(T::of(text))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Either(PhantomData)).map(TextOr)
    }
}

/// A list, or the text that stands for its only item; empty text stands for no item.
struct TextOrList<T>(Vec<T>);

impl<'de, T: Item> Deserialize<'de> for TextOrList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Item> Visitor<'de> for Either<T> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
                match text.is_empty() {
                    true => Ok(Vec::new()),
                    false => Ok(vec![T::text(text)?]),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element::<T::Read>()? {
                    list.push(T::item(item));
                }
                Ok(list)
            }
        }
        deserializer.deserialize_any(Either(PhantomData)).map(TextOrList)
    }
}

/// An item of a list for which a single text may be written in place of the list.
trait Item: Sized {
    /// How an item is read.
    type Read: DeserializeOwned;
    /// The item that was read.
    fn item(read: Self::Read) -> Self;
    /// The item that a single text gives.
    fn text<E: Error>(text: &str) -> Result<Self, E>;
}

impl<T: ShortForm> Item for T {
    type Read = TextOr<T>;
    fn item(read: TextOr<T>) -> T {
        read.0
    }
    fn text<E: Error>(text: &str) -> Result<T, E> {
        Ok(T::of(text))
    }
}

/// An item that may be left out.
struct Optional<T>(Option<T>);

impl<T: DeserializeOwned> Item for Optional<T> {
    type Read = Option<T>;
    fn item(read: Option<T>) -> Optional<T> {
        Optional(read)
    }
    fn text<E: Error>(text: &str) -> Result<Optional<T>, E> {
        T::deserialize(StrDeserializer::new(text)).map(|item| Optional(Some(item)))
    }
}

/// Reads a value, or the text that stands for it.
pub fn one<'de, D: Deserializer<'de>, T: ShortForm>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<TextOr<T>>::deserialize(deserializer)?.map(|one| one.0))
}

/// Reads a list whose items may be text, or the text of its only item.
pub fn many<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: ShortForm,
{
    Ok(Option::<TextOrList<T>>::deserialize(deserializer)?.map(|many| many.0))
}

/// A list of which items may be left out.
pub type Several<T> = Option<Vec<Option<T>>>;

/// Reads a list whose items may be null, or the text of its only item.
pub fn several<'de, D, T>(deserializer: D) -> Result<Several<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let several = Option::<TextOrList<Optional<T>>>::deserialize(deserializer)?;
    Ok(several.map(|several| several.0.into_iter().map(|item| item.0).collect()))
}
