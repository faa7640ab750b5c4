#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: take_photo.py LOCATION [SOURCE]

Shows what the camera sees, and takes a photo for each line on standard input; ends with it. LOCATION is imagepackersink's,
such as photo_%03d.heic; SOURCE an element in place of v4l2src.
"""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


def main():
    Gst.init(None)
    source = sys.argv[2] if len(sys.argv) > 2 else "v4l2src"
    pipeline = Gst.parse_launch(f"{source} ! tee name=t ! queue ! autovideosink t. ! "
                                "imagepackersink name=photos on-request=true")
    photos = pipeline.get_by_name("photos")
    photos.set_property("location", sys.argv[1])
    loop = GLib.MainLoop()
    state = {"asked": 0, "done": 0, "over": False}

    def on_message(_bus, message):
        if message.type == Gst.MessageType.ERROR:
            print(message.parse_error()[0].message, file=sys.stderr)
            state["failed"] = True
            loop.quit()
        elif message.type == Gst.MessageType.WARNING:
            print(message.parse_warning()[0].message, file=sys.stderr)
        elif message.type == Gst.MessageType.ELEMENT and message.get_structure().has_name("imagepackersink-file"):
            file = message.get_structure()
            state["done"] += 1
            print(f"{file.get_string('location')}: {file.get_value('width')}x{file.get_value('height')}, "
                  f"{file.get_value('size')} bytes", flush=True)
        if state["over"] and state["done"] == state["asked"]:
            loop.quit()

    def read_lines():
        for _line in sys.stdin:
            # Any thread may ask.
            state["asked"] += photos.emit("take-photo") != 0
        state["over"] = True
        bus.post(Gst.Message.new_application(pipeline, Gst.Structure.new_empty("no-more-lines")))

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_state(Gst.CLOCK_TIME_NONE)
    threading.Thread(target=read_lines, daemon=True).start()
    loop.run()
    pipeline.set_state(Gst.State.NULL)
    return 1 if "failed" in state else 0


if __name__ == "__main__":
    sys.exit(main())
