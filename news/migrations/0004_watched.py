"""Pictures, old addresses and universities of news stand on visitors' pages; what is there was changed when published."""

from django.db import migrations

from ground.watching import watch


class Migration(migrations.Migration):
    dependencies = [("news", "0003_articles"), ("ground", "0001_finished")]
    operations = [
        migrations.RunSQL(
            "UPDATE news_newsitem SET changed_at = coalesce(published_at, now()) WHERE changed_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "UPDATE news_newsitem SET partner_id = NULL WHERE partner_id IS NOT NULL AND university_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        watch("news_picture", "news_oldaddress", "news_newsitem_universities"),
    ]
