/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage: take_photo LOCATION [SOURCE]
 *
 * Shows what the camera sees, and takes a photo for each line on standard input; ends with it. LOCATION is
 * imagepackersink's, such as photo_%03d.heic; SOURCE an element in place of v4l2src.
 *
 *   cc take_photo.c -o take_photo $(pkg-config --cflags --libs gstreamer-1.0)
 */
#include <gst/gst.h>
#include <stdio.h>

typedef struct {
  GstElement *pipeline, *photos;
  GMainLoop *loop;
  gint asked, done, is_over, has_failed;
} App;

/* In a thread of its own: any thread may ask. */
static gpointer read_lines(gpointer data) {
  App *app = data;
  char line[256];
  while (fgets(line, sizeof line, stdin) != NULL) {
    guint request = 0;
    g_signal_emit_by_name(app->photos, "take-photo", &request);
    if (request != 0) {
      g_atomic_int_inc(&app->asked);
    }
  }
  g_atomic_int_set(&app->is_over, TRUE);
  gst_element_post_message(app->pipeline, gst_message_new_application(GST_OBJECT(app->pipeline),
                                                                      gst_structure_new_empty("no-more-lines")));
  return NULL;
}

static gboolean on_message(GstBus *bus, GstMessage *message, gpointer data) {
  App *app = data;
  (void)bus;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError *error = NULL;
    gst_message_parse_error(message, &error, NULL);
    fprintf(stderr, "%s\n", error->message);
    g_error_free(error);
    app->has_failed = TRUE;
    g_main_loop_quit(app->loop);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT &&
             gst_structure_has_name(gst_message_get_structure(message), "imagepackersink-file")) {
    const GstStructure *file = gst_message_get_structure(message);
    guint64 size = 0;
    gst_structure_get_uint64(file, "size", &size);
    printf("%s: %" G_GUINT64_FORMAT " bytes\n", gst_structure_get_string(file, "location"), size);
    fflush(stdout);
    ++app->done;
  }
  if (g_atomic_int_get(&app->is_over) && app->done == g_atomic_int_get(&app->asked)) {
    g_main_loop_quit(app->loop);
  }
  return TRUE;
}

int main(int argc, char **argv) {
  App app = {0};
  GError *error = NULL;
  gst_init(&argc, &argv);
  if (argc < 2) {
    fprintf(stderr, "usage: take_photo LOCATION [SOURCE]\n");
    return 2;
  }
  gchar *line = g_strdup_printf("%s ! tee name=t ! queue ! autovideosink t. ! imagepackersink name=photos on-request=true",
                                argc > 2 ? argv[2] : "v4l2src");
  app.pipeline = gst_parse_launch(line, &error);
  g_free(line);
  if (app.pipeline == NULL) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  app.photos = gst_bin_get_by_name(GST_BIN(app.pipeline), "photos");
  g_object_set(app.photos, "location", argv[1], NULL);
  app.loop = g_main_loop_new(NULL, FALSE);
  GstBus *bus = gst_element_get_bus(app.pipeline);
  gst_bus_add_watch(bus, on_message, &app);
  gst_element_set_state(app.pipeline, GST_STATE_PLAYING);
  gst_element_get_state(app.pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  g_thread_unref(g_thread_new("lines", read_lines, &app));
  g_main_loop_run(app.loop);
  gst_element_set_state(app.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_object_unref(app.photos);
  gst_object_unref(app.pipeline);
  g_main_loop_unref(app.loop);
  return app.has_failed;
}
