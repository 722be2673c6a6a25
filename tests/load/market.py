"""A seller over x402 v2 that keeps books: it asks for a cent, and takes every payment that is well formed."""

import asyncio
import base64
import collections
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

    async def open(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def serve(self, reader, writer):
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")):
                lines = head.decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1]
                pairs = (line.split(": ", 1) for line in lines[1:] if ": " in line)
                headers = {name.lower(): value for name, value in pairs}
                self.answer(writer, path, headers)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def answer(self, writer, path, headers):
        self.asked += 1
        signed = headers.get("payment-signature")
        if path.startswith("/free"):
            reply(writer, "200 OK", {}, b"free")
        elif signed is None:
            challenge = {
                "x402Version": 2, "error": "pay first",
                "resource": {"url": f"http://127.0.0.1:{self.port}{path}", "description": "a report"},
                "accepts": [{
                    "scheme": "exact", "network": "eip155:84532", "amount": str(CENT), "asset": ASSET,
                    "payTo": PAY_TO, "maxTimeoutSeconds": 60, "extra": {"name": "USDC", "version": "2"},
                }],
            }
            reply(writer, "402 Payment Required", {"PAYMENT-REQUIRED": encoded(challenge)}, b"{}")
        else:
            authorization = json.loads(base64.b64decode(signed))["payload"]["authorization"]
            self.paid[path].add(authorization["nonce"])
            receipt = {
                "success": True, "transaction": "0x" + authorization["nonce"][2:],
                "network": "eip155:84532", "payer": authorization["from"],
            }
            reply(writer, "200 OK", {"PAYMENT-RESPONSE": encoded(receipt)}, b"the report")


def encoded(message):
    return base64.b64encode(json.dumps(message).encode()).decode()


def reply(writer, status, headers, body):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
