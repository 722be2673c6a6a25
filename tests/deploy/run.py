"""Runs every check of this folder: `run.py BINARY [WORD]`, where WORD picks those with it in their name."""

import importlib
import inspect
import pathlib
import signal
import sys
import time
import traceback

import settings


def stop(number, _frame):
    # Unwinds, so that whatever was started is ended.
    raise SystemExit(128 + number)


def main():
    signal.signal(signal.SIGTERM, stop)
    settings.BINARY = pathlib.Path(sys.argv[1]).resolve()
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    passed, failed = 0, 0
    for path in sorted(pathlib.Path(__file__).parent.glob("check_*.py")):
        module = importlib.import_module(path.stem)
        for name, check in vars(module).items():
            own = inspect.isfunction(check) and check.__module__ == path.stem
            if not own or not name.startswith("check_") or word not in f"{path.stem}.{name}":
                continue
            start = time.monotonic()
            try:
                check()
            except Exception:
                failed += 1
                print(f"FAILED {path.stem}.{name}", flush=True)
                traceback.print_exc(file=sys.stdout)
            else:
                passed += 1
                print(f"ok     {path.stem}.{name} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed")
    # Nothing run is nothing shown.
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
