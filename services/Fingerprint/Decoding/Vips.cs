using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static ImageRights.Fingerprint.Decoding.VipsNative;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>
/// libvips as a decoder of untrusted bytes: five loaders and no others, no operation cache, one thread a picture; and as the encoder of
/// what is shown of them.
/// Thread-safe; the first use starts the library.
/// </summary>
internal static unsafe class Vips
{
    private static readonly nuint ImageType;
    private static readonly nuint BlobType;

    static Vips()
    {
        // Bad files make libvips and GLib write to standard error, as much as the sender likes; what counts comes back as an error.
        _ = g_setenv("VIPS_WARNING", "0", 1);
        _ = g_log_set_default_handler(&Discard, 0);
        if (vips_init("ImageRights") != 0)
            throw new InvalidOperationException("libvips does not start: " + TakeError());

        // Blocking only what libvips calls untrusted still admits TIFF, so everything is blocked and five are let back in.
        vips_block_untrusted_set(1);
        vips_operation_block_set("VipsForeignLoad", 1);
        foreach (var loader in (string[])
            ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadHeif"])
            vips_operation_block_set(loader, 0);

        vips_concurrency_set(1);
        vips_cache_set_max(0);
        vips_cache_set_max_mem(0);
        vips_cache_set_max_files(0);
        ImageType = g_type_from_name("VipsImage");
        BlobType = g_type_from_name("VipsBlob");
    }

    /// <returns>The header, or null when libvips does not accept it.</returns>
    internal static PictureHeader? ReadHeader(PictureFormat format, ReadOnlySpan<byte> bytes, out string error)
    {
        fixed (byte* data = bytes)
        {
            var image = Load(LoaderOf(format), data, bytes.Length, options: null, loaderOptions: null);
            if (image == 0)
            {
                error = TakeError();
                return null;
            }
            error = "";
            var header = new PictureHeader(
                format,
                vips_image_get_width(image),
                vips_image_get_height(image),
                vips_image_get_n_pages(image),
                vips_image_hasalpha(image) != 0,
                vips_image_get_typeof(image, "interlaced") != 0,
                vips_image_get_orientation(image));
            g_object_unref(image);
            return header;
        }
    }

    /// <param name="colourManaged">Whether an embedded colour profile is applied. Fingerprints leave it alone, as their reference does.</param>
    /// <returns>The first frame, upright, on white, reduced to <paramref name="maxSide"/>; or null when it does not decode.</returns>
    internal static (byte[] Rgb, int Width, int Height)? Decode(ReadOnlySpan<byte> bytes, int maxSide, bool colourManaged, out string error)
    {
        fixed (byte* data = bytes)
        {
            var options = $"width={maxSide},height={maxSide},size=down" + (colourManaged ? ",export_profile=srgb" : "");
            // thumbnail_buffer ignores its own fail_on for buffers; only the loader's option stops at a missing tail.
            var image = Load("thumbnail_buffer", data, bytes.Length, options, "[fail_on=truncated]");
            // sRGB and not b-w: luminance in b-w is computed in linear light and differs from luma by several grey levels.
            image = Then("colourspace", image, "space=srgb");
            // After colourspace, so that white is 255 for 16-bit pictures too.
            if (image != 0 && vips_image_hasalpha(image) != 0)
                image = Then("flatten", image, "background=255");
            if (image == 0)
            {
                error = TakeError();
                return null;
            }
            var pixels = ReadPixels(image, out error);
            g_object_unref(image);
            return pixels;
        }
    }

    /// <summary>Encodes bare pixels: nothing of a file but what can be seen reaches the result.</summary>
    /// <param name="rgb">Rows from the top, three bytes a pixel, without padding.</param>
    /// <returns>A JPEG without metadata, or null when encoding fails.</returns>
    internal static byte[]? EncodeJpeg(ReadOnlySpan<byte> rgb, int width, int height, int quality, out string error) =>
        Encode("jpegsave_buffer", rgb, width, height, quality, out error);

    internal static byte[]? Encode(string saver, ReadOnlySpan<byte> rgb, int width, int height, int quality, out string error)
    {
        const int EightBits = 0;
        fixed (byte* pixels = rgb)
        {
            var image = vips_image_new_from_memory(pixels, (nuint)rgb.Length, width, height, 3, EightBits);
            var bytes = Save(saver, Then("copy", image, "interpretation=srgb"), $"Q={quality},keep=none");
            error = bytes is null ? TakeError() : "";
            return bytes;
        }
    }

    private static (byte[] Rgb, int Width, int Height)? ReadPixels(nint image, out string error)
    {
        const int EightBits = 0;
        var (width, height) = (vips_image_get_width(image), vips_image_get_height(image));
        if (vips_image_get_bands(image) != 3 || vips_image_get_format(image) != EightBits)
        {
            error = $"{vips_image_get_bands(image)} bands of format {vips_image_get_format(image)} after conversion to sRGB";
            return null;
        }
        // This is where the work is done: libvips decodes when pixels are asked for.
        nuint size;
        var memory = vips_image_write_to_memory(image, &size);
        if (memory == null)
        {
            error = TakeError();
            return null;
        }
        error = "";
        var rgb = new ReadOnlySpan<byte>(memory, checked((int)size)).ToArray();
        g_free(memory);
        return (rgb, width, height);
    }

    private static string LoaderOf(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "jpegload_buffer",
        PictureFormat.Png => "pngload_buffer",
        PictureFormat.WebP => "webpload_buffer",
        PictureFormat.Gif => "gifload_buffer",
        PictureFormat.Avif => "heifload_buffer",
    };

    /// <summary>Runs an operation on bytes. They must stay pinned until the image's pixels have been read.</summary>
    private static nint Load(string operation, byte* data, int length, string? options, string? loaderOptions)
    {
        var load = vips_operation_new(operation);
        if (load == 0)
            return 0;
        var blob = vips_blob_new(0, data, (nuint)length);
        SetBoxed(load, "buffer", blob);
        vips_area_unref(blob);
        if (loaderOptions is not null)
            SetString(load, "option_string", loaderOptions);
        if (options is not null && vips_object_set_from_string(load, options) != 0)
        {
            g_object_unref(load);
            return 0;
        }
        return Build(load);
    }

    /// <summary>Runs an operation on an image, which it takes over; nothing happens to no image.</summary>
    private static nint Then(string operation, nint image, string options)
    {
        var next = Prepare(operation, image, options);
        return next == 0 ? 0 : Build(next);
    }

    /// <summary>Encodes an image, which it takes over.</summary>
    private static byte[]? Save(string operation, nint image, string options)
    {
        var save = Prepare(operation, image, options);
        if (save == 0)
            return null;
        byte[]? bytes = null;
        if (vips_cache_operation_buildp(&save) == 0)
            bytes = GetBlob(save, "buffer");
        vips_object_unref_outputs(save);
        g_object_unref(save);
        return bytes;
    }

    private static nint Prepare(string operation, nint image, string options)
    {
        if (image == 0)
            return 0;
        var next = vips_operation_new(operation);
        if (next != 0)
        {
            SetObject(next, "in", image);
            if (vips_object_set_from_string(next, options) != 0)
            {
                g_object_unref(next);
                next = 0;
            }
        }
        g_object_unref(image);
        return next;
    }

    private static nint Build(nint operation)
    {
        nint output = 0;
        if (vips_cache_operation_buildp(&operation) == 0)
            output = GetImage(operation, "out");
        vips_object_unref_outputs(operation);
        g_object_unref(operation);
        return output;
    }

    private static nint GetImage(nint operation, string property)
    {
        GValue value = default;
        g_value_init(&value, ImageType);
        g_object_get_property(operation, property, &value);
        var image = g_object_ref(g_value_get_object(&value));
        g_value_unset(&value);
        return image;
    }

    private static byte[] GetBlob(nint operation, string property)
    {
        GValue value = default;
        g_value_init(&value, BlobType);
        g_object_get_property(operation, property, &value);
        nuint length;
        var start = vips_blob_get(g_value_get_boxed(&value), &length);
        var bytes = new ReadOnlySpan<byte>(start, checked((int)length)).ToArray();
        g_value_unset(&value);
        return bytes;
    }

    private static void SetObject(nint operation, string property, nint image)
    {
        GValue value = default;
        g_value_init(&value, ImageType);
        g_value_set_object(&value, image);
        g_object_set_property(operation, property, &value);
        g_value_unset(&value);
    }

    private static void SetBoxed(nint operation, string property, nint blob)
    {
        GValue value = default;
        g_value_init(&value, BlobType);
        g_value_set_boxed(&value, blob);
        g_object_set_property(operation, property, &value);
        g_value_unset(&value);
    }

    private static void SetString(nint operation, string property, string text)
    {
        GValue value = default;
        g_value_init(&value, StringType);
        g_value_set_string(&value, text);
        g_object_set_property(operation, property, &value);
        g_value_unset(&value);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Discard(byte* domain, int level, byte* message, nint data)
    {
    }

    // One buffer for the whole process: with several decodes at once the text may be another picture's. Never decide by it.
    private static string TakeError()
    {
        var text = Marshal.PtrToStringUTF8((nint)vips_error_buffer()) ?? "";
        vips_error_clear();
        text = text.Trim().ReplaceLineEndings("; ");
        // The cause comes last, after whatever the loader tried.
        return text.Length <= 200 ? text : text[^200..];
    }
}
