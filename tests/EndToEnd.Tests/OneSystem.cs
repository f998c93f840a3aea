namespace ImageRights.EndToEnd.Tests;

/// <summary>One running system for all tests that leave it running.</summary>
public sealed class OneSystem : IAsyncLifetime
{
    public RunningSystem System { get; private set; } = null!;

    public async Task InitializeAsync() => System = await RunningSystem.StartAsync();

    public async Task DisposeAsync() => await System.DisposeAsync();
}

[CollectionDefinition(nameof(OneSystem))]
public sealed class OneSystemCollection : ICollectionFixture<OneSystem>;
