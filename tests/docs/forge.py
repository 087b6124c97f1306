"""A forge with one pull request, as far as comments on it go: that of GitHub's API, and GitLab's."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Forge(ThreadingHTTPServer):
    """Comments by their number, who may write them, and what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = "a secret"  # noqa: S105 - of nobody
        self.may_write = True
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def say(self, body: str, kind: str = "User") -> None:
        """Somebody comments."""
        self.comments.append(comment(1000 + len(self.comments), body, kind))

    @property
    def bodies(self) -> list[str]:
        """What the comments say by now."""
        return [comment["body"] for comment in self.comments]


def comment(number: int, body: str, kind: str) -> dict[str, Any]:
    """A comment as both APIs tell of it: `user` is GitHub's, `author` GitLab's."""
    username = "project_5_bot_1f2e" if kind == "Bot" else "somebody"
    return {"id": number, "body": body, "user": {"type": kind}, "author": {"username": username}}


@contextmanager
def running() -> Iterator[Forge]:
    """A forge that listens."""
    forge = Forge()
    thread = threading.Thread(target=forge.serve_forever)
    thread.start()
    try:
        yield forge
    finally:
        forge.shutdown()
        thread.join()
        forge.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Forge

    def log_message(self, *_: Any) -> None:
        """Nothing: what was asked is kept."""

    def do_GET(self) -> None:
        """A page of comments."""
        query = parse_qs(urlsplit(self.path).query)
        size, page = int(query["per_page"][0]), int(query.get("page", ["1"])[0])
        self._answer(200, self.server.comments[(page - 1) * size : page * size])

    def do_POST(self) -> None:
        """A new comment."""
        self._written(self.server.comments.append)

    def do_PATCH(self) -> None:
        """A comment that is changed."""
        self._written(self._changed)

    def do_PUT(self) -> None:
        """The same, as GitLab has it."""
        self._written(self._changed)

    def _changed(self, new: dict[str, Any]) -> None:
        number = int(urlsplit(self.path).path.rpartition("/")[2])
        next(each for each in self.server.comments if each["id"] == number)["body"] = new["body"]

    def _written(self, keep: Any) -> None:
        body = self._body()
        if self.server.may_write:
            keep(comment(1000 + len(self.server.comments), body, "Bot"))
        self._answer(201 if self.server.may_write else 403, {})

    def _body(self) -> str:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        if kind == "application/json":
            return str(json.loads(content)["body"])
        parsed = BytesParser(EmailMessage, policy=HTTP).parsebytes(
            b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content
        )
        [part] = parsed.iter_parts()
        return bytes(part.get_payload(decode=True)).decode()

    def _answer(self, status: int, data: Any) -> None:
        given = self.headers.get("PRIVATE-TOKEN") or self.headers["Authorization"] or ""
        known = re.sub("^Bearer ", "", given) == self.server.token
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_response(status if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(data if known else {}).encode())
