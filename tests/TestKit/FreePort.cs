using ImageRights.Hosting;

namespace ImageRights.TestKit;

/// <summary>Ports for servers of tests.</summary>
public static class FreePort
{
    // Apart from those that an AppHost draws.
    private static readonly PortRange Range = new(10_000, 14_999);

    /// <inheritdoc cref="PortRange.Next" />
    public static int Next() => Range.Next();
}
