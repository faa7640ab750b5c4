# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packs pictures with tags through gst-launch-1.0 and reads them back with exiftool and exiv2."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

FORMATS = {"jpeg": "jpg", "webp": "webp", "png": "png", "heif": "heic"}

# Values without blanks: gst-launch-1.0 would take them apart. A tag as taginject takes it: (exiftool's name with its group, what exiftool -n says of it).
TAGS = {
    'title="Morning"': ("XMP-dc:Title", "Morning"),
    'description="Fog-over-the-lake"': ("IFD0:ImageDescription", "Fog-over-the-lake"),
    'comment="Über-den-See"': ("ExifIFD:UserComment", "Über-den-See"),
    'artist="Zoë"': ("IFD0:Artist", "Zoë"),
    'copyright="CC0"': ("IFD0:Copyright", "CC0"),
    'keywords="lake,fog"': ("XMP-dc:Subject", ["lake", "fog"]),
    "user-rating=(uint)80": ("XMP-xmp:Rating", 4),
    'datetime=(datetime)2026-03-04T05:06:07.25+0200': ("ExifIFD:DateTimeOriginal", "2026:03:04 05:06:07"),
    'device-manufacturer="Acme"': ("IFD0:Make", "Acme"),
    'device-model="A1"': ("IFD0:Model", "A1"),
    'application-name="camera-app"': ("IFD0:Software", "camera-app"),
    "capturing-shutter-speed=(fraction)1/250": ("ExifIFD:ExposureTime", 0.004),
    "capturing-focal-ratio=(double)2.8": ("ExifIFD:FNumber", 2.8),
    "capturing-focal-length=(double)35.5": ("ExifIFD:FocalLength", 35.5),
    "capturing-focal-length-35mm=(double)53": ("ExifIFD:FocalLengthIn35mmFormat", 53),
    "capturing-digital-zoom-ratio=(double)1.5": ("ExifIFD:DigitalZoomRatio", 1.5),
    "capturing-iso-speed=(int)400": ("ExifIFD:ISO", 400),
    'capturing-exposure-program="aperture-priority"': ("ExifIFD:ExposureProgram", 3),
    'capturing-exposure-mode="manual-exposure"': ("ExifIFD:ExposureMode", 1),
    "capturing-exposure-compensation=(double)-0.5": ("ExifIFD:ExposureCompensation", -0.5),
    'capturing-scene-capture-type="night-scene"': ("ExifIFD:SceneCaptureType", 3),
    'capturing-gain-adjustment="high-gain-up"': ("ExifIFD:GainControl", 2),
    'capturing-white-balance="cloudy"': ("ExifIFD:LightSource", 10),
    'capturing-contrast="soft"': ("ExifIFD:Contrast", 1),
    'capturing-saturation="high-saturation"': ("ExifIFD:Saturation", 2),
    'capturing-sharpness="hard"': ("ExifIFD:Sharpness", 2),
    'capturing-metering-mode="spot"': ("ExifIFD:MeteringMode", 3),
    'capturing-flash-fired=(boolean)true,capturing-flash-mode="auto"': ("ExifIFD:Flash", 25),
    'capturing-source="dsc"': ("ExifIFD:FileSource", 3),
    "geo-location-latitude=(double)48.1375": ("GPS:GPSLatitude", 48.1375),
    "geo-location-longitude=(double)-11.5755": ("GPS:GPSLongitude", 11.5755),
    "geo-location-elevation=(double)-3.5": ("GPS:GPSAltitude", 3.5),
    "geo-location-movement-speed=(double)10": ("GPS:GPSSpeed", 36),
    "geo-location-movement-direction=(double)90.5": ("GPS:GPSTrack", 90.5),
    "geo-location-capture-direction=(double)180.25": ("GPS:GPSImgDirection", 180.25),
    'image-orientation="rotate-90"': ("IFD0:Orientation", 6),
    'extended-comment="Exif.Photo.LensModel=35mm-f/2.8"': ("ExifIFD:LensModel", "35mm-f/2.8"),
}
# What the tags imply, and what describes the picture itself.
IMPLIED = {
    "XMP-xmp:CreateDate": "2026:03:04 05:06:07+02:00",
    "ExifIFD:SubSecTimeOriginal": 250000,
    "ExifIFD:OffsetTimeOriginal": "+02:00",
    "GPS:GPSLatitudeRef": "N",
    "GPS:GPSLongitudeRef": "W",
    "GPS:GPSAltitudeRef": 1,
    "GPS:GPSTimeStamp": "03:06:07",
    "GPS:GPSDateStamp": "2026:03:04",
    "ExifIFD:ExifImageWidth": 64,
    "ExifIFD:ExifImageHeight": 48,
}
ORIENTATIONS = ["rotate-0", "flip-rotate-0", "rotate-180", "flip-rotate-180", "flip-rotate-270", "rotate-90",
                "flip-rotate-90", "rotate-270"]
SOURCE = "videotestsrc num-buffers=1 pattern=smpte ! video/x-raw,format=RGB,width=64,height=48"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout


class Metadata(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def launch(self, *line):
        # The packer is named first: it registers the capturing tags, which the next element's property then knows.
        words = ["gst-launch-1.0", "-q", *line]
        done = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertNotIn("CRITICAL", done.stderr)

    def pack(self, image_format, tags, *properties):
        path = self.folder / f"picture.{FORMATS[image_format]}"
        self.launch(f"imagepacker{image_format}", "name=packer", *properties, *SOURCE.split(), "!", "taginject",
                    f"tags={','.join(tags)}", "!", "packer.", "packer.", "!", "filesink", f"location={path}")
        return path

    def read(self, path):
        return json.loads(run("exiftool", "-json", "-n", "-a", "-G1", "-struct", path))[0]

    def test_every_tag_is_read_back_by_exiftool(self):
        for image_format in FORMATS:
            values = self.read(self.pack(image_format, TAGS))
            for name, expected in [*TAGS.values(), *IMPLIED.items()]:
                with self.subTest(format=image_format, tag=name):
                    actual = values.get(name)
                    if isinstance(expected, float):
                        self.assertAlmostEqual(expected, float(actual), places=6)
                    else:
                        self.assertEqual(str(expected), str(actual))

    def test_exiftool_finds_nothing_wrong(self):
        for image_format in FORMATS:
            with self.subTest(format=image_format):
                path = self.pack(image_format, TAGS, "thumbnail-size=32")
                said = run("exiftool", "-validate", "-warning", "-a", path).decode()
                self.assertRegex(said, r"Validate\s*: OK")
                self.assertNotIn("Warning", said)

    def test_exiv2_reads_the_same(self):
        for image_format in FORMATS:
            with self.subTest(format=image_format):
                said = run("exiv2", "-PEkt", "pr", self.pack(image_format, TAGS)).decode()
                for key, value in [("Exif.Photo.LensModel", "35mm-f/2.8"), ("Exif.Photo.FNumber", "F2.8"),
                                   ("Exif.Image.Make", "Acme"), ("Exif.GPSInfo.GPSLongitudeRef", "West")]:
                    self.assertRegex(said, rf"{key}\s+{value}")

    def test_no_gps_leaves_no_position(self):
        for image_format in FORMATS:
            with self.subTest(format=image_format):
                path = self.pack(image_format, TAGS, "gps=false", "thumbnail-size=32")
                self.assertEqual([], [name for name in self.read(path) if "GPS" in name])
                content = path.read_bytes()
                # The seconds of the latitude as a fraction, in both byte orders, and XMP's way to write both.
                for secret in [(150000).to_bytes(4, "little"), (150000).to_bytes(4, "big"), b"48,8.25", b"11,34.53"]:
                    self.assertNotIn(secret, content)

    def test_metadata_can_be_left_out(self):
        for image_format in FORMATS:
            with self.subTest(format=image_format):
                values = self.read(self.pack(image_format, TAGS, "metadata=icc"))
                self.assertNotIn("IFD0:Make", values)
                self.assertNotIn("XMP-dc:Title", values)
                # How the picture is to be turned is no secret and no choice.
                self.assertEqual(6, values["IFD0:Orientation"])

    def test_orientation_is_written(self):
        for image_format in FORMATS:
            for number, word in enumerate(ORIENTATIONS, 1):
                with self.subTest(format=image_format, orientation=word):
                    path = self.pack(image_format, [f'image-orientation="{word}"', 'artist="Zoë"'])
                    self.assertEqual(number, self.read(path)["IFD0:Orientation"])

    def test_apply_orientation_turns_the_pixels(self):
        for word in ORIENTATIONS:
            with self.subTest(orientation=word):
                tags = [f'image-orientation="{word}"', 'artist="Zoë"']
                ours = self.pack("png", tags, "apply-orientation=true")
                theirs = self.folder / "theirs.png"
                self.launch(*SOURCE.split(), "!", "taginject", f"tags={','.join(tags)}", "!", "videoflip",
                            "video-direction=auto", "!", "pngenc", "!", "filesink", f"location={theirs}")
                self.assertEqual(run("pngtopnm", theirs), run("pngtopnm", ours))
                self.assertEqual(1, self.read(ours)["IFD0:Orientation"])

    def test_apply_orientation_is_told_downstream(self):
        tags = 'tags=image-orientation="rotate-90"'
        said = run("gst-launch-1.0", "-t", *SOURCE.split(), "!", "taginject", tags, "!", "imagepackerpng",
                   "apply-orientation=true", "!", "fakesink").decode()
        self.assertEqual("rotate-0", said.rsplit("image orientation:", 1)[1].split()[0], said)

    def test_heif_readers_turn_the_picture(self):
        for word in ORIENTATIONS:
            with self.subTest(orientation=word):
                tags = [f'image-orientation="{word}"']
                turned = self.folder / "turned.png"
                run("heif-convert", self.pack("heif", tags, "lossless=true"), turned)
                theirs = self.folder / "theirs.png"
                self.launch(*SOURCE.split(), "!", "taginject", f"tags={tags[0]}", "!", "videoflip",
                            "video-direction=auto", "!", "pngenc", "!", "filesink", f"location={theirs}")
                self.assertEqual(run("pngtopnm", theirs), run("pngtopnm", turned))

    def test_thumbnails_are_small_pictures_of_the_same(self):
        for image_format in ["jpeg", "webp", "png"]:
            with self.subTest(format=image_format):
                path = self.pack(image_format, ['artist="Zoë"'], "thumbnail-size=32")
                thumbnail = self.folder / "thumbnail.jpg"
                thumbnail.write_bytes(run("exiftool", "-b", "-ThumbnailImage", path))
                size = run("exiftool", "-s3", "-ImageSize", thumbnail).decode().strip()
                self.assertEqual("32x24", size)

    def test_thumbnails_of_heif_are_images_of_its_own(self):
        path = self.pack("heif", ['artist="Zoë"', 'image-orientation="rotate-90"'], "thumbnail-size=32")
        self.assertRegex(run("heif-info", path).decode(), r"thumbnail: 24x32")
        self.assertNotIn("ExifTool:Warning", self.read(path))
        self.assertNotIn("IFD1:ThumbnailLength", self.read(path))

    def test_xmp_that_fills_several_segments_is_read_back(self):
        comment = "".join(f"word-{number}-" for number in range(9000))
        self.assertGreater(len(comment), 65536)
        for image_format in FORMATS:
            with self.subTest(format=image_format):
                path = self.pack(image_format, [f'comment="{comment}"', 'title="Morning"'])
                values = self.read(path)
                self.assertEqual(comment, values["XMP-exif:UserComment"])
                self.assertEqual("Morning", values["XMP-dc:Title"])
                self.assertRegex(run("exiftool", "-validate", path).decode(), r"Validate\s*: OK")

    def test_the_gain_map_stands_beside_the_users_xmp(self):
        path = self.folder / "hdr.jpg"
        self.launch("imagepackerjpeg", "name=packer", "videotestsrc", "num-buffers=1", "!",
                    "video/x-raw,format=P010_10LE,width=64,height=48", "!", "capssetter",
                    "caps=video/x-raw,colorimetry=bt2100-pq", "!", "taginject", 'tags=title="Morning"', "!", "packer.",
                    "packer.", "!", "filesink", f"location={path}")
        values = self.read(path)
        self.assertEqual("Morning", values["XMP-dc:Title"])
        self.assertEqual("1.0", str(values["XMP-hdrgm:Version"]))
        # exiftool 13 has a name of its own for the group, and another for the list.
        self.assertTrue({"XMP-Container:Directory", "XMP-GContainer:ContainerDirectory"} & values.keys(), values)

    def test_what_exif_cannot_hold_is_said_and_the_picture_made(self):
        path = self.folder / "picture.jpg"
        done = subprocess.run(
            ["gst-launch-1.0", "-m", "imagepackerjpeg", "name=packer", *SOURCE.split(), "!", "taginject",
             'tags=extended-comment="Exif.Photo.FNumber=wide",artist="Zoë"', "!", "packer.", "packer.", "!", "filesink",
             f"location={path}"], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("wide", done.stdout + done.stderr)
        self.assertEqual("Zoë", self.read(path)["IFD0:Artist"])


if __name__ == "__main__":
    for reader in ["exiftool", "exiv2", "heif-convert", "pngtopnm"]:
        if shutil.which(reader) is None:
            raise SystemExit(f"{reader} is missing: tests/install test installs it")
    unittest.main(verbosity=2)
