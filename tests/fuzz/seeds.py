# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: seeds.py TARGET MAKE_SEEDS FOLDER: writes the inputs with which a fuzz target begins."""

import os
import subprocess
import sys

import foreign_seeds


def write(target, make_seeds, folder):
    kind = target.removeprefix("unpack_")
    # x265 loses memory of every encoder; in builds with sanitizers that is looked at elsewhere.
    quiet = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    subprocess.run([make_seeds, kind, folder], check=True, env=quiet)
    if target != kind:
        foreign_seeds.write(kind, folder)


if __name__ == "__main__":
    write(*sys.argv[1:])
