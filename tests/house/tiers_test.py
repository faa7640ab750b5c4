# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the rules of the house that a compiler doesn't: docs/architecture.md says what they are for."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = ROOT / "core"

# A folder may include those of lower tiers, its own files and the public headers.
TIERS = {"base": 0, "image": 1, "color": 2, "kernels": 2, "scale": 2, "hdr": 3, "metadata": 3, "container": 4,
         "codec": 4, "pack": 5}
# The one-way streets inside a tier.
SAME_TIER = {("color", "kernels"), ("scale", "kernels"), ("scale", "color"), ("codec", "container"),
             ("metadata", "hdr")}

# Third-party headers and the only folders that may know them. The standard library's have no dot.
LIBRARY_HOMES = {
    r"jpeglib\.h|jerror\.h|turbojpeg\.h": ["core/codec/jpeg"],
    r"webp/.*": ["core/codec/webp"],
    r"png\.h|libdeflate\.h|zlib\.h": ["core/codec/png"],
    r"x265\.h|libheif/.*|libde265/.*|dav1d/.*": ["core/codec/heif"],
    r"hwy/.*": ["core"],
    r"lcms2\.h": ["core/color", "core/hdr", "core/metadata"],
    r"libexif/.*|pugixml\.hpp": ["core/metadata"],
    r"zimg\.h|zimg\+\+\.hpp": ["core/scale"],
    r"(gst|glib|gio|gobject)/.*|glib\.h|glib-object\.h|gmodule\.h": ["gst"],
    r"(linux|sys)/.*|(pthread|sched|unistd|fcntl)\.h": ["core/base", "gst"],
}

BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)")
BANNED_WORDS = re.compile(r"\b(TODO|FIXME|XXX)\b")
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
CODE_SUFFIXES = {".h", ".cc", ".in"}
SOURCE_SUFFIXES = CODE_SUFFIXES | {".c", ".py", ".sh", ""}  # scripts that are commands have none
MAX_LINES = 450  # mostly under 400


def files(folder, suffixes):
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes and path.is_file())


def is_test(path):
    return path.stem.endswith(("_test", "_bench")) or "_test_" in path.stem


def includes(path):
    return [match.group(2) for match in INCLUDE.finditer(path.read_text(encoding="utf-8"))]


def tier_folder(path):
    return path.relative_to(CORE).parts[0]


class House(unittest.TestCase):
    def check(self, problems):
        self.assertEqual([], problems, "\n" + "\n".join(problems))

    def test_there_is_something_to_check(self):
        self.assertGreater(len(files("core", CODE_SUFFIXES)), 20)

    def test_every_folder_of_core_has_a_tier(self):
        folders = {path.name for path in CORE.iterdir() if path.is_dir()} - {"imagepacker"}
        self.assertEqual(set(TIERS), folders)

    def test_a_tier_includes_only_lower_ones(self):
        problems = []
        for path in files("core", CODE_SUFFIXES):
            here = tier_folder(path)
            for name in includes(path):
                there = name.split("/")[0]
                if here == "imagepacker" and there in TIERS:
                    problems.append(f"{path}: a public header includes {name}")
                if here not in TIERS or there not in TIERS or there == here or is_test(path):
                    continue
                if TIERS[there] >= TIERS[here] and (here, there) not in SAME_TIER:
                    problems.append(f"{path}: {here} (tier {TIERS[here]}) includes {name} (tier {TIERS[there]})")
        self.check(problems)

    def test_codecs_do_not_know_each_other(self):
        problems = []
        for path in files("core/codec", CODE_SUFFIXES):
            parts = path.relative_to(CORE).parts
            home = parts[1] if len(parts) > 2 else None
            for name in includes(path):
                there = name.split("/")
                if there[0] == "codec" and len(there) > 2 and there[1] != home:
                    problems.append(f"{path} includes {name}")
        self.check(problems)

    def test_a_library_is_known_in_its_home_only(self):
        problems = []
        for path in files("core", CODE_SUFFIXES) + files("gst", CODE_SUFFIXES):
            if is_test(path):
                continue
            relative = path.relative_to(ROOT).as_posix()
            for name in includes(path):
                for pattern, homes in LIBRARY_HOMES.items():
                    if re.fullmatch(pattern, name) and not any(relative.startswith(home + "/") for home in homes):
                        problems.append(f"{relative} includes {name}, which belongs to {' or '.join(homes)}")
        self.check(problems)

    def test_every_third_party_header_has_a_home(self):
        problems = []
        for path in files("core", CODE_SUFFIXES):
            for name in includes(path):
                ours = (CORE / name).exists() or (path.parent / name).exists() or is_test(path)
                standard = re.fullmatch(r"[a-z_0-9]+", name) is not None
                if not ours and not standard and not any(re.fullmatch(p, name) for p in LIBRARY_HOMES):
                    problems.append(f"{path}: {name} is no file of the project, nor has it a home in {__file__}")
        self.check(problems)

    def test_the_plugin_uses_public_headers_only(self):
        # Error messages and their way up are written alike everywhere; both headers need nothing of the library.
        allowed = {"base/text.h", "base/try.h"}
        problems = []
        for path in files("gst", CODE_SUFFIXES):
            inner = {name for name in includes(path) if name.split("/")[0] in TIERS}
            problems += [f"{path} includes {name}" for name in sorted(inner - allowed)]
        self.check(problems)

    def test_sources_state_their_licence_first(self):
        problems = []
        for folder in ("core", "gst", "tests", "docs", ".ci"):
            for path in files(folder, SOURCE_SUFFIXES):
                head = path.read_text(encoding="utf-8").splitlines()[:2]
                if not head or SPDX not in head[0] and not (head[0].startswith("#!") and SPDX in head[1]):
                    problems.append(f"{path}: the first line is not '{SPDX}'")
        self.check(problems)

    def test_names_say_what_is_inside(self):
        problems = []
        for folder in ("core", "gst", "tests", "docs"):
            for path in (ROOT / folder).rglob("*"):
                if BANNED_NAMES.search(path.stem.lower().replace("-", "_")):
                    problems.append(f"{path}: says nothing of what it knows")
                if path.suffix in CODE_SUFFIXES and path.stem != path.stem.lower():
                    problems.append(f"{path}: not in snake_case")
        self.check(problems)

    def test_files_are_about_one_thing(self):
        problems = []
        for folder in ("core", "gst", "tests"):
            for path in files(folder, CODE_SUFFIXES):
                count = len(path.read_text(encoding="utf-8").splitlines())
                if count > MAX_LINES:
                    problems.append(f"{path}: {count} lines, more than {MAX_LINES}")
        self.check(problems)

    def test_nothing_is_left_for_later(self):
        problems = []
        for folder in ("core", "gst", "tests", "docs"):
            for path in files(folder, SOURCE_SUFFIXES | {".md", ".build"}):
                if path == pathlib.Path(__file__).resolve():
                    continue
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if BANNED_WORDS.search(line):
                        problems.append(f"{path}:{number}: {line.strip()}")
        self.check(problems)

    def test_headers_are_included_once(self):
        problems = []
        for folder in ("core", "gst", "tests"):
            for path in files(folder, {".h"}):
                if "HWY_TARGET_TOGGLE" in path.read_text(encoding="utf-8"):
                    continue  # read once per instruction set
                if "#pragma once" not in path.read_text(encoding="utf-8"):
                    problems.append(f"{path}: no #pragma once")
        self.check(problems)

    def test_the_top_level_stays_small(self):
        allowed = {"meson.build", "meson_options.txt", "gst", "core", "tests", "docs", "README.md", "LICENSE"}
        present = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.startswith("build")}
        self.assertEqual(set(), present - allowed)


if __name__ == "__main__":
    sys.argv[0] = __file__
    unittest.main(verbosity=2)
