using System.Globalization;
using System.Text.RegularExpressions;
using ImageRights.TestKit;

namespace ImageRights.Hammer;

/// <summary>Processor time of all processes of an installation on this machine, and of this one, by what they are.</summary>
internal static partial class ProcessorTimes
{
    private const string DecodeWorkers = "decode workers";

    /// <summary>Milliseconds of each part since it began.</summary>
    /// <param name="data">The installation's data folder.</param>
    public static IReadOnlyDictionary<string, double> Read(string data)
    {
        var processes = ProcessStat.All().Select(Named).OfType<Entry>().ToList();
        var children = processes.ToLookup(process => process.Stat.Parent);
        var times = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["Hammer"] = Environment.CpuUsage.TotalTime.TotalMilliseconds };
        Visit(processes.Single(process => process.Part == "AppHost" && Holds(process.Stat.Id, Path.Combine(data, "apphost.lock"))), "");
        return times;

        void Add(string part, TimeSpan time) => times[part] = times.GetValueOrDefault(part) + time.TotalMilliseconds;

        void Visit(Entry process, string parent)
        {
            var part = process.Part ?? parent;
            Add(part, process.Stat.Own);
            // Decoders are replaced every some hundred pictures.
            Add(part == "Fingerprint" ? DecodeWorkers : part, process.Stat.OfEnded);
            foreach (var child in children[process.Stat.Id]) Visit(child, part);
        }
    }

    /// <summary>A row a part, and their sum: what each thing took in each phase.</summary>
    public static void Print(params (string Name, IReadOnlyDictionary<string, double> Before, IReadOnlyDictionary<string, double> After, int Things)[] phases)
    {
        Row("ms of processor time", phases.Select(phase => phase.Name));
        foreach (var part in phases[^1].After.Keys) Row(part, phases.Select(phase => Each(phase, name => name == part)));
        Row("in all", phases.Select(phase => Each(phase, _ => true)));

        static string Each((string, IReadOnlyDictionary<string, double> Before, IReadOnlyDictionary<string, double> After, int Things) phase, Func<string, bool> counts) =>
            (phase.After.Where(time => counts(time.Key)).Sum(time => time.Value - phase.Before.GetValueOrDefault(time.Key)) / phase.Things).ToString("0.0", CultureInfo.InvariantCulture);
        static void Row(string name, IEnumerable<string> cells) => Console.WriteLine($"{name,-26}{string.Concat(cells.Select(cell => $"{cell,14}"))}");
    }

    private static bool Holds(int process, string file) => Directory.EnumerateFiles($"/proc/{process}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == file);

    private static Entry? Named(ProcessStat process)
    {
        try
        {
            return new(process, PartOf(File.ReadAllText($"/proc/{process.Id}/cmdline").Replace('\0', ' ')));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A process that says nothing of itself belongs to the one that started it.
    private static string? PartOf(string command) =>
        command.Contains("--decode-worker", StringComparison.Ordinal) ? DecodeWorkers
        : command.Contains("/postgres ", StringComparison.Ordinal) ? "PostgreSQL"
        : Backend().Match(command) is { Success: true } backend ? $"PostgreSQL, {backend.Groups[1].Value}"
        : command.Contains("/beam", StringComparison.Ordinal) ? "RabbitMQ"
        : Assembly().Match(command) is { Success: true } assembly ? assembly.Groups[1].Value
        : null;

    [GeneratedRegex(@"^postgres: \w+ (\w+db) ")]
    private static partial Regex Backend();

    [GeneratedRegex(@"ImageRights\.(\w+)\.dll")]
    private static partial Regex Assembly();

    private sealed record Entry(ProcessStat Stat, string? Part);
}
