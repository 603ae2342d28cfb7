"""Experiments that people have kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "kept",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("kept_at", sa.Float, nullable=False),
        sa.Column("used_at", sa.Float, nullable=False),
        sa.Column("removed_at", sa.Float),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("picture", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("layout", sa.Text, nullable=False),
        sa.Column("arrays", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_index("kept_owner", "kept", ["owner", "removed_at", "size"])
    op.create_index("kept_used_at", "kept", ["used_at"])
