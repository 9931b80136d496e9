//! A text of a PDF says what its pages show: each operator and layer that changes it, by the exact
//! text.

use crate::capture::made;
use crate::capture::shown::{derived, differing};
use annals::capture::{
    CaptureRequest, DerivedText, Omission, TextExtent, Unquotable, media_type, read,
};
use pdf_extract::{Document, EncryptionState, EncryptionVersion, Permissions};

/// A PDF of one page, with these entries of the page, its resources and the catalog, and objects
/// from 7 on.
fn pdf_with(content: &str, entries: [&str; 3], more: &[&str]) -> DerivedText {
    let [page, resources, catalog] = entries;
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] {page} /Contents 5 0 R \
             /Resources << /Font << /F1 6 0 R >> {resources} >> >>"
        ),
        "<< /Title (A report) >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
    ];
    objects.extend(more.iter().map(|object| (*object).to_owned()));
    derived(media_type::PDF, TextExtent::Main, &made::pdf_of(&objects, ""))
}

#[test]
fn a_pdf_gives_what_its_pages_show() {
    let on = "BT /F1 12 Tf 100 700 Td (Layer on 5.) Tj ET ";
    let layer = "BT /F1 12 Tf 100 680 Td (Layer off 6.) Tj ET ";
    let off = format!("{on}/OC /L BDC {layer}EMC");
    let of_layer = "/Properties << /L 7 0 R >>";
    let is_off = "/OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >>";
    let all_off = "/OCProperties << /OCGs [7 0 R] /D << /BaseState /OFF >> >>";
    let is_on = "/OCProperties << /OCGs [7 0 R] /D << /BaseState /OFF /ON [7 0 R] >> >>";
    let group = "<< /Type /OCG /Name (off) >>";
    let cases: [(&str, [&str; 3], &[&str], &str); 10] = [
        (
            "BT /F1 12 Tf 100 700 Td (He did ) Tj 3 Tr (not ) Tj 0 Tr (take it.) Tj ET",
            ["", "", ""],
            &[],
            "He did take it.",
        ),
        (
            "BT /F1 12 Tf 100 700 Td (Two) Tj 3 Tr [( ) -200 (x)] TJ 0 Tr (met.) Tj ET",
            ["", "", ""],
            &[],
            "Two met.",
        ),
        (&off, ["", of_layer, is_off], &[group], "Layer on 5."),
        (&off, ["", of_layer, all_off], &[group], "Layer on 5."),
        (&off, ["", of_layer, is_on], &[group], "Layer on 5.\n\nLayer off 6."),
        (
            &off,
            ["", "/Properties << /L 8 0 R >>", is_off],
            &[group, "<< /Type /OCMD /OCGs [7 0 R] >>"],
            "Layer on 5.",
        ),
        (
            &format!("{on}/Fm Do"),
            ["", "/XObject << /Fm 8 0 R >>", is_off],
            &[
                group,
                "<< /Type /XObject /Subtype /Form /OC 7 0 R /BBox [0 0 600 800] /Resources << \
                 /Font << /F1 6 0 R >> >> /Length 45 >>\nstream\n\
                 BT /F1 12 Tf 100 680 Td (Layer off 6.) Tj ET \nendstream",
            ],
            "Layer on 5.",
        ),
        (
            "BT /F1 12 Tf 100 700 Td (In.) Tj 0 -600 Td (Out.) Tj ET",
            ["/CropBox [0 400 600 800]", "", ""],
            &[],
            "In.",
        ),
        (
            "BT /F1 12 Tf 100 700 Td (A 5.) Tj ET BT /F1 0 Tf 100 680 Td (none) Tj ET BT /F1 12 Tf \
             7 Tr 100 640 Td (clip) Tj ET",
            ["", "", ""],
            &[],
            "A 5.",
        ),
        // Letters that are turned by half.
        (
            "BT /F1 12 Tf -1 0 0 -1 300 700 Tm (Turned.) Tj ET",
            ["/CropBox [0 400 600 800]", "", ""],
            &[],
            "Turned.",
        ),
    ];
    for (content, entries, more, expected) in cases {
        let derived = pdf_with(content, entries, more);
        assert_eq!(derived.text.trim_end(), expected, "{content}");
        assert_eq!(derived.left_out, [], "{content}");
        assert!(derived.method.starts_with("text of the pages by "), "{}", derived.method);
    }
}

/// A scan with the layer that a program for recognition writes, and a stamp.
#[test]
fn a_pdf_of_recognised_pages_says_so() {
    let content = "BT 3 Tr /F1 12 Tf 100 700 Td (He did not take the money.) Tj ET \
                   BT 0 Tr /F1 9 Tf 100 20 Td (Archive) Tj ET";
    let derived = pdf_with(content, ["", "", ""], &[]);
    assert!(derived.text.contains("He did not take the money."), "{}", derived.text);
    assert_eq!(derived.left_out, [Omission::Pages]);
    let how = "recognised text of the pages by pdf-extract ";
    assert!(derived.method.starts_with(how), "{}", derived.method);
}

/// A PDF of one page with this content.
fn pdf(content: &str) -> String {
    derived(media_type::PDF, TextExtent::Main, &made::pdf_drawn(content)).text
}

#[test]
fn a_pdf_keeps_small_characters_off_the_line() {
    let cases = [
        (
            "(It makes 10) Tj 7 0 0 7 134 724 Tm (6) Tj 12 0 0 12 140 720 Tm (watts) Tj",
            "It makes 10⁶ watts",
        ),
        ("(CO) Tj 7 0 0 7 90 717 Tm (2) Tj 12 0 0 12 97 720 Tm (fell) Tj", "CO₂ fell"),
        ("(10) Tj /F1 0.6 Tf 0.4 Ts (6) Tj 0 Ts /F1 1 Tf ( watts) Tj", "10⁶ watts"),
        ("(10) Tj 12 0 0 12 85.4 720 Tm (6) Tj", "106"),
        // Characters of nearly the size of the line, as WeasyPrint and typewriters raise them.
        (
            "(10) Tj 10.7 0 0 10.7 85.4 725.3 Tm (6) Tj 12 0 0 12 91.3 720 Tm ( litres) Tj",
            "10⁶ litres",
        ),
        (
            "(The 21) Tj 10.7 0 0 10.7 109.4 725.3 Tm (st) Tj 12 0 0 12 117.7 720 Tm ( May) Tj",
            "The 21st May",
        ),
        ("(CO) Tj 10.7 0 0 10.7 90 714.7 Tm (2) Tj 12 0 0 12 96 720 Tm ( fell) Tj", "CO₂ fell"),
        ("(2 x 10) Tj 12 0 0 12 104.7 724 Tm (6) Tj 12 0 0 12 111.4 720 Tm ( m) Tj", "2 x 10⁶ m"),
        // Figures of two cells, and of a word, on another base line.
        ("(10) Tj 12 0 0 12 90 724 Tm (6) Tj", "10 6"),
        ("(10 ) Tj 12 0 0 12 88.7 724 Tm (6) Tj", "10 6"),
        ("7 0 0 7 72 724 Tm (3) Tj 12 0 0 12 76 720 Tm (97 died) Tj", "3 97 died"),
        ("(They met) Tj 12 0 0 12 72 706 Tm (and left) Tj", "They met\nand left"),
        ("(It did not) Tj 12 0 0 12 200 706 Tm (Sum 12) Tj", "It did not\nSum 12"),
        // Letters of 0.97 of the size of their line, as WeasyPrint raises them at 11 points.
        ("(21) Tj 11.7 0 0 11.7 85.4 725.3 Tm (st) Tj 12 0 0 12 94.2 720 Tm ( May) Tj", "21st May"),
        ("(x) Tj 11.7 0 0 11.7 78 725.3 Tm (a+b) Tj", "xᵃ⁺ᵇ"),
        // Operators that show text on the next line.
        ("1.2 TL (They met) Tj (and left) ' 0 0 (at noon) \"", "They met\nand left\nat noon"),
        // A line that is drawn from right to left, or twice.
        (
            "12 0 0 12 200 720 Tm (34) Tj 12 0 0 12 150 720 Tm (12) Tj 12 0 0 12 72 720 Tm \
             (Total) Tj",
            "34 12 Total",
        ),
        ("(12) Tj 12 0 0 12 72.3 720 Tm (12) Tj 12 0 0 12 100 720 Tm (34) Tj", "12 34"),
        ("(12) Tj 12 0 0 12 72 706 Tm (12) Tj", "12\n12"),
        // Letters that are set apart, and words.
        ("[(1) -120 (2) -120 (3) -250 (4)] TJ", "123 4"),
        // The first letter of a text, drawn large.
        ("30 0 0 30 72 700 Tm (T) Tj 12 0 0 12 91 712 Tm (he minister) Tj", "The minister"),
    ];
    assert_eq!(differing(&cases, pdf), []);
}

#[test]
fn turned_text_of_a_pdf_has_its_words_lines_and_cells() {
    let table = |turned: &str, at: fn(u16, u16) -> (u16, u16)| {
        let cells =
            [(0, 0, "North"), (0, 90, "12"), (0, 180, "30"), (14, 0, "South"), (14, 90, "9")];
        let drawn = cells.map(|(down, along, cell)| {
            let (x, y) = at(down, along);
            format!("{turned} {x} {y} Tm ({cell}) Tj ")
        });
        drawn.concat()
    };
    let turned = [
        table("0 12 -12 0", |down, along| (300 + down, 100 + along)),
        table("0 -12 12 0", |down, along| (300 - down, 500 - along)),
        table("-12 0 0 -12", |down, along| (500 - along, 300 + down)),
    ];
    for content in turned {
        assert_eq!(pdf(&content), "North\t12\t30\nSouth\t9\n", "{content}");
        let upright = format!("(office.) Tj {content} 12 0 0 12 72 600 Tm (They met.) Tj");
        let expected = "office.\n\nNorth\t12\t30\nSouth\t9\n\nThey met.\n";
        assert_eq!(pdf(&upright), expected, "{content}");
    }
    // The heads of a table at an angle, a stamp, and a line that is not quite straight.
    let heads = "(Table) Tj 8.5 8.5 -8.5 8.5 160 600 Tm (Dead by) Tj 8.5 8.5 -8.5 8.5 210 600 Tm \
                 (5) Tj 30 52 -52 30 300 300 Tm (WITHDRAWN) Tj";
    assert_eq!(pdf(heads), "Table\n\nDead by\n\n5\n\nWITHDRAWN\n");
    let skewed = "12 0.3 -0.3 12 72 600 Tm (They met) Tj 12 0.3 -0.3 12 128 601.5 Tm (at 5.) Tj";
    assert_eq!(pdf(skewed), "They met at 5.\n");
}

#[test]
fn the_glyphs_of_a_font_are_the_characters_of_their_names() {
    let read = |names: &str, content: &str| {
        let font = format!(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [1 \
             {names}] >> >>"
        );
        let content = format!("BT /F2 12 Tf 100 700 Td ({content}) Tj ET");
        pdf_with(&content, ["", "/Font << /F2 7 0 R >>", ""], &[&font]).text
    };
    assert_eq!(read("/uni2212", "It fell to \\0015 degrees."), "It fell to −5 degrees.\n");
    assert_eq!(read("/uni20AC.lf", "It cost \\001 5."), "It cost € 5.\n");
    let old = read("/one.oldstyle /two.taboldstyle /minus.case", "\\001\\0025 and \\0035.");
    assert_eq!(old, "125 and −5.\n");
    // A name that says nothing.
    assert_eq!(read("/g7", "It cost \\0015."), "It cost \u{FFFD}5.\n");
}

#[test]
fn fonts_of_east_asia_have_the_characters_of_their_encoding() {
    let read = |encoding: &str, codes: &[u8]| {
        let font = format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /{encoding} /DescendantFonts \
             [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /F /CIDSystemInfo << /Registry \
             (Adobe) /Ordering (X) /Supplement 4 >> /W [1 [500]] /FontDescriptor << /Type \
             /FontDescriptor /FontName /F /Flags 4 >> >>] >>"
        );
        let content = format!(
            "BT /F1 12 Tf 100 700 Td (They met.) Tj /F2 12 Tf 0 -40 Td <{}> Tj ET",
            hex::encode(codes)
        );
        pdf_with(&content, ["", "/Font << /F1 6 0 R /F2 7 0 R >>", ""], &[&font]).text
    };
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let of = |set: &'static encoding_rs::Encoding, text| set.encode(text).0.into_owned();
    for (encoding, codes, text) in [
        ("UniGB-UCS2-H", utf16("2020年外交部长"), "2020年外交部长"),
        ("UniJIS-UTF16-H", utf16("5 外務大臣"), "5 外務大臣"),
        ("90ms-RKSJ-H", of(encoding_rs::SHIFT_JIS, "5 外務大臣 ｶﾞ"), "5 外務大臣 ｶﾞ"),
        ("EUC-H", of(encoding_rs::EUC_JP, "5 外務大臣"), "5 外務大臣"),
        ("GBK-EUC-H", of(encoding_rs::GBK, "2020年外交部长"), "2020年外交部长"),
        ("ETen-B5-H", of(encoding_rs::BIG5, "5 外交部長"), "5 外交部長"),
        ("KSCms-UHC-H", of(encoding_rs::EUC_KR, "5 외교부 장관"), "5 외교부 장관"),
    ] {
        assert_eq!(read(encoding, &codes), format!("They met.\n\n{text}\n"), "{encoding}");
    }
}

#[test]
fn a_form_stands_where_its_page_shows_it() {
    let form = |matrix: &str, resources: &str, content: &str| {
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 400 100] {matrix} /Resources << /Font << \
             /F1 6 0 R >> {resources} >> /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        )
    };
    let line = |text: &str| form("", "", &format!("BT /F1 12 Tf 10 10 Td ({text}) Tj ET"));
    let image = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray \
                 /BitsPerComponent 8 /Length 24 >>\nstream\nBT /F1 9 Tf (no) Tj ET   \nendstream";
    let two = [line("Last year it cost 12"), line("34 million came."), image.to_owned()];
    let two: Vec<&str> = two.iter().map(String::as_str).collect();
    let names = "/XObject << /A 7 0 R /B 8 0 R /I 9 0 R >>";
    let content = "q 1 0 0 1 100 600 cm /A Do Q q 1 0 0 1 100 560 cm /B Do Q /I Do";
    let read = pdf_with(content, ["", names, ""], &two).text;
    assert_eq!(read, "Last year it cost 12\n\n34 million came.\n");
    // Inside of the part of the page that is shown, and outside of it.
    let cropped = ["/CropBox [50 50 550 750]", names, ""];
    assert_eq!(pdf_with(content, cropped, &two).text, read);
    let away = "q 1 0 0 1 100 600 cm /A Do Q q 1 0 0 1 100 760 cm /B Do Q";
    assert_eq!(pdf_with(away, cropped, &two).text, "Last year it cost 12\n");
    // One in another one, with a matrix of its own, and one that is shown twice.
    let inner = line("twice 5");
    let outer = form(
        "/Matrix [1 0 0 1 0 100]",
        "/XObject << /A 8 0 R >>",
        "/A Do q 1 0 0 1 0 -40 cm /A Do Q",
    );
    let names = "/XObject << /A 7 0 R >>";
    let read = pdf_with("1 0 0 1 100 500 cm /A Do", [cropped[0], names, ""], &[&outer, &inner]);
    assert_eq!(read.text, "twice 5\n\ntwice 5\n");
    // One that shows itself.
    let own = form("", "/XObject << /A 7 0 R >>", "BT /F1 12 Tf (once) Tj ET /A Do");
    let read = pdf_with("1 0 0 1 100 500 cm /A Do", ["", names, ""], &[&own]);
    assert_eq!(read.text, "once\n");
}

/// A PDF of one page in a composite font: each letter has the number of its code point, and half of
/// its height as its width, which the font says of all letters in one range.
fn pdf_of_letters(content: &str) -> DerivedText {
    let map = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange \
               1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap";
    let stream = |of: &str| format!("<< /Length {} >>\nstream\n{of}\nendstream", of.len());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources << /Font \
         << /F1 6 0 R >> >> >>"
            .to_owned(),
        "<< /Title (A report) >>".to_owned(),
        stream(&format!("BT /F1 12 Tf 72 700 Td {content} ET")),
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts \
         [7 0 R] /ToUnicode 9 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /FontDescriptor 8 0 R /DW 0 /W \
         [0 65535 500] >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /X /Flags 4 >>".to_owned(),
        stream(map),
    ];
    derived(media_type::PDF, TextExtent::Main, &made::pdf_of(&objects, ""))
}

#[test]
fn letters_of_one_width_in_a_range_are_no_words_apart() {
    let content = "<0032> Tj 6 0 Td <0030> Tj 6 0 Td <00320032> Tj 20 0 Td <0031> Tj";
    assert_eq!(pdf_of_letters(content).text, "2022 1\n");
    // A font that gives no character.
    assert_eq!(pdf_of_letters("<00350000> Tj").text, "5\u{FFFD}\n");
}

#[test]
fn lines_from_right_to_left_are_in_the_order_of_reading() {
    // As a browser draws them, from left to right.
    let derived = pdf_of_letters("<002E05D105D0002005D305D2> Tj");
    assert_eq!(derived.text, "\u{5D2}\u{5D3} \u{5D0}\u{5D1}.\n");
    assert_eq!(derived.left_out, [Omission::Order]);
    let how = ", lines from right to left in the order of reading, text form ";
    assert!(derived.method.contains(how), "{}", derived.method);
    let derived = pdf_of_letters("<00320032> Tj");
    assert_eq!((derived.text.as_str(), derived.left_out), ("22\n", Vec::new()));
}

#[test]
fn a_blank_without_width_is_no_space() {
    // As a browser draws soft hyphens: one inside of a line, one at its end.
    let un = "<0075006E> Tj 12 0 Td <0020> Tj";
    assert_eq!(pdf_of_letters(&format!("{un} 0 0 Td <0061> Tj")).text, "una\n");
    let at_end = format!("{un} ET BT /F1 12 Tf 84 700 Td <2010> Tj -12 -14 Td <0061> Tj");
    assert_eq!(pdf_of_letters(&at_end).text, "un\u{2010}\na\n");
    // Two of them, and one before a blank that has a width.
    let two = format!("{un} 0 0 Td <0020> Tj 0 0 Td <0061> Tj");
    assert_eq!(pdf_of_letters(&two).text, "una\n");
    let before = format!("{un} 0 0 Td <0020> Tj 6 0 Td <0061> Tj");
    assert_eq!(pdf_of_letters(&before).text, "un a\n");
    // The blank that ends a string, as one with a width and one without.
    let ends = |place: &str| format!("<0075006E0020> Tj {place} 0 Td <0061> Tj");
    assert_eq!(pdf_of_letters(&ends("18")).text, "un a\n");
    assert_eq!(pdf_of_letters(&ends("12")).text, "una\n");
    // A line that begins under a blank.
    let under = format!("{un} 0 -14 Td <0061> Tj");
    assert_eq!(pdf_of_letters(&under).text, "un\na\n");
}

#[test]
fn a_blank_without_width_is_the_sign_that_its_letters_have() {
    let letters = "<062E0627> Tj 12 0 Td <0020> Tj 0 0 Td <064A0645> Tj";
    assert_eq!(pdf_of_letters(letters).text, "\u{645}\u{64A}\u{200C}\u{627}\u{62E}\n");
    let letters = "<0E440E1B> Tj 12 0 Td <0020> Tj 0 0 Td <0E140E35> Tj";
    assert_eq!(pdf_of_letters(letters).text, "\u{E44}\u{E1B}\u{200B}\u{E14}\u{E35}\n");
    // Of Hebrew it is a soft hyphen.
    let letters = "<05D205D3> Tj 12 0 Td <0020> Tj 0 0 Td <05D005D1> Tj";
    assert_eq!(pdf_of_letters(letters).text, "\u{5D1}\u{5D0}\u{5D3}\u{5D2}\n");
}

#[test]
fn a_large_first_letter_that_is_drawn_before_other_words_stands_at_its_word() {
    // As a browser draws it: what floats, the heading, the lines beside the letter.
    let drawn = |letter: &str, size: u8, (x, y): (u16, u16), first: &str| {
        pdf(&format!(
            "{size} 0 0 {size} 72 600 Tm ({letter}) Tj 29 0 0 29 72 680 Tm (Council vote) Tj 14 0 \
             0 14 {x} {y} Tm ({first}) Tj 14 0 0 14 {x} 604 Tm (of the town.) Tj 14 0 0 14 72 560 \
             Tm (It was quiet.) Tj"
        ))
    };
    let moved = |first: &str| format!("Council vote\n\n{first}\nof the town.\n\nIt was quiet.\n");
    for (letter, x, first, expected) in [
        ("N", 106, "o minister left", "No minister left"),
        ("A", 104, "minister left", "A minister left"),
        ("A", 104, "fter the minister", "After the minister"),
        ("\\223W", 130, "e will not", "“We will not"),
    ] {
        assert_eq!(drawn(letter, 44, (x, 621), first), moved(expected));
    }
    // A letter of less size, one on the base line of the words, one far from them.
    for (size, place) in [(22, (90, 611)), (44, (106, 600)), (44, (160, 621))] {
        let text = drawn("N", size, place, "o minister left");
        assert!(text.starts_with("N\n\nCouncil vote\n\no minister left"), "{text}");
    }
}

#[test]
fn a_page_that_is_an_image_is_noted() {
    let stream = |of: &str| format!("<< /Length {} >>\nstream\n{of}\nendstream", of.len());
    let page = |content: u8| format!("<< /Type /Page /Parent 2 0 R /Contents {content} 0 R >>");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 5 0 R 6 0 R 7 0 R] /Count 4 /MediaBox [0 0 600 800] \
         /Resources << /Font << /F1 12 0 R >> /XObject << /I 13 0 R >> >> >>"
            .to_owned(),
        page(8),
        "<< /Title (A report) >>".to_owned(),
        page(9),
        page(10),
        page(11),
        stream("BT /F1 12 Tf 72 700 Td (Cover letter.) Tj ET q 600 0 0 800 0 0 cm /I Do Q"),
        stream("q 500 0 0 700 50 50 cm /I Do Q"),
        // An empty page with a logo.
        stream("q 60 0 0 30 50 50 cm /I Do Q"),
        stream("BT /F1 12 Tf 72 700 Td (Last words.) Tj ET"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray \
         /BitsPerComponent 8 /Length 1 >>\nstream\n0\nendstream"
            .to_owned(),
    ];
    let derived = derived(media_type::PDF, TextExtent::Main, &made::pdf_of(&objects, ""));
    assert_eq!(derived.text, "Cover letter.\n\nLast words.\n");
    assert_eq!(derived.left_out, [Omission::Unread("page 2 of 4, which is an image".into())]);
    assert!(derived.method.contains(", without page 2 of 4, "), "{}", derived.method);
}

#[test]
fn what_is_filled_in_and_stamped_on_a_page_is_in_its_text_or_noted() {
    let form = |text: &str| {
        let content = format!("/Tx BMC BT /F1 12 Tf 4 6 Td ({text}) Tj ET EMC");
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 150 20] /Resources << /Font << /F1 6 0 R \
             >> >> /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        )
    };
    let annotation = |entries: &str, y: u16| {
        format!("<< /Type /Annot /Rect [150 {y} 300 {}] {entries} >>", y + 20)
    };
    let field = |entries: &str, y| annotation(&format!("/Subtype /Widget {entries}"), y);
    let more = [
        field("/FT /Tx /V (Peter Holt) /AP << /N 14 0 R >>", 694),
        field("/FT /Btn /AS /Yes /V /Yes", 654),
        field("/FT /Btn /AS /Off", 614),
        field("/FT /Tx /V () /AP << /N 14 0 R >>", 574),
        field("/FT /Tx /F 2 /V (hidden) /AP << /N 14 0 R >>", 654),
        annotation("/Subtype /Stamp /AP << /N << /On 15 0 R >> >> /AS /On", 400),
        annotation("/Subtype /Text /Contents (Ask him.)", 300),
        "[7 0 R 8 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R]".to_owned(),
        form("Peter Holt"),
        form("WITHDRAWN"),
    ];
    // The list of annotations is object 14, so that the forms are 15 and 16.
    let more = more.map(|object| object.replace("15 0 R", "16 0 R").replace("N 14", "N 15"));
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let content =
        "BT /F1 12 Tf 100 700 Td (Name:) Tj 0 -40 Td (Agree:) Tj 0 -40 Td (Signed.) Tj ET";
    let derived = pdf_with(content, ["/Annots 14 0 R", "", ""], &more);
    assert_eq!(derived.text, "Name: Peter Holt\n\nAgree:\n\nSigned.\n\nWITHDRAWN\n");
    let unread = "1 form field, 1 remark on its pages";
    assert_eq!(derived.left_out, [Omission::Unread(unread.into())]);
    // A line through words, and a link.
    let struck = "/Annots [<< /Subtype /StrikeOut /Rect [100 700 200 712] >> << /Subtype /Link \
                  /Rect [100 700 200 712] /Contents (To a page) >>]";
    let derived = pdf_with(content, [struck, "", ""], &[]);
    let unread = "1 line through words on its pages";
    assert_eq!(derived.left_out, [Omission::Unread(unread.into())]);
}

/// Cells of 12 points, row by row, in columns that begin at these places.
fn rows(columns: &[u16], rows: &[&[&str]]) -> String {
    let mut content = String::new();
    for (row, y) in rows.iter().zip((0..700).rev().step_by(14)) {
        for (cell, x) in row.iter().zip(columns).filter(|(cell, _)| !cell.is_empty()) {
            content.push_str(&format!("12 0 0 12 {x} {y} Tm ({cell}) Tj "));
        }
    }
    pdf(&content)
}

#[test]
fn columns_that_are_drawn_row_by_row_are_one_after_the_other() {
    let columns = [
        &["The minister did not", "Prices rose by 3.4 per"][..],
        &["resign on Monday, her", "cent in May, and food"],
        &["office said. She will", "by 12 per cent. Fuel"],
        &["stay until the autumn", "fell by 5 per cent, it"],
        &["and lead the party to", "was said in London on"],
        &["the next elections.", "Monday by the bank, as"],
        &["", "it expected."],
    ];
    let left = "The minister did not\nresign on Monday, her\noffice said. She will\n\
                stay until the autumn\nand lead the party to\nthe next elections.";
    let right = "Prices rose by 3.4 per\ncent in May, and food\nby 12 per cent. Fuel\n\
                 fell by 5 per cent, it\nwas said in London on\nMonday by the bank, as\nit expected.";
    assert_eq!(rows(&[60, 320], &columns), format!("{left}\n\n{right}\n"));
    // Short texts are the cells of a table.
    let charges: [&[&str]; 6] = [
        &["theft of a lorry", "not guilty on all counts"],
        &["fraud by false claims", "guilty on two counts"],
        &["assault on a guard", "not guilty on one count"],
        &["arson of an empty barn", "guilty on all counts"],
        &["theft of two bicycles", "not guilty as charged"],
        &["driving without a licence", "guilty on one count"],
    ];
    let lines = |rows: &[&[&str]]| rows.iter().map(|row| row.join("\t") + "\n").collect::<String>();
    assert_eq!(rows(&[60, 320], &charges), lines(&charges));
    assert_eq!(rows(&[60, 320], &charges[..4]), lines(&charges[..4]));
    // A table: its rows stay, and its cells are apart.
    let table: [&[&str]; 4] = [
        &["Region", "2024", "2025"],
        &["North and the islands", "1,204", "988"],
        &["", "of them", "12"],
        &["South of the river", "9", "7"],
    ];
    let expected = "Region\t2024\t2025\nNorth and the islands\t1,204\t988\nof them\t12\n\
                    South of the river\t9\t7\n";
    assert_eq!(rows(&[60, 240, 320], &table), expected);
    // A heading that fills its columns takes no gap from the rows under it, and an empty cell keeps
    // its place.
    let headed: [&[&str]; 5] = [
        &["Chapter", "2026 (thousand)", "2027 (thousand)", "Change"],
        &["Total", "189 830", "213 605", "12.5 %"],
        &["Schools", "80 100", "91 000", "13.6 %"],
        &["Culture", "", "12 300", "-"],
        &["Roads", "9 800", "9 900", "1.0 %"],
    ];
    let expected = "Chapter\t2026 (thousand) 2027 (thousand) Change\n\
                    Total\t189 830\t213 605\t12.5 %\nSchools\t80 100\t91 000\t13.6 %\n\
                    Culture\t\t12 300\t-\nRoads\t9 800\t9 900\t1.0 %\n";
    assert_eq!(rows(&[60, 240, 340, 440], &headed), expected);
    // A row alone, two rows, and gaps of a justified line.
    assert_eq!(rows(&[60, 240], &[&["Turnover", "96,200"]]), "Turnover\t96,200\n");
    let two = rows(&[60, 240], &[&["North", "12"], &["South", "9"]]);
    assert_eq!(two, "North\t12\nSouth\t9\n");
    let wide = "2.5 Tw (widely set words) Tj 0 Tw 12 0 0 12 72 706 Tm (end) Tj";
    assert_eq!(pdf(wide), "widely set words\nend\n");
    let lines = rows(&[60, 105, 150], &[&["They", "met", "at"], &["noon", "in", "the"], &["town"]]);
    assert_eq!(lines, "They met at\nnoon in the\ntown\n");
}

#[test]
fn a_dictionary_of_encryption_in_the_trailer_is_read() {
    let encrypted = |user_password: &str| {
        let trailer = "/ID [(0123456789abcdef) (0123456789abcdef)] ";
        let content = "BT /F1 12 Tf 72 700 Td (They met.) Tj ET";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources << \
             /Font << /F1 6 0 R >> >> >>"
                .to_owned(),
            "<< /Title (A report) >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        ];
        let mut document = Document::load_mem(&made::pdf_of(&objects, trailer)).unwrap();
        let state = EncryptionState::try_from(EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password,
            key_length: 128,
            permissions: Permissions::PRINTABLE,
        });
        document.encrypt(&state.unwrap()).unwrap();
        let reference = document.trailer.get(b"Encrypt").unwrap().as_reference().unwrap();
        let dictionary = document.objects.remove(&reference).unwrap();
        document.trailer.set("Encrypt", dictionary);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        let request = CaptureRequest { media_type: media_type::PDF.into(), ..Default::default() };
        read(&request, &bytes)
    };
    let reading = encrypted("");
    assert_eq!(reading.proposal.title.as_deref(), Some("A report"));
    assert_eq!(reading.text.unwrap().text, "They met.\n");
    assert_eq!(encrypted("secret").text, Err(Unquotable::Encrypted));
}
