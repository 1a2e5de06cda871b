"""Indexes of the coordinator's table, made beside the running portal."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('mobility', '0007_refereed'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(fields=['call', 'reference', 'id'], name='mobility_application_by_ref'),
        ),
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(models.F('call'), models.OrderBy(models.F('score'), descending=True, nulls_last=True), models.F('submitted_at'), models.F('id'), name='mobility_application_by_score'),
        ),
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(fields=['call', 'status', 'submitted_at', 'id'], name='mobility_application_by_state'),
        ),
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(fields=['call', 'sent_host', 'submitted_at', 'id'], name='mobility_application_by_host'),
        ),
        AddIndexConcurrently(
            model_name='application',
            index=models.Index(fields=['call', 'sent_field', 'submitted_at', 'id'], name='mobility_application_by_field'),
        ),
        AddIndexConcurrently(
            model_name='application',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='mobility_application_search'),
        ),
        AddIndexConcurrently(
            model_name='place',
            index=models.Index(condition=models.Q(('origin__isnull', False)), fields=['origin'], name='mobility_place_by_origin'),
        ),
    ]
