//! Small files of each format, made from words.

use std::io::Write;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A sentence that an article has often enough to be its main text.
pub const SENTENCE: &str =
    "The two ministers met in the old harbour on Thursday, their offices say. ";

/// A page with JSON-LD, Open Graph, a menu and an article.
pub fn page() -> String {
    let article = r#"{"@context":"https://schema.org","@type":"NewsArticle","headline":"They met",
        "author":[{"@type":"Person","name":"Ann Author"}],"publisher":{"name":"Example News"},
        "datePublished":"2022-01-27T08:00:00Z"}"#;
    let paragraphs = format!("<p>{}</p>\n", SENTENCE.repeat(5)).repeat(4);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>They met | Example News</title>\n\
         <meta property=\"og:title\" content=\"They met!\">\n\
         <script type=\"application/ld+json\">{article}</script></head>\n\
         <body><nav><ul><li><a href=\"/weather\">Weather</a></li></ul></nav>\n\
         <article><h1>They met</h1>\n{paragraphs}</article>\n\
         <footer>Imprint</footer></body></html>\n"
    )
}

/// A PDF of these pages; a page without text is an empty one.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    let stream = |text: &&str| match text.is_empty() {
        true => String::new(),
        false => format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET"),
    };
    pdf_of_streams(&pages.iter().map(stream).collect::<Vec<_>>())
}

/// A PDF of one page, on which text of 12 points begins at 72, 720.
pub fn pdf_drawn(content: &str) -> Vec<u8> {
    pdf_of_streams(&[format!("BT /F1 1 Tf 12 0 0 12 72 720 Tm {content} ET")])
}

fn pdf_of_streams(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        "<< /Title (A report) /Author (Ann Author) /CreationDate (D:20220127080000Z) >>".into(),
    ];
    for (index, stream) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R \
             >> >> /Contents {} 0 R >>",
            6 + 2 * index
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
    }
    pdf_of(&objects, "")
}

/// A PDF of these objects; 1 is the catalog, 4 the information.
pub fn pdf_of(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = bytes.len();
    let size = objects.len() + 1;
    bytes.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").bytes());
    }
    bytes.extend(
        format!(
            "trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R {trailer}>>\n\
             startxref\n{start}\n%%EOF\n"
        )
        .bytes(),
    );
    bytes
}

/// A zip file.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A DOCX of this body.
pub fn docx(body: &str) -> Vec<u8> {
    let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let document = format!("<w:document {space}><w:body>{body}</w:body></w:document>");
    let notes = format!(
        "<w:footnotes {space}><w:footnote w:id='2'><w:p><w:r><w:footnoteRef/><w:t> A note.</w:t>\
         </w:r></w:p></w:footnote></w:footnotes>"
    );
    let style = |kind: &str, id: &str, look: &str| {
        format!("<w:style w:type='{kind}' w:styleId='{id}'>{look}</w:style>")
    };
    let styles = [
        style("character", "Up", "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"),
        style("character", "Raised", "<w:basedOn w:val='Up'/>"),
        style("character", "Gone", "<w:rPr><w:strike/></w:rPr>"),
        style("paragraph", "Off", "<w:rPr><w:strike/></w:rPr>"),
    ];
    let styles =
        format!("<w:styles {space}><w:lang w:val=\"en-GB\"/>{}</w:styles>", styles.concat());
    let core = "<cp:coreProperties xmlns:cp=\"c\" xmlns:dc=\"d\" xmlns:dcterms=\"t\">\
                <dc:title>A &amp; B</dc:title><dc:creator>Ann Author; Ben Bylined</dc:creator>\
                <dcterms:created>2022-01-27T08:00:00Z</dcterms:created></cp:coreProperties>";
    zip(&[
        ("word/document.xml", document.as_bytes()),
        ("word/footnotes.xml", notes.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("docProps/core.xml", core.as_bytes()),
    ])
}

/// A record of a web archive: an answer 200 with this type and body.
pub fn warc_answer(address: &str, kind: &str, body: &str) -> Vec<u8> {
    let block = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{body}\r\
         \n0\r\n\r\n",
        body.len()
    );
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00\
         0000000001>\r\nWARC-Date: 2022-01-26T07:00:00Z\r\nWARC-Target-URI: {address}\r\n\
         Content-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n\
         {block}\r\n\r\n",
        block.len()
    )
    .into_bytes()
}

/// Bytes compressed with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
