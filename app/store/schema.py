"""The tables, as SQLAlchemy knows them. What a database has is made by `migrations`; a test compares the two."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

VERSION = "0001"
"""The newest of migrations/versions."""

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("key", Text, primary_key=True),
    Column("saved_at", Float, nullable=False),  # seconds since 1970
    Column("head", Text, nullable=False),  # JSON
    Index("runs_saved_at", "saved_at"),
)

parts = Table(
    "parts",
    metadata,
    Column("run", Text, ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON, with the layout of the arrays
    Column("arrays", LargeBinary, nullable=False),
)
