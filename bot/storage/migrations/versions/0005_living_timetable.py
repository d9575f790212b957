"""the timetable is changed here: a student's own minutes, the log of changes; what people want by itself"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("filed_start", "filed_end"):
        op.add_column("exams", sa.Column(name, MOMENT, nullable=True))
    op.create_table(
        "exam_extras",
        sa.Column("exam_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["exams.id"], name=op.f("fk_exam_extras_exam_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_exam_extras_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_id", "person_id", name=op.f("pk_exam_extras")),
    )
    op.create_table(
        "exam_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("exam_id", BIG, nullable=False),
        sa.Column("person_key", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["exams.id"], name=op.f("fk_exam_changes_exam_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_exam_changes_actor_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_changes")),
        sa.UniqueConstraint(
            "origin", "exam_id", "person_key", "action",
            name=op.f("uq_exam_changes_origin_exam_id_person_key_action"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_exam_changes_exam_id"), "exam_changes", ["exam_id"], unique=False)
    op.create_table(
        "preferences",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("deadlines", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_preferences_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preferences")),
    )


def downgrade() -> None:
    for table in ("preferences", "exam_changes", "exam_extras"):
        op.drop_table(table)
    for name in ("filed_end", "filed_start"):
        op.drop_column("exams", name)
