"""Runs and their parts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("saved_at", sa.Float, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
    )
    op.create_index("runs_saved_at", "runs", ["saved_at"])
    op.create_table(
        "parts",
        sa.Column("run", sa.Text, sa.ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("arrays", sa.LargeBinary, nullable=False),
    )
