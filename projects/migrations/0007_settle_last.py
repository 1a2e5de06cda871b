"""The number of the lists is raised after the checks of foreign keys, not among them.

A transaction that holds the number while such a check waits for a row, and another that holds the row while it waits
for the number, would wait for each other. What is deferred a second time runs after all that was deferred once.
"""

from django.db import migrations

LAST = [
    "ALTER TABLE projects_change ADD COLUMN at_the_end boolean NOT NULL DEFAULT false",
    """
    CREATE OR REPLACE FUNCTION projects_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO projects_change (transaction, times) VALUES (pg_current_xact_id()::text::bigint, 1)
            ON CONFLICT (transaction) DO UPDATE SET times = projects_change.times + 1;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE OR REPLACE FUNCTION projects_settle_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.at_the_end THEN
            DELETE FROM projects_change WHERE transaction = NEW.transaction;
            UPDATE projects_version SET number = number + 1;
        ELSE
            UPDATE projects_change SET at_the_end = true WHERE transaction = NEW.transaction;
        END IF;
        RETURN NULL;
    END
    $$
    """,
    "DROP TRIGGER projects_settle_change ON projects_change",
    """
    CREATE CONSTRAINT TRIGGER projects_settle_change AFTER INSERT OR UPDATE OF at_the_end ON projects_change
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION projects_settle_change()
    """,
]
FIRST = [
    "DROP TRIGGER projects_settle_change ON projects_change",
    """
    CREATE OR REPLACE FUNCTION projects_settle_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM projects_change WHERE transaction = NEW.transaction;
        UPDATE projects_version SET number = number + 1;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE CONSTRAINT TRIGGER projects_settle_change AFTER INSERT ON projects_change
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION projects_settle_change()
    """,
    "ALTER TABLE projects_change DROP COLUMN at_the_end",
]


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_browse")]
    operations = [migrations.RunSQL(LAST, FIRST)]
