"""A hub of one repository on this machine, which can be told to break off."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee00" * 5


@dataclass
class Hub:
    """What the hub holds, how it behaves, and what was asked of it.

    `stop_after` bytes of a file it falls silent until `go_on` is set; `cut_after` bytes it drops
    the connection, once. `served` are the (path, first byte) of every file that was begun.
    """

    repo: str
    files: Mapping[str, bytes]
    status: int = 200
    stop_after: int | None = None
    cut_after: int | None = None
    tampered: bool = False
    url: str = ""
    served: list[tuple[str, int]] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def tree(self) -> bytes:
        """What the hub lists."""
        return json.dumps(
            [
                {"type": "file", "path": path, "size": len(content), "oid": "0" * 40}
                for path, content in self.files.items()
            ]
        ).encode()


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """The hub, reachable at `hub.url`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(send=False)

        def do_GET(self) -> None:
            self._answer(send=True)

        def _answer(self, *, send: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            resolve = f"/{hub.repo}/resolve/main/"
            if hub.status != 200:
                self._whole(hub.status, b"", {})
            elif path == f"/api/models/{hub.repo}/tree/main":
                self._whole(200, hub.tree(), {"Content-Type": "application/json"})
            elif path.startswith(resolve) and path.removeprefix(resolve) in hub.files:
                self._file(path.removeprefix(resolve), send=send)
            elif hub.repo not in path:
                self._whole(404, b"", {"X-Error-Code": "RepoNotFound"})
            else:
                self._whole(404, b"", {"X-Error-Code": "EntryNotFound"})

        def _whole(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _file(self, name: str, *, send: bool) -> None:
            content = hub.files[name]
            asked = self.headers.get("Range", "")
            start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", str(len(content) - start))
            if start:
                last = len(content) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
            self.end_headers()
            if send:
                hub.served.append((name, start))
                self._send(bytes(len(content) - start) if hub.tampered else content[start:])

        def _send(self, content: bytes) -> None:
            if hub.cut_after is not None:
                self.wfile.write(content[: hub.cut_after])
                hub.cut_after = None
                self.close_connection = True
                return
            if hub.stop_after is not None:
                self.wfile.write(content[: hub.stop_after])
                self.wfile.flush()
                hub.silent.set()
                hub.go_on.wait()
                self.close_connection = True
                return
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
