"""What must never be false of events."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("news", "0007_events_backfilled")]
    operations = [
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('is_online', True), ('link', ''), _connector='OR'), name='news_event_link_online', violation_error_message='Only an event that takes place online has a link for joining.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('series', 'occurrence_on'), name='news_event_occurrence_once', violation_error_message='The series has this date already.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('series__isnull', True), ('occurrence_on__isnull', False), _connector='OR'), name='news_event_occurrence_date', violation_error_message='An event of a series has the date that the rule gave it.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ['desk', 'new', 'registrations']), _negated=True), name='news_event_slug_free', violation_error_message='This address is taken by the portal. Choose another one.'),
        ),
    ]
