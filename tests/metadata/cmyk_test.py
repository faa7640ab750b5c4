# SPDX-License-Identifier: LGPL-2.1-or-later
"""JPEGs of ink, which jpgicc of Little CMS wrote for a press, become sRGB through imagerepacker: with their profile as
Little CMS itself converts them, without one as netpbm does, and copied as they are."""

import math
import pathlib
import shutil
import tempfile
import unittest

from repacking_test import COFFEE, PROFILES, Target, launch, read_metadata, read_pnm, run

PRESS = PROFILES / "default_cmyk.icc"
PATCH = 16  # pixels a side: whole blocks, so that the coding of what jpgicc writes changes nothing
PNG = Target("PNG", "image/png", ".png")
JPEG = Target("JPEG", "image/jpeg", ".jpg")


def lab(pixel):
    """CIE L*a*b* (D65) of sRGB from 0 to 1."""
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in pixel)
    xyz = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505, 0.2126 * red + 0.7152 * green + 0.0722 * blue, \
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def patches(pnm):
    """The colour in the middle of every patch."""
    width, height, depth, samples = read_pnm(pnm)
    assert depth == 3
    middles = [(y * width + x) * 3 for y in range(PATCH // 2, height, PATCH) for x in range(PATCH // 2, width, PATCH)]
    return [tuple(samples[at:at + 3]) for at in middles]


class Ink(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        small = run("pamscale", "-xsize", 12, "-ysize", 8, stdin=run("djpeg", "-ppm", COFFEE))
        rgb = self.folder / "rgb.jpg"
        rgb.write_bytes(run("cjpeg", "-quality", 100, stdin=run("pamenlarge", PATCH, stdin=small)))
        self.files = {}
        # jpgicc turns CMYK into YCCK unless it is to keep all it can.
        for name, *quality in [("YCCK",), ("CMYK", "-q100")]:
            self.files[name] = self.folder / f"{name}.jpg"
            run("jpgicc", "-e", *quality, f"-o{PRESS}", rgb, self.files[name])
            transform = run("exiftool", "-s3", "-n", "-Adobe:ColorTransform", self.files[name]).decode().strip()
            self.assertEqual({"YCCK": "2", "CMYK": "0"}[name], transform)

    def repack(self, path, target=PNG):
        result = self.folder / f"repacked{target.suffix}"
        self.assertEqual((0, ""), launch(path, target, result))
        return result

    def assert_close(self, expected, actual, mean, largest):
        distances = [math.dist(lab(a), lab(b)) for a, b in zip(expected, actual, strict=True)]
        self.assertGreater(len(set(expected)), 60)
        self.assertLess(sum(distances) / len(distances), mean)
        self.assertLess(max(distances), largest)

    def test_with_a_profile_it_is_what_little_cms_makes_of_it(self):
        for name, path in self.files.items():
            with self.subTest(name):
                theirs = self.folder / "theirs.jpg"
                # Relative colorimetric with black point compensation: what is on paper, seen on a screen.
                run("jpgicc", "-q100", "-t1", "-b", path, theirs)
                self.assert_close(patches(run("djpeg", "-ppm", theirs)),
                                  patches(run("pngtopnm", self.repack(path))), 0.5, 2)

    def test_without_profile_it_is_what_netpbm_makes_of_it(self):
        for name, path in self.files.items():
            with self.subTest(name):
                run("exiftool", "-q", "-overwrite_original", "-icc_profile=", path)
                self.assert_close(patches(run("jpegtopnm", path)), patches(run("pngtopnm", self.repack(path))), 1, 2)

    def test_the_profile_of_the_press_stays_with_ink_alone(self):
        for name, path in self.files.items():
            with self.subTest(name):
                self.assertNotIn("ICC-header:ColorSpaceData", read_metadata([self.repack(path)]).popitem()[1])
                copy = self.repack(path, JPEG)
                self.assertEqual(PRESS.read_bytes(), run("exiftool", "-b", "-icc_profile", copy))
                self.assertEqual(run("jpegtopnm", path), run("jpegtopnm", copy))


if __name__ == "__main__":
    for tool in ["jpgicc", "jpegtopnm", "pngtopnm", "exiftool"]:
        if shutil.which(tool) is None:
            raise SystemExit(f"{tool} is missing: tests/install test installs it")
    unittest.main(verbosity=2)
