"""What is compressed once and sent many times."""

import gzip
import hashlib
from dataclasses import dataclass

from fastapi import Request, Response

FOR_EVER = "max-age=31536000, immutable"
"""Of an address that names its content: a year, the longest that HTTP speaks of, and never asked for again."""

REVALIDATE = "no-cache"
"""Kept, but asked for each time: 304 where it is still the same, so that an update reaches everybody at once."""


@dataclass(frozen=True)
class Packed:
    plain: bytes
    compressed: bytes
    etag: str
    media_type: str

    @classmethod
    def of(cls, plain: bytes, media_type: str, level: int = 9) -> "Packed":
        """level: of gzip, which browsers take on every address; brotli only over HTTPS, which no classroom has."""
        etag = f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
        return cls(plain, gzip.compress(plain, compresslevel=level, mtime=0), etag, media_type)

    def answer(self, request: Request, cache_control: str, **headers: str) -> Response:
        headers = {"Cache-Control": cache_control, "ETag": self.etag, "Vary": "Accept-Encoding", **headers}
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.compressed, media_type=self.media_type, headers=headers)
        return Response(self.plain, media_type=self.media_type, headers=headers)
