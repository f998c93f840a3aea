using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace ImageRights.CaseManagement.Regimes;

/// <summary>All packs, calendars, facts and codes, read from the data beside this file and checked whole: a pack with a fault keeps the service from starting.</summary>
public sealed class RegimeCatalogue
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false), new LocalDateConverter() },
    };

    private readonly IReadOnlyDictionary<string, string> documents;

    /// <summary>Reads documents by name, such as <c>Packs/us-dmca-512.v1.json</c>.</summary>
    /// <exception cref="InvalidDataException">Something is wrong; the message names every fault.</exception>
    public RegimeCatalogue(IReadOnlyDictionary<string, string> documents)
    {
        this.documents = documents;
        Facts = Read<Dictionary<string, Words>>("facts.json");
        Codes = Read<Dictionary<string, RefusalCode>>("codes.json");
        ShopPaths = Read<IReadOnlyList<string>>("shop-paths.json");
        Redress = Read<Dictionary<string, Words>>("redress.json");
        Calendars = ReadAll<HolidayCalendar>("Calendars/", "holiday-calendar.schema.json").ToDictionary(calendar => calendar.Name);
        Packs = [.. ReadAll<RegimePack>("Packs/", "regime-pack.schema.json").OrderBy(pack => pack.Name, StringComparer.Ordinal).ThenBy(pack => pack.Version)];
        var faults = Packs.SelectMany(Faults).ToList();
        if (faults.Count > 0) throw new InvalidDataException("The regime packs have faults: " + string.Join("; ", faults));
    }

    /// <summary>Every version of every pack.</summary>
    public IReadOnlyList<RegimePack> Packs { get; }

    /// <summary>Calendars by name.</summary>
    public IReadOnlyDictionary<string, HolidayCalendar> Calendars { get; }

    /// <summary>What can happen, in words that every pack shares.</summary>
    public IReadOnlyDictionary<string, Words> Facts { get; }

    /// <summary>Codes of refusals.</summary>
    public IReadOnlyDictionary<string, RefusalCode> Codes { get; }

    /// <summary>Paths of addresses that show a shop or an account and no single picture, as regular expressions.</summary>
    public IReadOnlyList<string> ShopPaths { get; }

    /// <summary>What an account can do about a measure against its picture, by the name of the pack; <c>{US-06}</c> stands for the number of that clock.</summary>
    public IReadOnlyDictionary<string, Words> Redress { get; }

    /// <summary>The catalogue that is built into the service.</summary>
    public static RegimeCatalogue BuiltIn() => new(EmbeddedDocuments());

    /// <summary>The built-in documents by name.</summary>
    public static IReadOnlyDictionary<string, string> EmbeddedDocuments()
    {
        const string folder = "Regimes/";
        var assembly = typeof(RegimeCatalogue).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.Replace('\\', '/').StartsWith(folder, StringComparison.Ordinal))
            .ToDictionary(name => name.Replace('\\', '/')[folder.Length..], name => Text(assembly, name));
    }

    /// <summary>A pack by its name, the newest version unless one is given, or by name and version as a case keeps it.</summary>
    public RegimePack? Find(string name, int? version = null) =>
        Packs.LastOrDefault(pack => (pack.Name == name && (version is null || pack.Version == version)) || (version is null && pack.Id == name));

    /// <summary>What an account can do about a measure against its picture.</summary>
    /// <param name="regime">Of the case: a pack, or the house's own rules.</param>
    /// <param name="isOrdered">Whether a court ordered the measure.</param>
    public Words RedressOf(string regime, bool isOrdered)
    {
        var pack = isOrdered ? null : Find(regime);
        return pack is not null && Redress.TryGetValue(pack.Name, out var words) ? new(Counted(words.En, pack), Counted(words.Zh, pack)) : Redress[isOrdered ? "order" : "house"];
    }

    /// <summary>A pack's own settings.</summary>
    public RegimeSettings SettingsOf(RegimePack pack) => new(DateTimeZoneProviders.Tzdb[pack.Zone], Calendars[pack.Calendar], new Dictionary<string, ClockSettings>());

    private IEnumerable<T> ReadAll<T>(string folder, string schemaName)
    {
        var schema = new JsonSchema(JsonDocument.Parse(documents[schemaName]).RootElement);
        foreach (var name in documents.Keys.Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(documents[name]);
            if (schema.Faults(document.RootElement) is { Count: > 0 } faults) throw new InvalidDataException($"{name} has faults: {string.Join("; ", faults)}");
            var identity = document.RootElement.GetProperty("name").GetString() + (document.RootElement.TryGetProperty("version", out var version) ? $".v{version}" : "");
            if (name != $"{folder}{identity}.json") throw new InvalidDataException($"{name} says that it is {identity}.");
            yield return Read<T>(name);
        }
    }

    private T Read<T>(string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(documents[name], Json)!;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{name}: {fault.Message}", fault);
        }
    }

    private IEnumerable<string> Faults(RegimePack pack)
    {
        var clocks = pack.Clocks.Select(clock => clock.Id).ToHashSet();
        if (clocks.Count != pack.Clocks.Count) yield return $"{pack.Id}: two clocks of one identity";
        if (pack.Steps.Select(step => step.On).Distinct().Count() != pack.Steps.Count) yield return $"{pack.Id}: two steps on one fact";
        if (!Calendars.ContainsKey(pack.Calendar)) yield return $"{pack.Id}: calendar {pack.Calendar} is not known";
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(pack.Zone) is null) yield return $"{pack.Id}: zone {pack.Zone} is not known";
        var facts = pack.Clocks.SelectMany(clock => (IEnumerable<string>)[.. clock.StartsAt, .. clock.StopsAt ?? [], .. clock.MetBy ?? []])
            .Concat(pack.Steps.SelectMany(step => (IEnumerable<string>)[step.On, .. step.Raises ?? [], .. (step.Needs ?? []).SelectMany(need => need.Facts ?? [])]));
        foreach (var fact in facts.Distinct().Where(fact => !Facts.ContainsKey(fact))) yield return $"{pack.Id}: fact {fact} is not known";
        var codes = pack.Forms.SelectMany(form => form.Fields).Select(field => field.Code).OfType<string>().Concat(pack.Steps.SelectMany(step => step.Needs ?? []).Select(need => need.Otherwise));
        foreach (var code in codes.Distinct().Where(code => !Codes.ContainsKey(code))) yield return $"{pack.Id}: code {code} has no text";
        foreach (var step in pack.Steps.Where(step => step.Form is not null && pack.Forms.All(form => form.Name != step.Form))) yield return $"{pack.Id}: form {step.Form} is missing";
        foreach (var id in pack.Steps.SelectMany(step => step.Needs ?? []).SelectMany(need => need.Clocks ?? []).Where(id => !clocks.Contains(id))) yield return $"{pack.Id}: clock {id} is missing";
        foreach (var form in pack.Forms.Where(form => form.Cure?.WhenPresent.All(name => form.Fields.Any(field => field.Name == name)) == false)) yield return $"{pack.Id}: {form.Name} cures by an element that it has not";
        if (pack.Steps.Any(step => step.On == "MeasureApplied") && !Redress.ContainsKey(pack.Name)) yield return $"{pack.Id}: redress is not given";
        if (Redress.TryGetValue(pack.Name, out var redress) && (Counted(redress.En, pack) + Counted(redress.Zh, pack)).Contains('{', StringComparison.Ordinal)) yield return $"{pack.Id}: redress names a clock without a number";
        foreach (var clock in pack.Clocks)
        {
            if (clock.Amount is null != (clock.Unit == PeriodUnit.None || clock.DayKind == DayKind.None)) yield return $"{pack.Id}: {clock.Id} counts nothing in a unit, or something without one";
            if (clock.Amount is { Min: > 0 and var min, Max: { } max } && min > max) yield return $"{pack.Id}: {clock.Id} closes before it opens";
            if (clock.Words is null != clock.Zh.Words is null || clock.Note is null != clock.Zh.Note is null) yield return $"{pack.Id}: {clock.Id} says in one language what it does not say in the other";
            if (clock.Amount is { Min: null, Max: null }) yield return $"{pack.Id}: {clock.Id} has an empty amount";
            var isElapsed = clock.Unit is PeriodUnit.Seconds or PeriodUnit.Hours;
            if (clock.Amount is not null && clock.DayKind != DayKind.AtOnce && isElapsed != (clock.DayKind == DayKind.Elapsed)) yield return $"{pack.Id}: {clock.Id} counts {clock.Unit} as {clock.DayKind}";
            if (clock.DayKind is DayKind.Business or DayKind.Working && clock.Unit != PeriodUnit.Days) yield return $"{pack.Id}: {clock.Id} counts {clock.Unit} as {clock.DayKind} days";
            foreach (var source in clock.Source.Split([',', ' ', '(', ')', ';'], StringSplitOptions.RemoveEmptyEntries).Where(IsSourceKey).Where(key => !pack.Sources.ContainsKey(key)))
                yield return $"{pack.Id}: source {source} of {clock.Id} is not given";
        }
    }

    private static string Counted(string text, RegimePack pack) =>
        pack.Clocks.Where(clock => clock.Amount?.Max is not null).Aggregate(text, (said, clock) => said.Replace($"{{{clock.Id}}}", $"{clock.Amount!.Max}", StringComparison.Ordinal));

    private static bool IsSourceKey(string text) => text.Length is > 1 and < 6 && text[0] == 'S' && text[1..].TrimEnd('b').All(char.IsAsciiDigit);

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
