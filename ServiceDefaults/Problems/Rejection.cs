namespace ImageRights.ServiceDefaults.Problems;

/// <summary>A command that the rules refuse: a value, not an exception.</summary>
/// <param name="Code">Stable code of the catalogue, such as <c>Image_Truncated</c>.</param>
/// <param name="Detail">What exactly was found, for this request, in English; adds to the catalogue's text.</param>
/// <param name="Pointer">JSON Pointer or form field that is at fault.</param>
/// <param name="RetryAfter">When another try may succeed.</param>
public sealed record Rejection(string Code, string? Detail = null, string? Pointer = null, TimeSpan? RetryAfter = null)
{
    /// <summary>A field that the operation does not know.</summary>
    public static Rejection UnknownField(string name, string pointer) => new("Field_Unknown", $"{name} is no field of this request.", pointer);

    /// <summary>A name as a step of a JSON Pointer (RFC 6901).</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
