# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is measured against what. A case is one race on one picture; `ours` and the `peers` are lines for
imagepacker-race (see contestant.h)."""
import dataclasses

import photos

# The colour that the format itself means, so that no contestant has to convert and all mean the same.
JFIF = ',colorimetry=1:4:7:1,chroma-site=jpeg'  # BT.601, full range
WEBP = ',colorimetry=2:4:7:1,chroma-site=jpeg'  # BT.601, limited range

PQ = 'format=P010_10LE,colorimetry=bt2100-pq,chroma-site=mpeg2'


@dataclasses.dataclass
class Case:
    title: str
    form: str
    picture: str
    size: str
    raw: str
    ours: str
    peers: dict
    processors: int = 2
    frames: int = 1  # more than one: a stream
    rounds: int = 9
    depth: int = 8
    goal: float | None = None  # times as fast as the first peer
    is_cut_out: bool = False  # transparent outside of an ellipse
    hdr: str | None = None  # raw caps of the picture as HDR, which ours gets in place of the SDR one

    @property
    def is_pinned(self):
        """Each thread stays on a processor of its own: not where coders start threads of theirs."""
        return self.form in ('jpeg', 'png')


def chain(encoder):
    return f'videoconvert ! video/x-raw,format=I420 ! {encoder}'


def cases(webp_factor, libheif_quality):
    """`webp_factor`: libwebp's factor for quality 85. `libheif_quality`: the one with HEIF's score at quality 85."""
    jpegenc = {'jpegenc': 'jpegenc quality=85'}
    webpenc = {'webpenc': f'webpenc quality={webp_factor:.2f}'}
    libheif = {'libheif': f'@libheif {libheif_quality}'}
    png = {'pngenc': 'pngenc', 'libpng defaults': '@libpng 6'}
    result = []

    def jpeg(title, picture, raw, peers=jpegenc, **keywords):
        size, name = picture.split()
        result.append(Case(title, 'jpeg', name, size, raw, 'imagepackerjpeg quality=85', peers, **keywords))

    for picture in ('1080p creek', '4k dandelion', '12mp dragonfly', '12mp nuthatch', '12mp elephants'):
        jpeg(f'I420 {picture}', picture, 'format=I420' + JFIF, goal=2.3)
    for picture in ('1080p creek', '4k dandelion', '12mp dragonfly'):
        jpeg(f'NV12 {picture}', picture, 'format=NV12' + JFIF, goal=2.3)
    for picture in ('12mp dragonfly', '12mp elephants'):
        jpeg(f'I420 {picture}, 1 thread', picture, 'format=I420' + JFIF, processors=1, goal=1)
    chained = {'videoconvert ! jpegenc': chain('jpegenc quality=85')}
    jpeg('RGB 1080p creek', '1080p creek', 'format=RGB', chained, goal=3.5)
    jpeg('BGRx 1080p creek', '1080p creek', 'format=BGRx', chained, goal=3.5)
    jpeg('RGB 12mp dragonfly', '12mp dragonfly', 'format=RGB', {**chained, 'tjCompress2': '@turbojpeg 85'}, goal=3.5)
    jpeg('I420 1080p stream', '1080p creek', 'format=I420' + JFIF,
         {'ours, one thread': 'imagepackerjpeg quality=85 max-threads=1', **jpegenc}, frames=600, rounds=7,
         goal=1.95)  # long enough to tell what is sustained
    jpeg('P010 PQ 12mp dragonfly to HDR', '12mp dragonfly', 'format=I420' + JFIF,
         {'jpegenc, SDR picture': jpegenc['jpegenc']}, goal=0.67, hdr=PQ)
    result += [Case(f'RGB 1080p {name}', 'png', name, '1080p', 'format=RGB', 'imagepackerpng', png, rounds=5, goal=25)
               for name in photos.SOURCES]
    result += [Case(f'RGB {name} as decoded', 'png', name, photos.AS_DECODED, 'format=RGB', 'imagepackerpng', png,
                    rounds=3, goal=25)
               for name in ('fig', 'mountains', *photos.AS_DECODED_SOURCES)]
    result += [
        Case('RGB 4k dandelion', 'png', 'dandelion', '4k', 'format=RGB', 'imagepackerpng', png, rounds=3, goal=25),
        Case('RGB 12mp dragonfly', 'png', 'dragonfly', '12mp', 'format=RGB', 'imagepackerpng', png, rounds=3, goal=25),
        Case('RGBA 4k dandelion', 'png', 'dandelion', '4k', 'format=RGBA', 'imagepackerpng', png, rounds=3, goal=25),
        *(Case(f'RGBA 1080p {name}, cut out', 'png', name, '1080p', 'format=RGBA', 'imagepackerpng', png, rounds=3,
               goal=25, is_cut_out=True) for name in photos.SOURCES),
        Case('16 bit 1080p creek', 'png', 'creek', '1080p', 'format=ARGB64_BE', 'imagepackerpng',
             {'libpng as pngenc calls it': '@libpng 6 none', 'libpng defaults': '@libpng 6'}, rounds=3, depth=16,
             goal=20),
        Case('text screen 1080p', 'png', 'screen', '1080p', 'format=RGB', 'imagepackerpng', png, goal=4),
        Case('1080p stream, effort 6', 'webp', 'creek', '1080p', 'format=I420' + WEBP,
             'imagepackerwebp quality=85 effort=6', {'webpenc preset=none': webpenc['webpenc'] + ' preset=none'},
             frames=24, rounds=3, goal=2),
        Case('1080p stream, defaults', 'webp', 'creek', '1080p', 'format=I420' + WEBP,
             'imagepackerwebp quality=85', webpenc, frames=24, rounds=5, goal=4),
        Case('1080p one frame', 'webp', 'nuthatch', '1080p', 'format=I420' + WEBP, 'imagepackerwebp quality=85',
             webpenc, rounds=5),
        Case('1080p with alpha', 'webp', 'creek', '1080p', 'format=RGBA', 'imagepackerwebp quality=85', webpenc,
             rounds=5, is_cut_out=True),
        Case('text screen 1080p', 'webp', 'screen', '1080p', 'format=I420' + WEBP, 'imagepackerwebp quality=85',
             webpenc, rounds=3),
        Case('lossless 1080p', 'webp', 'creek', '1080p', 'format=RGB', 'imagepackerwebp lossless=true',
             {'webpenc lossless': 'webpenc lossless=true'}, rounds=3),
        Case('1080p creek', 'heif', 'creek', '1080p', 'format=I420' + JFIF, 'imagepackerheif quality=85', libheif,
             rounds=3, goal=7.5),
        Case('1080p nuthatch', 'heif', 'nuthatch', '1080p', 'format=I420' + JFIF, 'imagepackerheif quality=85',
             libheif, rounds=3, goal=7.5),
        Case('12mp dragonfly', 'heif', 'dragonfly', '12mp', 'format=I420' + JFIF, 'imagepackerheif quality=85',
             libheif, rounds=1, goal=7.5),
        Case('108mp, memory', 'heif', 'dragonfly', '108mp', 'format=I420' + JFIF, 'imagepackerheif quality=85', {},
             rounds=0),
    ]
    return result


@dataclasses.dataclass
class UnpackCase:
    """A race of readers on one file, which `encoder` writes."""
    title: str
    form: str
    picture: str
    size: str
    raw: str
    encoder: str
    peer: str
    peer_line: str
    ours: str = 'imageunpacker'
    processors: int = 1  # the peers have one thread
    rounds: int = 9
    goal: float | None = 1  # times as fast as the peer


def unpack_cases(webp_factor):
    result = []

    def unpack(title, form, encoder, peer, picture, raw='format=RGB', **keywords):
        size, name = picture.split()
        for sink, prefix in (('', ''), (', GstVideoMeta', '@strides ')):
            result.append(UnpackCase(f'{title}{picture}{sink}', form, name, size, raw, encoder, peer, prefix + peer,
                                     prefix + 'imageunpacker', **keywords))
            # Where our way can use a second one.
            if 'of ours' in title and form == 'jpeg' or form == 'webp' and 'lossless' not in title:
                result.append(UnpackCase(f'{title}{picture}{sink}, 2 threads', form, name, size, raw, encoder, peer,
                                         prefix + peer, prefix + 'imageunpacker', processors=2, **keywords))

    def copy(title, picture, ours, theirs):
        size, name = picture.split()
        result.append(UnpackCase(f'{picture}{title}', 'jpeg', name, size, 'format=I420' + JFIF, 'jpegenc quality=85',
                                 'jpegtran', '@jpegtran' + theirs, f'imagerepacker{ours}'))

    for picture in ('12mp dragonfly', '12mp elephants'):
        unpack('', 'jpeg', 'jpegenc quality=85', 'jpegdec', picture, 'format=I420' + JFIF, rounds=15)
    unpack('of ours, ', 'jpeg', 'imagepackerjpeg quality=85', 'jpegdec', '12mp dragonfly', 'format=I420' + JFIF,
           rounds=15)
    copy(', lossless copy', '12mp dragonfly', '', '')
    copy(', lossless copy to progressive', '12mp dragonfly', ' progressive=true require-lossless-copy=true',
         ' progressive')
    unpack('', 'webp', f'webpenc quality={webp_factor:.2f}', 'webpdec', '4k dandelion', 'format=I420' + WEBP)
    unpack('lossless ', 'webp', 'webpenc lossless=true', 'webpdec', '1080p creek')
    unpack('', 'png', '@libpng 6', 'pngdec', '4k dandelion')
    unpack('of ours, ', 'png', 'imagepackerpng', 'pngdec', '4k dandelion')
    unpack('RGBA ', 'png', '@libpng 6', 'pngdec', '4k dandelion', 'format=RGBA')
    return result


@dataclasses.dataclass
class Curve:
    """A coder over its qualities, on the crops."""
    name: str
    form: str
    raw: str
    line: str  # with {q}
    qualities: list
    ours: bool = False


def curves():
    ours = [40, 55, 70, 80, 85, 90, 95]
    return [
        Curve('imagepackerjpeg', 'jpeg', 'format=I420' + JFIF, 'imagepackerjpeg quality={q}', ours, True),
        Curve('imagepackerjpeg effort=8', 'jpeg', 'format=I420' + JFIF, 'imagepackerjpeg effort=8 quality={q}', ours,
              True),
        Curve('jpegenc', 'jpeg', 'format=I420' + JFIF, 'jpegenc quality={q}', ours),
        Curve('imagepackerwebp', 'webp', 'format=I420' + WEBP, 'imagepackerwebp quality={q}', ours, True),
        Curve('imagepackerwebp effort=6', 'webp', 'format=I420' + WEBP, 'imagepackerwebp effort=6 quality={q}', ours,
              True),
        Curve('webpenc', 'webp', 'format=I420' + WEBP, 'webpenc quality={q}', ours),
        Curve('imagepackerheif', 'heif', 'format=I420' + JFIF, 'imagepackerheif quality={q}', ours, True),
        Curve('imagepackerheif effort=8', 'heif', 'format=I420' + JFIF, 'imagepackerheif effort=8 quality={q}',
              [70, 85, 90], True),
        Curve('libheif', 'heif', 'format=I420' + JFIF, '@libheif {q}', [30, 38, 46, 52, 58, 64, 70]),
    ]
