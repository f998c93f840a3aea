using System.Diagnostics;
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
        private static readonly Lazy<Task<(string Postgres, string Messaging, string Management)>> Servers = new(StartAsync);
        private static Process? own;

        public static Task<(string Postgres, string Messaging, string Management)> ServersAsync() => Servers.Value;

        private static async Task<(string Postgres, string Messaging, string Management)> StartAsync()
        {
            if (Environment.GetEnvironmentVariable("IMAGERIGHTS_TEST_POSTGRES") is { Length: > 0 }) return Read(Environment.GetEnvironmentVariable);
            // Started alone, as from an editor: servers of this process's own, which end when it ends and their input closes.
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            var program = Path.Combine(here.Parent!.Parent!.FullName, "TestServers", here.Name, "ImageRights.TestServers.dll");
            var file = Path.Combine(Path.GetTempPath(), $"imagerights-test-servers-{Environment.ProcessId}.env");
            own = Process.Start(new ProcessStartInfo("dotnet", [program, file, "--until-input-closes"]) { RedirectStandardInput = true })!;
            var lines = await Eventually.GetAsync(
                async () => File.Exists(file) ? await File.ReadAllLinesAsync(file) : own.HasExited ? throw new InvalidOperationException($"{program} ended with {own.ExitCode}.") : null,
                TimeSpan.FromSeconds(90), "The start of PostgreSQL and RabbitMQ");
            File.Delete(file);
            var values = lines.Where(line => line.Length > 0).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim('\''));
            return Read(name => values[name]);
        }

        private static (string Postgres, string Messaging, string Management) Read(Func<string, string?> value) =>
            (value("IMAGERIGHTS_TEST_POSTGRES")!, value("IMAGERIGHTS_TEST_MESSAGING")!, value("IMAGERIGHTS_TEST_MESSAGING_MANAGEMENT")!);
    }
}
