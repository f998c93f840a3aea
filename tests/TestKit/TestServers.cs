using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Npgsql;

namespace ImageRights.TestKit;

/// <summary>Real PostgreSQL and RabbitMQ for tests: a fresh database and a fresh virtual host for each caller, on servers shared by the run.</summary>
public static class TestServers
{
    /// <summary>A new empty database; gives its connection string.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var server = new NpgsqlConnectionStringBuilder((await Running.ServersAsync()).Postgres);
        var name = $"t_{Guid.CreateVersion7():N}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        server.Database = name;
        server.MaxPoolSize = 20;
        return server.ConnectionString;
    }

    /// <summary>A new empty virtual host; gives its AMQP address.</summary>
    public static async Task<string> CreateVirtualHostAsync()
    {
        var servers = await Running.ServersAsync();
        var name = $"t_{Guid.CreateVersion7():N}";
        using var http = ManagementClient(servers);
        (await http.PutAsync($"api/vhosts/{name}", null)).EnsureSuccessStatusCode();
        var user = new Uri(servers.Messaging).UserInfo.Split(':')[0];
        (await http.PutAsJsonAsync($"api/permissions/{name}/{user}", new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode();
        return new UriBuilder(servers.Messaging) { Path = name }.Uri.ToString();
    }

    /// <summary>The broker's management API, for looking into queues.</summary>
    public static async Task<HttpClient> ManagementAsync() => ManagementClient(await Running.ServersAsync());

    private static HttpClient ManagementClient((string Postgres, string Messaging, string Management) servers)
    {
        var http = new HttpClient { BaseAddress = new Uri(servers.Management), Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(new Uri(servers.Messaging).UserInfo))));
        return http;
    }

    private static class Running
    {
        public static Task<(string Postgres, string Messaging, string Management)> ServersAsync() => Task.FromResult((
            Environment.GetEnvironmentVariable("IMAGERIGHTS_TEST_POSTGRES") ?? throw new InvalidOperationException("IMAGERIGHTS_TEST_POSTGRES is not set; run ./test.sh."),
            Environment.GetEnvironmentVariable("IMAGERIGHTS_TEST_MESSAGING") ?? throw new InvalidOperationException("IMAGERIGHTS_TEST_MESSAGING is not set; run ./test.sh."),
            Environment.GetEnvironmentVariable("IMAGERIGHTS_TEST_MESSAGING_MANAGEMENT") ?? throw new InvalidOperationException("IMAGERIGHTS_TEST_MESSAGING_MANAGEMENT is not set; run ./test.sh.")));
    }
}
