"""The statements of the merge. Each works on a set of staged rows: import, first and last number."""

_SPAN = "r.batch_id = %s::bigint AND r.number BETWEEN %s::int AND %s::int"
_TEXTS = (
    "title_en", "title_lt", "description_en", "description_lt", "objectives_en", "objectives_lt", "results_en",
    "results_lt",
)  # fmt: skip

PREPARE = (
    "CREATE TEMP TABLE IF NOT EXISTS projects_import_new (name text, country text, pic text, id bigint) ON COMMIT DROP",
    "CREATE TEMP TABLE IF NOT EXISTS projects_import_target (id bigint, step text, parts jsonb) ON COMMIT DROP",
    "DELETE FROM projects_import_new",
)
REMEMBER_NEW = "INSERT INTO projects_import_new VALUES (%s::text, %s::text, %s::text, %s::bigint)"
NEW_NAMES = """
    SELECT DISTINCT k->>0, k->>1, coalesce(k->>3, '')
    FROM projects_importrow r, jsonb_array_elements(r."values"#>'{parts,partners,new}') k
    WHERE r.batch_id = %s::bigint AND r.step IN ('create', 'update') ORDER BY 1, 2, 3
"""
NUMBERS = """
    SELECT max(number), count(*) FILTER (WHERE step = 'update') FROM projects_importrow WHERE batch_id = %s::bigint
"""
LAST_NUMBER = "SELECT max(number) FROM projects_importrow WHERE batch_id = %s::bigint"

LOCK = f"""
    SELECT r.number, p.id, p.version, (r."values"->>'version')::int, p.publication, p.lead_id,
        (r."values"->>'lead')::bigint
    FROM projects_importrow r LEFT JOIN LATERAL (
        SELECT * FROM projects_project WHERE id = (r."values"->>'id')::bigint FOR UPDATE) p ON true
    WHERE {_SPAN} AND r.step = 'update' ORDER BY r.number
"""  # noqa: S608 - nothing but constants of this module goes in, here and below
TAKEN = f"""
    SELECT r.number FROM projects_importrow r JOIN projects_project p ON p.key = r."values"->>'key'
    WHERE {_SPAN} AND r.step = 'create'
"""  # noqa: S608
LEADS = f"""
    SELECT r.number, (r."values"->>'lead')::bigint FROM projects_importrow r WHERE {_SPAN} AND r.step = 'create'
"""  # noqa: S608
LOST_PARTNERS = f"""
    SELECT DISTINCT r.number FROM projects_importrow r, jsonb_array_elements(r."values"#>'{{parts,partners,known}}') k
    WHERE {_SPAN} AND r.step IN ('create', 'update')
        AND NOT EXISTS (SELECT 1 FROM members_organisation o WHERE o.id = (k->>0)::bigint)
"""  # noqa: S608

_SEARCH = "setweight(to_tsvector('simple', v->>'names'), 'A') || to_tsvector('simple', v->>'words')"
_VALUES = ", ".join(f"coalesce(f->>'{name}', '')" for name in _TEXTS)
INSERT_PROJECTS = f"""
    INSERT INTO projects_project (uuid, code, key, lead_id, acronym, starts_on, ends_on, title, description, objectives,
        results, {", ".join(_TEXTS)}, title_key_en, title_key_lt, publication, version, is_demo,
        created_at, updated_at, search)
    SELECT gen_random_uuid(), v->>'code', v->>'key', (v->>'lead')::bigint, coalesce(f->>'acronym', ''),
        (f->>'starts_on')::date, (f->>'ends_on')::date, coalesce(nullif(f->>'title_en', ''), f->>'title_lt', ''),
        coalesce(f->>'description_en', ''), coalesce(f->>'objectives_en', ''), coalesce(f->>'results_en', ''),
        {_VALUES}, v->>'title_key_en', v->>'title_key_lt', 'draft', 1, false, %s::timestamptz, %s::timestamptz,
        {_SEARCH}
    FROM (SELECT r.number, r."values" AS v, r."values"->'fields' AS f FROM projects_importrow r
          WHERE {_SPAN} AND r.step = 'create') s ORDER BY s.number
"""  # noqa: S608

_KEPT = ", ".join(f"{name} = coalesce(f->>'{name}', p.{name})" for name in (*_TEXTS, "acronym"))
UPDATE_PROJECTS = f"""
    UPDATE projects_project p SET {_KEPT}, lead_id = (v->>'lead')::bigint,
        starts_on = coalesce((f->>'starts_on')::date, p.starts_on),
        ends_on = coalesce((f->>'ends_on')::date, p.ends_on),
        title = coalesce(nullif(coalesce(f->>'title_en', p.title_en), ''), f->>'title_lt', p.title_lt, ''),
        description = coalesce(f->>'description_en', p.description),
        objectives = coalesce(f->>'objectives_en', p.objectives), results = coalesce(f->>'results_en', p.results),
        title_key_en = v->>'title_key_en', title_key_lt = v->>'title_key_lt', version = p.version + 1,
        updated_at = %s::timestamptz, search = {_SEARCH}
    FROM (SELECT r."values" AS v, r."values"->'fields' AS f FROM projects_importrow r
          WHERE {_SPAN} AND r.step = 'update') s
    WHERE p.id = (v->>'id')::bigint
"""  # noqa: S608

# A university that comes to lead a project needs no sharing any more.
DROP_SHARINGS = f"""
    DELETE FROM projects_sharing h USING projects_importrow r
    WHERE {_SPAN} AND r.step = 'update' AND h.project_id = (r."values"->>'id')::bigint
        AND h.university_id = (r."values"->>'lead')::bigint
"""  # noqa: S608

EMPTY_TARGETS = "DELETE FROM projects_import_target"
TARGETS = f"""
    INSERT INTO projects_import_target
    SELECT p.id, r.step, r."values"->'parts'
    FROM projects_importrow r JOIN projects_project p ON p.key = r."values"->>'key'
    WHERE {_SPAN} AND r.step IN ('create', 'update')
"""  # noqa: S608

# What a row gives replaces what was there; what it does not give stays.
PARTS = (
    """DELETE FROM projects_website w USING projects_import_target t
       WHERE t.step = 'update' AND t.parts ? 'websites' AND w.project_id = t.id AND NOT t.parts->'websites' ? w.url""",
    """INSERT INTO projects_website (project_id, url, position)
       SELECT t.id, u.url, u.n FROM projects_import_target t,
            jsonb_array_elements_text(t.parts->'websites') WITH ORDINALITY AS u(url, n)
       ON CONFLICT (project_id, url) DO UPDATE SET position = excluded.position""",
    """DELETE FROM projects_department d USING projects_import_target t
       WHERE t.step = 'update' AND t.parts ? 'departments' AND d.project_id = t.id
            AND NOT t.parts->'departments' @> to_jsonb(d.unit_id)""",
    """INSERT INTO projects_department (project_id, unit_id, position)
       SELECT t.id, u.unit::bigint, u.n FROM projects_import_target t,
            jsonb_array_elements_text(t.parts->'departments') WITH ORDINALITY AS u(unit, n)
       ON CONFLICT (project_id, unit_id) DO UPDATE SET position = excluded.position""",
    """DELETE FROM projects_teammember m USING projects_import_target t
       WHERE t.step = 'update' AND m.project_id = t.id AND t.parts->'team' ? m.part
            AND NOT t.parts->'team'->m.part ? m.name""",
    """INSERT INTO projects_teammember (uuid, project_id, part, name, position)
       SELECT gen_random_uuid(), t.id, e.part, u.name, u.n + (e.part <> 'head')::int
       FROM projects_import_target t, jsonb_each(t.parts->'team') AS e(part, names),
            jsonb_array_elements_text(e.names) WITH ORDINALITY AS u(name, n)
       WHERE NOT EXISTS (SELECT 1 FROM projects_teammember m
                         WHERE m.project_id = t.id AND m.part = e.part AND m.name = u.name)""",
    """DELETE FROM projects_partnership p USING projects_import_target t
       WHERE t.step = 'update' AND t.parts ? 'partners' AND p.project_id = t.id AND NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(t.parts#>'{partners,known}') k
            WHERE (k->>0)::bigint = p.organisation_id)""",
    """INSERT INTO projects_partnership (uuid, project_id, organisation_id, part)
       SELECT gen_random_uuid(), x.project, x.organisation, min(x.part) FROM (
            SELECT t.id, (k->>0)::bigint, k->>1 FROM projects_import_target t,
                jsonb_array_elements(t.parts#>'{partners,known}') k
            UNION ALL
            SELECT t.id, n.id, k->>2 FROM projects_import_target t,
                jsonb_array_elements(t.parts#>'{partners,new}') k
                JOIN projects_import_new n
                    ON n.name = k->>0 AND n.country = k->>1 AND n.pic = coalesce(k->>3, '')
       ) AS x(project, organisation, part) GROUP BY 2, 3
       ON CONFLICT (project_id, organisation_id) DO UPDATE SET part = excluded.part""",
    """UPDATE projects_fundingline l SET programme_id = (f->>'programme')::bigint, amount = (f->>'amount')::numeric,
            currency = f->>'currency', share = (f->>'share')::numeric, contract_number = f->>'contract_number'
       FROM projects_import_target t, jsonb_array_elements(t.parts->'funding') f
       WHERE t.step = 'update' AND l.project_id = t.id AND l.id = (f->>'id')::bigint""",
    """INSERT INTO projects_fundingline (uuid, project_id, programme_id, amount, currency, share, contract_number,
            position)
       SELECT gen_random_uuid(), t.id, (f->>'programme')::bigint, (f->>'amount')::numeric, f->>'currency',
            (f->>'share')::numeric, f->>'contract_number',
            u.n + (SELECT count(*) FROM projects_fundingline l WHERE l.project_id = t.id)
       FROM projects_import_target t, jsonb_array_elements(t.parts->'funding') WITH ORDINALITY AS u(f, n)
       WHERE f->>'id' IS NULL""",
    """UPDATE projects_milestone m SET kind = f->>'kind', title = coalesce(nullif(f->>'title_en', ''), f->>'title_lt'),
            title_en = f->>'title_en', title_lt = f->>'title_lt', due_on = (f->>'due_on')::date,
            done_on = nullif(f->>'done_on', '')::date
       FROM projects_import_target t, jsonb_array_elements(t.parts->'milestones') f
       WHERE t.step = 'update' AND m.project_id = t.id AND m.id = (f->>'id')::bigint""",
    """INSERT INTO projects_milestone (uuid, project_id, kind, title, title_en, title_lt, due_on, done_on)
       SELECT gen_random_uuid(), t.id, f->>'kind', coalesce(nullif(f->>'title_en', ''), f->>'title_lt'),
            f->>'title_en', f->>'title_lt', (f->>'due_on')::date, nullif(f->>'done_on', '')::date
       FROM projects_import_target t, jsonb_array_elements(t.parts->'milestones') WITH ORDINALITY AS u(f, n)
       WHERE f->>'id' IS NULL ORDER BY t.id, u.n""",
    """UPDATE projects_result o SET category = f->>'category',
            title = coalesce(nullif(f->>'title_en', ''), f->>'title_lt'), title_en = f->>'title_en',
            title_lt = f->>'title_lt', url = f->>'url', reached_on = nullif(f->>'reached_on', '')::date
       FROM projects_import_target t, jsonb_array_elements(t.parts->'outcomes') f
       WHERE t.step = 'update' AND o.project_id = t.id AND o.id = (f->>'id')::bigint""",
    """INSERT INTO projects_result (uuid, project_id, category, title, title_en, title_lt, url, reached_on, position)
       SELECT gen_random_uuid(), t.id, f->>'category', coalesce(nullif(f->>'title_en', ''), f->>'title_lt'),
            f->>'title_en', f->>'title_lt', f->>'url', nullif(f->>'reached_on', '')::date,
            u.n + (SELECT count(*) FROM projects_result o WHERE o.project_id = t.id)
       FROM projects_import_target t, jsonb_array_elements(t.parts->'outcomes') WITH ORDINALITY AS u(f, n)
       WHERE f->>'id' IS NULL ORDER BY t.id, u.n""",
)
