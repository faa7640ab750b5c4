#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: tests/bench/reading.py PLUGIN_FOLDER JPEG...

How long JPEG files take to be unpacked (imageunpacker beside jpegdec) and to be written anew without loss
(imagerepacker beside jpegtran). Prints the least time of some runs, in milliseconds for one image; start-up is taken
out by running with one image and with many. PLUGIN_FOLDER holds libgstimagepacker.so."""
import os
import subprocess
import sys
import time

IMAGES = 9
ROUNDS = 5


def seconds(command, environment):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    return time.perf_counter() - begin


def pipeline(path, images, chain):
    return ['gst-launch-1.0', '-q', 'multifilesrc', f'location={path}', 'loop=true', f'num-buffers={images}',
            'caps=image/jpeg,framerate=1/1', '!', 'jpegparse', '!', *chain.split(), '!', 'fakesink']


def per_image(path, chain, environment):
    def least(images):
        return min(seconds(pipeline(path, images, chain), environment) for _ in range(ROUNDS))
    return (least(1 + IMAGES) - least(1)) / IMAGES


def jpegtran(path, options):
    nothing = min(seconds(['jpegtran', '-version'], None) for _ in range(ROUNDS))
    return min(seconds(['jpegtran', '-copy', 'all', *options.split(), '-outfile', os.devnull, path], None)
               for _ in range(ROUNDS)) - nothing


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    environment = dict(os.environ, GST_PLUGIN_PATH=os.path.abspath(sys.argv[1]),
                       GST_REGISTRY=os.path.join(os.path.abspath(sys.argv[1]), 'registry.bin'))
    for path in sys.argv[2:]:
        print(f'{os.path.basename(path)}, {os.path.getsize(path)} bytes')
        rows = [
            ('unpack', 'imageunpacker', lambda: per_image(path, 'imageunpacker', environment)),
            ('', 'jpegdec', lambda: per_image(path, 'jpegdec', environment)),
            ('copy', 'imagerepacker', lambda: per_image(path, 'imagerepacker ! image/jpeg', environment)),
            ('', 'jpegtran', lambda: jpegtran(path, '')),
            ('to progressive', 'imagerepacker',
             lambda: per_image(path, 'imagerepacker progressive=true ! image/jpeg', environment)),
            ('', 'jpegtran', lambda: jpegtran(path, '-progressive')),
        ]
        for what, who, measure in rows:
            print(f'  {what:16}{who:16}{1000 * measure():8.1f} ms', flush=True)


if __name__ == '__main__':
    main()
