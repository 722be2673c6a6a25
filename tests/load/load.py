"""Load, crashes and faults; see README.md beside this file."""

import argparse
import asyncio
import signal

from buying import NotHeld
from full_disk import full_disk
from payments import crash, payments
from redis_away import redis_away
from slow_peers import slow_peers
from throughput import throughput

PARTS = {part.__name__: part for part in (throughput, payments, crash, redis_away, slow_peers, full_disk)}
# Longest time for one part, in seconds: whatever hangs is a failure, and nothing is left running.
DEADLINE = {False: 240, True: 1800}


async def in_time(part, args):
    # What was started is ended too, by whoever started it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    await asyncio.wait_for(part(args), DEADLINE[args.full])


def run(part, args):
    try:
        asyncio.run(in_time(part, args))
    except NotHeld as failed:
        raise SystemExit(f"{part.__name__}: does not hold: {failed}") from None
    except asyncio.CancelledError:
        raise SystemExit(f"{part.__name__} was ended") from None
    except (asyncio.TimeoutError, TimeoutError):
        raise SystemExit(f"{part.__name__} did not come to an end within {DEADLINE[args.full]} s") from None


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("binary")
    reader.add_argument("--full", action="store_true")
    reader.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    args = reader.parse_intermixed_args()
    unknown = set(args.parts) - set(PARTS)
    if unknown:
        reader.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in args.parts or PARTS:
        run(PARTS[name], args)


main()
