using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ImageRights.ServiceDefaults.Access;

/// <summary>An issuer's key set from its address.</summary>
internal sealed class KeySetRetriever : IConfigurationRetriever<OpenIdConnectConfiguration>
{
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel) =>
        FromKeySet(await retriever.GetDocumentAsync(address, cancel));

    public static OpenIdConnectConfiguration FromKeySet(string json)
    {
        var configuration = new OpenIdConnectConfiguration { JsonWebKeySet = new JsonWebKeySet(json) };
        foreach (var key in configuration.JsonWebKeySet.GetSigningKeys()) configuration.SigningKeys.Add(key);
        return configuration;
    }
}

/// <summary>Fetches key sets: by HTTPS, or by plain HTTP from this machine or from a service that the host named.</summary>
internal sealed class KeySetDocuments(IHttpClientFactory clients, IConfiguration configuration) : IDocumentRetriever
{
    public const string Client = "access";
    private const int LongestDocument = 256 * 1024;

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        var uri = new Uri(address);
        // Who can answer for this address can make tokens.
        if (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback && configuration[$"services:{uri.Host}:http:0"] is null)
            throw new InvalidOperationException($"{address} is not https; keys are taken by plain HTTP only from this machine.");
        using var client = clients.CreateClient(Client);
        client.MaxResponseContentBufferSize = LongestDocument;
        return await client.GetStringAsync(uri, cancel);
    }
}
