"""who guides a student"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "advisers",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("adviser_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_advisers_person_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["adviser_id"], ["people.id"], name="fk_advisers_adviser_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_advisers"),
    )
    op.create_index("ix_advisers_adviser_id", "advisers", ["adviser_id"])


def downgrade() -> None:
    op.drop_table("advisers")
