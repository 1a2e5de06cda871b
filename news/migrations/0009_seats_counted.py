"""The database counts who is in at an event, whoever writes the rows; and what visitors read of events is watched."""

from django.db import migrations

from ground.watching import watch

COUNT = """
CREATE FUNCTION news_count_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.state = 'in' THEN 1 ELSE 0 END;
    is_now integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.state = 'in' THEN 1 ELSE 0 END;
BEGIN
    IF was <> is_now THEN
        UPDATE news_admission SET taken = taken + is_now - was WHERE event_id = COALESCE(NEW.event_id, OLD.event_id);
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER news_count_seats AFTER INSERT OR UPDATE OF state OR DELETE ON news_registration
FOR EACH ROW EXECUTE FUNCTION news_count_seats()
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0008_events_constrained"), ("ground", "0001_finished")]
    operations = [
        migrations.RunSQL(COUNT, "DROP FUNCTION news_count_seats()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER news_count_seats ON news_registration"),
        watch(
            "news_admission", "news_programmeitem", "news_speaker", "news_series", "news_event_calls",
            "news_event_universities",
        ),
    ]
