namespace ImageRights.Hosting;

/// <summary>A part of the application cannot start or go on. Says what happened and what to do next; shown without a stack trace.</summary>
/// <param name="what">What happened, naming the part.</param>
/// <param name="nextStep">What the operator does about it.</param>
/// <param name="output">The last lines the part wrote, if it wrote any.</param>
public sealed class HostingException(string what, string nextStep, IReadOnlyList<string>? output = null, Exception? inner = null) : Exception(what, inner)
{
    public string NextStep => nextStep;
    public IReadOnlyList<string> Output => output ?? [];

    public override string ToString() => string.Join(Environment.NewLine, [Message, .. Output.Select(line => "    " + line), "Next step: " + NextStep]);
}
