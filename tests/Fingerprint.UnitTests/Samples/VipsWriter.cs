using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ImageRights.Fingerprint.Decoding;

namespace ImageRights.Fingerprint.UnitTests.Samples;

/// <summary>Writes files with libvips' encoders, so that the tests need not carry a sample of every kind.</summary>
internal static unsafe class VipsWriter
{
    private static readonly nint Library = NativeLibrary.Load(
        Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native", "libvips-cpp.so"));

    static VipsWriter() => RuntimeHelpers.RunClassConstructor(typeof(Vips).TypeHandle);

    internal static byte[] Jpeg(Raster raster, string options = "Q=90") => Save(raster, "jpegsave_buffer", options);

    internal static byte[] Png(Raster raster, string options = "compression=6") => Save(raster, "pngsave_buffer", options);

    internal static byte[] WebP(Raster raster, string options = "Q=80") => Save(raster, "webpsave_buffer", options);

    internal static byte[] Gif(Raster raster, int frameHeight = 0) => Save(raster, "gifsave_buffer", "effort=1", frameHeight: frameHeight);

    internal static byte[] Avif(Raster raster) => Save(raster, "heifsave_buffer", "compression=av1,effort=1,Q=60");

    internal static byte[] Tiff(Raster raster) => Save(raster, "tiffsave_buffer", "compression=none");

    /// <param name="interpretation">libvips' name of the colour space, or null for sRGB or grey.</param>
    /// <param name="frameHeight">Height of a frame when the raster is a strip of frames.</param>
    internal static byte[] Save(
        Raster raster, string saver, string options, string? interpretation = null, bool sixteenBits = false, int frameHeight = 0)
    {
        interpretation ??= raster.Bands <= 2 ? "b-w" : "srgb";
        var create = (delegate* unmanaged<byte*, nuint, int, int, int, int, nint>)NativeLibrary.GetExport(Library, "vips_image_new_from_memory_copy");
        var setInt = (delegate* unmanaged<nint, byte*, int, void>)NativeLibrary.GetExport(Library, "vips_image_set_int");
        nint image;
        fixed (byte* samples = raster.Samples)
            image = create(samples, (nuint)raster.Samples.Length, raster.Width, raster.Height, raster.Bands, sixteenBits ? 2 : 0);
        image = Run("copy", image, "interpretation=" + interpretation, output => GetObject(output, "out"));
        if (frameHeight > 0)
        {
            fixed (byte* name = "page-height\0"u8)
                setInt(image, name, frameHeight);
        }
        return Run(saver, image, options, output => GetBlob(output, "buffer"));
    }

    private static T Run<T>(string operation, nint image, string options, Func<nint, T> read)
    {
        image.ShouldNotBe(0);
        var run = VipsNative.vips_operation_new(operation);
        VipsNative.GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.g_type_from_name("VipsImage"));
        VipsNative.g_value_set_object(&value, image);
        VipsNative.g_object_set_property(run, "in", &value);
        VipsNative.g_value_unset(&value);
        VipsNative.g_object_unref(image);
        VipsNative.vips_object_set_from_string(run, options).ShouldBe(0, options);
        VipsNative.vips_cache_operation_buildp(&run).ShouldBe(0, operation + ": " + Marshal.PtrToStringUTF8((nint)VipsNative.vips_error_buffer()));
        var result = read(run);
        VipsNative.vips_object_unref_outputs(run);
        VipsNative.g_object_unref(run);
        return result;
    }

    private static nint GetObject(nint operation, string property)
    {
        VipsNative.GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.g_type_from_name("VipsImage"));
        VipsNative.g_object_get_property(operation, property, &value);
        var image = VipsNative.g_object_ref(VipsNative.g_value_get_object(&value));
        VipsNative.g_value_unset(&value);
        return image;
    }

    private static byte[] GetBlob(nint operation, string property)
    {
        var getBoxed = (delegate* unmanaged<VipsNative.GValue*, nint>)NativeLibrary.GetExport(Library, "g_value_get_boxed");
        var getBytes = (delegate* unmanaged<nint, nuint*, byte*>)NativeLibrary.GetExport(Library, "vips_blob_get");
        VipsNative.GValue value = default;
        VipsNative.g_value_init(&value, VipsNative.g_type_from_name("VipsBlob"));
        VipsNative.g_object_get_property(operation, property, &value);
        nuint length;
        var start = getBytes(getBoxed(&value), &length);
        var bytes = new ReadOnlySpan<byte>(start, (int)length).ToArray();
        VipsNative.g_value_unset(&value);
        return bytes;
    }
}
