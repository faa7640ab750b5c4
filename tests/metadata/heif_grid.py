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


class Item:
    """One item of a file. `properties`: boxes with whether a reader must know them; `more`: what follows its type in its
    `infe`."""

    def __init__(self, kind, data, properties, is_hidden=False, more=b""):
        self.kind, self.data, self.properties, self.is_hidden, self.more = kind, data, properties, is_hidden, more


def size_property(width, height):
    return full_box(b"ispe", 0, 0, struct.pack(">II", width, height)), False


def file_of(items, references, primary):
    """A HEIC of `items`, whose ids count from 1. `references`: (type, from, to)."""

    def meta(data_offset):
        infos, locations, properties, associations = [], b"", [], b""
        at = data_offset
        for number, item in enumerate(items, 1):
            infos.append(full_box(b"infe", 2, int(item.is_hidden),
                                  struct.pack(">HH4sx", number, 0, item.kind), item.more))
            locations += struct.pack(">HHHII", number, 0, 1, at, len(item.data))
            at += len(item.data)
            associations += struct.pack(">HB", number, len(item.properties))
            for payload, is_essential in item.properties:
                if payload not in properties:
                    properties.append(payload)
                associations += bytes([properties.index(payload) + 1 | is_essential << 7])
        refs = [box(kind, struct.pack(f">HH{len(to)}H", source, len(to), *to)) for kind, source, to in references]
        return full_box(
            b"meta", 0, 0,
            full_box(b"hdlr", 0, 0, struct.pack(">I4s12xx", 0, b"pict")),
            full_box(b"pitm", 0, 0, struct.pack(">H", primary)),
            full_box(b"iloc", 0, 0, struct.pack(">BBH", 0x44, 0, len(items)), locations),
            full_box(b"iinf", 0, 0, struct.pack(">H", len(infos)), *infos),
            full_box(b"iref", 0, 0, *refs),
            box(b"iprp", box(b"ipco", *properties),
                full_box(b"ipma", 0, 0, struct.pack(">I", len(items)), associations)))

    brands = box(b"ftyp", b"heic", bytes(4), b"mif1", b"heic")
    data_offset = len(brands) + len(meta(0)) + 8
    return brands + meta(data_offset) + box(b"mdat", *[item.data for item in items])


def grid(tiles, columns, tile_size, rotation_ccw, mirror_axis=None, auxiliary=()):
    """One HEIC of `tiles`, HEIC files of equal size and configuration in rows of `columns`; `auxiliary`: (type, HEIC file,
    its size, XMP that describes it or None)."""
    width, height = tile_size
    rows = len(tiles) // columns
    size = width * columns, height * rows
    color = box(b"colr", b"nclx", struct.pack(">HHHB", 1, 13, 6, 0x80)), False
    depths = full_box(b"pixi", 0, 0, bytes([3, 8, 8, 8])), False
    items = []
    for tile in tiles:
        configuration, data = coded_picture(tile)
        items.append(Item(b"hvc1", data, [(box(b"hvcC", configuration), True), size_property(*tile_size), color],
                          is_hidden=True))
    turns = [(box(b"irot", bytes([rotation_ccw // 90])), True)]
    if mirror_axis is not None:
        turns.append((box(b"imir", bytes([mirror_axis])), True))
    items.append(Item(b"grid", struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size),
                      [size_property(*size), depths, *turns, color]))
    primary = len(items)
    references = [(b"dimg", primary, range(1, primary))]
    for kind, heic, its_size, xmp in auxiliary:
        configuration, data = coded_picture(heic)
        described = full_box(b"auxC", 0, 0, kind.encode() + b"\0")
        items.append(Item(b"hvc1", data, [(box(b"hvcC", configuration), True), size_property(*its_size),
                                          (described, True)], is_hidden=True))
        references.append((b"auxl", len(items), [primary]))
        if xmp is not None:
            items.append(Item(b"mime", xmp, [], is_hidden=True, more=b"application/rdf+xml\0"))
            references.append((b"cdsc", len(items), [len(items) - 1]))
    return file_of(items, references, primary)
