//! `annals append` without arguments: prompts for each field; everything is signed at the end.
//!
//! Always holds: a quotation is found before the next question; every answer is stored in a file at
//! once. Not here: the prompts themselves (`ask`), resolving and signing (`submit`).

use crate::cli::render::provenance;
use crate::cli::render::quotation;
use crate::cli::shared::DraftFile;
use crate::cli::shared::WriteArgs;
use crate::cli::shared::{SubmitOptions, submit};
use crate::cli::terminal::Context;
use crate::cli::terminal::ask;
use crate::cli::terminal::visible;
use crate::cli::terminal::{CliError, Exit};
use crate::cli::terminal::{note, wrapped};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::{Gathered, gather};
use crate::ledger::write::draft::{
    Draft, HopDraft, Input, Name, QuoteDraft, TopicDraft, WhenDraft,
};
use annals_core::edtf::is_edtf;
use annals_core::event::body::Span;
use annals_core::event::vocabulary::{AgentType, Basis, Type};
use annals_core::quote::Text;
use annals_core::quote_search::places::PointingError;
use annals_core::quote_search::{Edges, Pointing};
use annals_core::verify::source::Source;
use std::collections::BTreeSet;

/// The maximum number of places offered for words that occur several times.
const PLACES: usize = 9;

pub fn run(context: &mut Context, write: &WriteArgs) -> Result<Exit, CliError> {
    let mut talk = Conversation::open(context)?;
    note(format!("what you type is kept in {} until it is written", talk.kept.path().display()));
    let asked = talk.ask_all();
    let Conversation { kept, drafts, .. } = talk;
    let outcome = match asked {
        Err(failure) => Err(failure),
        Ok(()) if drafts.is_empty() => {
            note("nothing was written");
            Ok(Exit::Yes)
        }
        Ok(()) => submit(context, &Input::of(drafts), &SubmitOptions::of(write)),
    };
    kept.end(outcome, "", write.dry_run)
}

/// A document that can be quoted.
struct Quotable {
    position: u64,
    title: String,
    text: Text,
}

struct Conversation {
    documents: Vec<Quotable>,
    agents: BTreeSet<String>,
    drafts: Vec<Draft>,
    kept: DraftFile,
}

impl Conversation {
    fn open(context: &Context) -> Result<Conversation, CliError> {
        let record = context.record()?;
        let (view, names) = provenance::view(context, &record, None)?;
        let gathered = gather(&view, &names, &|_| true)?;
        let mut documents = Vec::new();
        for row in gathered.documents.values() {
            let Some(about) = row.about.as_ref().filter(|about| &*about.media_type == "text/plain")
            else {
                continue;
            };
            let bytes = record.journal.document(&about.sha256).map_err(LedgerError::from)?;
            if let Some(text) = bytes.and_then(Text::new) {
                let title = format!("{}: {}", row.document, visible(&about.title));
                documents.push(Quotable { position: row.document, title, text });
            }
        }
        if documents.is_empty() {
            return Err(CliError::usage(
                "the record has no document that can be quoted; annals document add captures one",
            ));
        }
        let kept = DraftFile::new(context, "jsonl", "")?;
        Ok(Conversation { documents, agents: agents(&gathered), drafts: Vec::new(), kept })
    }

    /// Asks for facts until the quotation is left empty or the user wants no other.
    fn ask_all(&mut self) -> Result<(), CliError> {
        loop {
            if !self.ask_one()? {
                return Ok(());
            }
            if !ask::yes("another fact?")? {
                return Ok(());
            }
        }
    }

    /// Asks for one fact; returns whether there was one.
    fn ask_one(&mut self) -> Result<bool, CliError> {
        let mut draft = Draft { kind: Some(Type::FactAsserted), ..Draft::default() };
        if !self.quotation(&mut draft)? {
            return Ok(false);
        }
        self.keep(&draft)?;
        draft.claim = Some(claim()?);
        self.keep(&draft)?;
        self.attribution(&mut draft)?;
        self.keep(&draft)?;
        draft.when = self.when(&draft)?;
        let topics = ask::line_from("topics, with commas between them (empty: none)", "")?;
        let topics = topics.split(',').map(str::trim).filter(|name| !name.is_empty());
        let topics: Vec<TopicDraft> =
            topics.map(|name| TopicDraft { name: Some(name.to_owned()), id: None }).collect();
        draft.topics = (!topics.is_empty()).then_some(topics);
        self.keep(&draft)?;
        self.drafts.push(draft);
        Ok(true)
    }

    fn keep(&self, draft: &Draft) -> Result<(), CliError> {
        let all: Vec<Draft> = self.drafts.iter().chain([draft]).cloned().collect();
        self.kept.save(&all)
    }

    fn quotation(&self, draft: &mut Draft) -> Result<bool, CliError> {
        let titles: Vec<&str> = self.documents.iter().map(|row| row.title.as_str()).collect();
        let index = match titles.len() {
            1 => 0,
            _ => ask::one_of("document", &titles)?,
        };
        let Some(document) = self.documents.get(index) else { return Ok(false) };
        let mut typed = String::new();
        loop {
            let question = "quotation (first words … last words; empty: no more)";
            typed = ask::line_from(question, &typed)?;
            if typed.is_empty() {
                return Ok(false);
            }
            let mut words = Pointing { words: &typed, nth: None, edges: Edges::Whole };
            let mut found = words.find(&document.text);
            if let Err(cut @ PointingError::Cut { .. }) = &found {
                note(cut);
                if !ask::yes("is the edge meant to be there?")? {
                    continue;
                }
                words.edges = Edges::Exact;
                found = words.find(&document.text);
            }
            let chosen = match found {
                Err(PointingError::Ambiguous { count, .. }) => which(&document.text, words, count)?,
                Err(error) => {
                    note(error);
                    continue;
                }
                Ok(_) => Some(words),
            };
            if let Some(words) = chosen {
                show_sentence(&document.text, words);
                let nth = words.nth;
                draft.exact_edges = (words.edges == Edges::Exact).then_some(true);
                draft.document = Some(Name::Position(document.position));
                draft.quote = Some(QuoteDraft::Pointing(typed));
                draft.nth = nth;
                return Ok(true);
            }
        }
    }

    fn attribution(&mut self, draft: &mut Draft) -> Result<(), CliError> {
        let mut hops = Vec::new();
        let mut question = "according to whom (empty: the document in its own voice)".to_owned();
        loop {
            let agent = ask::line_from(&question, "")?;
            if agent.is_empty() {
                break;
            }
            let mut hop = HopDraft { agent: Some(agent.clone()), ..HopDraft::default() };
            if self.agents.insert(agent.clone()) {
                let kind = ask::word(None, AgentType::ALL, &format!("{agent} is a"), "")?;
                hop.agent_type = Some(kind);
            }
            let act = ask::line_from(&format!("what {agent} does"), "says")?;
            hop.act = Some(act).filter(|act| !act.is_empty());
            hops.push(hop);
            question = format!("and {agent} according to whom else (empty: nobody)");
        }
        draft.attribution = (!hops.is_empty()).then_some(hops);
        Ok(())
    }

    /// Asks for the time of the fact; words of the document are searched for at once.
    fn when(&self, draft: &Draft) -> Result<Option<WhenDraft>, CliError> {
        let question = "when it was so (such as 2022-01-26; empty: the document gives no date)";
        let mut edtf = ask::line_from(question, "")?;
        while !edtf.is_empty() && !is_edtf(&edtf) {
            note(format!(
                "expected a date or interval such as 2022-01 or 2021/2022, found {edtf:?}"
            ));
            edtf = ask::line_from(question, &edtf)?;
        }
        let quoted = |row: &&Quotable| draft.document == Some(Name::Position(row.position));
        let document = self.documents.iter().find(quoted);
        let question = "the same in the document's words (empty: none)";
        let mut as_written = ask::line_from(question, "")?;
        while let (Some(document), false) = (document, as_written.is_empty()) {
            let words = Pointing { words: &as_written, nth: None, edges: Edges::Whole };
            let Err(why) = words.first(&document.text) else { break };
            note(why.to_string().replace("the quotation", "what was typed"));
            as_written = ask::line_from(question, &as_written)?;
        }
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let (edtf, as_written) = (filled(edtf), filled(as_written));
        // A date that the document states has words in it.
        let bases = match as_written.is_some() {
            true => Basis::ALL,
            false => &[Basis::Derived, Basis::Inferred],
        };
        let basis = match edtf.is_some() {
            true => Some(ask::word(None, bases, "the date is", "")?),
            false => None,
        };
        let given = edtf.is_some() || as_written.is_some();
        Ok(given.then_some(WhenDraft { edtf, as_written, basis }))
    }
}

fn agents(gathered: &Gathered) -> BTreeSet<String> {
    let facts = gathered.facts.values();
    let words = facts.flat_map(|row| row.revisions.iter().map(|revision| &revision.words));
    words.flat_map(|words| &words.attribution).map(|hop| hop.agent.to_string()).collect()
}

/// The sentence that typed words point at.
fn sentence(text: &Text, words: Pointing<'_>) -> Option<String> {
    let (start, end) = words.find(text).ok()?;
    let span = Span { start: start as u64, end: end as u64 };
    quotation::in_sentence(text, &text.anchor(start, end)?, &span)
}

fn show_sentence(text: &Text, words: Pointing<'_>) {
    if let Some(sentence) = sentence(text, words) {
        note(wrapped(&sentence, 4));
    }
}

/// Asks which of several places is meant; `None`: none of them.
fn which<'a>(
    text: &Text,
    words: Pointing<'a>,
    count: usize,
) -> Result<Option<Pointing<'a>>, CliError> {
    note(format!("these words stand {count} times in the document"));
    let place = |nth| Pointing { nth: Some(nth), ..words };
    let mut places: Vec<String> =
        (1..=count.min(PLACES)).map(|nth| sentence(text, place(nth)).unwrap_or_default()).collect();
    places.push("none of these: more words".to_owned());
    let chosen = ask::one_of("which", &places)?;
    Ok((chosen + 1 < places.len()).then_some(place(chosen + 1)))
}

fn claim() -> Result<String, CliError> {
    loop {
        let claim = ask::line_from("claim (one sentence that stands by itself)", "")?;
        match annals_core::text::Words::<4_000>::new(claim.as_str()) {
            Ok(_) => return Ok(claim),
            Err(error) => note(error),
        }
    }
}
