namespace ImageRights.Hosting;

internal static class EnvironmentNames
{
    /// <summary>Makes a name usable in a shell: what is no letter or digit becomes <c>_</c>, and a leading digit gets one in front.</summary>
    internal static string Encode(string name)
    {
        var encoded = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return char.IsAsciiDigit(encoded[0]) ? "_" + encoded : encoded;
    }
}
