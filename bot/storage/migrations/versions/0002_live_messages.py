"""messages that keep themselves current"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("live", "again"):
        op.add_column("notices", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("again", "live"):
        with op.batch_alter_table("notices") as notices:
            notices.drop_column(name)
