namespace ImageRights.Matching.IntegrationTests;

/// <summary>One running replica that the tests of a class share; each uses hashes and ids of its own.</summary>
public sealed class MatchingService : IAsyncLifetime
{
    internal Surroundings Surroundings { get; private set; } = null!;
    internal Replica Replica { get; private set; } = null!;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        Surroundings = await Surroundings.CreateAsync();
        Replica = await Replica.StartAsync(Surroundings);
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        // Not there when the start failed; that failure is the one to read.
        if (Replica is not null) await Replica.DisposeAsync();
        if (Surroundings is not null) await Surroundings.DisposeAsync();
    }
}
