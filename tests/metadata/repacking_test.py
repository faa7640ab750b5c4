# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packs image files that other programs wrote anew through imagerepacker, each into every format. Pixels are compared as
other programs decode source and result, metadata as exiftool reads them."""

import base64
import copy
import json
import math
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

import heif_grid

PROFILES = pathlib.Path("/usr/share/color/icc/ghostscript")
COFFEE = pathlib.Path(__file__).parent.parent / "data" / "coffee.jpg"
WIDTH, HEIGHT = 96, 80

# Written into every source, in this order of groups.
TAGS = """
  -EXIF:Make=Acme -EXIF:Model=A1 -EXIF:Artist=Zoë -EXIF:Copyright=CC0 -EXIF:Software=camera
  -EXIF:ImageDescription=Fog -EXIF:ModifyDate=2026:03:04?05:06:07 -EXIF:DateTimeOriginal=2026:03:04?05:06:07
  -EXIF:OffsetTimeOriginal=+02:00 -EXIF:SubSecTimeOriginal=25 -EXIF:ExposureTime=1/250 -EXIF:FNumber=2.8 -EXIF:ISO=400
  -EXIF:FocalLength=35.5 -EXIF:LensModel=35mm -EXIF:LensInfo=24?70?2.8?4 -EXIF:UserComment=Über?den?See
  -EXIF:ExposureCompensation=-0.5 -EXIF:XResolution=300 -EXIF:YResolution=300 -EXIF:ResolutionUnit=inches
  -EXIF:YCbCrPositioning=1 -EXIF:ExifVersion=0232 -EXIF:ComponentsConfiguration=1?2?3?0 -EXIF:FlashpixVersion=0100
  -EXIF:GPSLatitude=48.1375 -EXIF:GPSLatitudeRef=N -EXIF:GPSLongitude=11.5755 -EXIF:GPSLongitudeRef=W
  -EXIF:GPSAltitude=519.5 -EXIF:GPSVersionID=2.3.0.0
  -XMP-dc:Title=Morning -XMP-dc:Subject=lake -XMP-dc:Subject=fog -XMP-xmp:Rating=4 -XMP-photoshop:City=Graz
  -XMP-iptcExt:PersonInImage=Ada -XMP-exif:GPSLatitude=48.1375 -XMP-xmpMM:DocumentID=xmp.did:1
""".split()

# What differs between files of equal metadata, by exiftool's group (family 1) or name.
LEFT_OUT = {
    "SourceFile": "another name",
    "System:": "the file's name, size and times",
    "File:": "the container: type, stored size, byte order",
    "JFIF:": "JPEG alone has it",
    "Adobe:": "JPEG alone has it: how the components are coded",
    "PNG:": "the header of PNG; metadata have groups of their own",
    "RIFF:": "the chunks of WebP",
    "Meta": "the boxes of HEIF: handlers, sizes of items",
    "QuickTime:": "the brands of HEIF",
    "IFD0:Orientation": "the packer always writes it; the turned picture is compared as it is to be seen",
    "ExifIFD:ExifImageWidth": "true for the picture, whatever the source said",
    "ExifIFD:ExifImageHeight": "true for the picture",
    "ExifIFD:ColorSpace": "true for the picture",
}


def run(*command, stdin=None):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, input=stdin).stdout


def read_pnm(data):
    """(width, height, samples per pixel, samples from 0 to 1) of PBM, PGM, PPM or PAM."""
    if data[:2] == b"P7":
        head, _, body = data.partition(b"ENDHDR\n")
        fields = dict(line.split(b" ", 1) for line in head.split(b"\n")[1:] if b" " in line)
        width, height, depth, peak = (int(fields[key]) for key in (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL"))
    elif data[:2] == b"P4":
        width, height = (int(word) for word in re.match(rb"P4\s+(\d+)\s+(\d+)\s", data).groups())
        body = data[re.match(rb"P4\s+\d+\s+\d+\s", data).end():]
        row_bytes = (width + 7) // 8
        return width, height, 1, [1 - (body[y * row_bytes + x // 8] >> (7 - x % 8) & 1)
                                  for y in range(height) for x in range(width)]
    else:
        kind, width, height, peak = re.match(rb"P([56])\s+(\d+)\s+(\d+)\s+(\d+)\s", data).groups()
        body = data[re.match(rb"P[56]\s+\d+\s+\d+\s+\d+\s", data).end():]
        width, height, peak, depth = int(width), int(height), int(peak), 3 if kind == b"6" else 1
    count = width * height * depth
    if peak > 255:
        samples = [high << 8 | low for high, low in zip(body[0:2 * count:2], body[1:2 * count:2])]
    else:
        samples = body[:count]
    return width, height, depth, [sample / peak for sample in samples]


class Picture:
    """RGB and alpha of a file, as another program decodes them, the right way up."""

    def __init__(self, path, orientation=1):
        """`orientation`: Exif's, which heif-convert alone obeys."""
        with tempfile.TemporaryDirectory() as folder:
            turn = 1 if path.suffix == ".heic" else orientation
            png = path
            if path.suffix == ".heic":
                png = pathlib.Path(folder) / "decoded.png"
                # heif-convert writes gray pictures as RGB, to which libpng adds no profile of gray.
                plain = pathlib.Path(folder) / "plain.heic"
                plain.write_bytes(path.read_bytes().replace(b"GRAYXYZ ", b"RGB XYZ "))
                run("heif-convert", plain, png)
            if path.suffix == ".jpg":
                color, alpha = run("djpeg", "-ppm", path), None
            elif path.suffix == ".webp":
                pam = run("dwebp", "-quiet", "-pam", path, "-o", "-")
                width, height, _, samples = read_pnm(pam)
                self.set(width, height, samples[0::4], samples[1::4], samples[2::4], samples[3::4])
                self.turn(turn)
                return
            else:
                color, alpha = run("pngtopnm", png), run("pngtopnm", "-alpha", png)
        width, height, depth, samples = read_pnm(color)
        opaque = [1.0] * (width * height)
        planes = [samples[i::depth] for i in range(depth)] * (3 if depth == 1 else 1)
        self.set(width, height, *planes, read_pnm(alpha)[3] if alpha else opaque)
        self.turn(turn)

    def set(self, width, height, red, green, blue, alpha):
        self.width, self.height, self.planes = width, height, [list(plane) for plane in (red, green, blue, alpha)]

    def turn(self, orientation):
        if orientation == 1:
            return
        assert orientation == 8, orientation  # 90 degrees counter-clockwise is all that is needed here
        width, height = self.width, self.height
        self.planes = [[plane[y * width + x] for x in reversed(range(width)) for y in range(height)]
                       for plane in self.planes]
        self.width, self.height = height, width

    def has_alpha(self):
        return min(self.planes[3]) < 1

    def flattened(self):
        """The picture on white, which is what imagerepacker lays it on."""
        alpha = self.planes[3]
        flat = copy.copy(self)
        flat.planes = [[sample * a + 1 - a for sample, a in zip(plane, alpha)] for plane in self.planes[:3]]
        flat.planes.append([1.0] * len(alpha))
        return flat

    def gray(self):
        """What it says of brightness alone."""
        gray = copy.copy(self)
        luma = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in zip(*self.planes[:3])]
        gray.planes = [luma, luma, luma, self.planes[3]]
        return gray

    def distance(self, other):
        """(PSNR in dB, largest difference as a part of the peak) of all visible samples and the alpha."""
        assert (self.width, self.height) == (other.width, other.height), (self.width, other.width)
        squares, largest, count = 0.0, 0.0, 0
        for channel, (mine, theirs) in enumerate(zip(self.planes, other.planes)):
            for a, b, alpha in zip(mine, theirs, self.planes[3]):
                if alpha > 0 or channel == 3:
                    difference = abs(a - b)
                    squares += difference * difference
                    largest = max(largest, difference)
                    count += 1
        return (10 * math.log10(count / squares) if squares else 99.0), largest


class Source:
    """A file to be packed anew."""

    def __init__(self, name, path, bits=8, is_gray=False, is_subsampled=False):
        self.name, self.path, self.bits = name, path, bits
        self.is_gray, self.is_subsampled = is_gray, is_subsampled
        self.profile = PROFILES / ("sgray.icc" if is_gray else "srgb.icc")


class Target:
    """What becomes of it: a format and properties. `exact_bits`: how many bits of every sample come through."""

    def __init__(self, name, mime_type, suffix, *properties, exact_bits=0, has_alpha=True):
        self.name, self.mime_type, self.suffix, self.properties = name, mime_type, suffix, properties
        self.exact_bits, self.has_alpha = exact_bits, has_alpha


TARGETS = [
    Target("JPEG", "image/jpeg", ".jpg", "quality=92", has_alpha=False),
    Target("PNG", "image/png", ".png", exact_bits=16),
    Target("lossy WebP", "image/webp", ".webp", "quality=92"),
    Target("lossless WebP", "image/webp", ".webp", "lossless=true", exact_bits=8),
    Target("lossy HEIF", "image/heif", ".heic", "quality=92"),
    Target("lossless HEIF", "image/heif", ".heic", "lossless=true", exact_bits=12),
]


def make_sources(folder):
    """Every kind of file that other programs write, with metadata and a profile."""
    def pnm(name, *command, stdin=None):
        path = folder / name
        path.write_bytes(run(*command, stdin=stdin))
        return path

    photo = run("djpeg", "-ppm", COFFEE)
    color = pnm("color.ppm", "pamcut", "-left", 200, "-top", 120, "-width", WIDTH, "-height", HEIGHT, stdin=photo)
    gray = pnm("gray.pgm", "ppmtopgm", color)
    width, height, _, samples = read_pnm(color.read_bytes())
    # Sixteen bits that eight don't hold: each sample and what its place adds.
    deep_samples = b"".join(min(65535, round(s * 65000) + i % 251).to_bytes(2, "big") for i, s in enumerate(samples))
    deep = folder / "deep.ppm"
    deep.write_bytes(b"P6\n%d %d\n65535\n" % (width, height) + deep_samples)
    deep_gray = pnm("deepgray.pgm", "ppmtopgm", deep)
    alpha = folder / "alpha.pgm"
    alpha.write_bytes(b"P5\n%d %d\n255\n" % (width, height)
                      + bytes(min(255, x * y * 4 // height) for y in range(height) for x in range(width)))
    deep_alpha = folder / "deepalpha.pgm"
    deep_alpha.write_bytes(b"P5\n%d %d\n65535\n" % (width, height) + b"".join(
        min(65535, x * y * 1001 // height).to_bytes(2, "big") for y in range(height) for x in range(width)))
    few = pnm("few.ppm", "pnmquant", 60, color)
    bits = pnm("bits.pbm", "pamditherbw", gray)

    sources = []

    def add(name, suffix, *command, stdin=None, **options):
        """`command` writes to its standard output, or where OUT stands."""
        path = folder / f"{name.replace(' ', '-')}{suffix}"
        if "OUT" in command:
            run(*[path if word == "OUT" else word for word in command])
        else:
            path.write_bytes(run(*command, stdin=stdin))
        sources.append(Source(name, path, **options))
        if suffix == ".png":
            describe(path, sources[-1].profile)
        return path

    add("JPEG 4:2:0", ".jpg", "cjpeg", "-quality", 95, "-sample", "2x2", color, is_subsampled=True)
    add("JPEG 4:2:2 with restarts", ".jpg", "cjpeg", "-quality", 95, "-sample", "2x1", "-restart", 2, color,
        is_subsampled=True)
    add("JPEG 4:4:4 progressive", ".jpg", "cjpeg", "-quality", 95, "-sample", "1x1", "-progressive", color)
    add("JPEG gray", ".jpg", "cjpeg", "-quality", 95, "-grayscale", color, is_gray=True)
    add("JPEG RGB", ".jpg", "cjpeg", "-quality", 95, "-rgb", color)

    rgb_png = add("PNG", ".png", "pnmtopng", color)
    add("PNG interlaced", ".png", "pnmtopng", "-interlace", color)
    add("PNG 16 bit", ".png", "pnmtopng", deep, bits=16)
    add("PNG 16 bit interlaced", ".png", "pnmtopng", "-interlace", deep, bits=16)
    add("PNG gray", ".png", "pnmtopng", gray, is_gray=True)
    add("PNG gray 16 bit", ".png", "pnmtopng", deep_gray, bits=16, is_gray=True)
    add("PNG of one bit", ".png", "pnmtopng", bits, is_gray=True)
    add("PNG palette", ".png", "pnmtopng", few)
    add("PNG palette interlaced", ".png", "pnmtopng", "-interlace", few)
    add("PNG palette with alpha", ".png", "pnmtopng", f"-alpha={alpha}", few)
    rgba_png = add("PNG alpha", ".png", "pnmtopng", f"-alpha={alpha}", color)
    add("PNG alpha 16 bit", ".png", "pnmtopng", f"-alpha={deep_alpha}", deep, bits=16)
    add("PNG gray alpha", ".png", "pnmtopng", f"-alpha={alpha}", gray, is_gray=True)

    add("WebP lossy", ".webp", "cwebp", "-quiet", "-q", 95, rgb_png, "-o", "OUT", is_subsampled=True)
    add("WebP lossy with alpha", ".webp", "cwebp", "-quiet", "-q", 95, rgba_png, "-o", "OUT", is_subsampled=True)
    add("WebP lossless", ".webp", "cwebp", "-quiet", "-lossless", rgb_png, "-o", "OUT")
    add("WebP lossless with alpha", ".webp", "cwebp", "-quiet", "-lossless", "-exact", rgba_png, "-o", "OUT")

    exact = ["-L", "-p", "chroma=444", "--matrix_coefficients=0"]
    deep_png = folder / "PNG-16-bit.png"
    add("HEIF", ".heic", "heif-enc", "-q", 95, rgb_png, "-o", "OUT", is_subsampled=True)
    add("HEIF 4:4:4", ".heic", "heif-enc", "-q", 95, "-p", "chroma=444", rgb_png, "-o", "OUT")
    add("HEIF 10 bit", ".heic", "heif-enc", "-q", 95, "-b", 10, deep_png, "-o", "OUT", bits=10, is_subsampled=True)
    add("HEIF lossless", ".heic", "heif-enc", *exact, rgb_png, "-o", "OUT")
    add("HEIF with alpha", ".heic", "heif-enc", "-q", 95, rgba_png, "-o", "OUT", is_subsampled=True)
    add_grid(folder, photo, sources)
    return sources


def add_grid(folder, photo, sources):
    side, columns, rows = 64, 3, 2
    tiles = []
    for number in range(columns * rows):
        png, heic = folder / "tile.png", folder / "tile.tmp.heic"
        left, top = 200 + number % columns * side, 120 + number // columns * side
        part = run("pamcut", "-left", left, "-top", top, "-width", side, "-height", side, stdin=photo)
        png.write_bytes(run("pnmtopng", stdin=part))
        run("heif-enc", "-q", 95, png, "-o", heic)
        tiles.append(heic.read_bytes())
    path = folder / "HEIF-grid.heic"
    path.write_bytes(heif_grid.grid(tiles, columns, (side, side), 90))
    sources.append(Source("HEIF grid, turned", path, is_subsampled=True))
    sources[-1].profile = None


def describe(path, profile=None):
    """Writes metadata into a file, and a profile."""
    words = [tag.replace("?", " ") for tag in TAGS]
    # heif-enc took over that of the PNG; exiftool can't add one.
    profile_words = [f"-icc_profile<={profile}"] if profile and path.suffix != ".heic" else []
    run("exiftool", "-q", "-overwrite_original", *words, *profile_words, path)


def read_metadata(paths):
    """What exiftool says of each: values by group and name."""
    read = json.loads(run("exiftool", "-json", "-a", "-G1", "-struct", "-n", *paths))
    return {pathlib.Path(entry["SourceFile"]): entry for entry in read}


def launch(source, target, path, *properties):
    done = subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={source}", "!", "imagerepacker",
                           *target.properties, *properties, "!", target.mime_type, "!", "filesink",
                           f"location={path}"], capture_output=True, text=True)
    return done.returncode, done.stderr


class Repacking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.sources = make_sources(cls.folder)
        with ThreadPoolExecutor(4) as pool:
            others = [source for source in cls.sources if source.path.suffix != ".png"]
            list(pool.map(lambda source: describe(source.path, source.profile), others))
            pairs = [(source, target) for source in cls.sources for target in TARGETS]
            cls.outcomes = dict(zip(pairs, pool.map(lambda pair: cls.repack(*pair), pairs)))
            cls.paths = {pair: cls.path(*pair) for pair in pairs if cls.outcomes[pair][0] == 0}
            cls.values = read_metadata([source.path for source in cls.sources] + list(cls.paths.values()))
            cls.pictures = dict(zip(cls.sources, pool.map(lambda source: Picture(source.path), cls.sources)))
            cls.results = dict(zip(cls.paths, pool.map(cls.decode, cls.paths.values())))

    @classmethod
    def path(cls, source, target):
        return cls.folder / f"{source.path.name}-{target.name.replace(' ', '-')}{target.suffix}"

    @classmethod
    def repack(cls, source, target):
        return launch(source.path, target, cls.path(source, target))

    @classmethod
    def decode(cls, path):
        return Picture(path, cls.values[path].get("IFD0:Orientation", 1))

    def test_every_file_becomes_every_format(self):
        for (source, target), outcome in self.outcomes.items():
            with self.subTest(source=source.name, target=target.name):
                self.assertEqual((0, ""), outcome)

    def test_pixels_are_those_that_others_see_in_the_source(self):
        for (source, target), actual in self.results.items():
            with self.subTest(source=source.name, target=target.name):
                expected = self.pictures[source]
                if not target.has_alpha and expected.has_alpha():
                    expected = expected.flattened()
                psnr, largest = expected.distance(actual)
                if target.exact_bits == 0:
                    self.assertGreater(psnr, 36)
                elif source.is_subsampled and (source.path.suffix == ".heic") != (target.suffix == ".heic"):
                    # heif-convert repeats the samples of chroma that others interpolate.
                    self.assertGreater(psnr, 40)
                    self.assertGreater(expected.gray().distance(actual.gray())[0], 45)
                elif source.is_subsampled:
                    # libjpeg-turbo and libwebp interpolate in integers.
                    self.assertLessEqual(largest, 2.01 / 255)
                elif source.bits > target.exact_bits:
                    self.assertLess(largest, 1.5 / (1 << target.exact_bits))
                else:
                    self.assertEqual(0, largest)

    def test_metadata_are_the_same(self):
        for (source, target), path in self.paths.items():
            with self.subTest(source=source.name, target=target.name):
                # Gray with alpha becomes RGB, and so does gray in WebP: the profile is one for RGB then.
                is_profile_other = source.is_gray and (target.suffix == ".webp" or self.pictures[source].has_alpha())
                left_out = [*LEFT_OUT, *(["ICC"] if is_profile_other else [])]
                expected, actual = (
                    {name: value for name, value in self.values[each].items() if not name.startswith(tuple(left_out))}
                    for each in (source.path, path))
                self.assertGreaterEqual(len(expected), 35)
                self.assertEqual(expected, actual)

    def test_profiles_are_the_same_bytes(self):
        read = run("exiftool", "-json", "-b", "-icc_profile", *self.paths.values())
        profiles = {pathlib.Path(entry["SourceFile"]): entry.get("ICC_Profile") for entry in json.loads(read)}
        for (source, target), path in self.paths.items():
            if source.profile and not source.is_gray:
                with self.subTest(source=source.name, target=target.name):
                    expected = "base64:" + base64.b64encode(source.profile.read_bytes()).decode()
                    self.assertEqual(expected, profiles[path])

    def test_exiftool_finds_nothing_wrong(self):
        for entry in json.loads(run("exiftool", "-json", "-validate", "-warning", "-a", *self.paths.values())):
            with self.subTest(entry["SourceFile"]):
                self.assertEqual("OK", entry["Validate"])


class LargeMetadata(unittest.TestCase):
    def test_xmp_of_several_segments_stays_whole(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        words, source = folder / "words.txt", folder / "source.jpg"
        words.write_text("".join(f"word-{number}-" for number in range(20000)))
        run("exiftool", "-q", "-o", source, f"-XMP-dc:Description<={words}", "-XMP-dc:Title=Morning", COFFEE)
        self.assertGreater(source.read_bytes().count(b"http://ns.adobe.com/xmp/extension/"), 2)
        for target in TARGETS:
            with self.subTest(target=target.name):
                path = folder / f"packed{target.suffix}"
                self.assertEqual((0, ""), launch(source, target, path))
                values = read_metadata([path])[path]
                self.assertEqual(words.read_text(), values["XMP-dc:Description"])
                self.assertEqual("Morning", values["XMP-dc:Title"])


if __name__ == "__main__":
    for reader in ["cjpeg", "cwebp", "exiftool", "heif-enc", "pnmtopng"]:
        if shutil.which(reader) is None:
            raise SystemExit(f"{reader} is missing: tests/install test installs it")
    unittest.main(verbosity=2)
