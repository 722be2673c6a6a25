"""Clients that keep a connection for nothing. Each ends when the guard ends it."""

import asyncio
import contextlib
import functools
import socket
import time

from guard import token


async def half_a_head(port, _):
    await stay(port, b"GET /v1/budget HTTP/1.1\r\nHost: gu")


async def half_a_body(port, market):
    await stay(port, b"POST /http/127.0.0.1:%d/free HTTP/1.1\r\nHost: guard\r\nX-X402-Agent-Token: %s\r\n"
                     b"Content-Length: 1000\r\n\r\nhalf" % (market.port, token(0).encode()))


async def reads_nothing(port, market):
    """Asks for more than fits between the two."""
    await stay(port, b"GET /http/127.0.0.1:%d/free/large HTTP/1.1\r\nHost: guard\r\nX-X402-Agent-Token: %s\r\n\r\n"
                     % (market.port, token(0).encode()), reads=False)


async def reads_nothing_and_asks_on(port, _):
    """A stranger whose answers pile up."""
    await stay(port, b"GET /v1/budget HTTP/1.1\r\nHost: guard\r\n\r\n" * 100_000, reads=False)


CLIENTS = (half_a_head, half_a_body, reads_nothing, reads_nothing_and_asks_on)


async def stay(port, text, reads=True):
    """Sends it and stays until the other side ends it: what is not read is not even taken by the socket."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(ConnectionError):
            await loop.sock_connect(connection, ("127.0.0.1", port))
            await loop.sock_sendall(connection, text)
            if reads:
                while await loop.sock_recv(connection, 65536):
                    pass
            else:
                ours = connection.getsockname()[1]
                while ours in peers_of(port, int(time.monotonic())):
                    await asyncio.sleep(0.5)


@functools.lru_cache(maxsize=1)
def peers_of(port, _second):
    """Whom the side at `port` has not closed on, once a second: who reads nothing is not told, as the end stands behind
    what is to be read."""
    ours, established = f":{port:04X}", "01"
    with open("/proc/net/tcp") as file:
        rows = [line.split() for line in file if ours in line]
    return {int(row[2].rsplit(":", 1)[1], 16) for row in rows if row[1].endswith(ours) and row[3] == established}
