using System.Globalization;

namespace ImageRights.TestKit;

/// <summary>A process of this machine and the processor time it has taken, from <c>/proc/PID/stat</c> (proc(5)).</summary>
/// <param name="Parent">Id of the process that started it.</param>
/// <param name="Own">Time of its own, in user and kernel mode.</param>
/// <param name="OfEnded">The same of its children that have ended and were waited for.</param>
public sealed record ProcessStat(int Id, int Parent, TimeSpan Own, TimeSpan OfEnded)
{
    private const double TicksPerSecond = 100;

    /// <summary>Those that run; one that ends meanwhile may be left out.</summary>
    public static IEnumerable<ProcessStat> All() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
        .Where(name => char.IsAsciiDigit(name![0])).Select(name => Read(int.Parse(name!, CultureInfo.InvariantCulture))).OfType<ProcessStat>();

    /// <summary>One of them; null when it is gone.</summary>
    public static ProcessStat? Read(int id)
    {
        try
        {
            // pid (comm) state ppid …: comm may hold blanks and brackets, so count from the last bracket.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessStat(id, int.Parse(fields[1], CultureInfo.InvariantCulture), Time(fields[11..13]), Time(fields[13..15]));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static TimeSpan Time(string[] ticks) => TimeSpan.FromSeconds(ticks.Sum(text => long.Parse(text, CultureInfo.InvariantCulture)) / TicksPerSecond);
}
