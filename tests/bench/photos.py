# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pictures of the benchmarks: photographs out of Debian's wallpaper packages, scaled and cropped, as PPM files."""
import pathlib
import struct
import subprocess

BACKGROUNDS = pathlib.Path('/usr/share/backgrounds')

# name: file; all of lomiri-wallpapers-16.04 and -20.04 but for the painting, which is of mate-backgrounds
SOURCES = {
    'nuthatch': 'Kleiber_by_Lukas_Baubkus.jpg',  # a bird before a soft background, 6028 × 3391
    'dragonfly': 'Dragonfly_by_Bolly.jpg',  # leaves against the sky, 4224 × 3168
    'dandelion': 'seeding_by_Clements_Engelhardt.jpg',  # a meadow against the light, 5312 × 2988
    'mountains': 'picosdeeuropa_by_Aitzol_Berasategi.jpg',  # rock and grass, 3264 × 2448
    'creek': 'life_by_Aitzol_Berasategi.jpg',  # texture all over, 3088 × 2056
    'fig': 'Picture_0B_by_freespace.jpg',  # smooth, saturated red, 2572 × 1740
    'brushes': 'Picture_1A_by_freespace.jpg',  # saturated colours, 1365 × 1074
    'elephants': 'mate/abstract/Elephants_5640x3172.jpg',  # a painting, 5640 × 3172
}
# those that are raced only as their files decode, which is what libpng's matches like best
AS_DECODED_SOURCES = {
    'bridge': 'Bridge_by_Sander_Klootwijk.jpg',  # a bridge in mist
    'sunset': 'sunset_by_Aitzol_Berasategi.jpg',  # a smooth sky
}
AS_DECODED = 'as decoded'

SIZES = {'1080p': (1920, 1080), '4k': (3840, 2160), '12mp': (4000, 3000), '108mp': (12000, 9000)}

# For scores: small enough to be judged quickly, from photographs halved first, so that the traces of their own
# compression are gone.
CROP_NAMES = ['nuthatch', 'dragonfly', 'mountains', 'creek', 'fig', 'brushes']
CROP_SIZE = (768, 512)

FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf'


def convert(*arguments):
    subprocess.run(['convert', '-limit', 'memory', '4GiB', '-limit', 'map', '4GiB', '-limit', 'area', '512MP',
                    *map(str, arguments)], check=True)


def enlarge(source, path, size):
    """`source`, a PPM file of 8 bit, at `size`. (By GStreamer: Debian's ImageMagick refuses pictures so large.)"""
    width, height = size
    with open(source, 'rb') as file:
        source_width, source_height = (int(word) for word in file.readlines(64)[1].split())
        samples = pathlib.Path(f'{path}.rgb')
        samples.write_bytes(source.read_bytes()[-3 * source_width * source_height:])
    raw = pathlib.Path(f'{path}.part')
    raw.write_bytes(f'P6\n{width} {height}\n255\n'.encode())
    line = (f'filesrc location={samples} ! rawvideoparse format=rgb width={source_width} height={source_height} ! '
            f'videoscale method=lanczos n-threads=2 ! video/x-raw,width={width},height={height} ! '
            f'filesink location={raw} append=true')
    subprocess.run(['gst-launch-1.0', '-q', *line.split()], check=True)
    samples.unlink()
    raw.rename(path)


def photo(folder, name, size, depth=8):
    """The photograph filling `size` ('1080p' …), cut at the longer side, or AS_DECODED from its file."""
    path = folder / f'{name}-{size.replace(" ", "-")}-{depth}.ppm'
    if size == AS_DECODED and not path.exists():
        convert(BACKGROUNDS / (SOURCES | AS_DECODED_SOURCES)[name], '-strip', '-depth', depth, path)
    if size == '108mp' and not path.exists():
        enlarge(photo(folder, name, '12mp', depth), path, SIZES[size])
    if not path.exists():
        width, height = SIZES[size]
        convert(BACKGROUNDS / SOURCES[name], '-strip', '-resize', f'{width}x{height}^', '-gravity', 'center',
                '-crop', f'{width}x{height}+0+0', '+repage', '-depth', depth, path)
    return path


def pq_of_srgb(code):
    """The PQ code 0..1 of an sRGB code 0..1 whose highlights are lifted: 203 cd/m² times five at white."""
    linear = code / 12.92 if code <= 0.04045 else ((code + 0.055) / 1.055) ** 2.4
    power = (203 * linear * (1 + 4 * linear ** 4) / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def hdr(folder, name, size):
    """The photograph as HDR: R'G'B' of BT.2020 and PQ, up to 1015 cd/m²."""
    path = folder / f'{name}-{size}-pq.ppm'
    if not path.exists():
        table = folder / 'pq.pgm'
        codes = [round(65535 * pq_of_srgb(code / 255)) for code in range(256)]
        table.write_bytes(b'P5\n256 1\n65535\n' + struct.pack('>256H', *codes))
        convert(photo(folder, name, size), table, '-clut', '-depth', 16, path)
    return path


def crop(folder, name):
    """The middle of the photograph at half its size."""
    path = folder / f'{name}-crop.ppm'
    if not path.exists():
        convert(BACKGROUNDS / SOURCES[name], '-strip', '-resize', '50%', '-gravity', 'center',
                '-crop', f'{CROP_SIZE[0]}x{CROP_SIZE[1]}+0+0', '+repage', '-depth', 8, path)
    return path


def screen(folder):
    """A screen of text, as an editor shows it: this project's licence in two columns of antialiased letters."""
    path = folder / 'screen-1080p-8.ppm'
    if not path.exists():
        licence = (pathlib.Path(__file__).parents[2] / 'LICENSE').read_text().replace('\f', '')
        half = len(licence) // 8
        text = ['-font', FONT, '-pointsize', 13, '-gravity', 'northwest']
        convert('-size', '960x1080', '(', 'xc:#1e1e2e', *text, '-fill', '#d8dee9', '-annotate', '+8+8', licence[:half],
                ')', '(', 'xc:#ffffff', *text, '-fill', '#202020', '-annotate', '+8+8', licence[half:2 * half], ')',
                '+append', '-depth', 8, path)
    return path


def picture(folder, name, size, depth=8):
    folder.mkdir(parents=True, exist_ok=True)
    if name == 'screen':
        return screen(folder)
    return crop(folder, name) if size == 'crop' else photo(folder, name, size, depth)
