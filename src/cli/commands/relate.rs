//! `annals relate`: relates two facts, or withdraws a relation.
//!
//! Always holds: in a relation without direction the earlier fact comes first. Not here: which
//! relations are in force (`fold`).

use crate::cli::shared::{SubmitOptions, WriteArgs, expect_legal, fields, submit_typed};
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Command, Context, Exit, Format, Group, formats};
use crate::ledger::write::draft::{Draft, Name};
use annals_core::event::vocabulary::{Relation, Type};
use clap::Args;

/// Relate two facts, or withdraw a relation
///
/// annals relate 10 contradicts 17; annals relate --withdraw 23 --statement "…"
#[derive(Debug, Args)]
pub struct RelateArgs {
    /// Position of the fact that is related
    #[arg(required_unless_present = "withdraw", conflicts_with = "withdraw")]
    from: Option<u64>,
    /// How it stands to the other
    #[arg(required_unless_present = "withdraw", value_parser = fields::relation())]
    rel: Option<Relation>,
    /// Position of the other fact
    #[arg(required_unless_present = "withdraw")]
    to: Option<u64>,
    /// Withdraw the relation at this position
    #[arg(long, value_name = "POSITION")]
    withdraw: Option<u64>,
    /// Why, in a sentence for readers
    #[arg(long)]
    statement: Option<String>,
    #[command(flatten)]
    write: WriteArgs,
}

impl Command for RelateArgs {
    const GROUP: Group = Group::Editor;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: RelateArgs) -> Result<Exit, CliError> {
    context.begin_write(args.write.dry_run)?;
    let draft = match args.withdraw {
        Some(relation) => {
            let question = "statement (why the relation is withdrawn)";
            let draft = Draft {
                kind: Some(Type::RelationWithdrawn),
                relation: Some(Name::Position(relation)),
                statement: args.statement.clone(),
                ..Draft::default()
            };
            expect_legal(context, draft.clone(), &args.write)?;
            let statement = Some(
                LineQuestion::new(question).option("--statement").given_or_ask(args.statement)?,
            );
            Draft { statement, ..draft }
        }
        None => {
            let (from, to) = in_order(args.rel, args.from, args.to);
            Draft {
                kind: Some(Type::FactRelated),
                from: from.map(Name::Position),
                rel: args.rel,
                to: to.map(Name::Position),
                statement: args.statement,
                ..Draft::default()
            }
        }
    };
    submit_typed(context, draft, &SubmitOptions::of(&args.write))
}

/// Both facts: the earlier one first if the relation has no direction.
fn in_order(
    rel: Option<Relation>,
    from: Option<u64>,
    to: Option<u64>,
) -> (Option<u64>, Option<u64>) {
    match rel {
        Some(Relation::SameAs | Relation::Contradicts) if from > to => (to, from),
        _ => (from, to),
    }
}
