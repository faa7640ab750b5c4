/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Metadata of a picture on its way along a pipeline, as a GstCustomMeta: what an image file held beside its pixels, for
 * the encoder that packs them anew. It needs no library: an application attaches it with
 *
 *   GstCustomMeta *meta = gst_buffer_add_custom_meta (buffer, IMAGEPACKER_METADATA_META);
 *   gst_structure_set (gst_custom_meta_get_structure (meta),
 *       IMAGEPACKER_METADATA_EXIF, GST_TYPE_BUFFER, exif, NULL);
 *
 * once the plugin is loaded (any of its elements has been made), which registers the name. Elements that copy metas
 * without a tag, such as videoconvert, videoscale, queue and tee, hand it on.
 */

/* The name of the meta. */
#define IMAGEPACKER_METADATA_META "ImagePackerMetadata"

/* Fields of its structure; each is optional and a GstBuffer that nobody changes. */

/* A TIFF structure ("II*\0" or "MM\0*" first). */
#define IMAGEPACKER_METADATA_EXIF "exif"
/* An XMP packet in UTF-8. */
#define IMAGEPACKER_METADATA_XMP "xmp"
/* An ICC profile that describes the pixels. */
#define IMAGEPACKER_METADATA_ICC "icc"

/*
 * The same blobs as samples of the tag "attachment", told apart by their caps, for streams whose frames share them.
 * A meta on the frame outranks them.
 */
#define IMAGEPACKER_EXIF_CAPS "application/x-exif"
#define IMAGEPACKER_XMP_CAPS "application/rdf+xml"
#define IMAGEPACKER_ICC_CAPS "application/vnd.iccprofile"

