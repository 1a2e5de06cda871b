"""Finished pages of visitors, and the number that every change of what they show raises.

A transaction writes down that it has changed something where only it sees it. At its very end, after its own deferred
checks, it raises the shared number: others wait for it no longer than its commit takes, and since the row of the number
is the last thing that anybody locks, nobody waits in a circle. The number is also the time of the change: after an
older state was restored it never comes to one that was there before.
"""

from django.db import migrations

CREATE = [
    "CREATE TABLE ground_version (number bigint NOT NULL)",
    "INSERT INTO ground_version VALUES (1)",
    "CREATE UNLOGGED TABLE ground_change (transaction bigint PRIMARY KEY, at_the_end boolean NOT NULL)",
    """
    CREATE UNLOGGED TABLE ground_finished (
        key bytea PRIMARY KEY, number bigint NOT NULL, expires timestamptz NOT NULL, bytes bytea NOT NULL
    )
    """,
    "ALTER TABLE ground_finished ALTER COLUMN bytes SET STORAGE EXTERNAL",  # compressed already
    """
    CREATE FUNCTION ground_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        own text := pg_current_xact_id()::text;
    BEGIN
        IF current_setting('ground.noted', true) IS DISTINCT FROM own THEN
            INSERT INTO ground_change VALUES (own::bigint, false) ON CONFLICT DO NOTHING;
            PERFORM set_config('ground.noted', own, true);
        END IF;
        RETURN NULL;
    END
    $$
    """,
    # Deferred twice: what is deferred first runs before the checks of foreign keys that were deferred after it.
    """
    CREATE FUNCTION ground_settle_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.at_the_end THEN
            DELETE FROM ground_change WHERE transaction = NEW.transaction;
            PERFORM set_config('ground.noted', '', true);
            UPDATE ground_version
                SET number = greatest(number + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
        ELSE
            UPDATE ground_change SET at_the_end = true WHERE transaction = NEW.transaction;
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE CONSTRAINT TRIGGER ground_settle_change AFTER INSERT OR UPDATE ON ground_change
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ground_settle_change()
    """,
]
DROP = [
    "DROP TABLE ground_finished",
    "DROP TABLE ground_change",
    "DROP TABLE ground_version",
    "DROP FUNCTION ground_note_change()",
    "DROP FUNCTION ground_settle_change()",
]


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(CREATE, DROP)]
