"""A seller over x402 v2 that keeps books: it asks for a cent, and takes every payment that is well formed."""

import asyncio
import base64
import collections
import contextlib
import json

PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
ASSET = "0x036CbD53842c5426634e7929541eC2318f3dCF7e"
CENT = 10_000


class Market:
    """Which request was paid with which authorization."""

    def __init__(self):
        self.paid = collections.defaultdict(set)
        self.asked = 0
        self.port = None
        self.writers = set()

    @contextlib.asynccontextmanager
    async def open(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            # Not waited for: whoever holds a connection open would be.
            server.close()
            for writer in list(self.writers):
                writer.transport.abort()

    def report(self, agent, number):
        """The path by which the guard is asked for a report."""
        return f"/http/127.0.0.1:{self.port}/report/{agent}/{number}"

    def payments(self):
        return sum(len(nonces) for nonces in self.paid.values())

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")):
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1]
                pairs = (line.split(": ", 1) for line in lines[1:] if ": " in line)
                headers = {name.lower(): value for name, value in pairs}
                await self.answer(writer, path, headers)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def answer(self, writer, path, headers):
        """Answers one request; other sellers answer otherwise."""
        self.asked += 1
        if path.startswith("/free"):
            # Asked for in large, it is more than sockets hold.
            reply(writer, "200 OK", {}, b"free" * (4 * 2**20 if path.endswith("/large") else 1))
        elif "payment-signature" not in headers:
            reply(writer, "402 Payment Required", self.challenge(path), b"{}")
        else:
            reply(writer, "200 OK", self.take(path, headers), b"the report")
        await writer.drain()

    def challenge(self, path):
        """The header that asks for a cent."""
        return {"PAYMENT-REQUIRED": encoded({
            "x402Version": 2, "error": "pay first",
            "resource": {"url": f"http://127.0.0.1:{self.port}{path}", "description": "a report"},
            "accepts": [{
                "scheme": "exact", "network": "eip155:84532", "amount": str(CENT), "asset": ASSET,
                "payTo": PAY_TO, "maxTimeoutSeconds": 60, "extra": {"name": "USDC", "version": "2"},
            }],
        })}

    def take(self, path, headers):
        """Puts a payment on the books; the header with its receipt."""
        authorization = json.loads(base64.b64decode(headers["payment-signature"]))["payload"]["authorization"]
        self.paid[path].add(authorization["nonce"])
        return {"PAYMENT-RESPONSE": encoded({
            "success": True, "transaction": "0x" + authorization["nonce"][2:],
            "network": "eip155:84532", "payer": authorization["from"],
        })}


def encoded(message):
    return base64.b64encode(json.dumps(message).encode()).decode()


def reply(writer, status, headers, body):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
