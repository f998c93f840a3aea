using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ImageRights.EventStore;
using ImageRights.ServiceDefaults.Http;
using ImageRights.ServiceDefaults.Protection;
using ImageRights.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageRights.ServiceDefaults.Problems;

/// <summary>The one place that turns codes into RFC 9457 problem details.</summary>
public static class ProblemExtensions
{
    /// <summary>Adds the catalogue of <paramref name="service"/>'s codes.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services, Assembly service) =>
        services.AddSingleton(new ProblemCatalogue(service)).AddExceptionHandler<ExceptionProblems>()
            // Otherwise what cannot be bound is refused without a word, but in development.
            .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
            // A misspelt field would be taken for one that was left out; of one that is given twice, others may have read the first.
            .ConfigureHttpJsonOptions(json => (json.SerializerOptions.UnmappedMemberHandling, json.SerializerOptions.AllowDuplicateProperties) = (JsonUnmappedMemberHandling.Disallow, false))
            // ASP.NET Core writes the whole traceparent there; people search traces by the trace id alone.
            .AddProblemDetails(options => options.CustomizeProblemDetails = problem => problem.ProblemDetails.Extensions["traceId"] = TraceId(problem.HttpContext));

    /// <summary>Every error answer, also of routing and of the server itself, is a problem with a code.</summary>
    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseMiddleware<SpanEnrichment>();
        app.Use(SecurityHeaders.AddAsync);
        app.UseExceptionHandler();
        app.UseStatusCodePages(async pages =>
        {
            var answer = pages.HttpContext.Response;
            if (answer.StatusCode == StatusCodes.Status405MethodNotAllowed)
            {
                var mapped = answer.Headers.Allow.ToString().Split(", ");
                answer.Headers.Allow = string.Join(", ", mapped.Concat(mapped.Contains(HttpMethods.Get) ? [HttpMethods.Head, HttpMethods.Options] : [HttpMethods.Options]));
                // RFC 9110, 9.3.7. It opens nothing to other origins: that would take headers of CORS.
                if (HttpMethods.IsOptions(pages.HttpContext.Request.Method))
                {
                    answer.StatusCode = StatusCodes.Status204NoContent;
                    return;
                }
            }
            var code = answer.StatusCode switch
            {
                404 => "Not_Found",
                405 => "Method_Not_Allowed",
                413 => "Request_Too_Large",
                415 => "Media_Type_Unsupported",
                >= 500 => "Unexpected",
                _ => "Request_Malformed",
            };
            await pages.HttpContext.Problem(new Rejection(code)).ExecuteAsync(pages.HttpContext);
        });
        return app;
    }

    /// <summary>The answer to a refused request, in the caller's language (English, or Chinese when Accept-Language prefers it).</summary>
    public static IResult Problem(this HttpContext context, Rejection rejection)
    {
        var entry = context.RequestServices.GetRequiredService<ProblemCatalogue>()[rejection.Code];
        var problem = new ProblemDetails
        {
            Type = $"urn:imagerights:problem:{rejection.Code}",
            Title = context.PrefersChinese() ? entry.Zh : entry.En,
            Status = entry.Status,
            Detail = rejection.Detail,
            Instance = context.Request.Path,
            Extensions =
            {
                ["code"] = rejection.Code,
                ["traceId"] = TraceId(context),
            },
        };
        if (rejection.Pointer is { } pointer) problem.Extensions["errors"] = new[] { new { pointer, code = rejection.Code, detail = rejection.Detail ?? entry.En } };
        if (rejection.RetryAfter is { } wait) context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        else if (entry.Status == 503) context.Response.Headers.RetryAfter = "5";
        return TypedResults.Problem(problem);
    }

    private static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}

internal sealed partial class ExceptionProblems(ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var rejection = exception switch
        {
            BadHttpRequestException { StatusCode: 413 } => new Rejection("Request_Too_Large"),
            BadHttpRequestException { StatusCode: 415 } => new Rejection("Media_Type_Unsupported"),
            BadHttpRequestException { InnerException: JsonException json } => Malformed(json),
            BadHttpRequestException bad => Malformed(bad),
            JsonException json => Malformed(json),
            InvalidDataException => new Rejection("Request_Malformed", exception.Message),
            ConcurrencyException => new Rejection(context.Request.Headers.IfMatch.Count > 0 ? "Version_Stale" : "Version_Conflict"),
            Npgsql.NpgsqlException { IsTransient: true } => new Rejection("Dependency_Unavailable", "The database does not answer."),
            _ => new Rejection("Unexpected"),
        };
        // An exception that a handler takes is logged by nobody else.
        if (rejection.Code == "Unexpected") logger.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        await context.Problem(rejection).ExecuteAsync(context);
        return true;
    }

    // The serializer names types of the code, where the caller needs the field.
    private static Rejection Malformed(JsonException json)
    {
        if (Twice().Match(json.Message) is { Success: true } twice) return new Rejection("Request_Malformed", $"{twice.Groups[1].Value} is given twice.");
        // A reader knows bytes and no fields.
        if (json.InnerException is JsonException || json.Path is null)
            return new Rejection("Request_Malformed", json.LineNumber is null ? json.Message : $"The body is no JSON, from byte {json.BytePositionInLine} of line {json.LineNumber + 1} on.");
        var pointer = Step().Replace((json.Path ?? "$")[1..], step => $"/{Rejection.Escape(step.Groups["name"].Value)}");
        if (Unknown().Match(json.Message) is { Success: true } unknown) return Rejection.UnknownField(unknown.Groups[1].Value, pointer);
        var said = json.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "takes another kind of value" : json.Message;
        return pointer.Length == 0 ? new Rejection("Request_Malformed", "The body takes another kind of value.") : new Rejection("Request_Malformed", $"{pointer[1..]} {said.TrimEnd('.')}.", pointer);
    }

    // So are the parameters of handlers.
    private static Rejection Malformed(BadHttpRequestException bad) =>
        Parameter().Match(bad.Message) is { Success: true } parameter ? new Rejection("Request_Malformed", $"{parameter.Groups[1].Value} takes another kind of value.", $"/{parameter.Groups[1].Value}")
        : bad.Message.Contains("body", StringComparison.Ordinal) && bad.Message.Contains("provided", StringComparison.Ordinal) ? new Rejection("Request_Malformed", "The request needs a body in JSON.")
        : new Rejection("Request_Malformed", bad.Message);

    // Of a path such as $.documents[2].kind, or $['a name'].
    [GeneratedRegex(@"\['(?<name>.*?)'\]|\[(?<name>\d+)\]|\.(?<name>[^.\[]+)")]
    private static partial Regex Step();

    [GeneratedRegex("^The JSON property '(.*?)' could not be mapped to any .NET member")]
    private static partial Regex Unknown();

    [GeneratedRegex("^Duplicate property '(.*?)'")]
    private static partial Regex Twice();

    [GeneratedRegex("^Failed to bind parameter \"[^\"]* (\\w+)\" from ")]
    private static partial Regex Parameter();
}
