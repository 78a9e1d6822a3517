"""What `make` hands on to what it starts, and which parts it runs."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROBE = "include Makefile\n\nprobe:\n\t@printf '%s|%s' \"$$BROWSER\" '$(PARTS)'\n"


def probe(*arguments: str, **environment: str) -> list[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("BROWSER", "TENSORFLOW", "MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "--no-print-directory", "-s", "-C", str(ROOT), "-f", "-", "probe", *arguments]
    done = subprocess.run(command, input=PROBE, env=kept | environment, capture_output=True, text=True, check=True)
    return done.stdout.split("|")


@pytest.mark.parametrize("browser", ["", "true", "firefox", "wslview"])
def test_the_browser_of_the_user_reaches_the_launcher(browser: str) -> None:
    found, parts = probe(**({"BROWSER": browser} if browser else {}))
    assert found == browser
    assert parts.split()[-2:] == ["tensorflow", "browser"]


def test_parts_are_left_out_on_request() -> None:
    assert probe("BROWSER=no", "TENSORFLOW=no")[1].split() == ["lint", "types", "page", "unit"]
    assert probe("BROWSER=no")[1].split()[-1] == "tensorflow"
