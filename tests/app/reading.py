"""What a program reads of one connection: messages, and frames by the layout that came before them."""

import json
from typing import Any

from app.wire.frames import decode_frame


class Reader:
    def __init__(self) -> None:
        self._layout: dict[str, Any] | None = None

    def __call__(self, received: str | bytes) -> dict[str, Any]:
        """The message; of a frame what it holds, with the type "frame"."""
        if isinstance(received, bytes):
            return {"type": "frame", **decode_frame(received, self._layout)}
        message: dict[str, Any] = json.loads(received)
        if message["type"] == "layout":
            self._layout = message
        return message
