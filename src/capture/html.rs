//! HTML: the main text of a page, or all of it.
//!
//! Always holds: the main text is chosen from what a reader sees. Not here: what that is and how it
//! reads (`page`); the choice (`main_text`); what the page says of itself (`metadata`). Source: the
//! HTML Standard.

use crate::capture::declared::{charset_of_page, language_of_page};
use crate::capture::library::{DOM, READABILITY, text_method};
use crate::capture::main_text::{MainText, main_text};
use crate::capture::media_type::XHTML;
use crate::capture::metadata;
use crate::capture::page::{WordsLeftOut, as_shown, depth, text_of};
use crate::capture::reading::{
    CaptureReading, CaptureRequest, DerivedText, Omission, TextExtent, Unquotable,
};
use crate::capture::style::Style;
use crate::capture::text::{EncodingHints, decode};
use crate::capture::xhtml::without_xml;
use dom_query::{Document, NodeRef};

/// How deep elements may contain each other.
const MAX_DEPTH: usize = 512;

/// How many pages of frames are named where a page has no text itself.
const MOST_FRAMES: usize = 6;

/// The text and the metadata of a page.
pub(super) fn read(request: &CaptureRequest, bytes: &[u8]) -> CaptureReading {
    let declared = charset_of_page(bytes);
    let hints = EncodingHints::of(request, declared.as_deref());
    let own_lang = language_of_page(bytes);
    let hints = EncodingHints { lang: hints.lang.or(own_lang.as_deref()), ..hints };
    let decoded = match decode(bytes, hints) {
        Ok(decoded) => decoded,
        Err(why) => return CaptureReading::unquotable(why),
    };
    let source = match request.media_type == XHTML {
        true => without_xml(&decoded.text),
        false => decoded.text,
    };
    let page = Document::from(source);
    let guessed = decoded.guessed.map(Omission::Encoding);
    let depth = depth(&page);
    if depth > MAX_DEPTH {
        return CaptureReading::unquotable(Unquotable::Bound(format!(
            "expected elements that contain each other at most {MAX_DEPTH} deep, as browsers show \
             them, found {depth}"
        )));
    }
    let proposal = metadata::of_page(&page);
    let elsewhere = text_elsewhere(&page);
    let WordsLeftOut { struck, drawn } = as_shown(&page);
    let whole = line_ended(text_of(&page.root()));
    let main = match request.extent {
        TextExtent::Main => main_text(page, proposal.title.as_deref()),
        TextExtent::Page => None,
    };
    let decoded = match decoded.method.as_str() {
        "" => String::new(),
        how => format!(", {how}"),
    };
    let (text, how, chosen) = match main {
        Some(MainText { text, has_head, left_inside }) => {
            let text = line_ended(text);
            let left_out = left_out(&text, &whole, left_inside);
            let with = if has_head { " with its headline" } else { "" };
            (text, format!("main text{with} by {READABILITY} and {DOM}{decoded}"), left_out)
        }
        None => (whole, format!("whole page by {DOM}{decoded}"), None),
    };
    let struck_out = (struck > 0).then_some(Omission::Struck(struck));
    let of_drawings = (drawn > 0).then(|| {
        let words = if drawn == 1 { "a word".to_owned() } else { format!("{drawn} words") };
        Omission::Unread(format!("{words} of its drawings"))
    });
    let derived = DerivedText {
        text,
        method: text_method(&how, struck),
        left_out: chosen.into_iter().chain(struck_out).chain(of_drawings).chain(guessed).collect(),
        page: None,
    };
    let text = match derived.text.trim().is_empty() {
        true => Err(Unquotable::NoText(
            elsewhere.unwrap_or_else(|| "the page shows none without its scripts".to_owned()),
        )),
        false => Ok(derived),
    };
    CaptureReading { proposal, text }
}

/// Where the text of a page is that has none itself: in the pages of its frames, or on the page to
/// which it leads; the address is as the page has it.
fn text_elsewhere(page: &Document) -> Option<String> {
    let mut frames: Vec<String> = Vec::new();
    for frame in page.select("frame[src], iframe[src]:not([srcdoc])").nodes() {
        let address = frame.attr("src").unwrap_or_default().trim().to_owned();
        let is_page = !address.is_empty() && !address.starts_with("about:");
        if is_page && !is_unseen(frame) && !frames.contains(&address) {
            frames.push(address);
        }
    }
    match frames.as_slice() {
        [] => {}
        [only] => return Some(format!("it shows another page in a frame: add {only}")),
        all => {
            let more = all.len().saturating_sub(MOST_FRAMES);
            let shown = all.get(..MOST_FRAMES).unwrap_or(all).join(", ");
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            return Some(format!("it shows other pages in frames: add {shown}{more}"));
        }
    }
    let refresh = page.select("meta[http-equiv][content]");
    let refresh = refresh.nodes().iter().find(|meta| {
        meta.attr("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"))
    })?;
    let content = refresh.attr("content")?;
    let (_, address) = content.split_once('=')?;
    let address = address.trim().trim_matches(['\'', '"']);
    Some(format!("it leads to another page: add {address}"))
}

/// Whether a frame is one that no reader sees, such as those that count visits.
fn is_unseen(frame: &NodeRef<'_>) -> bool {
    let is_nothing = |name: &str| {
        frame.attr(name).is_some_and(|size| matches!(size.trim(), "0" | "1" | "0px" | "1px"))
    };
    let style = Style::of(frame);
    is_nothing("width")
        || is_nothing("height")
        || frame.has_attr("hidden")
        || style.is_invisible() == Some(true)
        || style.any(&["display"], |value| value == "none")
        || frame.ancestors_it(None).any(|around| around.has_name("noscript"))
}

/// How much of the page is not in its main text; `inside` are the first words of what is left out
/// of the article itself.
fn left_out(main: &str, whole: &str, inside: Option<String>) -> Option<Omission> {
    let count = |text: &str| text.split_whitespace().count();
    let (main, whole) = (count(main), count(whole));
    let inside = inside.map(|words| format!(", inside the article “{words}”"));
    let inside = inside.unwrap_or_default();
    let out = || Omission::Chosen(format!("{} of {whole} words of the page{inside}", whole - main));
    (main < whole).then(out)
}

fn line_ended(text: String) -> String {
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(extent: TextExtent, html: &[u8]) -> DerivedText {
        let request = CaptureRequest { extent, ..CaptureRequest::default() };
        read(&request, html).text.unwrap()
    }

    #[test]
    fn the_whole_page_keeps_words_apart() {
        let html = "<header>Example News</header><nav><a>Home</a></nav><main><h1>They met</h1>\
                    <p>On <b>Thurs</b>day &amp; Friday.</p><figure><img><figcaption>Photo\
                    </figcaption></figure><table><tr><td>1</td><td>2</td></tr></table></main>\
                    <footer>Imprint</footer><script>no()</script>";
        let derived = page(TextExtent::Page, html.as_bytes());
        let expected = "Example News\n\nHome\n\nThey met\n\nOn Thursday & Friday.\n\nPhoto\n\n\
                        1\t2\n\nImprint\n";
        assert_eq!(derived.text, expected);
        assert!(derived.method.starts_with("whole page by dom_query"), "{}", derived.method);
    }

    #[test]
    fn the_main_text_leaves_out_menus_and_says_so() {
        let sentence = "The two ministers met in the old harbour, their offices say, to talk. ";
        let paragraphs = format!("<p>{}</p>", sentence.repeat(5)).repeat(4);
        let menu =
            "<nav><ul><li><a href=/a>Weather</a></li><li><a href=/b>Sports</a></li></ul></nav>";
        let html =
            format!("<html><body>{menu}<article><h1>They met</h1>{paragraphs}</article></body>");
        let derived = page(TextExtent::Main, html.as_bytes());
        assert!(derived.text.contains("in the old harbour"), "{}", derived.text);
        assert!(!derived.text.contains("Weather"), "{}", derived.text);
        assert!(matches!(derived.left_out[..], [Omission::Chosen(_)]));
        assert!(page(TextExtent::Page, html.as_bytes()).text.contains("Weather"));
    }

    #[test]
    fn the_main_text_has_who_said_it_and_what_was_chosen() {
        let words = "The council voted on Monday to spend more money on flood defences, he said. ";
        let html = format!(
            "<main><article><p>{0}</p><blockquote><p>“We asked for it.”</p><footer>— Jane Scullion\
             </footer></blockquote><p>Votes for: <select><option>10<option selected>27</select>, \
             against: 18.</p><aside><p>“They promised homes,” said Robert.</p></aside><aside><p>\
             More: <a href=/x>Weather</a></p></aside><p>{0}</p></article></main>",
            words.repeat(4)
        );
        let text = page(TextExtent::Main, html.as_bytes()).text;
        for words in ["— Jane Scullion", "Votes for: 27, against: 18.", "said Robert."] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("Weather"), "{text}");
    }

    #[test]
    fn a_page_says_its_character_set() {
        let html = b"<meta charset='windows-1251'><p>\xCF\xF0\xE8\xE2\xE5\xF2</p>";
        assert_eq!(page(TextExtent::Page, html).text, "Привет\n");
    }

    /// A formula is hidden beside its image, or shown beside its words for the eye.
    #[test]
    fn formulas_of_other_pages_are_read_once() {
        let power = "<mn>5</mn><mo>×</mo><msup><mn>10</mn><mrow><mn>6</mn></mrow></msup>";
        let hidden = format!(
            "<p>About <span class=mwe-math-element><span style='display: none;'><math><mrow>{power}\
             </mrow></math></span><img alt='x' aria-hidden=true></span> kilograms, he said.</p>"
        );
        let split = "<p>It was <math><semantics><mrow><mn>1</mn><msup><mn>0</mn><mn>6</mn></msup>\
                     </mrow></semantics></math> units.</p>";
        let hidden_words = "<p popover>not shown</p><noembed>not shown</noembed>";
        let html = format!("<article>{hidden}{split}{hidden_words}</article>");
        for extent in [TextExtent::Main, TextExtent::Page] {
            let text = page(extent, html.as_bytes()).text;
            assert_eq!(text, "About 5×10⁶ kilograms, he said.\n\nIt was 10⁶ units.\n");
        }
    }

    #[test]
    fn a_page_without_text_has_none() {
        let reading = read(&CaptureRequest::default(), b"<div id=app></div><script>run()</script>");
        assert!(matches!(reading.text, Err(Unquotable::NoText(_))), "{reading:?}");
    }

    #[test]
    fn a_page_whose_text_is_on_other_pages_names_them() {
        for (html, expected) in [
            (
                "<frameset cols='20%,*'><frame src=a.html><frame src=b.html><noframes><body>Your \
                 browser has no frames.</body></noframes></frameset>",
                "it shows other pages in frames: add a.html, b.html",
            ),
            (
                "<body><iframe src=https://example.org/a></iframe><script>run()</script>",
                "it shows another page in a frame: add https://example.org/a",
            ),
            (
                "<meta http-equiv=Refresh content=\"0; URL='b.html'\">",
                "it leads to another page: add b.html",
            ),
            (
                "<body><noscript><iframe src=https://tags.example/x></iframe></noscript><iframe \
                 src=/y style='display:none'></iframe><div id=app></div>",
                "the page shows none without its scripts",
            ),
            ("<iframe src=about:blank></iframe>", "the page shows none without its scripts"),
        ] {
            let reading = read(&CaptureRequest::default(), html.as_bytes());
            assert_eq!(reading.text, Err(Unquotable::NoText(expected.to_owned())), "{html}");
        }
    }
}
