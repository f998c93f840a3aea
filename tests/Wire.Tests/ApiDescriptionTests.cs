using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageRights.ServiceDefaults.Problems;

namespace ImageRights.Wire.Tests;

public sealed partial class ApiDescriptionTests(RunningServices services) : IClassFixture<RunningServices>
{
    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public async Task The_description_passes_the_linter_without_a_warning(string service)
    {
        await Linter.ShouldPassAsync(services.Document(service), "spectral.json");
    }

    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public void It_is_OpenAPI_3_1_and_every_operation_has_an_answer_a_summary_and_its_refusals(string service)
    {
        services.Document(service)["openapi"]!.GetValue<string>().ShouldStartWith("3.1");
        services.Operations(service).ShouldNotBeEmpty();
        foreach (var (path, method, operation) in services.Operations(service))
        {
            var name = $"{method} {path}";
            operation["summary"].ShouldNotBeNull(name);
            operation["operationId"].ShouldNotBeNull(name);
            operation["tags"].ShouldNotBeNull(name);
            var answers = operation["responses"]!.AsObject();
            var success = answers.Where(answer => answer.Key.StartsWith('2')).ToList();
            success.ShouldNotBeEmpty($"{name} is missing in the service's Api.cs");
            foreach (var (status, answer) in success)
                (status == "204" || answer!["content"]?.AsObject().All(content => content.Value!["schema"] is not null) == true).ShouldBeTrue($"{name} has no type for {status}");
            Codes(operation).ShouldContain("Unexpected", $"{name} is missing in the service's Api.cs");
            if (method is "put" or "patch" or "delete") Headers(operation).ShouldContain("If-Match", name);
        }
    }

    // What is null is left out of answers: a strict reader would refuse them otherwise.
    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public void What_may_be_null_is_not_required(string service)
    {
        var required = services.Document(service)["components"]!["schemas"]!.AsObject()
            .SelectMany(schema => (schema.Value!["required"]?.AsArray() ?? []).Select(name => (Name: $"{schema.Key}.{name}", Form: schema.Value!["properties"]![name!.GetValue<string>()]!))).ToList();
        required.ShouldNotBeEmpty();
        required.Where(field => MayBeNull(field.Form)).Select(field => field.Name).ShouldBeEmpty();

        static bool MayBeNull(JsonNode form) =>
            form["type"] is JsonArray types && types.Any(type => type!.GetValue<string>() == "null") || form["type"] is JsonValue type && type.GetValue<string>() == "null"
            || (form["oneOf"] ?? form["anyOf"])?.AsArray().Any(choice => MayBeNull(choice!)) == true;
    }

    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public void Every_code_of_the_service_is_named_by_an_operation(string service)
    {
        var own = new ProblemCatalogue(RunningServices.AssemblyOf(service)).Entries.Keys
            .Except(new ProblemCatalogue(typeof(ProblemCatalogue).Assembly).Entries.Keys)
            .Except(InternalCodes.GetValueOrDefault(service, []));
        own.Except(services.Operations(service).SelectMany(operation => Codes(operation.Operation))).ShouldBeEmpty();
    }

    // Answers of addresses that are not described, and codes that end up in events or in the list of parked events.
    private static readonly Dictionary<string, string[]> InternalCodes = new()
    {
        ["Ingestion"] = ["Content_Not_Found", "Content_Damaged", "Event_Type_Unknown", "Picture_Not_Published", "Fetch_Url_Invalid", "Fetch_Url_Forbidden", "Fetch_Failed",
            "Settlement_Differs", "Settlement_Withdrawn"],
        ["CaseManagement"] = ["Case_Already_Open"],
    };

    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public async Task What_a_bad_request_is_answered_is_described(string service)
    {
        foreach (var (path, method, operation) in services.Operations(service))
        {
            var address = Parameter().Replace(path, _ => "0190b7a0-0000-7000-8000-000000000000");
            await ShouldBeDescribedAsync(service, operation, method, $"{address}?cursor=%00&limit=0", null);
            foreach (var version in new[] { "\"1\"", "1", null })
            {
                await ShouldBeDescribedAsync(service, operation, method, address, null, version);
                if (operation["requestBody"] is null) continue;
                await ShouldBeDescribedAsync(service, operation, method, address, Json("{"), version);
                await ShouldBeDescribedAsync(service, operation, method, address, Json("{}"), version);
                await ShouldBeDescribedAsync(service, operation, method, address, Json("{\"nosuch\":1}"), version);
                await ShouldBeDescribedAsync(service, operation, method, address, new StringContent("x", Encoding.UTF8, "text/plain"), version);
            }
            if (Headers(operation).Contains("Idempotency-Key") && operation["requestBody"] is null)
                await ShouldBeDescribedAsync(service, operation, method, address, null, key: new string('k', 201));
        }
    }

    // A misspelt field would be taken for one that was left out.
    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public async Task A_body_with_a_field_that_is_not_known_is_refused_by_its_name(string service)
    {
        foreach (var (path, method, operation) in services.Operations(service))
        {
            if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema) continue;
            var name = $"{method} {path}";
            Form(service, schema)["additionalProperties"]?.GetValue<bool>().ShouldBe(false, name);
            Form(service, schema)["additionalProperties"].ShouldNotBeNull(name);
            using var request = new HttpRequestMessage(new HttpMethod(method), Parameter().Replace(path, _ => "0190b7a0-0000-7000-8000-000000000000")) { Content = Json("""{"nosuch~/field":1}""") };
            using var response = await services.Http(service).SendAsync(request);
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            (problem["status"]!.GetValue<int>(), problem["code"]!.GetValue<string>(), problem["errors"]?[0]!["pointer"]!.GetValue<string>()).ShouldBe((400, "Field_Unknown", "/nosuch~0~1field"), name);
        }
        // Answers are open: fields are added to them.
        foreach (var (path, method, operation) in services.Operations(service).Where(it => it.Method == "get"))
            if (operation["responses"]!["200"]?["content"]?["application/json"]?["schema"] is { } answer && !Bodies(service).Contains(Form(service, answer))) Form(service, answer)["additionalProperties"].ShouldBeNull($"{method} {path}");
    }

    private HashSet<JsonNode> Bodies(string service) =>
        [.. services.Operations(service).Select(it => it.Operation["requestBody"]?["content"]?["application/json"]?["schema"]).OfType<JsonNode>().Select(schema => Form(service, schema))];

    private JsonNode Form(string service, JsonNode schema) =>
        Reference().Match(schema.ToJsonString()) is { Success: true } found ? services.Document(service)["components"]!["schemas"]![found.Groups[1].Value]! : schema;

    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public async Task What_can_be_read_is_answered_without_its_body_too_and_each_address_names_its_methods(string service)
    {
        foreach (var (path, _, _) in services.Operations(service).Where(it => it.Method == "get" && !it.Path.Contains('{', StringComparison.Ordinal)))
        {
            using var whole = await SendAsync(HttpMethod.Get, path);
            using var head = await SendAsync(HttpMethod.Head, path);
            (head.StatusCode, head.Content.Headers.ContentType?.ToString()).ShouldBe((whole.StatusCode, whole.Content.Headers.ContentType?.ToString()), path);
            (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty(path);
            using var options = await SendAsync(HttpMethod.Options, path);
            options.StatusCode.ShouldBe(HttpStatusCode.NoContent, path);
            options.Content.Headers.Allow.ShouldBe(services.Operations(service).Where(it => it.Path == path).Select(it => it.Method.ToUpperInvariant()).Concat(["HEAD", "OPTIONS"]), ignoreOrder: true, path);
            options.Headers.Select(header => header.Key).ShouldNotContain(name => name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
        using var nowhere = await SendAsync(HttpMethod.Options, "/v1/nowhere");
        nowhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path);
            return await services.Http(service).SendAsync(request);
        }
    }

    [Theory]
    [MemberData(nameof(RunningServices.Names), MemberType = typeof(RunningServices))]
    public async Task Every_list_sorts_and_filters_by_the_same_names_and_refuses_what_it_does_not_know(string service)
    {
        foreach (var (path, _, operation) in services.Operations(service).Where(operation => operation.Method == "get"))
        {
            var parameters = operation["parameters"]?.AsArray().Where(parameter => parameter!["in"]!.GetValue<string>() == "query").Select(parameter => parameter!["name"]!.GetValue<string>()).ToList() ?? [];
            if (!parameters.Contains("cursor")) continue;
            foreach (var name in new[] { "limit", "sort", "from", "to" }) parameters.ShouldContain(name, path);
            parameters.Where(name => name is "state" or "account").ShouldBeEmpty(path);
            if (path.Contains('{', StringComparison.Ordinal)) continue;
            // An inbox is somebody's.
            if (path == "/v1/inbox")
            {
                (await StatusAsync(path)).ShouldBe(422, path);
                (await StatusAsync($"{path}?accountId=a&from=2026-01-01T00:00:00Z&sort=-createdAt")).ShouldBe(200, path);
                continue;
            }
            (await StatusAsync($"{path}?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z&limit=1")).ShouldBe(200, path);
            foreach (var query in new[] { "nosuch=1", "sort=nosuch", "from=never", "limit=0" }) (await StatusAsync($"{path}?{query}")).ShouldBe(422, $"{path}?{query}");
            (await StatusAsync($"{path}?cursor=AAAA")).ShouldBe(400, path);
        }

        async Task<int> StatusAsync(string address)
        {
            using var response = await services.Http(service).GetAsync(address);
            return (int)response.StatusCode;
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task ShouldBeDescribedAsync(string service, JsonNode operation, string method, string address, HttpContent? body, string? version = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = body };
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await services.Http(service).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var told = $"{method} {address} answered {(int)response.StatusCode} {text}";
        response.StatusCode.ShouldNotBe(HttpStatusCode.InternalServerError, told);
        var described = operation["responses"]![$"{(int)response.StatusCode}"].ShouldNotBeNull(told);
        if ((int)response.StatusCode < 400) return;
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", told);
        described["content"]!["application/problem+json"]!["examples"]!.AsObject().Select(example => example.Key).ShouldContain(JsonNode.Parse(text)!["code"]!.GetValue<string>(), told);
    }

    private static IEnumerable<string> Codes(JsonNode operation) =>
        operation["responses"]!.AsObject().SelectMany(answer => answer.Value!["content"]?["application/problem+json"]?["examples"]?.AsObject().Select(example => example.Key) ?? []);

    private static IEnumerable<string> Headers(JsonNode operation) =>
        operation["parameters"]?.AsArray().Where(parameter => parameter!["in"]!.GetValue<string>() == "header").Select(parameter => parameter!["name"]!.GetValue<string>()) ?? [];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("#/components/schemas/([^\"]+)")]
    private static partial Regex Reference();
}
