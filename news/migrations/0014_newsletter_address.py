"""No article has the newsletter's address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0013_newsletter_backfilled")]
    operations = [
        migrations.RemoveConstraint(
            model_name='newsitem',
            name='news_item_slug_free',
        ),
        migrations.AddConstraint(
            model_name='newsitem',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ['desk', 'edit', 'feed', 'links', 'new', 'newsletter', 'pasted', 'preview', 'text', 'topics']), _negated=True), name='news_item_slug_free', violation_error_message='This address is taken by the portal. Choose another one.'),
        ),
    ]
