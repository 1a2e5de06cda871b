"""Browsing: keys that order by title, indexes for the list's orders, filters and counts, and a number that every
change of what the list shows raises.

The number is what cached counts are kept under. A transaction writes down its own changes where only it sees them, and
raises the shared number at its very end, so that a long import keeps nobody waiting.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from projects.models.project import title_keys

BATCH = 2000
# Tables whose rows the list shows or counts.
WATCHED = (
    "projects_project", "projects_fundingline", "projects_department", "projects_partnership", "projects_milestone",
    "projects_sharing", "projects_programme", "members_organisation", "members_organisationalunit",
    "members_university",
)  # fmt: skip
CREATE = [
    "CREATE TABLE projects_version (number bigint NOT NULL)",
    "INSERT INTO projects_version VALUES (1)",
    "CREATE TABLE projects_change (transaction bigint PRIMARY KEY, times integer NOT NULL)",
    """
    CREATE FUNCTION projects_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO projects_change VALUES (pg_current_xact_id()::text::bigint, 1)
            ON CONFLICT (transaction) DO UPDATE SET times = projects_change.times + 1;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE FUNCTION projects_settle_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
    *(
        f"CREATE TRIGGER projects_note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION projects_note_change()"
        for table in WATCHED
    ),
]
# How often a word occurs decides between the index of words and the order of the list: know it for many words.
KNOW_WORDS = "ALTER TABLE projects_project ALTER COLUMN search SET STATISTICS 1000"
FORGET_WORDS = "ALTER TABLE projects_project ALTER COLUMN search SET STATISTICS -1"
DROP = [
    *(f"DROP TRIGGER projects_note_change ON {table}" for table in WATCHED),
    "DROP TABLE projects_change",
    "DROP TABLE projects_version",
    "DROP FUNCTION projects_note_change()",
    "DROP FUNCTION projects_settle_change()",
]
FILL = """
    UPDATE projects_project SET title_key_en = given.english, title_key_lt = given.lithuanian
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given(id, english, lithuanian)
    WHERE projects_project.id = given.id
"""


def fill(apps, schema_editor):
    """Give the projects that are there their keys, some at a time; a second run goes on where the first ended."""
    rows = apps.get_model("projects", "Project")._base_manager.filter(title_key_en="").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "title_en", "title_lt")[:BATCH]):
        keys = [title_keys(english, lithuanian) for _pk, english, lithuanian in batch]
        columns = [[pk for pk, *_titles in batch]]
        columns += [[key[name] for key in keys] for name in ("title_key_en", "title_key_lt")]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(FILL, columns)
        last = batch[-1][0]


def key_field():
    return models.CharField(db_collation="C", db_default="", default="", editable=False, max_length=250)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("members", "0002_sensible_years"), ("projects", "0005_bulk_jobs")]
    operations = [
        migrations.AddField("project", "title_key_en", key_field()),
        migrations.AddField("project", "title_key_lt", key_field()),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(KNOW_WORDS, FORGET_WORDS),
        *(
            AddIndexConcurrently(model, index)
            for model, index in [
                ("project", models.Index(
                    models.F("starts_on").desc(), models.F("id").desc(), name="projects_project_newest")),
                ("project", models.Index(fields=["title_key_en", "id"], name="projects_project_title_en")),
                ("project", models.Index(fields=["title_key_lt", "id"], name="projects_project_title_lt")),
                ("project", models.Index(
                    fields=["publication", "id"], include=["lead", "starts_on", "ends_on"],
                    name="projects_project_counted")),
                ("fundingline", models.Index(
                    fields=["programme", "project"], name="projects_funding_by_programme")),
                ("department", models.Index(fields=["unit", "project"], name="projects_department_by_unit")),
                ("partnership", models.Index(
                    fields=["organisation", "project"], name="projects_partner_by_org")),
            ]
        ),
    ]  # fmt: skip
