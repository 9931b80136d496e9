//! Files that are not read here, and that other programs save in a form which is.
//!
//! Always holds: of such a file nothing can be quoted, also where its bytes are a text: that is the
//! source of what people read. Not here: the kind of a file (`media_type`).

/// Kinds of files that other programs save in a form which is read here, by a part of their media
/// types.
const OTHER_FORMS: &[(&[&str], &str)] = &[
    (
        &["rfc822", "multipart/"],
        "save a page in the browser as a complete page or as PDF, and a mail as PDF or text",
    ),
    (
        &["rtf", "msword", "opendocument.text", "apple.pages", "wordperfect"],
        "save it as DOCX, PDF or text in the program that opens it",
    ),
    (
        &["epub", "mobipocket", "spreadsheet", "ms-excel", "presentation", "powerpoint"],
        "save it as PDF in the program that opens it",
    ),
];

/// What to do with a file of a kind that is not read here, and that another form of is.
pub fn other_form(kind: &str) -> Option<&'static str> {
    let is_of = |parts: &[&str]| parts.iter().any(|part| kind.contains(*part));
    OTHER_FORMS.iter().find(|(parts, _)| is_of(parts)).map(|(_, form)| *form)
}
