using ImageRights.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImageRights.ServiceDefaults;

/// <summary>What a service's program does: serves, or rebuilds a read model beside the service that serves.</summary>
public static class ServiceRun
{
    private const string Compare = "--compare";
    private const string Usage = "rebuild [READMODEL…] [--compare]   builds read models anew from their streams and puts them in place; --compare only says how many documents differ";

    /// <summary>Runs the service, or the command that the arguments name: <c>rebuild</c>.</summary>
    /// <returns>The program's exit code: 1 when something failed or documents differ.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app, string[] args)
    {
        if (args is not ["rebuild", .. var rest])
        {
            await app.RunAsync();
            return 0;
        }
        await using var scope = app;
        // What has a value is a setting. A misspelt --compare would put read models in place.
        if (rest.FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal) && argument != Compare && !argument.Contains('=', StringComparison.Ordinal)) is { } unknown)
        {
            await Console.Out.WriteLineAsync($"{unknown} is no option.\n{Usage}");
            return 1;
        }
        var store = app.Services.GetRequiredService<DocumentStore>();
        return await RebuildAsync(store, [.. rest.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal))], rest.Contains(Compare), Console.Out);
    }

    /// <summary>Rebuilds the named read models, or all, and says so line by line.</summary>
    public static async Task<int> RebuildAsync(DocumentStore store, IReadOnlyList<string> named, bool onlyCompare, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        void Stop(object? sender, ConsoleCancelEventArgs pressed)
        {
            pressed.Cancel = true;
            stop.Cancel();
        }
        Console.CancelKeyPress += Stop;
        try
        {
            await store.ApplySchemaAsync(stop.Token);
            var different = 0L;
            foreach (var projection in named.Count > 0 ? named : store.Options.Projections.Rebuildable)
            {
                var shown = new Shown(output);
                var result = await store.RebuildAsync(projection, onlyCompare, shown, stop.Token);
                await output.WriteLineAsync(
                    $"{result.Progress}  {(result.Differences is { } differences ? $"{differences:N0} of {result.Documents:N0} documents differ from the live ones" : $"{result.Documents:N0} documents, in place")}");
                different += result.Differences ?? 0;
            }
            return different == 0 ? 0 : 1;
        }
        catch (ArgumentException wrong)
        {
            await output.WriteLineAsync($"{wrong.Message}\n{Usage}");
            return 1;
        }
        catch (InvalidOperationException wrong)
        {
            await output.WriteLineAsync(wrong.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync("Ended; the live read model is as it was.");
            return 1;
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
        }
    }

    /// <summary>A line a second.</summary>
    private sealed class Shown(TextWriter output) : IProgress<RebuildProgress>
    {
        private long last = TimeProvider.System.GetTimestamp();

        public void Report(RebuildProgress value)
        {
            if (TimeProvider.System.GetElapsedTime(last) < TimeSpan.FromSeconds(1)) return;
            last = TimeProvider.System.GetTimestamp();
            output.WriteLine(value);
        }
    }
}
