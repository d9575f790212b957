"""incidents ended early, one post for a rush"""

import sqlalchemy as sa
from alembic import op

from bot.storage.types import Utc

revision = "0022"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("ended_by", BIG_ID, nullable=True))
        table.create_foreign_key("fk_incidents_ended_by", "people", ["ended_by"], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("desk_chats") as table:
        table.add_column(sa.Column("rush_at", Utc(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("desk_chats") as table:
        table.drop_column("rush_at")
    with op.batch_alter_table("incidents") as table:
        table.drop_constraint("fk_incidents_ended_by", type_="foreignkey")
        table.drop_column("ended_by")
