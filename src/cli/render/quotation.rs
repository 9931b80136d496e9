//! A quotation in its sentence, in the document's own words.
//!
//! Always holds: the quoted words are marked ⟦ ⟧; if the document is missing, prefix and suffix of
//! the quotation are shown instead of the sentence. Not here: whether a quotation holds (`verify`).

use crate::cli::render::sentences::ends;
use crate::cli::terminal::{CliError, colour, visible};
use crate::ledger::query::View;
use crate::ledger::query::row::EvidenceRow;
use crate::ledger::reader::DocumentFound;
use annals_core::event::body::{Quote, Span};
use annals_core::quote::Text;

/// The maximum number of code points of a sentence on each side.
const CONTEXT: usize = 300;

/// The lines of a quotation; none if the evidence has no quotation.
pub fn lines(view: &View<'_>, row: &EvidenceRow) -> Result<Vec<String>, CliError> {
    let (Some(quote), Some(span)) = (&row.evidence.quote, &row.evidence.span) else {
        return Ok(Vec::new());
    };
    let document = match &row.sha256 {
        Some(digest) => view.record.document(digest)?,
        None => DocumentFound::Absent,
    };
    let why = match &document {
        DocumentFound::Whole(_) => {
            "the document here does not hold these words; annals verify shows more"
        }
        DocumentFound::Damaged => {
            "the document here is damaged: it has another digest; this is what the entry holds; \
             annals verify shows more"
        }
        DocumentFound::Absent => "the document is not here; this is what the entry holds",
    };
    let found = match document {
        DocumentFound::Whole(bytes) => Text::new(bytes),
        _ => None,
    };
    let found = found.and_then(|text| sentence(&text, quote, span));
    let place = format!("code points {} to {}:", span.start, span.end);
    Ok(match found {
        Some((before, after)) => vec![place, marked(&before, quote, &after)],
        None => {
            let around =
                marked(&format!("…{}", &*quote.prefix), quote, &format!("{}…", &*quote.suffix));
            vec![place, around, format!("({why})")]
        }
    })
}

/// The sentence of a quotation with its words marked; `None` if the text does not contain them.
pub fn in_sentence(text: &Text, quote: &Quote, span: &Span) -> Option<String> {
    let (before, after) = sentence(text, quote, span)?;
    Some(marked(&before, quote, &after))
}

fn marked(before: &str, quote: &Quote, after: &str) -> String {
    let exact = colour(&format!("⟦{}⟧", visible(&quote.exact)), "1");
    format!("{}{exact}{}", visible(before), visible(after))
}

/// The sentence of a span, unmarked.
pub fn sentence_of(text: &Text, span: &Span) -> Option<String> {
    let (start, end) = (usize::try_from(span.start).ok()?, usize::try_from(span.end).ok()?);
    let quote = text.anchor(start, end)?;
    let (before, after) = sentence(text, &quote, span)?;
    Some(format!("{before}{}{after}", &*quote.exact))
}

/// The text before and after the quotation in its sentence.
fn sentence(text: &Text, quote: &Quote, span: &Span) -> Option<(String, String)> {
    let (start, end) = (usize::try_from(span.start).ok()?, usize::try_from(span.end).ok()?);
    if text.slice(start, end)? != &*quote.exact {
        return None;
    }
    let (from, to) = (start.saturating_sub(CONTEXT), end.saturating_add(CONTEXT).min(text.len()));
    let around = text.slice(from, to)?;
    let (before, after) = (text.slice(from, start)?, text.slice(end, to)?);
    let (first, last) = (before.len(), around.len() - after.len());
    let ends: Vec<usize> = ends(around).collect();
    let begin = ends.iter().rfind(|end| **end <= first).copied();
    let stop = ends.iter().find(|end| **end >= last).copied();
    let is_cut = (begin.is_none() && from > 0, stop.is_none() && to < text.len());
    let before = around.get(begin.unwrap_or(0)..first)?;
    let after = around.get(last..stop.unwrap_or(around.len()))?;
    let ellipsis = |is_cut: bool| if is_cut { "…" } else { "" };
    let before = format!("{}{}", ellipsis(is_cut.0), before.trim_start());
    Some((before, format!("{after}{}", ellipsis(is_cut.1))))
}
