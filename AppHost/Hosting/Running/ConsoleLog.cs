using System.Text.RegularExpressions;
using ImageRights.Dashboard;

namespace ImageRights.Hosting;

/// <summary>The newest lines a process wrote, and all of this run in a file.</summary>
internal sealed partial class ConsoleLog : IDisposable
{
    private const int Kept = 5000;
    private const long FileLimit = 32 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<ConsoleLine> lines = new(Kept);
    private readonly string? path;
    private StreamWriter? file;
    private long last;

    /// <param name="path">The file; null to keep lines in memory only. A file that grows past 32 MiB is put aside as <c>.1</c>.</param>
    internal ConsoleLog(string? path = null)
    {
        this.path = path;
        if (path is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        file = new StreamWriter(path, append: false) { AutoFlush = true };
    }

    internal void Add(string text, bool isError)
    {
        lock (gate)
        {
            if (lines.Count == Kept) lines.Dequeue();
            lines.Enqueue(new ConsoleLine(++last, DateTimeOffset.UtcNow, isError, text));
            if (file is null) return;
            file.WriteLine(text);
            if (file.BaseStream.Length < FileLimit) return;
            file.Dispose();
            File.Move(path!, path + ".1", overwrite: true);
            file = new StreamWriter(path!, append: false) { AutoFlush = true };
        }
    }

    internal IReadOnlyList<ConsoleLine> After(long number, int limit)
    {
        lock (gate) return [.. lines.Where(line => line.Number > number).TakeLast(limit)];
    }

    /// <summary>The last lines without colours.</summary>
    internal IReadOnlyList<string> Tail(int count = 15)
    {
        lock (gate) return [.. lines.TakeLast(count).Select(line => Colour().Replace(line.Text, ""))];
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    [GeneratedRegex(@"\x1B\[[0-9;]*m")]
    private static partial Regex Colour();
}
