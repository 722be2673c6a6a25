"""What a seller streams is streamed on, and takes no memory."""

import hashlib
import time
from pathlib import Path

import httpx

import signing
from facts import Facts, expect
from stage import Facilitator, Guard

MEBIBYTE = 1024 * 1024
DOWNLOAD = 64 * MEBIBYTE
# Buffers of sockets and of HTTP, and what the allocator keeps: far less than the whole.
MOST_GROWTH = 16 * MEBIBYTE


def check(facts: Facts, guard: Guard, facilitator: Facilitator, shop: str) -> None:
    for mode in ("pay", "screen"):
        fact = f"a paid stream of events arrives event by event, mode {mode}"
        facts.check(fact, events, mode, guard, facilitator, shop)
    if Path(f"/proc/{guard.pid}/status").exists():
        facts.check("a paid download of 64 MiB to a slow reader takes the guard no memory", download, guard, shop)
    else:
        print("skip  memory of the guard: this system has no /proc", flush=True)


def events(mode: str, guard: Guard, facilitator: Facilitator, shop: str) -> None:
    """The seller writes an event when it is asked to, and it is asked once the one before has arrived."""
    settled = facilitator.settled()
    url, headers = guard.through(f"{shop}/events?mode={mode}"), guard.header(mode)
    if mode == "screen":
        headers |= signing.sign(httpx.get(url, headers=headers))
    httpx.post(f"{shop}/release")
    with httpx.stream("GET", url, headers=headers, timeout=10) as answer:
        expect(answer.status_code == 200, answer.status_code)
        expect(answer.headers["content-type"].startswith("text/event-stream"), answer.headers)
        expect(facilitator.settled() == settled + 1, "it was not settled before it began")
        arrived = []
        for line in answer.iter_lines():
            if line.startswith("data: "):
                arrived.append(line.removeprefix("data: "))
                # The last one has no next.
                if len(arrived) < 3:
                    httpx.post(f"{shop}/release")
    expect(arrived == ["event 1", "event 2", "event 3"], arrived)


def download(guard: Guard, shop: str) -> None:
    block = hashlib.sha256(b"a large download").digest()
    whole = hashlib.sha256(block * (DOWNLOAD // len(block))).hexdigest()
    # What an earlier request left counts for this one as well.
    before = resident(guard, "VmRSS")
    Path(f"/proc/{guard.pid}/clear_refs").write_text("5")
    digest, received, paused = hashlib.sha256(), 0, False
    url = guard.through(f"{shop}/download")
    with httpx.stream("GET", url, headers=guard.header("pay"), timeout=60) as answer:
        expect(answer.status_code == 200, answer.status_code)
        expect(answer.headers["content-length"] == str(DOWNLOAD), answer.headers)
        for chunk in answer.iter_raw():
            digest.update(chunk)
            received += len(chunk)
            if received >= MEBIBYTE and not paused:
                paused = True
                time.sleep(2)
                waiting = resident(guard, "VmRSS")
    peak, after = resident(guard, "VmHWM"), resident(guard, "VmRSS")
    shown = f"KiB before {before >> 10}, while nobody reads {waiting >> 10}, at most {peak >> 10}, after {after >> 10}"
    expect(received == DOWNLOAD and digest.hexdigest() == whole, f"{received} bytes, or others than were sent")
    expect(peak - before < MOST_GROWTH, shown)
    print(f"      {shown}", flush=True)


def resident(guard: Guard, which: str) -> int:
    for line in Path(f"/proc/{guard.pid}/status").read_text().splitlines():
        if line.startswith(f"{which}:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"no {which}")
