"""What must never be false of calls, places and applications."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mobility', '0005_backfilled'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviews_done', 0), ('score__isnull', True), ('spread__isnull', True)), models.Q(('reviews_done__gt', 0), ('score__isnull', False), ('score__range', (0, 100)), ('spread__isnull', False), ('spread__range', (0, 100))), _connector='OR'), name='mobility_application_score'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('gender__isnull', True), ('gender__in', [1, 2, 9]), _connector='OR'), name='mobility_application_gender'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('earlier_months__isnull', True), ('earlier_months__range', (0, 99)), _connector='OR'), models.Q(('hours__isnull', True), ('hours__range', (0, 999)), _connector='OR'), models.Q(('planned_days__isnull', True), ('planned_days__range', (1, 366)), _connector='OR')), name='mobility_application_numbers'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('publication__in', ['draft', 'published', 'archived'])), name='mobility_call_publication'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('academic_year__regex', '^20[0-9]{2}/20[0-9]{2}$')), name='mobility_call_year', violation_error_message='Write the year like 2026/2027.'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('terms__contained_by', ['autumn', 'spring', 'year', 'summer'])), name='mobility_call_terms'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('programme_ends_on__isnull', True), ('programme_starts_on__isnull', True)), models.Q(('programme_ends_on__gte', models.F('programme_starts_on')), ('programme_ends_on__isnull', False), ('programme_starts_on__isnull', False)), _connector='OR'), name='mobility_call_programme', violation_error_message='The days abroad need a first and a last one, in this order.'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'intensive'), models.Q(('minimum_participants__isnull', True), ('programme_starts_on__isnull', True)), _connector='OR'), name='mobility_call_programme_of_intensive', violation_error_message='Only a blended intensive programme has days abroad and participants needed.'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('appeal_days__range', (0, 60)), ('offer_days__range', (1, 60)), ('reviewers_wanted__range', (0, 9))), name='mobility_call_numbers', violation_error_message='One of the numbers of the call is too large or too small.'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__lte', 999)), name='mobility_place_seats', violation_error_message='A place has 999 seats at most.'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.CheckConstraint(condition=models.Q(('condition__isnull', True), ('origin__isnull', False), _connector='OR'), name='mobility_place_origin'),
        ),
    ]
