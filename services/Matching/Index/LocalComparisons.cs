namespace ImageRights.Matching.Index;

/// <summary>Comparisons of one picture with references, each made once: what is uploaded again and again is in the index many times with the same features, and what was registered may be in both
/// banks.</summary>
internal sealed class LocalComparisons(LocalFeatures picture)
{
    private readonly Dictionary<LocalFeatures, LocalFeatures> known = new(SameFeatures.Comparer);
    private readonly Dictionary<(LocalFeatures Reference, bool IsMirrored), Alignment?> aligned = [];
    private readonly Dictionary<(LocalFeatures Reference, Affine Transform, bool IsMirrored, bool IsInverted), Alignment> compared = [];

    /// <summary>Those of a query; null when it has no local features.</summary>
    public static LocalComparisons? Of(PictureQuery query) => query.Features?.Local is { } picture ? new LocalComparisons(picture) : null;

    /// <summary>As <see cref="LocalVerifier.Align"/>.</summary>
    public Alignment? Align(LocalFeatures reference, bool mirrored)
    {
        var key = (Known(reference), mirrored);
        if (!aligned.TryGetValue(key, out var alignment)) aligned.Add(key, alignment = LocalVerifier.Align(picture, reference, mirrored));
        return alignment;
    }

    /// <summary>As <see cref="LocalVerifier.Compare"/>.</summary>
    public Alignment Compare(LocalFeatures reference, in Affine transform, bool mirrored, bool inverted)
    {
        var key = (Known(reference), transform, mirrored, inverted);
        if (!compared.TryGetValue(key, out var alignment)) compared.Add(key, alignment = LocalVerifier.Compare(picture, reference, transform, mirrored, inverted));
        return alignment;
    }

    private LocalFeatures Known(LocalFeatures reference)
    {
        if (!known.TryGetValue(reference, out var same)) known.Add(reference, same = reference);
        return same;
    }
}
