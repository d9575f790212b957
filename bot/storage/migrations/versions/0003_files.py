"""files of cases, drafts"""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables.base import BigId
from bot.storage.types import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.CheckConstraint("state IN ('open', 'sent', 'dropped')", name=op.f("ck_drafts_state_known")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_drafts_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_person_id_state", "drafts", ["person_id", "state"])
    _case_files()


def _case_files() -> None:
    known = ", ".join(f"'{s}'" for s in ("waiting", "kept", "missing", "refused", "removed", "erased"))
    op.create_table(
        "case_files",
        sa.Column("id", BigId, nullable=False),
        sa.Column("origin", sa.BigInteger(), nullable=True),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("draft_id", BigId, nullable=True),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("file_id", sa.String(300), nullable=False),
        sa.Column("file_kind", sa.String(16), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("type", sa.String(8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("added_at", Utc(), nullable=False),
        sa.CheckConstraint(f"state IN ({known})", name=op.f("ck_case_files_state_known")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_files_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_case_files_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_case_files_owner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_files")),
        sa.UniqueConstraint("origin", name=op.f("uq_case_files_origin")),
    )
    for columns in (["case_id"], ["draft_id"], ["state", "due_at"], ["sha256"]):
        op.create_index(f"ix_case_files_{'_'.join(columns)}", "case_files", columns)


def downgrade() -> None:
    op.drop_table("case_files")
    op.drop_table("drafts")
