//! The part of the page that tells a bag: its files, what follows from the record, who signed it.
//!
//! Always holds: a bag of a part of a record says so. Not here: the record in it (`parts`).

use crate::cli::output::visible;
use crate::cli::verify::bag::ToldBag;
use maud::{Markup, html};

/// What was found of the bag.
pub fn section(bag: &ToldBag) -> Markup {
    html! {
        section aria-labelledby="bag" {
            h2 id="bag" { "The bag" }
            dl {
                dt { "Holds" }
                dd { (holds(bag)) }
                dt { "Files" }
                dd { (bag.files) " of " (bag.listed) " as the manifest says" }
                dt { "Views" }
                dd {
                    @match bag.derived {
                        0 => "not compared: the record in it has faults",
                        count => { (count) " files follow from the record, byte for byte" }
                    }
                }
                dt { "Earlier checkpoints" }
                dd { (bag.checkpoints) " hold" }
                dt { "Signature" }
                dd {
                    @if bag.signed {
                        "the log key signed the tag manifest"
                    } @else if bag.forged {
                        "the note does not hold: see below"
                    } @else {
                        "the tag manifest is not signed"
                    }
                }
            }
            h3 { "Damage" }
            @if bag.wrong.is_empty() {
                p { "None." }
            } @else {
                ul class="damage" { @for why in &bag.wrong { li { (visible(why)) } } }
            }
        }
    }
}

fn holds(bag: &ToldBag) -> String {
    match (bag.size, bag.of) {
        (Some(size), Some(of)) if size < of => format!(
            "a part, as of position {}: the first {size} of {of} events; what came after is not \
             here",
            size.saturating_sub(1)
        ),
        (Some(size), Some(_)) => format!("the whole record of {size} events"),
        _ => "not told: bag-info.txt does not say it".to_owned(),
    }
}
