using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImageRights.Contracts.Inbound.V1;

namespace ImageRights.Contracts.Tests;

/// <summary>The broker's users (<c>AppHost/messaging.definitions.json</c>) follow from who publishes and who hears what.</summary>
public class BrokerRightsTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Services = ["ingestion", "fingerprint", "matching", "casemanagement", "notification"];
    private static readonly string Inbound = Regex.Escape(InboundEvents.Exchange);

    [Fact]
    public void Each_service_may_use_its_queues_what_it_publishes_and_what_it_hears_and_an_integrator_may_write_to_the_inbound_exchange()
    {
        var permissions = Services.Select(RightsOf).Append(Rights("integrator", [], [Inbound], []));
        var users = Services.Append("integrator").Select(name => new { name, password_hash = "", tags = Array.Empty<string>() });
        var expected = JsonSerializer.Serialize(new { users, permissions }, Readable) + "\n";

        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ImageRights.sln"))) directory = directory.Parent!;
        var path = Path.Combine(directory.FullName, "AppHost", "messaging.definitions.json");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(path, expected);
        File.ReadAllText(path).ShouldBe(expected);
    }

    private static object RightsOf(string service)
    {
        var queues = service + "-.*";
        var publishes = Names(Subscriptions.Queues.Keys.Where(type => type.Namespace!.Contains($".{service}.", StringComparison.OrdinalIgnoreCase)));
        var hears = Names(Subscriptions.Queues.Where(pair => pair.Value.Any(queue => queue.StartsWith(service + "-", StringComparison.Ordinal))).Select(pair => pair.Key));
        if (service == "ingestion") hears = hears.Append(Inbound);
        // Whoever binds an exchange to a queue of its own declares the exchange and reads from it.
        return Rights(service, [queues, .. publishes.Union(hears)], [queues, .. publishes], [queues, .. hears]);
    }

    private static IEnumerable<string> Names(IEnumerable<Type> contracts) =>
        contracts.Select(type => Regex.Escape($"{type.Namespace}:{type.Name}")).Order(StringComparer.Ordinal);

    private static object Rights(string user, string[] configure, string[] write, string[] read) =>
        new { user, vhost = "/", configure = Any(configure), write = Any(write), read = Any(read) };

    private static string Any(string[] names) => names.Length == 0 ? "^$" : $"^({string.Join('|', names)})$";
}
