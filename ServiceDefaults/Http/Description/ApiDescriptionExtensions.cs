using ImageRights.ServiceDefaults.Transparency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>The HTTP API describes itself as OpenAPI 3.1.</summary>
public static class ApiDescriptionExtensions
{
    /// <summary>Address of the document, in every environment: an integrator reads it from the installation that it connects to.</summary>
    public const string Address = "/openapi/v1.json";

    /// <summary>Adds the document of the service's operations and of its transparency log.</summary>
    public static void AddApiDescription(this IHostApplicationBuilder builder, ApiDescription description)
    {
        builder.Services.AddSingleton(description with { Operations = description.Operations.Concat(TransparencyEndpoints.Operations).ToDictionary() });
        builder.Services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, AnswerTypes>());
        builder.Services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddSchemaTransformer<SchemaForms>();
            options.AddOperationTransformer<OperationForms>();
            options.AddDocumentTransformer<DocumentForm>();
            options.AddDocumentTransformer<ClosedBodies>();
        });
    }

    /// <summary>Serves it.</summary>
    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
}
