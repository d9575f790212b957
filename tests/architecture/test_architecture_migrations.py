"""Migrations only add, so that machines of the version before work on; one that takes away says so."""

import importlib.util
import io
import re
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from bot.storage import schema

FIRST_JUDGED = "0024"
"""Before it every migration was carried out with the program stopped."""

ADDS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"CREATE TABLE ",
        r"CREATE (UNIQUE )?INDEX CONCURRENTLY ",
        r"DROP INDEX CONCURRENTLY ",
        r"ALTER TABLE \S+ ADD COLUMN (?!.*\bNOT NULL\b)(?!.*\b(REFERENCES|UNIQUE|PRIMARY)\b)",
        r"ALTER TABLE \S+ ADD COLUMN \S+ .*\bDEFAULT ('[^']*'|\d+|true|false)( |$).*\bNOT NULL$",
        r"ALTER TABLE \S+ ADD CONSTRAINT .* NOT VALID$",
        r"ALTER TABLE \S+ VALIDATE CONSTRAINT ",
        r"(BEGIN|COMMIT)$",
    )
)
"""Statements that an older program does not notice and that hold no table for longer than a moment."""

NEW_INDEX = re.compile(r'CREATE (?:UNIQUE )?INDEX \S+ ON "?(\w+)')


def scripts() -> Iterator[ModuleType]:
    for path in sorted((schema.SCRIPTS / "versions").glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def statements(upgrade: Callable[[], None]) -> list[str]:
    """What an upgrade says to PostgreSQL."""
    said = io.StringIO()
    options = {"as_sql": True, "output_buffer": said}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        upgrade()
    return [" ".join(statement.split()) for statement in said.getvalue().split(";") if statement.strip()]


def takes_away(upgrade: Callable[[], None]) -> list[str]:
    """What an older program would notice, or would have to wait for."""
    found = statements(upgrade)
    made = {name[1] for said in found if (name := re.match(r'CREATE TABLE "?(\w+)', said))}

    def harmless(said: str) -> bool:
        index = NEW_INDEX.match(said)
        return any(pattern.match(said) for pattern in ADDS) or bool(index and index[1] in made)

    return [said for said in found if not harmless(said)]


def of_text(body: str) -> Callable[[], None]:
    namespace: dict[str, Callable[[], None]] = {}
    head = "import sqlalchemy as sa\nfrom alembic import op\nfrom bot.storage import growth\ndef upgrade():\n"
    exec(head + "\n".join(f"    {line}" for line in body.splitlines()), namespace)
    return namespace["upgrade"]


def test_migrations__add_or_say_which_programs_no_longer_need_what_goes():
    wrong = {}
    for module in scripts():
        oldest = getattr(module, "compatible_from", "")
        assert not oldest or oldest < module.revision, f"{module.revision}: {oldest} cannot know it"
        if module.revision >= FIRST_JUDGED and not oldest and (left := takes_away(module.upgrade)):
            wrong[module.revision] = left
    assert not wrong, f"add only, or set `compatible_from` (CONTRIBUTING.md): {wrong}"


@pytest.mark.parametrize(
    "body",
    [
        'op.create_table("t", sa.Column("id", sa.Integer))\nop.create_index("i", "t", ["id"])',
        'op.add_column("people", sa.Column("a", sa.String(9), nullable=True))',
        'op.add_column("people", sa.Column("a", sa.Integer, server_default="0", nullable=False))',
        'with op.batch_alter_table("people") as t:\n    t.add_column(sa.Column("a", sa.Boolean))',
        'growth.index("i", "people", ["ext_id"])',
        'op.create_foreign_key("f", "people", "exams", ["a"], ["id"], postgresql_not_valid=True)',
    ],
)
def test_addition__passes(body):
    assert takes_away(of_text(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        'op.drop_column("people", "ext_id")',
        'op.drop_table("people")',
        'op.add_column("people", sa.Column("a", sa.Integer, nullable=False))',
        'op.add_column("people", sa.Column("a", sa.DateTime, server_default=sa.func.now(), nullable=False))',
        'op.alter_column("people", "ext_id", type_=sa.Text())',
        'op.alter_column("people", "ext_id", nullable=False)',
        'op.alter_column("people", "ext_id", new_column_name="number")',
        'op.create_index("i", "people", ["ext_id"])',
        'op.create_foreign_key("f", "people", "exams", ["a"], ["id"])',
        'op.create_check_constraint("c", "people", "kind = 1")',
        'op.execute("UPDATE people SET ext_id = 1")',
        'op.rename_table("people", "persons")',
    ],
)
def test_taking_away__is_seen(body):
    assert takes_away(of_text(body))
