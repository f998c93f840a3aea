using ImageRights.Benchmarks;

switch (args)
{
    case ["append", .. var options]:
        await AppendBenchmark.RunAsync(options);
        return 0;
    default:
        Console.Error.WriteLine("dotnet run -c Release -- append [seconds=5] [writers=1,8,32,128] [only=single,new,fetch,snapshot,hundred,follow]");
        return 1;
}
