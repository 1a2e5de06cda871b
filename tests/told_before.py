"""How kinds of dates are asked in tests: what is told at a moment, and by which way the database finds what is due."""

import datetime as dt
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from ground import clock
from notifications import planner, reminders
from notifications.models import Message
from notifications.models.message import recipient_of


def told_at(moment, kind):
    """Who is told of dates of `kind` at `moment`, when the planner runs three times."""
    with reminders.only(kind), clock.one_moment(moment):
        before = set(Message.objects.values_list("pk", flat=True))
        for _time in range(3):
            planner.plan(moment)
            planner.release(moment)
        return sorted(Message.objects.exclude(pk__in=before).values_list("recipient", flat=True))


def recipients(*people):
    return sorted(recipient_of(person) for person in people)


# No statistics, and very many rows where there is one: else any index of a table of one row would do, and which one
# is taken would hang on when the database last looked at its tables.
_LARGE = """
    DELETE FROM pg_statistic USING pg_class
     WHERE starelid = pg_class.oid AND relnamespace = 'public'::regnamespace;
    UPDATE pg_class
       SET reltuples = CASE WHEN pg_relation_size(oid) > 0 THEN 100000 ELSE -1 END,
           relpages = pg_relation_size(oid) / 8192
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace;
"""


def way_to(kind, day):
    """How the database finds what is due about `day`, were the tables large; rolled back with the test."""
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    with clock.one_moment(noon), CaptureQueriesContext(connection) as asked:
        list(kind.due(day, day + dt.timedelta(days=30)))
    sql = re.sub(r"^DECLARE .*? FOR ", "", asked.captured_queries[0]["sql"], flags=re.DOTALL)
    with connection.cursor() as cursor:
        cursor.execute(_LARGE)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
