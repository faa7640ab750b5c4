# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes photos through GVfs onto a small WebDAV server, in a D-Bus session of its own."""

import http.server
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PATIENCE_SECONDS = 60
SOURCE = "videotestsrc num-buffers=3 ! video/x-raw,width=64,height=48 ! "
RESPONSE = ('<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>{path}</D:href><D:propstat><D:prop>'
            '<D:resourcetype>{kind}</D:resourcetype><D:getcontentlength>{size}</D:getcontentlength></D:prop>'
            '<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>')


class WebDav(http.server.BaseHTTPRequestHandler):
    """One flat collection in memory, as far as RFC 4918 is needed to write into it."""

    protocol_version = "HTTP/1.1"
    files = {}
    room = None  # bytes that may still be written

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def do_OPTIONS(self):
        self.answer(200, DAV="1", Allow="OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND")

    def do_PROPFIND(self):
        self.body()
        if self.path != "/" and self.path not in self.files:
            return self.answer(404)
        kind = "<D:collection/>" if self.path == "/" else ""
        text = RESPONSE.format(path=self.path, kind=kind, size=len(self.files.get(self.path, b"")))
        return self.answer(207, text.encode(), **{"Content-Type": "application/xml"})

    def do_GET(self):
        self.answer(200 if self.path in self.files else 404, self.files.get(self.path, b""))

    def do_HEAD(self):
        self.answer(200 if self.path in self.files else 404)

    def do_PUT(self):
        content = self.body()
        if self.headers.get("If-None-Match") == "*" and self.path in self.files:
            return self.answer(412)
        if WebDav.room is not None and len(content) > WebDav.room:
            return self.answer(507)
        is_new = self.path not in self.files
        self.files[self.path] = content
        return self.answer(201 if is_new else 204)

    def do_DELETE(self):
        self.answer(204 if self.files.pop(self.path, None) is not None else 404)

    def log_message(self, *_):
        pass


def launch(settings):
    return subprocess.run(["gst-launch-1.0", "-m", *(SOURCE + "imagepackersink " + settings).split()], check=False,
                          capture_output=True, text=True, timeout=PATIENCE_SECONDS)


def announced(result):
    return re.findall(r"imagepackersink-file,.*location=\(string\)\"?([^,;\"]+)", result.stdout)


class Remote(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WebDav)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.place = f"dav://127.0.0.1:{cls.server.server_address[1]}"
        cls.is_mounted = False

    def setUp(self):
        WebDav.files.clear()
        WebDav.room = None

    def mount(self):
        if not self.is_mounted:
            subprocess.run(["gio", "mount", f"{self.place}/"], check=True, timeout=PATIENCE_SECONDS, capture_output=True)
            type(self).is_mounted = True

    def test_a_place_that_nobody_has_mounted_is_said(self):
        if self.is_mounted:
            self.skipTest("it is mounted by now")
        result = launch(f"location={self.place}/a.jpg")
        self.assertRegex(result.stderr, rf"ERROR: .*{self.place}/a.jpg.*gio mount {self.place}/")

    def test_places_that_nothing_serves_are_said(self):
        for place in ("nosuch://host/a.jpg", "resource:///a.jpg"):
            self.assertRegex(launch(f"location={place}").stderr, f"ERROR: .*can't create {place}: ")
        self.assertIn("nothing here serves nosuch:// locations", launch("location=nosuch://host/a.jpg").stderr)

    def test_photos_are_written(self):
        self.mount()
        result = launch(f"location={self.place}/p%03d.heic")
        self.assertEqual([f"{self.place}/p{i:03d}.heic" for i in range(3)], announced(result), result.stderr)
        self.assertEqual([f"/p{i:03d}.heic" for i in range(3)], sorted(WebDav.files))
        for content in WebDav.files.values():
            self.assertEqual(b"ftyphei", content[4:11])

    def test_names_that_are_taken(self):
        self.mount()
        WebDav.files["/a.jpg"] = b"old"
        launch(f"overwrite=unique location={self.place}/a.jpg")
        self.assertEqual(["/a-1.jpg", "/a-2.jpg", "/a-3.jpg", "/a.jpg"], sorted(WebDav.files))
        self.assertEqual(b"old", WebDav.files["/a.jpg"])
        result = launch(f"overwrite=fail location={self.place}/a.jpg")
        self.assertIn("overwrite=fail", result.stderr)
        self.assertEqual(b"old", WebDav.files["/a.jpg"])
        result = launch(f"location={self.place}/a.jpg")
        self.assertEqual(3, len(announced(result)), result.stderr)
        self.assertEqual(b"\xff\xd8\xff", WebDav.files["/a.jpg"][:3])

    def test_the_oldest_go(self):
        self.mount()
        launch(f"max-files=2 location={self.place}/p%d.png")
        self.assertEqual(["/p1.png", "/p2.png"], sorted(WebDav.files))

    def test_a_server_that_takes_no_more(self):
        self.mount()
        for overwrite in ("replace", "unique"):
            WebDav.room = 100
            WebDav.files["/b.jpg"] = b"old"
            result = launch(f"overwrite={overwrite} location={self.place}/b.jpg")
            self.assertEqual([], announced(result))
            self.assertRegex(result.stderr, f"ERROR: .*can't write {self.place}/b")
            self.assertEqual({"/b.jpg": b"old"}, WebDav.files)


def main():
    if "IMAGEPACKER_REMOTE" in os.environ:
        sys.argv[0] = __file__
        unittest.main(verbosity=2)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        runtime = pathlib.Path(home, "run")
        runtime.mkdir(mode=0o700)
        environment = os.environ | {"HOME": home, "XDG_RUNTIME_DIR": str(runtime), "GVFS_DISABLE_FUSE": "1",
                                    "GSETTINGS_BACKEND": "memory", "GIO_USE_VOLUME_MONITOR": "unix",
                                    "IMAGEPACKER_REMOTE": home, "GST_REGISTRY": str(pathlib.Path(home, "registry"))}
        environment.pop("http_proxy", None)
        result = subprocess.run(["dbus-run-session", "--", sys.executable, __file__], env=environment, check=False)
        sys.exit(result.returncode)


if __name__ == "__main__":
    main()
