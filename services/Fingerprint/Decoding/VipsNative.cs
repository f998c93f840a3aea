using System.Runtime.InteropServices;

namespace ImageRights.Fingerprint.Decoding;

/// <summary>
/// The part of libvips' and GLib's C interface that decoding and rendering need. None of these functions is variadic: calling a variadic C
/// function as if it were not is undefined, and fails on arm64.
/// </summary>
internal static unsafe partial class VipsNative
{
    /// <summary>GLib's fundamental type number of strings (G_TYPE_STRING).</summary>
    internal const nuint StringType = 64;

    [StructLayout(LayoutKind.Sequential)]
    internal struct GValue
    {
        internal nuint Type;
        internal ulong Data0;
        internal ulong Data1;
    }

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_init(string argv0);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_block_untrusted_set(int state);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void vips_operation_block_set(string name, int state);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_concurrency_set(int threads);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_cache_set_max(int operations);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_cache_set_max_mem(nuint bytes);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_cache_set_max_files(int files);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial byte* vips_error_buffer();

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_error_clear();

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint vips_operation_new(string name);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_object_set_from_string(nint target, string options);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_cache_operation_buildp(nint* operation);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_object_unref_outputs(nint target);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial nint vips_blob_new(nint free, void* data, nuint length);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void vips_area_unref(nint area);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial byte* vips_blob_get(nint blob, nuint* length);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial nint vips_image_new_from_memory(void* data, nuint length, int width, int height, int bands, int format);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial byte* vips_image_write_to_memory(nint image, nuint* size);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_get_width(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_get_height(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_get_bands(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_get_format(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_get_n_pages(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_get_orientation(nint image);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial int vips_image_hasalpha(nint image);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint vips_image_get_typeof(nint image, string field);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint g_type_from_name(string name);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial GValue* g_value_init(GValue* value, nuint type);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void g_value_unset(GValue* value);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void g_value_set_object(GValue* value, nint instance);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial nint g_value_get_object(GValue* value);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void g_value_set_boxed(GValue* value, nint boxed);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial nint g_value_get_boxed(GValue* value);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_value_set_string(GValue* value, string text);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_set_property(nint instance, string name, GValue* value);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_get_property(nint instance, string name, GValue* value);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial nint g_object_ref(nint instance);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void g_object_unref(nint instance);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial void g_free(void* memory);

    [LibraryImport(NativeLibraries.Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int g_setenv(string name, string value, int overwrite);

    [LibraryImport(NativeLibraries.Vips)]
    internal static partial nint g_log_set_default_handler(delegate* unmanaged[Cdecl]<byte*, int, byte*, nint, void> handler, nint data);
}
