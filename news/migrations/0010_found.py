"""News and events forgive a wrong letter in a word of a title."""

from django.db import migrations

from ground.finding import Source, find

FOUND = [
    Source("news_newsitem", "news", names=("title_en", "title_lt"), entered=False),
    Source("news_event", "event", names=("title_en", "title_lt"), entered=False),
]


class Migration(migrations.Migration):
    dependencies = [("news", "0009_seats_counted"), ("ground", "0002_finding")]
    operations = [find(*FOUND)]
