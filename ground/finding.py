"""For migrations: tables whose records are found by their words, and whose titles forgive a wrong letter.

Each kind of record says once, in a migration of its room, which columns are its names and which its texts. Triggers
then keep `ground_entry` (the words of each record) and `ground_titleword` (the words of all titles); the functions
compare old and new themselves, so that columns can be altered later. A second migration fills in what was there
before, in a transaction of its own: it locks nothing that people change.
"""

# ruff: noqa: S608 - what stands in these statements was written in migrations
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.migrations import RunSQL

# What has no four letters in a row and is no compound has no word to remember: codes, numbers, "of".
_LETTERS = "[^0-9 .,;:/()-]{4}|^[^0-9]*[-/.][^0-9]*$"


@dataclass(frozen=True)
class Source:
    """A table, the name of its kind, and its columns: `names` count more than `parts`.

    `entered`: its words stand in `ground_entry`; tables with a search vector of their own need that not.
    `personal`: the words of its names go with the record, since they are names of people. `only` says in SQL of which
    rows those are remembered, with `{row}` for the row.
    """

    table: str
    kind: str
    names: tuple[str, ...]
    parts: tuple[str, ...] = ()
    entered: bool = True
    personal: bool = False
    only: str = "true"
    key: str = "{row}.id"  # a number for the row

    def joined(self, columns: tuple[str, ...], row: str) -> str:
        """The texts in `columns` of `row` as one."""
        said = (one.format(row=row) if "{row}" in one else f"{row}.{one}" for one in columns)
        return f"concat_ws(' ', {', '.join(said)})" if columns else "''"

    def entries(self, row: str, rows: str = "") -> str:
        """The statement that writes the entry of `row`, or those of the rows of a table."""
        vector = f"ground_vector({self.joined(self.names, row)}, {self.joined(self.parts, row)})"
        return (
            f"INSERT INTO ground_entry SELECT '{self.kind}', {self.key.format(row=row)}, {vector} {rows} "
            "ON CONFLICT (kind, record) DO " + ("NOTHING" if rows else "UPDATE SET words = EXCLUDED.words")
        )

    def words(self, row: str, rows: str = "") -> str:
        """The statement that remembers the words of the names of `row`, or of the rows of a table."""
        if self.personal:
            owner, known = f"'{self.kind}', {self.key.format(row=row)}", ""
        else:
            owner = "NULL::text, NULL::bigint"
            same = "k.near = w AND k.word = w AND k.record IS NULL"
            known = f"WHERE NOT EXISTS (SELECT FROM ground_titleword k WHERE {same})"
        titles = f"ground_title_words({self.joined(self.names, row)})"
        only = f"({self.only.format(row=row)})"
        if not rows:
            return (
                f"IF {only} THEN INSERT INTO ground_titleword SELECT unnest(ground_near(w)), w, {owner} "
                f"FROM {titles} w {known}; END IF"
            )
        if self.personal:
            found = f"SELECT DISTINCT {owner}, {titles} {rows} WHERE {only}"
        else:  # the same few words stand in many titles: each is folded once
            parts = f"string_to_table({self.joined(self.names, row)}, ' ') part"
            each = f"SELECT DISTINCT part {rows}, {parts} WHERE {only} AND part ~ '{_LETTERS}'"
            found = f"SELECT DISTINCT {owner}, ground_title_words(part) FROM ({each}) parts"
        once = f"({found}) once (kind, record, w)"
        return (
            f"INSERT INTO ground_titleword SELECT unnest(ground_near(w)), w, kind, record FROM {once} {known}"
        )

    @property
    def changed(self) -> str:
        """Whether an update changed what is found."""
        columns = (*self.names, *self.parts) if self.entered else self.names
        said = [f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in columns if "{row}" not in one]
        if self.only != "true":
            said.append(f"({self.only.format(row='OLD')}) IS DISTINCT FROM ({self.only.format(row='NEW')})")
        return " OR ".join(said)

    @property
    def forgets(self) -> str:
        """The statements that take away what went with the old row."""
        own = f"WHERE kind = '{self.kind}' AND record = {self.key.format(row='OLD')};"
        entry = f"DELETE FROM ground_entry {own} " if self.entered else ""
        return entry + (f"DELETE FROM ground_titleword {own}" if self.personal else "")


def _per_row(one: Source) -> str:
    """What happens with each row that is written. New rows of large tables are looked at together (`_together`)."""
    update = f"IF TG_OP = 'UPDATE' AND NOT ({one.changed}) THEN RETURN NULL; END IF;"
    gone = f"IF TG_OP <> 'INSERT' THEN {one.forgets} END IF;" if one.forgets else ""
    entry = f"{one.entries('NEW')};" if one.entered else ""
    return f"""
        CREATE FUNCTION ground_find_{one.table}() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            {update}
            {gone}
            IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;
            {entry}
            {one.words("NEW")};
            RETURN NULL;
        END
        $body$
    """


def _together(one: Source) -> str:
    return f"""
        CREATE FUNCTION ground_find_new_{one.table}() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            {one.words("fresh", "FROM fresh")};
            RETURN NULL;
        END
        $body$
    """


def _emptied(one: Source) -> str:
    own = f"WHERE kind = '{one.kind}';"
    return f"""
        CREATE FUNCTION ground_find_none_{one.table}() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            DELETE FROM ground_entry {own} DELETE FROM ground_titleword {own}
            RETURN NULL;
        END
        $body$
    """


def find(*sources: Source) -> RunSQL:
    """Let every change of the tables keep what is found; what is there already is filled in by `fill`."""
    made: list[Any] = []
    gone: list[Any] = []
    for one in sources:
        table, bulk = one.table, not one.entered and not one.personal
        on = f"ON {table} FOR EACH ROW EXECUTE FUNCTION ground_find_{table}()"
        events = "UPDATE" if bulk else "INSERT OR UPDATE OR DELETE"
        made += [_per_row(one), f"CREATE TRIGGER ground_find AFTER {events} {on}"]
        gone += [f"DROP TRIGGER ground_find ON {table}", f"DROP FUNCTION ground_find_{table}()"]
        if bulk:
            way = f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
            name = "ground_find_new"
            made.append(_together(one))
        else:
            way, name = f"AFTER TRUNCATE ON {table} FOR EACH STATEMENT", "ground_find_none"
            made.append(_emptied(one))
        made.append(f"CREATE TRIGGER {name} {way} EXECUTE FUNCTION {name}_{table}()")
        gone += [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}_{table}()"]
    return RunSQL(made, gone)


def fill(*sources: Source) -> RunSQL:
    """Fill in the words of the rows that are there. Run again, it adds what is missing and changes nothing."""
    made: list[Any] = []
    for one in sources:
        rows = f"FROM {one.table} old"
        if one.entered:
            made.append(one.entries("old", rows))
        if one.personal:
            made.append(f"DELETE FROM ground_titleword WHERE kind = '{one.kind}'")
        made.append(one.words("old", rows))
    return RunSQL(made, RunSQL.noop)
