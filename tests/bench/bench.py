#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the races and rate-quality curves of cases.py and writes results.json.

usage: tests/bench/bench.py BUILD_DIRECTORY RESULTS.json [curves|races|unpack] [FORMAT...]
"""
import concurrent.futures
import datetime
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import cases
import photos
import tools

EXTENSIONS = {'jpeg': 'jpg', 'webp': 'webp', 'png': 'png', 'heif': 'heic'}
REFERENCE_QUALITY = 85
CALIBRATION = pathlib.Path(__file__).parent / 'calibration.json'


def calibrated(form):
    table = json.loads(CALIBRATION.read_text())
    return next(row for row in table[form] if row['quality'] == REFERENCE_QUALITY)


def run_curve(build, pictures, curve):
    """(quality, bits per pixel, butteraugli) for every quality, each the mean over the crops (bits: geometric)."""
    points = [[] for _ in curve.qualities]
    for picture in pictures:
        with tempfile.TemporaryDirectory() as folder:
            lines = [curve.line.format(q=q) for q in curve.qualities]
            results = build.race(picture, lines, raw=curve.raw, rounds=0, keep=f'{folder}/')
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                scores = list(pool.map(lambda i: results[i] and tools.judge(picture, f'{folder}/{i}', curve.form),
                                       range(len(lines))))
            for point, result, score in zip(points, results, scores):
                if result:
                    point.append((result['bytes'], score))
    pixels = photos.CROP_SIZE[0] * photos.CROP_SIZE[1]
    return [{'quality': quality,
             'bits_per_pixel': math.exp(sum(math.log(size) for size, _ in point) / len(point)) * 8 / pixels,
             'butteraugli': sum(score for _, score in point) / len(point)}
            for quality, point in zip(curve.qualities, points) if point]


def at_score(points, score, what):
    """`what` of the curve where it reaches `score`, or None; curves are taken as straight between the logarithms."""
    ordered = sorted(points, key=lambda point: point['butteraugli'])
    for low, high in zip(ordered, ordered[1:]):
        if low['butteraugli'] <= score <= high['butteraugli']:
            share = math.log(score / low['butteraugli']) / math.log(high['butteraugli'] / low['butteraugli'])
            return low[what] * (high[what] / low[what]) ** share
    return None


def measure_quality(case, picture, path):
    """PSNR, SSIM and butteraugli of a file; the last only of small pictures."""
    with tempfile.TemporaryDirectory() as folder:
        ppm = pathlib.Path(folder) / 'decoded.ppm'
        tools.decode(path, case.form, ppm)
        quality = BUILD.fidelity(picture, ppm)
        if case.size == '1080p':
            quality['butteraugli'] = tools.butteraugli(picture, ppm)
        return quality


def run_case(case, folder):
    picture = photos.picture(folder, case.picture, case.size, case.depth)
    names = ['ours', *case.peers]
    lines = [case.ours, *case.peers.values()]
    if case.hdr:
        lines = ['--picture', photos.hdr(folder, case.picture, case.size), '--raw', case.hdr, case.ours,
                 '--picture', picture, '--raw', case.raw, *case.peers.values()]
    with tempfile.TemporaryDirectory() as kept:
        results = BUILD.race(picture, lines, raw=case.raw, rounds=case.rounds,
                             frames=case.frames, processors=case.processors, pinned=case.is_pinned, cut_out=case.is_cut_out,
                             keep=f'{kept}/')
        if case.depth == 8 and not case.hdr and not case.is_cut_out and case.form != 'png' and case.rounds > 0:
            for i, result in enumerate(results):
                if result:
                    result.update(measure_quality(case, picture, f'{kept}/{i}'))
    return dict(zip(names, results))


def run_unpack_case(case, folder):
    picture = photos.picture(folder, case.picture, case.size)
    with tempfile.TemporaryDirectory() as kept:
        BUILD.race(picture, [case.encoder], raw=case.raw, rounds=0, keep=f'{kept}/')
        results = BUILD.unpack_race(f'{kept}/0', f'image/{case.form}', [case.ours, case.peer_line], rounds=case.rounds,
                                    processors=case.processors)
    return dict(zip(['ours', case.peer], results))


def print_unpack_case(case, results):
    print(f'\n{case.form} {case.title}, read')
    ours, theirs = results.values()
    for name, result in results.items():
        print(f'  {name:26} {result["wall_ms"]:9.2f} ms' if result else f'  {name:26} not here')
    if ours and theirs:
        print(f'  ours is {theirs["wall_ms"] / ours["wall_ms"]:.2f}× as fast (goal {case.goal}), '
              f'fastest {theirs["fastest_ms"] / ours["fastest_ms"]:.2f}×', flush=True)


def print_case(case, results):
    print(f'\n{case.form} {case.title}')
    first_peer = next((results[name] for name in case.peers if results[name]), None)
    for name, result in results.items():
        if result is None:
            print(f'  {name:26} not here')
            continue
        text = f'  {name:26}'
        if 'wall_ms' in result:
            text += f' {result["wall_ms"]:9.2f} ms'
            if name == 'ours' and first_peer:
                text += f' {first_peer["wall_ms"] / result["wall_ms"]:6.2f}×'
                text += f' (goal {case.goal})' if case.goal else ''
                text += f' fastest {first_peer["fastest_ms"] / result["fastest_ms"]:.2f}×'
            text += f'  cpu/wall {result["cpu_ms"] / max(result["wall_ms"], 1e-9):.2f}'
        text += f'  {result["bytes"]:9} bytes  {result["memory_mb"]:6.1f} MB'
        for metric in ('psnr', 'ssim', 'butteraugli'):
            text += f'  {metric} {result[metric]:.3f}' if metric in result else ''
        print(text, flush=True)


def run_curves(folder, forms):
    """One measured curve after the other."""
    pictures = [photos.picture(folder, name, 'crop') for name in photos.CROP_NAMES]
    for curve in cases.curves():
        if curve.form in forms:
            points = run_curve(BUILD, pictures, curve)
            print(f'{curve.form} {curve.name}: '
                  + ', '.join(f'{p["quality"]}: {p["bits_per_pixel"]:.3f} bpp {p["butteraugli"]:.3f}' for p in points),
                  flush=True)
            yield {'name': curve.name, 'format': curve.form, 'ours': curve.ours, 'points': points}


def libheif_quality_like_ours(measured_curves):
    """The quality at which libheif has the score of our HEIF at REFERENCE_QUALITY; about that without curves."""
    points = {curve['name']: curve['points'] for curve in measured_curves}
    if not points.get('imagepackerheif') or not points.get('libheif'):
        return 52
    ours = next(point for point in points['imagepackerheif'] if point['quality'] == REFERENCE_QUALITY)
    return round(at_score(points['libheif'], ours['butteraugli'], 'quality') or 52)


def main():
    path = pathlib.Path(sys.argv[2])
    wanted = sys.argv[3:]
    forms = [word for word in wanted if word in EXTENSIONS] or list(EXTENSIONS)
    results = json.loads(path.read_text()) if path.exists() else {'cases': {}, 'curves': []}
    folder = BUILD.folder / 'tests' / 'bench' / 'pictures'
    results['date'] = datetime.date.today().isoformat()

    def save():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(results, indent=1) + '\n')

    if not {'races', 'unpack'} & set(wanted):
        for curve in run_curves(folder, forms):
            names = [c.name for c in cases.curves()]
            others = [c for c in results['curves'] if c['name'] in names and c['name'] != curve['name']]
            results['curves'] = sorted([*others, curve], key=lambda c: names.index(c['name']))
            save()
    libheif_quality = libheif_quality_like_ours(results['curves'])
    if not {'curves', 'races'} & set(wanted):
        for case in cases.unpack_cases(calibrated('webp')['parameter']):
            if case.form in forms:
                measured = run_unpack_case(case, folder)
                print_unpack_case(case, measured)
                results.setdefault('unpacking', {})[f'{case.form} {case.title}'] = {'goal': case.goal,
                                                                                   'results': measured}
                save()
    if not {'curves', 'unpack'} & set(wanted):
        for case in cases.cases(calibrated('webp')['parameter'], libheif_quality):
            if case.form in forms:
                try:
                    measured = run_case(case, folder)
                except subprocess.CalledProcessError as error:
                    print(f'\n{case.form} {case.title}: {error.stderr}', file=sys.stderr)
                    continue
                print_case(case, measured)
                results['cases'][f'{case.form} {case.title}'] = {'goal': case.goal, 'results': measured}
                save()


if __name__ == '__main__':
    BUILD = tools.Build(sys.argv[1])
    main()
