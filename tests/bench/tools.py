# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls of the programs that the benchmarks are made of: racers, decoders that are not ours, judges of quality."""
import json
import os
import pathlib
import re
import subprocess
import tempfile


def run(arguments, **keywords):
    return subprocess.run([str(a) for a in arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, **keywords).stdout


class Build:
    """A build directory with -Dbench=true."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.environment = dict(os.environ, GST_PLUGIN_PATH=str(self.folder / 'gst'),
                                GST_REGISTRY=str(self.folder / 'gst' / 'registry.bin'))

    def program(self, name):
        return self.folder / 'tests' / 'bench' / f'imagepacker-{name}'

    def race(self, picture, lines, *, raw, rounds=9, frames=1, processors=2, pinned=False,
             cut_out=False, keep=''):
        """One result per line, None for lines that are not possible. Between the lines may stand '--picture', '--raw'
        and their values for those that follow."""
        output = run([self.program('race'), '--picture', picture, '--raw', raw, '--rounds', rounds, '--frames', frames,
                      '--processors', processors, '--pin', int(pinned), '--cut-out', int(cut_out), '--keep', keep, *lines], env=self.environment)
        return json.loads(output)

    def unpack_race(self, path, caps, lines, *, rounds, processors):
        """One result per line, None for lines that are not possible."""
        return json.loads(run([self.program('unpack-race'), path, caps, rounds, processors, *lines],
                              env=self.environment))

    def encode_with_parameter(self, form, parameter, picture, path):
        run([self.program('encode-with-parameter'), form, parameter, picture, path])

    def fidelity(self, reference, decoded):
        """Luma PSNR in dB and SSIM."""
        return json.loads(run([self.program('score'), reference, decoded]))


def decode(path, form, ppm):
    """By libjpeg-turbo's, libwebp's, libpng's and libheif's own programs."""
    if form == 'jpeg':
        run(['djpeg', '-ppm', '-outfile', ppm, path])
    elif form == 'webp':
        run(['dwebp', '-quiet', '-ppm', path, '-o', ppm])
    else:
        png = path
        if form == 'heif':
            png = ppm.with_suffix('.png')
            # It knows a file by its extension.
            named = ppm.with_suffix('.heic')
            named.write_bytes(pathlib.Path(path).read_bytes())
            run(['heif-convert', named, png])
            named.unlink()
        with open(ppm, 'wb') as out:
            subprocess.run(['pngtopnm', str(png)], check=True, stdout=out, stderr=subprocess.DEVNULL)
        if png != path:
            png.unlink()


def butteraugli(reference, decoded):
    """The 3-norm of butteraugli's distance: 0 is the same, about 1 just visible, more is worse."""
    output = run(['butteraugli_main', reference, decoded, '--pnorm', '3'])
    return float(re.search(r'3-norm: ([0-9.eE+-]+)', output).group(1))


def judge(reference, path, form):
    """butteraugli's 3-norm of the file at `path` against the PPM file `reference`."""
    with tempfile.TemporaryDirectory() as folder:
        ppm = pathlib.Path(folder) / 'decoded.ppm'
        decode(path, form, ppm)
        return butteraugli(reference, ppm)
