"""The newsletter: subscriptions, issues, and what is told at once."""

import django.db.models.deletion
import ground.validators
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0016_found_before'),
        ('mobility', '0016_found_before'),
        ('news', '0011_found_before'),
        ('notifications', '0002_settled'),
        ('projects', '0009_found_before'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noted_at', models.DateTimeField(verbose_name='published at')),
                ('cursor', models.BigIntegerField(default=0, verbose_name='the last subscription that was told')),
                ('told', models.PositiveIntegerField(default=0, verbose_name='letters')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
            ],
            options={
                'verbose_name': 'text told at once',
                'verbose_name_plural': 'texts told at once',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField(blank=True, editable=False, null=True, unique=True, verbose_name='number')),
                ('subject', models.CharField(blank=True, max_length=150, verbose_name='subject')),
                ('subject_en', models.CharField(blank=True, max_length=150, null=True, verbose_name='subject')),
                ('subject_lt', models.CharField(blank=True, max_length=150, null=True, verbose_name='subject')),
                ('introduction', models.TextField(blank=True, max_length=2000, verbose_name='introduction')),
                ('introduction_en', models.TextField(blank=True, max_length=2000, null=True, verbose_name='introduction')),
                ('introduction_lt', models.TextField(blank=True, max_length=2000, null=True, verbose_name='introduction')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('sending', 'Being sent'), ('sent', 'Sent'), ('stopped', 'Stopped')], default='draft', max_length=10, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('send_at', models.DateTimeField(blank=True, null=True, validators=[ground.validators.sensible_year], verbose_name='to be sent at')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='sending began at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='sending ended at')),
                ('audience', models.PositiveIntegerField(default=0, verbose_name='subscribers when sending began')),
                ('looked_at', models.PositiveIntegerField(default=0, verbose_name='subscribers looked at')),
                ('cursor', models.BigIntegerField(default=0, editable=False)),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
            ],
            options={
                'verbose_name': 'issue of the newsletter',
                'verbose_name_plural': 'issues of the newsletter',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='IssueCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'copy of an issue',
                'verbose_name_plural': 'copies of issues',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='IssueEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('told', models.JSONField(blank=True, default=dict, verbose_name='as it was sent')),
            ],
            options={
                'verbose_name': 'text in an issue',
                'verbose_name_plural': 'texts in issues',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('digest', models.CharField(editable=False, max_length=64, verbose_name='fingerprint of the address')),
                ('language', models.CharField(choices=[('en', 'English'), ('lt', 'Lietuvių')], default='en', max_length=2, verbose_name='language')),
                ('rhythm', models.CharField(choices=[('weekly', 'A weekly letter'), ('at_once', 'At once, each item by itself')], default='weekly', max_length=10, verbose_name='how often')),
                ('alliance', models.BooleanField(default=False, verbose_name='what the alliance itself tells')),
                ('state', models.CharField(choices=[('unconfirmed', 'Address not confirmed'), ('live', 'Subscribed'), ('ended', 'Stopped')], default='unconfirmed', max_length=12, verbose_name='state')),
                ('created_at', models.DateTimeField(verbose_name='made at')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked to confirm at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped at')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
            ],
            options={
                'verbose_name': 'subscription of the newsletter',
                'verbose_name_plural': 'subscriptions of the newsletter',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='announcement',
            name='event',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='announcement', to='news.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='item',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='announcement', to='news.newsitem', verbose_name='news item'),
        ),
        migrations.AddField(
            model_name='issue',
            name='changed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by'),
        ),
        migrations.AddField(
            model_name='issuecopy',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='copies', to='news.issue', verbose_name='issue'),
        ),
        migrations.AddField(
            model_name='issuecopy',
            name='message',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notifications.message', verbose_name='message'),
        ),
        migrations.AddField(
            model_name='issueentry',
            name='event',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='issueentry',
            name='issue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='news.issue', verbose_name='issue'),
        ),
        migrations.AddField(
            model_name='issueentry',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.newsitem', verbose_name='news item'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='topics',
            field=models.ManyToManyField(blank=True, related_name='+', to='news.topic', verbose_name='topics'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='universities',
            field=models.ManyToManyField(blank=True, related_name='+', to='members.university', verbose_name='universities'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='newsletters', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='issuecopy',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='news.subscription', verbose_name='subscription'),
        ),
        migrations.AddIndex(
            model_name='announcement',
            index=models.Index(condition=models.Q(('done_at__isnull', True)), fields=['id'], name='news_announcement_waiting'),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.CheckConstraint(condition=models.Q(('item__isnull', True), ('event__isnull', True), _connector='XOR'), name='news_announcement_one_text', violation_error_message='Either a news item or an event is told.'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', True), ('started_at__isnull', True), ('state__in', ['draft', 'scheduled'])), models.Q(('number__isnull', False), ('started_at__isnull', False), ('state__in', ['sending', 'sent', 'stopped'])), _connector='OR'), name='news_issue_begun', violation_error_message='An issue has a number from the moment its sending begins.'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'scheduled'), _negated=True), ('send_at__isnull', False), _connector='OR'), name='news_issue_scheduled', violation_error_message='Say when the issue is sent.'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ['sent', 'stopped'])), models.Q(models.Q(('state__in', ['sent', 'stopped']), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='news_issue_ended_pair', violation_error_message='Sending that ended has the moment, and no other has one.'),
        ),
        migrations.AddConstraint(
            model_name='issueentry',
            constraint=models.CheckConstraint(condition=models.Q(('item__isnull', True), ('event__isnull', True), _connector='XOR'), name='news_issueentry_one_text', violation_error_message='Either a news item or an event stands here.'),
        ),
        migrations.AddConstraint(
            model_name='issueentry',
            constraint=models.UniqueConstraint(fields=('issue', 'item'), name='news_issueentry_item_once'),
        ),
        migrations.AddConstraint(
            model_name='issueentry',
            constraint=models.UniqueConstraint(fields=('issue', 'event'), name='news_issueentry_event_once'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('state', 'live')), fields=['rhythm', 'id'], name='news_subscription_live'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(fields=('digest',), name='news_subscription_address_once', violation_error_message='This address is subscribed already.'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'live'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='news_subscription_confirmed', violation_error_message='Somebody who gets letters has confirmed the address.'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='news_subscription_ended_pair', violation_error_message='A subscription that was stopped has the moment, and no other has one.'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'unconfirmed'), _negated=True), ('asked_at__isnull', False), _connector='OR'), name='news_subscription_asked', violation_error_message='An address that is not confirmed was asked.'),
        ),
        migrations.AddConstraint(
            model_name='issuecopy',
            constraint=models.UniqueConstraint(fields=('issue', 'subscription'), name='news_issuecopy_once', violation_error_message='This subscriber has the issue already.'),
        ),
    ]
