using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageRights.CaseManagement.IntegrationTests;

/// <summary>The EU Transparency Database as its rules describe it, with faults to order: a stand-in over HTTP that shares no code with the service.</summary>
internal sealed partial class TransparencyDatabaseDouble : IAsyncDisposable
{
    public const string Token = "token-of-the-platform";
    private const string NotUnique = "The identifier given is not unique within this platform.";

    private readonly WebApplication app;
    private readonly Lock gate = new();

    private TransparencyDatabaseDouble()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/api/v1/statement", context => TakeAsync(context, isBatch: false));
        app.MapPost("/api/v1/statements", context => TakeAsync(context, isBatch: true));
        app.MapGet("/api/v1/statement/existing-puid/{puid}", ExistingAsync);
    }

    public Uri Url => new($"{app.Urls.Single()}/api/v1/");
    public ConcurrentDictionary<string, JsonObject> Stored { get; } = new();
    public ConcurrentQueue<(int Status, int Statements)> Calls { get; } = new();

    /// <summary>So many next calls are stored and never answered.</summary>
    public int StoreWithoutAnswer { get; set; }

    /// <summary>So many next calls fail with the server's own fault.</summary>
    public int FailNext { get; set; }

    /// <summary>Refuses statements for something that its documents do not say; the answer of its rule, or null.</summary>
    public Func<JsonObject, string?> FurtherRule { get; set; } = _ => null;

    /// <summary>Refuses batches without saying which statement is faulty.</summary>
    public bool IsSilentOnPlaces { get; set; }

    public string AcceptedToken { get; set; } = Token;

    public static async Task<TransparencyDatabaseDouble> StartAsync()
    {
        var database = new TransparencyDatabaseDouble();
        await database.app.StartAsync();
        return database;
    }

    private async Task TakeAsync(HttpContext context, bool isBatch)
    {
        var body = (JsonObject?)await JsonNode.ParseAsync(context.Request.Body);
        var statements = isBatch ? [.. body!["statements"]!.AsArray().Select(statement => statement!.AsObject())] : new List<JsonObject> { body! };
        if (FailNext > 0)
        {
            FailNext--;
            await AnswerAsync(context, 503, statements.Count, new JsonObject { ["message"] = "Service Unavailable" });
            return;
        }
        if (!IsAuthorised(context))
        {
            await AnswerAsync(context, 401, statements.Count, new JsonObject { ["message"] = "Unauthenticated." });
            return;
        }
        var answer = Store(statements, isBatch, out var status);
        if (status == 201 && StoreWithoutAnswer > 0)
        {
            StoreWithoutAnswer--;
            Calls.Enqueue((0, statements.Count));
            context.Abort();
            return;
        }
        await AnswerAsync(context, status, statements.Count, answer);
    }

    private JsonObject Store(List<JsonObject> statements, bool isBatch, out int status)
    {
        lock (gate)
        {
            status = 422;
            if (isBatch && statements.Count is < 1 or > 100) return new JsonObject { ["message"] = "statements takes 1 to 100", ["errors"] = new JsonObject { ["statements"] = "size" } };
            var errors = new JsonObject();
            var existing = new JsonArray();
            for (var place = 0; place < statements.Count; place++)
            {
                var faults = Faults(statements[place]);
                if (statements[place]["puid"]?.ToString() is { } puid && Stored.TryGetValue(puid, out var stored))
                {
                    faults["puid"] = new JsonArray(NotUnique);
                    existing.Add(stored.DeepClone());
                }
                if (faults.Count > 0) errors[$"statement_{place}"] = faults;
            }
            if (errors.Count > 0)
            {
                if (!isBatch) return new JsonObject { ["message"] = "invalid", ["errors"] = errors["statement_0"]!.DeepClone(), ["existing"] = existing.Count > 0 ? existing[0]!.DeepClone() : null };
                return IsSilentOnPlaces && statements.Count > 1 ? new JsonObject { ["message"] = "The given data was invalid." } : new JsonObject { ["errors"] = errors, ["existing"] = existing };
            }
            foreach (var statement in statements)
            {
                var kept = (JsonObject)statement.DeepClone();
                kept["uuid"] = Guid.NewGuid().ToString();
                Stored[statement["puid"]!.ToString()] = kept;
            }
            status = 201;
            return new JsonObject { ["statements"] = new JsonArray([.. statements.Select(statement => Stored[statement["puid"]!.ToString()].DeepClone())]) };
        }
    }

    private Task ExistingAsync(HttpContext context)
    {
        var puid = (string)context.Request.RouteValues["puid"]!;
        if (!IsAuthorised(context)) return AnswerAsync(context, 401, 0, new JsonObject { ["message"] = "Unauthenticated." });
        return Stored.ContainsKey(puid)
            ? AnswerAsync(context, 302, 0, new JsonObject { ["message"] = "statement of reason found", ["puid"] = puid })
            : AnswerAsync(context, 404, 0, new JsonObject { ["message"] = "statement of reason not found", ["puid"] = puid });
    }

    private bool IsAuthorised(HttpContext context) => context.Request.Headers.Authorization.ToString() == $"Bearer {AcceptedToken}";

    private async Task AnswerAsync(HttpContext context, int status, int statements, JsonObject body)
    {
        Calls.Enqueue((status, statements));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }

    /// <summary>The rules as they are written, in the fewest words that refuse what must be refused.</summary>
    private JsonObject Faults(JsonObject statement)
    {
        var faults = new JsonObject();
        string? Text(string name) => statement[name] is JsonValue value ? value.ToString() : null;
        List<string> Many(string name) => statement[name] is JsonArray array ? [.. array.Select(item => item!.ToString())] : [];
        void Refuse(string name, string why) => faults[name] = new JsonArray(why);

        foreach (var name in new[] { "decision_ground", "category", "content_date", "application_date", "decision_facts", "source_type", "automated_detection", "automated_decision", "puid" })
            if (string.IsNullOrWhiteSpace(Text(name))) Refuse(name, "The field is required.");
        if (Many("content_type").Count == 0) Refuse("content_type", "The field is required.");
        if (Many("decision_visibility").Count == 0 && Text("decision_monetary") is null && Text("decision_provision") is null && Text("decision_account") is null) Refuse("decision_visibility", "One restriction is required.");
        if (Text("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT")
        {
            foreach (var name in new[] { "illegal_content_legal_ground", "illegal_content_explanation" }) if (string.IsNullOrWhiteSpace(Text(name))) Refuse(name, "The field is required.");
        }
        foreach (var (name, longest) in new[] { ("decision_facts", 5000), ("illegal_content_legal_ground", 500), ("illegal_content_explanation", 2000), ("source_identity", 500), ("puid", 500) })
            if (Text(name)?.Length > longest) Refuse(name, "The text is too long.");
        foreach (var (name, prefix) in new[] { ("category", "STATEMENT_CATEGORY_"), ("source_type", "SOURCE_"), ("automated_decision", "AUTOMATED_DECISION_"), ("decision_ground", "DECISION_GROUND_") })
            if (Text(name) is { } value && !value.StartsWith(prefix, StringComparison.Ordinal)) Refuse(name, "The selected value is invalid.");
        if (Text("automated_detection") is { } detection && detection is not ("Yes" or "No")) Refuse("automated_detection", "The selected value is invalid.");
        if (Text("puid") is { } puid && !Puid().IsMatch(puid)) Refuse("puid", "The identifier is malformed.");
        if (Many("territorial_scope").Any(country => country.Length != 2 || country == "EL")) Refuse("territorial_scope", "The selected country is invalid.");
        foreach (var (name, earliest) in new[] { ("content_date", "2000-01-01"), ("application_date", "2020-01-01"), ("end_date_visibility_restriction", "2020-01-01") })
        {
            if (Text(name) is not { } date) continue;
            if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) Refuse(name, "The date is malformed.");
            else if (string.CompareOrdinal(date, earliest) < 0 || string.CompareOrdinal(date, "2038-01-01") > 0) Refuse(name, "The date is out of range.");
        }
        if (FurtherRule(statement) is { } further) Refuse("content_date", further);
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_-]+\z")]
    private static partial Regex Puid();
}
