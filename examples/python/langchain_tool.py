"""LangChain's own tool for GET requests, whose requests the guard pays for. A model that is refused reads why.

usage: langchain_tool.py URL
"""

import os
import sys
from typing import Any

from langchain_community.tools.requests.tool import RequestsGetTool
from langchain_community.utilities.requests import TextRequestsWrapper

GUARD = os.environ.get("X402_GUARD", "http://127.0.0.1:8402")
TOKEN = os.environ["X402_TOKEN"]


def through_guard(url: str) -> str:
    """https://seller/report becomes http://guard/https/seller/report."""
    return f"{GUARD}/{url.replace('://', '/', 1)}"


class GuardedRequests(TextRequestsWrapper):
    """Takes the URL that a model asks for through the guard."""

    def get(self, url: str, **rest: Any) -> Any:
        return super().get(through_guard(url), **rest)

    async def aget(self, url: str, **rest: Any) -> Any:
        return await super().aget(through_guard(url), **rest)


# What LangChain calls dangerous, requests that nobody looks at, is what the guard is for.
buy = RequestsGetTool(
    requests_wrapper=GuardedRequests(headers={"X-X402-Agent-Token": TOKEN}),
    allow_dangerous_requests=True,
)

if __name__ == "__main__":
    print(buy.invoke(sys.argv[1]))
