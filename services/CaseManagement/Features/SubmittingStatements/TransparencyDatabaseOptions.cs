using ImageRights.CaseManagement.Regimes;
using ImageRights.CaseManagement.StatementsOfReasons;

namespace ImageRights.CaseManagement.Features.SubmittingStatements;

/// <summary>Section <c>TransparencyDatabase</c>. Without a <c>Url</c> nothing is sent; statements wait in the queue.</summary>
/// <param name="Url">The database's API, such as <c>https://transparency.dsa.ec.europa.eu/api/v1/</c>.</param>
/// <param name="Timeout">Time for one call.</param>
/// <param name="Lease">How long a replica may hold statements before others take it for dead.</param>
/// <param name="Poll">How often the queue is looked at.</param>
/// <param name="FirstRetry">Wait after a call that failed; it doubles with each attempt.</param>
/// <param name="LongestRetry">Longest wait.</param>
public sealed record TransparencyDatabaseOptions(Uri? Url, TimeSpan Timeout, TimeSpan Lease, TimeSpan Poll, TimeSpan FirstRetry, TimeSpan LongestRetry)
{
    /// <summary>Statements in a call, the database's limit.</summary>
    public const int LargestBatch = 100;

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A value makes no sense; the service does not start.</exception>
    public static TransparencyDatabaseOptions FromConfiguration(IConfigurationSection section)
    {
        var url = section["Url"] is { Length: > 0 } given
            ? Uri.TryCreate(given.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : throw new InvalidOperationException("TransparencyDatabase:Url is no address.")
            : null;
        var options = new TransparencyDatabaseOptions(
            url, section.GetValue("Timeout", TimeSpan.FromSeconds(30)), section.GetValue("Lease", TimeSpan.FromMinutes(5)), section.GetValue("Poll", TimeSpan.FromSeconds(2)),
            section.GetValue("FirstRetry", TimeSpan.FromSeconds(10)), section.GetValue("LongestRetry", TimeSpan.FromHours(1)));
        return options.Timeout > TimeSpan.Zero && options.Poll > TimeSpan.Zero && options.FirstRetry > TimeSpan.Zero && options.LongestRetry >= options.FirstRetry && options.Lease > options.Timeout
            ? options
            : throw new InvalidOperationException("TransparencyDatabase: times are above zero, and the lease is longer than the time-out.");
    }
}

/// <summary>Registration of the way to the database.</summary>
internal static class TransparencyDatabaseRegistration
{
    /// <summary>Adds mapping, queue, submitter and its health.</summary>
    public static IServiceCollection AddTransparencyDatabase(this IServiceCollection services, IConfigurationSection section)
    {
        services.AddSingleton(TransparencyDatabaseOptions.FromConfiguration(section));
        services.AddSingleton(provider => TransparencyMapping.BuiltIn(provider.GetRequiredService<RegimeCatalogue>()));
        services.AddSingleton<TransparencyQueue>();
        // Redirects are answers here: 302 says that a puid is taken.
        services.AddSingleton(provider => new TransparencyDatabase(
            provider.GetRequiredService<TransparencyDatabaseOptions>(), new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })));
        services.AddSingleton<SubmissionBlock>();
        services.AddHostedService<TransparencySubmitter>();
        services.AddHealthChecks().AddCheck<TransparencyHealthCheck>("transparency-database", tags: ["ready"]);
        return services;
    }
}
