using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>Numbers are numbers: that the reader also takes them as text is tolerance, not the contract. Lists of anything say so.
/// What may be null may be left out: answers leave it out, and requests are taken without it.</summary>
internal sealed class SchemaForms : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Type is { } type && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0 && type.HasFlag(JsonSchemaType.String))
        {
            schema.Type = type & ~JsonSchemaType.String;
            schema.Pattern = null;
        }
        if (schema.Type is { } list && list.HasFlag(JsonSchemaType.Array)) schema.Items ??= new OpenApiSchema();
        if (schema.Required is { } required)
            foreach (var property in context.JsonTypeInfo.Properties) if (property.IsGetNullable || property.IsSetNullable) required.Remove(property.Name);
        return Task.CompletedTask;
    }
}
