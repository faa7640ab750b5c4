# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: preload_test.py FAULTS_LIBRARY

Has gst-launch-1.0 write photos while the library, preloaded, lets one system call after the other fail, and onto disks
that are too small: photos are whole or not there, those that were announced are there, and the failure is said.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

LIBRARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
SOURCE = "videotestsrc pattern=snow num-buffers=2 ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! "
FAILURE_LINE = "a system call was made to fail"  # see faults.h
CALLS = ("open", "write", "sync", "name", "time", "duplicate")
ERRORS = {5: "Input/output error", 28: "No space left on device; make room there"}
PAGE_BYTES = 4096
PATIENCE_SECONDS = 60


def launch(location, settings="", **faults):
    """Writes two photos; the process that has ended. With faults, what fails is as the environment of the library says."""
    environment = dict(os.environ, GST_REGISTRY_UPDATE="no")
    if faults:
        environment |= {"LD_PRELOAD": LIBRARY} | {f"FAULT_{name.upper()}": str(value) for name, value in faults.items()}
    line = f"{SOURCE} imagepackersink {settings} location={location}"
    return subprocess.run(["gst-launch-1.0", "-m", *line.split()], env=environment, check=False, capture_output=True,
                          text=True, timeout=PATIENCE_SECONDS)


def is_picture(path):
    return subprocess.run(["djpeg", "-outfile", "/dev/null", path], check=False, capture_output=True).returncode == 0


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # So that no run after it writes the registry.
        subprocess.run(["gst-inspect-1.0", "imagepackersink"], check=True, capture_output=True)

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def check(self, result, folder, error):
        """What `result` has left in `folder`; `error` is to be said when there are fewer than two photos."""
        announced = re.findall(r"imagepackersink-file,.*location=\(string\)([^,;]+)", result.stdout)
        for path in announced:
            self.assertTrue(os.path.exists(path), f"{path} was announced")
        for path in folder.iterdir():
            if path.name != "old.jpg" or path.read_bytes() != b"old":
                self.assertTrue(is_picture(path), path)
            self.assertFalse(path.name.startswith("."), path)
        if len(announced) == 2:
            self.assertEqual(0, result.returncode, result.stderr)
        else:
            self.assertNotEqual(0, result.returncode)
            self.assertRegex(result.stderr, f"ERROR: .*{re.escape(str(folder))}.*{error}")
        return announced

    def test_every_call_that_fails(self):
        failures = 0
        for nameless in (1, 0):
            for name in ("%d.jpg", "old.jpg"):
                for call in CALLS:
                    number, is_reached = 1, True
                    while is_reached:
                        error = list(ERRORS)[number % 2]
                        with self.subTest(nameless=nameless, name=name, call=call, number=number, error=error):
                            for path in self.folder.iterdir():
                                path.unlink()
                            (self.folder / "old.jpg").write_text("old", encoding="utf-8")
                            result = launch(self.folder / name, "durability=directory", call=call, number=number,
                                            errno=error, nameless=nameless, writes_of=PAGE_BYTES)
                            announced = self.check(result, self.folder, ERRORS[error])
                            is_reached = FAILURE_LINE in result.stderr
                            failures += is_reached
                            self.assertTrue(is_reached or len(announced) == 2)
                        number += 1
                        self.assertLess(number, 100)
        self.assertGreater(failures, 40)

    def fill(self, folder, make_room, **faults):
        """A photo needs several pages, and each number of them is tried until there is room for two."""
        counts = []
        while len(counts) < 100 and (not counts or counts[-1] < 2):
            with self.subTest(pages=len(counts)):
                for path in folder.iterdir():
                    path.unlink()
                result = launch(folder / "%d.jpg", **make_room(len(counts)), **faults)
                self.check(result, folder, ERRORS[28])
                # Of an error that comes early gst-launch-1.0 tells that alone.
                counts.append(len(list(folder.iterdir())))
        self.assertEqual(sorted(counts), counts)
        self.assertEqual({0, 1, 2}, set(counts))
        self.assertGreater(len(counts), 4)

    def test_a_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mount = subprocess.run(["mount", "-t", "tmpfs", "none", disk], check=False, capture_output=True, text=True)
        if mount.returncode != 0:
            self.skipTest(f"no tmpfs may be mounted, the other test of a full disk stands for this one: {mount.stderr}")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)

        def resize(pages):
            # 0 would be no limit. A name needs room of its own.
            subprocess.run(["mount", "-o", f"remount,size={max(pages, 1) * PAGE_BYTES}", disk], check=True)
            return {}

        for nameless in (1, 0):
            with self.subTest(nameless=nameless):
                self.fill(disk, resize, nameless=nameless)

    def test_a_disk_whose_writes_find_no_room(self):
        for nameless in (1, 0):
            with self.subTest(nameless=nameless):
                self.fill(self.folder, lambda pages: {"room": pages * PAGE_BYTES}, nameless=nameless)


if __name__ == "__main__":
    sys.argv[0] = __file__
    unittest.main(verbosity=2)
