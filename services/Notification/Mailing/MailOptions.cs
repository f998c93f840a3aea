using ImageRights.Notification.Deliveries;

namespace ImageRights.Notification.Mailing;

/// <summary>Section <c>Mail</c>. Without a host nothing is mailed, and letters are in the inbox only.</summary>
public sealed record MailOptions
{
    /// <summary>Waits between attempts, over two days.</summary>
    public static readonly RetryPolicy Standard = new(
        [
            TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(10),
            TimeSpan.FromHours(20),
        ],
        0.1,
        TimeSpan.FromHours(24));

    /// <summary>Mail server that takes our mail; null: none.</summary>
    public string? Host { get; init; }

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Whether the connection must be encrypted (STARTTLS). Off only for a server on this very machine or network.</summary>
    public bool Encrypted { get; init; } = true;

    /// <summary>User name; null: none is asked for.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Address that mail comes from.</summary>
    public string From { get; init; } = "";

    /// <summary>Name beside it.</summary>
    public string FromName { get; init; } = "ImageRights";

    /// <summary>Address of a case for its parties, with <c>{caseId}</c>; null: mail names the case only.</summary>
    public string? CaseUrl { get; init; }

    /// <summary>Time for one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often due mail is looked for.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts.</summary>
    public RetryPolicy Retry { get; init; } = Standard;

    /// <summary>Whether letters are mailed.</summary>
    public bool IsOn => Host is not null;

    /// <summary>Reads the section.</summary>
    /// <exception cref="InvalidOperationException">A value makes no sense; the service does not start.</exception>
    public static MailOptions FromConfiguration(IConfigurationSection section)
    {
        var defaults = new MailOptions();
        var options = new MailOptions
        {
            Host = section["Host"] is { Length: > 0 } host ? host : null,
            Port = section.GetValue("Port", defaults.Port),
            Encrypted = section.GetValue("Encrypted", defaults.Encrypted),
            User = section["User"],
            Password = section["Password"],
            From = section.GetValue("From", defaults.From)!,
            FromName = section.GetValue("FromName", defaults.FromName)!,
            CaseUrl = section["CaseUrl"],
            Timeout = section.GetValue("Timeout", defaults.Timeout),
            Poll = section.GetValue("Poll", defaults.Poll),
            Retry = Standard with { Delays = section.GetSection("Schedule").Get<TimeSpan[]>() ?? Standard.Delays },
        };
        if (!options.IsOn) return options;
        Require(System.Net.Mail.MailAddress.TryCreate(options.From, out _), "From takes the address that mail comes from");
        Require(options.Retry.Delays.Count > 0 && options.Retry.Delays.All(delay => delay >= TimeSpan.Zero), "Schedule needs at least one wait, none below zero");
        Require(options.Timeout > TimeSpan.Zero && options.Poll > TimeSpan.Zero, "Timeout and Poll are above zero");
        Require(options.CaseUrl is null || (options.CaseUrl.StartsWith("http", StringComparison.Ordinal) && options.CaseUrl.Contains("{caseId}", StringComparison.Ordinal)), "CaseUrl is a web address with {caseId}");
        return options;

        static void Require(bool holds, string rule)
        {
            if (!holds) throw new InvalidOperationException($"Configuration section Mail: {rule}.");
        }
    }
}
