using Npgsql;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server: a local process, or the one that <c>ConnectionStrings:{name}</c> points to.</summary>
public sealed class PostgresServerResource(string name, ParameterResource? userName, ParameterResource? password) : Resource(name),
    IResourceWithConnectionString, IResourceWithEnvironment, IResourceWithWaitSupport
{
    private readonly TaskCompletionSource<string> connectionString = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PostgresDatabaseResource> databases = [];

    public ParameterResource? UserNameParameter => userName;
    public ParameterResource? PasswordParameter => password;
    public IReadOnlyList<PostgresDatabaseResource> Databases => databases;

    internal int? Port { get; init; }
    internal void Allocate(string value) => connectionString.TrySetResult(value);
    internal void Add(PostgresDatabaseResource database) => databases.Add(database);

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        await connectionString.Task.WaitAsync(cancellationToken);

    IReadOnlyList<KeyValuePair<string, string>> IResourceWithConnectionString.PartsOf(string connectionString) => PartsOf(connectionString);

    internal static IReadOnlyList<KeyValuePair<string, string>> PartsOf(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        var user = Uri.EscapeDataString(parts.Username ?? "");
        var password = Uri.EscapeDataString(parts.Password ?? "");
        var path = parts.Database is null ? "" : "/" + Uri.EscapeDataString(parts.Database);
        List<KeyValuePair<string, string>> properties =
        [
            new("Host", parts.Host ?? ""),
            new("Port", $"{parts.Port}"),
            new("Username", parts.Username ?? ""),
            new("Password", parts.Password ?? ""),
            new("Uri", $"postgresql://{user}:{password}@{parts.Host}:{parts.Port}{path}"),
            new("JdbcConnectionString", $"jdbc:postgresql://{parts.Host}:{parts.Port}{path}"),
        ];
        if (parts.Database is not null) properties.Add(new("DatabaseName", parts.Database));
        return properties;
    }
}

/// <summary>One database of a server; created when it is missing.</summary>
public sealed class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource server) : Resource(name),
    IResourceWithConnectionString, IResourceWithParent<PostgresServerResource>
{
    public PostgresServerResource Parent => server;
    public string DatabaseName => databaseName;

    /// <summary>Given from outside; then the server is not asked.</summary>
    internal string? ExternalConnectionString { get; init; }

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        ExternalConnectionString
        ?? new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync(cancellationToken)) { Database = databaseName }.ConnectionString;

    IReadOnlyList<KeyValuePair<string, string>> IResourceWithConnectionString.PartsOf(string connectionString) => PostgresServerResource.PartsOf(connectionString);
}
