# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs every pipeline of README.md and docs/*.md as it is written there, and looks at the files that it leaves.

The programs find a gst-launch-1.0 first that puts a test picture in the place of a camera, and nothing in that of a window
or of a video device. A line that begins with … goes on from a test picture, one that ends with it goes nowhere.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
REAL = "/usr/bin/gst-launch-1.0"
PATIENCE_SECONDS = 60

LAUNCHER = f"""#!/usr/bin/python3
import os, re, sys
arguments = []
for argument in sys.argv[1:]:
    if argument == "v4l2src":
        # As long as a frame count follows, that; else not for ever.
        rest = sys.argv[sys.argv.index(argument) + 1:]
        arguments += ["videotestsrc", "is-live=true"] + ([] if rest and rest[0].startswith("num-buffers=") else ["num-buffers=10"])
    elif argument in ("autovideosink", "v4l2sink"):
        arguments.append("fakesink")
    elif not argument.startswith("device="):
        arguments.append(argument)
os.execv("{REAL}", ["gst-launch-1.0", "-q"] + arguments)
"""

# Files that pipelines read. The P010 is a part of the format's own size, zeros all of it.
INPUTS = """
gst-launch-1.0 videotestsrc num-buffers=1 ! imagepackersink location=in.png
gst-launch-1.0 videotestsrc num-buffers=1 ! imagepackersink location=a.png
gst-launch-1.0 videotestsrc num-buffers=1 ! imagepackersink location=a.jpg
gst-launch-1.0 videotestsrc num-buffers=1 ! imagepackersink location=a.heic
"""
P010_BYTES = 4080 * 3072 * 3


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def pipelines(page):
    """Every gst-launch-1.0 line, and every line that is a part of one (… ! element ! …), of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        lines = block.replace("\\\n", " ").splitlines()
        found += [line.split("  #")[0] for line in lines if re.match(r"\s*(gst-launch-1\.0|…) ", line)]
    for code in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if re.match(r"(gst-launch-1\.0|…) (.*!|\S+ !)", code):
            found.append(code)
    return found


def complete(line):
    """A line that runs, of one with ellipses."""
    line = line.strip().replace("gst-launch-1.0 … !", "… !")
    frames = 1 if "filesink" in line else 2  # into one file
    line = re.sub(r"^… !", f"gst-launch-1.0 v4l2src num-buffers={frames} !", line)
    return re.sub(r"! …$", "! fakesink", line)


def outputs(line):
    """Patterns of the files that a line leaves. Where photos are taken on request, nobody asks for one here."""
    sinks = re.findall(r"(?:filesink|imagepackersink) ([^!]*)", line)
    names = [re.search(r"location=(\S+)", sink) for sink in sinks if "on-request" not in sink]
    return [re.sub(r"%0?\d*d", "*", name.group(1)) for name in names if name]


CHECKS = {  # by programs that have nothing of ours
    ".jpg": "djpeg -outfile /dev/null {}",
    ".webp": "webpinfo -quiet {}",
    ".png": "pngcheck -q {}",
    ".heic": "heif-info {}",
    ".mkv": f"{REAL} -q filesrc location={{}} ! matroskademux ! jpegdec ! fakesink",
}


def is_whole(path):
    command = CHECKS.get(path.suffix, "true {}").format(path)
    return path.stat().st_size > 0 and subprocess.run(command.split(), check=False, capture_output=True).returncode == 0


class Pipelines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        programs = cls.folder / "bin"
        programs.mkdir()
        launcher = programs / "gst-launch-1.0"
        launcher.write_text(LAUNCHER, encoding="utf-8")
        launcher.chmod(0o755)
        pictures = cls.folder / "home"
        pictures.mkdir()
        cls.environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}", HOME=str(pictures))
        with open(cls.folder / "in.p010", "wb") as file:
            file.truncate(P010_BYTES)
        for line in INPUTS.strip().splitlines():
            cls.run_line(line)

    @classmethod
    def run_line(cls, line):
        result = subprocess.run(["sh", "-c", line], cwd=cls.folder, env=cls.environment, check=False, capture_output=True,
                                text=True, timeout=PATIENCE_SECONDS)
        problem = result.returncode != 0 or "ERROR" in result.stderr
        return f"{line}\n{result.stdout}{result.stderr}" if problem else ""

    def test_none_is_overlooked(self):
        for page in pages():
            text = page.read_text(encoding="utf-8").replace("\\\n", " ")
            found = {line.strip() for line in pipelines(page)}
            for mention in re.findall(r"(?:gst-launch-1\.0|…) [^`\n]*! [^`\n]*", text):
                with self.subTest(page=page.name, mention=mention):
                    self.assertIn(mention.split("  #")[0].strip(), found)
        self.assertGreater(sum(len(pipelines(page)) for page in pages()), 30)

    def test_they_run(self):
        for page in pages():
            for line in pipelines(page):
                with self.subTest(page=page.name, line=line):
                    left = [self.folder / name for name in outputs(line) if not name.startswith("/")]
                    for old in left:
                        for path in self.folder.glob(old.name):
                            path.unlink()
                    self.assertEqual("", self.run_line(complete(line)))
                    for new in left:
                        paths = list(self.folder.glob(new.name))
                        self.assertTrue(paths, f"no {new.name}")
                        self.assertEqual([], [path for path in paths if not is_whole(path)])


if __name__ == "__main__":
    sys.argv[0] = __file__
    unittest.main(verbosity=2)
