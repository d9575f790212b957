"""the states of messages are checked one by one, the usual one first"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATES = ("pending", "sending", "sent", "failed", "skipped", "unreachable")
NAME = "state_known"


def upgrade() -> None:
    _check(" OR ".join(f"state = '{state}'" for state in STATES))


def downgrade() -> None:
    listed = ", ".join(f"'{state}'" for state in STATES)
    _check(f"state IN ({listed})")


def _check(rule: str) -> None:
    name = op.f(f"ck_notices_{NAME}")
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("notices", recreate="always" if sqlite else "never") as table:
        if not sqlite:  # there the table is made anew, and its checks are not taken over
            table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, rule)
