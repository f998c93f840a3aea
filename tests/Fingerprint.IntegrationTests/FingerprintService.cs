namespace ImageRights.Fingerprint.IntegrationTests;

/// <summary>One running replica that the tests of a class share; each uses pictures and ids of its own.</summary>
public sealed class FingerprintService : IAsyncLifetime
{
    internal Surroundings Surroundings { get; private set; } = null!;
    internal Replica Replica { get; private set; } = null!;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        Surroundings = await Surroundings.CreateAsync();
        Replica = await Replica.StartAsync(Surroundings, "--Fingerprint:BodyTimeout=00:00:02");
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await Replica.DisposeAsync();
        await Surroundings.DisposeAsync();
    }
}
