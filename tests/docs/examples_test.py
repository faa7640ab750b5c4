# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: examples_test.py BUILD_FOLDER

Builds the programs of docs/examples as their first lines say, and runs them and the scripts beside them.
"""

import os
import pathlib
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
BUILD = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else ROOT / "build"
CAMERA = "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=30/1"
PATIENCE_SECONDS = 120
MAGIC = {".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG", ".webp": b"RIFF", ".heic": b"ftyp"}


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.environment = dict(os.environ, GST_PLUGIN_FEATURE_RANK="fakevideosink:MAX",
                                PKG_CONFIG_PATH=str(BUILD / "meson-uninstalled"),
                                LD_LIBRARY_PATH=str(BUILD / "core"))

    def build(self, name):
        """Runs the line that the source itself gives."""
        source = (EXAMPLES / name).read_text(encoding="utf-8")
        line = re.search(r"^(?:\*|//| \*)\s+((?:cc|c\+\+) .*)$", source, re.MULTILINE).group(1)
        line = line.replace(name, f"{shlex.quote(str(EXAMPLES / name))} -Wall -Werror", 1)
        subprocess.run(["sh", "-c", line], check=True, cwd=self.folder, env=self.environment)
        return str(self.folder / line.split(" -o ")[1].split()[0])

    def run_program(self, *command, **options):
        return subprocess.run(command, check=True, cwd=self.folder, env=self.environment, timeout=PATIENCE_SECONDS, text=True,
                              capture_output=True, **options).stdout

    def expect_photos(self, *names):
        self.assertEqual(sorted(names), sorted(p.name for p in self.folder.iterdir() if p.suffix in MAGIC))
        for name in names:
            head = (self.folder / name).read_bytes()[:16]
            self.assertIn(MAGIC[pathlib.Path(name).suffix], head, name)

    def take_three(self, *command):
        printed = self.run_program(*command, "photo_%d.jpg", CAMERA, input="\n\n\n")
        self.assertEqual(3, len(printed.splitlines()), printed)
        self.expect_photos("photo_0.jpg", "photo_1.jpg", "photo_2.jpg")

    def test_take_photo_in_c(self):
        self.take_three(self.build("take_photo.c"))

    def test_take_photo_in_cpp(self):
        self.take_three(self.build("take_photo.cc"))

    def test_take_photo_in_python(self):
        self.take_three("/usr/bin/python3", str(EXAMPLES / "take_photo.py"))

    def test_valve(self):
        self.take_three("/usr/bin/python3", str(EXAMPLES / "valve.py"))

    def test_pack_frame(self):
        self.run_program(self.build("pack_frame.c"), "frame.heic")
        self.expect_photos("frame.heic")

    def test_embed(self):
        self.run_program(self.build("embed.cc"), "embedded.heic")
        self.expect_photos("embedded.heic")

    def test_camerabin(self):
        for name, media_type in {"c.jpg": "image/jpeg", "c.png": "image/png", "c.webp": "image/webp",
                                 "c.heic": "image/heif"}.items():
            self.run_program("/usr/bin/python3", str(EXAMPLES / "camerabin.py"), name, media_type,
                             "videotestsrc is-live=true")
        self.expect_photos("c.jpg", "c.png", "c.webp", "c.heic")

    def test_mjpeg_over_http(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen(["/usr/bin/python3", str(EXAMPLES / "mjpeg_http.py"), str(port), CAMERA],
                                  env=self.environment, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.assertEqual("ready\n", server.stdout.readline())
        for _browser in range(2):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as browser:
                browser.sendall(b"GET / HTTP/1.0\r\n\r\n")
                got = b""
                while got.count(b"\xff\xd8\xff") < 3:
                    chunk = browser.recv(65536)
                    self.assertTrue(chunk)
                    got += chunk
                self.assertTrue(got.startswith(b"HTTP/1.0 200 OK\r\n"))
                self.assertIn(b"boundary=frame", got)
                self.assertIn(b"--frame", got)
                self.assertIn(b"Content-Type: image/jpeg", got)


if __name__ == "__main__":
    sys.argv[0] = __file__
    unittest.main(verbosity=2)
