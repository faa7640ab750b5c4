// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/exif_key.h"

#include <algorithm>
#include <iterator>

namespace imagepacker {
namespace {

using enum ExifDirectory;
using enum ExifType;

// Exif 2.32, tables 4 to 8 and 15. What describes the coded picture (size, colour space, orientation, thumbnail) is not
// here: the packer states it.
constexpr ExifKey kKeys[] = {
    {"Exif.Image.DocumentName", image, 0x010D, ascii, 0},
    {"Exif.Image.ImageDescription", image, 0x010E, ascii, 0},
    {"Exif.Image.Make", image, 0x010F, ascii, 0},
    {"Exif.Image.Model", image, 0x0110, ascii, 0},
    {"Exif.Image.XResolution", image, 0x011A, rational, 1},
    {"Exif.Image.YResolution", image, 0x011B, rational, 1},
    {"Exif.Image.ResolutionUnit", image, 0x0128, u16, 1},
    {"Exif.Image.Software", image, 0x0131, ascii, 0},
    {"Exif.Image.DateTime", image, 0x0132, ascii, 0},
    {"Exif.Image.Artist", image, 0x013B, ascii, 0},
    {"Exif.Image.HostComputer", image, 0x013C, ascii, 0},
    {"Exif.Image.Copyright", image, 0x8298, ascii, 0},
    {"Exif.Photo.ExposureTime", photo, 0x829A, rational, 1},
    {"Exif.Photo.FNumber", photo, 0x829D, rational, 1},
    {"Exif.Photo.ExposureProgram", photo, 0x8822, u16, 1},
    {"Exif.Photo.SpectralSensitivity", photo, 0x8824, ascii, 0},
    {"Exif.Photo.ISOSpeedRatings", photo, 0x8827, u16, 1},
    {"Exif.Photo.SensitivityType", photo, 0x8830, u16, 1},
    {"Exif.Photo.StandardOutputSensitivity", photo, 0x8831, u32, 1},
    {"Exif.Photo.RecommendedExposureIndex", photo, 0x8832, u32, 1},
    {"Exif.Photo.ISOSpeed", photo, 0x8833, u32, 1},
    {"Exif.Photo.DateTimeOriginal", photo, 0x9003, ascii, 0},
    {"Exif.Photo.DateTimeDigitized", photo, 0x9004, ascii, 0},
    {"Exif.Photo.OffsetTime", photo, 0x9010, ascii, 0},
    {"Exif.Photo.OffsetTimeOriginal", photo, 0x9011, ascii, 0},
    {"Exif.Photo.OffsetTimeDigitized", photo, 0x9012, ascii, 0},
    {"Exif.Photo.CompressedBitsPerPixel", photo, 0x9102, rational, 1},
    {"Exif.Photo.ShutterSpeedValue", photo, 0x9201, signed_rational, 1},
    {"Exif.Photo.ApertureValue", photo, 0x9202, rational, 1},
    {"Exif.Photo.BrightnessValue", photo, 0x9203, signed_rational, 1},
    {"Exif.Photo.ExposureBiasValue", photo, 0x9204, signed_rational, 1},
    {"Exif.Photo.MaxApertureValue", photo, 0x9205, rational, 1},
    {"Exif.Photo.SubjectDistance", photo, 0x9206, rational, 1},
    {"Exif.Photo.MeteringMode", photo, 0x9207, u16, 1},
    {"Exif.Photo.LightSource", photo, 0x9208, u16, 1},
    {"Exif.Photo.Flash", photo, 0x9209, u16, 1},
    {"Exif.Photo.FocalLength", photo, 0x920A, rational, 1},
    {"Exif.Photo.SubjectArea", photo, 0x9214, u16, 0},
    {"Exif.Photo.MakerNote", photo, 0x927C, undefined, 0},
    {"Exif.Photo.UserComment", photo, 0x9286, comment, 0},
    {"Exif.Photo.SubSecTime", photo, 0x9290, ascii, 0},
    {"Exif.Photo.SubSecTimeOriginal", photo, 0x9291, ascii, 0},
    {"Exif.Photo.SubSecTimeDigitized", photo, 0x9292, ascii, 0},
    {"Exif.Photo.Temperature", photo, 0x9400, signed_rational, 1},
    {"Exif.Photo.Humidity", photo, 0x9401, rational, 1},
    {"Exif.Photo.Pressure", photo, 0x9402, rational, 1},
    {"Exif.Photo.WaterDepth", photo, 0x9403, signed_rational, 1},
    {"Exif.Photo.Acceleration", photo, 0x9404, rational, 1},
    {"Exif.Photo.CameraElevationAngle", photo, 0x9405, signed_rational, 1},
    {"Exif.Photo.RelatedSoundFile", photo, 0xA004, ascii, 0},
    {"Exif.Photo.FlashEnergy", photo, 0xA20B, rational, 1},
    {"Exif.Photo.FocalPlaneXResolution", photo, 0xA20E, rational, 1},
    {"Exif.Photo.FocalPlaneYResolution", photo, 0xA20F, rational, 1},
    {"Exif.Photo.FocalPlaneResolutionUnit", photo, 0xA210, u16, 1},
    {"Exif.Photo.SubjectLocation", photo, 0xA214, u16, 2},
    {"Exif.Photo.ExposureIndex", photo, 0xA215, rational, 1},
    {"Exif.Photo.SensingMethod", photo, 0xA217, u16, 1},
    {"Exif.Photo.FileSource", photo, 0xA300, undefined, 1},
    {"Exif.Photo.SceneType", photo, 0xA301, undefined, 1},
    {"Exif.Photo.CustomRendered", photo, 0xA401, u16, 1},
    {"Exif.Photo.ExposureMode", photo, 0xA402, u16, 1},
    {"Exif.Photo.WhiteBalance", photo, 0xA403, u16, 1},
    {"Exif.Photo.DigitalZoomRatio", photo, 0xA404, rational, 1},
    {"Exif.Photo.FocalLengthIn35mmFilm", photo, 0xA405, u16, 1},
    {"Exif.Photo.SceneCaptureType", photo, 0xA406, u16, 1},
    {"Exif.Photo.GainControl", photo, 0xA407, u16, 1},
    {"Exif.Photo.Contrast", photo, 0xA408, u16, 1},
    {"Exif.Photo.Saturation", photo, 0xA409, u16, 1},
    {"Exif.Photo.Sharpness", photo, 0xA40A, u16, 1},
    {"Exif.Photo.SubjectDistanceRange", photo, 0xA40C, u16, 1},
    {"Exif.Photo.ImageUniqueID", photo, 0xA420, ascii, 0},
    {"Exif.Photo.CameraOwnerName", photo, 0xA430, ascii, 0},
    {"Exif.Photo.BodySerialNumber", photo, 0xA431, ascii, 0},
    {"Exif.Photo.LensSpecification", photo, 0xA432, rational, 4},
    {"Exif.Photo.LensMake", photo, 0xA433, ascii, 0},
    {"Exif.Photo.LensModel", photo, 0xA434, ascii, 0},
    {"Exif.Photo.LensSerialNumber", photo, 0xA435, ascii, 0},
    {"Exif.Photo.CompositeImage", photo, 0xA460, u16, 1},
    {"Exif.Photo.Gamma", photo, 0xA500, rational, 1},
    {"Exif.GPSInfo.GPSVersionID", gps, 0x0000, byte, 4},
    {"Exif.GPSInfo.GPSLatitudeRef", gps, 0x0001, ascii, 0},
    {"Exif.GPSInfo.GPSLatitude", gps, 0x0002, rational, 3},
    {"Exif.GPSInfo.GPSLongitudeRef", gps, 0x0003, ascii, 0},
    {"Exif.GPSInfo.GPSLongitude", gps, 0x0004, rational, 3},
    {"Exif.GPSInfo.GPSAltitudeRef", gps, 0x0005, byte, 1},
    {"Exif.GPSInfo.GPSAltitude", gps, 0x0006, rational, 1},
    {"Exif.GPSInfo.GPSTimeStamp", gps, 0x0007, rational, 3},
    {"Exif.GPSInfo.GPSSatellites", gps, 0x0008, ascii, 0},
    {"Exif.GPSInfo.GPSStatus", gps, 0x0009, ascii, 0},
    {"Exif.GPSInfo.GPSMeasureMode", gps, 0x000A, ascii, 0},
    {"Exif.GPSInfo.GPSDOP", gps, 0x000B, rational, 1},
    {"Exif.GPSInfo.GPSSpeedRef", gps, 0x000C, ascii, 0},
    {"Exif.GPSInfo.GPSSpeed", gps, 0x000D, rational, 1},
    {"Exif.GPSInfo.GPSTrackRef", gps, 0x000E, ascii, 0},
    {"Exif.GPSInfo.GPSTrack", gps, 0x000F, rational, 1},
    {"Exif.GPSInfo.GPSImgDirectionRef", gps, 0x0010, ascii, 0},
    {"Exif.GPSInfo.GPSImgDirection", gps, 0x0011, rational, 1},
    {"Exif.GPSInfo.GPSMapDatum", gps, 0x0012, ascii, 0},
    {"Exif.GPSInfo.GPSDateStamp", gps, 0x001D, ascii, 0},
    {"Exif.GPSInfo.GPSHPositioningError", gps, 0x001F, rational, 1},
};

}  // namespace

std::span<const ExifKey> exif_keys() {
  return kKeys;
}

const ExifKey* find_exif_key(std::string_view name) {
  const auto* const found = std::ranges::find(kKeys, name, &ExifKey::name);
  return found == std::end(kKeys) ? nullptr : found;
}

}  // namespace imagepacker
