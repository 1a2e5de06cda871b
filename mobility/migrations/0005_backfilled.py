"""What is known already, where the new tables and columns look for it.

Submissions come out of the snapshots, readings and the moments of answers out of the trail; what the table of a call is
narrowed by comes out of the snapshots too.
"""

from django.db import migrations

SUBMISSIONS = """
INSERT INTO mobility_submission (uuid, application_id, number, content, sha256, submitted_at)
SELECT gen_random_uuid(), id, 1, snapshot, snapshot_sha256, submitted_at FROM mobility_application
WHERE snapshot IS NOT NULL AND submitted_at IS NOT NULL AND snapshot_sha256 ~ '^[0-9a-f]{64}$'
"""
SENT = """
UPDATE mobility_application a SET
    sent_level = CASE WHEN a.snapshot #>> '{studies,level}' ~ '^[5-8]$'
        THEN (a.snapshot #>> '{studies,level}')::smallint END,
    sent_ects = CASE WHEN a.snapshot #>> '{studies,ects}' ~ '^[0-9]{1,3}$'
        THEN (a.snapshot #>> '{studies,ects}')::smallint END,
    sent_field_id = (SELECT f.code FROM members_fieldofeducation f WHERE f.code = a.snapshot #>> '{studies,field,code}'),
    sent_host_id = (SELECT p.host_id FROM mobility_place p
        WHERE p.call_id = a.call_id AND p.uuid::text = a.snapshot #>> '{wishes,0,place}'),
    search = to_tsvector('simple', regexp_replace(a.folded, '[^[:alnum:]]+', ' ', 'g'))
WHERE a.snapshot IS NOT NULL
"""
# The last of the answers that told an applicant of an end which can be appealed.
DECIDED = """
UPDATE mobility_application a SET decided_at = (
    SELECT max(e.at) FROM audit_event e WHERE e.subject_kind = 'mobility.application' AND e.subject_uuid = a.uuid
    AND e.verb IN ('mobility.find_ineligible', 'mobility.not_select'))
WHERE a.status IN ('ineligible', 'not_selected')
"""
READINGS = """
INSERT INTO mobility_reading (application_id, reader_id, reader_name, what, name, reason, read_at)
SELECT a.id, e.actor_id, e.actor_name, 'document', left(coalesce(e.details ->> 'document', ''), 200), '', e.at
FROM audit_event e JOIN mobility_application a ON a.uuid = e.subject_uuid
WHERE e.subject_kind = 'mobility.application' AND e.verb = 'mobility.read_document'
"""
# One reviewer of each application is the rule for new calls; those that were published before had none. Both look
# first: a statement that changes nothing would still make the finished pages of visitors stale.
REVIEWERS = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM mobility_call WHERE publication <> 'draft') THEN
        UPDATE mobility_call SET reviewers_wanted = 0 WHERE publication <> 'draft';
    END IF;
END $$
"""
SEATS = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM mobility_place WHERE capacity > 999) THEN
        UPDATE mobility_place SET capacity = greatest(taken, 999) WHERE capacity > 999;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("mobility", "0004_whole"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL([SUBMISSIONS, SENT, DECIDED, READINGS, REVIEWERS, SEATS], migrations.RunSQL.noop)
    ]
