#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the pictures in docs/performance/ and the tables in docs/performance.md from results.json.

usage: tests/bench/report.py RESULTS.json
"""
import json
import pathlib
import re
import sys

import bench
import svg

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs' / 'performance.md'
PICTURES = ROOT / 'docs' / 'performance'
LONG_NAMES = {'jpeg': 'JPEG', 'webp': 'WebP', 'png': 'PNG', 'heif': 'HEIF'}


def ratio(results):
    """How many times as fast as the first peer; None where one of the two is missing."""
    ours, *peers = results.values()
    if not ours or not peers or not peers[0] or 'wall_ms' not in ours:
        return None
    return peers[0]['wall_ms'] / ours['wall_ms']


def bytes_change(results):
    ours, *peers = results.values()
    return 100 * (ours['bytes'] / peers[0]['bytes'] - 1)


def draw_bars(form, cases):
    rows = []
    for title, case in cases.items():
        times = ratio(case['results'])
        if title.startswith(form + ' ') and times:
            rows.append((f'{title[len(form) + 1:]} / {list(case["results"])[1]}', times, case['goal'],
                         f'{times:.1f}×, bytes {bytes_change(case["results"]):+.1f} %'))
    if rows:
        svg.bars(PICTURES / f'speed-{form}.svg',
                 f'{LONG_NAMES[form]}: times as fast as the peer (dashed: the goal)', rows)


def draw_curves(form, curves):
    series = [(curve['name'], [(p['bits_per_pixel'], p['butteraugli']) for p in curve['points']],
               '' if curve['ours'] else '6,4') for curve in curves if curve['format'] == form and curve['points']]
    if series:
        svg.curves(PICTURES / f'rate-{form}.svg', f'{LONG_NAMES[form]}: bytes against visible error (lower left is better)',
                   series, 'bits per pixel', 'butteraugli, 3-norm')


def draw_calibration():
    table = json.loads(bench.CALIBRATION.read_text())
    series = [('JPEG', [(row['quality'], row['jpeg_score']) for row in table['webp']], '')]
    names = LONG_NAMES | {'webp': 'WebP by libwebp', 'vp8': 'WebP'}
    series += [(names[form], [(row['quality'], row['score']) for row in rows], '6,4')
               for form, rows in table.items()]
    svg.curves(PICTURES / 'calibration.svg', 'One meaning of quality', series, 'quality', 'butteraugli, 3-norm', log_x=False)


def cell(result, what, pattern):
    return pattern.format(result[what]) if result and what in result else ''


def case_table(form, cases):
    lines = ['| what | by | ms | × | × (fastest) | cpu/wall | on two cores | bytes | MB | PSNR | SSIM | butteraugli |',
             '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|']
    for title, case in cases.items():
        if not title.startswith(form + ' '):
            continue
        ours = case['results']['ours']
        for name, result in case['results'].items():
            if result is None:
                continue
            times = fastest = ''
            if name != 'ours' and ours and 'wall_ms' in result:
                times = f'{result["wall_ms"] / ours["wall_ms"]:.2f}'
                fastest = f'{result["fastest_ms"] / ours["fastest_ms"]:.2f}'
            load = f'{result["cpu_ms"] / result["wall_ms"]:.2f}' if 'wall_ms' in result else ''
            turns = f'{result["turns_on_two_cores"]} of {result["turns"]}' if result.get('turns_on_two_cores') else ''
            lines.append(' | '.join([
                f'| {title[len(form) + 1:] if name == "ours" else ""}', f'**{name}**' if name == 'ours' else name,
                cell(result, 'wall_ms', '{:.1f}'), times, fastest, load, turns, f'{result["bytes"]:,}',
                cell(result, 'memory_mb', '{:.0f}'), cell(result, 'psnr', '{:.2f}'), cell(result, 'ssim', '{:.4f}'),
                cell(result, 'butteraugli', '{:.3f}') + ' |']))
    return '\n'.join(lines)


def reading_rows(results):
    """(title, form, ours, the peer's name, the peer) of races of readers that both ends took part in."""
    for title, case in results.get('unpacking', {}).items():
        (_, ours), (name, peer) = case['results'].items()
        if ours and peer:
            form, _, words = title.partition(' ')
            yield words, form, ours, name, peer, case['goal']


def draw_reading(results):
    rows = [(f'{LONG_NAMES[form]} {words} / {name}', peer['wall_ms'] / ours['wall_ms'], goal,
             f'{peer["wall_ms"] / ours["wall_ms"]:.2f}×') for words, form, ours, name, peer, goal in reading_rows(results)]
    if rows:
        svg.bars(PICTURES / 'speed-reading.svg', 'Reading: times as fast as the peer (dashed: the goal)', rows)


def reading_table(results):
    lines = ['| what | ms | cpu/wall | peer | its ms | × | × (fastest) |', '|---|---:|---:|---|---:|---:|---:|']
    for words, form, ours, name, peer, _ in reading_rows(results):
        lines.append(f'| {LONG_NAMES[form]} {words} | {ours["wall_ms"]:.1f} | {ours["cpu_ms"] / ours["wall_ms"]:.2f} | '
                     f'{name} | {peer["wall_ms"]:.1f} | {peer["wall_ms"] / ours["wall_ms"]:.2f} | '
                     f'{peer["fastest_ms"] / ours["fastest_ms"]:.2f} |')
    return '\n'.join(lines)


def equal_score_table(curves):
    lines = ['| coder | against | bytes at the score of quality 70 | 85 | 90 |', '|---|---|---:|---:|---:|']
    for curve in curves:
        peers = [c for c in curves if c['format'] == curve['format'] and not c['ours'] and c['points']]
        if not curve['ours'] or not peers or not curve['points']:
            continue
        cells = []
        for quality in (70, 85, 90):
            point = next(p for p in curve['points'] if p['quality'] == quality)
            theirs = bench.at_score(peers[0]['points'], point['butteraugli'], 'bits_per_pixel')
            cells.append(f'{100 * (point["bits_per_pixel"] / theirs - 1):+.1f} %' if theirs else '')
        lines.append(f'| {curve["name"]} | {peers[0]["name"]} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def put(page, name, text):
    pattern = rf'(<!-- {name}: made by tests/bench/report.py -->\n).*?(<!-- end -->)'
    replaced, count = re.subn(pattern, lambda match: match[1] + text + '\n' + match[2], page, flags=re.S)
    if count != 1:
        raise SystemExit(f'{PAGE} has no place for {name}')
    return replaced


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    PICTURES.mkdir(exist_ok=True)
    page = PAGE.read_text()
    for form in LONG_NAMES:
        draw_bars(form, results['cases'])
        draw_curves(form, results['curves'])
        page = put(page, form, case_table(form, results['cases']))
    draw_reading(results)
    page = put(page, 'reading', reading_table(results))
    page = put(page, 'equal', equal_score_table(results['curves']))
    draw_calibration()
    PAGE.write_text(page)


main()
