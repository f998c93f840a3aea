namespace Aspire.Hosting.ApplicationModel;

/// <summary>A RabbitMQ broker: a local process, or the one that <c>ConnectionStrings:{name}</c> points to.</summary>
public sealed class RabbitMQServerResource(string name, ParameterResource? userName, ParameterResource? password) : Resource(name),
    IResourceWithConnectionString, IResourceWithEnvironment, IResourceWithWaitSupport
{
    private readonly TaskCompletionSource<string> connectionString = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ParameterResource? UserNameParameter => userName;
    public ParameterResource? PasswordParameter => password;

    internal int? Port { get; init; }
    internal void Allocate(string value) => connectionString.TrySetResult(value);

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        await connectionString.Task.WaitAsync(cancellationToken);

    async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> IResourceWithConnectionString.GetConnectionPropertiesAsync(CancellationToken cancellationToken)
    {
        var uri = new Uri((await GetConnectionStringAsync(cancellationToken))!);
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
}
