"""What visitors read of universities, factsheets and agreements makes their finished pages stale when it changes."""

from django.db import migrations

from ground.watching import watch

WATCHED = [
    "members_university_fields", "members_ownprofile", "members_teachinglanguage",
    "members_factsheet", "members_factsheet_contacts", "members_factsheetterm", "members_factsheetlanguage",
    "members_agreement", "members_agreementside", "members_agreementversion", "members_condition",
    "members_conditionfield", "members_conditionlanguage",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("members", "0009_appointment_requests"), ("ground", "0001_finished")]
    operations = [watch(*WATCHED)]
