using ImageRights.ServiceDefaults.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>Title and meaning of the document, and the form of its problems.</summary>
internal sealed class DocumentForm(ApiDescription description, AccessOptions access) : IOpenApiDocumentTransformer
{
    public const string ProblemSchema = "Problem";
    public const string AccessScheme = "access";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = description.Title, Version = "v1", Description = description.Meaning };
        foreach (var server in document.Servers ?? []) server.Url = server.Url?.TrimEnd('/');
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[AccessScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2,
            Description = "Programs get a token for their client id and secret (RFC 6749, 4.4) and send it as Authorization: Bearer.",
            Flows = new OpenApiOAuthFlows
            {
                ClientCredentials = new OpenApiOAuthFlow
                {
                    TokenUrl = new Uri($"{access.Issuer}/connect/token"),
                    Scopes = Enum.GetValues<Permission>().ToDictionary(permission => permission.Scope(), permission => permission.ToString()),
                },
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[ProblemSchema] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Problem details of RFC 9457. Decide by code; title is for people, in English or, when Accept-Language prefers it, Chinese.",
            Required = new HashSet<string> { "type", "title", "status", "code", "traceId" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("urn:imagerights:problem: and the code."),
                ["title"] = Text("What the code means."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "HTTP status." },
                ["detail"] = Text("What exactly was found in this request."),
                ["instance"] = Text("Path of the request."),
                ["code"] = Text("Stable name of what is wrong."),
                ["traceId"] = Text("Name of the request's trace, for support."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Description = "Fields at fault.",
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["pointer"] = Text("JSON Pointer, or the name of a form field after a slash."), ["code"] = Text("As above."), ["detail"] = Text("What is wrong with it."),
                        },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }

    private static OpenApiSchema Text(string meaning) => new() { Type = JsonSchemaType.String, Description = meaning };
}
