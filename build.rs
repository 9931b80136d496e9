//! Lists the pages of `docs/`, so that `annals help` shows each `docs/NAME.md` as the topic NAME.
//!
//! Always holds: a page that is added is a topic without another line of code. Not here: how a
//! page is shown (`cli::commands::help`).

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=docs");
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
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("topics.rs"), list)?)
}
