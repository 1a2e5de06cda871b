"""The shares of a project's funding add up to at most 100 percent, whoever writes them and however many at once.

It spans rows, so it is a deferred constraint trigger: checked at the end of the transaction, under a lock of the
project, so that two transactions cannot each see only their own half.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION projects_check_funding_shares() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
BEGIN
    PERFORM 1 FROM projects_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
    SELECT sum(share) INTO total FROM projects_fundingline WHERE project_id = NEW.project_id;
    IF total > 100 THEN
        RAISE EXCEPTION 'The shares of the funding of project % add up to % percent.', NEW.project_id, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'projects_funding_shares_add_up',
                  TABLE = 'projects_fundingline';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER projects_funding_shares_add_up
    AFTER INSERT OR UPDATE OF share, project_id ON projects_fundingline
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.share IS NOT NULL)
    EXECUTE FUNCTION projects_check_funding_shares();
"""
DROP = """
DROP TRIGGER projects_funding_shares_add_up ON projects_fundingline;
DROP FUNCTION projects_check_funding_shares();
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_whole")]
    operations = [migrations.RunSQL(CREATE, DROP)]
