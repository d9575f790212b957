"""cases of every kind: stage, revision, people, timers; absences; incidents"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COLUMNS = ("kind", "stage", "outcome", "revision", "ended_at", "data")
INDEXES = {"ix_cases_state_kind": ["state", "kind"], "ix_cases_exam_id": ["exam_id"]}


def upgrade() -> None:
    for name, length in (("kind", 16), ("stage", 24), ("outcome", 24)):
        default = "report" if name == "kind" else ""
        op.add_column("cases", sa.Column(name, sa.String(length), nullable=False, server_default=default))
    op.add_column("cases", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("ended_at", MOMENT, nullable=True))
    op.add_column("cases", sa.Column("data", sa.JSON(), nullable=False, server_default="{}"))
    op.execute("UPDATE cases SET stage = 'answer'")
    for name, columns in INDEXES.items():
        op.create_index(name, "cases", columns)
    _people()
    _timers()
    _absences()
    _incidents()
    op.execute(
        "INSERT INTO case_timers (case_id, rule, due_at, revision, state, reason) "
        "SELECT id, 'climb', escalate_at, 0, 'pending', '' FROM cases "
        "WHERE escalate_at IS NOT NULL AND state = 'waiting'"
    )
    op.drop_index("ix_cases_state_escalate_at", "cases")
    # The table is not made anew: on SQLite that would take every case's history and messages with it.
    op.execute("ALTER TABLE cases DROP COLUMN escalate_at")


def _key(table: str, column: str, to: str, action: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=action)


def _people() -> None:
    op.create_table(
        "case_people",
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("person_id", ROW, nullable=False),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("lost_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "part IN ('addressee', 'filer', 'member')", name=op.f("ck_case_people_part_known")
        ),
        _key("case_people", "case_id", "cases", "CASCADE"),
        _key("case_people", "person_id", "people", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_case_people")),
    )
    op.create_index("ix_case_people_person_id", "case_people", ["person_id"])
    _fill_people()


def _fill_people() -> None:
    """Who was told so far stands in the chains of the cases."""
    cases = sa.table(
        "cases",
        sa.column("id", ROW),
        sa.column("chain", sa.JSON()),
        sa.column("step", sa.Integer()),
        sa.column("filed_at", MOMENT),
    )
    people = sa.table(
        "case_people",
        sa.column("case_id", ROW),
        sa.column("person_id", ROW),
        sa.column("part", sa.String()),
        sa.column("role", sa.String()),
        sa.column("told_at", MOMENT),
    )
    connection = op.get_bind()
    for case in connection.execute(sa.select(cases)).all():
        told = {person: rung["role"] for rung in case.chain[: case.step + 1] for person in rung["told"]}
        for person, role in told.items():
            row = {"case_id": case.id, "person_id": person, "part": "addressee", "role": role}
            connection.execute(people.insert().values(**row, told_at=case.filed_at))


def _timers() -> None:
    op.create_table(
        "case_timers",
        sa.Column("id", ROW, nullable=False),
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("rule", sa.String(48), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'stopped', 'failed')", name=op.f("ck_case_timers_state_known")
        ),
        _key("case_timers", "case_id", "cases", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_timers")),
        sa.UniqueConstraint("case_id", "rule", name=op.f("uq_case_timers_case_id_rule")),
    )
    op.create_index("ix_case_timers_state_due_at", "case_timers", ["state", "due_at"])


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", ROW, nullable=False),
        sa.Column("person_id", ROW, nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("stands_in_id", ROW, nullable=True),
        _key("absences", "person_id", "people", "CASCADE"),
        _key("absences", "stands_in_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_person_id_until_at", "absences", ["person_id", "until_at"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", ROW, nullable=False),
        sa.Column("number", sa.String(24), nullable=False),
        sa.Column("scope", sa.String(12), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("scope IN ('exam', 'faculty', 'platform')", name=op.f("ck_incidents_scope_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
    )
    op.create_index("ix_incidents_scope_key_closed_at", "incidents", ["scope", "key", "closed_at"])
    op.create_table(
        "incident_cases",
        sa.Column("case_id", ROW, nullable=False),
        sa.Column("incident_id", ROW, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        _key("incident_cases", "case_id", "cases", "CASCADE"),
        _key("incident_cases", "incident_id", "incidents", "CASCADE"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_incident_cases")),
    )
    op.create_index("ix_incident_cases_incident_id", "incident_cases", ["incident_id"])


def downgrade() -> None:
    op.add_column("cases", sa.Column("escalate_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE cases SET escalate_at = (SELECT due_at FROM case_timers WHERE case_timers.case_id = cases.id "
        "AND case_timers.rule = 'climb' AND case_timers.state = 'pending')"
    )
    op.create_index("ix_cases_state_escalate_at", "cases", ["state", "escalate_at"])
    for table in ("incident_cases", "incidents", "absences", "case_timers", "case_people"):
        op.drop_table(table)
    for name in INDEXES:
        op.drop_index(name, "cases")
    for name in COLUMNS:
        op.execute(f"ALTER TABLE cases DROP COLUMN {name}")
