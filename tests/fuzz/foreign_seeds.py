# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small images as other programs write them, with features that our packer has no use for, for the unpack fuzzers to
begin with."""

import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "metadata"))
import heif_grid  # noqa: E402

# Sides of no whole blocks; HEIF takes what x265 codes without padding, since tiles have nothing to say of theirs.
SIZE, HEIF_SIZE = (40, 24), (64, 64)
PRESS = pathlib.Path("/usr/share/color/icc/ghostscript/default_cmyk.icc")
APPLE_XMP = (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
             b"<rdf:Description xmlns:a='http://ns.apple.com/HDRGainMap/1.0/' a:HDRGainMapVersion='131072' "
             b"a:HDRGainMapHeadroom='4'/></rdf:RDF></x:xmpmeta>")

ADOBE_XMP = (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
             b"<rdf:Description xmlns:h='http://ns.adobe.com/hdr-gain-map/1.0/' h:Version='1.0' h:HDRCapacityMax='2'>"
             b"<h:GainMapMax><rdf:Seq><rdf:li>2</rdf:li><rdf:li>1.5</rdf:li><rdf:li>1</rdf:li></rdf:Seq></h:GainMapMax>"
             b"</rdf:Description></rdf:RDF></x:xmpmeta>")


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout


class Sources:
    """Pictures for the programs to read."""

    def __init__(self, folder, size):
        self.folder, self.size = folder, size
        self.color = self.pnm("P6", "color", 255, lambda x, y, c: (x * 6 + y * (c + 1) * 3) % 256)
        self.few = self.pnm("P6", "few", 255, lambda x, y, c: (x // 8 + y // 8 + c) % 5 * 60)
        self.gray = self.pnm("P5", "gray", 255, lambda x, y, c: (x * 5 + y * 7) % 256)
        self.deep = self.pnm("P6", "deep", 65535, lambda x, y, c: (x * 1500 + y * 401 * (c + 1)) % 65536)
        self.rgb_png = self.write("rgb.png", run("pnmtopng", self.color))
        self.rgba_png = self.write("rgba.png", run("pnmtopng", f"-alpha={self.gray}", self.color))
        self.deep_png = self.write("deep.png", run("pnmtopng", self.deep))
        self.gray_png = self.write("gray.png", run("pnmtopng", self.gray))

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def pnm(self, kind, name, peak, value):
        width, height = self.size
        samples = [value(x, y, c) for y in range(height) for x in range(width)
                   for c in range(3 if kind == "P6" else 1)]
        data = b"".join(sample.to_bytes(1 if peak < 256 else 2, "big") for sample in samples)
        return self.write(name + ".pnm", f"{kind}\n{width} {height}\n{peak}\n".encode() + data)

    def made_by(self, *command):
        """What a program that is told its output file writes there."""
        path = self.folder / "made"
        run(*[path if word == "OUT" else word for word in command])
        return path.read_bytes()


def with_xmp(jpeg, packet):
    payload = b"http://ns.adobe.com/xap/1.0/\0" + packet
    return jpeg[:2] + b"\xFF\xE1" + (len(payload) + 2).to_bytes(2, "big") + payload + jpeg[2:]


def jpeg_seeds(sources):
    color, gray = sources.color, sources.gray
    yield "progressive", run("cjpeg", "-quality", 60, "-progressive", color)
    yield "restarts", run("cjpeg", "-quality", 60, "-sample", "2x1", "-restart", "1B", color)
    yield "progressive-restarts", run("cjpeg", "-quality", 60, "-progressive", "-restart", "2B", color)
    yield "arithmetic", run("cjpeg", "-quality", 60, "-arithmetic", color)
    yield "optimised", run("cjpeg", "-quality", 60, "-optimize", "-sample", "1x2", color)
    yield "411", run("cjpeg", "-quality", 60, "-sample", "4x1", color)
    yield "gray", run("cjpeg", "-quality", 60, "-grayscale", gray)
    yield "rgb", run("cjpeg", "-quality", 60, "-rgb", color)
    small = sources.write("small.jpg", run("cjpeg", "-quality", 60, color))
    yield "profile", sources.made_by("jpgicc", "-q60", "-e", small, "OUT")
    # Without its profile, which is far longer.
    yield "cmyk", sources.made_by("jpgicc", "-q60", f"-o{PRESS}", small, "OUT")
    base, gain_map = small.read_bytes(), run("cjpeg", "-quality", 60, "-grayscale", gray)
    yield "apple", base + with_xmp(gain_map, APPLE_XMP)
    yield "adobe", base + with_xmp(run("cjpeg", "-quality", 60, color), ADOBE_XMP)


def png_seeds(sources):
    few = sources.few
    yield "palette", run("pnmtopng", few)
    yield "palette-interlaced", run("pnmtopng", "-interlace", few)
    yield "palette-alpha", run("pnmtopng", f"-alpha={sources.gray}", few)
    yield "transparent-colour", run("pnmtopng", "-transparent", "=rgb:3c/78/b4", sources.color)
    yield "deep", run("pnmtopng", sources.deep)
    yield "deep-interlaced", run("pnmtopng", "-interlace", sources.deep)
    yield "gray-alpha", run("pnmtopng", f"-alpha={sources.gray}", sources.gray)
    yield "bits", run("pnmtopng", sources.write("bits.pbm", run("pamthreshold", "-simple", sources.gray)))
    yield "more-chunks", run("pnmtopng", "-gamma", "0.45", "-background", "rgb:ff/00/00", "-hist", few)


def webp_seeds(sources):
    def still(name, *options):
        return name, sources.made_by("cwebp", "-quiet", *options, "-o", "OUT")

    yield still("lossy", "-q", 60, sources.rgb_png)
    yield still("lossy-alpha", "-q", 60, "-alpha_filter", "best", sources.rgba_png)
    yield still("lossy-raw-alpha", "-q", 60, "-alpha_method", 0, sources.rgba_png)
    yield still("partitions", "-q", 60, "-partition_limit", 50, "-segments", 4, "-sns", 90, sources.rgb_png)
    yield still("lossless", "-lossless", sources.rgb_png)
    few = sources.write("few.png", run("pnmtopng", sources.few))
    yield still("lossless-palette", "-lossless", few)
    yield still("near-lossless", "-near_lossless", 40, sources.rgba_png)
    frames = [sources.rgb_png, "-d", 40, few, "-d", 70]
    yield "animated-lossy", sources.made_by("img2webp", "-loop", 2, "-lossy", "-q", 60, *frames, "-o", "OUT")
    yield "animated-lossless", sources.made_by("img2webp", "-lossless", *frames, "-o", "OUT")
    yield "animated-mixed", sources.made_by("img2webp", "-mixed", "-kmin", 1, "-kmax", 3, *frames,
                                            sources.rgba_png, "-o", "OUT")


def heif_seeds(sources):
    def coded(*options):
        return sources.made_by("heif-enc", *options, "-o", "OUT")

    tile, gray = coded("-q", 40, sources.rgb_png), coded("-q", 40, sources.gray_png)
    size = sources.size
    whole = size[0] * 2, size[1]
    wide = sources.write("wide.png", run("pnmtopng", sources.write(
        "wide.pnm", run("pnmcat", "-lr", sources.gray, sources.gray))))
    alpha = ("urn:mpeg:hevc:2015:auxid:1", coded("-q", 40, wide), whole, None)
    apple = ("urn:com:apple:photo:2020:aux:hdrgainmap", gray, size, APPLE_XMP)
    depth = ("urn:mpeg:hevc:2015:auxid:2", gray, size, None)
    yield "tile", tile
    yield "444", coded("-q", 40, "-p", "chroma=444", sources.rgb_png)
    yield "deep", coded("-q", 40, "-b", 10, sources.deep_png)
    yield "alpha", coded("-q", 40, sources.rgba_png)
    yield "thumbnail", coded("-q", 40, "-t", 16, sources.rgb_png)
    try:
        yield "avif", coded("-A", "-q", 40, sources.rgb_png)
        yield "avif-alpha", coded("-A", "-q", 40, sources.rgba_png)
    except subprocess.CalledProcessError:
        print("no AVIF among the seeds: this heif-enc has no encoder for it")
    yield "grid-turned", heif_grid.grid([tile] * 4, 2, size, 90)
    yield "grid-mirrored", heif_grid.grid([tile] * 2, 1, size, 270, mirror_axis=1)
    yield "grid-alpha", heif_grid.grid([tile] * 2, 2, size, 0, mirror_axis=0, auxiliary=[alpha])
    yield "grid-apple", heif_grid.grid([tile] * 2, 2, size, 180, auxiliary=[apple, depth])


SEEDS = {"jpeg": jpeg_seeds, "png": png_seeds, "webp": webp_seeds, "heif": heif_seeds}


def write(kind, folder):
    """Writes those of a format to a folder."""
    with tempfile.TemporaryDirectory() as work:
        try:
            seeds = list(SEEDS[kind](Sources(pathlib.Path(work), HEIF_SIZE if kind == "heif" else SIZE)))
        except subprocess.CalledProcessError as error:
            sys.exit(f"{error}: {error.stderr.decode(errors='replace')}")
    for name, data in seeds:
        (pathlib.Path(folder) / f"foreign-{name}").write_bytes(data)
    print(len(seeds), "foreign seeds for", kind)
