"""A client for yaml-language-server, as small as the questions that the tests ask it."""

import json
import subprocess
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

PATIENCE = 60
"""Seconds until an answer is given up on."""

NO_NETWORK = {"yaml": {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}}}


class LanguageServer:
    """A running server; messages are JSON-RPC with a header, over standard input and output."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._messages: Queue[Any] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self._numbers = count(1)

    def initialize(self, folder: Path) -> None:
        """Greet the server, and forbid it the network."""
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": NO_NETWORK})

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
                while stream.readline().strip():
                    pass
                self._messages.put(json.loads(stream.read(length)))
        self._messages.put(None)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Say something that has no answer."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: dict[str, Any]) -> Any:
        """Ask something, and wait for the answer."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        return self._until(lambda message: message.get("id") == number and "method" not in message)["result"]

    def open(self, path: Path, text: str) -> list[Any]:
        """Open a text in place of a file; gives the server's diagnostics of it."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        published = self._until(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == path.as_uri()
            )
        )
        found: list[Any] = published["params"]["diagnostics"]
        return found

    def at(self, kind: str, path: Path, line: int, character: int) -> Any:
        """Ask about a place: `completion` or `hover`."""
        where = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": character}}
        return self.request(f"textDocument/{kind}", where)

    def _until(self, wanted: Any) -> Any:
        while True:
            message = self._messages.get(timeout=PATIENCE)
            assert message is not None, "the server ended"
            if wanted(message):
                return message
            if "id" in message and "method" in message:
                # The server asks back, for settings for example: it gets nothing.
                self._send({"id": message["id"], "result": None})

    def close(self) -> None:
        """Stop the server."""
        self._process.terminate()
        self._process.communicate()
        self._reader.join(PATIENCE)
