using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageRights.Hosting;

/// <summary>Who may do what at a broker: users and permissions in RabbitMQ's definitions format, without passwords. They are derived from the first user's, so that no further secrets are kept.</summary>
internal sealed class BrokerDefinitions
{
    private readonly string text;

    private BrokerDefinitions(string text)
    {
        this.text = text;
        Users = [.. JsonNode.Parse(text)!["users"]!.AsArray().Select(user => (string)user!["name"]!)];
    }

    /// <summary>Users beside the first one.</summary>
    internal IReadOnlyList<string> Users { get; }

    internal static BrokerDefinitions Read(string path) => new(File.ReadAllText(path));

    internal static string PasswordOf(string user, string firstPassword) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(firstPassword), Encoding.UTF8.GetBytes(user)));

    /// <summary>What the broker loads when it starts; with definitions it makes no virtual host and no first user by itself.</summary>
    internal string Complete(string firstUser, string firstPassword)
    {
        var definitions = JsonNode.Parse(text)!;
        definitions["vhosts"] = new JsonArray(new JsonObject { ["name"] = "/" });
        var users = definitions["users"]!.AsArray();
        foreach (var user in users) user!["password_hash"] = Hash(PasswordOf((string)user["name"]!, firstPassword));
        users.Add(new JsonObject { ["name"] = firstUser, ["password_hash"] = Hash(firstPassword), ["tags"] = new JsonArray("administrator") });
        definitions["permissions"]!.AsArray().Add(new JsonObject { ["user"] = firstUser, ["vhost"] = "/", ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" });
        foreach (var user in users) user!["hashing_algorithm"] = "rabbit_password_hashing_sha256";
        return definitions.ToJsonString();
    }

    /// <summary>RabbitMQ's form: four bytes of salt, then the SHA-256 of salt and password.</summary>
    private static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }
}
