//! Small changes of any text: a letter, a number, a word, a line.
//!
//! Always holds: the same seed gives the same change. Not here: the meaning of the text.

use crate::support::keys;
use crate::support::tamper::Dice;

const LETTERS: [&str; 28] = [
    "\"", "{", "}", "[", "]", ",", ":", "0", "1", "9", "a", "f", "z", "A", " ", "  ", "-", "=",
    "+", "/", "\t", "\\", "\u{e9}", "\u{200f}", "\u{7f}", "\n", "null", ".",
];

/// The text with one small change.
pub fn nudged(text: &str, dice: &mut Dice) -> String {
    match dice.below(8) {
        0..=1 => letter(text, dice),
        2..=4 => number(text, dice),
        5 => word(text, dice),
        6 => hex(text, dice),
        _ => lines(text, dice),
    }
}

/// Some bytes with one small change; a flipped bit if they are not text.
pub fn nudged_bytes(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) if dice.below(4) > 0 => nudged(text, dice).into_bytes(),
        _ => {
            let mut bytes = bytes.to_vec();
            match (dice.below(6), bytes.len()) {
                (_, 0) => bytes.push(b'x'),
                (0, length) => bytes.truncate(dice.below(length)),
                (1, length) => drop(bytes.remove(dice.below(length))),
                (2, length) => bytes.insert(dice.below(length), dice.roll() as u8),
                (_, length) => bytes[dice.below(length)] ^= 1 << dice.below(8),
            }
            bytes
        }
    }
}

fn at(text: &str, dice: &mut Dice) -> usize {
    let mut at = dice.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn letter(text: &str, dice: &mut Dice) -> String {
    let at = at(text, dice);
    let (before, after) = text.split_at(at);
    let rest = after.chars().next().map_or(after, |first| &after[first.len_utf8()..]);
    match dice.below(4) {
        0 => format!("{before}{rest}"),
        1 => format!("{before}{}{after}", dice.pick(&LETTERS)),
        2 => format!("{before}{}{after}", &after[..after.len() - rest.len()]),
        _ => format!("{before}{}{rest}", dice.pick(&LETTERS)),
    }
}

/// Replaces one of the numbers.
fn number(text: &str, dice: &mut Dice) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match runs.last_mut() {
            Some((_, end)) if byte.is_ascii_digit() && *end == at => *end += 1,
            _ if byte.is_ascii_digit() => runs.push((at, at + 1)),
            _ => {}
        }
    }
    runs.retain(|(start, end)| end - start < 7);
    if runs.is_empty() {
        return letter(text, dice);
    }
    let (start, end) = dice.pick(&runs);
    let old: u64 = text[start..end].parse().expect("digits");
    let new = match dice.below(8) {
        0 => "0".to_owned(),
        1 => "9007199254740991".to_owned(),
        2 => "9007199254740992".to_owned(),
        3 => format!("0{old}"),
        4 => dice.below(40).to_string(),
        5 => format!("{:0width$}", old.saturating_sub(1), width = end - start),
        _ => format!("{:0width$}", old + 1, width = end - start),
    };
    format!("{}{new}{}", &text[..start], &text[end..])
}

/// Swaps two of the quoted words, or replaces one by the other.
fn word(text: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = text.split('"').collect();
    let (one, other) = (dice.below(words.len()), dice.below(words.len()));
    match dice.below(2) {
        0 => words.swap(one, other),
        _ => words[one] = words[other],
    }
    words.join("\"")
}

/// Replaces 64 hex digits by those of a key, or by others of this text.
fn hex(text: &str, dice: &mut Dice) -> String {
    let is_hex = |run: &&str| run.len() == 64 && run.bytes().all(|b| b.is_ascii_hexdigit());
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_hex).collect();
    if runs.is_empty() {
        return number(text, dice);
    }
    let from = dice.pick(&runs);
    let to = match dice.below(3) {
        0 => keys::key(dice.pick(&crate::support::random::NAMES)),
        1 => dice.pick(&runs).to_owned(),
        _ => letter(from, dice),
    };
    text.replacen(from, &to, 1)
}

/// Removes, repeats or moves a line.
fn lines(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.is_empty() {
        return "\n".to_owned();
    }
    let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(4) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(other, lines[one]),
        2 => lines.swap(one, other),
        _ => lines.truncate(one),
    }
    lines.concat()
}
