//! Lists the pages of `docs/`, so that `annals help` shows each `docs/NAME.md` as the topic NAME;
//! and the small words of all languages in one table, so that no process has to make it.
//!
//! Always holds: a page that is added is a topic without another line of code. Not here: how a
//! page is shown (`cli::commands::help`), what the words say (`wording::small_words`).
//! Source: stop words of ISO languages by `stop-words`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Small words that the list of their own language lacks, and that of another one has.
const LACKED: [(&str, &str); 2] = [
    ("en", "per cent"),
    ("uk", "не на у в з і й та що як за до від це він вона вони але бо чи для про при по"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=docs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("topics.rs"), topics()?)?;
    Ok(fs::write(out.join("small_words"), small_words()?)?)
}

/// The pages of `docs/`, in the order of their names, as a list in Rust.
fn topics() -> Result<String, Box<dyn Error>> {
    let docs = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("docs");
    let mut pages: Vec<PathBuf> =
        fs::read_dir(docs)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    pages.retain(|page| page.extension().is_some_and(|ending| ending == "md"));
    pages.sort();
    let mut list = String::from("&[");
    for page in pages {
        let name = page.file_stem().unwrap_or_default().to_string_lossy();
        list.push_str(&format!("Topic {{ name: {name:?}, page: include_str!({page:?}) }},"));
    }
    list.push(']');
    Ok(list)
}

/// The languages in a line, then a line for each word, in the order of its bytes: the word, and in
/// hexadecimal the set of the languages that have it, the first language as the lowest bit.
fn small_words() -> Result<String, Box<dyn Error>> {
    let languages = stop_words::available_languages();
    if languages.len() > 64 {
        return Err("expected at most 64 languages with small words".into());
    }
    let mut sets: BTreeMap<&str, u64> = BTreeMap::new();
    for (at, language) in languages.iter().enumerate() {
        let lacked = LACKED.iter().filter(|(of, _)| of == language);
        let lacked = lacked.flat_map(|(_, words)| words.split(' '));
        let words = stop_words::lookup(language).unwrap_or_default().iter().copied();
        for word in words.chain(lacked) {
            *sets.entry(word).or_default() |= 1 << at;
        }
    }
    let mut table = languages.join(" ");
    for (word, set) in sets {
        table.push_str(&format!("\n{word}\t{set:x}"));
    }
    Ok(table)
}
