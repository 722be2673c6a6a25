"""A seller that does not behave; the path says how."""

import asyncio

from market import Market, reply

# Longer than anybody waits for it.
FOR_EVER = 3600
# A body that ends hours later where it comes byte by byte.
LONG = 100_000


class BadSeller(Market):
    """Some ways take a payment and some never get to it; what was taken is on the books."""

    # What an agent is told, or None where the answer begins and breaks off.
    UNPAID = {"silent": "gateway.late", "dripping_head": "gateway.late", "dripping_challenge": None, "broken_challenge": None}
    PAID_UNKNOWN = {"mute": "gateway.late", "hangs_up": "gateway.unreachable", "dripping_answer": "gateway.late"}
    PAID_SETTLED = {"broken_body": None, "standing_body": None, "dripping_body": None}

    async def answer(self, writer, path, headers):
        self.asked += 1
        way = path.split("/")[1]
        paid = "payment-signature" in headers
        if way == "silent":
            await asyncio.sleep(FOR_EVER)
        elif way == "dripping_head":
            await drip(writer, b"HTTP/1.1 200 OK\r\n" + b"X-Long: x\r\n" * LONG)
        elif way in ("dripping_challenge", "broken_challenge"):
            # As in version 1, what is asked for is in the body.
            writer.write(b"HTTP/1.1 402 Payment Required\r\nContent-Type: application/json\r\n"
                         b"Content-Length: %d\r\n\r\n{" % LONG)
            await self.rest(writer, way)
        elif not paid:
            reply(writer, "402 Payment Required", self.challenge(path), b"{}")
            await writer.drain()
        elif way in self.PAID_UNKNOWN:
            self.take(path, headers)
            if way == "dripping_answer":
                await drip(writer, b"HTTP/1.1 200 OK\r\n" + b"X-Long: x\r\n" * LONG)
            elif way == "mute":
                await asyncio.sleep(FOR_EVER)
            raise ConnectionAbortedError
        else:
            receipt, = self.take(path, headers).values()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nPAYMENT-RESPONSE: %s\r\n\r\nhalf"
                         % (LONG, receipt.encode()))
            await self.rest(writer, way)

    @staticmethod
    async def rest(writer, way):
        await writer.drain()
        if way.startswith("dripping"):
            await drip(writer, b" " * LONG)
        elif way.startswith("standing"):
            await asyncio.sleep(FOR_EVER)
        raise ConnectionAbortedError


async def drip(writer, text):
    """A byte a second."""
    for byte in text:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)
