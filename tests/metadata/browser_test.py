# SPDX-License-Identifier: LGPL-2.1-or-later
"""Chromium shows what we pack: wide-gamut colours and every orientation. Skipped where Chromium does not start."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77  # what Meson takes for it
EXTENSIONS = {"jpeg": "jpg", "webp": "webp", "png": "png"}  # what Chromium decodes
ORIENTATIONS = ["rotate-0", "flip-rotate-0", "rotate-180", "flip-rotate-180", "flip-rotate-270", "rotate-90",
                "flip-rotate-90", "rotate-270"]
CELL = 64
DISPLAY_P3 = "1:1:7:11"  # full range, RGB, sRGB curve, SMPTE EG 432 primaries
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
# Root has no sandbox, containers have little shared memory; the pages are our own.
HEADLESS = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
START_SECONDS = 60


def why_not():
    """Why there is no browser to test with, or None."""
    if BROWSER is None:
        return "chromium is not installed: apt-get install chromium"
    with tempfile.TemporaryDirectory() as profile:
        try:
            done = subprocess.run([*HEADLESS, f"--user-data-dir={profile}", "--dump-dom", "data:text/html,<p>here</p>"],
                                  capture_output=True, text=True, timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            return f"{BROWSER} does not start within {START_SECONDS} s"
    return None if "here" in done.stdout else f"{BROWSER} does not start: {done.stderr}"


class Screenshot:
    """The pixels of a page, in the display's colours."""

    def __init__(self, netpbm):
        magic, size, _, self.pixels = netpbm.split(b"\n", 3)
        assert magic == b"P6"
        self.width, self.height = (int(number) for number in size.split())

    def cell(self, column, row):
        """The bytes of one cell, row by row."""
        return b"".join(self.pixels[3 * (y * self.width + column * CELL):3 * (y * self.width + (column + 1) * CELL)]
                        for y in range(row * CELL, (row + 1) * CELL))


def difference(a, b):
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


class Browser(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def launch(self, *line):
        done = subprocess.run(["gst-launch-1.0", "-q", *line], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)

    def show(self, cells, display="srgb"):
        """A screenshot of `cells`: (column, row, HTML of an element)."""
        columns = 1 + max(column for column, _, _ in cells)
        rows = 1 + max(row for _, row, _ in cells)
        places = "".join(f'<section style="left:{column * CELL}px;top:{row * CELL}px">{html}</section>' for column, row, html in cells)
        style = f"body{{margin:0;background:#fff}}section{{position:absolute;margin:0;width:{CELL}px;height:{CELL}px}}"
        page = self.folder / "page.html"
        page.write_text(f"<!doctype html><style>{style}img{{display:block}}</style>{places}")
        picture = self.folder / "page.png"
        # A data folder of its own leaves the user's profile alone.
        done = subprocess.run([*HEADLESS, "--hide-scrollbars", "--force-device-scale-factor=1",
                               f"--force-color-profile={display}",
                               f"--user-data-dir={self.folder / 'profile'}",
                               f"--window-size={columns * CELL},{rows * CELL}", f"--screenshot={picture}", page.as_uri()],
                              capture_output=True, text=True)
        self.assertTrue(picture.exists(), done.stderr)
        return Screenshot(subprocess.run(["pngtopnm", picture], check=True, capture_output=True).stdout)

    def test_p3_is_shown_as_p3(self):
        red, green, blue = 230, 30, 30  # outside of sRGB
        cells = []
        for column, (name, extension) in enumerate(EXTENSIONS.items()):
            path = self.folder / f"p3.{extension}"
            self.launch("videotestsrc", "num-buffers=1", "pattern=solid-color",
                        f"foreground-color={0xFF000000 | red << 16 | green << 8 | blue}", "!",
                        f"video/x-raw,format=RGB,width={CELL},height={CELL}", "!", "capssetter",
                        f"caps=video/x-raw,colorimetry={DISPLAY_P3}", "!", f"imagepacker{name}", "quality=100", "!",
                        "filesink", f"location={path}")
            cells.append((column, 0, f'<img src="{path.name}">'))
        css = f"{red / 255} {green / 255} {blue / 255}"
        reference, srgb = len(cells), len(cells) + 1
        cells.append((reference, 0, f'<div style="height:100%;background:color(display-p3 {css})"></div>'))
        cells.append((srgb, 0, f'<div style="height:100%;background:color(srgb {css})"></div>'))
        for display in ["srgb", "display-p3-d65"]:
            page = self.show(cells, display)
            # The browser's own colour is right; that of a picture whose profile is lost is far away.
            self.assertGreater(difference(page.cell(reference, 0), page.cell(srgb, 0)), 5)
            for column, name in enumerate(EXTENSIONS):
                with self.subTest(display=display, format=name):
                    self.assertLess(difference(page.cell(reference, 0), page.cell(column, 0)), 1.5)

    def test_every_orientation_is_shown_upright(self):
        source = ["videotestsrc", "num-buffers=1", "pattern=smpte", "!", f"video/x-raw,format=RGB,width={CELL},height=48",
                  "!", "taginject"]
        cells = []
        for row, word in enumerate(ORIENTATIONS):
            tags = f'tags=image-orientation="{word}"'
            for column, (name, extension) in enumerate(EXTENSIONS.items()):
                path = self.folder / f"{word}.{extension}"
                # Chromium passes over the orientation of WebP, whoever wrote it: there the pixels have to be turned.
                turns = f"apply-orientation={str(name == 'webp').lower()}"
                self.launch(*source, tags, "!", f"imagepacker{name}", "quality=100", turns, "!", "filesink",
                            f"location={path}")
                cells.append((column, row, f'<img src="{path.name}">'))
            turned = self.folder / f"turned-{word}.png"
            self.launch(*source, tags, "!", "videoflip", "video-direction=auto", "!", "pngenc", "!", "filesink",
                        f"location={turned}")
            cells.append((len(EXTENSIONS), row, f'<img src="{turned.name}">'))
        page = self.show(cells)
        references = [page.cell(len(EXTENSIONS), row) for row in range(len(ORIENTATIONS))]
        for row, word in enumerate(ORIENTATIONS):
            for column, name in enumerate(EXTENSIONS):
                with self.subTest(orientation=word, format=name):
                    distances = [difference(page.cell(column, row), reference) for reference in references]
                    self.assertEqual(row, distances.index(min(distances)), distances)
                    # 4:2:0 blurs the edges between the bars.
                    self.assertLess(distances[row], 10)


if __name__ == "__main__":
    obstacle = why_not()
    if obstacle:
        print(obstacle)
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
