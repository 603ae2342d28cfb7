"""From about where experiments were kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("kept", sa.Column("address_digest", sa.Text))
    op.create_index("kept_address_digest", "kept", ["address_digest", "size"])
