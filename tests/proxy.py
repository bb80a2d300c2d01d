"""A small TCP proxy that loses connections: before the request goes on, while it does, or before the answer comes back."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from random import Random

LOOPBACK = "127.0.0.1"


class Proxy:
    """Passes bytes between clients and a port. `cut` is the chance that a piece ends its connection, `hang` swallows all."""

    def __init__(self, port: int, *, cut: float = 0.0, seed: int = 0) -> None:
        self._target, self.cut, self.hang = port, cut, False
        self._random, self.lost = Random(seed), 0
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for end in self._pairs:
            _close(end)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((LOOPBACK, self._target), timeout=5)
            except OSError:
                _close(client)
                continue
            server.settimeout(None)
            self._pairs += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                if self._random.random() < self.cut:
                    self.lost += 1
                    break
                if not self.hang:
                    sink.sendall(piece)
        _close(source)
        _close(sink)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
