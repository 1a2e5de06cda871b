"""What was published before isn't told at once any more, and no article stands where the newsletter does."""

from django.db import migrations

# An article that waits for its moment is told when it comes.
TOLD = """
INSERT INTO news_announcement (item_id, noted_at, cursor, told, done_at)
SELECT id, published_at, 0, 0, CASE WHEN publication = 'published' AND published_at > now() THEN NULL ELSE now() END
FROM news_newsitem WHERE published_at IS NOT NULL;
INSERT INTO news_announcement (event_id, noted_at, cursor, told, done_at)
SELECT id, now(), 0, 0, now() FROM news_event WHERE publication IN ('published', 'archived');
"""
MOVED = """
UPDATE news_newsitem SET slug = 'newsletter-' || left(replace(uuid::text, '-', ''), 8) WHERE slug = 'newsletter';
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0012_newsletter")]
    operations = [
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
    ]
