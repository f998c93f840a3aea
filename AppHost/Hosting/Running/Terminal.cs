using Spectre.Console;

namespace ImageRights.Hosting;

/// <summary>What the operator sees of the AppHost itself.</summary>
internal static class Terminal
{
    private static readonly Lock Gate = new();

    static Terminal()
    {
        if (!Console.IsOutputRedirected) return;
        // Without a terminal the width is a guess, and a guess that is too small breaks addresses in two.
        AnsiConsole.Profile.Width = 200;
        AnsiConsole.Profile.Capabilities.Ansi = false;
        AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
    }

    internal static void Say(string line)
    {
        lock (Gate) AnsiConsole.MarkupLineInterpolated($"{line}");
    }

    internal static void Progress(string resource, string state, string detail = "")
    {
        lock (Gate) AnsiConsole.MarkupLineInterpolated($"  [blue]{resource,-18}[/] {state,-10} [grey]{detail}[/]");
    }

    internal static void Fault(HostingException fault)
    {
        lock (Gate)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]✗ {fault.Message}[/]");
            foreach (var line in fault.Output) AnsiConsole.MarkupLineInterpolated($"[grey]    {line}[/]");
            AnsiConsole.MarkupLineInterpolated($"  Next step: {fault.NextStep}");
        }
    }

    internal static void Addresses(IEnumerable<(string Resource, string State, string Address)> rows, string? login, string dataDirectory, TimeSpan took)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("Resource", "State", "Address");
        foreach (var (resource, state, address) in rows) table.AddRow(Markup.Escape(resource), Markup.Escape(state), Markup.Escape(address));
        lock (Gate)
        {
            AnsiConsole.Write(table);
            if (login is not null) AnsiConsole.MarkupLineInterpolated($"Dashboard: {login}");
            AnsiConsole.MarkupLineInterpolated($"Everything is healthy after {took.TotalSeconds:0} s. Data is in {dataDirectory}. Ctrl-C stops it.");
        }
    }
}
