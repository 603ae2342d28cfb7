"""Root path: the path under which a proxy serves the playground, where it does not take that off itself.

Addresses on the page are relative, so that nothing else need know of it.
"""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class RootPath:
    def __init__(self, app: ASGIApp, root_path: str) -> None:
        """root_path: such as /playground."""
        self.app = app
        self.root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == self.root_path:  # what is relative would lead elsewhere
            return await RedirectResponse(f"{self.root_path}/")(scope, receive, send)
        if scope["type"] in ("http", "websocket") and scope["path"].startswith(f"{self.root_path}/"):
            path = scope["path"].removeprefix(self.root_path)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        return await self.app(scope, receive, send)
