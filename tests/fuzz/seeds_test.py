# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: seeds_test.py TARGET SEED_RUNNER MAKE_SEEDS: a fuzz target runs over its seeds, so that neither rots."""

import subprocess
import sys
import tempfile

import seeds


def main():
    target, runner, make_seeds = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        seeds.write(target, make_seeds, folder)
        sys.exit(subprocess.run([runner, folder], check=False).returncode)


if __name__ == "__main__":
    main()
