using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;

namespace ImageRights.ServiceDefaults.Http.Description;

/// <summary>Gives each operation the answers of its table: handlers that may refuse return <c>IResult</c>, which names no type.</summary>
internal sealed class AnswerTypes(ApiDescription description) : IApiDescriptionProvider
{
    // After the provider of minimal APIs (-1100), which finds the operations.
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var found in context.Results)
        {
            if (Find(description, found) is not { } operation) continue;
            found.SupportedResponseTypes.Clear();
            foreach (var status in operation.AlsoStatuses.Append(operation.Status))
            {
                found.SupportedResponseTypes.Add(new ApiResponseType
                {
                    StatusCode = status,
                    Type = operation.Answer ?? typeof(void),
                    ApiResponseFormats = operation.Answer is null ? [] : [new ApiResponseFormat { MediaType = operation.MediaType }],
                });
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }

    public static ApiOperation? Find(ApiDescription description, Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription found) =>
        found.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().LastOrDefault() is { } name
            ? description.Operations.GetValueOrDefault(name.EndpointName)
            : null;
}
