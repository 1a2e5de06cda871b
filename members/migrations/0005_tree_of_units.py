"""Trees stay trees, whoever writes to the tables: triggers that referee units and organisations.

A unit's parent is a unit of the same university and never lies below it; an organisation is never part of what is part
of it. Two moves at once would each look fine by themselves (A below B, B below A), so units of one university are moved
one after another, under a lock of the university's row; organisations under one lock of their own.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION members_keep_unit_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Both, in one order: a unit may be moved from one university to another.
    PERFORM 1 FROM members_university
        WHERE id IN (NEW.university_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.university_id END)
        ORDER BY id FOR NO KEY UPDATE;
    IF NEW.parent_id <> NEW.id THEN -- of itself: a constraint of the table says so
        PERFORM 1 FROM members_organisationalunit WHERE id = NEW.parent_id AND university_id <> NEW.university_id;
        IF FOUND THEN
            PERFORM members_refuse('members_unit_same_university',
                                   'A unit is part of a unit of the same university.');
        END IF;
        PERFORM 1 FROM (
            WITH RECURSIVE above AS (
                SELECT id, parent_id FROM members_organisationalunit WHERE id = NEW.parent_id
                UNION
                SELECT u.id, u.parent_id FROM members_organisationalunit u JOIN above ON u.id = above.parent_id
            ) SELECT id FROM above
        ) chain WHERE chain.id = NEW.id;
        IF FOUND THEN
            PERFORM members_refuse('members_unit_no_loop', 'A unit cannot be part of what is part of it.');
        END IF;
        -- Levels above it, and its own with those below: eight, as OrganisationalUnit.LEVELS says.
        PERFORM 1 WHERE (
            WITH RECURSIVE above AS (
                SELECT id, parent_id FROM members_organisationalunit WHERE id = NEW.parent_id
                UNION
                SELECT u.id, u.parent_id FROM members_organisationalunit u JOIN above ON u.id = above.parent_id
            ) SELECT count(*) FROM above
        ) + (
            WITH RECURSIVE below AS (
                SELECT NEW.id AS id, 1 AS level
                UNION ALL
                SELECT u.id, below.level + 1 FROM members_organisationalunit u JOIN below ON u.parent_id = below.id
                    WHERE below.level < 9
            ) SELECT max(level) FROM below
        ) > 8;
        IF FOUND THEN
            PERFORM members_refuse('members_unit_levels', 'Units can be eight levels deep.');
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM 1 FROM members_organisationalunit WHERE parent_id = NEW.id AND university_id <> NEW.university_id;
        IF FOUND THEN
            PERFORM members_refuse('members_unit_same_university',
                                   'A unit is part of a unit of the same university.');
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION members_keep_organisation_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7190402);
    PERFORM 1 FROM (
        WITH RECURSIVE above AS (
            SELECT id, parent_id FROM members_organisation WHERE id = NEW.parent_id
            UNION
            SELECT o.id, o.parent_id FROM members_organisation o JOIN above ON o.id = above.parent_id
        ) SELECT id FROM above
    ) chain WHERE chain.id = NEW.id;
    IF FOUND THEN
        PERFORM members_refuse('members_organisation_no_loop',
                               'An organisation cannot be part of what is part of it.');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER members_keep_unit_tree BEFORE INSERT ON members_organisationalunit
    FOR EACH ROW EXECUTE FUNCTION members_keep_unit_tree();
CREATE TRIGGER members_keep_unit_tree_moved BEFORE UPDATE ON members_organisationalunit FOR EACH ROW
    WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id OR NEW.university_id IS DISTINCT FROM OLD.university_id)
    EXECUTE FUNCTION members_keep_unit_tree();
CREATE TRIGGER members_keep_organisation_tree BEFORE INSERT ON members_organisation FOR EACH ROW
    WHEN (NEW.parent_id <> NEW.id) EXECUTE FUNCTION members_keep_organisation_tree();
CREATE TRIGGER members_keep_organisation_tree_moved BEFORE UPDATE ON members_organisation FOR EACH ROW
    WHEN (NEW.parent_id <> NEW.id AND NEW.parent_id IS DISTINCT FROM OLD.parent_id)
    EXECUTE FUNCTION members_keep_organisation_tree();
"""
DROP = """
DROP TRIGGER members_keep_organisation_tree_moved ON members_organisation;
DROP TRIGGER members_keep_organisation_tree ON members_organisation;
DROP TRIGGER members_keep_unit_tree_moved ON members_organisationalunit;
DROP TRIGGER members_keep_unit_tree ON members_organisationalunit;
DROP FUNCTION members_keep_organisation_tree();
DROP FUNCTION members_keep_unit_tree();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0004_agreements_sealed")]
    operations = [migrations.RunSQL(CREATE, DROP)]
