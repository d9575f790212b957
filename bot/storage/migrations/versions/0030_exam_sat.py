"""who sat an exam with a group that they have left"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exam_sat",
        sa.Column("exam_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["exams.id"], name=op.f("fk_exam_sat_exam_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_exam_sat_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("exam_id", "person_id", name=op.f("pk_exam_sat")),
    )
    op.create_index(op.f("ix_exam_sat_person_id"), "exam_sat", ["person_id"])


def downgrade() -> None:
    op.drop_table("exam_sat")
