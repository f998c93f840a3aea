namespace ImageRights.CaseManagement.Cases;

/// <summary>Identity of a case: <c>case_</c> and 32 lower-case hexadecimal digits.</summary>
public readonly record struct CaseId(string Value)
{
    /// <summary>Streams of cases begin with this.</summary>
    public const string StreamPrefix = "case-";

    /// <summary>Key of the case's stream.</summary>
    public string StreamKey => StreamPrefix + Value;

    /// <summary>A new identity out of a time-ordered UUID, so that cases sort by age.</summary>
    public static CaseId From(Guid unique) => new($"case_{unique:N}");

    /// <summary>The case that a stream is about.</summary>
    public static CaseId OfStream(string key) => new(key[StreamPrefix.Length..]);

    /// <summary>Reads an identity; anything else names no case.</summary>
    public static bool TryParse(string? text, out CaseId id)
    {
        id = new CaseId(text ?? "");
        return text is { Length: 37 } && text.StartsWith("case_", StringComparison.Ordinal) && text.AsSpan(5).IndexOfAnyExcept("0123456789abcdef") < 0;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
