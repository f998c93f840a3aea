using ImageRights.Fingerprint.Computing;
using ImageRights.Fingerprint.Features.Renewing;
using ImageRights.Fingerprint.Projections;
using ImageRights.ServiceDefaults.Http.Description;
using static ImageRights.ServiceDefaults.Http.Description.ApiOperation;

namespace ImageRights.Fingerprint;

/// <summary>What the API's description says of each operation.</summary>
internal static class Api
{
    public static readonly ApiDescription Description = new(
        "ImageRights Fingerprint", "Decodes pictures away from everything else, says what they look like, and draws them anew for people.", new Dictionary<string, ApiOperation>
        {
            ["ComputeFingerprint"] = Reads<ComputedFingerprint>(
                    "Image_Empty", "Image_Too_Large", "Image_Format_Unsupported", "Image_Truncated", "Image_Corrupt", "Image_Too_Many_Pixels", "Image_Side_Too_Long",
                    "Image_Too_Many_Frames", "Image_Too_Many_Scans", "Image_Decode_Timeout", "Image_Decoder_Crashed", "Upload_Too_Slow")
                .WithBody("application/octet-stream"),
            ["ReadFingerprint"] = Reads<FingerprintView>("Fingerprint_Not_Found"),
            ["DescribeRenewal"] = Reads<RenewalProgress>(),
            ["ReadRendition"] = Reads<byte[]>("Not_Found", "Image_Content_Missing", "Image_Content_Altered", "Image_Corrupt") with { MediaType = "image/jpeg" },
        });
}
