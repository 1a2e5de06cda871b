"""What was sent never changes, whoever writes to the tables: triggers that referee agreements.

A version is written as a draft. From the moment it leaves that state its terms, its parties, its conditions and their
rows are sealed, and it can't be deleted; approvals name its fingerprint and are never changed. It comes into force
with the approvals of both sides only. Agreements of the demo can be deleted, though not changed.

Rows below a version are written under a shared lock of the version, so that nothing slips in while it is being sent.
"""

import uuid

from django.db import migrations, models

CREATE = """
CREATE FUNCTION members_refuse(name text, told text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', told USING ERRCODE = 'check_violation', CONSTRAINT = name;
END
$$;

CREATE FUNCTION members_is_demo_agreement(agreement bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT is_demo FROM members_agreement WHERE id = agreement), false)
$$;

-- Raises when the version is no draft any more. A version that is gone (deleted with all its rows) seals nothing.
CREATE FUNCTION members_demand_draft(version bigint, deleting boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found_status text;
    found_agreement bigint;
BEGIN
    SELECT status, agreement_id INTO found_status, found_agreement
        FROM members_agreementversion WHERE id = version FOR SHARE;
    IF found_status <> 'draft' AND NOT (deleting AND members_is_demo_agreement(found_agreement)) THEN
        PERFORM members_refuse('members_agreement_sealed', 'What was sent of an agreement never changes.');
    END IF;
END
$$;

CREATE FUNCTION members_demand_side(version bigint, of_university bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM members_agreementside s JOIN members_agreementversion v ON v.agreement_id = s.agreement_id
        WHERE v.id = version AND s.university_id = of_university;
    IF NOT FOUND THEN
        PERFORM members_refuse('members_agreement_between_its_sides', 'A condition is between the two sides.');
    END IF;
END
$$;

CREATE FUNCTION members_seal_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            PERFORM members_refuse('members_agreement_begins_as_draft', 'A version begins as a draft.');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM members_demand_draft(OLD.id, true);
        RETURN OLD;
    END IF;
    IF OLD.status <> 'draft' AND (
        ROW(NEW.uuid, NEW.agreement_id, NEW.number, NEW.author_side_id, NEW.first_year, NEW.last_year, NEW.reason,
            NEW.remarks, NEW.created_at, NEW.sent_at, NEW.digest)
        IS DISTINCT FROM
        ROW(OLD.uuid, OLD.agreement_id, OLD.number, OLD.author_side_id, OLD.first_year, OLD.last_year, OLD.reason,
            OLD.remarks, OLD.created_at, OLD.sent_at, OLD.digest)
        OR (NEW.created_by_id IS DISTINCT FROM OLD.created_by_id AND NEW.created_by_id IS NOT NULL)
        OR (OLD.approved_at IS NOT NULL AND NEW.approved_at IS DISTINCT FROM OLD.approved_at)
    ) THEN
        PERFORM members_refuse('members_agreement_sealed', 'What was sent of an agreement never changes.');
    END IF;
    IF OLD.status = 'draft' AND NEW.status NOT IN ('draft', 'withdrawn') THEN
        PERFORM 1 FROM members_condition WHERE version_id = NEW.id;
        IF NOT FOUND THEN
            PERFORM members_refuse('members_agreement_has_conditions', 'An agreement has a condition at least.');
        END IF;
        PERFORM 1 FROM members_condition WHERE version_id = NEW.id
            AND (first_year < NEW.first_year OR last_year > NEW.last_year);
        IF FOUND THEN
            PERFORM members_refuse('members_agreement_years', 'Conditions hold within the years of the agreement.');
        END IF;
    END IF;
    IF NEW.status = 'in_force' AND OLD.status <> 'in_force' AND (
        SELECT count(*) FROM members_approval WHERE version_id = NEW.id AND digest = NEW.digest
    ) <> 2 THEN
        PERFORM members_refuse('members_agreement_approved_by_both', 'Both sides approve what comes into force.');
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION members_seal_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ROW(NEW.uuid, NEW.agreement_id, NEW.place, NEW.university_id)
            IS DISTINCT FROM ROW(OLD.uuid, OLD.agreement_id, OLD.place, OLD.university_id) THEN
            PERFORM members_refuse('members_agreement_sealed', 'The sides of an agreement never change.');
        END IF;
        RETURN NEW;
    END IF;
    PERFORM 1 FROM members_agreementversion WHERE agreement_id = OLD.agreement_id;
    IF FOUND THEN
        PERFORM members_refuse('members_agreement_sealed', 'The sides of an agreement never change.');
    END IF;
    RETURN OLD;
END
$$;

CREATE FUNCTION members_seal_versionside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM members_demand_draft(OLD.version_id, TG_OP = 'DELETE');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM members_demand_draft(NEW.version_id, false);
    PERFORM members_demand_side(NEW.version_id, (SELECT university_id FROM members_agreementside s
        JOIN members_agreementversion v ON v.agreement_id = s.agreement_id
        WHERE s.id = NEW.side_id AND v.id = NEW.version_id));
    RETURN NEW;
END
$$;

CREATE FUNCTION members_seal_condition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM members_demand_draft(OLD.version_id, TG_OP = 'DELETE');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM members_demand_draft(NEW.version_id, false);
    PERFORM members_demand_side(NEW.version_id, NEW.sending_id);
    PERFORM members_demand_side(NEW.version_id, NEW.receiving_id);
    RETURN NEW;
END
$$;

CREATE FUNCTION members_seal_condition_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM members_demand_draft((SELECT version_id FROM members_condition WHERE id = OLD.condition_id),
                                     TG_OP = 'DELETE');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM members_demand_draft((SELECT version_id FROM members_condition WHERE id = NEW.condition_id), false);
    RETURN NEW;
END
$$;

CREATE FUNCTION members_seal_approval() RETURNS trigger LANGUAGE plpgsql AS $$
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
        IF NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id OR
            ROW(NEW.uuid, NEW.version_id, NEW.side_id, NEW.digest, NEW.by_name, NEW.signed_by, NEW.signed_on, NEW.at)
            IS DISTINCT FROM
            ROW(OLD.uuid, OLD.version_id, OLD.side_id, OLD.digest, OLD.by_name, OLD.signed_by, OLD.signed_on, OLD.at)
        THEN
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

CREATE FUNCTION members_seal_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT OLD.is_demo THEN
            PERFORM members_refuse('members_agreement_stays', 'The identifiers of an agreement are never used again.');
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.is_demo IS DISTINCT FROM OLD.is_demo OR NEW.uuid IS DISTINCT FROM OLD.uuid THEN
        PERFORM members_refuse('members_agreement_sealed', 'An agreement keeps its identifier.');
    END IF;
    RETURN NEW;
END
$$;
"""
TRIGGERS = (
    ("members_agreement", "members_seal_agreement", "UPDATE OR DELETE"),
    ("members_agreementside", "members_seal_side", "UPDATE OR DELETE"),
    ("members_agreementversion", "members_seal_version", "INSERT OR UPDATE OR DELETE"),
    ("members_versionside", "members_seal_versionside", "INSERT OR UPDATE OR DELETE"),
    ("members_condition", "members_seal_condition", "INSERT OR UPDATE OR DELETE"),
    ("members_conditionfield", "members_seal_condition_row", "INSERT OR UPDATE OR DELETE"),
    ("members_conditionlanguage", "members_seal_condition_row", "INSERT OR UPDATE OR DELETE"),
    ("members_approval", "members_seal_approval", "INSERT OR UPDATE OR DELETE"),
)
FUNCTIONS = (
    "members_seal_agreement()", "members_seal_approval()", "members_seal_condition_row()", "members_seal_condition()",
    "members_seal_versionside()", "members_seal_side()", "members_seal_version()",
    "members_demand_side(bigint, bigint)", "members_demand_draft(bigint, boolean)",
    "members_is_demo_agreement(bigint)", "members_refuse(text, text)",
)  # fmt: skip
WATCH = "\n".join(
    f"CREATE TRIGGER {function} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();"
    for table, function, events in TRIGGERS
)
DROP = "\n".join(
    [f"DROP TRIGGER {function} ON {table};" for table, function, _events in TRIGGERS]
    + [f"DROP FUNCTION {function};" for function in FUNCTIONS]
)


class Migration(migrations.Migration):
    dependencies = [("members", "0003_directory")]
    operations = [
        migrations.AddField(
            "agreement", "is_demo",
            models.BooleanField(db_default=False, default=False, editable=False, verbose_name="demo"),
        ),
        migrations.AddField("condition", "origin", models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.AddConstraint(
            "condition",
            models.UniqueConstraint(fields=["version", "origin"], name="members_condition_origin_once"),
        ),
        migrations.RunSQL(CREATE + WATCH, DROP),
    ]
