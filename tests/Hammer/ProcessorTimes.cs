using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageRights.Hammer;

/// <summary>Processor time of all processes of an installation on this machine, and of this one, by what they are.</summary>
internal static partial class ProcessorTimes
{
    private const string DecodeWorkers = "decode workers";

    /// <summary>Milliseconds of each part since it began.</summary>
    /// <param name="data">The installation's data folder.</param>
    public static IReadOnlyDictionary<string, double> Read(string data)
    {
        var processes = Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(ReadProcess).OfType<Entry>().ToList();
        var children = processes.ToLookup(process => process.Parent);
        var times = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["Hammer"] = Environment.CpuUsage.TotalTime.TotalMilliseconds };
        Visit(processes.Single(process => process.Part == "AppHost" && Holds(process.Id, Path.Combine(data, "apphost.lock"))), "");
        return times;

        void Add(string part, double milliseconds) => times[part] = times.GetValueOrDefault(part) + milliseconds;

        void Visit(Entry process, string parent)
        {
            var part = process.Part ?? parent;
            Add(part, process.Own);
            // Decoders are replaced every some hundred pictures.
            Add(part == "Fingerprint" ? DecodeWorkers : part, process.OfEnded);
            foreach (var child in children[process.Id]) Visit(child, part);
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

    private static Entry? ReadProcess(string folder)
    {
        try
        {
            // pid (comm) state ppid …: comm may hold blanks and brackets. Times are in hundredths of a second: own in two modes, and of waited-for children.
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture),
                PartOf(File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ')), Milliseconds(fields[11..13]), Milliseconds(fields[13..15]));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static double Milliseconds(string[] ticks) => ticks.Sum(text => long.Parse(text, CultureInfo.InvariantCulture)) * 10.0;

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

    private sealed record Entry(int Id, int Parent, string? Part, double Own, double OfEnded);
}
