using System.Globalization;
using ImageRights.Console.Features;
using ImageRights.Console.Peers;
using ImageRights.ServiceDefaults.Http;
using Microsoft.AspNetCore.Components;

namespace ImageRights.Console.Pages;

/// <summary>A component that speaks the reader's language.</summary>
public abstract class SpokenBase : ComponentBase
{
    /// <summary>Who asks, and in which language.</summary>
    [Inject]
    protected IHttpContextAccessor Request { get; set; } = null!;

    /// <summary>What was refused of the form that is sent there; null when that is not what the page answers.</summary>
    protected Refusal? RefusedAt(string action) => Refusal.Of(Request.HttpContext!) is { } refusal && refusal.Action == action ? refusal : null;

    /// <inheritdoc cref="Preferences.PrefersChinese" />
    protected bool IsChinese => Request.HttpContext!.PrefersChinese();

    /// <summary>A text in the reader's language.</summary>
    protected string T(string en, string zh) => IsChinese ? zh : en;

    /// <inheritdoc cref="T(string, string)" />
    protected string T(Bilingual words) => T(words.En, words.Zh);

    /// <inheritdoc cref="T(string, string)" />
    protected string T(Phrase words) => words.In(IsChinese);

    /// <summary>An instant as people read it, in UTC.</summary>
    protected string At(DateTimeOffset? instant) => instant is { } known ? Speech.Instant(known, IsChinese) : "";

    /// <summary>As the clock on the wall of its zone shows it.</summary>
    protected string OnTheWall(Moment moment) => DateTimeOffset.Parse(moment.Local, CultureInfo.InvariantCulture).ToString(T("d MMM yyyy, HH:mm", "yyyy年M月d日 HH:mm"), CultureInfo.InvariantCulture);
}

/// <summary>The two languages of the console.</summary>
internal static class Speech
{
    /// <summary>An instant as people read it, in UTC.</summary>
    public static string Instant(DateTimeOffset instant, bool chinese = false) =>
        instant.UtcDateTime.ToString(chinese ? "yyyy年M月d日 HH:mm:ss 'UTC'" : "d MMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
