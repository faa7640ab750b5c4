# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts HEIC files that another encoder wrote together as the tiles of one picture, as phones write theirs: an item
`grid` of ISO/IEC 23008-12 clause 6.6.2.3, turned by an `irot`."""

import struct


def box(kind, *parts):
    payload = b"".join(parts)
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def full_box(kind, version, flags, *parts):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data):
    """(kind, payload) of the boxes in a row."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8:at + (size or len(data) - at)]
        at += size or len(data)


def child(data, *path):
    for kind in path:
        data = next(payload for each, payload in boxes(data) if each == kind)
        if kind == b"meta":
            data = data[4:]
    return data


def coded_picture(heic):
    """The configuration and the samples of the one picture in a file of heif-enc."""
    meta = child(heic, b"meta")
    configuration = child(meta, b"iprp", b"ipco", b"hvcC")
    offset, length = first_extent(next(payload for kind, payload in boxes(meta) if kind == b"iloc"))
    return configuration, heic[offset:offset + length]


def first_extent(iloc):
    """Where the first item lies in the file, ISO/IEC 14496-12 clause 8.11.3."""
    version, sizes = iloc[0], [iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15 if iloc[0] > 0 else 0]
    at = (10 if version == 2 else 8) + (4 if version == 2 else 2) + (2 if version > 0 else 0) + 2

    def number(size):
        nonlocal at
        at += size
        return int.from_bytes(iloc[at - size:at], "big")

    base = number(sizes[2])
    assert number(2) == 1, "one extent"
    number(sizes[3])
    return base + number(sizes[0]), number(sizes[1])


def grid(tiles, columns, tile_size, rotation_ccw):
    """One HEIC of `tiles`, HEIC files of equal size and configuration in rows of `columns`."""
    pictures = [coded_picture(tile) for tile in tiles]
    rows = len(tiles) // columns
    width, height = tile_size
    items = range(1, len(tiles) + 1)
    grid_id = len(tiles) + 1
    description = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width * columns, height * rows)
    samples = [data for _, data in pictures] + [description]

    def meta(data_offset):
        infos = [full_box(b"infe", 2, 1, struct.pack(">HH4sx", item, 0, b"hvc1")) for item in items]
        infos.append(full_box(b"infe", 2, 0, struct.pack(">HH4sx", grid_id, 0, b"grid")))
        locations, at = b"", data_offset
        for item, data in enumerate(samples, 1):
            locations += struct.pack(">HHHII", item, 0, 1, at, len(data))
            at += len(data)
        properties = box(b"ipco", box(b"hvcC", pictures[0][0]),
                         full_box(b"ispe", 0, 0, struct.pack(">II", width, height)),
                         full_box(b"ispe", 0, 0, struct.pack(">II", width * columns, height * rows)),
                         full_box(b"pixi", 0, 0, bytes([3, 8, 8, 8])),
                         box(b"irot", bytes([rotation_ccw // 90])),
                         box(b"colr", b"nclx", struct.pack(">HHHB", 1, 13, 6, 0x80)))
        of_tile = bytes([3, 0x81, 2, 6])
        of_grid = bytes([4, 3, 4, 0x85, 6])
        associations = b"".join(struct.pack(">H", item) + of_tile for item in items)
        associations += struct.pack(">H", grid_id) + of_grid
        return full_box(
            b"meta", 0, 0,
            full_box(b"hdlr", 0, 0, struct.pack(">I4s12xx", 0, b"pict")),
            full_box(b"pitm", 0, 0, struct.pack(">H", grid_id)),
            full_box(b"iloc", 0, 0, struct.pack(">BBH", 0x44, 0, len(samples)), locations),
            full_box(b"iinf", 0, 0, struct.pack(">H", len(infos)), *infos),
            full_box(b"iref", 0, 0, box(b"dimg", struct.pack(f">HH{len(tiles)}H", grid_id, len(tiles), *items))),
            box(b"iprp", properties,
                full_box(b"ipma", 0, 0, struct.pack(">I", len(samples)), associations)))

    brands = box(b"ftyp", b"heic", bytes(4), b"mif1", b"heic")
    data_offset = len(brands) + len(meta(0)) + 8
    return brands + meta(data_offset) + box(b"mdat", *samples)
