//! Fonts of a PDF whose codes are a character set of East Asia, by the name of their encoding, as
//! the library knows fonts: with a map of their codes.
//!
//! Always holds: a code that the character set does not have is U+FFFD. Not here: text from top to
//! bottom, and encodings by the numbers of glyphs. Source: ISO 32000-1, 9.7.5.2 (predefined CMaps).

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS};
use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The codes of a predefined encoding.
#[derive(Clone, Copy)]
enum Codes {
    /// Two bytes of UTF-16 for each.
    Unicode,
    /// One byte, but for these first bytes, after which there is a second one.
    Of { set: &'static Encoding, two: [(u8, u8); 2] },
}

/// The encodings whose names begin so.
const PREDEFINED: [(&[&str], Codes); 6] = [
    (&["UniGB-", "UniCNS-", "UniJIS", "UniKS-"], Codes::Unicode),
    (&["GBK", "GB-EUC-", "GBpc-EUC-"], Codes::Of { set: GBK, two: [(0x81, 0xFE), (1, 0)] }),
    (&["B5pc-", "ETen", "HKscs-"], Codes::Of { set: BIG5, two: [(0x81, 0xFE), (1, 0)] }),
    (&["KSC"], Codes::Of { set: EUC_KR, two: [(0x81, 0xFE), (1, 0)] }),
    (&["EUC-"], Codes::Of { set: EUC_JP, two: [(0x8E, 0x8E), (0xA1, 0xFE)] }),
    (
        &["83pv-RKSJ-", "90ms-RKSJ-", "90msp-RKSJ-", "90pv-RKSJ-", "Add-RKSJ-", "Ext-RKSJ-"],
        Codes::Of { set: SHIFT_JIS, two: [(0x81, 0x9F), (0xE0, 0xFC)] },
    ),
];

/// Gives fonts with such an encoding a map of their codes to characters.
pub(super) fn map_codes(document: &mut Document) {
    let fonts: Vec<(ObjectId, Codes)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| Some((*id, codes(object.as_dict().ok()?)?)))
        .collect();
    if fonts.is_empty() {
        return;
    }
    let pairs = pairs(document);
    for (id, codes) in fonts {
        let descendant = document
            .get_dictionary(id)
            .ok()
            .and_then(|font| document.dereference(font.get(b"DescendantFonts").ok()?).ok())
            .and_then(|(_, fonts)| document.dereference(fonts.as_array().ok()?.first()?).ok())
            .and_then(|(_, font)| font.as_dict().ok())
            .cloned();
        let Some(mut descendant) = descendant else { continue };
        // Its widths are by the numbers of glyphs. Letters of ASCII are half as wide as the others.
        let half = vec![Object::Integer(500); 95];
        descendant.set("W", vec![Object::Integer(0x20), Object::Array(half)]);
        let descendant = document.add_object(descendant);
        let encoding = match codes.encoding() {
            name @ Object::Name(_) => name,
            map => Object::Reference(document.add_object(map)),
        };
        let characters = document.add_object(stream(codes.characters(&pairs)));
        if let Ok(font) = document.get_object_mut(id).and_then(Object::as_dict_mut) {
            font.set("DescendantFonts", vec![Object::Reference(descendant)]);
            font.set("Encoding", encoding);
            font.set("ToUnicode", characters);
        }
    }
}

/// The codes of a font with a predefined encoding.
fn codes(font: &Dictionary) -> Option<Codes> {
    let is_composite = font.get(b"Subtype").and_then(Object::as_name).ok()? == b"Type0";
    let name = font.get(b"Encoding").and_then(Object::as_name).ok().filter(|_| is_composite)?;
    let name = std::str::from_utf8(name).ok()?;
    let is_so = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
    // Of more than two bytes, or of UTF-8.
    let is_longer = ["UTF8", "UTF32"].iter().any(|form| name.contains(form));
    let found = PREDEFINED.iter().find(|(names, _)| is_so(names) && !is_longer);
    found.map(|(_, codes)| *codes)
}

fn stream(text: String) -> Stream {
    Stream::new(Dictionary::new(), text.into_bytes())
}

/// Each two bytes that stand beside each other in a string of the file.
fn pairs(document: &Document) -> BTreeSet<[u8; 2]> {
    let mut found = BTreeSet::new();
    let pages = document.get_pages().into_values();
    let contents = pages.filter_map(|page| document.get_page_content(page).ok());
    let forms = document.objects.values().filter_map(|object| {
        let stream = object.as_stream().ok()?;
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name).ok()?;
        stream.decompressed_content().ok().filter(|_| kind == b"Form")
    });
    for content in contents.chain(forms) {
        let Ok(content) = Content::decode(&content) else { continue };
        let operands = content.operations.iter().flat_map(|operation| &operation.operands);
        for operand in operands {
            let shown = match operand {
                Object::Array(shown) => shown.as_slice(),
                one => std::slice::from_ref(one),
            };
            for bytes in shown.iter().filter_map(|object| object.as_str().ok()) {
                found.extend(bytes.windows(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()));
            }
        }
    }
    found
}

impl Codes {
    /// How the bytes of a string are cut into codes: each stands for itself. Written as the library
    /// reads it: a range has twice as many bytes as its codes, and zero is added to each code.
    fn encoding(self) -> Object {
        let Codes::Of { two, .. } = self else { return Object::Name(b"Identity-H".to_vec()) };
        let two: Vec<(u8, u8)> = two.into_iter().filter(|(first, last)| first <= last).collect();
        let (mut ranges, mut next) = (Vec::new(), 0_u16);
        for (first, last) in two.iter().map(|(first, last)| (u16::from(*first), u16::from(*last))) {
            ranges.push(format!("<{next:04X}> <{:04X}>", first.saturating_sub(1)));
            next = last + 1;
        }
        ranges.push(format!("<{next:04X}> <00FF>"));
        ranges.extend(
            two.iter().map(|(first, last)| format!("<0000{first:02X}00> <0000{last:02X}FF>")),
        );
        let mut map = format!("begincmap\n{} begincodespacerange\n", ranges.len());
        map.push_str(&ranges.join("\n"));
        map.push_str("\nendcodespacerange\n");
        for range in &ranges {
            // The library reads one range of a block.
            let _ = writeln!(map, "1 begincidrange\n{range} 0\nendcidrange");
        }
        Object::Stream(stream(map + "endcmap\n"))
    }

    /// The characters of the codes that a file may have.
    fn characters(self, pairs: &BTreeSet<[u8; 2]>) -> String {
        let mut lines = Vec::new();
        match self {
            Codes::Unicode => lines.extend(pairs.iter().filter_map(|pair| {
                let c = char::from_u32(u16::from_be_bytes(*pair).into())?;
                Some(format!("<{0:04X}> <{0:04X}>", u32::from(c)))
            })),
            Codes::Of { set, .. } => {
                let single = (0x20..=0xFF_u8).map(|byte| vec![byte]);
                for code in single.chain(pairs.iter().map(|pair| pair.to_vec())) {
                    let read = set.decode_without_bom_handling_and_without_replacement(&code);
                    let Some(text) = read.filter(|text| text.chars().count() == 1) else {
                        continue;
                    };
                    let units = text.encode_utf16().map(|unit| format!("{unit:04X}"));
                    let code = code.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
                    lines.push(format!("<{code}> <{}>", units.collect::<String>()));
                }
            }
        }
        let mut map = "begincmap\n".to_owned();
        for block in lines.chunks(100) {
            let _ = write!(map, "{} beginbfchar\n{}\nendbfchar\n", block.len(), block.join("\n"));
        }
        map + "endcmap\n"
    }
}
