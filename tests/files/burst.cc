// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: files-burst FOLDER nameless|hidden
// Writes photos into FOLDER without end, and a line with the name of each that is announced to its standard output.
#include <gst/gst.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "files/faults.h"

namespace {

GstBusSyncReply tell(GstBus*, GstMessage* message, gpointer) {
  const GstStructure* const s = gst_message_get_structure(message);
  if (s != nullptr && gst_structure_has_name(s, "imagepackersink-file")) {
    const std::string line = std::string(gst_structure_get_string(s, "location")) + "\n";
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) {
      _exit(1);
    }
  }
  return GST_BUS_DROP;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 3) {
    std::fprintf(stderr, "usage: files-burst FOLDER nameless|hidden\n");
    return 2;
  }
  imagepacker::test::faults::set_nameless_files(std::string(argv[2]) == "nameless");
  // Every second name is used again, so that files are replaced, too.
  const std::string folder = argv[1];
  GstElement* const pipeline = gst_parse_launch(
      ("videotestsrc pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! tee name=t ! "
       "imagepackersink durability=none location=" +
       folder + "/%05d.jpg t. ! imagepackersink durability=none location=" + folder + "/same.jpg")
          .c_str(),
      nullptr);
  GstBus* const bus = gst_element_get_bus(pipeline);
  gst_bus_set_sync_handler(bus, tell, nullptr, nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  pause();
}
