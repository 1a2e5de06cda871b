"""A side names who signs for it, and whom to ask, with its approval; sealed with everything else that it says.

What was approved before stays as it is: there the version says who the people are. The new columns have defaults of
their own, so that the release before can go on writing while this one is being installed.
"""

from django.db import migrations, models

PEOPLE = {
    "signatory_name": (models.CharField, {"max_length": 200, "verbose_name": "who signs"}),
    "signatory_position": (models.CharField, {"max_length": 200, "verbose_name": "position"}),
    "signatory_email": (models.EmailField, {"max_length": 254, "verbose_name": "e-mail address"}),
    "contact_name": (models.CharField, {"max_length": 200, "verbose_name": "contact"}),
    "contact_email": (models.EmailField, {"max_length": 254, "verbose_name": "contact's e-mail address"}),
    "contact_phone": (models.CharField, {"max_length": 40, "verbose_name": "contact's telephone"}),
}

SEAL = """
CREATE OR REPLACE FUNCTION members_seal_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    approved members_agreementversion%ROWTYPE;
BEGIN
    SELECT * INTO approved FROM members_agreementversion
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END FOR SHARE;
    IF TG_OP = 'DELETE' THEN
        IF NOT members_is_demo_agreement(approved.agreement_id) THEN
            PERFORM members_refuse('members_approval_stands', 'An approval is never taken away.');
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id OR {changed} THEN
            PERFORM members_refuse('members_approval_stands', 'An approval is never changed.');
        END IF;
        RETURN NEW;
    END IF;
    IF approved.status NOT IN ('sent', 'approved_one') OR approved.digest <> NEW.digest THEN
        PERFORM members_refuse('members_approval_of_this_version', 'An approval names the version as it was sent.');
    END IF;
    PERFORM 1 FROM members_agreementside WHERE id = NEW.side_id AND agreement_id = approved.agreement_id;
    IF NOT FOUND THEN
        PERFORM members_refuse('members_approval_of_this_version', 'The sides of an agreement approve it.');
    END IF;
    RETURN NEW;
END
$$;
"""
# Everything but who approved, whose account may be erased: also what later releases add.
WHOLE = "to_jsonb(NEW) - 'by_id' IS DISTINCT FROM to_jsonb(OLD) - 'by_id'"
BEFORE = """
            ROW(NEW.uuid, NEW.version_id, NEW.side_id, NEW.digest, NEW.by_name, NEW.signed_by, NEW.signed_on, NEW.at)
            IS DISTINCT FROM
            ROW(OLD.uuid, OLD.version_id, OLD.side_id, OLD.digest, OLD.by_name, OLD.signed_by, OLD.signed_on, OLD.at)
"""


def _field(name: str) -> models.Field:
    kind, values = PEOPLE[name]
    return kind(blank=True, default="", db_default="", **values)


class Migration(migrations.Migration):
    dependencies = [("members", "0010_watched")]
    operations = [
        *(migrations.AlterField("versionside", name, _field(name)) for name in PEOPLE),
        *(migrations.AddField("approval", name, _field(name)) for name in PEOPLE),
        migrations.RunSQL(SEAL.replace("{changed}", WHOLE), SEAL.replace("{changed}", BEFORE)),
    ]
