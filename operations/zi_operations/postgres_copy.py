"""A PostgreSQL database as a few files: its tables by what the catalogue says of them, and their rows as COPY gives them. It is put back into
an empty database in one transaction."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import psycopg
from psycopg.sql import SQL, Identifier, Literal

SCHEMA = "schema.json"
PIECE = 1024 * 1024
_KINDS = (
    "SELECT c.relname AS name, c.relkind::text AS kind, c.reloptions AS options FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind NOT IN ('i', 't', 'c') ORDER BY c.relname"
)
_COLUMNS = (
    "SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,"
    " pg_get_expr(d.adbin, d.adrelid) AS default FROM pg_attribute a"
    " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
    " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
)
_CONSTRAINTS = (
    "SELECT conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint"
    " WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'c', 'f')"
    " ORDER BY conname"
)
_INDEXES = (
    "SELECT pg_get_indexdef(i.indexrelid) AS text FROM pg_index i WHERE i.indrelid = %s::regclass"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY i.indexrelid"
)
_SEQUENCE = "SELECT data_type::text AS type, last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename = %s"
_FILLED_BY = "SELECT obj_description(to_regclass(%s), 'pg_class')"
_OWNED = "SELECT pg_get_serial_sequence(%s, %s) AS name"

Connection = psycopg.Connection[Any]
Write = Callable[[str, Iterable[bytes]], None]


class UnknownObjectError(Exception):
    """The database has something that this copy would leave out."""


def copy_out(connection: Connection, write: Write) -> None:
    """Hand the files of the database to `write`, by name, in pieces."""
    schema = _schema(connection)
    write(SCHEMA, [json.dumps(schema).encode()])
    for table in schema["tables"]:
        write(f"{table}.copy", _rows(connection, table))


def copy_in(address: str, backup: str, read: Callable[[str], BinaryIO]) -> None:
    """Make the tables and fill them, all of it or nothing. A database that this backup has filled already is passed over."""
    with read(SCHEMA) as file:
        schema = json.loads(file.read())
    first = min(schema["tables"])
    with psycopg.connect(address) as connection:
        if connection.execute(_FILLED_BY, (f"public.{_name(first)}",)).fetchone() == (backup,):
            return
        for name, sequence in schema["sequences"].items():
            _do(connection, f"CREATE SEQUENCE {_name(name)} AS {sequence['type']}")
        for name, table in schema["tables"].items():
            _do(connection, _create(name, table))
            with read(f"{name}.copy") as file, connection.cursor().copy(_copy(name, "FROM STDIN")) as copy:
                while piece := file.read(PIECE):
                    copy.write(piece)
        for name, sequence in schema["sequences"].items():
            if sequence["last"] is not None:
                connection.execute("SELECT setval(%s, %s)", (f"public.{_name(name)}", sequence["last"]))
        _finish(connection, schema)
        connection.execute(SQL("COMMENT ON TABLE {} IS {}").format(Identifier(first), Literal(backup)))


def _finish(connection: Connection, schema: Mapping[str, Any]) -> None:
    """Add what is made faster, or can only be made, once the rows are there."""
    tables = schema["tables"].items()
    for name, table in tables:
        for sequence, column in table["owns"]:
            _do(connection, f"ALTER SEQUENCE {_name(sequence)} OWNED BY {_name(name)}.{_name(column)}")
        for text in table["indexes"]:
            _do(connection, text)
    for is_foreign in (False, True):
        for name, table in tables:
            for added in table["constraints"]:
                if added["text"].startswith("FOREIGN") == is_foreign:
                    _do(
                        connection,
                        f"ALTER TABLE {_name(name)} ADD CONSTRAINT {_name(added['name'])} {added['text']}",
                    )


def _do(connection: Connection, statement: str) -> None:
    """A statement of names and texts that the catalogue of such a database gave."""
    connection.execute(statement.encode())


def _schema(connection: Connection) -> dict[str, Any]:
    found: dict[str, Any] = {"sequences": {}, "tables": {}}
    for row in connection.execute(_KINDS).fetchall():
        match row["kind"]:
            case "r":
                found["tables"][row["name"]] = _table(connection, row["name"], row["options"])
            case "S":
                [sequence] = connection.execute(_SEQUENCE, (row["name"],)).fetchall()
                found["sequences"][row["name"]] = {"type": sequence["type"], "last": sequence["last_value"]}
            case kind:
                raise UnknownObjectError(f"{row['name']} ({kind})")
    return found


def _table(connection: Connection, name: str, options: Sequence[str] | None) -> dict[str, Any]:
    quoted = f"public.{_name(name)}"
    columns = [dict(row) for row in connection.execute(_COLUMNS, (quoted,)).fetchall()]
    owns = []
    for column in columns:
        [row] = connection.execute(_OWNED, (quoted, column["name"])).fetchall()
        if row["name"]:
            owns.append((str(row["name"]).partition(".")[2].strip('"'), column["name"]))
    return {
        "columns": columns,
        "options": list(options or ()),
        "owns": owns,
        "constraints": [dict(row) for row in connection.execute(_CONSTRAINTS, (quoted,)).fetchall()],
        "indexes": [row["text"] for row in connection.execute(_INDEXES, (quoted,)).fetchall()],
    }


def _create(name: str, table: Mapping[str, Any]) -> str:
    columns = ", ".join(
        f"{_name(column['name'])} {column['type']}{_default(column)}{' NOT NULL' if column['required'] else ''}"
        for column in table["columns"]
    )
    options = f" WITH ({', '.join(table['options'])})" if table["options"] else ""
    return f"CREATE TABLE {_name(name)} ({columns}){options}"


def _default(column: Mapping[str, Any]) -> str:
    return f" DEFAULT {column['default']}" if column["default"] is not None else ""


def _rows(connection: Connection, table: str) -> Iterator[bytes]:
    with connection.cursor().copy(_copy(table, "TO STDOUT")) as copy:
        yield from map(bytes, copy)


def _copy(table: str, way: str) -> bytes:
    return f"COPY {_name(table)} {way} (FORMAT binary)".encode()


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
