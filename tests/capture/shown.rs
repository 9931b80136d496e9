//! A text says what its document says to a reader: each element and style that changes it, by the
//! exact text.

use crate::capture::made;
use annals::capture::{
    CaptureRequest, DerivedText, Omission, TextExtent, Unquotable, media_type, read,
};

pub fn derived(kind: &str, extent: TextExtent, bytes: &[u8]) -> DerivedText {
    let request = CaptureRequest { media_type: kind.into(), extent, ..CaptureRequest::default() };
    read(&request, bytes).text.unwrap()
}

/// The texts of these sources, with those that differ from what is expected.
pub fn differing(cases: &[(&str, &str)], text: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let found = cases.iter().map(|(source, expected)| (text(source), (*expected).to_owned()));
    found.filter(|(found, expected)| found.trim_end() != expected).collect()
}

fn html(source: &str) -> String {
    derived(media_type::HTML, TextExtent::Page, source.as_bytes()).text
}

#[test]
fn a_page_reads_as_a_browser_shows_it() {
    let cases = [
        // Above and below the line.
        ("10<sup>6</sup> W of CO<sub>2</sub>, 10<sup>−3</sup>", "10⁶ W of CO₂, 10⁻³"),
        ("10<sup><b>1</b>2</sup> and 2<sup>0.5</sup>", "10¹² and 2^(0.5)"),
        ("10<sup>10<sup>2</sup></sup>, x<sub>i,j</sub>", "10^(10²), x_(i,j)"),
        ("10<span style='vertical-align: super'>6</span> m", "10⁶ m"),
        ("CO<span style='VERTICAL-ALIGN:sub;color:red'>2</span>", "CO₂"),
        // By a length, a move, the font; of figures beside a word alone, and by more than a trifle.
        ("10<span style='vertical-align:4px;font-size:8px'>6</span> W", "10⁶ W"),
        ("10<span style='position:relative;top:-0.4em'>6</span> W", "10⁶ W"),
        ("10<span style='position:relative; bottom:.4em'>6</span> W", "10⁶ W"),
        ("<b>10</b><span style='vertical-align:50%'>6</span> W", "10⁶ W"),
        ("10<span style='vertical-align:text-top;font-size:60%'>6</span> W", "10⁶ W"),
        ("10<span style='baseline-shift:super'>−3</span> W", "10⁻³ W"),
        ("10<span style='transform:translateY(-0.4em);display:inline-block'>6</span>", "10⁶"),
        ("10<span style='transform:translate(0, -4px)'>6</span>", "10⁶"),
        ("10<span style='translate:0 -.4em'>6</span>", "10⁶"),
        ("CO<span style='vertical-align:-0.3em'>2</span> fell", "CO₂ fell"),
        ("CO<span style='font-feature-settings:\"sinf\"'>2</span> fell", "CO₂ fell"),
        ("10<sup style='vertical-align:baseline;position:relative;top:-.5em'>6</sup>", "10⁶"),
        (
            "<style>.up{vertical-align:0.5em;font-size:70%} .rel{position:relative;top:-0.4em} \
             .fv{font-variant-position:super} .ff{font-feature-settings:\"kern\", \"sups\" 1} \
             .no{font-feature-settings:\"sups\" 0} .far{position:relative;top:-80px}</style>\
             10<span class=up>6</span> 10<span class=rel>6</span> 10<span class=fv>6</span> \
             10<span class=ff>6</span> 10<span class=no>0</span> 10<span class=far>0</span>",
            "10⁶ 10⁶ 10⁶ 10⁶ 100 100",
        ),
        // Of every element of a line.
        (
            "10<u style='vertical-align:super'>6</u> 10<mark style='vertical-align:super'>7</mark> \
             2<ins style='font-size:70%;vertical-align:top'>8</ins> CO<var style='vertical-align:\
             sub'>2</var> 3<abbr style='vertical-align:super'>9</abbr> 10<x-up style=\
             'vertical-align:super'>6</x-up> 4<time style='position:relative;top:-.4em'>2</time>",
            "10⁶ 10⁷ 2⁸ CO₂ 3⁹ 10⁶ 4²",
        ),
        ("10<q style='vertical-align:super'>6</q>, <u style='color:red'>7</u>8", "10“⁶”, 78"),
        ("at <span style='position:relative;top:-3px'>5</span> pm", "at 5 pm"),
        ("it is <b style='vertical-align:3px'>new</b>", "it is new"),
        ("20<span style='position:relative;top:1px'>22</span>", "2022"),
        ("20<span style='vertical-align:middle'>22</span>", "2022"),
        ("the 21<sup>st</sup>, XX<sup>e</sup>, M<sup>me</sup>", "the 21st, XXe, Mme"),
        (
            "<style>@import 'x'; .u, p:hover {vertical-align:super; color:red} /* .v{} */ \
             .n{vertical-align:super} .n{Vertical-Align: baseline} .g{text-decoration:line-through} \
             a:hover{text-decoration:line-through} .h{display:none} \
             @media print {b{text-decoration:line-through}}</style>10<span class=u>6</span> \
             1<span class=n>0</span> 1<span class=u style='vertical-align:baseline'>0</span> \
             <span class=g>9</span>7 <a class=h>a</a> <b>b</b>",
            "10⁶ 10 10 7 a b",
        ),
        // Marks of notes.
        ("In 2019<sup><a href='#n3'>3</a></sup> it", "In 2019[3] it"),
        ("In 2019<a href='#n3'><sup>3</sup></a> it", "In 2019[3] it"),
        ("In 2019<sup><a href='#n3'>[3]</a></sup> it", "In 2019[3] it"),
        ("In 2019<sup role=doc-noteref>a</sup> it", "In 2019[a] it"),
        ("In 2019<sup>*</sup> it, Example<sup>®</sup>", "In 2019* it, Example®"),
        // Of those that are no superscripts.
        ("In 2019<a role='doc-noteref' href='#fn1'>1</a> it", "In 2019[1] it"),
        ("In 2019<a epub:type='noteref' href='n.xhtml#a'>1</a> it", "In 2019[1] it"),
        ("12<a class='footnote-anchor' href='#footnote-2'>2</a> euros", "12[2] euros"),
        ("euros.<a class='footnote-anchor' href='#footnote-2'>2</a> It", "euros.[2] It"),
        ("12<a href='#n2'>2</a> euros, 12<a href='#n2'><b>[2]</b></a>", "12[2] euros, 12[2]"),
        ("2019<sup><a href='https://x.org/y#cite_note-3'>3</a></sup> it", "2019[3] it"),
        ("12<sup><a href='#a'>1</a>,<a href='#b'>2</a></sup> it", "12[1,2] it"),
        // A link with other words in it.
        ("<a href='#s'>The 21<sup>st</sup> century, 10<sup>6</sup> m</a>", {
            "The 21st century, 10⁶ m"
        }),
        ("20<a href='#'>19</a>, see <a href='#t'>7</a>, <a href='#t'>to Rome</a>", {
            "2019, see 7, to Rome"
        }),
        // Struck out.
        ("<del>€10</del><ins>€8</ins> million", "€8 million"),
        ("<s>9</s>7 died, <strike>not</strike> here", "7 died, here"),
        ("<span style='text-decoration: line-through red'>9</span>7", "7"),
        ("a<p style='text-decoration-line:line-through'>b</p>c", "a\n\nc"),
        ("<table><tr><td style='text-decoration:line-through'>1<td>2</table>", "2"),
        ("2019<sup><a href='#3'>3</a></sup> <del>b</del>c", "2019[3] c"),
        // Components that the page has with it.
        (
            "<news-card><template shadowrootmode=open><p>The tax is <slot>no</slot> euros</p>\
             <slot name=by></slot><style>b{vertical-align:super}</style> 10<b>6</b></template>\
             <i slot=by>by Ann</i>5 million</news-card> 1<b>0</b>",
            "The tax is 5 million euros\n\nby Ann 10⁶ 10",
        ),
        (
            "<a-b><template shadowrootmode=open><c-d><template shadowrootmode=closed>in <slot>\
             </slot></template>deep</c-d> <slot>own</slot></template></a-b>",
            "in deep own",
        ),
        ("<template><p>not shown</template>a", "a"),
        // Words of a sheet, where they may change what is understood.
        (
            "<style>.n::before{content:\"minus \"} .m:after{content:\" per cent\"} \
             li::before{content:\"→ \"} .o::before{content:\"x\";display:none} \
             .n::before{content:'−'}</style><b class=n>7</b>, <b class=m>8</b>, <b class=o>9</b>\
             <ul><li>a</ul>",
            "−7, 8 per cent, 9\n\na",
        ),
        (
            "<style>@layer l{.a{text-decoration:line-through}} .b{u{vertical-align:super}}\
             #i::before{content:\"very \"}.a::before,.i::before{content:\"not \"}\
             .n::after{content:attr(data-x)}</style><noscript><style>p::before{content:\"no\"}\
             </style></noscript><p><b class=a>not</b> <b class=i id=i>guilty</b>\
             <b class=n data-x=' of 5'> 3</b> <i class=b>10<u>6</u></i>",
            "very guilty 3 of 5 10⁶",
        ),
        (
            "a <iframe srcdoc=\"<style>b{text-decoration:line-through}</style><p>The <b>old</b> \
             minister resigned.</p>\"></iframe> b<b>c</b>",
            "a\n\nThe minister resigned.\n\nbc",
        ),
        // In the direction that a style gives.
        (
            "<span style='unicode-bidi:bidi-override;direction:rtl'>98765</span> men",
            "\u{202E}98765\u{202C} men",
        ),
        (
            "<style>.r{unicode-bidi:bidi-override;direction:rtl}</style><p class=r>321</p>",
            "\u{202E}321\u{202C}",
        ),
        // Until it is opened.
        ("He took <span popover>never</span> 5 <noembed>or 8</noembed> euros", "He took 5 euros"),
        ("a <span style='display:none;display:inline'>nine</span>", "a nine"),
        // Forms.
        ("Income: <input value='5,000 euros' readonly> a month", "Income: 5,000 euros a month"),
        ("<input type=password value=a><input type=hidden value=b>c", "c"),
        ("Party: <select><option>Left<option selected>Right</select>", "Party: Right"),
        ("Party: <select><option>Left<option>Right</select>", "Party: Left"),
        ("<select multiple><option>a</option> <option>b</option></select>", "a\n\nb"),
        // Hidden.
        ("a<span hidden>b</span>c", "ac"),
        ("a<div hidden=until-found>b</div>c", "a\n\nb\n\nc"),
        ("a <span style='display:none !important'>b</span> c", "a c"),
        ("a <span style='visibility: hidden'>b</span> c", "a c"),
        ("<p style='visibility:hidden'>a<b style='visibility:visible'>b</b>", "b"),
        ("a <span style='font-size:0px'>b</span> c", "a c"),
        // What is inside of it shows itself alone.
        (
            "<div style='visibility:hidden'>He took <i>5</i> euros <b style='visibility:visible'>\
             shown <u style='visibility:hidden'>not</u></b></div>a",
            "shown\n\na",
        ),
        ("a <b style='font-size:0'>5 <i style='font-size:1em'>6</i></b> b", "a 6 b"),
        ("a <b style='font:0/0 a'>5</b> b <b style='font:bold 2em x'>6</b>", "a b 6"),
        ("a <p style='mso-hide:all'>b</p>", "a"),
        ("<body style='display:none'>a", "a"),
        ("a <span aria-hidden=true>b</span>", "a b"),
        // The same figure for the eye and for a screen reader.
        ("a <span aria-hidden=true>12</span><span class=sr-only>12</span> b", "a 12 12 b"),
        ("<span aria-hidden=true>$45</span><span>$45</span>", "$45 $45"),
        ("<span aria-hidden=true>A</span>b, 1<span aria-hidden=true>,</span>230", "Ab, 1,230"),
        ("a<template>b</template><noscript>c</noscript><script>d</script><style>e</style>f", "af"),
        ("a<dialog>b</dialog><dialog open>c</dialog>", "a\n\nc"),
        ("a<!-- b -->c<video>d</video><progress>e</progress>", "ac"),
        // Beside the line.
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>", "漢(kan)字(ji)"),
        ("She said <q>no <q>never</q></q>.", "She said “no ‘never’”."),
        ("<bdo dir=rtl>321</bdo>", "\u{202E}321\u{202C}"),
        ("10<img src=x alt='to'>6 <img class=emoji alt='🙂'>", "10 6 🙂"),
        ("<input type=checkbox checked>paid <input type=radio>cash", "☑ paid ○ cash"),
        // Lines, cells and lists.
        ("10<br>6<hr>7 ex<wbr>ample", "10\n6\n\n7 example"),
        ("<ul><li>10<li>6</ul><dl><dt>a<dd>b</dl>", "10\n6\n\na\n\nb"),
        (
            "<table><tr><th>a<th>b<th>c<tr><td rowspan=2>1<td colspan=2>2<tr><td>3<td>4</table>",
            "a\tb\tc\n1\t2\n\t3\t4",
        ),
        ("<table><tr><td>CDU<td colspan=2>none<td>5</table>", "CDU\tnone\t\t5"),
        // The number with which a line begins.
        ("<ol start=12><li>Mai<li><p>14</p></ol><ol><li>x<li>y</ol>", "12. Mai\n\n13. 14\n\nx\ny"),
        ("<ol><li>a<li value=7>b<li>c</ol><ol start=3 type=a><li>d</ol>", "a\n7. b\n8. c\n\nd"),
        ("<ol start=4 style='list-style: none'><li>d</ol>", "d"),
        (
            "<table><tr><th>a<th>b<th>c<tr><td>1<td><td>3<tr><td><p>4</p><td>5</table>6",
            "a\tb\tc\n1\t\t3\n4\t5\n\n6",
        ),
        ("<span style='display:block'>10</span><span style='display:block'>6</span>", "10\n\n6"),
        // Boxes.
        (
            "<div style='display:table-row'><span style='display:table-cell'>12</span><span \
             style='display:table-cell'>34</span></div>",
            "12 34",
        ),
        ("<div style='display:flex;gap:1em'><span>12</span><q>34</q>56<u>7</u></div>", {
            "12 “34” 56 7"
        }),
        (
            "<p style='display:inline-grid'><a style='display:contents'><b>1</b><i>2</i></a></p>",
            "1 2",
        ),
        ("<p style='display:inline-flex'><b>10<sup>6</sup></b><sup>a</sup></p>", "10⁶ ᵃ"),
        (
            "<label style='display:block'>12</label><time style='display:block'>34</time><u \
             style='display:list-item'>5</u>",
            "12\n\n34\n\n5",
        ),
        (
            "<style>.n{display:block} .f{display:flex} .c{display:table-cell} .n{display:none}\
             </style><div><b class=n>12</b><b class=n>34</b></div><p class=f><b>5</b><b>6</b></p>\
             <b class=c>7</b><b class=c>8</b>",
            "12\n\n34\n\n5 6\n\n7 8",
        ),
        ("<b style='float:left'>12</b><b style='float:right'>34</b>", "12 34"),
        ("12<b style='position:absolute;left:9em'>34</b>", "12 34"),
        ("<b style='float:left;font-size:3em'>T</b>hey met", "They met"),
        ("1<b style='display:inline-block'>2</b><b style='float:none'>3</b>", "123"),
        // Sheets of another medium or language.
        (
            "<style media=print>b{text-decoration:line-through}</style><style type=text/less>\
             b{text-decoration:line-through}</style><style media='screen, print' type=text/css>\
             i{text-decoration:line-through}</style><b>7</b> <i>8</i>9",
            "7 9",
        ),
        ("<hgroup>10</hgroup><search>6</search>", "10\n\n6"),
        ("<pre>a\n  b  c\n\nd</pre>e", "a\n  b  c\n\nd\n\ne"),
        ("<button>10</button><button>6</button>", "10 6"),
        // Characters.
        ("gov&shy;ern&ZeroWidthSpace;ment &frac12; &lt;&amp;", "government ½ <&"),
        ("10&nbsp;000<!---->0", "10\u{A0}0000"),
    ];
    assert_eq!(differing(&cases, html), []);
}

/// XML ends an element where HTML goes on.
#[test]
fn a_page_of_xhtml_reads_as_its_own_language() {
    let cases = [
        ("<p>They <iframe src='x'/>met</p><p>a<del/>b 10<sup/>17 <![CDATA[1 < 2]]></p>", {
            "They met\n\nab 1017 1 < 2"
        }),
        (
            "<?xml version='1.0'?><html><head><title/><script src='x'/></head><body>Two</body></html>",
            { "Two" },
        ),
    ];
    let text = |page: &str| derived(media_type::XHTML, TextExtent::Page, page.as_bytes()).text;
    assert_eq!(differing(&cases, text), []);
}

#[test]
fn a_formula_reads_on_one_line() {
    let cases = [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mn>3</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "3 1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>", "(a+1)/2"),
        ("<msup>\n <mn>10</mn>\n <mn>6</mn>\n</msup>", "10⁶"),
        ("<mn>1</mn><msup><mn>0</mn><mn>6</mn></msup>", "10⁶"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "x^(1/3)"),
        ("<mn>2</mn><mo>&InvisibleTimes;</mo><mi>x</mi>", "2x"),
        ("<semantics><mi>x</mi><annotation>\\frac</annotation></semantics>", "x"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>", "1\t2"),
    ];
    let text = |formula: &str| html(&format!("<math>{formula}</math>"));
    assert_eq!(differing(&cases, text), []);
    // A number of it is no part of the number beside it.
    let cases = [
        ("3<math><mn>4</mn></math>12", "3 4 12"),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>12", "1/2 12"),
        ("the <math><mi>n</mi></math>th", "the nth"),
    ];
    assert_eq!(differing(&cases, html), []);
    // A page that shows a formula as an image or twice has it once.
    let cases = [
        (
            "is <span class=mwe-math-element><span style='display: none;'><math><msup><mn>10</mn>\
             <mn>6</mn></msup></math></span><img alt='10^{6}'></span> W",
            "is 10⁶ W",
        ),
        (
            "is <span class=katex><span class=katex-mathml><math><mn>12</mn></math></span>\
             <span class=katex-html aria-hidden=true>12</span></span> W",
            "is 12 W",
        ),
    ];
    assert_eq!(differing(&cases, html), []);
}

#[test]
fn the_main_text_of_a_page_says_the_same_and_counts_what_is_struck_out() {
    let page = made::page().replace(
        "<h1>They met</h1>",
        "<h1>They met</h1><p>It makes 10<span style='vertical-align:super'>6</span> watts since \
         2019<sup><a href='#3'>3</a></sup>, at <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> \
         of the cost, <del>ten or twelve</del> eight <span style='display:none'>never</span> \
         million, <span class=mwe-math-element><span style='display:none'><math><mn>5</mn><mo>×\
         </mo><msup><mn>10</mn><mn>6</mn></msup></math></span><img alt='5x'></span> kilograms and \
         <b style='display:none;display:inline'>nine</b> more.</p>",
    );
    let derived = derived(media_type::HTML, TextExtent::Main, page.as_bytes());
    let expected = "It makes 10⁶ watts since 2019[3], at 1/2 of the cost, eight million, \
                    5×10⁶ kilograms and nine more.\n";
    assert!(derived.text.contains(expected), "{}", derived.text);
    assert!(!derived.text.contains("Weather"), "{}", derived.text);
    assert!(matches!(derived.left_out[..], [Omission::Chosen(_), Omission::Struck(3)]));
    let method = derived.method.as_str();
    assert!(method.contains(", text form 2, without 3 words struck out (annals "), "{method}");
}

#[test]
fn a_page_deeper_than_browsers_show_it_is_refused() {
    let page = |depth: usize| {
        let html = format!("{}words{}", "<div>".repeat(depth), "</div>".repeat(depth));
        let request = CaptureRequest { media_type: "text/html".into(), ..Default::default() };
        read(&request, html.as_bytes()).text
    };
    assert!(page(500).is_ok());
    assert!(matches!(page(2_000), Err(Unquotable::Bound(_))));
}

#[test]
fn a_page_of_struck_words_alone_has_no_text() {
    let request =
        CaptureRequest { media_type: media_type::HTML.into(), ..CaptureRequest::default() };
    let text = read(&request, b"<p><del>They met.</del></p>").text;
    assert!(matches!(text, Err(Unquotable::NoText(_))), "{text:?}");
}

#[test]
fn markdown_reads_as_its_page() {
    let cases = [
        (
            "It costs ~~10~~8 euros and makes 10<sup>6</sup> watts.",
            "It costs 8 euros and makes 10⁶ watts.",
        ),
        ("H~2~O and 10^6^", "H~2~O and 10^6^"),
        ("<del>ten</del>eight <span hidden>no</span>\nnext", "eight\nnext"),
        ("<div>\n\nIn *a* block\n\n</div>\n\n<p>HTML</p>", "In a block\n\nHTML"),
        ("a<br>b &amp; &frac12; &shy;c", "a\nb & ½ c"),
        ("<!-- note -->They met.", "They met."),
        (
            "In 2019[^a] and 2020[^b].\n\n[^b]: Two.\n\n[^a]: One\n    more.",
            "In 2019[1] and 2020[2].\n\n[2] Two.\n\n[1] One\nmore.",
        ),
        ("- [x] paid\n- [ ] owed", "☑ paid\n☐ owed"),
        ("1. a\n2. b\n   - c", "a\nb\n\nc"),
        ("| a | b |\n|---|---|\n| | 2 |\n", "a\tb\n\t2"),
        ("10![image](x.png)6", "10 6"),
        ("a\n\n***\n\nb  \nc\\\nd", "a\n\nb\nc\nd"),
        ("`a  <b>` and\n\n    10<sup>6</sup>\n    x", "a <b> and\n\n10<sup>6</sup>\nx"),
        ("> They met.\n\n# ~~Two~~ Three", "They met.\n\nThree"),
        // Lines between words are rules and headings, not the bounds of front matter.
        ("Three hours.\n\n---\nHe resigned.\n---\n\nNobody left.", {
            "Three hours.\n\nHe resigned.\n\nNobody left."
        }),
        (
            "---\nHe resigned.\n\nTwo left.\n---\n\nThe end.",
            "He resigned.\n\nTwo left.\n\nThe end.",
        ),
        ("a\n\n+++\nb\n+++\n\nc", "a\n\n+++\nb\n+++\n\nc"),
        ("---\ntitle: x\n---\n\nThey met.", "They met."),
    ];
    let text =
        |source: &str| derived(media_type::MARKDOWN, TextExtent::Main, source.as_bytes()).text;
    assert_eq!(differing(&cases, text), []);
    let derived = derived(media_type::MARKDOWN, TextExtent::Main, b"~~10~~8");
    assert_eq!(derived.left_out, [Omission::Struck(1)]);
    assert!(derived.method.contains(", without a word struck out"), "{}", derived.method);
}

/// A run with these properties.
fn run(properties: &str, words: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>")
}

/// A mark of a field: where its code begins, where its result begins, where it ends.
fn field(mark: &str, form: &str) -> String {
    format!("<w:r><w:fldChar w:fldCharType='{mark}'>{form}</w:fldChar></w:r>")
}

fn formula(content: &str) -> String {
    format!("<m:oMath>{content}</m:oMath>")
}

/// A number or name of a formula.
fn sign(words: &str) -> String {
    format!("<m:r><m:t>{words}</m:t></m:r>")
}

fn operand(words: &str) -> String {
    format!("<m:e>{}</m:e>", sign(words))
}

fn docx(body: &str) -> String {
    derived(media_type::DOCX, TextExtent::Main, &made::docx(body)).text
}

#[test]
fn a_docx_reads_as_it_is_shown() {
    let above = |words| run("<w:vertAlign w:val='superscript'/>", words);
    let plain = |words| run("", words);
    let cases: Vec<(String, &str)> = vec![
        (plain("10") + &above("1") + &above("2") + &plain(" W"), "10¹² W"),
        (plain("10") + &above("6 ") + &plain("W"), "10⁶ W"),
        (plain("CO") + &run("<w:vertAlign w:val='subscript'/>", "2"), "CO₂"),
        (plain("10") + &run("<w:position w:val='6'/>", "6"), "10⁶"),
        (plain("10") + &run("<w:rStyle w:val='Raised'/>", "6"), "10⁶"),
        (plain("10") + &run("<w:vertAlign w:val='baseline'/>", "6"), "106"),
        // A move raises figures beside a word alone, and by more than a trifle.
        (plain("10") + &run("<w:position w:val='2'/>", "6"), "106"),
        (plain("at ") + &run("<w:position w:val='6'/>", "6") + &plain(" pm"), "at 6 pm"),
        (plain("They ") + &run("<w:position w:val='6'/>", "met") + &plain(" today"), "They met today"),
        (plain("CO") + &run("<w:position w:val='-6'/>", "2"), "CO₂"),
        (run("<w:strike/>", "9") + &plain("7"), "7"),
        (run("<w:strike w:val='0'/>", "9") + &plain("7"), "97"),
        (run("<w:dstrike w:val='true'/>", "9") + &plain("7"), "7"),
        (run("<w:rStyle w:val='Gone'/>", "9") + &plain("7"), "7"),
        (run("<w:rStyle w:val='Gone'/><w:strike w:val='false'/>", "9") + &plain("7"), "97"),
        (run("<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>", "9"), "9"),
        (plain("a ") + &run("<w:vanish/>", "b ") + &plain("c"), "a c"),
        (format!("a<w:del>{}</w:del>", plain("b")) + &plain("c"), "c"),
        (format!("<w:moveFrom>{}</w:moveFrom>", plain("b")) + &plain("c"), "c"),
        (format!("<w:ins>{}</w:ins><w:moveTo>{0}</w:moveTo>", plain("b")), "bb"),
        (plain("2019") + "<w:r><w:footnoteReference w:id='7'/></w:r>" + &plain(" it"), "2019[1] it"),
        (plain("2019") + "<w:r><w:endnoteReference w:id='7'/></w:r>", "2019[i]"),
        (
            plain("2019") + "<w:r><w:footnoteReference w:customMarkFollows='1' w:id='7'/></w:r>"
                + &above("*"),
            "2019*",
        ),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r>".to_owned() + &plain("a"), "a"),
        ("<w:r><w:t>gov</w:t><w:softHyphen/><w:t>ern</w:t></w:r>".to_owned(), "govern"),
        ("<w:r><w:t>10</w:t><w:noBreakHyphen/><w:t>6</w:t><w:br/><w:t>7</w:t></w:r>".to_owned(), "10‑6\n7"),
        ("<w:r><w:t>x </w:t><w:sym w:font='Symbol' w:char='F0B3'/><w:t> 5</w:t></w:r>".to_owned(), "x ≥ 5"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:sym w:font='X' w:char='F041'/></w:r>".to_owned(), "☑\u{FFFD}"),
        (
            format!("<w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby>", plain("kan"), plain("漢")),
            "漢(kan)",
        ),
        (
            format!(
                "<w:r><w:t>They </w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>{0}</w:p>\
                 </w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p>{0}</w:p>\
                 </w:txbxContent></mc:Fallback></mc:AlternateContent><w:t>met.</w:t></w:r>",
                plain("In a box.")
            ),
            "They met.\n\nIn a box.",
        ),
        (
            "<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>6</m:t></m:r>\
             </m:sup></m:sSup></m:oMath>".to_owned() + &plain(" W"),
            "10⁶ W",
        ),
        (
            plain("3") + "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r>\
             <m:t>x+2</m:t></m:r></m:den></m:f></m:oMath>",
            "3 1/(x+2)",
        ),
        (
            "<m:oMath><m:rad><m:deg><m:r><m:t>3</m:t></m:r></m:deg><m:e><m:d><m:e><m:r><m:t>x</m:t>\
             </m:r></m:e></m:d></m:e></m:rad></m:oMath>".to_owned(),
            "³√((x))",
        ),
        // Codes of fields, and what a form has in place of a result.
        (
            plain("They paid ") + &field("begin", "") + &field("begin", "") + &field("separate", "")
                + &plain("999") + &field("end", "") + &field("separate", "") + &plain("5 euros.")
                + &field("end", ""),
            "They paid 5 euros.",
        ),
        (
            field("begin", "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='no'/>\
                   <w:listEntry w:val='yes'/></w:ddList></w:ffData>") + &field("separate", "")
                + &field("end", ""),
            "yes",
        ),
        (
            field("begin", "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>\
                   </w:ffData>") + &field("end", "") + &plain(" agreed"),
            "☑ agreed",
        ),
        (plain("a") + &field("begin", "") + &plain("b"), "ab"),
        // Numbers of a formula are apart from each other and from those beside it.
        (
            plain("a ") + &formula(&format!(
                "<m:m><m:mr>{}{}</m:mr><m:mr>{}{}</m:mr></m:m>", operand("1"), operand("2"),
                operand("3"), operand("4")
            )) + &plain("5"),
            "a\n1\t2\n3\t4\n5",
        ),
        (
            formula(&format!("<m:eqArr>{}{}</m:eqArr>", operand("12"), operand("34"))) + &plain("5"),
            "12\n34\n5",
        ),
        (
            plain("3") + &formula("<m:r><m:t>4</m:t></m:r>") + &plain("12, ")
                + &formula(&format!("<m:f><m:num>{0}</m:num><m:den>{0}</m:den></m:f>", sign("7")))
                + &plain("th 12"),
            "3 4 12, 7/7th 12",
        ),
        (formula(&format!("<m:d>{}{}</m:d>", operand("7"), operand("8"))), "(7|8)"),
        (
            formula(&format!(
                "<m:d><m:dPr><m:begChr m:val='['/><m:sepChr m:val=','/><m:endChr m:val=''/>\
                 </m:dPr>{}{}{}</m:d>", operand("7"), operand("8"), operand("9")
            )),
            "[7,8,9",
        ),
        (
            formula(&format!(
                "<m:func><m:fName><m:limLow>{}<m:lim>{}</m:lim></m:limLow></m:fName>{}</m:func>",
                operand("max"), sign("1"), operand("12")
            )),
            "max₁ 12",
        ),
    ];
    let cases: Vec<(&str, &str)> =
        cases.iter().map(|(body, text)| (body.as_str(), *text)).collect();
    assert_eq!(differing(&cases, |runs| docx(&format!("<w:p>{runs}</w:p>"))), []);
    // Paragraphs, rows and cells.
    let paragraph = |words: &str| format!("<w:p>{}</w:p>", run("", words));
    let cell = |words: &str| format!("<w:tc>{}</w:tc>", paragraph(words));
    let gone = |properties: &str| format!("<w:tr>{properties}{}{}</w:tr>", cell("5"), cell("6"));
    let table = format!(
        "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr>{}</w:tbl>",
        cell("a"),
        cell("b"),
        cell(""),
        cell("2"),
        gone("<w:trPr><w:del/></w:trPr>"),
    );
    // A table in a row that is deleted, and a row after it.
    let inner = format!("<w:tbl>{0}<w:tr>{1}</w:tr></w:tbl>", gone("<w:trPr/>"), cell("7"));
    let deleted = format!("<w:tr><w:trPr><w:del/><w:del/></w:trPr><w:tc>{inner}</w:tc></w:tr>");
    let around = format!("<w:tbl>{deleted}<w:tr>{}{}</w:tr></w:tbl>", cell("1"), cell("2"));
    let joined = format!(
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p>{}",
        run("", "They "),
        paragraph("met.")
    );
    let struck = format!(
        "<w:p><w:pPr><w:pStyle w:val='Off'/><w:pPrChange><w:pPr><w:pStyle w:val='x'/></w:pPr>\
         </w:pPrChange></w:pPr>{}{}</w:p>",
        run("", "off"),
        run("<w:rStyle w:val='Gone'/>", "on")
    );
    let cell = |properties: &str, words: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{}</w:p></w:tc>", run("", words))
    };
    let row = cell("", "kept 6") + &cell("<w:cellDel w:id='4' w:author='x'/>", "gone 7");
    let cut = format!("<w:tbl><w:tr>{row}</w:tr></w:tbl>");
    let font = |name: &str| format!("<w:rFonts w:ascii='{name}' w:hAnsi='{name}'/>");
    let signs = format!(
        "<w:p>{}{}{}{}{}{}{}</w:p>",
        run("", "5 "),
        run(&font("Symbol"), "m"),
        run("", "g, "),
        run(&font("Symbol"), "\u{f06d}"),
        run(&font("Arial"), "m, 10 "),
        run(&font("Symbol"), "\u{b3} 5"),
        run(&font("Wingdings 2"), "\u{f0fc}?"),
    );
    let first = cell("<w:vMerge w:val='restart'/>", "Defence") + &cell("", "990");
    let second = cell("<w:vMerge/>", "Health (draft)") + &cell("", "1180");
    let merged = format!("<w:tbl><w:tr>{first}</w:tr><w:tr>{second}</w:tr></w:tbl>");
    let span = cell("<w:gridSpan w:val='2'/>", "CDU") + &cell("", "5");
    let before = "<w:trPr><w:gridBefore w:val='2'/></w:trPr>";
    let wide = format!("<w:tbl><w:tr>{span}</w:tr><w:tr>{before}{}</w:tr></w:tbl>", cell("", "7"));
    let turned = format!(
        "<w:p>{}<w:bdo w:val='rtl'>{}</w:bdo>{}</w:p>",
        run("", "men "),
        run("", "98765"),
        run("", ".")
    );
    let drop_cap = "<w:pPr><w:framePr w:dropCap='drop' w:lines='3'/></w:pPr>";
    let initial = format!(
        "<w:p>{drop_cap}{}</w:p><w:p>{}</w:p>",
        run("", "T"),
        run("", "he minister resigned.")
    );
    let cases = [
        (table.as_str(), "a\tb\n\t2"),
        (around.as_str(), "1\t2"),
        (joined.as_str(), "They met."),
        (struck.as_str(), "on"),
        (cut.as_str(), "kept 6"),
        (signs.as_str(), "5 μg, μm, 10 ≥ 5✓\u{FFFD}"),
        (merged.as_str(), "Defence\t990\n\t1180"),
        (wide.as_str(), "CDU\t\t5\n\t\t7"),
        (turned.as_str(), "men \u{202E}98765\u{202C}."),
        (initial.as_str(), "The minister resigned."),
        ("<w:p/><w:p/>a<w:p><w:r><w:t>b</w:t></w:r></w:p>", "b"),
    ];
    assert_eq!(differing(&cases, docx), []);
}

#[test]
fn the_body_and_the_styles_of_a_docx_are_those_that_it_names() {
    let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |of: &str, to: &str| {
        format!(
            "<Relationships><Relationship Id='r' Type='{kind}/{of}' Target='{to}'/></Relationships>"
        )
    };
    let words = run("<w:rStyle w:val='Gone'/>", "not ") + &run("", "guilty");
    let body = format!("<w:document {space}><w:body><w:p>{words}</w:p></w:body></w:document>");
    let styles = format!(
        "<w:styles {space}><w:style w:type='character' w:styleId='Gone'><w:rPr><w:strike/></w:rPr>\
         </w:style></w:styles>"
    );
    for (body_name, styles_name) in
        [("/word/document2.xml", "styles2.xml"), ("word/a.xml", "/s.xml")]
    {
        let name = body_name.trim_start_matches('/');
        let relations = format!("word/_rels/{}.rels", name.trim_start_matches("word/"));
        let styles_at = match styles_name.strip_prefix('/') {
            Some(name) => name.to_owned(),
            None => format!("word/{styles_name}"),
        };
        let file = made::zip(&[
            ("_rels/.rels", related("officeDocument", body_name).as_bytes()),
            (&relations, related("styles", styles_name).as_bytes()),
            (name, body.as_bytes()),
            (&styles_at, styles.as_bytes()),
        ]);
        let read = derived(media_type::DOCX, TextExtent::Main, &file);
        assert_eq!(read.text, "guilty\n", "{body_name}");
    }
}

#[test]
fn a_docx_counts_what_is_struck_out_and_numbers_its_notes() {
    let struck = run("<w:strike/>", "one two");
    let body = format!(
        "<w:p>{}<w:del>{}</w:del>{struck}<w:r><w:footnoteReference w:id='2'/></w:r></w:p>",
        run("", "They met"),
        run("", "three"),
    );
    let main = derived(media_type::DOCX, TextExtent::Main, &made::docx(&body));
    assert_eq!(main.text, "They met[1]\n");
    assert_eq!(main.left_out[1..], [Omission::Struck(2)]);
    assert!(main.method.contains(", without 2 words struck out"), "{}", main.method);
    let whole = derived(media_type::DOCX, TextExtent::Page, &made::docx(&body));
    assert_eq!(whole.text, "They met[1]\n\n[1] A note.\n");
}

/// So many that none is looked for among all before it.
#[test]
fn many_notes_are_numbered_by_their_first_references() {
    const COUNT: usize = 40_000;
    let note = |kind: &str, id: usize| format!("<w:r><w:{kind}Reference w:id='{id}'/></w:r>");
    let ids = (1..=COUNT).rev().chain([COUNT, 1]);
    let runs: String = ids.map(|id| note("footnote", id)).chain([note("endnote", 7)]).collect();
    let numbers = (1..=COUNT).chain([1, COUNT]);
    let expected: String = numbers.map(|number| format!("[{number}]")).collect();
    assert_eq!(docx(&format!("<w:p>{runs}</w:p>")), expected + "[i]\n");
    let source = "a[^x] b[^y] c[^x]\n\n[^y]: Y.\n\n[^x]: X.\n";
    let text = derived(media_type::MARKDOWN, TextExtent::Main, source.as_bytes()).text;
    assert_eq!(text, "a[1] b[2] c[1]\n\n[2] Y.\n\n[1] X.\n");
}

#[test]
fn a_docx_counts_the_files_of_other_formats_in_it() {
    let body = |chunk: &str| format!("<w:p>{}</w:p>{chunk}", run("", "They met."));
    for (chunk, files) in [
        ("<w:altChunk r:id='r9'/>", "a file"),
        ("<w:altChunk r:id='r8'/><w:altChunk r:id='r9'></w:altChunk>", "2 files"),
    ] {
        let derived = derived(media_type::DOCX, TextExtent::Page, &made::docx(&body(chunk)));
        let unread = format!("{files} of another format that it includes");
        assert_eq!(derived.left_out, [Omission::Unread(unread)]);
    }
}
