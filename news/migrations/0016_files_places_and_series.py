"""Events have files, drafts of their form, a place on the map and reasons why they came back; a series knows its changes."""

import django.core.validators
import django.db.models.deletion
import django_countries.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_watched'),
        ('members', '0016_found_before'),
        ('mobility', '0016_found_before'),
        ('news', '0015_lead'),
        ('projects', '0009_found_before'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SeriesChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('before', models.JSONField(default=dict, verbose_name='rule before')),
                ('dates', models.JSONField(default=list, verbose_name='what became of each date')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
            ],
            options={
                'verbose_name': 'change of a series',
                'verbose_name_plural': 'changes of series',
                'ordering': ['-pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='itemdraft',
            options={'ordering': ['-saved_at', '-pk'], 'verbose_name': "draft of an article's or event's form", 'verbose_name_plural': "drafts of articles' and events' forms"},
        ),
        migrations.AddField(
            model_name='attachment',
            name='event',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='news.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='event',
            name='city',
            field=models.CharField(blank=True, help_text='By which the map of the portal finds the place.', max_length=100, verbose_name='city'),
        ),
        migrations.AddField(
            model_name='event',
            name='country',
            field=django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country'),
        ),
        migrations.AddField(
            model_name='event',
            name='latitude',
            field=models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='latitude'),
        ),
        migrations.AddField(
            model_name='event',
            name='longitude',
            field=models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='longitude'),
        ),
        migrations.AddField(
            model_name='event',
            name='returned_because',
            field=models.TextField(blank=True, default='', editable=False, max_length=1000, verbose_name='why it was sent back'),
        ),
        migrations.AddField(
            model_name='itemdraft',
            name='event',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='form_drafts', to='news.event', verbose_name='event'),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='news.newsitem', verbose_name='news item'),
        ),
        migrations.AlterField(
            model_name='itemdraft',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='form_drafts', to='news.newsitem', verbose_name='news item'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('event__isnull', True), ('item__isnull', False)), models.Q(('event__isnull', False), ('item__isnull', True)), _connector='OR'), name='news_attachment_of_one', violation_error_message='A file belongs to a news item or to an event.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='news_event_coordinates', violation_error_message='Coordinates come in pairs: latitude −90 to 90, longitude −180 to 180.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('city', ''), models.Q(('country', ''), _negated=True), _connector='OR'), name='news_event_city_in_country', violation_error_message='Say in which country the city is.'),
        ),
        migrations.AddConstraint(
            model_name='itemdraft',
            constraint=models.UniqueConstraint(fields=('user', 'event'), name='news_event_draft_once'),
        ),
        migrations.AddConstraint(
            model_name='itemdraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('event__isnull', True), ('item__isnull', False)), models.Q(('event__isnull', False), ('item__isnull', True)), _connector='OR'), name='news_draft_of_one', violation_error_message='A draft belongs to a news item or to an event.'),
        ),
        migrations.AddField(
            model_name='serieschange',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='serieschange',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='news.series', verbose_name='series of events'),
        ),
        migrations.AddField(
            model_name='serieschange',
            name='went_on_as',
            field=models.ForeignKey(blank=True, help_text='The series of the later dates, where the earlier ones keep the old rule.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='begun_by', to='news.series', verbose_name='went on as'),
        ),
    ]
