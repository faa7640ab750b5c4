#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gives `quality` one meaning: finds the parameters of WebP's and HEIF's coders with which quality Q looks as good as
JPEG at Q, and writes them into core/codec/*/quality_scale.cc and tests/bench/calibration.json.

"webp" is libwebp, which codes what has alpha; "vp8" the project's own coder of all other lossy WebP.

What is equal is butteraugli's 3-norm, averaged over the crops in photos.py.

usage: tests/bench/calibrate.py BUILD_DIRECTORY [webp] [vp8] [heif]
"""
import concurrent.futures
import json
import math
import pathlib
import re
import sys
import tempfile

import photos
import tools

ROOT = pathlib.Path(__file__).resolve().parents[2]
RESULT = ROOT / 'tests' / 'bench' / 'calibration.json'

ANCHORS = [30, 40, 50, 60, 70, 75, 80, 85, 90, 95]

# The table that is written, the parameter at qualities 0 and 100, where there is nothing to be equal to, and where to
# look for the others. Below the first anchor the own coder keeps to libwebp's indices.
CODERS = {
    'webp': {'table': 'webp/quality_scale.cc kLibwebpAnchors', 'ends': (0, 100),
             'grid': [1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 94, 97, 99, 100]},
    'vp8': {'table': 'webp/quality_scale.cc kVp8Anchors', 'ends': (127, 0), 'low': [(10, 75), (20, 61.6)],
            'grid': [110, 90, 75, 62, 52, 44, 37, 31, 26, 22, 18, 15, 12, 10, 8, 6, 4, 2]},
    'heif': {'table': 'heif/quality_scale.cc kAnchors', 'ends': (51, 0),
             'grid': [50, 46, 43, 40, 37, 34, 32, 30, 28, 26, 24, 22, 20, 18, 16, 13, 10, 6, 2]},
}

# The gate is 5 %; one step of secant brings all anchors below this.
GOOD_ENOUGH = 0.015


class Judge:
    def __init__(self, build, folder):
        self.build = build
        self.pictures = [photos.picture(folder, name, 'crop') for name in photos.CROP_NAMES]
        self.known = {}

    def score(self, form, parameter):
        """Mean over the pictures of butteraugli's 3-norm."""
        if (form, parameter) not in self.known:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                scores = list(pool.map(lambda picture: self.score_of(form, parameter, picture), self.pictures))
            self.known[form, parameter] = sum(scores) / len(scores)
            print(f'{form} {parameter:8.3f}: {self.known[form, parameter]:.4f}', file=sys.stderr)
        return self.known[form, parameter]

    def score_of(self, form, parameter, picture):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'packed'
            self.build.encode_with_parameter(form, parameter, picture, path)
            return tools.judge(picture, path, 'webp' if form == 'vp8' else form)


def crossing(points, target):
    """Where the curve through (parameter, score) reaches `target`; the score is taken as exponential in between."""
    points = sorted(points)
    rising = points[0][1] < points[-1][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        low, high = (y0, y1) if rising else (y1, y0)
        if low <= target <= high and y0 != y1:
            return x0 + (x1 - x0) * math.log(target / y0) / math.log(y1 / y0)
    return min(points, key=lambda point: abs(math.log(point[1] / target)))[0]


def solve(judge, form):
    """(quality, parameter, score, JPEG's score) for every anchor."""
    points = [(parameter, judge.score(form, parameter)) for parameter in CODERS[form]['grid']]
    solved = []
    for quality in ANCHORS:
        target = judge.score('jpeg', quality)
        tried = list(points)
        for _ in range(3):
            parameter = round(crossing(tried, target), 3)
            score = judge.score(form, parameter)
            if abs(score / target - 1) < GOOD_ENOUGH:
                break
            tried.append((parameter, score))
        else:
            parameter, score = min(tried, key=lambda point: abs(math.log(point[1] / target)))
        solved.append((quality, parameter, score, target))
    return solved


def write_table(form, solved):
    file, name = CODERS[form]['table'].split()
    path = ROOT / 'core' / 'codec' / file
    first, last = CODERS[form]['ends']
    rows = [(0, first), *CODERS[form].get('low', []),
            *((quality, parameter) for quality, parameter, _, _ in solved), (100, last)]
    text = ''.join(f'    {{{quality}, {float(parameter):.3f}}},\n' for quality, parameter in rows)
    source = path.read_text()
    replaced, count = re.subn(rf'({name}\[\] = {{\n).*?(}};)', lambda match: match[1] + text + match[2], source,
                              flags=re.S)
    if count != 1:
        raise SystemExit(f'{path} has no {name}')
    path.write_text(replaced)


def main():
    build = tools.Build(sys.argv[1])
    judge = Judge(build, build.folder / 'tests' / 'bench' / 'pictures')
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for form in sys.argv[2:] or CODERS:
        solved = solve(judge, form)
        write_table(form, solved)
        result[form] = [{'quality': quality, 'parameter': parameter, 'score': round(score, 4),
                         'jpeg_score': round(target, 4)} for quality, parameter, score, target in solved]
        for quality, parameter, score, target in solved:
            print(f'{form} quality {quality}: {parameter:.2f} scores {score:.3f}, JPEG {target:.3f} '
                  f'({100 * (score / target - 1):+.1f} %)')
    RESULT.write_text(json.dumps(result, indent=1) + '\n')


main()
