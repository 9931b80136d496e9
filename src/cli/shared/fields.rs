//! Options for the fields of a draft, in groups that several commands share.
//!
//! Always holds: an option has one name and one meaning in every command; closed words are those of
//! the format; an empty value omits a field. Not here: how commands use them.

use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, ask};
use crate::ledger::write::draft::{
    Draft, DraftForm, EvidenceDraft, HopDraft, Name, QuoteDraft, TopicDraft, WhenDraft,
};
use annals_core::event::vocabulary::{
    AgentType, Basis, ConfirmationMethod, ErrorIn, Reason, Relation, Reliability, Stance, Vouch,
};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

macro_rules! closed {
    ($($name:ident: $kind:ident;)*) => {$(
        /// The parser of an option for the words of a closed list.
        pub fn $name() -> impl TypedValueParser<Value = $kind> {
            let words = $kind::ALL.iter().map(|word| word.as_str());
            PossibleValuesParser::new(words)
                .try_map(|word| $kind::parse(&word).ok_or("not in the list"))
        }
    )*};
}

closed! {
    how: ConfirmationMethod;
    reason: Reason;
    relation: Relation;
    reliability: Reliability;
    stance: Stance;
    vouch: Vouch;
    agent_type: AgentType;
    basis: Basis;
}

/// The form of a file of drafts.
pub fn draft_form() -> impl TypedValueParser<Value = DraftForm> {
    let names = DraftForm::ALL.iter().map(|(name, _)| *name);
    PossibleValuesParser::new(names)
        .try_map(|name| DraftForm::named(&name).ok_or("not in the list"))
}

/// Where the error is; the document is the source of an entry.
fn error_in() -> impl TypedValueParser<Value = ErrorIn> {
    let words = [PossibleValue::new("record"), PossibleValue::new("document").alias("source")];
    PossibleValuesParser::new(words).map(|word| match word.as_str() {
        "record" => ErrorIn::Record,
        _ => ErrorIn::Document,
    })
}

/// How it is written.
#[derive(Debug, Default, Args)]
pub struct WriteArgs {
    /// Check and show, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Enter it again, though the same was entered before
    #[arg(long)]
    pub again: bool,
    /// Judge the whole record before anything is added to it
    #[arg(long)]
    pub verify_first: bool,
}

/// A place in a document.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct QuoteArgs {
    /// Words that point at a place in the document: the words, or "first words … last words"
    #[arg(long)]
    pub quote: Option<String>,
    /// The document's position [default: the only one; in correct, the one that is quoted]
    #[arg(long, value_name = "POSITION")]
    pub document: Option<u64>,
    /// Which one, where the words stand there more than once
    #[arg(long, requires = "quote")]
    pub nth: Option<usize>,
    /// Begin and end where the typed words do, also inside of a word or a number
    #[arg(long, requires = "quote")]
    pub exact_edges: bool,
    /// How the document stands to the claim
    #[arg(long, value_parser = stance())]
    pub stance: Option<Stance>,
    /// How reliable you hold the document to be
    #[arg(long, value_parser = reliability())]
    pub reliability: Option<Reliability>,
}

impl QuoteArgs {
    /// Whether no option is given.
    pub fn is_empty(&self) -> bool {
        let QuoteArgs { quote, document, nth, exact_edges, stance, reliability } = self;
        let place = quote.is_some() || document.is_some() || nth.is_some() || *exact_edges;
        !place && stance.is_none() && reliability.is_none()
    }

    /// An error where an option says something of a quotation and none is given.
    pub fn check_quoted(&self) -> Result<(), CliError> {
        self.expect_quote("--quote")
    }

    fn expect_quote(&self, expected: &str) -> Result<(), CliError> {
        let given = [
            ("--document", self.document.is_some()),
            ("--stance", self.stance.is_some()),
            ("--reliability", self.reliability.is_some()),
        ];
        match given.iter().find(|(_, is_given)| *is_given && self.quote.is_none()) {
            Some((option, _)) => {
                let why = format!("{option}: expected {expected} beside it, found none");
                Err(CliError::usage(why))
            }
            None => Ok(()),
        }
    }

    /// An error where an option says something of a document and none is given.
    pub fn check(&self) -> Result<(), CliError> {
        match self.document.is_some() {
            true => Ok(()),
            false => self.expect_quote("--quote or --document"),
        }
    }

    /// The evidence that is given, with this stance by default.
    pub fn evidence(&self, stance: Stance) -> Option<EvidenceDraft> {
        let given = self.quote.is_some() || self.document.is_some();
        given.then(|| EvidenceDraft {
            document: self.document.map(Name::Position),
            stance: Some(self.stance.unwrap_or(stance)),
            quote: self.quote.clone().map(QuoteDraft::Pointing),
            nth: self.nth,
            exact_edges: self.exact_edges.then_some(true),
            reliability: self.reliability,
            ..EvidenceDraft::default()
        })
    }
}

/// The words of a fact.
#[derive(Clone, Debug, Default, Args)]
pub struct WordsArgs {
    /// The fact in one sentence that stands by itself
    #[arg(long)]
    pub claim: Option<String>,
    /// Who says so inside the document; several: outermost first
    #[arg(long, value_name = "AGENT")]
    pub according_to: Vec<String>,
    /// What each of them is; known from the first use on
    #[arg(long, value_parser = agent_type(), requires = "according_to")]
    pub agent_type: Vec<AgentType>,
    /// What each of them does [default: says; in correct, as before]
    #[arg(long, requires = "according_to")]
    pub act: Vec<String>,
    /// The role of each of them; known from the first use on
    #[arg(long, requires = "according_to")]
    pub role: Vec<String>,
    /// When it was so: an EDTF date or interval, such as 2022-01-26
    #[arg(long, value_name = "EDTF")]
    pub when: Option<String>,
    /// The same in the document's words, which stand in it
    #[arg(long, value_name = "WORDS")]
    pub as_written: Option<String>,
    /// Where the date comes from [default: stated, with --as-written]
    #[arg(long, value_parser = basis())]
    pub basis: Option<Basis>,
    /// A person or thing that it is about; may be given several times
    #[arg(long = "topic", value_name = "NAME")]
    pub topics: Vec<String>,
    /// The language of the claim [default: the document's; in correct, as before]
    #[arg(long)]
    pub lang: Option<String>,
    /// What you vouch for: that the document says so, or that it is so [default: said; in correct,
    /// as before]
    #[arg(long, value_parser = vouch())]
    pub vouch: Option<Vouch>,
}

impl WordsArgs {
    /// Whether no option is given.
    pub fn is_empty(&self) -> bool {
        self.draft() == Draft::default()
    }

    /// Checks the options of agents.
    ///
    /// Errors: an option such as `--role` is given more often than `--according-to`.
    pub fn check(&self) -> Result<(), CliError> {
        let agents = named(&self.according_to).len();
        let given = [
            ("--agent-type", self.agent_type.len()),
            ("--act", self.act.len()),
            ("--role", self.role.len()),
        ];
        match given.iter().find(|(_, count)| *count > agents) {
            Some((option, count)) => Err(CliError::usage(format!(
                "{option}: expected at most one for each --according-to ({agents}), found \
                 {count}; nothing was written"
            ))),
            None => Ok(()),
        }
    }

    /// Whether `--basis` is given without a date.
    pub fn has_basis_alone(&self) -> bool {
        self.basis.is_some() && self.when.is_none() && self.as_written.is_none()
    }

    /// The fields of a draft.
    pub fn draft(&self) -> Draft {
        let given = |list: &Vec<String>| (!list.is_empty()).then(|| named(list));
        let topic = |name: String| TopicDraft { name: Some(name), id: None };
        let topics = given(&self.topics);
        Draft {
            claim: self.claim.clone(),
            lang: self.lang.clone(),
            vouch: self.vouch,
            attribution: given(&self.according_to).map(|agents| self.hops(agents)),
            when: self.dated(),
            topics: topics.map(|names| names.into_iter().map(topic).collect()),
            ..Draft::default()
        }
    }

    fn hops(&self, agents: Vec<String>) -> Vec<HopDraft> {
        let hop = |(at, agent)| HopDraft {
            agent: Some(agent),
            agent_type: self.agent_type.get(at).copied(),
            act: self.act.get(at).cloned().and_then(filled),
            role: self.role.get(at).cloned().and_then(filled),
            ..HopDraft::default()
        };
        agents.into_iter().enumerate().map(hop).collect()
    }

    fn dated(&self) -> Option<WhenDraft> {
        let (edtf, as_written) = (self.when.clone(), self.as_written.clone());
        let given = edtf.is_some() || as_written.is_some() || self.basis.is_some();
        // An empty value leaves out what a correction would take over.
        given.then_some(WhenDraft { edtf, as_written, basis: self.basis })
    }
}

/// The parser of the reasons of a dispute or a retraction. A reason for corrections only is
/// accepted, so that it gets its own error, but not listed.
fn error() -> impl TypedValueParser<Value = Reason> {
    let hidden = |reason: &Reason| *reason == Reason::MorePrecise;
    let words = Reason::ALL.iter();
    let words = words.map(move |word| PossibleValue::new(word.as_str()).hide(hidden(word)));
    PossibleValuesParser::new(words).try_map(|word| Reason::parse(&word).ok_or("not in the list"))
}

/// The reason of a correction with its statement.
#[derive(Debug, Default, Args)]
pub struct ReasonArgs {
    /// Why
    #[arg(long, value_parser = reason())]
    pub reason: Option<Reason>,
    #[command(flatten)]
    pub said: SaidArgs,
}

/// The reason of a dispute or a retraction with its statement.
#[derive(Debug, Default, Args)]
pub struct ErrorArgs {
    /// Why
    #[arg(long, value_parser = error())]
    pub reason: Option<Reason>,
    #[command(flatten)]
    pub said: SaidArgs,
}

/// What is said of an error beside the reason.
#[derive(Debug, Default, Args)]
pub struct SaidArgs {
    /// Where the error is [default: record; document for source-corrected and source-retracted]
    #[arg(long, value_parser = error_in())]
    pub error_in: Option<ErrorIn>,
    /// Why, in a sentence for readers
    #[arg(long)]
    pub statement: Option<String>,
}

/// The error of `--basis` where there is no date.
pub fn basis_alone() -> CliError {
    CliError::usage(
        "--basis: expected --when or --as-written beside it, found none; nothing was written",
    )
}

/// A value that is not empty.
pub fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn named(list: &[String]) -> Vec<String> {
    list.iter().filter(|name| !name.is_empty()).cloned().collect()
}

/// The reason and statement of a dispute or a retraction, from options or prompts.
pub fn errors(why: &ErrorArgs) -> Result<(Reason, String), CliError> {
    let all: Vec<Reason> =
        Reason::ALL.iter().copied().filter(|reason| *reason != Reason::MorePrecise).collect();
    if why.reason == Some(Reason::MorePrecise) {
        return Err(CliError::usage("--reason: more-precise is for corrections only"));
    }
    let reason = ask::closed_word(why.reason, &all, "reason", "--reason")?;
    let question = "statement (why, in a sentence for readers)";
    let question = LineQuestion::new(question).option("--statement");
    Ok((reason, question.given_or_ask(why.said.statement.clone())?))
}
