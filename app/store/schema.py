"""The tables, as SQLAlchemy knows them. What a database has is made by `migrations`; a test compares the two."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

VERSION = "0004"
"""The newest of migrations/versions."""

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("key", Text, primary_key=True),
    Column("saved_at", Float, nullable=False),  # seconds since 1970
    Column("head", Text, nullable=False),  # JSON
    Column("owner", Text),  # the server that has it awake; NULL: none has
    Column("wanted_by", Text),  # a server that asks its owner for it
    Index("runs_saved_at", "saved_at"),
    Index("runs_owner", "owner"),
)

servers = Table(
    "servers",
    metadata,
    Column("server", Text, primary_key=True),
    Column("alive_until", Float, nullable=False),  # seconds since 1970
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

kept = Table(
    "kept",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),  # who may see it; nothing that its person sends can be read back from it
    Column("kept_at", Float, nullable=False),  # seconds since 1970
    Column("used_at", Float, nullable=False),  # when it was last kept, opened or changed
    Column("removed_at", Float),  # NULL: it is there
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("summary", Text, nullable=False),  # JSON: what a table shows of it
    Column("picture", Text, nullable=False),  # JSON
    Column("facts", Text, nullable=False),  # JSON
    Column("layout", Text, nullable=False),  # JSON
    Column("arrays", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),  # bytes of all that
    Column("address_digest", Text),  # of whoever kept it, too short to tell the address; NULL: not known
    Index("kept_owner", "owner", "removed_at", "size"),  # counted and summed up without a look at the rows
    Index("kept_used_at", "used_at"),
    Index("kept_address_digest", "address_digest", "size"),
)
"""Experiments that people have kept."""
