"""Facts that are found to hold, one line each."""

import time
import traceback
from typing import Any, Callable


class Facts:
    """Counts what holds and what does not; one that does not hides none of the others."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, fact: str, holds: Callable[..., None], *given: Any) -> None:
        began = time.monotonic()
        try:
            holds(*given)
        except Exception as error:
            self.failed += 1
            print(f"FAIL  {fact}", flush=True)
            if not isinstance(error, AssertionError) or not str(error):
                error = traceback.format_exc()
            print("      " + str(error).strip().replace("\n", "\n      "), flush=True)
        else:
            self.passed += 1
            print(f"ok    {fact} ({time.monotonic() - began:.1f} s)", flush=True)


def expect(holds: bool, what: object) -> None:
    """As `assert`, also where Python is told to leave those out."""
    if not holds:
        raise AssertionError(what)


def expect_refusal(answer: Any, status: int, code: str, *says: str) -> None:
    """A refusal that a developer understands: of a stable code, and saying what to do."""
    shown = f"{answer.status_code} {answer.text[:600]}"
    expect(answer.status_code == status, f"not {status}: {shown}")
    kind = answer.headers.get("content-type")
    expect(kind == "application/problem+json", f"{kind} in place of application/problem+json: {shown}")
    problem = answer.json()
    expect(problem["code"] == code, f"not {code}: {shown}")
    expect(problem["status"] == status and problem["type"].endswith(code), shown)
    for text in says:
        expect(text in problem["detail"], f"detail does not say {text!r}: {shown}")
