using ImageRights.Hosting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A RabbitMQ broker: a local process, or the one that <c>ConnectionStrings:{name}</c> points to.</summary>
public sealed class RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource? password) : Resource(name),
    IResourceWithConnectionString, IResourceWithEnvironment, IResourceWithWaitSupport
{
    private readonly TaskCompletionSource<Addresses> addresses = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ParameterResource? UserNameParameter => userName;
    public ParameterResource? PasswordParameter => password;

    internal int? Port { get; init; }

    /// <summary>File with the broker's further users; null when everybody is its first user.</summary>
    internal string? Definitions { get; init; }

    /// <param name="connectionString">The first user's.</param>
    /// <param name="users">The further users', by name; services are users by their own.</param>
    internal void Allocate(string connectionString, IReadOnlyDictionary<string, string>? users = null) => addresses.TrySetResult(new Addresses(connectionString, users ?? new Dictionary<string, string>()));

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        (await addresses.Task.WaitAsync(cancellationToken)).First;

    internal async ValueTask<IReadOnlyDictionary<string, string>> GetUsersAsync(CancellationToken cancellationToken) =>
        (await addresses.Task.WaitAsync(cancellationToken)).Users;

    async ValueTask<string?> IResourceWithConnectionString.GetConnectionStringAsync(IResource client, CancellationToken cancellationToken)
    {
        var (first, users) = await addresses.Task.WaitAsync(cancellationToken);
        return users.Count == 0 ? first : users.GetValueOrDefault(client.Name)
            ?? throw new HostingException($"\"{client.Name}\" is no user of \"{Name}\".", $"Say in {Definitions} what it may do there.");
    }

    IReadOnlyList<KeyValuePair<string, string>> IResourceWithConnectionString.PartsOf(string connectionString)
    {
        var uri = new Uri(connectionString);
        var user = uri.UserInfo.Split(':', 2);
        return
        [
            new("Host", uri.Host),
            new("Port", $"{(uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672)}"),
            new("Username", Uri.UnescapeDataString(user[0])),
            new("Password", user.Length > 1 ? Uri.UnescapeDataString(user[1]) : ""),
            new("Uri", uri.OriginalString),
        ];
    }

    private sealed record Addresses(string First, IReadOnlyDictionary<string, string> Users);
}
