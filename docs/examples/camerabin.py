#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: camerabin.py LOCATION MEDIA_TYPE [SOURCE]

Takes one photo of MEDIA_TYPE, such as image/heif, with camerabin. SOURCE is an element in place of v4l2src.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import Gst, GstPbutils  # noqa: E402

PATIENCE = 20 * Gst.SECOND


def main():
    Gst.init(None)
    camera = Gst.ElementFactory.make("camerabin")
    source = Gst.ElementFactory.make("wrappercamerabinsrc")
    source.set_property("video-source", Gst.parse_bin_from_description(sys.argv[3] if len(sys.argv) > 3 else "v4l2src", True))
    camera.set_property("camera-source", source)
    camera.set_property("viewfinder-sink", Gst.ElementFactory.make("autovideosink"))
    profile = GstPbutils.EncodingVideoProfile.new(Gst.Caps.from_string(sys.argv[2]), None, None, 1)
    # Else its videorate waits for a second frame.
    profile.set_variableframerate(True)
    camera.set_property("image-profile", profile)
    camera.set_property("mode", 1)
    camera.set_property("location", sys.argv[1])
    camera.set_state(Gst.State.PLAYING)
    camera.get_state(PATIENCE)
    camera.emit("start-capture")
    bus = camera.get_bus()
    done = False
    while not done:
        message = bus.timed_pop_filtered(PATIENCE, Gst.MessageType.ELEMENT | Gst.MessageType.ERROR)
        if message is None or message.type == Gst.MessageType.ERROR:
            print(message.parse_error()[0].message if message else "no photo", file=sys.stderr)
            break
        done = message.get_structure().has_name("image-done")
    camera.set_state(Gst.State.NULL)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
