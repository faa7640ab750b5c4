/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage: pack_frame FILE
 *
 * A picture that the program has in memory becomes the bytes of a HEIF file in memory: appsrc, imagepacker, appsink.
 *
 *   cc pack_frame.c -o pack_frame $(pkg-config --cflags --libs gstreamer-app-1.0)
 */
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <stdio.h>

enum { kWidth = 640, kHeight = 480 };

static GstBuffer *make_picture(void) {
  const gsize size = (gsize)kWidth * kHeight * 4;
  guint8 *pixels = g_malloc(size);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      guint8 *pixel = pixels + ((gsize)y * kWidth + (gsize)x) * 4;
      pixel[0] = (guint8)(x * 255 / kWidth);
      pixel[1] = (guint8)(y * 255 / kHeight);
      pixel[2] = 128;
      pixel[3] = 255;
    }
  }
  return gst_buffer_new_wrapped(pixels, size);
}

int main(int argc, char **argv) {
  gst_init(&argc, &argv);
  if (argc != 2) {
    fprintf(stderr, "usage: pack_frame FILE\n");
    return 2;
  }
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch(
      "appsrc name=source format=time caps=video/x-raw,format=RGBx,width=640,height=480,framerate=0/1 ! "
      "imagepackerheif quality=90 ! appsink name=sink sync=false",
      &error);
  if (pipeline == NULL) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
  GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  gst_app_src_push_buffer(GST_APP_SRC(source), make_picture());
  gst_app_src_end_of_stream(GST_APP_SRC(source));

  int result = 1;
  GstSample *sample = gst_app_sink_pull_sample(GST_APP_SINK(sink));
  GstMapInfo map;
  if (sample != NULL && gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ)) {
    result = g_file_set_contents(argv[1], (const gchar *)map.data, (gssize)map.size, NULL) ? 0 : 1;
    printf("%" G_GSIZE_FORMAT " bytes\n", map.size);
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
  }
  if (sample != NULL) {
    gst_sample_unref(sample);
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(source);
  gst_object_unref(sink);
  gst_object_unref(pipeline);
  return result;
}
