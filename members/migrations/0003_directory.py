import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import ground.validators
import members.models.exchange
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_sensible_years'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='duty',
            field=models.CharField(choices=[('institutional', 'Institutional coordinator'), ('agreements', 'Agreements'), ('outgoing', 'Outgoing students'), ('incoming', 'Incoming students'), ('staff', 'Staff mobility'), ('admission', 'Admission and applications'), ('housing', 'Housing'), ('visa', 'Visa'), ('insurance', 'Insurance'), ('inclusion', 'Accessibility and inclusion'), ('other', 'Other')], db_default='other', default='other', max_length=14, verbose_name='duty'),
        ),
        migrations.AddField(
            model_name='contact',
            name='family_name',
            field=models.CharField(blank=True, db_default='', max_length=100, verbose_name='family name'),
        ),
        migrations.AddField(
            model_name='contact',
            name='given_name',
            field=models.CharField(blank=True, db_default='', max_length=100, verbose_name='given name'),
        ),
        migrations.AddField(
            model_name='university',
            name='fields',
            field=models.ManyToManyField(blank=True, related_name='universities', to='members.fieldofeducation', verbose_name='fields of education'),
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('in_force', 'In force'), ('terminated', 'Terminated'), ('expired', 'Expired'), ('abandoned', 'Abandoned')], default='proposed', max_length=12, verbose_name='status')),
                ('ends_after', models.CharField(blank=True, max_length=9, validators=[members.models.exchange.academic_year], verbose_name='ends after')),
                ('notice_on', models.DateField(blank=True, null=True, verbose_name='notice given on')),
                ('notice_reason', models.TextField(blank=True, verbose_name='reason of the notice')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('notice_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.university', verbose_name='notice given by')),
            ],
            options={
                'verbose_name': 'inter-institutional agreement',
                'verbose_name_plural': 'inter-institutional agreements',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='AgreementSide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('place', models.PositiveSmallIntegerField(choices=[(1, 'Proposing side'), (2, 'Partner')], verbose_name='side')),
                ('code', models.CharField(blank=True, help_text='Under which this university files the agreement.', max_length=64, verbose_name='own code')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sides', to='members.agreement', verbose_name='agreement')),
                ('university', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreement_sides', to='members.university', verbose_name='university')),
            ],
            options={
                'verbose_name': 'side of an agreement',
                'verbose_name_plural': 'sides of agreements',
                'ordering': ['agreement', 'place'],
            },
        ),
        migrations.CreateModel(
            name='AgreementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent'), ('approved_one', 'Approved by one side'), ('in_force', 'In force'), ('superseded', 'Replaced by a later version'), ('returned', 'Returned'), ('withdrawn', 'Withdrawn')], default='draft', max_length=12, verbose_name='status')),
                ('first_year', models.CharField(max_length=9, validators=[members.models.exchange.academic_year], verbose_name='from academic year')),
                ('last_year', models.CharField(max_length=9, validators=[members.models.exchange.academic_year], verbose_name='to academic year')),
                ('reason', models.TextField(blank=True, verbose_name='what changes and why')),
                ('remarks', models.TextField(blank=True, verbose_name='further terms')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('sent_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='sent at')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64, verbose_name='fingerprint')),
                ('approved_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='approved by both at')),
                ('closing_note', models.TextField(blank=True, verbose_name='why it was returned or withdrawn')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='members.agreement', verbose_name='agreement')),
                ('author_side', models.ForeignKey(help_text='The university whose coordinator wrote this version.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.university', verbose_name='written by')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'version of an agreement',
                'verbose_name_plural': 'versions of agreements',
                'ordering': ['agreement', '-number'],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='current',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.agreementversion', verbose_name='version in force'),
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('digest', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('by_name', models.CharField(max_length=200, verbose_name='name')),
                ('signed_by', models.CharField(blank=True, max_length=200, verbose_name='signed by')),
                ('signed_on', models.DateField(blank=True, null=True, validators=[ground.validators.sensible_year], verbose_name='signed on')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('side', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.agreementside', verbose_name='side')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='members.agreementversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='CharterRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('content', models.BinaryField(default=bytes, verbose_name='content')),
                ('status', models.CharField(choices=[('checked', 'Checked'), ('taken', 'Taken over'), ('discarded', 'Discarded')], default='checked', max_length=10, verbose_name='status')),
                ('counts', models.JSONField(default=dict, verbose_name='what it does')),
                ('changes', models.JSONField(default=list, verbose_name='changes')),
                ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'release of the charter list',
                'verbose_name_plural': 'releases of the charter list',
                'ordering': ['-uploaded_at'],
            },
        ),
        migrations.CreateModel(
            name='Condition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('kind', models.CharField(choices=[('student_studies', 'Student studies'), ('student_traineeship', 'Student traineeship'), ('staff_teaching', 'Staff teaching'), ('staff_training', 'Staff training')], max_length=20, verbose_name='kind')),
                ('first_year', models.CharField(max_length=9, validators=[members.models.exchange.academic_year], verbose_name='from academic year')),
                ('last_year', models.CharField(max_length=9, validators=[members.models.exchange.academic_year], verbose_name='to academic year')),
                ('levels', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(5, 'Short cycle (EQF 5)'), (6, 'Bachelor (EQF 6)'), (7, 'Master (EQF 7)'), (8, 'Doctoral (EQF 8)')]), blank=True, default=list, size=None, verbose_name='levels')),
                ('places', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(999)], verbose_name='places a year')),
                ('months', models.DecimalField(blank=True, decimal_places=2, help_text='For students: of all places together.', max_digits=6, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='months a year in all')),
                ('days', models.DecimalField(blank=True, decimal_places=2, help_text='For staff: of all places together.', max_digits=6, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='days a year in all')),
                ('blended', models.BooleanField(default=False, verbose_name='blended exchanges too')),
                ('remarks', models.TextField(blank=True, verbose_name='further terms')),
                ('receiving', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.university', verbose_name='receives')),
                ('receiving_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisationalunit', verbose_name='receiving unit')),
                ('sending', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.university', verbose_name='sends')),
                ('sending_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisationalunit', verbose_name='sending unit')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conditions', to='members.agreementversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'condition',
                'verbose_name_plural': 'conditions',
                'ordering': ['version', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ConditionField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clarification', models.CharField(blank=True, max_length=200, verbose_name='more exactly')),
                ('condition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='members.condition', verbose_name='condition')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.fieldofeducation', verbose_name='field')),
            ],
            options={
                'verbose_name': 'field of a condition',
                'verbose_name_plural': 'fields of conditions',
                'ordering': ['condition', 'field'],
            },
        ),
        migrations.CreateModel(
            name='ConditionLanguage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=3, verbose_name='language')),
                ('level', models.CharField(choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2')], max_length=2, verbose_name='level')),
                ('condition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='languages', to='members.condition', verbose_name='condition')),
                ('field', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.fieldofeducation', verbose_name='only for the field')),
            ],
            options={
                'verbose_name': 'language of a condition',
                'verbose_name_plural': 'languages of conditions',
                'ordering': ['condition', 'language'],
            },
        ),
        migrations.CreateModel(
            name='EmailDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253, unique=True, verbose_name='e-mail domain')),
                ('university', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='email_domains', to='members.university', verbose_name='university')),
            ],
            options={
                'verbose_name': 'e-mail domain',
                'verbose_name_plural': 'e-mail domains',
                'ordering': ['domain'],
            },
        ),
        migrations.CreateModel(
            name='Factsheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.CharField(max_length=9, validators=[members.models.exchange.academic_year], verbose_name='academic year')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
                ('decision_weeks', models.PositiveSmallIntegerField(blank=True, help_text='Erasmus+ partners expect five weeks at most.', null=True, validators=[django.core.validators.MaxValueValidator(52)], verbose_name='weeks until the decision on an application')),
                ('transcript_weeks', models.PositiveSmallIntegerField(blank=True, help_text='After the results are known; five weeks at most.', null=True, validators=[django.core.validators.MaxValueValidator(52)], verbose_name='weeks until the transcript of records')),
                ('application', models.TextField(blank=True, verbose_name='how to apply')),
                ('application_en', models.TextField(blank=True, null=True, verbose_name='how to apply')),
                ('application_lt', models.TextField(blank=True, null=True, verbose_name='how to apply')),
                ('application_website', models.URLField(blank=True, max_length=300, verbose_name='application website')),
                ('courses_website', models.URLField(blank=True, max_length=300, verbose_name='course catalogue')),
                ('calendar_website', models.URLField(blank=True, max_length=300, verbose_name='academic calendar')),
                ('housing', models.TextField(blank=True, verbose_name='housing')),
                ('housing_en', models.TextField(blank=True, null=True, verbose_name='housing')),
                ('housing_lt', models.TextField(blank=True, null=True, verbose_name='housing')),
                ('housing_website', models.URLField(blank=True, max_length=300, verbose_name='housing website')),
                ('visa', models.TextField(blank=True, verbose_name='visa')),
                ('visa_en', models.TextField(blank=True, null=True, verbose_name='visa')),
                ('visa_lt', models.TextField(blank=True, null=True, verbose_name='visa')),
                ('visa_website', models.URLField(blank=True, max_length=300, verbose_name='visa website')),
                ('insurance', models.TextField(blank=True, verbose_name='insurance')),
                ('insurance_en', models.TextField(blank=True, null=True, verbose_name='insurance')),
                ('insurance_lt', models.TextField(blank=True, null=True, verbose_name='insurance')),
                ('insurance_website', models.URLField(blank=True, max_length=300, verbose_name='insurance website')),
                ('accessibility', models.TextField(blank=True, verbose_name='accessibility and inclusion')),
                ('accessibility_en', models.TextField(blank=True, null=True, verbose_name='accessibility and inclusion')),
                ('accessibility_lt', models.TextField(blank=True, null=True, verbose_name='accessibility and inclusion')),
                ('accessibility_website', models.URLField(blank=True, max_length=300, verbose_name='accessibility website')),
                ('costs', models.TextField(blank=True, verbose_name='cost of living')),
                ('costs_en', models.TextField(blank=True, null=True, verbose_name='cost of living')),
                ('costs_lt', models.TextField(blank=True, null=True, verbose_name='cost of living')),
                ('costs_from', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20000)], verbose_name='euros a month, from')),
                ('costs_to', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20000)], verbose_name='euros a month, to')),
                ('grading', models.TextField(blank=True, verbose_name='grades')),
                ('grading_en', models.TextField(blank=True, null=True, verbose_name='grades')),
                ('grading_lt', models.TextField(blank=True, null=True, verbose_name='grades')),
                ('grading_website', models.URLField(blank=True, max_length=300, verbose_name='grading tables')),
                ('more', models.TextField(blank=True, verbose_name='further requirements')),
                ('more_en', models.TextField(blank=True, null=True, verbose_name='further requirements')),
                ('more_lt', models.TextField(blank=True, null=True, verbose_name='further requirements')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('contacts', models.ManyToManyField(blank=True, related_name='factsheets', to='members.contact', verbose_name='contacts')),
                ('university', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factsheets', to='members.university', verbose_name='university')),
            ],
            options={
                'verbose_name': 'factsheet',
                'verbose_name_plural': 'factsheets',
                'ordering': ['university', '-year'],
            },
        ),
        migrations.CreateModel(
            name='FactsheetLanguage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('whom', models.CharField(choices=[('students', 'Students'), ('staff', 'Staff')], default='students', max_length=8, verbose_name='for')),
                ('language', models.CharField(max_length=3, verbose_name='language')),
                ('level', models.CharField(choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2')], max_length=2, verbose_name='level')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('factsheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='languages', to='members.factsheet', verbose_name='factsheet')),
            ],
            options={
                'verbose_name': 'language requirement',
                'verbose_name_plural': 'language requirements',
                'ordering': ['factsheet', 'whom', 'language'],
            },
        ),
        migrations.CreateModel(
            name='FactsheetTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('term', models.CharField(choices=[('autumn', 'Autumn term'), ('spring', 'Spring term'), ('year', 'Whole year'), ('summer', 'Summer term')], max_length=8, verbose_name='term')),
                ('nomination_until', models.DateField(blank=True, help_text='That day included.', null=True, validators=[ground.validators.sensible_year], verbose_name='nominations until')),
                ('application_until', models.DateField(blank=True, help_text='That day included.', null=True, validators=[ground.validators.sensible_year], verbose_name='applications until')),
                ('starts_on', models.DateField(blank=True, null=True, validators=[ground.validators.sensible_year], verbose_name='begins on')),
                ('ends_on', models.DateField(blank=True, null=True, validators=[ground.validators.sensible_year], verbose_name='ends on')),
                ('factsheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='members.factsheet', verbose_name='factsheet')),
            ],
            options={
                'verbose_name': 'term',
                'verbose_name_plural': 'terms',
                'ordering': ['factsheet', 'term'],
            },
        ),
        migrations.CreateModel(
            name='OwnProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='ISO 639 code, such as pt.', max_length=3, verbose_name='language')),
                ('summary', models.TextField(blank=True, verbose_name='in one sentence')),
                ('priorities', models.TextField(blank=True, verbose_name='international priorities')),
                ('strategy', models.TextField(blank=True, verbose_name='strategy')),
                ('history', models.TextField(blank=True, verbose_name='history')),
                ('university', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='own_profile', to='members.university', verbose_name='university')),
            ],
            options={
                'verbose_name': "profile in the university's own language",
                'verbose_name_plural': "profiles in universities' own languages",
            },
        ),
        migrations.CreateModel(
            name='TeachingLanguage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=3, verbose_name='language')),
                ('level', models.PositiveSmallIntegerField(blank=True, choices=[(5, 'Short cycle (EQF 5)'), (6, 'Bachelor (EQF 6)'), (7, 'Master (EQF 7)'), (8, 'Doctoral (EQF 8)')], null=True, verbose_name='at level')),
                ('university', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teaching_languages', to='members.university', verbose_name='university')),
            ],
            options={
                'verbose_name': 'language of teaching',
                'verbose_name_plural': 'languages of teaching',
                'ordering': ['university', 'language', 'level'],
            },
        ),
        migrations.CreateModel(
            name='VersionSide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signatory_name', models.CharField(blank=True, max_length=200, verbose_name='who signs')),
                ('signatory_position', models.CharField(blank=True, max_length=200, verbose_name='position')),
                ('signatory_email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('contact_name', models.CharField(blank=True, max_length=200, verbose_name='contact')),
                ('contact_email', models.EmailField(blank=True, max_length=254, verbose_name="contact's e-mail address")),
                ('contact_phone', models.CharField(blank=True, max_length=40, verbose_name="contact's telephone")),
                ('side', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.agreementside', verbose_name='side')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.organisationalunit', verbose_name='unit')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sides', to='members.agreementversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'side in a version',
                'verbose_name_plural': 'sides in versions',
                'ordering': ['version', 'side'],
            },
        ),
        migrations.AddConstraint(
            model_name='agreementside',
            constraint=models.UniqueConstraint(fields=('agreement', 'place'), name='members_agreementside_place_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementside',
            constraint=models.UniqueConstraint(fields=('agreement', 'university'), name='members_agreementside_two_universities', violation_error_message='An agreement is between two different universities.'),
        ),
        migrations.AddConstraint(
            model_name='agreementside',
            constraint=models.CheckConstraint(condition=models.Q(('place__in', [1, 2])), name='members_agreementside_of_two'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.UniqueConstraint(fields=('agreement', 'number'), name='members_agreementversion_number_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['draft', 'sent', 'approved_one'])), fields=('agreement',), name='members_agreementversion_one_open', violation_error_message='A change of this agreement is open already.'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'in_force')), fields=('agreement',), name='members_agreementversion_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('first_year__regex', '^20[0-9]{2}/20[0-9]{2}$'), ('last_year__regex', '^20[0-9]{2}/20[0-9]{2}$'), ('last_year__gte', models.F('first_year'))), name='members_agreementversion_years', violation_error_message='The agreement ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('sent_at__isnull', True), ('status', 'draft')), ('status', 'withdrawn'), models.Q(models.Q(('status__in', ['draft']), _negated=True), ('sent_at__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='members_agreementversion_sent_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), ('status__in', ['in_force', 'superseded']), _connector='OR'), name='members_agreementversion_approved'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['status'], name='members_agreement_status'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('current__isnull', True), ('status__in', ['proposed', 'abandoned'])), models.Q(('current__isnull', False), ('status__in', ('in_force', 'terminated', 'expired'))), _connector='OR'), name='members_agreement_in_force_has_a_version'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_after', ''), ('notice_by__isnull', True), ('notice_on__isnull', True)), models.Q(('ends_after__regex', '^20[0-9]{2}/20[0-9]{2}$'), ('notice_by__isnull', False), ('notice_on__isnull', False)), _connector='OR'), name='members_agreement_notice_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(fields=('version', 'side'), name='members_approval_once_a_side'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('digest', ''), _negated=True), name='members_approval_names_its_version'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('sending', models.F('receiving')), _negated=True), name='members_condition_two_universities', violation_error_message='Sending and receiving university are the same.'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('first_year__regex', '^20[0-9]{2}/20[0-9]{2}$'), ('last_year__regex', '^20[0-9]{2}/20[0-9]{2}$'), ('last_year__gte', models.F('first_year'))), name='members_condition_years', violation_error_message='The condition ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('places__range', (1, 999))), name='members_condition_places', violation_error_message='Give 1 to 999 places a year.'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days__isnull', True), ('kind__in', ('student_studies', 'student_traineeship'))), models.Q(('blended', False), ('kind__in', ('staff_teaching', 'staff_training')), ('levels', []), ('months__isnull', True)), _connector='OR'), name='members_condition_months_or_days', violation_error_message="Students' exchanges count months and have levels; those of staff count days."),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('months__isnull', True), ('months__gt', 0), _connector='OR'), models.Q(('days__isnull', True), ('days__gt', 0), _connector='OR')), name='members_condition_time'),
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('levels__contained_by', [5, 6, 7, 8])), name='members_condition_levels'),
        ),
        migrations.AddConstraint(
            model_name='conditionfield',
            constraint=models.UniqueConstraint(fields=('condition', 'field'), name='members_conditionfield_once'),
        ),
        migrations.AddConstraint(
            model_name='conditionfield',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length('field'), 4), name='members_conditionfield_detailed', violation_error_message='Choose a detailed field (four digits).'),
        ),
        migrations.AddConstraint(
            model_name='conditionlanguage',
            constraint=models.UniqueConstraint(fields=('condition', 'language', 'field'), name='members_conditionlanguage_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='conditionlanguage',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'])), name='members_conditionlanguage_level'),
        ),
        migrations.AddConstraint(
            model_name='emaildomain',
            constraint=models.CheckConstraint(condition=models.Q(('domain__regex', '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$')), name='members_emaildomain_shape', violation_error_message='Write the domain in lower case, like ktu.lt.'),
        ),
        migrations.AddConstraint(
            model_name='factsheet',
            constraint=models.UniqueConstraint(fields=('university', 'year'), name='members_factsheet_once_a_year', violation_error_message='The university already has a factsheet for this academic year.'),
        ),
        migrations.AddConstraint(
            model_name='factsheet',
            constraint=models.CheckConstraint(condition=models.Q(('year__regex', '^20[0-9]{2}/20[0-9]{2}$')), name='members_factsheet_year'),
        ),
        migrations.AddConstraint(
            model_name='factsheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision_weeks__isnull', True), ('decision_weeks__lte', 52), _connector='OR'), models.Q(('transcript_weeks__isnull', True), ('transcript_weeks__lte', 52), _connector='OR')), name='members_factsheet_weeks'),
        ),
        migrations.AddConstraint(
            model_name='factsheet',
            constraint=models.CheckConstraint(condition=models.Q(('costs_from__isnull', True), ('costs_to__isnull', True), ('costs_to__gte', models.F('costs_from')), _connector='OR'), name='members_factsheet_costs', violation_error_message='The cost of living ends below where it begins.'),
        ),
        migrations.AddConstraint(
            model_name='factsheetlanguage',
            constraint=models.UniqueConstraint(fields=('factsheet', 'whom', 'language'), name='members_factsheetlanguage_once', violation_error_message='This language is given already.'),
        ),
        migrations.AddConstraint(
            model_name='factsheetlanguage',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'])), name='members_factsheetlanguage_level'),
        ),
        migrations.AddIndex(
            model_name='factsheetterm',
            index=models.Index(fields=['nomination_until'], name='members_term_nomination'),
        ),
        migrations.AddIndex(
            model_name='factsheetterm',
            index=models.Index(fields=['application_until'], name='members_term_application'),
        ),
        migrations.AddConstraint(
            model_name='factsheetterm',
            constraint=models.UniqueConstraint(fields=('factsheet', 'term'), name='members_factsheetterm_once', violation_error_message='The factsheet already has this term.'),
        ),
        migrations.AddConstraint(
            model_name='factsheetterm',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='members_factsheetterm_order', violation_error_message='The term ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='ownprofile',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['', 'en', 'lt']), _negated=True), name='members_ownprofile_other_language', violation_error_message='English and Lithuanian texts have their own fields.'),
        ),
        migrations.AddConstraint(
            model_name='teachinglanguage',
            constraint=models.UniqueConstraint(fields=('university', 'language', 'level'), name='members_teachinglanguage_once', nulls_distinct=False, violation_error_message='This language is given already.'),
        ),
        migrations.AddConstraint(
            model_name='versionside',
            constraint=models.UniqueConstraint(fields=('version', 'side'), name='members_versionside_once'),
        ),
    ]
