"""Python code in a process of its own."""

import os
import subprocess
import sys


def run(code, *arguments, timeout=None, **environment):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
