using System.Text.Json.Nodes;
using ImageRights.ServiceDefaults.Access;
using ImageRights.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>Completes an operation: headers, paging, forms, and every code that it refuses with.</summary>
internal sealed class OperationForms(ApiDescription description, ProblemCatalogue catalogue) : IOpenApiOperationTransformer
{
    private const string FormMediaType = "multipart/form-data";
    private static readonly string[] CodesOfAll = ["Unexpected", "Dependency_Unavailable", "Access_Token_Missing", "Access_Token_Invalid", "Access_Keys_Unavailable", "Access_Denied", "Rate_Limited"];
    private static readonly string[] CodesOfBodies = ["Request_Malformed", "Request_Too_Large", "Media_Type_Unsupported"];
    private static readonly string[] CodesOfVersions = ["If_Match_Missing", "If_Match_Malformed", "Version_Stale", "Version_Conflict"];
    private static readonly string[] CodesOfKeys = ["Idempotency_Key_Malformed", "Idempotency_Key_Reused", "Idempotency_Key_In_Progress"];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (AnswerTypes.Find(description, context.Description) is not { } known) return Task.CompletedTask;
        operation.Parameters ??= [];
        if (known.BodyMediaType == FormMediaType) operation.RequestBody = Form(known.Fields);
        else if (known.BodyMediaType is { } type) operation.RequestBody = Bytes(type);
        else
        {
            foreach (var (name, meaning) in known.Fields) AddParameter(operation, ParameterLocation.Query, name, meaning, JsonSchemaType.String);
        }
        if (known.IsList)
        {
            AddParameter(operation, ParameterLocation.Query, "cursor", "Where the page begins: next of the page before, unchanged.", JsonSchemaType.String);
            var limit = AddParameter(operation, ParameterLocation.Query, "limit", "Most items of the page.", JsonSchemaType.Integer);
            (limit.Minimum, limit.Maximum, limit.Default) = ("1", "200", 50);
        }
        if (known.IsVersioned) AddParameter(operation, ParameterLocation.Header, "If-Match!", "The version that the change was decided on, as it was sent in ETag.", JsonSchemaType.String);
        if (known.IsIdempotent)
        {
            var key = AddParameter(
                operation, ParameterLocation.Header, "Idempotency-Key", "Chosen by the caller. The same request under the same key is done once and answered alike every time.", JsonSchemaType.String);
            key.MaxLength = 200;
        }
        foreach (var (name, meaning) in known.Headers) AddParameter(operation, ParameterLocation.Header, name, meaning, JsonSchemaType.String);
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredPermission>().LastOrDefault() is { } required)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentForm.AccessScheme, context.Document)] = [required.Permission.Scope()] }];
        }
        DescribeAnswers(operation, known);
        var codes = Codes(operation, known, context.Description).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var status in codes.GroupBy(code => catalogue[code].Status)) operation.Responses![$"{status.Key}"] = Problem(status.Key, [.. status], context.Document!);
        operation.Description = $"{operation.Summary}.\n\nRefuses with {string.Join(", ", codes.Select(code => $"`{code}`"))}.";
        return Task.CompletedTask;
    }

    private static IEnumerable<string> Codes(OpenApiOperation operation, ApiOperation known, Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription found)
    {
        var codes = CodesOfAll.Concat(known.Codes);
        if (operation.RequestBody is not null) codes = codes.Concat(CodesOfBodies);
        if (operation.RequestBody is not null && known.BodyMediaType is null or FormMediaType) codes = codes.Append("Field_Unknown");
        if (operation.RequestBody is not null || operation.Parameters!.Any(parameter => parameter.In == ParameterLocation.Query)) codes = codes.Append("Request_Invalid");
        if (known.IsList) codes = codes.Append("Cursor_Invalid");
        if (known.IsVersioned) codes = codes.Concat(CodesOfVersions);
        if (known.IsIdempotent) codes = codes.Concat(CodesOfKeys);
        return codes;
    }

    private static void DescribeAnswers(OpenApiOperation operation, ApiOperation known)
    {
        foreach (var (status, answer) in operation.Responses!)
        {
            if (answer is not OpenApiResponse response) continue;
            response.Description = status switch { "201" => "Created.", "202" => "Accepted; the work goes on.", "204" => "Done.", _ => "The answer." };
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            if (status is "201" or "202") response.Headers["Location"] = Header("Address of what was made.");
            if (known.IsVersioned || known.IsIdempotent) response.Headers["ETag"] = Header("Version after this request; name it in If-Match to change it.");
            if (known.AppliesPreferences) response.Headers["Preference-Applied"] = Header("Preferences that were followed.");
            if (known.IsIdempotent) response.Headers["Idempotent-Replayed"] = Header("true when this is the stored answer of an earlier request with the same key.");
        }
    }

    private OpenApiResponse Problem(int status, string[] codes, OpenApiDocument document)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(" · ", codes.Select(code => $"{code}: {catalogue[code].En}")),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new()
                {
                    Schema = new OpenApiSchemaReference(DocumentForm.ProblemSchema, document),
                    Examples = codes.ToDictionary(code => code, code => (IOpenApiExample)new OpenApiExample { Summary = catalogue[code].En, Value = Example(status, code) }),
                },
            },
        };
        if (status is 429 or 503) response.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Seconds to wait before the next try.") };
        return response;
    }

    private JsonObject Example(int status, string code) => new()
    {
        ["type"] = $"urn:imagerights:problem:{code}",
        ["title"] = catalogue[code].En,
        ["status"] = status,
        ["code"] = code,
        ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
    };

    private static OpenApiHeader Header(string meaning) => new() { Description = meaning, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static OpenApiSchema AddParameter(OpenApiOperation operation, ParameterLocation location, string name, string meaning, JsonSchemaType type)
    {
        var required = name.EndsWith('!');
        name = name.TrimEnd('!');
        // Parameters that a handler binds are there already, without a meaning.
        foreach (var bound in operation.Parameters!.Where(parameter => parameter.Name == name && parameter.In == location).ToList()) operation.Parameters!.Remove(bound);
        var schema = new OpenApiSchema { Type = type };
        operation.Parameters!.Add(new OpenApiParameter { Name = name, In = location, Description = meaning, Required = required, Schema = schema });
        return schema;
    }

    private static OpenApiRequestBody Bytes(string mediaType) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType> { [mediaType] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } } },
    };

    private static OpenApiRequestBody Form(IReadOnlyList<(string Name, string Meaning)> fields) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [FormMediaType] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    AdditionalPropertiesAllowed = false,
                    Required = fields.Where(field => field.Name.EndsWith('!')).Select(field => field.Name.TrimEnd('!')).ToHashSet(),
                    Properties = fields.ToDictionary(
                        field => field.Name.TrimEnd('!'),
                        field => (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.String, Format = field.Name == "file!" ? "binary" : null, Description = field.Meaning }),
                },
            },
        },
    };
}
