//! A database that cannot keep a record, or a role that could change one, is refused with what to
//! change.

use crate::database::PostgresServer;
use annals::database::{Database, DatabaseError};

/// Why the role `desk` may not serve a record here; empty if it may.
fn faults(server: &PostgresServer, role: &str) -> Vec<String> {
    let mut database = Database::connect(&server.address(role)).unwrap();
    match database.expect_fit() {
        Ok(()) => Vec::new(),
        Err(DatabaseError::Unfit { faults, .. }) => faults,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn each_weakness_is_refused_by_name_and_its_mending_is_accepted() {
    let Some(server) = PostgresServer::start() else { return };
    assert_eq!(faults(&server, "desk"), Vec::<String>::new());
    // What is done, what is then said, and how it is undone.
    let cases = [
        (
            "ALTER ROLE desk SET synchronous_commit = off",
            "expected synchronous_commit = on or remote_apply, found off",
            "ALTER ROLE desk RESET synchronous_commit",
        ),
        (
            "ALTER ROLE desk SET synchronous_commit = local",
            "expected synchronous_commit = on or remote_apply, found local",
            "ALTER ROLE desk RESET synchronous_commit",
        ),
        (
            "GRANT DELETE ON annals.event TO desk",
            "may not DELETE event",
            "REVOKE DELETE ON annals.event FROM desk",
        ),
        (
            "GRANT TRUNCATE ON annals.ledger TO desk",
            "may not TRUNCATE ledger",
            "REVOKE TRUNCATE ON annals.ledger FROM desk",
        ),
        (
            "GRANT UPDATE (body) ON annals.event TO desk",
            "may not UPDATE event",
            "REVOKE UPDATE (body) ON annals.event FROM desk",
        ),
        ("GRANT annals_eraser TO desk", "may not UPDATE event", "REVOKE annals_eraser FROM desk"),
        (
            "GRANT UPDATE ON annals.document TO annals_server",
            "may not UPDATE document",
            "REVOKE UPDATE ON annals.document FROM annals_server",
        ),
        (
            "GRANT TRIGGER ON annals.event TO desk",
            "may not TRIGGER event",
            "REVOKE TRIGGER ON annals.event FROM desk",
        ),
        (
            "REVOKE INSERT ON annals.event FROM annals_server",
            "expected the right INSERT on event",
            "GRANT INSERT ON annals.event TO annals_server",
        ),
        (
            "REVOKE UPDATE (head) ON annals.ledger FROM annals_server",
            "expected the right UPDATE (head) on ledger",
            "GRANT UPDATE (head) ON annals.ledger TO annals_server",
        ),
        (
            "ALTER TABLE annals.event DROP CONSTRAINT event_pkey",
            "expected the key event: PRIMARY KEY (ledger, position), found none",
            "ALTER TABLE annals.event ADD PRIMARY KEY (ledger, position)",
        ),
        (
            "ALTER TABLE annals.ledger DROP CONSTRAINT ledger_origin_key",
            "expected the key ledger: UNIQUE (origin), found none",
            "ALTER TABLE annals.ledger ADD UNIQUE (origin)",
        ),
        (
            "ALTER TABLE annals.event ALTER position TYPE numeric",
            "expected the column event.position bigint NOT NULL, found none",
            "ALTER TABLE annals.event ALTER position TYPE bigint",
        ),
        (
            "ALTER TABLE annals.event ADD COLUMN more text",
            "found the column event.more text, expected none",
            "ALTER TABLE annals.event DROP COLUMN more",
        ),
        (
            "ALTER TABLE annals.whole SET UNLOGGED",
            "expected the table whole to be a plain logged table",
            "ALTER TABLE annals.whole SET LOGGED",
        ),
        (
            "ALTER TABLE annals.event ENABLE ROW LEVEL SECURITY",
            "expected the table event without triggers, rules and row security",
            "ALTER TABLE annals.event DISABLE ROW LEVEL SECURITY",
        ),
        (
            "CREATE RULE quiet AS ON INSERT TO annals.event DO INSTEAD NOTHING",
            "expected the table event without triggers, rules and row security",
            "DROP RULE quiet ON annals.event",
        ),
        (
            "CREATE FUNCTION lower() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
             CREATE TRIGGER quiet BEFORE INSERT ON annals.event FOR EACH ROW EXECUTE FUNCTION lower()",
            "expected the table event without triggers, rules and row security",
            "DROP TRIGGER quiet ON annals.event",
        ),
        (
            "ALTER SCHEMA annals RENAME TO other",
            "expected the tables of the schema annals, found none",
            "ALTER SCHEMA other RENAME TO annals",
        ),
    ];
    for (weaken, expected, mend) in cases {
        server.sql(weaken);
        let found = faults(&server, "desk");
        assert!(found.iter().any(|fault| fault.contains(expected)), "{weaken}: {found:#?}");
        server.sql(mend);
        assert_eq!(faults(&server, "desk"), Vec::<String>::new(), "{mend}");
    }
    let owner = faults(&server, "owner");
    assert!(owner[0].contains("found the superuser owner"), "{owner:?}");
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    let Some(server) = PostgresServer::start() else { return };
    server.sql("ALTER SYSTEM SET fsync = off");
    server.sql("ALTER SYSTEM SET full_page_writes = off");
    server.sql("SELECT pg_reload_conf()");
    std::thread::sleep(std::time::Duration::from_millis(300));
    let found = faults(&server, "desk");
    for expected in ["expected fsync = on, found off", "expected full_page_writes = on, found off"]
    {
        assert!(found.iter().any(|fault| fault.contains(expected)), "{expected}: {found:#?}");
    }
}

#[test]
fn a_table_that_is_changed_under_a_connection_is_an_error_and_no_panic() {
    let Some(server) = PostgresServer::start() else { return };
    crate::database::add_empty(&server);
    let mut database = Database::connect(&server.address("desk")).unwrap();
    let id = database.records().unwrap()[0].id;
    server.sql("ALTER TABLE annals.ledger ALTER size TYPE numeric");
    server.sql("ALTER TABLE annals.checkpoint ALTER note TYPE text USING 'text'");
    for failed in [
        database.records().map(drop).unwrap_err(),
        database.head(id).map(drop).unwrap_err(),
        database.settled_head(id).map(drop).unwrap_err(),
        database.note(id).map(drop).unwrap_err(),
    ] {
        assert!(matches!(failed, DatabaseError::Failed { .. }), "{failed}");
    }
}
