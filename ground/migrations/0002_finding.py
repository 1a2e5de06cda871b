"""What finding needs: text folded by the database itself, words of records, and words of titles with a letter left out.

The functions fold as `ground.text` does (a test compares them), so that triggers can keep both tables whichever way a
row came: by a form, a bulk change, an import, COPY or a statement typed by hand.
"""

from django.db import migrations

CREATE = [
    # Marks above and below letters go; those of scripts that have no a to z would not be found anyway.
    r"""
    CREATE FUNCTION ground_folded(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE WHEN octet_length(source) = length(source) THEN lower(source) ELSE lower(regexp_replace(normalize(
            replace(replace(replace(replace(replace(replace(replace(translate(source, 'łŁøØđĐðÐı', 'lLoOdDdDi'),
                'æ', 'ae'), 'Æ', 'AE'), 'œ', 'oe'), 'Œ', 'OE'), 'ß', 'ss'), 'þ', 'th'), 'Þ', 'Th'),
            NFKD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g')) END
    $$
    """,
    """
    CREATE FUNCTION ground_words(source text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT ARRAY(SELECT m[1] FROM regexp_matches(folded, '([a-z0-9]+)', 'g') m)
            || ARRAY(SELECT translate(m[1], '-/.', '')
                     FROM regexp_matches(folded, '([a-z0-9]+(?:[-/.][a-z0-9]+)+)', 'g') m)
        FROM (SELECT ground_folded(source) AS folded) f
    $$
    """,
    """
    CREATE FUNCTION ground_vector(names text, parts text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT setweight(to_tsvector('simple', array_to_string(ground_words(coalesce(names, '')), ' ')), 'A')
            || to_tsvector('simple', array_to_string(ground_words(coalesce(parts, '')), ' '))
    $$
    """,
    # A word, and the word with each of its letters left out.
    """
    CREATE FUNCTION ground_near(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT word || ARRAY(
            SELECT DISTINCT left(word, place - 1) || substr(word, place + 1) FROM generate_series(1, length(word)) place
        )
    $$
    """,
    """
    CREATE FUNCTION ground_title_words(source text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT DISTINCT word FROM unnest(ground_words(coalesce(source, ''))) word WHERE word ~ '^[a-z]{4,40}$'
    $$
    """,
    """
    CREATE TABLE ground_entry (
        kind text NOT NULL, record bigint NOT NULL, words tsvector NOT NULL, PRIMARY KEY (kind, record)
    )
    """,
    "CREATE INDEX ground_entry_words ON ground_entry USING gin (words)",
    """
    CREATE FUNCTION ground_rank(of_kind text, of_record bigint, query tsquery) RETURNS double precision
    LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
        SELECT ts_rank(words, query) FROM ground_entry WHERE kind = of_kind AND record = of_record
    $$
    """,
    # A row for the word and one for each way to leave a letter out: a plain index, since the planner takes arrays for
    # cheaper to read than they are. Without a unique key: two transactions that bring the same new word need not wait for each
    # other, and a word that stands here twice does no harm. `record` is set where a word must go with its record (names of people).
    """
    CREATE TABLE ground_titleword (
        near text COLLATE "C" NOT NULL, word text COLLATE "C" NOT NULL, kind text, record bigint,
        CHECK ((kind IS NULL) = (record IS NULL))
    )
    """,
    "CREATE INDEX ground_titleword_near ON ground_titleword (near, word)",
    "CREATE INDEX ground_titleword_record ON ground_titleword (kind, record) WHERE record IS NOT NULL",
]
DROP = [
    "DROP FUNCTION ground_rank(text, bigint, tsquery)",
    "DROP TABLE ground_titleword",
    "DROP TABLE ground_entry",
    "DROP FUNCTION ground_title_words(text)",
    "DROP FUNCTION ground_near(text)",
    "DROP FUNCTION ground_vector(text, text)",
    "DROP FUNCTION ground_words(text)",
    "DROP FUNCTION ground_folded(text)",
]


class Migration(migrations.Migration):
    dependencies = [("ground", "0001_finished")]
    operations = [migrations.RunSQL(CREATE, DROP)]
