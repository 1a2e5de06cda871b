"""People ask for their role at a university themselves; the university answers."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0008_identifiers_checked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JoinChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('later', 'Later'), ('other', 'Another role'), ('none', 'No role needed')], max_length=5, verbose_name='choice')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='join_choice', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'answer to “Your university”',
                'verbose_name_plural': 'answers to “Your university”',
            },
        ),
        migrations.CreateModel(
            name='AppointmentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('role', models.CharField(choices=[('student', 'Student'), ('staff_traveller', 'Staff traveller')], max_length=24, verbose_name='role')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('status', models.CharField(choices=[('waiting', 'Waits for an answer'), ('granted', 'Granted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10, verbose_name='status')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by')),
                ('university', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointment_requests', to='members.university', verbose_name='university')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='appointment_requests', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'request for a role',
                'verbose_name_plural': 'requests for roles',
                'ordering': ['-made_at'],
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['university', 'made_at'], name='members_request_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('user', 'university', 'role'), name='members_request_one_waiting', violation_error_message='This request waits for an answer already.'), models.CheckConstraint(condition=models.Q(('role__in', ['student', 'staff_traveller'])), name='members_request_role'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True), ('status', 'waiting')), models.Q(('settled_at__isnull', False), ('status__in', ['granted', 'refused', 'withdrawn'])), _connector='OR'), name='members_request_settled'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'refused')), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('status', 'refused'), _negated=True), ('reason', '')), _connector='OR'), name='members_request_reason', violation_error_message='Say why: the person reads it.')],
            },
        ),
    ]
