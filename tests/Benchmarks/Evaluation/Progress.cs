using System.Diagnostics;

namespace ImageRights.Benchmarks.Evaluation;

/// <summary>A bar on the terminal with the time that is left; nothing when the output is a file.</summary>
internal sealed class Progress(int total)
{
    private const int Width = 30;

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private TimeSpan shown;
    private int done;

    /// <summary>One more is done.</summary>
    public void Step(string what)
    {
        lock (gate)
        {
            done++;
            if (Console.IsErrorRedirected || done < total && watch.Elapsed - shown < TimeSpan.FromSeconds(0.2)) return;
            shown = watch.Elapsed;
            var left = done == 0 ? TimeSpan.Zero : watch.Elapsed / done * (total - done);
            Console.Error.Write($"\r[{new string('#', Width * done / total)}{new string('.', Width - Width * done / total)}] {done} of {total} {what}, {left:h\\:mm\\:ss} left   ");
            if (done == total) Console.Error.WriteLine();
        }
    }
}
