"""Projects that come in as files: read into staged rows, checked set by set, taken over in one transaction.

storing, sniffing, sheets, reading: from bytes to rows · fields, numbered, columns, cells, entries, lookups: what a
cell means · existing, checking, funding, named: what a row would do · staging, merging, revisions: the same for all
rows in the database · batches, work, telling: the verbs and the job · reporting: what is handed back.
"""
