"""which programs can work on this schema, and of which schema a machine is"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alembic_version", sa.Column("compatible_from", sa.String(32), nullable=True))
    op.add_column("nodes", sa.Column("schema_head", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("nodes") as table:
        table.drop_column("schema_head")
    with op.batch_alter_table("alembic_version") as table:
        table.drop_column("compatible_from")
