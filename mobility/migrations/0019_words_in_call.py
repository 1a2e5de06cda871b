"""Words are found within their call, and states beside the rules: made beside the running portal."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from mobility.models.in_call import InCall

IN_CALL = """
    CREATE FUNCTION mobility_in_call(call bigint, words tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT array_to_tsvector(array_agg('c' || call || 'z' || lexeme)) FROM unnest(words)
    $$
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mobility", "0018_decision_day")]

    operations = [
        migrations.RunSQL(IN_CALL, "DROP FUNCTION mobility_in_call(bigint, tsvector)"),
        AddIndexConcurrently(
            model_name="application", index=GinIndex(InCall(models.F("call_id"), models.F("search")), name="mobility_application_in_call")
        ),
        AddIndexConcurrently(
            model_name="application",
            index=models.Index(fields=["call", "status", "findings"], name="mobility_application_by_rules"),
        ),
        RemoveIndexConcurrently(model_name="application", name="mobility_application_search"),
        RemoveIndexConcurrently(model_name="application", name="mobility_application_by_call"),
    ]
