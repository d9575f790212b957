"""the exam day: starts, cards, rehearsals, calls; whether a message was acted upon"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exam_days",
        _exam(),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("started_by", _big(), nullable=True),
        sa.Column("asked_at", Utc(), nullable=True),
        sa.Column("told_at", Utc(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False, server_default=""),
        sa.Column("looked_at", Utc(), nullable=True),
        _of_exam("exam_days"),
        _of_person("exam_days", "started_by", "SET NULL"),
        sa.PrimaryKeyConstraint("exam_id", name=op.f("pk_exam_days")),
    )
    op.create_table(
        "exam_checks",
        _exam(),
        sa.Column("name", sa.String(8), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("probed_at", Utc(), nullable=False),
        sa.Column("checked_at", Utc(), nullable=True),
        sa.CheckConstraint("name IN ('day', 'soon')", name=op.f("ck_exam_checks_name_known")),
        _of_exam("exam_checks"),
        sa.PrimaryKeyConstraint("exam_id", "name", name=op.f("pk_exam_checks")),
    )
    op.create_table(
        "student_calls",
        sa.Column("id", _big(), nullable=False),
        _exam(),
        sa.Column("person_id", _big(), nullable=False),
        sa.Column("caller_id", _big(), nullable=True),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("called_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        _of_exam("student_calls"),
        _of_person("student_calls", "person_id", "CASCADE"),
        _of_person("student_calls", "caller_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_calls")),
        sa.UniqueConstraint("origin", name=op.f("uq_student_calls_origin")),
    )
    op.create_index(
        op.f("ix_student_calls_exam_id_person_id"), "student_calls", ["exam_id", "person_id"], unique=False
    )
    op.add_column("notices", sa.Column("acted_at", Utc(), nullable=True))


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _exam() -> "sa.Column[int]":
    return sa.Column("exam_id", _big(), nullable=False)


def _of_exam(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_exam_id")
    return sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=name, ondelete="CASCADE")


def _of_person(table: str, column: str, gone: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], ["people.id"], name=name, ondelete=gone)


def downgrade() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.drop_column("acted_at")
    for table in ("student_calls", "exam_checks", "exam_days"):
        op.drop_table(table)
