"""Seller: the official Python SDK's FastAPI middleware, x402 v2."""

import json
import os
import socket
import sys

import uvicorn
from fastapi import FastAPI, Request
from x402.http import FacilitatorConfig, HTTPFacilitatorClient, PaymentOption
from x402.http.middleware.fastapi import PaymentMiddlewareASGI
from x402.http.types import RouteConfig
from x402.mechanisms.evm.exact import ExactEvmServerScheme
from x402.server import x402ResourceServer

NETWORK = "eip155:84532"

facilitator_url = os.environ.get("FACILITATOR_URL")
if not facilitator_url:
    sys.exit("set FACILITATOR_URL; tests/interop/README.md lists the variables")

premium = RouteConfig(
    accepts=[
        PaymentOption(
            scheme="exact",
            price=os.environ.get("PRICE", "$0.01"),
            network=NETWORK,
            pay_to=os.environ.get("PAY_TO", "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"),
        )
    ],
    description="Access to premium market data",
    mime_type="application/json",
)

resource_server = x402ResourceServer(HTTPFacilitatorClient(FacilitatorConfig(url=facilitator_url)))
resource_server.register(NETWORK, ExactEvmServerScheme())

app = FastAPI()
app.add_middleware(PaymentMiddlewareASGI, routes={"POST /premium": premium}, server=resource_server)


@app.post("/premium")
async def sell(request: Request) -> dict:
    return {"data": "premium market data", "echo": await request.json()}


# Listening before the ready line: a connection made right after it waits instead of being refused.
listener = socket.create_server(("127.0.0.1", int(os.environ.get("PORT", "0"))))
print(json.dumps({"ready": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
