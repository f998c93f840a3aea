using System.Collections;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace ImageRights.Hosting;

/// <summary>Where telemetry goes.</summary>
internal sealed record OtlpTarget(Uri GrpcUrl, string ApiKey);

/// <summary>The environment of one process of a service, by Aspire's conventions.</summary>
internal static class ProjectEnvironment
{
    /// <summary>What the AppHost itself was given is not for its services; they would take the AppHost's addresses or settings for their own.</summary>
    private static readonly string[] NotInherited =
        ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "DOTNET_URLS", "URLS", "HTTP_PORTS", "DOTNET_DASHBOARD_", "DOTNET_RESOURCE_SERVICE_", "ASPIRE_", "OTEL_", "IMAGERIGHTS_", "ConnectionStrings__", "Parameters__", "services__"];

    internal static Dictionary<string, string> Inherited() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(variable => (Name: (string)variable.Key, Value: (string?)variable.Value ?? ""))
        .Where(variable => !NotInherited.Any(prefix => variable.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        .ToDictionary(variable => variable.Name, variable => variable.Value);

    /// <param name="instance">The process's name: <c>service.instance.id</c>.</param>
    /// <param name="listen">The addresses this process listens on.</param>
    internal static async Task<Dictionary<string, string>> BuildAsync(
        ProjectResource project, LaunchProfile? profile, string instance, IReadOnlyList<string> listen, OtlpTarget? telemetry, bool development,
        CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>();
        foreach (var (name, value) in profile?.EnvironmentVariables ?? new Dictionary<string, string>()) variables[name] = value;
        if (profile is not null) variables["DOTNET_LAUNCH_PROFILE"] = profile.Name;
        if (listen.Count > 0)
        {
            variables["ASPNETCORE_URLS"] = string.Join(';', listen);
            if (listen.Select(url => new Uri(url)).FirstOrDefault(url => url.Scheme == "https") is { } https) variables["ASPNETCORE_HTTPS_PORT"] = $"{https.Port}";
        }
        variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";

        variables["OTEL_SERVICE_NAME"] = project.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}";
        if (telemetry is not null)
        {
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.GrpcUrl.GetLeftPart(UriPartial.Authority);
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={telemetry.ApiKey}";
        }
        if (development)
        {
            foreach (var delay in (string[])["OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"]) variables[delay] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        }

        var context = new EnvironmentCallbackContext(project, variables, cancellationToken);
        foreach (var annotation in project.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);

        var resolved = new Dictionary<string, string>();
        foreach (var (name, value) in variables)
            resolved[name] = value is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) ?? "" : $"{value}";
        return resolved;
    }
}
