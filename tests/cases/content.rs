//! Vectors of rules 601–616: bodies against commitments, quotations against documents.

use super::{Case, bad, good, last};
use crate::support::texts::{EXACT, OTHER, OTHER_EXACT, TEXT, evidence, fact, yes};
use crate::support::{Act, Ledger, acts, keys};
use annals_core::hash::Hash;

pub fn cases() -> Vec<Case> {
    let mut out = bodies();
    out.extend(documents());
    out.extend(quotations());
    out.extend(independence());
    out.extend(seals());
    out
}

fn bodies() -> Vec<Case> {
    let draft = |change: fn(&mut crate::support::Draft)| {
        let mut ledger = Ledger::newsroom();
        ledger.put(ledger.draft("bo", acts::disputed(5)).with(change));
        ledger
    };
    let edited =
        draft(|d| d.edit_body = Some(Box::new(|body| body.replace("a reason", "no reason"))));
    let other = draft(|d| d.body = d.body.replacen(&d.by, &keys::key("cy"), 1));
    let kind = draft(|d| d.body = d.body.replace("fact.disputed", "fact.retracted"));
    let mut repeated = Ledger::opened();
    repeated.sign("ada", acts::retimed());
    let body = repeated.events[1].body.clone();
    repeated.put(repeated.draft("ada", acts::retimed()).with(|d| d.body = body.clone()));
    let mut thrice = repeated.clone();
    thrice.put(thrice.draft("ada", acts::retimed()).with(|d| d.body = body).withheld());
    vec![
        last("601-body-digest", "The body was edited after it was committed.", &edited),
        last("602-body-signer", "The body says another signer.", &other),
        last("602-body-signer-type", "The body says another type of the same fields.", &kind),
        last("603-body-repeated", "Two events commit one body.", &repeated),
        bad(
            "603-body-repeated-withheld",
            "A body is committed three times and withheld the last time.",
            thrice.files(),
            &[(603, 2), (603, 3), (604, 3)],
        ),
        last(
            "604-body-missing",
            "A body is withheld and nothing explains it.",
            &draft(|d| {
                d.edit_body = Some(Box::new(|_| "-".to_owned()));
            }),
        ),
    ]
}

fn documents() -> Vec<Case> {
    let missing = |act: Act| {
        let mut ledger = Ledger::opened();
        ledger.sign("ada", act);
        ledger
    };
    let digest = Hash::of(&[OTHER.as_bytes()]).to_string();
    let mut other = missing(acts::captured(OTHER));
    other.documents.insert(digest.clone(), TEXT.as_bytes().to_vec());
    let mut longer = missing({
        let mut act = acts::captured(OTHER);
        act.body = act.body.replace("\"bytes\":28", "\"bytes\":29");
        act
    });
    longer.keep(OTHER);
    let mut again = Ledger::newsroom();
    again.sign("bo", acts::captured(TEXT));
    let mut evidence_of_fact = Ledger::newsroom();
    evidence_of_fact.sign("bo", acts::asserted(5));
    let mut ahead = Ledger::newsroom();
    ahead.sign("bo", acts::asserted(7));
    let derived = |from: u64| {
        let mut ledger = Ledger::newsroom();
        ledger.keep(OTHER);
        ledger.sign("bo", acts::derived(OTHER, from));
        ledger
    };
    let mut beyond = Ledger::newsroom();
    beyond.keep(OTHER);
    beyond.put(beyond.draft("bo", acts::derived(OTHER, 6)).with(|d| d.base = 7));
    vec![
        last("605-document-missing", "The document is not there.", &missing(acts::captured(OTHER))),
        last("606-document-digest", "The document has other bytes.", &other),
        last("606-document-digest-bytes", "The capture says another number of bytes.", &longer),
        last("607-document-repeated", "A document is captured twice.", &again),
        last("608-document-named", "The evidence names a fact.", &evidence_of_fact),
        last("608-document-named-later", "The evidence names a later event.", &ahead),
        last("608-document-named-derived", "Derived from a fact.", &derived(5)),
        last("608-document-named-itself", "Derived from itself.", &derived(6)),
        bad(
            "608-document-named-base",
            "Derived from itself, with a base behind itself.",
            beyond.files(),
            &[(203, 6), (608, 6)],
        ),
    ]
}

/// The newsroom with a fact of this evidence, entered by Bo.
fn quoting(change: impl Fn(String) -> String) -> Ledger {
    let mut ledger = Ledger::newsroom();
    let quoted = change(evidence(4, TEXT, EXACT));
    ledger.sign("bo", acts::asserted_fact(&fact("She said yes.", &[quoted]), "null"));
    ledger
}

fn quotations() -> Vec<Case> {
    let words = quoting(|e| e.replace("“Yes,” she", "“Yes”, she"));
    let bytes = quoting(|e| e.replace("\"start\":7,\"end\":23", "\"start\":9,\"end\":29"));
    let beyond = quoting(|e| e.replace("\"end\":23", "\"end\":25"));
    let empty = quoting(|e| e.replace("\"start\":7", "\"start\":23"));
    let short = quoting(|e| e.replace("Kyiv – ", "yiv – "));
    let long = {
        let text = format!("{0}yes{0}no{0}", "a".repeat(40));
        let mut ledger = Ledger::newsroom();
        ledger.capture("ada", &text, "null");
        let longer = evidence(6, &text, "yes").replace(
            &format!("\"prefix\":\"{}\"", "a".repeat(32)),
            &format!("\"prefix\":\"{}\"", "a".repeat(33)),
        );
        ledger.sign("bo", acts::asserted_fact(&fact("Yes.", &[longer]), "null"));
        ledger
    };
    let mut described = Ledger::newsroom();
    let html = acts::DESCRIPTION.replace("text/plain", "text/html");
    described.sign("bo", acts::described(4, &html));
    described.sign("bo", acts::asserted(4));
    let mut binary = Ledger::newsroom();
    let bytes_of_it = [TEXT.as_bytes(), &[0xff]].concat();
    let digest = Hash::of(&[&bytes_of_it]).to_string();
    binary.documents.insert(digest.clone(), bytes_of_it);
    let mut act = acts::captured(TEXT);
    act.body = act
        .body
        .replace(&Hash::of(&[TEXT.as_bytes()]).to_string(), &digest)
        .replace("\"bytes\":30", "\"bytes\":31");
    binary.sign("bo", act);
    binary.sign("bo", acts::asserted(6));
    let mut possession = Ledger::opened();
    let mut act = acts::enrolled("bo", acts::EDITOR);
    act.body = act.body.replace("Bo Example", "Ada Example");
    possession.sign("ada", act);
    vec![
        last("609-quotation", "The words are not those of the document.", &words),
        last("609-quotation-bytes", "The span counts bytes.", &bytes),
        last("609-quotation-beyond", "The span ends after the text.", &beyond),
        last("609-quotation-empty", "The span is empty.", &empty),
        last("609-quotation-prefix", "The prefix is too short.", &short),
        last("609-quotation-long", "The prefix is longer than need be.", &long),
        last("609-quotation-media-type", "The document is no plain text by now.", &described),
        last("609-quotation-utf-8", "The document is not UTF-8.", &binary),
        last("612-possession", "Possession was proved under another name.", &possession),
    ]
}

fn independence() -> Vec<Case> {
    let with = |capture: Act, text: &str, exact: &str| {
        let mut ledger = Ledger::newsroom();
        ledger.keep(text);
        let document = ledger.sign("bo", capture);
        ledger.sign("bo", acts::confirmed_by(5, &[evidence(document, text, exact)]));
        ledger
    };
    let same = {
        let mut ledger = Ledger::newsroom();
        ledger.sign("bo", acts::confirmed_by(5, &[evidence(4, TEXT, EXACT)]));
        ledger
    };
    let mut none = Ledger::newsroom();
    let mut act = acts::confirmed(5);
    act.args = act.args.replace("reread", "independent-document");
    none.sign("bo", act);
    let against = {
        let mut ledger = Ledger::newsroom();
        let document = ledger.capture("bo", OTHER, "null");
        let quoted = evidence(document, OTHER, OTHER_EXACT).replace("supports", "contradicts");
        ledger.sign("bo", acts::confirmed_by(5, &[quoted]));
        ledger
    };
    let mut no_fact = Ledger::newsroom();
    let words = no_fact.draft("ada", acts::asserted(4)).body;
    no_fact.put(no_fact.draft("ada", acts::retimed()).with(|d| d.body = words));
    no_fact.sign("bo", acts::confirmed_by(6, &[evidence(4, TEXT, EXACT)]));
    let mut ahead = Ledger::newsroom();
    let both = [evidence(4, TEXT, EXACT), evidence(7, OTHER, OTHER_EXACT)];
    ahead.sign("bo", acts::asserted_fact(&fact("She said yes.", &both), "null"));
    ahead.capture("ada", OTHER, "null");
    ahead.sign("cy", acts::confirmed_by(6, &[evidence(7, OTHER, OTHER_EXACT)]));
    let mut elsewhere = Ledger::newsroom();
    elsewhere.put(elsewhere.draft("ada", acts::asserted(4)).with(|d| (d.seq, d.base) = (8, 8)));
    elsewhere.sign("bo", acts::confirmed_by(8, &[evidence(4, TEXT, EXACT)]));
    let again = |applied: &str, other: &str| {
        let mut ledger = Ledger::newsroom();
        ledger.capture("ada", OTHER, "null");
        ledger.sign("ada", acts::asserted_fact(&fact("One.", &[applied.to_owned()]), "null"));
        let second = acts::asserted_fact(&fact("One.", &[other.to_owned()]), "null");
        ledger.put(ledger.draft("ada", second).with(|d| d.seq = 7));
        ledger.clock = 1;
        ledger.sign("bo", acts::confirmed_by(7, &[evidence(4, TEXT, EXACT)]));
        ledger
    };
    let (of_text, of_other) = (evidence(4, TEXT, EXACT), evidence(6, OTHER, OTHER_EXACT));
    vec![
        bad(
            "613-independent-elsewhere",
            "The confirmed fact stands at another place than its position.",
            elsewhere.files(),
            &[(201, 8), (203, 8), (613, 9)],
        ),
        bad(
            "613-independent-again",
            "Two facts say one position, and the applied one decides.",
            again(&of_text, &of_other).files(),
            &[(201, 7), (203, 7), (613, 8)],
        ),
        bad(
            "201-place-confirmed",
            "Two facts say one position, and the one that is not applied decides nothing.",
            again(&of_other, &of_text).files(),
            &[(201, 7), (203, 7)],
        ),
        bad(
            "602-body-signer-confirmed",
            "What is confirmed carries a fact in its body only, so 613 is not judged.",
            no_fact.files(),
            &[(602, 6), (501, 7)],
        ),
        bad(
            "608-document-named-independent",
            "A document that the fact could not name is independent of it.",
            ahead.files(),
            &[(608, 6)],
        ),
        last("613-independent", "The same document is no independent one.", &same),
        last(
            "613-independent-derived",
            "A document derived from the fact's is not independent.",
            &with(acts::derived(OTHER, 4), OTHER, OTHER_EXACT),
        ),
        last("613-independent-none", "No document at all.", &none),
        last("613-independent-stance", "The other document does not support.", &against),
    ]
}

fn seals() -> Vec<Case> {
    let mut quotes = Ledger::newsroom();
    let document = quotes.capture("ada", OTHER, "\"by-hand\"");
    let quoted = fact("He said no.", &[evidence(document, OTHER, OTHER_EXACT)]);
    quotes.sign("ada", acts::asserted_fact(&quoted, "null"));
    let mut undone = Ledger::newsroom();
    undone.sign("dan", acts::enrolled("eve", acts::EDITOR));
    undone.capture("eve", OTHER, "\"by-hand\"");
    undone.sign("ada", acts::stolen("dan", 6));
    let quoted = fact("He said no.", &[evidence(7, OTHER, OTHER_EXACT)]);
    undone.sign("ada", acts::asserted_fact(&quoted, "null"));
    let mut described = Ledger::newsroom();
    let act = acts::captured_sealed(OTHER, "\"by-hand\"");
    described.put(described.draft("ada", act).withheld());
    let html = acts::DESCRIPTION.replace("text/plain", "text/html");
    described.sign("bo", acts::described(6, &html));
    let quoted = fact("He said no.", &[evidence(6, OTHER, OTHER_EXACT)]);
    described.sign("ada", acts::asserted_fact(&quoted, "\"by-hand\""));
    let mut early = Ledger::newsroom();
    early.sign("ada", acts::asserted_fact(&yes(4), "\"2026-02-01T00:00:00.000000Z\""));
    let mut act = acts::released(6);
    act.body.clear();
    early.sign("bo", act);
    vec![
        last(
            "615-quotes-sealed-undone",
            "An open fact quotes a sealed document whose capture was set aside.",
            &undone,
        ),
        good(
            "described-withheld",
            "A description of a document that is withheld is left out.",
            described.files(),
        ),
        last("615-quotes-sealed", "An open fact quotes a sealed document.", &quotes),
        last("616-release-early", "Released before its time without a reason.", &early),
    ]
}
