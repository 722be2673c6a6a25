"""Buyer: the official Python SDK around httpx, x402 v1 and v2."""

import asyncio
import base64
import json
import sys

import httpx
from eth_account import Account
from x402 import x402Client
from x402.http.clients import x402_httpx_transport
from x402.mechanisms.evm import EthAccountSigner
from x402.mechanisms.evm.exact.register import register_exact_evm_client

# Key 0 of every local EVM development node: public, and worthless on any real chain.
PUBLIC_TEST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

PAYMENT_HEADERS = ("payment-signature", "x-payment")
RECEIPT_HEADERS = ("payment-response", "x-payment-response")


class RecordingTransport(httpx.AsyncHTTPTransport):
    """Remembers every payment header it was asked to send, byte for byte.

    An httpx event hook would see the caller's request only: the SDK pays inside the transport.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for header in PAYMENT_HEADERS:
            if (raw := request.headers.get(header)) is not None:
                self.sent.append({"header": header, "raw": raw})
        return await super().handle_async_request(request)


def receipt_of(headers: httpx.Headers) -> dict | None:
    for header in RECEIPT_HEADERS:
        if (raw := headers.get(header)) is not None:
            return {"header": header, "raw": raw, "decoded": json.loads(base64.b64decode(raw))}
    return None


async def buy(url: str, method: str, body: str, transport: RecordingTransport) -> dict:
    client = x402Client()
    register_exact_evm_client(client, EthAccountSigner(Account.from_key(PUBLIC_TEST_KEY)))
    content = {}
    if method not in ("GET", "HEAD"):
        content = {"content": body, "headers": {"content-type": "application/json"}}
    async with httpx.AsyncClient(
        transport=x402_httpx_transport(client, transport), trust_env=False, timeout=30
    ) as http:
        response = await http.request(method, url, **content)
        return {
            "status": response.status_code,
            "headers": dict(response.headers),
            "body": response.text,
            "receipt": receipt_of(response.headers),
            "sent": transport.sent,
        }


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments:
        print("usage: BUYER URL [METHOD] [BODY]", file=sys.stderr)
        return 2
    defaults = ["", "POST", '{"query":"latest market data"}']
    url, method, body = arguments + defaults[len(arguments) :]
    transport = RecordingTransport()
    try:
        print(json.dumps(asyncio.run(buy(url, method, body, transport))))
    except Exception as error:
        print(json.dumps({"error": str(error) or repr(error), "sent": transport.sent}))
        return 1
    return 0


sys.exit(main())
