# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small SVG pictures: bars and curves, readable on light and dark pages."""
import math
from html import escape

OURS = '#0b7285'
PEER = '#adb5bd'
COLORS = ['#0b7285', '#e8590c', '#868e96', '#5f3dc4', '#2b8a3e']
FONT = 'font-family="sans-serif" font-size="12"'


class Picture:
    def __init__(self, width, height, title):
        self.size = (width, height)
        self.parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
        self.text(width / 2, 22, title, anchor='middle', weight='bold')

    def text(self, x, y, words, anchor='start', weight='normal', color='#212529', turned=False):
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ''
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" {FONT} text-anchor="{anchor}" font-weight="{weight}" '
                          f'fill="{color}"{turn}>{escape(words)}</text>')

    def rect(self, x, y, width, height, color):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" '
                          f'fill="{color}"/>')

    def line(self, points, color, width=1.0, dashes=''):
        path = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ''
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"{dash}/>')

    def dot(self, x, y, color):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>')

    def save(self, path):
        width, height = self.size
        body = '\n'.join(self.parts)
        path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
                        f'height="{height}">\n{body}\n</svg>\n')


def bars(path, title, rows):
    """`rows`: (label, times as fast, goal or None, words behind the bar); the axis is logarithmic and begins at 1/2."""
    left, right, row_height, top = 300, 150, 26, 56
    picture = Picture(900, top + row_height * len(rows) + 20, title)
    lowest = min(0.5, *(value * 0.8 for _, value, _, _ in rows))
    highest = max(max(value, goal or 0) for _, value, goal, _ in rows) * 1.15
    span = math.log(highest / lowest)

    def at(value):
        return left + (900 - left - right) * math.log(value / lowest) / span

    for tick in (0.5, 1, 2, 5, 10, 20, 50, 100, 200):
        if lowest <= tick <= highest:
            picture.line([(at(tick), top - 8), (at(tick), top + row_height * len(rows))],
                         '#212529' if tick == 1 else '#dee2e6')
            picture.text(at(tick), top - 14, f'{tick:g}×', anchor='middle', color='#495057')
    for i, (label, value, goal, words) in enumerate(rows):
        y = top + i * row_height
        picture.text(left - 8, y + 15, label, anchor='end')
        picture.rect(min(at(1), at(value)), y + 3, abs(at(value) - at(1)), row_height - 8,
                     OURS if value >= (goal or 1) else '#e8590c')
        if goal:
            picture.line([(at(goal), y), (at(goal), y + row_height - 3)], '#212529', 2, '3,2')
        picture.text(max(at(value), at(1), at(goal or 1)) + 8, y + 15, words, color='#495057')
    picture.save(path)


def curves(path, title, series, x_label, y_label, log_x=True, log_y=True):
    """`series`: (name, [(x, y)], dashes)."""
    left, bottom, width, height = 70, 370, 560, 330
    picture = Picture(860, 420, title)
    xs = [x for _, points, _ in series for x, _ in points]
    ys = [y for _, points, _ in series for _, y in points]

    def scale(values, logarithmic):
        low, high = min(values), max(values)
        function = math.log if logarithmic else float
        span = function(high) - function(low)
        return lambda value: (function(value) - function(low)) / span, low, high

    to_x, x_low, x_high = scale(xs, log_x)
    to_y, y_low, y_high = scale(ys, log_y)
    for tick in (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 30, 40, 50, 60, 70, 80, 90):
        if x_low <= tick <= x_high:
            x = left + width * to_x(tick)
            picture.line([(x, bottom - height), (x, bottom)], '#e9ecef')
            picture.text(x, bottom + 16, f'{tick:g}', anchor='middle', color='#495057')
        if y_low <= tick <= y_high:
            y = bottom - height * to_y(tick)
            picture.line([(left, y), (left + width, y)], '#e9ecef')
            picture.text(left - 6, y + 4, f'{tick:g}', anchor='end', color='#495057')
    for i, (name, points, dashes) in enumerate(series):
        color = COLORS[i % len(COLORS)]
        placed = [(left + width * to_x(x), bottom - height * to_y(y)) for x, y in points]
        picture.line(placed, color, 2, dashes)
        for x, y in placed:
            picture.dot(x, y, color)
        picture.line([(650, 60 + 22 * i), (675, 60 + 22 * i)], color, 3, dashes)
        picture.text(682, 64 + 22 * i, name)
    picture.text(left + width / 2, 412, x_label, anchor='middle', color='#495057')
    picture.text(20, bottom - height / 2, y_label, anchor='middle', color='#495057', turned=True)
    picture.save(path)
