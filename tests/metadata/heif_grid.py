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
        if kind in (b"meta", b"iloc"):
            data = data[4:]
    return data


def coded_picture(heic):
    """The configuration and the samples of the one picture in a file of heif-enc."""
    meta = child(heic, b"meta")
    configuration = child(meta, b"iprp", b"ipco", b"hvcC")
    locations = child(meta, b"iloc")
    # Fields of four bytes are what heif-enc writes; the first item is the picture.
    assert locations[:2] == b"\x44\x40", locations[:2]
    base, extents, offset, length = struct.unpack_from(">IHII", locations, 8)
    assert extents == 1
    offset += base
    return configuration, heic[offset:offset + length]


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
