using System.Text.Json;

namespace ImageRights.CaseManagement.Reporters;

/// <summary>Gates of the fast lane.</summary>
/// <param name="Months">Length of the rolling window.</param>
/// <param name="FewestDecided">Decided complaints without which nobody is in it.</param>
/// <param name="UpheldPercent">Share of decided complaints that led to a measure, at least.</param>
/// <param name="CounteredPercent">Share of decided complaints whose measure fell, at most.</param>
/// <param name="ReadmissionMonths">How long who left stays out.</param>
/// <param name="Evidence">How well the numbers are founded.</param>
/// <param name="Source">Where they were read.</param>
public sealed record TrustGates(int Months, int FewestDecided, int UpheldPercent, int CounteredPercent, int ReadmissionMonths, string Evidence, string? Source = null);

/// <summary>Limits of reporters who are not known yet, and of accounts that belong together.</summary>
/// <param name="FewestDecided">Decided complaints from which on somebody is known.</param>
/// <param name="PerHour">Pictures in an hour.</param>
/// <param name="PerDay">Pictures in 24 hours.</param>
/// <param name="SampleEvery">One complaint of so many is looked at by a person before it has an effect.</param>
public sealed record NewcomerLimits(int FewestDecided, int PerHour, int PerDay, int SampleEvery, string Evidence);

/// <summary>When complaints without ground are misuse (Regulation (EU) 2022/2065, Article 23(2)).</summary>
/// <param name="Days">Length of the rolling window.</param>
/// <param name="FewestUnfounded">Complaints without ground, at least.</param>
/// <param name="UnfoundedPercent">Their share of those decided, at least.</param>
/// <param name="LongestSuspensionDays">Longest suspension that is reasonable.</param>
/// <param name="WarningMonths">How long a warning stands.</param>
public sealed record MisuseGates(int Days, int FewestUnfounded, int UnfoundedPercent, int LongestSuspensionDays, int WarningMonths, string Evidence, string? Source = null);

/// <summary>How a tenant treats reporters.</summary>
/// <param name="TrustedFlaggers">Accounts of trusted flaggers (Regulation (EU) 2022/2065, Article 22), as the authority has awarded the status.</param>
public sealed record ReporterPolicy(TrustGates Trust, NewcomerLimits Newcomers, MisuseGates Misuse, IReadOnlyList<string>? TrustedFlaggers = null);

/// <summary>Policies by tenant: <c>reporter-policies.json</c>.</summary>
public sealed record ReporterPolicies(ReporterPolicy Default, IReadOnlyDictionary<string, ReporterPolicy> Tenants)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>A tenant's policy.</summary>
    public ReporterPolicy Of(string tenantId) => Tenants.GetValueOrDefault(tenantId) ?? Default;

    /// <summary>The policies that are built into the service.</summary>
    public static ReporterPolicies BuiltIn()
    {
        using var stream = typeof(ReporterPolicies).Assembly.GetManifestResourceStream("Reporters/reporter-policies.json")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads policies, an operator's own for instance.</summary>
    /// <exception cref="InvalidDataException">A number makes no sense.</exception>
    public static ReporterPolicies Parse(string json)
    {
        ReporterPolicies policies;
        try
        {
            policies = JsonSerializer.Deserialize<ReporterPolicies>(json, Json)!;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"The policies for reporters cannot be read: {fault.Message}", fault);
        }
        foreach (var policy in policies.Tenants.Values.Prepend(policies.Default))
        {
            var numbers = new[] { policy.Trust.Months, policy.Trust.FewestDecided, policy.Newcomers.PerHour, policy.Newcomers.PerDay, policy.Newcomers.SampleEvery, policy.Misuse.Days, policy.Misuse.FewestUnfounded, policy.Misuse.LongestSuspensionDays, policy.Misuse.WarningMonths };
            if (numbers.Any(number => number < 1) || policy.Newcomers.FewestDecided < 0 || policy.Trust.ReadmissionMonths < 0
                || new[] { policy.Trust.UpheldPercent, policy.Trust.CounteredPercent, policy.Misuse.UnfoundedPercent }.Any(percent => percent is < 0 or > 100))
                throw new InvalidDataException("The policies for reporters have a number that makes no sense.");
        }
        return policies;
    }
}
