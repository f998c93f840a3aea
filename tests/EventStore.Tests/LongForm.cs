namespace ImageRights.EventStore.Tests;

/// <summary>Tests that take minutes run in full with <c>IMAGERIGHTS_LONG=1</c> and in a short form otherwise.</summary>
internal static class LongForm
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("IMAGERIGHTS_LONG") == "1";

    public static T Or<T>(T full, T shortened) => IsOn ? full : shortened;
}
