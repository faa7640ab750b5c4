#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: mjpeg_http.py PORT [SOURCE]

Shows what the camera sees to every browser that comes to http://localhost:PORT/. SOURCE is an element in place of v4l2src.
"""
import socket
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

HEADER = (b"HTTP/1.0 200 OK\r\nCache-Control: no-store\r\n"
          b"Content-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")


def main():
    Gst.init(None)
    source = sys.argv[2] if len(sys.argv) > 2 else "v4l2src"
    pipeline = Gst.parse_launch(f"{source} ! imagepackerjpeg ! multipartmux boundary=frame ! "
                                "multifdsink name=browsers sync-method=latest recover-policy=latest")
    browsers = pipeline.get_by_name("browsers")
    pipeline.set_state(Gst.State.PLAYING)
    connections = {}

    def on_gone(_sink, descriptor):
        connections.pop(descriptor, None)

    # multifdsink has let go of it by then.
    browsers.connect("client-fd-removed", on_gone)
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
        print("ready", flush=True)
        while True:
            connection, _address = server.accept()
            connection.recv(65536)
            connection.sendall(HEADER)
            connections[connection.fileno()] = connection
            browsers.emit("add", connection.fileno())


if __name__ == "__main__":
    main()
