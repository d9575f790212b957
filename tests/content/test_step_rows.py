"""Every row of the sources' step tables is a step in its place, with its clause, in every language."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.library.content import Content
from tests.support.contents import loaded

TABLE = yaml.load(Path(__file__).with_name("rows.yaml").read_bytes(), Loader=yaml.CSafeLoader)
TABLES: dict[str, dict[str, Any]] = TABLE["tables"]
ROWS_OF_ALL = 289


def content_of(walk: str) -> Content:
    return loaded(walk.partition(".")[0])


def rows(walk: str) -> list[tuple[str, str]]:
    """Clause and action of each row."""
    table = TABLES[walk]
    found = []
    for number, row in enumerate(table["rows"], 1):
        action, own = row if isinstance(row, list) else (row, number)
        joint = "" if table.get("clause", "").endswith((" T", " O", " C")) else " "
        clause = table["clauses"][number - 1] if "clauses" in table else f"{table['clause']}{joint}{own}"
        found.append((clause, action))
    return found


def test_table__is_as_long_as_the_sources_are() -> None:
    assert sum(len(table["rows"]) for table in TABLES.values()) == ROWS_OF_ALL
    used = {action for walk in TABLES for _, action in rows(walk)}
    assert used == set(TABLE["actions"])


@pytest.mark.parametrize("walk", TABLES)
def test_rows__are_steps_with_their_clauses_in_order(walk: str) -> None:
    steps = content_of(walk).algorithms[walk].steps
    assert [step.clause.split(";")[0] for step in steps] == [clause for clause, _ in rows(walk)]


@pytest.mark.parametrize("walk", TABLES)
def test_rows__say_in_every_language_what_is_done(walk: str) -> None:
    content = content_of(walk)
    for step, (clause, action) in zip(content.algorithms[walk].steps, rows(walk), strict=True):
        for language in content.languages:
            words = content.words.step(language, step.id)
            said = f"{words.title}\n{words.text}".casefold()
            assert TABLE["actions"][action][language] in said, (clause, language, words.title)
