#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: valve.py LOCATION [SOURCE]

The same as take_photo.py with a valve of one's own: shows what the camera sees, and lets one frame through to an encoder for
each line on standard input. LOCATION is multifilesink's, such as photo_%03d.jpg; SOURCE an element in place of v4l2src.
"""
import queue
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402


def main():
    Gst.init(None)
    source = sys.argv[2] if len(sys.argv) > 2 else "v4l2src"
    # The queue drops what the encoder has no time for, so that the preview never waits. async=false: no frame comes
    # while the pipeline starts.
    pipeline = Gst.parse_launch(f"{source} ! tee name=t ! queue ! autovideosink t. ! "
                                "queue leaky=downstream max-size-buffers=1 ! valve name=valve drop=true ! imagepackerjpeg ! "
                                "multifilesink name=files post-messages=true async=false")
    pipeline.get_by_name("files").set_property("location", sys.argv[1])
    valve = pipeline.get_by_name("valve")
    bus = pipeline.get_bus()
    lines = queue.Queue()

    def close_valve(_pad, _info):
        valve.set_property("drop", True)
        return Gst.PadProbeReturn.OK

    def read_lines():
        for line in sys.stdin:
            lines.put(line)
        lines.put(None)

    valve.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, close_valve)
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_state(Gst.CLOCK_TIME_NONE)
    threading.Thread(target=read_lines, daemon=True).start()
    has_failed = False
    while not has_failed and lines.get() is not None:
        valve.set_property("drop", False)
        message = bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.ERROR | Gst.MessageType.ELEMENT)
        if message.type == Gst.MessageType.ERROR:
            print(message.parse_error()[0].message, file=sys.stderr)
            has_failed = True
        else:
            print(message.get_structure().get_string("filename"), flush=True)
    pipeline.set_state(Gst.State.NULL)
    return 1 if has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
