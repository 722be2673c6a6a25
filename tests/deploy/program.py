"""What the guard knows: its subcommands, and the environment that it reads."""

import functools
import re
import subprocess

import settings

SOURCES = ("x402-guard/src", "x402-tower/src")


@functools.cache
def help_of(*words):
    """The help of a subcommand, or nothing where there is none."""
    ran = subprocess.run([settings.BINARY, *words, "--help"], capture_output=True, text=True)
    return ran.stdout if ran.returncode == 0 else None


@functools.cache
def environment():
    """Every variable that the program reads: what its help names, and what its sources do."""
    names = set(re.findall(r"\bX402_[A-Z0-9_]+\b", help_of("serve")))
    for folder in SOURCES:
        for path in (settings.ROOT / folder).rglob("*.rs"):
            names |= set(re.findall(r'"(X402_[A-Z0-9_]+)"', path.read_text()))
    names = {name for name in names if "TEST" not in name}
    # The level of its log.
    return names | {"RUST_LOG"}


@functools.cache
def ports():
    """The ports that hold unless another is set."""
    text = re.sub(r"\s+", " ", help_of("serve"))
    found = {}
    for option in ("listen", "admin-listen", "seller-listen"):
        found[option] = int(re.search(rf"--{option} <ADDRESS> .*?127\.0\.0\.1:(\d+) unless set", text).group(1))
    return found
