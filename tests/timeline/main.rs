//! `annals timeline`: the page, parsed.

mod article;

#[test]
fn the_page_of_the_article() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("timeline");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    article::article(&folder);
}
