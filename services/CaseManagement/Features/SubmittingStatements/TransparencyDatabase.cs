using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageRights.CaseManagement.StatementsOfReasons;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>What a call came to.</summary>
internal enum CallOutcome
{
    /// <summary>All statements of the call are in the database.</summary>
    Stored,

    /// <summary>None is, because some are faulty.</summary>
    Refused,

    /// <summary>The token is not taken.</summary>
    Unauthorised,

    /// <summary>Nobody knows: no answer, or the server's own fault.</summary>
    Unknown,
}

/// <summary>The answer to a call.</summary>
/// <param name="Ids">The database's own ids by puid.</param>
/// <param name="Faults">What is wrong with the statement at each place of the call; empty when the answer does not say which is faulty.</param>
internal sealed record CallResult(CallOutcome Outcome, IReadOnlyDictionary<string, string> Ids, IReadOnlyDictionary<int, string> Faults, string Detail);

/// <summary>The EU Transparency Database over HTTP.</summary>
internal sealed class TransparencyDatabase(TransparencyDatabaseOptions options, HttpMessageInvoker http)
{
    private const string Place = "statement_";
    private static readonly Dictionary<string, string> NoIds = [];
    private static readonly Dictionary<int, string> NoFaults = [];

    /// <summary>Sends up to 100 statements: the database takes all or none.</summary>
    public async Task<CallResult> StoreAsync(IReadOnlyList<TransparencyPayload> statements, string token, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(new { statements }, options: TransparencyPayload.Json);
        var (status, body) = await CallAsync(HttpMethod.Post, "statements", content, token, cancellationToken);
        return status switch
        {
            HttpStatusCode.Created => new CallResult(CallOutcome.Stored, Ids(body), NoFaults, "201"),
            HttpStatusCode.UnprocessableEntity => new CallResult(CallOutcome.Refused, NoIds, Faults(body), Shortened(body?.ToJsonString() ?? "422")),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new CallResult(CallOutcome.Unauthorised, NoIds, NoFaults, $"{(int)status}: the token is not taken"),
            { } other => new CallResult(CallOutcome.Unknown, NoIds, NoFaults, $"{(int)other}"),
            null => new CallResult(CallOutcome.Unknown, NoIds, NoFaults, "no answer"),
        };
    }

    /// <summary>Whether the database has a statement; null when it does not say.</summary>
    public async Task<bool?> HasAsync(string puid, string token, CancellationToken cancellationToken)
    {
        var (status, _) = await CallAsync(HttpMethod.Get, $"statement/existing-puid/{puid}", null, token, cancellationToken);
        return status switch
        {
            HttpStatusCode.Found or HttpStatusCode.OK => true,
            HttpStatusCode.NotFound => false,
            _ => null,
        };
    }

    private async Task<(HttpStatusCode? Status, JsonNode? Body)> CallAsync(HttpMethod method, string path, HttpContent? content, string token, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Timeout);
        using var request = new HttpRequestMessage(method, new Uri(options.Url!, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await http.SendAsync(request, timeout.Token);
            var text = await response.Content.ReadAsStringAsync(timeout.Token);
            return (response.StatusCode, Parsed(text));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, null);
        }
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Ids(JsonNode? body)
    {
        var ids = new Dictionary<string, string>();
        if (body is not JsonObject answer || answer["statements"] is not JsonArray statements) return ids;
        foreach (var statement in statements.OfType<JsonObject>())
        {
            if (statement["puid"]?.ToString() is { } puid && (statement["uuid"] ?? statement["id"])?.ToString() is { } id) ids[puid] = id;
        }
        return ids;
    }

    private static Dictionary<int, string> Faults(JsonNode? body)
    {
        var faults = new Dictionary<int, string>();
        if (body is not JsonObject answer || answer["errors"] is not JsonObject errors) return faults;
        foreach (var (name, fault) in errors)
        {
            if (name.StartsWith(Place, StringComparison.Ordinal) && int.TryParse(name[Place.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var place))
                faults[place] = Shortened(fault?.ToJsonString() ?? "");
        }
        return faults;
    }

    private static string Shortened(string text)
    {
        const int longest = 1000;
        // Made readable: the answer is foreign text that operators see.
        var visible = new StringBuilder();
        foreach (var letter in text.Where(letter => !char.IsControl(letter)).Take(longest)) visible.Append(letter);
        return visible.ToString();
    }
}
