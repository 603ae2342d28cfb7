"""Which server has a run awake."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("owner", sa.Text))
    op.add_column("runs", sa.Column("wanted_by", sa.Text))
    op.create_index("runs_owner", "runs", ["owner"])
    op.create_table(
        "servers",
        sa.Column("server", sa.Text, primary_key=True),
        sa.Column("alive_until", sa.Float, nullable=False),
    )
