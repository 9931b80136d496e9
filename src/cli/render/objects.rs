//! What an act is about beside the fact or document that it acts on, and why it was done: the same
//! words in a log, in the verdict on a proof and in the list of what waits.

use annals_core::event::args::Args;
use annals_core::event::vocabulary::ErrorIn;

/// The closed word that gives the reason or manner.
pub fn reason(args: &Args) -> Option<String> {
    Some(match args {
        Args::FactDisputed(args) => args.reason.to_string(),
        Args::FactCorrected(args) => args.reason.to_string(),
        Args::FactRetracted(args) => args.reason.to_string(),
        Args::FactConfirmed(args) => args.how.to_string(),
        Args::FactRelated(args) => args.rel.to_string(),
        Args::EditorRevoked(args) => args.reason.to_string(),
        Args::LedgerRekeyed(args) => args.reason.to_string(),
        Args::BodyRedacted(args) => args.reason.to_string(),
        _ => return None,
    })
}

/// As [`reason`], and that the error is in the document, where the event says so.
pub fn reason_and_place(args: &Args) -> Option<String> {
    let error_in = match args {
        Args::FactDisputed(args) => Some(args.error_in),
        Args::FactCorrected(args) => Some(args.error_in),
        Args::FactRetracted(args) => Some(args.error_in),
        _ => None,
    };
    let place = if error_in == Some(ErrorIn::Document) { ", error in the document" } else { "" };
    reason(args).map(|reason| format!("{reason}{place}"))
}

/// The facts or documents `on` that an event acts on, and what it is about beside these, for its
/// heading: ` 11 (revision 27)`.
pub fn objects(args: &Args, on: &[u64]) -> String {
    let all = match args {
        Args::FactRelated(args) => format!(" {} {} {}", args.from, args.rel, args.to),
        _ if on.is_empty() => String::new(),
        _ => format!(" {}", on.iter().map(u64::to_string).collect::<Vec<_>>().join(" and ")),
    };
    let aim = aim(args, on).map(|aim| format!(" ({aim})")).unwrap_or_default();
    format!("{all}{aim}")
}

/// What an event ends, opens or redacts, beside the facts or documents `on` that it acts on.
pub fn aim(args: &Args, on: &[u64]) -> Option<String> {
    let revision = |event: u64| (!on.contains(&event)).then(|| format!("revision {event}"));
    let words = |event: u64| (!on.contains(&event)).then(|| format!("words of {event}"));
    match args {
        Args::BodyReleased(args) => words(args.event),
        Args::BodyRedacted(args) => words(args.event),
        Args::FactConfirmed(args) => revision(args.on),
        Args::FactDisputed(args) => revision(args.on),
        Args::FactRetracted(args) => revision(args.on),
        Args::FactUpheld(args) => Some(format!("dispute {}", args.dispute)),
        Args::FactReinstated(args) => Some(format!("retraction {}", args.retraction)),
        Args::RelationWithdrawn(args) => Some(format!("relation {}", args.relation)),
        Args::FactCorrected(args) => {
            let all: Vec<String> = args.resolves.iter().map(u64::to_string).collect();
            let resolves = (!all.is_empty()).then(|| format!("resolves {}", all.join(", ")));
            let parts: Vec<String> = revision(args.on).into_iter().chain(resolves).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        _ => None,
    }
}
