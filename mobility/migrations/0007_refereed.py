"""What whole tables must hold together: triggers referee, whoever writes.

What was submitted and who read it never changes. Nobody scores their own application, nor one with which they have a
conflict of interest; points stay within the scale. Wishes, papers, answers, scores and offers are of the same call as
what they name.
"""

from django.db import migrations

from ground.watching import watch

CREATE = """
CREATE FUNCTION mobility_refuse(name text, told text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', told USING ERRCODE = 'check_violation', CONSTRAINT = name;
END
$$;

-- What was submitted goes only where whole applications are forgotten (ApplicationQuerySet.forget says so).
CREATE FUNCTION mobility_seal_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('mobility.forgetting', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    PERFORM mobility_refuse('mobility_submission_sealed', 'What was submitted never changes.');
    RETURN NULL;
END
$$;

-- A reader who is erased becomes a name.
CREATE FUNCTION mobility_seal_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('mobility.forgetting', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.reader_id IS NULL
        AND to_jsonb(NEW) - 'reader_id' = to_jsonb(OLD) - 'reader_id' THEN
        RETURN NEW;
    END IF;
    PERFORM mobility_refuse('mobility_reading_sealed', 'Who read something is never changed.');
    RETURN NULL;
END
$$;

-- Reviews and conflicts of one application are written under its lock, so that neither slips past the other.
CREATE FUNCTION mobility_referee_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint;
BEGIN
    SELECT applicant_id INTO owner FROM mobility_application WHERE id = NEW.application_id FOR NO KEY UPDATE;
    IF owner = NEW.reviewer_id THEN
        PERFORM mobility_refuse('mobility_review_of_others', 'Nobody scores their own application.');
    END IF;
    PERFORM 1 FROM mobility_conflictofinterest
        WHERE application_id = NEW.application_id AND reviewer_id = NEW.reviewer_id;
    IF FOUND THEN
        PERFORM mobility_refuse('mobility_review_without_conflict', 'The reviewer has a conflict of interest.');
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION mobility_referee_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM mobility_application WHERE id = NEW.application_id FOR NO KEY UPDATE;
    PERFORM 1 FROM mobility_review WHERE application_id = NEW.application_id AND reviewer_id = NEW.reviewer_id;
    IF FOUND THEN
        PERFORM mobility_refuse('mobility_review_without_conflict', 'The reviewer scores this application.');
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION mobility_referee_score() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    scale integer;
    of_call bigint;
BEGIN
    SELECT most, call_id INTO scale, of_call FROM mobility_criterion WHERE id = NEW.criterion_id FOR SHARE;
    IF NEW.points > scale THEN
        PERFORM mobility_refuse('mobility_score_within_scale', 'The points are more than the criterion has.');
    END IF;
    PERFORM 1 FROM mobility_review r JOIN mobility_application a ON a.id = r.application_id
        WHERE r.id = NEW.review_id AND a.call_id = of_call;
    IF NOT FOUND THEN
        PERFORM mobility_refuse('mobility_score_of_same_call', 'The criterion is of another call.');
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION mobility_referee_criterion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.most < OLD.most OR NEW.call_id <> OLD.call_id THEN
        PERFORM 1 FROM mobility_score WHERE criterion_id = NEW.id AND (points > NEW.most OR NEW.call_id <> OLD.call_id);
        IF FOUND THEN
            PERFORM mobility_refuse('mobility_score_within_scale', 'More points than that were given already.');
        END IF;
    END IF;
    RETURN NEW;
END
$$;

-- Arguments: the table and the column that name something of a call, and the column of the application.
CREATE FUNCTION mobility_same_call() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    of_call bigint;
    wanted bigint;
BEGIN
    IF named IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT call_id FROM %I WHERE id = $1', TG_ARGV[0]) INTO of_call USING named;
    SELECT call_id INTO wanted FROM mobility_application WHERE id = (to_jsonb(NEW) ->> TG_ARGV[2])::bigint;
    IF TG_TABLE_NAME = 'mobility_application' THEN
        wanted := (to_jsonb(NEW) ->> 'call_id')::bigint;
    END IF;
    IF of_call IS DISTINCT FROM wanted THEN
        PERFORM mobility_refuse('mobility_of_the_same_call', 'This belongs to another call.');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER mobility_seal BEFORE UPDATE OR DELETE ON mobility_submission
    FOR EACH ROW EXECUTE FUNCTION mobility_seal_submission();
CREATE TRIGGER mobility_seal BEFORE UPDATE OR DELETE ON mobility_reading
    FOR EACH ROW EXECUTE FUNCTION mobility_seal_reading();
CREATE TRIGGER mobility_referee BEFORE INSERT OR UPDATE OF application_id, reviewer_id ON mobility_review
    FOR EACH ROW EXECUTE FUNCTION mobility_referee_review();
CREATE TRIGGER mobility_referee BEFORE INSERT OR UPDATE OF application_id, reviewer_id ON mobility_conflictofinterest
    FOR EACH ROW EXECUTE FUNCTION mobility_referee_conflict();
CREATE TRIGGER mobility_referee BEFORE INSERT OR UPDATE ON mobility_score
    FOR EACH ROW EXECUTE FUNCTION mobility_referee_score();
CREATE TRIGGER mobility_referee BEFORE UPDATE OF most, call_id ON mobility_criterion
    FOR EACH ROW EXECUTE FUNCTION mobility_referee_criterion();
CREATE TRIGGER mobility_same_call BEFORE INSERT OR UPDATE OF place_id, application_id ON mobility_wish
    FOR EACH ROW EXECUTE FUNCTION mobility_same_call('mobility_place', 'place_id', 'application_id');
CREATE TRIGGER mobility_same_call BEFORE INSERT OR UPDATE OF asked_id, application_id ON mobility_applicationdocument
    FOR EACH ROW EXECUTE FUNCTION mobility_same_call('mobility_requireddocument', 'asked_id', 'application_id');
CREATE TRIGGER mobility_same_call BEFORE INSERT OR UPDATE OF question_id, application_id ON mobility_answer
    FOR EACH ROW EXECUTE FUNCTION mobility_same_call('mobility_question', 'question_id', 'application_id');
CREATE TRIGGER mobility_same_call BEFORE INSERT OR UPDATE OF bulk_id, application_id ON mobility_pendingdecision
    FOR EACH ROW EXECUTE FUNCTION mobility_same_call('mobility_bulkdecision', 'bulk_id', 'application_id');
CREATE TRIGGER mobility_same_call_place BEFORE INSERT OR UPDATE OF place_id ON mobility_pendingdecision
    FOR EACH ROW EXECUTE FUNCTION mobility_same_call('mobility_place', 'place_id', 'application_id');
CREATE TRIGGER mobility_same_call BEFORE INSERT OR UPDATE OF offered_place_id, call_id ON mobility_application
    FOR EACH ROW EXECUTE FUNCTION mobility_same_call('mobility_place', 'offered_place_id', 'id');
"""
DROP = """
DROP TRIGGER mobility_same_call ON mobility_application;
DROP TRIGGER mobility_same_call_place ON mobility_pendingdecision;
DROP TRIGGER mobility_same_call ON mobility_pendingdecision;
DROP TRIGGER mobility_same_call ON mobility_answer;
DROP TRIGGER mobility_same_call ON mobility_applicationdocument;
DROP TRIGGER mobility_same_call ON mobility_wish;
DROP TRIGGER mobility_referee ON mobility_criterion;
DROP TRIGGER mobility_referee ON mobility_score;
DROP TRIGGER mobility_referee ON mobility_conflictofinterest;
DROP TRIGGER mobility_referee ON mobility_review;
DROP TRIGGER mobility_seal ON mobility_reading;
DROP TRIGGER mobility_seal ON mobility_submission;
DROP FUNCTION mobility_same_call;
DROP FUNCTION mobility_referee_criterion;
DROP FUNCTION mobility_referee_score;
DROP FUNCTION mobility_referee_conflict;
DROP FUNCTION mobility_referee_review;
DROP FUNCTION mobility_seal_reading;
DROP FUNCTION mobility_seal_submission;
DROP FUNCTION mobility_refuse;
"""
WATCHED = [
    "mobility_call_fields_of_education", "mobility_calllanguage", "mobility_question", "mobility_questionoption",
    "mobility_criterion", "mobility_callchange",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("mobility", "0006_constrained"), ("ground", "0001_finished")]
    operations = [migrations.RunSQL(CREATE, DROP), watch(*WATCHED)]
