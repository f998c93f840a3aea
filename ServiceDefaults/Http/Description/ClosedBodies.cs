using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>Bodies of requests take the fields that they name and no other, as they are read; answers stay open, because fields will be added to them.</summary>
internal sealed class ClosedBodies : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var closed = new HashSet<string>();
        foreach (var (_, operation) in document.Paths.Values.SelectMany(path => path.Operations ?? []))
            foreach (var (_, body) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>()) Collect(body.Schema, closed);
        foreach (var (id, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
            if (!closed.Contains(id) && schema is OpenApiSchema answer) answer.AdditionalPropertiesAllowed = true;
        return Task.CompletedTask;
    }

    private static void Collect(IOpenApiSchema? schema, HashSet<string> closed)
    {
        if (schema is null || (schema is OpenApiSchemaReference { Reference.Id: { } id } && !closed.Add(id))) return;
        foreach (var part in new[] { schema.Items, schema.AdditionalProperties }.Concat(schema.Properties?.Values ?? []).Concat(schema.OneOf ?? []).Concat(schema.AnyOf ?? []).Concat(schema.AllOf ?? []))
            Collect(part, closed);
    }
}
